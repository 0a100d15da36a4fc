#include "tests/unit/gateway/grammar/ask.h"

static const struct subscribing_request subscriber = {.extension = "", .is_subscriber = true};
static const struct subscribing_request in_tokyo = {
    .extension = "", .is_subscriber = true, .time_zone = "Asia/Tokyo"};

TEST(each_line_of_preferences_is_understood)
{
    static const struct ask_case cases[] = {
        {"", "components: api, web", "change; components: api, web"},
        {"", "Components : all", "change; components: all"},
        {"", "components: Core, database", "change; components: \"Core\", db"},
        {"", "components: +api, -web", "change; components: +api, -web"},
        {"", "components: +api -web", "change; components: +api, -web"},
        {"", "components: – api; + EU West", "change; components: +eu_west, -api"},
        {"", "components: Mail, incoming, api", "change; components: mail, api"},
        {"", "components: +group Core", "change; components: +\"Core\""},
        {"", "components: followed", "change"},
        {"", "severity: major", "change; severity: major"},
        {"", "severity: at least critical", "change; severity: critical"},
        {"", "severity: all", "change; severity: minor"},
        {"", "kinds: incidents, post-mortems", "change; kinds: incidents, post-mortems"},
        {"", "kinds: all", "change; kinds: incidents, maintenance, post-mortems"},
        {"", "FORMAT: PAGER", "change; format: pager"},
        {"", "* format: text", "change; format: text"},
        {"", "**format**: text", "change; format: text"},
        {"", "format = html", "change; format: html"},
        {"", "delivery: immediate", "change; delivery: immediate"},
        {"", "delivery: daily 08:00", "change; delivery: daily 08:00"},
        {"", "delivery: daily", "change; delivery: daily"},
        {"", "delivery: weekly mon 08:00", "change; delivery: weekly mon 08:00"},
        {"", "delivery: weekly on friday", "? <delivery: immediate> <delivery: daily>"},
        {"", "delivery: friday at 5pm", "change; delivery: weekly fri 17:00"},
        {"", "critical: immediate", "change; critical: immediate"},
        {"", "critical: normal", "change; critical: normal"},
        {"", "critical: no", "change; critical: normal"},
        {"", "time zone: Europe/Berlin", "change; time zone: Europe/Berlin"},
        {"", "timezone: europe/berlin", "change; time zone: Europe/Berlin"},
        {"", "Time-Zone: America/New York", "change; time zone: America/New_York"},
        {"", "time zone: utc", "change; time zone: UTC"},
        {"", "time zone: default", "change; time zone: default"},
        {"", "language: de", "change; language: de"},
        {"", "language: Deutsch", "change; language: de"},
        {"", "language: 日本語", "change; language: ja"},
        {"", "pause 7 days", "change; pause: 7 days"},
        {"", "pause: 2 weeks", "change; pause: 14 days"},
        {"", "pause for 12 hours", "change; pause: 12 hours"},
        {"", "pause 1 month", "change; pause: 30 days"},
        {"", "pause 7d", "change; pause: 7 days"},
        {"", "pause until 2026-12-24", "change; pause: 709 hours"}, /* from 11:00 in Berlin */
        {"", "pause: until 2026-12-01 11:00", "change; pause: 7 days"},
        {"", "pause bis 24.12.2026", "change; pause: 709 hours"},
        {"", "pause: none", "change; resume"},
        {"", "resume", "change; resume"},
        {"", "Resume please", "change; resume"},
        {"", "mute INC-42", "change; mute: #42"},
        {"", "mute #42, #43", "change; mute: #42, #43"},
        {"", "mute: 42", "change; mute: #42"},
        {"", "unmute inc-42", "change; unmute: #42"},
        {"", "follow INC-42", "change; follow: #42"},
        {"pause 7 days", "", "change; pause: 7 days"},
        {"Re: x", "format text", "change; format: text"},
    };
    static const struct ask_case tokyo[] = {
        {"", "pause until 2026-11-25", "change; pause: 5 hours"},
        {"", "time zone: UTC\npause until 2026-11-25", "change; time zone: UTC; pause: 14 hours"},
    };

    ask_all(&subscriber, cases, G_N_ELEMENTS(cases));
    ask_all(&in_tokyo, tokyo, G_N_ELEMENTS(tokyo));
}

