#include "gateway/mail/prescan.h"

#include "gateway/base/error.h"
#include "gateway/mail/structure.h"

#include <string.h>

/* Fields whose second copy lets two programs read two mails out of one (notes A57). */
static const char *const once[] = {
    "Content-Type", "Content-Transfer-Encoding", "Subject", "Date", "Message-ID",
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Printable ASCII but the colon, RFC 5322 section 3.6.8; `name :` is read as `name:`, as GMime and
 * OpenDMARC do. */
static struct text field_name(struct text line)
{
    ptrdiff_t colon = text_find_byte(line, ':');

    if (colon <= 0) {
        return (struct text){line.at, 0};
    }
    struct text name = text_first(line, (size_t)colon);
    while (name.size > 0 && is_blank(name.at[name.size - 1])) {
        name.size--;
    }
    for (size_t i = 0; i < name.size; i++) {
        if (name.at[i] < '!' || name.at[i] > '~') {
            return (struct text){line.at, 0};
        }
    }
    return name;
}

bool prescan_next_field(struct text *rest, struct text *name, struct text *raw_value)
{
    struct text line;

    if (!text_next_line(rest, &line) || line.size == 0) {
        return false;
    }
    *name = field_name(line);
    const char *start = line.at;
    if (name->size > 0) {
        start = line.at + text_find_byte(line, ':') + 1;
    }
    const char *end = line.at + line.size;
    while (rest->size > 0 && is_blank(rest->at[0]) && text_next_line(rest, &line)) {
        end = line.at + line.size;
    }
    *raw_value = text_from(start, (size_t)(end - start));
    return true;
}

static struct text unfold(struct arena *arena, struct text raw)
{
    struct text value = text_trim(raw);
    size_t size = 0;

    if (memchr(value.at, '\n', value.size) == NULL) {
        return value;
    }
    char *copy = arena_alloc(arena, value.size);
    for (size_t i = 0; i < value.size; i++) {
        if (value.at[i] != '\n' && value.at[i] != '\r') {
            copy[size++] = value.at[i];
            continue;
        }
        while (i + 1 < value.size && strchr(" \t\r\n", value.at[i + 1]) != NULL) {
            i++;
        }
        while (size > 0 && is_blank(copy[size - 1])) {
            size--;
        }
        copy[size++] = ' ';
    }
    return text_from(copy, size);
}

/* The header block: all before the empty line. Its line ends must be of one kind: with `X: a<LF>From:
 * b` in a CRLF mail two programs see two headers (notes A8). */
static bool check_line_ends(struct text block, GError **error)
{
    size_t bare = 0;
    size_t crlf = 0;

    for (size_t i = 0; i < block.size; i++) {
        if (block.at[i] == '\r' && (i + 1 == block.size || block.at[i + 1] != '\n')) {
            return error_set(error, TOCSIN_ERROR_INPUT, "a bare CR in the header");
        }
        if (block.at[i] == '\n') {
            bool has_cr = i > 0 && block.at[i - 1] == '\r';
            crlf += has_cr;
            bare += !has_cr;
        }
    }
    if (bare > 0 && crlf > 0) {
        return error_set(error, TOCSIN_ERROR_INPUT, "CRLF and bare LF mixed in the header");
    }
    return true;
}

static bool is_field(struct text name, const char *wanted)
{
    return text_is_equal_any_case(name, text_of(wanted));
}

static bool check_field(struct text name, struct text value, const struct mail_limits *limits,
                        GError **error)
{
    if (name.size + value.size + 1 > limits->field_bytes) {
        return error_set(error, TOCSIN_ERROR_LIMIT, "a header field larger than %zu bytes",
                         limits->field_bytes);
    }
    if (name.size == 0) {
        return error_set(error, TOCSIN_ERROR_INPUT, "a header line that is no field");
    }
    if (is_field(name, "Content-Disposition")) {
        return structure_check_parameters(value, limits, error);
    }
    return true;
}

static bool check_once(const struct prescan *prescan, GError **error)
{
    for (size_t k = 0; k < G_N_ELEMENTS(once); k++) {
        size_t count = 0;
        for (size_t i = 0; i < prescan->field_count; i++) {
            count += is_field(prescan->fields[i].name, once[k]);
        }
        if (count > 1) {
            return error_set(error, TOCSIN_ERROR_INPUT, "two %s fields", once[k]);
        }
    }
    return true;
}

static bool count_fields(struct text block, const struct mail_limits *limits, size_t *count,
                         GError **error)
{
    struct text name;
    struct text value;

    *count = 0;
    while (prescan_next_field(&block, &name, &value)) {
        if (!check_field(name, value, limits, error)) {
            return false;
        }
        if (++*count > limits->fields) {
            return error_set(error, TOCSIN_ERROR_LIMIT, "more than %zu header fields",
                             limits->fields);
        }
    }
    if (*count == 0) {
        return error_set(error, TOCSIN_ERROR_INPUT, "no header");
    }
    return true;
}

static bool read_fields(struct arena *arena, struct text block, const struct mail_limits *limits,
                        struct prescan *prescan, GError **error)
{
    size_t count;
    struct text name;
    struct text value;

    if (!count_fields(block, limits, &count, error)) {
        return false;
    }
    struct mail_field *fields = ARENA_ARRAY(arena, struct mail_field, count);
    for (size_t i = 0; prescan_next_field(&block, &name, &value); i++) {
        fields[i] = (struct mail_field){name, unfold(arena, value)};
        prescan->from_count += is_field(name, "From");
        prescan->received_count += is_field(name, "Received");
    }
    prescan->fields = fields;
    prescan->field_count = count;
    return check_once(prescan, error);
}

/* Where the empty line begins; the size of `bytes` where there is none. *skip is that line's size. */
static size_t find_header_end(struct text bytes, size_t *skip)
{
    const char *end = bytes.at + bytes.size;

    *skip = 0;
    for (const char *line = bytes.at; line < end;) {
        if (*line == '\n' || (*line == '\r' && line + 1 < end && line[1] == '\n')) {
            *skip = *line == '\n' ? 1 : 2;
            return (size_t)(line - bytes.at);
        }
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        line = newline == NULL ? end : newline + 1;
    }
    return bytes.size;
}

/* Pipe transports put an mbox line before a mail: "From ada@example.com Tue Nov 24 13:18:20 2026";
 * editors a byte order mark. */
static struct text skip_mbox_line(struct text bytes)
{
    struct text line;

    if (text_has_prefix(bytes, TEXT("\xef\xbb\xbf"))) {
        bytes = text_skip(bytes, 3);
    }
    struct text rest = bytes;

    if (text_has_prefix(bytes, TEXT("From ")) && text_next_line(&rest, &line) &&
        field_name(line).size == 0) {
        return rest;
    }
    return bytes;
}

static bool check_structure(const struct prescan *prescan, const struct mail_limits *limits,
                            GError **error)
{
    struct structure_type type = {false, false, false, {NULL, 0}};

    for (size_t i = 0; i < prescan->field_count; i++) {
        if (is_field(prescan->fields[i].name, "Content-Type") &&
            !structure_read_type(prescan->fields[i].value, limits, &type, error)) {
            return false;
        }
    }
    return structure_check(prescan->body, &type, limits, error);
}

bool prescan_run(struct arena *arena, struct text bytes, const struct mail_limits *limits,
                 struct prescan *prescan, GError **error)
{
    struct prescan seen = {NULL, 0, 0, 0, {NULL, 0}};
    size_t skip;

    if (bytes.size > limits->message_bytes) {
        return error_set(error, TOCSIN_ERROR_LIMIT, "the mail is larger than %zu bytes",
                         limits->message_bytes);
    }
    if (bytes.size == 0) {
        return error_set(error, TOCSIN_ERROR_INPUT, "an empty mail");
    }
    if (memchr(bytes.at, '\0', bytes.size) != NULL) {
        return error_set(error, TOCSIN_ERROR_INPUT, "a NUL byte in the mail");
    }
    bytes = skip_mbox_line(bytes);
    size_t header_bytes = find_header_end(bytes, &skip);
    struct text block = text_first(bytes, header_bytes);
    if (header_bytes > limits->header_bytes) {
        return error_set(error, TOCSIN_ERROR_LIMIT, "the header is larger than %zu bytes",
                         limits->header_bytes);
    }
    seen.body = text_skip(bytes, header_bytes + skip);
    if (!check_line_ends(text_first(bytes, header_bytes + skip), error) ||
        !read_fields(arena, block, limits, &seen, error) ||
        !check_structure(&seen, limits, error)) {
        return false;
    }
    *prescan = seen;
    return true;
}
