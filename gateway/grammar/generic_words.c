#include "gateway/grammar/generic.h"

#include <assert.h>
#include <string.h>

#define ENTRIES_MOST 5000
#define ENTRY_BYTES  200
#define ENTRY_WORDS  24

static const char *const class_names[] = {
    [GENERIC_OTHER] = NULL,
    [GENERIC_DOWN] = "down",
    [GENERIC_MINOR] = "minor",
    [GENERIC_CRITICAL] = "critical",
    [GENERIC_UP] = "up",
    [GENERIC_ENDED] = "ended",
    [GENERIC_ACKNOWLEDGED] = "acknowledged",
    [GENERIC_FILLER] = "fillers",
    [GENERIC_PAST] = "past",
    [GENERIC_TOWARDS] = "towards",
    [GENERIC_UNCLEAR] = "unclear",
    [GENERIC_NAME] = NULL,
};
static_assert(G_N_ELEMENTS(class_names) == GENERIC_CLASS_COUNT, "a class has no row");

static bool is_ascii(struct text text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.at[i] >= 0x80)
            return false;
    return true;
}

/* Nearly all mails are ASCII; then this is a thousandth of the work. */
static char *fold_case(struct text text)
{
    if (is_ascii(text))
        return g_ascii_strdown(text.at, (gssize)text.size);
    g_autofree char *plain = g_utf8_normalize(text.at, (gssize)text.size, G_NORMALIZE_NFKC);
    g_autofree char *folded = g_utf8_casefold(plain != NULL ? plain : "", -1);
    return g_utf8_normalize(folded, -1, G_NORMALIZE_NFKC);
}

char *generic_fold(struct arena *arena, struct text text)
{
    g_autofree char *folded = fold_case(text);
    const size_t size = strlen(folded);
    char *out = arena_copy(arena, folded, size);
    size_t end = 0;

    for (size_t i = 0; i < size; i++) {
        if (!g_ascii_isspace(folded[i]))
            out[end++] = folded[i];
        else if (end > 0 && out[end - 1] != ' ')
            out[end++] = ' ';
    }
    while (end > 0 && out[end - 1] == ' ')
        end--;
    out[end] = '\0';
    return out;
}

static bool is_of_word(uint32_t character)
{
    return character < 0x80 ? g_ascii_isalnum((char)character)
                            : g_unichar_isalnum(character) || g_unichar_ismark(character);
}

/* Written without spaces between words. */
static bool is_dense(uint32_t character)
{
    if (character < 0x2E80)
        return false;
    const GUnicodeScript script = g_unichar_get_script(character);
    return script == G_UNICODE_SCRIPT_HAN || script == G_UNICODE_SCRIPT_HIRAGANA ||
           script == G_UNICODE_SCRIPT_KATAKANA || character == 0x30FC;
}

static uint32_t character_at(struct text text, size_t offset)
{
    struct text rest = text_skip(text, offset);
    uint32_t character = 0;

    return text_next_character(&rest, &character) ? character : 0;
}

static uint32_t character_before(struct text text, size_t offset)
{
    while (offset > 0 && ((unsigned char)text.at[--offset] & 0xC0) == 0x80)
        continue;
    return character_at(text, offset);
}

bool generic_is_boundary(struct text folded, size_t offset)
{
    if (offset == 0 || offset >= folded.size)
        return true;
    const uint32_t before = character_before(folded, offset);
    const uint32_t after = character_at(folded, offset);
    /* A mark belongs to what stands before it, whatever that is. */
    if (after >= 0x80 && g_unichar_ismark(after))
        return false;
    return !is_of_word(before) || !is_of_word(after) || is_dense(before) || is_dense(after);
}

