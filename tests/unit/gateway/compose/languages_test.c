/* The shipped templates of each language: none lacks what English has, and all give good mails. */
#include "gateway/mustache/syntax.h"
#include "tests/unit/gateway/compose/outage.h"

#define FOLDER TOCSIN_SOURCE_DIR "/templates"

/* What a language must have itself; all else may fall back to English. `is_whole`: all of its mails. */
static const struct {
    const char *name;
    bool is_whole;
    bool is_latin; /* a pager can show it; else it has English words there */
} languages[] = {
    {"de", true, true}, {"fr", false, true}, {"es", false, true}, {"ja", false, false}};

/* Of the notification and subscription mails. */
static const char *const for_subscribers[] = {
    "about.txt",     "change.txt",   "commands.txt", "component_state.txt", "components.txt",
    "confirm.txt",   "digest.html",  "digest.txt",   "farewell.txt",        "footer.txt",
    "incident.html", "incident.txt", "leave.txt",    "moment.txt",          "preferences.txt",
    "probe.txt",     "restored.txt", "sentence.txt", "severity.txt",        "span.txt",
    "status.txt",    "updates.txt",  "welcome.txt",
};

/* To operators, and what stands in mails that may fall back to English as well as in these. */
static const char *const of_monitors[] = {"alert.txt", "author.txt", "draft.txt"};

/* Nothing in them is in any language. */
static const char *const wordless[] = {
    "about.html",          "change_value.txt", "color.html",   "digest_frame.html", "frame.html",
    "incident_frame.html", "subject.txt",      "updates.html", "zone.txt",
};

/* How a language writes these is its own affair: the tests below look at what they give. */
static const char *const grammatical[] = {"moment.txt", "month.txt", "span.txt", "zone.txt"};
static const char *const plurals[] = {"is_none", "is_one", "is_two", "ends_one", "ends_few"};

