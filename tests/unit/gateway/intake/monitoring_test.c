/* Mail of monitors: who is believed, what it does, and that it is never answered. */
#include "gateway/base/moment.h"
#include "gateway/incident/letter.h"
#include "tests/unit/gateway/intake/watchtown.h"

#define DOWN "watchdog api-1/http is down"
#define UP   "watchdog api-1/http is up"

static const char signed_by_beacon[] =
    "Authentication-Results: mx.example.com; dkim=pass header.d=mon.example.com header.s=a "
    "header.b=q5N1jJ0X\n"
    "DKIM-Signature: v=1; a=rsa-sha256; d=mon.example.com; s=a; t=%d; "
    "h=from:to:subject:date:message-id; bh=aGFsbG8=; b=q5N1jJ0XtEx2kVvLzQ==\n";

static const char *beacon_headers(struct town *town)
{
    g_autofree char *headers = g_strdup_printf(signed_by_beacon, (int)(town->now / SECOND_MS));

    return arena_string(town->arena, headers);
}

static int64_t open_alerts(struct town *town)
{
    return town_count(town, "SELECT count(*) FROM alert WHERE is_open = 1");
}

TOWN_TEST(a_proven_monitor_opens_and_resolves_and_is_not_answered)
{
    struct town *town = *state;
    const struct watch_mail down = {.subject = DOWN, .text = "no answer on 10.0.0.1"};
    const struct watch_mail up = {.subject = UP};
    const struct intake_verdict verdict = watch_take(town, &down);

    assert_string_equal(verdict.event, "incident.opened");
    assert_string_equal(verdict.monitor, "Mon API");
    assert_true(verdict.has_subscribers);
    assert_string_equal(town_ask(town, "SELECT public_id FROM incident"), verdict.incident_id);
    assert_string_equal(watch_take(town, &up).event, "incident.resolved");
    assert_int_equal(town_count(town, "SELECT status FROM incident"), INCIDENT_RESOLVED);
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter WHERE address LIKE 'mon@%'"), 0);
    assert_string_equal(town_ask(town, "SELECT by_whom FROM audit ORDER BY id LIMIT 1"),
                        "monitor:Mon API");
    assert_string_equal(town_ask(town, "SELECT proofs FROM audit ORDER BY id LIMIT 1"), "network");
}

TOWN_TEST(subscribers_read_the_policys_templates_and_nothing_else)
{
    struct town *town = *state;
    const struct watch_mail down = {.subject = DOWN, .text = "10.0.0.1 is on fire"};

    (void)watch_take(town, &down);
    assert_string_equal(town_ask(town, "SELECT title FROM incident"),
                        "http of API fails (critical)");
    assert_string_equal(town_ask(town, "SELECT message FROM incident_update WHERE kind = 0"),
                        "Mon API: no answer from api-1");
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident_update WHERE kind = 0 AND "
                                      "message LIKE '%10.0.0.1%'"),
                     0);
    assert_non_null(strstr(town_ask(town, "SELECT detail FROM alert"), "no answer from api-1"));
}

TOWN_TEST(marks_of_automatic_mail_do_not_stop_a_proven_monitor)
{
    static const char *const marks[] = {
        "Auto-Submitted: auto-generated\n", "Precedence: bulk\n", "List-Id: <x.example.org>\n",
        "X-Auto-Response-Suppress: All\n",  "X-Loop: mon\n",      "Return-Path: <>\n",
    };
    struct town *town = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        const struct watch_mail down = {.subject = DOWN, .headers = marks[i], .sender = ""};

        assert_string_equal(watch_take(town, &down).event,
                            i == 0 ? "incident.opened" : "alert.counted");
    }
}

TOWN_TEST(A37_our_own_mail_is_never_a_monitors)
{
    struct town *town = *state;
    struct watch_mail mail = {.subject = DOWN, .headers = "X-Tocsin-Loop: aaaa\n"};

    assert_string_equal(watch_take(town, &mail).event, "mail.automatic");
    mail.headers = "";
    mail.sender = "status+x@status.example.com";
    assert_string_equal(watch_take(town, &mail).event, "mail.automatic");
    assert_int_equal(town_changes(town), 0);
}

