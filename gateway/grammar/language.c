#include "gateway/grammar/language.h"

#include "gateway/grammar/meanings.h"

#include <assert.h>
#include <string.h>

#define VOCABLES_MOST 1000

/* A word longer than this is none of ours; nobody measures its distance. */
#define WORD_BYTES 48

#define OPERATORS   (1U << LANGUAGE_OF_OPERATORS)
#define SUBSCRIBERS (1U << LANGUAGE_OF_SUBSCRIBERS)

static const struct {
    const char *key;
    const char *group; /* NULL: needs none */
    unsigned kinds;    /* of languages that need it */
} pattern_rows[] = {
    [LANGUAGE_PREFIX] = {"prefix", "word", OPERATORS},
    [LANGUAGE_BRACKET] = {"bracket", "word", OPERATORS},
    [LANGUAGE_NUMBER] = {"number", "number", OPERATORS},
    [LANGUAGE_GREETING] = {"greeting", NULL, OPERATORS},
    [LANGUAGE_LINE] = {"line", "text", OPERATORS | SUBSCRIBERS},
    [LANGUAGE_MARK] = {"mark", "text", OPERATORS},
    [LANGUAGE_FORM] = {"form", "word", OPERATORS},
    [LANGUAGE_LOST] = {"lost", NULL, OPERATORS},
    [LANGUAGE_BRIEF] = {"brief", "word", OPERATORS},
};
static_assert(G_N_ELEMENTS(pattern_rows) == LANGUAGE_PATTERN_COUNT, "a pattern has no row");

static char *fold(struct arena *arena, struct text word)
{
    g_autofree char *folded = g_utf8_casefold(word.at, (gssize)word.size);

    return arena_string(arena, folded);
}

struct collecting {
    const struct loader *loader;
    enum language_kind kind;
    struct vocable *vocables;
    size_t count;
    bool is_good;
};

static void add_word(struct collecting *collecting, const struct yaml_node *word,
                     const struct vocable *like)
{
    if (!loader_is_scalar(collecting->loader, word)) {
        collecting->is_good = false;
        return;
    }
    if (collecting->count == VOCABLES_MOST || strlen(word->value) > WORD_BYTES) {
        yaml_problem(collecting->loader->problems, word, "too long, or one word too many");
        collecting->is_good = false;
        return;
    }
    struct vocable *vocable = &collecting->vocables[collecting->count++];
    *vocable = *like;
    vocable->word = word->value;
    vocable->key = fold(collecting->loader->arena, text_of(word->value));
}

/* A list of words, or one for each language: `any` are those of none. */
static void add_words(struct collecting *collecting, const struct yaml_node *node,
                      const struct section *section)
{
    struct vocable like = {
        .tag = node->key, .language = "", .meaning = section->meaning, .value = section->value};

    if (node->kind != YAML_MAPPING) {
        for (const struct yaml_node *one = NULL; (one = loader_next(node, one)) != NULL;)
            add_word(collecting, one, &like);
        return;
    }
    for (const struct yaml_node *own = node->first; own != NULL; own = own->next) {
        like.language = strcmp(own->key, "any") == 0 ? "" : own->key;
        for (const struct yaml_node *one = NULL; (one = loader_next(own, one)) != NULL;)
            add_word(collecting, one, &like);
    }
}

static void add_group(struct collecting *collecting, const struct yaml_node *group)
{
    if (group->kind != YAML_MAPPING) {
        yaml_problem(collecting->loader->problems, group, "must be a mapping of lists of words");
        collecting->is_good = false;
        return;
    }
    for (const struct yaml_node *one = group->first; one != NULL; one = one->next) {
        const struct section *section = meanings_find(collecting->kind, group->key, one->key);
        if (section != NULL) {
            add_words(collecting, one, section);
            continue;
        }
        yaml_problem_key(collecting->loader->problems, one, "`%s` is nothing that a word can mean",
                         one->key);
        collecting->is_good = false;
    }
}

static bool read_patterns(const struct loader *loader, const struct yaml_node *node,
                          struct language *language)
{
    const struct yaml_node *patterns = yaml_find(node, "patterns");
    bool is_good = true;

