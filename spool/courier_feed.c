#include "gateway/base/log.h"
#include "gateway/base/moment.h"
#include "gateway/store/hint.h"
#include "gateway/store/relays.h"
#include "spool/courier_parts.h"
#include "spool/trouble.h"
#include "spool/verdict.h"

#define CLAIM_BYTES   ((size_t)32 * 1024 * 1024)
#define SESSION_MOST  500 /* messages: libesmtp keeps about 5 KB of each until the session ends */
#define SLICE_MOST    100
#define SLICE_LEAST   5
#define SLICE_SPAN_MS 500 /* a slice is as large as fits: letters wait behind it */
#define TURN_CHECK_MS 100 /* SIGTERM is seen within it while a rate is kept */

static void drop_claim(struct courier *courier)
{
    courier->claim = NULL;
    courier->item = 0;
    courier->saw_policy = false;
    arena_close(courier->arena);
    courier->arena = NULL;
}

/* So many messages as took SLICE_SPAN_MS by the speed of the last slice. */
static void learn_speed(struct courier *courier)
{
    const int64_t span_ms = MAX(moment_monotonic() - courier->claimed_at, 1);
    const int64_t fitting = (int64_t)courier->item * SLICE_SPAN_MS / span_ms;

    if (courier->claim->kind == CLAIM_STRETCH && courier->item > 0)
        courier->slice_most = (size_t)CLAMP(fitting, SLICE_LEAST, SLICE_MOST);
}

static bool finish_claim(struct courier *courier)
{
    GError *error = NULL;

    learn_speed(courier);

    const bool is_finished = claims_finish(courier->claims, courier->claim, moment_now(), &error);
    drop_claim(courier);
    return is_finished || courier_report(courier, "slice.unfinished", error);
}

void courier_release(struct courier *courier)
{
    if (courier->claim == NULL)
        return;
    if (courier->item == courier->claim->count) {
        (void)finish_claim(courier);
        return;
    }
    claims_release(courier->claims, courier->claim);
    drop_claim(courier);
}

/* A later relay works while all before it fail or are paused. */
static bool is_our_turn(struct courier *courier, struct arena *arena, bool *is_turn, GError **error)
{
    for (size_t i = 0; i < courier->relay_number; i++) {
        struct relay_state state;

        if (!relays_load(courier->store, arena, courier->world->spool->relays[i].name, &state,
                         error))
            return false;
        if (state.failures == 0 && !state.is_paused) {
            *is_turn = false;
            return true;
        }
    }
    *is_turn = true;
    return true;
}

/* May we claim, and what? One worker alone tries a relay whose rest is over. */
static bool look_at_relay(struct courier *courier, struct claims_wish *wish, bool *may_claim,
                          GError **error)
{
    OWN(arena) arena = arena_open((size_t)256 * 1024);
    const int64_t now = moment_now();
    struct relay_state state;

    if (!relays_load(courier->store, arena, courier->settings->name, &state, error) ||
        !is_our_turn(courier, arena, may_claim, error))
        return false;
    wish->letters_only = state.is_paused;
    courier->relay_failures = state.failures;
    if (!*may_claim || state.failures == 0)
        return true;
    if (state.retry_at > now) {
        *may_claim = false;
        return true;
    }
    return relays_probe(courier->store, courier->settings->name,
                        now + courier->world->spool->watch.connect_ms, now, may_claim, error);
}

static bool take_claim(struct courier *courier)
{
    struct claims_wish wish = {.relay = courier->settings->name, .most = courier->slice_most};
    bool may_claim = false;
    GError *error = NULL;

    if (courier->session_count == 0 || courier->relay_failures == 0) {
        if (!look_at_relay(courier, &wish, &may_claim, &error))
            return courier_report(courier, "relay.unknown", error);
    }
    if (!may_claim)
        return false;
    courier->arena = arena_open(CLAIM_BYTES);
    courier->claimed_at = moment_monotonic();
    if (!claims_take(courier->claims, courier->arena, &wish, moment_now(), &courier->claim,
                     &error)) {
        drop_claim(courier);
        return courier_report(courier, "claim.failed", error);
    }
    if (courier->claim == NULL)
        drop_claim(courier);
    else
        hint_send(courier->world->store->state); /* there may be more, for others */
    return courier->claim != NULL;
}