/* Takes the next word off `rest`. False: there is none. */
static bool take_word(struct text *rest, struct text *word)
{
    struct text ahead = *rest;
    uint32_t character = 0;

    while (text_next_character(&ahead, &character) && !is_of_word(character))
        *rest = ahead;
    if (rest->size == 0 || !is_of_word(character))
        return false;
    word->at = rest->at;
    do {
        *rest = ahead;
        word->size = (size_t)(rest->at - word->at);
    } while (!generic_is_boundary(text_from(word->at, word->size + rest->size), word->size) &&
             text_next_character(&ahead, &character));
    return true;
}

static int compare_entries(const void *one, const void *other)
{
    const struct generic_entry *left = one;
    const struct generic_entry *right = other;

    return strcmp(left->words, right->words);
}

static enum generic_class find_class(const struct generic_words *words, const char *key)
{
    const struct generic_entry wanted = {key, GENERIC_OTHER};
    const struct generic_entry *found =
        bsearch(&wanted, words->entries, words->count, sizeof wanted, compare_entries);

    return found != NULL ? found->class : GENERIC_OTHER;
}

/* Sets the class of the longest entry that begins at the first of `count` words. */
static size_t classify(const struct generic_words *words, struct generic_word *at, size_t count)
{
    char key[ENTRY_BYTES + 1];
    size_t size = 0;
    size_t best = 1;

    for (size_t n = 0; n < MIN(count, words->longest) && at[n].class != GENERIC_NAME; n++) {
        const struct text word = at[n].text;
        if (size + 1 + word.size > ENTRY_BYTES)
            break;
        if (n > 0)
            key[size++] = ' ';
        memcpy(key + size, word.at, word.size);
        size += word.size;
        key[size] = '\0';
        const enum generic_class class = find_class(words, key);
        if (class == GENERIC_OTHER)
            continue;
        at[0].class = class;
        best = n + 1;
    }
    at[0].words = best;
    for (size_t n = 1; n < best; n++)
        at[n].class = at[0].class;
    return best;
}

/* The words of what stands before the next name. SIZE_MAX: too many. */
static size_t take_words(struct text part, struct generic_word *into, size_t count, size_t most)
{
    struct text word;

    while (take_word(&part, &word)) {
        if (count == most)
            return SIZE_MAX;
        into[count++] = (struct generic_word){.text = word};
    }
    return count;
}

static bool are_joined(const struct generic_word *left, const struct generic_word *right)
{
    const char *end = left->text.at + left->text.size;

    return right->text.at == end + 1 && strchr("-_./@&", *end) != NULL;
}

bool generic_is_joined(const struct generic_word *words, size_t count, size_t at)
{
    return (at > 0 && words[at - 1].class == GENERIC_OTHER &&
            are_joined(&words[at - 1], &words[at])) ||
           (at + 1 < count && words[at + 1].class == GENERIC_OTHER &&
            are_joined(&words[at], &words[at + 1]));
}

static void drop_joined(struct generic_word *words, size_t count, size_t at)
{
    if (words[at].class != GENERIC_NAME && words[at].words == 1 &&
        generic_is_joined(words, count, at))
        words[at].class = GENERIC_OTHER;
}

size_t generic_split(const struct generic_words *words, struct text folded,
                     const struct text *names, size_t name_count, struct generic_word *into,
                     size_t most)
{
    struct text rest = folded;
    size_t count = 0;

    for (size_t i = 0; i <= name_count; i++) {
        const struct text name = i < name_count ? names[i] : text_skip(folded, folded.size);
        count = take_words(text_from(rest.at, (size_t)(name.at - rest.at)), into, count, most);
        if (count == SIZE_MAX || (i < name_count && count == most))
            return SIZE_MAX;
        if (i < name_count)
            into[count++] = (struct generic_word){.text = name, .class = GENERIC_NAME, .words = 1};
        rest = text_skip(rest, (size_t)(name.at - rest.at) + name.size);
    }
    for (size_t i = 0; i < count;)
        i += into[i].class == GENERIC_NAME ? 1 : classify(words, &into[i], count - i);
    for (size_t i = 0; i < count; i++)
        drop_joined(into, count, i);
    for (size_t i = count; i > 0; i--)
        drop_joined(into, count, i - 1);
    return count;
}

