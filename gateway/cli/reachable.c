#include "gateway/cli/reachable.h"

#include "gateway/base/moment.h"

#include <stdio.h>
#include <string.h>

#define LABEL_WIDTH 9

struct reaching {
    struct arena *arena;
    const struct config *config;
    struct grammars *grammars;
    const struct page *page;
    const struct monitor *monitor;
    const struct identity *identity;
};

static void print_row(const char *label, const char *text)
{
    (void)printf("  %-*s%s\n", LABEL_WIDTH, label, text);
}

static const char *join(struct arena *arena, const char *const *words, size_t count)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (size_t i = 0; i < count; i++)
        g_string_append_printf(out, "%s%s", i == 0 ? "" : ", ", words[i]);
    return arena_copy(arena, out->str, out->len);
}

static const char *networks_of(const struct reaching *reaching)
{
    const struct trust_settings *trust = &reaching->config->intake.trust;

    return join(reaching->arena, trust->networks, trust->network_count);
}

/* "proven by network (192.0.2.0/28) or dkim" */
static const char *describe_proofs(const struct reaching *reaching)
{
    const struct identity *identity = reaching->identity;
    const bool is_all = identity->requires != 0;
    const unsigned proofs = is_all ? identity->requires : identity->accepts;
    g_autoptr(GString) out = g_string_new("proven by");
    bool is_first = true;

    for (unsigned bit = 1; bit <= PROOF_SMIME; bit <<= 1) {
        if ((proofs & bit) == 0)
            continue;
        g_string_append_printf(out, "%s %s",
                               is_first ? ""
                               : is_all ? " and"
                                        : " or",
                               proof_write(reaching->arena, bit));
        if (bit == PROOF_NETWORK)
            g_string_append_printf(out, " (%s)", networks_of(reaching));
        if (bit == PROOF_SASL && *identity->login != '\0')
            g_string_append_printf(out, " (login %s)", identity->login);
        is_first = false;
    }
    return arena_copy(reaching->arena, out->str, out->len);
}

static bool is_operator_of(const struct operator* operator, const char * page_id)
{
    for (size_t i = 0; i < operator->page_count; i++)
        if (strcmp(operator->page_ids[i], page_id) == 0)
            return true;
    return false;
}

/* One stands for all: there may be thousands. */
static void print_operators(const struct reaching *reaching)
{
    const struct config *config = reaching->config;
    const char *first = NULL;
    size_t others = 0;

    for (size_t i = 0; i < config->operator_count; i++) {
        if (!is_operator_of(config->operators[i], reaching->page->id))
            continue;
        others += first != NULL ? 1 : 0;
        first = first != NULL ? first : config->operators[i]->address;
    }
    if (first != NULL)
        print_row("from",
                  arena_format(reaching->arena,
                               "%s%s, proven, and the subject is the one below alone", first,
                               others == 0 ? "" : " or another operator of the page"));
}

static void print_senders(const struct reaching *reaching)
{
    const unsigned proofs = reaching->identity->accepts | reaching->identity->requires;

    if (*reaching->monitor->address != '\0') {
        print_row("from", arena_format(reaching->arena, "%s, %s", reaching->monitor->address,
                                       describe_proofs(reaching)));
        return;
    }
    if ((proofs & PROOF_NETWORK) != 0)
        print_row("from", arena_format(reaching->arena, "anything in %s", networks_of(reaching)));
    print_row("from", "a monitor that is proven, and the mail holds the name");
    print_operators(reaching);
}

static bool lists(const char *const *words, size_t count, const struct monitor *monitor)
{
    for (size_t i = 0; i < count; i++)
        if (g_ascii_strcasecmp(words[i], monitor->name) == 0 ||
            (*monitor->grammar != '\0' && strcmp(words[i], monitor->grammar) == 0))
            return true;
    return false;
}

