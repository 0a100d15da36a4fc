#include "gateway/intake/taking.h"

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
    if (decision->update == NULL)
        return "incident.noted";
    switch (decision->notification) {
    case NOTIFICATION_OPENED:
        return "incident.opened";
    case NOTIFICATION_RESOLVED:
        return "incident.resolved";
    case NOTIFICATION_REOPENED:
        return "incident.reopened";
    case NOTIFICATION_UPDATED:
    case NOTIFICATION_NONE:
        return "incident.updated";
    }
    return "incident.updated";
}
