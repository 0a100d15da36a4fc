#include "gateway/cli/choices.h"

#include "tests/unit/unit.h"

static const struct component components[] = {
    {"comp_api", "API", "Core"},
    {"comp_web", "Website", "Core"},
    {"comp_eu", "Login, EU", "Regions; all"},
};
static const struct page page = {
    .id = "sp_abc123", .components = components, .component_count = G_N_ELEMENTS(components)};

static const struct {
    enum choice choice;
    const char *word;
    const char *want; /* wishes_write(); NULL: refused */
} cases[] = {
    {CHOICE_COMPONENTS, "", ""},
    {CHOICE_COMPONENTS, "comp_api", "components: api\n"},
    {CHOICE_COMPONENTS, "API, website", "components: api, web\n"},
    {CHOICE_COMPONENTS, "api|Login, EU", "components: api, eu\n"},
    {CHOICE_COMPONENTS, "Login, EU", "components: eu\n"},
    {CHOICE_COMPONENTS, "api; web;", "components: api, web\n"},
    {CHOICE_COMPONENTS, "all", "components: all\n"},
    {CHOICE_COMPONENTS, "ap", NULL},
    {CHOICE_COMPONENTS, "api, mail", NULL},
    {CHOICE_COMPONENTS, "i:17", NULL},
    {CHOICE_GROUPS, "core", "components: \"Core\"\n"},
    {CHOICE_GROUPS, "Regions; all", "components: \"Regions; all\"\n"},
    {CHOICE_GROUPS, "Edge", NULL},
    {CHOICE_SEVERITY, "Major", "severity: major\n"},
    {CHOICE_SEVERITY, "worst", NULL},
    {CHOICE_KINDS, "incidents, post-mortems", "kinds: incidents, post-mortems\n"},
    {CHOICE_KINDS, "everything", NULL},
    {CHOICE_FORMAT, "pager", "format: pager\n"},
    {CHOICE_FORMAT, "fax", NULL},
    {CHOICE_DELIVERY, "daily 08:00", "delivery: daily 08:00\n"},
    {CHOICE_DELIVERY, "Weekly Mon 17:30", "delivery: weekly mon 17:30\n"},
    {CHOICE_DELIVERY, "daily at eight", NULL},
    {CHOICE_DELIVERY, "daily 25:00", NULL},
    {CHOICE_DELIVERY, "daily\nformat: pager", NULL},
    {CHOICE_CRITICAL, "immediate", "critical: immediate\n"},
    {CHOICE_CRITICAL, "maybe", NULL},
    {CHOICE_LANGUAGE, "de_AT.UTF-8", "language: de\n"},
    {CHOICE_LANGUAGE, "German", NULL},
    {CHOICE_TIME_ZONE, "Europe/Berlin", "time zone: Europe/Berlin\n"},
    {CHOICE_TIME_ZONE, "../../etc/passwd", NULL},
    {CHOICE_TIME_ZONE, "Moon", NULL},
};

TEST(a_choice_means_what_it_says_or_is_refused)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open((size_t)1 << 20);
        const struct text word = unit_bytes(text_of(cases[i].word));
        struct wishes wishes = {0};
        g_autoptr(GError) error = NULL;
        const bool is_read = choices_read(arena, &page, cases[i].choice, word, &wishes, &error);

        unit_free(word);
        if (is_read != (cases[i].want != NULL))
            fail_msg("%s: %s", cases[i].word, is_read ? "was read" : error->message);
        if (is_read)
            assert_string_equal(wishes_write(arena, &wishes), cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_choice_means_what_it_says_or_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
