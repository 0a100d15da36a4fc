/* gateway/mustache/templates.h: the site's and the shipped templates, found by language and name.
 *
 * A template is DIRECTORY/LANGUAGE/NAME.EXTENSION. It is looked for in this order, piece by piece,
 * also for each partial: the site's in the language, the shipped in the language, then both in the
 * language without its region ("de" for "de-AT"), then both in "en". So a site may override a single
 * file, and a language may be half translated. A partial that is nowhere with the extension of the
 * template that names it is looked for as text: a word needs one file for all media, and its file then
 * holds no & < >.
 *
 * Languages, names and extensions are [A-Za-z0-9_-]{1,32}; files are opened beneath directories that
 * were opened once, symbolic links are not followed (security A67), and are at most 256 KiB. Each is
 * read and parsed at its first use and kept. Not for use by two threads at once. */
#pragma once

#include "gateway/base/own.h"
#include "gateway/mustache/mustache.h"

struct templates;

/* `site_directory` may be NULL. NULL: `error` (CONFIG) names the directory. */
struct templates *templates_open(const char *site_directory, const char *shipped_directory,
                                 GError **error);
void templates_close(struct templates *templates);
OWN_DEFINE(templates);

/* NULL: `error` is CONFIG, with file, line and column where the template itself is wrong. */
const struct mustache_template *templates_find(struct templates *templates, const char *language,
                                               const char *name, const char *extension,
                                               GError **error);

struct templates_task {
    const char *language;
    const char *name;      /* "incident" */
    const char *extension; /* "html", "txt"; partials have the same, or "txt" */
    enum mustache_escape escape;
    size_t most_bytes;
};

/* Finds and renders, partials found the same way; as mustache_render(), but a partial that does not
 * exist is an error. */
bool templates_render(struct templates *templates, const struct templates_task *task,
                      const json_t *values, GString *output, GError **error);

/* Parses every template there is, of all languages, looks for the partials that they name, and appends
 * what is wrong, a line each, to `report`. True: nothing is. For `tocsin check`. */
bool templates_check(struct templates *templates, GString *report);
