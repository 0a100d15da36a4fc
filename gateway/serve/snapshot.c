#include "gateway/serve/snapshot.h"

#include "gateway/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(GError **error, const char *path)
{
    return error_set(error, TOCSIN_ERROR_BUSY, "%s: %s", path, g_strerror(errno));
}

static bool write_file(const char *path, const char *bytes, size_t size, GError **error)
{
    const int descriptor =
        open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    bool is_done;

    if (descriptor < 0)
        return fail(error, path);
    is_done = write(descriptor, bytes, size) == (ssize_t)size;
    if (!is_done)
        (void)fail(error, path);
    (void)close(descriptor);
    return is_done;
}

static bool copy_file(const char *from, const char *to, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize size;

    return g_file_get_contents(from, &bytes, &size, error) && write_file(to, bytes, size, error);
}

static bool make_folder(const char *path, GError **error)
{
    return mkdir(path, S_IRWXU) == 0 || errno == EEXIST || fail(error, path);
}

/* Files that the newer configuration no longer has must not speak. */
static bool empty_folder(const char *path, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, error);
    const char *name;

    if (folder == NULL)
        return false;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        if (unlink(file) != 0)
            return fail(error, file);
    }
    return true;
}

static bool copy_folder(const char *from, const char *to, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(from, 0, NULL);
    const char *name;

    if (!make_folder(to, error) || !empty_folder(to, error))
        return false;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *source = g_build_filename(from, name, NULL);
        g_autofree char *copy = g_build_filename(to, name, NULL);

        if (name[0] != '.' && g_str_has_suffix(name, ".yaml") && !copy_file(source, copy, error))
            return false;
    }
    return true;
}

char *snapshot_make(struct arena *arena, const char *state, const char *file, unsigned generation,
                    GError **error)
{
    const char *all = arena_format(arena, "%s/config", state);
    const char *folder = arena_format(arena, "%s/%u", all, generation);
    char *copy = arena_format(arena, "%s/tocsin.yaml", folder);
    g_autofree char *source_folder = g_path_get_dirname(file);
    const char *parts = arena_format(arena, "%s/conf.d", source_folder);

    if (make_folder(all, error) && make_folder(folder, error) && copy_file(file, copy, error) &&
        copy_folder(parts, arena_format(arena, "%s/conf.d", folder), error))
        return copy;
    g_prefix_error(error, "keeping the configuration: ");
    return NULL;
}
