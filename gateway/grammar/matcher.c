#include "gateway/grammar/pattern_code.h"

#include <string.h>
#include <time.h>

/* The heap bounds what the interpreter may nest: a group repeated over a whole mail is legitimate, and PCRE2's
 * depth counts each round. */
#define HEAP_KIB        4096
#define DEPTH           25000
#define JIT_STACK_BYTES ((size_t)32 * 1024)
#define JIT_STACK_MOST  ((size_t)1024 * 1024)

/* PCRE2 counts the steps of each place where a match may begin by themselves, and compiled it does not count
 * all: `a.{0,60000}[xy]` needs 4 s for 64 KiB and breaks no limit of its own. So a text is searched in
 * stretches of places, each so short that at a nanosecond a character and a step (20 when interpreted) it
 * costs at most some milliseconds, and the clock is looked at between them. */
#define WORK_COMPILED    ((size_t)2000000)
#define WORK_INTERPRETED ((size_t)100000)
/* After one that cost less than this the next may be twice as long, up to so many times the first. */
#define CHEAP_NS    INT64_C(1000000)
#define LONGER_MOST 128
#define MATCH_NS    INT64_C(10000000)
#define MAIL_NS     INT64_C(250000000)
/* After so many failures of one mail what is left has a tenth of the steps and a quarter of the time. */
#define FAILURES_DEAR 4
#define LOOKS         16

struct matcher {
    pcre2_match_context *context;
    pcre2_match_data *data;
    pcre2_jit_stack *stack;
    struct text text; /* of the last match */
    bool is_used;     /* the interpreter's frames are in `data` */
    bool is_of_mail;  /* between matcher_begin() and matcher_end() */
    int64_t ends_at;  /* of this thread's clock: then the mail has cost too much */
    size_t failures;
    size_t matches;
};

static void renew_data(struct matcher *matcher)
{
    pcre2_match_data_free(matcher->data);
    matcher->data = pcre2_match_data_create(PATTERN_GROUPS, NULL);
    matcher->is_used = false;
    if (matcher->data == NULL)
        g_error("out of memory");
}

struct matcher *matcher_open(void)
{
    struct matcher *matcher = g_new0(struct matcher, 1);

    matcher->context = pcre2_match_context_create(NULL);
    if (matcher->context == NULL)
        g_error("out of memory");
    (void)pcre2_set_depth_limit(matcher->context, DEPTH);
    (void)pcre2_set_heap_limit(matcher->context, HEAP_KIB);
    /* NULL where there is no JIT: then nobody needs it. */
    matcher->stack = pcre2_jit_stack_create(JIT_STACK_BYTES, JIT_STACK_MOST, NULL);
    pcre2_jit_stack_assign(matcher->context, NULL, matcher->stack);
    renew_data(matcher);
    return matcher;
}

void matcher_close(struct matcher *matcher)
{
    if (matcher == NULL)
        return;
    pcre2_match_data_free(matcher->data);
    pcre2_match_context_free(matcher->context);
    pcre2_jit_stack_free(matcher->stack);
    g_free(matcher);
}

static const char *reason_of(int code)
{
    switch (code) {
    case PCRE2_ERROR_MATCHLIMIT:
        return "needs too many steps (match limit exceeded)";
    case PCRE2_ERROR_DEPTHLIMIT:
        return "nests too deep (depth limit exceeded)";
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_NOMEMORY:
        return "needs too much memory (heap limit exceeded)";
    case PCRE2_ERROR_JIT_STACKLIMIT:
        return "needs too much memory (JIT stack limit exceeded)";
    case PCRE2_ERROR_RECURSELOOP:
        return "recurses without end";
    default:
        return "cannot be matched against this text";
    }
}

