#include "gateway/grammar/undelivered.h"

#include "gateway/grammar/books.h"
#include "gateway/grammar/bouncebook.h"
#include "gateway/mail/address.h"

#include <string.h>

#define FINDINGS_MOST 200
#define WORDS_BYTES   500
#define STATUS_BYTES  9

/* One bounce through all tables. */
struct inquiry {
    struct grammars *grammars;
    struct arena *arena;
    const struct mail *mail;
    struct text all;
    struct text notice;
    bool is_delayed;
    struct bounce_finding *findings;
    struct bounce_reading *reading;
};

/* A pattern that breaks a limit has not matched. */
static bool matches(const struct inquiry *inquiry, const struct bounce_pattern *pattern,
                    struct text text)
{
    const char *reason = NULL;

    return matcher_match(inquiry->grammars->matcher, pattern->pattern, text, &reason) == MATCH_YES;
}

static bool matches_any(const struct inquiry *inquiry, const struct bounce_patterns *patterns,
                        struct text text)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (matches(inquiry, &patterns->at[i], text))
            return true;
    return false;
}

static struct text group(const struct inquiry *inquiry, const struct bounce_pattern *pattern,
                         const char *name)
{
    return matcher_group(inquiry->grammars->matcher, pattern->pattern, name);
}

/* What stands before the first match of any of the patterns. */
static struct text before_any(const struct inquiry *inquiry, const struct bounce_patterns *patterns,
                              struct text text)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (matches(inquiry, &patterns->at[i], text))
            text = text_first(text, (size_t)(group(inquiry, &patterns->at[i], "").at - text.at));
    return text;
}

/* What stands behind the match of the first pattern that has one. False: none has. */
static bool behind_first(const struct inquiry *inquiry, const struct bounce_patterns *patterns,
                         struct text *text)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (matches(inquiry, &patterns->at[i], *text)) {
            const struct text found = group(inquiry, &patterns->at[i], "");
            *text = text_skip(*text, (size_t)(found.at - text->at) + found.size);
            return true;
        }
    return patterns->count == 0;
}

static const struct bouncebook *const *books(const struct inquiry *inquiry, size_t *count)
{
    *count = inquiry->grammars->bouncebook_count;
    return inquiry->grammars->bouncebooks;
}

/* "5.1.1" where it stands in `words`; NULL: nowhere. */
static const char *find_status(const struct inquiry *inquiry, struct text words)
{
    size_t count = 0;
    const struct bouncebook *const *list = books(inquiry, &count);

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < list[i]->status.count; k++) {
            const struct bounce_pattern *pattern = &list[i]->status.at[k];
            if (!matches(inquiry, pattern, words))
                continue;
            const struct text status = group(inquiry, pattern, "status");
            if (status.at != NULL && status.size >= 5 && status.size <= STATUS_BYTES)
                return arena_copy(inquiry->arena, status.at, status.size);
        }
    return NULL;
}

static const char *find_cause(const struct inquiry *inquiry, struct text words)
{
    size_t count = 0;
    const struct bouncebook *const *list = books(inquiry, &count);

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < list[i]->cause_count; k++)
            if (matches_any(inquiry, &list[i]->causes[k].words, words))
                return list[i]->causes[k].status;
    return NULL;
}

/* "5.0.0" and "4.0.0" say no more than that it failed: some programs write nothing else, and the reason
 * into their words. */
static bool is_vague(const char *status)
{
    return status == NULL || *status == '\0' || g_str_has_suffix(status, ".0.0");
}

/* The best that `words` say; `given` where they say nothing. Of what is tried again, a cause is for now. */
static const char *judge_words(const struct inquiry *inquiry, struct text words,
                               enum bounce_verdict verdict, const char *given)
{
    const char *status = is_vague(given) ? find_status(inquiry, words) : given;

    if (!is_vague(status))
        return status;
    const char *cause = find_cause(inquiry, words);
    if (cause == NULL)
        return status != NULL ? status : given;
    char *copy = arena_string(inquiry->arena, cause);
    if (verdict == BOUNCE_TEMPORARY)
        *copy = '4';
    return copy;
}

static const char *cut_words(struct arena *arena, struct text words)
{
    const char *line = text_clean_line(arena, words, WORDS_BYTES);
    size_t size = strlen(line);

    if (size <= WORDS_BYTES)
        return line;
    for (size = WORDS_BYTES; size > 0 && ((unsigned char)line[size] & 0xc0) == 0x80; size--)
        continue;
    return arena_copy(arena, line, size);
}

