#include "gateway/intake/notice.h"

#include "gateway/incident/keyed.h"
#include "gateway/intake/courtesy.h"
#include "gateway/intake/facts.h"
#include "gateway/store/subscribers.h"

#include <inttypes.h>

static const char *language_of(const struct subscriber *subscriber, const char *word)
{
    return subscriber != NULL && subscriber->language[0] != '\0' ? subscriber->language : word;
}

static struct letter letter_to(const struct taking *taking, enum letter_kind kind,
                               const char *address)
{
    return (struct letter){
        .page_id = taking->page->id,
        .kind = kind,
        .address = address,
        .language = "",
        .time_zone = "",
        .created_at = taking->now,
        .due_at = taking->now,
    };
}

static struct letter letter_to_visitor(const struct taking *taking, enum letter_kind kind,
                                       const struct visitor *visitor)
{
    const struct subscriber *subscriber = visitor->subscriber;
    struct letter letter = letter_to(taking, kind, visitor->address);

    letter.language = language_of(subscriber, visitor->said->language);
    if (subscriber == NULL)
        return letter;
    letter.time_zone = subscriber->time_zone;
    letter.subscriber_id = subscriber->id;
    return letter;
}

/* Whether it may be sent; the last one says that silence follows. */
static bool add_limited(struct taking *taking, struct letter *letter, struct fact_list *facts,
                        GError **error)
{
    enum courtesy courtesy = COURTESY_OVER;

    if (!courtesy_ask(taking, letter->address, &courtesy, error))
        return false;
    if (courtesy == COURTESY_LAST)
        facts_add(facts, "last", "yes");
    return courtesy == COURTESY_OVER || facts_add_letter(taking, letter, facts, error);
}

/* What the key that is made with the letter shall do. */
static void add_key(struct fact_list *facts, const struct taking *taking,
                    const struct visitor *visitor, const char *wishes)
{
    facts_add(facts, "wishes", wishes);
    facts_add(facts, "source", visitor_source(taking, visitor));
    facts_add_lines(facts, "wish", wishes);
}

bool notice_confirm(struct taking *taking, const struct visitor *visitor, const char *wishes,
                    GError **error)
{
    struct letter letter = letter_to(taking, LETTER_CONFIRM, visitor->address);
    struct fact_list facts = {.arena = taking->arena};

    letter.language = visitor->said->language;
    facts_add_ids(&facts, taking->mail);
    add_key(&facts, taking, visitor, wishes);
    return facts_add_letter(taking, &letter, &facts, error);
}

bool notice_leave(struct taking *taking, const struct visitor *visitor, GError **error)
{
    struct letter letter = letter_to(taking, LETTER_LEAVE, visitor->address);
    struct fact_list facts = {.arena = taking->arena};

    letter.language = visitor->said->language;
    facts_add_ids(&facts, taking->mail);
    add_key(&facts, taking, visitor, "");
    return facts_add_letter(taking, &letter, &facts, error);
}

static void add_settings(struct fact_list *facts, const struct taking *taking,
                         const struct subscriber *subscriber)
{
    struct wish_line lines[WISH_LINES_MOST];
    const size_t count = wishes_lines(facts->arena, taking->page, subscriber, lines);

    for (size_t i = 0; i < count; i++)
        facts_add(facts, "setting",
                  arena_format(facts->arena, "%s: %s", lines[i].name, lines[i].value));
}

static void add_numbers(struct fact_list *facts, const char *name, const int64_t *numbers,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        facts_add(facts, "setting", arena_format(facts->arena, "%s: #%" PRId64, name, numbers[i]));
}

/* The settings, and the incidents that she follows or wants to hear nothing of. */
static bool add_all_settings(struct fact_list *facts, const struct taking *taking,
                             const struct subscriber *subscriber, GError **error)
{
    struct store *store = taking->intake->store;
    const int64_t *muted = NULL;
    const int64_t *followed = NULL;
    size_t muted_count = 0;
    size_t followed_count = 0;

    if (!subscribers_mutes(store, facts->arena, subscriber->id, &muted, &muted_count, error) ||
        !subscribers_followed(store, facts->arena, subscriber->id, &followed, &followed_count,
                              error))
        return false;
    add_settings(facts, taking, subscriber);
    add_numbers(facts, "follow", followed, followed_count);
    add_numbers(facts, "mute", muted, muted_count);
    return true;
}

