#include "gateway/config/checks.h"

#include "gateway/base/moment.h"
#include "gateway/base/number.h"
#include "gateway/mail/address.h"
#include "gateway/milter/milter.h"
#include "gateway/trust/trust.h"

#include <arpa/inet.h>
#include <string.h>

#define ADDRESS_ARENA_BYTES ((size_t)64 * 1024)
#define ID_MOST             32
#define LABEL_MOST          63
#define DOMAIN_MOST         253
#define RATE_MOST           100000

#define LOCAL_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789._"
#define URL_LETTERS   "-._~:/@!$&'()*+,;=%"
#define TOKEN_LETTERS "-._/"

/* Behind `error_set(…, "is …")` everywhere: the code is always the same here. */
#define REFUSE(error, ...) error_set((error), TOCSIN_ERROR_CONFIG, __VA_ARGS__)

static bool has_only(const char *value, const char *besides_letters_and_digits)
{
    for (const char *at = value; *at != '\0'; at++)
        if (!g_ascii_isalnum(*at) && strchr(besides_letters_and_digits, *at) == NULL)
            return false;
    return true;
}

bool checks_path(const char *value, GError **error)
{
    if (value[0] == '/')
        return true;
    return REFUSE(error, "is no absolute path: write it from the root, /…");
}

bool checks_id(const char *value, GError **error)
{
    if (has_only(value, "_-") && strlen(value) <= ID_MOST)
        return true;
    return REFUSE(error, "is no id: write 1 to %d letters, digits, _ or -", ID_MOST);
}

bool checks_address(const char *value, GError **error)
{
    OWN(arena) arena = arena_open(ADDRESS_ARENA_BYTES);
    g_autoptr(GError) why = NULL;

    if (strlen(value) > ADDRESS_WHOLE_BYTES)
        return REFUSE(error, "is longer than any address can be (%d)", ADDRESS_WHOLE_BYTES);
    if (address_parse(arena, text_of(value), &why) != NULL)
        return true;
    return REFUSE(error, "is no address (%s): write name@example.com", why->message);
}

/* Servers split at "+", "-" (recipient_delimiter) and "%" or "!" (routes); a keyed address is the
 * local part, "+" and 24 characters, and some programs take no more than 64 in all. */
