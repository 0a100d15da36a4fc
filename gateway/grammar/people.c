#include "gateway/grammar/people.h"

#include "gateway/grammar/brief.h"
#include "gateway/grammar/timing.h"

#include <string.h>

static void ask_which(struct hearing *hearing, const char *problem,
                      const struct incident *const *candidates, size_t count)
{
    struct said *said = &hearing->said;
    const char *suggestions[SAID_SUGGESTIONS] = {NULL};
    const bool is_first = said->question == NULL;

    for (size_t i = 0; i < count && i + 1 < G_N_ELEMENTS(suggestions); i++)
        suggestions[i] = arena_format(said->arena, "Subject: Re: %s (#%" G_GINT64_FORMAT ")",
                                      candidates[i]->first_title, candidates[i]->number);
    if (count == 0)
        suggestions[0] = "Subject: Resolved #42";
    said_ask(said, QUESTION_WHICH, text_of(hearing->request->mail->subject), suggestions, "%s",
             problem);
    if (!is_first)
        return;
    struct question *question = ARENA_NEW(said->arena, struct question);
    *question = *said->question;
    question->candidates = candidates;
    question->candidate_count = count;
    said->question = question;
}

static bool find_among(struct hearing *hearing, const struct incident *const *incidents,
                       size_t count, const char *problem)
{
    if (count > 1) {
        ask_which(hearing, problem, incidents, count);
        return false;
    }
    if (count == 1)
        hearing->incident = incidents[0];
    return true;
}

/* "[maintenance] Database upgrade" in a new mail: another one may well have the same title. */
static bool is_announcement(const struct hearing *hearing)
{
    const unsigned meaning = 1U << MEANS_MAINTENANCE;

    for (size_t i = 0; i < hearing->subject.bracket_count; i++)
        if (language_find(hearing->language, hearing->subject.brackets[i], meaning) != NULL)
            return !hearing->is_reply && hearing->thread->numbered_count == 0;
    return false;
}

bool people_find_incident(struct hearing *hearing)
{
    const struct thread_facts *thread = hearing->thread;
    const struct mail *mail = hearing->request->mail;
    const struct subject *subject = &hearing->subject;
    const bool seems_reply =
        subject->is_reply || (mail->reference_count > 0 && !subject->is_forward);

    hearing->is_reply = thread->named != NULL || (!thread->continues_new && seems_reply);
    hearing->incident = thread->named;
    hearing->announces = is_announcement(hearing);
    if (hearing->announces)
        return true;
    if (hearing->incident == NULL) {
        hearing->is_by_number = thread->numbered_count > 0;
        if (!find_among(hearing, thread->numbered, thread->numbered_count,
                        "the subject names several incidents"))
            return false;
    }
    if (hearing->incident == NULL && !find_among(hearing, thread->titled, thread->titled_count,
                                                 "several open incidents have this title"))
        return false;
    if (hearing->incident != NULL || !hearing->is_reply)
        return true;
    ask_which(
        hearing,
        "this is a reply, but it names no incident of this page; to open a new one, write a new "
        "mail",
        NULL, 0);
    return false;
}

/* What a maintenance has before its title: that it is one, and its stage. */
static bool read_maintenance_bracket(struct hearing *hearing, struct text word)
{
    struct said *said = &hearing->said;
    const struct text line = text_of(hearing->request->mail->subject);
    enum maintenance_state state;

    if (language_find(hearing->language, word, 1U << MEANS_MAINTENANCE) != NULL) {
        if (said->timing == NULL)
            said_ask(said, QUESTION_BRACKET, line, NULL,
                     "#%" G_GINT64_FORMAT
                     " is an incident; a maintenance is announced by a new mail "
                     "without its number",
                     hearing->incident->number);
        return true;
    }
    return said->timing != NULL && said->timing->before != NULL &&
           (timing_take_word(said, word, line) ||
            (maintenance_state_parse(word, &state) && state == MAINTENANCE_SCHEDULED));
}

static void read_bracket(struct hearing *hearing, struct text word)
{
    struct said *said = &hearing->said;
    const unsigned ours = 1U << MEANS_STATUS | 1U << MEANS_SEVERITY | 1U << MEANS_MAINTENANCE;
    const struct text line = text_of(hearing->request->mail->subject);
    const struct vocable *found = language_find(hearing->language, word, ours);
    const char *suggestions[3] = {NULL};

    if (read_maintenance_bracket(hearing, word))
        return;
    if (found != NULL && found->meaning == MEANS_STATUS) {
        said_status(said, (enum incident_status)found->value, line);
        return;
    }
    if (found != NULL) {
        said_severity(said, (enum incident_severity)found->value, line);
        return;
    }
    const struct vocable *near = language_find_near(hearing->language, word, ours);
    const struct text title = hearing->subject.titled;
    if (near != NULL)
        suggestions[0] =
            arena_format(said->arena, "Subject: [%s] %.*s", near->word, (int)title.size, title.at);
    else
        suggestions[0] = arena_format(said->arena, "Subject: %.*s", (int)title.size, title.at);
    said_ask(said, QUESTION_BRACKET, line, suggestions,
             "\"[%s]\" is neither a status nor a severity", text_clean_line(said->arena, word, 40));
}

