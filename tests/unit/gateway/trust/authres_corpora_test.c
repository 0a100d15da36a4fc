/* What other projects expect of Authentication-Results. They are not part of this repository: without
 * them (TOCSIN_CORPORA, or ../shared/corpora) every test here is skipped. Refusing more than they do is
 * allowed, believing more is a hole. */
#include "gateway/trust/authres.h"
#include "tests/unit/gateway/trust/ada.h"

#include <jansson.h>

#define FIELD "Authentication-Results:"

static char *read_file(const char *file, gsize *size)
{
    const char *given = getenv("TOCSIN_CORPORA");
    const char *corpora = given != NULL ? given : TOCSIN_SOURCE_DIR "/../shared/corpora";
    char *bytes = NULL;

    if (!g_file_test(corpora, G_FILE_TEST_IS_DIR)) {
        print_message("corpora not present: skipped\n");
        skip(); /* jumps: nothing may be held here */
    }
    g_autofree char *path = g_build_filename(corpora, "authres", file, NULL);
    if (!g_file_get_contents(path, &bytes, size, NULL)) {
        print_message("cannot read %s\n", path);
        fail();
    }
    return bytes;
}

static json_t *read_json(const char *file)
{
    gsize size;
    g_autofree char *bytes = read_file(file, &size);
    json_t *json = json_loadb(bytes, size, 0, NULL);

    assert_non_null(json);
    return json;
}

/* As gateway/mail gives a field's value. */
static struct text unfold(struct arena *arena, const char *header)
{
    g_autoptr(GString) value = g_string_new(header);

    if (g_str_has_prefix(header, FIELD))
        g_string_erase(value, 0, (gssize)strlen(FIELD));
    g_string_replace(value, "\r\n", "", 0);
    g_string_replace(value, "\n", "", 0);
    return text_trim(text_from(arena_copy(arena, value->str, value->len), value->len));
}

static bool is_same(struct text text, const json_t *expected)
{
    return text_is_equal(text, text_of(json_string_value(expected)));
}

/* {"header": {"d": …}} or {"header.d": …} */
static bool has_property(const json_t *properties, const struct authres_property *property)
{
    g_autofree char *type = g_strndup(property->type.at, property->type.size);
    g_autofree char *name = g_strndup(property->name.at, property->name.size);
    g_autofree char *both = g_strdup_printf("%s.%s", type, name);
    const json_t *flat = json_object_get(properties, both);
    const json_t *deep = json_object_get(json_object_get(properties, type), name);

    return is_same(property->value, flat != NULL ? flat : deep);
}

/* Only what could become a proof: extras without a type are allowed to differ. */
static bool fits(const struct authres_result *result, const json_t *expected)
{
    if (!is_same(result->method, json_object_get(expected, "method")) ||
        !is_same(result->result, json_object_get(expected, "result")))
        return false;
    for (size_t i = 0; i < result->property_count; i++)
        if ((text_is_equal(result->properties[i].type, TEXT("header")) ||
             text_is_equal(result->properties[i].type, TEXT("smtp"))) &&
            !has_property(json_object_get(expected, "properties"), &result->properties[i]))
            return false;
    return true;
}

static const json_t *results_of(const json_t *expected)
{
    const json_t *results = json_object_get(expected, "resinfo");

    return results != NULL ? results : json_object_get(expected, "results");
}

static bool expects(const json_t *expected, const struct authres_result *result)
{
    size_t i = 0;
    json_t *one = NULL;

    json_array_foreach(results_of(expected), i, one)
    {
        if (fits(result, one))
            return true;
    }
    return false;
}

static bool is_for_proofs(const struct authres_result *result)
{
    return authres_says(result, "pass") &&
           (authres_is_of(result, "dkim") || authres_is_of(result, "spf"));
}

/* Is every dkim=pass and spf=pass that we read expected by a case of the same header, in any mode? */
static bool believes_no_more(const json_t *cases, const char *header,
                             const struct authres_result *result)
{
    size_t i = 0;
    json_t *other = NULL;

    json_array_foreach(cases, i, other)
    {
        if (g_str_equal(json_string_value(json_object_get(other, "header")), header) &&
            expects(json_object_get(other, "expected"), result))
            return true;
    }
    return false;
}

