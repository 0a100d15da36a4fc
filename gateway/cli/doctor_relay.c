/* tocsin doctor: the socket that mail comes in by, and the relays that it goes out by. */
#include "gateway/cli/doctor.h"

#include "gateway/base/number.h"
#include "gateway/cli/talk.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REMEDY_SERVE "start `tocsin serve` and read what it says"

static void look_at_listener(struct doctor *doctor, struct talk *talk, const GError *error)
{
    const char *socket = doctor->config->milter.socket;

    if (talk == NULL)
        doctor_report(doctor, DOCTOR_ERROR, REMEDY_SERVE, "%s: nobody answers: %s", socket,
                      error->message);
    else
        doctor_report(doctor, DOCTOR_OK, "", "%s: answers", socket);
}

static void look_at_unix_socket(struct doctor *doctor, const char *path)
{
    g_autoptr(GError) error = NULL;
    struct stat status;
    OWN(talk) talk = talk_open_unix(path, DOCTOR_WAIT_MS, &error);

    look_at_listener(doctor, talk, error);
    if (stat(path, &status) == 0 && (status.st_mode & S_IRWXO) != 0)
        doctor_report(doctor, DOCTOR_WARNING, "its directory keeps others out: chmod 2750",
                      "%s: mode %04o lets every user of this machine speak to it", path,
                      (unsigned)status.st_mode & 07777U);
}

/* "inet:8891@127.0.0.1", as libmilter writes it. */
static void look_at_inet_socket(struct doctor *doctor, const char *socket)
{
    const char *at = strchr(socket, '@');
    const struct text number =
        at != NULL ? text_from(socket, (size_t)(at - socket)) : text_of(socket);
    g_autoptr(GError) error = NULL;
    int64_t port = 0;

    if (!number_parse(number, 1, UINT16_MAX, &port))
        return; /* config has said so */
    OWN(talk)
    talk = talk_open(at != NULL ? at + 1 : "127.0.0.1", (uint16_t)port, DOCTOR_WAIT_MS, &error);
    look_at_listener(doctor, talk, error);
}

void doctor_check_milter(struct doctor *doctor)
{
    const char *socket = doctor->config->milter.socket;

    if (g_str_has_prefix(socket, "inet:"))
        look_at_inet_socket(doctor, socket + strlen("inet:"));
    else
        look_at_unix_socket(doctor,
                            g_str_has_prefix(socket, "unix:") ? socket + strlen("unix:") : socket);
}

static void look_at_offers(struct doctor *doctor, const struct relay_settings *relay,
                           const struct talk_reply *reply)
{
    const bool has_pipelining = talk_offers(reply, "PIPELINING");
    const bool has_starttls = talk_offers(reply, "STARTTLS");

    if (relay->tls == RELAY_TLS_STARTTLS && !has_starttls)
        doctor_report(doctor, DOCTOR_ERROR,
                      "let the relay offer it, or say another relay: nothing is sent without it",
                      "%s: does not offer STARTTLS, which is required", relay->name);
    doctor_report(doctor, has_pipelining ? DOCTOR_OK : DOCTOR_WARNING,
                  has_pipelining ? "" : "a relay with PIPELINING sends several times as fast",
                  "%s: answers; PIPELINING %s, CHUNKING %s, STARTTLS %s", relay->name,
                  has_pipelining ? "yes" : "no", talk_offers(reply, "CHUNKING") ? "yes" : "no",
                  has_starttls ? "yes" : "no");
}

static bool speak(struct doctor *doctor, const struct relay_settings *relay, struct talk *talk,
                  GError **error)
{
    const char *hostname = doctor->config->spool.hostname;
    const char *hello = arena_format(doctor->arena, "EHLO %s\r\n",
                                     hostname[0] != '\0' ? hostname : g_get_host_name());
    struct talk_reply reply;

    if (!talk_say(talk, doctor->arena, text_of(""), &reply, error))
        return false;
    if (reply.code != 220)
        return error_set(error, TOCSIN_ERROR_BUSY, "it greets with %d %s", reply.code, reply.text);
    if (!talk_say(talk, doctor->arena, text_of(hello), &reply, error))
        return false;
    if (reply.code != 250)
        return error_set(error, TOCSIN_ERROR_BUSY, "it answers EHLO with %d %s", reply.code,
                         reply.text);
    look_at_offers(doctor, relay, &reply);
    return talk_say(talk, doctor->arena, text_of("QUIT\r\n"), &reply, NULL) || true;
}

static void look_at_smtp(struct doctor *doctor, const struct relay_settings *relay)
{
    g_autoptr(GError) error = NULL;
    OWN(talk) talk = talk_open(relay->host, relay->port, DOCTOR_WAIT_MS, &error);

    if (talk == NULL || !speak(doctor, relay, talk, &error))
        doctor_report(doctor, DOCTOR_ERROR,
                      "start the server there, or mend `relays:`; what is to be sent waits",
                      "%s: %s", relay->name, error->message);
}

/* One that is not there is made, so what counts is the nearest that is. */
static void look_at_maildir(struct doctor *doctor, const struct relay_settings *relay)
{
    g_autofree char *near = g_strdup(relay->maildir);

    while (access(near, F_OK) != 0 && errno == ENOENT && strcmp(near, "/") != 0 && near[0] == '/') {
        char *above = g_path_get_dirname(near);

        g_free(near);
        near = above;
    }
    if (access(near, W_OK | X_OK) == 0)
        doctor_report(doctor, DOCTOR_OK, "", "%s: can be written", relay->name);
    else
        doctor_report(doctor, DOCTOR_ERROR, "give it to the user of `tocsin serve`", "%s: %s: %s",
                      relay->name, near, g_strerror(errno));
}

void doctor_check_relays(struct doctor *doctor)
{
    const struct spool_settings *spool = &doctor->config->spool;

    for (size_t i = 0; i < spool->relay_count; i++) {
        if (spool->relays[i].kind == RELAY_MAILDIR)
            look_at_maildir(doctor, &spool->relays[i]);
        else
            look_at_smtp(doctor, &spool->relays[i]);
    }
}