static bool is_among(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

static char **list_files(const char *language)
{
    g_autofree char *path = g_build_filename(FOLDER, language, NULL);
    GDir *folder = g_dir_open(path, 0, NULL);
    GStrvBuilder *files = g_strv_builder_new();

    assert_non_null(folder);
    for (const char *file = NULL; (file = g_dir_read_name(folder)) != NULL;)
        if (g_str_has_suffix(file, ".txt") || g_str_has_suffix(file, ".html"))
            g_strv_builder_add(files, file);
    g_dir_close(folder);
    char **list = g_strv_builder_end(files);
    g_strv_builder_unref(files);
    return list;
}

static bool is_shipped(const char *language, const char *file)
{
    g_autofree char *path = g_build_filename(FOLDER, language, file, NULL);
    return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

static const char *const node_words[] = {
    [SYNTAX_TEXT] = NULL,     [SYNTAX_VALUE] = "{{",     [SYNTAX_RAW_VALUE] = "{{{",
    [SYNTAX_SECTION] = "{{#", [SYNTAX_INVERTED] = "{{#", [SYNTAX_PARTIAL] = "{{>",
    [SYNTAX_PARENT] = "{{<",  [SYNTAX_BLOCK] = "{{$",
};

/* The tags of a template; recurses as deep as they nest. */
static void add_tags(GHashTable *tags, const struct syntax_node *first)
{
    for (const struct syntax_node *node = first; node != NULL; node = node->next) {
        const char *last = node->name != NULL ? strrchr(node->name, '.') : NULL;
        const char *leaf = last != NULL ? last + 1 : node->name;
        if (node->kind != SYNTAX_TEXT && !is_among(plurals, G_N_ELEMENTS(plurals), leaf))
            g_hash_table_add(tags, g_strconcat(node_words[node->kind], node->name, "}}", NULL));
        add_tags(tags, node->first);
    }
}

static GHashTable *read_tags(const char *language, const char *file)
{
    OWN(arena) arena = arena_open((size_t)16 * 1024 * 1024);
    GHashTable *tags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *path = g_build_filename(FOLDER, language, file, NULL);
    g_autofree char *source = NULL;
    gsize size = 0;
    g_autoptr(GError) error = NULL;

    assert_true(g_file_get_contents(path, &source, &size, NULL));
    const struct mustache_template *template =
        mustache_parse(arena, path, text_from(source, size), &error);
    if (template == NULL)
        fail_msg("%s", error->message);
    add_tags(tags, template->root.first);
    return tags;
}

static size_t count_missing(GHashTable *tags, GHashTable *among, const char *file, const char *what)
{
    GHashTableIter every;
    gpointer tag = NULL;
    size_t count = 0;

    g_hash_table_iter_init(&every, tags);
    while (g_hash_table_iter_next(&every, &tag, NULL))
        if (!g_hash_table_contains(among, tag)) {
            print_error("%s %s: %s\n", file, what, (const char *)tag);
            count++;
        }
    return count;
}

static size_t compare(const char *language, const char *file)
{
    if (!is_shipped("en", file)) {
        print_error("%s/%s: English has no such template\n", language, file);
        return 1;
    }
    if (is_among(grammatical, G_N_ELEMENTS(grammatical), file))
        return 0;
    GHashTable *english = read_tags("en", file);
    GHashTable *tags = read_tags(language, file);
    g_autofree char *path = g_strconcat(language, "/", file, NULL);
    const size_t count = count_missing(english, tags, path, "lacks what English has") +
                         count_missing(tags, english, path, "has what English lacks");
    g_hash_table_unref(english);
    g_hash_table_unref(tags);
    return count;
}

TEST(each_language_says_all_that_english_says_and_no_more)
{
    size_t count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(languages); i++) {
        g_auto(GStrv) files = list_files(languages[i].name);
        for (char **file = files; *file != NULL; file++)
            count += compare(languages[i].name, *file);
    }
    assert_int_equal(count, 0);
}

TEST(a_language_has_what_it_claims)
{
    size_t count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(languages); i++) {
        g_auto(GStrv) files = list_files("en");
        for (char **file = files; *file != NULL; file++) {
            const bool is_needed =
                languages[i].is_whole ||
                is_among(for_subscribers, G_N_ELEMENTS(for_subscribers), *file) ||
                is_among(of_monitors, G_N_ELEMENTS(of_monitors), *file);
            const bool is_pager = strcmp(*file, "pager.txt") == 0;
            if (is_among(wordless, G_N_ELEMENTS(wordless), *file) ||
                (is_pager ? !languages[i].is_latin : !is_needed))
                continue;
            if (!is_shipped(languages[i].name, *file)) {
                print_error("%s lacks %s\n", languages[i].name, *file);
                count++;
            }
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(for_subscribers); i++)
        assert_true(is_shipped("en", for_subscribers[i]));
    assert_int_equal(count, 0);
}

TEST(every_language_that_is_shipped_is_looked_at)
{
    GDir *folder = g_dir_open(FOLDER, 0, NULL);
    size_t count = 0;

    while (g_dir_read_name(folder) != NULL)
        count++;
    g_dir_close(folder);
    assert_int_equal(count, G_N_ELEMENTS(languages) + 1);
}

/* Recurses as deep as tags nest. */
static bool has_markup(const struct syntax_node *first)
{
    for (const struct syntax_node *node = first; node != NULL; node = node->next) {
        for (size_t i = 0; node->kind == SYNTAX_TEXT && i < node->text.size; i++)
            if (strchr("&<>", node->text.at[i]) != NULL)
                return true;
        if (has_markup(node->first))
            return true;
    }
    return false;
}

/* A text that is also put into HTML as a partial is not escaped there; and it stands within a line. */
TEST(words_that_stand_in_html_have_no_markup)
{
    static const char *const words[] = {"status.txt",     "severity.txt", "component_state.txt",
                                        "components.txt", "moment.txt",   "month.txt",
                                        "zone.txt",       "span.txt",     "sentence.txt"};
    for (size_t i = 0; i <= G_N_ELEMENTS(languages); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(words); j++) {
            OWN(arena) arena = arena_open((size_t)1024 * 1024);
            const char *language = i < G_N_ELEMENTS(languages) ? languages[i].name : "en";
            g_autofree char *path = g_build_filename(FOLDER, language, words[j], NULL);
            g_autofree char *text = NULL;
            if (!is_shipped(language, words[j]))
                continue;
            assert_true(g_file_get_contents(path, &text, NULL, NULL));
            assert_false(has_markup(mustache_parse(arena, path, text_of(text), NULL)->root.first));
            assert_false(g_str_has_suffix(text, "\n"));
        }
}

static const struct {
    const char *language;
    const char *zone;
    const char *subject;
    const char *at;
    const char *lasted;
    const char *affected;
    const char *sentence;
    const char *digest;
    const char *digests;
} cases[] = {
    {"en", "Europe/Berlin", "[Resolved] API errors (#42)", "1 March 2026, 09:05 CET",
     "1 day 2 hours", "API (major outage)", "This incident is over.",
     "1 incident since 1 March 2026, 09:05 CET", "2 incidents since 1 March 2026, 09:05 CET"},
    {"de", "Europe/Berlin", "[Behoben] API errors (#42)", "1. März 2026, 09:05 Uhr MEZ",
     "1 Tag 2 Stunden", "API (ausgefallen)", "Die Störung ist vorbei.",
     "1 Störung seit dem 1. März 2026, 09:05 Uhr MEZ",
     "2 Störungen seit dem 1. März 2026, 09:05 Uhr MEZ"},
    {"fr", "Europe/Paris", "[Résolu] API errors (#42)", "1er mars 2026, 09:05 (CET)",
     "1 jour 2 heures", "API (panne majeure)", "L’incident est terminé.",
     "1 incident depuis le 1er mars 2026, 09:05 (CET)",
     "2 incidents depuis le 1er mars 2026, 09:05 (CET)"},
    {"es", "Europe/Madrid", "[Resuelto] API errors (#42)", "1 de marzo de 2026, 09:05 (CET)",
     "1 día 2 horas", "API (caída grave)", "El incidente ha terminado.",
     "1 incidente desde el 1 de marzo de 2026, 09:05 (CET)",
     "2 incidentes desde el 1 de marzo de 2026, 09:05 (CET)"},
    {"ja", "Asia/Tokyo", "[復旧済み] API errors (#42)", "2026年3月1日 17:05（日本時間）",
     "1日2時間", "API（全面停止）", "この障害は復旧しました。",
     "2026年3月1日 17:05（日本時間）以降の障害1件", "2026年3月1日 17:05（日本時間）以降の障害2件"},
};

#define MARCH_AT INT64_C(1772352300000) /* 2026-03-01 08:05 UTC */

static const struct incident ended = {
    .id = 3,
    .public_id = "inc_abcdefghijkl",
    .number = 42,
    .page_id = "sp_abc123",
    .title = "API errors",
    .first_title = "API errors",
    .status = INCIDENT_RESOLVED,
    .severity = SEVERITY_MAJOR,
    .affected = affected,
    .affected_count = 2,
    .created_at = MARCH_AT,
};

static const struct update end = {.id = 9,
                                  .status = INCIDENT_RESOLVED,
                                  .severity = SEVERITY_MAJOR,
                                  .message = "",
                                  .by = "ada@example.com",
                                  .created_at = MARCH_AT + 26 * INT64_C(3600000)};

static const struct story ending = {.page = &strict_page,
                                    .incident = &ended,
                                    .updates = &end,
                                    .update_count = 1,
                                    .notification_id = 7,
                                    .kind = NOTIFICATION_RESOLVED,
                                    .made_at = MARCH_AT};

static void assert_subject(struct text mail, const char *wanted)
{
    g_autofree char *raw = strict_header(mail, "Subject");
    g_autofree char *subject = g_mime_utils_header_decode_text(NULL, raw);
    assert_string_equal(subject, wanted);
}

static void assert_has(const char *text, const char *wanted)
{
    if (strstr(text, wanted) == NULL)
        fail_msg("\"%s\" is not in:\n%s", wanted, text);
}

TEST(a_notification_speaks_its_readers_language)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct audience audience = {
            .format = FORMAT_HTML, .language = cases[i].language, .time_zone = cases[i].zone};
        const struct text mail = rendered(arena, &ending, &audience);
        g_autofree char *text = strict_text(mail, "plain");
        g_autofree char *html = strict_text(mail, "html");
        g_autofree char *lang = g_strdup_printf("<html lang=\"%s\">", cases[i].language);
        assert_subject(mail, cases[i].subject);
        assert_has(html, lang);
        for (const char **wanted = (const char *[]){cases[i].at, cases[i].lasted, cases[i].affected,
                                                    cases[i].sentence, NULL};
             *wanted != NULL; wanted++) {
            assert_has(text, *wanted);
            assert_has(html, *wanted);
        }
        assert_int_equal(strstr(text, "You get this mail") != NULL, i == 0);
        assert_int_equal(strstr(html, "You get this mail") != NULL, i == 0);
        assert_int_equal(strstr(html, "Unsubscribe") != NULL, i == 0);
    }
}

