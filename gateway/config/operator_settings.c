#include "gateway/config/operator_settings.h"

#include "gateway/config/checks.h"
#include "gateway/config/proof_settings.h"
#include "gateway/config/twice.h"
#include "gateway/mail/address.h"

#include <string.h>

#define NAME_CHARACTERS  100
#define LOGIN_CHARACTERS 254
#define MOST_PAGERS      16

static const char *const notify_names[] = {
    [OPERATOR_NOTIFY_ALL] = "all",
    [OPERATOR_NOTIFY_OWN] = "own",
    [OPERATOR_NOTIFY_NONE] = "none",
    NULL,
};

static const struct reader_field pager_fields[] = {
    {.name = "address",
     .kind = READER_STRING,
     .at = READER_AT(struct pager_setting, address),
     .is_required = true,
     .check = checks_address,
     .help = "from which the pager's replies come, such as 4915112345678@sms.example.net"},
    {.name = "login",
     .kind = READER_STRING,
     .at = READER_AT(struct pager_setting, login),
     .least = 1,
     .most = LOGIN_CHARACTERS},
    {.name = "proofs",
     .kind = READER_CUSTOM,
     .at = READER_AT(struct pager_setting, proofs),
     .read = proof_settings_read},
    {.name = "require",
     .kind = READER_CUSTOM,
     .at = READER_AT(struct pager_setting, require),
     .read = proof_settings_read},
};
static const struct reader_table pager_table = {
    .fields = pager_fields,
    .count = G_N_ELEMENTS(pager_fields),
    .size = sizeof(struct pager_setting),
    .node_at = READER_AT(struct pager_setting, node),
};

static const struct reader_field fields[] = {
    {.name = "name",
     .kind = READER_STRING,
     .at = READER_AT(struct operator_setting, name),
     .is_required = true,
     .least = 1,
     .most = NAME_CHARACTERS,
     .help = "the operator's, as people read it"},
    {.name = "address",
     .kind = READER_STRING,
     .at = READER_AT(struct operator_setting, address),
     .is_required = true,
     .check = checks_address,
     .help = "from which she writes, such as ada@example.com"},
    {.name = "login",
     .kind = READER_STRING,
     .at = READER_AT(struct operator_setting, login),
     .least = 1,
     .most = LOGIN_CHARACTERS},
    {.name = "pages",
     .kind = READER_STRINGS,
     .at = READER_AT(struct operator_setting, pages),
     .count_at = READER_AT(struct operator_setting, page_count),
     .given_at = READER_AT(struct operator_setting, has_pages)},
    {.name = "proofs",
     .kind = READER_CUSTOM,
     .at = READER_AT(struct operator_setting, proofs),
     .read = proof_settings_read},
    {.name = "require",
     .kind = READER_CUSTOM,
     .at = READER_AT(struct operator_setting, require),
     .read = proof_settings_read},
    {.name = "notify",
     .kind = READER_ENUM,
     .at = READER_AT(struct operator_setting, notify),
     .names = notify_names,
     .standard = "all"},
    {.name = "time_zone",
     .kind = READER_STRING,
     .at = READER_AT(struct operator_setting, time_zone),
     .check = checks_zone},
    {.name = "language",
     .kind = READER_STRING,
     .at = READER_AT(struct operator_setting, language),
     .check = checks_language},
    {.name = "forwards_for",
     .kind = READER_STRINGS,
     .at = READER_AT(struct operator_setting, forwards_for),
     .count_at = READER_AT(struct operator_setting, forwards_for_count)},
    {.name = "pagers",
     .kind = READER_LIST,
     .at = READER_AT(struct operator_setting, pagers),
     .count_at = READER_AT(struct operator_setting, pager_count),
     .least = 0,
     .most = MOST_PAGERS,
     .table = &pager_table},
};
const struct reader_table operator_settings_table = {
    .fields = fields,
    .count = G_N_ELEMENTS(fields),
    .size = sizeof(struct operator_setting),
    .node_at = READER_AT(struct operator_setting, node),
};

/* The n-th element of a list, or the scalar that was written in its place. */
static const struct yaml_node *element_of(const struct yaml_node *list, size_t n)
{
    const struct yaml_node *element = list->kind == YAML_SEQUENCE ? list->first : list;

    for (; n > 0 && element->next != NULL; n--)
        element = element->next;
    return element;
}

static void check_pages(const struct reader *reader, const struct operator_setting *one,
                        const struct page_settings *pages)
{
    const struct yaml_node *list = yaml_find(one->node, "pages");

    for (size_t i = 0; i < one->page_count; i++) {
        if (page_settings_find(pages, one->pages[i]) != NULL)
            continue;
        const char *nearest = page_settings_find_nearest(pages, one->pages[i]);
        yaml_problem(reader->problems, element_of(list, i),
                     "there is no page \"%.64s\" among status_pages%s%s%s", one->pages[i],
                     nearest == NULL ? "" : ": did you mean ", nearest == NULL ? "" : nearest,
                     nearest == NULL ? "" : "?");
    }
    if (one->has_pages && list->kind == YAML_SEQUENCE && list->count == 0)
        yaml_problem(reader->problems, list,
                     "is empty: name the operator's pages, or leave `pages` out for all");
}

