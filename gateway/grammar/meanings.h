/* gateway/grammar/meanings.h: which section of a vocabulary gives its words which meaning. */
#pragma once

#include "gateway/grammar/language.h"

struct section {
    const char *group; /* of the file's `language:` */
    const char *key;   /* NULL: any; the group is the words' tags by itself */
    enum meaning meaning;
    int value;
};

/* NULL: nothing that a word can mean in a language of that kind. */
const struct section *meanings_find(enum language_kind kind, const char *group, const char *key);
bool meanings_have_group(enum language_kind kind, const char *group);

/* All that such a language needs. */
const struct section *meanings_of(enum language_kind kind, size_t *count);
