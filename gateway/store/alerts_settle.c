#include "gateway/store/alerts_settle.h"

#include "gateway/base/moment.h"
#include "gateway/store/alerts_facts.h"
#include "gateway/store/alerts_rows.h"
#include "gateway/store/drafts.h"
#include "gateway/store/letters.h"

/* A storm is over when nothing new came for so long; operators hear of one that goes on this often. */
#define STORM_QUIET_MS MINUTE_MS
#define STORM_EACH_MS  (15 * MINUTE_MS)

int64_t alerts_settle_summary_at(const struct cluster *cluster)
{
    if (cluster->joined == 0)
        return 0;
    return MIN(cluster->joined_at + STORM_QUIET_MS, cluster->joined_since + STORM_EACH_MS);
}

static const struct command *with_source(const struct settling *settling,
                                         const struct command *command)
{
    const struct alerts_source *source = settling->source;
    struct command *signed_command = ARENA_NEW(settling->arena, struct command);

    *signed_command = *command;
    signed_command->is_preview = settling->is_dry;
    signed_command->actor.client = source->client;
    signed_command->actor.message_id = source->message_id;
    signed_command->actor.proofs = source->by[0] == '\0' ? source->proofs
                                                         : arena_format(settling->arena, "%s by %s",
                                                                        source->proofs, source->by);
    return signed_command;
}

bool alerts_settle_change(const struct settling *settling, const struct command *command,
                          const struct decision **decision, GError **error)
{
    const struct alerts_desk *desk = settling->desk;

    *decision = store_change(desk->store, settling->arena, desk->page,
                             with_source(settling, command), desk->now, error);
    if (*decision == NULL)
        return false;
    return settling->is_dry ||
           letters_add_copies(desk->store, desk->page, desk->operators, desk->operator_count,
                              *decision, settling->source->answered, desk->now, error);
}

static bool change(const struct settling *settling, struct cluster *cluster,
                   const struct alert_plan *plan, const struct decision **decision, GError **error)
{
    if (!alerts_settle_change(settling, plan->command, decision, error))
        return false;
    if (plan->command->kind == COMMAND_OPEN) {
        alerts_cluster_part(cluster);
        cluster->incident_id = (*decision)->incident->id;
        return alerts_facts_note_opening(settling->desk, settling->source->monitor, error);
    }
    if ((*decision)->incident->status == INCIDENT_RESOLVED)
        alerts_cluster_part(cluster);
    return true;
}

static const char *const *list_components(const struct settling *settling,
                                          const struct command *command)
{
    const char **ids = ARENA_ARRAY(settling->arena, const char *, command->component_count);

    for (size_t i = 0; i < command->component_count; i++)
        ids[i] = command->components[i].component_id;
    return ids;
}

static bool ask(const struct settling *settling, const struct cluster *cluster,
                const struct command *command, GError **error)
{
    const struct alerts_desk *desk = settling->desk;
    const struct draft_round round = {desk->store,          desk->page, desk->operators,
                                      desk->operator_count, "",         desk->now};
    struct draft_row draft = {
        .kind = DRAFT_ALERT,
        .cluster_id = cluster->id,
        .source = command->actor.by,
        .title = command->title,
        .message = command->message,
        .severity = command->severity,
        .component_ids = list_components(settling, command),
        .component_count = command->component_count,
        .detail = command->note,
        .created_at = desk->now,
    };

    return drafts_add(desk->store, desk->page, &draft, error) &&
           drafts_ask(&round, &draft, error) &&
           alerts_facts_note_opening(desk, settling->source->monitor, error);
}

static bool withdraw(const struct settling *settling, const struct cluster *cluster, GError **error)
{
    const struct alerts_desk *desk = settling->desk;
    const struct draft_end end = {
        arena_format(settling->arena, "monitor:%s", settling->source->monitor->name), 0, desk->now};
    struct draft_row draft = {.id = 0};
    bool was_waiting = false;

    return drafts_find_waiting(desk->store, cluster->id, &draft.id, error) &&
           drafts_end(desk->store, &draft, &end, &was_waiting, error);
}

