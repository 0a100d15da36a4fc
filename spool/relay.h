/* spool/relay.h: handing mails to the server that delivers them, or to a Maildir.
 *
 * A relay asks for one mail after the other and tells what became of each, before it asks for the
 * next: so a feed may stop between any two. SMTP is libesmtp behind our own gate (RFC 5321; notes on
 * its traps stand in relay_smtp.c): TLS 1.2 by our own context, the configured name verified;
 * credentials only inside TLS; *sent* only when recipient and transfer were both answered by 2yz.
 * One process has one session at a time. SIGPIPE must be ignored. */
#pragma once

#include "gateway/base/text.h"
#include "gateway/compose/compose.h"

enum relay_kind { RELAY_SMTP, RELAY_MAILDIR };
enum relay_tls { RELAY_TLS_NONE, RELAY_TLS_STARTTLS };

struct relay_settings {
    enum relay_kind kind;
    const char *name; /* unique among the relays: "127.0.0.1:25", "maildir:/var/tmp/mail" */
    const char *host; /* a name or an IPv4 address; "" for a Maildir */
    uint16_t port;
    enum relay_tls tls;
    const char *ca_file;       /* PEM, "" for the system's */
    const char *user;          /* "": no AUTH */
    const char *password_file; /* its first line; read when a worker starts */
    size_t connections;        /* 1 to 64; of a Maildir too: workers */
    int64_t rate;              /* messages a second by all connections together; 0: no limit */
    const char *maildir;       /* "" for SMTP */
};

struct relay_timeouts {
    int64_t greeting_ms; /* default 60 s */
    int64_t command_ms;  /* default 5 min */
    int64_t data_ms;     /* default 3 min */
    int64_t dot_ms;      /* default 10 min */
};

/* Never below 100 ms; tests shrink them. */
extern const struct relay_timeouts relay_timeouts_default;

struct relay_mail {
    const char *return_path; /* "" for the null return-path */
    const char *recipient;
    const struct message *message;
    const char *slots[SLOT_COUNT]; /* NULL where the message has none */
};

/* The command that was answered, or during which the connection ended. */
enum relay_stage {
    STAGE_GATE,    /* our own: address or bytes that must not be sent */
    STAGE_CONNECT, /* look-up, connect, greeting, EHLO, STARTTLS, AUTH: no mail was offered */
    STAGE_MAIL,
    STAGE_RCPT,
    STAGE_DATA, /* DATA, or the mail itself */
    STAGE_DOT,  /* all was written, the last answer decides */
};

struct relay_reply {
    enum relay_stage stage;
    int code;                            /* 0: none came */
    int enhanced_class, subject, detail; /* enhanced status code; 0 0 0: none */
    char text[501];                      /* printable ASCII, "" when nothing was said */
    bool is_in_doubt;                    /* the relay may have the mail */
};

struct relay_feed {
    /* The next mail (valid until its result), or NULL: end the session. */
    const struct relay_mail *(*next)(void *context);
    /* Called once for each mail given, before the next is asked for. */
    void (*done)(void *context, const struct relay_reply *reply);
    /* What is going on, for whoever watches this process; NULL is allowed. */
    void (*phase)(void *context, enum relay_stage stage);
    void *context;
};

struct relay;

/* NULL: `error` (CONFIG): password or CA file, a Maildir that cannot be made. `hostname` is what EHLO
 * says. Both are borrowed. */
struct relay *relay_open(const struct relay_settings *settings,
                         const struct relay_timeouts *timeouts, const char *hostname,
                         GError **error);
void relay_close(struct relay *relay);
OWN_DEFINE(relay);

/* Asks the feed until it gives NULL or the session ends. True: the relay worked, whatever it said of
 * single mails. False: *fault says what is wrong with the relay itself (stage, and text that names the
 * reason); the mail then in hand was told too (done), with the same reply. */
bool relay_run(struct relay *relay, const struct relay_feed *feed, struct relay_reply *fault);
