#include "spool/digest_mail.h"

#include "gateway/base/error.h"
#include "gateway/store/claims.h"
#include "tests/unit/gateway/store/digest_scene.h"

static const uint8_t root[32] = {1};
static const struct compose_settings templates = {NULL, TOCSIN_SOURCE_DIR "/templates"};

/* What writes digests, and the letters for who is due. */
struct desk {
    struct scene *scene;
    struct secret *secret;
    struct compose *compose;
    struct digest_mail *digests;
    struct claims *claims;
    const struct claim *claim;
};

static void open_desk(struct desk *desk, struct scene *scene)
{
    g_autoptr(GError) error = NULL;

    desk->scene = scene;
    desk->secret = secret_new(root);
    desk->compose = compose_open(&templates, desk->secret, &error);
    scene_fail_on(error);
    const struct mailroom_settings settings = {scene->store, desk->compose, desk->secret,
                                               scene_pages, 1};
    const struct claims_settings claims = {scene->store, desk->secret, scene->directory,
                                           scene_pages, 1};
    desk->digests = digest_mail_open(&settings);
    desk->claims = claims_open(&claims, &error);
    scene_fail_on(error);
}

static void close_desk(struct desk *desk)
{
    claims_close(desk->claims);
    digest_mail_close(desk->digests);
    compose_close(desk->compose);
    secret_close(desk->secret);
}

static const struct claim *take(struct desk *desk, bool letters_only)
{
    const struct claims_wish wish = {.relay = "r", .most = 10, .letters_only = letters_only};
    g_autoptr(GError) error = NULL;

    desk->claim = NULL;
    (void)claims_take(desk->claims, desk->scene->arena, &wish, NOW, &desk->claim, &error);
    scene_fail_on(error);
    return desk->claim;
}

static struct relay_mail write_item(struct desk *desk, size_t item)
{
    struct relay_mail mail = {0};
    g_autoptr(GError) error = NULL;

    (void)digest_mail_write(desk->digests, desk->scene->arena, &scene_page,
                            desk->claim->items[item].letter, &mail, &error);
    scene_fail_on(error);
    return mail;
}

static void add_three(struct scene *scene)
{
    add_reader(scene, CAROL);
    add_reader(scene, DAVE);
    add_reader(scene, "erin@example.net");
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
}

SCENE(is_rendered_once_for_all_who_hear_the_same_in_the_same_way)
{
    struct desk desk;

    add_three(scene);
    set(scene, "UPDATE subscriber SET format = 1 WHERE address = '" DAVE "'");
    (void)run(scene, NOW);
    open_desk(&desk, scene);
    assert_int_equal(take(&desk, false)->count, 3);
    const struct relay_mail carol = write_item(&desk, 0);
    const struct relay_mail dave = write_item(&desk, 1);
    const struct relay_mail erin = write_item(&desk, 2);
    assert_ptr_equal(carol.message, erin.message);
    assert_ptr_not_equal(carol.message, dave.message);
    assert_string_equal(carol.recipient, CAROL);
    assert_string_equal(carol.slots[SLOT_TO], CAROL);
    for (int slot = 0; slot < SLOT_COUNT; slot++)
        assert_string_not_equal(carol.slots[slot], erin.slots[slot]);
    assert_string_not_equal(carol.return_path, erin.return_path);
    assert_true(compose_check(carol.message, carol.slots, NULL));
    close_desk(&desk);
}

SCENE(other_filters_and_zones_are_rendered_by_themselves)
{
    struct desk desk;

    add_three(scene);
    set(scene, "UPDATE subscriber SET time_zone = 'Asia/Tokyo' WHERE address = '" DAVE "';"
               "INSERT INTO subscriber_topic VALUES (3, 'c:comp_api')");
    (void)run(scene, NOW);
    open_desk(&desk, scene);
    assert_int_equal(take(&desk, false)->count, 3);
    const struct relay_mail carol = write_item(&desk, 0);
    const struct relay_mail dave = write_item(&desk, 1);
    const struct relay_mail erin = write_item(&desk, 2);
    assert_ptr_not_equal(carol.message, dave.message);
    assert_ptr_not_equal(carol.message, erin.message);
    assert_ptr_not_equal(dave.message, erin.message);
    close_desk(&desk);
}

SCENE(whose_address_fits_no_slot_has_a_mail_of_her_own)
{
    struct desk desk;

    add_reader(scene, "o!hara@example.net");
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    (void)run(scene, NOW);
    open_desk(&desk, scene);
    assert_int_equal(take(&desk, false)->count, 1);
    const struct relay_mail mail = write_item(&desk, 0);
    for (size_t i = 0; i < mail.message->piece_count; i++)
        assert_false(mail.message->pieces[i].is_slot);
    close_desk(&desk);
}

SCENE(there_is_none_where_nothing_of_it_concerns_her_any_more)
{
    struct desk desk;

    add_three(scene);
    (void)run(scene, NOW);
    set(scene, "INSERT INTO subscriber_mute VALUES (1, 1);"
               "UPDATE subscriber SET state = 2 WHERE id = 2");
    open_desk(&desk, scene);
    assert_int_equal(take(&desk, false)->count, 3);
    assert_null(write_item(&desk, 0).message);
    assert_null(write_item(&desk, 1).message);
    assert_non_null(write_item(&desk, 2).message);
    close_desk(&desk);
}

SCENE(who_left_after_it_was_made_is_passed_over_and_not_claimed_again)
{
    struct desk desk;
    enum claims_answer answer = CLAIMS_SEND;

    add_reader(scene, CAROL);
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    (void)run(scene, NOW);
    open_desk(&desk, scene);
    assert_non_null(take(&desk, false));
    set(scene, "UPDATE subscriber SET state = 3; DELETE FROM interest");
    assert_true(claims_may_send(desk.claims, desk.claim, 0, &answer, NULL));
    assert_int_equal(answer, CLAIMS_SKIP);
    assert_true(claims_finish(desk.claims, desk.claim, NOW, NULL));
    assert_null(take(&desk, false));
    close_desk(&desk);
}

/* The page's other subscriber hears at once. */
SCENE(comes_behind_all_lists_and_waits_where_they_are_paused)
{
    struct subscriber dave = subscriber_default;
    struct desk desk;
    bool was_there = false;

    add_reader(scene, CAROL);
    dave.page_id = scene_page.id;
    dave.address = DAVE;
    assert_true(subscribers_add(scene->store, &dave, YESTERDAY, &was_there, NULL));
    set(scene, "DELETE FROM interest WHERE subscriber_id = 1");
    (void)open_at(scene, "API errors", SEVERITY_MAJOR, NOW - HOUR_MS);
    (void)run(scene, NOW);
    open_desk(&desk, scene);
    assert_null(take(&desk, true));
    assert_int_equal(take(&desk, false)->kind, CLAIM_STRETCH);
    assert_int_equal(take(&desk, false)->kind, CLAIM_LETTERS);
    assert_string_equal(desk.claim->items[0].letter->address, CAROL);
    close_desk(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(is_rendered_once_for_all_who_hear_the_same_in_the_same_way),
        SCENE_TEST(other_filters_and_zones_are_rendered_by_themselves),
        SCENE_TEST(whose_address_fits_no_slot_has_a_mail_of_her_own),
        SCENE_TEST(there_is_none_where_nothing_of_it_concerns_her_any_more),
        SCENE_TEST(who_left_after_it_was_made_is_passed_over_and_not_claimed_again),
        SCENE_TEST(comes_behind_all_lists_and_waits_where_they_are_paused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
