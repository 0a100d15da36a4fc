/* gateway/compose/splice.h: a message rendered with stand-ins becomes pieces and slots.
 *
 * A stand-in is a word of chance, new for each rendering, so that nothing from outside can be one. */
#pragma once

#include "gateway/compose/compose.h"

struct stand_ins {
    const char *words[SLOT_COUNT]; /* "" where a value stands in place, or nothing does */
};

/* All "": for a message without slots. */
extern const struct stand_ins splice_no_stand_ins;

struct stand_ins splice_new_stand_ins(struct arena *arena);

/* Cuts `bytes` at each stand-in; both live in `arena` afterwards. */
const struct message *splice_cut(struct arena *arena, const GString *bytes,
                                 const struct stand_ins *stand_ins);
