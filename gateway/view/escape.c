#include "gateway/view/escape.h"

#include <string.h>

void escape_write_url(GString *html, const char *url)
{
    for (const char *at = url; *at != '\0'; at++) {
        if (*at == '&')
            g_string_append(html, "&amp;");
        else if (g_ascii_isalnum(*at) || strchr("-._~:/?#[]@!$()*+,;=%", *at) != NULL)
            g_string_append_c(html, *at);
        else
            g_string_append_printf(html, "%%%02X", (unsigned)(unsigned char)*at);
    }
}
