/* tocsin template try KIND --format F: an example mail, as it would be sent. */
#include "gateway/cli/invocation.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static int try_template(struct invocation *invocation, const char *page_id, const char *format_name)
{
    const struct config *config = invocation_config(invocation);
    const struct page *page = config != NULL ? invocation_page(config, page_id) : NULL;
    enum subscriber_format format = FORMAT_HTML;
    const uint8_t root[32] = {0};
    OWN(secret) secret = secret_new(root); /* an example needs no key of ours */
    OWN(compose) compose = NULL;
    const struct message *message;
    g_autoptr(GError) error = NULL;
    struct text mail;

    if (page == NULL)
        return config == NULL ? EX_CONFIG : EX_USAGE;
    if (format_name != NULL && !subscriber_format_parse(text_of(format_name), &format)) {
        (void)fprintf(stderr, "tocsin: --format %s: one of html, text, pager\n", format_name);
        return EX_USAGE;
    }
    compose = compose_open(&config->compose, secret, &error);
    const struct example example = {page, invocation_word(invocation, 1), format};
    message =
        compose != NULL ? compose_example(compose, invocation->arena, &example, &error) : NULL;
    if (message == NULL)
        return g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_INPUT) ? invocation_reject(error)
                                                                        : invocation_fail(error);
    mail = compose_splice(invocation->arena, message, NULL);
    (void)fwrite(mail.at, 1, mail.size, stdout);
    return EX_OK;
}

static int run_template(struct invocation *invocation)
{
    char *format = NULL;
    char *page = NULL;
    const GOptionEntry options[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &format, "html, text, pager", "F"},
        {"page", 0, 0, G_OPTION_ARG_STRING, &page, "the status page", "ID"},
        G_OPTION_ENTRY_NULL,
    };
    int status = EX_USAGE;

    if (invocation_options(invocation, options))
        status =
            invocation_count(invocation) == 2 && strcmp(invocation_word(invocation, 0), "try") == 0
                ? try_template(invocation, page, format)
                : invocation_usage(invocation);
    g_free(format);
    g_free(page);
    return status;
}

const struct verb verb_template = {
    "template",   "try KIND [--format html|text|pager] [--page ID]", "show an example mail", false,
    run_template,
};
