/* What other projects' invitations say. They are not part of this repository. */
#include "gateway/base/local.h"
#include "gateway/base/moment.h"
#include "gateway/calendar/calendar_time.h"
#include "tests/unit/gateway/calendar/imip.h"

struct tally {
    size_t calendars, refused, missed, events, right, times, times_right;
};

static bool is_word(const char *file, const json_t *component, const char *key, const char *got)
{
    const char *want = json_string_value(json_object_get(component, key));

    if (want == NULL || strcmp(want, got) == 0)
        return true;
    print_message("%s: %s: %s, not %s\n", file, key, got, want);
    return false;
}

/* The zones that the corpus brings along, by names of ours. */
static const char *find_zone(const char *tzid)
{
    static const char *const zones[][2] = {
        {"FLE Standard Time", "Europe/Helsinki"},     {"FLE", "Europe/Helsinki"},
        {"W. Europe Standard Time", "Europe/Berlin"}, {"America-Chicago", "America/Chicago"},
        {"America-SanJose", "America/Los_Angeles"},
    };

    for (size_t i = 0; tzid != NULL && i < G_N_ELEMENTS(zones); i++)
        if (strcmp(tzid, zones[i][0]) == 0)
            return zones[i][1];
    return tzid;
}

/* 0: not said. */
static int64_t wanted_at(const json_t *component, const char *key)
{
    const char *value = json_string_value(json_object_get(component, key));
    g_autofree char *tzid_key = g_strdup_printf("%s_tzid", key);
    const char *tzid = json_string_value(json_object_get(component, tzid_key));
    struct calendar_time time;
    int64_t found[2];

    if (value == NULL)
        return 0;
    if (strlen(value) > 16) /* "199706211T173000Z", in RFC 2447 */
        return -1;
    assert_true(calendar_time_parse(text_of(value), &time));
    g_autoptr(GTimeZone) zone = local_zone(find_zone(tzid));
    (void)local_find(local_offset_of, zone, time.local_ms, found);
    return found[0];
}

static bool is_time(struct tally *tally, const char *file, int64_t want, int64_t got)
{
    if (want == 0)
        return true;
    tally->times++;
    tally->times_right += want == got ? 1 : 0;
    if (want != got)
        print_message("%s: %" G_GINT64_FORMAT ", not %" G_GINT64_FORMAT "\n", file, got, want);
    return want == got;
}

static bool is_organizer(const json_t *component, const struct invitation *invitation)
{
    const char *want = json_string_value(json_object_get(component, "organizer"));

    if (want == NULL)
        return true;
    if (g_ascii_strncasecmp(want, "mailto:", 7) == 0)
        want += 7;
    return g_ascii_strcasecmp(want, invitation->organizer.address) == 0;
}

static bool is_event(struct tally *tally, const char *file, const json_t *component,
                     const struct invitation *invitation)
{
    const json_t *sequence = json_object_get(component, "sequence");
    const char *status = event_status_name(invitation->status);
    const int64_t starts_at = wanted_at(component, "dtstart");
    const int64_t ends_at = wanted_at(component, "dtend");
    bool is_right = is_word(file, component, "uid", invitation->uid) &&
                    is_word(file, component, "summary", invitation->summary) &&
                    is_word(file, component, "location", invitation->location) &&
                    is_word(file, component, "status", status != NULL ? status : "") &&
                    is_organizer(component, invitation);

    is_right =
        is_right && (sequence == NULL || json_integer_value(sequence) == invitation->sequence);
    if (ends_at != 0 && ends_at < starts_at) /* nor does RFC 2446 always begin before it ends */
        return is_right && invitation->trouble != NULL;
    if (invitation->trouble != NULL)
        print_message("%s: %s\n", file, invitation->trouble);
    is_right = is_time(tally, file, starts_at, invitation->starts_at) && is_right;
    if (starts_at != 0) /* an end alone says nothing */
        is_right = is_time(tally, file, ends_at, invitation->ends_at) && is_right;
    return is_time(tally, file, wanted_at(component, "recurrence_id"), invitation->recurrence_at) &&
           is_right && invitation->trouble == NULL;
}

static void check_calendar(struct tally *tally, const char *file, const json_t *expected,
                           const struct calendar *calendar)
{
    const json_t *components = json_object_get(expected, "components");
    const char *method = json_string_value(json_object_get(expected, "method"));
    size_t taken = 0;
    size_t i = 0;
    json_t *component = NULL;

    if (method != NULL)
        assert_string_equal(calendar_method_name(calendar->method), method);
    json_array_foreach(components, i, component)
    {
        if (strcmp(json_string_value(json_object_get(component, "component")), "VEVENT") != 0)
            continue;
        assert_true(taken < calendar->count);
        tally->events++;
        const bool is_right = is_event(tally, file, component, &calendar->invitations[taken++]);
        tally->right += is_right ? 1 : 0;
        if (!is_right)
            print_message("%s: not as expected\n", file);
    }
    assert_int_equal(taken, calendar->count);
}

static bool has_event(const json_t *expected)
{
    size_t i = 0;
    json_t *component = NULL;

    json_array_foreach(json_object_get(expected, "components"), i, component)
    {
        if (strcmp(json_string_value(json_object_get(component, "component")), "VEVENT") == 0)
            return true;
    }
    return false;
}

static void check_mail(struct tally *tally, const json_t *mail)
{
    const char *file = json_string_value(json_object_get(mail, "file"));
    const json_t *expected = json_object_get(mail, "parts");
    gsize size = 0;
    g_autofree char *bytes = read_file("calendar", file, &size);
    struct imip_parts parts = split_mail(bytes, size);

    /* Of one mail GMime sees the first of two equal parts. */
    tally->missed += json_array_size(expected) - MIN(parts.count, json_array_size(expected));
    assert_true(parts.count > 0 || json_array_size(expected) == 0);
    for (size_t i = 0; i < MIN(parts.count, json_array_size(expected)); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autoptr(GError) error = NULL;
        const struct text text = text_from(parts.parts[i].bytes, parts.parts[i].size);
        const struct calendar *calendar =
            calendar_read(arena, text, text_of(parts.parts[i].method), &frame, &error);
        const json_t *wanted =
            json_array_get(json_object_get(json_array_get(expected, i), "calendar"), 0);
        if (calendar == NULL && !has_event(wanted)) { /* RFC 2447 ends a VTODO as VEVENT */
            print_message("%s: refused: %s\n", file, error->message);
            tally->refused++;
            continue;
        }
        if (calendar == NULL)
            fail_msg("%s: %s", file, error->message);
        tally->calendars++;
        check_calendar(tally, file, wanted, calendar);
    }
    free_parts(&parts);
}

TEST(every_invitation_of_the_corpus_is_read)
{
    json_t *mails = read_json("calendar", "expected.json");
    struct tally tally = {0};
    size_t i = 0;
    json_t *mail = NULL;

    g_mime_init();
    json_array_foreach(mails, i, mail)
    {
        check_mail(&tally, mail);
    }
    print_message("calendar: %zu mails, %zu calendars, %zu refused; %zu of %zu events right, "
                  "%zu of %zu times\n",
                  json_array_size(mails), tally.calendars, tally.refused, tally.right, tally.events,
                  tally.times_right, tally.times);
    assert_true(tally.refused <= 1 && tally.missed <= 1);
    assert_int_equal(tally.right, tally.events);
    json_decref(mails);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_invitation_of_the_corpus_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
