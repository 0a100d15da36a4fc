#include "gateway/compose/splice.h"

#include "gateway/base/error.h"

#include <string.h>

#define STAND_IN_SIZE 30 /* bytes of chance: 48 letters, about as long as what will stand there */
#define PIECES_MOST   64
#define LINE_MOST     998 /* RFC 5322 section 2.1.1 */

const struct stand_ins splice_no_stand_ins = {{"", "", ""}};

struct stand_ins splice_new_stand_ins(struct arena *arena)
{
    struct stand_ins stand_ins;

    for (size_t i = 0; i < SLOT_COUNT; i++) {
        uint8_t bytes[STAND_IN_SIZE];
        secret_random(bytes, sizeof bytes);
        stand_ins.words[i] = base32_write(arena, bytes, sizeof bytes);
    }
    return stand_ins;
}

/* Where the next stand-in begins, or -1; *slot is which. */
static ptrdiff_t find_next(struct text rest, const struct stand_ins *stand_ins, enum slot *slot)
{
    ptrdiff_t first = -1;

    for (size_t i = 0; i < SLOT_COUNT; i++) {
        const struct text word = text_of(stand_ins->words[i]);
        const ptrdiff_t at = word.size > 0 ? text_find(rest, word) : -1;
        if (at >= 0 && (first < 0 || at < first)) {
            first = at;
            *slot = (enum slot)i;
        }
    }
    return first;
}

const struct message *splice_cut(struct arena *arena, const GString *bytes,
                                 const struct stand_ins *stand_ins)
{
    struct piece *pieces = ARENA_ARRAY(arena, struct piece, PIECES_MOST);
    struct message *message = ARENA_NEW(arena, struct message);
    struct text rest = {arena_copy(arena, bytes->str, bytes->len), bytes->len};
    size_t count = 0;
    enum slot slot = SLOT_TO;
    ptrdiff_t at = 0;

    while (count < PIECES_MOST - 2 && (at = find_next(rest, stand_ins, &slot)) >= 0) {
        pieces[count++] = (struct piece){text_first(rest, (size_t)at), false, slot};
        pieces[count++] = (struct piece){{NULL, 0}, true, slot};
        rest = text_skip(rest, (size_t)at + strlen(stand_ins->words[slot]));
    }
    pieces[count++] = (struct piece){rest, false, SLOT_TO};
    *message = (struct message){pieces, count};
    return message;
}

static bool fits(const char *value)
{
    const size_t size = value != NULL ? strlen(value) : 0;

    if (size == 0 || size > SLOT_MOST)
        return false;
    for (size_t i = 0; i < size; i++)
        if (!g_ascii_isalnum(value[i]) && strchr("@._+/:-", value[i]) == NULL)
            return false;
    return true;
}

bool compose_fits(const char *const slots[SLOT_COUNT])
{
    for (size_t i = 0; i < SLOT_COUNT; i++)
        if (!fits(slots[i]))
            return false;
    return true;
}

static struct text piece_bytes(const struct piece *piece, const char *const *slots)
{
    return piece->is_slot ? text_of(slots[piece->slot]) : piece->bytes;
}

struct text compose_splice(struct arena *arena, const struct message *message,
                           const char *const slots[SLOT_COUNT])
{
    g_autoptr(GString) whole = g_string_new(NULL);

    for (size_t i = 0; i < message->piece_count; i++) {
        const struct text bytes = piece_bytes(&message->pieces[i], slots);
        if (bytes.size > 0)
            g_string_append_len(whole, bytes.at, (gssize)bytes.size);
    }
    return text_from(arena_copy(arena, whole->str, whole->len), whole->len);
}

/* What the gate has seen so far. */
struct gate {
    size_t at;     /* bytes before this one */
    size_t column; /* bytes on this line before it */
    bool has_return;
    bool has_body; /* an empty line was seen */
};

/* NULL, or what is wrong with the byte. */
static const char *pass(struct gate *gate, char byte)
{
    const bool had_return = gate->has_return;

    gate->has_return = byte == '\r';
    if (had_return != (byte == '\n'))
        return byte == '\n' ? "a bare LF" : "a bare CR";
    if (byte == '\n') {
        gate->has_body = gate->has_body || gate->column == 0;
        gate->column = 0;
        return NULL;
    }
    if (byte == '\r')
        return NULL;
    if ((unsigned char)byte >= 0x7f)
        return "a byte that is not ASCII";
    if (byte < 0x20 && byte != '\t')
        return "a control character";
    return ++gate->column > LINE_MOST ? "a line longer than 998" : NULL;
}

/* Passes what is nearly everything at once: each message of a fan-out comes through here. */
static size_t pass_ordinary(struct gate *gate, struct text rest)
{
    const size_t most = LINE_MOST - gate->column;
    size_t size = 0;

    if (gate->has_return)
        return 0;
    while (size < rest.size && size < most && rest.at[size] >= 0x20 && rest.at[size] < 0x7f)
        size++;
    gate->column += size;
    return size;
}

static bool pass_bytes(struct gate *gate, struct text bytes, GError **error)
{
    const size_t before = gate->at;

    for (size_t i = 0; i < bytes.size; i++) {
        i += pass_ordinary(gate, text_skip(bytes, i));
        gate->at = before + i;
        const char *problem = i < bytes.size ? pass(gate, bytes.at[i]) : NULL;
        if (problem != NULL)
            return error_set(error, TOCSIN_ERROR_BUG, "a composed mail has %s at byte %zu", problem,
                             gate->at);
    }
    gate->at = before + bytes.size;
    return true;
}

bool compose_check(const struct message *message, const char *const slots[SLOT_COUNT],
                   GError **error)
{
    struct gate gate = {0};

    for (size_t i = 0; i < message->piece_count; i++) {
        const struct piece *piece = &message->pieces[i];
        if (piece->is_slot && (slots == NULL || !fits(slots[piece->slot])))
            return error_set(error, TOCSIN_ERROR_BUG,
                             "a composed mail has a slot at byte %zu whose value does not fit",
                             gate.at);
        if (!pass_bytes(&gate, piece_bytes(piece, slots), error))
            return false;
    }
    if (!gate.has_body || gate.has_return || gate.column != 0)
        return error_set(error, TOCSIN_ERROR_BUG, "a composed mail %s",
                         gate.has_body ? "ends within a line" : "has no body");
    return true;
}
