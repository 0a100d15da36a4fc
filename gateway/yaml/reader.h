/* gateway/yaml/reader.h: a mapping read into a struct by a table of fields.
 *
 *     static const struct reader_field relay_fields[] = {
 *         {.name = "host", .kind = READER_STRING, .at = READER_AT(struct relay, host),
 *          .is_required = true, .check = host_check, .help = "the relay's name or IPv4 address"},
 *         {.name = "port", .kind = READER_INTEGER, .at = READER_AT(struct relay, port),
 *          .standard = "25", .least = 1, .most = 65535},
 *         {.name = "tls", .kind = READER_ENUM, .at = READER_AT(struct relay, tls),
 *          .names = tls_names, .standard = "none"},
 *     };
 *     static const struct reader_table relay_table = {
 *         relay_fields, G_N_ELEMENTS(relay_fields), sizeof(struct relay), .node_at = …};
 *
 *     struct reader reader = {arena, problems, NULL};
 *     reader_read(&reader, yaml_load_file(arena, path, true, problems), &table, &settings);
 *
 * Every error goes to the reader's problems, and reading goes on; whoever calls looks there whether
 * the values may be used. A member whose value was wrong holds its default. All that members point
 * to lives in the arena, whose ceiling should be 64 MiB for a file of the greatest size in which every
 * value is wrong. Reading recurses as deep as tables nest. */
#pragma once

#include "gateway/yaml/yaml.h"

#include <stdint.h>

/* Where a member is; 0 is nowhere. */
#define READER_AT(type, member) (offsetof(type, member) + 1)

struct reader {
    struct arena *arena;
    struct problems *problems;
    void *context; /* the caller's, for its callbacks */
};

/* What a row reads                 into a member of type
 * STRING   one line                const char *; absent without a default: NULL
 * TEXT     also many lines         const char *
 * BOOL     true false yes no on off      bool
 * INTEGER  decimal                 int64_t
 * SPAN     250ms 30s 5m 2h 7d      int64_t, milliseconds
 * SIZE     4096 64KiB 1MiB         int64_t, bytes
 * ENUM     one of `names`          enum or int: the index of the name
 * STRINGS  a list, or one string   const char *const * at `at`, size_t at `count_at`
 * LIST     a list of mappings      array of `table`'s structs (pointer at `at`), size_t at `count_at`
 * MAPPING  a mapping               `table`'s struct itself
 * CUSTOM   by `read`               whatever `read` writes at `at`
 * IGNORED  anything, unread        - */
enum reader_kind {
    READER_STRING,
    READER_TEXT,
    READER_BOOL,
    READER_INTEGER,
    READER_SPAN,
    READER_SIZE,
    READER_ENUM,
    READER_STRINGS,
    READER_LIST,
    READER_MAPPING,
    READER_CUSTOM,
    READER_IGNORED,
};

struct reader_table;

struct reader_field {
    const char *name;
    enum reader_kind kind;
    bool is_required;
    size_t at;       /* READER_AT */
    size_t count_at; /* STRINGS, LIST */
    size_t given_at; /* a bool: set to whether the file has the field; 0: nobody asks */
    /* The default as one would write it ("5m"; of STRINGS "EXT, SPAM"); NULL: zero. It is not
     * checked by `check`. */
    const char *standard;
    /* Inclusive. INTEGER: value; SPAN: milliseconds; SIZE: bytes; STRING, TEXT and each of STRINGS:
     * characters; LIST: elements. `most` below `least`: no upper limit. Both 0: any value from 0 up,
     * 1 to 1,000 characters (TEXT: 65,536), any number of elements. */
    int64_t least;
    int64_t most;
    const char *const *names;         /* ENUM; ends with NULL */
    const struct reader_table *table; /* LIST, MAPPING */
    /* STRING, TEXT, each of STRINGS: false and a sentence about the value and what would be right
     * ("is no address: write name@example.com"). */
    bool (*check)(const char *value, GError **error);
    /* CUSTOM: reads `node` (of any kind but YAML_BROKEN) into the member; adds problems itself. Not
     * called for a field that is absent. */
    void (*read)(const struct reader *reader, const struct yaml_node *node, void *member);
    const char *help; /* what to write here; ends the sentence "is required: …" */
};

struct reader_table {
    const struct reader_field *fields;
    size_t count;
    size_t size;    /* of the struct */
    size_t node_at; /* READER_AT of a const struct yaml_node *: the mapping itself; 0: not kept */
    /* Asked about each key that is in no row (`header NAME:`). False: it is unknown. NULL: all are.*/
    bool (*other)(const struct reader *reader, const struct yaml_node *node, void *target);
    const char *hint; /* for unknown keys without a near one, in place of a list of the known */
};

/* Reads `node` into `target` (zeroed by this first). `node` NULL, null or YAML_BROKEN: the defaults
 * alone, and nothing is required. A `node` that is no mapping is a problem. */
void reader_read(const struct reader *reader, const struct yaml_node *node,
                 const struct reader_table *table, void *target);

/* One value by one row, for callbacks: reads `node` as row->kind says into `member` (not by row->at;
 * kinds up to ENUM). False: a problem was added and `member` is untouched. */
bool reader_read_value(const struct reader *reader, const struct yaml_node *node,
                       const struct reader_field *row, void *member);

/* The strings of `node`, a sequence or one scalar, each judged as `row` says. NULL: problems. */
const char *const *reader_read_strings(const struct reader *reader, const struct yaml_node *node,
                                       const struct reader_field *row, size_t *count);

/* The name nearest to `word`: one edit away, two from six letters on. NULL: none is near. */
const char *reader_find_nearest(const char *word, const char *const *names, size_t count);
