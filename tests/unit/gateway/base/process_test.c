#include "gateway/base/process.h"

#include "gateway/base/number.h"
#include "gateway/base/text.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The test started again as a child says what it finds into the descriptor that it was left. */
static int be_child(const char *word)
{
    int64_t descriptor;
    sigset_t blocked;
    struct sigaction broken_pipe;
    const char *facts;

    if (!number_parse(text_of(word), 3, 1000, &descriptor) ||
        sigprocmask(SIG_BLOCK, NULL, &blocked) != 0 || sigaction(SIGPIPE, NULL, &broken_pipe) != 0)
        return 1;
    if (getpgrp() != getpid())
        facts = "no group of its own";
    else if (sigismember(&blocked, SIGTERM) != 0)
        facts = "blocked signals";
    else if (broken_pipe.sa_handler != SIG_DFL)
        facts = "ignored signals";
    else if (fcntl((int)descriptor - 1, F_GETFD) != -1)
        facts = "another descriptor";
    else
        facts = "well";
    if (write((int)descriptor, facts, strlen(facts)) > 0)
        (void)pause();
    return 0;
}

/* ends[0] is read here, ends[1] is the child's. */
static pid_t start_child(int ends[2])
{
    char number[16];
    const char *const words[] = {"process_test", number, NULL};

    (void)g_snprintf(number, sizeof number, "%d", ends[1]);
    return process_start(words, &ends[1], 1);
}

TEST(a_child_begins_with_a_clean_slate_and_what_was_kept)
{
    int ends[2];
    char facts[64] = "";
    sigset_t blocked;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(sigemptyset(&blocked), 0);
    assert_int_equal(sigaddset(&blocked, SIGTERM), 0);
    assert_int_equal(sigprocmask(SIG_BLOCK, &blocked, NULL), 0);
    (void)signal(SIGPIPE, SIG_IGN);

    const pid_t pid = start_child(ends);
    assert_true(pid > 0);
    assert_true(read(ends[0], facts, sizeof facts - 1) > 0);
    assert_string_equal(facts, "well");
    assert_int_equal(kill(pid, SIGTERM), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

TEST(a_child_dies_with_its_parent)
{
    int ends[2];
    char facts[64];

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    const pid_t parent = fork();
    if (parent == 0) {
        (void)start_child(ends);
        (void)pause();
    }
    (void)close(ends[1]);
    assert_true(read(ends[0], facts, sizeof facts) > 0);
    assert_int_equal(kill(parent, SIGKILL), 0);
    assert_int_equal(waitpid(parent, NULL, 0), parent);
    /* Nobody holds the other end any more. */
    struct pollfd end = {.fd = ends[0], .events = POLLIN};
    assert_int_equal(poll(&end, 1, 10000), 1);
    assert_int_equal(read(ends[0], facts, sizeof facts), 0);
    (void)close(ends[0]);
}

TEST(a_descriptor_that_is_none_ends_the_child)
{
    const char *const words[] = {"process_test", "3", NULL};
    int status = 0;
    const pid_t pid = process_start(words, &(const int){1000}, 1);

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 71);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_begins_with_a_clean_slate_and_what_was_kept),
        cmocka_unit_test(a_child_dies_with_its_parent),
        cmocka_unit_test(a_descriptor_that_is_none_ends_the_child),
    };

    if (argc > 1)
        return be_child(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
