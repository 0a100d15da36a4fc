/* spool/relay_smtp.c: SMTP by libesmtp 1.1.0, which must not be trusted with
 *  - a slow peer: no TCP_NODELAY (23 messages a second without it), no limit for look-up and connect:
 *    the parent watches (sender.h);
 *  - its own result: smtp_start_session() says success whenever it connected. *Sent* is what the
 *    MESSAGESENT event brought, with recipient and transfer both 2yz, on a dialogue without fault;
 *  - addresses and line ends: relay_may_pass() stands before it;
 *  - TLS and AUTH: relay_tls.c, relay_setup.c and dialogue.h;
 *  - HOME, where it looks for client certificates: relay_setup.c sets it to nowhere.
 *
 * Mails are added one at a time, from the events behind which the library looks for the next one:
 * after MAIL or RCPT was refused, and after the final dot was answered. Not after a refused DATA:
 * there it has looked before, so the session ends, and the caller starts another. */
#include "gateway/base/error.h"
#include "spool/relay_kinds.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <auth-client.h>
#include <libesmtp.h>

#define DESCRIPTORS_MOST 64 /* a worker has about a dozen */

struct session {
    struct relay *relay;
    const struct relay_feed *feed;
    smtp_session_t smtp;
    struct dialogue dialogue;
    int socket; /* -1: none */
    const struct relay_mail *mail;
    smtp_message_t message; /* of `mail`; NULL when it was told */
    smtp_recipient_t recipient;
    enum relay_stage stage;
    size_t piece; /* the next of the message to be handed over */
};

static void set_phase(struct session *session, enum relay_stage stage)
{
    session->stage = stage;
    if (session->feed->phase != NULL)
        session->feed->phase(session->feed->context, stage);
}

static void shut(const struct session *session)
{
    if (session->socket >= 0)
        (void)shutdown(session->socket, SHUT_RDWR);
}

/* The library gives no descriptor: ours is the one TCP socket of this process. */
static int find_socket(void)
{
    for (int descriptor = 3; descriptor < DESCRIPTORS_MOST; descriptor++) {
        struct sockaddr_storage peer = {0};
        socklen_t size = sizeof peer;

        if (getpeername(descriptor, (struct sockaddr *)&peer, &size) != 0)
            continue;
        if (peer.ss_family == AF_INET || peer.ss_family == AF_INET6)
            return descriptor;
    }
    return -1;
}

