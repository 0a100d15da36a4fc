/* What providers' notices of maintenance say. They are not part of this repository. */
#include "gateway/base/moment.h"
#include "tests/unit/gateway/calendar/imip.h"

/* A provider's notice: a bare calendar, or a mail that holds one. */
static const struct calendar *read_notice(struct arena *arena, const char *file, GError **error)
{
    gsize size = 0;
    g_autofree char *bytes = read_file("maintenance", file, &size);
    struct text text = text_from(bytes, size);
    const ptrdiff_t begin = text_find(text, TEXT("BEGIN:VCALENDAR"));

    assert_true(begin >= 0);
    if (begin > 0) {
        struct imip_parts parts = split_mail(bytes, size);
        assert_true(parts.count > 0);
        text = text_from(arena_copy(arena, parts.parts[0].bytes, parts.parts[0].size),
                         parts.parts[0].size);
        free_parts(&parts);
    } else
        text.at = arena_copy(arena, bytes, size);
    return calendar_read(arena, text, TEXT(""), &frame, error);
}

struct rates {
    size_t start, end, id, status, all, count;
};

static void check_notice(struct rates *rates, const char *file, const json_t *expected,
                         const struct invitation *invitation)
{
    const struct maintnote *note = invitation->maintnote;
    const char *status = json_string_value(json_object_get(expected, "status"));
    const char *id = json_string_value(json_object_get(expected, "maintenance_id"));
    const bool is_start =
        json_integer_value(json_object_get(expected, "start")) * SECOND_MS == invitation->starts_at;
    const bool is_end =
        json_integer_value(json_object_get(expected, "end")) * SECOND_MS == invitation->ends_at;
    const bool is_id = id == NULL || (note != NULL && strcmp(note->id, id) == 0);
    const char *got = note != NULL ? maintnote_status_name(note->status) : NULL;
    /* Their parser's own words for what nobody said. */
    const bool is_status = status == NULL || (got != NULL && strcmp(got, status) == 0) ||
                           (got == NULL && strcmp(status, "NO-CHANGE") == 0);
    const json_t *circuits = json_object_get(expected, "circuits");

    if (!is_start || !is_end || !is_id || !is_status)
        print_message("%s: %d %d %d %d (%s, %s)\n", file, is_start, is_end, is_id, is_status,
                      status, got != NULL ? got : "none");
    rates->count++;
    rates->start += is_start ? 1 : 0;
    rates->end += is_end ? 1 : 0;
    rates->id += is_id ? 1 : 0;
    rates->status += is_status ? 1 : 0;
    rates->all += is_start && is_end && is_id && is_status ? 1 : 0;
    if (note != NULL)
        assert_int_equal(note->object_count, json_array_size(circuits));
}

static void check_result(struct rates *rates, const char *file, const char *result)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autoptr(GError) error = NULL;
    json_t *expected = read_json("maintenance", result);
    const struct calendar *calendar = read_notice(arena, file, &error);

    if (calendar == NULL)
        fail_msg("%s: %s", file, error->message);
    assert_int_equal(calendar->count, json_array_size(expected));
    for (size_t i = 0; i < calendar->count; i++)
        check_notice(rates, file, json_array_get(expected, i), &calendar->invitations[i]);
    json_decref(expected);
}

TEST(every_calendar_of_a_provider_gives_start_end_id_and_state)
{
    static const char *const notices[][2] = {
        {"ical/ical1", "ical/ical1_result.json"},
        {"ical/ical2", "ical/ical2_result.json"},
        {"ical/ical3", "ical/ical3_result.json"},
        {"ical/ical4", "ical/ical4_result.json"},
        {"ical/ical5", "ical/ical5_result.json"},
        {"ical/ical6", "ical/ical6_result.json"},
        {"ical/ical7", "ical/ical7_result.json"},
        {"arelion/arelion1", "arelion/arelion1_result.json"},
        {"arelion/arelion2", "arelion/arelion2_result.json"},
        {"gtt/gtt8", "gtt/gtt8_result.json"},
        {"gtt/gtt9", "gtt/gtt9_result.json"},
        {"eunetworks/eunetworks_cancel.eml", "eunetworks/eunetworks_cancel.json"},
    };
    struct rates rates = {0};

    g_mime_init();
    for (size_t i = 0; i < G_N_ELEMENTS(notices); i++)
        check_result(&rates, notices[i][0], notices[i][1]);
    print_message("maintenance calendars: start %zu, end %zu, id %zu, state %zu of %zu\n",
                  rates.start, rates.end, rates.id, rates.status, rates.count);
    assert_int_equal(rates.all, rates.count);
}

TEST(a_notice_that_lacks_what_the_standard_asks_for_is_refused)
{
    static const char *const cases[][2] = {
        {"ical/ical_no_account", "X-MAINTNOTE-ACCOUNT"},
        {"ical/ical_no_end", "DTEND"},
        {"ical/ical_no_maintenance_id", "X-MAINTNOTE-MAINTENANCE-ID"},
        {"ical/ical_no_object_id", "X-MAINTNOTE-OBJECT-ID"},
        {"ical/ical_no_organizer", "ORGANIZER"},
        {"ical/ical_no_provider", "X-MAINTNOTE-PROVIDER"},
        {"ical/ical_no_stamp", "DTSTAMP"},
        {"ical/ical_no_start", "DTSTART"},
    };

    g_mime_init();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autoptr(GError) error = NULL;
        const struct calendar *calendar = read_notice(arena, cases[i][0], NULL);
        g_autofree char *want = g_strdup_printf("it lacks %s", cases[i][1]);
        if (calendar == NULL)
            continue;
        assert_int_equal(calendar->count, 1);
        assert_false(calendar_check_maintnote(&calendar->invitations[0], &error));
        assert_string_equal(error->message, want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_calendar_of_a_provider_gives_start_end_id_and_state),
        cmocka_unit_test(a_notice_that_lacks_what_the_standard_asks_for_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
