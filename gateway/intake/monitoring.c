#include "gateway/intake/monitoring.h"

#include "gateway/intake/author.h"
#include "gateway/intake/ours.h"
#include "gateway/intake/passing.h"
#include "gateway/intake/reporting.h"
#include "gateway/intake/seen.h"
#include "gateway/intake/watchers.h"
#include "gateway/mail/address.h"

/* One mail on its way to a monitor. */
struct watch {
    struct taking *taking;
    struct watchers watchers;
    const struct forwarded *forwarded; /* NULL: it is none */
    struct monitored monitored;
    const struct rule_failure *failures; /* of all that was tried */
    size_t failure_count;
    const struct trust_verdict *trust; /* of whose word it is */
    const char *by;                    /* who passed it on, "" */
};

/* Keeps the first failures that any reading met. */
static bool keep(struct watch *watch, bool is_read)
{
    if (watch->failure_count == 0) {
        watch->failures = watch->monitored.failures;
        watch->failure_count = watch->monitored.failure_count;
    }
    return is_read;
}

static struct monitored_among among_of(const struct watcher_list *list)
{
    return (struct monitored_among){list->monitors, list->count};
}

static const struct trust_verdict *trust_of(const struct watcher_list *list,
                                            const struct monitor *monitor)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->monitors[i] == monitor)
            return &list->trusts[i];
    return &list->trusts[0];
}

/* A list that writes its own address into From leaves the author's in the mail. */
static const struct mail *find_listed(const struct watch *watch)
{
    return watch->forwarded != NULL && watch->forwarded->kind == FORWARD_LISTED
               ? watch->forwarded->mail
               : NULL;
}

static bool read_own(struct watch *watch, const struct watcher_list *list)
{
    const struct taking *taking = watch->taking;
    const struct mail *listed = find_listed(watch);

    if (!keep(watch, monitored_read(taking, taking->mail, among_of(list), &watch->monitored)) &&
        (listed == NULL ||
         !keep(watch, monitored_read(taking, listed, among_of(list), &watch->monitored))))
        return false;
    watch->trust = trust_of(list, watch->monitored.monitor);
    watch->by = "";
    return true;
}

static bool read_passed(struct watch *watch, const struct watcher_list *list)
{
    const struct taking *taking = watch->taking;

    for (size_t i = 0; watch->forwarded != NULL && i < list->count; i++) {
        const struct monitor *monitor = list->monitors[i];
        const struct passing_speaker speaker = {monitor, monitor->forwards_for,
                                                monitor->forwards_for_count};

        if (!keep(watch, passing_read(taking, watch->forwarded, &speaker, &watch->monitored)))
            continue;
        watch->trust = &list->trusts[i];
        watch->by = arena_format(taking->arena, "monitor:%s", monitor->name);
        return true;
    }
    return false;
}

/* Monitors without `from:`, on the word of one that is proven. */
static bool read_named(struct watch *watch)
{
    const struct taking *taking = watch->taking;
    const struct watcher_list *list = &watch->watchers.proven;
    const struct mail *listed = find_listed(watch);
    const struct monitored_among among = monitored_nameable(taking);

    if (list->count == 0 ||
        (!monitored_read_named(taking, taking->mail, GENERIC_NAMED, among, &watch->monitored) &&
         (listed == NULL ||
          !monitored_read_named(taking, listed, GENERIC_NAMED, among, &watch->monitored))))
        return false;
    watch->trust = &list->trusts[0];
    watch->by = arena_format(taking->arena, "monitor:%s", list->monitors[0]->name);
    return true;
}

/* What a network that is listed sends; but people write from there too. */
static bool read_near(struct watch *watch)
{
    const struct watcher_list *near = &watch->watchers.near;
    const struct taking *taking = watch->taking;

    if (near->count == 0 || taking->is_listed)
        return false;
    if (monitored_read_named(taking, taking->mail, GENERIC_NAMED, among_of(near),
                             &watch->monitored)) {
        watch->trust = trust_of(near, watch->monitored.monitor);
        watch->by = "";
        return true;
    }
    return read_passed(watch, near) || read_own(watch, near);
}

