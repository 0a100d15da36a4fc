#include "gateway/mail/address.h"

#include "gateway/base/error.h"
#include "gateway/mail/decode.h"

#include <string.h>

#define LOCAL_BYTES     64
#define DOMAIN_BYTES    253
#define LABEL_BYTES     63
#define COMMENT_DEPTH   16
#define NAME_CHARACTERS 200

static bool is_atom_byte(char c)
{
    return g_ascii_isalnum(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Atoms joined by single dots. */
static bool is_dot_atom(struct text text)
{
    bool needs_atom = true;

    for (size_t i = 0; i < text.size; i++) {
        bool is_dot = text.at[i] == '.';
        if (is_dot ? needs_atom : !is_atom_byte(text.at[i])) {
            return false;
        }
        needs_atom = is_dot;
    }
    return !needs_atom;
}

static bool is_label(struct text label)
{
    if (label.size == 0 || label.size > LABEL_BYTES || label.at[0] == '-' ||
        label.at[label.size - 1] == '-') {
        return false;
    }
    for (size_t i = 0; i < label.size; i++) {
        if (!g_ascii_isalnum(label.at[i]) && label.at[i] != '-') {
            return false;
        }
    }
    return true;
}

static bool is_number(struct text label)
{
    for (size_t i = 0; i < label.size; i++) {
        if (!g_ascii_isdigit(label.at[i])) {
            return false;
        }
    }
    return true;
}

static bool is_domain(struct text domain)
{
    struct text label = {NULL, 0};
    size_t labels = 0;

    if (domain.size > DOMAIN_BYTES || text_has_suffix(domain, TEXT("."))) {
        return false;
    }
    while (text_next_piece(&domain, '.', &label)) {
        if (!is_label(label)) {
            return false;
        }
        labels++;
    }
    return labels >= 2 && !is_number(label);
}

static bool is_ascii(struct text text)
{
    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.at[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

static bool check_parts(struct text local, struct text domain, GError **error)
{
    if (!is_ascii(local)) {
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "the part before the @ has letters outside ASCII");
    }
    if (!is_ascii(domain)) {
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "the domain has letters outside ASCII (write it as xn--…)");
    }
    if (local.size > LOCAL_BYTES) {
        return error_set(error, TOCSIN_ERROR_INPUT, "more than %d octets before the @",
                         LOCAL_BYTES);
    }
    if (!is_dot_atom(local) || strchr("-|/", local.at[0]) != NULL) {
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "the part before the @ is not letters, digits and !#$%%&'*+-/=?^_`{|}~ "
                         "joined by single dots");
    }
    if (!is_domain(domain)) {
        return error_set(error, TOCSIN_ERROR_INPUT, "what stands behind the @ is no domain name");
    }
    return true;
}

const struct mail_address *address_parse(struct arena *arena, struct text text, GError **error)
{
    ptrdiff_t at = text_find_byte(text, '@');

    if (text.size > ADDRESS_WHOLE_BYTES) {
        error_set(error, TOCSIN_ERROR_INPUT, "an address of more than %d octets",
                  ADDRESS_WHOLE_BYTES);
        return NULL;
    }
    if (at < 0) {
        error_set(error, TOCSIN_ERROR_INPUT, "no address: there is no @");
        return NULL;
    }
    struct text local = text_first(text, (size_t)at);
    struct text domain = text_skip(text, (size_t)at + 1);
    if (!check_parts(local, domain, error)) {
        return NULL;
    }
    char *lower = arena_copy(arena, domain.at, domain.size);
    for (char *c = lower; *c != '\0'; c++) {
        *c = g_ascii_tolower(*c);
    }
    struct mail_address *address = ARENA_NEW(arena, struct mail_address);
    address->local = arena_copy(arena, local.at, local.size);
    address->domain = lower;
    address->whole = arena_format(arena, "%s@%s", address->local, lower);
    address->name = "";
    return address;
}

bool address_is_equal(const struct mail_address *one, const struct mail_address *other)
{
    return g_ascii_strcasecmp(one->whole, other->whole) == 0;
}

/* One mailbox of a list, as it stands, taken apart at its angle brackets and comments. */
struct piece {
    struct text phrase;  /* before the '<' */
    struct text angle;   /* between the brackets */
    struct text comment; /* the last one's inside */
    GString *bare;       /* all that is outside brackets and comments */
    size_t angles;
    bool is_broken; /* a quoted string, comment or bracket without end, or something behind '>' */
};

/* These give the position behind what opens at `i`, 0 where it has no end. */
static size_t skip_quoted(struct text text, size_t i)
{
    for (i++; i < text.size; i++) {
        if (text.at[i] == '\\') {
            i++;
        } else if (text.at[i] == '"') {
            return i + 1;
        }
    }
    return 0;
}

static size_t skip_comment(struct text text, size_t i)
{
    size_t depth = 0;

    for (; i < text.size && depth <= COMMENT_DEPTH; i++) {
        if (text.at[i] == '\\') {
            i++;
            continue;
        }
        depth += text.at[i] == '(';
        depth -= text.at[i] == ')';
        if (depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

static size_t skip_angle(struct text text, size_t i)
{
    for (i++; i < text.size && text.at[i] != '<'; i++) {
        if (text.at[i] == '>') {
            return i + 1;
        }
    }
    return 0;
}

static size_t skip_token(struct text text, size_t i)
{
    switch (text.at[i]) {
    case '"':
        return skip_quoted(text, i);
    case '(':
        return skip_comment(text, i);
    case '<':
        return skip_angle(text, i);
    default:
        return i + 1;
    }
}

static void take_token(struct piece *piece, struct text text, size_t i, size_t next)
{
    char c = text.at[i];

    if (c == '(') {
        piece->comment = text_from(text.at + i + 1, next - i - 2);
        return;
    }
    if (c == '<') {
        piece->phrase = text_first(text, i);
        piece->angle = text_from(text.at + i + 1, next - i - 2);
        piece->angles++;
        return;
    }
    g_string_append_len(piece->bare, text.at + i, (gssize)(next - i));
    piece->is_broken |= c == '>' || (piece->angles > 0 && strchr(" \t\r\n", c) == NULL);
}

static void split_piece(struct text text, struct piece *piece)
{
    for (size_t i = 0; i < text.size;) {
        size_t next = skip_token(text, i);
        if (next == 0) {
            piece->is_broken = true;
            return;
        }
        take_token(piece, text, i, next);
        i = next;
    }
}

/* Takes the next mailbox off a list. Groups vanish: their name is what stands before a ':', their end
 * a ';'. *is_group tells that there was one. */
static bool next_mailbox(struct text *rest, struct text *mailbox, bool *is_group)
{
    size_t start = 0;
    size_t i = 0;

    if (rest->size == 0) {
        return false;
    }
    while (i < rest->size && rest->at[i] != ',' && rest->at[i] != ';') {
        size_t next = skip_token(*rest, i);
        if (rest->at[i] == ':') {
            *is_group = true;
            start = next;
        }
        i = next == 0 ? rest->size : next;
    }
    *is_group |= i < rest->size && rest->at[i] == ';';
    *mailbox = text_trim(text_from(rest->at + start, i - start));
    *rest = text_skip(*rest, i + 1);
    return true;
}

/* The display name: quoted strings without their quotes and backslashes, then RFC 2047. */
static const char *read_name(struct arena *arena, const struct piece *piece)
{
    g_autoptr(GString) plain = g_string_new(NULL);
    struct text phrase = text_trim(piece->angles > 0 ? piece->phrase : piece->comment);

    for (size_t i = 0; i < phrase.size; i++) {
        if (phrase.at[i] == '\\' && i + 1 < phrase.size) {
            g_string_append_c(plain, phrase.at[++i]);
        } else if (phrase.at[i] != '"') {
            g_string_append_c(plain, phrase.at[i]);
        }
    }
    return decode_header(arena, text_from(plain->str, plain->len), NAME_CHARACTERS);
}

static const struct mail_address *parse_mailbox(struct arena *arena, struct text mailbox,
                                                GError **error)
{
    g_autoptr(GString) bare = g_string_new(NULL);
    struct piece piece = {.bare = bare};

    split_piece(mailbox, &piece);
    if (piece.is_broken || piece.angles > 1) {
        error_set(error, TOCSIN_ERROR_INPUT, "it can be read in more than one way");
        return NULL;
    }
    struct text spec =
        piece.angles == 1 ? text_trim(piece.angle) : text_trim(text_from(bare->str, bare->len));
    const struct mail_address *strict = address_parse(arena, spec, error);
    if (strict == NULL) {
        return NULL;
    }
    struct mail_address *address = ARENA_NEW(arena, struct mail_address);
    *address = *strict;
    address->name = read_name(arena, &piece);
    return address;
}

const struct mail_address *address_parse_from(struct arena *arena, struct text value,
                                              GError **error)
{
    struct text mailbox;
    struct text only = {NULL, 0};
    bool is_group = false;
    size_t count = 0;

    while (next_mailbox(&value, &mailbox, &is_group)) {
        only = mailbox;
        count++;
    }
    if (count == 0 || (count == 1 && only.size == 0 && !is_group)) {
        error_set(error, TOCSIN_ERROR_INPUT, "it is empty");
        return NULL;
    }
    if (is_group) {
        error_set(error, TOCSIN_ERROR_INPUT, "it is a group");
        return NULL;
    }
    if (count > 1) {
        error_set(error, TOCSIN_ERROR_INPUT, "it holds more than one address");
        return NULL;
    }
    return parse_mailbox(arena, only, error);
}

size_t address_parse_list(struct arena *arena, struct text value, struct mail_address *addresses,
                          size_t most)
{
    struct text mailbox;
    bool is_group = false;
    size_t count = 0;

    while (count < most && next_mailbox(&value, &mailbox, &is_group)) {
        const struct mail_address *address = parse_mailbox(arena, mailbox, NULL);
        if (address != NULL) {
            addresses[count++] = *address;
        }
    }
    return count;
}

bool address_is_role(const char *address)
{
    static const char *const names[] = {"postmaster", "abuse",         "noc",     "security",
                                        "root",       "mailer-daemon", "noreply", "no-reply"};
    static const char *const ends[] = {"-request", "-bounces", "-owner"};
    const ptrdiff_t at = text_find_byte(text_of(address), '@');
    const struct text local = text_first(text_of(address), at < 0 ? strlen(address) : (size_t)at);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (text_is_equal_any_case(local, text_of(names[i])))
            return true;
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        const size_t size = strlen(ends[i]);

        if (local.size >= size &&
            text_is_equal_any_case(text_skip(local, local.size - size), text_of(ends[i])))
            return true;
    }
    return text_has_prefix_any_case(local, TEXT("owner-"));
}
