/* tocsin doctor: what Postfix does with mail for a page, and with strangers' verdicts. */
#include "gateway/cli/front.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char *value_of(const struct front *front, const char *name)
{
    const char *value = postfix_find(front->postfix, NULL, name);

    return value != NULL ? value : "";
}

static enum postfix_answer find_domain(const struct front *front, const char *domain,
                                       const char **list)
{
    static const struct {
        const char *name;
        bool holds_below; /* by the default of parent_domain_matches_subdomains */
    } lists[] = {{"relay_domains", true},
                 {"virtual_mailbox_domains", false},
                 {"virtual_alias_domains", false},
                 {"mydestination", false}};
    enum postfix_answer answer = POSTFIX_NO;

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        const enum postfix_answer one = postfix_has_domain(
            front->postfix, value_of(front, lists[i].name), domain, lists[i].holds_below);

        *list = lists[i].name;
        if (one == POSTFIX_YES)
            return one;
        if (one == POSTFIX_UNKNOWN)
            answer = one;
    }
    return answer;
}

/* A list of recipients that is empty knows everybody. */
static bool check_recipient(struct doctor *doctor, const struct front *front,
                            const struct page *page, const char *list)
{
    const char *name =
        strcmp(list, "relay_domains") == 0 ? "relay_recipient_maps" : "virtual_mailbox_maps";
    const char *maps = value_of(front, name);
    const char *all = arena_format(doctor->arena, "@%s", page->domain);
    const char *value;

    if (maps[0] == '\0' ||
        (strcmp(list, "relay_domains") != 0 && strcmp(list, "virtual_mailbox_domains") != 0))
        return true;
    if (postfix_look_up(front->postfix, maps, page->address, &value) != POSTFIX_NO ||
        postfix_look_up(front->postfix, maps, all, &value) != POSTFIX_NO)
        return true;
    doctor_report(
        doctor, DOCTOR_ERROR,
        arena_format(doctor->arena, "a line for %s in %s, then postmap", page->address, maps),
        "%s: %s does not have it: Postfix refuses it at RCPT", page->address, name);
    return false;
}

static enum postfix_answer find_transport(const struct front *front, const struct page *page,
                                          const char **value)
{
    const char *parent = strchr(page->domain, '.');
    const char *const keys[] = {page->address, page->domain, parent};
    const char *maps = value_of(front, "transport_maps");
    enum postfix_answer answer = POSTFIX_NO;

    for (size_t i = 0; i < G_N_ELEMENTS(keys) && keys[i] != NULL; i++) {
        const enum postfix_answer one = postfix_look_up(front->postfix, maps, keys[i], value);

        if (one == POSTFIX_YES)
            return one;
        if (one == POSTFIX_UNKNOWN)
            answer = one;
    }
    return answer;
}

/* Port 25 of its own address is a loop to Postfix, whoever listens there: the mail is returned. */
static bool is_loop(const char *transport)
{
    static const char *const ends[] = {":[127.0.0.1]", ":[127.0.0.1]:25", ":[127.0.0.1]:smtp",
                                       ":[localhost]", ":[localhost]:25", ":[localhost]:smtp"};

    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(transport, ends[i]))
            return true;
    return false;
}

static bool check_loop(struct doctor *doctor, const struct page *page, const char *transport)
{
    if (!is_loop(transport))
        return true;
    doctor_report(doctor, DOCTOR_ERROR,
                  "tocsin-missed:[127.0.0.1]:2526, the door of contrib/mta/postfix/master.cf",
                  "%s: transport_maps sends it to %s, where Postfix finds itself and returns the "
                  "mail as a loop",
                  page->address, transport);
    return false;
}

/* What passes the gateway by must wait, not be lost: see the backstop in contrib/mta/postfix. */
static bool check_transport(struct doctor *doctor, const struct front *front,
                            const struct page *page)
{
    static const char remedy[] = "the backstop of contrib/mta/postfix/main.cf: transport_maps with "
                                 "tocsin-missed, and defer_transports";
    const char *value = "";
    const enum postfix_answer answer = find_transport(front, page, &value);
    const char *name = arena_copy(doctor->arena, value, strcspn(value, ":"));

    if (answer == POSTFIX_UNKNOWN)
        return true;
    if (answer == POSTFIX_NO) {
        doctor_report(doctor, DOCTOR_WARNING, remedy,
                      "%s: transport_maps has nothing for it: mail that comes by a door without "
                      "the gateway (sendmail(1)) is returned or goes elsewhere",
                      page->address);
        return false;
    }
    if (strcmp(name, "error") == 0 || strcmp(name, "retry") == 0) {
        doctor_report(doctor, DOCTOR_ERROR, remedy,
                      "%s: its transport is %s: Postfix refuses it at RCPT, before the gateway is "
                      "asked",
                      page->address, name);
        return false;
    }
    if (postfix_list_has(doctor->arena, value_of(front, "defer_transports"), name))
        return check_loop(doctor, page, value);
    doctor_report(doctor, DOCTOR_WARNING, remedy,
                  "%s: its transport %s is not in defer_transports: mail that comes by a door "
                  "without the gateway does not wait",
                  page->address, name);
    return false;
}

/* The bounces that Postfix itself writes for what it took from us come by no smtpd. */
static bool check_bounces(struct doctor *doctor, const struct front *front)
{
    const char *classes = value_of(front, "internal_mail_filter_classes");

    if (postfix_list_has(doctor->arena, classes, "bounce") &&
        value_of(front, "non_smtpd_milters")[0] != '\0')
        return true;
    doctor_report(doctor, DOCTOR_WARNING,
                  "internal_mail_filter_classes = bounce, and non_smtpd_milters with the gateway",
                  "internal_mail_filter_classes or non_smtpd_milters leave bounces out: what this "
                  "Postfix cannot deliver for the gateway, the gateway does not hear of");
    return false;
}

