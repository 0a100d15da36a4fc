/* Numbers, hours, days and zones that a subscriber writes. */
#include "gateway/base/moment.h"
#include "gateway/base/number.h"
#include "gateway/grammar/wished.h"

#include <string.h>

static size_t count_digits(struct text word)
{
    size_t count = 0;

    while (count < word.size && g_ascii_isdigit(word.at[count]))
        count++;
    return count;
}

/* "am" and "pm" behind an hour. */
static bool add_half(struct text word, int64_t *hour)
{
    const bool is_am = text_is_equal_any_case(word, TEXT("am"));
    const bool is_pm = text_is_equal_any_case(word, TEXT("pm"));

    if (word.size == 0)
        return true;
    if ((!is_am && !is_pm) || *hour < 1 || *hour > 12)
        return false;
    *hour = *hour % 12 + (is_pm ? 12 : 0);
    return true;
}

/* "08:00", "8.30", "8h", "8h30", "8am", "8:30pm", "8". */
bool wished_parse_time(struct text word, unsigned *minute)
{
    const size_t digits = count_digits(word);
    struct text rest = text_skip(word, digits);
    int64_t hour = 0;
    int64_t minutes = 0;

    if (!number_parse(text_first(word, digits), 0, 23, &hour))
        return false;
    if (rest.size > 0 && strchr(":.hH", rest.at[0]) != NULL) {
        const bool is_hour = rest.at[0] == 'h' || rest.at[0] == 'H';
        rest = text_skip(rest, 1);
        const size_t more = count_digits(rest);
        if (!(is_hour && more == 0) &&
            (more != 2 || !number_parse(text_first(rest, more), 0, 59, &minutes)))
            return false;
        rest = text_skip(rest, more);
    }
    if (!add_half(rest, &hour))
        return false;
    *minute = (unsigned)(hour * 60 + minutes);
    return true;
}

/* "INC-42", "#42", "42". */
bool wished_parse_number(struct text word, int64_t *number)
{
    if (text_has_prefix(word, TEXT("#")))
        word = text_skip(word, 1);
    else if (text_has_prefix_any_case(word, TEXT("INC-")))
        word = text_skip(word, strlen("INC-"));
    return count_digits(word) == word.size && number_parse(word, 1, INT64_MAX, number);
}

bool wished_follow(struct wished *wished, int64_t number)
{
    if (wished->wishes.followed != 0 && wished->wishes.followed != number)
        return wished_ask(wished, NULL, "only one incident can be followed");
    wished->wishes.followed = number;
    return true;
}

static bool ask_number(struct wished *wished, enum preference name, struct text word)
{
    const char *const suggestions[] = {
        arena_format(wished->arena, "%s INC-42", wished_name(wished, name)), NULL};

    return wished_ask(wished, suggestions, "\"%s\" is no number of an incident",
                      text_clean_line(wished->arena, word, 60));
}

static bool add_number(struct wished *wished, enum preference name, int64_t number)
{
    int64_t **numbers = name == PREFERENCE_MUTE ? &wished->muted : &wished->unmuted;
    size_t *count =
        name == PREFERENCE_MUTE ? &wished->wishes.muted_count : &wished->wishes.unmuted_count;

    if (name == PREFERENCE_FOLLOW)
        return wished_follow(wished, number);
    if (*numbers == NULL)
        *numbers = ARENA_ARRAY(wished->arena, int64_t, WISHED_NUMBERS);
    if (*count == WISHED_NUMBERS)
        return wished_ask(wished, NULL, "more than %d incidents", WISHED_NUMBERS);
    (*numbers)[(*count)++] = number;
    return true;
}

bool wished_numbers(struct wished *wished, enum preference name, struct text value)
{
    const struct phrase phrase = phrase_split(wished->arena, value);
    size_t found = 0;

    for (size_t at = 0; at < phrase.count; at++) {
        int64_t number = 0;
        if (language_find(wished->language, phrase.words[at], 1U << MEANS_FILLER) != NULL)
            continue;
        if (!wished_parse_number(phrase.words[at], &number))
            return ask_number(wished, name, phrase.words[at]);
        if (!add_number(wished, name, number))
            return false;
        found++;
    }
    return found > 0 || ask_number(wished, name, value);
}

