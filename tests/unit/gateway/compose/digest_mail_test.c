#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "tests/unit/gateway/compose/outage.h"

static const struct update over[] = {
    {.id = 4,
     .status = INCIDENT_INVESTIGATING,
     .severity = SEVERITY_CRITICAL,
     .message = "zq8 it began",
     .by = "ada@example.com",
     .created_at = BEGAN_AT},
    {.id = 5,
     .status = INCIDENT_RESOLVED,
     .severity = SEVERITY_CRITICAL,
     .message = "zq8 it ended",
     .by = "ada@example.com",
     .created_at = BEGAN_AT + 110 * MINUTE_MS},
};

static const struct incident gone = {
    .id = 4,
    .public_id = "inc_bbbbbbbbbbbb",
    .number = 43,
    .page_id = "sp_abc123",
    .title = "Logins fail",
    .first_title = "Logins fail",
    .status = INCIDENT_RESOLVED,
    .severity = SEVERITY_CRITICAL,
    .created_at = BEGAN_AT,
};

static const struct story stories[] = {
    {.page = &strict_page, .incident = &gone, .updates = over, .update_count = 2},
    {.page = &strict_page,
     .incident = &incident,
     .updates = updates,
     .update_count = 3,
     .first_missed = 0},
};

static const struct digest digest = {
    .page = &strict_page,
    .since = BEGAN_AT - HOUR_MS,
    .until = BEGAN_AT + DAY_MS,
    .stories = stories,
    .story_count = 2,
};

static struct text digested(struct arena *arena, const struct digest *told,
                            const struct audience *audience)
{
    OWN(secret) secret = strict_secret();
    OWN(compose) compose = strict_compose(secret);
    g_autoptr(GError) error = NULL;
    const struct message *message = compose_digest(compose, arena, told, audience, &error);

    if (message == NULL)
        fail_msg("%s", error->message);
    return strict_mail(arena, message, audience->values != NULL ? NULL : slots);
}

static struct text digested_as(struct arena *arena, const struct digest *told,
                               enum subscriber_format format)
{
    return digested(arena, told,
                    &(struct audience){.format = format, .language = "", .time_zone = ""});
}

TEST(a_digest_is_a_list_mail_of_no_thread)
{
    for (int format = FORMAT_HTML; format <= FORMAT_TEXT; format++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct text mail = digested_as(arena, &digest, (enum subscriber_format)format);
        assert_header(mail, "Subject", "2 incidents since 9 January 2026, 09:00 CET");
        assert_header(mail, "To", slots[SLOT_TO]);
        assert_header(mail, "Message-ID", "<n7.1234.abcdefgh@status.example.com>");
        assert_header(mail, "Date", "Sat, 10 Jan 2026 09:00:00 +0000");
        assert_header(mail, "In-Reply-To", "");
        assert_header(mail, "References", "");
        assert_header(mail, "Thread-Topic", "");
        assert_header(mail, "Thread-Index", "");
        assert_header(mail, "X-Tocsin-Incident", "");
        assert_header(mail, "Auto-Submitted", "auto-generated");
        assert_header(mail, "Precedence", "list");
        assert_header(mail, "List-Id", "Example <sp_abc123.status.example.com>");
        assert_header(mail, "List-Unsubscribe",
                      "<mailto:status+uabcdefghijklmnopqrstuvw@status.example.com"
                      "?subject=unsubscribe>");
        assert_header(mail, "Feedback-ID", "sp_abc123:digest:incident:tocsin");
    }
}

TEST(a_digest_tells_what_was_missed_and_of_what_is_over_its_duration_alone)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autofree char *text = strict_text(digested_as(arena, &digest, FORMAT_TEXT), "plain");

    assert_string_equal(text, "What happened at Example since then, the most severe first:\n\n"
                              "[Resolved] Logins fail (#43)\n"
                              "Critical, over after 1 hour 50 minutes\n"
                              "https://status.example.com/incidents/inc_bbbbbbbbbbbb\n\n"
                              "[Identified] API errors (#42)\n\n"
                              "Since your last mail, oldest first:\n\n"
                              "Investigating, 9 January 2026, 10:00 CET\n"
                              "We are **looking**.\n\n"
                              "Identified, 9 January 2026, 11:00 CET\n"
                              "Es war die Käsereibe – 5 € Schaden.\n\n"
                              "Severity: Major\n"
                              "Affected: API (major outage)\n"
                              "Since:    9 January 2026, 10:00 CET\n"
                              "More:     https://status.example.com/incidents/inc_abcdefghijkl\n\n"
                              "-- \n"
                              "You get this mail because you subscribed to incidents of Example.\n"
                              "To stop, write to this address; the mail may be empty:\n"
                              "status+uabcdefghijklmnopqrstuvw@status.example.com\n");
}

