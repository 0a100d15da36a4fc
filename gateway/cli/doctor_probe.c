#include "gateway/cli/doctor_probe.h"

#include "gateway/base/moment.h"
#include "gateway/base/number.h"
#include "gateway/base/secret.h"
#include "gateway/cli/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How intake begins each refusal of somebody who is listed, and is not proven. */
#define REFUSAL         "no proof that"
#define SIGNATURE_BYTES 48
#define SHOWN_BYTES     8
/* Intake may take 20 s; the milter adds its own. */
#define ANSWER_MS (45 * SECOND_MS)

/* Whose name is used, and for which page. */
struct victim {
    const struct operator* operator;
    const struct page *page;
    const char *domain; /* of the operator's address */
};

static const char *file_of(struct arena *arena, const struct config *config)
{
    return arena_format(arena, "%s/probe-passed", config->state);
}

bool doctor_probe_has_passed(struct arena *arena, const struct config *config)
{
    const char *id = config->intake.trust.authserv_id;
    g_autofree char *kept = NULL;

    if (id[0] == '\0')
        return true;
    return g_file_get_contents(file_of(arena, config), &kept, NULL, NULL) &&
           strcmp(g_strchomp(kept), id) == 0;
}

/* Run by root, the file is given to whom the directory belongs to. */
static bool keep_result(struct doctor *doctor, GError **error)
{
    const char *path = file_of(doctor->arena, doctor->config);
    const char *line =
        arena_format(doctor->arena, "%s\n", doctor->config->intake.trust.authserv_id);
    struct stat owner;

    if (!g_file_set_contents(path, line, -1, error))
        return false;
    return geteuid() != 0 || stat(doctor->config->state, &owner) != 0 ||
           lchown(path, owner.st_uid, owner.st_gid) == 0 ||
           error_set(error, TOCSIN_ERROR_BUSY, "%s: %s", path, g_strerror(errno));
}

/* An operator whom a verdict alone would prove. */
static bool find_victim(const struct config *config, struct victim *victim)
{
    const unsigned verdicts = PROOF_DKIM | PROOF_SPF;

    for (size_t i = 0; i < config->operator_count; i++) {
        const struct identity *identity = config->identities[i];
        const struct operator* operator= config->operators[i];
        const unsigned wanted = identity->requires != 0 ? identity->requires : identity->accepts;

        if ((wanted & verdicts) == 0 || operator->page_count ==
                                            0 ||(identity->requires & ~verdicts) != 0)
            continue;
        victim->operator= operator;
        victim->page = config_find_page(config, operator->page_ids[0]);
        victim->domain = strrchr(operator->address, '@') + 1;
        if (victim->page != NULL)
            return true;
    }
    return false;
}

static const char *write_signature(struct doctor *doctor)
{
    unsigned char bytes[SIGNATURE_BYTES];

    secret_random(bytes, sizeof bytes);
    g_autofree char *letters = g_base64_encode(bytes, sizeof bytes);
    return arena_string(doctor->arena, letters);
}

/* What somebody who wants to be believed would put on top: the verdict, and the signature to go with
 * it. */
static const char *write_forgery(struct doctor *doctor, const struct victim *victim, int64_t now)
{
    const char *b = write_signature(doctor);
    const char *shown = arena_copy(doctor->arena, b, SHOWN_BYTES);
    const char *domain = victim->domain;

    return arena_format(
        doctor->arena,
        "Authentication-Results: %s;\r\n"
        " dkim=pass header.d=%s header.s=tocsin-probe header.b=\"%s\";\r\n"
        " spf=pass smtp.mailfrom=%s\r\n"
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=tocsin-probe; t=%" PRId64
        ";\r\n"
        " h=from:to:subject:date; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n"
        " b=%s\r\n",
        doctor->config->intake.trust.authserv_id, domain, shown, victim->operator->address, domain,
        now / SECOND_MS, b);
}

/* `Preview` changes nothing, should it be believed. */
static const char *write_mail(struct doctor *doctor, const struct victim *victim,
                              const char *forgery, int64_t now)
{
    const char *tag = secret_public_id(doctor->arena, "probe_");

    return arena_format(doctor->arena,
                        "%s"
                        "From: <%s>\r\n"
                        "To: <%s>\r\n"
                        "Subject: A forged mail by tocsin doctor, %s\r\n"
                        "Date: %s\r\n"
                        "Message-ID: <%s@%s>\r\n"
                        "\r\n"
                        "Preview\r\n"
                        "\r\n"
                        "Nobody wrote this: it shows whether a forged verdict is believed.\r\n"
                        ".\r\n",
                        forgery, victim->operator->address, victim->page->address, tag,
                        moment_write_mail(doctor->arena, now), tag, victim->page->domain);
}

