#include "gateway/base/error.h"
#include "spool/relay_kinds.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include <auth-client.h>
#include <libesmtp.h>

#define PASSWORD_MOST 1024

static int give_credentials(auth_client_request_t request, char **result, int fields, void *context)
{
    const struct relay *relay = context;

    for (int i = 0; i < fields; i++) {
        if ((request[i].flags & AUTH_PASS) != 0)
            result[i] = relay->password;
        else if ((request[i].flags & AUTH_USER) != 0)
            result[i] = (char *)(uintptr_t)relay->settings->user; /* read only, whatever its type */
        else
            return 0;
    }
    return 1;
}

static void set_timeout(struct smtp_session *smtp, int which, int64_t span_ms)
{
    const int64_t least_ms = 100;
    const long span = (long)CLAMP(span_ms, least_ms, INT32_MAX);

    (void)smtp_set_timeout(smtp, which | Timeout_OVERRIDE_RFC2822_MINIMUM, span);
}

static void set_timeouts(struct smtp_session *smtp, const struct relay_timeouts *timeouts)
{
    set_timeout(smtp, Timeout_GREETING, timeouts->greeting_ms);
    set_timeout(smtp, Timeout_ENVELOPE, timeouts->command_ms);
    set_timeout(smtp, Timeout_DATA, timeouts->command_ms);
    set_timeout(smtp, Timeout_TRANSFER, timeouts->data_ms);
    set_timeout(smtp, Timeout_DATA2, timeouts->dot_ms);
}

struct auth_context *relay_setup_session(struct relay *relay, struct smtp_session *session)
{
    set_timeouts(session, relay->timeouts);
    if (relay->tls != NULL) {
        (void)smtp_starttls_enable(session, Starttls_REQUIRED);
        (void)smtp_starttls_set_ctx(session, relay->tls);
    }
    if (relay->password == NULL)
        return NULL;

    auth_context_t auth = auth_create_context();
    (void)auth_set_mechanism_flags(auth, AUTH_PLUGIN_PLAIN, 0);
    (void)auth_set_interact_cb(auth, give_credentials, relay);
    (void)smtp_auth_set_context(session, auth);
    return auth;
}

static bool load_password(struct relay *relay, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize size = 0;

    if (!g_file_get_contents(relay->settings->password_file, &bytes, &size, NULL) || size == 0 ||
        size > PASSWORD_MOST)
        return error_set(error, TOCSIN_ERROR_CONFIG, "%s: cannot be read, or holds no password",
                         relay->settings->password_file);
    bytes[strcspn(bytes, "\r\n")] = '\0';
    relay->password = g_steal_pointer(&bytes);
    return true;
}

bool relay_smtp_open(struct relay *relay, GError **error)
{
    /* Without it the library offers whatever certificate the user has there, and frees it twice. */
    (void)g_setenv("HOME", "/nonexistent", TRUE);
    (void)g_setenv("XDG_CONFIG_HOME", "/nonexistent", TRUE);
    (void)g_setenv("XDG_CONFIG_DIR", "/nonexistent", TRUE);
    auth_client_init();
    if (relay->settings->tls == RELAY_TLS_STARTTLS && !relay_tls_open(relay, error))
        return false;
    return relay->settings->user[0] == '\0' || load_password(relay, error);
}

void relay_smtp_close(struct relay *relay)
{
    if (relay->settings->kind != RELAY_SMTP)
        return;
    if (relay->password != NULL)
        explicit_bzero(relay->password, strlen(relay->password));
    g_free(relay->password);
    relay_tls_close(relay);
    auth_client_exit();
}
