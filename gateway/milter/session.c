#include "gateway/milter/session.h"

#include "gateway/base/log.h"
#include "gateway/base/moment.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

#define ARENA_BYTES     ((size_t)4 << 20)
#define RECIPIENTS_MOST 1000
#define ADDRESS_MOST    512 /* so that all recipients have room in the arena */
#define REPLY_MOST      400 /* bytes of text; libmilter refuses a line of 980 */

/* libmilter's callbacks carry no context of ours but the session's: these are set once, before any
 * thread starts, and never change. */
static const struct intake_settings *shared_settings;
static const struct secret *shared_secret;
static struct pool *shared_pool;
static atomic_size_t open_count;
static atomic_size_t busy_count;

struct session_state {
    char client_addr[64]; /* {client_addr} */
    char socket_addr[64]; /* of the connection itself */
    struct mail_state {
        char *login;
        char *mail_from;
        const struct page *page;
        GPtrArray *ours; /* recipients as they came, with angle brackets */
        size_t other_count;
        GString *bytes;    /* NULL: none begun */
        bool is_too_large; /* no more is kept */
    } mail;
};

static void forget_mail(struct session_state *state)
{
    struct mail_state *mail = &state->mail;

    g_free(mail->login);
    g_free(mail->mail_from);
    if (mail->ours != NULL)
        (void)g_ptr_array_free(mail->ours, TRUE);
    if (mail->bytes != NULL)
        (void)g_string_free(mail->bytes, TRUE);
    *mail = (struct mail_state){0};
}

static sfsistat on_negotiate(SMFICTX *context, unsigned long f0, unsigned long f1, unsigned long f2,
                             unsigned long f3, unsigned long *p0, unsigned long *p1,
                             unsigned long *p2, unsigned long *p3)
{
    const unsigned long wanted = SMFIP_NOHELO | SMFIP_NOUNKNOWN | SMFIP_HDR_LEADSPC |
                                 SMFIP_NR_CONN | SMFIP_NR_MAIL | SMFIP_NR_HDR | SMFIP_NR_EOH |
                                 SMFIP_NR_BODY;

    (void)f2;
    (void)f3;
    /* Without all of these our answers would be misread: rather no milter than a wrong one. */
    if ((f0 & SMFIF_DELRCPT) == 0 || (f1 & wanted) != wanted)
        return SMFIS_REJECT;
    if ((f0 & SMFIF_SETSYMLIST) != 0) {
        static char at_connect[] = "j {client_addr}";
        static char at_mail[] = "i {mail_addr} {client_addr} {auth_authen} {auth_type}";

        (void)smfi_setsymlist(context, SMFIM_CONNECT, at_connect);
        (void)smfi_setsymlist(context, SMFIM_ENVFROM, at_mail);
    }
    *p0 = f0 & (SMFIF_DELRCPT | SMFIF_SETSYMLIST);
    *p1 = wanted;
    *p2 = 0;
    *p3 = 0;
    return SMFIS_CONTINUE;
}

static void write_address(const struct sockaddr *address, char *text, size_t size)
{
    const void *bytes = NULL;

    text[0] = '\0';
    if (address == NULL)
        return;
    if (address->sa_family == AF_INET)
        bytes = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    else if (address->sa_family == AF_INET6)
        bytes = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    if (bytes != NULL && inet_ntop(address->sa_family, bytes, text, (socklen_t)size) == NULL)
        text[0] = '\0';
}

static const char *macro(SMFICTX *context, const char *name)
{
    const char *value = smfi_getsymval(context, (char *)(uintptr_t)name);

    return value != NULL ? value : "";
}

static sfsistat on_connect(SMFICTX *context, char *hostname, _SOCK_ADDR *address)
{
    struct session_state *state = g_new0(struct session_state, 1);

    (void)hostname;
    write_address(address, state->socket_addr, sizeof state->socket_addr);
    (void)g_strlcpy(state->client_addr, macro(context, "{client_addr}"), sizeof state->client_addr);
    atomic_fetch_add(&open_count, 1);
    (void)smfi_setpriv(context, state);
    return SMFIS_NOREPLY;
}

static char *without_brackets(const char *address)
{
    const size_t size = strlen(address);

    if (size >= 2 && address[0] == '<' && address[size - 1] == '>')
        return g_strndup(address + 1, size - 2);
    return g_strdup(address);
}

static sfsistat on_mail(SMFICTX *context, char **words)
{
    struct session_state *state = smfi_getpriv(context);

    if (state == NULL)
        return SMFIS_NOREPLY;
    forget_mail(state);
    /* Some servers name the client only now. */
    if (state->client_addr[0] == '\0')
        (void)g_strlcpy(state->client_addr, macro(context, "{client_addr}"),
                        sizeof state->client_addr);
    state->mail.login = g_strdup(macro(context, "{auth_authen}"));
    state->mail.mail_from = without_brackets(words[0] != NULL ? words[0] : "");
    state->mail.ours = g_ptr_array_new_with_free_func(g_free);
    state->mail.bytes = g_string_new(NULL);
    return SMFIS_NOREPLY;
}

