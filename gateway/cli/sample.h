/* gateway/cli/sample.h: a mail beside a grammar, and what has to come of it (contrib/monitors/README.md). */
#pragma once

#include "gateway/grammar/grammar.h"
#include "gateway/yaml/reader.h"

enum sample_command {
    SAMPLE_ALERT,
    SAMPLE_CLEAR,
    SAMPLE_ACKNOWLEDGE,
    SAMPLE_IGNORE,
    SAMPLE_NOTHING, /* no rule matches */
};
#define SAMPLE_COMMAND_COUNT 5

/* key, title, severity, components, message, url, at, who. */
#define SAMPLE_FIELD_COUNT 8

/* What has to come of one alert; what is NULL is not judged. */
struct sample_alert {
    const struct yaml_node *node;
    enum sample_command command;
    const char *fields[SAMPLE_FIELD_COUNT];
};

struct sample {
    struct sample_alert single; /* where `alert_count` is 0 */
    const char *rule;           /* NULL: whichever */
    struct sample_alert *alerts;
    size_t alert_count;
};

/* NULL: problems were added. */
const struct sample *sample_read(struct arena *arena, const char *path, struct problems *problems);

/* NULL: it is as it has to be; else how it differs, a sentence for each difference, on lines of their
 * own. */
const char *sample_judge(struct arena *arena, const struct sample *sample,
                         const struct reading *reading);