/* Is the operator who passed it on proven, and may she? Her mailbox's rule, whose mail says that it is
 * automatic, may what she may. */
static bool read_by_operator(struct watch *watch, const struct operator* operator,
                             const struct trust_verdict * trust)
{
    const struct taking *taking = watch->taking;
    const struct passing_speaker speaker = passing_speaker_of(taking, operator);

    if (trust->outcome != TRUST_PROVEN || !operator_is_of_page(operator, taking->page->id) ||
        !keep(watch, passing_read(taking, watch->forwarded, &speaker, &watch->monitored)))
        return false;
    watch->trust = trust;
    watch->by = operator->address;
    return true;
}

static bool read_resent_by_operator(struct watch *watch, const struct mail *resent)
{
    const struct taking *taking = watch->taking;
    const struct intake_settings *settings = taking->intake->settings;

    for (size_t i = 0; i < settings->operator_count; i++) {
        struct trust_verdict *trust;

        if (!text_is_equal_any_case(text_of(settings->operators[i]->address),
                                    text_of(resent->from->whole)))
            continue;
        trust = ARENA_NEW(taking->arena, struct trust_verdict);
        *trust = watchers_judge_one(taking, resent, settings->identities[i]);
        return read_by_operator(watch, settings->operators[i], trust);
    }
    return false;
}

/* Redirected: From is the monitor's still, Resent-From says by whom. */
static bool read_resent(struct watch *watch)
{
    const struct taking *taking = watch->taking;
    struct mail resent = *taking->mail;
    struct watchers *watchers;

    if (watch->forwarded == NULL || watch->forwarded->kind != FORWARD_RESENT)
        return false;
    resent.from = address_parse(taking->arena, text_of(watch->forwarded->forwarder), NULL);
    if (resent.from == NULL)
        return false;
    watchers = ARENA_NEW(taking->arena, struct watchers);
    watchers_judge(taking, &resent, watchers);
    return read_passed(watch, &watchers->proven) || read_resent_by_operator(watch, &resent);
}

static bool read_rule_of_operator(struct watch *watch)
{
    const struct taking *taking = watch->taking;

    return taking->operator!= NULL && taking->automatic != MAIL_BY_PERSON &&
        watch->forwarded != NULL && read_by_operator(watch, taking->operator, & taking->trust);
}

/* A person's words that mean one thing to everybody come before what her network may say. */
static bool is_machines(const struct watch *watch)
{
    return watch->taking->automatic != MAIL_BY_PERSON || watch->watchers.is_listed;
}

static bool read_mail(struct watch *watch)
{
    return read_passed(watch, &watch->watchers.proven) ||
           (watch->watchers.proven.count > 0 && read_own(watch, &watch->watchers.proven)) ||
           read_named(watch) || read_resent(watch) || read_rule_of_operator(watch) ||
           (is_machines(watch) && read_near(watch));
}

static bool commit(struct watch *watch, struct reporting_outcome *outcome, GError **error)
{
    struct taking *taking = watch->taking;
    struct store *store = taking->intake->store;
    const struct reporting_source source = {proof_write(taking->arena, watch->trust->proofs),
                                            watch->by, false};
    bool is_new = false;

    *outcome = (struct reporting_outcome){.event = "mail.seen"};
    return store_begin(store, error) && seen_note(taking, &is_new, error) &&
           (!is_new || reporting_do(taking, &watch->monitored, &source, outcome, error)) &&
           store_commit(store, error);
}

static struct intake_verdict take(struct watch *watch)
{
    struct taking *taking = watch->taking;
    g_autoptr(GError) error = NULL;
    struct reporting_outcome outcome;
    struct intake_verdict verdict;
    bool was_seen = false;

    taking->trust = *watch->trust;
    if (!seen_has_proof(taking, &was_seen, &error))
        return taking_failed(taking, error);
    if (was_seen)
        return taking_taken(taking, "mail.replayed");
    if (!commit(watch, &outcome, &error))
        return taking_failed(taking, error);
    verdict = taking_taken(taking, outcome.event);
    verdict.monitor = watch->monitored.monitor->name;
    if (outcome.decision != NULL)
        verdict.incident_id = outcome.decision->incident->public_id;
    return verdict;
}

