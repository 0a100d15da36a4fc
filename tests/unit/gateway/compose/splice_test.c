#include "gateway/base/error.h"
#include "gateway/compose/splice.h"
#include "tests/unit/unit.h"

static const char *const slots[SLOT_COUNT] = {"carol@example.net", "n7.1@example.com",
                                              "status+u@example.com"};

static const struct message *cut(struct arena *arena, const struct stand_ins *stand_ins)
{
    g_autoptr(GString) bytes = g_string_new(NULL);

    g_string_printf(bytes, "To: %s\r\nMessage-ID: <%s>\r\n\r\n%s\r\n", stand_ins->words[SLOT_TO],
                    stand_ins->words[SLOT_MESSAGE_ID], stand_ins->words[SLOT_UNSUBSCRIBE]);
    return splice_cut(arena, bytes, stand_ins);
}

TEST(slots_are_filled_where_their_stand_ins_were)
{
    OWN(arena) arena = arena_open(1024 * 1024);
    const struct stand_ins stand_ins = splice_new_stand_ins(arena);
    const struct message *message = cut(arena, &stand_ins);
    const struct text whole = compose_splice(arena, message, slots);

    assert_int_equal(message->piece_count, 7);
    assert_true(text_is_equal(whole, TEXT("To: carol@example.net\r\n"
                                          "Message-ID: <n7.1@example.com>\r\n\r\n"
                                          "status+u@example.com\r\n")));
    assert_true(compose_check(message, slots, NULL));
}

TEST(stand_ins_differ_in_each_rendering)
{
    OWN(arena) arena = arena_open(1024 * 1024);
    const struct stand_ins one = splice_new_stand_ins(arena);
    const struct stand_ins two = splice_new_stand_ins(arena);

    for (size_t i = 0; i < SLOT_COUNT; i++) {
        assert_string_not_equal(one.words[i], two.words[i]);
        assert_string_not_equal(one.words[i], one.words[(i + 1) % SLOT_COUNT]);
    }
}

TEST(values_that_do_not_fit_are_known)
{
    static const char *const misfits[] = {
        "",
        NULL,
        "a b@example.net",
        "a=b@example.net",
        "o'brien@example.net",
        "k\xc3\xa4se@example.net",
        "a@example.net\r\nBcc: b",
        "a123456789012345678901234567890123456789012345678901234567890123@example.net",
    };
    assert_true(compose_fits(slots));
    for (size_t i = 0; i < G_N_ELEMENTS(misfits); i++) {
        const char *const wrong[SLOT_COUNT] = {misfits[i], slots[1], slots[2]};
        assert_false(compose_fits(wrong));
    }
}

TEST(the_gate_refuses_a_slot_that_does_not_fit)
{
    OWN(arena) arena = arena_open(1024 * 1024);
    const struct stand_ins stand_ins = splice_new_stand_ins(arena);
    const struct message *message = cut(arena, &stand_ins);
    const char *const wrong[SLOT_COUNT] = {"a b", slots[1], slots[2]};
    g_autoptr(GError) error = NULL;

    assert_false(compose_check(message, wrong, &error));
    assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_BUG));
    assert_false(compose_check(message, NULL, NULL));
}

static bool passes(struct text bytes, GError **error)
{
    const struct piece piece = {.bytes = bytes};
    const struct message message = {&piece, 1};

    return compose_check(&message, NULL, error);
}

TEST(the_gate_names_the_byte)
{
    static const struct {
        struct text bytes;
        const char *problem; /* NULL: passes */
    } cases[] = {
        {TEXT_INIT("A: b\r\n\r\nbody\r\n"), NULL},
        {TEXT_INIT("A: b\r\n\r\n"), NULL},
        {TEXT_INIT("A: b\r\n\r\n\tx\r\n"), NULL},
        {TEXT_INIT("A: b\n\r\nbody\r\n"), "has a bare LF at byte 4"},
        {TEXT_INIT("A: b\r\n\r\nx\n.\r\n"), "has a bare LF at byte 9"},
        {TEXT_INIT("A: b\r\n\r\nx\r.\r\n"), "has a bare CR at byte 10"},
        {TEXT_INIT("A: b\r\n\r\nx\r\r\n"), "has a bare CR at byte 10"},
        {TEXT_INIT("A: b\r\n\r\nx\0\r\n"), "has a control character at byte 9"},
        {TEXT_INIT("A: b\r\n\r\nx\x1b\r\n"), "has a control character at byte 9"},
        {TEXT_INIT("A: b\r\n\r\n\xc3\xa9\r\n"), "has a byte that is not ASCII at byte 8"},
        {TEXT_INIT("A: b\r\n\r\nx\x7f\r\n"), "has a byte that is not ASCII at byte 9"},
        {TEXT_INIT("A: b\r\n"), "has no body"},
        {TEXT_INIT(""), "has no body"},
        {TEXT_INIT("A: b\r\n\r\nbody"), "ends within a line"},
        {TEXT_INIT("A: b\r\n\r\nbody\r"), "ends within a line"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        const struct text bytes = unit_bytes(cases[i].bytes);
        assert_int_equal(passes(bytes, &error), cases[i].problem == NULL);
        if (cases[i].problem != NULL)
            assert_non_null(strstr(error->message, cases[i].problem));
        unit_free(bytes);
    }
}

TEST(the_gate_counts_998_across_pieces)
{
    for (size_t size = 996; size <= 1000; size++) {
        g_autofree char *half = g_strnfill(size / 2, 'x');
        g_autofree char *rest = g_strnfill(size - size / 2, 'x');
        const struct piece pieces[] = {{.bytes = TEXT_INIT("A: b\r\n\r\n")},
                                       {.bytes = text_of(half)},
                                       {.bytes = text_of(rest)},
                                       {.bytes = TEXT_INIT("\r\n")}};
        const struct message message = {pieces, 4};
        assert_int_equal(compose_check(&message, NULL, NULL), size <= 998);
    }
}

TEST(the_gate_sees_a_line_end_split_between_pieces)
{
    const struct piece pieces[] = {
        {.bytes = TEXT_INIT("A: b\r")}, {.bytes = TEXT_INIT("\n\r")}, {.bytes = TEXT_INIT("\n")}};
    const struct message whole = {pieces, 3};
    const struct message half = {pieces, 2};

    assert_true(compose_check(&whole, NULL, NULL));
    assert_false(compose_check(&half, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_are_filled_where_their_stand_ins_were),
        cmocka_unit_test(stand_ins_differ_in_each_rendering),
        cmocka_unit_test(values_that_do_not_fit_are_known),
        cmocka_unit_test(the_gate_refuses_a_slot_that_does_not_fit),
        cmocka_unit_test(the_gate_names_the_byte),
        cmocka_unit_test(the_gate_counts_998_across_pieces),
        cmocka_unit_test(the_gate_sees_a_line_end_split_between_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
