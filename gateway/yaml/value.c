#include "gateway/yaml/value.h"

#include "gateway/base/moment.h"
#include "gateway/base/number.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define MOST_STRING_CHARACTERS 1000
#define MOST_TEXT_CHARACTERS   65536
#define MOST_QUOTED_CHARACTERS 60

struct unit {
    const char *name;
    int64_t size;
};

static const struct unit size_units[] = {
    {"GiB", INT64_C(1) << 30},
    {"MiB", INT64_C(1) << 20},
    {"KiB", INT64_C(1) << 10},
    {"", 1},
};

static const struct unit span_units[] = {
    {"d", DAY_MS}, {"h", HOUR_MS}, {"m", MINUTE_MS}, {"s", SECOND_MS}, {"ms", 1},
};

struct range {
    int64_t least;
    int64_t most;
};

static struct range range_of(const struct reader_field *row)
{
    if (row->least != 0 || row->most != 0)
        return (struct range){row->least, row->most < row->least ? INT64_MAX : row->most};
    if (row->kind == READER_TEXT)
        return (struct range){1, MOST_TEXT_CHARACTERS};
    if (row->kind == READER_STRING || row->kind == READER_STRINGS)
        return (struct range){1, MOST_STRING_CHARACTERS};
    return (struct range){0, INT64_MAX};
}

static const char *quote(struct arena *arena, const char *value)
{
    return text_clean_line(arena, text_of(value), MOST_QUOTED_CHARACTERS);
}

/* In the largest unit that leaves no rest: "90s", "64KiB", "0s". */
static const char *write_amount(struct arena *arena, int64_t amount, const struct unit *units,
                                size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (amount % units[i].size == 0 && amount != 0)
            return arena_format(arena, "%" PRId64 "%s", amount / units[i].size, units[i].name);
    return units == span_units ? "0s" : "0";
}

/* " from 1s to 7d", " of at least 1s": the end of a sentence about an amount. */
static const char *write_range(struct arena *arena, struct range range, const struct unit *units,
                               size_t count)
{
    const char *least = write_amount(arena, range.least, units, count);

    if (range.most == INT64_MAX)
        return arena_format(arena, " of at least %s", least);
    return arena_format(arena, " from %s to %s", least,
                        write_amount(arena, range.most, units, count));
}

static const char *judge_length(struct arena *arena, const struct reader_field *row,
                                const char *value)
{
    const struct range range = range_of(row);
    const int64_t characters = (int64_t)g_utf8_strlen(value, -1);

    if (characters >= range.least && characters <= range.most)
        return NULL;
    if (characters == 0)
        return "is empty";
    return arena_format(arena, "has %" PRId64 " characters: %" PRId64 " to %" PRId64 " are allowed",
                        characters, range.least, range.most);
}

/* `value` lives as long as the tree does: in the caller's arena. */
static const char *read_string(struct arena *arena, const struct reader_field *row,
                               const char *value, void *member)
{
    const char *why = judge_length(arena, row, value);
    g_autoptr(GError) error = NULL;

    if (why != NULL)
        return why;
    if (row->kind == READER_STRING && strchr(value, '\n') != NULL)
        return "must be a single line";
    if (row->check != NULL && !row->check(value, &error))
        return arena_format(arena, "\"%s\" %s", quote(arena, value),
                            error != NULL ? error->message : "is not allowed");
    memcpy(member, &value, sizeof value);
    return NULL;
}

static const char *read_bool(struct arena *arena, const char *value, void *member)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!text_is_equal_any_case(text_of(value), text_of(words[i])))
            continue;
        *(bool *)member = i % 2 == 1;
        return NULL;
    }
    return arena_format(arena, "\"%s\" is neither true nor false", quote(arena, value));
}

static const char *read_integer(struct arena *arena, const struct reader_field *row,
                                const char *value, void *member)
{
    static const struct unit one[] = {{"", 1}};
    const struct range range = range_of(row);
    int64_t number = 0;

    if (!number_parse(text_of(value), range.least, range.most, &number))
        return arena_format(arena, "\"%s\" is no whole number%s", quote(arena, value),
                            write_range(arena, range, one, G_N_ELEMENTS(one)));
    memcpy(member, &number, sizeof number);
    return NULL;
}

