#include "gateway/incident/alert.h"

#include "gateway/base/moment.h"
#include "tests/unit/unit.h"

#define NOW (INT64_C(1800000000) * SECOND_MS)

static const struct alert_policy plain = {.open_after_alerts = 1, .resolves_on_clear = true};

static struct alert_report report(enum alert_word word, int64_t named_at, int64_t arrived_at)
{
    return (struct alert_report){
        .word = word,
        .key = "web1/http",
        .named_at = named_at,
        .arrived_at = arrived_at,
        .detail = "raw",
        .who = "",
        .title = "",
        .update = "",
        .resolved = "",
    };
}

/* One mail: 'P'roblem, 'C'lear, 'A'cknowledged; moments in seconds after NOW, named -1: none. */
struct mail {
    char word;
    int named;
    int arrived;
};

static const char words[] = {
    [ALERT_PROBLEM] = 'P', [ALERT_CLEARED] = 'C', [ALERT_ACKNOWLEDGED] = 'A'};

static struct alert_report report_of(const struct mail *mail)
{
    for (unsigned word = 0; word < G_N_ELEMENTS(words); word++)
        if (words[word] == mail->word)
            return report((enum alert_word)word,
                          mail->named < 0 ? 0 : NOW + mail->named * SECOND_MS,
                          NOW + mail->arrived * SECOND_MS);
    fail();
    return report(ALERT_PROBLEM, 0, 0);
}

struct hearing {
    const char *what;
    struct mail mails[5];
    const char *outcomes[5];
    bool is_open;
    int64_t count;
};

static const struct hearing hearings[] = {
    {"one problem", {{'P', 0, 1}}, {"opened"}, true, 1},
    {"known problems are counted",
     {{'P', 0, 1}, {'P', 60, 61}, {'P', 120, 121}},
     {"opened", "counted", "counted"},
     true,
     3},
    {"a clear", {{'P', 0, 1}, {'C', 60, 61}}, {"opened", "closed"}, false, 1},
    {"a clear of nothing", {{'C', 0, 1}}, {"nothing_open"}, false, 0},
    {"two clears",
     {{'P', 0, 1}, {'C', 60, 61}, {'C', 61, 62}},
     {"opened", "closed", "nothing_open"},
     false,
     1},
    {"it comes back: counted anew",
     {{'P', 0, 1}, {'P', 5, 6}, {'C', 60, 61}, {'P', 70, 71}},
     {"opened", "counted", "closed", "opened"},
     true,
     1},
    {"a late problem does not reopen",
     {{'P', 0, 1}, {'C', 60, 61}, {'P', 30, 90}},
     {"opened", "closed", "stale"},
     false,
     1},
    {"a clear that overtakes its problem",
     {{'C', 60, 61}, {'P', 0, 90}},
     {"nothing_open", "stale"},
     false,
     0},
    {"a late clear does not close what came back",
     {{'P', 0, 1}, {'P', 90, 91}, {'C', 60, 95}},
     {"opened", "counted", "stale"},
     true,
     2},
    {"a late problem of an open one counts",
     {{'P', 50, 51}, {'P', 0, 60}},
     {"opened", "counted"},
     true,
     2},
    {"but not where it is of before the last clear",
     {{'P', 0, 1}, {'C', 10, 11}, {'P', 50, 51}, {'P', 5, 60}},
     {"opened", "closed", "opened", "stale"},
     true,
     1},
    {"without moments arrival orders",
     {{'C', -1, 1}, {'P', -1, 2}, {'C', -1, 3}, {'P', -1, 4}},
     {"nothing_open", "opened", "closed", "opened"},
     true,
     1},
    {"within one second the later arrival counts",
     {{'P', 10, 11}, {'C', 10, 11}},
     {"opened", "closed"},
     false,
     1},
    {"a moment of next year is none",
     {{'P', 31536000, 1}, {'C', 60, 61}},
     {"opened", "closed"},
     false,
     1},
    {"a moment of before yesterday is none",
     {{'P', 90000, 90001}, {'C', 1, 90060}},
     {"opened", "closed"},
     false,
     1},
    {"a minute ahead is another clock's",
     {{'P', 30, 0}, {'C', 31, 1}, {'P', 29, 2}},
     {"opened", "closed", "stale"},
     false,
     1},
    {"our clock steps back an hour: what arrives is the newer",
     {{'P', 7200, 7201}, {'C', 3600, 3601}, {'P', 3660, 3661}},
     {"opened", "closed", "opened"},
     true,
     1},
    {"our clock steps back a little, no moments named",
     {{'P', -1, 30}, {'C', -1, 20}},
     {"opened", "closed"},
     false,
     1},
    {"an acknowledgement changes no state",
     {{'A', 0, 1}, {'P', 5, 6}, {'A', 7, 8}, {'C', 9, 10}, {'A', 11, 12}},
     {"nothing_open", "opened", "noted", "closed", "nothing_open"},
     false,
     1},
};

