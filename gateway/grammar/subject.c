#include "gateway/grammar/subject.h"

#include "gateway/base/number.h"

/* A mail program puts one prefix more before each answer; what has more is no subject. */
#define PREFIXES_MOST 50

/* Takes a prefix off. The outermost one tells what the mail is. */
static bool take_prefix(const struct language *language, struct matcher *matcher, struct text *rest,
                        struct subject *subject)
{
    const struct pattern *pattern = language_match(language, matcher, LANGUAGE_PREFIX, *rest);

    if (pattern == NULL)
        return false;
    const struct vocable *found = language_find(language, matcher_group(matcher, pattern, "word"),
                                                1U << MEANS_REPLY | 1U << MEANS_FORWARD);
    if (found == NULL)
        return false;
    if (!subject->is_reply && !subject->is_forward) {
        subject->is_reply = found->meaning == MEANS_REPLY;
        subject->is_forward = found->meaning == MEANS_FORWARD;
    }
    *rest = text_skip(*rest, matcher_group(matcher, pattern, "").size);
    return true;
}

static bool take_bracket(const struct language *language, struct matcher *matcher,
                         struct text *rest, struct subject *subject)
{
    const struct pattern *pattern = language_match(language, matcher, LANGUAGE_BRACKET, *rest);

    if (pattern == NULL || subject->bracket_count == SUBJECT_BRACKETS)
        return false;
    subject->brackets[subject->bracket_count++] =
        text_trim(matcher_group(matcher, pattern, "word"));
    *rest = text_skip(*rest, matcher_group(matcher, pattern, "").size);
    return true;
}

static void keep_number(struct subject *subject, int64_t number)
{
    for (size_t i = 0; i < subject->number_count; i++)
        if (subject->numbers[i] == number)
            return;
    if (subject->number_count < GRAMMAR_NUMBERS)
        subject->numbers[subject->number_count++] = number;
}

static bool is_joint(char byte)
{
    return byte == ' ' || byte == '\t' || byte == ':' || byte == '-' || byte == ',';
}

/* "#42: resolved" leaves "resolved". */
static struct text trim_joints(struct text text)
{
    while (text.size > 0 && is_joint(text.at[0]))
        text = text_skip(text, 1);
    while (text.size > 0 && is_joint(text.at[text.size - 1]) && text.at[text.size - 1] != ':')
        text.size--;
    return text;
}

/* Each form of a number, in the order of the language's patterns, at most once. "(#42)" is how we end our
 * own subjects: what stands before it is a title, "#3" in it as well. */
static void take_numbers(const struct language *language, struct matcher *matcher,
                         struct subject *subject)
{
    const struct language_patterns *patterns = &language->patterns[LANGUAGE_NUMBER];

    for (size_t i = 0; i < patterns->count; i++) {
        const struct pattern *pattern = patterns->patterns[i];
        const char *reason = NULL;
        int64_t number = 0;
        if (matcher_match(matcher, pattern, subject->bare, &reason) != MATCH_YES ||
            !number_parse(matcher_group(matcher, pattern, "number"), 0, INT64_MAX, &number))
            continue;
        const struct text whole = matcher_group(matcher, pattern, "");
        if (whole.at == subject->bare.at)
            subject->bare = text_skip(subject->bare, whole.size);
        else
            subject->bare = text_first(subject->bare, (size_t)(whole.at - subject->bare.at));
        keep_number(subject, number);
        if (i == 0)
            break;
    }
    if (subject->number_count > 0)
        subject->bare = trim_joints(subject->bare);
}

struct subject subject_split(const struct language *language, struct matcher *matcher,
                             const char *subject)
{
    struct subject split = {0};
    struct text rest = text_trim(text_of(subject));

    for (size_t i = 0; i < PREFIXES_MOST; i++)
        if (!take_prefix(language, matcher, &rest, &split) &&
            !take_bracket(language, matcher, &rest, &split))
            break;
    split.titled = text_trim(rest);
    split.bare = split.titled;
    take_numbers(language, matcher, &split);
    split.bare = text_trim(split.bare);
    return split;
}
