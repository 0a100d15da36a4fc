#include "gateway/base/zones.h"

#include "gateway/base/local.h"
#include "gateway/base/moment.h"
#include "gateway/base/number.h"

#include <string.h>

#define NAME_BYTES_MOST 64
#define NO_OFFSET       (-10000) /* the word means the zone, summer and winter */

/* Where and with which offset an abbreviation is used; several rows of one name: several meanings. */
static const struct row {
    const char *name;
    const char *zone;
    int minutes;
    const char *about;
} rows[] = {
    {"UTC", "UTC", NO_OFFSET, NULL},
    {"GMT", "UTC", NO_OFFSET, NULL},
    {"UT", "UTC", NO_OFFSET, NULL},
    {"Z", "UTC", NO_OFFSET, NULL},
    {"WET", "Europe/Lisbon", 0, NULL},
    {"WEST", "Europe/Lisbon", 60, NULL},
    {"CET", "Europe/Berlin", 60, NULL},
    {"CEST", "Europe/Berlin", 120, NULL},
    {"MEZ", "Europe/Berlin", 60, NULL},
    {"MESZ", "Europe/Berlin", 120, NULL},
    {"HNEC", "Europe/Paris", 60, NULL},
    {"HAEC", "Europe/Paris", 120, NULL},
    {"EET", "Europe/Helsinki", 120, NULL},
    {"EEST", "Europe/Helsinki", 180, NULL},
    {"OEZ", "Europe/Helsinki", 120, NULL},
    {"OESZ", "Europe/Helsinki", 180, NULL},
    {"MSK", "Europe/Moscow", 180, NULL},
    {"TRT", "Europe/Istanbul", 180, NULL},
    {"BST", "Europe/London", 60, "British summer"},
    {"BST", "Asia/Dhaka", 360, "Bangladesh"},
    {"BST", "Pacific/Bougainville", 660, "Bougainville"},
    {"IST", "Asia/Kolkata", 330, "India"},
    {"IST", "Europe/Dublin", 60, "Irish summer"},
    {"IST", "Asia/Jerusalem", 120, "Israel"},
    {"IDT", "Asia/Jerusalem", 180, NULL},
    {"EST", "America/New_York", -300, NULL},
    {"EDT", "America/New_York", -240, NULL},
    {"ET", "America/New_York", NO_OFFSET, NULL},
    {"CST", "America/Chicago", -360, "North America"},
    {"CST", "Asia/Shanghai", 480, "China"},
    {"CST", "America/Havana", -300, "Cuba"},
    {"CDT", "America/Chicago", -300, "North America"},
    {"CDT", "America/Havana", -240, "Cuba"},
    {"CT", "America/Chicago", NO_OFFSET, NULL},
    {"MST", "America/Denver", -420, NULL},
    {"MDT", "America/Denver", -360, NULL},
    {"MT", "America/Denver", NO_OFFSET, NULL},
    {"PST", "America/Los_Angeles", -480, NULL},
    {"PDT", "America/Los_Angeles", -420, NULL},
    {"PT", "America/Los_Angeles", NO_OFFSET, NULL},
    {"AKST", "America/Anchorage", -540, NULL},
    {"AKDT", "America/Anchorage", -480, NULL},
    {"HST", "Pacific/Honolulu", -600, NULL},
    {"AST", "America/Halifax", -240, "Atlantic Canada"},
    {"AST", "Asia/Riyadh", 180, "Arabia"},
    {"ADT", "America/Halifax", -180, NULL},
    {"NST", "America/St_Johns", -210, NULL},
    {"NDT", "America/St_Johns", -150, NULL},
    {"BRT", "America/Sao_Paulo", -180, NULL},
    {"ART", "America/Argentina/Buenos_Aires", -180, NULL},
    {"CAT", "Africa/Maputo", 120, NULL},
    {"EAT", "Africa/Nairobi", 180, NULL},
    {"WAT", "Africa/Lagos", 60, NULL},
    {"SAST", "Africa/Johannesburg", 120, NULL},
    {"GST", "Asia/Dubai", 240, NULL},
    {"PKT", "Asia/Karachi", 300, NULL},
    {"NPT", "Asia/Kathmandu", 345, NULL},
    {"ICT", "Asia/Bangkok", 420, NULL},
    {"WIB", "Asia/Jakarta", 420, NULL},
    {"HKT", "Asia/Hong_Kong", 480, NULL},
    {"SGT", "Asia/Singapore", 480, NULL},
    {"PHT", "Asia/Manila", 480, NULL},
    {"AWST", "Australia/Perth", 480, NULL},
    {"JST", "Asia/Tokyo", 540, NULL},
    {"KST", "Asia/Seoul", 540, NULL},
    {"ACST", "Australia/Adelaide", 570, NULL},
    {"ACDT", "Australia/Adelaide", 630, NULL},
    {"AEST", "Australia/Sydney", 600, NULL},
    {"AEDT", "Australia/Sydney", 660, NULL},
    {"NZST", "Pacific/Auckland", 720, NULL},
    {"NZDT", "Pacific/Auckland", 780, NULL},
    {"Eastern Time", "America/New_York", NO_OFFSET, NULL},
    {"Eastern Standard Time", "America/New_York", -300, NULL},
    {"Eastern Daylight Time", "America/New_York", -240, NULL},
    {"Central Time", "America/Chicago", NO_OFFSET, NULL},
    {"Central Standard Time", "America/Chicago", -360, NULL},
    {"Central Daylight Time", "America/Chicago", -300, NULL},
    {"Mountain Time", "America/Denver", NO_OFFSET, NULL},
    {"Mountain Standard Time", "America/Denver", -420, NULL},
    {"Mountain Daylight Time", "America/Denver", -360, NULL},
    {"Pacific Time", "America/Los_Angeles", NO_OFFSET, NULL},
    {"Pacific Standard Time", "America/Los_Angeles", -480, NULL},
    {"Pacific Daylight Time", "America/Los_Angeles", -420, NULL},
    {"Central European Time", "Europe/Berlin", 60, NULL},
    {"Central European Summer Time", "Europe/Berlin", 120, NULL},
    {"Greenwich Mean Time", "UTC", NO_OFFSET, NULL},
    {"British Summer Time", "Europe/London", 60, NULL},
    {"India Standard Time", "Asia/Kolkata", 330, NULL},
    {"Japan Standard Time", "Asia/Tokyo", 540, NULL},
    {"Coordinated Universal Time", "UTC", NO_OFFSET, NULL},
};

