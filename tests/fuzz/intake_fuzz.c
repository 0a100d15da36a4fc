/* tests/fuzz/intake_fuzz.c: three lines (recipient, sender, login) and any bytes as the mail, through the
 * whole intake on a real store (notes Z1). Nothing is told that no proven operator's one From wrote; a
 * mail that comes twice acts once. */
#include "tests/unit/gateway/intake/town.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct town *town;

static void leave(void)
{
    town_close(town);
}

static void begin(void)
{
    if (town != NULL)
        return;
    town = town_open();
    (void)atexit(leave);
}

static const char *take_line(struct text *rest)
{
    struct text line = text_of("");

    (void)text_next_line(rest, &line);
    return text_clean_line(town->arena, line, 200);
}

static void check_author(const struct text bytes)
{
    const struct mail *mail = mail_parse(town->arena, bytes, &mail_limits_default, NULL);

    assert(mail != NULL && mail->from_count == 1 && mail->from != NULL);
    assert(text_is_equal_any_case(text_of(mail->from->whole), TEXT("ada@example.com")) ||
           text_is_equal_any_case(text_of(mail->from->whole), TEXT("bob@example.com")) ||
           text_is_equal_any_case(text_of(mail->from->whole), TEXT("eve@example.com")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text rest = text_from((const char *)data, size);
    struct intake_verdict verdict;
    int64_t before;
    int64_t after;

    begin();
    arena_close(town->arena);
    town->arena = arena_open((size_t)256 << 20);
    const char *to = take_line(&rest);
    const char *from = take_line(&rest);
    const char *login = take_line(&rest);
    before = town_changes(town);
    verdict = town_take_bytes(town, rest, from, to, login);
    after = town_changes(town);
    assert(verdict.event[0] != '\0' && (after == before || verdict.outcome == INTAKE_TAKEN));
    if (after != before)
        check_author(rest);
    verdict = town_take_bytes(town, rest, from, to, login);
    if (after != before)
        assert(verdict.outcome == INTAKE_TAKEN && town_changes(town) == after);
    return 0;
}
