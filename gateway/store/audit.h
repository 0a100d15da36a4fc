/* gateway/store/audit.h: who did what, by which way and with which proof; for this folder alone. */
#pragma once

#include "gateway/store/store.h"

/* In the open transaction, after incident and updates were saved. */
bool audit_add(struct store *store, const struct actor *actor, const struct decision *decision,
               int64_t now, GError **error);