static size_t find_abbreviation(struct text name, struct zone_meaning *meanings)
{
    size_t count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(rows) && count < ZONES_MEANINGS_MOST; i++)
        if (text_is_equal_any_case(text_of(rows[i].name), name))
            meanings[count++] = (struct zone_meaning){
                .zone = rows[i].zone,
                .is_fixed = rows[i].minutes != NO_OFFSET,
                .offset_ms = rows[i].minutes == NO_OFFSET ? 0 : rows[i].minutes * MINUTE_MS,
                .about = rows[i].about};
    return count;
}

/* "2", "02", "02:00", "0200" behind the sign. */
static bool parse_offset(struct text digits, int64_t *size_ms)
{
    const ptrdiff_t colon = text_find_byte(digits, ':');
    const size_t split = colon >= 0 ? (size_t)colon : digits.size > 2 ? digits.size - 2 : 2;
    const struct text rest = text_skip(digits, split + (colon >= 0 ? 1 : 0));
    int64_t hours = 0;
    int64_t minutes = 0;

    if (split > 2 || !number_parse(text_first(digits, split), 0, 14, &hours))
        return false;
    if ((colon >= 0 || rest.size > 0) && (rest.size != 2 || !number_parse(rest, 0, 59, &minutes)))
        return false;
    *size_ms = hours * HOUR_MS + minutes * MINUTE_MS;
    return *size_ms <= 14 * HOUR_MS;
}

