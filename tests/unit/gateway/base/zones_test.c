#include "gateway/base/zones.h"

#include "gateway/base/local.h"
#include "gateway/base/moment.h"
#include "tests/unit/unit.h"

TEST(a_zone_is_found_by_every_usual_name)
{
    static const struct {
        struct text name;
        const char *zone; /* NULL: unknown */
    } cases[] = {
        {TEXT_INIT("Europe/Berlin"), "Europe/Berlin"},
        {TEXT_INIT("europe/berlin"), "Europe/Berlin"},
        {TEXT_INIT("AMERICA/NEW_YORK"), "America/New_York"},
        {TEXT_INIT("America/Argentina/Buenos_Aires"), "America/Argentina/Buenos_Aires"},
        {TEXT_INIT("africa/dar_es_salaam"), "Africa/Dar_es_Salaam"},
        {TEXT_INIT("america/port-au-prince"), "America/Port-au-Prince"},
        {TEXT_INIT("utc"), "UTC"},
        {TEXT_INIT("Z"), "UTC"},
        {TEXT_INIT("etc/gmt+3"), "Etc/GMT+3"},
        {TEXT_INIT("UTC+2"), "+02:00"},
        {TEXT_INIT("GMT-0530"), "-05:30"},
        {TEXT_INIT("+5"), "+05:00"},
        {TEXT_INIT("-05:30"), "-05:30"},
        {TEXT_INIT("+0545"), "+05:45"},
        {TEXT_INIT("ET"), "America/New_York"},
        {TEXT_INIT("+15"), NULL},
        {TEXT_INIT("+1:0"), NULL},
        {TEXT_INIT("+"), NULL},
        {TEXT_INIT(""), NULL},
        {TEXT_INIT("Berlin"), NULL},
        {TEXT_INIT("../../etc/passwd"), NULL},
        {TEXT_INIT("Europe/Berlin\0x"), NULL},
    };
    OWN(arena) arena = arena_open(65536);
    struct zone_meaning meanings[ZONES_MEANINGS_MOST];

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct text bytes = unit_bytes(cases[i].name);
        const size_t count = zones_find(arena, bytes, meanings);
        assert_int_equal(count, cases[i].zone == NULL ? 0 : 1);
        if (count == 1)
            assert_string_equal(meanings[0].zone, cases[i].zone);
        unit_free(bytes);
    }
}

TEST(an_abbreviation_has_as_many_meanings_as_it_has)
{
    OWN(arena) arena = arena_open(65536);
    struct zone_meaning meanings[ZONES_MEANINGS_MOST];

    assert_int_equal(zones_find(arena, TEXT("cest"), meanings), 1);
    assert_true(meanings[0].is_fixed);
    assert_int_equal(meanings[0].offset_ms, 2 * HOUR_MS);
    assert_int_equal(zones_find(arena, TEXT("IST"), meanings), 3);
    assert_int_equal(zones_find(arena, TEXT("BST"), meanings), 3);
    assert_int_equal(zones_find(arena, TEXT("CST"), meanings), 3);
}

TEST(a_city_alone_is_no_zone_but_suggests_one)
{
    OWN(arena) arena = arena_open(65536);
    const char *zones[3];

    assert_int_equal(zones_suggest(arena, TEXT("new york"), zones, 3), 1);
    assert_string_equal(zones[0], "America/New_York");
    assert_int_equal(zones_suggest(arena, TEXT("Nowhere"), zones, 3), 0);
    assert_int_equal(zones_suggest(arena, TEXT(""), zones, 3), 0);
}

