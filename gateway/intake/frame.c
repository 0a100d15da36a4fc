#include "gateway/intake/frame.h"

#include "gateway/base/moment.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECIPIENTS_MOST 10000

static void add_bytes(GString *frame, struct text bytes)
{
    const uint32_t size = (uint32_t)bytes.size;

    g_assert(bytes.size <= UINT32_MAX);
    g_string_append_len(frame, (const char *)&size, sizeof size);
    g_string_append_len(frame, bytes.at, (gssize)bytes.size);
}

static void add_string(GString *frame, const char *string)
{
    add_bytes(frame, text_from(string, strlen(string) + 1));
}

static void add_number(GString *frame, uint32_t number)
{
    add_bytes(frame, text_from((const char *)&number, sizeof number));
}

static void begin(GString *frame)
{
    const uint64_t none = 0;

    g_string_truncate(frame, 0);
    g_string_append_len(frame, (const char *)&none, sizeof none);
}

static void end(GString *frame)
{
    const uint64_t size = frame->len - sizeof size;

    memcpy(frame->str, &size, sizeof size);
}

void frame_write_envelope(GString *frame, const struct envelope *envelope)
{
    begin(frame);
    add_string(frame, envelope->session.client_addr);
    add_string(frame, envelope->session.socket_addr);
    add_string(frame, envelope->session.login);
    add_string(frame, envelope->session.mail_from);
    add_number(frame, (uint32_t)envelope->recipient_count);
    for (size_t i = 0; i < envelope->recipient_count; i++)
        add_string(frame, envelope->recipients[i]);
    add_bytes(frame, envelope->bytes);
    end(frame);
}

void frame_write_verdict(GString *frame, const struct intake_verdict *verdict)
{
    begin(frame);
    add_number(frame, (uint32_t)verdict->outcome);
    add_number(frame, (uint32_t)verdict->code);
    add_string(frame, verdict->smtp);
    add_string(frame, verdict->enhanced);
    add_string(frame, verdict->text);
    add_number(frame, verdict->is_whole ? 1 : 0);
    add_string(frame, verdict->event);
    add_string(frame, verdict->page_id);
    add_string(frame, verdict->incident_id);
    add_string(frame, verdict->monitor);
    add_number(frame, verdict->has_subscribers ? 1 : 0);
    add_number(frame, verdict->subscribers);
    end(frame);
}

static bool take_bytes(struct text *body, struct text *bytes)
{
    uint32_t size;

    if (body->size < sizeof size)
        return false;
    memcpy(&size, body->at, sizeof size);
    if (size > body->size - sizeof size)
        return false;
    *bytes = text_first(text_skip(*body, sizeof size), size);
    *body = text_skip(*body, sizeof size + size);
    return true;
}

static bool take_string(struct text *body, const char **string)
{
    struct text bytes;

    if (!take_bytes(body, &bytes) || bytes.size == 0 ||
        (size_t)text_find_byte(bytes, '\0') != bytes.size - 1)
        return false;
    *string = bytes.at;
    return true;
}

static bool take_number(struct text *body, uint32_t most, uint32_t *number)
{
    struct text bytes;

    if (!take_bytes(body, &bytes) || bytes.size != sizeof *number)
        return false;
    memcpy(number, bytes.at, sizeof *number);
    return *number <= most;
}

bool frame_read_envelope(struct arena *arena, struct text body, struct envelope *envelope)
{
    const char **recipients;
    uint32_t count;

    if (!take_string(&body, &envelope->session.client_addr) ||
        !take_string(&body, &envelope->session.socket_addr) ||
        !take_string(&body, &envelope->session.login) ||
        !take_string(&body, &envelope->session.mail_from) ||
        !take_number(&body, RECIPIENTS_MOST, &count))
        return false;
    recipients = ARENA_ARRAY(arena, const char *, count);
    for (uint32_t i = 0; i < count; i++)
        if (!take_string(&body, &recipients[i]))
            return false;
    envelope->recipients = recipients;
    envelope->recipient_count = count;
    return take_bytes(&body, &envelope->bytes) && body.size == 0;
}