/* One step of the dialogue; anything but `wanted` ends it. */
static bool step(struct doctor *doctor, struct talk *talk, const char *line, int wanted,
                 GError **error)
{
    struct talk_reply reply;

    if (!talk_say(talk, doctor->arena, text_of(line), &reply, error))
        return false;
    return reply.code == wanted ||
           error_set(error, TOCSIN_ERROR_BUSY, "%s is answered by %d %s",
                     line[0] != '\0' ? g_strchomp(arena_string(doctor->arena, line)) : "connecting",
                     reply.code, reply.text);
}

/* Hands a mail over up to the answer to its final dot. */
static bool send_mail(struct doctor *doctor, const struct victim *victim, const char *bytes,
                      struct talk_reply *reply, GError **error)
{
    const char *colon = strrchr(doctor->probe, ':');
    const char *from = arena_format(doctor->arena, "MAIL FROM:<%s>\r\n", victim->operator->address);
    const char *to = arena_format(doctor->arena, "RCPT TO:<%s>\r\n", victim->page->address);
    const char *host;
    int64_t port;

    if (colon == NULL || !number_parse(text_of(colon + 1), 1, UINT16_MAX, &port))
        return error_set(error, TOCSIN_ERROR_CONFIG, "write it as HOST:PORT");
    host = arena_copy(doctor->arena, doctor->probe, (size_t)(colon - doctor->probe));

    OWN(talk) talk = talk_open(host, (uint16_t)port, ANSWER_MS, error);
    return talk != NULL && step(doctor, talk, "", 220, error) &&
           step(doctor, talk, arena_format(doctor->arena, "EHLO %s\r\n", g_get_host_name()), 250,
                error) &&
           step(doctor, talk, from, 250, error) && step(doctor, talk, to, 250, error) &&
           step(doctor, talk, "DATA\r\n", 354, error) &&
           talk_say(talk, doctor->arena, text_of(bytes), reply, error);
}

static void report_answer(struct doctor *doctor, const struct talk_reply *reply)
{
    g_autoptr(GError) error = NULL;

    if (reply->code == 250) {
        (void)unlink(file_of(doctor->arena, doctor->config));
        doctor_report(doctor, DOCTOR_ERROR,
                      "let the mail server remove Authentication-Results from what comes in "
                      "(header_checks of contrib/mta/postfix); until then unset trust.authserv_id",
                      "a forged verdict is believed: anybody can write as an operator");
        return;
    }
    if (strstr(reply->text, REFUSAL) == NULL)
        doctor_report(doctor, DOCTOR_WARNING, "look into the mail server's log",
                      "the forged mail was refused by somebody else, before the gateway saw it: "
                      "%d %s",
                      reply->code, reply->text);
    else if (keep_result(doctor, &error))
        doctor_report(doctor, DOCTOR_OK, "", "a forged verdict is not believed: %d %s", reply->code,
                      reply->text);
    else
        doctor_report(doctor, DOCTOR_ERROR, "let this user write the state directory",
                      "what was found cannot be kept: %s", error->message);
}

static bool ask(struct doctor *doctor, const struct victim *victim, bool is_forged,
                struct talk_reply *reply)
{
    const int64_t now = moment_now();
    const char *forgery = is_forged ? write_forgery(doctor, victim, now) : "";
    g_autoptr(GError) error = NULL;

    if (send_mail(doctor, victim, write_mail(doctor, victim, forgery, now), reply, &error))
        return true;
    doctor_report(doctor, DOCTOR_ERROR, "say the HOST:PORT that the world sends mail to", "%s: %s",
                  doctor->probe, error->message);
    return false;
}

/* First an honest mail: where that is believed too (by spf, or because the server trusts this
 * machine), the forged one shows nothing. */
static void probe(struct doctor *doctor, const struct victim *victim)
{
    struct talk_reply reply = {0, ""};

    if (!ask(doctor, victim, false, &reply))
        return;
    if (reply.code == 250)
        doctor_report(doctor, DOCTOR_WARNING, "run it from a machine that nobody trusts",
                      "even without a verdict a mail from here is believed: nothing can be shown");
    else if (ask(doctor, victim, true, &reply))
        report_answer(doctor, &reply);
}

void doctor_check_probe(struct doctor *doctor)
{
    struct victim victim;

    if (doctor->config->intake.trust.authserv_id[0] == '\0')
        doctor_report(doctor, DOCTOR_OK, "",
                      "no verdict is believed: trust.authserv_id is not set");
    else if (doctor->probe != NULL && find_victim(doctor->config, &victim))
        probe(doctor, &victim);
    else if (doctor->probe != NULL)
        doctor_report(doctor, DOCTOR_OK, "", "no operator is proven by dkim or spf");
    else if (doctor_probe_has_passed(doctor->arena, doctor->config))
        doctor_report(doctor, DOCTOR_OK, "", "a forged verdict was tried, and not believed");
    else
        doctor_report(doctor, DOCTOR_WARNING,
                      "tocsin doctor --probe HOST:PORT, the address that the world sends mail to",
                      "it was never tried whether a forged verdict is believed");
}