static bool wait_for_turn(struct courier *courier)
{
    int64_t left_us =
        watch_take_turn(courier->shared, courier->settings->rate, g_get_monotonic_time());

    while (left_us > 0 && !courier_is_stopping(courier)) {
        const int64_t step_us = MIN(left_us, INT64_C(1000) * TURN_CHECK_MS);
        g_usleep((gulong)step_us);
        left_us -= step_us;
        courier_say(courier, WATCH_IDLE);
    }
    return !courier->is_stopping;
}

static bool note(struct courier *courier, const struct claims_result *result)
{
    GError *error = NULL;

    if (!claims_note(courier->claims, courier->claim, courier->item, result, moment_now(), &error))
        return courier_report(courier, "delivery.unnoted", error);
    courier->item++;
    return true;
}

static struct claims_result later(struct courier *courier, const char *reason, bool is_in_doubt)
{
    const struct claim_item *item = &courier->claim->items[courier->item];
    const int64_t now = moment_now();
    const struct attempt attempt = {
        .began_at = item->began_at == 0 ? now : item->began_at,
        .failed_at = now,
        .failures = item->failures + 1,
    };
    struct claims_result result = {CLAIMS_LATER, now, is_in_doubt, reason};

    if (backoff_decide(&courier->world->spool->backoff, &attempt, secret_random_bits(),
                       &result.due_at) == BACKOFF_GIVE_UP)
        result.outcome = CLAIMS_FAILED;
    return result;
}

static bool drop_moot(struct courier *courier)
{
    (void)note(courier, &(struct claims_result){CLAIMS_FAILED, moment_now(), false,
                                                "nothing of it concerns its reader any more"});
    return false;
}

/* A mail that cannot be written is no reason to lose it: a template may be mended. */
static bool write_mail(struct courier *courier)
{
    g_autoptr(GError) error = NULL;

    if (mailroom_write(courier->mailroom, courier->claim, courier->item, &courier->mail, &error))
        return courier->mail.message != NULL || drop_moot(courier);
    log_error("mail.unwritten", LOG_NUMBER("notification", courier->claim->notification_id),
              LOG_NUMBER("to", courier->claim->items[courier->item].id), LOG_FAILURE(error));

    struct relay_reply words = {0};
    if (g_utf8_validate(error->message, -1, NULL))
        g_strlcpy(words.text, error->message, sizeof words.text);
    const struct claims_result result = later(courier, words.text, false);
    (void)note(courier, &result);
    return false;
}

/* True: her domain is paused, and she is due again when that is over. */
static bool put_off(struct courier *courier)
{
    OWN(arena) arena = arena_open((size_t)16 * 1024);
    struct domain_pause pause;

    if (!courier_must_wait(courier, &pause))
        return false;
    const struct claims_result result = {
        CLAIMS_LATER, pause.until, false,
        text_clean_line(arena, text_of(arena_format(arena, "her domain refuses: %s", pause.reason)),
                        500)};
    (void)note(courier, &result);
    return true;
}

/* *is_ready: the item's mail is written. Otherwise: look again. False: stop. */
static bool prepare_item(struct courier *courier, bool *is_ready)
{
    enum claims_answer answer = CLAIMS_SKIP;
    GError *error = NULL;

    if (!wait_for_turn(courier))
        return false;
    if (!claims_may_send(courier->claims, courier->claim, courier->item, &answer, &error))
        return courier_report(courier, "claim.unclear", error);
    switch (answer) {
    case CLAIMS_SUPERSEDED:
        return finish_claim(courier);
    case CLAIMS_SKIP:
        courier->item++;
        return true;
    case CLAIMS_SEND:
        *is_ready = !put_off(courier) && write_mail(courier);
        return !courier->must_rest;
    }
    return false;
}

