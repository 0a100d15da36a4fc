#include "gateway/grammar/books.h"

#include "gateway/grammar/made.h"

#include <string.h>

#define ARENA_BYTES      ((size_t)256 * 1024 * 1024)
#define BOOKS_MOST       256
#define BOUNCEBOOKS_MOST 16
#define FAILURES_MOST    16

static const char *const dropped_standard[] = {"EXTERNAL", "EXT", "SPAM"};

struct grammars *books_open(void)
{
    struct grammars *grammars = g_new0(struct grammars, 1);

    grammars->arena = arena_open(ARENA_BYTES);
    grammars->patterns = g_ptr_array_new_with_free_func((GDestroyNotify)pattern_close);
    grammars->matcher = matcher_open();
    grammars->books = ARENA_ARRAY(grammars->arena, const struct rulebook *, BOOKS_MOST);
    grammars->bouncebooks =
        ARENA_ARRAY(grammars->arena, const struct bouncebook *, BOUNCEBOOKS_MOST);
    grammars->dropped_words = dropped_standard;
    grammars->dropped_word_count = G_N_ELEMENTS(dropped_standard);
    return grammars;
}

void grammars_close(struct grammars *grammars)
{
    if (grammars == NULL)
        return;
    matcher_close(grammars->matcher);
    g_ptr_array_unref(grammars->patterns);
    arena_close(grammars->arena);
    g_free(grammars);
}

static bool refuse_book(struct problems *problems, const char *path, const char *why)
{
    const struct problem place = {.file = path};

    problems_add(problems, &place, "%s", why);
    return false;
}

static bool add_bounces(struct grammars *grammars, const struct bouncebook *book, const char *path,
                        struct problems *problems)
{
    if (grammars->bouncebook_count == BOUNCEBOOKS_MOST)
        return refuse_book(problems, path, "is one table of bounces too many: 16 are the most");
    grammars->bouncebooks[grammars->bouncebook_count++] = book;
    return true;
}

static bool add_rules(struct grammars *grammars, const struct rulebook *book, const char *path,
                      struct problems *problems)
{
    if (grammars->book_count == BOOKS_MOST)
        return refuse_book(problems, path, "is one grammar too many: 256 are the most");
    grammars->books[grammars->book_count++] = book;
    return true;
}

bool books_add(struct grammars *grammars, const char *path, bool is_trusted,
               struct problems *problems)
{
    const struct loader loader = {grammars->arena, problems, grammars->patterns};
    const size_t before = problems_count_errors(problems);
    const struct yaml_node *root = yaml_load_file(grammars->arena, path, is_trusted, problems);
    const bool is_of_bounces = bouncebook_is_one(path, root);
    const struct bouncebook *bounces = is_of_bounces ? bouncebook_read(&loader, root) : NULL;
    const struct rulebook *book = is_of_bounces ? NULL : rulebook_read(&loader, root);

    /* What YAML reports alone, a key given twice, spoils the file as well. */
    if (problems_count_errors(problems) > before)
        return false;
    return is_of_bounces ? add_bounces(grammars, bounces, path, problems)
                         : add_rules(grammars, book, path, problems);
}

bool books_add_monitors(struct grammars *grammars, const char *path, struct problems *problems)
{
    const size_t before = grammars->book_count;

    if (!books_add(grammars, path, false, problems))
        return false;
    if (grammars->book_count == before)
        return true;
    for (size_t i = 0; i < before; i++)
        if (strcmp(grammars->books[i]->name, grammars->books[before]->name) == 0)
            grammars->book_count = before;
    return true;
}

static void keep_failure(struct books_reading *reading, const struct rulebook *book,
                         const struct rule *rule, const char *why)
{
    struct reading *into = reading->reading;

    if (reading->failures == NULL)
        reading->failures = ARENA_ARRAY(reading->arena, struct rule_failure, FAILURES_MOST);
    into->failures = reading->failures;
    if (into->failure_count < FAILURES_MOST)
        reading->failures[into->failure_count++] =
            (struct rule_failure){arena_string(reading->arena, book->name),
                                  arena_string(reading->arena, rule->name), why};
}

static enum trial_outcome outcome_of(enum match match)
{
    switch (match) {
    case MATCH_YES:
        return TRIAL_MATCHED;
    case MATCH_NO:
        return TRIAL_UNMATCHED;
    case MATCH_FAILED:
        break;
    }
    return TRIAL_FAILED;
}

