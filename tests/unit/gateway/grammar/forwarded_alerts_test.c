/* Each mail of corpora/alerts, passed on as people do it: the inner mail has the same subject and text,
 * and the grammar of its product reads in it what it reads in the mail itself. */
#include "gateway/grammar/grammar.h"
#include "gateway/mail/forwarded.h"
#include "tests/unit/unit.h"

#include <jansson.h>

#define ARENA_BYTES ((size_t)64 << 20)

#define OUTER                                                                                      \
    "From: Ada <ada@example.com>\r\nTo: status@status.example.com\r\nSubject: Fwd: %s\r\n"         \
    "MIME-Version: 1.0\r\n"
#define PLAIN                                                                                      \
    OUTER "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"

enum way { ATTACHED, GMAIL, OUTLOOK, APPLE, BIRD, GMAIL_WRAPPED, GMAIL_HTML };
#define WAY_COUNT 7
static const char *const way_names[] = {
    "attached",   "Gmail", "Outlook", "Apple Mail", "Thunderbird", "Gmail, lines of 78 characters",
    "Gmail, HTML"};

/* Their grammars ask for header fields that no inline forward holds. */
static const char *const needs_header[] = {"cron", "netdata", "sentry"};

struct sample {
    const char *file;
    const char *product;
};

struct tally {
    size_t mails;
    size_t same_text;
    size_t read;       /* by its grammar, of the mail itself */
    size_t same_read;  /* and the same of the inner one */
    size_t headerless; /* read of the mail itself by a field that the forward has lost */
};

static char *corpus(const char *file)
{
    const char *given = getenv("TOCSIN_CORPORA");
    const char *corpora = given != NULL ? given : TOCSIN_SOURCE_DIR "/../shared/corpora";

    return g_build_filename(corpora, "alerts", file, NULL);
}

static struct text read_file(struct arena *arena, const char *file)
{
    g_autofree char *path = corpus(file);
    char *bytes = NULL;
    gsize size = 0;

    assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    const struct text kept = {arena_copy(arena, bytes, size), size};
    g_free(bytes);
    return kept;
}

static const char *field(struct arena *arena, const struct mail *mail, const char *name)
{
    const struct mail_field *found = mail_find_field(mail, name, 0);

    return found == NULL ? "" : arena_copy(arena, found->value.at, found->value.size);
}

static char *each_line(struct arena *arena, const char *text, const char *before, size_t most)
{
    g_autoptr(GString) out = g_string_new(NULL);
    struct text rest = text_of(text);
    struct text line;

    while (text_next_line(&rest, &line)) {
        size_t width = 0;
        g_string_append(out, before);
        for (size_t i = 0; i < line.size; i++, width++) {
            bool is_wrapped = width >= most && line.at[i] == ' ';
            g_string_append_c(out, is_wrapped ? '\n' : line.at[i]);
            width = is_wrapped ? 0 : width;
        }
        g_string_append(out, "\r\n");
    }
    return arena_copy(arena, out->str, out->len);
}

static char *decode(struct arena *arena, const struct mail *mail)
{
    const char *body = strstr(mail->raw.at, "\r\n\r\n");
    g_autoptr(GString) out = g_string_new(NULL);
    gsize size = 0;

    assert_non_null(body);
    if (g_ascii_strcasecmp(field(arena, mail, "Content-Transfer-Encoding"), "base64") == 0) {
        g_autofree guchar *bytes = g_base64_decode(body, &size);
        return arena_copy(arena, bytes, size);
    }
    for (const char *c = body; *c != '\0'; c++) {
        if (g_str_has_prefix(c, "=\r\n")) {
            c += 2;
        } else if (*c == '=' && g_ascii_isxdigit(c[1]) && g_ascii_isxdigit(c[2])) {
            g_string_append_c(out,
                              (char)(g_ascii_xdigit_value(c[1]) * 16 + g_ascii_xdigit_value(c[2])));
            c += 2;
        } else {
            g_string_append_c(out, *c);
        }
    }
    return arena_copy(arena, out->str, out->len);
}

static bool is_html(struct arena *arena, const struct mail *mail)
{
    return g_str_has_prefix(field(arena, mail, "Content-Type"), "text/html");
}

