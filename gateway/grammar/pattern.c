#include "gateway/grammar/pattern.h"

#include "gateway/base/error.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

/* The heap bounds what the interpreter may nest: a group repeated over a whole mail is legitimate, and PCRE2's
 * depth counts each round. */
#define HEAP_KIB        4096
#define DEPTH           25000
#define PARENTHESES     250
#define GROUPS          64
#define JIT_STACK_BYTES ((size_t)32 * 1024)
#define JIT_STACK_MOST  ((size_t)1024 * 1024)
#define NAMES_MOST      64
#define REASON_SIZE     160
#define COMPILE_OPTIONS (PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C)

struct pattern {
    pcre2_code *code;
    const char *names[NAMES_MOST];
    size_t name_count;
};

struct matcher {
    pcre2_match_context *context;
    pcre2_match_data *data;
    pcre2_jit_stack *stack;
    struct text text; /* of the last match */
    bool is_used;     /* the interpreter's frames are in `data` */
};

static bool refuse(GError **error, const char *why)
{
    return error_set(error, TOCSIN_ERROR_CONFIG, "%s", why);
}

static int find_callout(pcre2_callout_enumerate_block *block, void *unused)
{
    (void)block;
    (void)unused;
    return 1; /* any number but 0 ends the enumeration, which then returns it */
}

static pcre2_code *compile(const char *source, size_t *offset, GError **error)
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    PCRE2_UCHAR reason[REASON_SIZE];
    int code = 0;

    if (context == NULL)
        g_error("out of memory");
    (void)pcre2_set_max_pattern_length(context, PATTERN_BYTES);
    (void)pcre2_set_parens_nest_limit(context, PARENTHESES);
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)source, strlen(source), COMPILE_OPTIONS, &code, offset, context);
    pcre2_compile_context_free(context);
    if (compiled == NULL) {
        (void)pcre2_get_error_message(code, reason, sizeof(reason));
        refuse(error, (const char *)reason);
    }
    return compiled;
}

/* PCRE2's table of names is sorted by name; each row is a number of two bytes and the name. */
static bool read_names(struct pattern *pattern, GError **error)
{
    uint32_t count = 0;
    uint32_t size = 0;
    uint32_t groups = 0;
    PCRE2_SPTR table = NULL;

    (void)pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMECOUNT, &count);
    (void)pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    (void)pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMETABLE, &table);
    (void)pcre2_pattern_info(pattern->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    if (groups >= GROUPS || count > NAMES_MOST)
        return refuse(error, "has more than 63 groups: write (?:...) where none is needed");
    for (uint32_t i = 0; i < count; i++)
        pattern->names[i] = (const char *)(table + (size_t)i * size + 2);
    pattern->name_count = count;
    return true;
}

struct pattern *pattern_open(const char *source, size_t *offset, GError **error)
{
    *offset = 0;
    pcre2_code *code = compile(source, offset, error);
    if (code == NULL)
        return NULL;

    struct pattern *pattern = g_new0(struct pattern, 1);
    pattern->code = code;
    if (pcre2_callout_enumerate(code, find_callout, NULL) != 0) {
        *offset = 0;
        refuse(error, "has a callout (?C), which is not allowed");
        pattern_close(pattern);
        return NULL;
    }
    if (!read_names(pattern, error)) {
        pattern_close(pattern);
        return NULL;
    }
    /* Refused where memory may not be both writable and executable: then PCRE2 interprets. */
    (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    return pattern;
}

void pattern_close(struct pattern *pattern)
{
    if (pattern == NULL)
        return;
    pcre2_code_free(pattern->code);
    g_free(pattern);
}

bool pattern_is_jitted(const struct pattern *pattern)
{
    size_t bytes = 0;

    return pcre2_pattern_info(pattern->code, PCRE2_INFO_JITSIZE, &bytes) == 0 && bytes > 0;
}

size_t pattern_count_names(const struct pattern *pattern)
{
    return pattern->name_count;
}

const char *pattern_name(const struct pattern *pattern, size_t n)
{
    return pattern->names[n];
}

bool pattern_has_name(const struct pattern *pattern, const char *name)
{
    for (size_t i = 0; i < pattern->name_count; i++)
        if (strcmp(pattern->names[i], name) == 0)
            return true;
    return false;
}

static void renew_data(struct matcher *matcher)
{
    pcre2_match_data_free(matcher->data);
    matcher->data = pcre2_match_data_create(GROUPS, NULL);
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
    (void)pcre2_set_match_limit(matcher->context, PATTERN_STEPS);
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

static int match_with(struct matcher *matcher, const struct pattern *pattern, size_t from,
                      uint32_t options)
{
    return pcre2_match(pattern->code, (PCRE2_SPTR)matcher->text.at, matcher->text.size, from,
                       options, matcher->data, matcher->context);
}

enum match matcher_match(struct matcher *matcher, const struct pattern *pattern, struct text text,
                         const char **reason)
{
    return matcher_match_from(matcher, pattern, text, 0, reason);
}

enum match matcher_match_from(struct matcher *matcher, const struct pattern *pattern,
                              struct text text, size_t from, const char **reason)
{
    /* The interpreter keeps its frames in the match data, and the heap limit does not count those that
     * are there already. */
    if (matcher->is_used)
        renew_data(matcher);
    matcher->text = text;
    int code = match_with(matcher, pattern, from, 0);
    if (code == PCRE2_ERROR_JIT_STACKLIMIT) {
        matcher->is_used = true;
        code = match_with(matcher, pattern, from, PCRE2_NO_JIT);
    }
    if (code == PCRE2_ERROR_NOMATCH)
        return MATCH_NO;
    if (code >= 0)
        return MATCH_YES;
    matcher->is_used = true;
    *reason = reason_of(code);
    return MATCH_FAILED;
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
