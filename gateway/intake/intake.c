#include "gateway/intake/intake.h"

#include "gateway/intake/act.h"
#include "gateway/intake/addressed.h"
#include "gateway/intake/admission.h"
#include "gateway/intake/author.h"
#include "gateway/intake/bounced.h"
#include "gateway/intake/confirming.h"
#include "gateway/intake/contact.h"
#include "gateway/intake/monitoring.h"
#include "gateway/intake/obeying.h"
#include "gateway/intake/ours.h"
#include "gateway/intake/pagers.h"
#include "gateway/intake/seen.h"
#include "gateway/intake/taking.h"
#include "gateway/store/hint.h"
#include "gateway/store/intakes.h"
#include "gateway/store/subscribers.h"
#include "gateway/yaml/problems.h"

#include <string.h>

/* A mail that ended its worker so often is refused for good. */
#define CRASHES_MOST   2
#define PROBLEMS_BYTES (1 << 20)

static bool open_grammars(struct intake *intake, GError **error)
{
    OWN(arena) arena = arena_open(PROBLEMS_BYTES);
    struct problems *problems = problems_new(arena);

    intake->grammars = grammars_open(&intake->settings->grammar, problems);
    if (intake->grammars != NULL)
        return true;
    return error_set(error, TOCSIN_ERROR_CONFIG, "%s", problems_write(problems, arena));
}

static bool open_all(struct intake *intake, int64_t now, GError **error)
{
    const struct intake_settings *settings = intake->settings;

    intake->secret = secret_open(settings->store.state, error);
    if (intake->secret == NULL || !open_grammars(intake, error))
        return false;
    intake->store = store_open(&settings->store, STORE_FULL, error);
    return intake->store != NULL &&
           store_mirror(intake->store, settings->pages, settings->page_count, now, error);
}

void intake_close(struct intake *intake)
{
    if (intake == NULL)
        return;
    store_close(intake->store);
    grammars_close(intake->grammars);
    secret_close(intake->secret);
    g_free(intake);
}

struct intake *intake_open(const struct intake_settings *settings, int64_t now, GError **error)
{
    struct intake *intake = g_new0(struct intake, 1);

    intake->settings = settings;
    if (open_all(intake, now, error))
        return intake;
    intake_close(intake);
    return NULL;
}

/* The rows of DESIGN section 5, in their order. Each says whether it fits; then *verdict is set. */
typedef bool row_fits(struct taking *taking, struct intake_verdict *verdict);

static bool fits_nobody_of_ours(struct taking *taking, struct intake_verdict *verdict)
{
    if (addressed_read(taking))
        return false;
    *verdict = taking_refused(taking, TOCSIN_ERROR_MISSING, "mail.not_ours",
                              "no recipient is the address of a page");
    verdict->outcome = INTAKE_NOT_OURS;
    return true;
}

static bool fits_crashing(struct taking *taking, struct intake_verdict *verdict)
{
    g_autoptr(GError) error = NULL;
    int64_t count;

    mail_digest(taking->envelope->bytes, taking->digest);
    if (!intakes_crash_count(taking->intake->store, taking->digest, &count, &error)) {
        *verdict = taking_failed(taking, error);
        return true;
    }
    if (count < CRASHES_MOST)
        return false;
    *verdict = taking_refused(taking, TOCSIN_ERROR_INPUT, "mail.poison",
                              "this mail cannot be read: it has ended its reader twice");
    return true;
}

static bool is_daemon(const char *address)
{
    return text_is_equal_any_case(text_of(address), TEXT("mailer-daemon")) ||
           text_has_prefix_any_case(text_of(address), TEXT("mailer-daemon@"));
}

/* A null return-path, a daemon's, or one of our own addresses, says what no header needs to; so does
 * our own mail that comes back, whose other marks a list took away (notes A35 to A37). */
static void judge_envelope(struct taking *taking)
{
    const struct mail *mail = taking->mail;
    const char *mail_from = taking->envelope->session.mail_from;

    taking->automatic = mail->automatic;
    if (mail_from[0] == '\0' || mail->is_report || is_daemon(mail_from) ||
        ours_is_address(taking, mail_from) || ours_is_mail(taking, mail))
        taking->automatic = MAIL_AUTOMATIC_HARD;
}

static bool fits_malformed(struct taking *taking, struct intake_verdict *verdict)
{
    g_autoptr(GError) error = NULL;

    taking->mail =
        mail_parse(taking->arena, taking->envelope->bytes, &taking->intake->settings->mail, &error);
    if (taking->mail == NULL) {
        *verdict = taking_failed(taking, error);
        return true;
    }
    judge_envelope(taking);
    return false;
}

static bool fits_seen(struct taking *taking, struct intake_verdict *verdict)
{
    g_autoptr(GError) error = NULL;
    bool was_seen;

    if (!seen_has_mail(taking, &was_seen, &error)) {
        *verdict = taking_failed(taking, error);
        return true;
    }
    if (was_seen)
        *verdict = taking_taken(taking, "mail.seen");
    return was_seen;
}

/* Bounces and unsubscriptions have their effect also when they are automatic. */
static bool fits_keyed(struct taking *taking, struct intake_verdict *verdict)
{
    g_autoptr(GError) error = NULL;

    if (taking->keyed.kind == KEYED_BOUNCE || taking->keyed.kind == KEYED_LETTER) {
        *verdict = bounced_take(taking);
        return true;
    }
    if (taking->keyed.kind == KEYED_UNSUBSCRIBE) {
        *verdict = admission_leave_by_key(taking, &error)
                       ? taking_taken(taking, "subscriber.unsubscribed")
                       : taking_failed(taking, error);
        return true;
    }
    if (addressed_find_key(taking, &error)) {
        author_judge(taking);
        return false;
    }
    *verdict = taking_failed(taking, error);
    return true;
}

