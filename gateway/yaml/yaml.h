/* gateway/yaml/yaml.h: a YAML file as a tree of nodes that know their place.
 *
 * What is not needed for settings is refused, with its line: anchors, aliases and merge keys (alias
 * bombs), tags, several documents, keys that are no plain words, a key given twice, nesting beyond
 * YAML_MOST_DEPTH, control characters in values. An error that lets the rest be understood stands in
 * `problems` and leaves a node of kind YAML_BROKEN, which readers pass over in silence, or for a key
 * given twice the first one. Values are never interpreted here: `port: 25` is the string "25".
 *
 * The tree lives in the caller's arena: at most 16 MiB and the size of the file. */
#pragma once

#include "gateway/base/text.h"
#include "gateway/yaml/problems.h"

#define YAML_MOST_BYTES ((size_t)1024 * 1024)
#define YAML_MOST_DEPTH 32
#define YAML_MOST_NODES 100000

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING, YAML_BROKEN };

/* Read its members; only the functions below change one. */
struct yaml_node {
    enum yaml_kind kind;
    bool is_plain; /* a scalar without quotes, not a block */
    unsigned line; /* of the value, from 1 */
    unsigned column;
    unsigned key_line; /* of the key; in a sequence or at the root those of the value */
    unsigned key_column;
    const char *file;
    const char *key;                /* in a mapping; else NULL */
    const char *value;              /* of a scalar; else "" */
    size_t index;                   /* in a sequence of its file, from 0 */
    size_t count;                   /* children */
    const struct yaml_node *parent; /* NULL: the root */
    struct yaml_node *first;        /* child */
    struct yaml_node *last;
    struct yaml_node *next; /* of the same parent */
};

/* `file` names the bytes in problems. NULL: nothing can be made of them, and `problems` says why. An
 * empty file is a mapping without fields; so is one with nothing but comments. The root may be of
 * any kind. */
struct yaml_node *yaml_load(struct arena *arena, const char *file, struct text bytes,
                            struct problems *problems);

/* The same from a regular file. With `is_trusted` it must belong to root or to us, and nobody else
 * may be able to write it: it decides what this program does (security A64). */
struct yaml_node *yaml_load_file(struct arena *arena, const char *path, bool is_trusted,
                                 struct problems *problems);

/* The value of a field; NULL: there is none, or `node` is no mapping. */
const struct yaml_node *yaml_find(const struct yaml_node *node, const char *key);

/* `key:`, `key: ~` and `key: null`. */
bool yaml_is_null(const struct yaml_node *node);

/* "relays[1].port"; "" for the root. An index counts in the node's own file. */
char *yaml_path(struct arena *arena, const struct yaml_node *node);

/* Moves the fields of `from`, another file's root, into `into`: sequences are appended, mappings
 * merged, anything else given in both is a problem at the second that names the first. */
void yaml_merge(struct yaml_node *into, struct yaml_node *from, struct problems *problems);

/* Turns the field `single` of a root, if there, into the only element of a sequence `many` (a
 * `monitor:` in a file of its own is one of `monitors:`). A `many` in the same file is a problem. */
void yaml_make_list(struct arena *arena, struct yaml_node *root, const char *single,
                    const char *many, struct problems *problems);

/* Adds an error (a warning) at a node's value, named by its path. */
void yaml_problem(struct problems *problems, const struct yaml_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void yaml_warning(struct problems *problems, const struct yaml_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds an error at a node's key, named by the path of the mapping that holds it. */
void yaml_problem_key(struct problems *problems, const struct yaml_node *node, const char *format,
                      ...) __attribute__((format(printf, 3, 4)));
