#include "gateway/calendar/vcalendar.h"

#include "gateway/base/moment.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define FOLD_OCTETS 75
#define PRODUCT     "-//Tocsin//Tocsin//EN"
#define FEED_EVERY  "PT1H"

/* One line, folded: no part of a character, and no more than 75 octets, before a line end. Whatever is in it ends
 * no line: the one gate for that. */
static void write_line(GString *out, const char *line)
{
    struct text rest = text_of(line);
    struct text before = rest;
    uint32_t character = 0;
    size_t used = 0;

    while (text_next_character(&rest, &character)) {
        const size_t size = before.size - rest.size;
        if (used + size > FOLD_OCTETS) {
            g_string_append(out, "\r\n ");
            used = 1;
        }
        if (character < ' ' || character == 0x7f)
            g_string_append_c(out, ' ');
        else
            g_string_append_len(out, before.at, (gssize)size);
        used += size;
        before = rest;
    }
    g_string_append(out, "\r\n");
}

/* A value of type TEXT. */
static char *escape_text(struct arena *arena, const char *value)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '\n') {
            g_string_append(out, "\\n");
            continue;
        }
        if (strchr("\\;,", *at) != NULL)
            g_string_append_c(out, '\\');
        g_string_append_c(out, *at);
    }
    return arena_copy(arena, out->str, out->len);
}

/* An address or URL: what would end the line, or is no part of one, is left out. */
static char *clean_uri(struct arena *arena, const char *value)
{
    char *out = arena_string(arena, value);
    size_t size = 0;

    for (const char *at = value; *at != '\0'; at++)
        if ((unsigned char)*at > ' ' && *at != 0x7f)
            out[size++] = *at;
    out[size] = '\0';
    return out;
}

static void write_text(struct arena *arena, GString *out, const char *name, const char *value)
{
    if (*value != '\0')
        write_line(out, arena_format(arena, "%s:%s", name, escape_text(arena, value)));
}

static void write_uri(struct arena *arena, GString *out, const char *name, const char *value)
{
    if (*value != '\0')
        write_line(out, arena_format(arena, "%s:%s", name, clean_uri(arena, value)));
}

/* What differs from recipient to recipient stands alone on a folded line, so that its place can be a slot. */
static void write_alone(struct arena *arena, GString *out, const char *name, const char *value)
{
    write_line(out, name);
    write_line(out, arena_format(arena, " %s", value));
}

static char *write_moment(struct arena *arena, int64_t at)
{
    const struct moment_parts parts = moment_split_local(arena, at, "UTC");
    const int64_t second = (at % MINUTE_MS + MINUTE_MS) % MINUTE_MS / SECOND_MS;

    return arena_format(arena, "%04d%02d%02dT%02d%02d%02" PRId64 "Z", parts.year, parts.month,
                        parts.day, parts.hour, parts.minute, second);
}

static void write_time(struct arena *arena, GString *out, const char *name, int64_t at)
{
    write_line(out, arena_format(arena, "%s:%s", name, write_moment(arena, at)));
}

/* ";CN="…"" or nothing. A quotation mark cannot stand in it (RFC 5545 section 3.2). */
static char *write_name(struct arena *arena, const char *name)
{
    char *bare = arena_string(arena, name);

    if (*bare == '\0')
        return bare;
    for (char *at = bare; *at != '\0'; at++)
        if (*at == '"')
            *at = '\'';
    return arena_format(arena, ";CN=\"%s\"", bare);
}

static void write_person(struct arena *arena, GString *out, const char *property, const char *name,
                         const char *address)
{
    write_line(out, arena_format(arena, "%s%s:mailto:%s", property, write_name(arena, name),
                                 clean_uri(arena, address)));
}

static void write_objects(struct arena *arena, GString *out, const struct maintnote *note)
{
    for (size_t i = 0; i < note->object_count; i++) {
        const char *impact = maintnote_impact_name(note->objects[i].impact);
        const char *name =
            impact == NULL
                ? "X-MAINTNOTE-OBJECT-ID"
                : arena_format(arena, "X-MAINTNOTE-OBJECT-ID;X-MAINTNOTE-OBJECT-IMPACT=%s", impact);
        write_text(arena, out, name, note->objects[i].id);
    }
}

static void write_maintnote(struct arena *arena, GString *out, const struct maintnote *note)
{
    const char *impact = maintnote_impact_name(note->impact);
    const char *status = maintnote_status_name(note->status);

    write_text(arena, out, "X-MAINTNOTE-PROVIDER", note->provider);
    if (*note->account != '\0')
        write_alone(arena, out, "X-MAINTNOTE-ACCOUNT:", escape_text(arena, note->account));
    write_text(arena, out, "X-MAINTNOTE-MAINTENANCE-ID;X-MAINTNOTE-PRECEDENCE=PRIMARY", note->id);
    write_objects(arena, out, note);
    if (impact != NULL)
        write_text(arena, out, "X-MAINTNOTE-IMPACT", impact);
    if (status != NULL)
        write_text(arena, out, "X-MAINTNOTE-STATUS", status);
}

