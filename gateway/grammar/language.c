#include "gateway/grammar/language.h"

#include "gateway/grammar/grammar.h"

#include <assert.h>
#include <string.h>

#define VOCABLES_MOST 1000

/* A word longer than this is none of ours; nobody measures its distance. */
#define WORD_BYTES 48

struct section {
    const char *group; /* "" at the top of `language:` */
    const char *key;
    enum meaning meaning;
    int value;
};

static const struct section sections[] = {
    {"statuses", "investigating", MEANS_STATUS, INCIDENT_INVESTIGATING},
    {"statuses", "identified", MEANS_STATUS, INCIDENT_IDENTIFIED},
    {"statuses", "monitoring", MEANS_STATUS, INCIDENT_MONITORING},
    {"statuses", "resolved", MEANS_STATUS, INCIDENT_RESOLVED},
    {"severities", "minor", MEANS_SEVERITY, SEVERITY_MINOR},
    {"severities", "major", MEANS_SEVERITY, SEVERITY_MAJOR},
    {"severities", "critical", MEANS_SEVERITY, SEVERITY_CRITICAL},
    {"lines", "status", MEANS_LINE, LINE_STATUS},
    {"lines", "severity", MEANS_LINE, LINE_SEVERITY},
    {"lines", "components", MEANS_LINE, LINE_COMPONENTS},
    {"lines", "title", MEANS_LINE, LINE_TITLE},
    {"lines", "notify", MEANS_LINE, LINE_NOTIFY},
    {"lines", "private", MEANS_LINE, LINE_PRIVATE},
    {"lines", "preview", MEANS_LINE, LINE_PREVIEW},
    {"foreign_states", "investigating", MEANS_FOREIGN, INCIDENT_INVESTIGATING},
    {"foreign_states", "identified", MEANS_FOREIGN, INCIDENT_IDENTIFIED},
    {"foreign_states", "monitoring", MEANS_FOREIGN, INCIDENT_MONITORING},
    {"foreign_states", "resolved", MEANS_FOREIGN, INCIDENT_RESOLVED},
    {"answers", "yes", MEANS_YES, 0},
    {"answers", "no", MEANS_NO, 0},
    {"answers", "all", MEANS_ALL, 0},
    {"later", "maintenance", MEANS_LATER, 0},
    {"prefixes", "reply", MEANS_REPLY, 0},
    {"prefixes", "forward", MEANS_FORWARD, 0},
    {"everybody", "subscribe", MEANS_EVERYBODY, GRAMMAR_WORD_SUBSCRIBE},
    {"everybody", "unsubscribe", MEANS_EVERYBODY, GRAMMAR_WORD_UNSUBSCRIBE},
    {"everybody", "help", MEANS_EVERYBODY, GRAMMAR_WORD_HELP},
};

static const struct {
    const char *key;
    const char *group; /* NULL: needs none */
} pattern_rows[] = {
    [LANGUAGE_PREFIX] = {"prefix", "word"},   [LANGUAGE_BRACKET] = {"bracket", "word"},
    [LANGUAGE_NUMBER] = {"number", "number"}, [LANGUAGE_GREETING] = {"greeting", NULL},
    [LANGUAGE_LINE] = {"line", "text"},       [LANGUAGE_MARK] = {"mark", "text"},
    [LANGUAGE_FORM] = {"form", "word"},
};
static_assert(G_N_ELEMENTS(pattern_rows) == LANGUAGE_PATTERN_COUNT, "a pattern has no row");

static char *fold(struct arena *arena, struct text word)
{
    g_autofree char *folded = g_utf8_casefold(word.at, (gssize)word.size);

    return arena_string(arena, folded);
}

static const struct section *find_section(const char *group, const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++)
        if (strcmp(sections[i].group, group) == 0 && strcmp(sections[i].key, key) == 0)
            return &sections[i];
    return NULL;
}

static bool has_group(const char *group)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++)
        if (strcmp(sections[i].group, group) == 0)
            return true;
    return false;
}

struct collecting {
    const struct loader *loader;
    struct vocable *vocables;
    size_t count;
    bool is_good;
};

static void add_words(struct collecting *collecting, const struct yaml_node *node,
                      const struct section *section)
{
    for (const struct yaml_node *one = NULL; (one = loader_next(node, one)) != NULL;) {
        if (!loader_is_scalar(collecting->loader, one)) {
            collecting->is_good = false;
        } else if (collecting->count == VOCABLES_MOST || strlen(one->value) > WORD_BYTES) {
            yaml_problem(collecting->loader->problems, one, "too long, or one word too many");
            collecting->is_good = false;
        } else {
            collecting->vocables[collecting->count++] =
                (struct vocable){one->value, fold(collecting->loader->arena, text_of(one->value)),
                                 section->meaning, section->value};
        }
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
        const struct section *section = find_section(group->key, one->key);
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

    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        const struct yaml_node *group = yaml_find(node, sections[i].group);
        if (group != NULL && yaml_find(group, sections[i].key) != NULL)
            continue;
        yaml_problem(collecting->loader->problems, node, "needs `%s:` with `%s:`",
                     sections[i].group, sections[i].key);
        is_good = false;
    }
    return is_good;
}

const struct language *language_read(const struct loader *loader, const struct yaml_node *node)
{
    struct collecting collecting = {
        loader, ARENA_ARRAY(loader->arena, struct vocable, VOCABLES_MOST), 0, true};
    struct language *language = ARENA_NEW(loader->arena, struct language);

    if (node->kind != YAML_MAPPING) {
        yaml_problem(loader->problems, node, "must be a mapping: patterns, lines, statuses ...");
        return NULL;
    }
    for (const struct yaml_node *one = node->first; one != NULL; one = one->next) {
        if (has_group(one->key)) {
            add_group(&collecting, one);
        } else if (strcmp(one->key, "patterns") != 0) {
            yaml_problem_key(loader->problems, one, "`%s` is no part of a language", one->key);
            collecting.is_good = false;
        }
    }
    const bool is_whole = check_sections(&collecting, node);
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
