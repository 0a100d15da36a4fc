/* tocsin subscriber import */
#include "gateway/cli/import_report.h"
#include "gateway/cli/import_row.h"
#include "gateway/cli/subscriber_words.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/* Lines of one transaction; others may write between two. */
#define BATCH_LINES 1000
/* So many confirmation letters a second: a provider that gets thousands at once of who never wrote to it
 * before takes them for spam. */
#define LETTERS_A_SECOND 10

struct importing {
    const struct subscriber_task *task;
    struct import_row rows;
    struct joins_desk desk;
    struct import_report report;
    struct csv *csv;
    int fd;
    const char *source; /* how consent was given, or what the letter is about */
    bool is_at_end;
};

static bool read_file(void *context, char *buffer, size_t size, size_t *got, GError **error)
{
    struct importing *importing = context;
    const ssize_t count = read(importing->fd, buffer, size);

    if (count < 0)
        return error_set(error, TOCSIN_ERROR_INPUT, "%s", g_strerror(errno));
    *got = (size_t)count;
    importing->report.size_read += count;
    return true;
}

static const char *name_row(struct arena *arena, const struct importing *importing,
                            const struct csv_row *row)
{
    return text_clean_line(arena, import_columns_cell(importing->rows.columns, row, IMPORT_ADDRESS),
                           80);
}

static void refuse(struct importing *importing, struct arena *arena, const struct csv_row *row,
                   const char *why)
{
    importing->report.unreadable++;
    import_report_say(&importing->report, row->line, name_row(arena, importing, row), why, false);
}

static bool store_person(struct importing *importing, const struct csv_row *row,
                         const struct import_person *person, GError **error)
{
    struct import_report *report = &importing->report;
    const bool is_confirmed = importing->task->words->confirmed != NULL && !person->is_pending;
    const struct bulk_person bulk = {
        &person->subscriber, is_confirmed, importing->source, person->words,
        importing->desk.now + report->counts[BULK_ASKED] * SECOND_MS / LETTERS_A_SECOND};
    enum bulk_outcome outcome = BULK_ADDED;

    if (!bulk_add(&importing->desk, &bulk, &outcome, error))
        return false;
    report->counts[outcome]++;
    if (*bulk_outcome_why(outcome) != '\0')
        import_report_say(report, row->line, person->subscriber.address, bulk_outcome_why(outcome),
                          false);
    else if (*person->warning != '\0' && outcome != BULK_THERE)
        import_report_say(report, row->line, person->subscriber.address, person->warning, true);
    return true;
}

static bool take_row(struct importing *importing, const struct csv_row *row, GError **error)
{
    OWN(arena) arena = arena_open((size_t)4 << 20);
    const bool must_ask = importing->task->words->confirmed == NULL;
    g_autoptr(GError) why = NULL;
    struct import_person person;

    importing->report.line = row->line;
    if (!import_row_read(arena, &importing->rows, row, &person, &why)) {
        refuse(importing, arena, row, why->message);
        return true;
    }
    if ((must_ask || person.is_pending) && person.subscriber.kind == SUBSCRIBER_LIST) {
        refuse(importing, arena, row, "is a mailing list, which cannot be asked: use --confirmed");
        return true;
    }
    return store_person(importing, row, &person, error);
}

static bool take_rows(struct importing *importing, GError **error)
{
    struct csv_row row = {0};

    for (size_t i = 0; i < BATCH_LINES; i++) {
        const enum csv_step step = csv_next(importing->csv, &row, error);

        importing->is_at_end = step == CSV_END;
        if (step == CSV_FAILED || importing->is_at_end)
            return step != CSV_FAILED;
        if (step == CSV_ROW && !take_row(importing, &row, error))
            return false;
        if (step == CSV_ROW)
            continue;
        importing->report.unreadable++;
        import_report_say(&importing->report, row.line, "", row.why, false);
    }
    return true;
}

/* One transaction. A dry run does all of it, and takes it back. */
static bool take_batch(struct importing *importing, GError **error)
{
    struct store *store = importing->desk.store;

    if (!store_begin(store, error))
        return false;
    if (!take_rows(importing, error)) {
        store_rollback(store);
        return false;
    }
    if (!importing->report.is_dry)
        return store_commit(store, error);
    store_rollback(store);
    return true;
}

