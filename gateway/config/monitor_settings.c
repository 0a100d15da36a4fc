#include "gateway/config/monitor_settings.h"

#include "gateway/config/checks.h"
#include "gateway/config/proof_settings.h"
#include "gateway/config/twice.h"
#include "gateway/grammar/pattern.h"
#include "gateway/mail/address.h"

#include <string.h>

#define NAME_CHARACTERS    100
#define LOGIN_CHARACTERS   254
#define GRAMMAR_CHARACTERS 100

/* It is looked for in subjects: signs alone would be found everywhere. */
static bool check_name(const char *value, GError **error)
{
    for (const char *at = value; *at != '\0'; at = g_utf8_next_char(at))
        if (g_unichar_isalnum(g_utf8_get_char(at)))
            return true;
    return error_set(error, TOCSIN_ERROR_CONFIG, "has neither letter nor digit");
}

/* A monitor never speaks as people do (security A23). */
static bool check_grammar(const char *value, GError **error)
{
    static const char *const of_people[] = {"operator", "subscriber", "bounces"};

    for (size_t i = 0; i < G_N_ELEMENTS(of_people); i++)
        if (strcmp(value, of_people[i]) == 0)
            return error_set(error, TOCSIN_ERROR_CONFIG,
                             "is no grammar of monitors: leave `grammar` out, and all of them are "
                             "asked");
    return true;
}

static void read_match(const struct reader *reader, const struct yaml_node *node, void *member)
{
    struct match_setting *match = member;
    struct monitor_match *matches = ARENA_ARRAY(reader->arena, struct monitor_match, node->count);
    static const struct reader_field row = {.kind = READER_STRING};

    if (node->kind != YAML_MAPPING) {
        yaml_problem(reader->problems, node,
                     "is no mapping of groups and patterns: write { host: '^api' }");
        return;
    }
    match->at = matches;
    for (const struct yaml_node *one = node->first; one != NULL; one = one->next) {
        g_autoptr(GError) error = NULL;
        size_t offset = 0;
        const char *source = NULL;
        if (!reader_read_value(reader, one, &row, &source))
            continue;
        OWN(pattern) pattern = pattern_open(source, &offset, &error);
        if (pattern == NULL)
            yaml_problem(reader->problems, one, "is no pattern: %s at character %zu",
                         error->message, offset + 1);
        matches[match->count++] = (struct monitor_match){one->key, source};
    }
}

static const struct reader_field fields[] = {
    {.name = "name",
     .kind = READER_STRING,
     .at = READER_AT(struct monitor_setting, name),
     .is_required = true,
     .least = 1,
     .most = NAME_CHARACTERS,
     .check = check_name,
     .help = "as its mails and people name it, such as Production API"},
    {.name = "from",
     .kind = READER_STRING,
     .at = READER_AT(struct monitor_setting, address),
     .check = checks_address},
    {.name = "login",
     .kind = READER_STRING,
     .at = READER_AT(struct monitor_setting, login),
     .least = 1,
     .most = LOGIN_CHARACTERS},
    {.name = "proofs",
     .kind = READER_CUSTOM,
     .at = READER_AT(struct monitor_setting, proofs),
     .read = proof_settings_read_monitor},
    {.name = "require",
     .kind = READER_CUSTOM,
     .at = READER_AT(struct monitor_setting, require),
     .read = proof_settings_read_monitor},
    {.name = "grammar",
     .kind = READER_STRING,
     .at = READER_AT(struct monitor_setting, grammar),
     .least = 1,
     .most = GRAMMAR_CHARACTERS,
     .check = check_grammar},
    {.name = "match",
     .kind = READER_CUSTOM,
     .at = READER_AT(struct monitor_setting, match),
     .read = read_match},
    {.name = "forwards_for",
     .kind = READER_STRINGS,
     .at = READER_AT(struct monitor_setting, forwards_for),
     .count_at = READER_AT(struct monitor_setting, forwards_for_count)},
    {.name = "alert_policy",
     .kind = READER_MAPPING,
     .at = READER_AT(struct monitor_setting, policy),
     .table = &policy_settings_table},
};
const struct reader_table monitor_settings_table = {
    .fields = fields,
    .count = G_N_ELEMENTS(fields),
    .size = sizeof(struct monitor_setting),
    .node_at = READER_AT(struct monitor_setting, node),
};

