#include "gateway/store/statements.h"

extern const struct statements_table audit_statements;
extern const struct statements_table change_statements;
extern const struct statements_table history_statements;
extern const struct statements_table incidents_statements;
extern const struct statements_table mirror_statements;
extern const struct statements_table outbox_statements;

const struct statements_table *const statements_tables[] = {
    &audit_statements,
    &change_statements,
    &history_statements,
    &incidents_statements,
    &mirror_statements,
    &outbox_statements,
    NULL,
};