static sfsistat put_off_recipient(SMFICTX *context, const char *text)
{
    (void)smfi_setreply(context, (char *)(uintptr_t) "452", (char *)(uintptr_t) "4.5.3",
                        (char *)(uintptr_t)text);
    return SMFIS_TEMPFAIL;
}

static sfsistat refuse_long_recipient(SMFICTX *context)
{
    (void)smfi_setreply(context, (char *)(uintptr_t) "550", (char *)(uintptr_t) "5.1.1",
                        (char *)(uintptr_t) "there is no such address");
    return SMFIS_REJECT;
}

static sfsistat on_recipient(SMFICTX *context, char **words)
{
    struct session_state *state = smfi_getpriv(context);
    g_autofree char *address = NULL;
    const struct page *page;
    struct mail_state *mail;

    if (state == NULL || state->mail.bytes == NULL || words[0] == NULL)
        return SMFIS_CONTINUE;
    mail = &state->mail;
    address = without_brackets(words[0]);
    page = intake_find_page(shared_settings, shared_secret, address);
    if (page == NULL) {
        mail->other_count++;
        return SMFIS_CONTINUE;
    }
    if (strlen(words[0]) > ADDRESS_MOST)
        return refuse_long_recipient(context);
    if (mail->page != NULL && mail->page != page)
        return put_off_recipient(context, "one status page a mail");
    if (mail->ours->len >= RECIPIENTS_MOST)
        return put_off_recipient(context, "too many recipients");
    mail->page = page;
    g_ptr_array_add(mail->ours, g_strdup(words[0]));
    return SMFIS_CONTINUE;
}

/* Mail that is not for us is let go here: neither its headers nor its body are sent to us. */
static sfsistat on_data(SMFICTX *context)
{
    const struct session_state *state = smfi_getpriv(context);

    return state == NULL || state->mail.page == NULL ? SMFIS_ACCEPT : SMFIS_CONTINUE;
}

static void keep_bytes(struct mail_state *mail, const char *bytes, size_t size)
{
    if (mail->bytes == NULL || mail->is_too_large)
        return;
    if (size > shared_settings->mail.message_bytes ||
        mail->bytes->len + size > shared_settings->mail.message_bytes) {
        mail->is_too_large = true;
        return;
    }
    g_string_append_len(mail->bytes, bytes, (gssize)size);
}

/* Folded lines come with LF alone; a CR that stands by itself stays for the pre-scan to refuse. */
static sfsistat on_header(SMFICTX *context, char *name, char *value)
{
    struct session_state *state = smfi_getpriv(context);
    struct text rest = text_of(value);
    struct text line;

    if (state == NULL || state->mail.page == NULL)
        return SMFIS_NOREPLY;
    keep_bytes(&state->mail, name, strlen(name));
    keep_bytes(&state->mail, ":", 1);
    while (text_next_piece(&rest, '\n', &line)) {
        if (line.size > 0 && line.at[line.size - 1] == '\r')
            line.size--;
        keep_bytes(&state->mail, line.at, line.size);
        keep_bytes(&state->mail, "\r\n", 2);
    }
    if (value[0] == '\0')
        keep_bytes(&state->mail, "\r\n", 2);
    return SMFIS_NOREPLY;
}

static sfsistat on_header_end(SMFICTX *context)
{
    struct session_state *state = smfi_getpriv(context);

    if (state != NULL)
        keep_bytes(&state->mail, "\r\n", 2);
    return SMFIS_NOREPLY;
}

static sfsistat on_body(SMFICTX *context, unsigned char *bytes, size_t size)
{
    struct session_state *state = smfi_getpriv(context);

    if (state != NULL)
        keep_bytes(&state->mail, (const char *)bytes, size);
    return SMFIS_NOREPLY;
}

static struct intake_verdict too_large(void)
{
    return (struct intake_verdict){
        .outcome = INTAKE_REFUSED,
        .code = TOCSIN_ERROR_LIMIT,
        .smtp = "",
        .enhanced = "",
        .text = "the mail is too large",
        .event = "mail.too_large",
        .page_id = "",
        .incident_id = "",
        .monitor = "",
    };
}

static struct intake_verdict judge(struct session_state *state, struct arena *arena)
{
    const struct mail_state *mail = &state->mail;
    const char **recipients = ARENA_ARRAY(arena, const char *, mail->ours->len);
    struct envelope envelope = {
        .session = {state->client_addr, state->socket_addr, mail->login, mail->mail_from},
        .recipients = recipients,
        .recipient_count = mail->ours->len,
        .bytes = text_from(mail->bytes->str, mail->bytes->len),
    };

    if (mail->is_too_large)
        return too_large();
    for (guint i = 0; i < mail->ours->len; i++) {
        g_autofree char *address = without_brackets(mail->ours->pdata[i]);

        recipients[i] = arena_string(arena, address);
    }
    return pool_ask(shared_pool, arena, &envelope);
}

