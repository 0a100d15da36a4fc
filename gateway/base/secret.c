#include "gateway/base/secret.h"

#include "gateway/base/error.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_SIZE        32
#define KEY_FOLDER      "keys"
#define KEY_NAME        "root"
#define USE_COUNT       (SECRET_SUPPRESSION + 1)
#define PUBLIC_ID_BYTES 8 /* 13 letters, of which 12 are shown: 60 bits */

static const char kdf_context[crypto_kdf_CONTEXTBYTES + 1] = "tocsin-1";
static_assert(crypto_kdf_KEYBYTES == KEY_SIZE, "the root key is what libsodium derives from");

struct secret {
    uint8_t keys[USE_COUNT][KEY_SIZE];
};

static void start_sodium(void)
{
    const int result = sodium_init();

    assert(result >= 0);
}

struct secret *secret_new(const uint8_t root[32])
{
    start_sodium();
    struct secret *const secret = sodium_malloc(sizeof *secret);
    assert(secret != NULL);
    for (size_t use = 0; use < USE_COUNT; use++) {
        /* Numbers from 1 on: a use keeps its key for as long as its place in the enum. */
        const int result =
            crypto_kdf_derive_from_key(secret->keys[use], KEY_SIZE, use + 1, kdf_context, root);

        assert(result == 0);
    }
    (void)sodium_mprotect_readonly(secret);
    return secret;
}

void secret_close(struct secret *secret)
{
    sodium_free(secret);
}

static bool write_key(int file, GError **error)
{
    uint8_t root[KEY_SIZE];

    secret_random(root, sizeof root);
    const ssize_t written = write(file, root, sizeof root);
    sodium_memzero(root, sizeof root);
    if (written != KEY_SIZE || fsync(file) != 0)
        return error_set(error, TOCSIN_ERROR_CONFIG, "cannot be written: %s", g_strerror(errno));
    return true;
}

/* A service must be able to read what root made for it. */
static void give_to_owner(int file, int owner_of)
{
    struct stat status = {0};

    if (geteuid() == 0 && fstat(owner_of, &status) == 0)
        (void)!fchown(file, status.st_uid, status.st_gid);
}

