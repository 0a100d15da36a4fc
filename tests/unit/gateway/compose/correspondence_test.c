#include "gateway/base/error.h"
#include "gateway/incident/keyed.h"
#include "tests/unit/gateway/compose/strict.h"

#include <assert.h>

#define BEGAN_AT    INT64_C(1767949200000)
#define ARENA_BYTES (256 * 1024 * 1024)

static const struct incident incident = {
    .id = 3,
    .public_id = "inc_abcdefghijkl",
    .number = 42,
    .page_id = "sp_abc123",
    .title = "API errors",
    .first_title = "API errors",
    .status = INCIDENT_IDENTIFIED,
    .severity = SEVERITY_MAJOR,
    .created_at = BEGAN_AT,
};

static const struct update updates[] = {
    {.id = 11,
     .status = INCIDENT_INVESTIGATING,
     .severity = SEVERITY_MAJOR,
     .message = "We are looking.",
     .by = "ada@example.com",
     .created_at = BEGAN_AT},
    {.id = 12,
     .status = INCIDENT_IDENTIFIED,
     .severity = SEVERITY_MAJOR,
     .message = "Found it.",
     .by = "grace@example.com",
     .created_at = BEGAN_AT + 60000},
};

static const struct story story = {
    .page = &strict_page,
    .incident = &incident,
    .updates = updates,
    .update_count = 2,
    .first_missed = 1,
    .notification_id = 7,
    .kind = NOTIFICATION_UPDATED,
    .made_at = BEGAN_AT + 60000,
};

static const struct update note = {
    .kind = UPDATE_NOTE, .message = "zq9", .by = "grace@example.com", .created_at = BEGAN_AT};

static const struct letter_facts about = {
    .page = &strict_page,
    .story = &story,
    .reply_to = "status+rabcdefghijklmnop@status.example.com",
    .hearers = 2,
};

static const struct letter_fact facts[] = {
    {"subject", "Re: RE: [major] API errors"},
    {"in_reply_to", "mail-3@example.com"},
    {"references", "mail-1@example.com"},
    {"references", "<mail-2@example.com>"},
    {"change", "Status: Investigating → Identified"},
    {"problem", "\"fixed\" is no status."},
    {"quoted", "Status: fixed"},
    {"suggestion", "Status: resolved"},
    {"candidate", "#42 API errors"},
    {"text", "Line one.\nLine two."},
};

/* A digest is no letter to compose_letter(). */
static int next_kind(int kind)
{
    return kind + 1 == LETTER_DIGEST ? kind + 2 : kind + 1;
}

static struct letter letter_of(enum letter_kind kind)
{
    return (struct letter){
        .id = 9,
        .page_id = "sp_abc123",
        .kind = kind,
        .address = "ada@example.com",
        .is_operator = true,
        .language = "",
        .time_zone = "",
        .facts = facts,
        .fact_count = G_N_ELEMENTS(facts),
        .created_at = BEGAN_AT + 61000,
    };
}

static struct text written(struct arena *arena, const struct letter *letter,
                           const struct letter_facts *letter_facts)
{
    OWN(secret) secret = strict_secret();
    OWN(compose) compose = strict_compose(secret);
    g_autoptr(GError) error = NULL;
    const struct message *message = compose_letter(compose, arena, letter, letter_facts, &error);

    if (message == NULL)
        fail_msg("%s", error->message);
    return strict_mail(arena, message, NULL);
}

static void assert_header(struct text mail, const char *name, const char *wanted)
{
    g_autofree char *value = strict_header(mail, name);
    assert_string_equal(value, wanted);
}

TEST(every_kind_of_letter_is_a_valid_mail)
{
    for (int kind = 0; kind < LETTER_KIND_COUNT; kind = next_kind(kind))
        for (int is_about = 0; is_about < 2; is_about++) {
            OWN(arena) arena = arena_open(ARENA_BYTES);
            const struct letter letter = letter_of((enum letter_kind)kind);
            struct letter_facts letter_facts = about;
            if (is_about == 0 && kind != LETTER_COPY)
                letter_facts.story = NULL;
            letter_facts.note = kind == LETTER_NOTE ? &note : NULL;
            const struct text mail = written(arena, &letter, &letter_facts);
            g_autofree char *subject = strict_header(mail, "Subject");
            g_autofree char *text = strict_text(mail, "plain");
            assert_true(strlen(subject) > 5);
            assert_true(strlen(text) > 40);
            if (strstr(text, "\n\n\n") != NULL)
                fail_msg("%s: %s", letter_kind_name(letter.kind), text);
            assert_header(mail, "From", "Example <status@status.example.com>");
            assert_header(mail, "To", "ada@example.com");
            assert_header(mail, "Reply-To", about.reply_to);
            assert_header(mail, "Date", "Fri, 09 Jan 2026 09:01:01 +0000");
            assert_header(mail, "List-Unsubscribe", "");
        }
}

