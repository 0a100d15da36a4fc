#include "gateway/base/moment.h"
#include "gateway/trust/signature.h"
#include "tests/unit/unit.h"

#define REST " a=rsa-sha256; d=example.com; s=s1; h=From:Subject:Date; bh=AAAA; "

static const struct signature *parse(struct arena *arena, const char *value)
{
    const struct text bytes = unit_bytes(text_of(value));
    /* The signature borrows: a copy for it, once the exact one was read without an overrun. */
    const bool is_good = signature_parse(arena, bytes) != NULL;

    unit_free(bytes);
    return is_good ? signature_parse(arena, text_of(value)) : NULL;
}

static void assert_text(struct text text, const char *expected)
{
    assert_true(text_is_equal(text, text_of(expected)));
}

TEST(tags_are_read_with_any_white_space)
{
    OWN(arena) arena = arena_open(1 << 20);
    const struct signature *signature =
        parse(arena, "v=1; a = rsa-sha256;\td=example.com ; s=s1; c=relaxed/simple; q=dns/txt; "
                     "i=ada@mail.example.com; h=Received : From : to:  Subject:From ; "
                     "t=1795526280; x=1795612680; darn=status.example.com; bh=2jU SOH=; "
                     "z=From:x|To:y; b=AuUo FEfD\t xTDk Hg==; ");

    assert_non_null(signature);
    assert_text(signature->domain, "example.com");
    assert_text(signature->selector, "s1");
    assert_text(signature->algorithm, "rsa-sha256");
    assert_text(signature->recipient, "status.example.com");
    assert_text(signature->b, "AuUoFEfDxTDkHg");
    assert_false(signature->has_length);
    assert_int_equal(signature->signed_at, INT64_C(1795526280) * SECOND_MS);
    assert_int_equal(signature->expires_at, INT64_C(1795612680) * SECOND_MS);
    assert_int_equal(signature_count_signed(signature, "From"), 2);
    assert_int_equal(signature_count_signed(signature, "TO"), 1);
    assert_int_equal(signature_count_signed(signature, "Cc"), 0);
}

TEST(one_signature_is_one_text_however_it_is_written)
{
    static const char *const same[] = {
        "v=1;" REST "b=AuUoFEfDxTDkHg==",       "v=1;" REST "b=AuUoFEfDxTDkHh==",
        "v=1;" REST "b=AuUoFEfDxTDkHv==",       "v=1;" REST "b=AuUoFEfDxTDkHg",
        "v=1;" REST "b=AuUo FEfD xTDk H g = =",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
        OWN(arena) arena = arena_open(1 << 20);
        const struct signature *signature = parse(arena, same[i]);

        assert_non_null(signature);
        assert_text(signature->b, "AuUoFEfDxTDkHg");
    }
}

TEST(what_is_malformed_is_no_signature)
{
    static const char *const wrong[] = {
        "",
        ";",
        "v=1",
        "v=2;" REST "b=AAAA",
        REST "b=AAAA",
        "v=1; v=1;" REST "b=AAAA",
        "v=1;" REST "b=AAAA; b=AAAA",
        "v=1;" REST "b=AAAA; l=1; l=2",
        "v=1;" REST "b=",
        "v=1;" REST "b=AAAAA",
        "v=1;" REST "b=AA%A",
        "v=1;" REST "b=AA=A",
        "v=1;" REST "b=AAAA===",
        "v=1;" REST "b=AAAA;; c=x",
        "v=1;" REST "b=AAAA; stray",
        "v=1;" REST "b=AAAA; =x",
        "v=1;" REST "b=AAAA; 1x=x",
        "v=1;" REST "b=AAAA; l l=x",
        "v=1;" REST "b=AAAA; t=x",
        "v=1;" REST "b=AAAA; t=",
        "v=1;" REST "b=AAAA; t=-1",
        "v=1;" REST "b=AAAA; t=1795526280123",
        "v=1;" REST "b=AAAA; x=99999999999999999999",
        "v=1;" REST "b=AAAA; i=ada@evil.test",
        "v=1;" REST "b=AAAA; i=ada@evil-example.com",
        "v=1;" REST "b=AAAA; \x01=x",
        "v=1; a=rsa-sha256; s=s1; h=From; bh=AAAA; b=AAAA",
        "v=1; a=rsa-sha256; d=; s=s1; h=From; bh=AAAA; b=AAAA",
        "V=1;" REST "b=AAAA",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        OWN(arena) arena = arena_open(1 << 20);

        if (parse(arena, wrong[i]) != NULL)
            print_message("%s\n", wrong[i]);
        assert_null(parse(arena, wrong[i]));
    }
}

TEST(a_length_is_seen_whatever_it_says)
{
    static const char *const with[] = {"l=0", "l=99", "l=", "l = x"};

    for (size_t i = 0; i < G_N_ELEMENTS(with); i++) {
        OWN(arena) arena = arena_open(1 << 20);
        const struct signature *signature =
            parse(arena, arena_format(arena, "v=1;%sb=AAAA; %s", REST, with[i]));

        assert_non_null(signature);
        assert_true(signature->has_length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_are_read_with_any_white_space),
        cmocka_unit_test(one_signature_is_one_text_however_it_is_written),
        cmocka_unit_test(what_is_malformed_is_no_signature),
        cmocka_unit_test(a_length_is_seen_whatever_it_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
