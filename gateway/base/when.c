#include "gateway/base/when.h"

#include "gateway/base/local.h"
#include "gateway/base/moment.h"
#include "gateway/base/when_day.h"
#include "gateway/base/zones.h"

#include <assert.h>

#define PAST_MOST_MS  HOUR_MS
#define AHEAD_MOST_MS (400 * DAY_MS)
#define NEAR_MS       (180 * DAY_MS)
#define WORD_SHOWN    60
#define EXAMPLE       "write it like \"2026-12-01 02:00 Europe/Berlin\""

static const struct kind {
    const char *name;
    const char *trouble; /* about the word */
} kinds[] = {
    [WHEN_MOMENT] = {"moment", ""},
    [WHEN_SPAN] = {"span", ""},
    [WHEN_UNCLEAR] = {"unclear", "is no time that is understood"},
    [WHEN_NO_TIME] = {"no_time", "has no time of day"},
    [WHEN_NO_DAY] = {"no_day", "names no day"},
    [WHEN_NO_DATE] = {"no_date", "is no day of the calendar"},
    [WHEN_TWO_DATES] = {"two_dates", "may mean two days"},
    [WHEN_TWO_HOURS] = {"two_hours", "may be in the morning or in the afternoon"},
    [WHEN_TWICE] = {"twice", "occurs twice there, because the clock goes back"},
    [WHEN_NEVER] = {"never", "does not occur there, because the clock goes forward"},
    [WHEN_ZONE_UNKNOWN] = {"zone_unknown", "is no time zone that is known"},
    [WHEN_ZONES] = {"zones", "names more than one time zone"},
    [WHEN_SEASON] = {"season", "is not what the clocks there show at that time of the year"},
    [WHEN_WEEKDAY] = {"weekday", "is another day of the week"},
    [WHEN_YEAR] = {"year", "has a year that looks mistyped"},
    [WHEN_PAST] = {"past", "is past"},
};
static_assert(G_N_ELEMENTS(kinds) == WHEN_OUTCOME_COUNT, "an outcome has no row");

struct reading {
    struct arena *arena;
    const struct when_frame *frame;
    struct when_parts parts;
    const char *shown; /* the text, clean */
};

const char *when_outcome_name(enum when_outcome outcome)
{
    return kinds[outcome].name;
}

static void add_candidate(const struct reading *reading, struct when *when, const char *zone,
                          int64_t at)
{
    g_autoptr(GTimeZone) known = local_zone(zone);
    const int64_t offset_ms = local_offset_of(known, at);
    g_autofree char *offset = local_write_offset(offset_ms);
    const char *local = moment_write_iso(reading->arena, at + offset_ms);

    if (when->candidate_count == WHEN_CANDIDATES_MOST)
        return;
    /* Seconds only where there are some. */
    const int size = (at + offset_ms) % MINUTE_MS == 0 ? 16 : 19;
    when->candidates[when->candidate_count++] = (struct when_candidate){
        .at = at,
        .text = arena_format(reading->arena, "%.*s%s", size, local, offset),
        .zone = zone,
    };
}

static struct when refuse(const struct reading *reading, enum when_outcome outcome,
                          const char *word)
{
    return (struct when){
        .outcome = outcome,
        .zone = "UTC",
        .word = word,
        .trouble = arena_format(reading->arena, "\"%s\" %s",
                                word[0] != '\0' ? word : reading->shown, kinds[outcome].trouble),
    };
}

/* A date with a year is far from now, and near if the year were another. */
static bool is_year_mistyped(const struct reading *reading, int64_t local_ms, int64_t at,
                             int64_t *mended_ms)
{
    const int64_t now = reading->frame->now;

    if (reading->parts.year == 0 || (at >= now - PAST_MOST_MS && at <= now + AHEAD_MOST_MS))
        return false;
    for (int64_t shift = -100; shift <= 100; shift++) {
        if (!when_days_shift(local_ms, shift, mended_ms))
            continue;
        const int64_t mended = at + (*mended_ms - local_ms);
        if (mended >= now - PAST_MOST_MS)
            return at > now || mended <= now + NEAR_MS;
    }
    return false;
}

/* The day as it is called nearest to the date. */
static int64_t move_to_weekday(int64_t local_ms, int64_t weekday)
{
    const int64_t behind = (weekday - when_days_weekday(local_ms) + 7) % 7;

    return local_ms + (behind > 3 ? behind - 7 : behind) * DAY_MS;
}

struct place {
    const char *name;
    GTimeZone *zone;
};

static void add_local(const struct reading *reading, struct when *when, const struct place *place,
                      int64_t local_ms)
{
    int64_t found[2];

    (void)local_find(local_offset_of, place->zone, local_ms, found);
    add_candidate(reading, when, place->name, found[0]);
}

