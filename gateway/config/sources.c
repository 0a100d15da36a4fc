#include "gateway/config/sources.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "conf.d"
#define SUFFIX ".yaml"
/* A tree takes at most 16 times the size of its file: this bounds the caller's arena. */
#define MOST_FILES 256
#define MOST_BYTES ((off_t)8 * 1024 * 1024)

static void add(struct problems *problems, const char *path, bool is_warning, const char *text)
{
    const struct problem place = {.file = path, .is_warning = is_warning};

    problems_add(problems, &place, "%s", text);
}

static bool judge_folder(const char *path, struct problems *problems)
{
    struct stat status;

    if (stat(path, &status) != 0) {
        if (errno != ENOENT)
            add(problems, path, false, g_strerror(errno));
        return false;
    }
    if (!S_ISDIR(status.st_mode))
        add(problems, path, false, "is no directory: it would hold more of the configuration");
    else if (status.st_uid != 0 && status.st_uid != geteuid())
        add(problems, path, false,
            "belongs to somebody else: it must belong to root or to the user that runs Tocsin");
    else if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        add(problems, path, false, "may be written by others: chmod go-w");
    else
        return true;
    return false;
}

static int compare_names(gconstpointer one, gconstpointer other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* The names of a folder's files to read, sorted. NULL: it cannot be listed. */
static GPtrArray *list_names(struct arena *arena, const char *path, struct problems *problems)
{
    DIR *folder = opendir(path);
    GPtrArray *names = NULL;

    if (folder == NULL) {
        add(problems, path, false, g_strerror(errno));
        return NULL;
    }
    names = g_ptr_array_new();
    for (const struct dirent *entry = NULL; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        if (g_str_has_suffix(entry->d_name, SUFFIX))
            g_ptr_array_add(names, arena_string(arena, entry->d_name));
        else if (g_str_has_suffix(entry->d_name, ".yml"))
            add(problems, arena_format(arena, "%s/%s", path, entry->d_name), true,
                "is not read: files here are named NAME.yaml");
    }
    (void)closedir(folder);
    g_ptr_array_sort(names, compare_names);
    return names;
}

/* A monitoring product writes one `monitor:` a file. */
static void merge_file(struct arena *arena, struct yaml_node *root, const char *path,
                       struct problems *problems)
{
    struct yaml_node *more = yaml_load_file(arena, path, true, problems);

    if (more == NULL)
        return;
    yaml_make_list(arena, more, "monitor", "monitors", problems);
    yaml_merge(root, more, problems);
}

static bool fits(const char *path, off_t *total)
{
    struct stat status;

    if (stat(path, &status) == 0)
        *total += status.st_size;
    return *total <= MOST_BYTES;
}

static void merge_folder(struct arena *arena, struct yaml_node *root, const char *folder,
                         struct problems *problems)
{
    g_autoptr(GPtrArray) names = list_names(arena, folder, problems);
    off_t total = 0;

    if (names == NULL)
        return;
    for (guint i = 0; i < names->len; i++) {
        const char *path = arena_format(arena, "%s/%s", folder, (const char *)names->pdata[i]);
        if (i >= MOST_FILES || !fits(path, &total)) {
            add(problems, path, false,
                "is not read: all files of conf.d together are at most 256 and 8 MiB");
            return;
        }
        merge_file(arena, root, path, problems);
    }
}

struct yaml_node *sources_load(struct arena *arena, const char *file, struct problems *problems)
{
    struct yaml_node *root = yaml_load_file(arena, file, true, problems);
    g_autofree char *beside = g_path_get_dirname(file);
    const char *folder = arena_format(arena, "%s/%s", beside, FOLDER);

    if (root == NULL)
        return NULL;
    yaml_make_list(arena, root, "monitor", "monitors", problems);
    if (judge_folder(folder, problems))
        merge_folder(arena, root, folder, problems);
    return root;
}
