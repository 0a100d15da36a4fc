#include "gateway/config/proof_settings.h"

#include "gateway/base/error.h"

#include <string.h>

#define BY_VERIFIER  (PROOF_DKIM | PROOF_SPF)
#define NOT_BUILT    (PROOF_OPENPGP | PROOF_SMIME)
#define LIST_OF_ALL  "sasl, dkim, spf, reply_key"
#define OF_MONITORS  "sasl, dkim, spf, network"
#define NAME_LETTERS 32

/* Whoever has an account there has the domain of everybody there (security A20). */
static const char *const shared_domains[] = {
    "aol.com",        "fastmail.com", "free.fr",        "gmail.com",      "gmx.at",
    "gmx.com",        "gmx.de",       "gmx.net",        "googlemail.com", "hotmail.com",
    "icloud.com",     "laposte.net",  "libero.it",      "live.com",       "mac.com",
    "mail.com",       "mail.ru",      "me.com",         "msn.com",        "orange.fr",
    "outlook.com",    "outlook.de",   "pm.me",          "posteo.de",      "proton.me",
    "protonmail.com", "qq.com",       "rocketmail.com", "t-online.de",    "tutanota.com",
    "163.com",        "126.com",      "web.de",         "wp.pl",          "yahoo.co.jp",
    "yahoo.co.uk",    "yahoo.com",    "yahoo.de",       "yandex.com",     "yandex.ru",
    "ymail.com",      "zoho.com",
};

static bool check_name(const char *value, GError **error)
{
    enum proof proof;

    if (!proof_parse(text_of(value), &proof))
        return error_set(error, TOCSIN_ERROR_CONFIG, "is no proof: write some of " LIST_OF_ALL);
    if (proof == PROOF_NETWORK)
        return error_set(error, TOCSIN_ERROR_CONFIG,
                         "is a proof for monitors only, since people share networks: write some "
                         "of " LIST_OF_ALL);
    return true;
}

static bool check_monitor_name(const char *value, GError **error)
{
    enum proof proof;

    if (!proof_parse(text_of(value), &proof))
        return error_set(error, TOCSIN_ERROR_CONFIG, "is no proof: write some of " OF_MONITORS);
    if (proof == PROOF_REPLY_KEY)
        return error_set(error, TOCSIN_ERROR_CONFIG,
                         "is a proof for operators only, since monitors answer nothing: write some "
                         "of " OF_MONITORS);
    return true;
}

static void read_names(const struct reader *reader, const struct yaml_node *node,
                       bool (*check)(const char *, GError **), void *member)
{
    const struct reader_field row = {
        .kind = READER_STRINGS, .least = 1, .most = NAME_LETTERS, .check = check};
    size_t count = 0;
    const char *const *names = reader_read_strings(reader, node, &row, &count);
    unsigned proofs = 0;

    for (size_t i = 0; names != NULL && i < count; i++) {
        enum proof proof;
        if (proof_parse(text_of(names[i]), &proof))
            proofs |= (unsigned)proof;
    }
    memcpy(member, &proofs, sizeof proofs);
}

void proof_settings_read(const struct reader *reader, const struct yaml_node *node, void *member)
{
    read_names(reader, node, check_name, member);
}

void proof_settings_read_monitor(const struct reader *reader, const struct yaml_node *node,
                                 void *member)
{
    read_names(reader, node, check_monitor_name, member);
}

static const char *names_of(const struct proof_choice *choice)
{
    return choice->is_monitor ? OF_MONITORS : LIST_OF_ALL;
}

static bool is_shared(const char *address)
{
    const char *at = address == NULL ? NULL : strrchr(address, '@');

    for (size_t i = 0; at != NULL && i < G_N_ELEMENTS(shared_domains); i++)
        if (g_ascii_strcasecmp(at + 1, shared_domains[i]) == 0)
            return true;
    return false;
}

/* The field that says it: `require` is what counts where both are given. */
static const struct yaml_node *list_of(const struct proof_choice *choice)
{
    const struct yaml_node *require = yaml_find(choice->node, "require");

    return require != NULL ? require : yaml_find(choice->node, "proofs");
}

