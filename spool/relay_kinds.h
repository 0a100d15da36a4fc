/* spool/relay_kinds.h: the two kinds of relay behind relay.h; for spool's own files. */
#pragma once

#include "spool/dialogue.h"
#include "spool/relay.h"

#include <openssl/types.h>

struct relay {
    const struct relay_settings *settings;
    const struct relay_timeouts *timeouts;
    const char *hostname;
    char *password; /* SMTP: NULL without AUTH */
    SSL_CTX *tls;   /* SMTP: NULL without TLS */
    char tls_fault[256];
    uint32_t counter; /* Maildir: of files made */
};

struct smtp_session;
struct auth_context;

bool relay_smtp_open(struct relay *relay, GError **error);
void relay_smtp_close(struct relay *relay);
bool relay_smtp_run(struct relay *relay, const struct relay_feed *feed, struct relay_reply *fault);

/* Limits, TLS and credentials of one session; what it gives (NULL: no credentials) is to be destroyed
 * after the session. */
struct auth_context *relay_setup_session(struct relay *relay, struct smtp_session *session);

bool relay_maildir_open(struct relay *relay, GError **error);
bool relay_maildir_run(struct relay *relay, const struct relay_feed *feed,
                       struct relay_reply *fault);

/* Our own TLS context: 1.2 alone (with 1.3 libesmtp dead-locks), the chain and the configured name
 * verified, and that name sent (SNI). What the handshake finds wrong is written to relay->tls_fault. */
bool relay_tls_open(struct relay *relay, GError **error);
void relay_tls_close(struct relay *relay);

/* The gate: may this mail be handed to anybody? Address and return-path [!-~] without <>, at most 254
 * octets; the bytes as compose_check() demands. */
bool relay_may_pass(const struct relay_mail *mail, struct relay_reply *reply);

/* Copies words of the relay or of ours to reply->text: printable ASCII, runs of anything else one
 * space. */
void relay_write_text(struct relay_reply *reply, const char *words);