TEST(a_digest_in_html_says_the_same)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct text mail = digested_as(arena, &digest, FORMAT_HTML);
    g_autofree char *text = strict_text(mail, "plain");
    g_autofree char *html = strict_text(mail, "html");

    assert_non_null(strstr(text, "[Resolved] Logins fail (#43)\nCritical, over after 1 hour"));
    assert_non_null(strstr(html, "<html lang=\"en\">"));
    assert_non_null(strstr(html, "<title>2 incidents since 9 January 2026, 09:00 CET</title>"));
    assert_non_null(strstr(html, "Resolved: Logins fail (#43)"));
    assert_non_null(strstr(html, "<strong>Critical</strong>, over after 1 hour 50 minutes"));
    assert_non_null(strstr(html, "<strong>looking</strong>"));
    assert_non_null(strstr(html, "Käsereibe – 5 €"));
    assert_non_null(strstr(html, "status+uabcdefghijklmnopqrstuvw@status.example.com"));
    assert_null(strstr(html, "zq8"));
    assert_null(strstr(html, "zq9"));
    assert_null(strstr(html, "ada@"));
}

TEST(a_digest_for_a_list_has_no_key)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct audience audience = {
        .kind = SUBSCRIBER_LIST, .format = FORMAT_HTML, .language = "", .time_zone = ""};
    const struct text mail = digested(arena, &digest, &audience);

    assert_int_equal(text_find(mail, TEXT("status+")), -1);
    assert_header(mail, "List-Unsubscribe", "");
    assert_header(mail, "List-Id", "");
}

TEST(one_incident_is_no_several)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct digest one = digest;
    one.story_count = 1;

    assert_header(digested_as(arena, &one, FORMAT_TEXT), "Subject",
                  "1 incident since 9 January 2026, 09:00 CET");
}

/* More than a mail can hold: each is named, as long as there are not too many, and the rest counted. */
TEST(of_too_much_the_first_is_told)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autofree char *message = g_strnfill(60000, '>');
    struct update update = updates[0];
    struct story many[120];
    struct digest big = digest;

    update.message = message;
    for (size_t i = 0; i < G_N_ELEMENTS(many); i++) {
        many[i] = stories[1];
        many[i].updates = &update;
        many[i].update_count = 1;
    }
    big.stories = many;
    big.story_count = G_N_ELEMENTS(many);
    const struct text mail = digested_as(arena, &big, FORMAT_HTML);
    g_autofree char *text = strict_text(mail, "plain");
    assert_header(mail, "Subject", "120 incidents since 9 January 2026, 09:00 CET");
    assert_non_null(strstr(text, "(1 earlier update is left out here.)"));
    assert_non_null(strstr(text, "And 20 more: https://status.example.com\n"));
    assert_true(mail.size < (size_t)4 * 1024 * 1024);
}

TEST(there_is_no_digest_of_nothing_and_none_for_a_pager)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    OWN(secret) secret = strict_secret();
    OWN(compose) compose = strict_compose(secret);
    const struct digest none = {.page = &strict_page};
    struct audience audience = {.format = FORMAT_TEXT, .language = "", .time_zone = ""};
    g_autoptr(GError) of_nothing = NULL;
    g_autoptr(GError) for_pager = NULL;

    assert_null(compose_digest(compose, arena, &none, &audience, &of_nothing));
    assert_true(g_error_matches(of_nothing, TOCSIN_ERROR, TOCSIN_ERROR_BUG));
    audience.format = FORMAT_PAGER;
    assert_null(compose_digest(compose, arena, &digest, &audience, &for_pager));
    assert_true(g_error_matches(for_pager, TOCSIN_ERROR, TOCSIN_ERROR_BUG));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_digest_is_a_list_mail_of_no_thread),
        cmocka_unit_test(a_digest_tells_what_was_missed_and_of_what_is_over_its_duration_alone),
        cmocka_unit_test(a_digest_in_html_says_the_same),
        cmocka_unit_test(a_digest_for_a_list_has_no_key),
        cmocka_unit_test(one_incident_is_no_several),
        cmocka_unit_test(of_too_much_the_first_is_told),
        cmocka_unit_test(there_is_no_digest_of_nothing_and_none_for_a_pager),
    };

    g_mime_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
