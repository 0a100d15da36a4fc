/* tests/fuzz/mustache_fuzz.c: template, NUL, JSON values: parsed and rendered in both media, with the
 * template itself as every partial. The output keeps its cap, and braces in values are never read: the
 * same values with other letters for braces give the same text with the same letters. */
#include "gateway/mustache/mustache.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#define MOST_OUTPUT 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct mustache_template *find_itself(void *context, const char *name, GError **error)
{
    (void)name;
    (void)error;
    return context;
}

static bool render(const struct mustache_template *template, const json_t *values,
                   enum mustache_escape escape, GString *output)
{
    const struct mustache_partials partials = {find_itself, (void *)(uintptr_t) template};
    const struct mustache_task task = {escape, &partials, MOST_OUTPUT};
    g_autoptr(GError) error = NULL;
    const bool is_done = mustache_render(template, values, &task, output, &error);

    assert(is_done == (error == NULL));
    assert(output->len <= MOST_OUTPUT && (is_done || output->len == 0));
    return is_done;
}

/* Braces in names of values do matter: only the values of one object are changed. */
static json_t *without_braces(const json_t *values)
{
    json_t *copy = json_object();
    const char *key = NULL;
    json_t *value = NULL;

    json_object_foreach((json_t *)(uintptr_t)values, key, value)
    {
        if (!json_is_string(value)) {
            (void)json_object_set(copy, key, value);
            continue;
        }
        g_autofree char *text = g_strdelimit(g_strdup(json_string_value(value)), "{}", '~');
        (void)json_object_set_new(copy, key, json_string(text));
    }
    return copy;
}

static void compare(const struct mustache_template *template, const json_t *values)
{
    json_t *changed = without_braces(values);
    g_autoptr(GString) one = g_string_new("");
    g_autoptr(GString) other = g_string_new("");

    if (render(template, values, MUSTACHE_PLAIN, one)) {
        const bool is_same = render(template, changed, MUSTACHE_PLAIN, other);
        assert(is_same && one->len == other->len);
    }
    json_decref(changed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWN(arena) arena = arena_open(256 * 1024 * 1024);
    const struct text bytes = text_from((const char *)data, size);
    const ptrdiff_t end = text_find_byte(bytes, '\0');
    const struct text source = end < 0 ? bytes : text_first(bytes, (size_t)end);
    const struct text json = text_skip(bytes, source.size + 1);
    g_autoptr(GError) error = NULL;
    const struct mustache_template *template = mustache_parse(arena, "fuzz", source, &error);
    json_t *values = json_loadb(json.size > 0 ? json.at : "{}", json.size > 0 ? json.size : 2,
                                JSON_REJECT_DUPLICATES, NULL);

    assert((template == NULL) == (error != NULL));
    if (template != NULL) {
        g_autoptr(GString) output = g_string_new("");
        (void)render(template, values, MUSTACHE_HTML, output);
        compare(template, values);
    }
    json_decref(values);
    return 0;
}