static const struct relay_mail *give_next(void *context)
{
    struct courier *courier = context;
    bool is_ready = false;

    courier_say(courier, WATCH_IDLE);
    while (!is_ready) {
        if (courier_is_stopping(courier) || courier->must_rest ||
            courier->session_count >= SESSION_MOST)
            return NULL;
        if (courier->claim != NULL && courier->item == courier->claim->count &&
            !finish_claim(courier))
            return NULL;
        if (courier->claim == NULL && !take_claim(courier))
            return NULL;
        if (courier->item < courier->claim->count && !prepare_item(courier, &is_ready))
            return NULL;
    }
    courier->session_count++;
    courier_say(courier, courier->is_connected ? WATCH_TALKING : WATCH_CONNECTING);
    return &courier->mail;
}

static void note_sent(struct courier *courier)
{
    g_autoptr(GError) error = NULL;

    courier->session_sent++;
    atomic_store(&courier->shared->refusals, 0);
    if (courier->relay_failures > 0) {
        if (relays_note_success(courier->store, courier->settings->name, &error))
            log_info("relay.works", LOG_TEXT("relay", courier->settings->name));
        courier->relay_failures = 0;
    }
    courier_score(courier, NULL);
    (void)note(courier, &(struct claims_result){.outcome = CLAIMS_SENT, .reason = ""});
}

static void note_refusal(struct courier *courier, const struct relay_reply *reply)
{
    const struct claims_result result = later(courier, reply->text, reply->is_in_doubt);
    const uint32_t most = courier->world->spool->refusals_most;
    GError *error = NULL;

    if (verdict_is_policy(reply))
        courier_score(courier, reply);
    (void)note(courier, &result);
    if (atomic_fetch_add(&courier->shared->refusals, 1) + 1 < most)
        return;
    atomic_store(&courier->shared->refusals, 0);
    courier->must_rest = true;
    const struct trouble trouble = {courier->settings, reply->text, courier->relay_failures > 0};
    if (!trouble_note_refusals(courier->world, courier->store, &trouble, moment_now(), &error))
        (void)courier_report(courier, "trouble.untold", error);
}

static void note_failure(struct courier *courier, const struct relay_reply *reply)
{
    courier->must_rest = true;
    g_strlcpy(courier->fault, reply->text[0] == '\0' ? "the connection ended" : reply->text,
              sizeof courier->fault);
    if (reply->stage == STAGE_CONNECT)
        return; /* she was not written to: the slice goes to whoever claims next */

    const struct claims_result result = later(courier, courier->fault, reply->is_in_doubt);
    (void)note(courier, &result);
}

static void note_end(struct courier *courier, const struct relay_reply *reply)
{
    log_info("delivery.failed", LOG_NUMBER("notification", courier->claim->notification_id),
             LOG_NUMBER("to", courier->claim->items[courier->item].id),
             LOG_TEXT("reason", reply->text));
    courier_score(courier, reply);
    (void)note(courier, &(struct claims_result){CLAIMS_FAILED, moment_now(), false, reply->text});
}

static void take_reply(void *context, const struct relay_reply *reply)
{
    struct courier *courier = context;
    const enum verdict verdict = verdict_of(reply, courier->was_bare);

    courier->was_bare = verdict_is_bare(reply);
    switch (verdict) {
    case VERDICT_SENT:
        note_sent(courier);
        break;
    case VERDICT_ADDRESS_FAILED:
    case VERDICT_GATE:
        note_end(courier, reply);
        break;
    case VERDICT_LATER: {
        const struct claims_result result = later(courier, reply->text, reply->is_in_doubt);
        courier_score(courier, reply);
        (void)note(courier, &result);
        break;
    }
    case VERDICT_REFUSED:
        note_refusal(courier, reply);
        break;
    case VERDICT_RELAY_FAILED:
        note_failure(courier, reply);
        break;
    }
}

static void take_phase(void *context, enum relay_stage stage)
{
    struct courier *courier = context;

    if (stage == STAGE_GATE || stage == STAGE_CONNECT) {
        courier_say(courier, WATCH_CONNECTING);
        return;
    }
    courier->is_connected = true;
    courier_say(courier, stage == STAGE_DOT ? WATCH_DOT : WATCH_TALKING);
}

struct relay_feed courier_feed(struct courier *courier)
{
    return (struct relay_feed){give_next, take_reply, take_phase, courier};
}
