#include "gateway/base/error.h"

#include "tests/unit/unit.h"

TEST(every_code_says_at_each_door_who_can_mend_it)
{
    static const struct {
        enum tocsin_error code;
        struct error_reply want;
    } cases[] = {
        {TOCSIN_ERROR_INPUT, {"554", "5.6.0", 65, 400}},
        {TOCSIN_ERROR_DENIED, {"550", "5.7.1", 77, 403}},
        {TOCSIN_ERROR_MISSING, {"550", "5.1.1", 67, 404}},
        {TOCSIN_ERROR_LIMIT, {"552", "5.3.4", 65, 413}},
        {TOCSIN_ERROR_BUSY, {"451", "4.3.0", 75, 503}},
        {TOCSIN_ERROR_CONFIG, {"451", "4.3.5", 78, 500}},
        {TOCSIN_ERROR_BUG, {"451", "4.3.0", 75, 500}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        assert_false(error_set(&error, cases[i].code, "case %zu", i));
        const struct error_reply *reply = error_reply_of(error);
        assert_ptr_equal(reply, error_reply(cases[i].code));
        assert_string_equal(reply->smtp, cases[i].want.smtp);
        assert_string_equal(reply->enhanced, cases[i].want.enhanced);
        assert_int_equal(reply->exit, cases[i].want.exit);
        assert_int_equal(reply->http, cases[i].want.http);
    }
}

TEST(an_error_of_a_foreign_domain_is_a_bug)
{
    g_autoptr(GError) foreign = g_error_new_literal(G_FILE_ERROR, G_FILE_ERROR_NOENT, "gone");
    g_autoptr(GError) unknown = g_error_new_literal(TOCSIN_ERROR, 99, "what");

    assert_ptr_equal(error_reply_of(foreign), error_reply(TOCSIN_ERROR_BUG));
    assert_ptr_equal(error_reply_of(unknown), error_reply(TOCSIN_ERROR_BUG));
}

TEST(the_message_is_the_sentence_and_callers_put_their_thing_in_front)
{
    g_autoptr(GError) error = NULL;

    assert_false(error_set(&error, TOCSIN_ERROR_CONFIG, "%d is too many", 9));
    g_prefix_error(&error, "%s: ", "pages");
    assert_string_equal(error->message, "pages: 9 is too many");
    assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_CONFIG));
    assert_false(error_set(NULL, TOCSIN_ERROR_BUG, "nobody listens"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_says_at_each_door_who_can_mend_it),
        cmocka_unit_test(an_error_of_a_foreign_domain_is_a_bug),
        cmocka_unit_test(the_message_is_the_sentence_and_callers_put_their_thing_in_front),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
