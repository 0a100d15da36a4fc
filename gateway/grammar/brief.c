#include "gateway/grammar/brief.h"

#include "gateway/base/number.h"
#include "gateway/grammar/timing.h"

#include <string.h>

#define MOST_CHARACTERS 160

static bool has_quotation(const char *text)
{
    struct text rest = text_of(text);
    struct text line;

    while (text_next_line(&rest, &line))
        if (text_has_prefix(text_trim(line), TEXT(">")))
            return true;
    return false;
}

/* What the pattern that matched held of `line`. */
static bool take_groups(const struct language *language, struct matcher *matcher,
                        const struct pattern *pattern, struct brief *brief)
{
    const struct text word = matcher_group(matcher, pattern, "word");
    const struct text digits = matcher_group(matcher, pattern, "number");
    const struct text rest = matcher_group(matcher, pattern, "text");
    int64_t number = 0;

    if (digits.size > 0 && !number_parse(digits, 1, INT64_MAX, &number))
        return false;
    brief->number = number;
    brief->rest = rest.at != NULL ? rest : TEXT("");
    brief->is_sure = brief->rest.size == 0 || (digits.at != NULL && digits.at < word.at) ||
                     strpbrk(brief->line, "#") != NULL;
    brief->word = language_find(language, word, 1U << MEANS_ACKNOWLEDGE);
    if (brief->word == NULL)
        brief->word = language_find(language, word, 1U << MEANS_STATUS | 1U << MEANS_FOREIGN);
    return brief->word != NULL;
}

bool brief_read(struct arena *arena, const struct language *language, struct matcher *matcher,
                const struct mail *mail, struct brief *brief)
{
    const struct language_patterns *patterns = &language->patterns[LANGUAGE_BRIEF];
    const char *reason = NULL;

    if (strlen(mail->text) > (size_t)MOST_CHARACTERS * 4 ||
        g_utf8_strlen(mail->text, -1) > MOST_CHARACTERS || has_quotation(mail->raw_text) ||
        text_find_byte(text_trim(text_of(mail->text)), '\n') >= 0)
        return false;
    *brief = (struct brief){.line = text_clean_line(arena, text_of(mail->text), MOST_CHARACTERS)};
    for (size_t i = 0; i < patterns->count; i++)
        if (matcher_match(matcher, patterns->patterns[i], text_of(brief->line), &reason) ==
                MATCH_YES &&
            take_groups(language, matcher, patterns->patterns[i], brief))
            return true;
    return false;
}

bool brief_subject_is_lost(const struct language *language, struct matcher *matcher,
                           const struct subject *subject)
{
    return subject->bare.size == 0 ||
           language_match(language, matcher, LANGUAGE_LOST, subject->bare) != NULL;
}

static const struct incident *find_number(const struct hearing *hearing, int64_t number)
{
    const struct thread_facts *thread = hearing->thread;

    if (thread->named != NULL && thread->named->number == number)
        return thread->named;
    for (size_t i = 0; i < thread->numbered_count; i++)
        if (thread->numbered[i]->number == number)
            return thread->numbered[i];
    return NULL;
}

static void ask(struct hearing *hearing, const struct brief *brief, const char *problem)
{
    const int64_t number = hearing->thread->named != NULL ? hearing->thread->named->number : 42;
    const char *const suggestions[] = {
        arena_format(hearing->arena, "%" G_GINT64_FORMAT " %s", number,
                     brief->word->meaning == MEANS_FOREIGN ? "resolved" : brief->word->key),
        NULL};

    said_ask(&hearing->said, QUESTION_WHICH, text_of(brief->line), suggestions, "%s", problem);
}

/* The incident that it is about; NULL: it was asked. */
static const struct incident *choose(struct hearing *hearing, const struct brief *brief)
{
    const struct thread_facts *thread = hearing->thread;
    const struct incident *incident = find_number(hearing, brief->number);

    if (brief->number == 0) {
        if (thread->named != NULL)
            return thread->named;
        if (thread->numbered_count == 1)
            return thread->numbered[0];
        ask(hearing, brief, "which incident is this about? Write its number before the word");
        return NULL;
    }
    if (thread->named != NULL && incident != thread->named) {
        ask(hearing, brief, "the number is not that of the incident that this replies to");
        return NULL;
    }
    if (incident == NULL || (!brief->is_sure && incident->status == INCIDENT_RESOLVED)) {
        ask(hearing, brief, "no open incident of this page has this number");
        return NULL;
    }
    return incident;
}

static void acknowledge(struct said *said, const struct brief *brief)
{
    said->is_note = true;
    said->was_explicit = true;
    said_add_text(said, "", TEXT("acknowledged"));
    said_add_text(said, ": ", brief->rest);
}

static void say(struct hearing *hearing, const struct brief *brief)
{
    struct said *said = &hearing->said;
    const struct text line = text_of(brief->line);

    said->command.kind = COMMAND_UPDATE;
    said->command.incident_id = hearing->incident->id;
    people_take_incident(hearing);
    if (brief->word->meaning == MEANS_ACKNOWLEDGE) {
        acknowledge(said, brief);
    } else if (said->timing != NULL && timing_take_word(said, text_of(brief->word->word), line)) {
        said_add_text(said, "", brief->rest);
        timing_settle(said);
    } else if (brief->word->meaning == MEANS_FOREIGN) {
        said_ask_status(said, text_of(brief->word->word), brief->word, line);
    } else {
        said_status(said, (enum incident_status)brief->word->value, line);
        said_add_text(said, "", brief->rest);
    }
}

/* With a subject of its own it is short by chance, unless it repeats the number of what it replies to. */
static bool is_meant(const struct hearing *hearing, const struct brief *brief)
{
    const struct incident *named = hearing->thread->named;

    if (named != NULL && brief->number > 0 && named->number == brief->number)
        return true;
    if (!brief_subject_is_lost(hearing->language, hearing->matcher, &hearing->subject))
        return false;
    if (brief->number > 0)
        return true;
    return !hearing->thread->continues_new &&
           (brief->word->meaning == MEANS_ACKNOWLEDGE ||
            (named == NULL && hearing->subject.number_count == 0));
}

bool brief_hear(struct hearing *hearing)
{
    struct brief brief;

    if (!brief_read(hearing->arena, hearing->language, hearing->matcher, hearing->request->mail,
                    &brief) ||
        !is_meant(hearing, &brief))
        return false;
    hearing->incident = choose(hearing, &brief);
    if (hearing->incident != NULL)
        say(hearing, &brief);
    return true;
}
