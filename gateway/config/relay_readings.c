#include "gateway/config/relay_readings.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/base/number.h"
#include "gateway/config/checks.h"
#include "gateway/config/relay_checks.h"
#include "gateway/config/twice.h"

#include <string.h>

#define CONNECTIONS_MOST 64
#define USER_CHARACTERS  254
#define SPAN_LEAST_MS    100

static const struct reader_field relay_fields[] = {
    {.name = "host",
     .kind = READER_STRING,
     .at = READER_AT(struct relay_reading, host),
     .check = checks_host},
    {.name = "port",
     .kind = READER_INTEGER,
     .at = READER_AT(struct relay_reading, port),
     .standard = "25",
     .least = 1,
     .most = UINT16_MAX},
    {.name = "tls",
     .kind = READER_STRING,
     .at = READER_AT(struct relay_reading, tls),
     .standard = "none",
     .check = checks_tls},
    {.name = "ca_file",
     .kind = READER_STRING,
     .at = READER_AT(struct relay_reading, ca_file),
     .check = checks_path},
    {.name = "user",
     .kind = READER_STRING,
     .at = READER_AT(struct relay_reading, user),
     .least = 1,
     .most = USER_CHARACTERS},
    {.name = "password_file",
     .kind = READER_STRING,
     .at = READER_AT(struct relay_reading, password_file),
     .check = checks_path},
    {.name = "connections",
     .kind = READER_INTEGER,
     .at = READER_AT(struct relay_reading, connections),
     .standard = "4",
     .least = 1,
     .most = CONNECTIONS_MOST},
    {.name = "rate",
     .kind = READER_STRING,
     .at = READER_AT(struct relay_reading, rate),
     .check = checks_rate},
    {.name = "maildir",
     .kind = READER_STRING,
     .at = READER_AT(struct relay_reading, maildir),
     .check = checks_path},
};

/* The one mistake worth a sentence of its own; nothing of the value is repeated. */
static bool refuse_password(const struct reader *reader, const struct yaml_node *node, void *target)
{
    (void)target;
    if (strcmp(node->key, "password") != 0)
        return false;
    yaml_problem_key(reader->problems, node,
                     "passwords stand in files of their own: write it to a file that only Tocsin "
                     "can read (chmod 600), and its path as `password_file:`");
    return true;
}

const struct reader_table relay_readings_table = {
    .fields = relay_fields,
    .count = G_N_ELEMENTS(relay_fields),
    .size = sizeof(struct relay_reading),
    .node_at = READER_AT(struct relay_reading, node),
    .other = refuse_password,
};

#define SPAN(structure, field, member, default_, least_, most_)                                    \
    {                                                                                              \
        .name = (field), .kind = READER_SPAN, .at = READER_AT(struct structure, member),           \
        .standard = (default_), .least = (least_), .most = (most_)                                 \
    }

static const struct reader_field retry_fields[] = {
    SPAN(backoff, "first", first_ms, "30s", SECOND_MS, HOUR_MS),
    SPAN(backoff, "longest", longest_ms, "30m", SECOND_MS, DAY_MS),
    SPAN(backoff, "give_up", give_up_ms, "2d", SECOND_MS, 30 * DAY_MS),
};
const struct reader_table retry_table = {
    .fields = retry_fields,
    .count = G_N_ELEMENTS(retry_fields),
    .size = sizeof(struct backoff),
};

static const struct reader_field relay_retry_fields[] = {
    SPAN(backoff, "first", first_ms, "5s", SECOND_MS, HOUR_MS),
    SPAN(backoff, "longest", longest_ms, "5m", SECOND_MS, DAY_MS),
};
const struct reader_table relay_retry_table = {
    .fields = relay_retry_fields,
    .count = G_N_ELEMENTS(relay_retry_fields),
    .size = sizeof(struct backoff),
};

static const struct reader_field timeouts_fields[] = {
    SPAN(relay_timeouts, "greeting", greeting_ms, "60s", SPAN_LEAST_MS, HOUR_MS),
    SPAN(relay_timeouts, "command", command_ms, "5m", SPAN_LEAST_MS, HOUR_MS),
    SPAN(relay_timeouts, "data", data_ms, "3m", SPAN_LEAST_MS, HOUR_MS),
    SPAN(relay_timeouts, "dot", dot_ms, "10m", SPAN_LEAST_MS, HOUR_MS),
};
const struct reader_table relay_timeouts_table = {
    .fields = timeouts_fields,
    .count = G_N_ELEMENTS(timeouts_fields),
    .size = sizeof(struct relay_timeouts),
};

