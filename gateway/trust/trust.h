/* gateway/trust/trust.h: a mail and its session -> what is proven of its sender.
 *
 * Identity is the one address of the one From header; nothing else ever is (DESIGN section 6, notes
 * A1 to A22). A proof proves that address, or (dkim, spf) its domain, never a display name. Pure: the
 * store's part (was this b= seen, is this reply key good) comes in as facts. */
#pragma once

#include "gateway/mail/mail.h"

enum proof {
    PROOF_SASL = 1 << 0,
    PROOF_DKIM = 1 << 1,
    PROOF_SPF = 1 << 2,
    PROOF_NETWORK = 1 << 3,
    PROOF_REPLY_KEY = 1 << 4,
    PROOF_OPENPGP = 1 << 5,
    PROOF_SMIME = 1 << 6,
};

/* "sasl", "reply_key" … */
bool proof_parse(struct text name, enum proof *proof);
/* "dkim,reply_key"; "" for none. */
char *proof_write(struct arena *arena, unsigned proofs);

struct trust_settings {
    const char *authserv_id;     /* our verifier's; "" when there is none */
    const char *const *networks; /* CIDR, where monitors send from */
    size_t network_count;
    const char *const *domains; /* parents for which relaxed alignment is believed (A19) */
    size_t domain_count;
    int64_t signature_age_ms; /* default 24 h */
};

/* Somebody who is listed: an operator or a monitor. */
struct identity {
    const char *address; /* local@domain, domain in lower case */
    const char *login;   /* SASL login beside the address, "" for none */
    unsigned accepts;    /* proofs of which one is enough */
    unsigned requires;   /* proofs all of which are needed; 0: none */
    bool is_monitor;
};

/* What the door saw of the SMTP session. Every string is as the client sent it, unchecked. */
struct session {
    const char *client_addr; /* {client_addr} or --client-addr; "" when unknown */
    const char
        *socket_addr;  /* the connection's own; "" when unknown, equal to client_addr for inject */
    const char *login; /* {auth_authen} or --auth; "" when none */
    const char *mail_from; /* without angle brackets; "" is the null return-path */
};

struct trust_facts {
    const struct session *session;
    const char *page_address;
    bool is_reply_key_good; /* a living key of this identity came in the recipient's address */
    int64_t now;
};

enum trust_outcome {
    TRUST_PROVEN,
    TRUST_ASK_BACK, /* proof of the person, but not that this was meant for us */
    TRUST_UNPROVEN,
    TRUST_NO_VERIFIER, /* proofs that need our verifier, which said nothing, or temperror */
};

struct trust_verdict {
    enum trust_outcome outcome;
    unsigned proofs;    /* that hold, those included that went with a reply key; 0 when unproven */
    const char *reason; /* for the author, one line of at most 200 characters: why she is asked back
                           ("its To is not signed, so …"), or which proofs were looked for and what
                           was wrong with each; "" when proven */
    const struct text
        *signatures; /* where dkim counted (proven or asked back): b= of each signature
                                      by From's domain that was not found to be wrong, not of the one
                                      alone that counted, since others could be left away. One text
                                      however it was written: the caller refuses a mail of which one
                                      was seen before */
    size_t signature_count;
};

/* What is proven of the author of `mail`, who writes as `identity`. Cannot fail. */
struct trust_verdict trust_judge(struct arena *arena, const struct trust_settings *settings,
                                 const struct identity *identity, const struct mail *mail,
                                 const struct trust_facts *facts);

/* Is `address` (IPv4, IPv6, "IPv6:…", v4-in-v6) within one of the networks? Compared in binary;
 * what is no address is in none (A22). */
bool network_has(const char *const *networks, size_t count, const char *address);
/* A CIDR that can be configured. */
bool network_check(struct text cidr, GError **error);
