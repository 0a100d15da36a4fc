#include "gateway/cli/talk.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/base/number.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MOST 300

struct talk {
    int descriptor;
    int64_t wait_ms;
    GString *unread;
};

static bool wait_for(int descriptor, short events, int64_t until, GError **error)
{
    struct pollfd waited = {.fd = descriptor, .events = events};

    for (;;) {
        const int64_t left_ms = until - moment_monotonic();
        const int ready = left_ms > 0 ? poll(&waited, 1, (int)MIN(left_ms, MINUTE_MS)) : 0;

        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return error_set(error, TOCSIN_ERROR_BUSY, "%s", g_strerror(errno));
        if (ready == 0)
            return error_set(error, TOCSIN_ERROR_BUSY, "no answer in time");
    }
}

static bool finish_connect(int descriptor, int64_t until, GError **error)
{
    int failure = 0;
    socklen_t size = sizeof(failure);

    if (!wait_for(descriptor, POLLOUT, until, error))
        return false;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) != 0)
        failure = errno;
    return failure == 0 || error_set(error, TOCSIN_ERROR_BUSY, "%s", g_strerror(failure));
}

static struct talk *connect_to(const struct sockaddr *address, socklen_t size, int64_t wait_ms,
                               GError **error)
{
    const int descriptor =
        socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool is_open;

    if (descriptor < 0) {
        error_set(error, TOCSIN_ERROR_BUSY, "%s", g_strerror(errno));
        return NULL;
    }
    if (connect(descriptor, address, size) == 0)
        is_open = true;
    else if (errno == EINPROGRESS)
        is_open = finish_connect(descriptor, moment_monotonic() + wait_ms, error);
    else
        is_open = error_set(error, TOCSIN_ERROR_BUSY, "%s", g_strerror(errno));
    if (!is_open) {
        (void)close(descriptor);
        return NULL;
    }
    struct talk *talk = g_new0(struct talk, 1);
    *talk =
        (struct talk){.descriptor = descriptor, .wait_ms = wait_ms, .unread = g_string_new(NULL)};
    return talk;
}

struct talk *talk_open(const char *host, uint16_t port, int64_t wait_ms, GError **error)
{
    const struct addrinfo wish = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    g_autofree char *service = g_strdup_printf("%u", port);
    struct addrinfo *found = NULL;
    const int failure = getaddrinfo(host, service, &wish, &found);
    struct talk *talk = NULL;

    if (failure != 0) {
        error_set(error, TOCSIN_ERROR_BUSY, "%s", gai_strerror(failure));
        return NULL;
    }
    for (const struct addrinfo *one = found; one != NULL && talk == NULL; one = one->ai_next) {
        g_clear_error(error);
        talk = connect_to(one->ai_addr, one->ai_addrlen, wait_ms, error);
    }
    freeaddrinfo(found);
    return talk;
}

struct talk *talk_open_unix(const char *path, int64_t wait_ms, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof(address.sun_path)) {
        error_set(error, TOCSIN_ERROR_CONFIG, "its path is longer than a socket's can be");
        return NULL;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    return connect_to((const struct sockaddr *)&address, sizeof(address), wait_ms, error);
}

void talk_close(struct talk *talk)
{
    if (talk == NULL)
        return;
    (void)close(talk->descriptor);
    (void)g_string_free(talk->unread, TRUE);
    g_free(talk);
}

static bool write_all(struct talk *talk, struct text bytes, int64_t until, GError **error)
{
    while (bytes.size > 0) {
        const ssize_t count = send(talk->descriptor, bytes.at, bytes.size, MSG_NOSIGNAL);

        if (count > 0) {
            bytes = text_from(bytes.at + count, bytes.size - (size_t)count);
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return error_set(error, TOCSIN_ERROR_BUSY, "%s", g_strerror(errno));
        if (!wait_for(talk->descriptor, POLLOUT, until, error))
            return false;
    }
    return true;
}

static bool read_more(struct talk *talk, int64_t until, GError **error)
{
    char bytes[1024];
    ssize_t count;

    if (!wait_for(talk->descriptor, POLLIN, until, error))
        return false;
    count = recv(talk->descriptor, bytes, sizeof(bytes), 0);
    if (count < 0)
        return errno == EAGAIN || errno == EINTR ||
               error_set(error, TOCSIN_ERROR_BUSY, "%s", g_strerror(errno));
    if (count == 0)
        return error_set(error, TOCSIN_ERROR_BUSY, "it closed the connection");
    if (talk->unread->len + (size_t)count > TALK_REPLY_MOST)
        return error_set(error, TOCSIN_ERROR_BUSY, "its answer is too long");
    g_string_append_len(talk->unread, bytes, count);
    return true;
}

/* Takes a line, without its end, from what was read. */
static bool take_line(struct talk *talk, struct arena *arena, struct text *line, int64_t until,
                      GError **error)
{
    const char *end;

    while ((end = memchr(talk->unread->str, '\n', talk->unread->len)) == NULL)
        if (!read_more(talk, until, error))
            return false;
    const size_t size = (size_t)(end - talk->unread->str);
    const size_t bare = size > 0 && end[-1] == '\r' ? size - 1 : size;
    *line = text_from(arena_copy(arena, talk->unread->str, bare), bare);
    g_string_erase(talk->unread, 0, (gssize)size + 1);
    return true;
}

bool talk_say(struct talk *talk, struct arena *arena, struct text bytes, struct talk_reply *reply,
              GError **error)
{
    const int64_t until = moment_monotonic() + talk->wait_ms;
    g_autoptr(GString) lines = g_string_new(NULL);
    struct text line;
    int64_t code;

    if (!write_all(talk, bytes, until, error))
        return false;
    do {
        if (!take_line(talk, arena, &line, until, error))
            return false;
        if (line.size < 3 || !number_parse(text_from(line.at, 3), 200, 599, &code))
            return error_set(error, TOCSIN_ERROR_BUSY, "what it says is no SMTP: %s",
                             text_clean_line(arena, line, LINE_MOST));
        const size_t skip = MIN(line.size, 4);
        g_string_append_printf(
            lines, "%s%s", lines->len > 0 ? "\n" : "",
            text_clean_line(arena, text_from(line.at + skip, line.size - skip), LINE_MOST));
    } while (line.size > 3 && line.at[3] == '-' && lines->len < TALK_REPLY_MOST);
    *reply = (struct talk_reply){(int)code, arena_string(arena, lines->str)};
    return true;
}

bool talk_offers(const struct talk_reply *reply, const char *keyword)
{
    g_auto(GStrv) lines = g_strsplit(reply->text, "\n", -1);
    const size_t size = strlen(keyword);

    for (size_t i = 1; lines[0] != NULL && lines[i] != NULL; i++)
        if (g_ascii_strncasecmp(lines[i], keyword, size) == 0 &&
            (lines[i][size] == '\0' || lines[i][size] == ' '))
            return true;
    return false;
}
