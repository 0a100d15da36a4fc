/* What an operator's pager may say, and what nobody else's (security A32). */
#include "gateway/incident/letter.h"
#include "tests/unit/gateway/intake/town.h"

#define PAGER   "5550100@sms.example.net"
#define GATEWAY "gateway@sms.example.net"

static const struct identity pager_proves = {PAGER, GATEWAY, PROOF_SASL | PROOF_REPLY_KEY, 0,
                                             false};
static const struct identity eves_proves = {"5550199@sms.example.net", GATEWAY, PROOF_SASL, 0,
                                            false};
static const struct identity *const bobs_identities[] = {&pager_proves};
static const struct identity *const eves_identities[] = {&eves_proves};
static const char *const bobs_pagers[] = {PAGER};
static const char *const eves_pagers[] = {"5550199@sms.example.net"};
static const struct speaker speakers[] = {
    {.pager_count = 0},
    {.pagers = bobs_pagers, .pager_identities = bobs_identities, .pager_count = 1},
    {.pagers = eves_pagers, .pager_identities = eves_identities, .pager_count = 1},
};

/* Incident #1 is open, and Bob has a pager. */
static struct town *begin(void **state)
{
    struct town *town = *state;

    town->settings.speakers = speakers;
    assert_string_equal(town_take(town, &town_opening).event, "incident.opened");
    return town;
}

static struct intake_verdict page(struct town *town, const char *subject, const char *text)
{
    const struct letter_in letter = {
        .from = PAGER, .login = GATEWAY, .subject = subject, .text = text};

    return town_take(town, &letter);
}

TOWN_TEST(a_pagers_short_mail_is_its_operators)
{
    struct town *town = begin(state);

    assert_string_equal(page(town, "SMS", "1 identified a bad disk").event, "incident.updated");
    assert_string_equal(page(town, "Message [17] from 5550100", "1 RESOLVED").event,
                        "incident.resolved");
    assert_int_equal(town_count(town, "SELECT status FROM incident"), INCIDENT_RESOLVED);
    assert_string_equal(
        town_ask(town, "SELECT address FROM letter WHERE kind = 0 ORDER BY id DESC LIMIT 1"),
        "bob@example.com");
    assert_int_equal(
        town_count(town, "SELECT count(*) FROM letter WHERE address LIKE '%sms.example.net'"), 0);
}

TOWN_TEST(ack_is_noted_for_operators_alone)
{
    struct town *town = begin(state);
    const int64_t told = town_count(town, "SELECT count(*) FROM notification");

    assert_string_equal(page(town, "", "ack 1").event, "incident.noted");
    assert_int_equal(town_count(town, "SELECT count(*) FROM notification"), told);
    assert_int_equal(town_count(town, "SELECT status FROM incident"), INCIDENT_INVESTIGATING);
}

TOWN_TEST(a_word_alone_is_asked_about_at_her_own_address)
{
    struct town *town = begin(state);

    assert_string_equal(page(town, "", "resolved").event, "mail.asked");
    assert_int_equal(town_last_letter(town), LETTER_QUESTION);
    assert_string_equal(town_ask(town, "SELECT address FROM letter ORDER BY id DESC LIMIT 1"),
                        "bob@example.com");
    assert_int_equal(town_count(town, "SELECT status FROM incident"), INCIDENT_INVESTIGATING);
}

TOWN_TEST(a_number_in_the_subject_or_her_reply_key_names_the_incident)
{
    struct town *town = begin(state);
    struct letter_in reply = {
        .from = PAGER, .login = GATEWAY, .subject = "Message [17]", .text = "monitoring"};

    reply.to = town_key_for(town, "bob@example.com", 1, 0);
    assert_string_equal(town_take(town, &reply).event, "incident.updated");
    assert_int_equal(town_count(town, "SELECT count(*) FROM reply_key WHERE spent_at IS NOT NULL"),
                     0);
    assert_string_equal(
        page(town, "Re: [Monitoring] API elevated error rates (#1)", "resolved").event,
        "incident.resolved");
}

TOWN_TEST(a_key_of_another_operator_is_spent)
{
    struct town *town = begin(state);
    struct letter_in reply = {.from = PAGER, .login = GATEWAY, .subject = "", .text = "resolved"};

    reply.to = town_key_for(town, "ada@example.com", 1, 0);
    assert_string_equal(town_take(town, &reply).event, "incident.resolved");
    assert_int_equal(town_count(town, "SELECT count(*) FROM reply_key WHERE spent_at IS NOT NULL"),
                     1);
}

TOWN_TEST(a_pager_says_nothing_longer)
{
    struct town *town = begin(state);
    const int64_t before = town_changes(town);
    const char *const texts[] = {"The garage is on fire", "1 resolved\n\nand more", "publish",
                                 "Status: resolved", ""};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        const struct intake_verdict verdict = page(town, "API is down", texts[i]);

        assert_int_equal(verdict.outcome, INTAKE_REFUSED);
        assert_int_equal(verdict.code, TOCSIN_ERROR_DENIED);
        assert_non_null(strstr(verdict.text, "42 resolved"));
    }
    assert_int_equal(town_changes(town), before);
}

TOWN_TEST(a_subject_of_the_gateways_opens_nothing)
{
    struct town *town = begin(state);

    assert_string_equal(page(town, "API is down", "resolved").event, "mail.asked");
    assert_string_equal(page(town, "API is down (#99)", "ack").event, "mail.asked");
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 1);
}

TOWN_TEST(A32_a_gateway_that_nobody_listed_stays_a_stranger)
{
    struct town *town = begin(state);
    const int64_t before = town_changes(town);
    const struct letter_in unlisted = {
        .from = "5550123@sms.example.net", .login = GATEWAY, .subject = "", .text = "1 resolved"};
    struct letter_in unproven = unlisted;
    struct letter_in of_another_page = unlisted;

    unproven.from = PAGER;
    unproven.login = "";
    of_another_page.from = "5550199@sms.example.net";
    assert_int_equal(town_take(town, &unlisted).code, TOCSIN_ERROR_DENIED);
    assert_int_equal(town_take(town, &unproven).code, TOCSIN_ERROR_DENIED);
    assert_int_equal(town_take(town, &of_another_page).code, TOCSIN_ERROR_DENIED);
    assert_int_equal(town_changes(town), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOWN(a_pagers_short_mail_is_its_operators),
        TOWN(ack_is_noted_for_operators_alone),
        TOWN(a_word_alone_is_asked_about_at_her_own_address),
        TOWN(a_number_in_the_subject_or_her_reply_key_names_the_incident),
        TOWN(a_key_of_another_operator_is_spent),
        TOWN(a_pager_says_nothing_longer),
        TOWN(a_subject_of_the_gateways_opens_nothing),
        TOWN(A32_a_gateway_that_nobody_listed_stays_a_stranger),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
