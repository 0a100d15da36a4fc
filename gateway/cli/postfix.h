/* gateway/cli/postfix.h: what a Postfix is set to, as its own postconf(1) and postmap(1) tell.
 *
 * Both are started without a shell, with an environment of ours. Nothing is changed. Values have their
 * $names replaced (postconf -x). Everything lives in the arena. */
#pragma once

#include "gateway/base/arena.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct postfix_setting {
    const char *name;
    const char *value;
};

/* An smtpd(8) service of master.cf: a door that mail comes in by. */
struct postfix_door {
    const char *name; /* "smtp/inet", "127.0.0.1:2525/inet" */
    bool is_chrooted;
    const struct postfix_setting *overrides; /* its -o options */
    size_t override_count;
};

struct postfix {
    struct arena *arena;
    const char *directory; /* of main.cf; NULL: Postfix's own choice */
    const struct postfix_setting *settings;
    size_t setting_count;
    const struct postfix_setting *given; /* those that main.cf itself sets */
    size_t given_count;
    const struct postfix_door *doors;
    size_t door_count;
};

/* NULL: `error` is MISSING where there is no postconf, else BUSY with what it said. */
const struct postfix *postfix_load(struct arena *arena, const char *directory, GError **error);

/* The value at this door, or of main.cf for NULL. NULL: this version has no such setting, or it is
 * none of those that are read (the head of postfix.c). */
const char *postfix_find(const struct postfix *postfix, const struct postfix_door *door,
                         const char *name);
/* Does main.cf or the door itself say so, rather than the defaults? */
bool postfix_is_given(const struct postfix *postfix, const struct postfix_door *door,
                      const char *name);
/* Is it set by -o at this door? */
bool postfix_is_overridden(const struct postfix_door *door, const char *name);

/* The words of a list: split at commas and white space, but not within braces, which stay. NULL
 * ended. */
const char *const *postfix_split(struct arena *arena, const char *list);
bool postfix_list_has(struct arena *arena, const char *list, const char *word);

enum postfix_answer {
    POSTFIX_NO,
    POSTFIX_YES,
    POSTFIX_UNKNOWN, /* a table that is not on this machine, or that cannot be read by us */
};

/* Looks the key up in the tables of a list, the first that has it. *value is set with YES. */
enum postfix_answer postfix_look_up(const struct postfix *postfix, const char *list,
                                    const char *key, const char **value);
/* Is the domain, or (with `holds_below`) one that it lies below, in a list of domains and tables? */
enum postfix_answer postfix_has_domain(const struct postfix *postfix, const char *list,
                                       const char *domain, bool holds_below);
