/* tests/unit/gateway/incident/alert_bench.h: a policy and a cluster, for tests of what is made of them. */
#pragma once

#include "gateway/base/moment.h"
#include "gateway/incident/alert.h"
#include "tests/unit/unit.h"

#define NOW (INT64_C(1800000000) * SECOND_MS)

static const struct component components[] = {{"comp_api", "API", "Core"}};
static const char *const api[] = {"comp_api"};

static const struct page page = {
    .id = "sp_abc123",
    .name = "Example",
    .local = "status",
    .domain = "status.example.com",
    .address = "status@status.example.com",
    .language = "en",
    .components = components,
    .component_count = 1,
};

static const struct incident outage = {
    .id = 7,
    .page_id = "sp_abc123",
    .title = "Production API is down",
    .severity = SEVERITY_MAJOR,
    .highest_severity = SEVERITY_MAJOR,
};

static const struct alert lead = {
    .monitor = "Production API",
    .key = "web1.internal/http",
    .is_open = true,
    .opened_at = NOW,
    .detail = "Connection refused by 10.0.0.7",
    .title = "",
    .update = "",
    .resolved = "",
};

/* A policy and the facts of its cluster; a case changes what it is about. */
struct bench {
    struct arena *arena;
    struct monitor monitor;
    struct alert lead;
    struct alert_facts facts;
};

static inline void bench_set(struct bench *bench, struct arena *arena)
{
    *bench = (struct bench){
        .arena = arena,
        .monitor = {.name = "Production API",
                    .address = "",
                    .policy = {.creates_incident = true,
                               .page_id = "sp_abc123",
                               .component_ids = api,
                               .component_count = 1,
                               .open_after_alerts = 1,
                               .resolves_on_clear = true,
                               .is_suppressed_by_maintenance = true,
                               .incidents = {10, HOUR_MS},
                               .updates = {6, HOUR_MS}}},
        .lead = lead,
        .facts = {.page = &page, .counting = 1, .ripe = 1, .resolved = ""},
    };
    bench->facts.monitor = &bench->monitor;
    bench->facts.lead = &bench->lead;
}

/* The incident is open, all is clear since two minutes. */
static inline void bench_clear(struct bench *bench)
{
    bench->facts.incident = &outage;
    bench->facts.counting = 0;
    bench->facts.ripe = 0;
    bench->facts.lead = NULL;
    bench->facts.clear_since = NOW - 2 * MINUTE_MS;
}

static inline void bench_go_on(struct bench *bench)
{
    bench->facts.incident = &outage;
}

static inline struct alert_plan judge(struct bench *bench)
{
    return alert_judge(bench->arena, &bench->facts, NOW);
}

#define BENCH(sentence)                                                                            \
    static void act_##sentence(struct bench *bench);                                               \
    TEST(sentence)                                                                                 \
    {                                                                                              \
        OWN(arena) arena = arena_open(1 << 20);                                                    \
        struct bench bench;                                                                        \
                                                                                                   \
        bench_set(&bench, arena);                                                                  \
        act_##sentence(&bench);                                                                    \
    }                                                                                              \
    static void act_##sentence(struct bench *bench)
