#include "gateway/base/secret.h"

#include "gateway/base/error.h"
#include "tests/unit/unit.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint8_t root[32] = "a root key for tests, 32 bytes.";

/* A state directory of the test's own. */
static char *make_state(void)
{
    char *path = g_dir_make_tmp("tocsin-secret-XXXXXX", NULL);

    assert_non_null(path);
    return path;
}

static char *key_path(const char *directory)
{
    return g_build_filename(directory, "keys", "root", NULL);
}

static void remove_state(char *directory)
{
    g_autofree char *key = key_path(directory);
    g_autofree char *folder = g_path_get_dirname(key);

    (void)g_remove(key);
    (void)g_rmdir(folder);
    assert_int_equal(g_rmdir(directory), 0); /* nothing else was left in it */
    g_free(directory);
}

static void assert_same_key(const struct secret *one, const struct secret *other, bool is_same)
{
    uint8_t first[32];
    uint8_t second[32];

    secret_mac(one, SECRET_BOUNCE, TEXT("data"), first, 32);
    secret_mac(other, SECRET_BOUNCE, TEXT("data"), second, 32);
    assert_int_equal(secret_is_equal(first, second, 32), is_same);
}

TEST(each_use_has_a_key_of_its_own)
{
    uint8_t macs[SECRET_LETTER + 1][32];
    uint8_t again[32];
    OWN(secret) secret = secret_new(root);

    for (size_t i = 0; i <= SECRET_LETTER; i++) {
        secret_mac(secret, (enum secret_use)i, TEXT("data"), macs[i], 32);
        for (size_t j = 0; j < i; j++)
            assert_false(secret_is_equal(macs[i], macs[j], 32));
    }
    secret_mac(secret, SECRET_BOUNCE, TEXT("datb"), again, 32);
    assert_false(secret_is_equal(macs[SECRET_BOUNCE], again, 32));
    secret_mac(secret, SECRET_BOUNCE, TEXT("data"), again, 10);
    assert_true(secret_is_equal(macs[SECRET_BOUNCE], again, 10));
}

/* As Python's hashlib computes it: BLAKE2b keyed by BLAKE2b(key=root, salt=6, person="tocsin-1"). */
TEST(addresses_that_were_mailed_stay_valid_in_later_versions)
{
    uint8_t mac[10];
    OWN(arena) arena = arena_open(4096);
    OWN(secret) secret = secret_new(root);

    secret_mac(secret, SECRET_LETTER, TEXT("7"), mac, sizeof mac);
    assert_string_equal(base32_write(arena, mac, sizeof mac), "ni7px2gna3c33bvy");
}

TEST(the_root_key_is_made_once_and_found_again)
{
    char *directory = make_state();
    g_autofree char *path = key_path(directory);
    struct stat status = {0};
    const mode_t mask = umask(0);
    OWN(secret) first = secret_open(directory, NULL);
    OWN(secret) second = secret_open(directory, NULL);
    OWN(secret) other = secret_new(root);

    (void)umask(mask);
    assert_non_null(first);
    assert_non_null(second);
    assert_same_key(first, second, true);
    assert_same_key(first, other, false);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    remove_state(directory);
}

/* A child that opens the key and leaves a MAC by it in the pipe. */
static pid_t start_opener(const char *directory, int writer)
{
    const pid_t child = fork();

    if (child == 0) {
        uint8_t mac[32] = {0};
        OWN(secret) secret = secret_open(directory, NULL);

        if (secret != NULL)
            secret_mac(secret, SECRET_LOOP, TEXT("x"), mac, 32);
        _exit(secret != NULL && write(writer, mac, 32) == 32 ? 0 : 1);
    }
    return child;
}

TEST(processes_that_come_first_at_once_get_one_key)
{
    char *directory = make_state();
    int ends[2];
    uint8_t first[32];
    uint8_t next[32];

    assert_int_equal(pipe(ends), 0);
    for (int i = 0; i < 8; i++)
        assert_true(start_opener(directory, ends[1]) > 0);
    assert_int_equal(read(ends[0], first, 32), 32);
    for (int i = 1; i < 8; i++) {
        assert_int_equal(read(ends[0], next, 32), 32);
        assert_memory_equal(first, next, 32);
    }
    for (int i = 0; i < 8; i++)
        (void)wait(NULL);
    (void)close(ends[0]);
    (void)close(ends[1]);
    remove_state(directory);
}

static void expect_refusal(const char *directory, const char *why)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = key_path(directory);

    assert_null(secret_open(directory, &error));
    assert_true(g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_CONFIG));
    assert_true(g_str_has_prefix(error->message, path));
    assert_non_null(strstr(error->message, why));
}

TEST(a_key_that_others_could_read_or_choose_is_refused_by_name)
{
    char *directory = make_state();
    g_autofree char *path = key_path(directory);

    secret_close(secret_open(directory, NULL));
    assert_int_equal(g_chmod(path, 0640), 0);
    expect_refusal(directory, "mode 0640");
    assert_int_equal(g_chmod(path, 0600), 0);
    assert_int_equal(truncate(path, 31), 0);
    expect_refusal(directory, "31 bytes");
    assert_int_equal(g_remove(path), 0);
    assert_int_equal(symlink("/dev/zero", path), 0);
    expect_refusal(directory, "symbolic link");
    assert_int_equal(g_remove(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    expect_refusal(directory, "not a regular file");
    remove_state(directory);
}

TEST(a_state_directory_that_is_missing_is_named)
{
    g_autoptr(GError) error = NULL;

    assert_null(secret_open("/nonexistent/state", &error));
    assert_string_equal(error->message, "/nonexistent/state/keys: No such file or directory");
}

TEST(a_digest_knows_where_one_text_ends)
{
    static const struct text one[] = {TEXT_INIT("ab"), TEXT_INIT("c")};
    static const struct text other[] = {TEXT_INIT("a"), TEXT_INIT("bc")};
    uint8_t first[SECRET_DIGEST_SIZE];
    uint8_t second[SECRET_DIGEST_SIZE];

    secret_digest(one, 2, first);
    secret_digest(one, 2, second);
    assert_memory_equal(first, second, sizeof first);
    secret_digest(other, 2, second);
    assert_memory_not_equal(first, second, sizeof first);
}

TEST(a_public_id_is_a_prefix_and_twelve_letters)
{
    OWN(arena) arena = arena_open(4096);
    const char *one = secret_public_id(arena, "inc_");
    const char *other = secret_public_id(arena, "inc_");

    assert_int_equal(strlen(one), 16);
    assert_true(g_str_has_prefix(one, "inc_"));
    assert_int_equal(strspn(one + 4, "abcdefghijklmnopqrstuvwxyz234567"), 12);
    assert_string_not_equal(one, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_use_has_a_key_of_its_own),
        cmocka_unit_test(addresses_that_were_mailed_stay_valid_in_later_versions),
        cmocka_unit_test(the_root_key_is_made_once_and_found_again),
        cmocka_unit_test(processes_that_come_first_at_once_get_one_key),
        cmocka_unit_test(a_key_that_others_could_read_or_choose_is_refused_by_name),
        cmocka_unit_test(a_state_directory_that_is_missing_is_named),
        cmocka_unit_test(a_digest_knows_where_one_text_ends),
        cmocka_unit_test(a_public_id_is_a_prefix_and_twelve_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
