#include "gateway/base/log.h"
#include "gateway/base/moment.h"
#include "gateway/store/bounces.h"
#include "spool/courier_parts.h"
#include "spool/trouble.h"
#include "spool/verdict.h"

#include <string.h>

/* Who the mail in hand is for, as a subscriber; id 0: it is somebody else's letter. */
struct reader {
    int64_t id;
    const char *address;
    const struct page *page;
};

static const struct page *find_page(const struct courier *courier, const char *page_id)
{
    for (size_t i = 0; i < courier->world->page_count; i++)
        if (strcmp(courier->world->pages[i]->id, page_id) == 0)
            return courier->world->pages[i];
    return courier->claim->page;
}

static struct reader find_reader(const struct courier *courier)
{
    const struct claim_item *item = &courier->claim->items[courier->item];

    if (item->subscriber != NULL)
        return (struct reader){item->id, item->subscriber->address, courier->claim->page};
    return (struct reader){item->letter->subscriber_id, item->letter->address,
                           find_page(courier, item->letter->page_id)};
}

static char *domain_of(const struct reader *reader)
{
    const char *at = strrchr(reader->address, '@');

    return g_ascii_strdown(at == NULL ? "" : at + 1, -1);
}

static void report(const char *event, const struct reader *reader, GError *error)
{
    log_error(event, LOG_NUMBER("subscriber", reader->id), LOG_FAILURE(error));
    g_clear_error(&error);
}

static void log_effect(const struct reader *reader, enum bounce_effect effect,
                       const struct bounce *bounce)
{
    if (effect == BOUNCE_SUSPENDED)
        log_info("subscriber.suspended", LOG_NUMBER("subscriber", reader->id),
                 LOG_TEXT("reason", bounce->words));
    if (effect == BOUNCE_REMOVED)
        log_info("subscriber.removed", LOG_NUMBER("subscriber", reader->id),
                 LOG_TEXT("reason", bounce->words));
}

/* A bare 450 is a mailbox that cannot take mail now; other bare codes for now are the relay's. */
static bool is_hers(const struct relay_reply *reply, const char *status)
{
    return reply->stage == STAGE_RCPT &&
           (status[0] != '\0' || verdict_is_bare(reply) || reply->code == 450);
}

static void score_refusal(struct courier *courier, const struct reader *reader,
                          const struct relay_reply *reply)
{
    const struct bounce_desk desk = {courier->store, courier->secret, reader->page,
                                     courier->world->bounces, moment_now()};
    const struct claim_item *item = &courier->claim->items[courier->item];
    char status[VERDICT_STATUS_SIZE];
    GError *error = NULL;

    verdict_write_status(reply, status);
    if (!is_hers(reply, status))
        return;

    const struct bounce bounce = {
        .subscriber_id = reader->id,
        .notification_id = courier->claim->notification_id,
        .letter_id = item->letter == NULL ? 0 : item->letter->id,
        .is_permanent = reply->code / 100 == 5,
        .in_dialogue = true,
        .status = status,
        .words = reply->text,
    };
    enum bounce_effect effect = BOUNCE_NOTHING;
    if (!bounces_note(&desk, &bounce, &effect, &error))
        report("bounce.unnoted", reader, error);
    log_effect(reader, effect, &bounce);
}

static bool note_domain(struct courier *courier, const struct reader *reader, const char *reason,
                        GError **error)
{
    const struct bounce_settings *settings = courier->world->bounces;
    const int64_t now = moment_now();
    g_autofree char *domain = domain_of(reader);
    const struct domain_refusal refusal = {domain, reader->id, reason, now};
    const struct domain_trouble trouble = {reader->page, domain, reason, now + settings->domain_ms};
    bool is_told = false;

    return domains_note_refusal(courier->store, &refusal, settings, &is_told, error) &&
           (!is_told || trouble_note_domain(courier->world, courier->store, &trouble, now, error));
}

/* The pause and the letter that tells of it are one. */
static void score_policy(struct courier *courier, const struct reader *reader, const char *reason)
{
    GError *error = NULL;

    courier->saw_policy = true;
    if (store_begin(courier->store, &error) && note_domain(courier, reader, reason, &error) &&
        store_commit(courier->store, &error))
        return;
    store_rollback(courier->store);
    report("domain.unnoted", reader, error);
}

static void score_taken(struct courier *courier, const struct reader *reader)
{
    g_autofree char *domain = NULL;
    GError *error = NULL;

    if (courier->claim->items[courier->item].was_refused &&
        !bounces_reset(courier->store, reader->id, &error))
        report("bounce.unnoted", reader, error);
    if (!courier->claim->are_domains_refusing && !courier->saw_policy)
        return;
    domain = domain_of(reader);
    error = NULL;
    if (!domains_reset(courier->store, domain, &error))
        report("domain.unnoted", reader, error);
}

void courier_score(struct courier *courier, const struct relay_reply *reply)
{
    const struct reader reader = find_reader(courier);

    if (reader.id == 0 || reader.page == NULL || courier->settings->kind == RELAY_MAILDIR)
        return;
    if (reply == NULL)
        score_taken(courier, &reader);
    else if (verdict_is_policy(reply))
        score_policy(courier, &reader, reply->text);
    else
        score_refusal(courier, &reader, reply);
}

bool courier_must_wait(struct courier *courier, struct domain_pause *pause)
{
    const struct reader reader = find_reader(courier);
    g_autofree char *domain = NULL;
    GError *error = NULL;

    if ((!courier->claim->are_domains_refusing && !courier->saw_policy) || reader.id == 0)
        return false;
    domain = domain_of(&reader);
    if (domains_load_pause(courier->store, courier->arena, domain, pause, &error))
        return pause->until > moment_now();
    report("domain.unknown", &reader, error);
    return false;
}