TEST(an_answer_is_in_its_authors_thread_and_in_the_incidents)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    OWN(secret) secret = strict_secret();
    const struct letter letter = letter_of(LETTER_ANSWER);
    const struct text mail = written(arena, &letter, &about);
    const char *root = keyed_write_root_id(arena, secret, &strict_page, 42);

    assert_header(mail, "Subject", "[Identified] API errors (#42)");
    assert_header(mail, "In-Reply-To", "<mail-3@example.com>");
    assert_header(mail, "Auto-Submitted", "auto-replied");
    assert_header(
        mail, "Message-ID",
        arena_format(arena, "<%s>", keyed_write_letter_id(arena, secret, &strict_page, 9)));
    g_autofree char *references = strict_header(mail, "References");
    g_auto(GStrv) ids = g_strsplit_set(references, " \r\n\t", -1);
    g_autofree char *joined = g_strjoinv("", ids);
    assert_string_equal(joined, arena_format(arena,
                                             "<%s><mail-1@example.com><mail-2@example.com>"
                                             "<mail-3@example.com>",
                                             root));
}

TEST(an_answer_says_what_changed_and_who_will_hear)
{
    static const struct {
        int64_t hearers;
        bool is_least;
        const char *wanted;
    } cases[] = {
        {-1, false, "Nobody is told of this."},
        {0, false, "No subscriber hears of this incident so far, so no mail goes out."},
        {1, false, "\n1 subscriber will hear of it."},
        {2, false, "\n2 subscribers will hear of it."},
        {10000, true, "At least 10000 subscribers will hear of it."},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct letter letter = letter_of(LETTER_ANSWER);
        struct letter_facts letter_facts = about;
        letter_facts.hearers = cases[i].hearers;
        letter_facts.is_hearers_least = cases[i].is_least;
        g_autofree char *text = strict_text(written(arena, &letter, &letter_facts), "plain");
        assert_non_null(strstr(text, "Status: Investigating → Identified"));
        assert_non_null(strstr(text, "    Line one.\n    Line two.\n"));
        assert_non_null(strstr(text, "Resolved: it works again"));
        assert_null(strstr(text, "Identified: what the cause is"));
        assert_non_null(strstr(text, cases[i].wanted));
    }
}

TEST(a_preview_says_that_nobody_would_be_told_where_it_was_asked_for_alone)
{
    static const struct letter_fact silent[] = {{"text", "We look."}, {"silent", "yes"}};

    for (size_t count = 1; count <= 2; count++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        struct letter letter = letter_of(LETTER_PREVIEW);
        struct letter_facts letter_facts = about;
        letter.facts = silent;
        letter.fact_count = count;
        letter_facts.hearers = -1;
        g_autofree char *text = strict_text(written(arena, &letter, &letter_facts), "plain");
        assert_non_null(strstr(text, "    We look.\n"));
        assert_int_equal(strstr(text, "Nobody would be told.") != NULL, count == 2);
    }
}

TEST(a_question_is_under_its_authors_subject_and_says_what_works)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct letter letter = letter_of(LETTER_QUESTION);
    struct letter_facts letter_facts = about;
    letter_facts.story = NULL;
    const struct text mail = written(arena, &letter, &letter_facts);
    g_autofree char *text = strict_text(mail, "plain");

    assert_header(mail, "Subject", "Re: [major] API errors");
    assert_non_null(strstr(text, "\"fixed\" is no status."));
    assert_non_null(strstr(text, "    Status: fixed\n"));
    assert_non_null(strstr(text, "    Status: resolved\n"));
    assert_non_null(strstr(text, "    #42 API errors\n"));
    assert_non_null(strstr(text, "Nothing has changed"));
}

TEST(a_copy_is_the_notification_with_its_author_and_examples)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    OWN(secret) secret = strict_secret();
    const struct letter letter = letter_of(LETTER_COPY);
    const struct text mail = written(arena, &letter, &about);
    g_autofree char *text = strict_text(mail, "plain");
    const char *root =
        arena_format(arena, "<%s>", keyed_write_root_id(arena, secret, &strict_page, 42));

    assert_header(mail, "Subject", "[Identified] API errors (#42)");
    assert_header(mail, "References", root);
    assert_header(mail, "In-Reply-To", root);
    assert_header(mail, "Auto-Submitted", "auto-generated");
    assert_non_null(strstr(text, "by grace@example.com\nFound it.\n"));
    assert_null(strstr(text, "We are looking."));
    assert_non_null(strstr(text, "Private: a note that only operators see"));
}

TEST(a_copy_carries_what_unsent_ones_would_have_told)
{
    static const struct letter_fact missed[] = {{"missed", "11"}};
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct letter letter = letter_of(LETTER_COPY);
    letter.facts = missed;
    letter.fact_count = 1;
    g_autofree char *text = strict_text(written(arena, &letter, &about), "plain");

    assert_non_null(strstr(text, "We are looking."));
    assert_non_null(strstr(text, "Found it."));
}

