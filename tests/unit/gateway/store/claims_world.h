/* tests/unit/gateway/store/claims_world.h: incidents, people and what each was told, as a model that the
 * claims are held against. */
#pragma once

#include "gateway/store/claims.h"
#include "gateway/store/subscribers.h"
#include "tests/unit/gateway/store/scene.h"

#include <inttypes.h>

#define WORKERS   3
#define PEOPLE    24
#define INCIDENTS 2
#define NEWS_MOST 200

struct person {
    struct subscriber row;
    bool is_confirmed;
    int64_t confirmed_at;
    int64_t last_news[INCIDENTS];   /* the newest notification that she got */
    int64_t last_update[INCIDENTS]; /* and its update */
    int64_t failed_news[INCIDENTS]; /* the newest that was given up for her */
};

struct news {
    int64_t id;
    int64_t update_id;
    int incident;
    enum incident_severity severity;
    bool has_mail_topic;
    int64_t created_at;
    int64_t last_person_id;
};

enum hand { HAND_EMPTY, HAND_CLAIMED, HAND_ASKED, HAND_DELIVERED };

struct worker {
    enum hand hand;
    const struct claim *claim;
    size_t item;
};

struct world {
    struct scene *scene;
    struct claims *claims;
    struct secret *secret;
    GRand *chance;
    int64_t now;
    struct person people[PEOPLE];
    size_t person_count;
    struct news news[NEWS_MOST];
    size_t news_count;
    int64_t incident_ids[INCIDENTS];
    enum incident_severity severity[INCIDENTS];
    bool has_mail_topic[INCIDENTS];
    struct worker workers[WORKERS];
    size_t kills;
    size_t doubts;
    size_t repeats;
    size_t sent_count;
    bool has_pagers;
    bool is_calm; /* no failures any more: everything is to end */
};

static inline guint32 claims_world_choose(struct world *world, guint32 count)
{
    return (guint32)g_rand_int_range(world->chance, 0, (gint32)count);
}

static const struct component_change topics[] = {
    {COMPONENT_ADD, "comp_api", false, 0},
    {COMPONENT_ADD, "comp_mail", false, 0},
};

static inline struct command claims_world_make_command(const struct world *world, int incident)
{
    return (struct command){
        .kind = world->incident_ids[incident] == 0 ? COMMAND_OPEN : COMMAND_UPDATE,
        .page_id = "sp_abc123",
        .actor = {ACTOR_OPERATOR, "ada@example.com", "sasl", "192.0.2.1", "<m@x>", &scene_ada},
        .incident_id = world->incident_ids[incident],
        .title = world->incident_ids[incident] == 0 ? "API errors" : NULL,
        .has_severity = true,
        .severity = world->severity[incident],
        .components = topics,
        .component_count = world->has_mail_topic[incident] ? 2 : 1,
        .message = "We are looking.",
        .note = "",
    };
}

static inline void claims_world_write_update(struct world *world, int incident)
{
    g_autoptr(GError) error = NULL;

    if (world->news_count == NEWS_MOST)
        return;
    if (claims_world_choose(world, 4) == 0 && world->severity[incident] < SEVERITY_CRITICAL)
        world->severity[incident]++;
    if (claims_world_choose(world, 4) == 0)
        world->has_mail_topic[incident] = true;

    const struct command command = claims_world_make_command(world, incident);
    const struct decision *decision = store_change(world->scene->store, world->scene->arena,
                                                   &scene_page, &command, world->now, &error);
    scene_fail_on(error);
    world->incident_ids[incident] = decision->incident->id;
    world->news[world->news_count++] = (struct news){
        .id = decision->notification_id,
        .update_id = decision->update->id,
        .incident = incident,
        .severity = world->severity[incident],
        .has_mail_topic = world->has_mail_topic[incident],
        .created_at = world->now,
        .last_person_id =
            world->person_count == 0 ? 0 : world->people[world->person_count - 1].row.id,
    };
}

static const char *const mail_topic[] = {"c:comp_mail"};

static inline void claims_world_add_person(struct world *world, struct person *person)
{
    g_autoptr(GError) error = NULL;
    const struct subscriber *found = NULL;
    bool was_there = false;

    assert_true(subscribers_add(world->scene->store, &person->row, world->now, &was_there, &error));
    assert_true(subscribers_find(world->scene->store, world->scene->arena, &scene_page,
                                 person->row.address, &found, &error));
    person->row.id = found->id;
    person->is_confirmed = true;
    person->confirmed_at = world->now;
}

