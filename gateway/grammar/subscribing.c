#include "gateway/grammar/subscribing.h"

#include "gateway/grammar/books.h"
#include "gateway/grammar/utterance.h"

#include <assert.h>
#include <string.h>

/* Below so many lines nobody commands. */
#define LINES_MOST 200

static const char *const kind_names[] = {
    [SUBSCRIBING_NOTHING] = "nothing",
    [SUBSCRIBING_SUBSCRIBE] = "subscribe",
    [SUBSCRIBING_UNSUBSCRIBE] = "unsubscribe",
    [SUBSCRIBING_CONFIRM] = "confirm",
    [SUBSCRIBING_PREFERENCES] = "preferences",
    [SUBSCRIBING_CHANGE] = "change",
    [SUBSCRIBING_HELP] = "help",
    [SUBSCRIBING_QUESTION] = "question",
};
static_assert(G_N_ELEMENTS(kind_names) == SUBSCRIBING_KIND_COUNT, "a kind has no name");

const char *subscribing_kind_name(enum subscribing_kind kind)
{
    assert((size_t)kind < SUBSCRIBING_KIND_COUNT);
    return kind_names[kind];
}

/* What a subject or a text says. */
struct account {
    struct utterance utterance;
    struct wished wished;
};

static void open_account(struct grammars *grammars, struct arena *arena,
                         const struct subscribing_request *request, struct account *account)
{
    *account = (struct account){
        .utterance = {SUBSCRIBING_NOTHING, "", false},
        .wished = {.arena = arena,
                   .language = grammars->subscribing,
                   .page = request->page,
                   .time_zone = request->time_zone,
                   .now = request->now,
                   .command = SUBSCRIBING_SUBSCRIBE},
    };
}

static bool is_wish(enum subscribing_kind kind)
{
    return kind == SUBSCRIBING_CHANGE || kind == SUBSCRIBING_SUBSCRIBE ||
           kind == SUBSCRIBING_PREFERENCES;
}

static bool greets(const struct grammars *grammars, struct text line)
{
    return grammars->language != NULL &&
           language_match(grammars->language, grammars->matcher, LANGUAGE_GREETING, line) != NULL;
}

/* Not yet the first line: blank, quoted, or a greeting. */
static bool is_opening(const struct grammars *grammars, struct text line, bool *was_greeted)
{
    line = text_trim(line);
    if (line.size == 0 || line.at[0] == '>')
        return true;
    if (*was_greeted)
        return false;
    *was_greeted = greets(grammars, line);
    return *was_greeted;
}

/* One more line below a command. False: that is all. */
static bool add_line(const struct listener *listener, struct account *account, struct text line,
                     bool *has_text)
{
    const struct text kept = account->wished.line;
    struct utterance more = *has_text ? utterance_read_named(listener, &account->wished, line)
                                      : utterance_read(listener, &account->wished, line);
    const char *const suggestions[] = {"unsubscribe", NULL};

    if (more.kind == SUBSCRIBING_UNSUBSCRIBE) {
        (void)wished_ask(&account->wished, suggestions,
                         "to hear nothing more, write that word alone");
        more.kind = SUBSCRIBING_QUESTION;
    }
    if (more.kind == SUBSCRIBING_QUESTION) {
        account->utterance.kind = SUBSCRIBING_QUESTION;
        return false;
    }
    if (more.kind == SUBSCRIBING_NOTHING) {
        *has_text = true;
        account->wished.line = kept;
    }
    if (is_wish(more.kind) && account->utterance.kind == SUBSCRIBING_PREFERENCES)
        account->utterance = more;
    return true;
}

/* What stood above the first command. */
struct opening {
    bool was_greeted;
    bool was_introduced; /* "Please change this:" */
};

/* The first line that says something. False: nothing more is to be read. */
static bool read_first(const struct grammars *grammars, struct listener *listener,
                       struct opening *opening, struct text line, struct account *account)
{
    if (is_opening(grammars, line, &opening->was_greeted))
        return true;
    account->utterance = utterance_read(listener, &account->wished, line);
    if (account->utterance.kind == SUBSCRIBING_NOTHING && !opening->was_introduced) {
        opening->was_introduced = text_has_suffix(text_trim(line), TEXT(":"));
        return opening->was_introduced;
    }
    listener->takes_lines = true;
    return is_wish(account->utterance.kind);
}