static void write_entry(struct arena *arena, GString *out, enum calendar_method method,
                        const struct calendar_entry *entry)
{
    const bool is_cancel = method == CALENDAR_CANCEL;
    const char *status = event_status_name(is_cancel ? EVENT_CANCELLED : entry->status);

    write_line(out, "BEGIN:VEVENT");
    write_text(arena, out, "UID", entry->uid);
    write_line(out, arena_format(arena, "SEQUENCE:%" PRId64, entry->sequence));
    write_time(arena, out, "DTSTAMP", entry->stamped_at);
    write_time(arena, out, "DTSTART", entry->starts_at);
    write_time(arena, out, "DTEND", entry->ends_at);
    write_text(arena, out, "SUMMARY", entry->summary);
    write_text(arena, out, "DESCRIPTION", entry->description);
    write_text(arena, out, "LOCATION", entry->location);
    write_uri(arena, out, "URL", entry->url);
    if (status != NULL)
        write_text(arena, out, "STATUS", status);
    write_line(out, "TRANSP:TRANSPARENT");
    write_person(arena, out, "ORGANIZER", entry->organizer_name, entry->organizer);
    if (method == CALENDAR_REQUEST || is_cancel)
        write_alone(
            arena, out,
            "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:", entry->attendee);
    if (entry->maintnote != NULL)
        write_maintnote(arena, out, entry->maintnote);
    write_line(out, "END:VEVENT");
}

static void begin(GString *out, enum calendar_method method)
{
    write_line(out, "BEGIN:VCALENDAR");
    write_line(out, "VERSION:2.0");
    write_line(out, "PRODID:" PRODUCT);
    write_line(out, "CALSCALE:GREGORIAN");
    if (method != CALENDAR_NO_METHOD) {
        g_string_append(out, "METHOD:");
        write_line(out, calendar_method_name(method));
    }
    if (method == CALENDAR_PUBLISH) {
        write_line(out, "REFRESH-INTERVAL;VALUE=DURATION:" FEED_EVERY);
        write_line(out, "X-PUBLISHED-TTL:" FEED_EVERY);
    }
}

char *calendar_write(struct arena *arena, enum calendar_method method,
                     const struct calendar_entry *entries, size_t count)
{
    g_autoptr(GString) out = g_string_new(NULL);

    assert(method == CALENDAR_NO_METHOD || method == CALENDAR_PUBLISH || count == 1);
    begin(out, method);
    for (size_t i = 0; i < count; i++)
        write_entry(arena, out, method, &entries[i]);
    write_line(out, "END:VCALENDAR");
    return arena_copy(arena, out->str, out->len);
}

static void write_instance(struct arena *arena, GString *out, const struct invitation *invitation)
{
    if (*invitation->recurrence_day != '\0')
        write_line(out,
                   arena_format(arena, "RECURRENCE-ID;VALUE=DATE:%s", invitation->recurrence_day));
    else if (invitation->recurrence_at != 0)
        write_time(arena, out, "RECURRENCE-ID", invitation->recurrence_at);
}

char *calendar_write_reply(struct arena *arena, const struct calendar_answer *answer)
{
    const struct invitation *invitation = answer->invitation;
    g_autoptr(GString) out = g_string_new(NULL);

    begin(out, CALENDAR_REPLY);
    write_line(out, "BEGIN:VEVENT");
    write_text(arena, out, "UID", invitation->uid);
    write_line(out, arena_format(arena, "SEQUENCE:%" PRId64, invitation->sequence));
    write_time(arena, out, "DTSTAMP", answer->now);
    write_instance(arena, out, invitation);
    if (invitation->starts_at != 0 && !invitation->is_all_day) {
        write_time(arena, out, "DTSTART", invitation->starts_at);
        write_time(arena, out, "DTEND", invitation->ends_at);
    }
    write_text(arena, out, "SUMMARY", invitation->summary);
    write_person(arena, out, "ORGANIZER", invitation->organizer.name,
                 invitation->organizer.address);
    write_person(arena, out,
                 answer->is_accepted ? "ATTENDEE;PARTSTAT=ACCEPTED" : "ATTENDEE;PARTSTAT=DECLINED",
                 answer->name, answer->address);
    write_text(arena, out, "COMMENT", answer->comment);
    write_line(out, "END:VEVENT");
    write_line(out, "END:VCALENDAR");
    return arena_copy(arena, out->str, out->len);
}
