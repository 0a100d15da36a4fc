#include "gateway/view/view.h"
#include "tests/unit/unit.h"

static const struct component components[] = {{"comp_api", "API", "Core"},
                                              {"comp_web", "Website", ""}};

static const struct page page = {
    .id = "sp_abc123",
    .name = "Example",
    .local = "status",
    .domain = "status.example.com",
    .address = "status@status.example.com",
    .url = "https://status.example.com",
    .time_zone = "Europe/Berlin",
    .language = "en",
    .contact = "",
    .components = components,
    .component_count = 2,
};

static const struct affected affected[] = {
    {"comp_api", COMPONENT_MAJOR_OUTAGE, true},
    {"comp_web", COMPONENT_DEGRADED_PERFORMANCE, false},
};

static const struct incident incident = {
    .id = 3,
    .public_id = "inc_abcdefghijkl",
    .number = 42,
    .page_id = "sp_abc123",
    .title = "API errors",
    .first_title = "API errors",
    .status = INCIDENT_IDENTIFIED,
    .severity = SEVERITY_MAJOR,
    .affected = affected,
    .affected_count = 2,
    .created_at = 1764000000123,
};

static const struct update updates[] = {
    {.public_id = "upd_a",
     .kind = UPDATE_PUBLIC,
     .status = INCIDENT_INVESTIGATING,
     .message = "We *look*.",
     .by = "ada@example.com",
     .created_at = 1764000000123},
    {.public_id = "upd_b",
     .kind = UPDATE_NOTE,
     .message = "zq9 it was Bob",
     .by = "ada@example.com",
     .created_at = 1764000001000},
};

static const struct story story = {&page, &incident, updates, 2, 0, 7, NOTIFICATION_OPENED, 1};

static char *dump(json_t *view)
{
    char *text = json_dumps(view, JSON_COMPACT);
    json_decref(view);
    assert_non_null(text);
    return text;
}

static void assert_dump(json_t *view, const char *wanted)
{
    char *text = dump(view);
    assert_string_equal(text, wanted);
    free(text);
}

TEST(an_incident_has_the_names_of_the_api)
{
    assert_dump(view_incident(&page, &incident, updates, 2),
                "{\"id\":\"inc_abcdefghijkl\",\"number\":42,\"title\":\"API errors\","
                "\"status\":\"identified\",\"severity\":\"major\","
                "\"status_page_id\":\"sp_abc123\",\"component_ids\":[\"comp_api\"],"
                "\"created_at\":\"2025-11-24T16:00:00.123Z\",\"resolved_at\":null,"
                "\"updates\":[{\"id\":\"upd_a\",\"status\":\"investigating\","
                "\"message\":\"We *look*.\",\"created_at\":\"2025-11-24T16:00:00.123Z\"}]}");
}

TEST(a_shown_incident_has_components_notes_and_url)
{
    json_auto_t *view = view_incident_whole(&page, &incident, updates, 2);
    const json_t *note = json_array_get(json_object_get(view, "notes"), 0);

    assert_string_equal(json_string_value(json_object_get(view, "url")),
                        "https://status.example.com/incidents/inc_abcdefghijkl");
    assert_int_equal(json_array_size(json_object_get(view, "components")), 1);
    assert_int_equal(json_array_size(json_object_get(view, "updates")), 1);
    assert_string_equal(json_string_value(json_object_get(note, "message")), "zq9 it was Bob");
    assert_string_equal(json_string_value(json_object_get(note, "by")), "ada@example.com");
}

TEST(notes_and_authors_are_in_no_view_for_subscribers)
{
    json_t *views[] = {view_incident(&page, &incident, updates, 2),
                       view_incident_page(&page, &incident, updates, 2), view_notification(&story)};

    for (size_t i = 0; i < G_N_ELEMENTS(views); i++) {
        char *text = dump(views[i]);
        assert_null(strstr(text, "zq9"));
        assert_null(strstr(text, "ada@"));
        assert_null(strstr(text, "notes"));
        free(text);
    }
}

TEST(absent_values_are_null)
{
    struct incident bare = incident;
    struct page without_url = page;
    bare.public_id = NULL;
    bare.created_at = 0;
    without_url.url = "";
    json_auto_t *view = view_incident_page(&without_url, &bare, NULL, 0);

    assert_true(json_is_null(json_object_get(view, "id")));
    assert_true(json_is_null(json_object_get(view, "url")));
    assert_true(json_is_null(json_object_get(view, "created_at")));
    assert_int_equal(json_array_size(json_object_get(view, "updates")), 0);
}

TEST(a_subscriber_has_the_names_of_the_api)
{
    static const char *const topics[] = {"c:comp_api", "g:Core"};
    const struct subscriber subscriber = {
        .public_id = "sub_a",
        .page_id = "sp_abc123",
        .address = "carol@example.net",
        .format = FORMAT_PAGER,
        .severity = SEVERITY_MINOR,
        .topics = topics,
        .topic_count = 2,
        .language = "",
        .time_zone = "Asia/Tokyo",
        .state = SUBSCRIBER_CONFIRMED,
        .created_at = 1764000000123,
    };

    assert_dump(view_subscriber(&subscriber),
                "{\"id\":\"sub_a\",\"address\":\"carol@example.net\","
                "\"status_page_id\":\"sp_abc123\",\"format\":\"pager\",\"kind\":\"person\","
                "\"component_ids\":[\"comp_api\"],\"severity\":\"minor\","
                "\"state\":\"confirmed\",\"language\":null,\"time_zone\":\"Asia/Tokyo\","
                "\"created_at\":\"2025-11-24T16:00:00.123Z\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_incident_has_the_names_of_the_api),
        cmocka_unit_test(a_shown_incident_has_components_notes_and_url),
        cmocka_unit_test(notes_and_authors_are_in_no_view_for_subscribers),
        cmocka_unit_test(absent_values_are_null),
        cmocka_unit_test(a_subscriber_has_the_names_of_the_api),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
