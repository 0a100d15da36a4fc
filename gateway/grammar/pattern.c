#include "gateway/grammar/pattern.h"

#include "gateway/base/error.h"
#include "gateway/grammar/pattern_code.h"

#include <string.h>

#define PARENTHESES 250
#define REASON_SIZE 160
#define COMPILE_OPTIONS                                                                            \
    (PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT)

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
    if (groups >= PATTERN_GROUPS || count > PATTERN_NAMES)
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
    pattern->use = g_new0(struct pattern_use, 1);
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
    return pattern;
}

void pattern_close(struct pattern *pattern)
{
    if (pattern == NULL)
        return;
    pcre2_code_free(pattern->code);
    g_free(pattern->use);
    g_free(pattern);
}

/* Compiles it when it is first used: most patterns of most grammars never are. */
bool pattern_is_jitted(const struct pattern *pattern)
{
    struct pattern_use *use = pattern->use;
    size_t bytes = 0;

    if (use->is_tried)
        return use->is_compiled;
    use->is_tried = true;
    /* Refused where memory may not be both writable and executable: then PCRE2 interprets. */
    (void)pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE);
    use->is_compiled =
        pcre2_pattern_info(pattern->code, PCRE2_INFO_JITSIZE, &bytes) == 0 && bytes > 0;
    return use->is_compiled;
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