TEST(lines_are_understood_in_each_language)
{
    static const struct ask_case cases[] = {
        {"", "Komponenten: API\nSchweregrad: mindestens groß\nZustellung: täglich 08:00",
         "change; components: api; severity: major; delivery: daily 08:00"},
        {"", "Sprache: Englisch\nZeitzone: Europe/Vienna",
         "change; time zone: Europe/Vienna; language: en"},
        {"", "Pause 7 Tage", "change; pause: 7 days"},
        {"", "composants : api\nformat : texte\nlivraison : hebdomadaire lundi 8h30",
         "change; components: api; format: text; delivery: weekly mon 08:30"},
        {"", "pause 2 semaines", "change; pause: 14 days"},
        {"", "componentes: todos\nentrega: semanal lunes 08:00",
         "change; components: all; delivery: weekly mon 08:00"},
        {"", "pausar hasta 2026-12-01", "change; pause: 157 hours"},
        {"", "コンポーネント：api、web\n形式：テキスト\n配信：毎週 月曜日 08:00",
         "change; components: api, web; format: text; delivery: weekly mon 08:00"},
        {"", "一時停止 7日", "change; pause: 7 days"},
        {"", "silenciar INC-42", "change; mute: #42"},
    };

    ask_all(&subscriber, cases, G_N_ELEMENTS(cases));
}

TEST(lines_stand_together_whatever_is_around_them)
{
    static const struct ask_case cases[] = {
        {"Re: Your preferences", "Hi,\n\nformat: text\nseverity: major\n\nThanks,\nCarol",
         "change; severity: major; format: text"},
        {"preferences", "format: text", "change; format: text"},
        {"Re: x", "preferences\nformat: text", "change; format: text"},
        {"Re: x", "Please change this:\nformat: text\npause 7 days",
         "change; format: text; pause: 7 days"},
        {"Re: x", "format: text\n\nand besides\n\nseverity: major",
         "change; severity: major; format: text"},
        {"Re: x", "format: text\nthank you\npause 7 days", "change; format: text"},
        {"Re: x",
         "components: api, web, Database, Core\nseverity: minor\nkinds: incidents, "
         "maintenance, post-mortems\nformat: html\ndelivery: immediate\ncritical: "
         "normal\ntime zone: Etc/UTC\nlanguage: en",
         "change; components: api, web, db, \"Core\"; severity: minor; kinds: incidents, "
         "maintenance, post-mortems; format: html; delivery: immediate; critical: normal; time "
         "zone: Etc/UTC; language: en"},
        {"subscribe", "format: text", "subscribe; format: text"},
        {"unsubscribe", "format: text", "unsubscribe"},
    };

    ask_all(&subscriber, cases, G_N_ELEMENTS(cases));
}

TEST(one_bad_line_and_nothing_is_wished)
{
    static const struct ask_case cases[] = {
        {"", "format: fax", "? <format: html> <format: text>"},
        {"", "format: txet", "? <format: text>"},
        {"", "format: text\nseverity: huge", "? <severity: minor> <severity: major>"},
        {"", "format: text\nformat: html", "?"},
        {"", "formt: text", "? <format: text>"},
        {"", "severity:", "? <severity: minor> <severity: major>"},
        {"", "delivery: daly", "? <delivery: daily>"},
        {"", "delivery: daily mon", "? <delivery: weekly mon 08:00> <delivery: daily 08:00>"},
        {"", "delivery: daily 25:00", "? <delivery: immediate> <delivery: daily>"},
        {"", "language: klingon", "? <language: en> <language: de>"},
        {"", "time zone: Berlin", "? <time zone: Europe/Berlin>"},
        {"", "time zone: Mars/Olympus", "? <time zone: Europe/Berlin> <time zone: UTC>"},
        {"", "time zone: ../../etc/passwd", "? <time zone: Europe/Berlin> <time zone: UTC>"},
        {"", "components: payments", "? <components: API> <components: Website>"},
        {"", "components: eu", "? <components: EU West> <components: EU East>"},
        {"", "components:", "? <components: API> <components: Website>"},
        {"", "components: +api, web", "?"},
        {"", "components: all, api", "?"},
        {"", "pause soon", "? <pause 7 days> <pause 2 weeks>"},
        {"", "pause", "? <pause 7 days> <pause 2 weeks>"},
        {"", "pause 7", "? <pause 7 days> <pause 2 weeks>"},
        {"", "pause 2 years", "? <pause 7 days> <pause 2 weeks>"},
        {"", "pause 400 days", "? <pause 8 weeks> <unsubscribe>"},
        {"", "pause until 2020-01-01", "?"},
        {"", "pause until 2026-02-30", "?"},
        {"", "mute", "? <mute INC-42>"},
        {"", "mute this", "? <mute INC-42>"},
        {"", "follow INC-42\nfollow INC-43", "?"},
        {"", "mute INC-99999999999999999999", "? <mute INC-42>"},
        {"", "format: text\nunsubscribe", "? <unsubscribe>"},
    };

    ask_all(&subscriber, cases, G_N_ELEMENTS(cases));
}

