#include "gateway/mail/mail.h"

#include "gateway/base/secret.h"
#include "gateway/mail/prescan.h"

/* Name and value of each field that makes a mail this mail and no other, in the mail's order; the
 * trace fields that a second delivery changes are left out. */
static const char *const kept[] = {"From", "Date", "Subject", "Message-ID"};

static bool is_kept(struct text name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        if (text_is_equal_any_case(name, text_of(kept[i]))) {
            return true;
        }
    }
    return false;
}

/* Each CRLF as LF, so that SMTP and a pipe give one digest. */
static void append_lines(GString *out, struct text bytes)
{
    struct text line;

    while (text_next_line(&bytes, &line)) {
        g_string_append_len(out, line.at, (gssize)line.size);
        g_string_append_c(out, '\n');
    }
}

static void trim_end(GString *out)
{
    while (out->len > 0 && out->str[out->len - 1] == '\n') {
        g_string_truncate(out, out->len - 1);
    }
}

void mail_digest(struct text bytes, uint8_t digest[MAIL_DIGEST_SIZE])
{
    g_autoptr(GString) header = g_string_new(NULL);
    g_autoptr(GString) body = g_string_sized_new(bytes.size + 1);
    struct text name;
    struct text value;

    while (prescan_next_field(&bytes, &name, &value)) {
        if (is_kept(name)) {
            g_autofree char *lower = g_ascii_strdown(name.at, (gssize)name.size);
            g_string_append_printf(header, "%s:", lower);
            append_lines(header, text_trim(value));
        }
    }
    append_lines(body, bytes);
    trim_end(body);
    struct text texts[] = {text_from(header->str, header->len), text_from(body->str, body->len)};
    secret_digest(texts, G_N_ELEMENTS(texts), digest);
}