static struct when doubt(const struct reading *reading, enum when_outcome outcome,
                         const struct place *place, const int64_t *locals, size_t count)
{
    struct when when = refuse(reading, outcome, "");

    when.zone = place->name;
    for (size_t i = 0; i < count; i++)
        add_local(reading, &when, place, locals[i]);
    return when;
}

/* The moment is known; is it meant? */
static struct when judge(const struct reading *reading, const struct place *place, int64_t local_ms,
                         int64_t at)
{
    struct when when = {
        .outcome = WHEN_MOMENT, .at = at, .zone = place->name, .word = "", .trouble = ""};
    int64_t mended_ms = 0;

    if (is_year_mistyped(reading, local_ms, at, &mended_ms)) {
        when = doubt(reading, WHEN_YEAR, place, &mended_ms, 1);
        when.at = at;
        return when;
    }
    if (reading->parts.weekday != 0 && reading->parts.weekday != when_days_weekday(local_ms)) {
        const int64_t locals[] = {local_ms, move_to_weekday(local_ms, reading->parts.weekday)};
        return doubt(reading, WHEN_WEEKDAY, place, locals, G_N_ELEMENTS(locals));
    }
    if (at < reading->frame->now - PAST_MOST_MS) {
        when = refuse(reading, WHEN_PAST, "");
        when.at = at;
        when.zone = place->name;
    }
    return when;
}

/* A local time that is meant once or not at all. */
static struct when settle(const struct reading *reading, const struct place *place,
                          const struct when_days *days)
{
    const int64_t base = reading->frame->base;
    int64_t local_ms = days->local_ms[0];
    int64_t found[2];
    enum local_kind kind = local_find(local_offset_of, place->zone, local_ms, found);

    if (days->is_after_base && found[kind == LOCAL_TWICE ? 1 : 0] <= base) {
        local_ms += DAY_MS;
        kind = local_find(local_offset_of, place->zone, local_ms, found);
    }
    if (kind == LOCAL_TWICE && days->is_after_base && found[0] <= base)
        return judge(reading, place, local_ms, found[1]);
    if (kind == LOCAL_ONCE)
        return judge(reading, place, local_ms, found[0]);
    struct when when = refuse(reading, kind == LOCAL_TWICE ? WHEN_TWICE : WHEN_NEVER, "");
    when.zone = place->name;
    add_candidate(reading, &when, place->name, found[0]);
    add_candidate(reading, &when, place->name, found[1]);
    return when;
}

static struct when read_in(const struct reading *reading, const char *name)
{
    g_autoptr(GTimeZone) zone = local_zone(name);
    const struct place place = {name, zone};
    const struct when_days days = when_days_find(&reading->parts, reading->frame, zone);

    if (days.count == 1)
        return settle(reading, &place, &days);
    return doubt(reading, days.outcome, &place, days.local_ms, days.count);
}

/* The offset that an abbreviation says, as a zone; a zone's own name otherwise. */
static const char *name_of(const struct reading *reading, const struct zone_meaning *meaning)
{
    if (!meaning->is_fixed)
        return meaning->zone;
    g_autofree char *offset = local_write_offset(meaning->offset_ms);
    return arena_string(reading->arena, offset);
}

/* Does the frame's zone itself call its time so at that moment? Then there is no doubt what is meant. */
static bool is_of_frame(const struct reading *reading, const struct zone_meaning *meaning,
                        int64_t at)
{
    g_autoptr(GTimeZone) zone = local_zone(reading->frame->zone);
    const gint interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, at / SECOND_MS);
    const char *name = g_time_zone_get_abbreviation(zone, interval);

    return local_offset_of(zone, at) == meaning->offset_ms &&
           text_is_equal_any_case(text_of(name), reading->parts.zone);
}

/* "CET" in July: winter time, or what the clocks there show? */
static struct when check_season(const struct reading *reading, const struct zone_meaning *meaning,
                                struct when when)
{
    g_autoptr(GTimeZone) zone = local_zone(meaning->zone);
    const char *word = arena_copy(reading->arena, reading->parts.zone.at, reading->parts.zone.size);
    const bool has_moment =
        when.outcome == WHEN_MOMENT || when.outcome == WHEN_PAST || when.outcome == WHEN_YEAR;

    if (!meaning->is_fixed || !has_moment)
        return when;
    if (is_of_frame(reading, meaning, when.at) ||
        local_offset_of(zone, when.at) == meaning->offset_ms) {
        /* What leans on it later follows the clocks there. */
        when.zone = is_of_frame(reading, meaning, when.at) ? reading->frame->zone : meaning->zone;
        return when;
    }
    const struct place place = {meaning->zone, zone};
    struct when asked = refuse(reading, WHEN_SEASON, word);
    asked.zone = meaning->zone;
    add_candidate(reading, &asked, name_of(reading, meaning), when.at);
    add_local(reading, &asked, &place, when.at + meaning->offset_ms);
    return asked;
}