TEST(what_a_subscriber_writes_to_people_is_no_command)
{
    static const struct ask_case cases[] = {
        {"Re: [Identified] API (#42)", "Follow up with the team, please.", "nothing"},
        {"Re: [Identified] API (#42)", "Pause the rollout until you know more!", "nothing"},
        {"Re: [Identified] API (#42)", "Resume service now", "nothing"},
        {"Re: [Identified] API (#42)", "Language barriers are hard", "nothing"},
        {"Re: [Identified] API (#42)", "Thanks!", "nothing"},
        {"Re: [Identified] API (#42)", "Impact: all of our users", "nothing"},
        {"Re: [Identified] API (#42)", "Is the format: text still supported?", "nothing"},
        {"Re: [Identified] API (#42)", "Critical components of ours are down", "nothing"},
    };

    ask_all(&subscriber, cases, G_N_ELEMENTS(cases));
}

/* What we show is what we understand: a letter sent back as it is changes nothing. */
TEST(settings_sent_back_change_nothing)
{
    static const char *const topics[] = {"c:comp_api", "c:comp_eu_west", "g:Core"};
    static const char *const followed[] = {"i:17"};
    struct subscriber hers[4];

    for (size_t i = 0; i < G_N_ELEMENTS(hers); i++)
        hers[i] = subscriber_default;
    hers[1].topics = topics;
    hers[1].topic_count = G_N_ELEMENTS(topics);
    hers[1].delivery = DELIVERY_WEEKLY;
    hers[1].digest_at = 1;
    hers[1].breaks_through = true;
    hers[1].severity = SEVERITY_CRITICAL;
    hers[2].topics = followed;
    hers[2].topic_count = 1;
    hers[2].format = FORMAT_PAGER;
    hers[2].kinds = NEWS_INCIDENTS;
    hers[2].time_zone = "Asia/Tokyo";
    hers[3].delivery = DELIVERY_DAILY;
    hers[3].paused_until = ASK_NOW + INT64_C(90) * 60000;
    for (size_t i = 0; i < G_N_ELEMENTS(hers); i++) {
        OWN(arena) arena = arena_open((size_t)64 * 1024 * 1024);
        OWN(grammars) grammars = hear_open(arena);
        struct wish_line lines[WISH_LINES_MOST];
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(GError) error = NULL;
        const size_t count = wishes_lines(arena, &hear_page, &hers[i], lines);
        for (size_t n = 0; n < count; n++)
            g_string_append_printf(text, "%s: %s\n", lines[n].name, lines[n].value);
        const struct ask_case one = {"Re: x", text->str, ""};
        const struct subscribing_request like = {
            .extension = "", .is_subscriber = true, .time_zone = hers[i].time_zone};
        const struct subscribing *said = ask(grammars, arena, &like, &one);
        if (said->kind != SUBSCRIBING_CHANGE)
            fail_msg("%s\n%s: %s", text->str, said->quoted, said->problem);
        const struct wishes_request request = {&hear_page, &hers[i], said->wishes, 0, ASK_NOW};
        const struct wishes_outcome *outcome = wishes_apply(arena, &request, &error);
        assert_non_null(outcome);
        assert_int_equal(outcome->change_count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_of_preferences_is_understood),
        cmocka_unit_test(lines_are_understood_in_each_language),
        cmocka_unit_test(lines_stand_together_whatever_is_around_them),
        cmocka_unit_test(one_bad_line_and_nothing_is_wished),
        cmocka_unit_test(what_a_subscriber_writes_to_people_is_no_command),
        cmocka_unit_test(settings_sent_back_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