/* "+02:00", "UTC+2", "GMT-0530". */
static bool find_offset(struct arena *arena, struct text name, struct zone_meaning *meaning)
{
    int64_t size_ms = 0;

    if (text_has_prefix_any_case(name, TEXT("UTC")) || text_has_prefix_any_case(name, TEXT("GMT")))
        name = text_skip(name, 3);
    if (!text_has_prefix(name, TEXT("+")) && !text_has_prefix(name, TEXT("-")))
        return false;
    if (!parse_offset(text_skip(name, 1), &size_ms))
        return false;
    g_autofree char *written = local_write_offset(name.at[0] == '-' ? -size_ms : size_ms);
    *meaning = (struct zone_meaning){.zone = arena_string(arena, written)};
    return true;
}

/* "europe/berlin" as the files are called: "Europe/Berlin". */
static char *write_zone(struct arena *arena, const char *region, struct text name)
{
    char *zone = arena_format(arena, "%s%.*s", region, (int)name.size, name.at);
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

/* Small words inside a name stay small: "Africa/Dar_es_Salaam", "America/Port-au-Prince". */
static void lower_small_words(char *zone)
{
    static const char *const small[] = {"_Es_", "_Of_", "-Au-"};

    for (size_t i = 0; i < G_N_ELEMENTS(small); i++) {
        char *found = strstr(zone, small[i]);
        if (found != NULL)
            found[1] = g_ascii_tolower(found[1]);
    }
}

static const char *find_iana(struct arena *arena, struct text name)
{
    const char *exact = arena_copy(arena, name.at, name.size);
    char *zone = write_zone(arena, "", name);

    if (moment_is_zone(exact))
        return exact;
    if (moment_is_zone(zone))
        return zone;
    lower_small_words(zone);
    if (moment_is_zone(zone))
        return zone;
    char *upper = arena_copy(arena, name.at, name.size);
    for (char *at = upper; *at != '\0'; at++)
        *at = g_ascii_toupper(*at);
    if (moment_is_zone(upper))
        return upper;
    if (!text_has_prefix(text_of(upper), TEXT("ETC/")))
        return NULL;
    upper[1] = 't';
    upper[2] = 'c';
    return moment_is_zone(upper) ? upper : NULL;
}

size_t zones_find(struct arena *arena, struct text name,
                  struct zone_meaning meanings[ZONES_MEANINGS_MOST])
{
    if (name.size == 0 || name.size > NAME_BYTES_MOST || memchr(name.at, '\0', name.size) != NULL)
        return 0;
    const size_t count = find_abbreviation(name, meanings);
    if (count > 0)
        return count;
    if (find_offset(arena, name, &meanings[0]))
        return 1;
    const char *zone = find_iana(arena, name);
    if (zone == NULL)
        return 0;
    meanings[0] = (struct zone_meaning){.zone = zone};
    return 1;
}

size_t zones_suggest(struct arena *arena, struct text name, const char *zones[], size_t most)
{
    static const char *const regions[] = {"Europe/",  "America/",   "Asia/",    "Africa/",
                                          "Pacific/", "Australia/", "Atlantic/"};
    size_t count = 0;

    if (name.size == 0 || name.size > NAME_BYTES_MOST || memchr(name.at, '\0', name.size) != NULL)
        return 0;
    for (size_t i = 0; i < G_N_ELEMENTS(regions) && count < most; i++) {
        const char *zone = write_zone(arena, regions[i], name);
        if (moment_is_zone(zone))
            zones[count++] = zone;
    }
    return count;
}

const char *zones_of_calendar(struct arena *arena, struct text name)
{
    if (name.size == 0 || memchr(name.at, '\0', name.size) != NULL)
        return NULL;
    const char *windows = zones_of_windows(name);
    if (windows != NULL)
        return windows;
    if (text_has_prefix_any_case(name, TEXT("tzone://Microsoft/Utc")))
        return "Etc/UTC";
    while (name.size > NAME_BYTES_MOST || name.at[0] == '/' || find_iana(arena, name) == NULL) {
        const ptrdiff_t slash = text_find_byte(name, '/');
        if (slash < 0)
            return NULL;
        name = text_skip(name, (size_t)slash + 1);
        if (text_find_byte(name, '/') < 0) /* a city alone is no zone */
            return NULL;
    }
    return find_iana(arena, name);
}
