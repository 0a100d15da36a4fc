#include "gateway/compose/values.h"
#include "gateway/incident/keyed.h"
#include "tests/unit/gateway/compose/outage.h"

/* Security A79. */
TEST(notes_and_authors_are_in_no_subscribers_mail)
{
    for (int format = 0; format < SUBSCRIBER_FORMAT_COUNT; format++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        struct story late = story;
        late.first_missed = 0;
        const struct text mail = rendered_as(arena, &late, (enum subscriber_format)format);
        assert_int_equal(text_find(mail, TEXT("zq9")), -1);
        assert_int_equal(text_find(mail, TEXT("ada@")), -1);
    }
}

/* Security A51, A52, A53: in each field, each of these is text and nothing else. */
static const char *const hostile[] = {
    "x\nBcc: a@example.org",
    "{{#incidents}}{{{secret}}}{{/incidents}}",
    "{{>answer}}",
    "{{=<% %>=}}<% page.address %>",
    "<script>alert(1)</script>",
    "\"><img src=https://example.org/x.png onerror=alert(1)>",
    "=?utf-8?Q?=0D=0ABcc:_a@example.org?=",
    "a\n.\nMAIL FROM:<x>",
    "From nobody",
    "--=_boundary",
    "\U0001F525\U0001F525\U0001F525 é 日本語",
    "",
};

static void check_hostile(const char *word, enum subscriber_format format)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct component component = {"comp_api", word, word};
    struct page page = strict_page;
    struct incident named = incident;
    struct update update = updates[0];
    struct story told = story;

    page.name = word;
    page.components = &component;
    page.component_count = 1;
    named.title = named.first_title = update.message = word;
    told.page = &page;
    told.incident = &named;
    told.updates = &update;
    told.update_count = 1;
    told.first_missed = 0;
    const struct text mail = rendered_as(arena, &told, format);
    g_autofree char *html = strict_text(mail, "html");
    g_autofree char *text = strict_text(mail, "plain");
    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "<img"));
    if (format != FORMAT_PAGER)
        assert_non_null(strstr(text, word));
}

TEST(foreign_words_are_text_wherever_they_stand)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++)
        for (int format = 0; format < SUBSCRIBER_FORMAT_COUNT; format++)
            check_hostile(hostile[i], (enum subscriber_format)format);
}

TEST(template_marks_in_a_title_appear_literally)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct incident named = incident;
    struct story told = story;
    named.title = named.first_title = "{{x}} {{{page.address}}}";
    told.incident = &named;
    const struct text mail = rendered_as(arena, &told, FORMAT_HTML);
    g_autofree char *html = strict_text(mail, "html");

    assert_header(mail, "Subject", "[Identified] {{x}} {{{page.address}}} (#42)");
    assert_non_null(strstr(html, "{{x}} {{{page.address}}}</h1>"));
}

TEST(a_reply_key_in_an_update_is_taken_out)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    static const uint8_t key[KEYED_KEY_SIZE] = {9, 8, 7};
    struct update update = updates[2];
    struct story told = story;
    const char *address = keyed_write_reply(arena, &strict_page, key);
    update.message = arena_format(arena, "write to %s", address);
    told.updates = &update;
    told.update_count = 1;
    told.first_missed = 0;
    const struct text mail = rendered_as(arena, &told, FORMAT_TEXT);

    assert_int_equal(text_find(mail, text_of(address)), -1);
}

TEST(times_are_in_the_readers_zone)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct audience audience = {
        .format = FORMAT_TEXT, .language = "", .time_zone = "Asia/Tokyo"};
    g_autofree char *text = strict_text(rendered(arena, &story, &audience), "plain");

    assert_non_null(strstr(text, "9 January 2026, 19:00 JST"));
}

TEST(several_missed_updates_are_told_oldest_first)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct story late = story;
    late.first_missed = 0;
    g_autofree char *text = strict_text(rendered_as(arena, &late, FORMAT_TEXT), "plain");
    const char *first = strstr(text, "We are **looking**.");
    const char *second = strstr(text, "Es war die");

    assert_non_null(strstr(text, "Since your last mail"));
    assert_non_null(first);
    assert_non_null(second);
    assert_true(first < second);
}

TEST(of_too_many_long_updates_the_latest_are_told)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autofree char *message = g_strnfill(60000, '>');
    struct update many[12];
    struct story told = story;

    for (size_t i = 0; i < G_N_ELEMENTS(many); i++) {
        many[i] = updates[0];
        many[i].message = message;
    }
    told.updates = many;
    told.update_count = G_N_ELEMENTS(many);
    told.first_missed = 0;
    const struct text mail = rendered_as(arena, &told, FORMAT_HTML);
    g_autofree char *text = strict_text(mail, "plain");
    assert_non_null(strstr(text, "(8 earlier updates are left out here.)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_and_authors_are_in_no_subscribers_mail),
        cmocka_unit_test(foreign_words_are_text_wherever_they_stand),
        cmocka_unit_test(template_marks_in_a_title_appear_literally),
        cmocka_unit_test(a_reply_key_in_an_update_is_taken_out),
        cmocka_unit_test(times_are_in_the_readers_zone),
        cmocka_unit_test(several_missed_updates_are_told_oldest_first),
        cmocka_unit_test(of_too_many_long_updates_the_latest_are_told),
    };

    g_mime_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
