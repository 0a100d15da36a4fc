/* tocsin subscriber show: what she chose, how she agreed, and what became of each notification of 30 days:
 * the answer to "why did I get nothing?" */
#include "gateway/cli/print.h"
#include "gateway/cli/subscriber_words.h"

#include "gateway/base/moment.h"
#include "gateway/mail/address.h"
#include "gateway/store/bounces.h"
#include "gateway/store/deliveries.h"
#include "gateway/store/joins.h"
#include "gateway/view/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#define SHOWN_MS        (30 * DAY_MS)
#define DELIVERIES_MOST 200

struct showing {
    struct arena *arena;
    const struct page *page;
    const struct subscriber *subscriber;
    struct wish_line lines[WISH_LINES_MOST];
    size_t line_count;
    const int64_t *mutes;
    size_t mute_count;
    const struct consent *consents;
    size_t consent_count;
    const struct delivery *deliveries;
    size_t delivery_count;
    struct bounce_score score;
};

static bool load(const struct subscriber_task *task, struct showing *showing, GError **error)
{
    struct store *store = task->store;
    const struct deliveries_wish wish = {showing->page, showing->subscriber,
                                         moment_now() - SHOWN_MS, DELIVERIES_MOST};
    const struct bounce_desk desk = {store, NULL, showing->page, &task->config->bounces,
                                     moment_now()};

    showing->line_count =
        wishes_lines(showing->arena, showing->page, showing->subscriber, showing->lines);
    return subscribers_mutes(store, showing->arena, showing->subscriber->id, &showing->mutes,
                             &showing->mute_count, error) &&
           joins_consents(store, showing->arena, showing->subscriber->id, &showing->consents,
                          &showing->consent_count, error) &&
           bounces_score(&desk, showing->arena, showing->subscriber->id, &showing->score, error) &&
           deliveries_list(store, showing->arena, &wish, &showing->deliveries,
                           &showing->delivery_count, error);
}

static const char *when(const struct showing *showing, int64_t at)
{
    return moment_write_local(showing->arena, at, showing->page->time_zone);
}

static void print_settings(const struct showing *showing)
{
    const struct subscriber *subscriber = showing->subscriber;

    (void)printf("%s: %s, %s", subscriber->address, subscriber_kind_name(subscriber->kind),
                 subscriber_state_name(subscriber->state));
    if (subscriber->confirmed_at != 0)
        (void)printf(", confirmed %s", when(showing, subscriber->confirmed_at));
    (void)putchar('\n');
    for (size_t i = 0; i < showing->line_count; i++)
        (void)printf("  %s: %s\n", showing->lines[i].name, showing->lines[i].value);
    for (size_t i = 0; i < showing->mute_count; i++)
        (void)printf("  mute: #%" PRId64 "\n", showing->mutes[i]);
}

static void print_consents(const struct showing *showing)
{
    if (showing->consent_count > 0)
        (void)puts("\nConsent:");
    for (size_t i = 0; i < showing->consent_count; i++) {
        const struct consent *one = &showing->consents[i];

        (void)printf("  %s  %s, %s%s%s\n", when(showing, one->at), consent_act_name(one->act),
                     one->how, *one->source != '\0' ? ": " : "", one->source);
    }
}

static void print_score(const struct showing *showing)
{
    const struct bounce_score *score = &showing->score;

    if (score->row_count == 0 && score->suspended_at == 0)
        return;
    (void)printf("\nMail that came back: %" PRId64 " permanent failures count today",
                 score->permanent);
    if (score->temporary_since != 0)
        (void)printf(", temporary ones since %s", when(showing, score->temporary_since));
    if (score->suspended_at != 0)
        (void)printf(", suspended %s", when(showing, score->suspended_at));
    if (score->probed_at != 0)
        (void)printf(", probe %" PRId64 " sent %s", score->probe_count,
                     when(showing, score->probed_at));
    (void)putchar('\n');
    for (size_t i = 0; i < score->row_count; i++) {
        const struct bounce_row *row = &score->rows[i];

        (void)printf("  %s  %s%s %s: %s\n", when(showing, row->at),
                     row->is_permanent ? "permanent" : "temporary",
                     row->in_dialogue ? " (said by the relay)" : "", row->status, row->words);
    }
}

/* "sent between … and … by relay", or why not. */
static void print_outcome(const struct showing *showing, const struct delivery *one)
{
    (void)printf("%s", delivery_outcome_name(one->outcome));
    if (one->outcome == DELIVERED && one->opened_at != 0)
        (void)printf(" between %s and %s", when(showing, one->opened_at),
                     when(showing, one->closed_at));
    if (one->relay != NULL && one->relay[0] != '\0')
        (void)printf(" by %s", one->relay);
    if (one->reason != NULL && one->reason[0] != '\0')
        (void)printf(": %s", one->reason);
    if (one->is_by_todays_preferences)
        (void)printf(" (by today's preferences)");
    (void)putchar('\n');
}

