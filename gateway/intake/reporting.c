#include "gateway/intake/reporting.h"

#include "gateway/base/moment.h"
#include "gateway/grammar/fill.h"

#include <assert.h>
#include <string.h>

#define WHO_MOST      100
#define RESERVED      3  /* values beside those of the rule */
#define KEY_TAIL_SIZE 12 /* bytes of a digest that keep long keys apart */

static const char *value_of(const struct grammar_alert *alert, const char *name)
{
    const char *value = grammar_value_find(alert->values, alert->value_count, name);

    return value != NULL ? value : "";
}

/* At most so many bytes, no character cut in two. */
static char *cut(struct arena *arena, const char *string, size_t most)
{
    size_t size = strlen(string);

    if (size > most)
        for (size = most; size > 0 && ((unsigned char)string[size] & 0xC0) == 0x80; size--)
            continue;
    return arena_copy(arena, string, size);
}

/* Two long keys that begin alike stay two. */
static const char *read_key(const struct taking *taking, const struct monitored_alert *one)
{
    struct arena *arena = taking->arena;
    const char *key = value_of(one->alert, "key");
    const char *clean = text_clean_line(arena, text_of(key), strlen(key) + 1);
    const struct text whole = text_of(clean);
    uint8_t digest[SECRET_DIGEST_SIZE];

    if (clean[0] == '\0')
        return one->monitor->name;
    if (whole.size <= ALERT_KEY_MOST)
        return clean;
    secret_digest(&whole, 1, digest);
    return arena_format(arena, "%s %s", cut(arena, clean, ALERT_KEY_MOST - 2 * KEY_TAIL_SIZE - 1),
                        hex_write(arena, digest, KEY_TAIL_SIZE));
}

static bool is_plausible(const struct taking *taking, int64_t at)
{
    return at >= taking->now - ALERT_BEHIND_MOST && at <= taking->now + ALERT_AHEAD_MOST;
}

/* The grammar's, else Date's, each only where it is near the arrival. */
static int64_t read_moment(const struct taking *taking, const struct mail *mail,
                           const struct grammar_alert *alert)
{
    const char *at = value_of(alert, "at");
    int64_t moment = 0;

    if (at[0] != '\0' && moment_parse_any(text_of(at), taking->page->time_zone, &moment) &&
        is_plausible(taking, moment))
        return moment;
    return is_plausible(taking, mail->date_at) ? mail->date_at : 0;
}

/* The monitor's own words, for operators alone. */
static const char *read_detail(const struct taking *taking, const struct mail *mail,
                               const struct grammar_alert *alert)
{
    struct arena *arena = taking->arena;
    const char *message = value_of(alert, "message");
    const char *url = value_of(alert, "url");
    const char *words =
        arena_format(arena, "%s\n\n%s", mail->subject, message[0] != '\0' ? message : mail->text);

    if (url[0] != '\0')
        words = arena_format(arena, "%s\n\n%s", cut(arena, words, ALERT_DETAIL_MOST / 2), url);
    words = text_clean(arena, text_trim(text_of(words)));
    return cut(arena, keyed_redact(arena, taking->page, words), ALERT_DETAIL_MOST);
}

struct places {
    struct grammar_value *values;
    size_t count;
};

static const char *component_of(const struct taking *taking, const struct alert_policy *policy)
{
    const struct component *component =
        policy->component_count > 0 ? page_find_component(taking->page, policy->component_ids[0])
                                    : NULL;

    return component != NULL ? component->name : "";
}

static enum incident_severity severity_of(const struct alert_policy *policy,
                                          const struct alert_report *report)
{
    if (policy->has_severity)
        return policy->severity;
    return report->has_severity ? report->severity : SEVERITY_MAJOR;
}