static bool is_dropped(const struct hearing *hearing, struct text word)
{
    for (size_t i = 0; i < hearing->dropped_word_count; i++)
        if (text_is_equal_any_case(word, text_of(hearing->dropped_words[i])))
            return true;
    return false;
}

/* In a reply, or where one of our subjects is forwarded, leading brackets are what we, or a mail program, put
 * there. Only "[private]" we never wrote, and to publish what stands under it cannot be mended. */
static void read_brackets(struct hearing *hearing)
{
    const bool sets =
        !hearing->is_reply && !(hearing->subject.is_forward && hearing->incident != NULL);

    for (size_t i = 0; i < hearing->subject.bracket_count; i++) {
        const struct text word = hearing->subject.brackets[i];
        const struct vocable *line = language_find(hearing->language, word, 1U << MEANS_LINE);
        const bool is_private = line != NULL && line->value == LINE_PRIVATE;
        if (!is_dropped(hearing, word) && (sets || is_private))
            read_bracket(hearing, word);
    }
}

static bool is_title(const struct hearing *hearing, struct text text)
{
    const struct incident *incident = hearing->incident;

    return text_is_equal_any_case(text, text_of(incident->title)) ||
           (incident->first_title != NULL &&
            text_is_equal_any_case(text, text_of(incident->first_title)));
}

static bool is_ours(struct hearing *hearing)
{
    const struct thread_facts *thread = hearing->thread;
    const struct subject *subject = &hearing->subject;

    if (hearing->incident != NULL &&
        (is_title(hearing, subject->titled) || is_title(hearing, subject->bare)))
        return true;
    for (size_t i = 0; i < thread->our_subject_count; i++) {
        const struct subject other =
            subject_split(hearing->language, hearing->matcher, thread->our_subjects[i]);
        if (text_is_equal_any_case(other.titled, subject->titled))
            return true;
    }
    return false;
}

/* A subject that is the author's own: a command, or nothing. */
static void read_own_subject(struct hearing *hearing)
{
    struct said *said = &hearing->said;

    (void)topline_read_one(said, hearing->subject.bare, false);
    /* "Resolved: API errors" repeats the title. */
    if (said->text->len > 0 && is_title(hearing, text_from(said->text->str, said->text->len)))
        g_string_truncate(said->text, 0);
}

static void ask_for_text(struct hearing *hearing, const char *problem)
{
    const char *const suggestions[] = {"Identified: a misconfigured load balancer.", "Resolved",
                                       NULL};
    const char *const steps[] = {"extend 30m", "Completed", NULL};

    said_ask(&hearing->said, QUESTION_NO_TEXT, text_of(hearing->request->mail->subject),
             hearing->said.timing != NULL ? steps : suggestions, "%s", problem);
}

static bool says_something(const struct said *said)
{
    const struct command *command = &said->command;

    return said->text->len > 0 || said->note->len > 0 || command->has_status ||
           command->has_severity || command->title != NULL || said->has_components ||
           timing_is_said(said);
}

static void ask_new_or_number(struct hearing *hearing)
{
    struct said *said = &hearing->said;
    const struct incident *incident = hearing->incident;
    const struct incident **candidate = ARENA_NEW(said->arena, const struct incident *);
    const struct text title = hearing->subject.bare;
    const char *const suggestions[] = {
        arena_format(said->arena, "Subject: %s #%" G_GINT64_FORMAT,
                     incident->maintenance != NULL ? "Completed"
                                                   : incident_status_label(incident->status),
                     incident->number),
        arena_format(said->arena, "Subject: %.*s", (int)title.size, title.at), NULL};

    if (said->question != NULL)
        return;
    said_ask(said, QUESTION_NEW_OR_NUMBER, text_of(hearing->request->mail->subject), suggestions,
             "is this a new incident, or about #%" G_GINT64_FORMAT
             "? With a status word it is about "
             "that one, without the number it is new",
             incident->number);
    struct question *question = ARENA_NEW(said->arena, struct question);
    *question = *said->question;
    *candidate = incident;
    question->candidates = candidate;
    question->candidate_count = 1;
    said->question = question;
}

void people_take_incident(struct hearing *hearing)
{
    const struct maintenance *maintenance = hearing->incident->maintenance;

    if (maintenance != NULL)
        timing_open(&hearing->said, maintenance, hearing->request->now);
}

