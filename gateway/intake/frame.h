/* gateway/intake/frame.h: an envelope or a verdict as bytes between a door and its worker.
 *
 * A frame is the size of what follows (8 bytes, the machine's order), then fields: size (4 bytes) and
 * bytes each. Both ends are this program. Every string comes with its NUL. */
#pragma once

#include "gateway/intake/intake.h"

void frame_write_envelope(GString *frame, const struct envelope *envelope);
void frame_write_verdict(GString *frame, const struct intake_verdict *verdict);

/* Borrow `body` (a frame without its size). False: not such a frame. */
bool frame_read_envelope(struct arena *arena, struct text body, struct envelope *envelope);
bool frame_read_verdict(struct text body, struct intake_verdict *verdict);

/* Sends a whole frame; receives one of at most `most` bytes into `arena`. Both wait until `deadline`
 * (monotonic, 0: for ever). */
enum frame_outcome { FRAME_DONE, FRAME_ENDED, FRAME_LATE };

enum frame_outcome frame_send(int descriptor, const GString *frame, int64_t deadline);
enum frame_outcome frame_receive(int descriptor, struct arena *arena, size_t most, int64_t deadline,
                                 struct text *body);
