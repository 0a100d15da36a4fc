/* What the mails and replies of other projects say of this folder. They are not part of this
 * repository: without them (TOCSIN_CORPORA, or ../shared/corpora) every test here is skipped. */
#include "gateway/mail/address.h"
#include "gateway/mail/automatic.h"
#include "gateway/mail/decode.h"
#include "gateway/mail/newtext.h"
#include "tests/unit/unit.h"

#include <jansson.h>
#include <stdio.h>
#include <time.h>

#define ARENA_BYTES ((size_t)64 << 20)

static const char *corpora(void)
{
    const char *path = getenv("TOCSIN_CORPORA");

    path = path != NULL ? path : TOCSIN_SOURCE_DIR "/../shared/corpora";
    if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
        print_message("corpora not present: skipped\n");
        skip();
    }
    return path;
}

static char *read_file(const char *folder, const char *file, gsize *size)
{
    g_autofree char *path = g_build_filename(corpora(), folder, file, NULL);
    char *bytes = NULL;

    if (!g_file_get_contents(path, &bytes, size, NULL)) {
        print_message("cannot read %s\n", path);
        fail();
    }
    return bytes;
}

static json_t *read_json(const char *folder, const char *file)
{
    gsize size;
    g_autofree char *bytes = read_file(folder, file, &size);
    json_t *json = json_loadb(bytes, size, 0, NULL);

    assert_non_null(json);
    return json;
}

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* As the corpora's page says: LF, no spaces at line ends, trimmed. */
static char *normalise(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        g_strchomp(*line);
    }
    return g_strstrip(g_strjoinv("\n", lines));
}

static bool contains_all(const json_t *wanted, const char *text, bool is_wanted)
{
    size_t i;
    json_t *part;

    json_array_foreach(wanted, i, part)
    {
        g_autofree char *normal = normalise(json_string_value(part));
        if ((strstr(text, normal) != NULL) != is_wanted) {
            return false;
        }
    }
    return true;
}

struct verdict {
    bool is_right;
    bool is_cut; /* something that should have stayed is gone */
};

static struct verdict judge(const json_t *wanted, const char *text)
{
    const char *equals = json_string_value(json_object_get(wanted, "equals"));
    const char *starts = json_string_value(json_object_get(wanted, "starts_with"));
    g_autofree char *normal = normalise(text);
    g_autofree char *whole = equals == NULL ? NULL : normalise(equals);
    g_autofree char *start = starts == NULL ? NULL : normalise(starts);
    bool has_all = contains_all(json_object_get(wanted, "contains"), normal, true) &&
                   (start == NULL || g_str_has_prefix(normal, start)) &&
                   (whole == NULL || strstr(normal, whole) != NULL);

    return (struct verdict){
        has_all && contains_all(json_object_get(wanted, "not_contains"), normal, false) &&
            (whole == NULL || strcmp(normal, whole) == 0),
        !has_all,
    };
}

static struct verdict judge_reply(const json_t *wanted)
{
    gsize size;
    const char *file = json_string_value(json_object_get(wanted, "file"));
    g_autofree char *bytes = read_file("reply", file, &size);
    OWN(arena) arena = arena_open(ARENA_BYTES);
    double began = seconds();
    const char *text = newtext_cut(arena, text_clean(arena, text_from(bytes, size)));
    struct verdict verdict = judge(wanted, text);

    if (!verdict.is_right || verdict.is_cut || seconds() - began > 1.0) {
        print_message("%s%s:\n<<<%s>>>\n", file, verdict.is_cut ? " (cut)" : "", text);
    }
    assert_true(seconds() - began <= 1.0);
    return verdict;
}

TEST(replies_of_other_parsers_give_their_new_text)
{
    json_t *cases = read_json("reply", "expected.json");
    size_t right = 0;
    size_t cut = 0;
    size_t i;
    json_t *wanted;

    json_array_foreach(cases, i, wanted)
    {
        struct verdict verdict = judge_reply(wanted);
        right += verdict.is_right;
        cut += verdict.is_cut;
    }
    print_message("reply corpus: %zu of %zu, %zu cut\n", right, json_array_size(cases), cut);
    assert_true(right * 100 >= json_array_size(cases) * 95);
    assert_int_equal(cut, 0);
    json_decref(cases);
}

