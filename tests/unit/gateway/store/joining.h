/* tests/unit/gateway/store/joining.h: somebody who asks, and confirms. */
#pragma once

#include "gateway/store/joins.h"
#include "gateway/store/subscribers.h"
#include "tests/unit/gateway/store/commands.h"

#define CAROL "carol@example.net"

static const uint8_t joining_root[32] = {7};
static const struct page joining_other_page = {
    .id = "sp_other", .name = "Other", .address = "o@o.example"};

static inline struct joins_desk joining_desk(struct scene *scene, struct secret *secret,
                                             int64_t now)
{
    return (struct joins_desk){scene->store, secret, &scene_page, now};
}

/* A test like SCENE, with `struct joins_desk *desk`, whose moment is NOW. */
#define DESK(sentence)                                                                             \
    static void join_##sentence(struct scene *scene, struct joins_desk *desk);                     \
    SCENE(sentence)                                                                                \
    {                                                                                              \
        OWN(secret) secret = secret_new(joining_root);                                             \
        struct joins_desk desk = joining_desk(scene, secret, NOW);                                 \
                                                                                                   \
        join_##sentence(scene, &desk);                                                             \
    }                                                                                              \
    static void join_##sentence(struct scene *scene, struct joins_desk *desk)

static inline bool joining_ask(struct joins_desk *desk, const char *address, const char *client,
                               int64_t at)
{
    const struct joins_request request = {address, client};
    g_autoptr(GError) error = NULL;
    bool may = false;

    desk->now = at;
    (void)joins_count(desk, &request, &joins_limits_default, &may, &error);
    scene_fail_on(error);
    return may;
}

static inline const struct subscriber *joining_find(struct scene *scene, const char *address)
{
    const struct subscriber *found = NULL;

    assert_true(subscribers_find(scene->store, scene->arena, &scene_page, address, &found, NULL));
    return found;
}

static inline struct subscriber joining_person(const char *address)
{
    struct subscriber subscriber = subscriber_default;

    subscriber.page_id = "sp_abc123";
    subscriber.address = address;
    return subscriber;
}

static inline int64_t joining_confirm(struct joins_desk *desk, const struct subscriber *subscriber,
                                      int64_t at)
{
    g_autoptr(GError) error = NULL;
    int64_t id = 0;

    desk->now = at;
    (void)joins_confirm(desk, subscriber, &id, &error);
    scene_fail_on(error);
    return id;
}
