#include "gateway/yaml/document.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <yaml.h>

/* A mapping or sequence that is not finished yet. */
struct frame {
    struct yaml_node *node;
    GHashTable *keys; /* of a mapping: name -> node */
    const char *key;  /* of the value that comes next; NULL: none, or it was refused */
    bool has_key;     /* a key, refused or not, waits for its value */
    unsigned key_line;
    unsigned key_column;
};

struct builder {
    yaml_parser_t parser;
    struct arena *arena;
    struct problems *problems;
    const char *file;
    struct yaml_node *root;
    struct frame frames[YAML_MOST_DEPTH];
    size_t depth;
    size_t node_count;
    size_t document_count;
};

static unsigned line_of(yaml_mark_t mark)
{
    return (unsigned)MIN(mark.line, YAML_MOST_BYTES) + 1;
}

static unsigned column_of(yaml_mark_t mark)
{
    return (unsigned)MIN(mark.column, YAML_MOST_BYTES) + 1;
}

/* Adds a problem at a mark; false, so that what cannot go on says so in one line. */
static bool fail_at(struct builder *builder, yaml_mark_t mark, const char *text)
{
    const struct problem place = {
        .file = builder->file, .line = line_of(mark), .column = column_of(mark)};

    problems_add(builder->problems, &place, "%s", text);
    return false;
}

void document_append(struct yaml_node *parent, struct yaml_node *child)
{
    child->parent = parent;
    child->next = NULL;
    if (parent->last != NULL)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->count++;
}

static struct frame *top(struct builder *builder)
{
    return builder->depth > 0 ? &builder->frames[builder->depth - 1] : NULL;
}

/* The mapping in which a key comes next; NULL: a value does. */
static struct frame *find_key_frame(struct builder *builder)
{
    struct frame *frame = top(builder);

    return frame != NULL && frame->node->kind == YAML_MAPPING && !frame->has_key ? frame : NULL;
}

/* A key given twice keeps its first value: the second gets its place, but no parent lists it. */
static void attach_to_mapping(struct builder *builder, struct frame *frame, struct yaml_node *node)
{
    node->key = frame->key != NULL ? frame->key : "?";
    node->key_line = frame->key_line;
    node->key_column = frame->key_column;
    node->parent = frame->node;
    frame->has_key = false;
    if (frame->key == NULL)
        return;
    const struct yaml_node *first = g_hash_table_lookup(frame->keys, frame->key);
    if (first != NULL) {
        yaml_problem_key(builder->problems, node, "`%.64s` is given twice: first in line %u",
                         frame->key, first->key_line);
        return;
    }
    g_hash_table_insert(frame->keys, (char *)(uintptr_t)frame->key, node);
    document_append(frame->node, node);
}

static struct yaml_node *add_node(struct builder *builder, enum yaml_kind kind, yaml_mark_t mark)
{
    struct yaml_node *node = ARENA_NEW(builder->arena, struct yaml_node);
    struct frame *frame = top(builder);

    node->kind = kind;
    node->file = builder->file;
    node->line = node->key_line = line_of(mark);
    node->column = node->key_column = column_of(mark);
    node->value = "";
    if (frame == NULL) {
        builder->root = node;
    } else if (frame->node->kind == YAML_MAPPING) {
        attach_to_mapping(builder, frame, node);
    } else {
        node->index = frame->node->count;
        document_append(frame->node, node);
    }
    return node;
}

static void refuse_key(struct builder *builder, struct frame *frame, yaml_mark_t mark,
                       const char *why)
{
    (void)fail_at(builder, mark, why);
    frame->key = NULL;
    frame->has_key = true;
}

static void take_key(struct builder *builder, struct frame *frame, const yaml_event_t *event)
{
    const struct text text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    const bool is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    const yaml_mark_t mark = event->start_mark;

    if (text.size == 0) {
        refuse_key(builder, frame, mark, "a field without a name");
        return;
    }
    if (is_plain && text_is_equal(text, TEXT("<<"))) {
        refuse_key(builder, frame, mark, "merge keys (<<) are not taken: write the fields out");
        return;
    }
    g_autoptr(GError) error = NULL;
    frame->key = text_string(builder->arena, text, &error);
    if (frame->key == NULL || strchr(frame->key, '\n') != NULL) {
        refuse_key(builder, frame, mark, "the name of a field holds control characters");
        return;
    }
    frame->has_key = true;
    frame->key_line = line_of(mark);
    frame->key_column = column_of(mark);
}

static void take_value(struct builder *builder, const yaml_event_t *event)
{
    const struct text text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    struct yaml_node *node = add_node(builder, YAML_SCALAR, event->start_mark);
    g_autoptr(GError) error = NULL;
    const char *value = text_string(builder->arena, text, &error);

    node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (value != NULL) {
        node->value = value;
        return;
    }
    node->kind = YAML_BROKEN;
    yaml_problem(builder->problems, node, "%s", error->message);
}

static void refuse_decoration(struct builder *builder, const yaml_event_t *event,
                              const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor != NULL)
        (void)fail_at(builder, event->start_mark,
                      "anchors (&name) are not taken: write the value out where it is needed");
    if (tag != NULL)
        (void)fail_at(builder, event->start_mark,
                      "tags (!name) are not taken: write the value "
                      "alone");
}

static bool take_scalar(struct builder *builder, const yaml_event_t *event)
{
    refuse_decoration(builder, event, event->data.scalar.anchor, event->data.scalar.tag);
    struct frame *frame = find_key_frame(builder);
    if (frame != NULL)
        take_key(builder, frame, event);
    else
        take_value(builder, event);
    return true;
}

