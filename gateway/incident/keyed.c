#include "gateway/incident/keyed.h"

#include "gateway/base/number.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define ID_SIZE              5 /* a subscriber or a letter: up to 2^40 */
#define NOTIFICATION_SIZE    4 /* up to 2^32 */
#define BOUNCE_MAC_SIZE      5
#define UNSUBSCRIBE_MAC_SIZE 9
#define SEALED_SIZE          14                          /* of both kinds */
#define SEALED_LETTERS       ((SEALED_SIZE * 8 + 4) / 5) /* 23, behind the kind letter */
#define TAG_SIZE             5                           /* in Message-IDs: 8 letters */
#define LOOP_SIZE            16

static_assert(ID_SIZE + NOTIFICATION_SIZE + BOUNCE_MAC_SIZE == SEALED_SIZE, "a bounce address");
static_assert(ID_SIZE + UNSUBSCRIBE_MAC_SIZE == SEALED_SIZE, "an unsubscribe address");
static_assert(1 + SEALED_LETTERS <= KEYED_EXTENSION_MOST, "an extension is too long");

static const char *const words[] = {"subscribe", "unsubscribe", "help"};

static void write_number(uint8_t *at, size_t size, int64_t number)
{
    assert(number >= 0 && (size == 8 || number < INT64_C(1) << (8 * size)));
    for (size_t i = 0; i < size; i++)
        at[i] = (uint8_t)((uint64_t)number >> (8 * (size - 1 - i)) & 0xff);
}

static int64_t read_number(const uint8_t *at, size_t size)
{
    uint64_t number = 0;

    assert(size < 8);
    for (size_t i = 0; i < size; i++)
        number = number << 8 | at[i];
    return (int64_t)number;
}

/* Every MAC is over the page, a letter for what it is, and the rest. */
static void seal(const struct secret *secret, enum secret_use use, const struct page *page,
                 char what, struct text rest, uint8_t *mac, size_t size)
{
    g_autoptr(GString) data = g_string_new(page->id);

    g_string_append_c(data, '\0');
    g_string_append_c(data, what);
    g_string_append_len(data, rest.at, (gssize)rest.size);
    secret_mac(secret, use, text_from(data->str, data->len), mac, size);
}

static struct text as_text(const uint8_t *bytes, size_t size)
{
    return text_from((const char *)bytes, size);
}

static char *write_address(struct arena *arena, const struct page *page, char kind,
                           const uint8_t *bytes, size_t size)
{
    return arena_format(arena, "%s+%c%s@%s", page->local, kind, base32_write(arena, bytes, size),
                        page->domain);
}

char *keyed_write_bounce(struct arena *arena, const struct secret *secret, const struct page *page,
                         int64_t subscriber_id, int64_t notification_id)
{
    uint8_t bytes[SEALED_SIZE];
    const size_t sealed = ID_SIZE + NOTIFICATION_SIZE;

    assert(notification_id > 0);
    write_number(bytes, ID_SIZE, subscriber_id);
    write_number(bytes + ID_SIZE, NOTIFICATION_SIZE, notification_id);
    seal(secret, SECRET_BOUNCE, page, 'b', as_text(bytes, sealed), bytes + sealed, BOUNCE_MAC_SIZE);
    return write_address(arena, page, 'b', bytes, sizeof bytes);
}

char *keyed_write_letter(struct arena *arena, const struct secret *secret, const struct page *page,
                         int64_t letter_id)
{
    uint8_t bytes[SEALED_SIZE];
    const size_t sealed = ID_SIZE + NOTIFICATION_SIZE;

    write_number(bytes, ID_SIZE, letter_id);
    write_number(bytes + ID_SIZE, NOTIFICATION_SIZE, 0);
    seal(secret, SECRET_LETTER, page, 'b', as_text(bytes, sealed), bytes + sealed, BOUNCE_MAC_SIZE);
    return write_address(arena, page, 'b', bytes, sizeof bytes);
}

char *keyed_write_unsubscribe(struct arena *arena, const struct secret *secret,
                              const struct page *page, int64_t subscriber_id)
{
    uint8_t bytes[SEALED_SIZE];

    write_number(bytes, ID_SIZE, subscriber_id);
    seal(secret, SECRET_UNSUBSCRIBE, page, 'u', as_text(bytes, ID_SIZE), bytes + ID_SIZE,
         UNSUBSCRIBE_MAC_SIZE);
    return write_address(arena, page, 'u', bytes, sizeof bytes);
}

char *keyed_write_reply(struct arena *arena, const struct page *page,
                        const uint8_t key[KEYED_KEY_SIZE])
{
    return write_address(arena, page, 'r', key, KEYED_KEY_SIZE);
}

char *keyed_write_confirm(struct arena *arena, const struct page *page,
                          const uint8_t key[KEYED_KEY_SIZE])
{
    return write_address(arena, page, 'c', key, KEYED_KEY_SIZE);
}

