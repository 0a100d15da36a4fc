#include "gateway/intake/visitor.h"

#include "gateway/intake/author.h"
#include "gateway/mail/address.h"
#include "gateway/store/subscribers.h"

#include <string.h>

static bool find_subscriber(const struct taking *taking, struct visitor *visitor, GError **error)
{
    const struct subscriber *found = NULL;

    if (!subscribers_find(taking->intake->store, taking->arena, taking->page, visitor->address,
                          &found, error))
        return false;
    visitor->is_list = found != NULL && found->kind == SUBSCRIBER_LIST;
    if (found != NULL && !visitor->is_list &&
        (found->state == SUBSCRIBER_CONFIRMED || found->state == SUBSCRIBER_SUSPENDED))
        visitor->subscriber = found;
    return true;
}

static const struct subscribing *read_words(const struct taking *taking,
                                            const struct subscriber *subscriber, bool is_choosing)
{
    return grammar_read_subscriber(
        taking->intake->grammars, taking->arena,
        &(const struct subscribing_request){
            .mail = taking->mail,
            .page = taking->page,
            .extension = taking->keyed.kind == KEYED_WORD ? taking->keyed.word : "",
            .is_subscriber = is_choosing,
            .is_keyed = taking->keyed.kind == KEYED_CONFIRM,
            .time_zone = subscriber != NULL ? subscriber->time_zone : "",
            .now = taking->now,
        });
}

bool visitor_read(struct taking *taking, struct visitor *visitor, GError **error)
{
    struct visitor read = {
        .address = taking->mail->from->whole,
        .is_proven = author_is_proven(taking),
        .is_operator = taking->operator!= NULL && author_is_proven(taking),
    };

    if (!find_subscriber(taking, &read, error))
        return false;
    /* What an operator writes at the top of a mail is about an incident. */
    read.said = read_words(taking, read.subscriber, read.subscriber != NULL && !read.is_operator);
    *visitor = read;
    return true;
}

bool visitor_read_by_key(struct taking *taking, const char *address, bool is_choosing,
                         struct visitor *visitor, GError **error)
{
    struct visitor read = {.address = address, .is_proven = true};

    if (!find_subscriber(taking, &read, error))
        return false;
    read.said = read_words(taking, read.subscriber, is_choosing);
    *visitor = read;
    return true;
}

const char *visitor_source(const struct taking *taking, const struct visitor *visitor)
{
    const struct mail *mail = taking->mail;
    const char *client = taking->envelope->session.client_addr;
    const char *other = mail->from != NULL && !text_is_equal_any_case(text_of(mail->from->whole),
                                                                      text_of(visitor->address))
                            ? arena_format(taking->arena, ", written by %s", mail->from->whole)
                            : "";

    return arena_format(taking->arena, "<%s> from %s%s", mail->message_id,
                        client[0] != '\0'
                            ? text_clean_line(taking->arena, text_of(client), INTAKE_TEXT_MOST)
                            : "somewhere",
                        other);
}

struct joins_desk visitor_desk(const struct taking *taking)
{
    return (struct joins_desk){
        .store = taking->intake->store,
        .secret = taking->intake->secret,
        .page = taking->page,
        .now = taking->now,
    };
}

bool visitor_is_closed(const struct taking *taking, const struct visitor *visitor)
{
    return visitor->is_list || address_is_role(visitor->address) ||
           intake_find_page(taking->intake->settings, taking->intake->secret, visitor->address) !=
               NULL;
}
