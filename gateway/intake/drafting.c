#include "gateway/intake/drafting.h"

#include "gateway/intake/answer.h"
#include "gateway/store/alerts.h"
#include "gateway/store/incidents.h"
#include "gateway/store/letters.h"

#include <inttypes.h>
#include <string.h>

static bool is_among(const char *word, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

/* Lower case. Where somebody writes more than one of the second kind, she may mean something else. */
static const char *const opens[] = {"open",     "publish", "öffnen", "eröffnen", "veröffentlichen",
                                    "ouvrir",   "publier", "abrir",  "publicar", "公開",
                                    "公開する", "開く",    NULL};
static const char *const opens_alone[] = {"yes", "ja", "oui", "sí", "si", "はい", NULL};
static const char *const ignores[] = {"ignore",  "ignorieren", "ignorer",  "ignorar",
                                      "dismiss", "無視",       "無視する", NULL};
static const char *const ignores_alone[] = {"no", "nein", "non", "いいえ", NULL};
/* What people write behind the word without meaning it for anybody. */
static const char *const fillers[] = {"it",      "this", "that",   "please", "now",   "incident",
                                      "an",      "the",  "thanks", "bitte",  "danke", "merci",
                                      "gracias", "por",  "favor",  NULL};

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n';
}

/* The next word, in lower case, without the marks around it. */
static const char *take_word(struct arena *arena, struct text *rest)
{
    struct text word;
    size_t size = 0;
    g_autofree char *lower = NULL;

    *rest = text_trim(*rest);
    while (size < rest->size && !is_space(rest->at[size]))
        size++;
    word = text_first(*rest, size);
    *rest = text_skip(*rest, size);
    while (word.size > 0 && g_ascii_ispunct(word.at[0]))
        word = text_skip(word, 1);
    while (word.size > 0 && g_ascii_ispunct(word.at[word.size - 1]))
        word.size--;
    lower = g_utf8_strdown(word.at, (gssize)word.size);
    return arena_string(arena, lower);
}

static bool is_filler(struct arena *arena, struct text line)
{
    while (text_trim(line).size > 0) {
        const char *word = take_word(arena, &line);

        if (word[0] != '\0' && !is_among(word, fillers))
            return false;
    }
    return true;
}

/* "open please" says nothing to anybody; "open We are looking" and what stands in further lines does. */
static const char *read_message(struct arena *arena, struct text rest)
{
    const ptrdiff_t end = text_find_byte(rest, '\n');
    const struct text line = text_first(rest, end < 0 ? rest.size : (size_t)end);

    if (is_filler(arena, line))
        rest = text_skip(rest, line.size);
    rest = text_trim(rest);
    while (rest.size > 0 && strchr(":-,.!", rest.at[0]) != NULL)
        rest = text_trim(text_skip(rest, 1));
    return arena_copy(arena, rest.at, rest.size);
}

static void read_severity(struct arena *arena, struct text *rest, struct drafting *drafting)
{
    struct text behind = *rest;
    const char *word = take_word(arena, &behind);

    drafting->has_severity = incident_severity_parse(text_of(word), &drafting->severity);
    if (drafting->has_severity)
        *rest = behind;
}

static void read_words(const struct taking *taking, const struct mail *mail,
                       struct drafting *drafting)
{
    struct text rest = text_of(mail->text);
    const char *word = take_word(taking->arena, &rest);
    const bool is_alone = text_trim(rest).size == 0;

    drafting->word = DRAFTING_UNCLEAR;
    if (is_among(word, opens) || (is_alone && is_among(word, opens_alone)))
        drafting->word = DRAFTING_OPEN;
    else if (is_among(word, ignores) || (is_alone && is_among(word, ignores_alone)))
        drafting->word = DRAFTING_IGNORE;
    if (drafting->word != DRAFTING_OPEN)
        return;
    read_severity(taking->arena, &rest, drafting);
    drafting->message =
        keyed_redact(taking->arena, taking->page, read_message(taking->arena, rest));
}