static bool ask_pause(struct wished *wished, struct text value)
{
    const char *const suggestions[] = {"pause 7 days", "pause 2 weeks", "pause until 2026-12-24",
                                       "resume", NULL};

    return wished_ask(wished, suggestions, "\"%s\" is no time to pause for",
                      text_clean_line(wished->arena, value, 60));
}

static bool set_pause(struct wished *wished, int64_t pause_ms)
{
    const char *const suggestions[] = {"pause 8 weeks", "unsubscribe", NULL};

    if (pause_ms > WISHES_PAUSE_MOST_MS)
        return wished_ask(wished, suggestions, "a pause lasts at most a year");
    if (wished->wishes.has_pause && wished->wishes.pause_ms != pause_ms)
        return wished_ask(wished, NULL, "the pause is said twice, differently");
    wished->wishes.has_pause = true;
    wished->wishes.pause_ms = pause_ms;
    return true;
}

/* "2026-12-24" or "24.12.2026". */
static bool parse_day(struct text word, int64_t day[3])
{
    const char separator = text_find_byte(word, '-') >= 0 ? '-' : '.';
    static const int64_t most[] = {9000, 12, 31};
    struct text piece;

    for (size_t i = 0; i < 3; i++) {
        const size_t part = separator == '-' ? i : 2 - i;
        if (!text_next_piece(&word, separator, &piece) ||
            !number_parse(piece, part == 0 ? 1970 : 1, most[part], &day[part]))
            return false;
    }
    return word.size == 0;
}

static const char *find_zone(const struct wished *wished)
{
    const char *said = wished->wishes.time_zone;

    if (said != NULL && *said != '\0')
        return said;
    if (said == NULL && wished->time_zone != NULL && *wished->time_zone != '\0')
        return wished->time_zone;
    return wished->page->time_zone;
}

/* The moment at which that day, and hour, begins. 0: there is none. */
static int64_t find_moment(const struct wished *wished, const int64_t day[3], unsigned minute)
{
    const char *name = find_zone(wished);
    g_autoptr(GTimeZone) zone =
        name != NULL && moment_is_zone(name) ? g_time_zone_new_identifier(name) : NULL;
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) at =
        g_date_time_new(zone != NULL ? zone : utc, (gint)day[0], (gint)day[1], (gint)day[2],
                        (gint)(minute / 60), (gint)(minute % 60), 0);

    return at == NULL ? 0 : g_date_time_to_unix(at) * SECOND_MS;
}

static bool pause_until(struct wished *wished, const struct phrase *phrase, size_t at)
{
    int64_t day[3] = {0};
    unsigned minute = 0;
    const bool has_time =
        phrase->count == at + 2 && wished_parse_time(phrase->words[at + 1], &minute);

    if (phrase->count > at + (has_time ? 2 : 1) || !parse_day(phrase->words[at], day))
        return ask_pause(wished, wished->line);
    const int64_t until = find_moment(wished, day, minute);
    if (until <= wished->now)
        return wished_ask(wished, NULL, "\"%.*s\" is no day to come", (int)phrase->words[at].size,
                          phrase->words[at].at);
    return set_pause(wished, until - wished->now);
}

/* "7 days", "7d". */
static bool pause_for(struct wished *wished, const struct phrase *phrase)
{
    const struct text word = phrase->words[0];
    const size_t digits = count_digits(word);
    size_t taken = 0;
    int64_t count = 0;
    const struct vocable *unit =
        digits < word.size
            ? language_find(wished->language, text_skip(word, digits), 1U << MEANS_UNIT)
            : wished_find(wished, phrase, 1, 1U << MEANS_UNIT, &taken);

    if (unit == NULL || phrase->count != taken + 1 ||
        !number_parse(text_first(word, digits), 1, 100000, &count))
        return ask_pause(wished, phrase_span(phrase, 0, phrase->count - 1));
    return set_pause(wished, count * unit->value * HOUR_MS);
}

