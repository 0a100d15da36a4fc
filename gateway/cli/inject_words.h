/* gateway/cli/inject_words.h: the words of `tocsin inject`, read and checked.
 *
 * They come from a shell or a mail server that passes on what strangers said (notes Z20), so they are
 * bytes, not text in the locale's charset. An option is "--name=value" or "--name value", whatever the
 * value begins with: a sender may be called "--config=x". Only --to may stand several times, since a
 * second --from could only have been smuggled in. Pure. */
#pragma once

#include "gateway/base/arena.h"
#include "gateway/base/error.h"

#define INJECT_RECIPIENTS 1000
#define INJECT_ADDRESS    512 /* bytes */

struct inject_words {
    const char *config_file; /* --config, NULL when not said */
    const char *from;        /* without angle brackets; "" is the null return-path */
    const char *const *to;
    size_t to_count;
    const char *client_addr; /* "" when not said */
    const char *login;       /* likewise */
    bool discards; /* --refused=discard; of words that cannot be read, whether it stands there */
};

enum inject_outcome {
    INJECT_READ,
    INJECT_USAGE,   /* `error` says what is no use of inject */
    INJECT_REFUSED, /* `error` (INPUT): an address, client or login that cannot be one */
};

/* `words` end with NULL; what is read is borrowed from them or lives in `arena`. */
enum inject_outcome inject_words_read(struct arena *arena, const char *const *words,
                                      struct inject_words *read, GError **error);

/* The exit for `status`: a pipe transport bounces all but 0 and 75 to a sender who may be forged, so with
 * --refused=discard a refusal (65, 67, 77) is 0 and all else that is no success is 75. */
int inject_words_exit(const struct inject_words *words, int status);
