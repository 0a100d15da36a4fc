/* gateway/store/rows.h: rows collected into an array of the caller's arena; for this folder alone. */
#pragma once

#include "gateway/base/arena.h"

#include <glib.h>

/* A copy of all elements in `arena`, for an array of any element type. */
static inline const void *rows_keep(struct arena *arena, GArray *rows)
{
    return arena_copy(arena, rows->data, (size_t)rows->len * g_array_get_element_size(rows));
}
