/* gateway/config/bounce_settings.h: what counts as a failing address, and what is done then. */
#pragma once

#include "gateway/store/bounces.h"
#include "gateway/yaml/reader.h"

extern const struct reader_table bounce_settings_table; /* struct bounce_settings */
