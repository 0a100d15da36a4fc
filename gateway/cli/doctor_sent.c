/* tocsin doctor --sent: will this be taken as bulk mail today? */
#include "gateway/cli/doctor.h"

#include "gateway/cli/sent.h"

#include <string.h>

#define FILE_BYTES_MOST ((size_t)16 << 20)

#define SIGN_REMEDY                                                                                \
    "OpenDKIM: \"SignHeaders *,+List-Unsubscribe-Post,+Auto-Submitted\" in opendkim.conf; "        \
    "rspamd: "                                                                                     \
    "add them to sign_headers in local.d/dkim_signing.conf"

/* What a receiver acts upon, and so wants to be sure of (RFC 8058 section 4); what else readers see. */
static const char *const acted_upon[] = {"From", "List-Unsubscribe", "List-Unsubscribe-Post", NULL};
static const char *const seen[] = {"Subject",     "Date",    "Message-ID",   "To",
                                   "Reply-To",    "List-Id", "MIME-Version", "Content-Type",
                                   "Feedback-ID", NULL};

static const char *join(struct arena *arena, const char *const *names)
{
    g_autofree char *joined = g_strjoinv(", ", (char **)(uintptr_t)names);

    return arena_string(arena, joined);
}

static void check_form(struct doctor *doctor, const struct sent *sent)
{
    static const char *const once[] = {"From", "Date", "Message-ID", "Subject"};
    bool is_good = true;

    for (size_t i = 0; i < G_N_ELEMENTS(once); i++) {
        const size_t count = sent_count(sent, once[i], NULL);

        if (count == 1)
            continue;
        is_good = false;
        doctor_report(doctor, DOCTOR_ERROR,
                      "find the program between Tocsin and the mailbox that adds or removes it",
                      "%s: stands there %zu times, where receivers want exactly one", once[i],
                      count);
    }
    if (is_good)
        doctor_report(doctor, DOCTOR_OK, "", "one From (%s), Date, Message-ID and Subject",
                      sent->from_domain);
}

static void check_coverage(struct doctor *doctor, const struct sent *sent, const char *const *names,
                           enum doctor_status status)
{
    size_t signatures = 0;
    size_t aligned = 0;
    const char *const *uncovered = sent_uncovered(sent, names, &signatures, &aligned);

    if (aligned > 0 && uncovered != NULL && uncovered[0] != NULL)
        doctor_report(doctor, status, SIGN_REMEDY, "the signature does not cover %s",
                      join(doctor->arena, uncovered));
    else if (aligned > 0 && status == DOCTOR_ERROR)
        doctor_report(doctor, DOCTOR_OK, "", "the signature covers %s",
                      sent_count(sent, acted_upon[2], NULL) > 0   ? join(doctor->arena, acted_upon)
                      : sent_count(sent, acted_upon[1], NULL) > 0 ? "From, List-Unsubscribe"
                                                                  : "From");
}

static void check_signature(struct doctor *doctor, const struct sent *sent)
{
    size_t signatures = 0;
    size_t aligned = 0;

    (void)sent_uncovered(sent, acted_upon, &signatures, &aligned);
    if (signatures == 0)
        doctor_report(
            doctor, DOCTOR_ERROR,
            "hand mail to a relay that signs it (OpenDKIM, rspamd), or save it behind the "
            "signer",
            "there is no DKIM signature: bulk mail without one is refused");
    else if (aligned == 0)
        doctor_report(doctor, DOCTOR_ERROR,
                      "let the signer use a key of the domain in From: there DMARC looks",
                      "no DKIM signature is by %s, or a domain above or below it",
                      *sent->from_domain != '\0' ? sent->from_domain : "the domain of one From");
    check_coverage(doctor, sent, acted_upon, DOCTOR_ERROR);
    check_coverage(doctor, sent, seen, DOCTOR_WARNING);
}

