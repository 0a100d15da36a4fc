#include "gateway/intake/bounced.h"

#include "gateway/grammar/undelivered.h"
#include "gateway/mail/report.h"
#include "gateway/store/bounces.h"
#include "gateway/store/letters.h"

#include <string.h>

#define WORDS_MOST 500

static struct bounce_desk desk_of(const struct taking *taking)
{
    const struct intake *intake = taking->intake;

    return (struct bounce_desk){intake->store, intake->secret, taking->page,
                                intake->settings->bounces, taking->now};
}

static const struct report *read_report(const struct taking *taking)
{
    return mail_read_report(taking->arena, taking->mail, &taking->intake->settings->mail);
}

static struct intake_verdict log_effect(const struct taking *taking, enum bounce_effect effect)
{
    static const char *const events[] = {
        [BOUNCE_NOTHING] = "bounce.taken",
        [BOUNCE_COUNTED] = "bounce.counted",
        [BOUNCE_SUSPENDED] = "subscriber.suspended",
        [BOUNCE_REMOVED] = "subscriber.removed",
    };

    return taking_taken(taking, events[effect]);
}

static const char *find_source(const struct taking *taking)
{
    const char *id = taking->mail->message_id;

    return text_clean_line(taking->arena,
                           text_of(arena_format(taking->arena, "<%s> from %s", id,
                                                taking->envelope->session.client_addr)),
                           WORDS_MOST);
}

static struct intake_verdict complain(const struct taking *taking, int64_t subscriber_id)
{
    const struct bounce_desk desk = desk_of(taking);
    g_autoptr(GError) error = NULL;
    bool was_there = false;

    if (!bounces_complain(&desk, subscriber_id, find_source(taking), &was_there, &error))
        return taking_failed(taking, error);
    return taking_taken(taking, was_there ? "subscriber.complained" : "complaint.taken");
}

/* What of a report counts: the worst that it says, of whomever it says it. */
struct account {
    bool is_failed; /* else delayed */
    bool is_permanent;
    const char *status;
    const char *words;
};

/* A bare 550 becomes 5.0.0 on its way through a relay (RFC 3463 has no better); the words still say what
 * it was. */
static bool is_bare(const struct bounce_finding *finding)
{
    static const char *const codes[] = {"550 ", "551 ", "553 "};

    if (strcmp(finding->status, "5.0.0") != 0)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        const char *at = strstr(finding->words, codes[i]);
        if (at != NULL && at[strlen(codes[i])] != '5')
            return true;
    }
    return false;
}

static bool is_failed(const struct report *report, const struct bounce_finding *finding)
{
    if (report->kind != REPORT_DELIVERY)
        return finding->verdict == BOUNCE_PERMANENT;
    for (size_t i = 0; i < report->recipient_count; i++)
        if (report->recipients[i].action == REPORT_FAILED)
            return true;
    return false;
}

/* False: nothing came back, or it is not understood. */
static bool read_account(const struct taking *taking, const struct report *report,
                         struct account *account)
{
    const struct bounce_reading *reading =
        grammar_read_bounce(taking->intake->grammars, taking->arena, taking->mail, report);

    if (reading->count == 0)
        return false;
    const struct bounce_finding *worst = &reading->findings[0];
    for (size_t i = 1; i < reading->count && worst->verdict != BOUNCE_PERMANENT; i++)
        worst = &reading->findings[i];
    /* Given up, but nobody says why: that is no proof that the address fails. */
    *account = (struct account){
        .is_failed = is_failed(report, worst),
        .is_permanent = worst->verdict == BOUNCE_PERMANENT && worst->status[0] != '\0',
        .status = is_bare(worst) ? "" : worst->status,
        .words = text_clean_line(taking->arena, text_of(worst->words), WORDS_MOST),
    };
    return true;
}

/* A letter to somebody who is no subscriber is shown by `queue` as failed. */
static bool note_letter(const struct taking *taking, const struct account *account, GError **error)
{
    const struct letter_return came_back = {taking->page, taking->keyed.letter_id, account->words,
                                            taking->now};
    bool was_there = false;

    return taking->keyed.kind != KEYED_LETTER || !account->is_failed ||
           letters_note_return(taking->intake->store, &came_back, &was_there, error);
}

