/* gateway/grammar/pattern.h: PCRE2 under limits; pattern.c and matcher.c alone know it.
 *
 * Patterns are UTF-8 with Unicode properties, `^` and `$` at every line, letters by their case unless the
 * pattern says (?i). Refused: \C, callouts, more than PATTERN_BYTES. They run compiled where the
 * system allows it (JIT), else interpreted, and always within PATTERN_STEPS for a place of the text and 10 ms of
 * this thread's time for all of it: what needs more has failed, which is never the same as not to match
 * (security A58). */
#pragma once

#include "gateway/base/own.h"
#include "gateway/base/text.h"

#define PATTERN_BYTES 8192
#define PATTERN_STEPS 100000

struct pattern;

/* NULL: `error` (CONFIG) says why, and *offset is the byte of `source` where. */
struct pattern *pattern_open(const char *source, size_t *offset, GError **error);
void pattern_close(struct pattern *pattern);
OWN_DEFINE(pattern);

/* The names of its groups, by number; valid as long as the pattern. */
size_t pattern_count_names(const struct pattern *pattern);
const char *pattern_name(const struct pattern *pattern, size_t n);
bool pattern_has_name(const struct pattern *pattern, const char *name);

/* Does it run as machine code (JIT) in this process? */
bool pattern_is_jitted(const struct pattern *pattern);

/* The room to match in: one a thread. */
struct matcher;

struct matcher *matcher_open(void);
void matcher_close(struct matcher *matcher);
OWN_DEFINE(matcher);

/* Between these all matches are of one mail, which costs at most 250 ms together; and after a few that failed
 * the others have a tenth of the steps, so that fifty bad rules cost little more than five. */
void matcher_begin(struct matcher *matcher);
void matcher_end(struct matcher *matcher);

enum match { MATCH_YES, MATCH_NO, MATCH_FAILED };

/* `text` must be valid UTF-8. MATCH_FAILED: *reason is a sentence that outlives all. */
enum match matcher_match(struct matcher *matcher, const struct pattern *pattern, struct text text,
                         const char **reason);

/* The same from the byte `from` on, which begins a character: for one match after the other. */
enum match matcher_match_from(struct matcher *matcher, const struct pattern *pattern,
                              struct text text, size_t from, const char **reason);

/* What a group held in the last match, which was MATCH_YES, of that pattern: a part of its text; `at` NULL: it
 * took no part, or there is none of that name. "" names the whole match. */
struct text matcher_group(const struct matcher *matcher, const struct pattern *pattern,
                          const char *name);
