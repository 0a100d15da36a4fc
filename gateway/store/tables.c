#include "gateway/store/statements.h"

const struct statements_table *const statements_tables[] = {
    NULL,
};
