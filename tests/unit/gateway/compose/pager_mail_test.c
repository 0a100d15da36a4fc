/* What a pager gets, in each language. */
#include "gateway/compose/gsm.h"
#include "gateway/compose/pager.h"
#include "tests/unit/gateway/compose/outage.h"

/* Heads by severity and status; Japanese cannot be shown, so that language has English words. */
static const struct {
    const char *language;
    const char *severities[INCIDENT_SEVERITY_COUNT];
    const char *statuses[INCIDENT_STATUS_COUNT];
} heads[] = {
    {"en",
     {"Minor ", "Major ", "Critical "},
     {"investigating:", "identified:", "monitoring:", "resolved:"}},
    {"de",
     {"Geringfügig, ", "Schwerwiegend, ", "Kritisch, "},
     {"wird untersucht:", "Ursache gefunden:", "wird beobachtet:", "behoben:"}},
    {"fr",
     {"Mineur, ", "Majeur, ", "Critique, "},
     {"en cours d'analyse:", "cause identifiée:", "sous surveillance:", "résolu:"}},
    {"es",
     {"Leve, ", "Grave, ", "Critico, "},
     {"en investigacion:", "causa identificada:", "en observacion:", "resuelto:"}},
    {"ja",
     {"Minor ", "Major ", "Critical "},
     {"investigating:", "identified:", "monitoring:", "resolved:"}},
};

static const char *const titles[] = {
    "API errors",
    "Ein sehr langer Titel, der auf keinen Pager der Welt paßt, weil er länger und länger wird, "
    "und auch dann nicht endet, wenn man meint, daß er doch wohl zu Ende sein müßte: {[€€€€€€€]}",
    "€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€"
    "€",
    "データベースの障害により、ログインできない状態が続いています",
    "\U0001F525\U0001F525",
};

/* Opened once: the templates of all languages are read and checked then. */
static struct compose *shared;

static struct text paged(struct arena *arena, const char *language, const char *title,
                         const struct update *update)
{
    struct incident named = incident;
    struct story told = story;
    const struct audience audience = {
        .format = FORMAT_PAGER, .language = language, .time_zone = ""};

    named.title = named.first_title = title;
    named.number = 1234567;
    told.incident = &named;
    told.updates = update;
    told.update_count = 1;
    told.first_missed = 0;
    return strict_mail(arena, compose_notification(shared, arena, &told, &audience, NULL), slots);
}

static void check_line(const char *line, const char *head)
{
    struct text rest = text_of(line);
    uint32_t character = 0;

    assert_true(g_str_has_suffix(line, " #1234567\n"));
    assert_ptr_equal(strchr(line, '\n') + 1, line + strlen(line));
    assert_true(pager_count_septets(text_of(line)) <= PAGER_MOST_SEPTETS);
    while (text_next_character(&rest, &character))
        assert_true(character == '\n' || gsm_count_septets(character) > 0);
    if (!g_str_has_prefix(line, head))
        fail_msg("\"%s\" does not begin with \"%s\"", line, head);
}

TEST(severity_status_and_number_are_whole_in_each_language)
{
    const size_t steps = (size_t)INCIDENT_SEVERITY_COUNT * INCIDENT_STATUS_COUNT;

    for (size_t i = 0; i < G_N_ELEMENTS(heads) * steps; i++) {
        const size_t language = i / steps;
        struct update update = updates[0];
        update.severity = (enum incident_severity)(i % INCIDENT_SEVERITY_COUNT);
        update.status = (enum incident_status)(i / INCIDENT_SEVERITY_COUNT % INCIDENT_STATUS_COUNT);
        g_autofree char *head = g_strconcat(heads[language].severities[update.severity],
                                            heads[language].statuses[update.status], NULL);
        for (size_t j = 0; j < G_N_ELEMENTS(titles); j++) {
            OWN(arena) arena = arena_open(ARENA_BYTES);
            g_autofree char *line =
                strict_text(paged(arena, heads[language].language, titles[j], &update), "plain");
            check_line(line, head);
        }
    }
}

TEST(a_pager_mail_is_plain_short_and_of_no_list)
{
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct text mail = paged(arena, heads[i].language, "API errors", &updates[0]);
        g_autofree char *type = strict_header(mail, "Content-Type");
        assert_true(g_str_has_prefix(type, "text/plain; charset="));
        assert_header(mail, "From", "status@status.example.com");
        assert_header(mail, "Subject", "#1234567");
        assert_header(mail, "Reply-To", "");
        assert_header(mail, "List-Id", "");
        assert_header(mail, "List-Unsubscribe", "");
        assert_header(mail, "Precedence", "");
        assert_int_equal(text_find(mail, TEXT("status+")), -1); /* no footer */
    }
}

TEST(what_does_not_fit_is_cut_at_a_word)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct update update = updates[0];
    g_autofree char *words = g_strnfill(400, 'x');
    for (size_t i = 9; i < 400; i += 10)
        words[i] = ' ';
    update.message = words;
    g_autofree char *line = strict_text(paged(arena, "de", "API", &update), "plain");

    assert_non_null(strstr(line, " xxxxxxxxx... #1234567\n"));
    assert_true(pager_count_septets(text_of(line)) > 145);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(severity_status_and_number_are_whole_in_each_language),
        cmocka_unit_test(a_pager_mail_is_plain_short_and_of_no_list),
        cmocka_unit_test(what_does_not_fit_is_cut_at_a_word),
    };

    OWN(secret) secret = strict_secret();

    g_mime_init();
    shared = strict_compose(secret);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    compose_close(shared);
    return failed;
}
