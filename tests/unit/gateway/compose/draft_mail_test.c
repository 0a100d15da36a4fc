/* What monitors make operators read: the question whether to publish, and what became of words that were
 * spoken by a monitor's name; in each language. */
#include "gateway/incident/alert.h"
#include "gateway/incident/keyed.h"
#include "tests/unit/gateway/compose/strict.h"

#define MEMORY     ((size_t)256 * 1024 * 1024)
#define ASKED_AT   INT64_C(1767949200000)
#define REPLY_TO   "status+rabcdefghijklmnop@status.example.com"
#define MOST_LINES 24

static const struct letter_fact of_alert[] = {
    {"title", "Production API is down"},
    {"severity", "major"},
    {"draft_component", "comp_api"},
    {"draft_component", "Website"},
    {"text", "We are looking into it.\nMore follows."},
    {"source", "monitor:Production API"},
    {"detail", "Host: api-7.internal\n.\n> quoted\nBcc: x@y.example"},
};

static const struct letter_fact of_notice[] = {
    {"title", "Provider: degraded"},       {"severity", "minor"},
    {"text", "Our provider has trouble."}, {"source", "ada@example.com"},
    {"writer", "status@provider.example"}, {"in_reply_to", "forward-1@example.com"},
    {"subject", "Fwd: degraded"},
};

static const struct letter_facts about = {
    .page = &strict_page, .reply_to = REPLY_TO, .hearers = -1};

static const struct {
    const char *language;
    const char *subject;
    const char *monitor;
    const char *notice;
    const char *affected;
    const char *severity;
} languages[] = {
    {"en", "[Publish?] Production API is down", "The monitor \"Production API\" reports a problem.",
     "ada@example.com forwarded a notice of status@provider.example.", "Affected: API, Website",
     "Severity: Major"},
    {"de", "[Veröffentlichen?] Production API is down",
     "Der Monitor \"Production API\" meldet ein Problem.",
     "ada@example.com hat eine Meldung von status@provider.example weitergeleitet.",
     "Betroffen: API, Website", "Schwere:   Schwerwiegend"},
    {"fr", "[À publier ?] Production API is down",
     "Le moniteur « Production API » signale un problème.",
     "ada@example.com a transféré un avis de status@provider.example.", "Concerne : API, Website",
     "Niveau :   Majeur"},
    {"es", "[¿Publicar?] Production API is down",
     "El monitor «Production API» informa de un problema.",
     "ada@example.com ha reenviado un aviso de status@provider.example.", "Afectado: API, Website",
     "Nivel:    Grave"},
    {"ja", "[公開の確認] Production API is down", "監視「Production API」が異常を検知しました。",
     "ada@example.comから、status@provider.exampleの通知が転送されました。", "対象：  API, Website",
     "重大度：重大"},
};

static struct text written(struct arena *arena, enum letter_kind kind, const char *language,
                           const struct letter_fact *facts, size_t count)
{
    OWN(secret) secret = strict_secret();
    OWN(compose) compose = strict_compose(secret);
    g_autoptr(GError) error = NULL;
    const struct letter letter = {.id = 9,
                                  .page_id = "sp_abc123",
                                  .kind = kind,
                                  .address = "ada@example.com",
                                  .is_operator = true,
                                  .language = language,
                                  .time_zone = "",
                                  .facts = facts,
                                  .fact_count = count,
                                  .created_at = ASKED_AT};
    const struct message *message = compose_letter(compose, arena, &letter, &about, &error);

    if (message == NULL)
        fail_msg("%s", error->message);
    return strict_mail(arena, message, NULL);
}

static void assert_has(const char *text, const char *wanted)
{
    if (strstr(text, wanted) == NULL)
        fail_msg("\"%s\" is not in:\n%s", wanted, text);
}

static void assert_header(struct text mail, const char *name, const char *wanted)
{
    g_autofree char *value = strict_header(mail, name);
    assert_string_equal(value, wanted);
}

TEST(a_draft_says_who_says_so_what_would_be_published_and_what_to_reply)
{
    for (size_t i = 0; i < G_N_ELEMENTS(languages); i++) {
        OWN(arena) arena = arena_open(MEMORY);
        const struct text mail =
            written(arena, LETTER_DRAFT, languages[i].language, of_alert, G_N_ELEMENTS(of_alert));
        g_autofree char *raw = strict_header(mail, "Subject");
        g_autofree char *subject = g_mime_utils_header_decode_text(NULL, raw);
        g_autofree char *text = strict_text(mail, "plain");
        assert_string_equal(subject, languages[i].subject);
        for (const char **wanted =
                 (const char *[]){languages[i].monitor, languages[i].affected,
                                  languages[i].severity, "    We are looking into it.\n    More",
                                  "\n\nopen\n\n", "\n\nignore\n\n", "open major",
                                  "\n> Host: api-7.internal\n> .\n> > quoted\n> Bcc: x@y", NULL};
             *wanted != NULL; wanted++)
            assert_has(text, *wanted);
        assert_null(strstr(text, "monitor:"));
        assert_null(strstr(text, "\n\n\n"));
        assert_header(mail, "Reply-To", REPLY_TO);
        assert_header(mail, "Auto-Submitted", "auto-generated");
        assert_header(mail, "In-Reply-To", "");
        assert_header(mail, "X-Tocsin-Incident", "");
    }
}

