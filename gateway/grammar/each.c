#include "gateway/grammar/each.h"

/* Matches that are looked at, those that make no alert among them. */
#define BLOCKS_MOST   2000
#define HEADINGS_MOST 200

struct heading {
    const char *at;
    struct groups groups;
};

struct walk {
    const struct each_request *asked;
    const struct rule_each *each;
    struct text text;
    const struct heading *headings;
    size_t heading_count;
    size_t heading;     /* how many of them lie behind us */
    size_t from;        /* where the next match is looked for */
    size_t ignored;     /* matches whose command is `ignore` */
    const char *broken; /* what was left out, and why; NULL: nothing */
    struct grammar_alert *alerts;
    size_t count;
};

static char *name_each(const struct walk *walk)
{
    return arena_format(walk->asked->arena, "each: %s",
                        rule_name_pattern(walk->asked->arena, &walk->each->block));
}

/* Where to look on after a match: behind it, and at least a character further. */
static size_t behind(struct text text, struct text match)
{
    const size_t end = (size_t)(match.at - text.at) + match.size;
    size_t next = match.size > 0 ? end : end + 1;

    while (next < text.size && ((unsigned char)text.at[next] & 0xC0) == 0x80)
        next++;
    return next;
}

/* All headings, with their groups. False: a limit was broken. */
static bool find_headings(struct walk *walk, const char **why)
{
    const struct each_request *asked = walk->asked;
    const struct pattern *under = walk->each->under;
    struct heading *headings = ARENA_ARRAY(asked->arena, struct heading, HEADINGS_MOST);
    size_t from = 0;

    walk->headings = headings;
    while (under != NULL && walk->heading_count < HEADINGS_MOST && from <= walk->text.size) {
        const enum match outcome = matcher_match_from(asked->matcher, under, walk->text, from, why);
        if (outcome != MATCH_YES)
            return outcome == MATCH_NO;
        const struct text found = matcher_group(asked->matcher, under, "");
        if (found.at == NULL)
            return true;
        struct heading *heading = &headings[walk->heading_count++];
        *heading = (struct heading){found.at, groups_new(asked->arena, asked->groups.bytes)};
        if (!groups_keep(&heading->groups, asked->matcher, under)) {
            *why = "holds too much text";
            return false;
        }
        from = behind(walk->text, found);
    }
    return true;
}

static void note_broken(struct walk *walk, const char *why)
{
    if (walk->broken == NULL)
        walk->broken =
            arena_format(walk->asked->arena, "%s: a match was left out: %s", name_each(walk), why);
}

/* The groups of the heading above `at`. */
static void add_heading(struct walk *walk, const char *at, struct groups *groups)
{
    while (walk->heading < walk->heading_count && walk->headings[walk->heading].at <= at)
        walk->heading++;
    if (walk->heading > 0)
        groups_add(groups, &walk->headings[walk->heading - 1].groups);
}

/* False: one of `within` does not match, or broke a limit. */
static bool match_within(struct walk *walk, struct text block, struct groups *groups)
{
    const struct each_request *asked = walk->asked;

    for (size_t i = 0; i < walk->each->within_count; i++) {
        const struct rule_pattern *one = &walk->each->within[i];
        const char *reason = "holds too much text";
        enum match outcome = matcher_match(asked->matcher, one->pattern, block, &reason);
        if (outcome == MATCH_YES && !groups_keep(groups, asked->matcher, one->pattern))
            outcome = MATCH_FAILED;
        if (outcome == MATCH_FAILED)
            note_broken(walk, arena_format(asked->arena, "%s %s",
                                           rule_name_pattern(asked->arena, one), reason));
        if (outcome != MATCH_YES)
            return false;
    }
    return true;
}

/* One match has been found, and is the matcher's last. */
static void take_block(struct walk *walk, struct text block)
{
    const struct each_request *asked = walk->asked;
    struct groups own = groups_new(asked->arena, asked->groups.bytes);
    struct grammar_alert made;
    const char *why = NULL;

    if (!groups_keep(&own, asked->matcher, walk->each->block.pattern)) {
        note_broken(walk, "holds too much text");
        return;
    }
    struct groups groups = groups_copy(&asked->groups);
    add_heading(walk, block.at, &groups);
    groups_add(&groups, &own);
    if (!match_within(walk, block, &groups))
        return;
    switch (groups_make(&groups, asked->rule, &made, &why)) {
    case GROUPS_MADE:
        break;
    case GROUPS_NO_COMMAND:
        return;
    case GROUPS_WRONG:
        note_broken(walk, why);
        return;
    }
    if (made.kind == COMMAND_IGNORE)
        walk->ignored++;
    else
        walk->alerts[walk->count++] = made;
}

/* False: there is no further match; *outcome says why. */
static bool take_next(struct walk *walk, enum match *outcome, const char **reason)
{
    const struct pattern *pattern = walk->each->block.pattern;

    if (walk->from > walk->text.size)
        return false;
    *outcome = matcher_match_from(walk->asked->matcher, pattern, walk->text, walk->from, reason);
    if (*outcome != MATCH_YES)
        return false;
    const struct text block = matcher_group(walk->asked->matcher, pattern, "");
    walk->from = block.at == NULL ? walk->text.size + 1 : behind(walk->text, block);
    if (block.size == 0)
        return true;
    if (walk->count < RULE_ALERTS) {
        take_block(walk, block);
        return true;
    }
    note_broken(walk, "a mail may have 200 alerts, and it has more");
    return false;
}

static struct rule_match conclude(const struct walk *walk, enum match outcome, const char *reason)
{
    struct arena *arena = walk->asked->arena;
    struct rule_match made = {.outcome = MATCH_YES, .why = walk->broken};

    /* What came before a limit was broken is as true as it was. */
    if (outcome == MATCH_FAILED)
        made.why = arena_format(arena, "%s %s", name_each(walk), reason);
    if (walk->count > 0) {
        made.first = walk->alerts[0];
        made.alerts = walk->alerts;
        made.alert_count = walk->count;
        return made;
    }
    made.first = (struct grammar_alert){.kind = COMMAND_IGNORE,
                                        .groups = walk->asked->groups.list,
                                        .group_count = walk->asked->groups.count};
    if (made.why == NULL && walk->ignored > 0)
        return made;
    made.outcome = made.why != NULL ? MATCH_FAILED : MATCH_NO;
    if (made.why == NULL)
        made.why = arena_format(arena, "%s matches nothing that makes an alert", name_each(walk));
    return made;
}

struct rule_match each_match(const struct each_request *request)
{
    struct walk walk = {.asked = request, .each = request->rule->each};
    const struct rule_pattern *block = &walk.each->block;
    enum match outcome = MATCH_NO;
    const char *reason = "";

    if (!field_text(request->arena, request->request, block->field, block->header, &walk.text))
        return conclude(&walk, MATCH_NO, reason);
    if (!find_headings(&walk, &reason))
        return conclude(&walk, MATCH_FAILED, arena_format(request->arena, "under: %s", reason));
    walk.alerts = ARENA_ARRAY(request->arena, struct grammar_alert, RULE_ALERTS);
    for (size_t i = 0; i < BLOCKS_MOST; i++)
        if (!take_next(&walk, &outcome, &reason))
            break;
    return conclude(&walk, outcome, reason);
}
