#include "gateway/compose/thread.h"
#include "gateway/incident/keyed.h"
#include "tests/unit/unit.h"

#define BEGAN_AT INT64_C(1767949200000)

static const struct page page = {
    .id = "sp_abc123",
    .name = "Example",
    .local = "status",
    .domain = "status.example.com",
    .address = "status@status.example.com",
};

static const struct incident incident = {
    .number = 42, .title = "New", .first_title = "API errors", .created_at = BEGAN_AT};
static const struct update updates[200] = {
    {.created_at = BEGAN_AT}, {.created_at = BEGAN_AT + 60000}, {.created_at = BEGAN_AT + 120000}};

static struct secret *test_secret(void)
{
    static const uint8_t root[32] = {7};
    return secret_new(root);
}

static struct story story_of(size_t update_count)
{
    return (struct story){
        .page = &page, .incident = &incident, .updates = updates, .update_count = update_count};
}

static char *written(const struct secret *secret, const struct thread *thread)
{
    GString *output = g_string_new(NULL);
    thread_write(output, secret, thread);
    return g_string_free(output, FALSE);
}

TEST(an_index_has_22_bytes_and_5_for_each_later_update)
{
    OWN(arena) arena = arena_open(1024 * 1024);
    static const uint8_t began[] = {0x01, 0x01, 0xdc, 0x81, 0x46, 0x55};
    uint8_t *before = NULL;

    for (size_t count = 1; count < 6; count++) {
        const struct story story = story_of(count);
        size_t size = 0;
        uint8_t *index = thread_index(arena, &story, &size);
        assert_int_equal(size, 22 + 5 * (count - 1));
        assert_memory_equal(index, began, sizeof began);
        if (before != NULL)
            assert_memory_equal(index, before, size - 5);
        before = index;
    }
    /* 60 s are 600,000,000 ticks of 100 ns: 2288 when 18 bits are dropped. */
    static const uint8_t level[] = {0x00, 0x00, 0x08, 0xf0, 0x00};
    assert_memory_equal(before + 22, level, 5);
}

TEST(a_coarse_level_says_so)
{
    OWN(arena) arena = arena_open(1024 * 1024);
    const struct update late[] = {{.created_at = BEGAN_AT},
                                  {.created_at = BEGAN_AT + INT64_C(3) * 365 * 86400000},
                                  {.created_at = BEGAN_AT - 1000}};
    struct story story = story_of(3);
    size_t size = 0;

    story.updates = late;
    const uint8_t *index = thread_index(arena, &story, &size);
    assert_int_equal(index[22] & 0x80, 0x80);
    assert_int_equal(index[27] | index[28] | index[29] | index[30], 0);
}

TEST(two_incidents_have_two_indices)
{
    OWN(arena) arena = arena_open(1024 * 1024);
    struct incident other = incident;
    struct story story = story_of(1);
    size_t size = 0;
    const uint8_t *one = thread_index(arena, &story, &size);

    other.number = 43;
    story.incident = &other;
    const uint8_t *two = thread_index(arena, &story, &size);
    assert_memory_not_equal(one + 6, two + 6, 16);
}

TEST(an_index_of_very_many_updates_ends)
{
    OWN(arena) arena = arena_open(1024 * 1024);
    const struct story story = story_of(200);
    size_t size = 0;

    (void)thread_index(arena, &story, &size);
    assert_int_equal(size, 22 + 5 * 100);
}

TEST(a_notification_names_the_root_alone)
{
    OWN(arena) arena = arena_open(1024 * 1024);
    OWN(secret) secret = test_secret();
    const struct story story = story_of(2);
    g_autofree char *lines = written(secret, &(struct thread){.page = &page, .story = &story});
    const char *root = keyed_write_root_id(arena, secret, &page, 42);
    const char *wanted = arena_format(arena,
                                      "In-Reply-To: <%s>\r\n"
                                      "References: <%s>\r\n"
                                      "Thread-Topic: API errors (#42)\r\n"
                                      "Thread-Index: ",
                                      root, root);

    assert_true(g_str_has_prefix(lines, wanted));
}

