/* tocsin inject: one mail on standard input, as from a pipe transport or fetchmail. */
#include "gateway/cli/invocation.h"

#include "gateway/base/log.h"
#include "gateway/base/moment.h"
#include "gateway/cli/inject_words.h"

#include <errno.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#define READ_BYTES ((size_t)64 << 10)

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

static int finish(const struct inject_words *words, const struct intake_verdict *verdict)
{
    if (verdict->outcome == INTAKE_TAKEN) {
        log_info(verdict->event, LOG_TEXT("page", verdict->page_id), intake_log_incident(verdict),
                 intake_log_monitor(verdict), intake_log_subscribers(verdict),
                 intake_log_reason(verdict), LOG_TEXT("from", words->from));
        return EX_OK;
    }
    log_warning(verdict->event, LOG_TEXT("page", verdict->page_id), LOG_TEXT("from", words->from),
                LOG_TEXT("reason", verdict->text));
    (void)fprintf(stderr, "tocsin: %s\n", verdict->text);
    return inject_words_exit(words, error_reply(verdict->code)->exit);
}

static int refuse(const struct inject_words *words, const GError *error)
{
    return finish(words, &(const struct intake_verdict){
                             .outcome = INTAKE_REFUSED,
                             .code = (enum tocsin_error)error->code,
                             .text = error->message,
                             .event = "mail.refused",
                             .page_id = "",
                             .incident_id = "",
                             .monitor = "",
                         });
}

static int take_for(struct invocation *invocation, const struct config *config,
                    const struct inject_words *words, struct text bytes)
{
    struct intake_verdict verdict = {
        .outcome = INTAKE_REFUSED,
        .code = TOCSIN_ERROR_BUSY,
        .text = "no worker could be started",
        .event = "mail.failed",
        .page_id = "",
        .incident_id = "",
        .monitor = "",
    };

    ask_worker(invocation, config,
               &(const struct envelope){
                   .session = {words->client_addr, words->client_addr, words->login, words->from},
                   .recipients = words->to,
                   .recipient_count = words->to_count,
                   .bytes = bytes,
               },
               &verdict);
    return finish(words, &verdict);
}

/* Those of its recipients that are the page's. */
static struct inject_words pick(struct arena *arena, const struct config *config,
                                const struct secret *secret, const struct inject_words *words,
                                const struct page *page)
{
    struct inject_words picked = *words;
    const char **to = ARENA_ARRAY(arena, const char *, words->to_count);

    picked.to = to;
    picked.to_count = 0;
    for (size_t i = 0; i < words->to_count; i++)
        if (intake_find_page(&config->intake, secret, words->to[i]) == page)
            to[picked.to_count++] = words->to[i];
    return picked;
}

/* A mail is for one page at a time, as it is by SMTP; what is put off makes all be tried again, where
 * what was taken has no second effect. */
static int take_for_each(struct invocation *invocation, const struct config *config,
                         const struct inject_words *words, struct text bytes)
{
    g_autoptr(GError) error = NULL;
    OWN(secret) secret = secret_open(config->store.state, &error);
    size_t asked = 0;
    int status = EX_OK;

    if (secret == NULL)
        return refuse(words, error);
    for (size_t i = 0; i < config->intake.page_count; i++) {
        const struct inject_words own =
            pick(invocation->arena, config, secret, words, config->intake.pages[i]);
        int next;

        if (own.to_count == 0)
            continue;
        asked++;
        next = take_for(invocation, config, &own, bytes);
        if (status == EX_OK || next == EX_TEMPFAIL)
            status = next;
    }
    return asked > 0 ? status : take_for(invocation, config, words, bytes);
}

static int take(struct invocation *invocation, const struct config *config,
                const struct inject_words *words)
{
    g_autoptr(GString) bytes = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    if (!read_mail(bytes, config->intake.mail.message_bytes, &error))
        return refuse(words, error);
    return take_for_each(invocation, config, words, text_from(bytes->str, bytes->len));
}

static int take_configured(struct invocation *invocation, const struct inject_words *words)
{
    const struct config *config;

    if (words->config_file != NULL)
        invocation->config_file = words->config_file;
    config = invocation_config(invocation);
    return config != NULL ? take(invocation, config, words) : inject_words_exit(words, EX_CONFIG);
}

static int run_inject(struct invocation *invocation)
{
    g_autoptr(GError) error = NULL;
    struct inject_words words;

    if (g_strcmp0(invocation->words[0], "--help") == 0) {
        (void)printf("usage: tocsin inject %s\n", invocation->verb->arguments);
        return EX_OK;
    }
    switch (inject_words_read(invocation->arena, (const char *const *)invocation->words, &words,
                              &error)) {
    case INJECT_READ:
        return take_configured(invocation, &words);
    case INJECT_REFUSED:
        return refuse(&words, error);
    case INJECT_USAGE:
        (void)fprintf(stderr, "tocsin: inject: %s\n", error->message);
        return inject_words_exit(&words, invocation_usage(invocation));
    }
    return EX_SOFTWARE;
}

const struct verb verb_inject = {
    "inject",
    "--from ADDR --to ADDR… [--client-addr IP] [--auth USER] [--refused=discard]",
    "take one mail from standard input",
    false,
    run_inject,
};
