/* The promises of DESIGN section 8, held against a simple model over random interleavings: workers
 * that claim, send, fail and die at any point, while updates come, and subscribers come and go. */
#include "gateway/store/claims.h"

#include "gateway/store/subscribers.h"
#include "tests/unit/gateway/store/scene.h"

#include <inttypes.h>

#define WORKERS   3
#define PEOPLE    24
#define INCIDENTS 2
#define NEWS_MOST 200
#define SEEDS     20 /* TOCSIN_SEEDS for more, TOCSIN_SEED for one */
#define STEPS     400

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
    bool is_calm; /* no failures any more: everything is to end */
};

static guint32 choose(struct world *world, guint32 count)
{
    return (guint32)g_rand_int_range(world->chance, 0, (gint32)count);
}

static const struct component_change topics[] = {
    {COMPONENT_ADD, "comp_api", false, 0},
    {COMPONENT_ADD, "comp_mail", false, 0},
};

static struct command make_command(const struct world *world, int incident)
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

static void write_update(struct world *world, int incident)
{
    g_autoptr(GError) error = NULL;

    if (world->news_count == NEWS_MOST)
        return;
    if (choose(world, 4) == 0 && world->severity[incident] < SEVERITY_CRITICAL)
        world->severity[incident]++;
    if (choose(world, 4) == 0)
        world->has_mail_topic[incident] = true;

    const struct command command = make_command(world, incident);
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

static void add_person(struct world *world, struct person *person)
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

static void subscribe(struct world *world)
{
    if (world->person_count == PEOPLE)
        return;

    struct person *person = &world->people[world->person_count++];
    person->row = (struct subscriber){
        .page_id = "sp_abc123",
        .address = arena_format(world->scene->arena, "p%zu@example.net", world->person_count),
        .format = choose(world, 4) == 0 ? FORMAT_PAGER : FORMAT_TEXT,
        .severity = choose(world, 3),
        .topics = mail_topic,
        .topic_count = choose(world, 4) == 0 ? 1 : 0,
        .language = "",
        .time_zone = "",
    };
    add_person(world, person);
}

/* Somebody goes, or comes back. */
static void turn(struct world *world)
{
    g_autoptr(GError) error = NULL;
    bool was_there = false;

    if (world->person_count == 0)
        return;

    struct person *person = &world->people[choose(world, (guint32)world->person_count)];
    if (!person->is_confirmed) {
        add_person(world, person);
        return;
    }
    assert_true(subscribers_remove_id(world->scene->store, &scene_page, person->row.id, world->now,
                                      &was_there, &error));
    assert_true(was_there);
    person->is_confirmed = false;
}

static struct person *find_person(struct world *world, int64_t id)
{
    for (size_t i = 0; i < world->person_count; i++)
        if (world->people[i].row.id == id)
            return &world->people[i];
    g_error("nobody has id %" PRId64, id);
}

static const struct news *find_news(const struct world *world, int64_t id)
{
    for (size_t i = 0; i < world->news_count; i++)
        if (world->news[i].id == id)
            return &world->news[i];
    g_error("no notification has id %" PRId64, id);
}

static bool is_entitled(const struct person *person, const struct news *news)
{
    return person->confirmed_at <= news->created_at && person->row.id <= news->last_person_id &&
           person->row.severity <= news->severity &&
           (person->row.topic_count == 0 || news->has_mail_topic);
}

/* The first update of the incident behind `after_id`. */
static int64_t update_after(const struct world *world, int incident, int64_t after_id)
{
    for (size_t i = 0; i < world->news_count; i++)
        if (world->news[i].incident == incident && world->news[i].update_id > after_id)
            return world->news[i].update_id;
    return INT64_MAX;
}

/* The relay takes the message: here the promises are judged. */
static void deliver(struct world *world, const struct worker *worker)
{
    const struct claim_item *item = &worker->claim->items[worker->item];
    const struct news *news = find_news(world, worker->claim->notification_id);
    struct person *person = find_person(world, item->id);
    const int64_t last = person->last_news[news->incident];

    if (!is_entitled(person, news) && person->confirmed_at <= news->created_at)
        fail_msg("%" PRId64 " was told what does not concern her", item->id);
    if (last > news->id)
        fail_msg("%" PRId64 " got %" PRId64 " after %" PRId64, item->id, news->id, last);
    if (last == news->id)
        world->repeats++;
    if (item->first_missed_id >
            update_after(world, news->incident, person->last_update[news->incident]) &&
        last != news->id)
        fail_msg("%" PRId64 " missed an update before %" PRId64, item->id, item->first_missed_id);
    assert_true(item->first_missed_id <= news->update_id);
    person->last_news[news->incident] = news->id;
    person->last_update[news->incident] = news->update_id;
}

static void finish(struct world *world, struct worker *worker)
{
    g_autoptr(GError) error = NULL;

    assert_true(claims_finish(world->claims, worker->claim, world->now, &error));
    worker->hand = HAND_EMPTY;
}

static void claim(struct world *world, struct worker *worker)
{
    const struct claims_wish wish = {.relay = "r", .most = 1 + choose(world, 5)};
    g_autoptr(GError) error = NULL;

    assert_true(
        claims_take(world->claims, world->scene->arena, &wish, world->now, &worker->claim, &error));
    worker->item = 0;
    worker->hand = worker->claim == NULL ? HAND_EMPTY : HAND_CLAIMED;
}

static void ask(struct world *world, struct worker *worker)
{
    enum claims_answer answer = CLAIMS_SEND;
    g_autoptr(GError) error = NULL;

    if (worker->item == worker->claim->count) {
        finish(world, worker);
        return;
    }
    assert_true(claims_may_send(world->claims, worker->claim, worker->item, &answer, &error));
    if (answer == CLAIMS_SUPERSEDED) {
        finish(world, worker);
    } else if (answer == CLAIMS_SKIP) {
        worker->item++;
    } else {
        worker->hand = HAND_ASKED;
        if (!find_person(world, worker->claim->items[worker->item].id)->is_confirmed)
            fail_msg("who has unsubscribed is written to");
    }
}

static void note(struct world *world, struct worker *worker, const struct claims_result *result)
{
    g_autoptr(GError) error = NULL;

    assert_true(
        claims_note(world->claims, worker->claim, worker->item, result, world->now, &error));
    worker->item++;
    worker->hand = HAND_CLAIMED;
}

static void answer(struct world *world, struct worker *worker)
{
    const guint32 luck = world->is_calm ? 9 : choose(world, 10);
    const int64_t due_at = world->now + 1 + choose(world, 20);

    if (luck == 0) { /* refused for now */
        note(world, worker, &(struct claims_result){CLAIMS_LATER, due_at, false, "451 later"});
        return;
    }
    if (luck == 1) { /* for good */
        const struct news *news = find_news(world, worker->claim->notification_id);
        find_person(world, worker->claim->items[worker->item].id)->failed_news[news->incident] =
            news->id;
        note(world, worker, &(struct claims_result){CLAIMS_FAILED, 0, false, "550 no"});
        return;
    }
    deliver(world, worker);
    worker->hand = HAND_DELIVERED;
    if (luck == 2) { /* the answer is lost */
        world->doubts++;
        note(world, worker, &(struct claims_result){CLAIMS_LATER, due_at, true, "lost"});
    }
}

static void kill_worker(struct world *world, struct worker *worker)
{
    if (worker->hand == HAND_EMPTY)
        return;
    world->kills++;
    if (worker->hand == HAND_ASKED && choose(world, 2) == 0)
        deliver(world, worker); /* the relay had it all */
    claims_release(world->claims, worker->claim);
    worker->hand = HAND_EMPTY;
}

static void work(struct world *world, struct worker *worker)
{
    switch (worker->hand) {
    case HAND_EMPTY:
        claim(world, worker);
        break;
    case HAND_CLAIMED:
        ask(world, worker);
        break;
    case HAND_ASKED:
        answer(world, worker);
        break;
    case HAND_DELIVERED:
        note(world, worker, &(struct claims_result){CLAIMS_SENT, 0, false, ""});
        break;
    }
}

static void step(struct world *world)
{
    struct worker *worker = &world->workers[choose(world, WORKERS)];
    const guint32 luck = choose(world, 100);

    world->now++;
    if (luck < 3)
        write_update(world, (int)choose(world, INCIDENTS));
    else if (luck < 6)
        subscribe(world);
    else if (luck < 8)
        turn(world);
    else if (luck < 10)
        kill_worker(world, worker);
    else
        work(world, worker);
}

static bool is_all_done(struct world *world)
{
    g_autoptr(GError) error = NULL;
    bool is_due = false;
    bool is_in_hand = false;

    assert_true(claims_look(world->claims, world->now, &is_due, &is_in_hand, &error));
    return !is_due && !is_in_hand;
}

static void run_to_the_end(struct world *world)
{
    world->is_calm = true;
    world->now += 1000; /* all waits are over */
    for (int i = 0; i < 20000; i++) {
        world->now++;
        work(world, &world->workers[choose(world, WORKERS)]);
        if (i % 50 == 0 && is_all_done(world))
            return;
    }
    fail_msg("it never ends");
}

static const struct news *newest_of(const struct world *world, int incident)
{
    const struct news *newest = NULL;

    for (size_t i = 0; i < world->news_count; i++)
        if (world->news[i].incident == incident)
            newest = &world->news[i];
    return newest;
}

static void judge_end(struct world *world)
{
    for (int incident = 0; incident < INCIDENTS; incident++) {
        const struct news *newest = newest_of(world, incident);

        for (size_t i = 0; newest != NULL && i < world->person_count; i++) {
            const struct person *person = &world->people[i];
            if (person->is_confirmed && is_entitled(person, newest) &&
                person->failed_news[incident] != newest->id)
                assert_int_equal(person->last_news[incident], newest->id);
        }
    }
    assert_true(world->repeats <= world->kills + world->doubts);
    assert_string_equal(
        scene_ask(world->scene, "SELECT count(*) FROM notification WHERE state = 0"), "0");
    assert_string_equal(scene_ask(world->scene, "SELECT count(*) FROM slice AS s JOIN notification"
                                                " AS n ON n.id = s.notification_id"
                                                " WHERE s.closed_at IS NULL OR n.state = 1"),
                        "0");
    assert_string_equal(scene_ask(world->scene, "SELECT count(*) FROM exception AS e JOIN"
                                                " notification AS n ON n.id = e.notification_id"
                                                " WHERE n.state = 1 AND e.state IN (0, 1)"),
                        "0");
}

static void set_world(struct world *world, struct scene *scene)
{
    static const uint8_t root[32] = {1};
    g_autoptr(GError) error = NULL;

    *world = (struct world){.scene = scene, .now = NOW, .secret = secret_new(root)};
    store_close(scene->store);
    scene->store = store_open(&scene->settings, STORE_NORMAL, &error);
    scene_fail_on(error);
    const struct claims_settings settings = {scene->store, world->secret, scene->directory,
                                             scene_pages, 1};
    world->claims = claims_open(&settings, &error);
    scene_fail_on(error);
}

static void end_world(struct world *world)
{
    claims_close(world->claims);
    secret_close(world->secret);
    if (world->chance != NULL)
        g_rand_free(world->chance);
}

static void play(guint32 seed)
{
    struct world world;
    void *state = NULL;

    (void)scene_set(&state);
    set_world(&world, state);
    world.chance = g_rand_new_with_seed(seed);
    for (int i = 0; i < PEOPLE / 2; i++)
        subscribe(&world);
    write_update(&world, 0);
    for (int i = 0; i < STEPS; i++)
        step(&world);
    run_to_the_end(&world);
    judge_end(&world);
    end_world(&world);
    (void)scene_end(&state);
}

TEST(in_every_interleaving_nobody_hears_out_of_order_and_everybody_hears_the_newest)
{
    const char *only = g_getenv("TOCSIN_SEED");
    const char *count = g_getenv("TOCSIN_SEEDS");
    const guint64 first = only == NULL ? 1 : g_ascii_strtoull(only, NULL, 10);
    const guint64 seeds = count == NULL ? SEEDS : g_ascii_strtoull(count, NULL, 10);
    const guint64 last = only == NULL ? seeds : first;

    for (guint64 seed = first; seed <= last; seed++) {
        print_message("seed %" PRIu64 "\n", seed);
        play((guint32)seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            in_every_interleaving_nobody_hears_out_of_order_and_everybody_hears_the_newest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
