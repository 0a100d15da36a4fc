#include "gateway/intake/addressed.h"

#include <string.h>

/* Of two addresses of ours the one that says more counts. */
static int weigh(enum keyed_kind kind)
{
    switch (kind) {
    case KEYED_REPLY:
    case KEYED_CONFIRM:
    case KEYED_BOUNCE:
    case KEYED_LETTER:
    case KEYED_UNSUBSCRIBE:
        return 4;
    case KEYED_WRONG:
        return 3;
    case KEYED_WORD:
        return 2;
    case KEYED_UNKNOWN:
        return 1;
    case KEYED_NONE:
        return 0;
    }
    return 0;
}

static const char *read_extension(struct arena *arena, const char *address)
{
    const struct text text = text_of(address);
    const ptrdiff_t at = text_find_byte(text, '@');
    const ptrdiff_t plus = text_find_byte(text, '+');
    const struct text local = text_first(text, at < 0 ? text.size : (size_t)at);

    if (plus < 0 || (size_t)plus >= local.size)
        return "";
    return text_clean_line(arena, text_skip(local, (size_t)plus + 1), 64);
}

static void read_one(struct taking *taking, const struct page *page, const char *recipient)
{
    struct keyed keyed;

    if (taking->page != NULL && taking->page != page)
        return; /* one page a mail: the first */
    if (!keyed_read(taking->intake->secret, page, text_of(recipient), &keyed))
        return;
    if (taking->page != NULL && weigh(keyed.kind) <= weigh(taking->keyed.kind))
        return;
    taking->page = page;
    taking->keyed = keyed;
    taking->extension = read_extension(taking->arena, recipient);
}

bool addressed_read(struct taking *taking)
{
    const struct intake_settings *settings = taking->intake->settings;
    const struct envelope *envelope = taking->envelope;

    for (size_t i = 0; i < envelope->recipient_count; i++)
        for (size_t j = 0; j < settings->page_count; j++)
            read_one(taking, settings->pages[j], envelope->recipients[i]);
    return taking->page != NULL;
}

bool addressed_find_key(struct taking *taking, GError **error)
{
    const struct intake *intake = taking->intake;
    const struct mail_address *from = taking->mail->from;

    if (taking->keyed.kind != KEYED_REPLY && taking->keyed.kind != KEYED_CONFIRM)
        return true;
    keyed_hash(intake->secret, taking->keyed.key, taking->key_hash);
    if (taking->keyed.kind == KEYED_CONFIRM)
        return joins_find_key(intake->store, taking->arena, taking->page, taking->key_hash,
                              &taking->confirm_key, error);
    if (!keys_find_reply(intake->store, taking->arena, taking->page, taking->key_hash, &taking->key,
                         error))
        return false;
    taking->is_key_good =
        taking->key != NULL && !taking->key->is_spent && taking->key->expires_at > taking->now &&
        from != NULL &&
        text_is_equal_any_case(text_of(from->whole), text_of(taking->key->operator_address));
    return true;
}
