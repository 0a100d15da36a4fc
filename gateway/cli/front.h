/* gateway/cli/front.h: the Postfix in front of the gateway, as the checks of `tocsin doctor` see it. */
#pragma once

#include "gateway/cli/doctor.h"
#include "gateway/cli/postfix.h"

/* A door that asks the gateway. */
struct front_door {
    const struct postfix_door *door;
    size_t milters_before;
    const char *default_action; /* of our entry alone; "" when it has none */
};

struct front {
    const struct postfix *postfix;
    const struct front_door *doors;
    size_t door_count;
};

/* Which doors name our socket in smtpd_milters; one that means another place by the same words (in a
 * chroot) is reported. */
const struct front *front_find(struct doctor *doctor, const struct postfix *postfix);

/* Sockets and milters, in doctor_postfix.c; settings against contrib/mta/postfix/main.cf, in
 * doctor_settings.c; where mail for the pages goes, in doctor_route.c. */
void doctor_check_postfix(struct doctor *doctor);
void front_check_settings(struct doctor *doctor, const struct front *front);
void front_check_route(struct doctor *doctor, const struct front *front);
