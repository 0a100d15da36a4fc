#include "gateway/base/log.h"

#include "gateway/base/moment.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VALUE_BYTES 1024
/* A pipe takes this much at once or not at all, and poll(2) says beforehand which. */
#define LINE_BYTES  PIPE_BUF
#define ARENA_BYTES ((size_t)1024 * 1024)

static const char *const journal_stamps[] = {
    [LOG_LEVEL_ERROR] = "<3>",
    [LOG_LEVEL_WARNING] = "<4>",
    [LOG_LEVEL_INFO] = "<6>",
    [LOG_LEVEL_DEBUG] = "<7>",
};
static_assert(G_N_ELEMENTS(journal_stamps) == LOG_LEVEL_DEBUG + 1, "each level has its stamp");

/* The only mutable globals: what is logged, and how many lines found standard error full. */
static _Atomic(int) most_level = LOG_LEVEL_INFO;
static _Atomic(uint64_t) lost_count;

static bool is_plain(uint32_t character)
{
    if (character < 0x80)
        return character > ' ' && character != '"' && character != '\\' && character != '=' &&
               character != 0x7f;
    return character != TEXT_INVALID && g_unichar_isgraph(character) &&
           !g_unichar_isspace(character);
}

/* What cannot be read, or not be told from the line around it, is written as its bytes. */
static void append_escaped(GString *line, uint32_t character, struct text bytes)
{
    if (is_plain(character) || character == ' ' || character == '=') {
        g_string_append_len(line, bytes.at, (gssize)bytes.size);
        return;
    }
    if (character == '"' || character == '\\')
        g_string_append_printf(line, "\\%c", (char)character);
    else if (character == '\n')
        g_string_append(line, "\\n");
    else
        for (size_t i = 0; i < bytes.size; i++)
            g_string_append_printf(line, "\\x%02x", (unsigned)(unsigned char)bytes.at[i]);
}

static bool needs_quotes(struct text value)
{
    uint32_t character = 0;
    bool is_quoted = value.size == 0;

    while (!is_quoted && text_next_character(&value, &character))
        is_quoted = !is_plain(character);
    return is_quoted;
}

/* The first 1 KiB, ended at a character. */
static struct text cut(struct text value)
{
    struct text rest = value;
    size_t end = 0;
    uint32_t character = 0;

    if (value.size <= VALUE_BYTES)
        return value;
    while (text_next_character(&rest, &character) && value.size - rest.size <= VALUE_BYTES)
        end = value.size - rest.size;
    return text_first(value, end);
}

static void append_value(GString *line, struct text value)
{
    const struct text shown = cut(value);
    const bool is_quoted = needs_quotes(shown);
    struct text rest = shown;
    struct text before = rest;
    uint32_t character = 0;

    if (is_quoted)
        g_string_append_c(line, '"');
    while (text_next_character(&rest, &character)) {
        append_escaped(line, character, text_first(before, before.size - rest.size));
        before = rest;
    }
    if (shown.size < value.size)
        g_string_append(line, "…");
    if (is_quoted)
        g_string_append_c(line, '"');
}

static void append_fields(GString *line, const char *event, const struct log_field *fields)
{
    g_string_append(line, event);
    for (const struct log_field *field = fields; field->key != NULL; field++) {
        if (field->key[0] == '\0')
            continue;
        g_string_append_printf(line, " %s=", field->key);
        if (field->is_number)
            g_string_append_printf(line, "%" G_GINT64_FORMAT, field->number);
        else
            append_value(line, field->text);
    }
}

char *log_format(struct arena *arena, const char *event, const struct log_field *fields)
{
    g_autoptr(GString) line = g_string_new(NULL);

    append_fields(line, event, fields);
    return arena_copy(arena, line->str, line->len);
}

static void append_stamp(GString *line, enum log_level level)
{
    if (getenv("JOURNAL_STREAM") != NULL) {
        g_string_append(line, journal_stamps[level]);
        return;
    }
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_string_append_printf(line, "%s ", moment_write_iso(arena, moment_now()));
}

static bool has_room(void)
{
    struct pollfd standard_error = {.fd = STDERR_FILENO, .events = POLLOUT};

    return poll(&standard_error, 1, 0) == 1 && (standard_error.revents & POLLOUT) != 0;
}

/* Cut where a character begins, so that the line stays UTF-8. */
static void end_line(GString *line)
{
    size_t end = LINE_BYTES - 1;

    if (line->len > end) {
        while (((unsigned char)line->str[end] & 0xc0) == 0x80)
            end--;
        g_string_truncate(line, end);
    }
    g_string_append_c(line, '\n');
}

static void write_line(GString *line, uint64_t lost)
{
    ssize_t written = -1;

    end_line(line);
    if (has_room())
        do {
            written = write(STDERR_FILENO, line->str, line->len);
        } while (written < 0 && errno == EINTR);
    if (written < 0)
        (void)atomic_fetch_add(&lost_count, lost + 1);
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
    const int saved = errno;

    if ((int)level <= atomic_load(&most_level)) {
        g_autoptr(GString) line = g_string_new(NULL);
        const uint64_t lost = atomic_exchange(&lost_count, 0);

        append_stamp(line, level);
        if (lost > 0)
            g_string_append_printf(line, "log.lost count=%" G_GUINT64_FORMAT "; ", lost);
        append_fields(line, event, fields);
        write_line(line, lost);
    }
    errno = saved;
}

static enum log_level level_of(GLogLevelFlags flags)
{
    if ((flags & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0)
        return LOG_LEVEL_ERROR;
    if ((flags & G_LOG_LEVEL_WARNING) != 0)
        return LOG_LEVEL_WARNING;
    return (flags & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO)) != 0 ? LOG_LEVEL_INFO
                                                                   : LOG_LEVEL_DEBUG;
}

static struct text find_field(const GLogField *fields, gsize count, const char *key)
{
    for (gsize i = 0; i < count; i++) {
        if (strcmp(fields[i].key, key) != 0)
            continue;
        const char *value = fields[i].value;
        return fields[i].length < 0 ? text_of(value) : text_from(value, (size_t)fields[i].length);
    }
    return text_of(NULL);
}

static GLogWriterOutput write_for_glib(GLogLevelFlags flags, const GLogField *fields, gsize count,
                                       gpointer data)
{
    (void)data;
    log_write(level_of(flags), "library.message",
              (const struct log_field[]){
                  LOG_BYTES("library", find_field(fields, count, "GLIB_DOMAIN")),
                  LOG_BYTES("message", find_field(fields, count, "MESSAGE")),
                  LOG_END,
              });
    return G_LOG_WRITER_HANDLED;
}

void log_open(enum log_level most)
{
    static _Atomic(bool) is_open;

    atomic_store(&most_level, (int)most);
    if (!atomic_exchange(&is_open, true)) /* GLib takes a second writer for a bug */
        g_log_set_writer_func(write_for_glib, NULL, NULL);
}
