/* Any bytes as a mail that came back: what a report or a notice says holds what its header promises. */
#include "gateway/grammar/undelivered.h"

#include <assert.h>
#include <string.h>

#define ARENA_BYTES ((size_t)128 << 20)
#define WORDS_BYTES 500

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_string(const char *string, size_t most)
{
    assert(string != NULL);
    assert(strlen(string) <= most);
    assert(g_utf8_validate(string, -1, NULL));
}

static void check_line(const char *string, size_t most)
{
    check_string(string, most);
    assert(strpbrk(string, "\r\n") == NULL);
}

static void check_report(const struct report *report, const struct mail_limits *limits)
{
    check_string(report->text, limits->text_bytes);
    check_line(report->envelope_id, SIZE_MAX);
    check_line(report->feedback_type, SIZE_MAX);
    check_line(report->returned_path, SIZE_MAX);
    check_line(report->returned_message_id, SIZE_MAX);
    check_line(report->returned_unsubscribe, SIZE_MAX);
    check_line(report->returned_to, SIZE_MAX);
    assert(report->recipient_count <= REPORT_RECIPIENTS_MOST);
    assert((report->kind == REPORT_COMPLAINT) <= (*report->feedback_type != '\0'));
    for (size_t i = 0; i < report->recipient_count; i++) {
        check_line(report->recipients[i].address, SIZE_MAX);
        check_line(report->recipients[i].final_address, SIZE_MAX);
        check_line(report->recipients[i].status, 11);
        check_line(report->recipients[i].diagnostic, WORDS_BYTES);
        assert(*report->recipients[i].address != '\0');
    }
}

static void check_reading(const struct bounce_reading *reading)
{
    check_line(reading->rule, SIZE_MAX);
    for (size_t i = 0; i < reading->count; i++) {
        check_line(reading->findings[i].address, SIZE_MAX);
        check_line(reading->findings[i].status, 11);
        check_line(reading->findings[i].words, WORDS_BYTES);
        assert(*reading->findings[i].address != '\0');
    }
}

/* Compiled once: it takes longer than all the rest. */
static struct grammars *shipped(void)
{
    static struct grammars *opened;

    if (opened == NULL) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct grammar_settings settings = {.shipped_directory =
                                                      TOCSIN_SOURCE_DIR "/gateway/grammar"};
        opened = grammars_open(&settings, problems_new(arena));
        assert(opened != NULL);
    }
    return opened;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mail_limits limits = mail_limits_default;
    OWN(arena) arena = arena_open(ARENA_BYTES);

    limits.text_bytes = size % 3 == 0 ? 100 : limits.text_bytes;
    const struct mail *mail = mail_parse(arena, text_from((const char *)data, size), &limits, NULL);
    if (mail == NULL)
        return 0;
    const struct report *report = mail_read_report(arena, mail, &limits);
    check_report(report, &limits);
    check_reading(grammar_read_bounce(shipped(), arena, mail, report));
    return 0;
}