static int open_folder(const char *state_directory, GError **error)
{
    const int state = open(state_directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (state < 0) {
        error_set(error, TOCSIN_ERROR_CONFIG, "%s", g_strerror(errno));
        return -1;
    }
    const bool is_new = mkdirat(state, KEY_FOLDER, 0700) == 0;
    const int folder = openat(state, KEY_FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0)
        error_set(error, TOCSIN_ERROR_CONFIG, "%s", g_strerror(errno));
    else if (is_new)
        give_to_owner(folder, state);
    (void)fsync(state);
    (void)close(state);
    return folder;
}

/* Written beside and linked to its name, so that nobody reads half a key and the first one stays. */
static bool make_key(int folder, GError **error)
{
    char name[64];

    (void)g_snprintf(name, sizeof name, KEY_NAME ".%08x%08x", secret_random_bits(),
                     secret_random_bits());
    const int file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return error_set(error, TOCSIN_ERROR_CONFIG, "cannot be made: %s", g_strerror(errno));
    give_to_owner(file, folder);
    bool is_done = write_key(file, error);
    if (is_done && linkat(folder, name, folder, KEY_NAME, 0) != 0 && errno != EEXIST)
        is_done = error_set(error, TOCSIN_ERROR_CONFIG, "cannot be named: %s", g_strerror(errno));
    (void)unlinkat(folder, name, 0);
    (void)close(file);
    if (is_done && fsync(folder) != 0)
        return error_set(error, TOCSIN_ERROR_CONFIG, "cannot be kept: %s", g_strerror(errno));
    return is_done;
}

static bool check_key(const struct stat *status, GError **error)
{
    if (!S_ISREG(status->st_mode))
        return error_set(error, TOCSIN_ERROR_CONFIG, "is not a regular file");
    if (status->st_uid != geteuid() && geteuid() != 0)
        return error_set(error, TOCSIN_ERROR_CONFIG, "belongs to user %u, not to %u, who runs this",
                         status->st_uid, geteuid());
    if ((status->st_mode & 077) != 0)
        return error_set(error, TOCSIN_ERROR_CONFIG,
                         "is open to others (mode %04o): chmod 600, or a new key if it leaked",
                         status->st_mode & 07777);
    if (status->st_size != KEY_SIZE)
        return error_set(error, TOCSIN_ERROR_CONFIG, "has %lld bytes instead of 32",
                         (long long)status->st_size);
    return true;
}

static struct secret *read_key(int file, GError **error)
{
    struct stat status = {0};
    uint8_t root[KEY_SIZE];

    if (fstat(file, &status) != 0) {
        error_set(error, TOCSIN_ERROR_CONFIG, "%s", g_strerror(errno));
        return NULL;
    }
    if (!check_key(&status, error))
        return NULL;
    if (read(file, root, sizeof root) != KEY_SIZE) {
        error_set(error, TOCSIN_ERROR_CONFIG, "cannot be read");
        return NULL;
    }
    struct secret *const secret = secret_new(root);
    sodium_memzero(root, sizeof root);
    return secret;
}

static struct secret *open_key(int folder, GError **error)
{
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    int file = openat(folder, KEY_NAME, flags);

    if (file < 0 && errno == ENOENT) {
        if (!make_key(folder, error))
            return NULL;
        file = openat(folder, KEY_NAME, flags);
    }
    if (file < 0) {
        error_set(error, TOCSIN_ERROR_CONFIG, "%s",
                  errno == ELOOP ? "is a symbolic link" : g_strerror(errno));
        return NULL;
    }
    struct secret *const secret = read_key(file, error);
    (void)close(file);
    return secret;
}

struct secret *secret_open(const char *state_directory, GError **error)
{
    const int folder = open_folder(state_directory, error);

    if (folder < 0) {
        g_prefix_error(error, "%s/" KEY_FOLDER ": ", state_directory);
        return NULL;
    }
    struct secret *const secret = open_key(folder, error);
    if (secret == NULL)
        g_prefix_error(error, "%s/" KEY_FOLDER "/" KEY_NAME ": ", state_directory);
    (void)close(folder);
    return secret;
}

void secret_mac(const struct secret *secret, enum secret_use use, struct text data, uint8_t *mac,
                size_t size)
{
    uint8_t whole[KEY_SIZE];

    assert(size > 0 && size <= sizeof whole);
    const int result = crypto_generichash(whole, sizeof whole, (const unsigned char *)data.at,
                                          data.size, secret->keys[use], sizeof secret->keys[use]);
    assert(result == 0);
    memcpy(mac, whole, size);
}

bool secret_is_equal(const uint8_t *one, const uint8_t *other, size_t size)
{
    return sodium_memcmp(one, other, size) == 0;
}

void secret_digest(const struct text *texts, size_t count, uint8_t digest[SECRET_DIGEST_SIZE])
{
    crypto_generichash_state state;

    start_sodium();
    (void)crypto_generichash_init(&state, NULL, 0, SECRET_DIGEST_SIZE);
    for (size_t i = 0; i < count; i++) {
        const uint64_t size = GUINT64_TO_LE(texts[i].size);

        (void)crypto_generichash_update(&state, (const unsigned char *)&size, sizeof size);
        (void)crypto_generichash_update(&state, (const unsigned char *)texts[i].at, texts[i].size);
    }
    (void)crypto_generichash_final(&state, digest, SECRET_DIGEST_SIZE);
}

void secret_random(void *bytes, size_t size)
{
    start_sodium();
    randombytes_buf(bytes, size);
}

uint32_t secret_random_bits(void)
{
    start_sodium();
    return randombytes_random();
}

char *secret_public_id(struct arena *arena, const char *prefix)
{
    uint8_t bytes[PUBLIC_ID_BYTES];

    secret_random(bytes, sizeof bytes);
    return arena_format(arena, "%s%.12s", prefix, base32_write(arena, bytes, sizeof bytes));
}