static const char *write_failures(const struct watch *watch)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < watch->failure_count && text->len < INTAKE_TEXT_MOST; i++)
        g_string_append_printf(text, "%srule \"%s\" of %s: %s", i > 0 ? "; " : "",
                               watch->failures[i].rule, watch->failures[i].grammar,
                               watch->failures[i].reason);
    return text_clean_line(watch->taking->arena, text_from(text->str, text->len), INTAKE_TEXT_MOST);
}

/* Nothing is said of any alert, yet it lives. */
static bool note_life(struct watch *watch, GError **error)
{
    struct taking *taking = watch->taking;
    struct store *store = taking->intake->store;
    const struct watcher_list *proven = &watch->watchers.proven;
    const struct reporting_source source = {proof_write(taking->arena, proven->trusts[0].proofs),
                                            "", false};
    bool was_seen = false;
    bool is_new = false;

    taking->trust = proven->trusts[0];
    if (!seen_has_proof(taking, &was_seen, error))
        return false;
    return was_seen ||
           (store_begin(store, error) && seen_note(taking, &is_new, error) &&
            (!is_new || reporting_note_life(taking, among_of(proven), &source, error)) &&
            store_commit(store, error));
}

static struct intake_verdict not_understood(struct watch *watch)
{
    g_autoptr(GError) error = NULL;
    struct intake_verdict verdict = taking_taken(watch->taking, "monitor.not_understood");

    verdict.monitor = watch->watchers.proven.monitors[0]->name;
    verdict.text = write_failures(watch);
    return note_life(watch, &error) ? verdict : taking_failed(watch->taking, error);
}

static struct intake_verdict refuse(struct watch *watch)
{
    struct taking *taking = watch->taking;

    taking->is_listed = true; /* its administrator must hear */
    taking->trust = watch->watchers.trust;
    if (taking->trust.outcome == TRUST_NO_VERIFIER)
        return author_await_verifier(taking);
    return taking_refused(taking, TOCSIN_ERROR_DENIED, "mail.unproven", "%s", taking->trust.reason);
}

static bool may_be_monitors(const struct taking *taking)
{
    return (taking->keyed.kind == KEYED_NONE || taking->keyed.kind == KEYED_UNKNOWN) &&
           taking->mail->from != NULL && taking->intake->settings->monitor_count > 0 &&
           mail_find_field(taking->mail, "X-Tocsin-Loop", 0) == NULL &&
           !ours_is_mail(taking, taking->mail) &&
           !ours_is_address(taking, taking->envelope->session.mail_from);
}

/* What goes on in a thread of ours would come back to us for ever. */
static bool fits_answer(const struct watch *watch, struct intake_verdict *verdict)
{
    if (watch->taking->operator!= NULL || watch->watchers.proven.count == 0)
        return false;
    *verdict = taking_taken(watch->taking, "monitor.loop");
    verdict->monitor = watch->watchers.proven.monitors[0]->name;
    return true;
}

bool monitoring_fits(struct taking *taking, struct intake_verdict *verdict)
{
    struct watch watch = {.taking = taking};

    if (!may_be_monitors(taking))
        return false;
    watchers_judge(taking, taking->mail, &watch.watchers);
    if (ours_is_answered(taking, taking->mail))
        return fits_answer(&watch, verdict);
    watch.forwarded = passing_find(taking, taking->mail);
    if (read_mail(&watch)) {
        *verdict = take(&watch);
        return true;
    }
    if (!watch.watchers.is_listed || taking->operator!= NULL)
        return false;
    *verdict = watch.watchers.proven.count > 0 ? not_understood(&watch) : refuse(&watch);
    return true;
}

bool monitoring_fits_near(struct taking *taking, struct intake_verdict *verdict)
{
    struct watch watch = {.taking = taking};

    if (!may_be_monitors(taking) || taking->automatic != MAIL_BY_PERSON ||
        ours_is_answered(taking, taking->mail))
        return false;
    watchers_judge(taking, taking->mail, &watch.watchers);
    watch.forwarded = passing_find(taking, taking->mail);
    if (!read_near(&watch))
        return false;
    *verdict = take(&watch);
    return true;
}
