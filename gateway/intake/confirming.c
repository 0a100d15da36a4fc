#include "gateway/intake/confirming.h"

#include "gateway/base/moment.h"
#include "gateway/intake/admission.h"
#include "gateway/intake/answer.h"
#include "gateway/intake/author.h"
#include "gateway/intake/choosing.h"
#include "gateway/intake/courtesy.h"
#include "gateway/intake/notice.h"
#include "gateway/intake/seen.h"

/* A reply, and what becomes of it. */
struct confirming {
    struct taking *taking;
    const struct confirm_key *key;
    struct visitor visitor;
    const char *event;
};

bool confirming_is_alive(const struct taking *taking)
{
    const struct confirm_key *key = taking->confirm_key;

    return key != NULL && !key->is_spent && key->expires_at > taking->now;
}

static bool spend(struct confirming *confirming, GError **error)
{
    return joins_spend_key(confirming->taking->intake->store, confirming->taking->key_hash,
                           confirming->taking->now, error);
}

/* Once for each key: whoever answers so again is a machine, or has read it. */
static bool explain(struct confirming *confirming, const char *problem, GError **error)
{
    static const char *const word[] = {"confirm"};
    static const char *const lines[] = {"preferences", "unsubscribe"};
    struct taking *taking = confirming->taking;
    const bool is_question = confirming->key->purpose != JOIN_PREFERENCES;
    const struct subscribing *said = confirming->visitor.said;
    struct notice_problem answer = {
        .problem = problem,
        .quoted = said->kind == SUBSCRIBING_QUESTION ? said->quoted : "",
        .suggestions = is_question ? word : lines,
        .suggestion_count = is_question ? G_N_ELEMENTS(word) : G_N_ELEMENTS(lines),
    };
    int64_t count;

    confirming->event = "confirm.unclear";
    if (said->kind == SUBSCRIBING_QUESTION && said->suggestion_count > 0) {
        answer.suggestions = said->suggestions;
        answer.suggestion_count = said->suggestion_count;
    }
    if (!courtesy_count(taking, "confirm unclear",
                        hex_write(taking->arena, taking->key_hash, sizeof taking->key_hash), DAY_MS,
                        &count, error))
        return false;
    return count > 1 || notice_commands(taking, &confirming->visitor, &answer, error);
}

static bool explain_question(struct confirming *confirming, GError **error)
{
    const struct subscribing *said = confirming->visitor.said;

    if (said->kind == SUBSCRIBING_QUESTION)
        return explain(confirming, said->problem, error);
    if (confirming->key->purpose == JOIN_PREFERENCES)
        return explain(confirming, "no line of your reply says what to change", error);
    return explain(confirming,
                   "nothing has changed: reply to the mail that asked you, and let the first word "
                   "be `confirm`",
                   error);
}

static bool subscribe(struct confirming *confirming, GError **error)
{
    struct taking *taking = confirming->taking;
    const char *problem = NULL;

    if (!admission_confirm(taking, &confirming->visitor,
                           wishes_read(taking->arena, confirming->key->wishes), &problem, error))
        return false;
    if (problem != NULL)
        return explain(confirming, problem, error);
    confirming->event = "subscriber.confirmed";
    return spend(confirming, error);
}

static bool leave(struct confirming *confirming, GError **error)
{
    confirming->event = "subscriber.unsubscribed";
    return admission_leave(confirming->taking, &confirming->visitor, error) &&
           spend(confirming, error);
}

static bool choose(struct confirming *confirming, const struct wishes *wishes, GError **error)
{
    confirming->event = "subscriber.changed";
    return choosing_apply(confirming->taking, &confirming->visitor, wishes, error);
}

/* Joining and leaving are agreed to by the address itself: what answers from elsewhere is a rule that
 * forwards, or somebody else's program (notes A41). */
static bool is_from_herself(const struct confirming *confirming)
{
    const struct mail_address *from = confirming->taking->mail->from;

    return from != NULL &&
           text_is_equal_any_case(text_of(from->whole), text_of(confirming->key->address));
}

static bool confirm(struct confirming *confirming, GError **error)
{
    const struct wishes *wishes;

    if (confirming->key->purpose != JOIN_PREFERENCES && !is_from_herself(confirming))
        return explain(confirming,
                       "nothing has changed: `confirm` came from another address than the one that "
                       "it is about; send it from this one",
                       error);
    switch (confirming->key->purpose) {
    case JOIN_SUBSCRIBE:
        return subscribe(confirming, error);
    case JOIN_UNSUBSCRIBE:
        return leave(confirming, error);
    case JOIN_PREFERENCES:
        wishes = wishes_read(confirming->taking->arena, confirming->key->wishes);
        return wishes_are_none(wishes) ? explain_question(confirming, error)
                                       : choose(confirming, wishes, error);
    }
    return error_set(error, TOCSIN_ERROR_BUG, "a key of no purpose");
}

