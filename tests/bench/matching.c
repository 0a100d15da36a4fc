/* tests/bench/matching.c: how long a monitor's mail takes, by its own grammar alone or by all that are shipped.
 *
 *     bench_matching own|all ROUNDS
 *
 * reads each sample of contrib/monitors ROUNDS times and prints microseconds a mail. */
#include "gateway/grammar/grammar.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MONITORS     TOCSIN_SOURCE_DIR "/contrib/monitors"
#define SAMPLES_MOST 2000
#define MAIL_BYTES   ((size_t)64 << 20)

struct sample {
    const char *grammar;
    const struct mail *mail;
};

struct samples {
    struct arena *arena;
    struct sample *list;
    size_t count;
};

static void add_sample(struct samples *samples, const char *grammar, const char *path)
{
    gchar *bytes = NULL;
    gsize size = 0;

    if (samples->count == SAMPLES_MOST || !g_file_get_contents(path, &bytes, &size, NULL))
        return;
    const struct text kept = text_from(arena_copy(samples->arena, bytes, size), size);
    g_free(bytes);
    const struct mail *mail = mail_parse(samples->arena, kept, &mail_limits_default, NULL);
    if (mail != NULL)
        samples->list[samples->count++] =
            (struct sample){arena_string(samples->arena, grammar), mail};
}

static void add_folder(struct samples *samples, const char *grammar)
{
    g_autofree char *folder = g_build_filename(MONITORS, grammar, NULL);
    g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
    const char *name = NULL;

    while (files != NULL && (name = g_dir_read_name(files)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_str_has_suffix(name, ".eml"))
            add_sample(samples, grammar, path);
    }
}

static void load_samples(struct samples *samples)
{
    g_autoptr(GDir) folders = g_dir_open(MONITORS, 0, NULL);
    const char *name = NULL;

    while (folders != NULL && (name = g_dir_read_name(folders)) != NULL)
        add_folder(samples, name);
}

static int64_t clock_ns(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* The time that it took. */
static int64_t read_sample(struct grammars *grammars, const struct sample *sample, bool is_all)
{
    OWN(arena) arena = arena_open(MAIL_BYTES);
    const struct grammar_request request = {
        .role = GRAMMAR_MONITOR, .grammar = sample->grammar, .mail = sample->mail, .extension = ""};
    const int64_t began = clock_ns();

    if (is_all)
        (void)grammar_read_monitors(grammars, arena, &request);
    else
        (void)grammar_read(grammars, arena, &request);
    return clock_ns() - began;
}

int main(int count, char **words)
{
    const bool is_all = count == 3 && strcmp(words[1], "all") == 0;
    const int64_t rounds = count == 3 ? g_ascii_strtoll(words[2], NULL, 10) : 0;
    const struct grammar_settings settings = {
        .shipped_directory = TOCSIN_SOURCE_DIR "/gateway/grammar", .monitors_directory = MONITORS};
    OWN(arena) arena = arena_open((size_t)1 << 30);
    OWN(grammars) grammars = grammars_open(&settings, problems_new(arena));
    struct samples samples = {arena, ARENA_ARRAY(arena, struct sample, SAMPLES_MOST), 0};
    int64_t spent_ns = 0;

    load_samples(&samples);
    if (rounds < 1 || grammars == NULL || samples.count == 0) {
        (void)fprintf(stderr, "bench_matching own|all ROUNDS\n");
        return 64;
    }
    for (int64_t round = -1; round < rounds; round++)
        for (size_t i = 0; i < samples.count; i++) {
            const int64_t took_ns = read_sample(grammars, &samples.list[i], is_all);
            spent_ns += round < 0 ? 0 : took_ns; /* the first compiles what it uses */
        }
    printf("%.3f\n", (double)spent_ns / 1000.0 / (double)rounds / (double)samples.count);
    return 0;
}
