#include "gateway/compose/parts.h"

#include "gateway/base/secret.h"
#include "gateway/compose/quoted.h"

#define BOUNDARY_SIZE 15 /* bytes of chance */

static void write_type(GString *output, const char *type, const char *charset, const char *encoding)
{
    g_string_append_printf(output,
                           "Content-Type: %s; charset=%s\r\n"
                           "Content-Transfer-Encoding: %s\r\n\r\n",
                           type, charset, encoding);
}

static void write_part(GString *output, const char *type, struct text text, const char *slot)
{
    if (quoted_is_needless(text, slot)) {
        write_type(output, type, "utf-8", "7bit");
        quoted_write_plain(output, text);
        return;
    }
    write_type(output, type, "utf-8", "quoted-printable");
    quoted_write(output, text, slot);
}

void parts_write_text(GString *output, struct text text, const char *slot)
{
    g_string_append(output, "MIME-Version: 1.0\r\n");
    write_part(output, "text/plain", text, slot);
}

void parts_write_alternative(GString *output, struct text text, struct text html, const char *slot)
{
    OWN(arena) arena = arena_open(4096);
    uint8_t chance[BOUNDARY_SIZE];

    secret_random(chance, sizeof chance);
    /* "=_" cannot stand in quoted-printable, and chance keeps a 7bit part from guessing the rest. */
    const char *boundary = arena_format(arena, "=_%s", base32_write(arena, chance, sizeof chance));
    g_string_append_printf(output,
                           "MIME-Version: 1.0\r\n"
                           "Content-Type: multipart/alternative; boundary=\"%s\"\r\n"
                           "\r\n--%s\r\n",
                           boundary, boundary);
    write_part(output, "text/plain", text, slot);
    g_string_append_printf(output, "\r\n--%s\r\n", boundary);
    write_part(output, "text/html", html, slot);
    g_string_append_printf(output, "\r\n--%s--\r\n", boundary);
}

void parts_write_line(GString *output, const char *line)
{
    if (!g_str_is_ascii(line)) {
        g_autofree char *text = g_strconcat(line, "\n", NULL);
        parts_write_text(output, text_of(text), "");
        return;
    }
    g_string_append(output, "MIME-Version: 1.0\r\n");
    write_type(output, "text/plain", "us-ascii", "7bit");
    g_string_append_printf(output, "%s\r\n", line);
}