/* It answers the mail that brought the notice. */
TEST(a_draft_of_a_notice_names_who_forwarded_it_and_answers_her)
{
    for (size_t i = 0; i < G_N_ELEMENTS(languages); i++) {
        OWN(arena) arena = arena_open(MEMORY);
        const struct text mail =
            written(arena, LETTER_DRAFT, languages[i].language, of_notice, G_N_ELEMENTS(of_notice));
        g_autofree char *text = strict_text(mail, "plain");
        assert_has(text, languages[i].notice);
        assert_has(text, "    Our provider has trouble.");
        assert_null(strstr(text, "\n> "));
        assert_null(strstr(text, "\n\n\n"));
        assert_header(mail, "Auto-Submitted", "auto-replied");
        assert_header(mail, "In-Reply-To", "<forward-1@example.com>");
    }
}

TEST(a_long_detail_is_cut)
{
    for (int lines = MOST_LINES; lines <= MOST_LINES + 1; lines++) {
        OWN(arena) arena = arena_open(MEMORY);
        g_autoptr(GString) detail = g_string_new(NULL);
        for (int i = 1; i <= lines; i++)
            g_string_append_printf(detail, "line %d\n", i);
        const struct letter_fact facts[] = {{"title", "t"}, {"detail", detail->str}};
        g_autofree char *text = strict_text(written(arena, LETTER_DRAFT, "", facts, 2), "plain");
        assert_has(text, "\n> line 24\n");
        assert_null(strstr(text, "line 25"));
        assert_int_equal(strstr(text, "\n> ...\n") != NULL, lines > MOST_LINES);
    }
}

/* A word that no template knows would be an answer that says nothing. */
TEST(an_answer_says_what_the_monitor_said_in_each_language)
{
    for (size_t i = 0; i < G_N_ELEMENTS(languages); i++) {
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (int outcome = 0; outcome < ALERT_OUTCOME_COUNT; outcome++) {
            OWN(arena) arena = arena_open(MEMORY);
            const struct letter_fact facts[] = {
                {"monitor", "Production API"},
                {"alert_key", "web/HTTP"},
                {"alert_outcome", alert_outcome_name((enum alert_outcome)outcome)},
            };
            char *text = strict_text(written(arena, LETTER_ANSWER, languages[i].language, facts, 3),
                                     "plain");
            assert_has(text, "Production API");
            assert_has(text, "web/HTTP");
            assert_null(strstr(text, "\n\n\n"));
            assert_true(g_hash_table_add(seen, text)); /* each outcome has words of its own */
        }
        OWN(arena) arena = arena_open(MEMORY);
        const struct letter_fact silent[] = {{"monitor", "Production API"},
                                             {"alert_key", "web/HTTP"}};
        g_autofree char *nothing =
            strict_text(written(arena, LETTER_ANSWER, languages[i].language, silent, 2), "plain");
        assert_false(g_hash_table_contains(seen, nothing));
    }
}

TEST(an_answer_says_what_the_policy_made_of_it_in_each_language)
{
    static const char *const actions[] = {"nothing", "ask", "withdraw", "overflow", "change"};

    for (size_t i = 0; i < G_N_ELEMENTS(languages); i++) {
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (size_t action = 0; action < G_N_ELEMENTS(actions); action++) {
            OWN(arena) arena = arena_open(MEMORY);
            const struct letter_fact facts[] = {{"monitor", "Production API"},
                                                {"alert_action", actions[action]}};
            char *text = strict_text(written(arena, LETTER_ANSWER, languages[i].language, facts, 2),
                                     "plain");
            assert_null(strstr(text, "\n\n\n"));
            assert_true(g_hash_table_add(seen, text)); /* "change" is told by the changes alone */
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_draft_says_who_says_so_what_would_be_published_and_what_to_reply),
        cmocka_unit_test(a_draft_of_a_notice_names_who_forwarded_it_and_answers_her),
        cmocka_unit_test(a_long_detail_is_cut),
        cmocka_unit_test(an_answer_says_what_the_monitor_said_in_each_language),
        cmocka_unit_test(an_answer_says_what_the_policy_made_of_it_in_each_language),
    };

    g_mime_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
