/* gateway/config/relay_checks.h: what the fields of one relay say together. */
#pragma once

#include "gateway/config/relay_readings.h"

/* SMTP or a Maildir; TLS, user and password as libesmtp can do them safely (issue: AUTH under TLS
 * only, no TLS from the first byte); the password's file. */
void relay_checks_all(const struct reader *reader, const struct relay_reading *relay);