static void check_address(const struct reader *reader, const struct monitor_setting *one,
                          const struct page_settings *pages)
{
    const struct yaml_node *login = yaml_find(one->node, "login");

    if (one->address != NULL && page_settings_find_address(pages, one->address) >= 0)
        yaml_problem(reader->problems, yaml_find(one->node, "from"),
                     "is a status page's own address: write the address from which the monitor "
                     "sends");
    if (login != NULL && yaml_find(one->node, "from") == NULL)
        yaml_problem(reader->problems, login, "needs `from`, the address that it goes with");
}

/* Without a From there is nothing that these could prove. */
static void check_proofs_without_from(const struct reader *reader,
                                      const struct monitor_setting *one)
{
    const char *const lists[] = {"proofs", "require"};

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        const unsigned proofs = i == 0 ? one->proofs : one->require;
        if ((proofs & ~(unsigned)PROOF_NETWORK) != 0)
            yaml_problem(reader->problems, yaml_find(one->node, lists[i]),
                         "sasl, dkim and spf prove an address: add `from`, or write network alone");
    }
}

static void check_proofs(const struct reader *reader, const struct monitor_setting *one,
                         const struct trust_settings *trust)
{
    const bool has_from = yaml_find(one->node, "from") != NULL;
    const bool has_list =
        yaml_find(one->node, "proofs") != NULL || yaml_find(one->node, "require") != NULL;
    const struct proof_choice choice = {.node = one->node,
                                        .address = one->address,
                                        .proofs = one->proofs,
                                        .require = one->require,
                                        .is_monitor = true};

    if (has_from || has_list)
        proof_settings_check(reader, &choice, trust);
    if (!has_from)
        check_proofs_without_from(reader, one);
}

void monitor_settings_check(const struct reader *reader, const struct monitor_settings *monitors,
                            const struct page_settings *pages, const struct trust_settings *trust)
{
    OWN(twice) names = twice_open(reader->problems);

    for (size_t i = 0; i < monitors->count; i++) {
        const struct monitor_setting *one = &monitors->at[i];
        if (one->node == NULL)
            continue;
        twice_add(names, one->node, "name", one->name);
        check_address(reader, one, pages);
        check_proofs(reader, one, trust);
        policy_settings_check(reader, one->node, &one->policy, pages);
    }
}

static const struct identity *
build_identity(struct arena *arena, const struct monitor_setting *setting, const char *address)
{
    struct identity *identity = ARENA_NEW(arena, struct identity);

    *identity = (struct identity){
        .address = address,
        .login = setting->login == NULL ? "" : setting->login,
        .accepts = setting->proofs,
        .requires = setting->require,
        .is_monitor = true,
    };
    return identity;
}

struct built_monitors monitor_settings_build(struct arena *arena,
                                             const struct monitor_settings *monitors,
                                             const struct page_settings *pages)
{
    const struct monitor **built = ARENA_ARRAY(arena, const struct monitor *, monitors->count);
    const struct identity **identities =
        ARENA_ARRAY(arena, const struct identity *, monitors->count);

    for (size_t i = 0; i < monitors->count; i++) {
        const struct monitor_setting *setting = &monitors->at[i];
        const char *address = setting->address == NULL
                                  ? ""
                                  : address_parse(arena, text_of(setting->address), NULL)->whole;
        struct monitor *one = ARENA_NEW(arena, struct monitor);
        *one = (struct monitor){
            .name = setting->name,
            .address = address,
            .grammar = setting->grammar == NULL ? "" : setting->grammar,
            .matches = setting->match.at,
            .match_count = setting->match.count,
            .forwards_for = setting->forwards_for,
            .forwards_for_count = setting->forwards_for_count,
            .policy = policy_settings_build(arena, &setting->policy, pages),
        };
        built[i] = one;
        identities[i] = build_identity(arena, setting, address);
    }
    return (struct built_monitors){built, identities};
}

const struct monitor_setting *monitor_settings_find(const struct monitor_settings *monitors,
                                                    const char *name)
{
    for (size_t i = 0; i < monitors->count; i++)
        if (monitors->at[i].name != NULL && g_ascii_strcasecmp(monitors->at[i].name, name) == 0)
            return &monitors->at[i];
    return NULL;
}