/* Parses one mail: within a second, and whatever comes out holds what mail.h promises. NULL: refused. */
static const struct mail *parse(struct arena *arena, const char *folder, const char *file)
{
    gsize size;
    g_autofree char *bytes = read_file(folder, file, &size);
    g_autoptr(GError) error = NULL;
    double began = seconds();
    char *copy = arena_copy(arena, bytes, size);
    const struct mail *mail =
        mail_parse(arena, text_from(copy, size), &mail_limits_default, &error);

    if (seconds() - began > 1.0) {
        print_message("%s/%s: %.2f s\n", folder, file, seconds() - began);
        fail();
    }
    if (mail == NULL) {
        print_message("%s/%s: refused: %s\n", folder, file, error->message);
        return NULL;
    }
    assert_true(g_utf8_validate(mail->text, -1, NULL));
    assert_true(g_utf8_validate(mail->raw_text, -1, NULL));
    assert_true(strlen(mail->raw_text) <= mail_limits_default.text_bytes);
    assert_true(mail->from == NULL || mail->from_count == 1);
    return mail;
}

TEST(automatic_mails_and_those_of_people_are_told_apart)
{
    json_t *cases = read_json("autoreply", "expected.json");
    size_t wrong = 0;
    size_t i;
    json_t *wanted;

    json_array_foreach(cases, i, wanted)
    {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const char *file = json_string_value(json_object_get(wanted, "file"));
        const struct mail *mail = parse(arena, "autoreply", file);
        assert_non_null(mail);
        bool is_automatic = mail->automatic != MAIL_BY_PERSON;
        if (is_automatic != json_is_true(json_object_get(wanted, "automatic"))) {
            print_message("autoreply/%s: %s\n", file,
                          is_automatic ? mail->automatic_reason : "person");
            wrong++;
        }
    }
    print_message("autoreply corpus: %zu of %zu\n", json_array_size(cases) - wrong,
                  json_array_size(cases));
    assert_int_equal(wrong, 0);
    json_decref(cases);
}

typedef void (*mail_check)(const char *folder, const char *file, const struct mail *mail);

/* Each file of a folder with that ending, and those of its folders. */
static size_t each_mail(const char *folder, const char *ending, mail_check check)
{
    g_autofree char *path = g_build_filename(corpora(), folder, NULL);
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    const char *file;
    size_t count = 0;

    assert_non_null(directory);
    while ((file = g_dir_read_name(directory)) != NULL) {
        g_autofree char *inner = g_build_filename(path, file, NULL);
        g_autofree char *name = g_build_filename(folder, file, NULL);
        if (g_file_test(inner, G_FILE_TEST_IS_DIR)) {
            count += each_mail(name, ending, check);
        } else if (g_str_has_suffix(file, ending)) {
            OWN(arena) arena = arena_open(ARENA_BYTES);
            check(folder, file, parse(arena, folder, file));
            count++;
        }
    }
    return count;
}

static size_t missed;

static void is_hard(const char *folder, const char *file, const struct mail *mail)
{
    if (mail != NULL && mail->automatic != MAIL_AUTOMATIC_HARD && !mail->is_report) {
        print_message("%s/%s: %s\n", folder, file, mail->subject);
        missed++;
    }
}

TEST(bounces_and_feedback_reports_are_automatic)
{
    missed = 0;
    size_t count = each_mail("bounces/flufl", ".txt", is_hard) + each_mail("arf", ".eml", is_hard);
    print_message("bounces and reports: %zu of %zu\n", count - missed, count);
    assert_int_equal(missed, 0);
}

static void is_anything(const char *folder __attribute__((unused)),
                        const char *file __attribute__((unused)),
                        const struct mail *mail __attribute__((unused)))
{
}

TEST(any_mail_is_parsed_or_refused_in_time)
{
    size_t count =
        each_mail("mime", ".eml", is_anything) + each_mail("alerts", ".eml", is_anything) +
        each_mail("maintenance", ".eml", is_anything) + each_mail("calendar", ".eml", is_anything);

    print_message("%zu mails\n", count);
    assert_true(count > 0);
}

TEST(unstructured_headers_are_decoded)
{
    json_t *cases = read_json("mime/stalwart/headers", "unstructured.json");
    size_t right = 0;
    size_t i;
    json_t *vector;

    json_array_foreach(cases, i, vector)
    {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        struct text header = text_of(json_string_value(json_object_get(vector, "header")));
        const char *expected = json_string_value(json_object_get(vector, "expected"));
        const char *line = decode_header(arena, text_trim(header), 998);
        bool is_right =
            expected != NULL && strcmp(line, text_clean_line(arena, text_of(expected), 998)) == 0;
        right += is_right;
        if (!is_right) {
            print_message("unstructured: %s -> %s, not %s\n",
                          json_string_value(json_object_get(vector, "header")), line,
                          expected == NULL ? "null" : expected);
        }
    }
    print_message("unstructured headers: %zu of %zu\n", right, json_array_size(cases));
    json_decref(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_of_other_parsers_give_their_new_text),
        cmocka_unit_test(automatic_mails_and_those_of_people_are_told_apart),
        cmocka_unit_test(bounces_and_feedback_reports_are_automatic),
        cmocka_unit_test(any_mail_is_parsed_or_refused_in_time),
        cmocka_unit_test(unstructured_headers_are_decoded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
