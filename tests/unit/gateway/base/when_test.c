#include "gateway/base/when.h"

#include "gateway/base/moment.h"
#include "tests/unit/gateway/base/written.h"
#include "tests/unit/unit.h"

static int64_t at(const char *iso)
{
    int64_t moment = 0;

    if (iso != NULL)
        assert_true(moment_parse_iso(text_of(iso), &moment));
    return moment;
}

static struct when read_at(struct arena *arena, const struct row *row, const char *now)
{
    const struct when_frame frame = {row->zone, at(now), at(row->base)};
    struct text bytes = unit_bytes(text_of(row->text));
    const struct when when = when_read(arena, bytes, &frame);

    unit_free(bytes);
    return when;
}

static void check(const struct row *row, const char *now)
{
    OWN(arena) arena = arena_open(1024 * 1024);
    const struct when when = read_at(arena, row, now);

    if (when.outcome != row->outcome)
        print_message("%s: %s, %s\n", row->text, when_outcome_name(when.outcome), when.trouble);
    assert_int_equal(when.outcome, row->outcome);
    if (when.outcome == WHEN_SPAN)
        return;
    const bool is_moment = when.outcome == WHEN_MOMENT || when.outcome == WHEN_PAST;
    const int64_t first = is_moment                  ? when.at
                          : when.candidate_count > 0 ? when.candidates[0].at
                                                     : 0;
    if (row->want != NULL && first != at(row->want))
        print_message("%s: %s\n", row->text, moment_write_iso(arena, first));
    if (row->want != NULL)
        assert_int_equal(first, at(row->want));
    if (row->other != NULL)
        assert_int_equal(when.candidates[1].at, at(row->other));
    assert_int_equal(when.outcome == WHEN_MOMENT, *when.trouble == '\0');
}

TEST(a_time_is_read_as_people_write_it_in_five_languages)
{
    assert_true(G_N_ELEMENTS(moments) + G_N_ELEMENTS(asked) >= 80);
    for (size_t i = 0; i < G_N_ELEMENTS(moments); i++)
        check(&moments[i], NOW);
}

TEST(what_may_mean_two_moments_or_none_is_asked_about)
{
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++)
        check(&asked[i], NOW);
}

TEST(a_candidate_reads_as_the_moment_that_it_stands_for)
{
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
        OWN(arena) arena = arena_open(1024 * 1024);
        const struct when when = read_at(arena, &asked[i], NOW);
        const struct when_frame frame = {"Asia/Kathmandu", at(NOW), 0};
        for (size_t n = 0; n < when.candidate_count; n++) {
            const struct when again = when_read(arena, text_of(when.candidates[n].text), &frame);
            assert_true(again.outcome == WHEN_MOMENT || again.outcome == WHEN_PAST ||
                        again.outcome == WHEN_YEAR);
            assert_int_equal(again.at, when.candidates[n].at);
        }
    }
}

/* What we write for a reader in her zone is read back as the moment, whatever the clocks do there. */
TEST(what_is_written_in_any_zone_is_read_back)
{
    static const char *const zones[] = {
        BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia",
        "UTC",  "Africa/Casablanca"};

    for (size_t i = 0; i < G_N_ELEMENTS(zones); i++) {
        OWN(arena) arena = arena_open(64 * 1024 * 1024);
        const struct when_frame frame = {"Asia/Tokyo", at(NOW), 0};
        for (int64_t moment = at("2026-11-25T00:00:00Z"); moment < at("2027-12-01T00:00:00Z");
             moment += 67 * HOUR_MS + 15 * MINUTE_MS) {
            const struct moment_parts parts = moment_split_local(arena, moment, zones[i]);
            const char *text =
                arena_format(arena, "%04d-%02d-%02d %02d:%02d %s", parts.year, parts.month,
                             parts.day, parts.hour, parts.minute, zones[i]);
            const struct when when = when_read(arena, text_of(text), &frame);
            if (when.outcome != WHEN_TWICE) {
                assert_int_equal(when.outcome, WHEN_MOMENT);
                assert_int_equal(when.at, moment);
                continue;
            }
            assert_true(when.candidates[0].at == moment || when.candidates[1].at == moment);
        }
    }
}