static struct alert hear(const struct alert_policy *policy, const struct hearing *hearing)
{
    struct alert alert = {0};

    for (size_t i = 0; i < G_N_ELEMENTS(hearing->mails) && hearing->mails[i].word != '\0'; i++) {
        const struct alert_report said = report_of(&hearing->mails[i]);
        const struct alert_heard heard = alert_hear(policy, i > 0 ? &alert : NULL, &said);
        const char *const outcome = alert_outcome_name(heard.outcome);

        if (hearing->outcomes[i] != NULL && strcmp(outcome, hearing->outcomes[i]) != 0)
            fail_msg("%s: mail %zu is %s, not %s", hearing->what, i + 1, outcome,
                     hearing->outcomes[i]);
        alert = heard.alert;
    }
    return alert;
}

TEST(each_mail_makes_of_an_alert_what_the_table_says)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hearings); i++) {
        const struct alert alert = hear(&plain, &hearings[i]);

        if (alert.is_open != hearings[i].is_open || alert.count != hearings[i].count)
            fail_msg("%s: open %d, count %d", hearings[i].what, alert.is_open, (int)alert.count);
        assert_string_equal(alert.key, "web1/http");
    }
}

/* Sets `order` to the n-th permutation of 0..3. */
static void permute(unsigned n, int order[4])
{
    int left[4] = {0, 1, 2, 3};

    for (unsigned i = 0; i < 4; i++) {
        const unsigned choices[4] = {6, 2, 1, 1};
        const unsigned pick = n / choices[i] % (4 - i);

        order[i] = left[pick];
        for (unsigned k = pick; k + 1 < 4 - i; k++)
            left[k] = left[k + 1];
    }
}

/* F48: whatever the order of arrival, the last word by the moments that they name is the state. */
TEST(four_mails_end_in_the_same_state_in_each_of_their_24_orders)
{
    static const char *const stories[] = {"PCPC", "CPCP", "PPCP", "PPPC", "PCCP", "PCPP"};

    for (size_t story = 0; story < G_N_ELEMENTS(stories); story++)
        for (unsigned n = 0; n < 24; n++) {
            struct hearing hearing = {.what = stories[story]};
            int order[4];

            permute(n, order);
            for (int i = 0; i < 4; i++)
                hearing.mails[i] = (struct mail){stories[story][order[i]], 60 * order[i], 600 + i};
            const struct alert alert = hear(&plain, &hearing);
            if (alert.is_open != (stories[story][3] == 'P'))
                fail_msg("%s in order %u ends %s", stories[story], n,
                         alert.is_open ? "open" : "clear");
        }
}

TEST(severity_rises_with_what_is_said_and_never_falls_while_it_is_open)
{
    static const struct {
        int said; /* -1: none */
        const char *outcome;
        int is;
    } steps[] = {
        {SEVERITY_MINOR, "opened", SEVERITY_MINOR},
        {-1, "counted", SEVERITY_MINOR},
        {SEVERITY_MAJOR, "worsened", SEVERITY_MAJOR},
        {SEVERITY_MINOR, "counted", SEVERITY_MAJOR},
        {SEVERITY_CRITICAL, "worsened", SEVERITY_CRITICAL},
    };
    struct alert alert;

    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        struct alert_report said = report(ALERT_PROBLEM, 0, NOW + (int64_t)i);

        said.has_severity = steps[i].said >= 0;
        said.severity = said.has_severity ? (enum incident_severity)steps[i].said : SEVERITY_MINOR;
        const struct alert_heard heard = alert_hear(&plain, i > 0 ? &alert : NULL, &said);
        assert_string_equal(alert_outcome_name(heard.outcome), steps[i].outcome);
        assert_int_equal(heard.alert.severity, steps[i].is);
        alert = heard.alert;
    }
}

TEST(one_that_says_no_severity_is_as_major_and_worsens_to_critical_alone)
{
    struct alert_report said = report(ALERT_PROBLEM, 0, NOW);
    struct alert alert = alert_hear(&plain, NULL, &said).alert;

    said.has_severity = true;
    said.severity = SEVERITY_MAJOR;
    assert_int_equal(alert_hear(&plain, &alert, &said).outcome, ALERT_COUNTED);
    said.severity = SEVERITY_CRITICAL;
    assert_int_equal(alert_hear(&plain, &alert, &said).outcome, ALERT_WORSENED);
}