TEST(a_calendar_names_zones_as_windows_does_or_behind_a_prefix)
{
    static const struct {
        struct text name;
        const char *zone;
    } cases[] = {
        {TEXT_INIT("W. Europe Standard Time"), "Europe/Berlin"},
        {TEXT_INIT("w. europe standard time"), "Europe/Berlin"},
        {TEXT_INIT("FLE Standard Time"), "Europe/Kiev"},
        {TEXT_INIT("Eastern Standard Time (Mexico)"), "America/Cancun"},
        {TEXT_INIT("UTC"), "Etc/UTC"},
        {TEXT_INIT("tzone://Microsoft/Utc"), "Etc/UTC"},
        {TEXT_INIT("Europe/Berlin"), "Europe/Berlin"},
        {TEXT_INIT("/freeassociation.sourceforge.net/Europe/Berlin"), "Europe/Berlin"},
        {TEXT_INIT("/mozilla.org/20050126_1/America/Argentina/Cordoba"),
         "America/Argentina/Cordoba"},
        {TEXT_INIT("Customized Time Zone"), NULL},
        {TEXT_INIT("tzone://Microsoft/Custom"), NULL},
        {TEXT_INIT("/"), NULL},
        {TEXT_INIT("//"), NULL},
        {TEXT_INIT(""), NULL},
    };
    OWN(arena) arena = arena_open(65536);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct text bytes = unit_bytes(cases[i].name);
        const char *zone = zones_of_calendar(arena, bytes);
        if (cases[i].zone == NULL)
            assert_null(zone);
        else
            assert_string_equal(zone, cases[i].zone);
        unit_free(bytes);
    }
}

/* The standard offset of a few of Windows' zones, as their names promise. */
TEST(each_name_of_windows_is_a_zone_that_the_machine_knows)
{
    static const char *const names[] = {
        "AUS Central",
        "AUS Eastern",
        "Afghanistan",
        "Alaskan",
        "Aleutian",
        "Altai",
        "Arab",
        "Arabian",
        "Arabic",
        "Argentina",
        "Astrakhan",
        "Atlantic",
        "Aus Central W.",
        "Azerbaijan",
        "Azores",
        "Bahia",
        "Bangladesh",
        "Belarus",
        "Bougainville",
        "Canada Central",
        "Cape Verde",
        "Caucasus",
        "Cen. Australia",
        "Central America",
        "Central",
        "Central Asia",
        "Central Brazilian",
        "Central Europe",
        "Central European",
        "Central Pacific",
        "Chatham Islands",
        "China",
        "Cuba",
        "Dateline",
        "E. Africa",
        "E. Australia",
        "E. Europe",
        "E. South America",
        "Easter Island",
        "Eastern",
        "Egypt",
        "Ekaterinburg",
        "FLE",
        "Fiji",
        "GMT",
        "GTB",
        "Georgian",
        "Greenland",
        "Greenwich",
        "Haiti",
        "Hawaiian",
        "India",
        "Iran",
        "Israel",
        "Jordan",
        "Kaliningrad",
        "Korea",
        "Libya",
        "Line Islands",
        "Lord Howe",
        "Magadan",
        "Magallanes",
        "Marquesas",
        "Mauritius",
        "Middle East",
        "Montevideo",
        "Morocco",
        "Mountain",
        "Myanmar",
        "N. Central Asia",
        "Namibia",
        "Nepal",
        "New Zealand",
        "Newfoundland",
        "Norfolk",
        "North Asia East",
        "North Asia",
        "North Korea",
        "Omsk",
        "Pacific SA",
        "Pacific",
        "Pakistan",
        "Paraguay",
        "Qyzylorda",
        "Romance",
        "Russian",
        "SA Eastern",
        "SA Pacific",
        "SA Western",
        "SE Asia",
        "Saint Pierre",
        "Sakhalin",
        "Samoa",
        "Sao Tome",
        "Saratov",
        "Singapore",
        "South Africa",
        "South Sudan",
        "Sri Lanka",
        "Sudan",
        "Syria",
        "Taipei",
        "Tasmania",
        "Tocantins",
        "Tokyo",
        "Tomsk",
        "Tonga",
        "Transbaikal",
        "Turkey",
        "Turks And Caicos",
        "US Eastern",
        "US Mountain",
        "UTC",
        "Ulaanbaatar",
        "Venezuela",
        "Vladivostok",
        "Volgograd",
        "W. Australia",
        "W. Central Africa",
        "W. Europe",
        "W. Mongolia",
        "West Asia",
        "West Bank",
        "West Pacific",
        "Yakutsk",
        "Yukon",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = g_strdup_printf("%s Standard Time", names[i]);
        const char *zone = zones_of_windows(text_of(name));
        if (zone == NULL || !moment_is_zone(zone))
            print_message("%s: %s\n", name, zone != NULL ? zone : "unknown");
        assert_non_null(zone);
        assert_true(moment_is_zone(zone));
    }
}

