#include "gateway/intake/obeying.h"

#include "gateway/base/moment.h"
#include "gateway/intake/admission.h"
#include "gateway/intake/answer.h"
#include "gateway/intake/author.h"
#include "gateway/intake/choosing.h"
#include "gateway/intake/courtesy.h"
#include "gateway/intake/exposure.h"
#include "gateway/intake/notice.h"
#include "gateway/intake/seen.h"
#include "gateway/store/subscribers.h"

/* In the open transaction; *event says what became of it. */
typedef bool obey_word(struct taking *taking, const struct visitor *visitor, const char **event,
                       GError **error);

static bool unsubscribe(struct taking *taking, const struct visitor *visitor, const char **event,
                        GError **error)
{
    if (!visitor->is_proven || visitor->is_list)
        return admission_ask_to_leave(taking, visitor, event, error);
    *event = "subscriber.unsubscribed";
    return admission_leave(taking, visitor, error);
}

/* Strangers are told nothing: they have no preferences. */
static bool show(struct taking *taking, const struct visitor *visitor, const char **event,
                 GError **error)
{
    *event = "mail.word";
    if (visitor->subscriber != NULL)
        return choosing_show(taking, visitor, NULL, error);
    if (!visitor->is_operator)
        return true;
    return answer_problem(
        taking,
        "you are no subscriber of this page: you hear of everything as one of its "
        "operators",
        "subscribe", 0, error);
}

static bool change(struct taking *taking, const struct visitor *visitor, const char **event,
                   GError **error)
{
    *event = visitor->is_proven ? "subscriber.changed" : "subscriber.shown";
    return visitor->is_proven ? choosing_apply(taking, visitor, visitor->said->wishes, error)
                              : choosing_show(taking, visitor, visitor->said->wishes, error);
}

/* Anybody can write in a stranger's name: he gets few letters a day, and a network few an hour for all
 * its strangers (security A38). */
static bool may_tell(const struct taking *taking, const struct visitor *visitor, bool *may,
                     GError **error)
{
    const struct joins_limits *limits = &taking->intake->settings->joins;
    int64_t of_address;
    int64_t of_client;

    *may = !visitor_is_closed(taking, visitor);
    if (!*may || visitor->subscriber != NULL || visitor->is_proven)
        return true;
    if (!courtesy_count(taking, "stranger", visitor->address, DAY_MS, &of_address, error) ||
        !courtesy_count(taking, "stranger client", taking->envelope->session.client_addr, HOUR_MS,
                        &of_client, error))
        return false;
    *may = of_address <= limits->per_day && of_client <= limits->per_network;
    return true;
}

static bool tell(struct taking *taking, const struct visitor *visitor,
                 const struct notice_problem *problem, GError **error)
{
    bool may = false;

    if (!may_tell(taking, visitor, &may, error))
        return false;
    return !may || notice_commands(taking, visitor, problem, error);
}

static bool help(struct taking *taking, const struct visitor *visitor, const char **event,
                 GError **error)
{
    static const struct notice_problem none = {.problem = NULL};

    *event = "mail.helped";
    if (visitor->is_operator)
        return answer_help(taking, error);
    return tell(taking, visitor, &none, error);
}

static bool explain_confirm(struct taking *taking, const struct visitor *visitor,
                            const char **event, GError **error)
{
    static const struct notice_problem no_key = {
        .problem = "`confirm` is for replies to a mail that asks for it: send it to that mail's "
                   "Reply-To",
        .quoted = "",
    };

    *event = "mail.asked";
    return tell(taking, visitor, &no_key, error);
}

static bool explain(struct taking *taking, const struct visitor *visitor, const char **event,
                    GError **error)
{
    const struct subscribing *said = visitor->said;
    const struct notice_problem problem = {said->problem, said->quoted, said->suggestions,
                                           said->suggestion_count};
    bool may = false;

    *event = "mail.asked";
    if (!subscribers_note_answer(taking->intake->store, visitor->subscriber->id, taking->now, &may,
                                 error))
        return false;
    return !may || notice_commands(taking, visitor, &problem, error);
}

