/* What a relay's answers become, told by a scripted server in a process of its own on loopback. The
 * whole table of answers is verdict_test's; TLS and AUTH are tried end to end. */
#include "spool/relay.h"

#include "tests/unit/unit.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAILS 5

/* What the server says instead of the usual to the command of the third mail; "" closes. */
struct script {
    const char *verb; /* MAIL, RCPT, DATA, DOT */
    const char *answer;
};

static void say(FILE *peer, const char *answer)
{
    if (answer[0] == '\0')
        _exit(0);
    (void)dprintf(fileno(peer), "%s\r\n", answer);
}

static const char *answer_to(const struct script *script, const char *verb, const char *usual,
                             int mail)
{
    return mail == 3 && strcmp(script->verb, verb) == 0 ? script->answer : usual;
}

static void serve_mail(FILE *peer, const struct script *script, char *line, int *mail)
{
    if (g_str_has_prefix(line, "EHLO")) {
        say(peer, "250-sink\r\n250-CHUNKING\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES");
    } else if (g_str_has_prefix(line, "MAIL")) {
        (*mail)++;
        say(peer, answer_to(script, "MAIL", "250 2.1.0 ok", *mail));
    } else if (g_str_has_prefix(line, "RCPT")) {
        say(peer, answer_to(script, "RCPT", "250 2.1.5 ok", *mail));
    } else if (g_str_has_prefix(line, "DATA")) {
        const bool is_refused = *mail == 3 && strcmp(script->verb, "RCPT") == 0;
        const char *answer = answer_to(script, "DATA", "354 go on", *mail);

        say(peer, is_refused ? "554 5.5.1 no recipients" : answer);
        if (is_refused || answer[0] != '3')
            return;
        while (fgets(line, 2048, peer) != NULL && strcmp(line, ".\r\n") != 0)
            continue;
        say(peer, answer_to(script, "DOT", "250 2.0.0 queued", *mail));
    } else {
        say(peer, "250 2.0.0 ok"); /* RSET, QUIT */
    }
}

static void serve(int listener, const struct script *script)
{
    int mail = 0;

    (void)alarm(20);
    for (;;) {
        const int descriptor = accept(listener, NULL, NULL);
        FILE *peer = fdopen(descriptor, "r");
        char line[2048];

        say(peer, "220 sink");
        while (fgets(line, sizeof line, peer) != NULL)
            serve_mail(peer, script, line, &mail);
        (void)fclose(peer);
    }
}

static pid_t start_server(const struct script *script, uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    const int listener = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);

    const pid_t process = fork();
    if (process == 0) {
        serve(listener, script);
        _exit(0);
    }
    (void)close(listener);
    return process;
}

struct talk {
    size_t given;
    struct relay_reply replies[MAILS];
    size_t told;
    struct relay_mail mail;
};

static const struct piece pieces[] = {
    {.bytes = TEXT_INIT("From: s@x.example\r\nDate: Tue, 24 Nov 2026 14:00:00 +0000\r\nTo: ")},
    {.is_slot = true, .slot = SLOT_TO},
    {.bytes = TEXT_INIT("\r\nMessage-ID: <1@x.example>\r\n\r\n.dot\r\ntext\r\n")},
};
static const struct message message = {pieces, G_N_ELEMENTS(pieces)};

static const struct relay_mail *give(void *context)
{
    struct talk *talk = context;

    if (talk->given == MAILS)
        return NULL;
    assert_int_equal(talk->told, talk->given); /* each is told before the next is asked for */
    talk->given++;
    talk->mail = (struct relay_mail){"s+b1@x.example", "c@d.example", &message, {"c@d.example"}};
    return &talk->mail;
}

static void take(void *context, const struct relay_reply *reply)
{
    struct talk *talk = context;

    assert_true(talk->told < MAILS);
    talk->replies[talk->told++] = *reply;
}

/* Runs sessions until all are told, as a worker does after a rest. */
static struct talk play(const struct script *script, bool *is_good)
{
    static const struct relay_timeouts timeouts = {2000, 2000, 2000, 2000};
    struct relay_settings settings = {.name = "r",
                                      .host = "127.0.0.1",
                                      .ca_file = "",
                                      .user = "",
                                      .password_file = "",
                                      .connections = 1,
                                      .maildir = ""};
    struct talk talk = {0};
    const struct relay_feed feed = {give, take, NULL, &talk};
    struct relay_reply fault = {0};
    const pid_t server = start_server(script, &settings.port);

    (void)signal(SIGPIPE, SIG_IGN);
    OWN(relay) relay = relay_open(&settings, &timeouts, "me.example", NULL);
    assert_non_null(relay);
    *is_good = relay_run(relay, &feed, &fault);
    if (*is_good && talk.told < MAILS)
        *is_good = relay_run(relay, &feed, &fault);
    (void)kill(server, SIGKILL);
    (void)waitpid(server, NULL, 0);
    return talk;
}

TEST(only_what_both_recipient_and_transfer_accepted_is_sent_and_the_rest_is_told_apart)
{
    static const struct {
        struct script script;
        enum relay_stage stage;
        int code;
        int detail;
        bool is_in_doubt;
        bool goes_on; /* the other mails are sent */
    } cases[] = {
        {{"", ""}, STAGE_DOT, 250, 0, false, true},
        {{"MAIL", "550 5.7.1 no"}, STAGE_MAIL, 550, 1, false, true},
        {{"RCPT", "550 5.1.1 no"}, STAGE_RCPT, 550, 1, false, true},
        {{"RCPT", "452 4.2.2 full"}, STAGE_RCPT, 452, 2, false, true},
        {{"DATA", "451 4.3.0 no"}, STAGE_DATA, 451, 0, false, true},
        {{"DOT", "550 5.6.0 no"}, STAGE_DOT, 550, 0, false, true},
        {{"DOT", "452 4.3.1 disk"}, STAGE_DOT, 452, 1, false, true},
        {{"MAIL", ""}, STAGE_MAIL, 0, 0, false, false},
        {{"RCPT", ""}, STAGE_RCPT, 0, 0, false, false},
        {{"DATA", ""}, STAGE_RCPT, 0, 0, false, false},
        {{"DOT", ""}, STAGE_DOT, 0, 0, true, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        bool is_good = false;
        const struct talk talk = play(&cases[i].script, &is_good);
        const struct relay_reply *third = &talk.replies[2];

        print_message("%s %s\n", cases[i].script.verb, cases[i].script.answer);
        assert_int_equal(is_good, cases[i].goes_on);
        assert_int_equal(talk.told, cases[i].goes_on ? MAILS : 3);
        assert_int_equal(third->stage, cases[i].stage);
        assert_int_equal(third->code, cases[i].code);
        assert_int_equal(third->detail, cases[i].detail);
        assert_int_equal(third->is_in_doubt, cases[i].is_in_doubt);
        for (size_t k = 0; k < talk.told; k++)
            if (k != 2)
                assert_int_equal(talk.replies[k].code, 250);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            only_what_both_recipient_and_transfer_accepted_is_sent_and_the_rest_is_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
