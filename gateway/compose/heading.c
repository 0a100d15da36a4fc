#include "gateway/compose/heading.h"

#include "gateway/base/moment.h"
#include "gateway/compose/header.h"
#include "gateway/incident/keyed.h"

#include <string.h>

#define LIST_ID_MOST 200 /* RFC 2919 section 2 allows 255 octets */

static void write_tokens(GString *output, const char *name, const char *value)
{
    header_write(output, &(struct header){name, HEADER_TOKENS, value, NULL});
}

static void write_text(GString *output, const char *name, const char *value)
{
    header_write(output, &(struct header){name, HEADER_TEXT, value, NULL});
}

static void write_incident(GString *output, const struct story *story)
{
    const struct update *last = &story->updates[story->update_count - 1];

    write_tokens(output, "X-Tocsin-Incident", story->incident->public_id);
    write_tokens(output, "X-Tocsin-Status", incident_status_name(last->status));
    write_tokens(output, "X-Tocsin-Severity", incident_severity_name(last->severity));
}

void heading_write(GString *output, const struct secret *secret, const struct heading *heading)
{
    OWN(arena) arena = arena_open((size_t)64 * 1024);
    const struct page *page = heading->page;

    if (heading->is_short)
        write_tokens(output, "From", page->address);
    else
        header_write(output, &(struct header){"From", HEADER_PHRASE, page->name, page->address});
    write_tokens(output, "To", heading->to);
    write_tokens(output, "Reply-To", heading->reply_to);
    write_text(output, "Subject", heading->subject);
    write_tokens(output, "Date", moment_write_mail(arena, heading->date_at));
    write_tokens(output, "Message-ID", arena_format(arena, "<%s>", heading->message_id));
    thread_write(output, secret, &heading->thread);
    write_tokens(output, "Auto-Submitted", heading->auto_submitted);
    write_tokens(output, "X-Auto-Response-Suppress", "OOF, AutoReply, RN, NRN, DR");
    write_tokens(output, "X-Tocsin-Loop", keyed_write_loop(arena, secret, page));
    if (heading->thread.story != NULL)
        write_incident(output, heading->thread.story);
}

char *heading_word_address(struct arena *arena, const struct page *page, const char *word)
{
    return arena_format(arena, "%s+%s@%s", page->local, word, page->domain);
}

/* Stable as long as the page's id and domain are; its name may change. */
static void write_list_id(GString *output, struct arena *arena, const struct page *page)
{
    char *label = g_ascii_strdown(page->id, -1);
    const char *id = arena_format(arena, "%s.%s", label, page->domain);
    const char *name = text_clean_line(arena, text_of(page->name), 20);

    g_free(label);
    header_write(output, &(struct header){"List-Id", HEADER_PHRASE,
                                          strlen(id) < LIST_ID_MOST / 2 ? name : "", id});
}

static void write_mailto(GString *output, struct arena *arena, const char *name,
                         const char *address, const char *subject)
{
    write_tokens(output, name, arena_format(arena, "<mailto:%s?subject=%s>", address, subject));
}

static void write_list_fields(GString *output, struct arena *arena, const struct page *page,
                              const char *unsubscribe)
{
    write_list_id(output, arena, page);
    write_mailto(output, arena, "List-Unsubscribe", unsubscribe, "unsubscribe");
    write_mailto(output, arena, "List-Subscribe", heading_word_address(arena, page, "subscribe"),
                 "subscribe");
    write_mailto(output, arena, "List-Help", heading_word_address(arena, page, "help"), "help");
    write_tokens(output, "List-Post", "NO");
}

void heading_write_list(GString *output, const struct page *page, const char *kind,
                        const char *unsubscribe)
{
    OWN(arena) arena = arena_open((size_t)64 * 1024);

    if (*unsubscribe != '\0')
        write_list_fields(output, arena, page, unsubscribe);
    write_tokens(output, "Precedence", "list");
    /* The sender's name comes last and is always the same (Gmail's Feedback-ID). */
    write_tokens(output, "Feedback-ID",
                 arena_format(arena, "%s:%s:incident:tocsin", page->id, kind));
}