static inline void claims_world_subscribe(struct world *world)
{
    if (world->person_count == PEOPLE)
        return;

    struct person *person = &world->people[world->person_count++];
    person->row = subscriber_default;
    person->row.page_id = "sp_abc123";
    person->row.address =
        arena_format(world->scene->arena, "p%zu@example.net", world->person_count);
    person->row.format =
        world->has_pagers && claims_world_choose(world, 4) == 0 ? FORMAT_PAGER : FORMAT_TEXT;
    person->row.severity = claims_world_choose(world, 3);
    person->row.topics = mail_topic;
    person->row.topic_count = claims_world_choose(world, 4) == 0 ? 1 : 0;
    claims_world_add_person(world, person);
}

/* Somebody goes, or comes back. */
static inline void claims_world_turn(struct world *world)
{
    g_autoptr(GError) error = NULL;
    bool was_there = false;

    if (world->person_count == 0)
        return;

    struct person *person =
        &world->people[claims_world_choose(world, (guint32)world->person_count)];
    if (!person->is_confirmed) {
        claims_world_add_person(world, person);
        return;
    }
    assert_true(subscribers_remove_id(world->scene->store, &scene_page, person->row.id, world->now,
                                      &was_there, &error));
    assert_true(was_there);
    person->is_confirmed = false;
}

/* Somebody takes another format; her lane follows now or when it may. */
static inline void claims_world_reformat(struct world *world)
{
    g_autoptr(GError) error = NULL;

    if (world->person_count == 0)
        return;

    struct person *person =
        &world->people[claims_world_choose(world, (guint32)world->person_count)];
    person->row.format = person->row.format == FORMAT_PAGER ? FORMAT_TEXT : FORMAT_PAGER;
    assert_true(
        subscribers_save(world->scene->store, &scene_page, &person->row, world->now, &error));
}

static inline void claims_world_settle(struct world *world)
{
    g_autoptr(GError) error = NULL;
    int64_t done = 0;

    assert_true(subscribers_settle(world->scene->store, &scene_page, world->now, 3, &done, &error));
}

static inline struct person *claims_world_find_person(struct world *world, int64_t id)
{
    for (size_t i = 0; i < world->person_count; i++)
        if (world->people[i].row.id == id)
            return &world->people[i];
    g_error("nobody has id %" PRId64, id);
}

static const struct news *claims_world_find_news(const struct world *world, int64_t id)
{
    for (size_t i = 0; i < world->news_count; i++)
        if (world->news[i].id == id)
            return &world->news[i];
    g_error("no notification has id %" PRId64, id);
}

static inline bool claims_world_is_entitled(const struct person *person, const struct news *news)
{
    return person->confirmed_at <= news->created_at && person->row.id <= news->last_person_id &&
           person->row.severity <= news->severity &&
           (person->row.topic_count == 0 || news->has_mail_topic);
}

/* The first update of the incident behind `after_id`. */
static inline int64_t claims_world_update_after(const struct world *world, int incident,
                                                int64_t after_id)
{
    for (size_t i = 0; i < world->news_count; i++)
        if (world->news[i].incident == incident && world->news[i].update_id > after_id)
            return world->news[i].update_id;
    return INT64_MAX;
}

static inline void claims_world_set_world(struct world *world, struct scene *scene)
{
    static const uint8_t root[32] = {1};
    g_autoptr(GError) error = NULL;

    *world =
        (struct world){.scene = scene, .now = NOW, .has_pagers = true, .secret = secret_new(root)};
    store_close(scene->store);
    scene->store = store_open(&scene->settings, STORE_NORMAL, &error);
    scene_fail_on(error);
    const struct claims_settings settings = {scene->store, world->secret, scene->directory,
                                             scene_pages, 1};
    world->claims = claims_open(&settings, &error);
    scene_fail_on(error);
}

static inline void claims_world_end_world(struct world *world)
{
    claims_close(world->claims);
    secret_close(world->secret);
    if (world->chance != NULL)
        g_rand_free(world->chance);
}
