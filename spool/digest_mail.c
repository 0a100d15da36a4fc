#include "spool/digest_mail.h"

#include "gateway/base/error.h"
#include "gateway/base/number.h"
#include "gateway/incident/keyed.h"
#include "gateway/store/digests.h"
#include "gateway/store/subscribers.h"

#include <inttypes.h>
#include <string.h>

#define ARENA_BYTES   ((size_t)40 * 1024 * 1024) /* compose asks for 32 MiB */
#define RENDERED_MOST 64

struct rendered_digest {
    struct arena *arena;
    const struct message *message; /* NULL: there is nothing to tell */
};

struct digest_mail {
    struct mailroom_settings settings;
    GHashTable *rendered; /* key -> struct rendered_digest */
};

/* One mail on its way. */
struct order {
    struct digest_mail *digests;
    struct arena *arena;
    const struct subscriber *reader;
    struct digest digest; /* its stories are loaded when they are needed */
};

static void free_rendered(gpointer data)
{
    struct rendered_digest *rendered = data;

    arena_close(rendered->arena);
    g_free(rendered);
}

struct digest_mail *digest_mail_open(const struct mailroom_settings *settings)
{
    struct digest_mail *digests = g_new0(struct digest_mail, 1);

    digests->settings = *settings;
    digests->rendered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_rendered);
    return digests;
}

void digest_mail_close(struct digest_mail *digests)
{
    if (digests == NULL)
        return;
    g_hash_table_unref(digests->rendered);
    g_free(digests);
}

static bool find_moment(const struct letter *letter, const char *name, int64_t *at, GError **error)
{
    for (size_t i = 0; i < letter->fact_count; i++)
        if (strcmp(letter->facts[i].name, name) == 0 &&
            number_parse(text_of(letter->facts[i].value), 0, INT64_MAX, at))
            return true;
    return error_set(error, TOCSIN_ERROR_BUG, "letter %" PRId64 ": it does not say %s when",
                     letter->id, name);
}

static struct audience audience_of(const struct subscriber *reader)
{
    return (struct audience){
        .kind = reader->kind,
        .format = reader->format == FORMAT_PAGER ? FORMAT_TEXT : reader->format,
        .language = reader->language,
        .time_zone = reader->time_zone,
    };
}

/* *message NULL: there is nothing to tell. */
static bool render(struct order *order, const struct audience *audience, struct arena *arena,
                   const struct message **message, GError **error)
{
    const struct mailroom_settings *settings = &order->digests->settings;

    if (!digests_load(settings->store, order->arena, order->reader, &order->digest, error))
        return false;
    if (order->digest.story_count == 0)
        return true;
    *message = compose_digest(settings->compose, arena, &order->digest, audience, error);
    return *message != NULL;
}

static bool render_new(struct order *order, char *key, const struct message **message,
                       GError **error)
{
    struct rendered_digest *rendered = g_new0(struct rendered_digest, 1);
    const struct audience audience = audience_of(order->reader);
    GHashTable *all = order->digests->rendered;

    rendered->arena = arena_open(ARENA_BYTES);
    if (!render(order, &audience, rendered->arena, &rendered->message, error)) {
        free_rendered(rendered);
        g_free(key);
        return false;
    }
    if (g_hash_table_size(all) >= RENDERED_MOST)
        g_hash_table_remove_all(all);
    (void)g_hash_table_insert(all, key, rendered);
    *message = rendered->message;
    return true;
}

static bool render_shared(struct order *order, const struct message **message, GError **error)
{
    const struct audience audience = audience_of(order->reader);
    const struct rendered_digest *known;
    const char *taste = NULL;

    if (!digests_find_taste(order->digests->settings.store, order->arena, order->reader, &taste,
                            error))
        return false;

    char *key = g_strdup_printf("%s %" PRId64 " %" PRId64 " %d %d %s %s %s", order->digest.page->id,
                                order->digest.since, order->digest.until, audience.kind,
                                audience.format, audience.language, audience.time_zone, taste);
    known = g_hash_table_lookup(order->digests->rendered, key);
    if (known == NULL)
        return render_new(order, key, message, error);
    g_free(key);
    *message = known->message;
    return true;
}

static bool render_alone(struct order *order, const struct relay_mail *mail,
                         const struct message **message, GError **error)
{
    struct audience audience = audience_of(order->reader);

    audience.values = mail->slots;
    return render(order, &audience, order->arena, message, error);
}

static void address(const struct order *order, const struct letter *letter, struct relay_mail *mail)
{
    const struct secret *secret = order->digests->settings.secret;
    const struct page *page = order->digest.page;

    mail->recipient = order->reader->address;
    mail->return_path = keyed_write_letter(order->arena, secret, page, letter->id);
    mail->slots[SLOT_TO] = order->reader->address;
    mail->slots[SLOT_MESSAGE_ID] = keyed_write_letter_id(order->arena, secret, page, letter->id);
    mail->slots[SLOT_UNSUBSCRIBE] =
        keyed_write_unsubscribe(order->arena, secret, page, order->reader->id);
}

bool digest_mail_write(struct digest_mail *digests, struct arena *arena, const struct page *page,
                       const struct letter *letter, struct relay_mail *mail, GError **error)
{
    struct order order = {.digests = digests, .arena = arena, .digest = {.page = page}};

    mail->message = NULL;
    if (!find_moment(letter, "since", &order.digest.since, error) ||
        !find_moment(letter, "until", &order.digest.until, error) ||
        !subscribers_load(digests->settings.store, arena, page, letter->subscriber_id,
                          &order.reader, error))
        return false;
    if (order.reader == NULL || order.reader->state != SUBSCRIBER_CONFIRMED)
        return true;
    address(&order, letter, mail);
    return compose_fits(mail->slots) ? render_shared(&order, &mail->message, error)
                                     : render_alone(&order, mail, &mail->message, error);
}