static struct when ask_zones(const struct reading *reading, const struct zone_meaning *meanings,
                             size_t count)
{
    const char *word = arena_copy(reading->arena, reading->parts.zone.at, reading->parts.zone.size);
    struct when asked = refuse(reading, WHEN_ZONES, word);

    for (size_t i = 0; i < count; i++) {
        struct when when = read_in(reading, name_of(reading, &meanings[i]));
        if (when.outcome != WHEN_MOMENT && when.outcome != WHEN_PAST)
            continue;
        if (is_of_frame(reading, &meanings[i], when.at)) {
            when.zone = reading->frame->zone;
            return when;
        }
        add_candidate(reading, &asked, name_of(reading, &meanings[i]), when.at);
        asked.candidates[asked.candidate_count - 1].zone = meanings[i].zone;
    }
    return asked;
}

static struct when ask_unknown(const struct reading *reading)
{
    const char *zones[WHEN_CANDIDATES_MOST];
    const char *word = text_clean_line(reading->arena, reading->parts.zone, WORD_SHOWN);
    const size_t count =
        zones_suggest(reading->arena, reading->parts.zone, zones, WHEN_CANDIDATES_MOST);
    struct when asked = refuse(reading, WHEN_ZONE_UNKNOWN, word);

    for (size_t i = 0; i < count; i++) {
        const struct when when = read_in(reading, zones[i]);
        if (when.outcome == WHEN_MOMENT)
            add_candidate(reading, &asked, zones[i], when.at);
    }
    return asked;
}

static struct when read_zoned(const struct reading *reading)
{
    const char *own = reading->frame->zone != NULL ? reading->frame->zone : "UTC";
    struct zone_meaning meanings[ZONES_MEANINGS_MOST];

    if (reading->parts.zone.size == 0)
        return read_in(reading, own);
    const size_t count = zones_find(reading->arena, reading->parts.zone, meanings);
    if (count == 0)
        return ask_unknown(reading);
    struct when when = count > 1 ? ask_zones(reading, meanings, count)
                                 : read_in(reading, name_of(reading, &meanings[0]));
    if (count == 1)
        when = check_season(reading, &meanings[0], when);
    when.has_zone = true;
    return when;
}

static struct when read_unclear(const struct reading *reading, struct text word, const char *why)
{
    const char *shown = text_clean_line(reading->arena, word, WORD_SHOWN);
    struct when when = refuse(reading, WHEN_UNCLEAR, shown);

    if (why != NULL)
        when.trouble = arena_format(reading->arena, "\"%s\": %s", reading->shown, why);
    when.trouble = arena_format(reading->arena, "%s: %s", when.trouble, EXAMPLE);
    return when;
}

static bool has_day(const struct when_parts *parts)
{
    return parts->month != 0 || parts->one != 0 || parts->has_days || parts->weekday != 0;
}

/* "2h", "in 2 hours", "now". */
static struct when read_span(const struct reading *reading)
{
    const struct when_frame *frame = reading->frame;
    const int64_t span_ms = reading->parts.span_ms;
    const bool is_later = reading->parts.is_later;

    return (struct when){
        .outcome = is_later ? WHEN_MOMENT : WHEN_SPAN,
        .at = is_later ? frame->now + span_ms : 0,
        .span_ms = is_later ? 0 : span_ms,
        .zone = frame->zone != NULL ? frame->zone : "UTC",
        .word = "",
        .trouble = "",
    };
}

struct when when_read(struct arena *arena, struct text text, const struct when_frame *frame)
{
    struct reading reading = {.arena = arena, .frame = frame};
    const struct when_parts *parts = &reading.parts;
    struct text word;
    const char *why = NULL;

    reading.shown = text_clean_line(arena, text_first(text, WHEN_BYTES_MOST), WORD_SHOWN);
    if (!when_parts_read(arena, text, &reading.parts, &word, &why))
        return read_unclear(&reading, word, why);
    const bool is_alone = !has_day(parts) && !parts->has_time;
    if (parts->has_span && is_alone)
        return read_span(&reading);
    if (parts->has_span || is_alone || (parts->year != 0 && parts->month == 0 && parts->one == 0))
        return read_unclear(&reading, TEXT(""), NULL);
    if (!parts->has_time)
        return refuse(&reading, WHEN_NO_TIME, "");
    return read_zoned(&reading);
}
