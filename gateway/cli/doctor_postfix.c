/* tocsin doctor: does a Postfix ask the gateway, after the verifier, and can it reach the socket? */
#include "gateway/cli/front.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#define GROUPS_MOST 256

/* Whoever reaches for the socket, with all groups. */
struct visitor {
    const char *name;
    uid_t user;
    gid_t groups[GROUPS_MOST];
    int group_count;
};

static bool find_visitor(const struct postfix *postfix, struct visitor *visitor)
{
    const char *name = postfix_find(postfix, NULL, "mail_owner");
    const struct passwd *entry = name != NULL ? getpwnam(name) : NULL;

    if (entry == NULL)
        return false;
    visitor->name = name;
    visitor->user = entry->pw_uid;
    visitor->group_count = GROUPS_MOST;
    return getgrouplist(name, entry->pw_gid, visitor->groups, &visitor->group_count) >= 0;
}

/* `right` is that of others: S_IXOTH or S_IWOTH. */
static bool has_right(const struct visitor *visitor, const struct stat *status, unsigned right)
{
    if (visitor->user == status->st_uid)
        return (status->st_mode & right << 6) != 0;
    for (int i = 0; i < visitor->group_count; i++)
        if (visitor->groups[i] == status->st_gid)
            return (status->st_mode & right << 3) != 0;
    return (status->st_mode & right) != 0;
}

/* A socket wants write, each folder above it search. What we cannot see ourselves is not judged. */
static void check_reach(struct doctor *doctor, const struct postfix *postfix, const char *path)
{
    struct visitor visitor;
    g_autofree char *at = g_strdup(path);
    unsigned right = S_IWOTH;
    struct stat status;

    if (path[0] != '/' || !find_visitor(postfix, &visitor))
        return;
    for (;;) {
        if (stat(at, &status) == 0 && !has_right(&visitor, &status, right)) {
            doctor_report(doctor, DOCTOR_ERROR,
                          arena_format(doctor->arena, "chgrp %s %s, and let the group in: %s",
                                       visitor.name, at,
                                       right == S_IWOTH
                                           ? "milter: { socket: …, group: … } in tocsin.yaml"
                                           : "chmod g+x"),
                          "%s: mode %04o keeps Postfix (user %s) from the milter's socket", at,
                          (unsigned)status.st_mode & 07777U, visitor.name);
            return;
        }
        if (strcmp(at, "/") == 0)
            return;
        char *above = g_path_get_dirname(at);
        g_free(at);
        at = above;
        right = S_IXOTH;
    }
}

static void check_order(struct doctor *doctor, const struct front *front)
{
    const char *id = doctor->config->intake.trust.authserv_id;

    for (size_t i = 0; id[0] != '\0' && i < front->door_count; i++)
        if (front->doors[i].milters_before == 0)
            doctor_report(doctor, DOCTOR_ERROR,
                          "smtpd_milters: the verifier first, then the gateway; or unset "
                          "trust.authserv_id",
                          "%s: no verifier stands before the gateway, which waits for the verdict "
                          "of %s and answers 451",
                          front->doors[i].door->name, id);
}

/* Of an entry, else of the door: explicit, since the default of Postfix differs between versions. */
static void check_default_action(struct doctor *doctor, const struct front *front)
{
    static const char name[] = "milter_default_action";

    for (size_t i = 0; i < front->door_count; i++) {
        const struct front_door *door = &front->doors[i];
        const char *general = postfix_find(front->postfix, door->door, name);
        const char *action = door->default_action[0] != '\0' ? door->default_action : general;

        if (action == NULL || strcmp(action, "tempfail") != 0)
            doctor_report(doctor, DOCTOR_ERROR, "milter_default_action = tempfail",
                          "%s: milter_default_action is %s: while the gateway is away, mail passes "
                          "it by",
                          door->door->name, action != NULL ? action : "not known");
        else if (door->default_action[0] == '\0' &&
                 !postfix_is_given(front->postfix, door->door, name))
            doctor_report(doctor, DOCTOR_WARNING, "milter_default_action = tempfail, in main.cf",
                          "%s: milter_default_action is tempfail only by default, which later "
                          "versions of Postfix change",
                          door->door->name);
    }
}

static void check_exceptions(struct doctor *doctor, const struct front *front)
{
    for (size_t i = 0; i < front->door_count; i++) {
        const char *maps = postfix_find(front->postfix, front->doors[i].door, "smtpd_milter_maps");

        if (maps != NULL && maps[0] != '\0')
            doctor_report(doctor, DOCTOR_WARNING, "name the gateway in that table, too",
                          "%s: smtpd_milter_maps = %s: who is listed there may pass the gateway by",
                          front->doors[i].door->name, maps);
    }
}

static void check_front(struct doctor *doctor, const struct front *front)
{
    const char *socket = doctor->config->milter.socket;

    if (front->door_count == 0) {
        doctor_report(doctor, DOCTOR_ERROR,
                      "merge contrib/mta/postfix/main.cf; --postfix-config DIR names another "
                      "Postfix, --no-postfix says that mail comes otherwise",
                      "no smtpd of Postfix asks the gateway: smtpd_milters does not name %s",
                      socket);
        return;
    }
    doctor_report(doctor, DOCTOR_OK, "", "Postfix asks the gateway at %s%s",
                  front->doors[0].door->name, front->door_count > 1 ? " and others" : "");
    if (!g_str_has_prefix(socket, "inet:"))
        check_reach(doctor, front->postfix,
                    g_str_has_prefix(socket, "unix:") ? socket + strlen("unix:") : socket);
    check_order(doctor, front);
    check_default_action(doctor, front);
    check_exceptions(doctor, front);
    front_check_settings(doctor, front);
    front_check_route(doctor, front);
}

void doctor_check_postfix(struct doctor *doctor)
{
    g_autoptr(GError) error = NULL;
    const struct postfix *postfix;

    if (doctor->has_no_postfix) {
        doctor_report(doctor, DOCTOR_OK, "", "not looked at, as you said");
        return;
    }
    postfix = postfix_load(doctor->arena, doctor->postfix_directory, &error);
    if (postfix != NULL)
        check_front(doctor, front_find(doctor, postfix));
    else if (g_error_matches(error, TOCSIN_ERROR, TOCSIN_ERROR_MISSING))
        doctor_report(doctor, DOCTOR_OK, "", "not looked at: %s", error->message);
    else
        doctor_report(doctor, DOCTOR_WARNING, "try `postconf -n`, `postconf -M`",
                      "cannot be looked at: %s", error->message);
}