/* Of this thread alone, whatever else the machine does. */
static int64_t clock_ns(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

void matcher_begin(struct matcher *matcher)
{
    matcher->is_of_mail = true;
    matcher->ends_at = clock_ns() + MAIL_NS;
    matcher->failures = 0;
    matcher->matches = 0;
}

void matcher_end(struct matcher *matcher)
{
    matcher->is_of_mail = false;
}

/* One search of a text. */
struct search {
    struct matcher *matcher;
    const struct pattern *pattern;
    size_t from;       /* where the next stretch begins */
    size_t work;       /* of one stretch */
    size_t steps;      /* of one place at most */
    size_t places;     /* of the next stretch */
    uint32_t options;  /* PCRE2_NO_JIT, PCRE2_NO_UTF_CHECK */
    int64_t looked_at; /* at the clock; 0: not yet */
    int64_t ends_at;
    bool is_cheap; /* the last stretch was */
};

static void set_work(struct search *search, bool is_compiled)
{
    const struct matcher *matcher = search->matcher;
    const bool is_dear = matcher->is_of_mail && matcher->failures >= FAILURES_DEAR;

    search->work = is_compiled ? WORK_COMPILED : WORK_INTERPRETED;
    search->steps = (size_t)PATTERN_STEPS / (is_dear ? 10 : 1);
    search->places = MAX(search->work / MAX(matcher->text.size - search->from, 1), 1);
}

/* Where a stretch that begins at `from` ends: behind `places` bytes, and no character is cut. */
static size_t end_of(struct text text, size_t from, size_t places)
{
    size_t end = text.size - from <= places ? text.size + 1 : from + places;

    while (end < text.size && ((unsigned char)text.at[end] & 0xC0) == 0x80)
        end++;
    return end;
}

static int match_stretch(struct search *search, size_t end)
{
    struct matcher *matcher = search->matcher;
    const size_t steps = CLAMP(search->work / MAX(end - search->from, 1), 1, search->steps);

    (void)pcre2_set_match_limit(matcher->context, (uint32_t)steps);
    (void)pcre2_set_offset_limit(matcher->context,
                                 end > matcher->text.size ? PCRE2_UNSET : end - 1);
    return pcre2_match(search->pattern->code, (PCRE2_SPTR)matcher->text.at, matcher->text.size,
                       search->from, search->options, matcher->data, matcher->context);
}

/* Has the match, or the mail, cost what it may? */
static bool is_too_dear(struct search *search)
{
    const struct matcher *matcher = search->matcher;
    const int64_t now = clock_ns();

    if (search->looked_at == 0)
        search->ends_at = now + MATCH_NS / (search->steps < PATTERN_STEPS ? 4 : 1);
    search->is_cheap = search->looked_at > 0 && now - search->looked_at < CHEAP_NS;
    search->looked_at = now;
    return now > search->ends_at || (matcher->is_of_mail && now > matcher->ends_at);
}

/* After a stretch whose answer was `code`. False: that is the answer of all. */
static bool go_on(struct search *search, size_t end, int *code)
{
    struct matcher *matcher = search->matcher;

    if (*code == PCRE2_ERROR_JIT_STACKLIMIT && (search->options & PCRE2_NO_JIT) == 0) {
        matcher->is_used = true;
        search->options |= PCRE2_NO_JIT;
        set_work(search, false);
    } else if (*code == PCRE2_ERROR_MATCHLIMIT && end - search->from > 1 &&
               search->work / (end - search->from) < search->steps) {
        search->places = MAX((end - search->from) / 16, 1);
    } else if (*code == PCRE2_ERROR_NOMATCH && end <= matcher->text.size) {
        search->from = end;
        search->options |= PCRE2_NO_UTF_CHECK;
    } else {
        return false;
    }
    if (!is_too_dear(search))
        return true;
    *code = PCRE2_ERROR_MATCHLIMIT;
    search->pattern->use->is_dear = true;
    return false;
}

static int search_all(struct search *search)
{
    const size_t most = search->places * (search->pattern->use->is_dear ? 1 : LONGER_MOST);
    int code = 0;

    for (;;) {
        const size_t end = end_of(search->matcher->text, search->from, search->places);
        code = match_stretch(search, end);
        if (!go_on(search, end, &code))
            return code;
        if (code == PCRE2_ERROR_NOMATCH && search->is_cheap && search->places < most)
            search->places *= 2;
    }
}

enum match matcher_match(struct matcher *matcher, const struct pattern *pattern, struct text text,
                         const char **reason)
{
    return matcher_match_from(matcher, pattern, text, 0, reason);
}

static bool is_spent(struct matcher *matcher)
{
    return matcher->is_of_mail && matcher->matches++ % LOOKS == LOOKS - 1 &&
           clock_ns() > matcher->ends_at;
}

static enum match fail(struct matcher *matcher, int code, const char **reason)
{
    matcher->is_used = true;
    matcher->failures++;
    *reason = reason_of(code);
    return MATCH_FAILED;
}

enum match matcher_match_from(struct matcher *matcher, const struct pattern *pattern,
                              struct text text, size_t from, const char **reason)
{
    struct search search = {
        .matcher = matcher,
        .pattern = pattern,
        .from = from,
        .options = from > 0 ? PCRE2_NO_UTF_CHECK : 0, /* who goes on has asked from 0 */
    };

    /* The interpreter keeps its frames in the match data, and the heap limit does not count those that
     * are there already. */
    if (matcher->is_used)
        renew_data(matcher);
    matcher->text = text;
    if (from > text.size)
        return MATCH_NO;
    if (is_spent(matcher))
        return fail(matcher, PCRE2_ERROR_MATCHLIMIT, reason);
    set_work(&search, pattern_is_jitted(pattern));
    const int code = search_all(&search);
    if (code == PCRE2_ERROR_NOMATCH)
        return MATCH_NO;
    return code >= 0 ? MATCH_YES : fail(matcher, code, reason);
}

struct text matcher_group(const struct matcher *matcher, const struct pattern *pattern,
                          const char *name)
{
    const PCRE2_SIZE *places = pcre2_get_ovector_pointer(matcher->data);
    const int number =
        *name == '\0' ? 0 : pcre2_substring_number_from_name(pattern->code, (PCRE2_SPTR)name);

    if (number < 0 || (uint32_t)number >= pcre2_get_ovector_count(matcher->data))
        return (struct text){NULL, 0};
    const PCRE2_SIZE from = places[2 * (size_t)number];
    const PCRE2_SIZE to = places[2 * (size_t)number + 1];
    if (from == PCRE2_UNSET || to < from) /* \K in a lookahead may put the end first */
        return (struct text){NULL, 0};
    return text_from(matcher->text.at + from, to - from);
}
