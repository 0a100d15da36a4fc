#include "gateway/intake/act.h"

#include "gateway/intake/answer.h"
#include "gateway/intake/drafting.h"
#include "gateway/intake/exposure.h"
#include "gateway/intake/holding.h"
#include "gateway/intake/noticing.h"
#include "gateway/intake/pagers.h"
#include "gateway/intake/seen.h"
#include "gateway/intake/topic.h"
#include "gateway/store/intakes.h"
#include "gateway/store/letters.h"

/* Which mail acts: the one that came, or a held one that it completes. */
struct act {
    struct taking *taking;
    const struct mail *mail;
    const struct held *held; /* NULL: the mail itself */
    const char *proofs;
    const struct reading *reading;
    enum naming naming; /* what it says of a monitor */
    struct monitored monitored;
    struct naming_notice notice;
    struct drafting drafting;
    int64_t incident_id;   /* what the mail is about; 0: none */
    const char *event;     /* what became of it */
    const char *public_id; /* of the incident changed, "" when none */
    const char *monitor;   /* that is spoken for, "" when none */
    bool was_crowded;      /* its author was asked too often: nothing is kept */
};

static struct actor actor_of(const struct act *act)
{
    const struct taking *taking = act->taking;

    return (struct actor){.role = ACTOR_OPERATOR,
                          .by = taking->operator->address,
                          .proofs = act->proofs,
                          .client = taking->envelope->session.client_addr,
                          .message_id = act->mail->message_id,
                          .operator= taking->operator, };
}

/* Nothing that carries a key of ours is published (notes A27). */
static struct command redacted(const struct act *act)
{
    struct arena *arena = act->taking->arena;
    const struct page *page = act->taking->page;
    struct command command = *act->reading->command;

    command.actor = actor_of(act);
    command.message = keyed_redact(arena, page, command.message);
    command.note = keyed_redact(arena, page, command.note);
    if (command.title != NULL)
        command.title = keyed_redact(arena, page, command.title);
    return command;
}

static bool is_for_author(const GError *error)
{
    return error->domain == TOCSIN_ERROR &&
           (error->code == TOCSIN_ERROR_INPUT || error->code == TOCSIN_ERROR_DENIED ||
            error->code == TOCSIN_ERROR_MISSING || error->code == TOCSIN_ERROR_LIMIT);
}

static bool tell(struct act *act, const struct decision *decision, bool is_preview, GError **error)
{
    struct taking *taking = act->taking;
    const struct intake_settings *settings = taking->intake->settings;

    if (is_preview) {
        act->event = "mail.previewed";
        return answer_preview(taking, act->mail, act->reading, decision, error);
    }
    taking->decision = decision;
    act->event = taking_event_of(decision);
    act->public_id = decision->incident->public_id;
    return answer_change(taking, act->mail, act->reading, decision, error) &&
           letters_add_copies(taking->intake->store, taking->page, settings->operators,
                              settings->operator_count, decision, taking->operator->address,
                              taking->now, error);
}

static bool change(struct act *act, GError **error)
{
    struct taking *taking = act->taking;
    const struct command command = redacted(act);
    g_autoptr(GError) refusal = NULL;
    const struct decision *decision = store_change(taking->intake->store, taking->arena,
                                                   taking->page, &command, taking->now, &refusal);

    if (decision != NULL)
        return tell(act, decision, command.is_preview, error);
    if (!is_for_author(refusal)) {
        g_propagate_error(error, g_steal_pointer(&refusal));
        return false;
    }
    act->event = "mail.asked";
    return answer_problem(taking, arena_string(taking->arena, refusal->message), NULL,
                          command.incident_id, error);
}

static bool understood_nothing(struct act *act, GError **error)
{
    act->event = "mail.not_understood";
    return answer_problem(act->taking, "nothing in this mail says what to do",
                          "a new mail opens an incident: its subject is the title, its text the "
                          "first update",
                          act->incident_id, error);
}

