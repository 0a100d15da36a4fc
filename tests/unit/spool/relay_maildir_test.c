#include "spool/relay.h"

#include "tests/unit/unit.h"

#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#define MAILS 200

static const struct piece pieces[] = {
    {.bytes = TEXT_INIT("From: s@x.example\r\nTo: ")},
    {.is_slot = true, .slot = SLOT_TO},
    {.bytes = TEXT_INIT("\r\n\r\n.text\r\n")},
};
static const struct message message = {pieces, G_N_ELEMENTS(pieces)};

struct talk {
    size_t given;
    size_t sent;
    struct relay_mail mail;
};

static const struct relay_mail *give(void *context)
{
    struct talk *talk = context;

    if (talk->given == MAILS)
        return NULL;
    talk->given++;
    talk->mail = (struct relay_mail){"s+b1@x.example", "c@d.example", &message, {"c@d.example"}};
    if (talk->given == 1) /* the gate stands before a Maildir too */
        talk->mail.recipient = "c@d.example>\r\nDelivered-To: <e@f.example";
    return &talk->mail;
}

static void take(void *context, const struct relay_reply *reply)
{
    struct talk *talk = context;

    assert_int_equal(reply->stage, talk->given == 1 ? STAGE_GATE : STAGE_DOT);
    talk->sent += reply->code == 250 ? 1 : 0;
}

static int drop(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

static size_t count_and_check(const char *folder)
{
    static const char want[] = "Return-Path: <s+b1@x.example>\nDelivered-To: c@d.example\n"
                               "From: s@x.example\nTo: c@d.example\n\n.text\n";
    g_autoptr(GDir) listed = g_dir_open(folder, 0, NULL);
    size_t count = 0;

    for (const char *name = g_dir_read_name(listed); name != NULL; name = g_dir_read_name(listed)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *bytes = NULL;

        assert_true(g_file_get_contents(path, &bytes, NULL, NULL));
        assert_string_equal(bytes, want);
        count++;
    }
    return count;
}

TEST(each_mail_is_a_file_of_its_own_with_its_envelope_before_it)
{
    char directory[] = "/tmp/tocsin-maildir-XXXXXX";
    static const struct relay_timeouts timeouts = {1000, 1000, 1000, 1000};
    struct talk talk = {0};
    const struct relay_feed feed = {give, take, NULL, &talk};
    struct relay_reply fault = {0};

    assert_non_null(mkdtemp(directory));
    g_autofree char *path = g_build_filename(directory, "deep", "mail", NULL);
    g_autofree char *fresh = g_build_filename(path, "new", NULL);
    g_autofree char *temporary = g_build_filename(path, "tmp", NULL);
    const struct relay_settings settings = {
        .kind = RELAY_MAILDIR, .name = "maildir", .host = "", .maildir = path};
    OWN(relay) relay = relay_open(&settings, &timeouts, "me/here:1", NULL);
    assert_non_null(relay);
    assert_true(relay_run(relay, &feed, &fault));
    assert_int_equal(talk.sent, MAILS - 1);
    assert_int_equal(count_and_check(fresh), MAILS - 1);
    assert_int_equal(count_and_check(temporary), 0);
    (void)nftw(directory, drop, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mail_is_a_file_of_its_own_with_its_envelope_before_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