TEST(a_span_is_read_in_its_parts)
{
    static const struct {
        const char *text;
        int64_t want; /* 0: no span */
    } cases[] = {
        {"2h", 2 * HOUR_MS},
        {"90 minutes", 90 * MINUTE_MS},
        {"1h30m", 90 * MINUTE_MS},
        {"1h30", 90 * MINUTE_MS},
        {"1 day", DAY_MS},
        {"1 day 2 hours", 26 * HOUR_MS},
        {"2 hours and 30 minutes", 150 * MINUTE_MS},
        {"1.5 hours", 90 * MINUTE_MS},
        {"1,5 Stunden", 90 * MINUTE_MS},
        {"2 Stunden 30 Minuten", 150 * MINUTE_MS},
        {"2 heures", 2 * HOUR_MS},
        {"90 minutos", 90 * MINUTE_MS},
        {"2時間30分間", 150 * MINUTE_MS},
        {"an hour", HOUR_MS},
        {"+30m", 30 * MINUTE_MS},
        {"30 min.", 30 * MINUTE_MS},
        {"PT2H30M", 150 * MINUTE_MS},
        {"1 Woche", 7 * DAY_MS},
        {"30m 1h", 0},
        {"2", 0},
        {"h", 0},
        {"-2h", 0},
        {"999999 weeks", 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(65536);
        const struct row row = {.text = cases[i].text, .zone = BERLIN};
        const struct when when = read_at(arena, &row, NOW);
        if ((when.outcome == WHEN_SPAN) != (cases[i].want != 0) || when.span_ms != cases[i].want)
            print_message("%s: %s\n", cases[i].text, when_outcome_name(when.outcome));
        assert_int_equal(when.outcome == WHEN_SPAN, cases[i].want != 0);
        assert_int_equal(when.span_ms, cases[i].want);
    }
}

TEST(the_zone_of_a_start_serves_its_end)
{
    OWN(arena) arena = arena_open(65536);
    const struct when_frame frame = {BERLIN, at(NOW), 0};
    const struct when start = when_read(arena, TEXT("1 Dec 2026 2am EST"), &frame);
    const struct when_frame end_frame = {start.zone, at(NOW), start.at};
    const struct when end = when_read(arena, TEXT("4am"), &end_frame);

    assert_true(start.has_zone);
    assert_string_equal(start.zone, "America/New_York");
    assert_int_equal(end.at - start.at, 2 * HOUR_MS);
}

TEST(a_refusal_says_what_is_wrong)
{
    static const struct {
        const char *text;
        const char *word;
        const char *trouble;
    } cases[] = {
        {"2026-12-01 02:00 XYZ", "XYZ", "\"XYZ\" is no time zone that is known"},
        {"2026-12-01 02:00 IST", "IST", "\"IST\" names more than one time zone"},
        {"2027-03-28 02:30", "",
         "\"2027-03-28 02:30\" does not occur there, because the clock goes forward"},
        {"2026-12-01", "", "\"2026-12-01\" has no time of day"},
        {"sometime 2026-12-01", "sometime",
         "\"sometime\" is no time that is understood: "
         "write it like \"2026-12-01 02:00 Europe/Berlin\""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(65536);
        const struct row row = {.text = cases[i].text, .zone = BERLIN};
        const struct when when = read_at(arena, &row, NOW);
        assert_string_equal(when.word, cases[i].word);
        assert_string_equal(when.trouble, cases[i].trouble);
    }
}

TEST(hostile_text_is_no_time_and_costs_nothing)
{
    static const char *const pieces[] = {"1/",  "2h ", "at ", "+", "Europe/",         "12月",
                                         "am ", "1.",  ":",   "ﷺ", "\xf0\x9f\x92\xa9"};

    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        OWN(arena) arena = arena_open(1024 * 1024);
        const struct when_frame frame = {BERLIN, at(NOW), 0};
        g_autoptr(GString) text = g_string_new(NULL);
        while (text->len < WHEN_BYTES_MOST - 20)
            g_string_append(text, pieces[i]);
        const struct when when = when_read(arena, text_from(text->str, text->len), &frame);
        assert_true(when.outcome == WHEN_UNCLEAR || when.outcome == WHEN_ZONE_UNKNOWN ||
                    when.outcome == WHEN_NO_TIME);
        while (text->len < 1000000)
            g_string_append(text, pieces[i]);
        assert_int_equal(when_read(arena, text_from(text->str, text->len), &frame).outcome,
                         WHEN_UNCLEAR);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_is_read_as_people_write_it_in_five_languages),
        cmocka_unit_test(what_may_mean_two_moments_or_none_is_asked_about),
        cmocka_unit_test(a_candidate_reads_as_the_moment_that_it_stands_for),
        cmocka_unit_test(what_is_written_in_any_zone_is_read_back),
        cmocka_unit_test(a_span_is_read_in_its_parts),
        cmocka_unit_test(the_zone_of_a_start_serves_its_end),
        cmocka_unit_test(a_refusal_says_what_is_wrong),
        cmocka_unit_test(hostile_text_is_no_time_and_costs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
