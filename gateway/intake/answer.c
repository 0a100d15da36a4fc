#include "gateway/intake/answer.h"

#include "gateway/base/moment.h"
#include "gateway/store/intakes.h"
#include "gateway/store/letters.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define REFERENCES_MOST 20
/* Who answers each of our questions with the same words is a machine, however it marks itself. */
#define DOMAIN_MOST 30 /* an hour */
#define SAME_MOST   3  /* a day */

/* The facts of one letter, as they gather. */
struct fact_list {
    struct arena *arena;
    struct letter_fact *rows;
    size_t count;
    size_t room;
};

static void add_fact(struct fact_list *facts, const char *name, const char *value)
{
    if (value == NULL)
        return;
    if (facts->count == facts->room) {
        const size_t room = facts->room > 0 ? 2 * facts->room : 16;
        struct letter_fact *rows = ARENA_ARRAY(facts->arena, struct letter_fact, room);

        for (size_t i = 0; i < facts->count; i++)
            rows[i] = facts->rows[i];
        facts->rows = rows;
        facts->room = room;
    }
    facts->rows[facts->count++] = (struct letter_fact){name, value};
}

/* What the answer hangs on in its author's thread; References oldest first. */
static void add_thread(struct fact_list *facts, const struct mail *mail)
{
    add_fact(facts, "subject", mail->subject);
    if (mail->message_id[0] == '\0')
        return;
    add_fact(facts, "in_reply_to", mail->message_id);
    for (size_t i = MIN(mail->reference_count, REFERENCES_MOST); i > 0; i--)
        add_fact(facts, "references", mail->references[i - 1]);
}

static struct letter letter_to_author(const struct taking *taking, enum letter_kind kind)
{
    const struct operator* operator= taking->operator;

    return (struct letter){
        .page_id = taking->page->id,
        .kind = kind,
        .address = operator->address,
        .is_operator = true,
        .language = operator->language,
        .time_zone = operator->time_zone,
        .created_at = taking->now,
        .due_at = taking->now,
    };
}

static bool add_letter(struct taking *taking, struct letter *letter, const struct fact_list *facts,
                       GError **error)
{
    letter->facts = facts->rows;
    letter->fact_count = facts->count;
    return letters_add(taking->intake->store, letter, error);
}

static bool tally(const struct taking *taking, const char *name, const char *key, int64_t span_ms,
                  int64_t *count, GError **error)
{
    int64_t since;

    return intakes_tally(taking->intake->store, name, key, span_ms, taking->now, count, &since,
                         error);
}

enum leave { LEAVE_GIVEN, LEAVE_LAST, LEAVE_OVER };

/* May this address get one more letter that reports no change? */
static bool ask_leave(const struct taking *taking, const char *address, enum leave *leave,
                      GError **error)
{
    const int64_t most = taking->intake->settings->question_limit;
    const char *at = strrchr(address, '@');
    int64_t count;
    int64_t of_domain;

    if (!tally(taking, "question", address, HOUR_MS, &count, error) ||
        !tally(taking, "question domain", at != NULL ? at + 1 : address, HOUR_MS, &of_domain,
               error))
        return false;
    if (count > most || of_domain > DOMAIN_MOST)
        *leave = LEAVE_OVER;
    else
        *leave = count == most || of_domain == DOMAIN_MOST ? LEAVE_LAST : LEAVE_GIVEN;
    return true;
}

static bool may_ask_same(const struct taking *taking, bool *may, GError **error)
{
    const struct text texts[] = {text_of(taking->mail->from->whole), text_of(taking->mail->text),
                                 text_of(taking->mail->subject)};
    uint8_t digest[SECRET_DIGEST_SIZE];
    int64_t count;

    secret_digest(texts, G_N_ELEMENTS(texts), digest);
    if (!tally(taking, "question same", hex_write(taking->arena, digest, sizeof digest), DAY_MS,
               &count, error))
        return false;
    *may = count <= SAME_MOST;
    return true;
}