TEST(a_digest_speaks_its_readers_language)
{
    const struct story stories[] = {ending, ending};

    for (size_t i = 0; i < G_N_ELEMENTS(cases) * 2; i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        OWN(secret) secret = strict_secret();
        OWN(compose) compose = strict_compose(secret);
        const struct audience audience = {.format = FORMAT_HTML,
                                          .language = cases[i / 2].language,
                                          .time_zone = cases[i / 2].zone};
        const struct digest digest = {&strict_page, MARCH_AT, MARCH_AT + 86400000, stories,
                                      1 + i % 2};
        const struct text mail =
            strict_mail(arena, compose_digest(compose, arena, &digest, &audience, NULL), slots);
        g_autofree char *text = strict_text(mail, "plain");
        g_autofree char *html = strict_text(mail, "html");
        assert_subject(mail, i % 2 == 0 ? cases[i / 2].digest : cases[i / 2].digests);
        assert_has(text, cases[i / 2].lasted);
        assert_has(html, cases[i / 2].lasted);
        assert_has(html, i % 2 == 0 ? cases[i / 2].digest : cases[i / 2].digests);
        assert_int_equal(strstr(text, "You get this mail") != NULL, i / 2 == 0);
    }
}

/* A subject in any language is ours again when it is replied to: its state is one leading bracket. */
TEST(a_state_in_a_subject_is_one_bracket)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *close = strchr(cases[i].subject, ']');
        assert_int_equal(cases[i].subject[0], '[');
        assert_string_equal(close + 1, " API errors (#42)");
    }
}