/* The root first: then it is the ancestor of all that follows in each of them. */
TEST(an_answer_names_root_references_and_the_mail_answered)
{
    OWN(arena) arena = arena_open(1024 * 1024);
    OWN(secret) secret = test_secret();
    const struct story story = story_of(1);
    const char *root = keyed_write_root_id(arena, secret, &page, 42);
    const char *references = arena_format(arena, "<a@b.c>\r\n <%s> <bad id> <d@e.f>", root);
    g_autofree char *lines =
        written(secret, &(struct thread){&page, &story, "<mail@example.com>", references});
    const char *wanted = arena_format(arena,
                                      "In-Reply-To: <mail@example.com>\r\n"
                                      "References: <%s> <a@b.c> <d@e.f>\r\n"
                                      " <mail@example.com>\r\n",
                                      root);

    assert_true(g_str_has_prefix(lines, wanted));
}

TEST(another_incidents_thread_is_left_alone)
{
    OWN(arena) arena = arena_open(1024 * 1024);
    OWN(secret) secret = test_secret();
    const struct story story = story_of(1);
    const char *other = keyed_write_root_id(arena, secret, &page, 41);
    g_autofree char *lines = written(secret, &(struct thread){&page, &story, "<mail@example.com>",
                                                              arena_format(arena, "<%s>", other)});

    assert_null(strstr(lines, other));
    assert_null(strstr(lines, "mail@example.com"));
}

TEST(an_answer_about_no_incident_names_its_mail)
{
    OWN(secret) secret = test_secret();
    g_autofree char *lines = written(secret, &(struct thread){&page, NULL, "mail@example.com", ""});
    g_autofree char *nothing = written(secret, &(struct thread){&page, NULL, "", NULL});

    assert_string_equal(lines, "In-Reply-To: <mail@example.com>\r\n"
                               "References: <mail@example.com>\r\n");
    assert_string_equal(nothing, "");
}

TEST(foreign_ids_make_no_headers)
{
    static const char *const hostile[] = {"<a@b>\r\nBcc: <x@y.z",
                                          "<a b@c>",
                                          "<\xc3\xa9@b>",
                                          "<>",
                                          "<<<<",
                                          "@",
                                          "<a@b\x01>",
                                          "nothing"};
    OWN(secret) secret = test_secret();

    for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autofree char *lines =
            written(secret, &(struct thread){&page, NULL, hostile[i], hostile[i]});
        assert_null(strstr(lines, "Bcc"));
        assert_null(strchr(lines, '\x01'));
    }
}

TEST(of_very_many_references_the_oldest_and_the_youngest_stay)
{
    OWN(secret) secret = test_secret();
    g_autoptr(GString) references = g_string_new(NULL);

    for (int i = 0; i < 1000; i++)
        g_string_append_printf(references, "<%d@example.com> ", i);
    g_autofree char *lines =
        written(secret, &(struct thread){&page, NULL, "<mail@example.com>", references->str});
    assert_non_null(strstr(lines, "<0@example.com>"));
    assert_null(strstr(lines, "<500@example.com>"));
    assert_non_null(strstr(lines, "<999@example.com>"));
    assert_true(strlen(lines) < 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_index_has_22_bytes_and_5_for_each_later_update),
        cmocka_unit_test(a_coarse_level_says_so),
        cmocka_unit_test(two_incidents_have_two_indices),
        cmocka_unit_test(an_index_of_very_many_updates_ends),
        cmocka_unit_test(a_notification_names_the_root_alone),
        cmocka_unit_test(an_answer_names_root_references_and_the_mail_answered),
        cmocka_unit_test(another_incidents_thread_is_left_alone),
        cmocka_unit_test(an_answer_about_no_incident_names_its_mail),
        cmocka_unit_test(foreign_ids_make_no_headers),
        cmocka_unit_test(of_very_many_references_the_oldest_and_the_youngest_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
