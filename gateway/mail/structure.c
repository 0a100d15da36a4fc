#include "gateway/mail/structure.h"

#include "gateway/base/error.h"
#include "gateway/mail/prescan.h"

#include <string.h>

/* Lines that begin with "--", whatever they mean: 1.3 KB each in GMime at worst. */
#define DASHED_LINES 5000
#define DEEPEST      64

struct walk {
    const struct mail_limits *limits;
    struct level {
        struct text boundary;
        bool is_digest;
        size_t messages;
    } levels[DEEPEST];
    size_t depth;    /* multiparts that are open */
    size_t messages; /* message/rfc822 that were entered on the way here */
    size_t parts;
    size_t dashed;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Takes one parameter, up to a ';' outside quotes and comments, off `rest`. */
static bool next_parameter(struct text *rest, struct text *parameter)
{
    bool is_quoted = false;
    size_t end = 0;

    if (rest->size == 0) {
        return false;
    }
    for (; end < rest->size && (is_quoted || rest->at[end] != ';'); end++) {
        if (rest->at[end] == '"') {
            is_quoted = !is_quoted;
        } else if (is_quoted && rest->at[end] == '\\') {
            end++;
        }
    }
    end = MIN(end, rest->size);
    *parameter = text_first(*rest, end);
    *rest = text_skip(*rest, end + 1);
    return true;
}

bool structure_check_parameters(struct text value, const struct mail_limits *limits, GError **error)
{
    struct text parameter;
    size_t count = 0;

    (void)next_parameter(&value, &parameter);
    while (next_parameter(&value, &parameter)) {
        if (++count > limits->parameters) {
            return error_set(error, TOCSIN_ERROR_LIMIT, "more than %zu parameters in a field",
                             limits->parameters);
        }
        if (parameter.size > limits->parameter_bytes) {
            return error_set(error, TOCSIN_ERROR_LIMIT, "a parameter larger than %zu bytes",
                             limits->parameter_bytes);
        }
    }
    return true;
}

static struct text skip_comments(struct text value)
{
    for (;;) {
        value = text_trim(value);
        if (value.size == 0 || value.at[0] != '(') {
            return value;
        }
        size_t level = 0;
        size_t i = 0;
        do {
            level += value.at[i] == '(';
            level -= value.at[i] == ')';
            i += value.at[i] == '\\' ? 2 : 1;
        } while (i < value.size && level > 0);
        value = text_skip(value, i);
    }
}

/* boundary=x, boundary="x y"; RFC 2231's boundary*0= is refused below as a multipart without
 * boundary: nobody writes it, and readers differ. */
static bool read_boundary(struct text parameter, struct text *boundary)
{
    ptrdiff_t equals = text_find_byte(parameter, '=');

    if (equals < 0 ||
        !text_is_equal_any_case(text_trim(skip_comments(text_first(parameter, (size_t)equals))),
                                TEXT("boundary"))) {
        return false;
    }
    struct text value = skip_comments(text_skip(parameter, (size_t)equals + 1));
    if (value.size > 0 && value.at[0] == '"') {
        value = text_skip(value, 1);
        ptrdiff_t quote = text_find_byte(value, '"');
        value = quote < 0 ? value : text_first(value, (size_t)quote);
    } else {
        size_t end = 0;
        while (end < value.size && !is_space(value.at[end]) && value.at[end] != '(') {
            end++;
        }
        value = text_first(value, end);
    }
    *boundary = value;
    return value.size > 0;
}

bool structure_read_type(struct text value, const struct mail_limits *limits,
                         struct structure_type *type, GError **error)
{
    struct structure_type read = {false, false, false, {NULL, 0}};
    struct text parameter;

