#include "gateway/base/error.h"
#include "gateway/compose/compose.h"
#include "gateway/incident/keyed.h"
#include "tests/unit/gateway/compose/outage.h"

TEST(each_format_has_its_headers)
{
    for (int format = 0; format < SUBSCRIBER_FORMAT_COUNT; format++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        OWN(secret) secret = strict_secret();
        const struct text mail = rendered_as(arena, &story, (enum subscriber_format)format);
        const bool is_pager = format == FORMAT_PAGER;
        const char *root =
            arena_format(arena, "<%s>", keyed_write_root_id(arena, secret, &strict_page, 42));
        assert_header(mail, "From",
                      is_pager ? "status@status.example.com"
                               : "Example <status@status.example.com>");
        assert_header(mail, "To", slots[SLOT_TO]);
        assert_header(mail, "Sender", "");
        assert_header(mail, "Reply-To", is_pager ? "" : "status@status.example.com");
        assert_header(mail, "Subject", is_pager ? "#42" : "[Identified] API errors (#42)");
        assert_header(mail, "Date", "Fri, 09 Jan 2026 10:00:00 +0000");
        assert_header(mail, "Message-ID", "<n7.1234.abcdefgh@status.example.com>");
        assert_header(mail, "In-Reply-To", root);
        assert_header(mail, "References", root);
        assert_header(mail, "Thread-Topic", "API errors (#42)");
        assert_header(mail, "Auto-Submitted", "auto-generated");
        assert_header(mail, "X-Auto-Response-Suppress", "OOF, AutoReply, RN, NRN, DR");
        assert_header(mail, "X-Tocsin-Incident", "inc_abcdefghijkl");
        assert_header(mail, "X-Tocsin-Status", "identified");
        assert_header(mail, "X-Tocsin-Severity", "major");
        assert_header(mail, "X-Tocsin-Loop", keyed_write_loop(arena, secret, &strict_page));
        assert_header(mail, "List-Id", is_pager ? "" : "Example <sp_abc123.status.example.com>");
        assert_header(mail, "Precedence", is_pager ? "" : "list");
        assert_header(mail, "List-Post", is_pager ? "" : "NO");
        assert_header(mail, "List-Unsubscribe",
                      is_pager ? ""
                               : "<mailto:status+uabcdefghijklmnopqrstuvw@status.example.com"
                                 "?subject=unsubscribe>");
        assert_header(mail, "Feedback-ID", is_pager ? "" : "sp_abc123:updated:incident:tocsin");
    }
}

TEST(a_text_mail_tells_what_was_missed_and_no_more)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct text mail = rendered_as(arena, &story, FORMAT_TEXT);
    g_autofree char *text = strict_text(mail, "plain");

    assert_string_equal(text, "API errors\n\n"
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

TEST(html_has_a_text_twin_and_no_remote_images)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct story late = story;
    late.first_missed = 0;
    const struct text mail = rendered_as(arena, &late, FORMAT_HTML);
    g_autofree char *type = strict_header(mail, "Content-Type");
    g_autofree char *text = strict_text(mail, "plain");
    g_autofree char *html = strict_text(mail, "html");

    assert_true(g_str_has_prefix(type, "multipart/alternative;"));
    assert_non_null(strstr(text, "Käsereibe – 5 €"));
    assert_non_null(strstr(html, "Käsereibe – 5 €"));
    assert_non_null(strstr(html, "<strong>looking</strong>"));
    assert_non_null(strstr(html, "mailto:status+uabcdefghijklmnopqrstuvw@status.example.com"
                                 "?subject=unsubscribe"));
    assert_null(strstr(html, "<img"));
}

TEST(a_pager_gets_one_plain_line_of_the_latest)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct story late = story;
    late.first_missed = 0;
    const struct text mail = rendered_as(arena, &late, FORMAT_PAGER);
    g_autofree char *text = strict_text(mail, "plain");

    assert_string_equal(text,
                        "Major identified: API errors: Es war die Käsereibe - 5 € Schaden. #42\n");
    assert_header(mail, "Content-Type", "text/plain; charset=utf-8");
    assert_header(mail, "Content-Transfer-Encoding", "quoted-printable");
}

