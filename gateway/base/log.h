/* gateway/base/log.h: one line an event on standard error.
 *
 * Folders return errors; doors log them. Values are quoted and escaped where needed and cut at 1 KiB;
 * bodies, keys and tokens are never logged. Before the line stands journald's "<n>" where
 * JOURNAL_STREAM is set, else a time. A line is written by one write(2), and lost rather than waited
 * for when standard error is full (the next line counts what was lost). GLib's messages go the same
 * way after log_open().
 *
 *     log_info("incident.opened", LOG_TEXT("page", page->id), LOG_NUMBER("subscribers", n)); */
#pragma once

#include "gateway/base/text.h"

#include <stdint.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

struct log_field {
    const char *key; /* NULL ends the list, "" is left out */
    struct text text;
    int64_t number;
    bool is_number;
};

#define LOG_TEXT(key, string)   ((struct log_field){(key), text_of(string), 0, false})
#define LOG_BYTES(key, text)    ((struct log_field){(key), (text), 0, false})
#define LOG_NUMBER(key, number) ((struct log_field){(key), {NULL, 0}, (int64_t)(number), true})
#define LOG_END                                                                                    \
    {                                                                                              \
        NULL, {NULL, 0}, 0, false                                                                  \
    }
#define LOG_FAILURE(error) LOG_TEXT("error", (error) != NULL ? (error)->message : "unknown")

/* error: someone must act; warning: will have to; info: it happened; debug. */
#define log_error(...)   log_write(LOG_LEVEL_ERROR, LOG_FIELDS(__VA_ARGS__, LOG_END))
#define log_warning(...) log_write(LOG_LEVEL_WARNING, LOG_FIELDS(__VA_ARGS__, LOG_END))
#define log_info(...)    log_write(LOG_LEVEL_INFO, LOG_FIELDS(__VA_ARGS__, LOG_END))
#define log_debug(...)   log_write(LOG_LEVEL_DEBUG, LOG_FIELDS(__VA_ARGS__, LOG_END))
#define LOG_FIELDS(event, ...)                                                                     \
    (event), (const struct log_field[])                                                            \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

void log_open(enum log_level most);
void log_write(enum log_level level, const char *event, const struct log_field *fields);

/* The line without its stamp, for tests: "event key=value key=\"a b\"". */
char *log_format(struct arena *arena, const char *event, const struct log_field *fields);
