#include "gateway/grammar/literal.h"

#include <string.h>

#define DEPTH_MOST 20

struct finding {
    struct arena *arena;
    bool is_any_case;
    bool is_lost;     /* something that is not understood */
    bool is_first;    /* nothing came before */
    bool is_at_start; /* nothing but an anchor */
    bool run_is_at_start;
    GString *run;
    struct literal best;
};

static void end_run(struct finding *finding)
{
    if (finding->run->len > finding->best.bytes.size) {
        const char *bytes = arena_copy(finding->arena, finding->run->str, finding->run->len);
        finding->best = (struct literal){.bytes = text_from(bytes, finding->run->len),
                                         .is_any_case = finding->is_any_case,
                                         .is_at_start = finding->run_is_at_start};
    }
    g_string_truncate(finding->run, 0);
    finding->is_at_start = false;
    finding->is_first = false;
}

/* Under (?i) more than two letters are k, and s; and all others beyond ASCII. */
static bool has_other_forms(struct text character)
{
    return (unsigned char)character.at[0] >= 0x80 || strchr("kKsS", character.at[0]) != NULL;
}

static void add(struct finding *finding, struct text character)
{
    if (finding->is_any_case && has_other_forms(character)) {
        end_run(finding);
        return;
    }
    if (finding->run->len == 0)
        finding->run_is_at_start = finding->is_at_start;
    finding->is_first = false;
    if (finding->is_any_case)
        g_string_append_c(finding->run, g_ascii_tolower(character.at[0]));
    else
        g_string_append_len(finding->run, character.at, (gssize)character.size);
}

/* Takes the last character back: a quantifier behind it allows none of it. */
static void take_back(struct finding *finding)
{
    size_t size = finding->run->len;

    while (size > 0 && ((unsigned char)finding->run->str[--size] & 0xC0) == 0x80)
        continue;
    g_string_truncate(finding->run, size);
}

enum quantity { QUANTITY_NONE, QUANTITY_SOME, QUANTITY_ANY };

/* Takes a quantifier off. ANY: it allows for none of what stands before it. */
static enum quantity take_quantifier(struct finding *finding, struct text *rest)
{
    enum quantity quantity = QUANTITY_SOME;

    if (rest->size == 0 || strchr("?*+{", rest->at[0]) == NULL)
        return QUANTITY_NONE;
    if (rest->at[0] == '{') {
        const ptrdiff_t end = text_find_byte(*rest, '}');
        /* "{" may be itself, and whether it is has changed between versions of PCRE2. */
        if (end < 2 || !g_ascii_isdigit(rest->at[1])) {
            finding->is_lost = true;
            return QUANTITY_ANY;
        }
        quantity = rest->at[1] == '0' ? QUANTITY_ANY : QUANTITY_SOME;
        *rest = text_skip(*rest, (size_t)end + 1);
    } else {
        quantity = rest->at[0] == '+' ? QUANTITY_SOME : QUANTITY_ANY;
        *rest = text_skip(*rest, 1);
    }
    if (rest->size > 0 && strchr("?+", rest->at[0]) != NULL)
        *rest = text_skip(*rest, 1);
    return quantity;
}

static void take_character(struct finding *finding, struct text *rest, struct text character)
{
    add(finding, character);
    switch (take_quantifier(finding, rest)) {
    case QUANTITY_NONE:
        return;
    case QUANTITY_SOME:
        end_run(finding);
        return;
    case QUANTITY_ANY:
        if (!finding->is_any_case || !has_other_forms(character))
            take_back(finding);
        end_run(finding);
        return;
    }
}

/* Something of which no character is known. */
static void take_gap(struct finding *finding, struct text *rest, size_t size)
{
    end_run(finding);
    *rest = text_skip(*rest, size);
    (void)take_quantifier(finding, rest);
}

/* The size of "[:^alpha:]"; 0: it is none. */
static size_t size_of_posix(struct text text)
{
    size_t at = 2;

    while (at < text.size && (g_ascii_islower(text.at[at]) || text.at[at] == '^'))
        at++;
    return text_has_prefix(text_skip(text, at), TEXT(":]")) ? at + 2 : 0;
}

/* The size of a class, "[^]a]" or "[[:alpha:]]". 0: it has no end. */
static size_t size_of_class(struct text text)
{
    size_t at = 1;

    if (at < text.size && text.at[at] == '^')
        at++;
    for (size_t first = at; at < text.size; at++) {
        if (text.at[at] == ']' && at > first)
            return at + 1;
        if (text.at[at] == '\\')
            at++;
        else if (text.at[at] == '[' && at + 1 < text.size && text.at[at + 1] == ':') {
            const size_t size = size_of_posix(text_skip(text, at));
            if (size == 0)
                return 0;
            at += size - 1;
        }
    }
    return 0;
}

/* The size of a group with its parentheses. 0: it has no end. */
static size_t size_of_group(struct text text)
{
    size_t depth = 0;

    for (size_t at = 0; at < text.size; at++) {
        if (text.at[at] == '\\') {
            at++;
        } else if (text.at[at] == '[') {
            const size_t size = size_of_class(text_skip(text, at));
            if (size == 0)
                return 0;
            at += size - 1;
        } else if (text.at[at] == '(') {
            depth++;
        } else if (text.at[at] == ')' && --depth == 0) {
            return at + 1;
        }
    }
    return 0;
}

/* Of the escapes that have no argument and stand for no certain character. */
static bool is_plain_escape(char letter)
{
    return strchr("dDwWsShHvVbBAzZnrtfRXK", letter) != NULL;
}

