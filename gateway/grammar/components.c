/* The list of a `Components:` line: "api, web", "+db -web", "api=major_outage", "all". */
#include "gateway/grammar/said.h"

#include <string.h>

#define SHOWN_MOST 6

struct item {
    struct text whole;
    struct text name;
    char sign; /* '+', '-', or 0 */
    bool has_state;
    enum component_state state;
};

struct listing {
    struct said *said;
    struct text line;
    struct component_change *changes;
    size_t count;
    size_t most;
    size_t signed_count;
    size_t item_count;
};

static void ask(struct listing *listing, enum question_kind kind, struct text word,
                const char *problem)
{
    struct said *said = listing->said;
    const struct page *page = said->page;
    const char *suggestions[SHOWN_MOST + 1] = {NULL};
    size_t count = 0;

    for (size_t i = 0; i < page->component_count && count < SHOWN_MOST; i++)
        suggestions[count++] = arena_format(
            said->arena, "%s: %s", language_spell(said->language, MEANS_LINE, LINE_COMPONENTS),
            page->components[i].name);
    said_ask(said, kind, listing->line, suggestions, "\"%s\" %s",
             text_clean_line(said->arena, word, 60), problem);
}

/* "major outage" and "major-outage" are "major_outage". */
static bool parse_state(struct arena *arena, struct text word, enum component_state *state)
{
    word = text_trim(word);
    char *name = arena_copy(arena, word.at, word.size);
    for (char *at = name; *at != '\0'; at++)
        if (*at == ' ' || *at == '-')
            *at = '_';
    return component_state_parse(text_of(name), state);
}

static bool is_all(const struct said *said, struct text name)
{
    return language_find(said->language, name, 1U << MEANS_ALL) != NULL;
}

static bool add_change(struct listing *listing, const struct item *item,
                       const struct component *component)
{
    const struct component_change change = {
        .action = item->sign == '-' ? COMPONENT_REMOVE : COMPONENT_ADD,
        .component_id = component->id,
        .has_state = item->has_state,
        .state = item->state,
    };

    for (size_t i = 0; i < listing->count; i++) {
        const struct component_change *other = &listing->changes[i];
        if (strcmp(other->component_id, change.component_id) != 0)
            continue;
        if (other->action == change.action && other->has_state == change.has_state &&
            other->state == change.state)
            return true;
        ask(listing, QUESTION_TWICE, item->whole,
            "says of a component what the list says otherwise");
        return false;
    }
    if (listing->count == listing->most) /* each of the page's once at most */
        return false;
    listing->changes[listing->count++] = change;
    return true;
}

static bool add_all(struct listing *listing, const struct item *item)
{
    const struct page *page = listing->said->page;

    for (size_t i = 0; i < page->component_count; i++)
        if (!add_change(listing, item, &page->components[i]))
            return false;
    return true;
}

static bool add_named(struct listing *listing, const struct item *item)
{
    size_t candidates = 0;

    if (is_all(listing->said, item->name)) /* before "Allocation", which begins so */
        return add_all(listing, item);
    const struct component *component =
        page_read_component(listing->said->page, item->name, &candidates);
    if (component != NULL)
        return add_change(listing, item, component);
    if (candidates > 1)
        ask(listing, QUESTION_COMPONENT_SEVERAL, item->name,
            "is the beginning of several components");
    else
        ask(listing, QUESTION_COMPONENT, item->name, "is no component of this page");
    return false;
}

/* Splits "api = major outage"; a component whose own name holds "=" is found before. */
static bool split_state(struct listing *listing, struct item *item)
{
    size_t candidates = 0;
    const ptrdiff_t at = text_find_byte(item->name, '=');

    if (at < 0 || page_read_component(listing->said->page, item->name, &candidates) != NULL)
        return true;
    const struct text word = text_skip(item->name, (size_t)at + 1);
    item->name = text_trim(text_first(item->name, (size_t)at));
    item->has_state = parse_state(listing->said->arena, word, &item->state);
    if (item->has_state && item->sign != '-')
        return true;
    ask(listing, QUESTION_COMPONENT, item->whole,
        item->has_state
            ? "takes a component away and gives it a state"
            : "has no state of a component: there are operational, degraded_performance, "
              "partial_outage, major_outage and under_maintenance");
    return false;
}