static bool is_proven(struct taking *taking)
{
    return taking->operator!= NULL && author_is_proven(taking);
}

static bool fits_automatic(struct taking *taking, struct intake_verdict *verdict)
{
    if (taking->automatic == MAIL_BY_PERSON ||
        (taking->automatic == MAIL_AUTOMATIC_SOFT && taking->operator!= NULL))
        return false;
    *verdict =
        is_proven(taking) ? taking_taken(taking, "mail.automatic") : author_drop_automatic(taking);
    return true;
}

static bool fits_replay(struct taking *taking, struct intake_verdict *verdict)
{
    g_autoptr(GError) error = NULL;
    bool was_seen;

    if (!is_proven(taking))
        return false;
    if (!seen_has_proof(taking, &was_seen, &error)) {
        *verdict = taking_failed(taking, error);
        return true;
    }
    if (was_seen)
        *verdict = taking_taken(taking, "mail.replayed");
    return was_seen;
}

/* After automatic mail of strangers, of which none confirms anything. */
static bool fits_confirm_key(struct taking *taking, struct intake_verdict *verdict)
{
    if (taking->keyed.kind != KEYED_CONFIRM)
        return false;
    *verdict = confirming_take(taking);
    return true;
}

/* After the words for everybody, which are a subscriber's when a pager's address says them. */
static bool fits_pager(struct taking *taking, struct intake_verdict *verdict)
{
    if (taking->operator!= NULL)
        return false;
    pagers_judge(taking);
    return taking->operator!= NULL && fits_replay(taking, verdict);
}

static bool fits_no_verifier(struct taking *taking, struct intake_verdict *verdict)
{
    if (taking->operator== NULL || taking->trust.outcome != TRUST_NO_VERIFIER)
        return false;
    *verdict = author_await_verifier(taking);
    return true;
}

static bool fits_proven(struct taking *taking, struct intake_verdict *verdict)
{
    if (!is_proven(taking))
        return false;
    *verdict = act_on_proven(taking);
    return true;
}

static bool fits_anybody(struct taking *taking, struct intake_verdict *verdict)
{
    *verdict =
        taking->automatic != MAIL_BY_PERSON ? author_drop_automatic(taking) : author_refuse(taking);
    return true;
}

static row_fits *const rows[] = {
    fits_nobody_of_ours,    fits_crashing,   fits_malformed,       fits_seen,        fits_keyed,
    bounced_fits_complaint, monitoring_fits, fits_automatic,       fits_confirm_key, fits_replay,
    obeying_fits,           fits_pager,      monitoring_fits_near, fits_no_verifier, fits_proven,
    contact_fits,           fits_anybody,
};

/* After the commit and the hint: the first mail does not wait for it, and no failure undoes the mail. */
static void count_subscribers(const struct taking *taking, struct intake_verdict *verdict)
{
    const struct decision *decision = taking->decision;
    g_autoptr(GError) error = NULL;
    size_t count = 0;

    if (decision->notification != NOTIFICATION_NONE &&
        !subscribers_count_for(taking->intake->store, taking->page, decision->incident,
                               INTAKE_SUBSCRIBERS_MOST, &count, &error))
        return;
    verdict->has_subscribers = true;
    verdict->subscribers = (uint32_t)count;
}

struct log_field intake_log_subscribers(const struct intake_verdict *verdict)
{
    if (!verdict->has_subscribers)
        return LOG_NUMBER("", 0);
    return verdict->subscribers < INTAKE_SUBSCRIBERS_MOST
               ? LOG_NUMBER("subscribers", verdict->subscribers)
               : LOG_NUMBER("subscribers_at_least", verdict->subscribers);
}

struct log_field intake_log_incident(const struct intake_verdict *verdict)
{
    return LOG_TEXT(verdict->incident_id[0] != '\0' ? "incident" : "", verdict->incident_id);
}

struct log_field intake_log_monitor(const struct intake_verdict *verdict)
{
    return LOG_TEXT(verdict->monitor[0] != '\0' ? "monitor" : "", verdict->monitor);
}

struct log_field intake_log_reason(const struct intake_verdict *verdict)
{
    return LOG_TEXT(verdict->text[0] != '\0' ? "reason" : "", verdict->text);
}

struct intake_verdict intake_take(struct intake *intake, struct arena *arena,
                                  const struct envelope *envelope, int64_t now)
{
    struct taking taking = {
        .intake = intake,
        .arena = arena,
        .envelope = envelope,
        .now = now,
        .extension = "",
    };
    struct intake_verdict verdict = {0};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i](&taking, &verdict))
            break;
    if (verdict.outcome == INTAKE_TAKEN)
        hint_send(intake->settings->store.state);
    if (verdict.outcome == INTAKE_TAKEN && taking.decision != NULL)
        count_subscribers(&taking, &verdict);
    return verdict;
}

const struct page *intake_find_page(const struct intake_settings *settings,
                                    const struct secret *secret, const char *recipient)
{
    struct keyed keyed;

    for (size_t i = 0; i < settings->page_count; i++)
        if (keyed_read(secret, settings->pages[i], text_of(recipient), &keyed))
            return settings->pages[i];
    return NULL;
}