/* Lines stay short enough to be read as they are, save where a name or address makes them longer. */
TEST(letters_are_wrapped)
{
    for (size_t i = 0; i <= G_N_ELEMENTS(languages); i++) {
        const char *language = i < G_N_ELEMENTS(languages) ? languages[i].name : "en";
        g_auto(GStrv) files = list_files(language);
        for (char **file = files; *file != NULL; file++) {
            g_autofree char *path = g_build_filename(FOLDER, language, *file, NULL);
            g_autofree char *text = NULL;
            assert_true(g_file_get_contents(path, &text, NULL, NULL));
            g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
            for (char **line = lines; g_str_has_suffix(*file, ".txt") && *line != NULL; line++)
                if (strstr(*line, "{{") == NULL && g_utf8_strlen(*line, -1) > 88)
                    fail_msg("%s/%s: too long: %s", language, *file, *line);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_language_says_all_that_english_says_and_no_more),
        cmocka_unit_test(a_language_has_what_it_claims),
        cmocka_unit_test(every_language_that_is_shipped_is_looked_at),
        cmocka_unit_test(words_that_stand_in_html_have_no_markup),
        cmocka_unit_test(a_notification_speaks_its_readers_language),
        cmocka_unit_test(a_digest_speaks_its_readers_language),
        cmocka_unit_test(a_state_in_a_subject_is_one_bracket),
        cmocka_unit_test(letters_are_wrapped),
    };

    g_mime_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
