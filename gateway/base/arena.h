/* gateway/base/arena.h: memory that dies with the unit of work that owns it.
 *
 * A mail, a request, a slice of deliveries, a tick has one arena; every value made for it lives
 * there, and nobody frees a single one. All memory is zeroed and aligned for any type. An arena that
 * would grow beyond its ceiling aborts the process: each size that comes from outside must have met
 * its limit before. Under AddressSanitizer every allocation is a malloc of its own. Not for use by
 * two threads at once. */
#pragma once

#include "gateway/base/own.h"

#include <stddef.h>

struct arena;

/* `ceiling_bytes` counts all that was ever allocated from it. */
struct arena *arena_open(size_t ceiling_bytes);
void arena_close(struct arena *arena);
OWN_DEFINE(arena);

/* Never NULL; size 0 gives a pointer that may not be read. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull, malloc));

/* `count` elements of `size`; an overflow of the product aborts. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
    __attribute__((returns_nonnull));

/* A copy of `size` bytes, followed by a NUL that is not counted. */
char *arena_copy(struct arena *arena, const void *bytes, size_t size)
    __attribute__((returns_nonnull));

/* A copy of a string; NULL gives NULL. */
char *arena_string(struct arena *arena, const char *string);

char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));

#define ARENA_NEW(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc_array((arena), (count), sizeof(type)))
