#include "gateway/grammar/said.h"

#include "gateway/grammar/timing.h"

#include <stdarg.h>
#include <string.h>

#define QUOTED_CHARACTERS 200
#define WORD_CHARACTERS   40
#define TITLE_CHARACTERS                                                                           \
    1000 /* longer than any that is taken, so that nobody's is cut in silence */

void said_open(struct said *said, struct arena *arena, const struct language *language,
               struct matcher *matcher, const struct page *page)
{
    *said = (struct said){
        .arena = arena,
        .language = language,
        .matcher = matcher,
        .page = page,
        .command = {.kind = COMMAND_UPDATE, .page_id = page->id, .message = "", .note = ""},
        .text = g_string_new(NULL),
        .note = g_string_new(NULL),
    };
}

void said_close(struct said *said)
{
    g_string_free(said->text, TRUE);
    g_string_free(said->note, TRUE);
}

static const char *const *copy_suggestions(struct arena *arena, const char *const *suggestions,
                                           size_t *count)
{
    *count = 0;
    if (suggestions == NULL)
        return NULL;
    while (suggestions[*count] != NULL)
        (*count)++;
    const char **copy = ARENA_ARRAY(arena, const char *, *count);
    for (size_t i = 0; i < *count; i++)
        copy[i] = arena_string(arena, suggestions[i]);
    return copy;
}

void said_ask(struct said *said, enum question_kind kind, struct text line,
              const char *const *suggestions, const char *format, ...)
{
    if (said->question != NULL)
        return;
    struct question *question = ARENA_NEW(said->arena, struct question);
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *problem = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    *question = (struct question){
        .kind = kind,
        .quoted = text_clean_line(said->arena, line, QUOTED_CHARACTERS),
        .problem = text_clean_line(said->arena, text_of(problem), 500),
    };
    question->suggestions = copy_suggestions(said->arena, suggestions, &question->suggestion_count);
    said->question = question;
}

static const char *show(struct said *said, struct text word)
{
    return text_clean_line(said->arena, word, WORD_CHARACTERS);
}

void said_ask_status(struct said *said, struct text word, const struct vocable *near,
                     struct text line)
{
    const char *suggestions[INCIDENT_STATUS_COUNT + 1] = {NULL};

    if (said->timing != NULL) {
        timing_ask_step(said, word, line);
        return;
    }
    const char *line_word = language_spell(said->language, MEANS_LINE, LINE_STATUS);
    size_t count = 0;

    for (int i = 0; i < INCIDENT_STATUS_COUNT; i++)
        if (near == NULL || near->value == i)
            suggestions[count++] = arena_format(said->arena, "%s: %s", line_word,
                                                incident_status_name((enum incident_status)i));
    said_ask(said, QUESTION_STATUS, line, suggestions,
             "\"%s\" is no status: there are investigating, identified, monitoring and resolved",
             show(said, word));
}

static void ask_severity(struct said *said, struct text word, struct text line)
{
    const struct vocable *near = language_find_near(said->language, word, 1U << MEANS_SEVERITY);
    const char *suggestions[INCIDENT_SEVERITY_COUNT + 1] = {NULL};
    size_t count = 0;

    for (int i = 0; i < INCIDENT_SEVERITY_COUNT; i++)
        if (near == NULL || near->value == i)
            suggestions[count++] = arena_format(
                said->arena, "%s: %s", language_spell(said->language, MEANS_LINE, LINE_SEVERITY),
                incident_severity_name((enum incident_severity)i));
    said_ask(said, QUESTION_SEVERITY, line, suggestions,
             "\"%s\" is no severity: there are minor, major and critical", show(said, word));
}

void said_ask_word(struct said *said, struct text word, const struct vocable *near,
                   struct text line)
{
    const char *suggestions[2] = {NULL};

    if (near->meaning == MEANS_STATUS || near->meaning == MEANS_FOREIGN) {
        said_ask_status(said, word, near, line);
        return;
    }
    if (near->meaning == MEANS_SEVERITY) {
        ask_severity(said, word, line);
        return;
    }
    suggestions[0] =
        near->value == LINE_PREVIEW ? near->word : arena_format(said->arena, "%s: ...", near->word);
    said_ask(said, QUESTION_WORD, line, suggestions,
             "\"%s\" is no word of ours, but nearly \"%s\"; if it is text, write it a little "
             "differently",
             show(said, word), near->word);
}

static void ask_twice(struct said *said, const char *what, struct text line)
{
    said_ask(said, QUESTION_TWICE, line, NULL, "the %s is said twice, differently", what);
}

void said_status(struct said *said, enum incident_status status, struct text line)
{
    if (said->timing != NULL) {
        timing_ask_step(said, text_of(incident_status_name(status)), line);
        return;
    }
    if (said->command.has_status && said->command.status != status)
        ask_twice(said, "status", line);
    said->command.has_status = true;
    said->command.status = status;
    said->was_explicit = true;
}

void said_severity(struct said *said, enum incident_severity severity, struct text line)
{
    if (said->command.has_severity && said->command.severity != severity)
        ask_twice(said, "severity", line);
    said->command.has_severity = true;
    said->command.severity = severity;
    said->was_explicit = true;
}

void said_title(struct said *said, struct text value, struct text line)
{
    const char *title = text_clean_line(said->arena, value, TITLE_CHARACTERS);
    const char *const suggestions[] = {"Title: API elevated error rates", NULL};

    said->was_explicit = true;
    if (*title == '\0')
        said_ask(said, QUESTION_NO_TITLE, line, suggestions, "the title is empty");
    else if (said->command.title != NULL && strcmp(said->command.title, title) != 0)
        ask_twice(said, "title", line);
    else
        said->command.title = title;
}

/* Yes or no; false: asked. */
static bool read_answer(struct said *said, struct text value, struct text line, bool *answer)
{
    const char *const suggestions[] = {"Notify: no", "Notify: yes", NULL};
    const struct vocable *found =
        language_find(said->language, value, 1U << MEANS_YES | 1U << MEANS_NO | 1U << MEANS_ALL);

    if (found == NULL) {
        said_ask(said, QUESTION_NOTIFY, line, suggestions, "\"%s\" is neither yes nor no",
                 show(said, value));
        return false;
    }
    *answer = found->meaning != MEANS_NO;
    return true;
}

void said_notify(struct said *said, struct text value, struct text line)
{
    bool is_yes = true;

    said->was_explicit = true;
    if (!read_answer(said, value, line, &is_yes))
        return;
    if (said->has_notify && said->command.is_silent == is_yes)
        ask_twice(said, "wish to notify", line);
    said->has_notify = true;
    said->command.is_silent = !is_yes;
}

void said_preview(struct said *said, struct text value, struct text line)
{
    const char *const suggestions[] = {"Preview", NULL};
    const struct vocable *found =
        language_find(said->language, value, 1U << MEANS_YES | 1U << MEANS_NO);

    said->was_explicit = true;
    if (value.size == 0 || (found != NULL && found->meaning == MEANS_YES))
        said->command.is_preview = true;
    else
        said_ask(said, QUESTION_WORD, line, suggestions,
                 "for a preview, let the word stand on a line of its own");
}

void said_add_text(struct said *said, const char *gap, struct text text)
{
    GString *into = said->is_note ? said->note : said->text;

    if (text.size == 0)
        return;
    if (into->len > 0)
        g_string_append(into, gap);
    g_string_append_len(into, text.at, (gssize)text.size);
}