/* The command on the first line; below it may stand preference lines. */
static void read_text(const struct grammars *grammars, struct listener *listener, struct text text,
                      struct account *account)
{
    struct text line;
    struct opening opening = {false, false};
    bool has_text = false;
    bool goes_on = true;

    for (size_t i = 0; i < LINES_MOST && goes_on && text_next_line(&text, &line); i++)
        if (account->utterance.kind == SUBSCRIBING_NOTHING)
            goes_on = read_first(grammars, listener, &opening, line, account);
        else if (text_trim(line).size > 0)
            goes_on = add_line(listener, account, line, &has_text);
}

/* Is `confirm` the first word? To a key nothing else can be meant. */
static bool confirms(struct grammars *grammars, struct arena *arena, const struct mail *mail,
                     struct account *account)
{
    struct text text = text_of(mail->text);
    struct text line;
    bool was_greeted = false;
    size_t taken = 0;

    while (text_next_line(&text, &line))
        if (!is_opening(grammars, line, &was_greeted)) {
            const struct phrase phrase = phrase_split(arena, text_first(line, 500));
            const struct vocable *word =
                phrase.count == 0
                    ? NULL
                    : wished_find(&account->wished, &phrase, 0, 1U << MEANS_WORD, &taken);
            if (word == NULL || word->value != SUBSCRIBING_CONFIRM)
                return false;
            account->utterance = (struct utterance){
                SUBSCRIBING_CONFIRM, language_of_word(grammars->subscribing, word), false};
            return true;
        }
    return false;
}

/* Words without the command that the address already gives. */
static void read_options(struct account *account, struct text line)
{
    struct wished tried = account->wished;
    const struct phrase phrase = phrase_split(tried.arena, line);

    if (phrase.count > 0 && !phrase.is_cut && !phrase.is_question && wished_words(&tried, &phrase))
        account->wished = tried;
}

static enum subscribing_kind kind_of_extension(const char *extension)
{
    static const enum subscribing_kind kinds[] = {SUBSCRIBING_SUBSCRIBE, SUBSCRIBING_UNSUBSCRIBE,
                                                  SUBSCRIBING_HELP};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds) && extension != NULL; i++)
        if (g_ascii_strcasecmp(extension, kind_names[kinds[i]]) == 0)
            return kinds[i];
    return SUBSCRIBING_NOTHING;
}

/* Everything that one mail says. */
struct mail_words {
    struct grammars *grammars;
    const struct subscribing_request *request;
    struct listener listener;
    struct subject subject;
    enum subscribing_kind extension;
    struct account by_subject;
    struct account by_text;
};

static bool is_better(const struct account *one, const struct account *other, bool comes_first)
{
    const enum subscribing_kind kind = one->utterance.kind;
    const enum subscribing_kind against = other->utterance.kind;

    if (kind == SUBSCRIBING_NOTHING || against == SUBSCRIBING_NOTHING)
        return against == SUBSCRIBING_NOTHING;
    if ((kind == SUBSCRIBING_QUESTION) != (against == SUBSCRIBING_QUESTION))
        return against == SUBSCRIBING_QUESTION;
    return comes_first;
}

/* The subject's command, with the lines of the text, or one of both: in a reply the text's. */
static struct account *choose(struct mail_words *words)
{
    struct account *by_subject = &words->by_subject;
    struct account *by_text = &words->by_text;
    const enum subscribing_kind subject = by_subject->utterance.kind;
    const enum subscribing_kind text = by_text->utterance.kind;

    if (is_wish(subject) && (text == SUBSCRIBING_CHANGE || text == SUBSCRIBING_SUBSCRIBE ||
                             text == SUBSCRIBING_QUESTION)) {
        if (text == SUBSCRIBING_CHANGE && subject == SUBSCRIBING_SUBSCRIBE)
            by_text->utterance = by_subject->utterance;
        return by_text;
    }
    return is_better(by_subject, by_text, !words->subject.is_reply) ? by_subject : by_text;
}

