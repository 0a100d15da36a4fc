/* gateway/config/relay_readings.h: relays, retries, watches and timeouts, from YAML to spool_settings. */
#pragma once

#include "gateway/yaml/reader.h"
#include "spool/sender.h"

/* As read: what was wrong or is missing is NULL or 0. */
struct relay_reading {
    const struct yaml_node *node;
    const char *host;
    int64_t port;
    const char *tls;
    const char *ca_file;
    const char *user;
    const char *password_file;
    int64_t connections;
    const char *rate;
    const char *maildir;
};

struct relay_readings {
    struct relay_reading *at;
    size_t count;
};

/* 0: not given. */
struct spool_reading {
    struct relay_readings relays;
    struct backoff retry;
    struct backoff relay_retry;
    struct relay_timeouts timeouts;
    struct spool_watch watch;
    int64_t refusals;
    const char *hostname;
};

extern const struct reader_table relay_readings_table; /* of one relay */
extern const struct reader_table retry_table;          /* struct backoff */
extern const struct reader_table relay_retry_table;    /* struct backoff without give_up */
extern const struct reader_table relay_timeouts_table;
extern const struct reader_table watch_table;

/* Relays that are neither SMTP nor a Maildir, or both; passwords that would cross a network in the
 * clear, or that others can read; spans that contradict each other. */
void relay_readings_check(const struct reader *reader, const struct yaml_node *root,
                          const struct spool_reading *spool);

/* Only of what was read without an error; lives in `arena`. No relay given: 127.0.0.1:25. */
struct spool_settings relay_readings_build(struct arena *arena, const struct spool_reading *spool);
