#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "spool/sender.h"
#include "spool/watch.h"

#include <string.h>

const struct spool_settings spool_settings_default = {
    .relays = NULL,
    .relay_count = 0,
    .timeouts = {60 * SECOND_MS, 5 * MINUTE_MS, 3 * MINUTE_MS, 10 * MINUTE_MS},
    .backoff = {30 * SECOND_MS, 30 * MINUTE_MS, 2 * DAY_MS},
    .relay_backoff = {5 * SECOND_MS, 5 * MINUTE_MS, DAY_MS},
    .watch = {30 * SECOND_MS, 60 * SECOND_MS, 10 * MINUTE_MS},
    .refusals_most = 20,
    .hostname = "",
};

static bool check_smtp(const struct relay_settings *relay, GError **error)
{
    if (relay->host[0] == '\0' || strlen(relay->host) > 253)
        return error_set(error, TOCSIN_ERROR_CONFIG, "host: a name or an IPv4 address is needed");
    if (strchr(relay->host, ':') != NULL || relay->host[0] == '[')
        return error_set(error, TOCSIN_ERROR_CONFIG,
                         "host: %s: IPv6 addresses cannot be given; write a name that has one",
                         relay->host);
    if (relay->port == 0)
        return error_set(error, TOCSIN_ERROR_CONFIG, "port: 1 to 65535 is needed");
    if (relay->user[0] != '\0' && relay->tls != RELAY_TLS_STARTTLS)
        return error_set(error, TOCSIN_ERROR_CONFIG,
                         "user: a password goes out inside TLS only; write tls: starttls");
    if (relay->user[0] != '\0' && relay->password_file[0] == '\0')
        return error_set(error, TOCSIN_ERROR_CONFIG, "password_file: is needed with user");
    return true;
}

static bool check_relay(const struct relay_settings *relay, GError **error)
{
    if (relay->connections < 1 || relay->connections > 64)
        return error_set(error, TOCSIN_ERROR_CONFIG, "connections: 1 to 64");
    if (relay->rate < 0 || relay->rate > 1000000)
        return error_set(error, TOCSIN_ERROR_CONFIG, "rate: 1/s to 1000000/s");
    if (relay->kind == RELAY_MAILDIR)
        return relay->maildir[0] == '/' ||
               error_set(error, TOCSIN_ERROR_CONFIG, "maildir: an absolute path is needed");
    return check_smtp(relay, error);
}

static bool is_name_taken(const struct spool_settings *settings, size_t until)
{
    for (size_t i = 0; i < until; i++)
        if (strcmp(settings->relays[i].name, settings->relays[until].name) == 0)
            return true;
    return false;
}

static bool check_relays(const struct spool_settings *settings, GError **error)
{
    size_t workers = 0;

    for (size_t i = 0; i < settings->relay_count; i++) {
        const struct relay_settings *relay = &settings->relays[i];

        if (!check_relay(relay, error)) {
            g_prefix_error(error, "relay %s: ", relay->name);
            return false;
        }
        if (is_name_taken(settings, i))
            return error_set(error, TOCSIN_ERROR_CONFIG, "relay %s: is there twice", relay->name);
        workers += relay->connections;
    }
    return workers <= WATCH_WORKERS_MOST ||
           error_set(error, TOCSIN_ERROR_CONFIG, "relays: %d connections at most in all",
                     WATCH_WORKERS_MOST);
}

bool spool_settings_check(const struct spool_settings *settings, GError **error)
{
    if (settings->relay_count == 0 || settings->relay_count > WATCH_RELAYS_MOST)
        return error_set(error, TOCSIN_ERROR_CONFIG, "relays: 1 to %d are needed",
                         WATCH_RELAYS_MOST);
    if (!backoff_check(&settings->backoff, error)) {
        g_prefix_error(error, "retry: ");
        return false;
    }
    if (!backoff_check(&settings->relay_backoff, error)) {
        g_prefix_error(error, "relay retry: ");
        return false;
    }
    return check_relays(settings, error);
}