TEST(a_pager_gets_ascii_where_it_does)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct story first = story;
    first.update_count = 1;
    const struct text mail = rendered_as(arena, &first, FORMAT_PAGER);
    g_autofree char *text = strict_text(mail, "plain");

    assert_string_equal(text, "Major investigating: API errors: We are looking. #42\n");
    assert_header(mail, "Content-Type", "text/plain; charset=us-ascii");
    assert_header(mail, "Content-Transfer-Encoding", "7bit");
}

TEST(a_step_without_words_gets_the_templates)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct update silent = updates[2];
    struct story told = story;
    silent.message = "";
    silent.status = INCIDENT_RESOLVED;
    told.updates = &silent;
    told.update_count = 1;
    told.first_missed = 0;
    g_autofree char *text = strict_text(rendered_as(arena, &told, FORMAT_TEXT), "plain");
    g_autofree char *html = strict_text(rendered_as(arena, &told, FORMAT_HTML), "html");

    assert_non_null(strstr(text, "This incident is over."));
    assert_non_null(strstr(text, "Lasted:   1 hour"));
    assert_non_null(strstr(html, "This incident is over."));
}

/* What a list's members read must not let one of them act for the list (knadh/listmonk#2570); its own
 * List-* fields are for the list to write; and what it reflects to us must be known as ours. */
TEST(a_mailing_list_gets_nothing_personal)
{
    static const char *const languages[] = {"en", "de", "fr", "es", "ja"};
    static const char *const absent[] = {"List-Id",        "List-Unsubscribe", "List-Help",
                                         "List-Subscribe", "List-Post",        "Sender"};

    for (size_t i = 0; i < G_N_ELEMENTS(languages) * SUBSCRIBER_FORMAT_COUNT; i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        OWN(secret) secret = strict_secret();
        const struct audience audience = {.kind = SUBSCRIBER_LIST,
                                          .format =
                                              (enum subscriber_format)(i % SUBSCRIBER_FORMAT_COUNT),
                                          .language = languages[i / SUBSCRIBER_FORMAT_COUNT],
                                          .time_zone = ""};
        const struct text mail = rendered(arena, &story, &audience);
        const bool is_pager = audience.format == FORMAT_PAGER;
        g_autofree char *text = strict_text(mail, "plain");
        assert_int_equal(text_find(mail, TEXT("status+")), -1);
        assert_int_equal(text_find(mail, TEXT("mailto:")), -1);
        for (size_t j = 0; j < G_N_ELEMENTS(absent); j++)
            assert_header(mail, absent[j], "");
        assert_header(mail, "Reply-To", is_pager ? "" : "status@status.example.com");
        assert_header(mail, "Message-ID", "<n7.1234.abcdefgh@status.example.com>");
        assert_header(mail, "Auto-Submitted", "auto-generated");
        assert_header(mail, "X-Tocsin-Loop", keyed_write_loop(arena, secret, &strict_page));
        assert_null(strstr(text, "carol@"));
    }
}

/* Also where it is rendered alone, because its address is too long for a slot. */
TEST(a_mailing_list_of_its_own_rendering_gets_no_key_either)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const char *const values[SLOT_COUNT] = {"o'brien=x@example.net", slots[SLOT_MESSAGE_ID],
                                            slots[SLOT_UNSUBSCRIBE]};
    const struct audience audience = {.kind = SUBSCRIBER_LIST,
                                      .format = FORMAT_HTML,
                                      .language = "",
                                      .time_zone = "",
                                      .values = values};
    const struct text mail = rendered(arena, &story, &audience);

    assert_header(mail, "To", values[SLOT_TO]);
    assert_int_equal(text_find(mail, TEXT("status+")), -1);
}

TEST(a_subject_does_not_change_when_the_incident_is_renamed)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct incident renamed = incident;
    struct story told = story;
    renamed.title = "Everything is broken";
    told.incident = &renamed;
    const struct text mail = rendered_as(arena, &told, FORMAT_TEXT);
    g_autofree char *text = strict_text(mail, "plain");

    assert_header(mail, "Subject", "[Identified] API errors (#42)");
    assert_true(g_str_has_prefix(text, "Everything is broken\n"));
}

