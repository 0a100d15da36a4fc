/* tests/unit/gateway/store/alert_scene.h: a monitor of the scene's page, and what it says. */
#pragma once

#include "gateway/base/moment.h"
#include "gateway/store/alerts.h"
#include "gateway/store/drafts.h"
#include "gateway/store/incidents.h"
#include "tests/unit/gateway/store/commands.h"

static const char *const alert_components[] = {"comp_api"};

static const struct operator alert_bob = {
    .name = "Bob",
    .address = "bob@example.com",
    .time_zone = "",
    .language = "",
    .notify = OPERATOR_NOTIFY_NONE,
    .page_ids = scene_page_ids,
    .page_count = 1,
};
static const struct operator* const alert_operators[] = {&scene_ada, &alert_bob};

/* As the YAML of the page owner says, with the defaults. */
static inline struct monitor alert_monitor(void)
{
    return (struct monitor){
        .name = "Production API",
        .address = "",
        .grammar = "",
        .policy =
            {
                .creates_incident = true,
                .page_id = "sp_abc123",
                .component_ids = alert_components,
                .component_count = 1,
                .has_severity = true,
                .severity = SEVERITY_MAJOR,
                .open_after_alerts = 1,
                .resolves_on_clear = true,
                .is_suppressed_by_maintenance = true,
                .incidents = {10, HOUR_MS},
                .updates = {6, HOUR_MS},
            },
    };
}

static inline struct alert_report alert_report(enum alert_word word, const char *key, int64_t now)
{
    return (struct alert_report){
        .word = word,
        .key = key,
        .arrived_at = now,
        .detail = "connection refused by 10.0.0.7",
        .who = "",
        .title = "",
        .update = "",
        .resolved = "",
    };
}

/* Room for a desk of one monitor. */
struct alert_desk {
    const struct monitor *monitor;
    struct alerts_desk desk;
};

static inline const struct alerts_desk *alert_desk(struct scene *scene,
                                                   const struct monitor *monitor, int64_t now)
{
    struct alert_desk *room = ARENA_NEW(scene->arena, struct alert_desk);

    *room = (struct alert_desk){
        monitor,
        {scene->store, &scene_page, NULL, 1, alert_operators, G_N_ELEMENTS(alert_operators), now}};
    room->desk.monitors = &room->monitor;
    return &room->desk;
}

static inline struct alerts_source alert_source(const struct monitor *monitor)
{
    return (struct alerts_source){monitor, "network", "192.0.2.7", "<m@mon.example>", "", ""};
}

static inline struct alerts_effect hear_report(struct scene *scene, const struct monitor *monitor,
                                               const struct alert_report *report)
{
    const struct alerts_source source = alert_source(monitor);
    g_autoptr(GError) error = NULL;
    struct alerts_effect effect;

    assert_true(store_begin(scene->store, NULL));
    (void)alerts_hear(alert_desk(scene, monitor, report->arrived_at), scene->arena, &source, report,
                      &effect, &error);
    scene_fail_on(error);
    assert_true(store_commit(scene->store, &error));
    return effect;
}

static inline struct alerts_effect problem(struct scene *scene, const struct monitor *monitor,
                                           const char *key, int64_t now)
{
    const struct alert_report report = alert_report(ALERT_PROBLEM, key, now);

    return hear_report(scene, monitor, &report);
}

static inline struct alerts_effect cleared(struct scene *scene, const struct monitor *monitor,
                                           const char *key, int64_t now)
{
    const struct alert_report report = alert_report(ALERT_CLEARED, key, now);

    return hear_report(scene, monitor, &report);
}

/* The clock; how much it did. */
static inline int64_t run_alerts(struct scene *scene, const struct monitor *monitor, int64_t now)
{
    g_autoptr(GError) error = NULL;
    int64_t done = -1;

    (void)alerts_run_due(alert_desk(scene, monitor, now), 250, &done, &error);
    scene_fail_on(error);
    return done;
}

static inline int64_t next_alerts(struct scene *scene, const struct monitor *monitor, int64_t now)
{
    g_autoptr(GError) error = NULL;
    int64_t next = -1;

    (void)alerts_next(alert_desk(scene, monitor, now), &next, &error);
    scene_fail_on(error);
    return next;
}

static inline int64_t count(struct scene *scene, const char *sql)
{
    return g_ascii_strtoll(scene_ask(scene, sql), NULL, 10);
}

#define INCIDENTS      "SELECT count(*) FROM incident"
#define OPEN_INCIDENTS "SELECT count(*) FROM incident WHERE status < 3"
#define NOTIFICATIONS  "SELECT count(*) FROM notification"
#define LETTERS(kind)  "SELECT count(*) FROM letter WHERE state = 0 AND kind = " #kind
#define NOTE_KIND      8
#define COPY_KIND      7
#define DRAFT_KIND     20
#define LAST_NOTE      "SELECT message FROM incident_update WHERE kind = 1 ORDER BY id DESC LIMIT 1"
