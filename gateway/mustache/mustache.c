#include "gateway/mustache/mustache.h"

#include "gateway/base/error.h"
#include "gateway/mustache/context.h"
#include "gateway/mustache/syntax.h"

#include <string.h>

/* Sections in sections over long lists could run for years without writing a byte. */
#define MOST_STEPS 5000000

struct renderer {
    const struct mustache_task *task;
    GString *output;
    GString *scratch;
    size_t most_size; /* of output, with what was there before */
    struct context context;
    const struct syntax_node *parents[MUSTACHE_MOST_DEPTH + 1]; /* outermost first: it wins */
    size_t parent_count;
    size_t depth;
    size_t steps;
    GString *indent;     /* before each line of text */
    size_t outdent;      /* so many blanks at the beginning of a line are not written */
    bool is_indent_due;  /* a line begins, in what is written */
    bool is_outdent_due; /* a line begins, in the template */
    GError **error;
};

static bool fail(const struct renderer *renderer, const struct syntax_node *node,
                 enum tocsin_error code, const char *why)
{
    return error_set(renderer->error, code, "%s:%u:%u: %s", node->template_name, node->line,
                     node->column, why);
}

static bool emit(struct renderer *renderer, const struct syntax_node *node, struct text text)
{
    if (text.size > renderer->most_size - renderer->output->len)
        return fail(renderer, node, TOCSIN_ERROR_LIMIT, "the text made is too long");
    g_string_append_len(renderer->output, text.at, (gssize)text.size);
    return true;
}

static bool emit_indent(struct renderer *renderer, const struct syntax_node *node)
{
    if (!renderer->is_indent_due)
        return true;
    renderer->is_indent_due = false;
    return emit(renderer, node, text_from(renderer->indent->str, renderer->indent->len));
}

static bool render_text(struct renderer *renderer, const struct syntax_node *node)
{
    struct text text = node->text;

    for (size_t n = renderer->is_outdent_due ? renderer->outdent : 0; n > 0 && text.size > 0; n--) {
        if (text.at[0] != ' ' && text.at[0] != '\t')
            break;
        text = text_skip(text, 1);
    }
    renderer->is_outdent_due = false;
    if (text.size == 0)
        return true;
    /* An empty line gets no indentation: it would be white space at a line's end. */
    const bool is_empty = text_is_equal(text, TEXT("\n")) || text_is_equal(text, TEXT("\r\n"));
    if ((!is_empty && !emit_indent(renderer, node)) || !emit(renderer, node, text))
        return false;
    renderer->is_indent_due = renderer->is_outdent_due = text.at[text.size - 1] == '\n';
    return true;
}

static bool render_value(struct renderer *renderer, const struct syntax_node *node)
{
    const json_t *value = context_find(&renderer->context, node->path, node->path_size);
    const bool is_escaped = node->kind == SYNTAX_VALUE && renderer->task->escape == MUSTACHE_HTML;

    renderer->is_outdent_due = false;
    g_string_truncate(renderer->scratch, 0);
    if (is_escaped && json_is_string(value))
        text_escape_html(renderer->scratch,
                         text_from(json_string_value(value), json_string_length(value)));
    else
        context_write(value, renderer->scratch);
    if (renderer->scratch->len == 0)
        return true;
    return emit_indent(renderer, node) &&
           emit(renderer, node, text_from(renderer->scratch->str, renderer->scratch->len));
}

static bool render_nodes(struct renderer *renderer, const struct syntax_node *first);

/* Recurses at most MUSTACHE_MOST_DEPTH deep, all kinds of nesting together. */
static bool render_inside(struct renderer *renderer, const struct syntax_node *node,
                          const struct syntax_node *first)
{
    if (renderer->depth == MUSTACHE_MOST_DEPTH)
        return fail(renderer, node, TOCSIN_ERROR_CONFIG, "is nested more than 32 deep");
    renderer->depth++;
    const bool is_done = render_nodes(renderer, first);
    renderer->depth--;
    return is_done;
}

static bool render_about(struct renderer *renderer, const struct syntax_node *node,
                         const json_t *value)
{
    struct context *context = &renderer->context;

    if (++renderer->steps > MOST_STEPS)
        return fail(renderer, node, TOCSIN_ERROR_LIMIT, "takes too long");
    if (context->count == G_N_ELEMENTS(context->values))
        return fail(renderer, node, TOCSIN_ERROR_CONFIG, "is nested more than 32 deep");
    context->values[context->count++] = value;
    const bool is_done = render_inside(renderer, node, node->first);
    context->count--;
    return is_done;
}

static bool render_section(struct renderer *renderer, const struct syntax_node *node)
{
    const json_t *value = context_find(&renderer->context, node->path, node->path_size);

    if (!context_is_true(value))
        return true;
    if (!json_is_array(value))
        return render_about(renderer, node, value);
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!render_about(renderer, node, json_array_get(value, i)))
            return false;
    return true;
}

static bool render_inverted(struct renderer *renderer, const struct syntax_node *node)
{
    const json_t *value = context_find(&renderer->context, node->path, node->path_size);

    return context_is_true(value) || render_inside(renderer, node, node->first);
}

/* NULL: there is none, or *failed is set. */
static const struct mustache_template *find_partial(struct renderer *renderer,
                                                    const struct syntax_node *node, bool *failed)
{
    const struct mustache_partials *partials = renderer->task->partials;
    GError *why = NULL;

    *failed = false;
    if (partials == NULL)
        return NULL;
    const struct mustache_template *found = partials->find(partials->context, node->name, &why);
    if (why == NULL)
        return found;
    *failed = true;
    g_propagate_prefixed_error(renderer->error, why, "%s:%u:%u: ", node->template_name, node->line,
                               node->column);
    return NULL;
}

