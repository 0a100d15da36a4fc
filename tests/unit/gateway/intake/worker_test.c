/* Workers: this test starts itself again, to die in each way. */
#include "gateway/intake/worker.h"

#include "gateway/base/moment.h"
#include "gateway/base/number.h"
#include "gateway/store/intakes.h"
#include "tests/unit/gateway/intake/town.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

static const char *const recipients[] = {"status@status.example.com"};
static const struct envelope envelope = {
    .session = {"", "", "ada@example.com", "ada@example.com"},
    .recipients = recipients,
    .recipient_count = 1,
    .bytes = TEXT_INIT("From: ada@example.com\nSubject: API down\n\nWe look.\n"),
};

static void reset(int number)
{
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static void spin(void)
{
    const struct itimerval timer = {.it_value = {0, 20000}};

    (void)signal(SIGPROF, SIG_DFL);
    (void)setitimer(ITIMER_PROF, &timer, NULL);
    for (volatile unsigned i = 0;; i++)
        ;
}

/* What a worker does when its mail has come: `how` is a signal's number, or a word. */
static void die(const char *how, int descriptor)
{
    char byte;
    int64_t number;

    (void)!read(descriptor, &byte, 1);
    if (number_parse(text_of(how), 1, 64, &number))
        reset((int)number);
    if (strcmp(how, "spin") == 0)
        spin();
    if (strcmp(how, "garbage") == 0)
        (void)!write(descriptor, "\x04\0\0\0\0\0\0\0zzzz", 12);
    if (strcmp(how, "exit") != 0)
        (void)sleep(60);
    _exit(78);
}

static enum worker_outcome ask(const char *how, int64_t wall_ms, struct intake_verdict *verdict)
{
    OWN(arena) arena = arena_open(1 << 20);
    OWN(worker) worker = worker_start((const char *const[]){"test", "worker", how, NULL}, NULL);

    assert_non_null(worker);
    return worker_ask(worker, arena, &envelope, wall_ms, verdict);
}

TEST(F6_a_fault_in_a_worker_is_the_mails_and_its_answer_is_later)
{
    static const char *const faults[] = {"11", "6", "7", "4", "8", "5", "spin"};

    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
        struct intake_verdict verdict;

        assert_int_equal(ask(faults[i], 10 * SECOND_MS, &verdict), WORKER_DIED);
        assert_int_equal(verdict.code, TOCSIN_ERROR_BUSY);
    }
}

TEST(a_worker_that_was_ended_from_outside_or_could_not_begin_is_not_held_against_its_mail)
{
    static const char *const others[] = {"9", "15", "1", "exit", "garbage"};

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        struct intake_verdict verdict;

        assert_int_equal(ask(others[i], 10 * SECOND_MS, &verdict), WORKER_GONE);
        assert_int_equal(verdict.code, TOCSIN_ERROR_BUSY);
    }
}

TEST(a_worker_that_only_waits_is_late)
{
    struct intake_verdict verdict;
    const int64_t began_at = moment_monotonic();

    assert_int_equal(ask("sleep", 100, &verdict), WORKER_LATE);
    assert_true(moment_monotonic() - began_at < 10 * SECOND_MS);
}

static enum worker_outcome ask_real(struct town *town, const char *cpu_ms, struct text bytes,
                                    struct intake_verdict *verdict)
{
    struct envelope real = envelope;
    OWN(worker)
    worker = worker_start((const char *const[]){"test", "real", town->state, cpu_ms, NULL}, NULL);

    assert_non_null(worker);
    real.bytes = bytes;
    return worker_ask(worker, town->arena, &real, 20 * SECOND_MS, verdict);
}

TOWN_TEST(a_worker_takes_a_mail_as_intake_does_and_its_timer_ends_it)
{
    struct town *town = *state;
    struct intake_verdict verdict;
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) large = g_string_new("From: ada@example.com\nSubject: x\n\n");

    while (large->len < 1000000)
        g_string_append(large, "> <b>It</b> was so, &amp; will be so: again and again.\n");
    assert_int_equal(ask_real(town, "1", text_from(large->str, large->len), &verdict), WORKER_DIED);
    assert_int_equal(town_changes(town), 0);
    assert_int_equal(ask_real(town, "5000", envelope.bytes, &verdict), WORKER_ANSWERED);
    assert_string_equal(verdict.event, "incident.opened");
    for (int i = 0; i < 2; i++)
        assert_true(worker_note_crash(&town->settings.store, TEXT("Subject: x\n\nbad\n"), town->now,
                                      &error));
    assert_int_equal(town_count(town, "SELECT count FROM crash"), 2);
}

static int64_t number_of(const char *word)
{
    int64_t number = 0;

    (void)number_parse(text_of(word), 1, DAY_MS, &number);
    return number;
}

static void run_real(char **words)
{
    struct town *town = town_open_at(words[0]);

    town->settings.cpu_ms = number_of(words[1]);
    worker_run(&town->settings, (int)number_of(words[2]));
    _exit(0);
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(F6_a_fault_in_a_worker_is_the_mails_and_its_answer_is_later),
        cmocka_unit_test(
            a_worker_that_was_ended_from_outside_or_could_not_begin_is_not_held_against_its_mail),
        cmocka_unit_test(a_worker_that_only_waits_is_late),
        TOWN(a_worker_takes_a_mail_as_intake_does_and_its_timer_ends_it),
    };

    if (count == 4 && strcmp(words[1], "worker") == 0)
        die(words[2], (int)number_of(words[3]));
    if (count == 5 && strcmp(words[1], "real") == 0)
        run_real(words + 2);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