/* The header, or the first of them. */
static bool take_first(struct importing *importing, GError **error)
{
    struct csv_row row = {0};
    const enum csv_step step = csv_next(importing->csv, &row, error);
    const struct import_columns *columns;

    if (step == CSV_END)
        return error_set(error, TOCSIN_ERROR_INPUT, "is empty");
    if (step == CSV_BAD)
        return error_set(error, TOCSIN_ERROR_INPUT, "line %d: %s", (int)row.line, row.why);
    columns = step == CSV_ROW ? import_columns_find(importing->task->invocation->arena, &row, error)
                              : NULL;
    if (columns == NULL)
        return false;
    importing->rows.columns = columns;
    for (size_t i = 0; i < columns->ignored_count; i++)
        (void)fprintf(stderr, "tocsin: %s: the column \"%s\" is not known, and ignored\n",
                      importing->report.file, columns->ignored[i]);
    if (columns->has_header)
        return true;
    if (!store_begin(importing->desk.store, error))
        return false;
    const bool is_good = take_row(importing, &row, error);
    if (is_good && !importing->report.is_dry)
        return store_commit(importing->desk.store, error);
    store_rollback(importing->desk.store);
    return is_good;
}

static bool take_all(struct importing *importing, GError **error)
{
    bool is_good = bulk_begin(importing->desk.store, error) && take_first(importing, error);

    while (is_good && !importing->is_at_end) {
        is_good = take_batch(importing, error);
        import_report_advance(&importing->report);
    }
    if (is_good)
        return bulk_end(importing->desk.store, error);
    g_prefix_error(error, "%s: ", importing->report.file);
    return false;
}

static int run_import(struct importing *importing)
{
    g_autoptr(GError) error = NULL;
    struct stat about;

    if (fstat(importing->fd, &about) == 0 && S_ISREG(about.st_mode))
        importing->report.size = about.st_size;
    OWN(csv) csv = csv_open(read_file, importing);
    importing->csv = csv;
    const bool is_done = take_all(importing, &error);
    import_report_end(&importing->report);
    if (!is_done)
        return invocation_fail(error);
    return import_report_refused(&importing->report) > 0 ? EX_DATAERR : EX_OK;
}

static const char *make_source(const struct subscriber_task *task, const char *file)
{
    struct arena *arena = task->invocation->arena;
    g_autofree char *name = g_path_get_basename(file);
    const char *shown = text_clean_line(arena, text_of(name), 60);
    const char *who = subscriber_author(task->invocation);

    if (task->words->confirmed == NULL)
        return arena_format(arena, "%s by %s", shown, who);
    return arena_format(arena, "%s (%s by %s)",
                        text_clean_line(arena, text_of(task->words->confirmed), 300), shown, who);
}

static int import_file(const struct subscriber_task *task, const struct page *page, int fd)
{
    const char *file = invocation_word(task->invocation, 1);
    g_autoptr(GError) error = NULL;
    OWN(secret) secret = secret_open(task->config->state, &error);
    const int64_t now = moment_now();
    struct importing importing = {
        .task = task,
        .rows = {task->config, page, NULL, now},
        .desk = {task->store, secret, page, now},
        .fd = fd,
        .source = make_source(task, file),
    };

    if (secret == NULL)
        return invocation_fail(error);
    import_report_begin(&importing.report, file, task->invocation->is_json, task->words->is_dry);
    return run_import(&importing);
}

int subscriber_import(const struct subscriber_task *task)
{
    const struct page *page = invocation_page(task->config, task->words->page);
    const char *file = invocation_word(task->invocation, 1);
    const bool is_stdin = strcmp(file, "-") == 0;
    const char *confirmed = task->words->confirmed;
    int status = EX_NOINPUT;

    if (page == NULL)
        return EX_USAGE;
    if (confirmed != NULL && text_trim(text_of(confirmed)).size == 0) {
        (void)fputs("tocsin: --confirmed: say how consent was given\n", stderr);
        return EX_USAGE;
    }
    const int fd = is_stdin ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        (void)fprintf(stderr, "tocsin: %s: %s\n", file, g_strerror(errno));
        return status;
    }
    status = import_file(task, page, fd);
    if (!is_stdin)
        (void)close(fd);
    return status;
}
