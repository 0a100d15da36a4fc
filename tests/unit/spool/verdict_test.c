#include "spool/verdict.h"
#include "tests/unit/unit.h"

static const struct {
    enum relay_stage stage;
    int code;
    int enhanced[3];
    const char *text;
    enum verdict want;
} cases[] = {
    {STAGE_DOT, 250, {2, 0, 0}, "Ok: queued", VERDICT_SENT},
    {STAGE_DOT, 250, {0, 0, 0}, "", VERDICT_SENT},
    {STAGE_DOT, 251, {0, 0, 0}, "", VERDICT_SENT},
    {STAGE_MAIL, 250, {2, 1, 0}, "Ok", VERDICT_RELAY_FAILED},
    {STAGE_DATA, 250, {0, 0, 0}, "octets", VERDICT_RELAY_FAILED},
    {STAGE_RCPT, 250, {0, 0, 0}, "", VERDICT_RELAY_FAILED},
    {STAGE_DOT, 354, {0, 0, 0}, "go on", VERDICT_RELAY_FAILED},
    {STAGE_DOT, 150, {0, 0, 0}, "", VERDICT_RELAY_FAILED},
    {STAGE_DOT, 999, {0, 0, 0}, "", VERDICT_RELAY_FAILED},
    {STAGE_DOT, -50, {0, 0, 0}, "", VERDICT_RELAY_FAILED},
    {STAGE_DOT, 0, {0, 0, 0}, "", VERDICT_RELAY_FAILED},
    {STAGE_DATA, 0, {0, 0, 0}, "", VERDICT_RELAY_FAILED},
    {STAGE_MAIL, 0, {0, 0, 0}, "", VERDICT_RELAY_FAILED},
    {STAGE_CONNECT, 0, {0, 0, 0}, "connection refused", VERDICT_RELAY_FAILED},
    {STAGE_CONNECT, 554, {5, 7, 1}, "go away", VERDICT_RELAY_FAILED},
    {STAGE_CONNECT, 421, {4, 3, 2}, "closing", VERDICT_RELAY_FAILED},
    {STAGE_MAIL, 421, {4, 3, 2}, "closing", VERDICT_RELAY_FAILED},
    {STAGE_RCPT, 421, {4, 7, 0}, "too many", VERDICT_RELAY_FAILED},
    {STAGE_DOT, 421, {4, 4, 2}, "timeout", VERDICT_RELAY_FAILED},
    {STAGE_MAIL, 530, {5, 7, 0}, "Must issue STARTTLS", VERDICT_RELAY_FAILED},
    {STAGE_RCPT, 530, {5, 7, 1}, "Authentication required", VERDICT_RELAY_FAILED},
    {STAGE_MAIL, 535, {5, 7, 8}, "", VERDICT_RELAY_FAILED},
    {STAGE_MAIL, 538, {0, 0, 0}, "", VERDICT_RELAY_FAILED},
    {STAGE_RCPT, 550, {5, 1, 1}, "User unknown", VERDICT_ADDRESS_FAILED},
    {STAGE_RCPT, 550, {5, 1, 2}, "Host not found", VERDICT_ADDRESS_FAILED},
    {STAGE_RCPT, 501, {5, 1, 3}, "Bad address", VERDICT_ADDRESS_FAILED},
    {STAGE_RCPT, 550, {5, 1, 6}, "Moved", VERDICT_ADDRESS_FAILED},
    {STAGE_RCPT, 556, {5, 1, 10}, "Null MX", VERDICT_ADDRESS_FAILED},
    {STAGE_RCPT, 550, {5, 2, 1}, "Disabled", VERDICT_ADDRESS_FAILED},
    {STAGE_RCPT, 550, {0, 0, 0}, "No such user", VERDICT_ADDRESS_FAILED},
    {STAGE_RCPT, 551, {0, 0, 0}, "not local", VERDICT_ADDRESS_FAILED},
    {STAGE_RCPT, 553, {0, 0, 0}, "mailbox name", VERDICT_ADDRESS_FAILED},
    {STAGE_RCPT, 550, {0, 0, 0}, "no mailbox by that name (#5.1.1)", VERDICT_ADDRESS_FAILED},
    {STAGE_RCPT, 553, {0, 0, 0}, "not in my rcpthosts (#5.7.1)", VERDICT_REFUSED},
    {STAGE_RCPT, 550, {0, 0, 0}, "ticket #5.1.17", VERDICT_ADDRESS_FAILED},
    {STAGE_RCPT, 550, {5, 1, 7}, "Bad sender", VERDICT_REFUSED},
    {STAGE_RCPT, 550, {5, 1, 8}, "Sender's domain", VERDICT_REFUSED},
    {STAGE_RCPT, 550, {5, 1, 0}, "Address rejected", VERDICT_LATER},
    {STAGE_RCPT, 550, {5, 1, 4}, "Ambiguous", VERDICT_LATER},
    {STAGE_RCPT, 552, {5, 2, 2}, "Mailbox full", VERDICT_LATER},
    {STAGE_RCPT, 550, {5, 2, 3}, "Too long for it", VERDICT_LATER},
    {STAGE_RCPT, 550, {5, 0, 0}, "", VERDICT_LATER},
    {STAGE_RCPT, 552, {5, 3, 4}, "Too big", VERDICT_REFUSED},
    {STAGE_RCPT, 550, {5, 3, 0}, "", VERDICT_REFUSED},
    {STAGE_RCPT, 550, {5, 4, 1}, "No answer from host", VERDICT_REFUSED},
    {STAGE_RCPT, 550, {5, 4, 4}, "Unroutable", VERDICT_REFUSED},
    {STAGE_RCPT, 554, {5, 5, 1}, "", VERDICT_REFUSED},
    {STAGE_RCPT, 550, {5, 6, 0}, "", VERDICT_REFUSED},
    {STAGE_RCPT, 550, {5, 7, 1}, "Blocked", VERDICT_REFUSED},
    {STAGE_RCPT, 554, {5, 7, 1}, "Relay access denied", VERDICT_REFUSED},
    {STAGE_RCPT, 554, {0, 0, 0}, "rejected", VERDICT_REFUSED},
    {STAGE_RCPT, 500, {0, 0, 0}, "", VERDICT_REFUSED},
    {STAGE_RCPT, 503, {0, 0, 0}, "", VERDICT_REFUSED},
    {STAGE_RCPT, 552, {0, 0, 0}, "", VERDICT_REFUSED},
    {STAGE_RCPT, 550, {4, 7, 1}, "contradicts itself", VERDICT_LATER},
    {STAGE_RCPT, 450, {5, 1, 1}, "contradicts itself", VERDICT_LATER},
    {STAGE_RCPT, 450, {4, 2, 0}, "Greylisted", VERDICT_LATER},
    {STAGE_RCPT, 451, {4, 7, 1}, "Try again", VERDICT_LATER},
    {STAGE_RCPT, 452, {4, 2, 2}, "Full", VERDICT_LATER},
    {STAGE_RCPT, 452, {4, 5, 3}, "Too many recipients", VERDICT_LATER},
    {STAGE_RCPT, 450, {0, 0, 0}, "", VERDICT_LATER},
    {STAGE_MAIL, 550, {5, 1, 1}, "", VERDICT_REFUSED},
    {STAGE_MAIL, 550, {0, 0, 0}, "", VERDICT_REFUSED},
    {STAGE_MAIL, 552, {5, 3, 4}, "Too big", VERDICT_REFUSED},
    {STAGE_MAIL, 451, {4, 3, 0}, "", VERDICT_REFUSED},
    {STAGE_MAIL, 452, {4, 3, 1}, "Disk", VERDICT_REFUSED},
    {STAGE_DATA, 554, {5, 5, 1}, "No valid recipients", VERDICT_REFUSED},
    {STAGE_DATA, 451, {4, 3, 0}, "", VERDICT_REFUSED},
    {STAGE_DOT, 550, {5, 1, 1}, "", VERDICT_REFUSED},
    {STAGE_DOT, 550, {5, 7, 1}, "Spam", VERDICT_REFUSED},
    {STAGE_DOT, 554, {5, 6, 0}, "", VERDICT_REFUSED},
    {STAGE_DOT, 452, {4, 3, 1}, "", VERDICT_REFUSED},
    {STAGE_GATE, 0, {0, 0, 0}, "address", VERDICT_GATE},
};

