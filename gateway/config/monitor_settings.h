/* gateway/config/monitor_settings.h: what can be said of `monitors:` before monitors are built.
 *
 * Their fields are not read yet. Names, and the pages and components that their alert policies name,
 * are: a misspelled one would be found in an outage. */
#pragma once

#include "gateway/config/page_settings.h"

void monitor_settings_check(const struct reader *reader, const struct yaml_node *root,
                            const struct page_settings *pages);