    for (size_t i = 0; i < LANGUAGE_PATTERN_COUNT; i++) {
        const struct yaml_node *one = yaml_find(patterns, pattern_rows[i].key);
        if ((pattern_rows[i].kinds & 1U << language->kind) == 0)
            continue;
        if (one == NULL) {
            yaml_problem(loader->problems, node, "needs `patterns:` with `%s:`",
                         pattern_rows[i].key);
            is_good = false;
            continue;
        }
        struct language_patterns *kept = &language->patterns[i];
        kept->patterns = loader_patterns(loader, one, pattern_rows[i].group, &kept->count);
        is_good = is_good && kept->count == loader_count(one);
    }
    return is_good;
}

/* Every meaning needs a word, else nobody can say it, and answers could not name it. */
static bool check_sections(const struct collecting *collecting, const struct yaml_node *node)
{
    bool is_good = true;
    size_t count = 0;
    const struct section *sections = meanings_of(collecting->kind, &count);

    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *group = yaml_find(node, sections[i].group);
        const char *key = sections[i].key;
        if (group != NULL && (key == NULL ? group->count > 0 : yaml_find(group, key) != NULL))
            continue;
        yaml_problem(collecting->loader->problems, node, "needs `%s:` with `%s:`",
                     sections[i].group, key != NULL ? key : "...");
        is_good = false;
    }
    return is_good;
}

const struct language *language_read(const struct loader *loader, const struct yaml_node *node,
                                     enum language_kind kind)
{
    struct collecting collecting = {
        loader, kind, ARENA_ARRAY(loader->arena, struct vocable, VOCABLES_MOST), 0, true};
    struct language *language = ARENA_NEW(loader->arena, struct language);

    if (node->kind != YAML_MAPPING) {
        yaml_problem(loader->problems, node, "must be a mapping: patterns, and words by meaning");
        return NULL;
    }
    for (const struct yaml_node *one = node->first; one != NULL; one = one->next) {
        if (meanings_have_group(kind, one->key)) {
            add_group(&collecting, one);
        } else if (strcmp(one->key, "patterns") != 0) {
            yaml_problem_key(loader->problems, one, "`%s` is no part of a language", one->key);
            collecting.is_good = false;
        }
    }
    const bool is_whole = check_sections(&collecting, node);
    language->kind = kind;
    if (!read_patterns(loader, node, language) || !is_whole || !collecting.is_good)
        return NULL;
    language->vocables = collecting.vocables;
    language->count = collecting.count;
    return language;
}

const struct vocable *language_find(const struct language *language, struct text word,
                                    unsigned meanings)
{
    if (word.size == 0 || word.size > WORD_BYTES)
        return NULL;
    g_autofree char *key = g_utf8_casefold(word.at, (gssize)word.size);
    for (size_t i = 0; i < language->count; i++)
        if ((meanings & 1U << language->vocables[i].meaning) != 0 &&
            strcmp(language->vocables[i].key, key) == 0)
            return &language->vocables[i];
    return NULL;
}

const struct vocable *language_find_near(const struct language *language, struct text word,
                                         unsigned meanings)
{
    const struct vocable *nearest = NULL;
    size_t least = 3;

    if (word.size > WORD_BYTES)
        return NULL;
    for (size_t i = 0; i < language->count; i++) {
        const struct vocable *one = &language->vocables[i];
        const size_t most = g_utf8_strlen(one->word, -1) >= 6 ? 2 : 1;
        if ((meanings & 1U << one->meaning) == 0)
            continue;
        const size_t distance = text_distance(word, text_of(one->word), most);
        if (distance <= most && distance < least) {
            nearest = one;
            least = distance;
        }
    }
    return nearest;
}

const char *language_of_word(const struct language *language, const struct vocable *word)
{
    for (size_t i = 0; i < language->count; i++) {
        const struct vocable *one = &language->vocables[i];
        if (one->meaning == word->meaning && one->value == word->value &&
            strcmp(one->key, word->key) == 0 && strcmp(one->language, word->language) != 0)
            return "";
    }
    return word->language;
}

const char *language_spell(const struct language *language, enum meaning meaning, int value)
{
    for (size_t i = 0; i < language->count; i++)
        if (language->vocables[i].meaning == meaning && language->vocables[i].value == value)
            return language->vocables[i].word;
    return "";
}

const struct pattern *language_match(const struct language *language, struct matcher *matcher,
                                     enum language_pattern kind, struct text text)
{
    const struct language_patterns *patterns = &language->patterns[kind];
    const char *reason = NULL;

    for (size_t i = 0; i < patterns->count; i++)
        if (matcher_match(matcher, patterns->patterns[i], text, &reason) == MATCH_YES)
            return patterns->patterns[i];
    return NULL;
}
