/* tests/fuzz/calendar_fuzz.c: any bytes as a calendar part: read or refused, and what is read can be written and is
 * read back as the same. The first line of the bytes as a time that somebody wrote: what is asked about comes
 * with candidates that read as themselves. */
#include "gateway/base/moment.h"
#include "gateway/base/when.h"
#include "gateway/calendar/vcalendar.h"

#include <assert.h>
#include <string.h>

#define NOW INT64_C(1795526300000) /* 24 November 2026 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_invitation(const struct invitation *invitation, int64_t horizon_ms)
{
    assert(invitation->occurrence_count <= CALENDAR_OCCURRENCES_MOST);
    assert(invitation->trouble == NULL || invitation->occurrence_count == 0);
    assert(invitation->starts_at == 0 || invitation->ends_at >= invitation->starts_at);
    for (size_t i = 0; i < invitation->occurrence_count; i++)
        assert(invitation->occurrences[i].original_at <= NOW + horizon_ms);
    assert(g_utf8_validate(invitation->summary, -1, NULL));
    assert(g_utf8_validate(invitation->description, -1, NULL));
}

/* What goes out is taken back in. */
static void check_written(struct arena *arena, const struct invitation *invitation,
                          const struct calendar_frame *frame)
{
    const struct calendar_entry entry = {
        .uid = "u",
        .sequence = invitation->sequence,
        .stamped_at = NOW,
        .starts_at = invitation->starts_at,
        .ends_at = invitation->ends_at,
        .organizer = invitation->organizer.address,
        .organizer_name = invitation->organizer.name,
        .attendee = "a@example.com",
        .summary = invitation->summary,
        .description = invitation->description,
        .location = invitation->location,
        .url = "",
        .status = invitation->status,
        .maintnote = invitation->maintnote,
    };
    const char *written = calendar_write(arena, CALENDAR_REQUEST, &entry, 1);
    const struct calendar_limits limits = {
        .bytes_most = (size_t)1 << 20, .lines_most = 20000, .events_most = 1};
    const struct calendar_frame wide = {&limits, frame->now, frame->zone};
    const struct calendar *again = calendar_read(arena, text_of(written), TEXT(""), &wide, NULL);

    assert(again != NULL && again->count == 1);
    const struct invitation *back = &again->invitations[0];
    assert(back->trouble == NULL && back->starts_at == invitation->starts_at);
    assert(back->ends_at == invitation->ends_at && back->attendee_count == 1);
    assert(strcmp(back->summary, invitation->summary) == 0);
    assert(strcmp(back->description, invitation->description) == 0);
    assert((back->maintnote == NULL) == (invitation->maintnote == NULL) ||
           invitation->maintnote->object_count == 0);
}

static void check_time(struct arena *arena, struct text text)
{
    const struct when_frame frame = {"Europe/Berlin", NOW, 0};
    struct text line;

    if (!text_next_line(&text, &line))
        return;
    const struct when when = when_read(arena, line, &frame);
    assert((when.outcome == WHEN_MOMENT || when.outcome == WHEN_SPAN) == (*when.trouble == '\0'));
    for (size_t i = 0; i < when.candidate_count; i++) {
        const struct when again = when_read(arena, text_of(when.candidates[i].text), &frame);
        assert(again.outcome == WHEN_MOMENT || again.outcome == WHEN_PAST ||
               again.outcome == WHEN_YEAR);
        assert(again.at == when.candidates[i].at);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWN(arena) arena = arena_open((size_t)256 * 1024 * 1024);
    const struct text text = text_from((const char *)data, size);
    const struct calendar_frame frame = {&calendar_limits_default, NOW, "Europe/Berlin"};
    const struct calendar *calendar = calendar_read(arena, text, TEXT(""), &frame, NULL);

    check_time(arena, text);
    for (size_t i = 0; calendar != NULL && i < calendar->count; i++) {
        const struct invitation *invitation = &calendar->invitations[i];
        check_invitation(invitation, calendar_limits_default.horizon_ms);
        if (invitation->starts_at != 0)
            check_written(arena, invitation, &frame);
        const struct calendar_answer answer = {invitation, "page@example.com", "Page", true, "",
                                               NOW};
        (void)calendar_write_reply(arena, &answer);
    }
    return 0;
}