TEST(a_key_that_changes_too_often_is_unstable_for_the_span_and_goes_on_as_one)
{
    struct alert_policy policy = plain;
    struct alert alert = {0};

    policy.flapping = (struct alert_limit){4, 10 * MINUTE_MS};
    for (int i = 0; i < 6; i++) {
        const int64_t at = NOW + i * MINUTE_MS;
        const struct alert_report said = report(i % 2 == 0 ? ALERT_PROBLEM : ALERT_CLEARED, 0, at);

        alert = alert_hear(&policy, i > 0 ? &alert : NULL, &said).alert;
        assert_int_equal(alert.unstable_until, i < 3 ? 0 : at + 10 * MINUTE_MS);
    }
    assert_false(alert.is_open);
    assert_int_equal(alert.opened_at, NOW + 2 * MINUTE_MS); /* the fifth went on with the third */
    assert_int_equal(alert.count, 2);

    const struct alert_report later = report(ALERT_PROBLEM, 0, NOW + HOUR_MS);
    alert = alert_hear(&policy, &alert, &later).alert;
    assert_int_equal(alert.opened_at, NOW + HOUR_MS);
    assert_int_equal(alert.unstable_until, 0);
}

TEST(no_more_changes_are_remembered_than_there_is_room_for)
{
    struct alert_policy policy = plain;
    struct alert alert = {0};

    policy.flapping = (struct alert_limit){1000, DAY_MS};
    for (int i = 0; i < 50; i++) {
        const struct alert_report said =
            report(i % 2 == 0 ? ALERT_PROBLEM : ALERT_CLEARED, 0, NOW + i);

        alert = alert_hear(&policy, i > 0 ? &alert : NULL, &said).alert;
        assert_int_equal(alert.unstable_until > 0, i + 1 >= ALERT_CHANGES_MOST);
    }
    assert_int_equal(alert.change_count, ALERT_CHANGES_MOST);
    assert_int_equal(alert.changes[0], NOW + 49);
    assert_int_equal(alert.changes[ALERT_CHANGES_MOST - 1], NOW + 30);
}

TEST(an_alert_is_ripe_by_its_count_and_its_age)
{
    struct alert_policy policy = plain;
    struct alert alert = {.opened_at = NOW, .count = 2};

    policy.open_after_alerts = 3;
    policy.open_after_ms = 5 * MINUTE_MS;
    assert_int_equal(alert_ripe_at(&policy, &alert), 0);
    alert.count = 3;
    assert_int_equal(alert_ripe_at(&policy, &alert), NOW + 5 * MINUTE_MS);
}

TEST(the_group_names_the_cluster)
{
    static const char *const components[] = {"comp_api", "comp_web"};
    static const struct {
        enum alert_group group;
        size_t components;
        const char *want;
        bool asks;
    } cases[] = {
        {ALERT_GROUP_MONITOR, 2, "monitor Production API", false},
        {ALERT_GROUP_MONITOR, 2, "monitor Production API", true},
        {ALERT_GROUP_NONE, 2, "alert Production API web1/http", false},
        {ALERT_GROUP_COMPONENT, 2, "component comp_api", false},
        {ALERT_GROUP_COMPONENT, 2, "component comp_api asked", true},
        {ALERT_GROUP_COMPONENT, 0, "monitor Production API", false},
        {ALERT_GROUP_PAGE, 0, "page", false},
        {ALERT_GROUP_PAGE, 0, "page asked", true},
    };
    OWN(arena) arena = arena_open(1 << 20);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct monitor monitor = {.name = "Production API",
                                        .policy = {.creates_incident = !cases[i].asks,
                                                   .group = cases[i].group,
                                                   .component_ids = components,
                                                   .component_count = cases[i].components}};

        assert_string_equal(alert_cluster(arena, &monitor, "web1/http"), cases[i].want);
        assert_string_equal(alert_cluster_of_many(arena, &monitor), "many Production API");
    }
    assert_string_equal(alert_group_name(ALERT_GROUP_PAGE), "page");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mail_makes_of_an_alert_what_the_table_says),
        cmocka_unit_test(four_mails_end_in_the_same_state_in_each_of_their_24_orders),
        cmocka_unit_test(severity_rises_with_what_is_said_and_never_falls_while_it_is_open),
        cmocka_unit_test(one_that_says_no_severity_is_as_major_and_worsens_to_critical_alone),
        cmocka_unit_test(a_key_that_changes_too_often_is_unstable_for_the_span_and_goes_on_as_one),
        cmocka_unit_test(no_more_changes_are_remembered_than_there_is_room_for),
        cmocka_unit_test(an_alert_is_ripe_by_its_count_and_its_age),
        cmocka_unit_test(the_group_names_the_cluster),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