bool checks_page_address(const char *value, GError **error)
{
    const char *at = strchr(value, '@');

    if (!checks_address(value, error))
        return false;
    const size_t size = (size_t)(at - value);
    if (size > CHECKS_LOCAL_MOST)
        return REFUSE(error, "has %zu characters before the @: a page's address has at most %d",
                      size, CHECKS_LOCAL_MOST);
    if (strspn(value, LOCAL_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= size)
        return true;
    return REFUSE(error, "is no address for a page: before the @ write letters, digits, dots and _ "
                         "only (+ and - are where mail servers split, %% and ! are routes)");
}

bool checks_url(const char *value, GError **error)
{
    const char *host = g_str_has_prefix(value, "https://")  ? value + strlen("https://")
                       : g_str_has_prefix(value, "http://") ? value + strlen("http://")
                                                            : NULL;

    if (host != NULL && g_ascii_isalnum(*host) && has_only(host, URL_LETTERS))
        return true;
    return REFUSE(error, "is no address of a web page: write https://status.example.com, without "
                         "? and #");
}

bool checks_zone(const char *value, GError **error)
{
    if (moment_is_zone(value))
        return true;
    return REFUSE(error, "is no time zone that this machine knows (package tzdata): write "
                         "Europe/Berlin or Etc/UTC");
}

bool checks_reminder(const char *value, GError **error)
{
    int64_t span_ms;

    if (moment_parse_span(text_of(value), &span_ms) && span_ms > 0 && span_ms <= 31 * DAY_MS)
        return true;
    return REFUSE(error, "is no span of time up to 31 days: write 24h or 1h");
}

/* "de", "de-AT": the name of a folder of templates too. */
bool checks_language(const char *value, GError **error)
{
    const size_t size = strlen(value);
    const size_t first = strcspn(value, "-");

    if (first >= 2 && first <= 3 && size <= ID_MOST && has_only(value, "-") &&
        g_ascii_isalnum(value[size - 1]) && strstr(value, "--") == NULL)
        return true;
    return REFUSE(error, "is no language: write en, de or de-AT");
}

static bool is_label(struct text label)
{
    for (size_t i = 0; i < label.size; i++)
        if (!g_ascii_isalnum(label.at[i]) && label.at[i] != '-')
            return false;
    return label.size > 0 && label.size <= LABEL_MOST && label.at[0] != '-' &&
           label.at[label.size - 1] != '-';
}

/* How many labels; 0: no domain name. The last is no number: that would be an address. */
static size_t count_labels(const char *value)
{
    struct text rest = text_of(value);
    struct text label = {NULL, 0};
    size_t count = 0;

    if (rest.size == 0 || rest.size > DOMAIN_MOST)
        return 0;
    for (; text_next_piece(&rest, '.', &label); count++)
        if (!is_label(label))
            return 0;
    return g_ascii_isdigit(label.at[0]) ? 0 : count;
}

bool checks_domain(const char *value, GError **error)
{
    if (count_labels(value) >= 2)
        return true;
    return REFUSE(error, "is no domain: write example.com");
}

bool checks_network(const char *value, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (network_check(text_of(value), &why))
        return true;
    return REFUSE(error, "is no network (%s): write 192.0.2.0/28 or 2001:db8::/32", why->message);
}

bool checks_authserv_id(const char *value, GError **error)
{
    if (has_only(value, TOKEN_LETTERS) && strlen(value) <= DOMAIN_MOST)
        return true;
    return REFUSE(error, "is no name of a verifier: write what stands first in its "
                         "Authentication-Results, such as mx.example.com");
}

bool checks_socket(const char *value, GError **error)
{
    if (milter_check_socket(value, NULL))
        return true;
    return REFUSE(error, "is no socket: write unix:/run/tocsin/milter.sock or "
                         "inet:8891@127.0.0.1");
}

/* libesmtp splits host and port at ":" (notes of spool/relay_smtp.c). */
bool checks_host(const char *value, GError **error)
{
    struct in_addr address;

    if (inet_pton(AF_INET, value, &address) == 1 || count_labels(value) > 0)
        return true;
    if (strchr(value, ':') != NULL)
        return REFUSE(error, "is no host: IPv6 literals and ports cannot stand here: write the "
                             "relay's name or IPv4 address, and its port as `port:`");
    return REFUSE(error, "is no host: write the relay's name or its IPv4 address");
}

bool checks_host_name(const char *value, GError **error)
{
    if (count_labels(value) > 0)
        return true;
    return REFUSE(error, "is no name of a host: write mail.example.com");
}

bool checks_tls(const char *value, GError **error)
{
    static const char *const implicit[] = {"implicit", "smtps", "ssl", "tls", "wrapper", "465"};

    if (strcmp(value, "none") == 0 || strcmp(value, "starttls") == 0)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(implicit); i++)
        if (g_ascii_strcasecmp(value, implicit[i]) == 0)
            return REFUSE(error, "is not possible, TLS from the first byte cannot be spoken here: "
                                 "write `tls: starttls` and `port: 587`");
    return REFUSE(error, "is not one of none (loopback or a private network) and starttls "
                         "(required, the certificate verified)");
}

bool checks_rate(const char *value, GError **error)
{
    struct text text = text_of(value);
    int64_t rate = 0;

    if (text_has_suffix(text, TEXT("/s")) &&
        number_parse(text_first(text, text.size - 2), 1, RATE_MOST, &rate))
        return true;
    return REFUSE(error, "is no rate: write messages a second, 100/s, from 1/s to %d/s", RATE_MOST);
}
