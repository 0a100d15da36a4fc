/* gateway/config/subscription_settings.h: how often strangers and subscribers are written to, and may
 * write. */
#pragma once

#include "gateway/config/settings.h"

extern const struct reader_table subscription_settings_table;

struct joins_limits subscription_settings_build(const struct subscription_settings *subscriptions);