/* She speaks for a monitor: its policy decides. */
static bool report(struct act *act, GError **error)
{
    const char *address = act->taking->operator->address;
    const struct reporting_source source = {act->proofs, address, true};
    struct reporting_outcome outcome;

    if (!reporting_do(act->taking, &act->monitored, &source, &outcome, error))
        return false;
    act->event = outcome.event;
    act->monitor = act->monitored.monitor->name;
    if (outcome.decision != NULL)
        act->public_id = outcome.decision->incident->public_id;
    return act->monitored.alert_count == 0 ||
           answer_heard(act->taking, act->mail, &act->monitored, &outcome, error);
}

static bool answer_draft(struct act *act, GError **error)
{
    const struct actor actor = actor_of(act);
    struct drafting_end end;

    if (!drafting_do(act->taking, &act->drafting, &actor, &end, error))
        return false;
    act->event = end.event;
    if (end.decision != NULL)
        act->public_id = end.decision->incident->public_id;
    return true;
}

static bool obey(struct act *act, GError **error)
{
    switch (act->reading->command->kind) {
    case COMMAND_OPEN:
    case COMMAND_UPDATE:
    case COMMAND_MAINTAIN:
        return change(act, error);
    case COMMAND_HELP:
        act->event = "mail.helped";
        return answer_help(act->taking, error);
    case COMMAND_IGNORE:
        act->event = "mail.ignored";
        return true;
    case COMMAND_ALERT:
    case COMMAND_CLEAR:
    case COMMAND_ACKNOWLEDGE:
    case COMMAND_POSTMORTEM:
    case COMMAND_SUBSCRIBE:
    case COMMAND_UNSUBSCRIBE:
    case COMMAND_CONFIRM:
    case COMMAND_PREFERENCES:
        return understood_nothing(act, error); /* an operator's grammar makes none of these */
    }
    return error_set(error, TOCSIN_ERROR_BUG, "a reading holds no command");
}

static bool answer(struct act *act, GError **error)
{
    if (act->drafting.word != DRAFTING_NO_REPLY)
        return answer_draft(act, error);
    switch (act->naming) {
    case NAMING_ALERT:
        return report(act, error);
    case NAMING_NOTICE:
        return noticing_ask(act->taking, act->mail, &act->notice, &act->event, error);
    case NAMING_NOTHING:
        break;
    }
    if (act->held == NULL && held_is_stray_word(act->taking)) {
        act->event = "mail.asked";
        return answer_problem(act->taking,
                              "nothing waits for this word here: reply to the mail that asked, to "
                              "its Reply-To",
                              NULL, act->incident_id, error);
    }
    switch (act->reading->kind) {
    case READING_COMMAND:
        return obey(act, error);
    case READING_QUESTION:
        act->event = "mail.asked";
        return answer_question(act->taking, act->reading->question, act->incident_id, error);
    case READING_NOTHING:
        return understood_nothing(act, error);
    }
    return error_set(error, TOCSIN_ERROR_BUG, "a reading of no kind");
}

static int64_t find_named(const struct act *act)
{
    if (act->held != NULL)
        return act->held->incident_id;
    if (act->drafting.draft != NULL)
        return act->drafting.draft->incident_id;
    return act->taking->key != NULL ? act->taking->key->incident_id : 0;
}

/* Outside of the transaction: only reads. What goes on in a thread of an incident is about that. */
static bool read_mail(struct act *act, GError **error)
{
    struct taking *taking = act->taking;
    struct thread_facts thread;

    if (!drafting_read(taking, act->mail, &act->drafting, error) ||
        !topic_find(taking, act->mail, find_named(act), &thread, error))
        return false;
    act->incident_id = thread.named != NULL ? thread.named->id : 0;
    if (thread.named == NULL && act->drafting.word == DRAFTING_NO_REPLY)
        act->naming = naming_read(taking, act->mail, &act->monitored, &act->notice);
    act->reading = grammar_read(taking->intake->grammars, taking->arena,
                                &(const struct grammar_request){
                                    .role = GRAMMAR_OPERATOR,
                                    .mail = act->mail,
                                    .page = taking->page,
                                    .thread = &thread,
                                    .extension = taking->extension,
                                    .now = taking->now,
                                });
    return true;
}

/* Plain words may be those of a machine. */
static bool says_little(const struct act *act)
{
    return act->drafting.word == DRAFTING_NO_REPLY && act->naming == NAMING_NOTHING &&
           !act->reading->was_explicit && !act->reading->subject_is_ours;
}