static bool remove_ours(SMFICTX *context, const struct mail_state *mail)
{
    for (guint i = 0; i < mail->ours->len; i++)
        if (smfi_delrcpt(context, mail->ours->pdata[i]) != MI_SUCCESS)
            return false;
    return true;
}

/* libmilter reads % in the text as a format; an SMTP reply is ASCII. */
static sfsistat reply(SMFICTX *context, const struct intake_verdict *verdict)
{
    const struct error_reply *usual = error_reply(verdict->code);
    const char *code = verdict->smtp[0] != '\0' ? verdict->smtp : usual->smtp;
    const char *enhanced = verdict->enhanced[0] != '\0' ? verdict->enhanced : usual->enhanced;
    g_autoptr(GString) text = g_string_new(NULL);

    for (const char *at = verdict->text; *at != '\0' && text->len < REPLY_MOST; at++) {
        if (*at == '%')
            g_string_append_c(text, '%');
        g_string_append_c(text, g_ascii_isprint(*at) ? *at : '?');
    }
    (void)smfi_setreply(context, (char *)(uintptr_t)code, (char *)(uintptr_t)enhanced, text->str);
    return code[0] == '4' ? SMFIS_TEMPFAIL : SMFIS_REJECT;
}

static void log_verdict(const struct session_state *state, const struct intake_verdict *verdict,
                        const char *queue_id)
{
    const struct error_reply *usual = error_reply(verdict->code);

    if (verdict->outcome == INTAKE_REFUSED)
        log_warning(verdict->event, LOG_TEXT("page", verdict->page_id),
                    LOG_TEXT("from", state->mail.mail_from), LOG_TEXT("client", state->client_addr),
                    LOG_TEXT("code", verdict->smtp[0] != '\0' ? verdict->smtp : usual->smtp),
                    LOG_TEXT("reason", verdict->text), LOG_TEXT("queue", queue_id));
    else
        log_info(verdict->event, LOG_TEXT("page", verdict->page_id), intake_log_incident(verdict),
                 intake_log_monitor(verdict), intake_log_subscribers(verdict),
                 intake_log_reason(verdict), LOG_TEXT("from", state->mail.mail_from),
                 LOG_TEXT("queue", queue_id));
}

static sfsistat on_message_end(SMFICTX *context)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    struct session_state *state = smfi_getpriv(context);
    struct intake_verdict verdict;
    sfsistat status = SMFIS_CONTINUE;

    if (state == NULL || state->mail.page == NULL)
        return SMFIS_CONTINUE;
    atomic_fetch_add(&busy_count, 1);
    verdict = judge(state, arena);
    log_verdict(state, &verdict, macro(context, "i"));
    if (verdict.outcome == INTAKE_REFUSED && (verdict.is_whole || state->mail.other_count == 0))
        status = reply(context, &verdict);
    else if (verdict.outcome != INTAKE_NOT_OURS && !remove_ours(context, &state->mail))
        status = SMFIS_TEMPFAIL; /* it would reach Postfix's own transport; again has no effect */
    forget_mail(state);
    atomic_fetch_sub(&busy_count, 1);
    return status;
}

static sfsistat on_abort(SMFICTX *context)
{
    struct session_state *state = smfi_getpriv(context);

    if (state != NULL)
        forget_mail(state);
    return SMFIS_CONTINUE;
}

static sfsistat on_close(SMFICTX *context)
{
    struct session_state *state = smfi_getpriv(context);

    if (state == NULL)
        return SMFIS_CONTINUE;
    forget_mail(state);
    (void)smfi_setpriv(context, NULL);
    g_free(state);
    atomic_fetch_sub(&open_count, 1);
    return SMFIS_CONTINUE;
}

bool session_register(const struct intake_settings *settings, const struct secret *secret,
                      struct pool *pool, GError **error)
{
    const struct smfiDesc callbacks = {
        .xxfi_name = (char *)(uintptr_t) "tocsin",
        .xxfi_version = SMFI_VERSION,
        .xxfi_flags = SMFIF_DELRCPT | SMFIF_SETSYMLIST,
        .xxfi_connect = on_connect,
        .xxfi_envfrom = on_mail,
        .xxfi_envrcpt = on_recipient,
        .xxfi_data = on_data,
        .xxfi_header = on_header,
        .xxfi_eoh = on_header_end,
        .xxfi_body = on_body,
        .xxfi_eom = on_message_end,
        .xxfi_abort = on_abort,
        .xxfi_close = on_close,
        .xxfi_negotiate = on_negotiate,
    };

    shared_settings = settings;
    shared_secret = secret;
    shared_pool = pool;
    if (smfi_register(callbacks) == MI_SUCCESS)
        return true;
    return error_set(error, TOCSIN_ERROR_BUG, "libmilter refuses our callbacks");
}

size_t session_count_open(void)
{
    return atomic_load(&open_count);
}

size_t session_count_busy(void)
{
    return atomic_load(&busy_count);
}