TOWN_TEST(a_monitor_that_answers_our_mail_is_not_heard)
{
    struct town *town = *state;
    OWN(secret) secret = secret_open(town->state, NULL);
    const struct watch_mail mail = {
        .subject = DOWN,
        .headers =
            arena_format(town->arena, "In-Reply-To: <%s>\n",
                         keyed_write_notification_id(town->arena, secret, town_page(), 1, 1))};

    assert_string_equal(watch_take(town, &mail).event, "monitor.loop");
    assert_int_equal(town_changes(town), 0);
}

TOWN_TEST(an_unproven_monitor_is_refused_with_the_proofs_that_were_looked_for)
{
    struct town *town = *state;
    const struct watch_mail mail = {
        .subject = DOWN, .client = WATCH_AWAY, .headers = "Auto-Submitted: auto-generated\n"};
    const struct intake_verdict verdict = watch_take(town, &mail);

    assert_int_equal(verdict.outcome, INTAKE_REFUSED);
    assert_int_equal(verdict.code, TOCSIN_ERROR_DENIED);
    assert_true(verdict.is_whole);
    assert_non_null(strstr(verdict.text, "sasl (not signed in)"));
    assert_non_null(strstr(verdict.text, "network (the client is in no listed network)"));
    assert_int_equal(town_changes(town), 0);
    assert_int_equal(open_alerts(town), 0);
}

TOWN_TEST(what_its_verifier_does_not_say_is_waited_for_an_hour)
{
    struct town *town = *state;
    const struct watch_mail mail = {.from = "beacon@mon.example.com",
                                    .subject = "Beacon is DOWN",
                                    .has_date = true,
                                    .headers = "Date: Tue, 24 Nov 2026 13:18:20 +0000\n"};
    struct intake_verdict verdict = watch_take(town, &mail);

    assert_int_equal(verdict.code, TOCSIN_ERROR_BUSY);
    assert_string_equal(verdict.enhanced, "4.7.0");
    town->now += HOUR_MS;
    verdict = watch_take(town, &mail);
    assert_int_equal(town_changes(town), 0);
}

TOWN_TEST(a_signature_that_does_not_cover_to_is_enough_and_works_once)
{
    struct town *town = *state;
    const struct watch_mail mail = {.from = "beacon@mon.example.com",
                                    .to = "status@status.example.com",
                                    .subject = "Beacon is DOWN",
                                    .headers = beacon_headers(town)};

    assert_string_equal(watch_take(town, &mail).event, "alert.asked");
    assert_string_equal(watch_take(town, &mail).event, "mail.replayed");
    assert_int_equal(town_count(town, "SELECT count FROM alert"), 1);
}

TOWN_TEST(the_first_monitor_that_fits_takes_each_alert)
{
    struct town *town = *state;
    struct watch_mail mail = {.subject = "watchdog: several",
                              .text = "api-1/http down\nweb-1/http down\napi-2/http up\n"};

    assert_string_equal(watch_take(town, &mail).event, "incident.opened");
    assert_string_equal(town_ask(town, "SELECT group_concat(monitor || '=' || key) FROM alert "
                                       "WHERE is_open = 1"),
                        "Mon API=api-1/http,Mon Web=web-1/http");
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident"), 2);
    mail.text = "api-1/http up\nweb-1/http up\n";
    assert_string_equal(watch_take(town, &mail).event, "incident.resolved");
    assert_int_equal(open_alerts(town), 0);
}