static void print_forwarders(const struct reaching *reaching)
{
    const struct config *config = reaching->config;

    for (size_t i = 0; i < config->operator_count; i++)
        if (lists(config->speakers[i].forwards_for, config->speakers[i].forwards_for_count,
                  reaching->monitor))
            print_row("through", arena_format(reaching->arena, "a forward by %s, proven",
                                              config->operators[i]->address));
    for (size_t i = 0; i < config->monitor_count; i++)
        if (lists(config->monitors[i]->forwards_for, config->monitors[i]->forwards_for_count,
                  reaching->monitor))
            print_row("through", arena_format(reaching->arena, "a forward by the monitor %s",
                                              config->monitors[i]->name));
}

/* Asks the grammar itself: a name may hold words that say a state. */
static bool is_understood(const struct reaching *reaching, const char *subject,
                          enum command_kind kind)
{
    const struct mail mail = {.subject = subject, .text = ""};
    const struct reading *reading = grammar_read_generic(reaching->grammars, reaching->arena, &mail,
                                                         reaching->monitor->name, GENERIC_WHOLE);

    return reading->kind == READING_COMMAND && reading->command->kind == kind;
}

/* Plain words have no groups that could fit. */
static void print_subjects(const struct reaching *reaching)
{
    const struct monitor *monitor = reaching->monitor;
    const char *down = arena_format(reaching->arena, "%s is DOWN", monitor->name);
    const char *up = arena_format(reaching->arena, "%s is UP", monitor->name);

    if (monitor->match_count > 0 ||
        (*monitor->grammar != '\0' && strcmp(monitor->grammar, "generic") != 0))
        return;
    if (!is_understood(reaching, down, COMMAND_ALERT) ||
        !is_understood(reaching, up, COMMAND_CLEAR)) {
        print_row("subject", "plain words do not work with this name: its mails need a grammar");
        return;
    }
    print_row("subject",
              arena_format(reaching->arena, "\"%s\" raises it, \"%s\" clears it", down, up));
}

static void print_form(const struct reaching *reaching)
{
    const struct monitor *monitor = reaching->monitor;

    if (*monitor->grammar != '\0')
        print_row("grammar", monitor->grammar);
    else
        print_row("grammar", monitor->match_count > 0
                                 ? "any of a monitor"
                                 : "any of a monitor, or plain words about the name");
    for (size_t i = 0; i < monitor->match_count; i++)
        print_row(i == 0 ? "match" : "",
                  arena_format(reaching->arena, "%s fits %s", monitor->matches[i].group,
                               monitor->matches[i].pattern));
    print_subjects(reaching);
}

static const char *describe_effect(const struct reaching *reaching)
{
    const struct alert_policy *policy = &reaching->monitor->policy;
    const char *components = join(reaching->arena, policy->component_ids, policy->component_count);
    const char *severity =
        policy->has_severity ? incident_severity_name(policy->severity) : "the alert's severity";

    return arena_format(
        reaching->arena, "%s on %s, %s%s%s%s",
        policy->creates_incident ? "an incident" : "a question to the operators", policy->page_id,
        severity, policy->component_count > 0 ? ", " : "", components,
        policy->creates_incident && policy->resolves_on_clear ? "; a clear resolves it" : "");
}

static void print_monitor(const struct reaching *reaching)
{
    const struct alert_policy *policy = &reaching->monitor->policy;

    (void)printf("%s\n", reaching->monitor->name);
    print_row("to", reaching->page->address);
    print_senders(reaching);
    print_forwarders(reaching);
    print_form(reaching);
    print_row("makes", describe_effect(reaching));
    if (policy->expect_every_ms > 0)
        print_row("silence",
                  arena_format(reaching->arena, "%s without a mail raises it too",
                               moment_write_span(reaching->arena, policy->expect_every_ms)));
}

void reachable_print(struct arena *arena, const struct config *config)
{
    struct problems *problems = problems_new(arena);
    OWN(grammars) grammars = grammars_open(&config->intake.grammar, problems);

    if (grammars == NULL)
        return;
    for (size_t i = 0; i < config->monitor_count; i++) {
        const struct reaching reaching = {
            .arena = arena,
            .config = config,
            .grammars = grammars,
            .page = config_find_page(config, config->monitors[i]->policy.page_id),
            .monitor = config->monitors[i],
            .identity = config->monitor_identities[i],
        };
        print_monitor(&reaching);
    }
}