/* Each address once; permanent wins. */
static void add(struct inquiry *inquiry, const struct bounce_finding *finding)
{
    struct bounce_reading *reading = inquiry->reading;

    for (size_t i = 0; i < reading->count; i++) {
        if (g_ascii_strcasecmp(inquiry->findings[i].address, finding->address) != 0)
            continue;
        if (finding->verdict > inquiry->findings[i].verdict)
            inquiry->findings[i] = *finding;
        return;
    }
    if (reading->count < FINDINGS_MOST)
        inquiry->findings[reading->count++] = *finding;
}

static void read_recipients(struct inquiry *inquiry, const struct report *report)
{
    inquiry->reading->rule = "report";
    for (size_t i = 0; i < report->recipient_count; i++) {
        const struct report_recipient *one = &report->recipients[i];
        const enum bounce_verdict verdict =
            one->action == REPORT_FAILED ? BOUNCE_PERMANENT : BOUNCE_TEMPORARY;
        if (one->action == REPORT_OTHER)
            continue;
        add(inquiry, &(const struct bounce_finding){
                         .address = one->address,
                         .verdict = verdict,
                         .status = judge_words(inquiry, text_of(one->diagnostic), verdict,
                                               *one->status != '2' ? one->status : ""),
                         .words = one->diagnostic,
                     });
    }
}

static bool has_conditions(const struct inquiry *inquiry, const struct bounce_rule *rule)
{
    const struct grammar_request request = {.mail = inquiry->mail, .extension = ""};

    for (size_t i = 0; i < rule->condition_count; i++) {
        const struct bounce_condition *one = &rule->conditions[i];
        struct text text = inquiry->notice;
        if (!one->is_text && !field_text(inquiry->arena, &request, one->field, one->header, &text))
            return false;
        if (!matches(inquiry, &one->pattern, text))
            return false;
    }
    return true;
}

/* Where a rule looks for addresses. False: the mail has nothing there. */
static bool find_region(const struct inquiry *inquiry, const struct bounce_rule *rule,
                        struct text *region)
{
    const struct grammar_request request = {.mail = inquiry->mail, .extension = ""};

    *region = inquiry->notice;
    if (rule->place == BOUNCE_IN_ALL)
        *region = inquiry->all;
    if (rule->place == BOUNCE_IN_SUBJECT)
        *region = text_of(inquiry->mail->subject);
    if (rule->place == BOUNCE_IN_HEADER &&
        !field_text(inquiry->arena, &request, FIELD_HEADER, rule->header, region))
        return false;
    if (!behind_first(inquiry, &rule->after, region))
        return false;
    *region = before_any(inquiry, &rule->until, *region);
    return true;
}

/* The address in a group, strict; NULL: it is none, or nobody's that could have failed. */
static const char *read_address(const struct inquiry *inquiry, const struct bounce_rule *rule,
                                struct text found)
{
    const struct mail_address *from = inquiry->mail->from;
    const struct mail_address *address;

    while (found.size > 0 && strchr(".,;:<>()\"'*", found.at[found.size - 1]) != NULL)
        found.size--;
    while (found.size > 0 && strchr("<>(\"'*", found.at[0]) != NULL)
        found = text_skip(found, 1);
    if (rule->domain_of_from && text_find_byte(found, '@') < 0 && from != NULL)
        found = text_of(arena_format(inquiry->arena, "%.*s@%s", (int)MIN(found.size, 64), found.at,
                                     from->domain));
    address = address_parse(inquiry->arena, found, NULL);
    if (address == NULL)
        return NULL;
    for (size_t i = 0; i < inquiry->mail->to_count; i++)
        if (address_is_equal(&inquiry->mail->to[i], address))
            return NULL;
    for (size_t i = 0; i < inquiry->grammars->bouncebook_count; i++)
        if (matches_any(inquiry, &inquiry->grammars->bouncebooks[i]->never,
                        text_of(address->whole)))
            return NULL;
    return address->whole;
}

/* The paragraph around a match, from the begin of its line: what is said about that address. */
static struct text find_paragraph(struct text region, struct text match)
{
    size_t begin = (size_t)(match.at - region.at);
    struct text rest;
    struct text line;

    while (begin > 0 && region.at[begin - 1] != '\n')
        begin--;
    rest = text_skip(region, begin);
    const char *end = match.at + match.size;
    while (text_next_line(&rest, &line))
        if (text_trim(line).size > 0 || line.at < match.at + match.size)
            end = line.at + line.size;
        else
            break;
    return text_from(region.at + begin, (size_t)(end - (region.at + begin)));
}

static enum bounce_verdict verdict_of(const struct inquiry *inquiry, const struct bounce_rule *rule)
{
    const bool is_temporary = rule->outcome == BOUNCE_IS_TEMPORARY ||
                              (rule->outcome == BOUNCE_BY_NOTICE && inquiry->is_delayed);