TEST(a_recipient_who_does_not_fit_is_rendered_alone)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const char *const values[SLOT_COUNT] = {
        "o'brien=x@example.net", slots[SLOT_MESSAGE_ID],
        "status+uabcdefghijklmnopqrstuvw@a-very-long-domain-name-that-fills-more-than-one-line-of"
        ".quoted-printable.example.com"};
    for (int format = 0; format < SUBSCRIBER_FORMAT_COUNT; format++) {
        const struct audience audience = {.format = (enum subscriber_format)format,
                                          .language = "",
                                          .time_zone = "",
                                          .values = values};
        const struct text mail = rendered(arena, &story, &audience);
        g_autofree char *text = strict_text(mail, "plain");
        assert_header(mail, "To", values[SLOT_TO]);
        if (format != FORMAT_PAGER)
            assert_non_null(strstr(text, values[SLOT_UNSUBSCRIBE]));
    }
    assert_false(compose_fits(values));
}

TEST(a_recipient_who_is_no_address_is_refused)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    OWN(secret) secret = strict_secret();
    OWN(compose) compose = strict_compose(secret);
    const char *const values[SLOT_COUNT] = {"a@b\r\nBcc: c@d", slots[1], slots[2]};
    const struct audience audience = {
        .format = FORMAT_TEXT, .language = "", .time_zone = "", .values = values};
    g_autoptr(GError) error = NULL;

    assert_null(compose_notification(compose, arena, &story, &audience, &error));
    assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_BUG));
}

TEST(every_example_is_a_valid_mail)
{
    static const char *const kinds[] = {"opened", "updated", "resolved", "reopened"};

    OWN(secret) secret = strict_secret();
    OWN(compose) compose = strict_compose(secret);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds) * SUBSCRIBER_FORMAT_COUNT; i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct example example = {&strict_page, kinds[i / SUBSCRIBER_FORMAT_COUNT],
                                        (enum subscriber_format)(i % SUBSCRIBER_FORMAT_COUNT)};
        const struct message *message = compose_example(compose, arena, &example, NULL);
        (void)strict_mail(arena, message, NULL);
    }
}

TEST(an_unknown_example_is_answered_with_the_kinds)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    OWN(secret) secret = strict_secret();
    OWN(compose) compose = strict_compose(secret);
    g_autoptr(GError) error = NULL;

    assert_null(compose_example(compose, arena,
                                &(struct example){&strict_page, "closed", FORMAT_HTML}, &error));
    assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_INPUT));
    assert_non_null(strstr(error->message, "opened, updated, resolved, reopened, scheduled, "
                                           "reminded, moved, began, completed, cancelled, "
                                           "postmortem, answer"));
}

TEST(templates_that_are_missing_are_named)
{
    OWN(secret) secret = strict_secret();
    const struct compose_settings settings = {NULL, TOCSIN_SOURCE_DIR "/tests"};
    g_autoptr(GError) error = NULL;

    assert_null(compose_open(&settings, secret, &error));
    assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_CONFIG));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_has_its_headers),
        cmocka_unit_test(a_text_mail_tells_what_was_missed_and_no_more),
        cmocka_unit_test(html_has_a_text_twin_and_no_remote_images),
        cmocka_unit_test(a_pager_gets_one_plain_line_of_the_latest),
        cmocka_unit_test(a_pager_gets_ascii_where_it_does),
        cmocka_unit_test(a_step_without_words_gets_the_templates),
        cmocka_unit_test(a_mailing_list_gets_nothing_personal),
        cmocka_unit_test(a_mailing_list_of_its_own_rendering_gets_no_key_either),
        cmocka_unit_test(a_subject_does_not_change_when_the_incident_is_renamed),
        cmocka_unit_test(a_recipient_who_does_not_fit_is_rendered_alone),
        cmocka_unit_test(a_recipient_who_is_no_address_is_refused),
        cmocka_unit_test(every_example_is_a_valid_mail),
        cmocka_unit_test(an_unknown_example_is_answered_with_the_kinds),
        cmocka_unit_test(templates_that_are_missing_are_named),
    };

    g_mime_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
