#include "gateway/cli/forecast.h"

#include "gateway/cli/ink.h"

#include <stdio.h>
#include <string.h>

#define LABEL_WIDTH 11

static bool names(const struct mail *mail, const char *name)
{
    g_autofree char *wanted = g_utf8_casefold(name, -1);
    g_autofree char *subject = g_utf8_casefold(mail->subject, -1);
    g_autofree char *text = g_utf8_casefold(mail->text, -1);

    return strstr(subject, wanted) != NULL || strstr(text, wanted) != NULL;
}

bool forecast_hears(const struct forecast *forecast, size_t monitor, const struct mail *mail,
                    const char *grammar, const struct grammar_alert *alert)
{
    const struct monitor *one = forecast->config->monitors[monitor];
    const struct identity *identity = forecast->config->monitor_identities[monitor];
    const bool is_by_network = ((identity->accepts | identity->requires) & PROOF_NETWORK) != 0;

    if (*one->grammar != '\0' && strcmp(one->grammar, grammar) != 0)
        return false;
    if (*one->address != '\0' &&
        (mail->from == NULL || g_ascii_strcasecmp(one->address, mail->from->whole) != 0))
        return false;
    if (*one->address == '\0' && !is_by_network && !names(mail, one->name))
        return false;
    return grammar_monitor_fits(forecast->grammars, one, alert);
}

static const struct mail *mail_of(const struct trial_view *view)
{
    return view->forwarded != NULL ? view->forwarded->mail : view->mail;
}

void forecast_print(struct arena *arena, const struct forecast *forecast,
                    const struct trial_view *view, const struct grammar_alert *alert)
{
    bool is_heard = false;

    (void)arena;
    for (size_t i = 0; i < forecast->config->monitor_count; i++) {
        if (!forecast_hears(forecast, i, mail_of(view), view->trial->grammar, alert))
            continue;
        ink_print(INK_STRONG, is_heard ? "" : "monitor", LABEL_WIDTH);
        ink_print(INK_PLAIN, forecast->config->monitors[i]->name, 0);
        (void)putchar('\n');
        is_heard = true;
    }
    if (is_heard)
        return;
    ink_print(INK_STRONG, "monitor", LABEL_WIDTH);
    ink_print(INK_PLAIN, "none: no monitor of the configuration has its From, grammar and match",
              0);
    (void)putchar('\n');
}

json_t *forecast_json(struct arena *arena, const struct forecast *forecast,
                      const struct trial_view *view, const struct grammar_alert *alert)
{
    json_t *list = json_array();

    (void)arena;
    for (size_t i = 0; i < forecast->config->monitor_count; i++)
        if (forecast_hears(forecast, i, mail_of(view), view->trial->grammar, alert))
            (void)json_array_append_new(
                list, json_pack("{s:s}", "monitor", forecast->config->monitors[i]->name));
    return list;
}