/* Postfix answers 451 to everybody while a table that it needs was not made. */
static bool check_table(struct doctor *doctor, const char *list, const char *table)
{
    static const struct {
        const char *type;
        const char *suffix;
    } made[] = {{"hash:", ".db"}, {"btree:", ".db"}, {"lmdb:", ".lmdb"}, {"cdb:", ".cdb"}};

    for (size_t i = 0; i < G_N_ELEMENTS(made); i++) {
        if (!g_str_has_prefix(table, made[i].type))
            continue;
        const char *file =
            arena_format(doctor->arena, "%s%s", table + strlen(made[i].type), made[i].suffix);
        if (access(file, F_OK) == 0 || errno != ENOENT)
            return true;
        doctor_report(doctor, DOCTOR_ERROR, arena_format(doctor->arena, "postmap %s", table),
                      "%s: %s is not there: Postfix answers 451", list, file);
        return false;
    }
    return true;
}

static bool check_tables(struct doctor *doctor, const struct front *front)
{
    static const char *const lists[] = {"relay_recipient_maps", "transport_maps",
                                        "smtpd_sender_login_maps"};
    bool is_good = true;

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        const char *const *tables = postfix_split(doctor->arena, value_of(front, lists[i]));

        for (size_t j = 0; tables[j] != NULL; j++)
            is_good = check_table(doctor, lists[i], tables[j]) && is_good;
    }
    return is_good;
}

static bool check_page(struct doctor *doctor, const struct front *front, const struct page *page)
{
    const char *list;

    if (find_domain(front, page->domain, &list) == POSTFIX_NO) {
        doctor_report(doctor, DOCTOR_ERROR,
                      arena_format(doctor->arena, "relay_domains = %s", page->domain),
                      "%s: Postfix takes no mail for %s", page->address, page->domain);
        return false;
    }
    const bool is_known = check_recipient(doctor, front, page, list);
    return check_transport(doctor, front, page) && is_known;
}

static bool is_stripping(const char *action)
{
    return g_ascii_strncasecmp(action, "IGNORE", 6) == 0 ||
           g_ascii_strncasecmp(action, "STRIP", 5) == 0 ||
           g_ascii_strncasecmp(action, "REJECT", 6) == 0 ||
           g_ascii_strncasecmp(action, "REPLACE", 7) == 0;
}

/* Each spelling that our parser of the field would take must go. */
static bool check_stripping(struct doctor *doctor, const struct front *front)
{
    static const char *const spellings[] = {"Authentication-Results: %s; dkim=pass",
                                            "authentication-results : %s; spf=pass",
                                            "AUTHENTICATION-RESULTS:\n %s; dkim=pass"};
    static const char remedy[] = "header_checks = pcre:/etc/postfix/tocsin-header-checks "
                                 "(contrib/mta/postfix, postfix-pcre)";
    const char *id = doctor->config->intake.trust.authserv_id;
    const char *checks = value_of(front, "header_checks");

    for (size_t i = 0; i < G_N_ELEMENTS(spellings); i++) {
        g_auto(GStrv) parts = g_strsplit(spellings[i], "%s", 2);
        const char *line = arena_format(doctor->arena, "%s%s%s", parts[0], id, parts[1]);
        const char *action = "";
        const enum postfix_answer answer = postfix_look_up(front->postfix, checks, line, &action);

        if (answer == POSTFIX_YES && is_stripping(action))
            continue;
        doctor_report(doctor, answer == POSTFIX_UNKNOWN ? DOCTOR_WARNING : DOCTOR_ERROR, remedy,
                      answer == POSTFIX_UNKNOWN
                          ? "header_checks (%s) cannot be tried: does it remove `%s`?"
                          : "header_checks (%s): `%s` by a stranger stays, and is believed",
                      checks[0] != '\0' ? checks : "empty", line);
        return false;
    }
    return true;
}

static bool check_overrides(struct doctor *doctor, const struct front *front)
{
    bool is_good = true;

    for (size_t i = 0; i < front->door_count; i++) {
        const struct postfix_door *door = front->doors[i].door;
        const char *options = postfix_find(front->postfix, door, "receive_override_options");

        if (options == NULL || !postfix_list_has(doctor->arena, options, "no_header_body_checks"))
            continue;
        is_good = false;
        doctor_report(doctor, DOCTOR_ERROR, "take no_header_body_checks out there",
                      "%s: receive_override_options turns header_checks off: forged verdicts stay",
                      door->name);
    }
    return is_good;
}

void front_check_route(struct doctor *doctor, const struct front *front)
{
    const struct config *config = doctor->config;
    const bool has_tables = check_tables(doctor, front);
    bool is_good = check_bounces(doctor, front) && has_tables;

    for (size_t i = 0; i < config->page_count; i++)
        is_good = check_page(doctor, front, config->pages[i]) && is_good;
    if (is_good)
        doctor_report(doctor, DOCTOR_OK, "",
                      "it takes the pages' mail, and keeps what passed us by");
    if (config->intake.trust.authserv_id[0] == '\0')
        return;
    is_good = check_stripping(doctor, front);
    if (check_overrides(doctor, front) && is_good)
        doctor_report(doctor, DOCTOR_OK, "", "it removes strangers' Authentication-Results");
}
