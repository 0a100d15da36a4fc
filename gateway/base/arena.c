#include "gateway/base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ONE_EACH 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ONE_EACH 1
#endif
#endif
#ifndef ARENA_ONE_EACH
#define ARENA_ONE_EACH 0
#endif

/* Most units of work are a small mail: one chunk. Large ones must not make hundreds. */
#define LEAST_CHUNK_BYTES ((size_t)4096)
#define MOST_CHUNK_BYTES  ((size_t)256 * 1024)

struct chunk {
    struct chunk *next;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct chunk *chunks; /* allocations come from the first */
    size_t allocated;
    size_t ceiling;
};

/* SIGABRT, not GLib's SIGTRAP: a parent tells the two apart. */
static _Noreturn void give_up(const char *why)
{
    (void)fprintf(stderr, "arena: %s\n", why);
    abort();
}

struct arena *arena_open(size_t ceiling_bytes)
{
    struct arena *arena = calloc(1, sizeof *arena);

    if (arena == NULL)
        give_up("no memory");
    arena->ceiling = ceiling_bytes;
    return arena;
}

void arena_close(struct arena *arena)
{
    if (arena == NULL)
        return;
    while (arena->chunks != NULL) {
        struct chunk *chunk = arena->chunks;

        arena->chunks = chunk->next;
        free(chunk);
    }
    free(arena);
}

static struct chunk *new_chunk(size_t size)
{
    struct chunk *chunk = calloc(1, sizeof *chunk + size);

    if (chunk == NULL)
        give_up("no memory");
    chunk->size = size;
    return chunk;
}

static void *alloc_alone(struct arena *arena, size_t size)
{
    struct chunk *chunk = new_chunk(size);

    chunk->used = size;
    if (arena->chunks == NULL) {
        arena->chunks = chunk;
    } else { /* behind the first, which may have room left */
        chunk->next = arena->chunks->next;
        arena->chunks->next = chunk;
    }
    return chunk->bytes;
}

static size_t chunk_bytes(const struct arena *arena)
{
    if (arena->allocated < LEAST_CHUNK_BYTES)
        return LEAST_CHUNK_BYTES;
    return arena->allocated < MOST_CHUNK_BYTES ? arena->allocated : MOST_CHUNK_BYTES;
}

static void *alloc_shared(struct arena *arena, size_t size)
{
    struct chunk *chunk = arena->chunks;

    if (chunk == NULL || chunk->size - chunk->used < size) {
        chunk = new_chunk(chunk_bytes(arena));
        chunk->next = arena->chunks;
        arena->chunks = chunk;
    }
    void *const at = chunk->bytes + chunk->used;
    chunk->used += size;
    return at;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t unit = alignof(max_align_t);

    if (size > SIZE_MAX / 2)
        give_up("a size beyond all memory");
    const size_t rounded = (size + unit - 1) / unit * unit;
    if (rounded > arena->ceiling - arena->allocated)
        give_up("beyond its ceiling");
    arena->allocated += rounded;
    if (ARENA_ONE_EACH)
        return alloc_alone(arena, size);
    return rounded > LEAST_CHUNK_BYTES / 2 ? alloc_alone(arena, rounded)
                                           : alloc_shared(arena, rounded);
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
    size_t product = 0;

    if (__builtin_mul_overflow(count, size, &product))
        give_up("an array beyond all memory");
    return arena_alloc(arena, product);
}

char *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    if (size == SIZE_MAX)
        give_up("a copy beyond all memory");
    char *const copy = arena_alloc(arena, size + 1);
    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

char *arena_string(struct arena *arena, const char *string)
{
    return string == NULL ? NULL : arena_copy(arena, string, strlen(string));
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_list again;

    va_start(arguments, format);
    va_copy(again, arguments);
    const int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0)
        give_up("a format that cannot be printed");
    char *const string = arena_alloc(arena, (size_t)size + 1);
    const int written = vsnprintf(string, (size_t)size + 1, format, again);
    va_end(again);
    assert(written == size);
    return string;
}