/* NULL: that mail cannot be passed on so. */
static const char *wrap(struct arena *arena, const struct mail *mail, enum way way)
{
    const char *subject = mail->subject;
    const char *from = field(arena, mail, "From");
    const char *date = field(arena, mail, "Date");

    switch (way) {
    case ATTACHED:
        return arena_format(arena,
                            OUTER "Content-Type: multipart/mixed; boundary=\"=_w\"\r\n\r\n"
                                  "--=_w\r\nContent-Type: text/plain\r\n\r\nSee.\r\n--=_w\r\n"
                                  "Content-Type: message/rfc822\r\n\r\n%s\r\n--=_w--\r\n",
                            subject, mail->raw.at);
    case GMAIL:
    case GMAIL_WRAPPED:
        return arena_format(
            arena,
            PLAIN
            "See.\r\n\r\n---------- Forwarded message ---------\r\nFrom: %s\r\nDate: Tue, May "
            "14, 2024 at 10:12 AM\r\nSubject: %s\r\nTo: <ops@example.com>\r\n\r\n\r\n%s",
            subject, from, subject,
            each_line(arena, mail->raw_text, "", way == GMAIL ? SIZE_MAX : 70));
    case OUTLOOK:
        return arena_format(arena,
                            PLAIN "See.\r\n\r\nVon: %s\r\nGesendet: Dienstag, 14. Mai 2024 10:12"
                                  "\r\nAn: ops@example.com\r\nBetreff: %s\r\n\r\n%s",
                            subject, from, subject, each_line(arena, mail->raw_text, "", SIZE_MAX));
    case APPLE:
        return arena_format(arena,
                            PLAIN "See.\r\n\r\nBegin forwarded message:\r\n\r\n> From: %s\r\n"
                                  "> Subject: %s\r\n> Date: May 14, 2024 at 10:12:31 AM GMT+2\r\n"
                                  "> To: ops@example.com\r\n> \r\n%s",
                            subject, from, subject,
                            each_line(arena, mail->raw_text, "> ", SIZE_MAX));
    case BIRD:
        return arena_format(arena,
                            PLAIN "See.\r\n\r\n-------- Message transféré --------\r\nSujet : \t%s"
                                  "\r\nDate : \t%s\r\nDe : \t%s\r\nPour : \tops@example.com\r\n"
                                  "\r\n\r\n\r\n%s",
                            subject, subject, date, from,
                            each_line(arena, mail->raw_text, "", SIZE_MAX));
    case GMAIL_HTML:
        return !is_html(arena, mail)
                   ? NULL
                   : arena_format(
                         arena,
                         OUTER "Content-Type: text/html; charset=utf-8\r\n\r\n<div>See.<div "
                               "class=\"gmail_quote\"><div class=\"gmail_attr\">---------- "
                               "Forwarded message ---------<br>From: &lt;m@mon.example.com&gt;<br>"
                               "Date: Tue<br>Subject: %s<br>To: ops@example.com<br></div><br><br>"
                               "%s</div></div>",
                         subject, subject, decode(arena, mail));
    }
    return NULL;
}

/* The words of a text, one space between two. */
static char *squeeze(struct arena *arena, const char *text)
{
    return text_clean_line(arena, text_of(text), SIZE_MAX);
}

static bool is_same_mail(struct arena *arena, const struct mail *one, const struct mail *other)
{
    return strcmp(one->subject, other->subject) == 0 &&
           strcmp(squeeze(arena, one->text), squeeze(arena, other->text)) == 0 &&
           strcmp(squeeze(arena, one->raw_text), squeeze(arena, other->raw_text)) == 0;
}

/* "service problem; alert; key=web01/HTTP; severity=…; …"; "" for nothing. */
static const char *read_by_grammar(struct arena *arena, const char *product, enum way way,
                                   const struct mail *mail)
{
    g_autofree char *path = g_strdup_printf(TOCSIN_SOURCE_DIR "/contrib/monitors/%s.yaml", product);
    const struct grammar_request request = {.role = GRAMMAR_MONITOR, .mail = mail, .extension = ""};
    g_autoptr(GString) out = g_string_new(NULL);

    const struct trial *trial = grammar_try_file(arena, path, &request, problems_new(arena));
    assert_non_null(trial);
    const struct reading *reading = trial->reading;
    if (reading->kind != READING_COMMAND) {
        return "";
    }
    g_string_printf(out, "%s; %s", reading->rule, command_kind_name(reading->command->kind));
    for (size_t i = 0; i < reading->value_count; i++) {
        if (way == GMAIL_WRAPPED && strcmp(reading->values[i].name, "message") == 0) {
            continue; /* its end lies in the next line */
        }
        g_string_append_printf(out, "; %s=%s", reading->values[i].name,
                               squeeze(arena, reading->values[i].value));
    }
    return arena_copy(arena, out->str, out->len);
}

