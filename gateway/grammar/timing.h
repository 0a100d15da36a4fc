/* gateway/grammar/timing.h: what an author says of a maintenance: when it is, and its next step.
 *
 * `Start:`, `End:`, `Duration:` and `Auto-complete:` lines, and in a reply orders ("extend 30m", "cancel: reason")
 * and stages ("verifying", "completed"). Times are kept as written until all of them are known, since an
 * end depends on its start; then they are read in the page's zone. Nothing is guessed: what is unclear,
 * or what the rules of maintenance refuse, is asked about with the line that said it. */
#pragma once

#include "gateway/grammar/topline.h"

enum timing_kind { TIMING_START, TIMING_END, TIMING_DURATION, TIMING_EXTENSION };
#define TIMING_KIND_COUNT 4

/* The value of MEANS_TIMING: one of the above, or this. */
#define TIMING_COMPLETES TIMING_KIND_COUNT

/* What a word orders to be done with a maintenance. */
enum timing_order {
    TIMING_BEGIN,
    TIMING_EXTEND, /* by a span */
    TIMING_UNTIL,  /* to a time */
    TIMING_MOVE,
    TIMING_VERIFY,
    TIMING_COMPLETE,
    TIMING_CANCEL,
};
#define TIMING_ORDER_COUNT 7

/* One time, as it was written. */
struct timed {
    struct text line;
    struct text value;
    const char *
        before; /* what stood before the value, for suggestions: "Start:", "move to"; NULL: not said */
};

struct timing {
    int64_t now;
    const struct maintenance *before; /* NULL: one that is announced */
    struct timed times[TIMING_KIND_COUNT];
    struct schedule schedule;
};

/* From here on `said` is about a maintenance. */
void timing_open(struct said *said, const struct maintenance *before, int64_t now);

/* One line, a subject or the next of a text, as topline_read_one() does. LINE_IS_TEXT: says nothing of this. */
enum line_outcome timing_read_line(struct said *said, struct text line, bool has_text);

/* A word alone, as in a bracket or a short mail: taken when it is an order or a stage that needs no time. */
bool timing_take_word(struct said *said, struct text word, struct text line);

/* Is any step or time said? */
bool timing_is_said(const struct said *said);

/* Reads the times and checks them: said->command.schedule, or a question. */
void timing_settle(struct said *said);

/* "resolved" is no step of a maintenance. */
void timing_ask_step(struct said *said, struct text word, struct text line);