static bool is_read_whole(const struct authres *authres, const json_t *expected)
{
    if (expected == NULL || authres == NULL)
        return (expected == NULL) == (authres == NULL);
    if (authres->result_count != json_array_size(results_of(expected)) ||
        !is_same(authres->id, json_object_get(expected, "authserv_id")))
        return false;
    for (size_t i = 0; i < authres->result_count; i++)
        if (!fits(&authres->results[i], json_array_get(results_of(expected), i)))
            return false;
    return true;
}

static size_t check_headers(const char *file)
{
    json_t *cases = read_json(file);
    size_t whole = 0;
    size_t i = 0;
    json_t *one = NULL;

    json_array_foreach(cases, i, one)
    {
        OWN(arena) arena = arena_open(1 << 20);
        const char *header = json_string_value(json_object_get(one, "header"));
        const struct text value = unit_bytes(unfold(arena, header));
        const struct authres *authres = authres_parse(arena, value);

        for (size_t k = 0; authres != NULL && k < authres->result_count; k++)
            if (is_for_proofs(&authres->results[k]) &&
                !believes_no_more(cases, header, &authres->results[k])) {
                print_message("believed, and should not be: %s\n", header);
                fail();
            }
        whole += is_read_whole(authres, json_object_get(one, "expected"));
        unit_free(value);
    }
    print_message("%s: %zu of %zu as expected\n", file, whole, json_array_size(cases));
    json_decref(cases);
    return whole;
}

TEST(headers_of_other_projects_are_read_or_refused)
{
    assert_true(check_headers("dkim-verifier.json") >= 50);
    assert_true(check_headers("mail-authenticationresults.json") >= 30);
}

static bool is_listed(const json_t *domains, struct text domain)
{
    size_t i = 0;
    json_t *one = NULL;

    json_array_foreach(domains, i, one)
    {
        if (text_is_equal_any_case(domain, text_of(json_string_value(one))))
            return true;
    }
    return false;
}

/* Would this mail prove joe@`domain`, had he written it? A monitor, for the mails name no page. */
static bool proves(struct arena *arena, const json_t *one, const struct mail *mail,
                   const char *domain)
{
    const struct trust_settings settings = {
        .authserv_id = json_string_value(json_object_get(one, "authserv_id")),
        .signature_age_ms = DAY_MS,
    };
    const char *whole = arena_format(arena, "joe@%s", domain);
    const struct identity identity = {
        .address = whole, .login = "", .accepts = PROOF_DKIM, .is_monitor = true};
    const struct mail_address from = {.local = "joe", .domain = domain, .whole = whole};
    const struct trust_facts facts = {
        .session = &ada_session, .page_address = "status@example.net", .now = mail->date_at};
    struct mail copy = *mail;

    copy.from = &from;
    return trust_judge(arena, &settings, &identity, &copy, &facts).outcome == TRUST_PROVEN;
}

static size_t check_mail(const json_t *one)
{
    static const char *const domains[] = {
        "example.com",       "football.example.com", "unrelated.com",    "unrelated.org",
        "example.org",       "example.net",          "last.example.com", "foo.example.com",
        "error.example.com", "01.example.com",       "02.example.com",   "outlook.com",
        "paypal.com"};
    OWN(arena) arena = arena_open(16 << 20);
    const char *file = json_string_value(json_object_get(one, "file"));
    gsize size = 0;
    g_autofree char *bytes = read_file(file, &size);
    const struct mail *mail = mail_parse(arena, text_from(bytes, size), &mail_limits_default, NULL);
    size_t count = 0;

    assert_non_null(mail);
    for (size_t i = 0; i < G_N_ELEMENTS(domains); i++) {
        if (!proves(arena, one, mail, domains[i]))
            continue;
        print_message("%s proves %s\n", file, domains[i]);
        assert_true(is_listed(json_object_get(one, "dkim_pass_domains"), text_of(domains[i])));
        count++;
    }
    return count;
}

TEST(mails_of_other_projects_prove_no_more_than_expected)
{
    json_t *cases = read_json("eml.json");
    size_t proven = 0;
    size_t i = 0;
    json_t *one = NULL;

    json_array_foreach(cases, i, one)
    {
        proven += check_mail(one);
    }
    json_decref(cases);
    assert_true(proven >= 3); /* those that are signed */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_of_other_projects_are_read_or_refused),
        cmocka_unit_test(mails_of_other_projects_prove_no_more_than_expected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