TOWN_TEST(A23_an_operators_words_from_a_monitor_do_nothing)
{
    static const char *const texts[] = {"Status: resolved", "resolved", "help", "subscribe",
                                        "Title: hacked\n\nMore"};
    struct town *town = *state;
    int64_t before;

    (void)watch_take(town, &(const struct watch_mail){.subject = DOWN});
    before = town_changes(town);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        const struct intake_verdict verdict =
            watch_take(town, &(const struct watch_mail){.subject = "API elevated error rates (#1)",
                                                        .text = texts[i]});

        assert_int_equal(verdict.outcome, INTAKE_TAKEN);
        assert_string_equal(verdict.event, "monitor.not_understood");
        assert_string_equal(verdict.monitor, "Mon API");
    }
    assert_int_equal(town_changes(town), before);
    assert_int_equal(town_count(town, "SELECT status FROM incident"), INCIDENT_INVESTIGATING);
}

TOWN_TEST(A58_a_rule_that_broke_a_limit_is_named_in_the_log)
{
    struct town *town = *state;
    g_autofree char *many = g_strnfill(400, 'a');
    const struct watch_mail mail = {.subject = arena_format(town->arena, "hungry %s!", many)};
    const struct intake_verdict verdict = watch_take(town, &mail);

    assert_string_equal(verdict.event, "monitor.not_understood");
    assert_non_null(strstr(verdict.text, "\"hungry\" of watchdog"));
}

TOWN_TEST(what_nobody_understands_is_a_sign_of_life_where_one_is_expected)
{
    struct town *town = *state;
    const struct watch_mail mail = {.from = "beacon@mon.example.com",
                                    .subject = "good morning",
                                    .headers = beacon_headers(town)};

    assert_string_equal(watch_take(town, &mail).event, "monitor.not_understood");
    assert_string_equal(town_ask(town, "SELECT monitor FROM heartbeat"), "Beacon");
    assert_int_equal(town_changes(town), 0);
}

TOWN_TEST(what_a_grammar_ignores_changes_nothing)
{
    struct town *town = *state;

    assert_string_equal(
        watch_take(town, &(const struct watch_mail){.subject = "watchdog lives"}).event,
        "monitor.alive");
    assert_int_equal(town_changes(town), 0);
}

TOWN_TEST(an_acknowledgement_is_a_note_and_of_nothing_open_nothing)
{
    struct town *town = *state;
    const struct watch_mail seen = {.subject = "watchdog api-1/http is seen by grace"};

    assert_string_equal(watch_take(town, &seen).event, "alert.none");
    (void)watch_take(town, &(const struct watch_mail){.subject = DOWN});
    assert_string_equal(watch_take(town, &seen).event, "incident.noted");
    assert_int_equal(town_count(town, "SELECT count(*) FROM notification"), 1);
}

TOWN_TEST(a_monitor_without_from_is_named_by_any_that_is_proven)
{
    struct town *town = *state;
    const struct intake_verdict verdict =
        watch_take(town, &(const struct watch_mail){.subject = "Alert: Production API is DOWN"});

    assert_string_equal(verdict.event, "incident.opened");
    assert_string_equal(verdict.monitor, "Production API");
    assert_int_equal(town_count(town, "SELECT severity FROM incident"), SEVERITY_MAJOR);
}

TOWN_TEST(a_monitor_without_from_hears_whoever_writes_from_its_network)
{
    struct town *town = *state;
    struct watch_mail mail = {
        .from = "root@web1.internal.example", .subject = "Website is DOWN", .client = WATCH_AWAY};

    assert_int_equal(watch_take(town, &mail).code, TOCSIN_ERROR_DENIED);
    assert_int_equal(open_alerts(town), 0);
    mail.client = WATCH_NETWORK;
    assert_string_equal(watch_take(town, &mail).event, "alert.asked");
    assert_string_equal(town_ask(town, "SELECT monitor FROM alert"), "Website");
    /* Production API has no network, and nobody else there is believed */
    mail.subject = "Production API is DOWN";
    assert_int_equal(watch_take(town, &mail).code, TOCSIN_ERROR_DENIED);
}