bool wished_pause(struct wished *wished, struct text value)
{
    struct phrase phrase = phrase_split(wished->arena, value);
    size_t taken = 0;
    int64_t day[3];

    if (phrase.count > 1 && language_find(wished->language, phrase.words[0], 1U << MEANS_FILLER))
        phrase_skip(&phrase, 1); /* "for 7 days" */
    if (phrase.count == 0)
        return ask_pause(wished, value);
    if (phrase.count == 1 &&
        (text_is_equal(phrase.words[0], TEXT("0")) ||
         language_find(wished->language, phrase.words[0], 1U << MEANS_NO) != NULL))
        return set_pause(wished, 0);
    (void)wished_find(wished, &phrase, 0, 1U << MEANS_UNTIL, &taken);
    if (taken == phrase.count)
        return ask_pause(wished, value);
    if (taken > 0 || parse_day(phrase.words[0], day))
        return pause_until(wished, &phrase, taken);
    return pause_for(wished, &phrase);
}

/* "europe/berlin" as the files are called: "Europe/Berlin". */
static char *write_zone(struct arena *arena, const char *region, struct text word)
{
    char *zone = arena_format(arena, "%s%.*s", region, (int)word.size, word.at);
    bool is_begin = true;

    for (char *at = zone; *at != '\0'; at++) {
        if (is_begin)
            *at = g_ascii_toupper(*at);
        else
            *at = g_ascii_tolower(*at);
        if (*at == ' ')
            *at = '_';
        is_begin = strchr("/_-", *at) != NULL;
    }
    return zone;
}

static bool set_zone(struct wished *wished, const char *zone)
{
    const char *said = wished->wishes.time_zone;

    if (said != NULL && strcmp(said, zone) != 0)
        return wished_ask(wished, NULL, "the time zone is said twice, differently");
    wished->wishes.time_zone = zone;
    return true;
}

static bool ask_zone(struct wished *wished, struct text word)
{
    static const char *const regions[] = {"Europe/",  "America/",   "Asia/",    "Africa/",
                                          "Pacific/", "Australia/", "Atlantic/"};
    const char *suggestions[WISHED_SUGGESTIONS + 1] = {NULL};
    size_t count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(regions) && word.size > 0 && word.size < 40; i++) {
        const char *zone = write_zone(wished->arena, regions[i], word);
        if (moment_is_zone(zone))
            suggestions[count++] = arena_format(wished->arena, "time zone: %s", zone);
    }
    if (count == 0) {
        suggestions[count++] = "time zone: Europe/Berlin";
        suggestions[count++] = "time zone: UTC";
    }
    return wished_ask(wished, suggestions, "\"%s\" is no time zone: write continent and city",
                      text_clean_line(wished->arena, word, 60));
}

bool wished_zone(struct wished *wished, struct text value)
{
    const struct phrase phrase = phrase_split(wished->arena, value);
    const struct text word =
        phrase.count > 0 ? phrase_span(&phrase, 0, phrase.count - 1) : TEXT("");

    if (language_find(wished->language, word, 1U << MEANS_DEFAULT) != NULL)
        return set_zone(wished, "");
    if (word.size == 0 || word.size > 64)
        return ask_zone(wished, text_first(word, 64));
    const char *exact = arena_copy(wished->arena, word.at, word.size);
    if (moment_is_zone(exact))
        return set_zone(wished, exact);
    const char *zone = write_zone(wished->arena, "", word);
    const char *upper = g_ascii_strcasecmp(exact, "UTC") == 0 ? "UTC" : zone;
    return moment_is_zone(upper) ? set_zone(wished, upper) : ask_zone(wished, word);
}
