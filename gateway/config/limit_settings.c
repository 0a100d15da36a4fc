#include "gateway/config/limit_settings.h"

#include "gateway/base/moment.h"

#define KIB INT64_C(1024)
#define MIB (KIB * KIB)

#define LIMIT(field, kind_, member, default_, least_, most_)                                       \
    {                                                                                              \
        .name = (field), .kind = (kind_), .at = READER_AT(struct limit_settings, member),          \
        .standard = (default_), .least = (least_), .most = (most_)                                 \
    }

/* The ceilings are what a worker's memory and time were measured for. */
static const struct reader_field fields[] = {
    LIMIT("message", READER_SIZE, message, "1MiB", 16 * KIB, 32 * MIB),
    LIMIT("header", READER_SIZE, header, "128KiB", 4 * KIB, MIB),
    LIMIT("header_field", READER_SIZE, header_field, "16KiB", KIB, MIB),
    LIMIT("header_fields", READER_INTEGER, header_fields, "1000", 50, 10000),
    LIMIT("parameters", READER_INTEGER, parameters, "64", 4, 1000),
    LIMIT("parameter", READER_SIZE, parameter, "1KiB", 100, 64 * KIB),
    LIMIT("depth", READER_INTEGER, depth, "16", 2, 64),
    LIMIT("parts", READER_INTEGER, parts, "200", 2, 10000),
    LIMIT("text", READER_SIZE, text, "64KiB", KIB, MIB),
    LIMIT("wall", READER_SPAN, wall_ms, "20s", SECOND_MS, 5 * MINUTE_MS),
    LIMIT("cpu", READER_SPAN, cpu_ms, "5s", 100, 5 * MINUTE_MS),
    LIMIT("questions", READER_INTEGER, questions, "4", 1, 10000),
    LIMIT("misses", READER_INTEGER, misses, "20", 1, 100000),
    LIMIT("held", READER_SPAN, held_ms, "24h", SECOND_MS, 30 * DAY_MS),
    LIMIT("refusals", READER_INTEGER, refusals, "20", 1, 100000),
    LIMIT("store_wait", READER_SPAN, busy_ms, "5s", 1, 5 * MINUTE_MS),
};
const struct reader_table limit_settings_table = {
    .fields = fields,
    .count = G_N_ELEMENTS(fields),
    .size = sizeof(struct limit_settings),
};

void limit_settings_check(const struct reader *reader, const struct yaml_node *root,
                          const struct limit_settings *limits)
{
    const struct {
        const char *part, *whole;
        int64_t part_value, whole_value;
    } pairs[] = {
        {"header", "message", limits->header, limits->message},
        {"header_field", "header", limits->header_field, limits->header},
        {"parameter", "header_field", limits->parameter, limits->header_field},
        {"text", "message", limits->text, limits->message},
        {"cpu", "wall", limits->cpu_ms, limits->wall_ms},
    };
    const struct yaml_node *node = yaml_find(root, "limits");

    for (size_t i = 0; node != NULL && i < G_N_ELEMENTS(pairs); i++) {
        const struct yaml_node *part = yaml_find(node, pairs[i].part);
        const struct yaml_node *whole = yaml_find(node, pairs[i].whole);
        if (pairs[i].part_value > pairs[i].whole_value)
            yaml_problem(reader->problems, part != NULL ? part : whole,
                         "`%s` must not be more than `%s`", pairs[i].part, pairs[i].whole);
    }
}

struct mail_limits limit_settings_build(const struct limit_settings *limits)
{
    return (struct mail_limits){
        .message_bytes = (size_t)limits->message,
        .header_bytes = (size_t)limits->header,
        .field_bytes = (size_t)limits->header_field,
        .fields = (size_t)limits->header_fields,
        .parameters = (size_t)limits->parameters,
        .parameter_bytes = (size_t)limits->parameter,
        .depth = (size_t)limits->depth,
        .parts = (size_t)limits->parts,
        .text_bytes = (size_t)limits->text,
    };
}