static void check_verifier(const struct reader *reader, const struct proof_choice *choice)
{
    const unsigned looked = choice->require != 0 ? choice->require : choice->proofs;
    const bool can_hold =
        choice->require != 0 ? (looked & BY_VERIFIER) == 0 : (looked & ~(unsigned)BY_VERIFIER) != 0;

    if (!can_hold)
        yaml_problem(reader->problems, list_of(choice),
                     "dkim and spf never hold while trust.authserv_id is unset: set it, or add "
                     "sasl or %s",
                     choice->is_monitor ? "network" : "reply_key");
    else if ((looked & BY_VERIFIER) != 0)
        yaml_warning(reader->problems, list_of(choice),
                     "dkim and spf count for nothing while trust.authserv_id is unset");
    if ((looked & PROOF_REPLY_KEY) != 0)
        yaml_warning(reader->problems, list_of(choice),
                     "while trust.authserv_id is unset a reply key counts alone: whoever sees such "
                     "an address can write as this operator");
}

/* No network is listed: nothing comes from one. */
static void check_network(const struct reader *reader, const struct proof_choice *choice)
{
    const unsigned looked = choice->require != 0 ? choice->require : choice->proofs;

    if ((looked & PROOF_NETWORK) != 0)
        yaml_problem(reader->problems, list_of(choice),
                     "network never holds while trust.networks is empty: list there the addresses "
                     "from which monitors send");
}

static void check_shared(const struct reader *reader, const struct proof_choice *choice)
{
    const bool is_enough = choice->require == 0 && (choice->proofs & BY_VERIFIER) != 0;
    const bool is_all = choice->require != 0 && (choice->require & ~(unsigned)BY_VERIFIER) == 0;

    if ((is_enough || is_all) && is_shared(choice->address))
        yaml_warning(reader->problems, list_of(choice),
                     "dkim and spf prove a domain, and everybody may have an address at this one: "
                     "%s",
                     choice->is_monitor ? "use sasl or network"
                                        : "write `require: [dkim, reply_key]`, or use sasl");
}

static void check_built(const struct reader *reader, const struct proof_choice *choice)
{
    const unsigned all = choice->proofs | choice->require;

    if ((all & ~(unsigned)NOT_BUILT) == 0 || (choice->require & NOT_BUILT) != 0)
        yaml_problem(reader->problems, list_of(choice),
                     "openpgp and smime cannot be checked by this version: add some of %s",
                     names_of(choice));
    else if ((all & NOT_BUILT) != 0)
        yaml_warning(reader->problems, list_of(choice),
                     "openpgp and smime cannot be checked by this version, the other proofs count");
}

void proof_settings_check(const struct reader *reader, const struct proof_choice *choice,
                          const struct trust_settings *trust)
{
    const unsigned all = choice->proofs | choice->require;

    if (choice->node == NULL)
        return;
    if (list_of(choice) == NULL) {
        yaml_problem(reader->problems, choice->node,
                     "needs a proof, or anybody could write as this %s: `proofs:` with some of %s",
                     choice->is_monitor ? "monitor" : "operator", names_of(choice));
        return;
    }
    if (all == 0) {
        /* A list whose elements are wrong has had its sentences. */
        if ((list_of(choice)->kind == YAML_SEQUENCE && list_of(choice)->count == 0) ||
            yaml_is_null(list_of(choice)))
            yaml_problem(reader->problems, list_of(choice), "is empty: name a proof, some of %s",
                         names_of(choice));
        return;
    }
    check_built(reader, choice);
    if (choice->proofs != 0 && choice->require != 0)
        yaml_warning(reader->problems, yaml_find(choice->node, "proofs"),
                     "counts for nothing beside `require`, which asks for all that it lists");
    if (trust->authserv_id == NULL)
        check_verifier(reader, choice);
    if (choice->is_monitor && trust->network_count == 0)
        check_network(reader, choice);
    check_shared(reader, choice);
}