/* Why a mail of a proven person is asked back rather than done; NULL: it is not. */
static const char *doubt(const struct act *act)
{
    const struct taking *taking = act->taking;

    if (act->held != NULL)
        return NULL;
    if (taking->automatic != MAIL_BY_PERSON)
        return arena_format(taking->arena, "it looks like automatic mail (%s)",
                            taking->mail->automatic_reason);
    if (taking->trust.outcome == TRUST_ASK_BACK)
        return taking->trust.reason;
    if (taking->trust.proofs == PROOF_REPLY_KEY && says_little(act))
        return "only the reply address proves it, it holds no command, and its subject is none of "
               "ours";
    return NULL;
}

/* What the mail does, in the open transaction. */
static bool take_effect(struct act *act, GError **error)
{
    struct taking *taking = act->taking;
    const char *why = doubt(act);
    bool waits = true;
    bool was_asked = true;

    if (act->held != NULL && !held_waits(taking, act->held->id, &waits, error))
        return false;
    if (!waits) {
        act->event = "held.over"; /* another reply to it was first, by a moment */
        return true;
    }
    if (why == NULL)
        return answer(act, error) &&
               (act->held == NULL ||
                intakes_end_held(taking->intake->store, act->held->id, taking->now, error));
    act->event = "mail.held";
    if (!held_ask(taking, act->incident_id, why, &was_asked, error))
        return false;
    act->was_crowded = !was_asked;
    return true;
}

static bool commit_effect(struct act *act, GError **error)
{
    struct taking *taking = act->taking;
    struct store *store = taking->intake->store;
    bool is_new = false;

    if (!store_begin(store, error))
        return false;
    /* Two deliveries of one mail may run at once: the store alone decides which was first. */
    if (!seen_note(taking, &is_new, error))
        return false;
    if (!is_new) {
        act->event = "mail.seen";
        return store_commit(store, error);
    }
    if (!take_effect(act, error))
        return false;
    if (act->was_crowded) {
        store_rollback(store);
        return true;
    }
    return exposure_settle(taking, error) && store_commit(store, error);
}

static struct intake_verdict act_whole(struct act *act)
{
    struct taking *taking = act->taking;
    g_autoptr(GError) error = NULL;
    struct intake_verdict verdict;

    if (!read_mail(act, &error))
        return taking_failed(taking, error);
    if (act->drafting.word == DRAFTING_MACHINE)
        return taking_taken(taking, "mail.automatic");
    if (!commit_effect(act, &error))
        return taking_failed(taking, error);
    if (act->was_crowded) {
        verdict = taking_refused(taking, TOCSIN_ERROR_BUSY, "mail.crowded",
                                 "you were asked about too many mails within this hour; this one "
                                 "is tried again later");
        verdict.enhanced = "4.7.1";
        return verdict;
    }
    verdict = taking_taken(taking, act->event);
    verdict.incident_id = act->public_id;
    verdict.monitor = act->monitor;
    return verdict;
}

struct intake_verdict act_on_proven(struct taking *taking)
{
    g_autoptr(GError) error = NULL;
    const struct held *held = NULL;
    enum held_reply reply;
    struct intake_verdict verdict;
    struct act act = {
        .taking = taking,
        .mail = taking->mail,
        .proofs = proof_write(taking->arena, taking->trust.proofs),
        .event = "mail.taken",
        .public_id = "",
        .monitor = "",
    };

    if (pagers_refuse(taking, &verdict))
        return verdict;
    if (!held_read_reply(taking, &reply, &held, &act.mail, &error))
        return taking_failed(taking, error);
    switch (reply) {
    case HELD_NO_REPLY:
        break;
    case HELD_PUBLISH:
        act.held = held;
        act.proofs = arena_format(taking->arena, "%s,%s", held->proofs, act.proofs);
        break;
    case HELD_DROP:
    case HELD_UNCLEAR:
    case HELD_OVER:
        return held_settle(taking, reply, held);
    case HELD_IGNORE:
        return taking_taken(taking, "mail.automatic");
    }
    if (pagers_wrote(taking, act.mail))
        act.mail = pagers_plain(taking, act.mail);
    return act_whole(&act);
}
