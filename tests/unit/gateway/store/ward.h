/* tests/unit/gateway/store/ward.h: two subscribers, an incident that is told day by day, and what comes
 * back of it. */
#pragma once

#include "gateway/base/moment.h"
#include "gateway/store/bounces.h"
#include "gateway/store/subscribers.h"
#include "tests/unit/gateway/store/commands.h"

#include <inttypes.h>

static const uint8_t root[32] = {1};

/* Ada is subscriber 1, Bob 2; an incident with many notifications, one a day. */
struct ward {
    struct scene *scene;
    struct secret *secret;
    struct bounce_settings settings;
    int64_t now;
    int64_t incident_id;
    int64_t notification_id; /* the newest */
};

static inline void join(struct scene *scene, const char *address)
{
    g_autoptr(GError) error = NULL;
    struct subscriber wishes = subscriber_default;
    bool was_there = false;

    wishes.page_id = "sp_abc123";
    wishes.address = address;
    wishes.language = "";
    wishes.time_zone = "";
    assert_true(subscribers_add(scene->store, &wishes, NOW - 10, &was_there, &error));
}

static inline struct ward begin(struct scene *scene)
{
    const struct command opened = open_command("API errors");

    join(scene, "ada@example.net");
    join(scene, "bob@example.net");
    const struct decision *decision = change(scene, &opened, NOW);
    return (struct ward){scene, secret_new(root),       bounce_settings_default,
                         NOW,   decision->incident->id, decision->notification_id};
}

static inline void end(struct ward *ward)
{
    secret_close(ward->secret);
}

/* Another notification, `later` milliseconds after the last. */
static inline void tell(struct ward *ward, int64_t later)
{
    const struct command update = update_command(ward->incident_id, "Still looking.");

    ward->now += later;
    ward->notification_id = change(ward->scene, &update, ward->now)->notification_id;
}

static inline struct bounce_desk desk_of(const struct ward *ward)
{
    return (struct bounce_desk){ward->scene->store, ward->secret, &scene_page, &ward->settings,
                                ward->now};
}

static inline enum bounce_effect note(struct ward *ward, const struct bounce *bounce)
{
    const struct bounce_desk desk = desk_of(ward);
    enum bounce_effect effect = BOUNCE_NOTHING;
    g_autoptr(GError) error = NULL;

    assert_true(bounces_note(&desk, bounce, &effect, &error));
    scene_fail_on(error);
    return effect;
}

/* Of the newest notification to Ada. */
static inline struct bounce bounce_of(const struct ward *ward, const char *status,
                                      bool is_permanent)
{
    return (struct bounce){.subscriber_id = 1,
                           .notification_id = ward->notification_id,
                           .is_permanent = is_permanent,
                           .status = status,
                           .words = "no such user"};
}

static inline enum bounce_effect bounce(struct ward *ward, const char *status, bool is_permanent)
{
    const struct bounce back = bounce_of(ward, status, is_permanent);

    return note(ward, &back);
}

static inline int64_t run(struct ward *ward)
{
    const struct bounce_desk desk = desk_of(ward);
    g_autoptr(GError) error = NULL;
    int64_t done = -1;

    assert_true(bounces_run_due(&desk, 100, &done, &error));
    scene_fail_on(error);
    return done;
}

static inline const char *ask(const struct ward *ward, const char *sql)
{
    return scene_ask(ward->scene, sql);
}

#define ASK_STATE "SELECT state FROM subscriber WHERE id = 1"

/* The relay has taken it. */
static inline void send_letters(struct ward *ward)
{
    g_autofree char *sql = g_strdup_printf(
        "UPDATE letter SET state = 1, ended_at = %" PRId64 " WHERE state = 0", ward->now);

    assert_int_equal(scene_try(ward->scene, sql), SQLITE_OK);
}