static const char *read_span(struct arena *arena, const struct reader_field *row, const char *value,
                             void *member)
{
    const struct range range = range_of(row);
    int64_t span_ms = 0;

    if (!moment_parse_span(text_of(value), &span_ms) || span_ms < range.least ||
        span_ms > range.most)
        return arena_format(arena, "\"%s\" is no span of time%s (written 250ms, 30s, 5m, 2h or 7d)",
                            quote(arena, value),
                            write_range(arena, range, span_units, G_N_ELEMENTS(span_units)));
    memcpy(member, &span_ms, sizeof span_ms);
    return NULL;
}

static bool parse_size(struct text text, int64_t *bytes)
{
    for (size_t i = 0; i < G_N_ELEMENTS(size_units); i++) {
        const struct text name = text_of(size_units[i].name);
        int64_t number = 0;
        if (!text_has_suffix(text, name))
            continue;
        if (!number_parse(text_first(text, text.size - name.size), 0,
                          INT64_MAX / size_units[i].size, &number))
            return false;
        *bytes = number * size_units[i].size;
        return true;
    }
    return false;
}

static const char *read_size(struct arena *arena, const struct reader_field *row, const char *value,
                             void *member)
{
    const struct range range = range_of(row);
    int64_t bytes = 0;

    if (!parse_size(text_of(value), &bytes) || bytes < range.least || bytes > range.most)
        return arena_format(arena, "\"%s\" is no size%s (written 4096, 64KiB or 1MiB)",
                            quote(arena, value),
                            write_range(arena, range, size_units, G_N_ELEMENTS(size_units)));
    memcpy(member, &bytes, sizeof bytes);
    return NULL;
}

static const char *read_enum(struct arena *arena, const struct reader_field *row, const char *value,
                             void *member)
{
    size_t count = 0;

    for (; row->names[count] != NULL; count++) {
        const int index = (int)count;
        if (strcmp(value, row->names[count]) != 0)
            continue;
        memcpy(member, &index, sizeof index);
        return NULL;
    }
    const char *nearest = reader_find_nearest(value, row->names, count);
    if (nearest != NULL)
        return arena_format(arena, "\"%s\" is not known here: did you mean \"%s\"?",
                            quote(arena, value), nearest);
    g_autofree char *known = g_strjoinv(", ", (char **)(uintptr_t)row->names);
    return arena_format(arena, "\"%s\" is not one of %s", quote(arena, value), known);
}

const char *value_read(struct arena *arena, const struct reader_field *row, const char *value,
                       void *member)
{
    switch (row->kind) {
    case READER_STRING:
    case READER_TEXT:
    case READER_STRINGS:
        return read_string(arena, row, value, member);
    case READER_BOOL:
        return read_bool(arena, value, member);
    case READER_INTEGER:
        return read_integer(arena, row, value, member);
    case READER_SPAN:
        return read_span(arena, row, value, member);
    case READER_SIZE:
        return read_size(arena, row, value, member);
    case READER_ENUM:
        return read_enum(arena, row, value, member);
    case READER_LIST:
    case READER_MAPPING:
    case READER_CUSTOM:
    case READER_IGNORED:
        break;
    }
    return "is read as a single value, which its kind is not"; /* a wrong table: our bug */
}

const char *value_name(enum reader_kind kind)
{
    static const char *const names[] = {
        [READER_STRING] = "a text",
        [READER_TEXT] = "a text",
        [READER_BOOL] = "true or false",
        [READER_INTEGER] = "a number",
        [READER_SPAN] = "a span of time (5m)",
        [READER_SIZE] = "a size (64KiB)",
        [READER_ENUM] = "a word",
        [READER_STRINGS] = "a list of texts",
        [READER_LIST] = "a list of mappings",
        [READER_MAPPING] = "a mapping of fields",
        [READER_CUSTOM] = "a value",
        [READER_IGNORED] = "a value",
    };
    static_assert(G_N_ELEMENTS(names) == READER_IGNORED + 1, "a row for each kind");

    return names[kind];
}
