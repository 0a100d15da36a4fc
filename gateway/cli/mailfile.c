#include "gateway/cli/mailfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* One byte more than any mail may have: mail_parse() says which limit. */
#define READ_MOST (mail_limits_default.message_bytes + 1)

static FILE *open_it(const char *file)
{
    return strcmp(file, "-") == 0 ? stdin : fopen(file, "rbe");
}

const struct mail *mailfile_read(struct arena *arena, const char *file, GError **error)
{
    FILE *stream = open_it(file);

    if (stream == NULL) {
        error_set(error, TOCSIN_ERROR_MISSING, "%s: %s", file, g_strerror(errno));
        return NULL;
    }
    char *bytes = arena_alloc(arena, READ_MOST);
    const size_t size = fread(bytes, 1, READ_MOST, stream);
    const bool is_read = ferror(stream) == 0;
    const int number = errno;
    if (stream != stdin)
        (void)fclose(stream);
    if (!is_read) {
        error_set(error, TOCSIN_ERROR_MISSING, "%s: %s", file, g_strerror(number));
        return NULL;
    }
    const struct mail *mail =
        mail_parse(arena, text_from(bytes, size), &mail_limits_default, error);
    if (mail == NULL)
        g_prefix_error(error, "%s: ", file);
    return mail;
}