/* `address` of `node`, an operator or a pager of hers. */
static void check_address(const struct reader *reader, const struct yaml_node *node,
                          const char *address, const struct page_settings *pages)
{
    if (address != NULL && page_settings_find_address(pages, address) >= 0)
        yaml_problem(reader->problems, yaml_find(node, "address"),
                     "is a status page's own address: write the address of a person");
}

void operator_settings_check(const struct reader *reader, const struct operator_settings *operators,
                             const struct page_settings *pages, const struct trust_settings *trust)
{
    OWN(twice) addresses = twice_open(reader->problems);
    OWN(twice) logins = twice_open(reader->problems);

    for (size_t i = 0; i < operators->count; i++) {
        const struct operator_setting *one = &operators->at[i];
        const struct proof_choice choice = {.node = one->node,
                                            .address = one->address,
                                            .proofs = one->proofs,
                                            .require = one->require};
        twice_add(addresses, one->node, "address", one->address);
        twice_add(logins, one->node, "login", one->login);
        check_address(reader, one->node, one->address, pages);
        check_pages(reader, one, pages);
        proof_settings_check(reader, &choice, trust);
    }
    for (size_t i = 0; i < operators->count; i++)
        for (size_t k = 0; k < operators->at[i].pager_count; k++) {
            const struct pager_setting *pager = &operators->at[i].pagers[k];
            const struct proof_choice choice = {.node = pager->node,
                                                .address = pager->address,
                                                .proofs = pager->proofs,
                                                .require = pager->require};
            twice_add(addresses, pager->node, "address", pager->address);
            twice_add(logins, pager->node, "login", pager->login);
            check_address(reader, pager->node, pager->address, pages);
            proof_settings_check(reader, &choice, trust);
        }
}

/* One list for all who name none. */
static const char *const *list_ids(struct arena *arena, const struct page_settings *pages)
{
    const char **ids = ARENA_ARRAY(arena, const char *, pages->count);

    for (size_t i = 0; i < pages->count; i++)
        ids[i] = pages->at[i].id;
    return ids;
}

static const struct identity *build_identity(struct arena *arena, const struct identity *identity)
{
    struct identity *kept = ARENA_NEW(arena, struct identity);

    *kept = *identity;
    if (kept->login == NULL)
        kept->login = "";
    return kept;
}

static struct speaker build_speaker(struct arena *arena, const struct operator_setting *setting)
{
    const char **addresses = ARENA_ARRAY(arena, const char *, setting->pager_count);
    const struct identity **identities =
        ARENA_ARRAY(arena, const struct identity *, setting->pager_count);

    for (size_t i = 0; i < setting->pager_count; i++) {
        const struct pager_setting *pager = &setting->pagers[i];
        addresses[i] = address_parse(arena, text_of(pager->address), NULL)->whole;
        identities[i] = build_identity(arena, &(struct identity){.address = addresses[i],
                                                                 .login = pager->login,
                                                                 .accepts = pager->proofs,
                                                                 .requires = pager->require});
    }
    return (struct speaker){
        .forwards_for = setting->forwards_for,
        .forwards_for_count = setting->forwards_for_count,
        .pagers = addresses,
        .pager_identities = identities,
        .pager_count = setting->pager_count,
    };
}

struct built_operators operator_settings_build(struct arena *arena,
                                               const struct operator_settings *operators,
                                               const struct page_settings *pages)
{
    const struct operator** built = ARENA_ARRAY(arena, const struct operator*, operators->count);
    const struct identity **identities =
        ARENA_ARRAY(arena, const struct identity *, operators->count);
    struct speaker *speakers = ARENA_ARRAY(arena, struct speaker, operators->count);
    const char *const *all = list_ids(arena, pages);

    for (size_t i = 0; i < operators->count; i++) {
        const struct operator_setting *setting = &operators->at[i];
        const char *address = address_parse(arena, text_of(setting->address), NULL)->whole;
        struct operator* one = ARENA_NEW(arena, struct operator);
        *one = (struct operator){
            .name = setting->name,
            .address = address,
            .time_zone = setting->time_zone == NULL ? "" : setting->time_zone,
            .language = setting->language == NULL ? "" : setting->language,
            .notify = (enum operator_notify)setting->notify,
            .page_ids = setting->has_pages ? setting->pages : all,
            .page_count = setting->has_pages ? setting->page_count : pages->count,
        };
        built[i] = one;
        identities[i] = build_identity(arena, &(struct identity){.address = address,
                                                                 .login = setting->login,
                                                                 .accepts = setting->proofs,
                                                                 .requires = setting->require});
        speakers[i] = build_speaker(arena, setting);
    }
    return (struct built_operators){built, identities, speakers};
}