/* What a policy's templates may name; the first of a name counts. */
static struct places find_places(const struct taking *taking, const struct monitored_alert *one,
                                 const struct alert_report *report)
{
    const struct grammar_alert *alert = one->alert;
    const struct alert_policy *policy = &one->monitor->policy;
    struct places places = {
        .values = ARENA_ARRAY(taking->arena, struct grammar_value,
                              alert->value_count + alert->group_count + RESERVED),
    };

    places.values[places.count++] = (struct grammar_value){"monitor", one->monitor->name};
    places.values[places.count++] =
        (struct grammar_value){"component", component_of(taking, policy)};
    places.values[places.count++] =
        (struct grammar_value){"severity", incident_severity_name(severity_of(policy, report))};
    for (size_t i = 0; i < alert->value_count; i++)
        places.values[places.count++] = alert->values[i];
    for (size_t i = 0; i < alert->group_count; i++)
        places.values[places.count++] = alert->groups[i];
    return places;
}

/* A template of NULL says nothing: then the words are ours. */
static const char *fill(const struct taking *taking, const char *source,
                        const struct places *places)
{
    struct arena *arena = taking->arena;
    const char *filled;

    if (source == NULL)
        return "";
    filled = grammar_fill_policy(arena, source, places->values, places->count);
    filled = text_clean(arena, text_trim(text_of(filled)));
    return cut(arena, keyed_redact(arena, taking->page, filled), ALERT_DETAIL_MOST);
}

static void fill_texts(const struct taking *taking, const struct monitored_alert *one,
                       struct alert_report *report)
{
    const struct alert_policy *policy = &one->monitor->policy;
    const struct places places = find_places(taking, one, report);

    report->title = text_clean_line(taking->arena, text_of(fill(taking, policy->title, &places)),
                                    INCIDENT_TITLE_MOST);
    report->update = fill(taking, policy->update, &places);
    report->resolved = fill(taking, policy->resolved, &places);
}

static enum alert_word word_of(enum command_kind kind)
{
    if (kind == COMMAND_CLEAR)
        return ALERT_CLEARED;
    return kind == COMMAND_ACKNOWLEDGE ? ALERT_ACKNOWLEDGED : ALERT_PROBLEM;
}

struct alert_report reporting_make(const struct taking *taking, const struct monitored *monitored,
                                   const struct monitored_alert *one)
{
    struct alert_report report = {
        .word = word_of(one->alert->kind),
        .key = read_key(taking, one),
        .named_at = read_moment(taking, monitored->mail, one->alert),
        .arrived_at = taking->now,
        .detail = read_detail(taking, monitored->mail, one->alert),
        .who = text_clean_line(taking->arena, text_of(value_of(one->alert, "who")), WHO_MOST),
    };

    report.has_severity =
        incident_severity_parse(text_of(value_of(one->alert, "severity")), &report.severity);
    fill_texts(taking, one, &report);
    return report;
}

static struct alerts_desk desk_of(const struct taking *taking)
{
    const struct intake_settings *settings = taking->intake->settings;

    return (struct alerts_desk){
        .store = taking->intake->store,
        .page = taking->page,
        .monitors = settings->monitors,
        .monitor_count = settings->monitor_count,
        .operators = settings->operators,
        .operator_count = settings->operator_count,
        .now = taking->now,
    };
}

static struct alerts_source source_of(const struct taking *taking, const struct monitor *monitor,
                                      const struct reporting_source *source)
{
    return (struct alerts_source){
        .monitor = monitor,
        .proofs = source->proofs,
        .client = taking->envelope->session.client_addr,
        .message_id = taking->mail->message_id,
        .by = source->by,
        .answered = source->is_answered ? source->by : "",
    };
}

static const char *const outcome_events[] = {
    [ALERT_OPENED] = "alert.opened",     [ALERT_COUNTED] = "alert.counted",
    [ALERT_WORSENED] = "alert.worsened", [ALERT_CLOSED] = "alert.cleared",
    [ALERT_NOTHING_OPEN] = "alert.none", [ALERT_STALE] = "alert.stale",
    [ALERT_NOTED] = "alert.noted",
};
static_assert(G_N_ELEMENTS(outcome_events) == ALERT_OUTCOME_COUNT, "an outcome has no event");