/* The last one says that silence follows: who writes on must not take it for consent. */
static bool add_limited(struct taking *taking, struct letter *letter, struct fact_list *facts,
                        GError **error)
{
    enum leave leave = LEAVE_OVER;

    if (!ask_leave(taking, letter->address, &leave, error))
        return false;
    if (leave == LEAVE_LAST)
        add_fact(facts, "last", "yes");
    return leave == LEAVE_OVER || add_letter(taking, letter, facts, error);
}

static bool add_limited_words(struct taking *taking, struct letter *letter, struct fact_list *facts,
                              GError **error)
{
    bool may = false;

    if (!may_ask_same(taking, &may, error))
        return false;
    return !may || add_limited(taking, letter, facts, error);
}

static const char *const change_labels[] = {
    [CHANGE_OPENED] = "Opened",     [CHANGE_TITLE] = "Title",         [CHANGE_STATUS] = "Status",
    [CHANGE_SEVERITY] = "Severity", [CHANGE_COMPONENT] = "Component", [CHANGE_MESSAGE] = "Text",
    [CHANGE_NOTE] = "Private note",
};
static_assert(G_N_ELEMENTS(change_labels) == CHANGE_FIELD_COUNT, "a change has no label");

static void add_changes(struct fact_list *facts, const struct decision *decision)
{
    for (size_t i = 0; i < decision->change_count; i++) {
        const struct change *change = &decision->changes[i];
        const char *to = text_clean_line(facts->arena, text_of(change->to), 100);

        if (change->field == CHANGE_MESSAGE || change->field == CHANGE_NOTE)
            continue; /* "text" and "private" tell them whole */
        if (change->from[0] == '\0')
            add_fact(facts, "change",
                     arena_format(facts->arena, "%s: %s", change_labels[change->field], to));
        else
            add_fact(facts, "change",
                     arena_format(facts->arena, "%s: %s → %s", change_labels[change->field],
                                  change->from, to));
    }
}

/* The incident as the command leaves it, and the words that were told. */
static void add_outcome(struct fact_list *facts, const struct page *page,
                        const struct decision *decision)
{
    const struct incident *incident = decision->incident;

    add_fact(facts, "title", incident->title);
    add_fact(facts, "status", incident_status_name(incident->status));
    add_fact(facts, "severity", incident_severity_name(incident->severity));
    for (size_t i = 0; i < incident->affected_count; i++) {
        const struct affected *affected = &incident->affected[i];
        const struct component *component = page_find_component(page, affected->component_id);

        if (affected->is_current)
            add_fact(facts, "component",
                     component != NULL ? component->name : affected->component_id);
    }
    if (decision->update != NULL && decision->update->message[0] != '\0')
        add_fact(facts, "text", decision->update->message);
    if (decision->note != NULL)
        add_fact(facts, "private", decision->note->message);
}

static struct fact_list gather(struct taking *taking, const struct mail *mail,
                               const struct reading *reading, const struct decision *decision)
{
    struct fact_list facts = {.arena = taking->arena};

    add_thread(&facts, mail);
    add_fact(&facts, "grammar", reading->grammar);
    if (reading->rule[0] != '\0')
        add_fact(&facts, "rule", reading->rule);
    add_changes(&facts, decision);
    add_outcome(&facts, taking->page, decision);
    if (decision->notification == NOTIFICATION_NONE)
        add_fact(&facts, "silent", "yes");
    return facts;
}

bool answer_change(struct taking *taking, const struct mail *mail, const struct reading *reading,
                   const struct decision *decision, GError **error)
{
    struct letter letter = letter_to_author(taking, LETTER_ANSWER);
    const struct fact_list facts = gather(taking, mail, reading, decision);

    letter.incident_id = decision->incident->id;
    letter.notification_id = decision->notification_id;
    if (decision->update != NULL)
        letter.update_id = decision->update->id;
    else if (decision->note != NULL)
        letter.update_id = decision->note->id;
    return add_letter(taking, &letter, &facts, error);
}

