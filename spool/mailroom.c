#include "spool/mailroom.h"

#include "gateway/base/error.h"
#include "gateway/incident/keyed.h"
#include "gateway/store/incidents.h"
#include "gateway/store/subscribers.h"
#include "spool/digest_mail.h"

#include <inttypes.h>
#include <string.h>

#define ARENA_BYTES   ((size_t)40 * 1024 * 1024) /* compose asks for 32 MiB */
#define RENDERED_MOST 32
#define HEARERS_MOST  10000 /* an answer then says "at least" */

struct rendered {
    struct arena *arena;
    const struct message *message;
};

struct mailroom {
    struct mailroom_settings settings;
    GHashTable *rendered; /* key -> struct rendered */
    struct arena *story_arena;
    int64_t notification_id; /* of story and rendered; 0: none */
    struct story story;
    struct arena *item_arena; /* of the mail written last */
    struct digest_mail *digests;
};

static void free_rendered(gpointer data)
{
    struct rendered *rendered = data;

    arena_close(rendered->arena);
    g_free(rendered);
}

struct mailroom *mailroom_open(const struct mailroom_settings *settings)
{
    struct mailroom *mailroom = g_new0(struct mailroom, 1);

    mailroom->settings = *settings;
    mailroom->digests = digest_mail_open(settings);
    mailroom->rendered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_rendered);
    return mailroom;
}

void mailroom_close(struct mailroom *mailroom)
{
    if (mailroom == NULL)
        return;
    digest_mail_close(mailroom->digests);
    g_hash_table_unref(mailroom->rendered);
    arena_close(mailroom->story_arena);
    arena_close(mailroom->item_arena);
    g_free(mailroom);
}

static const struct page *find_page(const struct mailroom *mailroom, const char *page_id)
{
    for (size_t i = 0; i < mailroom->settings.page_count; i++)
        if (strcmp(mailroom->settings.pages[i]->id, page_id) == 0)
            return mailroom->settings.pages[i];
    return NULL;
}

/* The story of the claim's notification; with another one, what was rendered before is dropped. */
static bool set_story(struct mailroom *mailroom, const struct claim *claim, GError **error)
{
    if (mailroom->notification_id == claim->notification_id)
        return true;
    g_hash_table_remove_all(mailroom->rendered);
    arena_close(mailroom->story_arena);
    mailroom->notification_id = 0;
    mailroom->story_arena = arena_open(ARENA_BYTES);
    if (!incidents_story(mailroom->settings.store, mailroom->story_arena, claim->page,
                         claim->notification_id, &mailroom->story, error))
        return false;
    mailroom->notification_id = claim->notification_id;
    return true;
}

static void set_first_missed(struct story *story, int64_t update_id)
{
    size_t first = 0;

    while (first + 1 < story->update_count && story->updates[first].id < update_id)
        first++;
    story->first_missed = first;
}

static const struct message *render_new(struct mailroom *mailroom, const struct story *story,
                                        const struct audience *audience, char *key, GError **error)
{
    struct rendered *rendered = g_new0(struct rendered, 1);

    rendered->arena = arena_open(ARENA_BYTES);
    rendered->message =
        compose_notification(mailroom->settings.compose, rendered->arena, story, audience, error);
    if (rendered->message == NULL) {
        free_rendered(rendered);
        g_free(key);
        return NULL;
    }
    if (g_hash_table_size(mailroom->rendered) >= RENDERED_MOST)
        g_hash_table_remove_all(mailroom->rendered);
    g_hash_table_insert(mailroom->rendered, key, rendered);
    return rendered->message;
}

static const struct message *render_shared(struct mailroom *mailroom, const struct story *story,
                                           const struct audience *audience, GError **error)
{
    char *key = g_strdup_printf("%d %d %zu %s %s", audience->kind, audience->format,
                                story->first_missed, audience->language, audience->time_zone);
    const struct rendered *rendered = g_hash_table_lookup(mailroom->rendered, key);

    if (rendered == NULL)
        return render_new(mailroom, story, audience, key, error);
    g_free(key);
    return rendered->message;
}

static bool write_notification(struct mailroom *mailroom, const struct claim *claim,
                               const struct claim_item *item, struct relay_mail *mail,
                               GError **error)
{
    const struct secret *secret = mailroom->settings.secret;
    const struct subscriber *to = item->subscriber;
    struct arena *arena = mailroom->item_arena;
    struct audience audience = {to->kind, to->format, to->language, to->time_zone, NULL};

    if (!set_story(mailroom, claim, error))
        return false;

    struct story story = mailroom->story;
    set_first_missed(&story, item->first_missed_id);
    mail->recipient = to->address;
    mail->return_path =
        keyed_write_bounce(arena, secret, claim->page, item->id, claim->notification_id);
    mail->slots[SLOT_TO] = to->address;
    mail->slots[SLOT_MESSAGE_ID] =
        keyed_write_notification_id(arena, secret, claim->page, claim->notification_id, item->id);
    mail->slots[SLOT_UNSUBSCRIBE] = keyed_write_unsubscribe(arena, secret, claim->page, item->id);
    if (compose_fits(mail->slots)) {
        mail->message = render_shared(mailroom, &story, &audience, error);
        return mail->message != NULL;
    }
    audience.values = mail->slots;
    mail->message =
        compose_notification(mailroom->settings.compose, arena, &story, &audience, error);
    return mail->message != NULL;
}

