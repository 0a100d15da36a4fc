/* The promises of DESIGN section 8, held against a simple model over random interleavings: workers
 * that claim, send, fail and die at any point, while updates come, and subscribers come and go. */
#include "tests/unit/gateway/store/claims_world.h"

#define SEEDS 20 /* TOCSIN_SEEDS for more, TOCSIN_SEED for one */
#define STEPS 400

/* The relay takes the message: here the promises are judged. */
static void deliver(struct world *world, const struct worker *worker)
{
    const struct claim_item *item = &worker->claim->items[worker->item];
    const struct news *news = claims_world_find_news(world, worker->claim->notification_id);
    struct person *person = claims_world_find_person(world, item->id);
    const int64_t last = person->last_news[news->incident];

    if (!claims_world_is_entitled(person, news) && person->confirmed_at <= news->created_at)
        fail_msg("%" PRId64 " was told what does not concern her", item->id);
    if (last > news->id)
        fail_msg("%" PRId64 " got %" PRId64 " after %" PRId64, item->id, news->id, last);
    if (last == news->id)
        world->repeats++;
    if (item->first_missed_id >
            claims_world_update_after(world, news->incident, person->last_update[news->incident]) &&
        last != news->id)
        fail_msg("%" PRId64 " missed an update before %" PRId64, item->id, item->first_missed_id);
    assert_true(item->first_missed_id <= news->update_id);
    world->sent_count++;
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
    const struct claims_wish wish = {.relay = claims_world_choose(world, 4) == 0 ? "q" : "r",
                                     .most = 1 + claims_world_choose(world, 5)};
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
        if (!claims_world_find_person(world, worker->claim->items[worker->item].id)->is_confirmed)
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
    const guint32 luck = world->is_calm ? 9 : claims_world_choose(world, 10);
    const int64_t due_at = world->now + 1 + claims_world_choose(world, 20);

    if (luck == 0) { /* refused for now */
        note(world, worker, &(struct claims_result){CLAIMS_LATER, due_at, false, "451 later"});
        return;
    }
    if (luck == 1) { /* for good */
        const struct news *news = claims_world_find_news(world, worker->claim->notification_id);
        claims_world_find_person(world, worker->claim->items[worker->item].id)
            ->failed_news[news->incident] = news->id;
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
    if (worker->hand == HAND_ASKED && claims_world_choose(world, 2) == 0)
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
    struct worker *worker = &world->workers[claims_world_choose(world, WORKERS)];
    const guint32 luck = claims_world_choose(world, 100);

    world->now++;
    if (luck < 3)
        claims_world_write_update(world, (int)claims_world_choose(world, INCIDENTS));
    else if (luck < 6)
        claims_world_subscribe(world);
    else if (luck < 8)
        claims_world_turn(world);
    else if (luck < 9)
        claims_world_reformat(world);
    else if (luck < 10)
        claims_world_settle(world);
    else if (luck < 12)
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
        work(world, &world->workers[claims_world_choose(world, WORKERS)]);
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
            if (person->is_confirmed && claims_world_is_entitled(person, newest) &&
                person->failed_news[incident] != newest->id)
                assert_int_equal(person->last_news[incident], newest->id);
        }
    }
    assert_true(world->repeats <= world->kills + world->doubts);
    assert_string_equal(
        scene_ask(world->scene, "SELECT count(*) FROM notification WHERE state = 0"), "0");
    assert_string_equal(
        scene_ask(world->scene, "SELECT count(*) FROM slice WHERE closed_at IS NULL"), "0");
    assert_string_equal(scene_ask(world->scene, "SELECT count(*) FROM exception AS e JOIN"
                                                " notification AS n ON n.id = e.notification_id"
                                                " WHERE n.state = 1 AND e.state IN (0, 1)"),
                        "0");
}

static void play(guint32 seed)
{
    struct world world;
    void *state = NULL;

    (void)scene_set(&state);
    claims_world_set_world(&world, state);
    world.chance = g_rand_new_with_seed(seed);
    for (int i = 0; i < PEOPLE / 2; i++)
        claims_world_subscribe(&world);
    claims_world_write_update(&world, 0);
    for (int i = 0; i < STEPS; i++)
        step(&world);
    run_to_the_end(&world);
    judge_end(&world);
    claims_world_end_world(&world);
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

/* One worker, and an update when a third of the people have heard the one before: a round takes three,
 * and who was claimed but not reached when an update came is at the end of the next round. */
TEST(the_tail_is_not_starved_by_updates_that_come_faster_than_the_fan_out)
{
    struct world world;
    void *scene = NULL;

    (void)scene_set(&scene);
    claims_world_set_world(&world, scene);
    world.chance = g_rand_new_with_seed(1);
    world.is_calm = true;
    world.has_pagers = false;
    world.severity[0] = SEVERITY_CRITICAL; /* concerns everybody */
    world.has_mail_topic[0] = true;
    while (world.person_count < PEOPLE)
        claims_world_subscribe(&world);
    for (size_t i = 0; i < 40; i++) {
        world.now++;
        claims_world_write_update(&world, 0);
        while (world.sent_count < (i + 1) * PEOPLE / 3)
            work(&world, &world.workers[0]);
        for (size_t k = 0; i >= 9 && k < world.person_count; k++)
            assert_true(world.people[k].last_news[0] >= world.news[i - 9].id);
    }
    claims_world_end_world(&world);
    (void)scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tail_is_not_starved_by_updates_that_come_faster_than_the_fan_out),
        cmocka_unit_test(
            in_every_interleaving_nobody_hears_out_of_order_and_everybody_hears_the_newest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