    return is_temporary ? BOUNCE_TEMPORARY : BOUNCE_PERMANENT;
}

static void take_match(struct inquiry *inquiry, const struct bounce_rule *rule,
                       const struct bounce_pattern *pattern, struct text region)
{
    const struct text match = group(inquiry, pattern, "");
    const char *address = read_address(inquiry, rule, group(inquiry, pattern, "address"));

    if (address == NULL)
        return;
    const struct text words = find_paragraph(region, match);
    const enum bounce_verdict verdict = verdict_of(inquiry, rule);
    add(inquiry, &(const struct bounce_finding){
                     .address = address,
                     .verdict = verdict,
                     .status = judge_words(inquiry, words, verdict, ""),
                     .words = cut_words(inquiry->arena, words),
                 });
}

/* Each match of a pattern, one after the other. */
static void find_addresses(struct inquiry *inquiry, const struct bounce_rule *rule,
                           const struct bounce_pattern *pattern, struct text region)
{
    struct matcher *matcher = inquiry->grammars->matcher;
    const char *reason = NULL;
    size_t from = 0;

    for (size_t n = 0; n < FINDINGS_MOST; n++) {
        if (matcher_match_from(matcher, pattern->pattern, region, from, &reason) != MATCH_YES)
            return;
        const struct text match = group(inquiry, pattern, "");
        const size_t end = (size_t)(match.at - region.at) + match.size;
        if (end <= from)
            return;
        from = end;
        take_match(inquiry, rule, pattern, region);
    }
}

static bool is_told(const struct bounce_reading *reading)
{
    for (size_t i = 0; i < reading->count; i++)
        if (!is_vague(reading->findings[i].status))
            return true;
    return false;
}

/* What no paragraph says, the notice may: if it speaks of one address, or has said nothing of any. */
static void judge_findings(struct inquiry *inquiry, const struct bounce_rule *rule)
{
    const bool is_of_all = !is_told(inquiry->reading);

    for (size_t i = 0; i < inquiry->reading->count; i++) {
        struct bounce_finding *finding = &inquiry->findings[i];
        if (is_of_all)
            finding->status =
                judge_words(inquiry, inquiry->notice, finding->verdict, finding->status);
        if (is_vague(finding->status) && *rule->status != '\0')
            finding->status = arena_string(inquiry->arena, rule->status);
    }
}

/* False: the next rule is asked. */
static bool ask_rule(struct inquiry *inquiry, const struct bounce_rule *rule)
{
    struct text region;

    if (!has_conditions(inquiry, rule))
        return false;
    if (rule->outcome != BOUNCE_IS_NONE) {
        if (!find_region(inquiry, rule, &region))
            return false;
        for (size_t i = 0; i < rule->address.count && inquiry->reading->count == 0; i++)
            find_addresses(inquiry, rule, &rule->address.at[i], region);
        if (inquiry->reading->count == 0)
            return false;
        judge_findings(inquiry, rule);
    }
    inquiry->reading->rule = arena_string(inquiry->arena, rule->name);
    return true;
}

static void ask_books(struct inquiry *inquiry)
{
    size_t count = 0;
    const struct bouncebook *const *list = books(inquiry, &count);

    for (size_t i = 0; i < count; i++)
        inquiry->notice = before_any(inquiry, &list[i]->returned, inquiry->notice);
    for (size_t i = 0; i < count; i++)
        inquiry->is_delayed =
            inquiry->is_delayed || matches_any(inquiry, &list[i]->delayed, inquiry->notice);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < list[i]->rule_count; k++)
            if (ask_rule(inquiry, &list[i]->rules[k]))
                return;
}

const struct bounce_reading *grammar_read_bounce(struct grammars *grammars, struct arena *arena,
                                                 const struct mail *mail,
                                                 const struct report *report)
{
    struct bounce_reading *reading = ARENA_NEW(arena, struct bounce_reading);
    struct bounce_finding *findings = ARENA_ARRAY(arena, struct bounce_finding, FINDINGS_MOST);
    struct inquiry inquiry = {.grammars = grammars,
                              .arena = arena,
                              .mail = mail,
                              .all = text_of(report->text),
                              .notice = text_of(report->text),
                              .findings = findings,
                              .reading = reading};

    *reading = (struct bounce_reading){findings, 0, ""};
    if (report->kind == REPORT_DELIVERY && report->recipient_count > 0)
        read_recipients(&inquiry, report);
    else if (report->kind == REPORT_NONE || report->kind == REPORT_DELIVERY)
        ask_books(&inquiry);
    return reading;
}