/* Wishes count by the key of preferences alone: the others ask for one word. */
static bool wish(struct confirming *confirming, GError **error)
{
    if (confirming->key->purpose != JOIN_PREFERENCES)
        return explain_question(confirming, error);
    return choose(confirming, confirming->visitor.said->wishes, error);
}

static bool show(struct confirming *confirming, GError **error)
{
    if (confirming->visitor.subscriber == NULL)
        return explain_question(confirming, error);
    confirming->event = "subscriber.shown";
    return choosing_show(confirming->taking, &confirming->visitor, NULL, error);
}

static bool obey(struct confirming *confirming, GError **error)
{
    static const struct notice_problem none = {.problem = NULL};

    switch (confirming->visitor.said->kind) {
    case SUBSCRIBING_CONFIRM:
        return confirm(confirming, error);
    case SUBSCRIBING_UNSUBSCRIBE:
        return leave(confirming, error);
    case SUBSCRIBING_CHANGE:
    case SUBSCRIBING_SUBSCRIBE:
        return wish(confirming, error);
    case SUBSCRIBING_PREFERENCES:
        return show(confirming, error);
    case SUBSCRIBING_HELP:
        confirming->event = "mail.helped";
        return notice_commands(confirming->taking, &confirming->visitor, &none, error);
    case SUBSCRIBING_NOTHING:
    case SUBSCRIBING_QUESTION:
        return explain_question(confirming, error);
    }
    return error_set(error, TOCSIN_ERROR_BUG, "words of no kind");
}

/* Looks again, in the open transaction: two replies may come at once. */
static bool take_effect(struct confirming *confirming, GError **error)
{
    struct taking *taking = confirming->taking;

    if (!joins_find_key(taking->intake->store, taking->arena, taking->page, taking->key_hash,
                        &taking->confirm_key, error))
        return false;
    if (confirming_is_alive(taking))
        return obey(confirming, error);
    confirming->event = "confirm.over";
    return true;
}

static bool commit_effect(struct confirming *confirming, GError **error)
{
    struct store *store = confirming->taking->intake->store;
    bool is_new = false;

    return store_begin(store, error) && seen_note(confirming->taking, &is_new, error) &&
           (!is_new || take_effect(confirming, error)) && store_commit(store, error);
}

/* Whom else the mail proves is told; what she wrote is never published (it was meant for us alone). */
static bool tell_over(struct taking *taking, GError **error)
{
    struct store *store = taking->intake->store;
    bool is_new = false;

    return store_begin(store, error) && seen_note(taking, &is_new, error) &&
           (!is_new ||
            answer_problem(taking,
                           "the address that you replied to is no longer good: ask again, "
                           "with `subscribe`, `preferences` or `unsubscribe`",
                           NULL, 0, error)) &&
           store_commit(store, error);
}

static struct intake_verdict refuse(struct taking *taking)
{
    g_autoptr(GError) error = NULL;

    if (taking->operator== NULL || !author_is_proven(taking) || taking->automatic != MAIL_BY_PERSON)
        return author_refuse_key(taking);
    return tell_over(taking, &error) ? taking_taken(taking, "confirm.over")
                                     : taking_failed(taking, error);
}

struct intake_verdict confirming_take(struct taking *taking)
{
    struct confirming confirming = {
        .taking = taking, .key = taking->confirm_key, .event = "mail.seen"};
    g_autoptr(GError) error = NULL;

    if (!confirming_is_alive(taking))
        return refuse(taking);
    if (taking->automatic != MAIL_BY_PERSON)
        return taking_taken(taking, "mail.automatic");
    if (!visitor_read_by_key(taking, confirming.key->address,
                             confirming.key->purpose == JOIN_PREFERENCES, &confirming.visitor,
                             &error))
        return taking_failed(taking, error);
    /* Who has left has no preferences; what has become a list is for operators alone. */
    if (confirming.visitor.is_list ||
        (confirming.key->purpose == JOIN_PREFERENCES && confirming.visitor.subscriber == NULL))
        return refuse(taking);
    if (!commit_effect(&confirming, &error))
        return taking_failed(taking, error);
    return taking_taken(taking, confirming.event);
}