/* The story of an incident without a notification: a silent change, a question. */
static bool tell_incident(struct mailroom *mailroom, const struct page *page,
                          const struct letter *letter, struct story *story, GError **error)
{
    struct store *store = mailroom->settings.store;
    struct arena *arena = mailroom->item_arena;

    *story = (struct story){.page = page, .made_at = letter->created_at};
    if (!incidents_load(store, arena, page, letter->incident_id, &story->incident, error) ||
        !incidents_updates(store, arena, letter->incident_id, UPDATE_PUBLIC, &story->updates,
                           &story->update_count, error))
        return false;
    story->first_missed = story->update_count == 0 ? 0 : story->update_count - 1;
    return true;
}

static bool find_story(struct mailroom *mailroom, const struct claim_item *item,
                       struct letter_facts *facts, struct story *story, GError **error)
{
    const struct letter *letter = item->letter;

    if (letter->incident_id == 0)
        return true;
    if (letter->notification_id != 0
            ? !incidents_story(mailroom->settings.store, mailroom->item_arena, facts->page,
                               letter->notification_id, story, error)
            : !tell_incident(mailroom, facts->page, letter, story, error))
        return false;
    if (letter->kind == LETTER_COPY)
        set_first_missed(story, item->first_missed_id);
    if (story->incident != NULL && story->update_count > 0)
        facts->story = story;
    return true;
}

static bool find_note(struct mailroom *mailroom, const struct letter *letter,
                      struct letter_facts *facts, GError **error)
{
    const struct update *notes = NULL;
    size_t count = 0;

    if (letter->kind != LETTER_NOTE)
        return true;
    if (!incidents_updates(mailroom->settings.store, mailroom->item_arena, letter->incident_id,
                           UPDATE_NOTE, &notes, &count, error))
        return false;
    for (size_t i = 0; i < count; i++)
        if (notes[i].id == letter->update_id)
            facts->note = &notes[i];
    return facts->note != NULL ||
           error_set(error, TOCSIN_ERROR_BUG, "letter %" PRId64 ": its note is gone", letter->id);
}

static bool count_hearers(struct mailroom *mailroom, const struct letter *letter,
                          struct letter_facts *facts, GError **error)
{
    size_t count = 0;

    facts->hearers = -1;
    if (letter->notification_id == 0 || facts->story == NULL)
        return true;
    if (!subscribers_count_for(mailroom->settings.store, facts->page, facts->story->incident,
                               HEARERS_MOST, &count, error))
        return false;
    facts->hearers = (int64_t)count;
    facts->is_hearers_least = count >= HEARERS_MOST;
    return true;
}

/* Copies, drafts and forwards may bounce without harm, and what goes to a subscriber is to: it counts. An
 * answer to a forged author must not (RFC 3834 section 3.3). */
static bool has_return_path(enum letter_kind kind)
{
    static const enum letter_kind kinds[] = {LETTER_COPY,     LETTER_NOTE,   LETTER_TROUBLE,
                                             LETTER_FORWARD,  LETTER_DIGEST, LETTER_PROBE,
                                             LETTER_RESTORED, LETTER_DRAFT};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (kinds[i] == kind)
            return true;
    return false;
}

static bool write_letter(struct mailroom *mailroom, const struct claim_item *item,
                         struct relay_mail *mail, GError **error)
{
    const struct letter *letter = item->letter;
    const struct page *page = find_page(mailroom, letter->page_id);
    struct arena *arena = mailroom->item_arena;
    struct story story;
    struct letter_facts facts = {
        .page = page,
        .reply_to = item->reply_to[0] == '\0' ? page->address : item->reply_to,
    };

    if (letter->kind == LETTER_DIGEST)
        return digest_mail_write(mailroom->digests, arena, page, letter, mail, error);
    if (!find_story(mailroom, item, &facts, &story, error) ||
        !find_note(mailroom, letter, &facts, error) ||
        !count_hearers(mailroom, letter, &facts, error))
        return false;
    mail->recipient = letter->address;
    mail->return_path = has_return_path(letter->kind)
                            ? keyed_write_letter(arena, mailroom->settings.secret, page, letter->id)
                            : "";
    mail->message = compose_letter(mailroom->settings.compose, arena, letter, &facts, error);
    return mail->message != NULL;
}

bool mailroom_write(struct mailroom *mailroom, const struct claim *claim, size_t item,
                    struct relay_mail *mail, GError **error)
{
    arena_close(mailroom->item_arena);
    mailroom->item_arena = arena_open(ARENA_BYTES);
    *mail = (struct relay_mail){0};
    return claim->kind == CLAIM_LETTERS
               ? write_letter(mailroom, &claim->items[item], mail, error)
               : write_notification(mailroom, claim, &claim->items[item], mail, error);
}
