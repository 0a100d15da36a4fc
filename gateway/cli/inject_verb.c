/* tocsin inject: one mail on standard input, as from a pipe transport or fetchmail. */
#include "gateway/cli/invocation.h"

#include "gateway/base/log.h"
#include "gateway/base/moment.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define READ_BYTES ((size_t)64 << 10)

struct wish {
    char *from;
    char **to;
    char *client_addr;
    char *login;
    char *refused;
};

static bool take_options(struct invocation *invocation, struct wish *wish)
{
    const GOptionEntry options[] = {
        {"from", 0, 0, G_OPTION_ARG_STRING, &wish->from, "envelope sender, empty for none", "ADDR"},
        {"to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &wish->to, "envelope recipient", "ADDR"},
        {"client-addr", 0, 0, G_OPTION_ARG_STRING, &wish->client_addr, "where it came from", "IP"},
        {"auth", 0, 0, G_OPTION_ARG_STRING, &wish->login, "who was signed in", "USER"},
        {"refused", 0, 0, G_OPTION_ARG_STRING, &wish->refused, "what a refusal exits with",
         "exit|discard"},
        G_OPTION_ENTRY_NULL,
    };

    return invocation_options(invocation, options);
}

/* Reads at most one byte more than is allowed, so that too much is seen. */
static bool read_mail(GString *bytes, size_t most, GError **error)
{
    while (bytes->len <= most) {
        const size_t had = bytes->len;
        ssize_t size;

        g_string_set_size(bytes, had + READ_BYTES);
        size = read(STDIN_FILENO, bytes->str + had, READ_BYTES);
        g_string_set_size(bytes, had + (size > 0 ? (size_t)size : 0));
        if (size == 0)
            return true;
        if (size < 0 && errno != EINTR)
            return error_set(error, TOCSIN_ERROR_BUSY, "standard input: %s", g_strerror(errno));
    }
    return error_set(error, TOCSIN_ERROR_LIMIT, "the mail is larger than %zu bytes", most);
}

/* Addresses from a shell are hostile bytes too: a control character in one reads as another. */
static bool check_words(const struct wish *wish, GError **error)
{
    for (size_t i = 0; wish->to[i] != NULL; i++)
        if (!g_utf8_validate(wish->to[i], -1, NULL) || strpbrk(wish->to[i], "\r\n<> ") != NULL)
            return error_set(error, TOCSIN_ERROR_INPUT, "--to is no address");
    if (!g_utf8_validate(wish->from, -1, NULL) || strpbrk(wish->from, "\r\n<> ") != NULL)
        return error_set(error, TOCSIN_ERROR_INPUT, "--from is no address");
    return true;
}

static void ask_worker(struct invocation *invocation, const struct config *config,
                       const struct envelope *envelope, struct intake_verdict *verdict)
{
    g_autoptr(GError) error = NULL;
    OWN(worker) worker = worker_start(invocation_child(invocation, "intake-worker"), &error);

    if (worker == NULL) {
        log_error("worker.start_failed", LOG_FAILURE(error));
        return;
    }
    if (worker_ask(worker, invocation->arena, envelope, config->intake.wall_ms, verdict) ==
            WORKER_DIED &&
        !worker_note_crash(&config->store, envelope->bytes, moment_now(), &error))
        log_error("worker.crash_not_noted", LOG_FAILURE(error));
}

static bool discards(const struct wish *wish)
{
    return wish->refused != NULL && strcmp(wish->refused, "discard") == 0;
}

/* A pipe transport bounces all but 75 to a sender who may be forged: with --refused=discard nothing of
 * ours may make it do so. */
static int status_for(const struct wish *wish, int status)
{
    if (!discards(wish) || status == EX_TEMPFAIL)
        return status;
    return status == EX_CONFIG ? EX_TEMPFAIL : EX_OK;
}

static int finish(const struct wish *wish, const struct intake_verdict *verdict)
{
    if (verdict->outcome == INTAKE_TAKEN) {
        log_info(verdict->event, LOG_TEXT("page", verdict->page_id),
                 LOG_TEXT("incident", verdict->incident_id), LOG_TEXT("from", wish->from));
        return EX_OK;
    }
    log_warning(verdict->event, LOG_TEXT("page", verdict->page_id), LOG_TEXT("from", wish->from),
                LOG_TEXT("reason", verdict->text));
    (void)fprintf(stderr, "tocsin: %s\n", verdict->text);
    return status_for(wish, error_reply(verdict->code)->exit);
}

static int take(struct invocation *invocation, const struct config *config, const struct wish *wish)
{
    g_autoptr(GString) bytes = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    const char *client = wish->client_addr != NULL ? wish->client_addr : "";
    struct intake_verdict verdict = {
        .outcome = INTAKE_REFUSED,
        .code = TOCSIN_ERROR_BUSY,
        .text = "no worker could be started",
        .event = "mail.failed",
        .page_id = "",
        .incident_id = "",
    };

    if (!check_words(wish, &error) ||
        !read_mail(bytes, config->intake.mail.message_bytes, &error)) {
        verdict.code = (enum tocsin_error)error->code;
        verdict.text = error->message;
        verdict.event = "mail.refused";
        return finish(wish, &verdict);
    }
    ask_worker(invocation, config,
               &(const struct envelope){
                   .session = {client, client, wish->login != NULL ? wish->login : "", wish->from},
                   .recipients = (const char *const *)wish->to,
                   .recipient_count = g_strv_length(wish->to),
                   .bytes = text_from(bytes->str, bytes->len),
               },
               &verdict);
    return finish(wish, &verdict);
}

static int run_inject(struct invocation *invocation)
{
    struct wish wish = {NULL};
    const struct config *config;
    int status;

    if (!take_options(invocation, &wish))
        return EX_USAGE;
    if (wish.from == NULL || wish.to == NULL || invocation_count(invocation) > 0 ||
        (wish.refused != NULL && strcmp(wish.refused, "discard") != 0 &&
         strcmp(wish.refused, "exit") != 0))
        return invocation_usage(invocation);
    config = invocation_config(invocation);
    status = config != NULL ? take(invocation, config, &wish) : status_for(&wish, EX_CONFIG);
    g_free(wish.from);
    g_strfreev(wish.to);
    g_free(wish.client_addr);
    g_free(wish.login);
    g_free(wish.refused);
    return status;
}

const struct verb verb_inject = {
    "inject",
    "--from ADDR --to ADDR… [--client-addr IP] [--auth USER] [--refused=discard]",
    "take one mail from standard input",
    false,
    run_inject,
};