static bool is_headerless(const char *product, enum way way)
{
    for (size_t i = 0; way != ATTACHED && i < G_N_ELEMENTS(needs_header); i++) {
        if (strcmp(product, needs_header[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void judge_reading(struct arena *arena, const struct sample *sample, enum way way,
                          const struct mail *const mails[2], struct tally *tally)
{
    const char *direct = read_by_grammar(arena, sample->product, way, mails[0]);
    const char *inner = read_by_grammar(arena, sample->product, way, mails[1]);

    if (*direct == '\0') {
        return;
    }
    tally->read++;
    if (strcmp(direct, inner) == 0) {
        tally->same_read++;
    } else if (is_headerless(sample->product, way)) {
        tally->headerless++;
    } else {
        print_message("%s, %s:\n  direct %s\n  inner  %s\n", way_names[way], sample->file, direct,
                      inner);
    }
}

static void judge(const struct sample *sample, enum way way, struct tally *tally)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const struct mail *mails[2] = {
        mail_parse(arena, read_file(arena, sample->file), &mail_limits_default, NULL), NULL};
    const char *wrapped = NULL;

    assert_non_null(mails[0]);
    wrapped = wrap(arena, mails[0], way);
    if (wrapped == NULL) {
        return;
    }
    const struct mail *outer = mail_parse(arena, text_of(wrapped), &mail_limits_default, NULL);
    assert_non_null(outer);
    const struct forwarded *forwarded = mail_forwarded(arena, outer, &mail_limits_default);
    tally->mails++;
    if (forwarded == NULL || strcmp(forwarded->comment, "See.") != 0) {
        print_message("%s, %s: not found\n", way_names[way], sample->file);
        return;
    }
    mails[1] = forwarded->mail;
    if (is_same_mail(arena, mails[0], mails[1])) {
        tally->same_text++;
    } else {
        print_message("%s, %s: not the same text\n", way_names[way], sample->file);
    }
    judge_reading(arena, sample, way, mails, tally);
}

static struct tally judge_all(enum way way)
{
    g_autofree char *path = corpus("index.json");
    json_auto_t *index = json_load_file(path, 0, NULL);
    struct tally tally = {0};
    size_t i = 0;
    json_t *entry = NULL;

    if (index == NULL) {
        print_message("corpora not present: skipped\n");
        return tally;
    }
    json_array_foreach(index, i, entry)
    {
        const struct sample sample = {json_string_value(json_object_get(entry, "file")),
                                      json_string_value(json_object_get(entry, "monitor"))};
        judge(&sample, way, &tally);
    }
    print_message("%s: same text %zu of %zu, same reading %zu of %zu, lost with a header %zu\n",
                  way_names[way], tally.same_text, tally.mails, tally.same_read, tally.read,
                  tally.headerless);
    return tally;
}

static void check_way(enum way way)
{
    const struct tally tally = judge_all(way);

    assert_int_equal(tally.same_text, tally.mails);
    assert_int_equal(tally.same_read + tally.headerless, tally.read);
}

TEST(an_attached_alert_is_the_alert)
{
    check_way(ATTACHED);
}

TEST(an_alert_passed_on_inline_has_its_subject_and_text)
{
    check_way(GMAIL);
    check_way(OUTLOOK);
    check_way(APPLE);
    check_way(BIRD);
}

/* Gmail breaks long lines, so that a message ends early; what is made of HTML depends on what is around it
 * (Observium's tables). Key, title and severity are the same, but where a rule looks for a line that was
 * broken: one in twenty at the most. */
TEST(an_alert_that_the_client_changed_still_says_the_same)
{
    const struct tally wrapped = judge_all(GMAIL_WRAPPED);
    const struct tally html = judge_all(GMAIL_HTML);

    assert_true((wrapped.same_read + wrapped.headerless) * 20 >= wrapped.read * 19);
    assert_int_equal(html.same_read, html.read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_attached_alert_is_the_alert),
        cmocka_unit_test(an_alert_passed_on_inline_has_its_subject_and_text),
        cmocka_unit_test(an_alert_that_the_client_changed_still_says_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
