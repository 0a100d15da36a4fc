#include "gateway/intake/taking.h"

#include <assert.h>
#include <stdarg.h>

static const char *page_id(const struct taking *taking)
{
    return taking->page != NULL ? taking->page->id : "";
}

struct intake_verdict taking_taken(const struct taking *taking, const char *event)
{
    return (struct intake_verdict){
        .outcome = INTAKE_TAKEN,
        .smtp = "",
        .enhanced = "",
        .text = "",
        .event = event,
        .page_id = page_id(taking),
        .incident_id = "",
        .monitor = "",
    };
}

struct intake_verdict taking_refused(const struct taking *taking, enum tocsin_error code,
                                     const char *event, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return (struct intake_verdict){
        .outcome = INTAKE_REFUSED,
        .code = code,
        .smtp = "",
        .enhanced = "",
        .text = text_clean_line(taking->arena, text_of(text), INTAKE_TEXT_MOST),
        .is_whole = taking->is_listed || code == TOCSIN_ERROR_BUSY || code == TOCSIN_ERROR_BUG ||
                    code == TOCSIN_ERROR_CONFIG,
        .event = event,
        .page_id = page_id(taking),
        .incident_id = "",
        .monitor = "",
    };
}

struct intake_verdict taking_failed(const struct taking *taking, const GError *error)
{
    const enum tocsin_error code =
        error->domain == TOCSIN_ERROR ? (enum tocsin_error)error->code : TOCSIN_ERROR_BUG;

    store_rollback(taking->intake->store);
    return taking_refused(taking, code, "mail.failed", "%s", error->message);
}

const char *taking_event_of(const struct decision *decision)
{
    static const char *const events[] = {
        [NOTIFICATION_NONE] = "incident.updated",
        [NOTIFICATION_OPENED] = "incident.opened",
        [NOTIFICATION_UPDATED] = "incident.updated",
        [NOTIFICATION_RESOLVED] = "incident.resolved",
        [NOTIFICATION_REOPENED] = "incident.reopened",
        [NOTIFICATION_SCHEDULED] = "maintenance.scheduled",
        [NOTIFICATION_REMINDED] = "maintenance.reminded",
        [NOTIFICATION_MOVED] = "maintenance.moved",
        [NOTIFICATION_BEGAN] = "maintenance.began",
        [NOTIFICATION_COMPLETED] = "maintenance.completed",
        [NOTIFICATION_CANCELLED] = "maintenance.cancelled",
        [NOTIFICATION_POSTMORTEM] = "postmortem.published",
    };
    static_assert(G_N_ELEMENTS(events) == NOTIFICATION_KIND_COUNT, "a notification has no event");

    return decision->update == NULL ? "incident.noted" : events[decision->notification];
}