static void take_escape(struct finding *finding, struct text *rest)
{
    char letter = '\0';

    if (rest->size > 1)
        letter = rest->at[1];
    if (g_ascii_ispunct(letter) || letter == ' ') {
        const struct text character = text_from(rest->at + 1, 1);
        *rest = text_skip(*rest, 2);
        take_character(finding, rest, character);
    } else if (letter == 'A' && finding->is_first) {
        finding->is_at_start = true;
        *rest = text_skip(*rest, 2);
    } else if (letter != '\0' && is_plain_escape(letter)) {
        take_gap(finding, rest, 2);
    } else {
        finding->is_lost = true;
    }
}

/* What stands inside of a group that is its content alone. Empty: a lookaround, flags, or what is not known. */
static struct text content_of(struct text group)
{
    struct text inside = text_first(text_skip(group, 1), group.size - 2);

    if (!text_has_prefix(inside, TEXT("?")))
        return inside;
    if (text_has_prefix(inside, TEXT("?:")))
        return text_skip(inside, 2);
    const ptrdiff_t end = text_find_byte(inside, '>');
    return inside.size > 2 && inside.at[1] == '<' && g_ascii_isalpha(inside.at[2]) && end > 0
               ? text_skip(inside, (size_t)end + 1)
               : TEXT("");
}

/* Flags change what follows, verbs and recursion all. */
static bool is_strange(struct text group)
{
    if (text_has_prefix(group, TEXT("(*")))
        return true;
    if (!text_has_prefix(group, TEXT("(?")) || group.size < 4)
        return text_has_prefix(group, TEXT("(?"));
    return strchr(":<=!>", group.at[2]) == NULL;
}

static void read_part(struct finding *finding, struct text part, size_t depth);

static void take_group(struct finding *finding, struct text *rest, size_t depth)
{
    const size_t size = size_of_group(*rest);
    const struct text group = text_first(*rest, size);

    if (size == 0 || depth == DEPTH_MOST || is_strange(group)) {
        finding->is_lost = true;
        return;
    }
    const bool was_at_start = finding->is_at_start && finding->run->len == 0;
    end_run(finding);
    *rest = text_skip(*rest, size);
    finding->is_at_start = was_at_start;
    if (take_quantifier(finding, rest) != QUANTITY_ANY)
        read_part(finding, content_of(group), depth + 1);
    end_run(finding);
}

/* Is there a choice, outside of groups and classes? */
static bool has_choice(struct text part)
{
    for (size_t at = 0; at < part.size; at++) {
        size_t size = 1;
        if (part.at[at] == '|')
            return true;
        if (part.at[at] == '\\')
            size = 2;
        else if (part.at[at] == '[')
            size = size_of_class(text_skip(part, at));
        else if (part.at[at] == '(')
            size = size_of_group(text_skip(part, at));
        if (size == 0)
            return true;
        at += size - 1;
    }
    return false;
}

static void take_one(struct finding *finding, struct text *rest, size_t depth)
{
    struct text behind = *rest;
    uint32_t character = 0;
    size_t size = 0;

    switch (rest->at[0]) {
    case '\\':
        take_escape(finding, rest);
        return;
    case '(':
        take_group(finding, rest, depth);
        return;
    case '[':
        size = size_of_class(*rest);
        finding->is_lost = size == 0;
        take_gap(finding, rest, size);
        return;
    case '^':
        if (!finding->is_first) {
            take_gap(finding, rest, 1);
            return;
        }
        finding->is_at_start = true;
        *rest = text_skip(*rest, 1);
        return;
    case '.':
    case '$':
        take_gap(finding, rest, 1);
        return;
    case '{':
    case ')':
        finding->is_lost = true;
        return;
    default:
        (void)text_next_character(&behind, &character);
        const struct text whole = text_first(*rest, (size_t)(behind.at - rest->at));
        *rest = behind;
        take_character(finding, rest, whole);
        return;
    }
}

static void read_part(struct finding *finding, struct text part, size_t depth)
{
    if (has_choice(part))
        return;
    while (part.size > 0 && !finding->is_lost)
        take_one(finding, &part, depth);
}

/* "(?i)", "(?s)", "(?im)" at the front of all; (?x) would make spaces nothing. */
static void take_flags(struct finding *finding, struct text *rest)
{
    size_t size = 2;

    if (!text_has_prefix(*rest, TEXT("(?")))
        return;
    while (size < rest->size && strchr("ims", rest->at[size]) != NULL)
        size++;
    if (size == 2 || size == rest->size || rest->at[size] != ')')
        return;
    finding->is_any_case = memchr(rest->at, 'i', size) != NULL;
    *rest = text_skip(*rest, size + 1);
}

struct literal literal_find(struct arena *arena, const char *pattern)
{
    g_autoptr(GString) run = g_string_new(NULL);
    static const char *const strange[] = {"\\Q", "\\E", "(?#", "(*"};
    struct finding finding = {.arena = arena, .is_first = true, .run = run};
    struct text rest = text_of(pattern);

    for (size_t i = 0; i < G_N_ELEMENTS(strange); i++)
        if (strstr(pattern, strange[i]) != NULL)
            return (struct literal){.bytes = TEXT("")};
    take_flags(&finding, &rest);
    read_part(&finding, rest, 0);
    end_run(&finding);
    return finding.is_lost ? (struct literal){.bytes = TEXT("")} : finding.best;
}