TOWN_TEST(people_of_a_listed_network_are_people)
{
    struct town *town = *state;
    struct watch_mail mail = {.from = "carol@example.net",
                              .subject = "subscribe",
                              .text = "Website is DOWN all the time"};

    assert_string_equal(watch_take(town, &mail).event, "join.asked");
    mail = (struct watch_mail){.from = "ada@example.com",
                               .login = "ada@example.com",
                               .subject = "Mail is slow",
                               .text = "We look."};
    assert_string_equal(watch_take(town, &mail).event, "incident.opened");
    assert_string_equal(town_ask(town, "SELECT title FROM incident"), "Mail is slow");
    mail = (struct watch_mail){.from = "ada@example.com", .subject = "watchdog x/y is down"};
    assert_string_equal(watch_take(town, &mail).monitor, "Cron");
}

TOWN_TEST(another_pages_monitor_is_nobody_here)
{
    struct town *town = *state;
    struct watch_mail mail = {.from = "else@mon.example.com",
                              .login = "else@mon.example.com",
                              .client = WATCH_AWAY,
                              .subject = DOWN};

    assert_int_equal(watch_take(town, &mail).code, TOCSIN_ERROR_DENIED);
    assert_int_equal(open_alerts(town), 0);
    mail.to = "other@status.example.com";
    assert_string_equal(watch_take(town, &mail).event, "incident.opened");
}

TOWN_TEST(a_clear_that_names_an_earlier_moment_than_the_problem_is_stale)
{
    struct town *town = *state;
    const char *earlier = arena_format(town->arena, "Date: %s\n",
                                       moment_write_mail(town->arena, town->now - HOUR_MS));
    const char *ancient = arena_format(town->arena, "Date: %s\n",
                                       moment_write_mail(town->arena, town->now - 2 * DAY_MS));
    struct watch_mail up = {.subject = UP, .headers = earlier, .has_date = true};

    (void)watch_take(town, &(const struct watch_mail){.subject = DOWN});
    assert_string_equal(watch_take(town, &up).event, "alert.stale");
    up.headers = ancient; /* names no moment that can be believed: it comes now */
    assert_string_equal(watch_take(town, &up).event, "incident.resolved");
}

TOWN_TEST(long_keys_that_begin_alike_stay_apart)
{
    struct town *town = *state;
    g_autofree char *many = g_strnfill(300, 'x');

    for (int i = 0; i < 2; i++)
        (void)watch_take(
            town, &(const struct watch_mail){
                      .subject = "watchdog: several",
                      .text = arena_format(town->arena, "%s%s/%s%d down", many, many, many, i)});
    assert_int_equal(town_count(town, "SELECT count(*) FROM alert"), 2);
    assert_true(town_count(town, "SELECT max(length(key)) FROM alert") <= 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCH(a_proven_monitor_opens_and_resolves_and_is_not_answered),
        WATCH(subscribers_read_the_policys_templates_and_nothing_else),
        WATCH(marks_of_automatic_mail_do_not_stop_a_proven_monitor),
        WATCH(A37_our_own_mail_is_never_a_monitors),
        WATCH(a_monitor_that_answers_our_mail_is_not_heard),
        WATCH(an_unproven_monitor_is_refused_with_the_proofs_that_were_looked_for),
        WATCH_VERIFIED(what_its_verifier_does_not_say_is_waited_for_an_hour),
        WATCH_VERIFIED(a_signature_that_does_not_cover_to_is_enough_and_works_once),
        WATCH(the_first_monitor_that_fits_takes_each_alert),
        WATCH(A23_an_operators_words_from_a_monitor_do_nothing),
        WATCH(A58_a_rule_that_broke_a_limit_is_named_in_the_log),
        WATCH_VERIFIED(what_nobody_understands_is_a_sign_of_life_where_one_is_expected),
        WATCH(what_a_grammar_ignores_changes_nothing),
        WATCH(an_acknowledgement_is_a_note_and_of_nothing_open_nothing),
        WATCH(a_monitor_without_from_is_named_by_any_that_is_proven),
        WATCH(a_monitor_without_from_hears_whoever_writes_from_its_network),
        WATCH(people_of_a_listed_network_are_people),
        WATCH(another_pages_monitor_is_nobody_here),
        WATCH(a_clear_that_names_an_earlier_moment_than_the_problem_is_stale),
        WATCH(long_keys_that_begin_alike_stay_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
