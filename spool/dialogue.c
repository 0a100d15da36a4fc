#include "spool/dialogue.h"

#include <glib.h>
#include <string.h>

static bool fail(struct dialogue *dialogue, const char *fault)
{
    if (dialogue->fault == NULL)
        dialogue->fault = fault;
    return false;
}

int dialogue_last_code(const struct dialogue *dialogue)
{
    const char *line = dialogue->line;

    if (!g_ascii_isdigit(line[0]) || !g_ascii_isdigit(line[1]) || !g_ascii_isdigit(line[2]))
        return 0;
    return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

void dialogue_note_tls(struct dialogue *dialogue)
{
    dialogue->is_tls = true;
    dialogue->is_tls_asked = false;
    dialogue->is_tls_answered = false;
}

/* Is the keyword that begins at `bytes` CHUNKING, or as much of it as has come? */
static bool is_chunking(const char *bytes, size_t size)
{
    static const char word[] = "CHUNKING";

    for (size_t i = 0; i < sizeof word - 1 && i < size; i++)
        if (g_ascii_toupper(bytes[i]) != word[i])
            return false;
    return size > 0;
}

static bool end_line(struct dialogue *dialogue)
{
    const bool is_last = dialogue->column < 4 || dialogue->line[3] != '-';
    const int kind = dialogue_last_code(dialogue) / 100;

    dialogue->is_line_whole = true;
    dialogue->lines = is_last ? 0 : dialogue->lines + 1;
    if (dialogue->lines > DIALOGUE_LINES_MOST)
        return fail(dialogue, "a reply of more than 100 lines");
    if (!is_last)
        return true;
    if (dialogue->is_tls_asked && kind == 2)
        dialogue->is_tls_answered = true;
    if (dialogue->auth == DIALOGUE_AUTH_ASKED && kind == 2)
        dialogue->auth = DIALOGUE_AUTH_DONE;
    else if (dialogue->auth == DIALOGUE_AUTH_ASKED && kind != 3)
        return fail(dialogue, "the credentials were refused");
    return true;
}

static bool take_byte(struct dialogue *dialogue, char byte)
{
    if (dialogue->is_tls_answered)
        return fail(dialogue, "bytes behind the answer to STARTTLS");
    if (byte == '\0')
        return fail(dialogue, "a NUL in a reply");
    if (byte == '\n')
        return end_line(dialogue);
    if (dialogue->is_line_whole) {
        dialogue->is_line_whole = false;
        dialogue->column = 0;
        memset(dialogue->line, 0, sizeof dialogue->line);
    }
    if (dialogue->column >= DIALOGUE_LINE_MOST)
        return fail(dialogue, "a reply line of more than 1000 bytes");
    if (dialogue->column < sizeof dialogue->line - 1)
        dialogue->line[dialogue->column] = byte;
    dialogue->column++;
    return true;
}

bool dialogue_read(struct dialogue *dialogue, char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const bool is_keyword = dialogue->column == 4 && !dialogue->is_line_whole;

        if (is_keyword && !dialogue->is_mail_seen && is_chunking(bytes + i, size - i))
            bytes[i] = 'X'; /* X-anything is a private keyword: nobody acts on XHUNKING */
        if (!take_byte(dialogue, bytes[i]))
            return false;
    }
    return dialogue->fault == NULL;
}

static bool is_command(const char *line, size_t size, const char *command)
{
    const size_t length = strlen(command);

    return size >= length && g_ascii_strncasecmp(line, command, length) == 0;
}

static bool check_command(struct dialogue *dialogue, const char *line, size_t size)
{
    if (is_command(line, size, "STARTTLS")) {
        dialogue->is_tls_asked = true;
        dialogue->is_tls_answered = false;
    } else if (is_command(line, size, "AUTH ")) {
        if (!dialogue->is_tls)
            return fail(dialogue, "credentials would go out without TLS");
        dialogue->auth = DIALOGUE_AUTH_ASKED;
    } else if (is_command(line, size, "MAIL FROM:")) {
        if (dialogue->needs_tls && !dialogue->is_tls)
            return fail(dialogue, "STARTTLS is not offered");
        if (dialogue->needs_auth && dialogue->auth != DIALOGUE_AUTH_DONE)
            return fail(dialogue, "no way to give the credentials is offered (PLAIN, LOGIN)");
        dialogue->is_mail_seen = true;
    }
    return true;
}

bool dialogue_write(struct dialogue *dialogue, const char *bytes, size_t size)
{
    while (size > 0 && dialogue->fault == NULL) {
        const char *end = memchr(bytes, '\n', size);
        const size_t length = end == NULL ? size : (size_t)(end - bytes) + 1;

        (void)check_command(dialogue, bytes, length);
        bytes += length;
        size -= length;
    }
    return dialogue->fault == NULL;
}
