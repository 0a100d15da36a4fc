/* tests/unit/gateway/compose/outage.h: an outage that is told, and how it is told. */
#pragma once

#include "tests/unit/gateway/compose/strict.h"

#define BEGAN_AT    INT64_C(1767949200000)
#define ARENA_BYTES (256 * 1024 * 1024)

static const char *const slots[SLOT_COUNT] = {"carol@example.net",
                                              "n7.1234.abcdefgh@status.example.com",
                                              "status+uabcdefghijklmnopqrstuvw@status.example.com"};

static const struct affected affected[] = {{"comp_api", COMPONENT_MAJOR_OUTAGE, true},
                                           {"comp_web", COMPONENT_OPERATIONAL, false}};

static const struct incident incident = {
    .id = 3,
    .public_id = "inc_abcdefghijkl",
    .number = 42,
    .page_id = "sp_abc123",
    .title = "API errors",
    .first_title = "API errors",
    .status = INCIDENT_IDENTIFIED,
    .severity = SEVERITY_MAJOR,
    .affected = affected,
    .affected_count = 2,
    .created_at = BEGAN_AT,
};

static const struct update updates[] = {
    {.id = 1,
     .kind = UPDATE_PUBLIC,
     .status = INCIDENT_INVESTIGATING,
     .severity = SEVERITY_MAJOR,
     .message = "We are **looking**.",
     .by = "ada@example.com",
     .created_at = BEGAN_AT},
    {.id = 2,
     .kind = UPDATE_NOTE,
     .status = INCIDENT_INVESTIGATING,
     .severity = SEVERITY_MAJOR,
     .message = "zq9 it was Bob",
     .by = "ada@example.com",
     .created_at = BEGAN_AT + 1000},
    {.id = 3,
     .kind = UPDATE_PUBLIC,
     .status = INCIDENT_IDENTIFIED,
     .severity = SEVERITY_MAJOR,
     .message = "Es war die Käsereibe – 5 € Schaden.",
     .by = "ada@example.com",
     .created_at = BEGAN_AT + 3600000},
};

static const struct story story = {
    .page = &strict_page,
    .incident = &incident,
    .updates = updates,
    .update_count = 3,
    .first_missed = 2,
    .notification_id = 7,
    .kind = NOTIFICATION_UPDATED,
    .made_at = BEGAN_AT + 3600000,
};

static inline struct text rendered(struct arena *arena, const struct story *told,
                                   const struct audience *audience)
{
    OWN(secret) secret = strict_secret();
    OWN(compose) compose = strict_compose(secret);
    g_autoptr(GError) error = NULL;
    const struct message *message = compose_notification(compose, arena, told, audience, &error);

    if (message == NULL)
        fail_msg("%s", error->message);
    return strict_mail(arena, message, audience->values != NULL ? NULL : slots);
}

static inline struct text rendered_as(struct arena *arena, const struct story *told,
                                      enum subscriber_format format)
{
    return rendered(arena, told,
                    &(struct audience){.format = format, .language = "", .time_zone = ""});
}

static inline void assert_header(struct text mail, const char *name, const char *wanted)
{
    g_autofree char *value = strict_header(mail, name);
    assert_string_equal(value, wanted);
}