static void check_verdict(struct doctor *doctor, const struct sent *sent)
{
    struct text last = TEXT("");
    const size_t count = sent_count(sent, "Authentication-Results", &last);
    bool has_passed = false;
    bool has_failed = false;

    for (guint i = 0; i < sent->fields->len; i++) {
        const struct mail_field *field = &g_array_index(sent->fields, struct mail_field, i);

        if (!text_is_equal_any_case(field->name, TEXT("Authentication-Results")))
            continue;
        has_passed = has_passed || text_find(field->value, TEXT("dkim=pass")) >= 0;
        has_failed = has_failed || text_find(field->value, TEXT("dkim=fail")) >= 0;
    }
    if (has_passed)
        doctor_report(doctor, DOCTOR_OK, "", "the receiver found a DKIM signature to be right");
    else if (has_failed)
        doctor_report(doctor, DOCTOR_ERROR,
                      "let nothing change mail behind the signer, and compare the key in the DNS",
                      "the receiver found the DKIM signature to be wrong");
    else
        doctor_report(doctor, DOCTOR_WARNING,
                      "save the mail from a mailbox whose provider checks (Gmail: show original)",
                      count == 0 ? "no receiver says whether the signature is right"
                                 : "the receiver says nothing of DKIM");
}

static void check_unsubscribe(struct doctor *doctor, const struct sent *sent)
{
    static const struct {
        enum doctor_status status;
        const char *text;
        const char *remedy;
    } rows[] = {
        [SENT_NO_UNSUBSCRIBE] = {DOCTOR_ERROR, "there is no List-Unsubscribe",
                                 "is this a notification to a subscriber? Letters have none; else "
                                 "find the program that removes it"},
        [SENT_MAIL_ONLY] =
            {DOCTOR_WARNING,
             "unsubscribing works by mail, but not by one click: Gmail and Yahoo ask "
             "for it of who sends 5,000 mails a day",
             "it needs an https address, which comes with the web pages"},
        [SENT_NO_HTTPS] = {DOCTOR_ERROR,
                           "List-Unsubscribe-Post stands there without an https address",
                           "find the program that adds it, or removes the address"},
        [SENT_WRONG_POST] = {DOCTOR_ERROR,
                             "List-Unsubscribe-Post is not one field that says "
                             "List-Unsubscribe=One-Click",
                             "find the program that adds or changes it"},
        [SENT_NOT_ONE_CLICK] = {DOCTOR_ERROR,
                                "List-Unsubscribe has an https address, but List-Unsubscribe-Post "
                                "is missing: that is no one-click",
                                "find the program that removes it"},
        [SENT_ONE_CLICK] = {DOCTOR_OK, "one-click unsubscription, as RFC 8058 asks", ""},
    };
    const enum sent_one_click found = sent_judge_unsubscribe(sent);
    const size_t count = sent_count(sent, "List-Unsubscribe", NULL);

    doctor_report(doctor, rows[found].status, rows[found].remedy, "%s", rows[found].text);
    if (count > 1)
        doctor_report(doctor, DOCTOR_ERROR, "find the program or list that adds another",
                      "List-Unsubscribe stands there %zu times: no receiver will use it", count);
}

static void check_list(struct doctor *doctor, const struct sent *sent)
{
    struct text id = TEXT("");
    const size_t count = sent_count(sent, "List-Id", &id);

    if (count == 1 && text_find_byte(id, '<') >= 0 && text_has_suffix(id, TEXT(">")))
        doctor_report(doctor, DOCTOR_OK, "", "List-Id names the list");
    else
        doctor_report(doctor, count > 1 ? DOCTOR_ERROR : DOCTOR_WARNING,
                      "find the program that adds, changes or removes it",
                      "List-Id is not one field with an id in angle brackets (found: %zu)", count);
    if (sent_count(sent, "Auto-Submitted", NULL) != 1)
        doctor_report(doctor, DOCTOR_WARNING, "find the program that removes it",
                      "Auto-Submitted is missing: vacation programs will answer");
}

void doctor_check_sent(struct doctor *doctor)
{
    static const struct {
        const char *name;
        void (*look)(struct doctor *doctor, const struct sent *sent);
    } parts[] = {
        {"form", check_form},       {"signature", check_signature},
        {"verdict", check_verdict}, {"unsubscribe", check_unsubscribe},
        {"list", check_list},
    };
    g_autoptr(GError) error = NULL;
    g_autofree char *bytes = NULL;
    gsize size = 0;

    doctor->check = "mail";
    if (!g_file_get_contents(doctor->sent, &bytes, &size, &error)) {
        doctor_report(doctor, DOCTOR_ERROR, "", "%s", error->message);
        return;
    }
    OWN(sent) sent = sent_open(doctor->arena, text_from(bytes, MIN(size, FILE_BYTES_MOST)), &error);
    if (sent == NULL) {
        doctor_report(doctor, DOCTOR_ERROR, "save it with its header, as an .eml file", "%s: %s",
                      doctor->sent, error->message);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        doctor->check = parts[i].name;
        parts[i].look(doctor, sent);
    }
}