    if (!structure_check_parameters(value, limits, error)) {
        return false;
    }
    struct text rest = skip_comments(value);
    if (next_parameter(&rest, &parameter)) {
        ptrdiff_t slash = text_find_byte(parameter, '/');
        struct text major = text_trim(slash < 0 ? parameter : text_first(parameter, (size_t)slash));
        struct text minor =
            text_trim(slash < 0 ? TEXT("") : text_skip(parameter, (size_t)slash + 1));
        read.is_multipart = text_is_equal_any_case(major, TEXT("multipart"));
        read.is_message = text_is_equal_any_case(major, TEXT("message"));
        read.is_digest = text_has_prefix_any_case(minor, TEXT("digest"));
    }
    while (read.boundary.size == 0 && next_parameter(&rest, &parameter)) {
        (void)read_boundary(parameter, &read.boundary);
    }
    if (read.is_multipart && read.boundary.size == 0) {
        return error_set(error, TOCSIN_ERROR_INPUT, "a multipart without boundary");
    }
    *type = read;
    return true;
}

static bool push(struct walk *walk, const struct structure_type *type, GError **error)
{
    if (type->is_message) {
        walk->messages++;
    }
    if (walk->depth + walk->messages + type->is_multipart > MIN(walk->limits->depth, DEEPEST)) {
        return error_set(error, TOCSIN_ERROR_LIMIT, "parts nested more than %zu deep",
                         walk->limits->depth);
    }
    if (type->is_multipart) {
        walk->levels[walk->depth++] =
            (struct level){type->boundary, type->is_digest, walk->messages};
    }
    return true;
}

/* One header block inside the body. Lines that are no field are left to GMime, which drops them. */
static bool read_block(struct walk *walk, struct text *rest, struct structure_type *type,
                       GError **error)
{
    size_t types = 0;
    struct text name;
    struct text value;

    while (!text_has_prefix(*rest, TEXT("--")) && prescan_next_field(rest, &name, &value)) {
        bool is_type = text_is_equal_any_case(name, TEXT("Content-Type"));
        types += is_type;
        if (is_type && !structure_read_type(value, walk->limits, type, error)) {
            return false;
        }
        if (text_is_equal_any_case(name, TEXT("Content-Disposition")) &&
            !structure_check_parameters(value, walk->limits, error)) {
            return false;
        }
    }
    if (types > 1 && walk->messages == 0) {
        return error_set(error, TOCSIN_ERROR_INPUT, "two Content-Type fields in a part");
    }
    return true;
}

/* A part's header block, and those of the messages directly inside it. */
static bool enter(struct walk *walk, struct text *rest, bool is_digest, GError **error)
{
    struct structure_type type = {false, is_digest, false, {NULL, 0}};

    if (!read_block(walk, rest, &type, error) || !push(walk, &type, error)) {
        return false;
    }
    while (type.is_message && rest->size > 0) {
        type = (struct structure_type){false, false, false, {NULL, 0}};
        if (!read_block(walk, rest, &type, error) || !push(walk, &type, error)) {
            return false;
        }
    }
    return true;
}

/* The open multipart whose boundary the line behind "--" begins with, innermost first; -1: none. */
static ptrdiff_t find_boundary(const struct walk *walk, struct text line)
{
    for (size_t i = walk->depth; i > 0; i--) {
        if (text_has_prefix(text_skip(line, 2), walk->levels[i - 1].boundary)) {
            return (ptrdiff_t)(i - 1);
        }
    }
    return -1;
}

static bool cross(struct walk *walk, struct text line, struct text *rest, GError **error)
{
    ptrdiff_t found = find_boundary(walk, line);

    if (++walk->dashed > DASHED_LINES) {
        return error_set(error, TOCSIN_ERROR_LIMIT, "more than %d lines that begin with --",
                         DASHED_LINES);
    }
    if (found < 0) {
        return true;
    }
    size_t level = (size_t)found;
    walk->messages = walk->levels[level].messages;
    if (text_has_prefix(text_skip(line, 2 + walk->levels[level].boundary.size), TEXT("--"))) {
        walk->depth = level;
        return true;
    }
    if (++walk->parts > walk->limits->parts) {
        return error_set(error, TOCSIN_ERROR_LIMIT, "more than %zu parts", walk->limits->parts);
    }
    walk->depth = level + 1;
    return enter(walk, rest, walk->levels[level].is_digest, error);
}

bool structure_check(struct text body, const struct structure_type *type,
                     const struct mail_limits *limits, GError **error)
{
    struct walk walk = {.limits = limits};
    struct text rest = body;
    struct text line;

    if (!push(&walk, type, error)) {
        return false;
    }
    if (type->is_message && !enter(&walk, &rest, false, error)) {
        return false;
    }
    while (text_next_line(&rest, &line)) {
        if (text_has_prefix(line, TEXT("--")) && !cross(&walk, line, &rest, error)) {
            return false;
        }
    }
    return true;
}
