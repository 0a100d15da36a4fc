/* compose_letter(): one mail to one person.
 *
 * A letter's template is text; its first line is the subject, an empty line ends it. */
#include "gateway/base/error.h"
#include "gateway/base/number.h"
#include "gateway/compose/desk.h"
#include "gateway/compose/header.h"
#include "gateway/compose/heading.h"
#include "gateway/compose/parts.h"
#include "gateway/compose/splice.h"
#include "gateway/compose/values.h"
#include "gateway/incident/keyed.h"

#include <assert.h>
#include <string.h>

/* How a kind of letter presents itself: RFC 3834 section 5 has "auto-replied" for what answers a mail,
 * and "auto-generated" for all else. */
enum manner {
    MANNER_REPORT, /* answers nothing */
    MANNER_ANSWER, /* the mail whose ids and subject are facts, in its thread; without such facts (a form
                      was filled in) it is a report */
    MANNER_PLAIN, /* answers a mail, but out of its thread: who gets it may never have written, and it
                      carries no word of who did, ids neither (security A39) */
};

static const enum manner manners[] = {
    [LETTER_ANSWER] = MANNER_ANSWER,      [LETTER_PREVIEW] = MANNER_ANSWER,
    [LETTER_QUESTION] = MANNER_ANSWER,    [LETTER_HELP] = MANNER_ANSWER,
    [LETTER_HELD] = MANNER_ANSWER,        [LETTER_UNPUBLISHED] = MANNER_ANSWER,
    [LETTER_KEY_SPENT] = MANNER_ANSWER,   [LETTER_COPY] = MANNER_REPORT,
    [LETTER_NOTE] = MANNER_REPORT,        [LETTER_FAREWELL] = MANNER_ANSWER,
    [LETTER_TROUBLE] = MANNER_REPORT,     [LETTER_CONFIRM] = MANNER_PLAIN,
    [LETTER_LEAVE] = MANNER_PLAIN,        [LETTER_WELCOME] = MANNER_ANSWER,
    [LETTER_PREFERENCES] = MANNER_ANSWER, [LETTER_COMMANDS] = MANNER_ANSWER,
    [LETTER_FORWARD] = MANNER_REPORT,     [LETTER_PROBE] = MANNER_REPORT,
    [LETTER_RESTORED] = MANNER_REPORT,    [LETTER_DIGEST] = MANNER_REPORT,
    [LETTER_DRAFT] = MANNER_ANSWER,
};
static_assert(G_N_ELEMENTS(manners) == LETTER_KIND_COUNT, "a kind of letter has no manner");

/* "Re: Re: x" and "x" are both answered by "Re: x"; NULL where there is no subject to answer. */
static const char *reply_subject(struct arena *arena, const char *subject)
{
    const char *rest = text_clean_line(arena, text_of(subject), HEADER_MOST_CHARACTERS - 4);

    while (g_ascii_strncasecmp(rest, "re:", 3) == 0)
        rest += strspn(rest + 3, " ") + 3;
    return *rest != '\0' ? arena_format(arena, "Re: %s", rest) : NULL;
}

/* All of them, oldest first, as one value; each is an id with or without its angle brackets. */
static const char *join_references(struct arena *arena, const struct letter *letter)
{
    g_autoptr(GString) joined = g_string_new(NULL);

    for (size_t i = 0; i < letter->fact_count; i++) {
        const char *value = letter->facts[i].value;
        if (strcmp(letter->facts[i].name, "references") == 0)
            g_string_append_printf(joined, strchr(value, '<') != NULL ? "%s " : "<%s> ", value);
    }
    return arena_string(arena, joined->str);
}

/* A copy that replaces unsent ones tells from the first of them on. */
static size_t find_first_missed(const struct letter *letter, const struct story *story)
{
    int64_t id = 0;

    if (!number_parse(text_of(values_fact(letter, "missed")), 1, INT64_MAX, &id))
        return story->first_missed;
    for (size_t i = 0; i < story->first_missed; i++)
        if (story->updates[i].id == id)
            return i;
    return story->first_missed;
}

static bool answers_mail(const struct letter *letter)
{
    return manners[letter->kind] != MANNER_REPORT &&
           (*values_fact(letter, "in_reply_to") != '\0' || *values_fact(letter, "subject") != '\0');
}

/* A forward's is who wrote: the page's contact answers her, not us. */
static const char *find_reply_to(const struct letter *letter, const struct letter_facts *facts)
{
    const char *writer = values_fact(letter, "writer");

    return letter->kind == LETTER_FORWARD && header_is_address(writer) ? writer : facts->reply_to;
}

static struct heading make_heading(struct compose *compose, struct arena *arena,
                                   const struct letter *letter, const struct letter_facts *facts)
{
    const bool is_in_thread = manners[letter->kind] == MANNER_ANSWER;

    return (struct heading){
        .page = facts->page,
        .to = letter->address,
        .message_id = keyed_write_letter_id(arena, compose->secret, facts->page, letter->id),
        .reply_to = find_reply_to(letter, facts),
        .auto_submitted = answers_mail(letter) ? "auto-replied" : "auto-generated",
        .date_at = letter->created_at,
        .thread = {.page = facts->page,
                   .story = facts->story,
                   .in_reply_to = is_in_thread ? values_fact(letter, "in_reply_to") : "",
                   .references = is_in_thread ? join_references(arena, letter) : ""},
    };
}

static const struct message *write_letter(struct compose *compose, struct arena *arena,
                                          const struct heading *heading, struct text body)
{
    g_autoptr(GString) output = g_string_new(NULL);

    heading_write(output, compose->secret, heading);
    parts_write_text(output, body, "");
    return splice_cut(arena, output, &splice_no_stand_ins);
}

static bool is_letter(const struct letter *letter, GError **error)
{
    if (letter->kind == LETTER_DIGEST)
        return error_set(error, TOCSIN_ERROR_BUG, "a digest is written by compose_digest()");
    return header_is_address(letter->address) ||
           error_set(error, TOCSIN_ERROR_BUG, "%s: no address for a letter", letter->address);
}

const struct message *compose_letter(struct compose *compose, struct arena *arena,
                                     const struct letter *letter, const struct letter_facts *facts,
                                     GError **error)
{
    if (!is_letter(letter, error))
        return NULL;
    g_autoptr(GString) rendered = g_string_new(NULL);
    const char *zone = desk_or_page(letter->time_zone, facts->page->time_zone);
    const char *language = desk_or_page(letter->language, facts->page->language);
    struct story story = {.page = facts->page};
    struct letter_facts told = *facts;
    if (facts->story != NULL) {
        story = *facts->story;
        story.first_missed = find_first_missed(letter, facts->story);
        told.story = &story;
    }
    desk_hold_zone(compose, zone);
    json_auto_t *values = values_of_letter(letter, &told, zone);
    const char *subject = reply_subject(arena, values_fact(letter, "subject"));
    struct heading heading = make_heading(compose, arena, letter, facts);
    struct text body;

    if (subject != NULL)
        (void)json_object_set_new(values, "reply_subject", json_string(subject));
    const struct desk_task task = {language, letter_kind_name(letter->kind), values};
    if (!desk_render_text(compose, &task, rendered, error))
        return NULL;
    desk_split(arena, rendered, &heading.subject, &body);
    return write_letter(compose, arena, &heading, body);
}
