#include "gateway/compose/thread.h"

#include "gateway/compose/header.h"
#include "gateway/incident/keyed.h"

#include <inttypes.h>
#include <string.h>

#define GUID_SIZE         16
#define LEVELS_MOST       100
#define ID_MOST           250 /* longer ids are no use to anybody */
#define REFERENCES_MOST   20
#define FILETIME_EPOCH_MS INT64_C(11644473600000) /* from 1601 to 1970 */
#define FILETIME_PER_MS   10000

/* Ids without their angle brackets. */
struct ids {
    struct text ids[REFERENCES_MOST];
    size_t count;
};

static uint64_t write_filetime(int64_t at)
{
    return (uint64_t)(MAX(at, 0) + FILETIME_EPOCH_MS) * FILETIME_PER_MS;
}

static void put_bytes(uint8_t *bytes, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(number >> (8 * (size - 1 - i)));
}

static void put_guid(uint8_t guid[GUID_SIZE], const struct story *story)
{
    char number[32];
    uint8_t digest[SECRET_DIGEST_SIZE];
    const int size = g_snprintf(number, sizeof number, "%" PRId64, story->incident->number);
    const struct text texts[] = {TEXT("thread"),
                                 text_of(story->page->id),
                                 text_of(story->page->domain),
                                 {number, (size_t)size}};

    secret_digest(texts, G_N_ELEMENTS(texts), digest);
    memcpy(guid, digest, GUID_SIZE);
}

/* A bit that says which of two resolutions is used, 31 bits of the time since the thread began, 4 bits of
 * chance (the update's place: a repeated mail must be the same mail) and 4 bits of level, which is 0. */
static void put_level(uint8_t level[THREAD_INDEX_LEVEL_SIZE], int64_t since_ms, size_t place)
{
    const uint64_t ticks = (uint64_t)MAX(since_ms, 0) * FILETIME_PER_MS;
    const bool is_coarse = ticks >> 49 != 0; /* 1.7 years */
    const uint64_t delta = is_coarse ? (ticks >> 23) & 0x7fffffff : ticks >> 18;

    put_bytes(level, (is_coarse ? UINT64_C(0x80000000) : 0) | delta, 4);
    level[4] = (uint8_t)((place & 0xf) << 4);
}

uint8_t *thread_index(struct arena *arena, const struct story *story, size_t *size)
{
    const size_t later = story->update_count > 0 ? story->update_count - 1 : 0;
    const size_t levels = MIN(later, LEVELS_MOST);
    const int64_t began_at = story->incident->created_at;
    uint8_t *index = arena_alloc(arena, THREAD_INDEX_SIZE + levels * THREAD_INDEX_LEVEL_SIZE);

    index[0] = 1;
    put_bytes(index + 1, write_filetime(began_at) >> 24, 5);
    put_guid(index + 6, story);
    for (size_t i = 0; i < levels; i++)
        put_level(index + THREAD_INDEX_SIZE + i * THREAD_INDEX_LEVEL_SIZE,
                  story->updates[i + 1].created_at - began_at, i);
    *size = THREAD_INDEX_SIZE + levels * THREAD_INDEX_LEVEL_SIZE;
    return index;
}

static bool is_id(struct text id)
{
    if (id.size == 0 || id.size > ID_MOST || text_find_byte(id, '@') <= 0)
        return false;
    for (size_t i = 0; i < id.size; i++)
        if (id.at[i] <= ' ' || id.at[i] >= 0x7f || id.at[i] == '<' || id.at[i] == '>')
            return false;
    return true;
}

/* Appends an id; one that is there stays where it is. Of too many the second oldest goes: the oldest is
 * the thread's root, the youngest are what clients look for. */
static void add_id(struct ids *ids, struct text id)
{
    for (size_t i = 0; i < ids->count; i++)
        if (text_is_equal(ids->ids[i], id))
            return;
    if (ids->count == REFERENCES_MOST) {
        memmove(&ids->ids[1], &ids->ids[2], (REFERENCES_MOST - 2) * sizeof ids->ids[0]);
        ids->count--;
    }
    ids->ids[ids->count++] = id;
}

/* The ids in a header's value; one without angle brackets is taken where it stands alone. */
static void add_ids(struct ids *ids, struct text value)
{
    struct text rest = text_trim(value);
    struct text piece;

    if (is_id(rest)) {
        add_id(ids, rest);
        return;
    }
    while (text_next_piece(&rest, '<', &piece)) {
        const ptrdiff_t end = text_find_byte(rest, '>');
        const struct text id = text_first(rest, end > 0 ? (size_t)end : 0);
        if (is_id(id))
            add_id(ids, id);
    }
}

/* A mail out of another incident's thread is not named: it would make one thread of two. */
static bool is_of_another(const struct secret *secret, const struct page *page,
                          const struct ids *ids, int64_t number)
{
    for (size_t i = 0; i < ids->count; i++) {
        const struct keyed_id id = keyed_read_id(secret, page, ids->ids[i]);
        if (id.kind == KEYED_ID_ROOT && id.number != number)
            return true;
    }
    return false;
}

static void write_ids(GString *output, const char *name, const struct text *ids, size_t count)
{
    g_autoptr(GString) value = g_string_new(NULL);

    for (size_t i = 0; i < count; i++)
        g_string_append_printf(value, "%s<%.*s>", i > 0 ? " " : "", (int)ids[i].size, ids[i].at);
    header_write(output, &(struct header){name, HEADER_TOKENS, value->str, NULL});
}

static void write_references(GString *output, const struct secret *secret,
                             const struct thread *thread)
{
    OWN(arena) arena = arena_open((size_t)64 * 1024);
    const int64_t number = thread->story != NULL ? thread->story->incident->number : 0;
    struct ids parent = {.count = 0};
    struct ids before = {.count = 0};
    struct ids all = {.count = 0};

    add_ids(&parent, text_of(thread->in_reply_to));
    add_ids(&before, text_of(thread->references));
    if (number != 0) {
        add_id(&all, text_of(keyed_write_root_id(arena, secret, thread->page, number)));
        if (is_of_another(secret, thread->page, &before, number))
            parent.count = before.count = 0;
    }
    for (size_t i = 0; i < before.count; i++)
        add_id(&all, before.ids[i]);
    if (parent.count > 0)
        add_id(&all, parent.ids[0]);
    write_ids(output, "In-Reply-To", parent.count > 0 ? parent.ids : all.ids,
              MIN(MAX(parent.count, all.count), 1));
    write_ids(output, "References", all.ids, all.count);
}

static void write_outlook(GString *output, const struct story *story)
{
    OWN(arena) arena = arena_open((size_t)64 * 1024);
    g_autoptr(GString) folded = g_string_new(NULL);
    size_t size = 0;
    const uint8_t *index = thread_index(arena, story, &size);
    g_autofree char *encoded = g_base64_encode(index, size);
    const char *topic = arena_format(arena, "%s (#%" PRId64 ")", story->incident->first_title,
                                     story->incident->number);

    /* Exchange folds it too; spaces in base64 say nothing. */
    for (size_t i = 0; encoded[i] != '\0'; i++)
        g_string_append_printf(folded, i > 0 && i % 60 == 0 ? " %c" : "%c", encoded[i]);
    header_write(output, &(struct header){"Thread-Topic", HEADER_TEXT, topic, NULL});
    header_write(output, &(struct header){"Thread-Index", HEADER_TOKENS, folded->str, NULL});
}

void thread_write(GString *output, const struct secret *secret, const struct thread *thread)
{
    write_references(output, secret, thread);
    if (thread->story != NULL)
        write_outlook(output, thread->story);
}