static void note_connect(struct session *session)
{
    const int on = 1;

    session->socket = find_socket();
    if (session->socket >= 0) {
        (void)setsockopt(session->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        (void)fcntl(session->socket, F_SETFD, FD_CLOEXEC);
    }
    /* Of another address of the same name nothing is known. */
    session->dialogue = (struct dialogue){
        .needs_tls = session->relay->tls != NULL,
        .needs_auth = session->relay->password != NULL,
    };
    set_phase(session, STAGE_MAIL); /* connected: what comes now has its own limits */
}

static void watch(const char *bytes, int size, int writing, void *context)
{
    struct session *session = context;
    bool is_good = false;

    if (size <= 0 || writing == SMTP_CB_HEADERS)
        return;
    if (writing == SMTP_CB_WRITING)
        is_good = dialogue_write(&session->dialogue, bytes, (size_t)size);
    else /* its buffer is not const: CHUNKING is hidden in place */
        is_good = dialogue_read(&session->dialogue, (char *)(uintptr_t)bytes, // NOLINT
                                (size_t)size);
    if (!is_good)
        shut(session);
}

/* Called with size NULL to begin, then until it says 0. */
static const char *give_bytes(void **state, int *size, void *context)
{
    struct session *session = context;
    const struct message *message = session->mail->message;

    (void)state;
    if (size == NULL) {
        session->piece = 0;
        set_phase(session, STAGE_DATA);
        return NULL;
    }
    while (session->piece < message->piece_count) {
        const struct piece *piece = &message->pieces[session->piece++];
        const struct text bytes =
            piece->is_slot ? text_of(session->mail->slots[piece->slot]) : piece->bytes;
        if (bytes.size == 0)
            continue;
        *size = (int)bytes.size; /* a mail is far below 2 GiB: compose's limits */
        return bytes.at;
    }
    set_phase(session, STAGE_DOT);
    *size = 0;
    return NULL;
}

static bool add_mail(struct session *session)
{
    session->message = smtp_add_message(session->smtp);
    if (session->message == NULL)
        return false;
    session->recipient = smtp_add_recipient(session->message, session->mail->recipient);
    (void)smtp_dsn_set_ret(session->message, Ret_HDRS);
    return session->recipient != NULL &&
           smtp_set_reverse_path(session->message, session->mail->return_path) != 0 &&
           smtp_set_messagecb(session->message, give_bytes, session) != 0;
}

/* Takes mails until one passes the gate. False: there is none. */
static bool take_mail(struct session *session)
{
    struct relay_reply refusal;

    while ((session->mail = session->feed->next(session->feed->context)) != NULL) {
        if (relay_may_pass(session->mail, &refusal))
            return true;
        session->feed->done(session->feed->context, &refusal);
    }
    return false;
}

static void feed_next(struct session *session)
{
    if (session->dialogue.fault != NULL || !take_mail(session))
        return;
    session->stage = STAGE_MAIL;
    if (!add_mail(session))
        g_error("libesmtp has no memory for a mail"); /* as GLib ends when memory does */
}

/* "550 5.1.1 no such user": as the relay said it. */
static void write_answer(struct relay_reply *reply, const smtp_status_t *status)
{
    const char *words = status->text == NULL ? "" : status->text;
    g_autofree char *answer = NULL;

    if (status->enh_class != 0)
        answer = g_strdup_printf("%d %d.%d.%d %s", status->code, status->enh_class,
                                 status->enh_subject, status->enh_detail, words);
    else
        answer = g_strdup_printf("%d %s", status->code, words);
    relay_write_text(reply, answer);
}

static void tell(struct session *session, enum relay_stage stage, const smtp_status_t *status)
{
    struct relay_reply reply = {
        .stage = stage,
        .code = status->code,
        .enhanced_class = status->enh_class,
        .subject = status->enh_subject,
        .detail = status->enh_detail,
        .is_in_doubt = stage == STAGE_DOT && session->dialogue.fault != NULL,
    };

    if (session->dialogue.fault != NULL) {
        reply.code = 0;
        relay_write_text(&reply, session->dialogue.fault);
    } else {
        write_answer(&reply, status);
    }
    session->message = NULL;
    session->feed->done(session->feed->context, &reply);
}

static void note_mail_status(struct session *session, smtp_message_t message)
{
    const smtp_status_t *status = smtp_reverse_path_status(message);

    if (status->code / 100 == 2) {
        set_phase(session, STAGE_RCPT);
        return;
    }
    tell(session, STAGE_MAIL, status);
    if (status->code != 421)
        feed_next(session);
}

static void note_recipient_status(struct session *session)
{
    const smtp_status_t *status = smtp_recipient_status(session->recipient);

    if (status->code / 100 == 2)
        return;
    tell(session, STAGE_RCPT, status);
    if (status->code != 421)
        feed_next(session);
}

static void note_message_sent(struct session *session, smtp_message_t message)
{
    const smtp_status_t *status = smtp_message_transfer_status(message);
    const bool was_given = session->stage == STAGE_DOT;

    tell(session, was_given ? STAGE_DOT : STAGE_DATA, status);
    if (was_given && status->code != 421)
        feed_next(session);
}

/* OpenSSL has verified the configured name; the library compares the canonical one. */
static void accept_name(struct session *session, int *is_accepted, SSL *ssl)
{
    const bool is_verified = ssl != NULL && SSL_get_verify_result(ssl) == X509_V_OK &&
                             SSL_get_SSL_CTX(ssl) == session->relay->tls;

    *is_accepted = is_verified ? 1 : 0;
}

static void take_event(smtp_session_t smtp, int event, void *context, ...)
{
    struct session *session = context;
    va_list arguments;

    (void)smtp;
    va_start(arguments, context);
    if (event == SMTP_EV_CONNECT) {
        note_connect(session);
    } else if (event == SMTP_EV_DISCONNECT) {
        session->socket = -1;
    } else if (event == SMTP_EV_STARTTLS_OK) {
        dialogue_note_tls(&session->dialogue);
    } else if (event == SMTP_EV_WRONG_PEER_CERTIFICATE) {
        int *is_accepted = va_arg(arguments, int *);
        (void)va_arg(arguments, const char *);
        accept_name(session, is_accepted, va_arg(arguments, SSL *));
    } else if (event == SMTP_EV_MAILSTATUS && session->message != NULL) {
        (void)va_arg(arguments, const char *);
        note_mail_status(session, va_arg(arguments, smtp_message_t));
    } else if (event == SMTP_EV_RCPTSTATUS && session->message != NULL) {
        note_recipient_status(session);
    } else if (event == SMTP_EV_MESSAGESENT) {
        smtp_message_t message = va_arg(arguments, smtp_message_t);
        if (message == session->message) /* else it was told when its recipient was refused */
            note_message_sent(session, message);
    }
    va_end(arguments);
}

/* Why a session ended although a mail was in hand. */
static void write_fault(const struct session *session, int problem, struct relay_reply *fault)
{
    char words[160];
    const int code = dialogue_last_code(&session->dialogue);

    *fault = (struct relay_reply){
        .stage = session->dialogue.is_mail_seen ? session->stage : STAGE_CONNECT,
        .is_in_doubt = session->stage == STAGE_DOT,
    };
    if (session->dialogue.fault != NULL) {
        relay_write_text(fault, session->dialogue.fault);
    } else if (session->relay->tls_fault[0] != '\0') {
        relay_write_text(fault, session->relay->tls_fault);
    } else if (code >= 400 && code < 600) {
        fault->code = code;
        relay_write_text(fault, session->dialogue.line);
    } else if (session->dialogue.needs_tls && !session->dialogue.is_tls &&
               problem == SMTP_ERR_EXTENSION_NOT_AVAILABLE) {
        relay_write_text(fault, "STARTTLS is not offered");
    } else {
        relay_write_text(fault, smtp_strerror(problem, words, sizeof words));
    }
}

static bool run_session(struct session *session, struct relay_reply *fault)
{
    session->relay->tls_fault[0] = '\0';
    (void)smtp_start_session(session->smtp);

    const int problem = smtp_errno();
    if (session->message == NULL)
        return true;
    session->message = NULL;
    write_fault(session, problem, fault);
    session->feed->done(session->feed->context, fault);
    return false;
}

bool relay_smtp_run(struct relay *relay, const struct relay_feed *feed, struct relay_reply *fault)
{
    struct session session = {.relay = relay, .feed = feed, .socket = -1};
    char server[300];

    set_phase(&session, STAGE_CONNECT);
    if (!take_mail(&session))
        return true;
    (void)g_snprintf(server, sizeof server, "%s:%u", relay->settings->host,
                     (unsigned)relay->settings->port);
    session.smtp = smtp_create_session();

    const bool is_made = session.smtp != NULL && smtp_set_server(session.smtp, server) != 0 &&
                         smtp_set_hostname(session.smtp, relay->hostname) != 0 &&
                         smtp_set_eventcb(session.smtp, take_event, &session) != 0 &&
                         smtp_set_monitorcb(session.smtp, watch, &session, 0) != 0 &&
                         add_mail(&session);
    if (!is_made)
        g_error("libesmtp has no memory for a session");

    struct auth_context *auth = relay_setup_session(relay, session.smtp);
    const bool is_good = run_session(&session, fault);
    (void)smtp_destroy_session(session.smtp);
    if (auth != NULL)
        (void)auth_destroy_context(auth);
    return is_good;
}