static bool carry_out(const struct settling *settling, struct cluster *cluster,
                      const struct alert_plan *plan, const struct decision **decision,
                      GError **error)
{
    switch (plan->action) {
    case ALERT_DO_CHANGE:
        return change(settling, cluster, plan, decision, error);
    case ALERT_DO_ASK:
        return settling->is_dry || ask(settling, cluster, plan->command, error);
    case ALERT_DO_WITHDRAW:
        return settling->is_dry || withdraw(settling, cluster, error);
    case ALERT_DO_NOTHING:
    case ALERT_DO_OVERFLOW: /* judged by the cluster of many already */
        break;
    }
    return true;
}

/* A clock that finds the same moment due again would never rest. */
static int64_t later(int64_t at, int64_t now)
{
    return at == 0 ? 0 : MAX(at, now + SECOND_MS);
}

static void remember(const struct settling *settling, const struct alert_facts *facts,
                     const struct alert_plan *plan, struct cluster *cluster)
{
    const int64_t summary_at = alerts_settle_summary_at(cluster);
    const int64_t next_at = later(plan->next_at, settling->desk->now);

    cluster->was_unstable |= plan->says_unstable;
    cluster->was_noted = plan->says_cleared || (cluster->was_noted && !plan->says_again);
    if (plan->says_worse)
        cluster->noted_severity = facts->severity;
    cluster->monitor = settling->source->monitor->name;
    cluster->judge_at =
        summary_at == 0 || next_at == 0 ? MAX(summary_at, next_at) : MIN(summary_at, next_at);
}

static bool judge(const struct settling *settling, struct cluster *cluster,
                  struct alert_facts *facts, struct alert_plan *plan, GError **error)
{
    const struct alerts_desk *desk = settling->desk;

    if (!alerts_facts_load(desk, settling->arena, settling->source->monitor, cluster, facts, error))
        return false;
    *plan = alert_judge(settling->arena, facts, desk->now);
    return true;
}

/* The alerts that count go over to the cluster of many; `cluster` becomes it. */
static bool overflow(const struct settling *settling, struct cluster *cluster, GError **error)
{
    const struct alerts_desk *desk = settling->desk;
    const struct monitor *monitor = settling->source->monitor;
    struct cluster many;

    cluster->judge_at = 0;
    if (!alerts_cluster_save(desk->store, cluster, error) ||
        !alerts_cluster_find(desk->store, settling->arena, monitor,
                             alert_cluster_of_many(settling->arena, monitor), &many, error) ||
        !alerts_rows_move(desk->store, cluster->id, many.id, error))
        return false;
    *cluster = many;
    alerts_cluster_join(cluster, desk->now);
    return true;
}

/* What is over the limit is judged with all that is. */
static bool judge_with_many(const struct settling *settling, struct cluster *cluster,
                            struct alert_facts *facts, struct alert_plan *plan, GError **error)
{
    if (!overflow(settling, cluster, error) || !judge(settling, cluster, facts, plan, error))
        return false;
    if (plan->action == ALERT_DO_NOTHING)
        plan->action = ALERT_DO_OVERFLOW;
    return true;
}

bool alerts_settle(const struct settling *settling, struct cluster *cluster,
                   struct alert_plan *plan, const struct decision **decision, GError **error)
{
    const struct cluster before = *cluster;
    struct alert_facts facts;

    *decision = NULL;
    if (settling->has_joined)
        alerts_cluster_join(cluster, settling->desk->now);
    if (!judge(settling, cluster, &facts, plan, error))
        return false;
    if (plan->action == ALERT_DO_OVERFLOW &&
        !judge_with_many(settling, cluster, &facts, plan, error))
        return false;
    if (!carry_out(settling, cluster, plan, decision, error))
        return false;
    remember(settling, &facts, plan, cluster);
    return alerts_cluster_is_same(&before, cluster) ||
           alerts_cluster_save(settling->desk->store, cluster, error);
}