/* An entry in the form of a key. NULL: it has no word, or too many. */
static const char *make_key(struct arena *arena, const char *source, size_t *words)
{
    struct text rest = text_of(generic_fold(arena, text_of(source)));
    struct text word;
    g_autoptr(GString) key = g_string_new(NULL);

    *words = 0;
    while (take_word(&rest, &word)) {
        g_string_append(key, key->len > 0 ? " " : "");
        g_string_append_len(key, word.at, (gssize)word.size);
        ++*words;
    }
    return *words == 0 || *words > ENTRY_WORDS || key->len > ENTRY_BYTES
               ? NULL
               : arena_string(arena, key->str);
}

struct building {
    const struct loader *loader;
    struct generic_words *words;
    struct generic_entry *entries;
    GHashTable *known; /* a key to its entry */
};

static bool add_entry(struct building *building, const struct yaml_node *node,
                      enum generic_class class)
{
    struct problems *problems = building->loader->problems;
    size_t words = 0;

    if (!loader_is_scalar(building->loader, node))
        return false;
    const char *key = make_key(building->loader->arena, node->value, &words);
    if (key == NULL || building->words->count == ENTRIES_MOST) {
        yaml_problem(problems, node, "\"%.60s\" has no letter, or is one too many", node->value);
        return false;
    }
    const struct generic_entry *before = g_hash_table_lookup(building->known, key);
    if (before != NULL && before->class != class) {
        yaml_problem(problems, node, "\"%.60s\" is one of `%s` already", node->value,
                     class_names[before->class]);
        return false;
    }
    if (before != NULL)
        return true;
    struct generic_entry *entry = &building->entries[building->words->count++];
    *entry = (struct generic_entry){key, class};
    g_hash_table_insert(building->known, arena_string(building->loader->arena, key), entry);
    building->words->longest = MAX(building->words->longest, words);
    return true;
}

/* A list of words, or of lists of them. */
static bool add_list(struct building *building, const struct yaml_node *node,
                     enum generic_class class)
{
    bool is_good = true;

    for (const struct yaml_node *one = NULL; (one = loader_next(node, one)) != NULL;)
        for (const struct yaml_node *word = NULL; (word = loader_next(one, word)) != NULL;)
            is_good = add_entry(building, word, class) && is_good;
    return is_good;
}

static enum generic_class find_list(const char *key)
{
    for (size_t i = 0; i < GENERIC_CLASS_COUNT; i++)
        if (class_names[i] != NULL && strcmp(key, class_names[i]) == 0)
            return (enum generic_class)i;
    return GENERIC_OTHER;
}

static bool add_part(struct building *building, const struct yaml_node *node)
{
    const enum generic_class class = find_list(node->key);

    if (class != GENERIC_OTHER)
        return add_list(building, node, class);
    yaml_problem_key(building->loader->problems, node,
                     "`%s` is no list of words: there are down, minor, critical, up, ended, "
                     "acknowledged, fillers, past, towards and unclear",
                     node->key);
    return false;
}

const struct generic_words *generic_read(const struct loader *loader, const struct yaml_node *node)
{
    struct generic_words *words = ARENA_NEW(loader->arena, struct generic_words);
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    struct building building = {
        loader, words, ARENA_ARRAY(loader->arena, struct generic_entry, ENTRIES_MOST), known};
    bool is_good = true;

    if (node->kind != YAML_MAPPING) {
        if (node->kind != YAML_BROKEN)
            yaml_problem(loader->problems, node, "must be a mapping of lists: down, up …");
        return NULL;
    }
    for (const struct yaml_node *one = node->first; one != NULL; one = one->next)
        is_good = add_part(&building, one) && is_good;
    words->entries = building.entries;
    if (words->count > 0)
        qsort(building.entries, words->count, sizeof *building.entries, compare_entries);
    return is_good ? words : NULL;
}
