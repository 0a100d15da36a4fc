#include "gateway/base/arena.h"

#include "tests/unit/unit.h"

#include <stdalign.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

TEST(memory_is_zeroed_aligned_and_separate)
{
    static const size_t sizes[] = {1, 0, 15, 16, 17, 2047, 2049, 5000, 300000, 3};
    unsigned char *earlier[G_N_ELEMENTS(sizes)];
    OWN(arena) arena = arena_open(1 << 20);

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        earlier[i] = arena_alloc(arena, sizes[i]);
        assert_int_equal((uintptr_t)earlier[i] % alignof(max_align_t), 0);
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(earlier[i][j], 0);
        memset(earlier[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(earlier[i][j], i + 1);
}

TEST(many_small_values_cost_few_chunks_and_keep_what_they_hold)
{
    int *numbers[5000];
    OWN(arena) arena = arena_open(1 << 20);

    for (int i = 0; i < 5000; i++) {
        numbers[i] = ARENA_NEW(arena, int);
        *numbers[i] = i;
    }
    for (int i = 0; i < 5000; i++)
        assert_int_equal(*numbers[i], i);
}

TEST(a_copy_ends_with_a_nul_that_is_not_counted)
{
    OWN(arena) arena = arena_open(1024);

    assert_memory_equal(arena_copy(arena, "a\0b", 3), "a\0b", 4);
    assert_string_equal(arena_copy(arena, NULL, 0), "");
    assert_string_equal(arena_string(arena, "word"), "word");
    assert_null(arena_string(arena, NULL));
    assert_string_equal(arena_format(arena, "%s=%d", "n", 42), "n=42");
}

static void beyond_the_ceiling(struct arena *arena)
{
    (void)arena_alloc(arena, 60);
    (void)arena_alloc(arena, 60);
}

static void beyond_all_memory(struct arena *arena)
{
    (void)arena_alloc_array(arena, SIZE_MAX / 2, 3);
}

static void beyond_any_size(struct arena *arena)
{
    (void)arena_alloc(arena, SIZE_MAX - 3);
}

/* The signal that ends a child which does `step`. */
static int end_of(void (*step)(struct arena *arena))
{
    const pid_t child = fork();
    int status = 0;

    if (child == 0) {
        const struct rlimit none = {0, 0};

        (void)setrlimit(RLIMIT_CORE, &none);
        (void)close(STDERR_FILENO);
        step(arena_open(100));
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

TEST(beyond_its_ceiling_an_arena_aborts)
{
    assert_int_equal(end_of(beyond_the_ceiling), SIGABRT);
    assert_int_equal(end_of(beyond_all_memory), SIGABRT);
    assert_int_equal(end_of(beyond_any_size), SIGABRT);
}

TEST(closing_nothing_is_no_error)
{
    arena_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_aligned_and_separate),
        cmocka_unit_test(many_small_values_cost_few_chunks_and_keep_what_they_hold),
        cmocka_unit_test(a_copy_ends_with_a_nul_that_is_not_counted),
        cmocka_unit_test(beyond_its_ceiling_an_arena_aborts),
        cmocka_unit_test(closing_nothing_is_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
