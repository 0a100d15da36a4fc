/* tocsin doctor: Postfix's settings against those of contrib/mta/postfix/main.cf, which says why. */
#include "gateway/cli/front.h"

#include "gateway/base/number.h"

#include <inttypes.h>
#include <string.h>

struct setting {
    const char *name;
    bool (*is_good)(const struct doctor *doctor, const char *value, const char *wanted);
    const char *wanted;
    const char *without; /* what happens */
    const char *remedy;
    bool may_be_unknown; /* where Postfix is too old to have it, nothing is lost */
};

static bool is_one_of(const struct doctor *doctor, const char *value, const char *wanted)
{
    return postfix_list_has(doctor->arena, wanted, value);
}

static bool has_word(const struct doctor *doctor, const char *value, const char *wanted)
{
    return postfix_list_has(doctor->arena, value, wanted);
}

static bool has_part(const struct doctor *doctor, const char *value, const char *wanted)
{
    (void)doctor;
    return strstr(value, wanted) != NULL;
}

/* 0 is no limit. */
static bool holds_our_mails(const struct doctor *doctor, const char *value, const char *wanted)
{
    const size_t ours = doctor->config->intake.mail.message_bytes;
    int64_t theirs;

    (void)wanted;
    if (!number_parse(text_of(value), 0, INT64_MAX, &theirs))
        return false;
    return theirs == 0 || (uint64_t)theirs >= ours;
}

static const struct setting rows[] = {
    {"smtpd_forbid_bare_newline", is_one_of, "normalize yes reject",
     "a second mail can be smuggled in inside of one, from whomever it likes",
     "smtpd_forbid_bare_newline = normalize", false},
    {"smtpd_forbid_unauth_pipelining", is_one_of, "yes",
     "commands may be sent ahead of their turn, which smuggling needs",
     "smtpd_forbid_unauth_pipelining = yes", false},
    {"smtpd_data_restrictions", has_word, "reject_unauth_pipelining",
     "commands may be sent ahead of their turn, which smuggling needs",
     "smtpd_data_restrictions = reject_unauth_pipelining", false},
    {"smtpd_discard_ehlo_keywords", has_word, "chunking", "BDAT goes round these checks",
     "smtpd_discard_ehlo_keywords = chunking", false},
    {"message_reject_characters", has_part, "\\0",
     "the gateway gets addresses cut at a NUL, which then are somebody else's",
     "message_reject_characters = \\0", false},
    {"allow_percent_hack", is_one_of, "no",
     "user%domain@… is rewritten after the gateway saw the address", "allow_percent_hack = no",
     false},
    {"cleanup_replace_stray_cr_lf", is_one_of, "yes",
     "a bare CR inside of a header reaches the gateway", "cleanup_replace_stray_cr_lf = yes", true},
    {"recipient_delimiter", has_part, "+",
     "replies, bounces and unsubscriptions (status+…@…) are refused", "recipient_delimiter = +",
     false},
    {"message_size_limit", holds_our_mails, "", "mail that the gateway would take is refused",
     "message_size_limit = 10485760", false},
};

static bool is_bad(const struct doctor *doctor, const struct setting *row, const char *value)
{
    return value == NULL ? !row->may_be_unknown : !row->is_good(doctor, value, row->wanted);
}

static void report_setting(struct doctor *doctor, const struct setting *row, const char *door,
                           const char *value)
{
    const char *where = door != NULL ? arena_format(doctor->arena, "%s: ", door) : "";

    if (value == NULL)
        doctor_report(doctor, DOCTOR_ERROR, "use a Postfix that has it: 3.7.11 does",
                      "%s is not known to this Postfix: %s", row->name, row->without);
    else
        doctor_report(doctor, DOCTOR_ERROR, row->remedy, "%s%s is %s: %s", where, row->name,
                      value[0] != '\0' ? value : "empty", row->without);
}

/* What main.cf says for all doors is reported once. */
static bool check_row(struct doctor *doctor, const struct front *front, const struct setting *row)
{
    bool is_good = true;
    bool is_told = false;

    for (size_t i = 0; i < front->door_count; i++) {
        const struct postfix_door *door = front->doors[i].door;
        const char *value = postfix_find(front->postfix, door, row->name);
        const bool is_own = postfix_is_overridden(door, row->name);

        if (!is_bad(doctor, row, value) || (!is_own && is_told))
            continue;
        is_good = false;
        is_told = is_told || !is_own;
        report_setting(doctor, row, is_own ? door->name : NULL, value);
    }
    return is_good;
}

/* Only one's own networks may be left out: their mailers may be sloppy, and are no strangers. */
static bool check_exclusions(struct doctor *doctor, const struct front *front)
{
    static const char name[] = "smtpd_forbid_bare_newline_exclusions";
    const char *networks = postfix_find(front->postfix, NULL, "mynetworks");
    bool is_good = true;

    for (size_t i = 0; i < front->door_count; i++) {
        const struct postfix_door *door = front->doors[i].door;
        const char *list = postfix_find(front->postfix, door, name);
        const char *const *words = postfix_split(doctor->arena, list != NULL ? list : "");

        for (size_t j = 0; words[j] != NULL && is_good; j++)
            is_good = networks != NULL && postfix_list_has(doctor->arena, networks, words[j]);
    }
    if (!is_good)
        doctor_report(doctor, DOCTOR_WARNING, "smtpd_forbid_bare_newline_exclusions = $mynetworks",
                      "%s lets more in than mynetworks: they can smuggle a mail in", name);
    return is_good;
}

static bool forbids_other_senders(struct doctor *doctor, const struct front *front,
                                  const struct postfix_door *door)
{
    static const char *const lists[] = {"smtpd_sender_restrictions", "smtpd_recipient_restrictions",
                                        "smtpd_relay_restrictions"};
    static const char *const words[] = {"reject_sender_login_mismatch",
                                        "reject_authenticated_sender_login_mismatch"};
    const char *maps = postfix_find(front->postfix, door, "smtpd_sender_login_maps");

    for (size_t i = 0; maps != NULL && maps[0] != '\0' && i < G_N_ELEMENTS(lists); i++) {
        const char *list = postfix_find(front->postfix, door, lists[i]);

        for (size_t j = 0; list != NULL && j < G_N_ELEMENTS(words); j++)
            if (postfix_list_has(doctor->arena, list, words[j]))
                return true;
    }
    return false;
}

static bool check_logins(struct doctor *doctor, const struct front *front)
{
    bool is_good = true;

    for (size_t i = 0; i < front->door_count; i++) {
        const struct postfix_door *door = front->doors[i].door;
        const char *sasl = postfix_find(front->postfix, door, "smtpd_sasl_auth_enable");

        if (sasl == NULL || strcmp(sasl, "yes") != 0 || forbids_other_senders(doctor, front, door))
            continue;
        is_good = false;
        doctor_report(doctor, DOCTOR_WARNING,
                      "smtpd_sender_login_maps, and reject_sender_login_mismatch in "
                      "smtpd_sender_restrictions",
                      "%s: who signs in may write as anybody (the gateway refuses that, too)",
                      door->name);
    }
    return is_good;
}

void front_check_settings(struct doctor *doctor, const struct front *front)
{
    bool is_good = true;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        is_good = check_row(doctor, front, &rows[i]) && is_good;
    is_good = check_exclusions(doctor, front) && is_good;
    is_good = check_logins(doctor, front) && is_good;
    if (is_good)
        doctor_report(doctor, DOCTOR_OK, "",
                      "its settings are those of contrib/mta/postfix/main.cf");
}
