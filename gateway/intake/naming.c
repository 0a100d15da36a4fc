#include "gateway/intake/naming.h"

static bool read_named(const struct taking *taking, const struct mail *mail,
                       struct monitored *monitored)
{
    return monitored_read_named(taking, mail, GENERIC_WHOLE, monitored_nameable(taking), monitored);
}

/* What she may pass on; a monitor without `from:` may be named by a forward as by a mail of her own. */
static bool read_passed(const struct taking *taking, const struct forwarded *forwarded,
                        struct monitored *monitored)
{
    const struct passing_speaker speaker = passing_speaker_of(taking, taking->operator);

    return passing_read(taking, forwarded, &speaker, monitored) ||
           read_named(taking, forwarded->mail, monitored);
}

static const struct grammar_alert *find_problem(const struct reading *reading)
{
    for (size_t i = 0; i < reading->alert_count; i++)
        if (reading->alerts[i].kind == COMMAND_ALERT)
            return &reading->alerts[i];
    return NULL;
}

/* What she wrote above it is hers: does it say by itself what to do? */
static bool has_command(const struct taking *taking, const struct mail *mail,
                        const struct forwarded *forwarded)
{
    struct mail comment = *mail;
    const struct grammar_request request = {
        .role = GRAMMAR_OPERATOR,
        .mail = &comment,
        .page = taking->page,
        .extension = taking->extension,
    };
    const struct reading *reading;

    if (forwarded->comment[0] == '\0')
        return false;
    comment.text = comment.raw_text = forwarded->comment;
    reading = grammar_read(taking->intake->grammars, taking->arena, &request);
    return reading->kind != READING_NOTHING && reading->was_explicit;
}

static bool read_notice(const struct taking *taking, const struct mail *mail,
                        const struct forwarded *forwarded, struct naming_notice *notice)
{
    const struct grammar_request request = {
        .role = GRAMMAR_MONITOR,
        .mail = forwarded->mail,
        .page = taking->page,
        .extension = taking->extension,
    };
    const struct reading *reading =
        grammar_read_monitors(taking->intake->grammars, taking->arena, &request);

    if (reading->kind != READING_COMMAND || reading->alert_count == 0 ||
        has_command(taking, mail, forwarded))
        return false;
    *notice = (struct naming_notice){forwarded, find_problem(reading), reading};
    return true;
}

enum naming naming_read(const struct taking *taking, const struct mail *mail,
                        struct monitored *monitored, struct naming_notice *notice)
{
    const struct forwarded *forwarded;

    if (read_named(taking, mail, monitored))
        return NAMING_ALERT;
    forwarded = passing_find(taking, mail);
    if (forwarded == NULL || forwarded->kind == FORWARD_RESENT)
        return NAMING_NOTHING;
    if (read_passed(taking, forwarded, monitored))
        return NAMING_ALERT;
    return read_notice(taking, mail, forwarded, notice) ? NAMING_NOTICE : NAMING_NOTHING;
}
