#include "gateway/calendar/recurrence.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/base/number.h"

#include <libical/ical.h>

#include <string.h>

#define RULE_BYTES_MOST 512
#define LIST_MOST       62
#define SHOWN           40

struct part {
    struct text name;
    struct text value;
};

enum freq { NO_FREQ, DAILY, WEEKLY, MONTHLY, YEARLY };

/* What the rule says about days that may never come. */
struct rule {
    enum freq freq;
    uint32_t months;       /* bit 1 to 12 */
    int64_t day_least;     /* of the month, counted from either end; 0: none is asked for */
    int64_t days;          /* of the week: how many */
    int64_t ordinal_most;  /* 2 in "2TU"; 0: none */
    int64_t position_most; /* BYSETPOS; 0: none */
};

/* "-2", "+2": not 0; its size without sign. */
static bool read_number(struct text value, int64_t most, int64_t *size)
{
    int64_t number = 0;

    if (text_has_prefix(value, TEXT("+")))
        value = text_skip(value, 1);
    if (value.size > 6 || !number_parse(value, -most, most, &number) || number == 0)
        return false;
    *size = number < 0 ? -number : number;
    return true;
}

static bool check_freq(struct text value, struct rule *rule)
{
    static const char *const known[] = {
        [DAILY] = "DAILY", [WEEKLY] = "WEEKLY", [MONTHLY] = "MONTHLY", [YEARLY] = "YEARLY"};

    for (size_t i = DAILY; i < G_N_ELEMENTS(known); i++)
        if (text_is_equal(value, text_of(known[i])))
            rule->freq = (enum freq)i;
    return rule->freq != NO_FREQ;
}

static bool check_interval(struct text value, struct rule *rule)
{
    int64_t interval = 0;

    (void)rule;
    return value.size <= 3 && number_parse(value, 1, 366, &interval);
}

static bool check_count(struct text value, struct rule *rule)
{
    int64_t count = 0;

    (void)rule;
    return value.size <= 5 && number_parse(value, 1, 99999, &count);
}

static bool check_until(struct text value, struct rule *rule)
{
    (void)rule;
    for (size_t i = 0; i < value.size; i++)
        if (strchr("0123456789TZ", value.at[i]) == NULL)
            return false;
    return value.size >= 8 && value.size <= 16;
}

