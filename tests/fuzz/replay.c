/* tests/fuzz/replay.c: runs every file of the directories (or the files) named through a fuzz target,
 * without libFuzzer: the seeds as a test. */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
    g_autofree char *bytes = NULL;
    g_autoptr(GError) error = NULL;
    gsize size = 0;

    if (!g_file_get_contents(path, &bytes, &size, &error)) {
        (void)fprintf(stderr, "replay: %s\n", error->message);
        return -1;
    }
    /* An exact copy, without the NUL that GLib adds: overruns show. */
    g_autofree uint8_t *copy = g_memdup2(bytes, MAX(size, 1));
    (void)LLVMFuzzerTestOneInput(copy, size);
    return 1;
}

static int run_directory(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) directory = g_dir_open(path, 0, &error);
    int count = 0;

    if (directory == NULL)
        return run_file(path);
    for (const char *name = NULL; (name = g_dir_read_name(directory)) != NULL;) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        const int done = run_file(file);
        if (done < 0)
            return -1;
        count += done;
    }
    return count;
}

int main(int argument_count, char **arguments)
{
    int count = 0;

    for (int i = 1; i < argument_count; i++) {
        const int done = run_directory(arguments[i]);
        if (done < 0)
            return 1;
        count += done;
    }
    printf("replayed %d\n", count);
    return count > 0 ? 0 : 1;
}
