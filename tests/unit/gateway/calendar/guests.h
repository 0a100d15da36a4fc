/* tests/unit/gateway/calendar/guests.h: calendars as texts, and how they are read at one moment. */
#pragma once

#include "gateway/base/moment.h"
#include "gateway/calendar/invitation.h"
#include "tests/unit/unit.h"

#define ARENA_BYTES ((size_t)64 << 20)
#define NOW         "2026-11-24T13:18:20Z"
#define BEGIN       "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\n"
#define EVENT       "BEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20261124T120000Z\r\n"
#define END         "END:VEVENT\r\nEND:VCALENDAR\r\n"
#define BERLIN      "Europe/Berlin"

/* As Outlook writes the zone of Berlin, under any name. */
#define ZONE(name)                                                                                 \
    "BEGIN:VTIMEZONE\r\nTZID:" name "\r\n"                                                         \
    "BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"      \
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n"                       \
    "BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"      \
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"

static inline int64_t at(const char *iso)
{
    int64_t moment = 0;

    assert_true(moment_parse_iso(text_of(iso), &moment));
    return moment;
}

static inline const struct calendar *read_bytes(struct arena *arena, struct text text,
                                                const char *method, GError **error)
{
    const struct calendar_frame frame = {&calendar_limits_default, at(NOW), BERLIN};
    struct text bytes = unit_bytes(text);
    const struct calendar *calendar = calendar_read(arena, bytes, text_of(method), &frame, error);

    unit_free(bytes);
    return calendar;
}

static inline const struct calendar *read_text(struct arena *arena, const char *text)
{
    g_autoptr(GError) error = NULL;
    const struct calendar *calendar = read_bytes(arena, text_of(text), "REQUEST", &error);

    if (calendar == NULL)
        fail_msg("%s", error->message);
    return calendar;
}
