/* gateway/config/limit_settings.h: the limits of DESIGN section 5 that a site may move. */
#pragma once

#include "gateway/config/settings.h"

extern const struct reader_table limit_settings_table;

/* A part that may be larger than its whole. */
void limit_settings_check(const struct reader *reader, const struct yaml_node *root,
                          const struct limit_settings *limits);

struct mail_limits limit_settings_build(const struct limit_settings *limits);
