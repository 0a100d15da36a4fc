#include "gateway/config/installation.h"

#include "gateway/base/number.h"
#include "gateway/mustache/templates.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define CIFS_MAGIC 0xff534d42U

static void add(struct problems *problems, const char *path, bool is_warning, const char *text)
{
    const struct problem place = {.file = path, .is_warning = is_warning};

    problems_add(problems, &place, "%s", text);
}

static bool is_network(const struct statfs *system)
{
    static const unsigned kinds[] = {NFS_SUPER_MAGIC, SMB_SUPER_MAGIC,  SMB2_SUPER_MAGIC,
                                     AFS_SUPER_MAGIC, CODA_SUPER_MAGIC, CIFS_MAGIC};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if ((unsigned)system->f_type == kinds[i])
            return true;
    return false;
}

/* The store refuses the same when it opens; here it is said before anything runs. */
static void check_state(const char *path, struct problems *problems)
{
    struct stat status;
    struct statfs system;

    if (stat(path, &status) != 0) {
        if (errno == ENOENT)
            add(problems, path, true,
                "is not there yet: make it, owned by the user that runs Tocsin, mode 0700");
        else
            add(problems, path, false, g_strerror(errno));
        return;
    }
    if (!S_ISDIR(status.st_mode)) {
        add(problems, path, false, "is no directory");
        return;
    }
    if (geteuid() != 0 && status.st_uid != geteuid())
        add(problems, path, false, "belongs to another user: chown it to the one that runs Tocsin");
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        add(problems, path, false, "may be written by others: chmod go-w");
    if (statfs(path, &system) == 0 && is_network(&system))
        add(problems, path, false,
            "lies on a network file system, where the database would be damaged: use a local disk");
}

/* Takes the number at the end of "PATH:7" off. */
static bool take_number(struct text *place, unsigned *number)
{
    size_t size = place->size;
    int64_t value = 0;

    while (size > 0 && place->at[size - 1] != ':')
        size--;
    if (size == 0 || !number_parse(text_skip(*place, size), 1, UINT32_MAX, &value))
        return false;
    *number = (unsigned)value;
    *place = text_first(*place, size - 1);
    return true;
}

/* "PATH:LINE:COLUMN: what", or "PATH: what". */
static void add_line(struct arena *arena, struct problems *problems, struct text line)
{
    const ptrdiff_t colon = text_find(line, TEXT(": "));
    struct text place = colon < 0 ? TEXT("templates") : text_first(line, (size_t)colon);
    const char *text =
        text_clean_line(arena, colon < 0 ? line : text_skip(line, (size_t)colon + 2), 500);
    unsigned numbers[2] = {0, 0};

    if (take_number(&place, &numbers[1]) && !take_number(&place, &numbers[0])) {
        numbers[0] = numbers[1];
        numbers[1] = 0;
    }
    const struct problem problem = {
        .file = arena_copy(arena, place.at, place.size), .line = numbers[0], .column = numbers[1]};
    problems_add(problems, &problem, "%s", text);
}

static void check_templates(struct arena *arena, const struct compose_settings *settings,
                            struct problems *problems)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) report = g_string_new(NULL);
    OWN(templates)
    templates = templates_open(settings->templates_site, settings->templates_shipped, &error);
    struct text line = {NULL, 0};

    if (templates == NULL) {
        const struct text what = TEXT("templates ");
        line = text_of(error->message);
        add_line(arena, problems, text_has_prefix(line, what) ? text_skip(line, what.size) : line);
        return;
    }
    (void)templates_check(templates, report);
    struct text rest = text_from(report->str, report->len);
    while (text_next_line(&rest, &line))
        add_line(arena, problems, line);
}

/* What a site writes there is sent to every subscriber, and decides what operators mean. */
static void check_site(const char *path, struct problems *problems)
{
    struct stat status;

    if (path == NULL || stat(path, &status) != 0)
        return;
    if (status.st_uid != 0 && status.st_uid != geteuid() && geteuid() != 0)
        add(problems, path, false,
            "belongs to somebody else: it must belong to root or to the user that runs Tocsin");
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        add(problems, path, false, "may be written by others: chmod go-w");
}

/* A site's rules that break a limit on text that is meant to hurt are named (security A58); ours are
 * tested. */
static void check_stress(const char *directory, struct problems *problems)
{
    GDir *folder = directory == NULL ? NULL : g_dir_open(directory, 0, NULL);

    for (const char *name = NULL; folder != NULL && (name = g_dir_read_name(folder)) != NULL;) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        if (*name != '.' && g_str_has_suffix(name, ".yaml"))
            (void)grammar_check_file(path, problems);
    }
    if (folder != NULL)
        g_dir_close(folder);
}

void installation_check(struct arena *arena, const struct installation *installation,
                        struct problems *problems)
{
    if (installation->state != NULL)
        check_state(installation->state, problems);
    check_site(installation->compose.templates_site, problems);
    check_site(installation->grammar.site_directory, problems);
    check_templates(arena, &installation->compose, problems);
    OWN(grammars) grammars = grammars_open(&installation->grammar, problems);
    if (grammars == NULL)
        return;
    monitor_words_check(installation->words, grammars, problems);
    check_stress(installation->grammar.site_directory, problems);
}
