#include "gateway/base/moment.h"
#include "gateway/intake/frame.h"
#include "tests/unit/gateway/intake/town.h"

#include <sys/socket.h>
#include <unistd.h>

static const char *const recipients[] = {"status@status.example.com", "status+rk7@x.test"};
static const struct envelope envelope = {
    .session = {"192.0.2.9", "::1", "", "ada@example.com"},
    .recipients = recipients,
    .recipient_count = G_N_ELEMENTS(recipients),
    .bytes = {"a\0b\r\n", 5},
};
static const struct intake_verdict refused = {
    .outcome = INTAKE_REFUSED,
    .code = TOCSIN_ERROR_DENIED,
    .smtp = "",
    .enhanced = "4.7.1",
    .text = "no",
    .is_whole = true,
    .event = "mail.refused",
    .page_id = "sp_abc123",
    .incident_id = "",
    .monitor = "",
};

/* The body behind the size, in a block of exactly its size. */
static struct text body_of(struct arena *arena, const GString *frame)
{
    char *copy = arena_alloc(arena, frame->len - 8);

    memcpy(copy, frame->str + 8, frame->len - 8);
    return text_from(copy, frame->len - 8);
}

TEST(an_envelope_comes_back_as_it_was)
{
    OWN(arena) arena = arena_open(1 << 20);
    g_autoptr(GString) frame = g_string_new("old");
    struct envelope read;

    frame_write_envelope(frame, &envelope);
    assert_true(frame_read_envelope(arena, body_of(arena, frame), &read));
    assert_string_equal(read.session.socket_addr, "::1");
    assert_string_equal(read.session.mail_from, "ada@example.com");
    assert_int_equal(read.recipient_count, 2);
    assert_string_equal(read.recipients[1], recipients[1]);
    assert_true(text_is_equal(read.bytes, envelope.bytes));
}

TEST(a_verdict_comes_back_as_it_was)
{
    OWN(arena) arena = arena_open(1 << 20);
    g_autoptr(GString) frame = g_string_new(NULL);
    struct intake_verdict written = refused;
    struct intake_verdict read;

    written.has_subscribers = true;
    written.subscribers = INTAKE_SUBSCRIBERS_MOST;
    frame_write_verdict(frame, &written);
    assert_true(frame_read_verdict(body_of(arena, frame), &read));
    assert_string_equal(read.text, refused.text);
    assert_string_equal(read.incident_id, refused.incident_id);
    assert_true(read.has_subscribers);
    assert_int_equal(read.subscribers, INTAKE_SUBSCRIBERS_MOST);
}

TEST(a_frame_cut_or_lengthened_anywhere_is_none)
{
    OWN(arena) arena = arena_open(16 << 20);
    g_autoptr(GString) frame = g_string_new(NULL);
    g_autoptr(GString) other = g_string_new(NULL);
    struct envelope read;
    struct intake_verdict verdict;

    frame_write_envelope(frame, &envelope);
    frame_write_verdict(other, &refused);
    for (size_t size = 8; size <= frame->len + 1; size++) {
        g_autoptr(GString) cut = g_string_new_len(frame->str, (gssize)size);

        assert_int_equal(frame_read_envelope(arena, body_of(arena, cut), &read),
                         size == frame->len);
    }
    for (size_t size = 8; size <= other->len + 1; size++) {
        g_autoptr(GString) cut = g_string_new_len(other->str, (gssize)size);

        assert_int_equal(frame_read_verdict(body_of(arena, cut), &verdict), size == other->len);
    }
}

TEST(any_byte_may_be_wrong_and_nothing_breaks)
{
    OWN(arena) arena = arena_open((size_t)256 << 20);
    g_autoptr(GString) frame = g_string_new(NULL);
    struct envelope read;
    struct intake_verdict verdict;

    frame_write_envelope(frame, &envelope);
    for (size_t i = 8; i < frame->len; i++)
        for (int value = 0; value < 256; value += 51) {
            struct text body = body_of(arena, frame);

            ((char *)(uintptr_t)body.at)[i - 8] = (char)value;
            (void)frame_read_envelope(arena, body, &read);
            (void)frame_read_verdict(body, &verdict);
        }
}

TEST(A80_a_verdict_whose_words_could_write_a_line_of_the_log_is_none)
{
    static const char *const events[] = {"mail.x\nincident.opened", "mail x", "mail=x", "\x1b[2J"};
    OWN(arena) arena = arena_open(1 << 20);
    struct intake_verdict read;

    for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
        g_autoptr(GString) frame = g_string_new(NULL);
        struct intake_verdict verdict = refused;

        verdict.event = events[i];
        frame_write_verdict(frame, &verdict);
        assert_false(frame_read_verdict(body_of(arena, frame), &read));
        verdict.event = "mail.refused";
        verdict.smtp = "250 ok\r\n";
        frame_write_verdict(frame, &verdict);
        assert_false(frame_read_verdict(body_of(arena, frame), &read));
    }
}

TEST(what_is_larger_than_allowed_is_not_allocated_and_who_says_nothing_is_late)
{
    OWN(arena) arena = arena_open(1 << 20);
    g_autoptr(GString) frame = g_string_new(NULL);
    struct text body;
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(frame_receive(ends[0], arena, 100, moment_monotonic() + 20, &body),
                     FRAME_LATE);
    frame_write_envelope(frame, &envelope);
    assert_int_equal(frame_send(ends[1], frame, 0), FRAME_DONE);
    assert_int_equal(frame_receive(ends[0], arena, frame->len - 9, 0, &body), FRAME_ENDED);
    (void)close(ends[1]);
    assert_int_equal(frame_send(ends[0], frame, 0), FRAME_ENDED);
    (void)close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_envelope_comes_back_as_it_was),
        cmocka_unit_test(a_verdict_comes_back_as_it_was),
        cmocka_unit_test(a_frame_cut_or_lengthened_anywhere_is_none),
        cmocka_unit_test(any_byte_may_be_wrong_and_nothing_breaks),
        cmocka_unit_test(A80_a_verdict_whose_words_could_write_a_line_of_the_log_is_none),
        cmocka_unit_test(what_is_larger_than_allowed_is_not_allocated_and_who_says_nothing_is_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
