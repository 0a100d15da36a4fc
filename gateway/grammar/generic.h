/* gateway/grammar/generic.h: words that say down or up, whatever monitor wrote them: the `words:` of generic.yaml.
 *
 * Text is compared in one form: compatibility forms taken apart (a wide "ＡＰＩ" is "API"), without case, composed.
 * A word is a run of letters, digits and their marks; Han and kana have no spaces between words, so there each
 * character is one, and entries of several words do the rest. */
#pragma once

#include "gateway/grammar/loader.h"

/* The first is that of words that are not listed. */
enum generic_class {
    GENERIC_OTHER,
    GENERIC_DOWN,
    GENERIC_MINOR,    /* down, and not bad */
    GENERIC_CRITICAL, /* down, and bad */
    GENERIC_UP,
    GENERIC_ENDED, /* up, where it was down */
    GENERIC_ACKNOWLEDGED,
    GENERIC_FILLER,
    GENERIC_PAST,    /* a state behind it was */
    GENERIC_TOWARDS, /* a state behind it is newer */
    GENERIC_UNCLEAR,
    GENERIC_NAME, /* of the monitor; not in the file */
};
#define GENERIC_CLASS_COUNT 12

struct generic_entry {
    const char *words; /* in the one form, a space between */
    enum generic_class class;
};

struct generic_words {
    const struct generic_entry *entries; /* sorted */
    size_t count;
    size_t longest; /* words of an entry */
};

/* NULL: problems were added. */
const struct generic_words *generic_read(const struct loader *loader, const struct yaml_node *node);

/* A text in the one form; white space becomes one space. */
char *generic_fold(struct arena *arena, struct text text);

/* A word of a folded text. */
struct generic_word {
    struct text text;
    enum generic_class class; /* of the entry that it is part of */
    size_t words;             /* of that entry: the first has their number, the others 0 */
};

/* Is there a boundary of words at `offset` of a folded text? */
bool generic_is_boundary(struct text folded, size_t offset);

/* The words of a folded text, at most `most`, none within the `names` (parts of it, in order), which become one
 * each. SIZE_MAX: there are more. */
size_t generic_split(const struct generic_words *words, struct text folded,
                     const struct text *names, size_t name_count, struct generic_word *into,
                     size_t most);

/* Is the word joined to one that is not listed, without a space ("API-gateway", "test.example.com")? Then it is
 * part of a name that we do not know. generic_split() gives no such word a class. */
bool generic_is_joined(const struct generic_word *words, size_t count, size_t at);
