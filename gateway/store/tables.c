#include "gateway/store/statements.h"

extern const struct statements_table alerts_cluster_statements;
extern const struct statements_table alerts_facts_statements;
extern const struct statements_table alerts_members_statements;
extern const struct statements_table alerts_forget_statements;
extern const struct statements_table alerts_life_statements;
extern const struct statements_table alerts_rows_statements;
extern const struct statements_table audit_statements;
extern const struct statements_table backup_statements;
extern const struct statements_table bounce_score_statements;
extern const struct statements_table bounces_statements;
extern const struct statements_table bulk_statements;
extern const struct statements_table change_statements;
extern const struct statements_table claim_close_statements;
extern const struct statements_table claim_due_statements;
extern const struct statements_table claim_missed_statements;
extern const struct statements_table claim_parts_statements;
extern const struct statements_table claim_slice_statements;
extern const struct statements_table claim_stretch_statements;
extern const struct statements_table claims_statements;
extern const struct statements_table consent_statements;
extern const struct statements_table copies_statements;
extern const struct statements_table deliveries_statements;
extern const struct statements_table digest_changes_statements;
extern const struct statements_table digests_statements;
extern const struct statements_table domains_statements;
extern const struct statements_table drafts_statements;
extern const struct statements_table enrolment_statements;
extern const struct statements_table hearers_statements;
extern const struct statements_table held_statements;
extern const struct statements_table history_statements;
extern const struct statements_table incidents_statements;
extern const struct statements_table intakes_statements;
extern const struct statements_table join_limits_statements;
extern const struct statements_table joins_statements;
extern const struct statements_table keys_statements;
extern const struct statements_table letters_statements;
extern const struct statements_table maintenances_statements;
extern const struct statements_table mirror_statements;
extern const struct statements_table outbox_statements;
extern const struct statements_table probes_statements;
extern const struct statements_table queue_statements;
extern const struct statements_table queue_retry_statements;
extern const struct statements_table relays_statements;
extern const struct statements_table subscriber_delete_statements;
extern const struct statements_table subscriber_rows_statements;
extern const struct statements_table subscribers_statements;
extern const struct statements_table subscribers_choose_statements;
extern const struct statements_table subscribers_settle_statements;
extern const struct statements_table suppression_statements;

const struct statements_table *const statements_tables[] = {
    &alerts_cluster_statements,
    &alerts_facts_statements,
    &alerts_members_statements,
    &alerts_forget_statements,
    &alerts_life_statements,
    &alerts_rows_statements,
    &audit_statements,
    &backup_statements,
    &bounce_score_statements,
    &bounces_statements,
    &bulk_statements,
    &change_statements,
    &claim_close_statements,
    &claim_due_statements,
    &claim_missed_statements,
    &claim_parts_statements,
    &claim_slice_statements,
    &claim_stretch_statements,
    &claims_statements,
    &consent_statements,
    &copies_statements,
    &deliveries_statements,
    &digest_changes_statements,
    &digests_statements,
    &domains_statements,
    &drafts_statements,
    &enrolment_statements,
    &hearers_statements,
    &held_statements,
    &history_statements,
    &incidents_statements,
    &intakes_statements,
    &join_limits_statements,
    &joins_statements,
    &keys_statements,
    &letters_statements,
    &maintenances_statements,
    &mirror_statements,
    &outbox_statements,
    &probes_statements,
    &queue_statements,
    &queue_retry_statements,
    &relays_statements,
    &subscriber_delete_statements,
    &subscriber_rows_statements,
    &subscribers_statements,
    &subscribers_choose_statements,
    &subscribers_settle_statements,
    &suppression_statements,
    NULL,
};