/* The key that a held mail was written to, which is not that of the mail that completes it. */
static bool find_key_of(struct taking *taking, const struct mail *mail,
                        const struct reply_key **key, GError **error)
{
    const struct intake *intake = taking->intake;

    *key = NULL;
    for (size_t i = 0; *key == NULL && i < mail->to_count; i++) {
        uint8_t hash[KEYED_HASH_SIZE];
        struct keyed keyed;

        if (!keyed_read(intake->secret, taking->page, text_of(mail->to[i].whole), &keyed) ||
            keyed.kind != KEYED_REPLY)
            continue;
        keyed_hash(intake->secret, keyed.key, hash);
        if (!keys_find_reply(intake->store, taking->arena, taking->page, hash, key, error))
            return false;
    }
    return true;
}

/* A key of this page, also an old one, names what it was for to anyone who is proven otherwise; yet
 * another's is not hers to answer by. */
static bool find_key(struct taking *taking, const struct mail *mail, const struct reply_key **key,
                     GError **error)
{
    *key = taking->key;
    if (mail != taking->mail && !find_key_of(taking, mail, key, error))
        return false;
    if (*key != NULL && !text_is_equal_any_case(text_of((*key)->operator_address),
                                                text_of(taking->operator->address)))
        *key = NULL;
    return true;
}

/* What an incident became of goes on as any other. */
static bool goes_on(const struct drafting *drafting)
{
    return drafting->draft->incident_id > 0 && drafting->word == DRAFTING_UNCLEAR;
}

bool drafting_read(struct taking *taking, const struct mail *mail, struct drafting *drafting,
                   GError **error)
{
    const struct reply_key *key = NULL;

    *drafting = (struct drafting){.word = DRAFTING_NO_REPLY, .message = ""};
    if (!find_key(taking, mail, &key, error))
        return false;
    if (key == NULL || key->draft_id == 0)
        return true;
    if (!drafts_find(taking->intake->store, taking->arena, taking->page, key->draft_id,
                     &drafting->draft, error))
        return false;
    if (drafting->draft == NULL)
        return true;
    read_words(taking, mail, drafting);
    if (taking->automatic != MAIL_BY_PERSON)
        drafting->word = DRAFTING_MACHINE;
    else if (goes_on(drafting))
        drafting->word = DRAFTING_NO_REPLY;
    return true;
}

/* Components that the page still has. */
static size_t list_components(const struct taking *taking, const struct draft_row *draft,
                              struct component_change *changes)
{
    size_t count = 0;

    for (size_t i = 0; i < draft->component_count; i++)
        if (page_find_component(taking->page, draft->component_ids[i]) != NULL)
            changes[count++] = (struct component_change){.action = COMPONENT_ADD,
                                                         .component_id = draft->component_ids[i]};
    return count;
}

static struct command command_of(const struct taking *taking, const struct drafting *drafting,
                                 const struct actor *actor)
{
    const struct draft_row *draft = drafting->draft;
    struct component_change *components =
        ARENA_ARRAY(taking->arena, struct component_change, draft->component_count);

    return (struct command){
        .kind = COMMAND_OPEN,
        .page_id = taking->page->id,
        .actor = *actor,
        .title = draft->title,
        .has_severity = true,
        .severity = drafting->has_severity ? drafting->severity : draft->severity,
        .components = components,
        .component_count = list_components(taking, draft, components),
        .message = drafting->message[0] != '\0' ? drafting->message : draft->message,
        .note = draft->detail,
    };
}

static bool end(struct taking *taking, const struct draft_row *draft, int64_t incident_id,
                GError **error)
{
    struct store *store = taking->intake->store;
    const struct draft_end end = {taking->operator->address, incident_id, taking->now};
    bool was_waiting = false;

    return drafts_end(store, draft, &end, &was_waiting, error) &&
           (draft->cluster_id == 0 ||
            alerts_answer_draft(store, taking->page, draft->cluster_id, incident_id, error));
}

