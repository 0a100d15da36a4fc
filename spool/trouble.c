#include "spool/trouble.h"

#include "gateway/base/log.h"
#include "gateway/base/moment.h"
#include "gateway/base/secret.h"
#include "gateway/incident/page.h"
#include "gateway/store/domains.h"
#include "gateway/store/letters.h"
#include "gateway/store/relays.h"

/* How long a relay rests that has failed `failures` times. */
static int64_t end_of_rest(const struct sender_world *world, int64_t failures, int64_t now)
{
    const struct backoff *policy = &world->spool->relay_backoff;
    const struct attempt attempt = {now, now, (uint32_t)CLAMP(failures, 1, 64)};
    int64_t retry_at = now + policy->longest_ms;

    (void)backoff_decide(policy, &attempt, secret_random_bits(), &retry_at);
    return retry_at;
}

bool trouble_note_failure(const struct sender_world *world, struct store *store,
                          const struct trouble *trouble, int64_t now, GError **error)
{
    const struct relay_settings *relay = trouble->relay;
    OWN(arena) arena = arena_open((size_t)64 * 1024);
    struct relay_state state;
    bool is_first = false;

    if (!relays_load(store, arena, relay->name, &state, error))
        return false;

    const struct relay_failure failure = {
        trouble->reason, end_of_rest(world, state.failures + 1, now), trouble->is_probe};
    if (!relays_note_failure(store, relay->name, &failure, now, &is_first, error))
        return false;
    if (is_first)
        log_warning("relay.failed", LOG_TEXT("relay", relay->name),
                    LOG_TEXT("reason", trouble->reason),
                    LOG_NUMBER("rest_ms", failure.retry_at - now));
    return true;
}

static bool write_to(struct store *store, const struct page *page, const char *address,
                     const struct letter_fact *facts, size_t count, int64_t now, GError **error)
{
    struct letter letter = {
        .page_id = page->id,
        .kind = LETTER_TROUBLE,
        .address = address,
        .language = "",
        .time_zone = "",
        .facts = facts,
        .fact_count = count,
        .created_at = now,
        .due_at = now,
    };

    return letters_add(store, &letter, error);
}

/* What a letter says. */
struct account {
    const char *problem;
    const char *text;
    const char *suggestion;
};

static bool write_to_page(const struct sender_world *world, struct store *store,
                          const struct page *page, const struct account *account, int64_t now,
                          GError **error)
{
    const struct letter_fact facts[] = {
        {"problem", account->problem},
        {"text", account->text},
        {"suggestion", "tocsin queue list"},
        {"suggestion", account->suggestion},
    };

    if (page->contact[0] != '\0')
        return write_to(store, page, page->contact, facts, G_N_ELEMENTS(facts), now, error);
    for (size_t i = 0; i < world->operator_count; i++)
        if (operator_is_of_page(world->operators[i], page->id) &&
            !write_to(store, page, world->operators[i]->address, facts, G_N_ELEMENTS(facts), now,
                      error))
            return false;
    return true;
}

bool trouble_note_domain(const struct sender_world *world, struct store *store,
                         const struct domain_trouble *trouble, int64_t now, GError **error)
{
    OWN(arena) arena = arena_open((size_t)64 * 1024);
    const struct account account = {
        .problem = arena_format(arena,
                                "The domain %s refuses our mails to several people, one after the "
                                "other. It said: %s",
                                trouble->domain, trouble->reason),
        .text =
            arena_format(arena,
                         "No subscriber was dropped: its people wait until %s, then it is tried "
                         "again.",
                         moment_write_local(arena, trouble->until, trouble->page->time_zone)),
        .suggestion = "tocsin queue retry",
    };

    log_error("domain.refuses", LOG_TEXT("domain", trouble->domain),
              LOG_TEXT("reason", trouble->reason));
    return write_to_page(world, store, trouble->page, &account, now, error);
}

static bool rest(const struct sender_world *world, struct store *store,
                 const struct trouble *trouble, int64_t now, GError **error)
{
    const struct relay_settings *relay = trouble->relay;
    const char *reason = trouble->reason;
    const struct relay_failure failure = {reason, now + world->spool->relay_backoff.longest_ms,
                                          trouble->is_probe};
    OWN(arena) arena = arena_open((size_t)64 * 1024);
    bool is_told_by_us = false;
    bool is_first = false;

    /* The relay refuses everybody: that is no domain's doing. */
    if (!domains_reset(store, NULL, error) ||
        !relays_note_failure(store, relay->name, &failure, now, &is_first, error) ||
        !relays_note_told(store, relay->name, now, &is_told_by_us, error))
        return false;
    if (!is_told_by_us)
        return true;

    const struct account account = {
        .problem =
            arena_format(arena, "The relay %s refuses our mails, one after the other. It said: %s",
                         relay->name, reason),
        .text = "No subscriber was dropped: what was refused is tried again later.",
        .suggestion = "tocsin queue resume",
    };
    log_error("relay.refuses", LOG_TEXT("relay", relay->name), LOG_TEXT("reason", reason));
    for (size_t i = 0; i < world->page_count; i++)
        if (!write_to_page(world, store, world->pages[i], &account, now, error))
            return false;
    return true;
}

bool trouble_note_refusals(const struct sender_world *world, struct store *store,
                           const struct trouble *trouble, int64_t now, GError **error)
{
    if (!store_begin(store, error))
        return false;
    if (rest(world, store, trouble, now, error) && store_commit(store, error))
        return true;
    store_rollback(store);
    return false;
}
