/* tests/fuzz/authres_fuzz.c: any bytes as an Authentication-Results value. What is read is printed,
 * and must read back as the same. The same bytes as a DKIM-Signature: read or refused. */
#include "gateway/trust/authres.h"
#include "gateway/trust/signature.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_quoted(GString *out, struct text value)
{
    g_string_append_c(out, '"');
    for (size_t i = 0; i < value.size; i++) {
        if (value.at[i] == '"' || value.at[i] == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, value.at[i]);
    }
    g_string_append_c(out, '"');
}

static void write_text(GString *out, struct text text)
{
    g_string_append_len(out, text.at, (gssize)text.size);
}

static void write_property(GString *out, const struct authres_property *property)
{
    g_string_append_c(out, ' ');
    write_text(out, property->type);
    if (property->type.size > 0)
        g_string_append_c(out, '.');
    write_text(out, property->name);
    g_string_append_c(out, '=');
    write_quoted(out, property->value);
}

static void write_result(GString *out, const struct authres_result *result)
{
    g_string_append(out, "; ");
    write_text(out, result->method);
    if (result->version.size > 0)
        g_string_append_c(out, '/');
    write_text(out, result->version);
    g_string_append_c(out, '=');
    write_text(out, result->result);
    for (size_t i = 0; i < result->property_count; i++)
        write_property(out, &result->properties[i]);
}

static char *print(struct arena *arena, const struct authres *authres)
{
    g_autoptr(GString) out = g_string_new(NULL);

    write_quoted(out, authres->id);
    if (authres->result_count == 0)
        g_string_append(out, "; none");
    for (size_t i = 0; i < authres->result_count; i++)
        write_result(out, &authres->results[i]);
    return arena_copy(arena, out->str, out->len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWN(arena) arena = arena_open(256 * 1024 * 1024);
    const struct text bytes = text_from((const char *)data, size);
    const struct signature *signature = signature_parse(arena, bytes);
    const struct authres *first = authres_parse(arena, bytes);

    if (signature != NULL)
        assert(signature->b.size > 0 && signature->domain.size > 0);
    if (first == NULL)
        return 0;
    const char *printed = print(arena, first);
    const struct authres *second = authres_parse(arena, text_of(printed));
    assert(second != NULL && g_str_equal(print(arena, second), printed));
    return 0;
}