TEST(a_local_time_is_found_once_twice_or_never)
{
    static const struct {
        const char *zone;
        const char *local; /* as if UTC */
        enum local_kind kind;
        const char *first;
        const char *other;
    } cases[] = {
        {"Europe/Berlin", "2026-12-01T02:00:00Z", LOCAL_ONCE, "2026-12-01T01:00:00Z",
         "2026-12-01T01:00:00Z"},
        {"Europe/Berlin", "2026-10-25T02:30:00Z", LOCAL_TWICE, "2026-10-25T00:30:00Z",
         "2026-10-25T01:30:00Z"},
        {"Europe/Berlin", "2026-10-25T01:59:59Z", LOCAL_ONCE, "2026-10-24T23:59:59Z",
         "2026-10-24T23:59:59Z"},
        {"Europe/Berlin", "2026-10-25T03:00:00Z", LOCAL_ONCE, "2026-10-25T02:00:00Z",
         "2026-10-25T02:00:00Z"},
        {"Europe/Berlin", "2027-03-28T02:00:00Z", LOCAL_NEVER, "2027-03-28T01:00:00Z",
         "2027-03-28T00:00:00Z"},
        {"Europe/Berlin", "2027-03-28T03:00:00Z", LOCAL_ONCE, "2027-03-28T01:00:00Z",
         "2027-03-28T01:00:00Z"},
        {"Australia/Lord_Howe", "2027-04-04T01:45:00Z", LOCAL_TWICE, "2027-04-03T14:45:00Z",
         "2027-04-03T15:15:00Z"},
        {"Australia/Lord_Howe", "2026-10-04T02:15:00Z", LOCAL_NEVER, "2026-10-03T15:45:00Z",
         "2026-10-03T15:15:00Z"},
        {"Pacific/Apia", "2011-12-30T12:00:00Z", LOCAL_NEVER, "2011-12-30T22:00:00Z",
         "2011-12-29T22:00:00Z"},
        {"Pacific/Apia", "2011-12-31T00:30:00Z", LOCAL_ONCE, "2011-12-30T10:30:00Z",
         "2011-12-30T10:30:00Z"},
        {"Europe/Berlin", "2080-07-01T12:00:00Z", LOCAL_ONCE, "2080-07-01T10:00:00Z",
         "2080-07-01T10:00:00Z"},
        {"+05:45", "2026-12-01T02:00:00Z", LOCAL_ONCE, "2026-11-30T20:15:00Z",
         "2026-11-30T20:15:00Z"},
        {NULL, "2026-12-01T02:00:00Z", LOCAL_ONCE, "2026-12-01T02:00:00Z", "2026-12-01T02:00:00Z"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GTimeZone) zone = local_zone(cases[i].zone);
        int64_t local_ms = 0;
        int64_t want[2];
        int64_t found[2];
        assert_true(moment_parse_iso(text_of(cases[i].local), &local_ms));
        assert_true(moment_parse_iso(text_of(cases[i].first), &want[0]));
        assert_true(moment_parse_iso(text_of(cases[i].other), &want[1]));
        assert_int_equal(local_find(local_offset_of, zone, local_ms, found), cases[i].kind);
        assert_int_equal(found[0], want[0]);
        assert_int_equal(found[1], want[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_zone_is_found_by_every_usual_name),
        cmocka_unit_test(an_abbreviation_has_as_many_meanings_as_it_has),
        cmocka_unit_test(a_city_alone_is_no_zone_but_suggests_one),
        cmocka_unit_test(a_calendar_names_zones_as_windows_does_or_behind_a_prefix),
        cmocka_unit_test(each_name_of_windows_is_a_zone_that_the_machine_knows),
        cmocka_unit_test(a_local_time_is_found_once_twice_or_never),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
