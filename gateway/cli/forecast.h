/* gateway/cli/forecast.h: which monitor an alert would come from, and what its policy would do.
 *
 * Nothing is done: stores are read alone. Who is believed is not looked at, since a file has no session:
 * what is said holds for a mail that is proven. */
#pragma once

#include "gateway/cli/trial_view.h"

struct forecast;

/* NULL: without a good configuration there is nothing to say. */
struct forecast *forecast_open(const struct config *config);
void forecast_close(struct forecast *forecast);
OWN_DEFINE(forecast);

struct grammars *forecast_grammars(const struct forecast *forecast);

void forecast_print(struct arena *arena, const struct forecast *forecast,
                    const struct trial_view *view, const struct grammar_alert *alert);

/* {monitor, outcome, does, title …}, or null: no monitor hears it. */
json_t *forecast_json(struct arena *arena, const struct forecast *forecast,
                      const struct trial_view *view, const struct grammar_alert *alert);
