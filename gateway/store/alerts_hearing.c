#include "gateway/store/alerts_hearing.h"

#include "gateway/base/error.h"
#include "gateway/store/alerts_facts.h"
#include "gateway/store/alerts_rows.h"

#include <string.h>

/* What templates make of a mail is public text of an update, and no book. */
#define TEXT_MOST ((size_t)16 * 1024)
#define WHO_MOST  200 /* characters */
/* So much of a key's digest stands behind what was cut of it. */
#define KEY_DIGEST_BYTES 10

/* One report on its way. */
struct hearing {
    const struct settling *settling;
    struct alert_report report;
    struct alert_row row;
    struct cluster cluster;
    bool had_counted; /* before this report */
};

/* At most so many bytes, whole characters. */
static struct text cut(const char *string, size_t most)
{
    struct text whole = text_of(string);

    if (whole.size <= most)
        return whole;
    while (most > 0 && ((unsigned char)string[most] & 0xC0U) == 0x80U)
        most--;
    return text_first(whole, most);
}

/* Two long keys that begin alike stay two. */
static const char *short_key(struct arena *arena, const char *key)
{
    uint8_t digest[SECRET_DIGEST_SIZE];
    const struct text whole = text_of(key);
    struct text begin;

    if (whole.size <= ALERT_KEY_MOST)
        return key;
    begin = cut(key, ALERT_KEY_MOST - 2 * KEY_DIGEST_BYTES);
    secret_digest(&whole, 1, digest);
    return arena_format(arena, "%.*s %s", (int)begin.size, begin.at,
                        base32_write(arena, digest, KEY_DIGEST_BYTES));
}

static const char *shorten(struct arena *arena, const char *words, size_t most)
{
    const struct text begin = cut(words, most);

    return begin.size == strlen(words) ? words : arena_copy(arena, begin.at, begin.size);
}

static struct alert_report within_limits(struct arena *arena, const struct alert_report *report)
{
    struct alert_report within = *report;

    within.key = short_key(arena, report->key);
    within.detail = shorten(arena, report->detail, ALERT_DETAIL_MOST);
    within.who = text_clean_line(arena, text_of(report->who), WHO_MOST);
    within.title = text_clean_line(arena, text_of(report->title), INCIDENT_TITLE_MOST);
    within.update = shorten(arena, report->update, TEXT_MOST);
    within.resolved = shorten(arena, report->resolved, TEXT_MOST);
    return within;
}

static bool find_cluster(struct hearing *hearing, GError **error)
{
    const struct settling *settling = hearing->settling;
    const struct alerts_desk *desk = settling->desk;
    const struct monitor *monitor = settling->source->monitor;

    /* What counts stays where it is: it may have gone over to the cluster of many. */
    if (hearing->had_counted)
        return alerts_cluster_load(desk->store, settling->arena, desk->page,
                                   hearing->row.cluster_id, &hearing->cluster, error);
    return alerts_cluster_find(desk->store, settling->arena, monitor,
                               alert_cluster(settling->arena, monitor, hearing->report.key),
                               &hearing->cluster, error);
}

/* A moment for ripeness is set once: whoever resolved its incident has taken it away. */
static int64_t ripe_at(const struct hearing *hearing, const struct alert *alert,
                       enum alert_outcome outcome)
{
    const struct alert_policy *policy = &hearing->settling->source->monitor->policy;

    if (outcome == ALERT_OPENED && !hearing->had_counted)
        return alert_ripe_at(policy, alert);
    if (alert->count == policy->open_after_alerts && alert->count != hearing->row.alert.count)
        return alert_ripe_at(policy, alert);
    return hearing->row.ripe_at;
}

static bool save(struct hearing *hearing, const struct alert_heard *heard, GError **error)
{
    const struct alerts_desk *desk = hearing->settling->desk;
    struct alert_row *row = &hearing->row;

    row->ripe_at = ripe_at(hearing, &heard->alert, heard->outcome);
    row->alert = heard->alert;
    row->alert.monitor = hearing->settling->source->monitor->name;
    row->cluster_id = hearing->cluster.id;
    row->counts = row->alert.is_open || row->alert.unstable_until > desk->now;
    return alerts_rows_save(desk->store, desk->page, row, error);
}

static bool acknowledge(struct hearing *hearing, struct alerts_effect *effect, GError **error)
{
    const struct settling *settling = hearing->settling;
    struct alert_facts facts;

    if (!find_cluster(hearing, error) ||
        !alerts_facts_load(settling->desk, settling->arena, settling->source->monitor,
                           &hearing->cluster, &facts, error))
        return false;
    effect->plan =
        alert_acknowledge(settling->arena, &facts, &hearing->row.alert, hearing->report.who);
    effect->action = effect->plan.action;
    return effect->action != ALERT_DO_CHANGE ||
           alerts_settle_change(settling, effect->plan.command, &effect->decision, error);
}

static bool settle(struct hearing *hearing, struct alerts_effect *effect, GError **error)
{
    struct settling settling = *hearing->settling;

    settling.has_joined = effect->outcome == ALERT_OPENED && !hearing->had_counted;
    if (!alerts_settle(&settling, &hearing->cluster, &effect->plan, &effect->decision, error))
        return false;
    effect->action = effect->plan.action;
    return true;
}

static bool take(struct hearing *hearing, struct alerts_effect *effect, GError **error)
{
    const struct settling *settling = hearing->settling;
    const struct monitor *monitor = settling->source->monitor;
    struct alert_row *row = &hearing->row;
    struct alert_heard heard;

    if (!alerts_rows_find(settling->desk->store, settling->arena, monitor, hearing->report.key, row,
                          error))
        return false;
    /* What was held open until just now may not have been released yet. */
    hearing->had_counted = row->alert.id != 0 && row->counts &&
                           (row->alert.is_open || row->alert.unstable_until > settling->desk->now);
    heard = alert_hear(&monitor->policy, row->alert.id != 0 ? &row->alert : NULL, &hearing->report);
    effect->outcome = heard.outcome;
    if (heard.outcome == ALERT_STALE ||
        (heard.outcome == ALERT_NOTHING_OPEN && hearing->report.word == ALERT_ACKNOWLEDGED))
        return true;
    if (heard.outcome == ALERT_NOTED)
        return acknowledge(hearing, effect, error);
    return find_cluster(hearing, error) && save(hearing, &heard, error) &&
           settle(hearing, effect, error);
}

bool alerts_hearing_take(const struct settling *settling, const struct alert_report *report,
                         struct alerts_effect *effect, GError **error)
{
    const struct monitor *monitor = settling->source->monitor;
    struct hearing hearing = {.settling = settling,
                              .report = within_limits(settling->arena, report)};

    *effect = (struct alerts_effect){.action = ALERT_DO_NOTHING};
    if (strcmp(monitor->policy.page_id, settling->desk->page->id) != 0)
        return error_set(error, TOCSIN_ERROR_DENIED, "the monitor %s is not one of %s",
                         monitor->name, settling->desk->page->address);
    return take(&hearing, effect, error);
}
