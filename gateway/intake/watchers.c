#include "gateway/intake/watchers.h"

bool watchers_believe(const struct trust_verdict *trust)
{
    return trust->outcome == TRUST_PROVEN || trust->outcome == TRUST_ASK_BACK;
}

struct trust_verdict watchers_judge_one(const struct taking *taking, const struct mail *mail,
                                        const struct identity *identity)
{
    const struct trust_facts facts = {
        .session = &taking->envelope->session,
        .page_address = taking->page->address,
        .now = taking->now,
    };
    struct identity judged = *identity;

    if (mail != taking->mail) { /* a signature is of who wrote, not of who passed it on */
        if ((judged.requires & PROOF_DKIM) != 0)
            return (struct trust_verdict){
                .outcome = TRUST_UNPROVEN,
                .reason = "a signature is required, and says nothing of who passed the mail on"};
        judged.accepts &= ~(unsigned)PROOF_DKIM;
    }
    return trust_judge(taking->arena, &taking->intake->settings->trust, &judged, mail, &facts);
}

static void add(struct watcher_list *list, const struct monitor *monitor,
                const struct trust_verdict *trust)
{
    list->monitors[list->count] = monitor;
    list->trusts[list->count++] = *trust;
}

static void judge_named(const struct taking *taking, const struct mail *mail, size_t n,
                        struct watchers *watchers)
{
    const struct intake_settings *settings = taking->intake->settings;
    const struct identity *identity = settings->monitor_identities[n];
    struct trust_verdict trust;

    if (!text_is_equal_any_case(text_of(mail->from->whole), text_of(identity->address)))
        return;
    trust = watchers_judge_one(taking, mail, identity);
    if (watchers_believe(&trust))
        add(&watchers->proven, settings->monitors[n], &trust);
    else if (!watchers->is_listed || trust.outcome == TRUST_NO_VERIFIER)
        watchers->trust = trust;
    watchers->is_listed = true;
}

/* Any author will do, since it is the network that speaks. */
static void judge_near(const struct taking *taking, const struct mail *mail, size_t n,
                       struct watchers *watchers)
{
    const struct intake_settings *settings = taking->intake->settings;
    const struct identity *configured = settings->monitor_identities[n];
    const struct identity anybody = {
        .address = mail->from->whole,
        .login = "",
        .accepts = configured->accepts & PROOF_NETWORK,
        .requires = configured->requires,
        .is_monitor = true,
    };
    struct trust_verdict trust;

    if (anybody.accepts == 0 || (anybody.requires & ~(unsigned)PROOF_NETWORK) != 0)
        return;
    trust = watchers_judge_one(taking, mail, &anybody);
    if (watchers_believe(&trust))
        add(&watchers->near, settings->monitors[n], &trust);
}

static struct watcher_list new_list(const struct taking *taking)
{
    const size_t most = taking->intake->settings->monitor_count;

    return (struct watcher_list){
        .monitors = ARENA_ARRAY(taking->arena, const struct monitor *, most),
        .trusts = ARENA_ARRAY(taking->arena, struct trust_verdict, most),
    };
}

void watchers_judge(const struct taking *taking, const struct mail *mail, struct watchers *watchers)
{
    const struct intake_settings *settings = taking->intake->settings;

    *watchers = (struct watchers){
        .proven = new_list(taking), .near = new_list(taking), .trust = {.reason = ""}};
    for (size_t i = 0; mail->from != NULL && i < settings->monitor_count; i++) {
        if (!text_is_equal(text_of(settings->monitors[i]->policy.page_id),
                           text_of(taking->page->id)))
            continue;
        if (settings->monitor_identities[i]->address[0] != '\0')
            judge_named(taking, mail, i, watchers);
        else
            judge_near(taking, mail, i, watchers);
    }
}
