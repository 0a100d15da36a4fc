#include "gateway/intake/holding.h"

#include "gateway/intake/answer.h"
#include "gateway/intake/exposure.h"
#include "gateway/intake/seen.h"

#include <string.h>

bool held_ask(struct taking *taking, int64_t incident_id, const char *reason, bool *was_asked,
              GError **error)
{
    struct held held = {
        .operator_address = taking->operator->address,
        .incident_id = incident_id,
        .mail = taking->mail->raw,
        .proofs = proof_write(taking->arena, taking->trust.proofs),
        .reason = reason,
        .created_at = taking->now,
        .expires_at = taking->now + taking->intake->settings->held_ms,
    };

    return intakes_hold(taking->intake->store, taking->page, &held, error) &&
           answer_held(taking, &held, was_asked, error);
}

static bool is_word(const char *word, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

static bool is_publishing(const char *word)
{
    static const char *const words[] = {"publish", "confirm", "yes", NULL};

    return is_word(word, words);
}

static bool is_dropping(const char *word)
{
    static const char *const words[] = {"no", "drop", "cancel", "discard", NULL};

    return is_word(word, words);
}

static bool has_ended(const struct taking *taking, const struct held *held)
{
    return held == NULL || held->is_ended || held->expires_at <= taking->now;
}

static enum held_reply reply_of(const struct taking *taking, const struct held *held)
{
    const char *word = grammar_first_word(taking->arena, taking->mail);

    if (taking->automatic != MAIL_BY_PERSON)
        return HELD_IGNORE;
    if (has_ended(taking, held))
        return HELD_OVER;
    if (is_publishing(word))
        return HELD_PUBLISH;
    return is_dropping(word) ? HELD_DROP : HELD_UNCLEAR;
}

bool held_read_reply(struct taking *taking, enum held_reply *reply, const struct held **held,
                     const struct mail **mail, GError **error)
{
    *reply = HELD_NO_REPLY;
    if (!taking->is_key_good || taking->key->held_id == 0)
        return true;
    if (!intakes_find_held(taking->intake->store, taking->arena, taking->page, taking->key->held_id,
                           held, error))
        return false;
    *reply = reply_of(taking, *held);
    if (*reply == HELD_PUBLISH)
        *mail = mail_parse(taking->arena, (*held)->mail, &taking->intake->settings->mail, error);
    return *reply != HELD_PUBLISH || *mail != NULL;
}

bool held_waits(struct taking *taking, int64_t id, bool *waits, GError **error)
{
    const struct held *held;

    if (!intakes_find_held(taking->intake->store, taking->arena, taking->page, id, &held, error))
        return false;
    *waits = !has_ended(taking, held);
    return true;
}

static bool answer_reply(struct taking *taking, enum held_reply reply, const struct held *held,
                         GError **error)
{
    static const char *const suggestions[] = {"publish", "no"};
    struct question question = {.quoted = "", .problem = ""};

    if (reply == HELD_DROP) {
        question.problem = "what waited for your word is dropped; nobody was told";
    } else if (reply == HELD_UNCLEAR) {
        question.problem = "what waits is still not published: the first word of a reply to this "
                           "question says whether it shall be";
        question.suggestions = suggestions;
        question.suggestion_count = G_N_ELEMENTS(suggestions);
    } else {
        question.problem = held != NULL && held->is_ended
                               ? "what waited here was published or dropped before; this reply "
                                 "changed nothing"
                               : "what waited here was not published: its time is over. Send it "
                                 "again";
    }
    return answer_question(taking, &question, held != NULL ? held->incident_id : 0, error);
}

static bool settle(struct taking *taking, enum held_reply reply, const struct held *held,
                   GError **error)
{
    struct store *store = taking->intake->store;
    bool is_new;

    return store_begin(store, error) && seen_note(taking, &is_new, error) &&
           (!is_new ||
            (answer_reply(taking, reply, held, error) &&
             (reply != HELD_DROP || intakes_end_held(store, held->id, taking->now, error)) &&
             exposure_settle(taking, error))) &&
           store_commit(store, error);
}

struct intake_verdict held_settle(struct taking *taking, enum held_reply reply,
                                  const struct held *held)
{
    g_autoptr(GError) error = NULL;

    if (!settle(taking, reply, held, &error))
        return taking_failed(taking, error);
    if (reply == HELD_DROP)
        return taking_taken(taking, "held.dropped");
    return taking_taken(taking, reply == HELD_OVER ? "held.over" : "held.unclear");
}

bool held_is_stray_word(const struct taking *taking)
{
    const char *word = grammar_first_word(taking->arena, taking->mail);

    return is_publishing(word) && strlen(taking->mail->text) <= strlen(word) + 2 &&
           (taking->mail->reference_count > 0 || taking->key != NULL);
}
