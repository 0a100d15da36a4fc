/* gateway/milter/session.h: libmilter's callbacks: one SMTP session, one mail after the other; private
 * to this folder. */
#pragma once

#include "gateway/milter/pool.h"

#include <libmilter/mfapi.h>

/* Gives libmilter our callbacks; `secret` and `pool` are borrowed for good. */
bool session_register(const struct intake_settings *settings, const struct secret *secret,
                      struct pool *pool, GError **error);

/* Connections that are open now. */
size_t session_count_open(void);
/* Mails that are being judged now. */
size_t session_count_busy(void);