static void read_update(struct hearing *hearing)
{
    struct said *said = &hearing->said;

    said->command.kind = COMMAND_UPDATE;
    said->command.incident_id = hearing->incident->id;
    people_take_incident(hearing);
    read_brackets(hearing);
    if (!is_ours(hearing))
        read_own_subject(hearing);
    topline_read(said, hearing->request->mail->text);
    if (hearing->is_by_number && !hearing->is_reply && !said->command.has_status &&
        !timing_is_said(said))
        ask_new_or_number(hearing);
    if (said->is_note && said->note->len == 0)
        ask_for_text(hearing, "the private note is empty");
    if (!says_something(said))
        ask_for_text(hearing, "the mail says nothing new");
    if (said->timing != NULL)
        timing_settle(said);
}

void people_ask_which(struct hearing *hearing)
{
    ask_which(hearing, "which incident is this about? The mail names none of this page", NULL, 0);
}

/* A new mail whose subject is a command rather than a title: "Resolved", "Private: ...". */
static bool judge_title(struct hearing *hearing)
{
    struct said *said = &hearing->said;
    struct said probe;

    said_open(&probe, hearing->arena, hearing->language, hearing->matcher, hearing->request->page);
    const enum line_outcome outcome = topline_read_one(&probe, hearing->subject.bare, false);
    const bool is_bare = probe.text->len == 0 && probe.command.title == NULL &&
                         !probe.has_components && !probe.command.has_severity;
    const bool is_end = probe.command.has_status && probe.command.status == INCIDENT_RESOLVED;
    if (outcome == LINE_IS_ASKED && text_find_byte(hearing->subject.bare, ' ') < 0)
        said->question = said->question != NULL ? said->question : probe.question;
    else if (outcome == LINE_IS_TAKEN && (is_bare || is_end || probe.is_note))
        people_ask_which(hearing);
    said_close(&probe);
    return said->question == NULL;
}

static void check_open(struct hearing *hearing)
{
    struct said *said = &hearing->said;
    const char *const titles[] = {"Subject: API elevated error rates", NULL};
    const char *const lists[] = {"Components: api, web", NULL};
    /* In a mail of its own: a reply to the question would name no incident. */
    const char *const texts[] = {
        "a new mail with the same subject, and a text such as: We see errors and look into them.",
        NULL};
    const struct text line = text_of(hearing->request->mail->subject);
    const char *what = hearing->announces ? "a maintenance" : "a new incident";

    if (*said->command.title == '\0')
        said_ask(said, QUESTION_NO_TITLE, line, titles, "%s needs a title: the subject of the mail",
                 what);
    for (size_t i = 0; i < said->command.component_count; i++)
        if (said->command.components[i].action == COMPONENT_REMOVE)
            said_ask(said, QUESTION_COMPONENT, line, lists,
                     "%s has no components that could be taken away", what);
    if (said->text->len == 0)
        said_ask(said, QUESTION_NO_TEXT, line, texts, "%s needs a text that can be published",
                 what);
}

static void read_open(struct hearing *hearing)
{
    struct said *said = &hearing->said;

    said->command.kind = hearing->announces ? COMMAND_MAINTAIN : COMMAND_OPEN;
    if (hearing->announces)
        timing_open(said, NULL, hearing->request->now);
    read_brackets(hearing);
    if (!hearing->announces && !judge_title(hearing))
        return;
    topline_read(said, hearing->request->mail->text);
    if (said->command.title == NULL)
        said->command.title = text_clean_line(said->arena, hearing->subject.titled, 1000);
    said->command.replaces_components = said->has_components;
    if (!said->command.has_status)
        said->command.status = INCIDENT_INVESTIGATING;
    if (!said->command.has_severity)
        said->command.severity = SEVERITY_MINOR;
    if (said->timing != NULL)
        timing_settle(said);
    check_open(hearing);
}

void people_conclude(struct hearing *hearing, struct reading *reading)
{
    struct said *said = &hearing->said;

    reading->was_explicit = said->was_explicit;
    reading->subject_is_ours = is_ours(hearing);
    if (said->question != NULL) {
        reading->kind = READING_QUESTION;
        reading->question = said->question;
        return;
    }
    struct command *command = ARENA_NEW(said->arena, struct command);
    *command = said->command;
    command->message = text_clean(said->arena, text_from(said->text->str, said->text->len));
    command->note = text_clean(said->arena, text_from(said->note->str, said->note->len));
    reading->kind = READING_COMMAND;
    reading->command = command;
    reading->incident = command->kind == COMMAND_UPDATE ? hearing->incident : NULL;
}

void people_read(struct hearing *hearing, struct reading *reading)
{
    if (!brief_hear(hearing) && people_find_incident(hearing)) {
        if (hearing->incident != NULL)
            read_update(hearing);
        else
            read_open(hearing);
    }
    people_conclude(hearing, reading);
}
