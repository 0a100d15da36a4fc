#include "gateway/config/page_settings.h"

#include "gateway/base/moment.h"
#include "gateway/config/checks.h"
#include "gateway/config/twice.h"
#include "gateway/mail/address.h"

#include <string.h>

#define MOST_PAGES_COMPONENTS 1000
#define NAME_CHARACTERS       100
#define COMPONENT_PREFIX      "comp_"

static const struct reader_field component_fields[] = {
    {.name = "id",
     .kind = READER_STRING,
     .at = READER_AT(struct component_setting, id),
     .is_required = true,
     .check = checks_id,
     .help = "by which updates and monitors name it, such as comp_api"},
    {.name = "name",
     .kind = READER_STRING,
     .at = READER_AT(struct component_setting, name),
     .is_required = true,
     .least = 1,
     .most = NAME_CHARACTERS,
     .help = "what people read"},
    {.name = "group",
     .kind = READER_STRING,
     .at = READER_AT(struct component_setting, group),
     .least = 1,
     .most = NAME_CHARACTERS},
};
static const struct reader_table component_table = {
    .fields = component_fields,
    .count = G_N_ELEMENTS(component_fields),
    .size = sizeof(struct component_setting),
    .node_at = READER_AT(struct component_setting, node),
};

static const struct reader_field page_fields[] = {
    {.name = "id",
     .kind = READER_STRING,
     .at = READER_AT(struct page_setting, id),
     .is_required = true,
     .check = checks_id,
     .help = "by which operators and monitors name it, such as sp_abc123"},
    {.name = "name",
     .kind = READER_STRING,
     .at = READER_AT(struct page_setting, name),
     .is_required = true,
     .least = 1,
     .most = NAME_CHARACTERS,
     .help = "what people read"},
    {.name = "address",
     .kind = READER_STRING,
     .at = READER_AT(struct page_setting, address),
     .is_required = true,
     .check = checks_page_address,
     .help = "the page's own, such as status@status.example.com"},
    {.name = "url",
     .kind = READER_STRING,
     .at = READER_AT(struct page_setting, url),
     .check = checks_url},
    {.name = "time_zone",
     .kind = READER_STRING,
     .at = READER_AT(struct page_setting, time_zone),
     .standard = "Etc/UTC",
     .check = checks_zone},
    {.name = "language",
     .kind = READER_STRING,
     .at = READER_AT(struct page_setting, language),
     .standard = "en",
     .check = checks_language},
    {.name = "contact",
     .kind = READER_STRING,
     .at = READER_AT(struct page_setting, contact),
     .check = checks_address},
    {.name = "reopen_for",
     .kind = READER_SPAN,
     .at = READER_AT(struct page_setting, reopen_ms),
     .standard = "7d",
     .most = 365 * DAY_MS},
    {.name = "reply_key_for",
     .kind = READER_SPAN,
     .at = READER_AT(struct page_setting, reply_key_ms),
     .standard = "14d",
     .least = HOUR_MS,
     .most = 365 * DAY_MS},
    {.name = "maintenance_reminders",
     .kind = READER_STRINGS,
     .at = READER_AT(struct page_setting, reminders),
     .count_at = READER_AT(struct page_setting, reminder_count),
     .given_at = READER_AT(struct page_setting, has_reminders),
     .check = checks_reminder},
    {.name = "components",
     .kind = READER_LIST,
     .at = READER_AT(struct page_setting, components),
     .count_at = READER_AT(struct page_setting, component_count),
     .most = MOST_PAGES_COMPONENTS,
     .table = &component_table},
};
const struct reader_table page_settings_table = {
    .fields = page_fields,
    .count = G_N_ELEMENTS(page_fields),
    .size = sizeof(struct page_setting),
    .node_at = READER_AT(struct page_setting, node),
};

static bool is_all(const char *name)
{
    return name != NULL && g_ascii_strcasecmp(name, "all") == 0;
}

/* `Components: all` means every one. */
static void check_component_name(const struct reader *reader, const struct component_setting *one)
{
    const char *bare = one->id != NULL && g_str_has_prefix(one->id, COMPONENT_PREFIX)
                           ? one->id + strlen(COMPONENT_PREFIX)
                           : one->id;

    if (is_all(bare))
        yaml_problem(reader->problems, yaml_find(one->node, "id"),
                     "`all` means every component where operators write: choose another id");
    if (is_all(one->name))
        yaml_problem(reader->problems, yaml_find(one->node, "name"),
                     "`all` means every component where operators write: choose another name");
}

static void check_components(const struct reader *reader, const struct page_setting *page)
{
    OWN(twice) ids = twice_open(reader->problems);
    OWN(twice) names = twice_open(reader->problems);

    for (size_t i = 0; i < page->component_count; i++) {
        const struct component_setting *one = &page->components[i];
        twice_add(ids, one->node, "id", one->id);
        twice_add(names, one->node, "name", one->name);
        check_component_name(reader, one);
    }
}