/* The address is a word as well, where the mail has none that is understood. */
static struct account *add_extension(struct mail_words *words, struct account *account)
{
    const enum subscribing_kind kind = account->utterance.kind;
    struct text text = text_of(words->request->mail->text);
    struct text line = TEXT("");

    if (words->extension == SUBSCRIBING_NOTHING)
        return account;
    if (words->extension == SUBSCRIBING_SUBSCRIBE && kind == SUBSCRIBING_CHANGE)
        account->utterance.kind = SUBSCRIBING_SUBSCRIBE;
    if (kind != SUBSCRIBING_NOTHING && !account->utterance.is_near)
        return account;
    open_account(words->grammars, account->wished.arena, words->request, account);
    account->utterance.kind = words->extension;
    if (words->extension != SUBSCRIBING_SUBSCRIBE)
        return account;
    read_options(account, words->subject.titled);
    while (text_next_line(&text, &line) && text_trim(line).size == 0)
        continue;
    read_options(account, text_first(line, 500));
    return account;
}

static const struct subscribing *conclude(struct arena *arena, struct account *account)
{
    struct subscribing *subscribing = ARENA_NEW(arena, struct subscribing);
    struct wished *wished = &account->wished;
    const enum subscribing_kind kind = account->utterance.kind;
    const bool is_question = kind == SUBSCRIBING_QUESTION;

    wished_close(wished);
    *subscribing = (struct subscribing){.kind = kind,
                                        .language = account->utterance.language,
                                        .quoted = is_question ? wished->quoted : "",
                                        .problem = is_question ? wished->problem : ""};
    subscribing->language = arena_string(arena, subscribing->language);
    if (kind == SUBSCRIBING_SUBSCRIBE || kind == SUBSCRIBING_CHANGE) {
        struct wishes *wishes = ARENA_NEW(arena, struct wishes);
        *wishes = wished->wishes;
        subscribing->wishes = wishes;
    }
    if (is_question) {
        const char **suggestions = ARENA_ARRAY(arena, const char *, WISHED_SUGGESTIONS);
        for (size_t i = 0; i < wished->suggestion_count; i++)
            suggestions[i] = arena_string(arena, wished->suggestions[i]);
        subscribing->suggestions = suggestions;
        subscribing->suggestion_count = wished->suggestion_count;
    }
    return subscribing;
}

static void read_mail(struct mail_words *words)
{
    struct listener *listener = &words->listener;
    struct account *by_subject = &words->by_subject;

    by_subject->utterance = utterance_read(listener, &by_subject->wished, words->subject.titled);
    /* Lines below a subject that is a wish, or to an address that is one, belong to it. */
    listener->takes_lines = listener->takes_lines || is_wish(by_subject->utterance.kind) ||
                            words->extension == SUBSCRIBING_SUBSCRIBE;
    if (is_wish(by_subject->utterance.kind))
        words->by_text.wished = by_subject->wished;
    read_text(words->grammars, listener, text_of(words->request->mail->text), &words->by_text);
}

const struct subscribing *grammar_read_subscriber(struct grammars *grammars, struct arena *arena,
                                                  const struct subscribing_request *request)
{
    const struct language *subjects =
        grammars->language != NULL ? grammars->language : grammars->subscribing;
    struct mail_words words = {
        .grammars = grammars,
        .request = request,
        .listener = {grammars->subscribing, grammars->matcher, request->is_subscriber,
                     request->is_subscriber},
        .subject = subject_split(subjects, grammars->matcher, request->mail->subject),
        .extension = kind_of_extension(request->extension),
    };

    open_account(grammars, arena, request, &words.by_subject);
    open_account(grammars, arena, request, &words.by_text);
    if (request->is_keyed && confirms(grammars, arena, request->mail, &words.by_text))
        return conclude(arena, &words.by_text);
    read_mail(&words);
    return conclude(arena, add_extension(&words, choose(&words)));
}