/* The sign before a name: programs write dashes and minus signs for '-'. */
static char take_sign(struct text *text)
{
    static const struct {
        struct text sign;
        char means;
    } signs[] = {{TEXT_INIT("+"), '+'},
                 {TEXT_INIT("-"), '-'},
                 {TEXT_INIT("\xE2\x88\x92"), '-'},
                 {TEXT_INIT("\xE2\x80\x93"), '-'},
                 {TEXT_INIT("\xEF\xBC\x8B"), '+'}};

    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        if (text_has_prefix(*text, signs[i].sign)) {
            *text = text_trim(text_skip(*text, signs[i].sign.size));
            return signs[i].means;
        }
    return 0;
}

/* Up to the next sign that begins a word: "+db -web" are two, "front-end" is one. */
static struct text take_item(struct text *rest)
{
    for (size_t i = 1; i < rest->size; i++) {
        struct text tail = text_skip(*rest, i);
        if (rest->at[i - 1] != ' ' || take_sign(&tail) == 0 || tail.size == 0)
            continue;
        const struct text item = text_trim(text_first(*rest, i));
        *rest = text_skip(*rest, i);
        return item;
    }
    const struct text item = text_trim(*rest);
    *rest = text_skip(*rest, rest->size);
    return item;
}

static bool read_item(struct listing *listing, struct text whole)
{
    struct item item = {.whole = whole, .name = whole};

    item.sign = take_sign(&item.name);
    listing->item_count++;
    listing->signed_count += item.sign != 0 ? 1 : 0;
    return split_state(listing, &item) && add_named(listing, &item);
}

/* What stands between commas. Signs divide it only if it begins with one, or else "A -B" would be no name. */
static bool read_piece(struct listing *listing, struct text piece)
{
    struct text begin = piece;
    size_t candidates = 0;

    if (take_sign(&begin) == 0 ||
        page_read_component(listing->said->page, begin, &candidates) != NULL)
        return read_item(listing, piece);
    while (piece.size > 0)
        if (!read_item(listing, take_item(&piece)))
            return false;
    return true;
}

static bool read_list(struct listing *listing, struct text value)
{
    size_t candidates = 0;
    struct text rest = value;

    if (page_read_component(listing->said->page, value, &candidates) != NULL)
        return read_item(listing, value); /* a name may hold a comma */
    while (rest.size > 0) {
        size_t end = 0;
        while (end < rest.size && rest.at[end] != ',' && rest.at[end] != ';')
            end++;
        const struct text piece = text_trim(text_first(rest, end));
        rest = text_skip(rest, end + 1);
        if (piece.size > 0 && !read_piece(listing, piece))
            return false;
    }
    return true;
}

void said_components(struct said *said, struct text value, struct text line)
{
    const size_t most = said->page->component_count;
    struct listing listing = {
        .said = said,
        .line = line,
        .changes = ARENA_ARRAY(said->arena, struct component_change, most),
        .most = most,
    };

    said->was_explicit = true;
    if (said->has_components) {
        said_ask(said, QUESTION_TWICE, line, NULL, "the components are said twice: write one list");
        return;
    }
    said->has_components = true;
    if (!read_list(&listing, text_trim(value)))
        return;
    if (listing.item_count == 0)
        ask(&listing, QUESTION_COMPONENT, value, "names no component");
    else if (listing.signed_count > 0 && listing.signed_count < listing.item_count)
        ask(&listing, QUESTION_COMPONENT, value,
            "mixes components with and without a sign: give all of them a + or -, or none");
    said->command.replaces_components = listing.signed_count == 0;
    said->command.components = listing.changes;
    said->command.component_count = listing.count;
}
