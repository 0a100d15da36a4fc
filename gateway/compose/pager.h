/* gateway/compose/pager.h: one line for a pager or a telephone.
 *
 * Of characters that GSM 03.38 has (gateway/compose/gsm.h): at most 160 septets, of which ^ { } \ [ ~ ] |
 * and the euro cost two. Others are transliterated, emoji and control characters vanish (security
 * A71). */
#pragma once

#include "gateway/base/text.h"

#define PAGER_MOST_SEPTETS 160

/* "HEAD BODY TAIL". Head and tail are never cut (unless they alone are too long); the body is cut at a
 * word, with "...". Any of them may be empty. */
char *pager_write_line(struct arena *arena, const char *head, const char *body, const char *tail);

/* A string of ours made plain as above, uncut, on one line. */
char *pager_write_plain(struct arena *arena, const char *text);

/* The septets that plain text costs. */
size_t pager_count_septets(struct text plain);
