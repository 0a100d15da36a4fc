/* tests/fuzz/yaml_fuzz.c: any bytes as a configuration: read, merged with themselves, reported. Every
 * problem has a place within the file. */
#include "gateway/yaml/reader.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct element {
    const char *name;
    int64_t span_ms;
    int64_t bytes;
    bool is_loud;
    int kind;
};

struct settings {
    const char *text;
    struct element *elements;
    size_t element_count;
    const char *const *words;
    size_t word_count;
};

static const char *const kinds[] = {"none", "starttls", NULL};

static const struct reader_field element_fields[] = {
    {.name = "name",
     .kind = READER_STRING,
     .at = READER_AT(struct element, name),
     .is_required = true},
    {.name = "span", .kind = READER_SPAN, .at = READER_AT(struct element, span_ms)},
    {.name = "bytes", .kind = READER_SIZE, .at = READER_AT(struct element, bytes)},
    {.name = "loud", .kind = READER_BOOL, .at = READER_AT(struct element, is_loud)},
    {.name = "kind", .kind = READER_ENUM, .at = READER_AT(struct element, kind), .names = kinds},
};
static const struct reader_table element_table = {
    .fields = element_fields,
    .count = G_N_ELEMENTS(element_fields),
    .size = sizeof(struct element),
};

static const struct reader_field fields[] = {
    {.name = "text", .kind = READER_TEXT, .at = READER_AT(struct settings, text)},
    {.name = "elements",
     .kind = READER_LIST,
     .at = READER_AT(struct settings, elements),
     .count_at = READER_AT(struct settings, element_count),
     .table = &element_table},
    {.name = "words",
     .kind = READER_STRINGS,
     .at = READER_AT(struct settings, words),
     .count_at = READER_AT(struct settings, word_count)},
};
static const struct reader_table table = {
    .fields = fields,
    .count = G_N_ELEMENTS(fields),
    .size = sizeof(struct settings),
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWN(arena) arena = arena_open(256 * 1024 * 1024);
    struct problems *problems = problems_new(arena);
    const struct reader reader = {arena, problems, NULL};
    const struct text bytes = text_from((const char *)data, size);
    struct yaml_node *root = yaml_load(arena, "one", bytes, problems);
    struct yaml_node *more = yaml_load(arena, "two", bytes, problems);
    struct settings settings;
    size_t count = 0;

    assert(root != NULL || problems_count_errors(problems) > 0);
    if (root != NULL && more != NULL) {
        yaml_make_list(arena, more, "element", "elements", problems);
        yaml_merge(root, more, problems);
        reader_read(&reader, root, &table, &settings);
    }
    const struct problem *const *list = problems_list(problems, &count);
    for (size_t i = 0; i < count; i++)
        assert(list[i]->line <= size + 1 && list[i]->column <= size + 1 && list[i]->text[0] != 0);
    (void)problems_write(problems, arena);
    return 0;
}
