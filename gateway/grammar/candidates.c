#include "gateway/grammar/candidates.h"

#include "gateway/grammar/rule.h"

/* Shorter ones are everywhere. */
#define LITERAL_LEAST 3

/* Of a header's name, in any case: 0 to 63. */
static unsigned hash_name(struct text name)
{
    unsigned hash = (unsigned)name.size;

    for (size_t i = 0; i < name.size; i++)
        hash = hash * 31 + (unsigned char)g_ascii_tolower(name.at[i]);
    return hash % 64;
}

static void add_header(struct rule_need *needs, size_t *count, const struct rule_pattern *pattern)
{
    if (pattern->field == FIELD_HEADER)
        needs[(*count)++] = (struct rule_need){.field = FIELD_HEADER,
                                               .header = pattern->header,
                                               .hash = hash_name(text_of(pattern->header))};
}

static void add_literal(struct arena *arena, struct rule_need *needs, size_t *count,
                        const struct rule_pattern *pattern, enum field_kind field)
{
    if (pattern->field != field)
        return;
    const struct literal literal = literal_find(arena, pattern->source);
    if (literal.bytes.size >= LITERAL_LEAST)
        needs[(*count)++] = (struct rule_need){.field = field, .literal = literal};
}

const struct rule_need *candidates_needs(struct arena *arena, const struct rule *rule,
                                         size_t *count)
{
    static const enum field_kind order[] = {FIELD_SUBJECT, FIELD_FROM, FIELD_BODY, FIELD_RAW_BODY};
    const size_t most = 2 * (rule->pattern_count + 1);
    struct rule_need *needs = ARENA_ARRAY(arena, struct rule_need, most);

    *count = 0;
    for (size_t i = 0; i < rule->pattern_count; i++)
        add_header(needs, count, &rule->patterns[i]);
    if (rule->each != NULL)
        add_header(needs, count, &rule->each->block);
    for (size_t n = 0; n < G_N_ELEMENTS(order); n++) {
        for (size_t i = 0; i < rule->pattern_count; i++)
            add_literal(arena, needs, count, &rule->patterns[i], order[n]);
        if (rule->each != NULL)
            add_literal(arena, needs, count, &rule->each->block, order[n]);
    }
    return needs;
}

void candidates_open(struct candidates *candidates, struct arena *arena,
                     const struct grammar_request *request)
{
    *candidates = (struct candidates){.request = request, .arena = arena};
    for (size_t i = 0; i < request->mail->field_count; i++)
        candidates->headers |= UINT64_C(1) << hash_name(request->mail->fields[i].name);
}

static struct text text_of_field(struct candidates *candidates, enum field_kind field,
                                 bool is_lower)
{
    struct text text = TEXT("");

    (void)field_text(candidates->arena, candidates->request, field, NULL, &text);
    if (!is_lower)
        return text;
    if (candidates->lower[field] == NULL) {
        char *lower = arena_copy(candidates->arena, text.at, text.size);
        for (size_t i = 0; i < text.size; i++)
            lower[i] = g_ascii_tolower(lower[i]);
        candidates->lower[field] = lower;
    }
    return text_from(candidates->lower[field], text.size);
}

static bool has_need(struct candidates *candidates, const struct rule_need *need)
{
    if (need->field == FIELD_HEADER)
        return (candidates->headers >> need->hash & 1) != 0 &&
               mail_find_field(candidates->request->mail, need->header, 0) != NULL;
    const struct literal *literal = &need->literal;
    const struct text text = text_of_field(candidates, need->field, literal->is_any_case);
    /* A subject is one line. */
    if (literal->is_at_start && need->field == FIELD_SUBJECT)
        return text_has_prefix(text, literal->bytes);
    return text_find(text, literal->bytes) >= 0;
}

bool candidates_may_match(struct candidates *candidates, const struct rule *rule)
{
    for (size_t i = 0; i < rule->need_count; i++)
        if (!has_need(candidates, &rule->needs[i]))
            return false;
    return true;
}
