/* tests/unit/gateway/store/digest_scene.h: readers of digests, and what happens meanwhile. */
#pragma once

#include "gateway/base/moment.h"
#include "gateway/store/digests.h"
#include "gateway/store/subscribers.h"
#include "tests/unit/gateway/store/commands.h"

#include <inttypes.h>

#define CAROL "carol@example.net"
#define DAVE  "dave@example.net"
#define MOST  100

/* NOW is 2027-01-15 08:00 UTC, a Friday. */
#define YESTERDAY (NOW - DAY_MS)
#define TOMORROW  (NOW + DAY_MS)

static inline void set(struct scene *scene, const char *sql, ...)
    __attribute__((format(printf, 2, 3)));
static inline void set(struct scene *scene, const char *sql, ...)
{
    va_list values;

    va_start(values, sql);
    g_autofree char *whole = g_strdup_vprintf(sql, values);
    va_end(values);
    assert_int_equal(scene_try(scene, whole), SQLITE_OK);
}

static inline int64_t ask(struct scene *scene, const char *sql)
{
    return g_ascii_strtoll(scene_ask(scene, sql), NULL, 10);
}

/* Confirmed long ago, with a digest that was sent yesterday and is due now. */
static inline void add_reader(struct scene *scene, const char *address)
{
    struct subscriber reader = subscriber_default;
    bool was_there = false;

    reader.page_id = scene_page.id;
    reader.address = address;
    assert_true(subscribers_add(scene->store, &reader, YESTERDAY - DAY_MS, &was_there, NULL));
    set(scene,
        "UPDATE subscriber SET delivery = 1, digest_since = %" PRId64 ", digest_at = %" PRId64
        " WHERE address = '%s'",
        YESTERDAY, NOW, address);
}

static inline int64_t open_at(struct scene *scene, const char *title,
                              enum incident_severity severity, int64_t at)
{
    struct command command = open_command(title);

    command.severity = severity;
    return change(scene, &command, at)->incident->id;
}

static inline void tell(struct scene *scene, int64_t incident_id, const char *message, int64_t at)
{
    const struct command command = update_command(incident_id, message);

    (void)change(scene, &command, at);
}

static inline void resolve(struct scene *scene, int64_t incident_id, int64_t at)
{
    struct command command = update_command(incident_id, "It is over.");

    command.has_status = true;
    command.status = INCIDENT_RESOLVED;
    (void)change(scene, &command, at);
}

static inline int64_t run(struct scene *scene, int64_t now)
{
    g_autoptr(GError) error = NULL;
    int64_t done = -1;

    (void)digests_run_due(scene->store, &scene_page, now, MOST, &done, &error);
    scene_fail_on(error);
    return done;
}

static inline int64_t letters(struct scene *scene)
{
    return ask(scene, "SELECT count(*) FROM letter WHERE kind = 19");
}

/* What the digest for `address` between these moments tells. */
static inline struct digest load(struct scene *scene, const char *address, int64_t since,
                                 int64_t until)
{
    struct digest digest = {.page = &scene_page, .since = since, .until = until};
    const struct subscriber *row = NULL;
    struct subscriber reader;
    g_autoptr(GError) error = NULL;

    assert_true(subscribers_find(scene->store, scene->arena, &scene_page, address, &row, &error));
    reader = *row;
    reader.kinds = (unsigned)ask(scene, "SELECT kinds FROM subscriber ORDER BY id LIMIT 1");
    reader.breaks_through =
        ask(scene, "SELECT breaks_through FROM subscriber ORDER BY id LIMIT 1") != 0;
    (void)digests_load(scene->store, scene->arena, &reader, &digest, &error);
    scene_fail_on(error);
    return digest;
}