static bool publish(struct taking *taking, const struct drafting *drafting,
                    const struct actor *actor, struct drafting_end *ended, GError **error)
{
    static const struct reading by_no_grammar = {.grammar = "", .rule = ""};
    const struct intake_settings *settings = taking->intake->settings;
    const struct command command = command_of(taking, drafting, actor);
    const struct decision *decision = store_change(taking->intake->store, taking->arena,
                                                   taking->page, &command, taking->now, error);

    if (decision == NULL)
        return false;
    ended->decision = taking->decision = decision;
    ended->event = taking_event_of(decision);
    return end(taking, drafting->draft, decision->incident->id, error) &&
           answer_change(taking, taking->mail, &by_no_grammar, decision, error) &&
           letters_add_copies(taking->intake->store, taking->page, settings->operators,
                              settings->operator_count, decision, taking->operator->address,
                              taking->now, error);
}

static bool ignore(struct taking *taking, const struct draft_row *draft, struct drafting_end *ended,
                   GError **error)
{
    ended->event = "draft.ignored";
    return end(taking, draft, 0, error) &&
           answer_problem(taking,
                          draft->kind == DRAFT_NOTICE
                              ? "the notice is ignored, and nobody was told"
                              : "this is ignored, and nobody was told; you are asked again when it "
                                "comes back after it was well",
                          NULL, 0, error);
}

static bool ask(struct taking *taking, struct drafting_end *ended, GError **error)
{
    static const char *const suggestions[] = {"open", "open major", "ignore"};
    const struct question question = {
        .quoted = "",
        .problem = "what waits is still not published: the first word of a reply says what "
                   "shall be done with it; what follows `open` is told in place of its text",
        .suggestions = suggestions,
        .suggestion_count = G_N_ELEMENTS(suggestions),
    };

    ended->event = "draft.unclear";
    return answer_question(taking, &question, 0, error);
}

/* By whom, and what it became. */
static bool tell_end(struct taking *taking, const struct draft_row *draft,
                     struct drafting_end *ended, GError **error)
{
    const struct incident *incident = NULL;
    const char *problem;

    ended->event = "draft.over";
    if (draft->incident_id > 0 &&
        !incidents_load(taking->intake->store, taking->arena, taking->page, draft->incident_id,
                        &incident, error))
        return false;
    if (incident != NULL)
        problem = arena_format(taking->arena, "%s published this before you, as #%" PRId64 " (%s)",
                               draft->ended_by, incident->number, incident->title);
    else if (g_str_has_prefix(draft->ended_by, "monitor:"))
        problem = arena_format(taking->arena,
                               "it is over: %s says that all is well again, and nobody was told",
                               draft->ended_by + strlen("monitor:"));
    else
        problem = arena_format(taking->arena, "%s ignored this before you; nobody was told",
                               draft->ended_by);
    return answer_problem(taking, problem, NULL, draft->incident_id, error);
}

bool drafting_do(struct taking *taking, const struct drafting *drafting, const struct actor *actor,
                 struct drafting_end *ended, GError **error)
{
    const struct draft_row *draft = drafting->draft;

    *ended = (struct drafting_end){.event = "draft.over"};
    if (!drafts_find(taking->intake->store, taking->arena, taking->page, draft->id, &draft, error))
        return false;
    if (draft == NULL)
        return true;
    if (draft->ended_at != 0)
        return tell_end(taking, draft, ended, error);
    switch (drafting->word) {
    case DRAFTING_OPEN:
        return publish(taking, drafting, actor, ended, error);
    case DRAFTING_IGNORE:
        return ignore(taking, draft, ended, error);
    case DRAFTING_UNCLEAR:
        return ask(taking, ended, error);
    case DRAFTING_NO_REPLY:
    case DRAFTING_MACHINE:
        return true;
    }
    return true;
}