static bool is_weekday(struct text name)
{
    static const char *const days[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

    for (size_t i = 0; i < G_N_ELEMENTS(days); i++)
        if (text_is_equal(name, text_of(days[i])))
            return true;
    return false;
}

static bool check_week_start(struct text value, struct rule *rule)
{
    (void)rule;
    return is_weekday(value);
}

/* "TU", "2TU", "-1SU". */
static bool check_day(struct text value, struct rule *rule)
{
    int64_t ordinal = 0;

    if (value.size < 2 || !is_weekday(text_skip(value, value.size - 2)))
        return false;
    rule->days++;
    if (value.size == 2)
        return true;
    if (!read_number(text_first(value, value.size - 2), 53, &ordinal))
        return false;
    rule->ordinal_most = MAX(rule->ordinal_most, ordinal);
    return true;
}

static bool check_month_day(struct text value, struct rule *rule)
{
    int64_t day = 0;

    if (!read_number(value, 31, &day))
        return false;
    rule->day_least = rule->day_least == 0 ? day : MIN(rule->day_least, day);
    return true;
}

static bool check_month(struct text value, struct rule *rule)
{
    int64_t month = 0;

    if (value.size > 2 || !number_parse(value, 1, 12, &month))
        return false;
    rule->months |= UINT32_C(1) << month;
    return true;
}

static bool check_position(struct text value, struct rule *rule)
{
    int64_t position = 0;

    if (!read_number(value, 366, &position))
        return false;
    rule->position_most = MAX(rule->position_most, position);
    return true;
}

static const struct key {
    const char *name;
    bool (*check)(struct text value, struct rule *rule);
    bool is_list;
} keys[] = {
    {"FREQ", check_freq, false},       {"INTERVAL", check_interval, false},
    {"COUNT", check_count, false},     {"UNTIL", check_until, false},
    {"BYDAY", check_day, true},        {"BYMONTHDAY", check_month_day, true},
    {"BYMONTH", check_month, true},    {"BYSETPOS", check_position, true},
    {"WKST", check_week_start, false},
};

static const struct key *find_key(struct text name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (text_is_equal_any_case(name, text_of(keys[i].name)))
            return &keys[i];
    return NULL;
}

static bool check_part(const struct key *key, struct text value, struct rule *rule)
{
    struct text one;
    size_t count = 0;

    if (!key->is_list)
        return key->check(value, rule);
    while (text_next_piece(&value, ',', &one))
        if (count++ == LIST_MOST || !key->check(one, rule))
            return false;
    return count > 0;
}

/* Is there a month of the rule's that has the day? Not 30 February. */
static bool may_day_come(const struct rule *rule)
{
    static const int64_t lengths[] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (rule->months == 0 || rule->day_least == 0)
        return true;
    for (size_t month = 1; month <= 12; month++)
        if ((rule->months >> month & 1U) != 0 && rule->day_least <= lengths[month])
            return true;
    return false;
}

/* "6TU" of a month never comes. */
static bool may_ordinal_come(const struct rule *rule)
{
    const bool is_of_year = rule->freq == YEARLY && rule->months == 0;

    if (rule->ordinal_most == 0)
        return true;
    return is_of_year ||
           ((rule->freq == MONTHLY || rule->freq == YEARLY) && rule->ordinal_most <= 5);
}

/* Each weekday comes four times in every month, now and then five: so far a position may reach. Looking for one
 * that is beyond took libical 3.5 s. */
static bool may_position_come(const struct rule *rule)
{
    const int64_t months = __builtin_popcount(rule->months);
    const bool is_of_year = rule->freq == YEARLY && months == 0;
    const bool is_of_months = rule->freq == YEARLY && months > 0;
    const int64_t times = is_of_year ? 52 : is_of_months ? 4 * months : 4;

    if (rule->position_most == 0)
        return true;
    return (rule->freq == MONTHLY || rule->freq == YEARLY) && rule->ordinal_most == 0 &&
           rule->day_least == 0 && rule->days > 0 &&
           rule->position_most <= times * MIN(rule->days, 7) + 1;
}

static bool may_come(const struct rule *rule)
{
    return rule->freq != NO_FREQ && may_day_come(rule) && may_ordinal_come(rule) &&
           may_position_come(rule);
}

static bool refuse(struct arena *arena, struct text what, GError **error)
{
    return error_set(error, TOCSIN_ERROR_INPUT, "it recurs by a rule that cannot be used: \"%s\"",
                     text_clean_line(arena, what, SHOWN));
}

/* Each key once, in upper case; UNTIL apart. */
static bool take_apart(struct arena *arena, struct text text, GString *out, struct text *until,
                       GError **error)
{
    struct rule rule = {0};
    struct text rest = text_trim(text);
    struct text part;
    uint32_t seen = 0;

    while (text_next_piece(&rest, ';', &part)) {
        const ptrdiff_t equal = text_find_byte(part, '=');
        const struct key *key = equal < 0 ? NULL : find_key(text_first(part, (size_t)equal));
        if (part.size == 0) /* a semicolon too many */
            continue;
        g_autofree char *upper = g_ascii_strup(part.at + equal + 1, (gssize)part.size - equal - 1);
        const struct text value = text_of(upper);
        if (key == NULL || (seen >> (key - keys) & 1U) != 0 || !check_part(key, value, &rule))
            return refuse(arena, part, error);
        seen |= UINT32_C(1) << (key - keys);
        if (key->check == check_until)
            *until = text_from(arena_copy(arena, value.at, value.size), value.size);
        else
            g_string_append_printf(out, "%s%s=%s", out->len > 0 ? ";" : "", key->name, upper);
    }
    return may_come(&rule) || refuse(arena, text, error);
}

const struct recurrence *recurrence_check(struct arena *arena, struct text text, GError **error)
{
    struct recurrence *recurrence = ARENA_NEW(arena, struct recurrence);
    g_autoptr(GString) out = g_string_new(NULL);

    if (text.size > RULE_BYTES_MOST) {
        (void)refuse(arena, text, error);
        return NULL;
    }
    if (!take_apart(arena, text, out, &recurrence->until, error))
        return NULL;
    recurrence->rule = arena_copy(arena, out->str, out->len);
    return recurrence;
}

const char *recurrence_check_zone(struct arena *arena, struct text text, GError **error)
{
    const struct recurrence *recurrence = recurrence_check(arena, text, error);

    if (recurrence == NULL)
        return NULL;
    if (strstr(recurrence->rule, "FREQ=YEARLY") == NULL) {
        (void)refuse(arena, text, error);
        return NULL;
    }
    return recurrence->until.size == 0
               ? recurrence->rule
               : arena_format(arena, "%s;UNTIL=%.*s", recurrence->rule, (int)recurrence->until.size,
                              recurrence->until.at);
}

struct recurrence_run {
    icalrecur_iterator *iterator; /* NULL: there is no instance */
};

struct recurrence_run *recurrence_run_open(struct arena *arena, const struct recurrence *recurrence,
                                           int64_t start_local_ms, bool is_date)
{
    struct recurrence_run *run = ARENA_NEW(arena, struct recurrence_run);
    const struct icalrecurrencetype rule = icalrecurrencetype_from_string(recurrence->rule);
    const struct icaltimetype start =
        icaltime_from_timet_with_zone((time_t)(start_local_ms / SECOND_MS), is_date ? 1 : 0, NULL);

    if (rule.freq != ICAL_NO_RECURRENCE)
        run->iterator = icalrecur_iterator_new(rule, start);
    return run;
}

bool recurrence_run_next(struct recurrence_run *run, int64_t *local_ms)
{
    if (run->iterator == NULL)
        return false;
    struct icaltimetype time = icalrecur_iterator_next(run->iterator);
    if (icaltime_is_null_time(time))
        return false;
    time.is_date = 0;
    *local_ms = icaltime_as_timet(time) * SECOND_MS;
    return true;
}

void recurrence_run_close(struct recurrence_run *run)
{
    if (run != NULL && run->iterator != NULL)
        icalrecur_iterator_free(run->iterator);
    if (run != NULL)
        run->iterator = NULL;
}
