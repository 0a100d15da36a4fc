#include "gateway/calendar/maintnote.h"

#include <assert.h>
#include <stddef.h>

#define PREFIX    "X-MAINTNOTE-"
#define WORD_MOST 200

static const char *const impacts[] = {
    [MAINTNOTE_NO_IMPACT] = "NO-IMPACT",
    [MAINTNOTE_REDUCED_REDUNDANCY] = "REDUCED-REDUNDANCY",
    [MAINTNOTE_DEGRADED] = "DEGRADED",
    [MAINTNOTE_OUTAGE] = "OUTAGE",
};
static_assert(G_N_ELEMENTS(impacts) == MAINTNOTE_IMPACT_COUNT, "an impact has no name");

static const char *const statuses[] = {
    [MAINTNOTE_TENTATIVE] = "TENTATIVE", [MAINTNOTE_CONFIRMED] = "CONFIRMED",
    [MAINTNOTE_CANCELLED] = "CANCELLED", [MAINTNOTE_IN_PROCESS] = "IN-PROCESS",
    [MAINTNOTE_COMPLETED] = "COMPLETED",
};
static_assert(G_N_ELEMENTS(statuses) == MAINTNOTE_STATUS_COUNT, "a status has no name");

const char *maintnote_impact_name(enum maintnote_impact impact)
{
    return impacts[impact];
}

const char *maintnote_status_name(enum maintnote_status status)
{
    return statuses[status];
}

/* 0 is UNSAID in both enums. */
static size_t find_word(struct text value, const char *const *words, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (text_is_equal_any_case(text_trim(value), text_of(words[i])))
            return i;
    return 0;
}

struct reading {
    struct arena *arena;
    struct maintnote *note;
    struct maintnote_object *objects;
    bool has_primary;
};

static char *read_word(const struct reading *reading, struct text value)
{
    return content_read_line(reading->arena, value, WORD_MOST);
}

static void read_id(struct reading *reading, const struct content_line *line)
{
    const bool is_primary =
        text_is_equal_any_case(content_parameter(line, PREFIX "PRECEDENCE"), TEXT("PRIMARY"));

    if (reading->note->id[0] != '\0' && (reading->has_primary || !is_primary))
        return;
    reading->note->id = read_word(reading, line->value);
    reading->has_primary = is_primary;
}

static void read_object(struct reading *reading, const struct content_line *line)
{
    struct maintnote *note = reading->note;

    if (note->object_count == MAINTNOTE_OBJECTS_MOST)
        return;
    if (reading->objects == NULL)
        reading->objects =
            ARENA_ARRAY(reading->arena, struct maintnote_object, MAINTNOTE_OBJECTS_MOST);
    reading->objects[note->object_count++] = (struct maintnote_object){
        read_word(reading, line->value),
        (enum maintnote_impact)find_word(content_parameter(line, PREFIX "OBJECT-IMPACT"), impacts,
                                         G_N_ELEMENTS(impacts))};
    note->objects = reading->objects;
}

static void read_property(struct reading *reading, const struct content_line *line)
{
    struct maintnote *note = reading->note;

    if (content_is(line, PREFIX "PROVIDER"))
        note->provider = read_word(reading, line->value);
    else if (content_is(line, PREFIX "ACCOUNT"))
        note->account = read_word(reading, line->value);
    else if (content_is(line, PREFIX "MAINTENANCE-ID"))
        read_id(reading, line);
    else if (content_is(line, PREFIX "OBJECT-ID"))
        read_object(reading, line);
    else if (content_is(line, PREFIX "IMPACT"))
        note->impact =
            (enum maintnote_impact)find_word(line->value, impacts, G_N_ELEMENTS(impacts));
    else if (content_is(line, PREFIX "STATUS"))
        note->status =
            (enum maintnote_status)find_word(line->value, statuses, G_N_ELEMENTS(statuses));
}

const struct maintnote *maintnote_read(struct arena *arena, const struct content_line *lines,
                                       size_t count, size_t depth)
{
    struct maintnote *note = NULL;
    struct reading reading = {.arena = arena};

    for (size_t i = 0; i < count; i++) {
        if (lines[i].depth != depth || !text_has_prefix_any_case(lines[i].name, TEXT(PREFIX)))
            continue;
        if (note == NULL) {
            note = ARENA_NEW(arena, struct maintnote);
            note->provider = note->account = note->id = "";
            reading.note = note;
        }
        read_property(&reading, &lines[i]);
    }
    return note;
}