static void open_hearing(struct books_reading *reading, const struct language *language,
                         struct hearing *hearing)
{
    static const struct thread_facts none;
    const struct grammar_request *request = reading->request;
    struct grammars *grammars = reading->grammars;

    *hearing = (struct hearing){
        .arena = reading->arena,
        .language = language,
        .matcher = grammars->matcher,
        .request = request,
        .thread = request->thread != NULL ? request->thread : &none,
        .dropped_words = grammars->dropped_words,
        .dropped_word_count = grammars->dropped_word_count,
        .subject = subject_split(language, grammars->matcher, request->mail->subject),
    };
    said_open(&hearing->said, reading->arena, language, grammars->matcher, request->page);
}

static void take_match(struct books_reading *reading, const struct rulebook *book,
                       const struct rule *rule, const struct rule_match *match)
{
    struct reading *into = reading->reading;
    const struct grammar_alert *first = &match->first;
    struct hearing hearing;

    into->grammar = arena_string(reading->arena, book->name);
    into->rule = arena_string(reading->arena, rule->name);
    into->values = first->values;
    into->value_count = first->value_count;
    into->groups = first->groups;
    into->group_count = first->group_count;
    into->alerts = match->alerts;
    into->alert_count = match->alert_count;
    into->was_explicit = true;
    if (reading->grammars->language == NULL || made_is_plain(first->kind)) {
        made_plain(reading->arena, reading->request, first->kind, into);
        return;
    }
    open_hearing(reading, reading->grammars->language, &hearing);
    made_read(&hearing, first->kind, into);
    said_close(&hearing.said);
}

/* NULL: all that the rule made may be said by who wrote; else what may not. */
static const char *judge_role(const struct books_reading *reading, const struct rule_match *match)
{
    enum command_kind kind = match->first.kind;
    bool may = made_may(reading->request->role, kind);

    for (size_t i = 0; i < match->alert_count && may; i++) {
        kind = match->alerts[i].kind;
        may = made_may(reading->request->role, kind);
    }
    return may || reading->is_trial
               ? NULL
               : arena_format(reading->arena, "who wrote may not give the command `%s`",
                              command_kind_name(kind));
}

/* False: the rule did not win. */
static bool ask_rule(struct books_reading *reading, const struct rulebook *book,
                     const struct rule *rule, struct trial_rule *row)
{
    if (reading->candidates != NULL && !candidates_may_match(reading->candidates, rule))
        return false;
    struct rule_match match =
        rule_match(rule, reading->grammars->matcher, reading->arena, reading->request, row != NULL);
    const char *denied = match.outcome == MATCH_YES ? judge_role(reading, &match) : NULL;

    if (denied != NULL) {
        match.outcome = MATCH_FAILED;
        match.why = denied;
    }
    if (row != NULL)
        *row = (struct trial_rule){
            arena_string(reading->arena, rule->name), rule->line,         outcome_of(match.outcome),
            match.why != NULL ? match.why : "",       match.first.groups, match.first.group_count};
    if (match.outcome == MATCH_FAILED || (match.outcome == MATCH_YES && match.why != NULL))
        keep_failure(reading, book, rule, match.why);
    if (match.outcome != MATCH_YES)
        return false;
    take_match(reading, book, rule, &match);
    return true;
}

bool books_ask_rules(struct books_reading *reading, const struct rulebook *book)
{
    bool is_found = false;

    for (size_t i = 0; i < book->rule_count; i++) {
        struct trial_rule *row = reading->trial != NULL ? &reading->trial[i] : NULL;
        const struct rule *rule = &book->rules[i];
        if (!is_found)
            is_found = ask_rule(reading, book, rule, row);
        else if (row != NULL)
            *row = (struct trial_rule){.name = arena_string(reading->arena, rule->name),
                                       .line = rule->line,
                                       .outcome = TRIAL_UNREACHED,
                                       .why = ""};
        if (is_found && row == NULL)
            return true;
    }
    return is_found;
}

void books_ask_language(struct books_reading *reading, const struct rulebook *book)
{
    struct hearing hearing;

    reading->reading->grammar = arena_string(reading->arena, book->name);
    reading->reading->rule = "";
    open_hearing(reading, book->language, &hearing);
    people_read(&hearing, reading->reading);
    said_close(&hearing.said);
}