/* The worker read a hostile mail, the door logs and answers what it says: these stand in both as they
 * are. */
static bool is_word_of(const char *string, const char *allowed)
{
    return strspn(string, allowed) == strlen(string);
}

bool frame_read_verdict(struct text body, struct intake_verdict *verdict)
{
    uint32_t outcome;
    uint32_t code;
    uint32_t is_whole;
    uint32_t has_subscribers;

    if (!take_number(&body, INTAKE_REFUSED, &outcome) ||
        !take_number(&body, TOCSIN_ERROR_BUG, &code) || !take_string(&body, &verdict->smtp) ||
        !take_string(&body, &verdict->enhanced) || !take_string(&body, &verdict->text) ||
        !take_number(&body, 1, &is_whole) || !take_string(&body, &verdict->event) ||
        !take_string(&body, &verdict->page_id) || !take_string(&body, &verdict->incident_id) ||
        !take_string(&body, &verdict->monitor) || !take_number(&body, 1, &has_subscribers) ||
        !take_number(&body, INTAKE_SUBSCRIBERS_MOST, &verdict->subscribers))
        return false;
    if (!is_word_of(verdict->smtp, "0123456789") || !is_word_of(verdict->enhanced, "0123456789.") ||
        !is_word_of(verdict->event, "abcdefghijklmnopqrstuvwxyz_."))
        return false;
    verdict->outcome = (enum intake_outcome)outcome;
    verdict->code = (enum tocsin_error)code;
    verdict->is_whole = is_whole == 1;
    verdict->has_subscribers = has_subscribers == 1;
    return body.size == 0;
}

/* Waits for `events`; FRAME_DONE: they are there. */
static enum frame_outcome await(int descriptor, short events, int64_t deadline)
{
    struct pollfd wait = {.fd = descriptor, .events = events};
    int count;

    do {
        const int64_t left_ms = deadline == 0 ? -1 : deadline - moment_monotonic();

        if (deadline != 0 && left_ms <= 0)
            return FRAME_LATE;
        count = poll(&wait, 1, (int)MIN(left_ms, INT_MAX));
    } while (count == 0 || (count < 0 && errno == EINTR));
    return count > 0 ? FRAME_DONE : FRAME_ENDED;
}

enum frame_outcome frame_send(int descriptor, const GString *frame, int64_t deadline)
{
    size_t sent = 0;

    while (sent < frame->len) {
        const enum frame_outcome outcome = await(descriptor, POLLOUT, deadline);
        ssize_t size;

        if (outcome != FRAME_DONE)
            return outcome;
        size = send(descriptor, frame->str + sent, frame->len - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (size < 0 && errno != EINTR && errno != EAGAIN)
            return FRAME_ENDED;
        if (size > 0)
            sent += (size_t)size;
    }
    return FRAME_DONE;
}

static enum frame_outcome receive_bytes(int descriptor, char *at, size_t wanted, int64_t deadline)
{
    size_t received = 0;

    while (received < wanted) {
        const enum frame_outcome outcome = await(descriptor, POLLIN, deadline);
        ssize_t size;

        if (outcome != FRAME_DONE)
            return outcome;
        size = recv(descriptor, at + received, wanted - received, MSG_DONTWAIT);
        if (size == 0 || (size < 0 && errno != EINTR && errno != EAGAIN))
            return FRAME_ENDED;
        if (size > 0)
            received += (size_t)size;
    }
    return FRAME_DONE;
}

enum frame_outcome frame_receive(int descriptor, struct arena *arena, size_t most, int64_t deadline,
                                 struct text *body)
{
    uint64_t size;
    char *at;
    enum frame_outcome outcome = receive_bytes(descriptor, (char *)&size, sizeof size, deadline);

    if (outcome != FRAME_DONE)
        return outcome;
    if (size > most)
        return FRAME_ENDED;
    at = arena_alloc(arena, size);
    outcome = receive_bytes(descriptor, at, size, deadline);
    if (outcome == FRAME_DONE)
        *body = text_from(at, size);
    return outcome;
}