/* What a block around it takes away from its lines is taken from this indentation too. */
static void indent_by(struct renderer *renderer, struct text blanks)
{
    const struct text rest = text_skip(blanks, MIN(renderer->outdent, blanks.size));

    if (rest.size > 0)
        g_string_append_len(renderer->indent, rest.at, (gssize)rest.size);
}

static bool render_partial(struct renderer *renderer, const struct syntax_node *node)
{
    bool failed = false;
    const struct mustache_template *partial = find_partial(renderer, node, &failed);
    const size_t indent_size = renderer->indent->len;
    const size_t outdent = renderer->outdent;

    if (partial == NULL)
        return !failed;
    if (node->is_alone) {
        indent_by(renderer, node->indent);
        renderer->is_indent_due = true;
    }
    renderer->outdent = 0;
    const bool is_done = render_inside(renderer, node, partial->root.first);
    renderer->outdent = outdent;
    g_string_truncate(renderer->indent, indent_size);
    return is_done;
}

static bool render_parent(struct renderer *renderer, const struct syntax_node *node)
{
    if (renderer->parent_count == G_N_ELEMENTS(renderer->parents))
        return fail(renderer, node, TOCSIN_ERROR_CONFIG, "is nested more than 32 deep");
    renderer->parents[renderer->parent_count++] = node;
    const bool is_done = render_partial(renderer, node);
    renderer->parent_count--;
    return is_done;
}

/* The content that the outermost parent tag gives to a block; NULL: none does. */
static const struct syntax_node *find_override(const struct renderer *renderer, const char *name)
{
    for (size_t i = 0; i < renderer->parent_count; i++) {
        const struct syntax_node *block = renderer->parents[i]->first;
        for (; block != NULL; block = block->next)
            if (block->kind == SYNTAX_BLOCK && strcmp(block->name, name) == 0)
                return block;
    }
    return NULL;
}

static bool render_block(struct renderer *renderer, const struct syntax_node *node)
{
    const struct syntax_node *override = find_override(renderer, node->name);
    const size_t indent_size = renderer->indent->len;
    const size_t outdent = renderer->outdent;

    if (override == NULL)
        return render_inside(renderer, node, node->first);
    indent_by(renderer, node->indent);
    renderer->outdent = override->is_alone ? override->indent.size : 0;
    renderer->is_outdent_due = override->is_alone;
    renderer->is_indent_due |= node->is_alone;
    const bool is_done = render_inside(renderer, node, override->first);
    renderer->outdent = outdent;
    g_string_truncate(renderer->indent, indent_size);
    return is_done;
}

static bool render_node(struct renderer *renderer, const struct syntax_node *node)
{
    switch (node->kind) {
    case SYNTAX_TEXT:
        return render_text(renderer, node);
    case SYNTAX_VALUE:
    case SYNTAX_RAW_VALUE:
        return render_value(renderer, node);
    case SYNTAX_SECTION:
        return render_section(renderer, node);
    case SYNTAX_INVERTED:
        return render_inverted(renderer, node);
    case SYNTAX_PARTIAL:
        return render_partial(renderer, node);
    case SYNTAX_PARENT:
        return render_parent(renderer, node);
    case SYNTAX_BLOCK:
        return render_block(renderer, node);
    }
    return true;
}

static bool render_nodes(struct renderer *renderer, const struct syntax_node *first)
{
    for (const struct syntax_node *node = first; node != NULL; node = node->next) {
        if (++renderer->steps > MOST_STEPS)
            return fail(renderer, node, TOCSIN_ERROR_LIMIT, "takes too long");
        if (!render_node(renderer, node))
            return false;
    }
    return true;
}

bool mustache_render(const struct mustache_template *template, const json_t *values,
                     const struct mustache_task *task, GString *output, GError **error)
{
    g_autoptr(GString) scratch = g_string_new(NULL);
    g_autoptr(GString) indent = g_string_new(NULL);
    const size_t size_before = output->len;
    struct renderer renderer = {
        .task = task,
        .output = output,
        .scratch = scratch,
        .indent = indent,
        .most_size = size_before + MIN(task->most_bytes, SIZE_MAX - size_before),
        .context = {.values = {values}, .count = 1},
        .is_indent_due = true,
        .error = error,
    };

    if (render_nodes(&renderer, template->root.first))
        return true;
    g_string_truncate(output, size_before);
    return false;
}

/* Recurses as deep as tags nest: mustache_parse() has counted. */
static bool check_nodes(const struct syntax_node *first, const struct mustache_partials *partials,
                        GError **error)
{
    for (const struct syntax_node *node = first; node != NULL; node = node->next) {
        const bool is_named = node->kind == SYNTAX_PARTIAL || node->kind == SYNTAX_PARENT;
        g_autoptr(GError) why = NULL;
        if (is_named && partials->find(partials->context, node->name, &why) == NULL)
            return error_set(error, TOCSIN_ERROR_CONFIG, "%s:%u:%u: %s", node->template_name,
                             node->line, node->column,
                             why != NULL ? why->message : "there is no such partial");
        if (!check_nodes(node->first, partials, error))
            return false;
    }
    return true;
}

bool mustache_check(const struct mustache_template *template,
                    const struct mustache_partials *partials, GError **error)
{
    return check_nodes(template->root.first, partials, error);
}