static bool note(const struct taking *taking, const struct account *account,
                 enum bounce_effect *effect, GError **error)
{
    const struct bounce_desk desk = desk_of(taking);
    const bool is_letter = taking->keyed.kind == KEYED_LETTER;
    const struct bounce bounce = {
        .subscriber_id = is_letter ? 0 : taking->keyed.subscriber_id,
        .notification_id = is_letter ? 0 : taking->keyed.notification_id,
        .letter_id = is_letter ? taking->keyed.letter_id : 0,
        .is_permanent = account->is_permanent,
        .is_delayed = !account->is_failed,
        .status = account->status,
        .words = account->words,
    };

    return store_begin(desk.store, error) && bounces_note(&desk, &bounce, effect, error) &&
           note_letter(taking, account, error) && store_commit(desk.store, error);
}

/* Whom a letter went to is asked of the store by its id. */
static struct intake_verdict take_complaint(struct taking *taking)
{
    struct intake_verdict verdict;

    if (taking->keyed.kind == KEYED_BOUNCE)
        return complain(taking, taking->keyed.subscriber_id);
    return bounced_fits_complaint(taking, &verdict) ? verdict
                                                    : taking_taken(taking, "complaint.taken");
}

struct intake_verdict bounced_take(struct taking *taking)
{
    const struct report *report = read_report(taking);
    enum bounce_effect effect = BOUNCE_NOTHING;
    g_autoptr(GError) error = NULL;
    struct account account;

    if (report->kind == REPORT_COMPLAINT)
        return take_complaint(taking);
    if (report->kind == REPORT_FEEDBACK || report->kind == REPORT_DISPOSITION)
        return taking_taken(taking, "report.taken");
    if (!read_account(taking, report, &account))
        return taking_taken(taking, "bounce.taken");
    if (!note(taking, &account, &effect, &error))
        return taking_failed(taking, error);
    return log_effect(taking, effect);
}

/* The subscriber whom an address of ours names by a right key; 0: none. */
static int64_t find_in_address(const struct taking *taking, struct text address)
{
    struct keyed keyed;

    if (!keyed_read(taking->intake->secret, taking->page, address, &keyed))
        return 0;
    return keyed.kind == KEYED_BOUNCE || keyed.kind == KEYED_UNSUBSCRIBE ? keyed.subscriber_id : 0;
}

/* List-Unsubscribe: "<mailto:status+u…@…?subject=…>, <https://…>". */
static int64_t find_in_unsubscribe(const struct taking *taking, const char *field)
{
    struct text rest = text_of(field);
    struct text piece;

    while (text_next_piece(&rest, ',', &piece)) {
        struct text address = text_trim(piece);
        if (!text_has_prefix_any_case(address, TEXT("<mailto:")))
            continue;
        address = text_skip(address, strlen("<mailto:"));
        address =
            text_first(address, strcspn(arena_copy(taking->arena, address.at, address.size), "?>"));
        const int64_t id = find_in_address(taking, address);
        if (id != 0)
            return id;
    }
    return 0;
}

/* Our Message-ID: "n7.1234.<tag>@…", notification 7 to subscriber 1234. */
static int64_t find_in_message_id(const struct taking *taking, const char *id)
{
    const struct keyed_id read = keyed_read_id(taking->intake->secret, taking->page, text_of(id));
    const char *dot = strchr(id, '.');

    if (read.kind != KEYED_ID_NOTIFICATION || dot == NULL)
        return 0;
    return g_ascii_strtoll(dot + 1, NULL, 10); /* the tag is over it */
}

bool bounced_fits_complaint(struct taking *taking, struct intake_verdict *verdict)
{
    const struct report *report = taking->mail->is_report ? read_report(taking) : NULL;
    int64_t id = 0;

    if (report == NULL || report->kind != REPORT_COMPLAINT)
        return false;
    id = find_in_address(taking, text_of(report->returned_path));
    if (id == 0)
        id = find_in_unsubscribe(taking, report->returned_unsubscribe);
    if (id == 0)
        id = find_in_message_id(taking, report->returned_message_id);
    if (id == 0)
        return false;
    *verdict = complain(taking, id);
    return true;
}
