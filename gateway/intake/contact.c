#include "gateway/intake/contact.h"

#include "gateway/base/moment.h"
#include "gateway/incident/keyed.h"
#include "gateway/intake/courtesy.h"
#include "gateway/intake/notice.h"
#include "gateway/intake/seen.h"
#include "gateway/store/subscribers.h"

/* From can be invented: so many writers' worth of mail an hour a page passes on in all. */
#define WRITERS_MOST 20

static bool is_reply(const struct taking *taking)
{
    const struct mail *mail = taking->mail;

    for (size_t i = 0; i < mail->reference_count; i++)
        if (keyed_read_id(taking->intake->secret, taking->page, text_of(mail->references[i]))
                .kind != KEYED_ID_FOREIGN)
            return true;
    return false;
}

static bool is_subscriber(const struct taking *taking, bool *is, GError **error)
{
    const struct subscriber *found = NULL;

    if (!subscribers_find(taking->intake->store, taking->arena, taking->page,
                          taking->mail->from->whole, &found, error))
        return false;
    *is = found != NULL &&
          (found->state == SUBSCRIBER_CONFIRMED || found->state == SUBSCRIBER_SUSPENDED);
    return true;
}

static bool may_forward(const struct taking *taking, bool *may, GError **error)
{
    const int64_t most = taking->intake->settings->contact_limit;
    int64_t of_writer;
    int64_t of_page;

    if (!courtesy_count(taking, "contact", taking->mail->from->whole, HOUR_MS, &of_writer, error) ||
        !courtesy_count(taking, "contact page", taking->page->id, HOUR_MS, &of_page, error))
        return false;
    *may = of_writer <= most && of_page <= most * WRITERS_MOST;
    return true;
}

/* *was_over: too many within this hour; they are counted, and nothing else is kept. */
static bool forward(struct taking *taking, bool *was_over, GError **error)
{
    struct store *store = taking->intake->store;
    bool is_new = false;
    bool may = false;

    if (!store_begin(store, error) || !may_forward(taking, &may, error))
        return false;
    *was_over = !may;
    return (!may ||
            (seen_note(taking, &is_new, error) && (!is_new || notice_forward(taking, error)))) &&
           store_commit(store, error);
}

static struct intake_verdict take(struct taking *taking)
{
    g_autoptr(GError) error = NULL;
    struct intake_verdict verdict;
    bool was_over = false;

    if (taking->page->contact[0] == '\0')
        return taking_refused(taking, TOCSIN_ERROR_DENIED, "mail.refused",
                              "nobody reads what is written to %s; it understands subscribe, "
                              "unsubscribe, preferences and help",
                              taking->page->address);
    if (!forward(taking, &was_over, &error))
        return taking_failed(taking, error);
    if (!was_over)
        return taking_taken(taking, "mail.forwarded");
    verdict = taking_refused(taking, TOCSIN_ERROR_BUSY, "mail.crowded",
                             "too much mail for the people behind %s within this hour; this one is "
                             "tried again later",
                             taking->page->address);
    verdict.enhanced = "4.7.1";
    verdict.is_whole = false;
    return verdict;
}

bool contact_fits(struct taking *taking, struct intake_verdict *verdict)
{
    g_autoptr(GError) error = NULL;
    bool is = false;

    /* An operator whose proof fails must hear of it; a key that is not good is refused as such. */
    if (taking->automatic != MAIL_BY_PERSON || taking->mail->from == NULL || taking->is_listed ||
        (taking->keyed.kind != KEYED_NONE && taking->keyed.kind != KEYED_UNKNOWN))
        return false;
    if (!is_subscriber(taking, &is, &error)) {
        *verdict = taking_failed(taking, error);
        return true;
    }
    if (!is && !is_reply(taking))
        return false;
    *verdict = take(taking);
    return true;
}