bool notice_welcome(struct taking *taking, const struct visitor *visitor,
                    const struct subscriber *subscriber, GError **error)
{
    struct visitor known = *visitor;
    struct letter letter;
    struct fact_list facts = {.arena = taking->arena};

    known.subscriber = subscriber;
    letter = letter_to_visitor(taking, LETTER_WELCOME, &known);
    facts_add_ids(&facts, taking->mail);
    return add_all_settings(&facts, taking, subscriber, error) &&
           facts_add_letter(taking, &letter, &facts, error);
}

bool notice_farewell(struct taking *taking, const struct subscriber *subscriber,
                     const char *language, GError **error)
{
    const struct mail_address *from = taking->mail->from;
    struct letter letter = letter_to(taking, LETTER_FAREWELL, subscriber->address);
    struct fact_list facts = {.arena = taking->arena};

    letter.language = language_of(subscriber, language);
    letter.time_zone = subscriber->time_zone;
    if (from != NULL && text_is_equal_any_case(text_of(from->whole), text_of(subscriber->address)))
        facts_add_ids(&facts, taking->mail);
    return add_limited(taking, &letter, &facts, error);
}

bool notice_preferences(struct taking *taking, const struct visitor *visitor,
                        const struct notice_choice *choice, GError **error)
{
    struct visitor known = *visitor;
    struct letter letter;
    struct fact_list facts = {.arena = taking->arena};

    known.subscriber = choice->subscriber;
    letter = letter_to_visitor(taking, LETTER_PREFERENCES, &known);
    facts_add_ids(&facts, taking->mail);
    facts_add(&facts, "problem", choice->problem);
    for (size_t i = 0; i < choice->change_count; i++)
        facts_add(&facts, "change", choice->changes[i]);
    add_key(&facts, taking, visitor,
            choice->wishes != NULL ? wishes_write(taking->arena, choice->wishes) : "");
    if (!add_all_settings(&facts, taking, choice->subscriber, error))
        return false;
    return choice->change_count > 0 ? facts_add_letter(taking, &letter, &facts, error)
                                    : add_limited(taking, &letter, &facts, error);
}

static void add_problem(struct fact_list *facts, const struct visitor *visitor,
                        const struct notice_problem *problem)
{
    if (problem->problem == NULL)
        return;
    if (visitor->is_proven && problem->quoted[0] != '\0')
        facts_add(facts, "quoted", problem->quoted);
    facts_add(facts, "problem",
              visitor->is_proven ? problem->problem
                                 : "a line of your mail looks like a command, and is none");
    for (size_t i = 0; i < problem->suggestion_count; i++)
        facts_add(facts, "suggestion", problem->suggestions[i]);
}

bool notice_commands(struct taking *taking, const struct visitor *visitor,
                     const struct notice_problem *problem, GError **error)
{
    struct letter letter = letter_to_visitor(taking, LETTER_COMMANDS, visitor);
    struct fact_list facts = {.arena = taking->arena};

    facts_add_ids(&facts, taking->mail);
    add_problem(&facts, visitor, problem);
    for (size_t i = 0; i < taking->page->component_count; i++)
        facts_add(&facts, "component",
                  arena_format(taking->arena, "%s (%s)", taking->page->components[i].name,
                               taking->page->components[i].id));
    return add_limited(taking, &letter, &facts, error);
}

bool notice_forward(struct taking *taking, GError **error)
{
    const struct mail *mail = taking->mail;
    const char *text = mail->text[0] != '\0' ? mail->text : mail->raw_text;
    struct letter letter = letter_to(taking, LETTER_FORWARD, taking->page->contact);
    struct fact_list facts = {.arena = taking->arena};

    facts_add_ids(&facts, mail);
    facts_add(&facts, "writer", mail->from->whole);
    facts_add(&facts, "title", keyed_redact(taking->arena, taking->page, mail->subject));
    facts_add(&facts, "text", keyed_redact(taking->arena, taking->page, text));
    for (size_t i = 0; i < mail->attachment_count; i++)
        facts_add(&facts, "attachment", mail->attachments[i]);
    return facts_add_letter(taking, &letter, &facts, error);
}
