#include "gateway/mustache/context.h"

const json_t *context_find(const struct context *context, const char *const *path, size_t size)
{
    const json_t *value = NULL;

    if (size == 0)
        return context->count > 0 ? context->values[context->count - 1] : NULL;
    for (size_t i = context->count; i > 0 && value == NULL; i--)
        value = json_object_get(context->values[i - 1], path[0]);
    for (size_t i = 1; i < size && value != NULL; i++)
        value = json_object_get(value, path[i]);
    return value;
}

bool context_is_true(const json_t *value)
{
    if (value == NULL || json_is_null(value) || json_is_false(value))
        return false;
    if (json_is_array(value))
        return json_array_size(value) > 0;
    return !json_is_string(value) || json_string_length(value) > 0;
}

/* As few digits as give the number back; the point is a point in every locale. */
static void write_real(double number, GString *output)
{
    static const char *const formats[] = {"%.15g", "%.16g", "%.17g"};
    char digits[G_ASCII_DTOSTR_BUF_SIZE] = "";
    double back = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        (void)g_ascii_formatd(digits, sizeof digits, formats[i], number);
        back = g_ascii_strtod(digits, NULL);
        if (back >= number && back <= number)
            break;
    }
    g_string_append(output, digits);
}

void context_write(const json_t *value, GString *output)
{
    if (value == NULL)
        return;
    switch (json_typeof(value)) {
    case JSON_STRING:
        g_string_append_len(output, json_string_value(value), (gssize)json_string_length(value));
        break;
    case JSON_INTEGER:
        g_string_append_printf(output, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        write_real(json_real_value(value), output);
        break;
    case JSON_TRUE:
        g_string_append(output, "true");
        break;
    case JSON_FALSE:
        g_string_append(output, "false");
        break;
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
}