/* Compared by domain and by what stands before a "+". */
static bool is_at(const struct page_setting *page, const char *address)
{
    const char *at = strrchr(address, '@');
    const char *page_at = page->address == NULL ? NULL : strrchr(page->address, '@');

    if (at == NULL || page_at == NULL || g_ascii_strcasecmp(at, page_at) != 0)
        return false;
    const size_t size = MIN(strcspn(address, "+"), (size_t)(at - address));
    return size == (size_t)(page_at - page->address) &&
           g_ascii_strncasecmp(address, page->address, size) == 0;
}

ptrdiff_t page_settings_find_address(const struct page_settings *pages, const char *address)
{
    for (size_t i = 0; i < pages->count; i++)
        if (is_at(&pages->at[i], address))
            return (ptrdiff_t)i;
    return -1;
}

const struct page_setting *page_settings_find(const struct page_settings *pages, const char *id)
{
    for (size_t i = 0; i < pages->count; i++)
        if (pages->at[i].id != NULL && strcmp(pages->at[i].id, id) == 0)
            return &pages->at[i];
    return NULL;
}

void page_settings_check(const struct reader *reader, const struct page_settings *pages)
{
    OWN(twice) ids = twice_open(reader->problems);
    OWN(twice) addresses = twice_open(reader->problems);

    for (size_t i = 0; i < pages->count; i++) {
        const struct page_setting *page = &pages->at[i];
        twice_add(ids, page->node, "id", page->id);
        twice_add(addresses, page->node, "address", page->address);
        check_components(reader, page);
        if (page->contact != NULL && page_settings_find_address(pages, page->contact) >= 0)
            yaml_problem(reader->problems, yaml_find(page->node, "contact"),
                         "is a status page's own address, mail for it would come back: write the "
                         "address of people");
    }
}

static const char *or_empty(const char *string)
{
    return string == NULL ? "" : string;
}

/* Without slashes at the end: paths are appended. */
static const char *trim_url(struct arena *arena, const char *url)
{
    struct text text = text_of(url);

    while (text_has_suffix(text, TEXT("/")))
        text = text_first(text, text.size - 1);
    return arena_copy(arena, text.at, text.size);
}

static const struct component *build_components(struct arena *arena,
                                                const struct page_setting *page)
{
    struct component *components = ARENA_ARRAY(arena, struct component, page->component_count);

    for (size_t i = 0; i < page->component_count; i++) {
        const struct component_setting *one = &page->components[i];
        components[i] = (struct component){one->id, one->name, or_empty(one->group)};
    }
    return components;
}

static const char *const standard_reminders[] = {"24h", "1h"};

static void set_reminders(struct arena *arena, const struct page_setting *setting,
                          struct page *page)
{
    const char *const *given = setting->has_reminders ? setting->reminders : standard_reminders;
    const size_t count =
        setting->has_reminders ? setting->reminder_count : G_N_ELEMENTS(standard_reminders);
    int64_t *reminders = ARENA_ARRAY(arena, int64_t, count);

    for (size_t i = 0; i < count; i++)
        (void)moment_parse_span(text_of(given[i]), &reminders[i]);
    page->reminders = reminders;
    page->reminder_count = count;
}

static const struct page *build_page(struct arena *arena, const struct page_setting *setting)
{
    const struct mail_address *address = address_parse(arena, text_of(setting->address), NULL);
    const struct mail_address *contact = address_parse(arena, text_of(setting->contact), NULL);
    struct page *page = ARENA_NEW(arena, struct page);

    *page = (struct page){
        .id = setting->id,
        .name = setting->name,
        .local = address->local,
        .domain = address->domain,
        .address = address->whole,
        .url = trim_url(arena, or_empty(setting->url)),
        .time_zone = setting->time_zone,
        .language = setting->language,
        .contact = contact == NULL ? "" : contact->whole,
        .reopen_ms = setting->reopen_ms,
        .reply_key_ms = setting->reply_key_ms,
        .components = build_components(arena, setting),
        .component_count = setting->component_count,
    };
    set_reminders(arena, setting, page);
    return page;
}

const struct page *const *page_settings_build(struct arena *arena,
                                              const struct page_settings *pages)
{
    const struct page **built = ARENA_ARRAY(arena, const struct page *, pages->count);

    for (size_t i = 0; i < pages->count; i++)
        built[i] = build_page(arena, &pages->at[i]);
    return built;
}

const char *page_settings_find_nearest(const struct page_settings *pages, const char *id)
{
    g_autofree const char **ids = g_new0(const char *, pages->count + 1);
    size_t count = 0;

    for (size_t i = 0; i < pages->count; i++)
        if (pages->at[i].id != NULL)
            ids[count++] = pages->at[i].id;
    return reader_find_nearest(id, ids, count);
}
