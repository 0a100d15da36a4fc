/* What the mails and replies of other projects say of this folder. They are not part of this
 * repository: without them (TOCSIN_CORPORA, or ../shared/corpora) every test here is skipped. */
#include "gateway/mail/address.h"
#include "gateway/mail/decode.h"
#include "gateway/mail/newtext.h"
#include "gateway/mail/prescan.h"
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
            const struct mail *mail = parse(arena, folder, file);
            if (check != NULL)
                check(folder, file, mail);
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

TEST(any_mail_is_parsed_or_refused_in_time)
{
    size_t count = each_mail("mime", ".eml", NULL) + each_mail("alerts", ".eml", NULL) +
                   each_mail("maintenance", ".eml", NULL) + each_mail("calendar", ".eml", NULL);

    print_message("%zu mails\n", count);
    assert_true(count > 0);
}

/* A vector's header up to the end of its field: some hold the next field too. */
static struct text first_field(struct arena *arena, const json_t *vector)
{
    const char *header = json_string_value(json_object_get(vector, "header"));
    struct text rest = text_of(arena_format(arena, "X:%s", header));
    struct text name;
    struct text value = {NULL, 0};

    (void)prescan_next_field(&rest, &name, &value);
    return text_trim(value);
}

typedef bool (*vector_check)(struct arena *arena, struct text value, const json_t *expected);

/* Where a right reading is a matter of taste, a few vectors may be read otherwise. */
static void check_vectors(const char *file, vector_check check, size_t may_differ)
{
    json_t *vectors = read_json("mime/stalwart/headers", file);
    size_t right = 0;
    size_t i;
    json_t *vector;

    json_array_foreach(vectors, i, vector)
    {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        struct text value = first_field(arena, vector);
        bool is_right = check(arena, value, json_object_get(vector, "expected"));
        right += is_right;
        if (!is_right) {
            print_message("%s: %.*s\n", file, (int)value.size, value.at);
        }
    }
    print_message("%s: %zu of %zu\n", file, right, json_array_size(vectors));
    assert_true(right + may_differ >= json_array_size(vectors));
    json_decref(vectors);
}

static bool is_unstructured(struct arena *arena, struct text value, const json_t *expected)
{
    const char *wanted = json_string_value(expected);
    const char *line = decode_header(arena, value, 998);

    return strcmp(line, text_clean_line(arena, text_of(wanted), 998)) == 0;
}

/* Three have an encoded word glued to other text, where the source inserts a space. */
TEST(unstructured_headers_are_decoded)
{
    check_vectors("unstructured.json", is_unstructured, 3);
}

static int64_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static bool is_date(struct arena *arena __attribute__((unused)), struct text value,
                    const json_t *expected)
{
    if (!json_is_object(expected)) {
        return decode_date(value) == 0;
    }
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) date =
        g_date_time_new(utc, (int)number(expected, "year"), (int)number(expected, "month"),
                        (int)number(expected, "day"), (int)number(expected, "hour"),
                        (int)number(expected, "minute"), (double)number(expected, "second"));
    int64_t zone = number(expected, "tz_hour") * 3600 + number(expected, "tz_minute") * 60;
    if (json_is_true(json_object_get(expected, "tz_before_gmt"))) {
        zone = -zone;
    }
    return date == NULL || decode_date(value) == (g_date_time_to_unix(date) - zone) * 1000;
}

/* Five are comments in the middle, words that are no date, and old zone names. */
TEST(dates_are_read)
{
    check_vectors("date.json", is_date, 5);
}

static bool are_ids(struct arena *arena, struct text value, const json_t *expected)
{
    size_t i;
    json_t *id;

    json_array_foreach(expected, i, id)
    {
        const char *wanted = json_string_value(id);
        const char *found = decode_next_id(arena, &value);
        if (found == NULL || strcmp(found, wanted) != 0) {
            return false;
        }
    }
    return decode_next_id(arena, &value) == NULL;
}

/* Ids with spaces or without brackets are none to us. */
TEST(message_ids_are_read)
{
    check_vectors("id.json", are_ids, 4);
}

/* Each address of `expected` that is a strict one must be found, and nothing else. */
static size_t count_strict(struct arena *arena, const json_t *list)
{
    size_t count = 0;
    size_t i;
    json_t *entry;

    json_array_foreach(list, i, entry)
    {
        const char *address = json_string_value(json_object_get(entry, "address"));
        count += address != NULL && address_parse(arena, text_of(address), NULL) != NULL;
        count += count_strict(arena, json_object_get(entry, "addresses"));
    }
    return count;
}

static bool are_addresses(struct arena *arena, struct text value, const json_t *expected)
{
    struct mail_address found[100];
    json_t *list = json_object_get(expected, "List");
    json_t *group = json_object_get(expected, "Group");
    size_t wanted = count_strict(arena, list != NULL ? list : group);

    return address_parse_list(arena, value, found, 100) == wanted;
}

TEST(address_lists_are_read)
{
    check_vectors("address.json", are_addresses, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_of_other_parsers_give_their_new_text),
        cmocka_unit_test(automatic_mails_and_those_of_people_are_told_apart),
        cmocka_unit_test(bounces_and_feedback_reports_are_automatic),
        cmocka_unit_test(any_mail_is_parsed_or_refused_in_time),
        cmocka_unit_test(unstructured_headers_are_decoded),
        cmocka_unit_test(dates_are_read),
        cmocka_unit_test(message_ids_are_read),
        cmocka_unit_test(address_lists_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