TEST(a_note_is_told_to_operators_alone)
{
    for (int kind = 0; kind < LETTER_KIND_COUNT; kind = next_kind(kind)) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct letter letter = letter_of((enum letter_kind)kind);
        struct letter_facts letter_facts = about;
        letter_facts.note = kind == LETTER_NOTE ? &note : NULL;
        const struct text mail = written(arena, &letter, &letter_facts);
        assert_int_equal(text_find(mail, TEXT("zq9")) >= 0, kind == LETTER_NOTE);
    }
}

static const struct {
    const char *by;
    const char *shown;
} authors[] = {
    {"grace@example.com", "grace@example.com"},
    {"cli:ada", "cli:ada"},
    {"monitor:Production API", "the monitor \"Production API\""},
    {"monitor:a\"b", "the monitor \"a\"b\""},
};

TEST(a_note_and_a_copy_name_their_author_a_monitor_by_its_name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(authors); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        struct update told[] = {updates[0], updates[1]};
        struct update noted = note;
        struct story by_author = story;
        struct letter_facts letter_facts = about;
        const struct letter of_note = letter_of(LETTER_NOTE);
        const struct letter copy = letter_of(LETTER_COPY);

        told[1].by = noted.by = authors[i].by;
        by_author.updates = told;
        letter_facts.story = &by_author;
        letter_facts.note = &noted;
        g_autofree char *as_note = strict_text(written(arena, &of_note, &letter_facts), "plain");
        g_autofree char *as_copy = strict_text(written(arena, &copy, &letter_facts), "plain");
        assert_non_null(strstr(as_note, arena_format(arena, "\nFrom %s, 9 Jan", authors[i].shown)));
        assert_non_null(
            strstr(as_copy, arena_format(arena, ", by %s\nFound it.\n", authors[i].shown)));
        assert_int_equal(strstr(as_note, "Resolved: it works again") != NULL,
                         g_str_has_prefix(authors[i].by, "monitor:"));
    }
}

/* What stands in facts was a stranger's. */
TEST(foreign_facts_are_text)
{
    static const char *const hostile[] = {"x\nBcc: a@example.org",
                                          "{{{page.address}}}",
                                          "<a@b>\r\nBcc: <c@d>",
                                          "=?utf-8?q?=0ABcc:_x?=",
                                          "\xc3\xa9 \xf0\x9f\x94\xa5",
                                          "",
                                          ".\nQUIT"};

    for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++)
        for (int kind = 0; kind < LETTER_KIND_COUNT; kind = next_kind(kind)) {
            OWN(arena) arena = arena_open(ARENA_BYTES);
            struct letter_fact rows[G_N_ELEMENTS(facts)];
            struct letter letter = letter_of((enum letter_kind)kind);
            for (size_t j = 0; j < G_N_ELEMENTS(facts); j++)
                rows[j] = (struct letter_fact){facts[j].name, hostile[i]};
            letter.facts = rows;
            const struct text mail = written(arena, &letter, &about);
            assert_int_equal(text_find(mail, TEXT("\nBcc:")) >= 0 &&
                                 text_find(mail, TEXT("\nBcc:")) <
                                     text_find(mail, TEXT("\r\n\r\n")),
                             false);
        }
}

TEST(a_digest_is_not_written_as_a_letter)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    OWN(secret) secret = strict_secret();
    OWN(compose) compose = strict_compose(secret);
    const struct letter letter = letter_of(LETTER_DIGEST);
    g_autoptr(GError) error = NULL;

    assert_null(compose_letter(compose, arena, &letter, &about, &error));
    assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_BUG));
}

TEST(a_letter_to_no_address_is_refused)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    OWN(secret) secret = strict_secret();
    OWN(compose) compose = strict_compose(secret);
    struct letter letter = letter_of(LETTER_HELP);
    g_autoptr(GError) error = NULL;

    letter.address = "a@b\r\nBcc: c@d";
    assert_null(compose_letter(compose, arena, &letter, &about, &error));
    assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_BUG));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_letter_is_a_valid_mail),
        cmocka_unit_test(an_answer_is_in_its_authors_thread_and_in_the_incidents),
        cmocka_unit_test(an_answer_says_what_changed_and_who_will_hear),
        cmocka_unit_test(a_preview_says_that_nobody_would_be_told_where_it_was_asked_for_alone),
        cmocka_unit_test(a_question_is_under_its_authors_subject_and_says_what_works),
        cmocka_unit_test(a_copy_is_the_notification_with_its_author_and_examples),
        cmocka_unit_test(a_copy_carries_what_unsent_ones_would_have_told),
        cmocka_unit_test(a_note_is_told_to_operators_alone),
        cmocka_unit_test(a_note_and_a_copy_name_their_author_a_monitor_by_its_name),
        cmocka_unit_test(foreign_facts_are_text),
        cmocka_unit_test(a_digest_is_not_written_as_a_letter),
        cmocka_unit_test(a_letter_to_no_address_is_refused),
    };

    g_mime_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
