/* What operators say of monitors without `from:`, by a subject that names one. */
#include "gateway/base/moment.h"
#include "gateway/incident/letter.h"
#include "tests/unit/gateway/intake/watchtown.h"

static struct letter_in by_ada(const char *subject)
{
    return (struct letter_in){
        .from = "ada@example.com", .login = "ada@example.com", .subject = subject, .text = ""};
}

static const char *fact(struct town *town, const char *name)
{
    return town_ask(town, arena_format(town->arena,
                                       "SELECT value FROM letter_fact WHERE name = '%s' AND "
                                       "letter_id = (SELECT max(id) FROM letter WHERE kind = 0)",
                                       name));
}

TOWN_TEST(an_operator_who_names_it_down_opens_its_incident_and_up_resolves_it)
{
    struct town *town = *state;
    struct letter_in letter = by_ada("Production API is DOWN");
    struct intake_verdict verdict;

    town_subscribe(town, "carol@example.net");
    verdict = town_take(town, &letter);
    assert_string_equal(verdict.event, "incident.opened");
    assert_string_equal(verdict.monitor, "Production API");
    assert_int_equal(verdict.subscribers, 1);
    assert_int_equal(town_count(town, "SELECT severity FROM incident"), SEVERITY_MAJOR);
    assert_string_equal(town_ask(town, "SELECT component_id FROM incident_component"), "comp_api");
    assert_string_equal(town_ask(town, "SELECT address FROM letter WHERE kind = 0"),
                        "ada@example.com");
    assert_string_equal(fact(town, "monitor"), "Production API");
    assert_string_equal(fact(town, "grammar"), "generic");
    assert_string_equal(fact(town, "alert_outcome"), "opened");
    assert_string_equal(fact(town, "alert_action"), "change");
    letter.subject = "[Production API] UP";
    assert_string_equal(town_take(town, &letter).event, "incident.resolved");
    assert_int_equal(town_count(town, "SELECT status FROM incident"), INCIDENT_RESOLVED);
    assert_int_equal(town_count(town, "SELECT count(*) FROM notification"), 2);
}

TOWN_TEST(who_said_so_is_recorded_and_her_answer_replaces_her_copy)
{
    struct town *town = *state;
    struct letter_in letter = by_ada("Production API is DOWN");

    (void)town_take(town, &letter);
    assert_non_null(
        strstr(town_ask(town, "SELECT by_whom || ' ' || proofs FROM audit"), "ada@example.com"));
    assert_string_equal(town_ask(town, "SELECT group_concat(address) FROM letter WHERE kind = 7"),
                        "bob@example.com");
}

TOWN_TEST(what_changes_nothing_is_answered_too)
{
    struct town *town = *state;
    struct letter_in letter = by_ada("Production API is UP");

    assert_string_equal(town_take(town, &letter).event, "alert.none");
    assert_string_equal(fact(town, "alert_outcome"), "nothing_open");
    letter.subject = "Production API is DOWN";
    (void)town_take(town, &letter);
    assert_string_equal(town_take(town, &letter).event, "alert.counted");
    assert_string_equal(fact(town, "alert_outcome"), "counted");
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 1);
}

TOWN_TEST(where_the_policy_asks_she_is_told_so)
{
    struct town *town = *state;
    struct letter_in letter = by_ada("Website: PROBLEM");

    assert_string_equal(town_take(town, &letter).event, "alert.asked");
    assert_string_equal(fact(town, "alert_action"), "ask");
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 0);
    assert_int_equal(town_count(town, "SELECT count(*) FROM draft"), 1);
}

TOWN_TEST(more_than_a_name_and_state_words_is_an_incident_of_her_own)
{
    static const char *const subjects[] = {"Production API is down for customers in Asia",
                                           "Mon API is DOWN", "Production API"};
    struct town *town = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++) {
        struct letter_in letter = by_ada(subjects[i]);

        letter.text = "We look.";
        assert_string_equal(town_take(town, &letter).event, "incident.opened");
        assert_string_equal(town_ask(town, "SELECT title FROM incident ORDER BY id DESC"),
                            subjects[i]);
    }
    assert_int_equal(town_count(town, "SELECT count(*) FROM alert"), 0);
}

TOWN_TEST(in_a_thread_of_an_incident_it_is_about_that)
{
    struct town *town = *state;
    struct letter_in letter = town_opening;

    (void)town_take(town, &letter);
    letter = by_ada("Production API is UP");
    letter.to = town_key_for(town, "ada@example.com", 1, 0);
    letter.text = "Monitoring: better.";
    assert_string_equal(town_take(town, &letter).event, "incident.updated");
    assert_int_equal(town_count(town, "SELECT count(*) FROM alert"), 0);
}

TOWN_TEST(a_forged_one_is_refused_and_a_marked_one_asked_back)
{
    struct town *town = *state;
    struct letter_in letter = by_ada("Production API is DOWN");
    struct letter_in reply;

    letter.login = "";
    assert_int_equal(town_take(town, &letter).code, TOCSIN_ERROR_DENIED);
    letter.login = "ada@example.com";
    letter.headers = "Precedence: bulk\n";
    assert_string_equal(town_take(town, &letter).event, "mail.held");
    assert_int_equal(town_count(town, "SELECT count(*) FROM alert"), 0);
    reply = by_ada("Re: Production API is DOWN");
    reply.to = town_key_for(town, "ada@example.com", 0, 1);
    reply.text = "publish";
    assert_string_equal(town_take(town, &reply).event, "incident.opened");
    assert_string_equal(town_ask(town, "SELECT monitor FROM alert"), "Production API");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCH(an_operator_who_names_it_down_opens_its_incident_and_up_resolves_it),
        WATCH(who_said_so_is_recorded_and_her_answer_replaces_her_copy),
        WATCH(what_changes_nothing_is_answered_too),
        WATCH(where_the_policy_asks_she_is_told_so),
        WATCH(more_than_a_name_and_state_words_is_an_incident_of_her_own),
        WATCH(in_a_thread_of_an_incident_it_is_about_that),
        WATCH(a_forged_one_is_refused_and_a_marked_one_asked_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
