/* What bounces of other projects say of our table. They are not part of this repository: without them
 * (TOCSIN_CORPORA, or ../shared/corpora) every test here is skipped. */
#include "tests/unit/gateway/grammar/bouncing.h"

#include <jansson.h>
#include <stdio.h>

static char *read_file(const char *folder, const char *file, gsize *size)
{
    const char *given = getenv("TOCSIN_CORPORA");
    const char *corpora = given != NULL ? given : TOCSIN_SOURCE_DIR "/../shared/corpora";
    char *bytes = NULL;

    if (!g_file_test(corpora, G_FILE_TEST_IS_DIR)) {
        print_message("corpora not present: skipped\n");
        skip(); /* jumps: nothing may be held here */
    }
    g_autofree char *path = g_build_filename(corpora, folder, file, NULL);
    if (!g_file_get_contents(path, &bytes, size, NULL)) {
        print_message("cannot read %s\n", path);
        fail();
    }
    return bytes;
}

static size_t count_found(const struct bounce_reading *reading, const json_t *addresses,
                          enum bounce_verdict verdict)
{
    size_t count = 0;
    size_t i;
    json_t *one;

    json_array_foreach(addresses, i, one) for (size_t k = 0; k < reading->count; k++) count +=
        reading->findings[k].verdict == verdict &&
        g_ascii_strcasecmp(reading->findings[k].address, json_string_value(one)) == 0;
    return count;
}

struct tally {
    size_t right;
    size_t count;
    size_t false_permanent;
};

static void judge(const json_t *wanted, const struct bounce_reading *reading, struct tally *tally)
{
    const json_t *permanent = json_object_get(wanted, "permanent");
    const json_t *temporary = json_object_get(wanted, "temporary");
    const size_t failed = count_found(reading, permanent, BOUNCE_PERMANENT);
    const size_t delayed = count_found(reading, temporary, BOUNCE_TEMPORARY);
    size_t said = 0;

    for (size_t i = 0; i < reading->count; i++)
        said += reading->findings[i].verdict == BOUNCE_PERMANENT;
    const bool is_right = failed == json_array_size(permanent) &&
                          delayed == json_array_size(temporary) &&
                          reading->count == failed + delayed;
    tally->count++;
    tally->right += is_right;
    tally->false_permanent += said - failed;
    if (is_right && getenv("TOCSIN_VERBOSE") == NULL)
        return;
    print_message("%s: %s: rule \"%s\"\n", is_right ? "right" : "WRONG",
                  json_string_value(json_object_get(wanted, "file")), reading->rule);
    for (size_t i = 0; i < reading->count; i++)
        print_message("   %s %s [%s] %s\n",
                      reading->findings[i].verdict == BOUNCE_PERMANENT ? "permanent" : "temporary",
                      reading->findings[i].address, reading->findings[i].status,
                      reading->findings[i].words);
}

TEST(bounces_of_other_projects_give_their_addresses_and_permanence)
{
    gsize size = 0;
    g_autofree char *text = read_file("bounces", "expected.json", &size);
    json_t *cases = json_loadb(text, size, 0, NULL);
    OWN(grammars) grammars = bounces_open(NULL);
    struct tally tally = {0, 0, 0};
    size_t i;
    json_t *wanted;

    json_array_foreach(cases, i, wanted)
    {
        OWN(arena) arena = arena_open(BOUNCES_BYTES);
        g_autofree char *bytes =
            read_file("bounces", json_string_value(json_object_get(wanted, "file")), &size);
        judge(wanted, bounces_read(grammars, arena, text_from(bytes, size)), &tally);
    }
    print_message("bounces corpus: %zu of %zu (%.1f %%), %zu false permanent\n", tally.right,
                  tally.count, 100.0 * (double)tally.right / (double)tally.count,
                  tally.false_permanent);
    assert_int_equal(tally.false_permanent, 0);
    assert_true(tally.right * 100 >= tally.count * 97);
    json_decref(cases);
}

/* Each report's .json says what the source made of it. */
static bool is_read_as(struct arena *arena, const char *name)
{
    gsize size = 0;
    g_autofree char *mail_file = g_strconcat(name, ".eml", NULL);
    g_autofree char *json_file = g_strconcat(name, ".json", NULL);
    g_autofree char *bytes = read_file("arf", mail_file, &size);
    const struct mail *mail = mail_parse(arena, text_from(bytes, size), &mail_limits_default, NULL);
    const struct report *report = mail_read_report(arena, mail, &mail_limits_default);
    g_autofree char *text = read_file("arf", json_file, &size);
    json_t *wanted = json_loadb(text, size, 0, NULL);
    const bool is_abuse =
        strcmp(json_string_value(json_object_get(wanted, "feedback_type")), "Abuse") == 0;

    json_decref(wanted);
    return mail->automatic == MAIL_AUTOMATIC_HARD &&
           report->kind == (is_abuse ? REPORT_COMPLAINT : REPORT_FEEDBACK);
}

TEST(complaints_of_other_projects_are_complaints_and_no_other_feedback_is)
{
    static const char *const names[] = {"001", "002", "003", "004", "005"};
    gsize size = 0;
    size_t right = 0;

    g_free(read_file("arf", "001.eml", &size)); /* skips before anything is held */
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        OWN(arena) arena = arena_open(BOUNCES_BYTES);
        right += is_read_as(arena, names[i]);
    }
    print_message("arf corpus: %zu of %zu\n", right, G_N_ELEMENTS(names));
    assert_int_equal(right, G_N_ELEMENTS(names));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounces_of_other_projects_give_their_addresses_and_permanence),
        cmocka_unit_test(complaints_of_other_projects_are_complaints_and_no_other_feedback_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
