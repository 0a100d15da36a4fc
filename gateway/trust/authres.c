#include "gateway/trust/authres.h"

#include <string.h>

#define COMMENT_DEPTH 16
#define RESULTS       64
#define PROPERTIES    256

struct parser {
    struct arena *arena;
    struct text rest;
    struct authres_result *results;
    size_t result_count;
    struct authres_property *properties;
    size_t property_count;
};

/* What ends a token of MIME (RFC 2045 section 5.1) unless it stands within quotes. */
static const char specials[] = "()<>@,;:\\\"/[]?=";

static bool begins(const struct parser *parser, char byte)
{
    return parser->rest.size > 0 && parser->rest.at[0] == byte;
}

static bool take_byte(struct parser *parser, char byte)
{
    if (!begins(parser, byte))
        return false;
    parser->rest = text_skip(parser->rest, 1);
    return true;
}

static struct text take_first(struct parser *parser, size_t size)
{
    const struct text first = text_first(parser->rest, size);

    parser->rest = text_skip(parser->rest, size);
    return first;
}

static bool take_comment(struct parser *parser)
{
    const struct text rest = parser->rest;
    size_t depth = 0;

    for (size_t i = 0; i < rest.size; i++) {
        if (rest.at[i] == '\\')
            i++;
        else if (rest.at[i] == '(')
            depth++;
        else if (rest.at[i] == ')')
            depth--;
        if (depth > COMMENT_DEPTH)
            return false;
        if (depth == 0) {
            parser->rest = text_skip(rest, i + 1);
            return true;
        }
    }
    return false;
}

/* White space and comments, of which there may be none. False: a comment without end. */
static bool take_space(struct parser *parser)
{
    for (;;) {
        if (begins(parser, '(')) {
            if (!take_comment(parser))
                return false;
        } else if (!take_byte(parser, ' ') && !take_byte(parser, '\t')) {
            return true;
        }
    }
}

/* Letters, digits, hyphens and (as some write) underscores; empty where there are none. */
static struct text take_keyword(struct parser *parser)
{
    size_t size = 0;

    while (size < parser->rest.size &&
           (g_ascii_isalnum(parser->rest.at[size]) || parser->rest.at[size] == '-' ||
            parser->rest.at[size] == '_'))
        size++;
    return take_first(parser, size);
}

static struct text take_token(struct parser *parser)
{
    size_t size = 0;

    while (size < parser->rest.size && g_ascii_isgraph(parser->rest.at[size]) &&
           strchr(specials, parser->rest.at[size]) == NULL)
        size++;
    return take_first(parser, size);
}

/* Printable ASCII up to a space, a semicolon, or what begins or ends a comment or a quoted string. */
static struct text take_loose(struct parser *parser)
{
    size_t size = 0;

    while (size < parser->rest.size && g_ascii_isgraph(parser->rest.at[size]) &&
           strchr(";()\"\\", parser->rest.at[size]) == NULL)
        size++;
    return take_first(parser, size);
}

/* Behind a quotation mark: what it quotes, without the backslashes. */
static bool take_quoted(struct parser *parser, struct text *value)
{
    const struct text rest = parser->rest;
    char *unquoted = NULL;
    size_t size = 0;
    size_t end = 0;

    while (end < rest.size && rest.at[end] != '"')
        end += rest.at[end] == '\\' ? 2 : 1;
    if (end >= rest.size)
        return false;
    unquoted = arena_alloc(parser->arena, end);
    for (size_t i = 0; i < end; i++) {
        if (rest.at[i] == '\\')
            i++;
        unquoted[size++] = rest.at[i];
    }
    parser->rest = text_skip(rest, end + 1);
    *value = text_from(unquoted, size);
    return true;
}

static bool ends_cleanly(const struct parser *parser)
{
    return parser->rest.size == 0 || begins(parser, ' ') || begins(parser, '\t') ||
           begins(parser, ';');
}

/* pvalue: a token, a quoted string, or an address, whose local part may be quoted. */
static bool take_value(struct parser *parser, struct text *value)
{
    struct text quoted;

    if (!take_byte(parser, '"')) {
        *value = take_loose(parser);
        return ends_cleanly(parser);
    }
    if (!take_quoted(parser, &quoted))
        return false;
    *value = quoted;
    if (begins(parser, '@')) {
        const struct text domain = take_loose(parser);

        *value = text_of(arena_format(parser->arena, "%.*s%.*s", (int)quoted.size, quoted.at,
                                      (int)domain.size, domain.at));
    }
    return ends_cleanly(parser);
}