static const struct reader_field watch_fields[] = {
    SPAN(spool_watch, "connect", connect_ms, "30s", SPAN_LEAST_MS, HOUR_MS),
    SPAN(spool_watch, "progress", progress_ms, "60s", SPAN_LEAST_MS, HOUR_MS),
    SPAN(spool_watch, "dot", dot_ms, "10m", SPAN_LEAST_MS, HOUR_MS),
};
const struct reader_table watch_table = {
    .fields = watch_fields,
    .count = G_N_ELEMENTS(watch_fields),
    .size = sizeof(struct spool_watch),
};

static void check_retry(const struct reader *reader, const struct yaml_node *root,
                        const char *field, const struct backoff *retry)
{
    const struct yaml_node *node = yaml_find(root, field);

    if (node == NULL)
        return;
    if (retry->longest_ms < retry->first_ms)
        yaml_problem(reader->problems, node, "`longest` must not be shorter than `first`");
    if (retry->give_up_ms != 0 && retry->give_up_ms < retry->longest_ms)
        yaml_problem(reader->problems, node, "`give_up` must not be shorter than `longest`");
}

/* "127.0.0.1:25", "maildir:/var/tmp/mail": what `queue pause` takes. NULL: neither is given. */
static const char *name_of(struct arena *arena, const struct relay_reading *relay)
{
    if (relay->maildir != NULL)
        return arena_format(arena, "maildir:%s", relay->maildir);
    if (relay->host != NULL)
        return arena_format(arena, "%s:%d", relay->host, (int)relay->port);
    return NULL;
}

void relay_readings_check(const struct reader *reader, const struct yaml_node *root,
                          const struct spool_reading *spool)
{
    OWN(twice) names = twice_open(reader->problems);

    for (size_t i = 0; i < spool->relays.count; i++) {
        const struct relay_reading *relay = &spool->relays.at[i];
        relay_checks_all(reader, relay);
        twice_add(names, relay->node, relay->maildir != NULL ? "maildir" : "host",
                  name_of(reader->arena, relay));
    }
    check_retry(reader, root, "retry", &spool->retry);
    check_retry(reader, root, "relay_retry", &spool->relay_retry);
}

static const char *or_empty(const char *string)
{
    return string == NULL ? "" : string;
}

/* "100/s", as checks_rate() took it. */
static int64_t read_rate(const char *rate)
{
    const struct text text = text_of(rate);
    int64_t number = 0;

    if (text.size < 2 || !number_parse(text_first(text, text.size - 2), 1, INT64_MAX, &number))
        return 0;
    return number;
}

static struct relay_settings build_relay(struct arena *arena, const struct relay_reading *relay)
{
    const bool is_starttls = g_strcmp0(relay->tls, "starttls") == 0;

    return (struct relay_settings){
        .kind = relay->maildir != NULL ? RELAY_MAILDIR : RELAY_SMTP,
        .name = name_of(arena, relay),
        .host = or_empty(relay->host),
        .port = (uint16_t)relay->port,
        .tls = is_starttls ? RELAY_TLS_STARTTLS : RELAY_TLS_NONE,
        .ca_file = or_empty(relay->ca_file),
        .user = or_empty(relay->user),
        .password_file = or_empty(relay->password_file),
        .connections = (size_t)relay->connections,
        .rate = read_rate(relay->rate),
        .maildir = or_empty(relay->maildir),
    };
}

struct spool_settings relay_readings_build(struct arena *arena, const struct spool_reading *spool)
{
    static struct relay_reading local = {
        .host = "127.0.0.1", .port = 25, .tls = "none", .connections = 4};
    const struct relay_readings standard = {&local, 1};
    const struct relay_readings *given = spool->relays.count > 0 ? &spool->relays : &standard;
    struct relay_settings *relays = ARENA_ARRAY(arena, struct relay_settings, given->count);

    for (size_t i = 0; i < given->count; i++)
        relays[i] = build_relay(arena, &given->at[i]);
    return (struct spool_settings){
        .relays = relays,
        .relay_count = given->count,
        .timeouts = spool->timeouts,
        .backoff = spool->retry,
        .relay_backoff = {spool->relay_retry.first_ms, spool->relay_retry.longest_ms, DAY_MS},
        .watch = spool->watch,
        .refusals_most = (uint32_t)spool->refusals,
        .hostname = or_empty(spool->hostname),
    };
}
