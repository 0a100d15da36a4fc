#include "gateway/grammar/saying.h"

#include <string.h>

/* One state that the line names. */
struct state {
    bool is_down;
    bool is_over;   /* "resolved": what it says later of a problem is of the one that is over */
    bool is_past;   /* "was down" */
    bool is_newer;  /* "-> up", "now up" */
    bool is_beside; /* "down/up" */
    bool has_severity;
    enum incident_severity severity;
    struct text word;
};

struct listening {
    struct state now;
    bool has_state;
    bool has_acknowledgement;
    bool is_unclear;
    bool is_past; /* "was" came last */
    bool is_newer;
    struct text acknowledged;
};

/* What stands between two words of a line. */
static struct text between(const struct generic_word *left, const struct generic_word *right)
{
    const char *from = left->text.at + left->text.size;

    return text_from(from, (size_t)(right->text.at - from));
}

static bool has_any(struct text text, const char *const *signs)
{
    for (; *signs != NULL; signs++)
        if (text_find(text, text_of(*signs)) >= 0)
            return true;
    return false;
}

/* Signs that no file needs to list. True: what follows stands beside what came before. */
static bool hear_signs(struct listening *listening, struct text signs)
{
    static const char *const arrows[] = {">", "→", "⇒", "➔", "➜", "➡", "⟶", "»", NULL};
    static const char *const beside[] = {"/", "|", NULL};
    static const char *const questions[] = {"?", "؟", NULL};

    listening->is_newer = listening->is_newer || has_any(signs, arrows);
    listening->is_unclear = listening->is_unclear || has_any(signs, questions);
    return has_any(signs, beside);
}

static void take_severity(struct state *state, const struct state *before)
{
    if (!before->has_severity || state->is_newer)
        return;
    state->severity =
        state->has_severity ? MAX(state->severity, before->severity) : before->severity;
    state->has_severity = true;
}

/* The last wins where it is clear that it is newer. */
static bool is_replaced(const struct state *before, const struct state *state)
{
    if (before->is_down == state->is_down || state->is_newer)
        return true;
    return before->is_down && !state->is_beside;
}

static void add_state(struct listening *listening, struct state state)
{
    const struct state before = listening->now;

    if (listening->has_state && state.is_past)
        return;
    if (!listening->has_state || before.is_past) {
        listening->now = state;
        listening->has_state = true;
        return;
    }
    if (before.is_down == state.is_down) {
        take_severity(&state, &before);
        state.is_over = before.is_over || state.is_over;
    }
    if (is_replaced(&before, &state))
        listening->now = state;
    else if (state.is_beside || !before.is_over)
        listening->is_unclear = true;
}

static struct state make_state(const struct listening *listening, const struct generic_word *word,
                               size_t count)
{
    const struct generic_word *last = &word[MIN(word->words, count) - 1];
    const bool is_up = word->class == GENERIC_UP || word->class == GENERIC_ENDED;

    return (struct state){
        .is_down = !is_up,
        .is_over = word->class == GENERIC_ENDED,
        .is_past = listening->is_past,
        .is_newer = listening->is_newer,
        .has_severity = word->class == GENERIC_MINOR || word->class == GENERIC_CRITICAL,
        .severity = word->class == GENERIC_CRITICAL ? SEVERITY_CRITICAL : SEVERITY_MINOR,
        .word = text_from(word->text.at, (size_t)(last->text.at - word->text.at) + last->text.size),
    };
}

static void hear_word(struct listening *listening, const struct generic_word *word, size_t count,
                      bool is_beside)
{
    struct state state;

    switch (word->class) {
    case GENERIC_DOWN:
    case GENERIC_MINOR:
    case GENERIC_CRITICAL:
    case GENERIC_UP:
    case GENERIC_ENDED:
        state = make_state(listening, word, count);
        state.is_beside = is_beside;
        add_state(listening, state);
        listening->is_past = false;
        listening->is_newer = false;
        return;
    case GENERIC_ACKNOWLEDGED:
        listening->has_acknowledgement = true;
        listening->acknowledged = word->text;
        return;
    case GENERIC_PAST:
        listening->is_past = true;
        return;
    case GENERIC_TOWARDS:
        listening->is_newer = true;
        listening->is_past = false;
        return;
    case GENERIC_UNCLEAR:
        listening->is_unclear = true;
        return;
    case GENERIC_OTHER:
    case GENERIC_NAME:
    case GENERIC_FILLER:
        return;
    }
}

static struct said_state conclude(const struct listening *listening)
{
    const struct state *now = &listening->now;
    struct said_state said = {.kind = SAYING_NOTHING,
                              .has_state = listening->has_state || listening->has_acknowledgement,
                              .has_severity = now->has_severity,
                              .severity = now->severity,
                              .word = now->word};
    const bool is_up = listening->has_state && !now->is_past && !now->is_down;

    if (listening->is_unclear || (now->is_past && !listening->has_acknowledgement)) {
        said.kind = SAYING_UNCLEAR;
    } else if (listening->has_acknowledgement && !is_up) {
        said.kind = SAYING_ACKNOWLEDGED;
        said.word = listening->acknowledged;
    } else if (listening->has_state) {
        said.kind = is_up ? SAYING_UP : SAYING_DOWN;
    }
    return said;
}

struct said_state saying_read(struct text folded, const struct generic_word *words, size_t count)
{
    struct listening listening = {.has_state = false};

    for (size_t i = 0; i < count;) {
        const size_t taken = MAX(words[i].words, 1);
        const bool is_beside = i > 0 && hear_signs(&listening, between(&words[i - 1], &words[i]));
        hear_word(&listening, &words[i], count - i, is_beside);
        i += taken;
    }
    if (count > 0) { /* "down?" */
        const char *end = words[count - 1].text.at + words[count - 1].text.size;
        (void)hear_signs(&listening, text_from(end, (size_t)(folded.at + folded.size - end)));
    }
    return conclude(&listening);
}
