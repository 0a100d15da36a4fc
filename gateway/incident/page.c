#include "gateway/incident/page.h"

#include <assert.h>
#include <string.h>

static const char *const state_names[] = {
    [COMPONENT_OPERATIONAL] = "operational",
    [COMPONENT_UNDER_MAINTENANCE] = "under_maintenance",
    [COMPONENT_DEGRADED_PERFORMANCE] = "degraded_performance",
    [COMPONENT_PARTIAL_OUTAGE] = "partial_outage",
    [COMPONENT_MAJOR_OUTAGE] = "major_outage",
};
static_assert(G_N_ELEMENTS(state_names) == COMPONENT_STATE_COUNT, "a component state has no name");

const char *component_state_name(enum component_state state)
{
    assert((size_t)state < COMPONENT_STATE_COUNT);
    return state_names[state];
}

bool component_state_parse(struct text name, enum component_state *state)
{
    for (size_t i = 0; i < COMPONENT_STATE_COUNT; i++)
        if (text_is_equal_any_case(name, text_of(state_names[i]))) {
            *state = (enum component_state)i;
            return true;
        }
    return false;
}

const struct component *page_find_component(const struct page *page, const char *id)
{
    for (size_t i = 0; i < page->component_count; i++)
        if (strcmp(page->components[i].id, id) == 0)
            return &page->components[i];
    return NULL;
}

/* An id may be written without its prefix. */
static struct text bare_id(const struct component *component)
{
    const struct text id = text_of(component->id);
    const struct text prefix = TEXT("comp_");

    return text_has_prefix(id, prefix) ? text_skip(id, prefix.size) : id;
}

bool component_is_named(const struct component *component, struct text word)
{
    return text_is_equal_any_case(word, text_of(component->id)) ||
           text_is_equal_any_case(word, bare_id(component)) ||
           text_is_equal_any_case(word, text_of(component->name));
}

static bool is_begun(const struct component *component, struct text word)
{
    return text_has_prefix_any_case(text_of(component->id), word) ||
           text_has_prefix_any_case(bare_id(component), word) ||
           text_has_prefix_any_case(text_of(component->name), word);
}

static const struct component *find_only(const struct page *page, struct text word,
                                         bool (*fits)(const struct component *, struct text),
                                         size_t *count)
{
    const struct component *found = NULL;

    *count = 0;
    for (size_t i = 0; i < page->component_count; i++)
        if (fits(&page->components[i], word)) {
            found = &page->components[i];
            ++*count;
        }
    return *count == 1 ? found : NULL;
}

const struct component *page_read_component(const struct page *page, struct text word,
                                            size_t *candidate_count)
{
    const struct component *found;

    *candidate_count = 0;
    word = text_trim(word);
    if (word.size == 0)
        return NULL;
    found = find_only(page, word, component_is_named, candidate_count);
    if (*candidate_count > 0)
        return found;
    return find_only(page, word, is_begun, candidate_count);
}

bool operator_is_of_page(const struct operator* operator, const char * page_id)
{
    for (size_t i = 0; i < operator->page_count; i++)
        if (strcmp(operator->page_ids[i], page_id) == 0)
            return true;
    return false;
}
