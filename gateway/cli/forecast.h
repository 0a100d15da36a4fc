/* gateway/cli/forecast.h: which monitors an alert would come from, and what their policies would do.
 *
 * Nothing is done: stores are read alone. Who is believed is not looked at, since a file has no session:
 * what is said holds for a mail that is proven. */
#pragma once

#include "gateway/cli/trial_view.h"

struct forecast {
    const struct config *config;
    struct grammars *grammars;
    struct store *store; /* NULL: none yet; then as if nothing had happened before */
    int64_t now;
};

/* Does the monitor hear this alert of the mail that was read? */
bool forecast_hears(const struct forecast *forecast, size_t monitor, const struct mail *mail,
                    const char *grammar, const struct grammar_alert *alert);

void forecast_print(struct arena *arena, const struct forecast *forecast,
                    const struct trial_view *view, const struct grammar_alert *alert);

/* A list of {monitor, decision …}. */
json_t *forecast_json(struct arena *arena, const struct forecast *forecast,
                      const struct trial_view *view, const struct grammar_alert *alert);