/* NULL: it is no word, or none for her. */
static obey_word *find_word(const struct visitor *visitor)
{
    switch (visitor->said->kind) {
    case SUBSCRIBING_SUBSCRIBE:
        return admission_ask;
    case SUBSCRIBING_UNSUBSCRIBE:
        return unsubscribe;
    case SUBSCRIBING_PREFERENCES:
        return show;
    case SUBSCRIBING_HELP:
        return help;
    case SUBSCRIBING_CONFIRM: /* an operator's publishes what waits, or is asked about */
        return visitor->is_operator ? NULL : explain_confirm;
    case SUBSCRIBING_CHANGE:
        return visitor->subscriber != NULL && !visitor->is_operator ? change : NULL;
    case SUBSCRIBING_QUESTION:
        return visitor->subscriber != NULL && !visitor->is_operator ? explain : NULL;
    case SUBSCRIBING_NOTHING:
        return NULL;
    }
    return NULL;
}

static bool commit_word(struct taking *taking, const struct visitor *visitor, obey_word *obey,
                        const char **event, GError **error)
{
    struct store *store = taking->intake->store;
    bool is_new = false;

    *event = "mail.seen";
    return store_begin(store, error) && seen_note(taking, &is_new, error) &&
           (!is_new || (obey(taking, visitor, event, error) && exposure_settle(taking, error))) &&
           store_commit(store, error);
}

static struct intake_verdict take_word(struct taking *taking, const struct visitor *visitor,
                                       obey_word *obey)
{
    g_autoptr(GError) error = NULL;
    const char *event;
    bool was_seen = false;

    if (visitor->is_proven && !seen_has_proof(taking, &was_seen, &error))
        return taking_failed(taking, error);
    if (was_seen)
        return taking_taken(taking, "mail.replayed");
    if (!commit_word(taking, visitor, obey, &event, &error))
        return taking_failed(taking, error);
    return taking_taken(taking, event);
}

/* By a key, only who is proven otherwise is heard; and a From that is no address has no answer. */
static bool may_speak(struct taking *taking)
{
    if (taking->automatic != MAIL_BY_PERSON || taking->mail->from == NULL)
        return false;
    switch (taking->keyed.kind) {
    case KEYED_NONE:
    case KEYED_WORD:
    case KEYED_UNKNOWN:
        return true;
    case KEYED_BOUNCE:
    case KEYED_LETTER:
    case KEYED_UNSUBSCRIBE:
    case KEYED_CONFIRM:
    case KEYED_REPLY:
    case KEYED_WRONG:
        return taking->operator!= NULL && author_is_proven(taking);
    }
    return false;
}

/* What is wrong with the command of somebody who gets no letter about it; NULL: nothing. */
static const char *find_problem(const struct taking *taking, const struct visitor *visitor)
{
    if (visitor->said->kind == SUBSCRIBING_SUBSCRIBE)
        return admission_check(taking, visitor->said->wishes);
    if (visitor->said->kind == SUBSCRIBING_QUESTION && visitor->subscriber == NULL &&
        !visitor->is_operator)
        return visitor->said->problem;
    return NULL;
}

bool obeying_fits(struct taking *taking, struct intake_verdict *verdict)
{
    g_autoptr(GError) error = NULL;
    struct visitor visitor;
    const char *problem;
    obey_word *obey;

    if (!may_speak(taking))
        return false;
    if (!visitor_read(taking, &visitor, &error)) {
        *verdict = taking_failed(taking, error);
        return true;
    }
    problem = find_problem(taking, &visitor);
    obey = find_word(&visitor);
    if (problem != NULL)
        *verdict = taking_refused(taking, TOCSIN_ERROR_DENIED, "mail.refused", "%s", problem);
    else if (obey != NULL)
        *verdict = take_word(taking, &visitor, obey);
    return problem != NULL || obey != NULL;
}
