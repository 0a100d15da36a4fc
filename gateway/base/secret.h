/* gateway/base/secret.h: keys, keyed hashes and chance.
 *
 * One random root key of 32 bytes lives in the state directory (mode 0600); each use has a sub-key of
 * its own, so that one leak is one use. Hashes are BLAKE2b (RFC 7693) by libsodium. */
#pragma once

#include "gateway/base/base32.h"
#include "gateway/base/own.h"
#include "gateway/base/text.h"

#include <stdint.h>

enum secret_use {
    SECRET_BOUNCE,      /* VERP addresses over subscribers */
    SECRET_UNSUBSCRIBE, /* unsubscribe addresses */
    SECRET_MESSAGE_ID,  /* tags in our Message-IDs */
    SECRET_LOOP,        /* X-Tocsin-Loop */
    SECRET_TOKEN,       /* random keys are stored as keyed hashes */
    SECRET_LETTER,      /* VERP addresses over letters */
    SECRET_SUPPRESSION, /* addresses that must not come back are stored as keyed hashes */
};

struct secret;

/* Loads state_directory/keys/root, making it (O_EXCL, fsync) where there is none. NULL: `error`
 * (CONFIG) names the file and what is wrong with it: mode, owner, size, symbolic link. Run by root, a
 * new key belongs to the owner of the state directory. Safe when several processes come first at
 * once: all get the one key. */
struct secret *secret_open(const char *state_directory, GError **error);
/* A secret from 32 bytes given, for tests. */
struct secret *secret_new(const uint8_t root[32]);
void secret_close(struct secret *secret);
OWN_DEFINE(secret);

/* The first `size` bytes (1 to 32) of a MAC of 32. */
void secret_mac(const struct secret *secret, enum secret_use use, struct text data, uint8_t *mac,
                size_t size);
/* Constant time. */
bool secret_is_equal(const uint8_t *one, const uint8_t *other, size_t size);

/* An unkeyed digest over any number of texts; their sizes are part of it. */
#define SECRET_DIGEST_SIZE 32
void secret_digest(const struct text *texts, size_t count, uint8_t digest[SECRET_DIGEST_SIZE]);

void secret_random(void *bytes, size_t size);
uint32_t secret_random_bits(void);

/* `prefix` ("inc_") and 12 random base32 letters. */
char *secret_public_id(struct arena *arena, const char *prefix);
