/* gateway/config/proof_settings.h: which proofs an operator or a monitor is believed by, and whether they
 * can hold. */
#pragma once

#include "gateway/trust/trust.h"
#include "gateway/yaml/reader.h"

/* Reads a list of an operator's proofs into an `unsigned`; what monitors alone may use is refused. */
void proof_settings_read(const struct reader *reader, const struct yaml_node *node, void *member);
/* The same of a monitor's, who never answers. */
void proof_settings_read_monitor(const struct reader *reader, const struct yaml_node *node,
                                 void *member);

struct proof_choice {
    const struct yaml_node *node; /* of the operator or monitor */
    const char *address;          /* NULL: wrong or missing */
    unsigned proofs;              /* one of which is enough */
    unsigned require;             /* all of which are needed */
    bool is_monitor;
};

/* Proofs that are missing or can never hold are errors; those that prove less than it seems are
 * warnings. `trust` is as read: authserv_id may be NULL. */
void proof_settings_check(const struct reader *reader, const struct proof_choice *choice,
                          const struct trust_settings *trust);
