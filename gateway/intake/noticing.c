#include "gateway/intake/noticing.h"

#include "gateway/grammar/fill.h"
#include "gateway/intake/answer.h"
#include "gateway/intake/facts.h"
#include "gateway/store/drafts.h"

#define DETAIL_MOST  4000 /* characters */
#define MESSAGE_MOST 4000
#define WRITER_MOST  100

static const char *value_of(const struct naming_notice *notice, const char *name)
{
    const struct grammar_alert *alert = notice->alert;
    const char *value = grammar_value_find(alert->values, alert->value_count, name);

    return value != NULL ? value : "";
}

/* Cleaned, at most so many characters, without keys of ours. */
static const char *clean(const struct taking *taking, const char *string, size_t most)
{
    const char *text = text_clean(taking->arena, text_trim(text_of(string)));

    if (g_utf8_strlen(text, -1) > (glong)most)
        text = arena_copy(taking->arena, text,
                          (size_t)(g_utf8_offset_to_pointer(text, (glong)most) - text));
    return keyed_redact(taking->arena, taking->page, text);
}

/* Which of the provider's components these are, no name says: she names ours herself. */
static struct draft_row draft_of(const struct taking *taking, const struct naming_notice *notice)
{
    const struct mail *inner = notice->forwarded->mail;
    const char *title = value_of(notice, "title");
    struct draft_row draft = {
        .kind = DRAFT_NOTICE,
        .source = taking->operator->address,
        .title = text_clean_line(taking->arena, text_of(title[0] != '\0' ? title : inner->subject),
                                 INCIDENT_TITLE_MOST),
        .message = clean(taking, value_of(notice, "message"), MESSAGE_MOST),
        .severity = SEVERITY_MINOR,
        .detail = clean(taking, inner->text, DETAIL_MOST),
        .created_at = taking->now,
        .ended_by = "",
    };

    (void)incident_severity_parse(text_of(value_of(notice, "severity")), &draft.severity);
    if (draft.title[0] == '\0')
        draft.title = notice->reading->grammar;
    return draft;
}

static const char *name_writer(const struct taking *taking, const struct naming_notice *notice)
{
    const struct mail_address *from = notice->forwarded->mail->from;

    if (from == NULL)
        return notice->reading->grammar;
    return text_clean_line(taking->arena, text_of(from->name[0] != '\0' ? from->name : from->whole),
                           WRITER_MOST);
}

static bool add_letter(struct taking *taking, const struct mail *mail, const char *writer,
                       const struct draft_row *draft, GError **error)
{
    const struct operator* operator= taking->operator;
    struct fact_list facts = {.arena = taking->arena};
    struct letter letter = {
        .page_id = taking->page->id,
        .kind = LETTER_DRAFT,
        .address = operator->address,
        .is_operator = true,
        .language = operator->language,
        .time_zone = operator->time_zone,
        .draft_id = draft->id,
        .created_at = taking->now,
        .due_at = taking->now,
    };

    facts_add_thread(&facts, mail);
    facts_add(&facts, "source", draft->source);
    facts_add(&facts, "writer", writer);
    facts_add(&facts, "title", draft->title);
    facts_add(&facts, "text", draft->message);
    facts_add(&facts, "severity", incident_severity_name(draft->severity));
    facts_add(&facts, "detail", draft->detail);
    return facts_add_letter(taking, &letter, &facts, error);
}

bool noticing_ask(struct taking *taking, const struct mail *mail,
                  const struct naming_notice *notice, const char **event, GError **error)
{
    struct draft_row draft;

    *event = "mail.asked";
    if (notice->alert == NULL)
        return answer_problem(taking,
                              "this forward says that something is well again, and opens nothing; "
                              "to resolve an incident, reply to one of its mails",
                              "resolved", 0, error);
    *event = "draft.asked";
    draft = draft_of(taking, notice);
    return drafts_add(taking->intake->store, taking->page, &draft, error) &&
           add_letter(taking, mail, name_writer(taking, notice), &draft, error);
}