static void print_deliveries(const struct showing *showing)
{
    (void)puts(showing->delivery_count > 0 ? "\nNotifications of 30 days, newest first:"
                                           : "\nNothing was told in 30 days.");
    for (size_t i = 0; i < showing->delivery_count; i++) {
        const struct delivery *one = &showing->deliveries[i];

        (void)printf("  %s  #%" PRId64 " %s: %s\n    ", when(showing, one->made_at),
                     one->incident_number, one->title, notification_kind_name(one->kind));
        print_outcome(showing, one);
    }
}

static json_t *moment_or_null(struct arena *arena, int64_t at)
{
    return at != 0 ? json_string(moment_write_iso(arena, at)) : json_null();
}

static json_t *view_settings(const struct showing *showing)
{
    json_t *settings = json_object();

    for (size_t i = 0; i < showing->line_count; i++)
        (void)json_object_set_new(settings, showing->lines[i].name,
                                  json_string(showing->lines[i].value));
    return settings;
}

static json_t *view_mutes(const struct showing *showing)
{
    json_t *array = json_array();

    for (size_t i = 0; i < showing->mute_count; i++)
        (void)json_array_append_new(array, json_integer(showing->mutes[i]));
    return array;
}

static json_t *view_consents(const struct showing *showing)
{
    json_t *array = json_array();

    for (size_t i = 0; i < showing->consent_count; i++) {
        const struct consent *one = &showing->consents[i];

        (void)json_array_append_new(array, json_pack("{s:o, s:s, s:s, s:s, s:s}", "at",
                                                     moment_or_null(showing->arena, one->at), "act",
                                                     consent_act_name(one->act), "how", one->how,
                                                     "source", one->source, "words", one->words));
    }
    return array;
}

static json_t *view_deliveries(const struct showing *showing)
{
    json_t *array = json_array();

    for (size_t i = 0; i < showing->delivery_count; i++) {
        const struct delivery *one = &showing->deliveries[i];

        (void)json_array_append_new(
            array, json_pack("{s:I, s:s, s:s, s:o, s:s, s:b, s:o, s:o, s:s?, s:s?}", "number",
                             (json_int_t)one->incident_number, "title", one->title, "kind",
                             notification_kind_name(one->kind), "made_at",
                             moment_or_null(showing->arena, one->made_at), "outcome",
                             delivery_outcome_name(one->outcome), "by_todays_preferences",
                             one->is_by_todays_preferences ? 1 : 0, "sent_after",
                             moment_or_null(showing->arena, one->opened_at), "sent_before",
                             moment_or_null(showing->arena, one->closed_at), "relay", one->relay,
                             "reason", one->reason));
    }
    return array;
}

static json_t *view_bounces(const struct showing *showing)
{
    json_t *array = json_array();

    for (size_t i = 0; i < showing->score.row_count; i++) {
        const struct bounce_row *row = &showing->score.rows[i];

        (void)json_array_append_new(array, json_pack("{s:o, s:b, s:b, s:s, s:s}", "at",
                                                     moment_or_null(showing->arena, row->at),
                                                     "permanent", row->is_permanent ? 1 : 0,
                                                     "in_dialogue", row->in_dialogue ? 1 : 0,
                                                     "status", row->status, "words", row->words));
    }
    return array;
}

static json_t *view_score(const struct showing *showing)
{
    const struct bounce_score *score = &showing->score;

    return json_pack("{s:I, s:o, s:o, s:o, s:I, s:o}", "permanent", (json_int_t)score->permanent,
                     "temporary_since", moment_or_null(showing->arena, score->temporary_since),
                     "suspended_at", moment_or_null(showing->arena, score->suspended_at),
                     "probed_at", moment_or_null(showing->arena, score->probed_at), "probes",
                     (json_int_t)score->probe_count, "bounces", view_bounces(showing));
}

static void print_view(const struct showing *showing)
{
    json_t *view = view_subscriber(showing->subscriber);

    (void)json_object_set_new(view, "settings", view_settings(showing));
    (void)json_object_set_new(view, "muted", view_mutes(showing));
    (void)json_object_set_new(view, "consent", view_consents(showing));
    (void)json_object_set_new(view, "score", view_score(showing));
    (void)json_object_set_new(view, "deliveries", view_deliveries(showing));
    print_json(view);
}

int subscriber_show(const struct subscriber_task *task)
{
    struct invocation *invocation = task->invocation;
    struct showing showing = {.arena = invocation->arena,
                              .page = invocation_page(task->config, task->words->page)};
    const char *word = invocation_word(invocation, 1);
    const struct mail_address *address = address_parse(invocation->arena, text_of(word), NULL);
    g_autoptr(GError) error = NULL;

    if (showing.page == NULL)
        return EX_USAGE;
    if (!subscribers_find(task->store, invocation->arena, showing.page,
                          address != NULL ? address->whole : word, &showing.subscriber, &error))
        return invocation_fail(error);
    if (showing.subscriber == NULL) {
        (void)fprintf(stderr, "tocsin: %s: no such subscriber of %s\n", word, showing.page->id);
        return EX_NOUSER;
    }
    if (!load(task, &showing, &error))
        return invocation_fail(error);
    if (invocation->is_json) {
        print_view(&showing);
        return EX_OK;
    }
    print_settings(&showing);
    print_consents(&showing);
    print_score(&showing);
    print_deliveries(&showing);
    return EX_OK;
}