/* Of several effects of one mail the heaviest is told and logged. */
static int weigh(const struct alerts_effect *effect)
{
    static const int weights[] = {
        [ALERT_OPENED] = 6,  [ALERT_WORSENED] = 5,     [ALERT_CLOSED] = 4, [ALERT_NOTED] = 3,
        [ALERT_COUNTED] = 2, [ALERT_NOTHING_OPEN] = 1, [ALERT_STALE] = 0,
    };

    if (effect->decision != NULL)
        return effect->decision->notification != NOTIFICATION_NONE ? 30 : 20;
    return effect->action == ALERT_DO_ASK ? 10 : weights[effect->outcome];
}

static const char *find_event(const struct reporting_outcome *outcome, size_t count)
{
    const struct alerts_effect *heaviest = &outcome->effects[outcome->main];

    if (count == 0)
        return "monitor.alive";
    if (heaviest->decision != NULL)
        return taking_event_of(heaviest->decision);
    return heaviest->action == ALERT_DO_ASK ? "alert.asked" : outcome_events[heaviest->outcome];
}

static bool hear(const struct taking *taking, const struct monitored *monitored, size_t n,
                 const struct reporting_source *by, struct reporting_outcome *outcome,
                 GError **error)
{
    const struct alerts_desk desk = desk_of(taking);
    const struct monitored_alert *one = &monitored->alerts[n];
    const struct alerts_source source = source_of(taking, one->monitor, by);
    const struct alert_report report = reporting_make(taking, monitored, one);
    struct alerts_effect *effect = &outcome->effects[n];

    if (!alerts_hear(&desk, taking->arena, &source, &report, effect, error))
        return false;
    outcome->keys[n] = report.key;
    if (weigh(effect) >= weigh(&outcome->effects[outcome->main]))
        outcome->main = n;
    outcome->decision = outcome->effects[outcome->main].decision;
    return true;
}

static bool live(const struct taking *taking, const struct monitor *monitor,
                 const struct reporting_source *by, GError **error)
{
    const struct alerts_desk desk = desk_of(taking);
    const struct alerts_source source = source_of(taking, monitor, by);

    return alerts_note_life(&desk, taking->arena, &source, error);
}

bool reporting_do(struct taking *taking, const struct monitored *monitored,
                  const struct reporting_source *source, struct reporting_outcome *outcome,
                  GError **error)
{
    *outcome = (struct reporting_outcome){
        .effects = ARENA_ARRAY(taking->arena, struct alerts_effect, monitored->alert_count),
        .keys = ARENA_ARRAY(taking->arena, const char *, monitored->alert_count),
    };
    for (size_t i = 0; i < monitored->alert_count; i++)
        if (!hear(taking, monitored, i, source, outcome, error))
            return false;
    outcome->event = find_event(outcome, monitored->alert_count);
    taking->decision = outcome->decision;
    return monitored->alert_count > 0 || live(taking, monitored->monitor, source, error);
}

static bool is_named(const struct taking *taking, const struct monitor *monitor)
{
    g_autofree char *name = g_utf8_casefold(monitor->name, -1);
    g_autofree char *subject = g_utf8_casefold(taking->mail->subject, -1);
    g_autofree char *text = g_utf8_casefold(taking->mail->text, -1);

    return strstr(subject, name) != NULL || strstr(text, name) != NULL;
}

bool reporting_note_life(const struct taking *taking, struct monitored_among among,
                         const struct reporting_source *source, GError **error)
{
    size_t expected = 0;

    for (size_t i = 0; i < among.count; i++)
        expected += among.monitors[i]->policy.expect_every_ms > 0 ? 1 : 0;
    for (size_t i = 0; i < among.count; i++) {
        const struct monitor *monitor = among.monitors[i];

        /* Several of one From: which of them lives, its name says. */
        if (monitor->policy.expect_every_ms > 0 && (expected == 1 || is_named(taking, monitor)) &&
            !live(taking, monitor, source, error))
            return false;
    }
    return true;
}
