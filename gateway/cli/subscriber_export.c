/* tocsin subscriber export: what `subscriber import` reads again, or with --consent who agreed to what. */
#include "gateway/cli/subscriber_words.h"

#include "gateway/base/csv.h"
#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/store/joins.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const char *const columns[] = {"address",    "page",       "state",       "kind",
                                      "components", "groups",     "severity",    "kinds",
                                      "format",     "delivery",   "critical",    "language",
                                      "time_zone",  "created_at", "confirmed_at"};

static const char *const consent_columns[] = {"address", "page", "state",  "at",
                                              "act",     "how",  "source", "words"};

static const char *moment(struct arena *arena, int64_t at)
{
    return at != 0 ? moment_write_iso(arena, at) : "";
}

/* Groups alone, or components and what else is a topic. */
static void write_topics(GString *line, const struct subscriber *subscriber, bool is_groups)
{
    g_autoptr(GString) cell = g_string_new(NULL);

    for (size_t i = 0; i < subscriber->topic_count; i++) {
        const char *topic = subscriber->topics[i];

        if (g_str_has_prefix(topic, "g:") == is_groups)
            g_string_append_printf(cell, "%s%s", cell->len > 0 ? "|" : "",
                                   topic + (g_str_has_prefix(topic, "i:") ? 0 : strlen("c:")));
    }
    csv_write(line, cell->str);
}

static const char *find_line(const struct wish_line *lines, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(lines[i].name, name) == 0)
            return lines[i].value;
    return "";
}

static bool put(const GString *line, GError **error)
{
    if (fwrite(line->str, 1, line->len, stdout) == line->len)
        return true;
    return error_set(error, TOCSIN_ERROR_BUSY, "standard output: %s", g_strerror(errno));
}

static bool put_header(const char *const *names, size_t count, GError **error)
{
    g_autoptr(GString) line = g_string_new(NULL);

    for (size_t i = 0; i < count; i++)
        csv_write(line, names[i]);
    g_string_append(line, "\r\n");
    return put(line, error);
}

static bool write_row(void *context, const struct page *page, const struct subscriber *subscriber,
                      GError **error)
{
    OWN(arena) arena = arena_open((size_t)1 << 20);
    g_autoptr(GString) line = g_string_new(NULL);
    struct wish_line lines[WISH_LINES_MOST];
    const size_t count = wishes_lines(arena, page, subscriber, lines);

    (void)context;
    csv_write(line, subscriber->address);
    csv_write(line, subscriber->page_id);
    csv_write(line, subscriber_state_name(subscriber->state));
    csv_write(line, subscriber_kind_name(subscriber->kind));
    write_topics(line, subscriber, false);
    write_topics(line, subscriber, true);
    csv_write(line, incident_severity_name(subscriber->severity));
    csv_write(line, find_line(lines, count, "kinds"));
    csv_write(line, subscriber_format_name(subscriber->format));
    csv_write(line, find_line(lines, count, "delivery"));
    csv_write(line, find_line(lines, count, "critical"));
    csv_write(line, subscriber->language);
    csv_write(line, subscriber->time_zone);
    csv_write(line, moment(arena, subscriber->created_at));
    csv_write(line, moment(arena, subscriber->confirmed_at));
    g_string_append(line, "\r\n");
    return put(line, error);
}

static void add_consent(GString *lines, struct arena *arena, const struct subscriber *subscriber,
                        const struct consent *consent)
{
    csv_write(lines, subscriber->address);
    csv_write(lines, subscriber->page_id);
    csv_write(lines, subscriber_state_name(subscriber->state));
    csv_write(lines, moment(arena, consent->at));
    csv_write(lines, consent_act_name(consent->act));
    csv_write(lines, consent->how);
    csv_write(lines, consent->source);
    csv_write(lines, consent->words);
    g_string_append(lines, "\r\n");
}

static bool write_consents(void *context, const struct page *page,
                           const struct subscriber *subscriber, GError **error)
{
    const struct subscriber_task *task = context;
    OWN(arena) arena = arena_open((size_t)64 << 20);
    g_autoptr(GString) lines = g_string_new(NULL);
    const struct consent *consents = NULL;
    size_t count = 0;

    (void)page;
    if (!joins_consents(task->store, arena, subscriber->id, &consents, &count, error))
        return false;
    for (size_t i = 0; i < count; i++)
        add_consent(lines, arena, subscriber, &consents[i]);
    return put(lines, error);
}

int subscriber_export(const struct subscriber_task *task)
{
    const bool has_consent = task->words->has_consent;
    const char *const *names = has_consent ? consent_columns : columns;
    const size_t count = has_consent ? G_N_ELEMENTS(consent_columns) : G_N_ELEMENTS(columns);
    struct subscriber_task context = *task;
    g_autoptr(GError) error = NULL;
    const struct page *page;

    if (!invocation_page_or_all(task->config, task->words->page, &page))
        return EX_USAGE;
    if (put_header(names, count, &error) &&
        subscriber_each(task, has_consent ? write_consents : write_row, &context, &error) &&
        (fflush(stdout) == 0 ||
         error_set(&error, TOCSIN_ERROR_BUSY, "standard output: %s", g_strerror(errno))))
        return EX_OK;
    return g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_INPUT) ? invocation_reject(error)
                                                                    : invocation_fail(error);
}
