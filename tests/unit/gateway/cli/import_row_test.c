#include "gateway/cli/import_row.h"

#include "tests/unit/unit.h"

#define NOW INT64_C(1795000000000)

static const struct component components[] = {{"comp_api", "API", "Core"},
                                              {"comp_web", "Website", "Core"}};
static const struct page page = {
    .id = "sp_abc123",
    .local = "status",
    .domain = "status.example.com",
    .time_zone = "Etc/UTC",
    .language = "en",
    .components = components,
    .component_count = G_N_ELEMENTS(components),
};
static const struct page *const pages[] = {&page};
static const struct config config = {.pages = pages, .page_count = 1};

static bool read_rest(void *context, char *buffer, size_t size, size_t *got, GError **error)
{
    struct text *rest = context;

    (void)error;
    *got = MIN(rest->size, size);
    memcpy(buffer, rest->at, *got);
    *rest = text_skip(*rest, *got);
    return true;
}

static void read_one(GString *out, struct arena *arena, const struct import_row *import,
                     const struct csv_row *row)
{
    struct import_person person;
    g_autoptr(GError) error = NULL;

    if (!import_row_read(arena, import, row, &person, &error)) {
        g_string_append_printf(out, "%d! %s\n", (int)row->line, error->message);
        return;
    }
    g_string_append_printf(out, "%d: %s%s%s", (int)row->line, person.subscriber.address,
                           person.is_pending ? " pending" : "",
                           *person.warning != '\0' ? " warned" : "");
    g_string_append_printf(out, "%s %s\n", *person.words != '\0' ? ";" : "",
                           g_strdelimit(arena_string(arena, person.words), "\n", ';'));
}

/* What becomes of each row of a file; ignored columns first. */
static char *import(const char *file)
{
    OWN(arena) arena = arena_open((size_t)1 << 20);
    struct text rest = text_of(file);
    OWN(csv) csv = csv_open(read_rest, &rest);
    GString *out = g_string_new(NULL);
    struct csv_row row = {0};
    g_autoptr(GError) error = NULL;

    assert_int_equal(csv_next(csv, &row, NULL), CSV_ROW);
    const struct import_columns *columns = import_columns_find(arena, &row, &error);
    if (columns == NULL) {
        g_string_append(out, error->message);
        return g_string_free(out, FALSE);
    }
    const struct import_row rows = {&config, &page, columns, NOW};
    for (size_t i = 0; i < columns->ignored_count; i++)
        g_string_append_printf(out, "ignored %s\n", columns->ignored[i]);
    if (!columns->has_header)
        read_one(out, arena, &rows, &row);
    while (csv_next(csv, &row, NULL) == CSV_ROW)
        read_one(out, arena, &rows, &row);
    return g_string_free(out, FALSE);
}

static const struct {
    const char *file;
    const char *want;
} files[] = {
    {"address\nCarol@Example.NET\n", "2: Carol@example.net \n"},
    {"Format;E-Mail;Shoe size\npager;a@x.test;44\n",
     "ignored Shoe size\n2: a@x.test; format: pager;\n"},
    {"email,components,groups\na@x.test,\"API, Website\",\nb@x.test,,core\nc@x.test,Phone,\n",
     "2: a@x.test; components: api, web;\n3: b@x.test; components: \"Core\";\n"
     "4! \"Phone\": there is no such component\n"},
    /* Statuspage: the template of its import, and its export */
    {"email,a@x.test,yes\nsms,6505550100,US\nwebhook,https://x.test/h,b@x.test\n",
     "1: a@x.test \n2! is of type \"sms\": only mail is sent\n"
     "3! is of type \"webhook\": only mail is sent\n"},
    {"type,email,quarantined_at,created_at\nemail,a@x.test,,2020-01-01\n"
     "email,b@x.test,2021-01-01,2020-01-01\nsms,,,\n",
     "2: a@x.test \n3! is in quarantine there: nothing arrived\n"
     "4! is of type \"sms\": only mail is sent\n"},
    /* Mailman's members */
    {"a@x.test\n\"Doe, Jane\" <jane@x.test>\nDoe, John <john@x.test>\nnobody\n",
     "1: a@x.test \n2: jane@x.test \n3: john@x.test \n4! has no address\n"},
    {"address,state\na@x.test,confirmed\nb@x.test,pending\nc@x.test,suspended\nd@x.test,"
     "unsubscribed\n"
     "e@x.test,lost\n",
     "2: a@x.test \n3: b@x.test pending \n4! is suspended there\n5! is unsubscribed there\n"
     "6! is in a state that is not known: \"lost\"\n"},
    {"address,page\na@x.test,sp_abc123\nb@x.test,sp_other\n",
     "2: a@x.test \n3! is of another page: \"sp_other\"\n"},
    {"address,format,delivery\na@x.test,pager,daily 08:00\n",
     "2! a pager gets each message at once, no digest: choose delivery immediate, or the format "
     "html "
     "or text\n"},
    {"first,second\n1,2\n",
     "line 1: has neither an address nor a column called \"email\" or \"address\""},
};

TEST(files_of_several_programs_are_understood)
{
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *found = import(files[i].file);

        assert_string_equal(found, files[i].want);
    }
}

static const struct {
    const char *address;
    const char *want;
} addresses[] = {
    {"a@x", "!"},
    {"-rf@x.test", "!"},
    {"status@status.example.com", "! is the address of a page\n"},
    {"Status+u1@STATUS.example.com", "! is the address of a page\n"},
    {"statusquo@status.example.com", ": statusquo@status.example.com \n"},
    {"postmaster@x.test", "! is a role's"},
    {"Abuse@x.test", "! is a role's"},
    {"news-request@x.test", "! is a role's"},
    {"owner-news@x.test", "! is a role's"},
    {"6505550100@tmomail.net", ": 6505550100@tmomail.net warned \n"},
    {"6505550100@vtext.com", ": 6505550100@vtext.com warned \n"},
};

TEST(own_and_role_addresses_are_refused_and_dead_gateways_named)
{
    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
        g_autofree char *file = g_strdup_printf("email\n%s\n", addresses[i].address);
        g_autofree char *found = import(file);

        if (!g_str_has_prefix(found + 1, addresses[i].want))
            fail_msg("%s: %s", addresses[i].address, found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_several_programs_are_understood),
        cmocka_unit_test(own_and_role_addresses_are_refused_and_dead_gateways_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