bool answer_preview(struct taking *taking, const struct mail *mail, const struct reading *reading,
                    const struct decision *decision, GError **error)
{
    struct letter letter = letter_to_author(taking, LETTER_PREVIEW);
    const struct fact_list facts = gather(taking, mail, reading, decision);

    letter.incident_id = decision->incident->id;
    return add_letter(taking, &letter, &facts, error); /* a word of its own asked for it */
}

bool answer_question(struct taking *taking, const struct question *question, int64_t incident_id,
                     GError **error)
{
    struct letter letter = letter_to_author(taking, LETTER_QUESTION);
    struct fact_list facts = {.arena = taking->arena};

    add_thread(&facts, taking->mail);
    if (question->quoted[0] != '\0')
        add_fact(&facts, "quoted", question->quoted);
    add_fact(&facts, "problem", question->problem);
    for (size_t i = 0; i < question->suggestion_count; i++)
        add_fact(&facts, "suggestion", question->suggestions[i]);
    for (size_t i = 0; i < question->candidate_count; i++)
        add_fact(&facts, "candidate",
                 arena_format(taking->arena, "#%" PRId64 " %s", question->candidates[i]->number,
                              question->candidates[i]->title));
    letter.incident_id = incident_id;
    return add_limited_words(taking, &letter, &facts, error);
}

bool answer_problem(struct taking *taking, const char *problem, const char *suggestion,
                    int64_t incident_id, GError **error)
{
    const struct question question = {
        .quoted = "",
        .problem = problem,
        .suggestions = &suggestion,
        .suggestion_count = suggestion != NULL ? 1 : 0,
    };

    return answer_question(taking, &question, incident_id, error);
}

bool answer_help(struct taking *taking, GError **error)
{
    struct letter letter = letter_to_author(taking, LETTER_HELP);
    struct fact_list facts = {.arena = taking->arena};

    add_thread(&facts, taking->mail);
    for (size_t i = 0; i < taking->page->component_count; i++)
        add_fact(&facts, "component",
                 arena_format(taking->arena, "%s (%s)", taking->page->components[i].name,
                              taking->page->components[i].id));
    return add_limited_words(taking, &letter, &facts, error);
}

bool answer_held(struct taking *taking, const struct held *held, bool *was_asked, GError **error)
{
    struct letter letter = letter_to_author(taking, LETTER_HELD);
    struct fact_list facts = {.arena = taking->arena};
    enum leave leave = LEAVE_OVER;

    if (!ask_leave(taking, letter.address, &leave, error))
        return false;
    *was_asked = leave != LEAVE_OVER;
    if (!*was_asked)
        return true;
    add_thread(&facts, taking->mail);
    add_fact(&facts, "problem", held->reason);
    add_fact(&facts, "text", taking->mail->text);
    letter.held_id = held->id;
    letter.incident_id = held->incident_id;
    return add_letter(taking, &letter, &facts, error);
}

bool answer_farewell(struct taking *taking, const char *address, GError **error)
{
    struct letter letter = {
        .page_id = taking->page->id,
        .kind = LETTER_FAREWELL,
        .address = address,
        .language = "",
        .time_zone = "",
        .created_at = taking->now,
        .due_at = taking->now,
    };
    struct fact_list facts = {.arena = taking->arena};

    if (text_is_equal_any_case(
            text_of(address), text_of(taking->mail->from != NULL ? taking->mail->from->whole : "")))
        add_thread(&facts, taking->mail);
    return add_limited(taking, &letter, &facts, error);
}

bool answer_key_spent(struct taking *taking, const struct operator* owner, const char *reason,
                      GError **error)
{
    struct letter letter = letter_to_author(
        &(const struct taking){.page = taking->page, .operator= owner, .now = taking->now},
        LETTER_KEY_SPENT);
    struct fact_list facts = {.arena = taking->arena};

    add_fact(&facts, "problem", reason);
    letter.incident_id = taking->key->incident_id;
    return add_limited(taking, &letter, &facts, error);
}
