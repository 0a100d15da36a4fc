/* gateway/config/config.h: the settings that each folder declares, filled from YAML.
 *
 * DESIGN section 11. One file and, in the same folder, conf.d/NAME.yaml (sorted by name; lists are joined,
 * a scalar given twice is an error). Everything has a default but pages and operators. It never
 * changes in a living process: who wants a newer one starts anew. Everything lives in the arena. */
#pragma once

#include "gateway/compose/compose.h"
#include "gateway/intake/intake.h"
#include "gateway/milter/milter.h"
#include "gateway/yaml/yaml.h"
#include "spool/sender.h"

struct config {
    const char *file;
    const char *state; /* directory */
    struct store_settings store;
    struct intake_settings intake; /* with trust, mail, grammar, pages, operators */
    struct milter_settings milter;
    struct compose_settings compose;
    struct spool_settings spool;
    struct bounce_settings bounces;
    const struct page *const *pages;
    size_t page_count;
    const struct operator* const * operators;
    const struct identity *const *identities; /* in the operators' order */
    size_t operator_count;
    const struct speaker *speakers; /* in the operators' order */
    const struct monitor *const *monitors;
    const struct identity *const *monitor_identities;
    size_t monitor_count;
    const struct monitor_words *words; /* where grammars are named, for config_check() */
};

/* Reads and checks everything: fields, ids, addresses, zones, relays, grammars' and templates'
 * directories (their contents are checked by config_check()). NULL: `problems` has errors. Files that
 * others may write, secrets that the world may read, are errors. */
const struct config *config_load(struct arena *arena, const char *file, struct problems *problems);

/* The same of a tree that was read already. */
const struct config *config_read(struct arena *arena, const char *file,
                                 const struct yaml_node *root, struct problems *problems);

/* What lies beside a configuration: compiles the grammars, parses the templates, looks at the
 * directories' owners and modes. Adds errors and warnings; false: `problems` has an error. */
bool config_check(struct arena *arena, const struct config *config, struct problems *problems);

/* `tocsin check`: the same of a file that may have errors of its own, so that all are said at once. */
bool config_check_file(struct arena *arena, const char *file, struct problems *problems);

/* --config, else TOCSIN_CONFIG, else /etc/tocsin/tocsin.yaml. */
const char *config_path(const char *given);

/* NULL: there is none of that id; with `id` NULL, the only page, or NULL when there are several. */
const struct page *config_find_page(const struct config *config, const char *id);