static bool take_property(struct parser *parser)
{
    struct authres_property *property = &parser->properties[parser->property_count];

    if (parser->property_count == PROPERTIES)
        return false;
    *property = (struct authres_property){.type = text_of(""), .name = take_keyword(parser)};
    if (property->name.size == 0 || !take_space(parser))
        return false;
    if (take_byte(parser, '.')) {
        property->type = property->name;
        if (!take_space(parser))
            return false;
        property->name = take_keyword(parser);
    }
    if (property->name.size == 0 || !take_space(parser) || !take_byte(parser, '=') ||
        !take_space(parser) || !take_value(parser, &property->value))
        return false;
    parser->property_count++;
    return take_space(parser);
}

static bool take_version(struct parser *parser, struct text *version)
{
    *version = text_of("");
    if (!take_byte(parser, '/'))
        return true;
    if (!take_space(parser))
        return false;
    *version = take_keyword(parser);
    return version->size > 0 && take_space(parser);
}

/* method [/ version] = result, and its properties. */
static bool take_result(struct parser *parser, struct text method)
{
    struct authres_result *result = &parser->results[parser->result_count];

    if (parser->result_count == RESULTS || method.size == 0)
        return false;
    *result = (struct authres_result){.method = method};
    if (!take_version(parser, &result->version) || !take_byte(parser, '=') || !take_space(parser))
        return false;
    result->result = take_keyword(parser);
    if (result->result.size == 0 || !ends_cleanly(parser) || !take_space(parser))
        return false;
    result->properties = parser->properties + parser->property_count;
    while (parser->rest.size > 0 && !begins(parser, ';')) {
        if (!take_property(parser))
            return false;
        result->property_count++;
    }
    parser->result_count++;
    return true;
}

/* Behind authserv-id and version: ";" and `none` alone, or results. */
static bool take_results(struct parser *parser)
{
    if (!begins(parser, ';'))
        return false;
    while (take_byte(parser, ';')) {
        struct text method;

        if (!take_space(parser))
            return false;
        if (parser->rest.size == 0)
            return true;
        method = take_keyword(parser);
        if (!take_space(parser))
            return false;
        if (parser->rest.size == 0)
            return parser->result_count == 0 && text_is_equal_any_case(method, TEXT("none"));
        if (!take_result(parser, method))
            return false;
    }
    return parser->rest.size == 0;
}

static bool take_id(struct parser *parser, struct text *id)
{
    struct text version;

    if (!take_space(parser))
        return false;
    if (take_byte(parser, '"')) {
        if (!take_quoted(parser, id))
            return false;
    } else {
        *id = take_token(parser);
    }
    if (id->size == 0 || (!ends_cleanly(parser)) || !take_space(parser))
        return false;
    version = take_keyword(parser);
    return (version.size == 0 || text_is_equal(version, TEXT("1"))) && take_space(parser);
}

/* Results and properties both have one "=" at least. */
static size_t count_equal_signs(struct text value)
{
    size_t count = 0;

    for (size_t i = 0; i < value.size; i++)
        count += value.at[i] == '=';
    return count;
}

static bool has_control(struct text value)
{
    for (size_t i = 0; i < value.size; i++)
        if (g_ascii_iscntrl(value.at[i]) && value.at[i] != '\t')
            return true;
    return false;
}

const struct authres *authres_parse(struct arena *arena, struct text value)
{
    const size_t most = count_equal_signs(value) + 1;
    struct authres *authres = ARENA_NEW(arena, struct authres);
    struct parser parser = {.arena = arena, .rest = value};

    if (has_control(value))
        return NULL;
    parser.results = ARENA_ARRAY(arena, struct authres_result, MIN(most, RESULTS) + 1);
    parser.properties = ARENA_ARRAY(arena, struct authres_property, MIN(most, PROPERTIES) + 1);
    if (!take_id(&parser, &authres->id) || !take_results(&parser))
        return NULL;
    authres->results = parser.results;
    authres->result_count = parser.result_count;
    return authres;
}

struct text authres_find(const struct authres_result *result, const char *type, const char *name)
{
    const struct authres_property *found = NULL;

    for (size_t i = 0; i < result->property_count; i++) {
        const struct authres_property *property = &result->properties[i];

        if (!text_is_equal_any_case(property->type, text_of(type)) ||
            !text_is_equal_any_case(property->name, text_of(name)))
            continue;
        if (found != NULL)
            return text_of("");
        found = property;
    }
    return found != NULL ? found->value : text_of("");
}

bool authres_is_of(const struct authres_result *result, const char *method)
{
    return text_is_equal_any_case(result->method, text_of(method)) &&
           (result->version.size == 0 || text_is_equal(result->version, TEXT("1")));
}

bool authres_says(const struct authres_result *result, const char *word)
{
    return text_is_equal(result->result, text_of(word));
}