void keyed_hash(const struct secret *secret, const uint8_t key[KEYED_KEY_SIZE],
                uint8_t hash[KEYED_HASH_SIZE])
{
    secret_mac(secret, SECRET_TOKEN, as_text(key, KEYED_KEY_SIZE), hash, KEYED_HASH_SIZE);
}

/* RFC-less but common: "prvs=TAG=local" (BATV) is `local`. */
static struct text without_batv(struct text local)
{
    const struct text prefix = TEXT("prvs=");
    struct text rest;
    ptrdiff_t end;

    if (!text_has_prefix_any_case(local, prefix))
        return local;
    rest = text_skip(local, prefix.size);
    end = text_find_byte(rest, '=');
    return end < 0 ? local : text_skip(rest, (size_t)end + 1);
}

static bool read_bounce(const struct secret *secret, const struct page *page,
                        const uint8_t bytes[SEALED_SIZE], struct keyed *keyed)
{
    const size_t sealed = ID_SIZE + NOTIFICATION_SIZE;
    const int64_t id = read_number(bytes, ID_SIZE);
    const int64_t notification_id = read_number(bytes + ID_SIZE, NOTIFICATION_SIZE);
    uint8_t mac[BOUNCE_MAC_SIZE];

    seal(secret, notification_id > 0 ? SECRET_BOUNCE : SECRET_LETTER, page, 'b',
         as_text(bytes, sealed), mac, sizeof mac);
    if (!secret_is_equal(mac, bytes + sealed, sizeof mac))
        return false;
    if (notification_id > 0)
        *keyed = (struct keyed){
            .kind = KEYED_BOUNCE, .subscriber_id = id, .notification_id = notification_id};
    else
        *keyed = (struct keyed){.kind = KEYED_LETTER, .letter_id = id};
    return true;
}

static bool read_unsubscribe(const struct secret *secret, const struct page *page,
                             const uint8_t bytes[SEALED_SIZE], struct keyed *keyed)
{
    uint8_t mac[UNSUBSCRIBE_MAC_SIZE];

    seal(secret, SECRET_UNSUBSCRIBE, page, 'u', as_text(bytes, ID_SIZE), mac, sizeof mac);
    if (!secret_is_equal(mac, bytes + ID_SIZE, sizeof mac))
        return false;
    *keyed =
        (struct keyed){.kind = KEYED_UNSUBSCRIBE, .subscriber_id = read_number(bytes, ID_SIZE)};
    return true;
}

/* Also with bits set that no address of ours has: a key is right, wrong, or none. */
static bool has_sealed_form(struct text letters)
{
    if (letters.size != SEALED_LETTERS)
        return false;
    for (size_t i = 0; i < letters.size; i++)
        if (!g_ascii_isalpha(letters.at[i]) && !(letters.at[i] >= '2' && letters.at[i] <= '7'))
            return false;
    return true;
}

static void read_sealed(const struct secret *secret, const struct page *page, char kind,
                        struct text letters, struct keyed *keyed)
{
    uint8_t bytes[SEALED_SIZE];

    keyed->kind = has_sealed_form(letters) ? KEYED_WRONG : KEYED_UNKNOWN;
    if (!base32_parse(letters, bytes, sizeof bytes))
        return;
    if (kind == 'b')
        (void)read_bounce(secret, page, bytes, keyed);
    else
        (void)read_unsubscribe(secret, page, bytes, keyed);
}

static void read_extension(const struct secret *secret, const struct page *page,
                           struct text extension, struct keyed *keyed)
{
    const struct text letters = text_skip(extension, 1);
    char kind;

    *keyed = (struct keyed){.kind = KEYED_UNKNOWN};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (text_is_equal_any_case(extension, text_of(words[i]))) {
            *keyed = (struct keyed){.kind = KEYED_WORD, .word = words[i]};
            return;
        }
    if (extension.size == 0)
        return;
    kind = g_ascii_tolower(extension.at[0]);
    if (kind == 'b' || kind == 'u')
        read_sealed(secret, page, kind, letters, keyed);
    else if ((kind == 'c' || kind == 'r') && base32_parse(letters, keyed->key, KEYED_KEY_SIZE))
        keyed->kind = kind == 'c' ? KEYED_CONFIRM : KEYED_REPLY;
}

bool keyed_read(const struct secret *secret, const struct page *page, struct text address,
                struct keyed *keyed)
{
    const struct text own = text_of(page->local);
    struct text local;
    struct text domain;
    ptrdiff_t at = -1;

    for (size_t i = 0; i < address.size; i++)
        if (address.at[i] == '@')
            at = (ptrdiff_t)i;
    if (at < 0)
        return false;
    local = without_batv(text_first(address, (size_t)at));
    domain = text_skip(address, (size_t)at + 1);
    if (!text_is_equal_any_case(domain, text_of(page->domain)) || text_find_byte(local, '%') >= 0 ||
        text_find_byte(local, '!') >= 0 || !text_has_prefix_any_case(local, own))
        return false;
    if (local.size == own.size) {
        *keyed = (struct keyed){.kind = KEYED_NONE};
        return true;
    }
    if (local.at[own.size] != '+' && local.at[own.size] != '-')
        return false;
    read_extension(secret, page, text_skip(local, own.size + 1), keyed);
    /* "status-team@" may be somebody; "status+team@" is ours by the delimiter's meaning. */
    return local.at[own.size] == '+' || keyed->kind != KEYED_UNKNOWN;
}

