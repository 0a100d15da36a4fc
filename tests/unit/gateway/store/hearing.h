/* tests/unit/gateway/store/hearing.h: people, an incident, and one worker who tells them. */
#pragma once

#include "gateway/store/claims.h"
#include "gateway/store/incidents.h"
#include "gateway/store/subscribers.h"
#include "tests/unit/gateway/store/commands.h"

struct hearing {
    struct scene *scene;
    struct secret *secret;
    struct claims *claims;
};

static inline void hearing_begin(struct hearing *hearing, struct scene *scene)
{
    static const uint8_t root[32] = {1};
    g_autoptr(GError) error = NULL;

    *hearing = (struct hearing){.scene = scene, .secret = secret_new(root)};
    const struct claims_settings settings = {scene->store, hearing->secret, scene->directory,
                                             scene_pages, 1};
    hearing->claims = claims_open(&settings, &error);
    scene_fail_on(error);
}

static inline void hearing_end(struct hearing *hearing)
{
    claims_close(hearing->claims);
    secret_close(hearing->secret);
}

static inline struct subscriber hearing_person(const char *address)
{
    struct subscriber subscriber = subscriber_default;

    subscriber.page_id = "sp_abc123";
    subscriber.address = address;
    return subscriber;
}

static inline const struct subscriber *hearing_find(struct scene *scene, const char *address)
{
    g_autoptr(GError) error = NULL;
    const struct subscriber *found = NULL;

    (void)subscribers_find(scene->store, scene->arena, &scene_page, address, &found, &error);
    scene_fail_on(error);
    assert_non_null(found);
    return found;
}

/* As they are now, to be changed and saved. */
static inline struct subscriber hearing_add(struct scene *scene,
                                            const struct subscriber *subscriber, int64_t now)
{
    g_autoptr(GError) error = NULL;
    bool was_there = false;

    (void)subscribers_add(scene->store, subscriber, now, &was_there, &error);
    scene_fail_on(error);
    return *hearing_find(scene, subscriber->address);
}

static inline void hearing_save(struct scene *scene, const struct subscriber *subscriber,
                                int64_t now)
{
    g_autoptr(GError) error = NULL;

    (void)subscribers_save(scene->store, &scene_page, subscriber, now, &error);
    scene_fail_on(error);
}

static inline int64_t hearing_settle(struct scene *scene, int64_t now)
{
    g_autoptr(GError) error = NULL;
    int64_t done = 0;

    (void)subscribers_settle(scene->store, &scene_page, now, 100, &done, &error);
    scene_fail_on(error);
    return done;
}

/* NULL: nothing is due. */
static inline const struct claim *hearing_claim(struct hearing *hearing, size_t most, int64_t now)
{
    const struct claims_wish wish = {.relay = "r", .most = most};
    const struct claim *claim = NULL;
    g_autoptr(GError) error = NULL;

    (void)claims_take(hearing->claims, hearing->scene->arena, &wish, now, &claim, &error);
    scene_fail_on(error);
    return claim;
}

/* Sends what is claimed and may be; says to whom: "carol dave". */
static inline void hearing_send(struct hearing *hearing, const struct claim *claim, int64_t now,
                                GString *told)
{
    static const struct claims_result sent = {CLAIMS_SENT, 0, false, ""};

    for (size_t i = 0; i < claim->count; i++) {
        const struct claim_item *item = &claim->items[i];
        const char *address =
            item->letter != NULL ? item->letter->address : item->subscriber->address;
        enum claims_answer answer = CLAIMS_SKIP;

        assert_true(claims_may_send(hearing->claims, claim, i, &answer, NULL));
        if (answer == CLAIMS_SUPERSEDED)
            break;
        if (answer == CLAIMS_SKIP)
            continue;
        g_string_append_printf(told, "%s%.*s", told->len > 0 ? " " : "", (int)strcspn(address, "@"),
                               address);
        assert_true(claims_note(hearing->claims, claim, i, &sent, now, NULL));
    }
    assert_true(claims_finish(hearing->claims, claim, now, NULL));
}

/* Everything that is due; in the arena. */
static inline const char *hearing_tell(struct hearing *hearing, int64_t now)
{
    g_autoptr(GString) told = g_string_new("");

    for (const struct claim *claim = hearing_claim(hearing, 100, now); claim != NULL;
         claim = hearing_claim(hearing, 100, now))
        hearing_send(hearing, claim, now, told);
    return arena_string(hearing->scene->arena, told->str);
}

/* A major incident of comp_api. */
static inline const struct incident *hearing_open(struct scene *scene, int64_t now)
{
    const struct command command = open_command("API errors");

    return change(scene, &command, now)->incident;
}

static inline void hearing_update(struct scene *scene, int64_t incident_id, int64_t now)
{
    const struct command command = update_command(incident_id, "Still looking.");

    (void)change(scene, &command, now);
}

static inline void hearing_raise(struct scene *scene, int64_t incident_id, int64_t now)
{
    struct command command = update_command(incident_id, "It got worse.");

    command.has_severity = true;
    command.severity = SEVERITY_CRITICAL;
    (void)change(scene, &command, now);
}

static inline void hearing_resolve(struct scene *scene, int64_t incident_id, int64_t now)
{
    struct command command = update_command(incident_id, "Done.");

    command.has_status = true;
    command.status = INCIDENT_RESOLVED;
    (void)change(scene, &command, now);
}

/* A test like SCENE, with `struct hearing *hearing` too. */
#define HEARING(sentence)                                                                          \
    static void hear_##sentence(struct scene *scene, struct hearing *hearing);                     \
    SCENE(sentence)                                                                                \
    {                                                                                              \
        struct hearing hearing;                                                                    \
                                                                                                   \
        hearing_begin(&hearing, scene);                                                            \
        hear_##sentence(scene, &hearing);                                                          \
        hearing_end(&hearing);                                                                     \
    }                                                                                              \
    static void hear_##sentence(struct scene *scene, struct hearing *hearing)
