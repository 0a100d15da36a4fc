#include "gateway/store/statements.h"

extern const struct statements_table mirror_statements;

const struct statements_table *const statements_tables[] = {
    &mirror_statements,
    NULL,
};