/* "n7.1234" and its tag. */
static char *write_id(struct arena *arena, const struct secret *secret, const struct page *page,
                      const char *name)
{
    uint8_t tag[TAG_SIZE];

    seal(secret, SECRET_MESSAGE_ID, page, 'm', text_of(name), tag, sizeof tag);
    return arena_format(arena, "%s.%s@%s", name, base32_write(arena, tag, sizeof tag),
                        page->domain);
}

char *keyed_write_root_id(struct arena *arena, const struct secret *secret, const struct page *page,
                          int64_t number)
{
    return write_id(arena, secret, page, arena_format(arena, "i%" PRId64, number));
}

char *keyed_write_notification_id(struct arena *arena, const struct secret *secret,
                                  const struct page *page, int64_t notification_id,
                                  int64_t subscriber_id)
{
    return write_id(arena, secret, page,
                    arena_format(arena, "n%" PRId64 ".%" PRId64, notification_id, subscriber_id));
}

char *keyed_write_letter_id(struct arena *arena, const struct secret *secret,
                            const struct page *page, int64_t letter_id)
{
    return write_id(arena, secret, page, arena_format(arena, "l%" PRId64, letter_id));
}

static bool has_right_tag(const struct secret *secret, const struct page *page, struct text name,
                          struct text tag)
{
    uint8_t given[TAG_SIZE];
    uint8_t right[TAG_SIZE];

    if (!base32_parse(tag, given, sizeof given))
        return false;
    seal(secret, SECRET_MESSAGE_ID, page, 'm', name, right, sizeof right);
    return secret_is_equal(given, right, sizeof right);
}

static enum keyed_id_kind id_kind(char letter)
{
    switch (letter) {
    case 'i':
        return KEYED_ID_ROOT;
    case 'n':
        return KEYED_ID_NOTIFICATION;
    case 'l':
        return KEYED_ID_LETTER;
    default:
        return KEYED_ID_FOREIGN;
    }
}

struct keyed_id keyed_read_id(const struct secret *secret, const struct page *page, struct text id)
{
    const struct keyed_id foreign = {KEYED_ID_FOREIGN, 0};
    const ptrdiff_t at = text_find_byte(id, '@');
    struct text left;
    struct text first;
    struct keyed_id read;
    size_t dot;

    if (at < 1 || !text_is_equal_any_case(text_skip(id, (size_t)at + 1), text_of(page->domain)))
        return foreign;
    left = text_first(id, (size_t)at);
    for (dot = left.size; dot > 0 && left.at[dot - 1] != '.'; dot--)
        ;
    if (dot < 2 || !has_right_tag(secret, page, text_first(left, dot - 1), text_skip(left, dot)))
        return foreign;
    left = text_skip(text_first(left, dot - 1), 1);
    if (!text_next_piece(&left, '.', &first) || !number_parse(first, 1, INT64_MAX, &read.number))
        return foreign;
    read.kind = id_kind(id.at[0]);
    return read.kind == KEYED_ID_FOREIGN ? foreign : read;
}

char *keyed_write_loop(struct arena *arena, const struct secret *secret, const struct page *page)
{
    uint8_t mac[LOOP_SIZE];

    seal(secret, SECRET_LOOP, page, 'x', TEXT(""), mac, sizeof mac);
    return base32_write(arena, mac, sizeof mac);
}

/* The size of a keyed address of ours that `text` begins with, or 0. */
static size_t keyed_size(const struct page *page, struct text text)
{
    const struct text own = text_of(page->local);
    const struct text domain = text_of(page->domain);
    size_t end = own.size + 1;

    if (text.size <= end || !text_has_prefix_any_case(text, own) || text.at[own.size] != '+')
        return 0;
    while (end < text.size && g_ascii_isalnum(text.at[end]))
        end++;
    if (end >= text.size || text.at[end] != '@' ||
        !text_has_prefix_any_case(text_skip(text, end + 1), domain))
        return 0;
    return end + 1 + domain.size;
}

char *keyed_redact(struct arena *arena, const struct page *page, const char *text)
{
    g_autoptr(GString) clean = g_string_sized_new(strlen(text));
    struct text rest = text_of(text);

    while (rest.size > 0) {
        const size_t size = keyed_size(page, rest);

        if (size > 0)
            g_string_append(clean, page->address);
        else
            g_string_append_c(clean, rest.at[0]);
        rest = text_skip(rest, size > 0 ? size : 1);
    }
    return arena_copy(arena, clean->str, clean->len);
}