TEST(each_answer_blames_the_address_the_mail_or_the_relay_as_the_design_lists_it)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct relay_reply reply = {.stage = cases[i].stage,
                                    .code = cases[i].code,
                                    .enhanced_class = cases[i].enhanced[0],
                                    .subject = cases[i].enhanced[1],
                                    .detail = cases[i].enhanced[2]};
        g_strlcpy(reply.text, cases[i].text, sizeof reply.text);
        if (verdict_of(&reply, false) != cases[i].want)
            fail_msg("case %zu: %d %s: %d", i, cases[i].code, cases[i].text,
                     verdict_of(&reply, false));
    }
}

TEST(a_bare_refusal_behind_another_is_not_believed_to_be_the_addresss)
{
    const struct relay_reply bare = {.stage = STAGE_RCPT, .code = 550};
    const struct relay_reply clear = {
        .stage = STAGE_RCPT, .code = 550, .enhanced_class = 5, .subject = 1, .detail = 1};

    assert_true(verdict_is_bare(&bare));
    assert_false(verdict_is_bare(&clear));
    assert_int_equal(verdict_of(&bare, true), VERDICT_REFUSED);
    assert_int_equal(verdict_of(&clear, true), VERDICT_ADDRESS_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            each_answer_blames_the_address_the_mail_or_the_relay_as_the_design_lists_it),
        cmocka_unit_test(a_bare_refusal_behind_another_is_not_believed_to_be_the_addresss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