static bool take_alias(struct builder *builder, const yaml_event_t *event)
{
    static const char why[] = "aliases (*name) are not taken: write the value out";
    struct frame *frame = find_key_frame(builder);

    if (frame != NULL) {
        refuse_key(builder, frame, event->start_mark, why);
        return true;
    }
    const struct yaml_node *node = add_node(builder, YAML_BROKEN, event->start_mark);
    yaml_problem(builder->problems, node, "%s", why);
    return true;
}

static bool open_frame(struct builder *builder, enum yaml_kind kind, yaml_mark_t mark)
{
    if (find_key_frame(builder) != NULL)
        return fail_at(builder, mark,
                       "the name of a field must be a word, not a list or mapping "
                       "(text with { or [ needs quotes)");
    if (builder->depth == G_N_ELEMENTS(builder->frames))
        return fail_at(builder, mark, "is nested more than 32 deep");

    struct yaml_node *node = add_node(builder, kind, mark);
    struct frame *frame = &builder->frames[builder->depth++];
    *frame = (struct frame){.node = node};
    if (kind == YAML_MAPPING)
        frame->keys = g_hash_table_new(g_str_hash, g_str_equal);
    return true;
}

static bool close_frame(struct builder *builder)
{
    struct frame *frame = top(builder);

    assert(frame != NULL); /* libyaml's events are balanced */
    g_clear_pointer(&frame->keys, g_hash_table_unref);
    builder->depth--;
    return true;
}

static bool take_event(struct builder *builder, const yaml_event_t *event)
{
    const yaml_mark_t mark = event->start_mark;

    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return take_scalar(builder, event);
    case YAML_ALIAS_EVENT:
        return take_alias(builder, event);
    case YAML_SEQUENCE_START_EVENT:
        refuse_decoration(builder, event, event->data.sequence_start.anchor,
                          event->data.sequence_start.tag);
        return open_frame(builder, YAML_SEQUENCE, mark);
    case YAML_MAPPING_START_EVENT:
        refuse_decoration(builder, event, event->data.mapping_start.anchor,
                          event->data.mapping_start.tag);
        return open_frame(builder, YAML_MAPPING, mark);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_frame(builder);
    case YAML_DOCUMENT_START_EVENT:
        return builder->document_count++ == 0 ||
               fail_at(builder, mark, "a second document begins here: a file holds one only");
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return true;
    }
    return true;
}

/* libyaml gives the place of bytes that are no text as an offset only. */
static yaml_mark_t mark_of_offset(struct text bytes, size_t offset)
{
    yaml_mark_t mark = {0};

    for (size_t i = 0; i < MIN(offset, bytes.size); i++) {
        mark.column++;
        if (bytes.at[i] != '\n')
            continue;
        mark.line++;
        mark.column = 0;
    }
    return mark;
}

static bool is_tab_at(struct text bytes, yaml_mark_t mark)
{
    struct text line = {0};

    for (size_t n = 0; n <= mark.line; n++)
        if (!text_next_line(&bytes, &line))
            return false;
    const struct text white = text_first(line, mark.column + 1);
    return text_trim(white).size == 0 && text_find_byte(white, '\t') >= 0;
}

static void report_syntax(struct builder *builder, struct text bytes)
{
    const yaml_parser_t *parser = &builder->parser;
    const bool is_of_bytes = parser->error == YAML_READER_ERROR;
    const yaml_mark_t mark =
        is_of_bytes ? mark_of_offset(bytes, parser->problem_offset) : parser->problem_mark;
    g_autoptr(GString) text = g_string_new("is no YAML: ");

    g_string_append(text, parser->problem != NULL ? parser->problem : "unknown error");
    if (!is_of_bytes && parser->context != NULL)
        g_string_append_printf(text, " %s that begins in line %u", parser->context,
                               line_of(parser->context_mark));
    if (!is_of_bytes && is_tab_at(bytes, mark))
        g_string_append(text, " (YAML is indented by spaces, not by tabs)");
    (void)fail_at(builder, mark, text->str);
}

/* Up to the end or the first error after which nothing can be understood. */
static bool take_all(struct builder *builder, struct text bytes)
{
    bool is_good = true;
    bool is_end = false;

    while (is_good && !is_end) {
        yaml_event_t event;
        if (yaml_parser_parse(&builder->parser, &event) == 0) {
            report_syntax(builder, bytes);
            return false;
        }
        is_end = event.type == YAML_STREAM_END_EVENT;
        if (builder->node_count++ > YAML_MOST_NODES)
            is_good = fail_at(builder, event.start_mark, "too much: 100,000 values are the most");
        else
            is_good = take_event(builder, &event);
        yaml_event_delete(&event);
    }
    return is_good;
}

struct yaml_node *document_parse(struct arena *arena, const char *file, struct text bytes,
                                 struct problems *problems)
{
    struct builder builder = {.arena = arena, .problems = problems, .file = file};

    if (yaml_parser_initialize(&builder.parser) == 0)
        g_error("out of memory"); /* as GLib itself ends */
    yaml_parser_set_encoding(&builder.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&builder.parser, (const unsigned char *)bytes.at, bytes.size);
    const bool is_good = take_all(&builder, bytes);
    yaml_parser_delete(&builder.parser);
    while (builder.depth > 0)
        (void)close_frame(&builder);
    if (!is_good)
        return NULL;
    if (builder.root == NULL || yaml_is_null(builder.root)) {
        const yaml_mark_t start = {0};
        builder.root = NULL;
        builder.root = add_node(&builder, YAML_MAPPING, start);
    }
    return builder.root;
}
