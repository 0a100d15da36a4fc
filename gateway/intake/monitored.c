#include "gateway/intake/monitored.h"

#include <string.h>

#define GENERIC "generic"

static struct grammar_request request_for(const struct taking *taking, const struct mail *mail,
                                          const char *grammar)
{
    return (struct grammar_request){
        .role = GRAMMAR_MONITOR,
        .grammar = grammar,
        .mail = mail,
        .page = taking->page,
        .extension = taking->extension,
    };
}

/* Readings of one mail, each made once. */
struct reader {
    const struct taking *taking;
    struct monitored_among among;
    const struct reading *by_all; /* NULL: not read yet */
    const struct reading **own; /* by the monitors' grammars, in their order; NULL: not read yet */
    struct monitored *monitored;
};

static void note_failures(struct monitored *monitored, const struct reading *reading)
{
    if (monitored->failure_count > 0)
        return;
    monitored->failures = reading->failures;
    monitored->failure_count = reading->failure_count;
}

static bool is_understood(const struct reading *reading)
{
    return reading->kind == READING_COMMAND &&
           (reading->command->kind == COMMAND_IGNORE || reading->alert_count > 0);
}

static const struct reading *read_by_all(struct reader *reader)
{
    const struct taking *taking = reader->taking;
    const struct grammar_request request = request_for(taking, reader->monitored->mail, NULL);

    if (reader->by_all != NULL)
        return reader->by_all;
    reader->by_all = grammar_read_monitors(taking->intake->grammars, taking->arena, &request);
    note_failures(reader->monitored, reader->by_all);
    return reader->by_all;
}

static const struct reading *read_name(const struct taking *taking, const struct mail *mail,
                                       const struct monitor *monitor, enum generic_scope scope)
{
    return grammar_read_generic(taking->intake->grammars, taking->arena, mail, monitor->name,
                                scope);
}

static const struct reading *read_by_one(struct reader *reader, const char *grammar)
{
    const struct taking *taking = reader->taking;
    const struct grammar_request request = request_for(taking, reader->monitored->mail, grammar);
    const struct reading *reading;

    for (size_t i = 0; i < reader->among.count; i++)
        if (reader->own[i] != NULL && strcmp(reader->among.monitors[i]->grammar, grammar) == 0)
            return reader->own[i];
    reading = grammar_read(taking->intake->grammars, taking->arena, &request);
    note_failures(reader->monitored, reading);
    return reading;
}

static const struct reading *read_own(struct reader *reader, size_t n)
{
    const struct monitor *monitor = reader->among.monitors[n];
    const struct reading *reading;

    if (reader->own[n] != NULL)
        return reader->own[n];
    if (monitor->grammar[0] != '\0' && strcmp(monitor->grammar, GENERIC) != 0) {
        reading = read_by_one(reader, monitor->grammar);
    } else {
        reading = monitor->grammar[0] == '\0' ? read_by_all(reader) : NULL;
        if (reading == NULL || !is_understood(reading))
            reading = read_name(reader->taking, reader->monitored->mail, monitor, GENERIC_NAMED);
    }
    reader->own[n] = reading;
    return reading;
}

static bool fits(const struct taking *taking, const struct monitor *monitor,
                 const struct grammar_alert *alert)
{
    return grammar_monitor_fits(taking->intake->grammars, monitor, alert);
}

/* Does anything of the reading fit? What is to be ignored has groups too. */
static bool fits_any(const struct taking *taking, const struct monitor *monitor,
                     const struct reading *reading)
{
    const struct grammar_alert ignored = {.kind = COMMAND_IGNORE,
                                          .values = reading->values,
                                          .value_count = reading->value_count,
                                          .groups = reading->groups,
                                          .group_count = reading->group_count};

    if (reading->command->kind == COMMAND_IGNORE)
        return fits(taking, monitor, &ignored);
    for (size_t i = 0; i < reading->alert_count; i++)
        if (fits(taking, monitor, &reading->alerts[i]))
            return true;
    return false;
}

static void add_alert(struct monitored *monitored, struct monitored_alert *alerts,
                      const struct monitor *monitor, const struct grammar_alert *alert)
{
    alerts[monitored->alert_count++] = (struct monitored_alert){monitor, alert};
}

/* Each alert to the first that it fits of those who read the mail alike. */
static void share_out(struct reader *reader, const struct reading *reading)
{
    struct monitored *monitored = reader->monitored;
    struct monitored_alert *alerts =
        ARENA_ARRAY(reader->taking->arena, struct monitored_alert, reading->alert_count);

    monitored->reading = reading;
    monitored->alerts = alerts;
    for (size_t i = 0; i < reading->alert_count; i++)
        for (size_t n = 0; n < reader->among.count; n++)
            if (read_own(reader, n) == reading &&
                fits(reader->taking, reader->among.monitors[n], &reading->alerts[i])) {
                add_alert(monitored, alerts, reader->among.monitors[n], &reading->alerts[i]);
                break;
            }
}

static bool find(struct reader *reader)
{
    for (size_t n = 0; n < reader->among.count; n++) {
        const struct monitor *monitor = reader->among.monitors[n];
        const struct reading *reading = read_own(reader, n);

        if (!is_understood(reading) || !fits_any(reader->taking, monitor, reading))
            continue;
        reader->monitored->monitor = monitor;
        share_out(reader, reading);
        return true;
    }
    return false;
}

static struct reader open_reader(const struct taking *taking, const struct mail *mail,
                                 struct monitored_among among, struct monitored *monitored)
{
    *monitored = (struct monitored){.mail = mail};
    return (struct reader){
        .taking = taking,
        .among = among,
        .own = ARENA_ARRAY(taking->arena, const struct reading *, among.count),
        .monitored = monitored,
    };
}

bool monitored_read(const struct taking *taking, const struct mail *mail,
                    struct monitored_among among, struct monitored *monitored)
{
    struct reader reader = open_reader(taking, mail, among, monitored);

    return find(&reader);
}

bool monitored_read_by(const struct taking *taking, const struct mail *mail, const char *grammar,
                       struct monitored_among among, struct monitored *monitored)
{
    struct reader reader = open_reader(taking, mail, among, monitored);
    const struct grammar_request request = request_for(taking, mail, grammar);
    const struct reading *reading;

    if (strcmp(grammar, GENERIC) == 0)
        return monitored_read_named(taking, mail, GENERIC_NAMED, among, monitored);
    reading = grammar_read(taking->intake->grammars, taking->arena, &request);
    note_failures(monitored, reading);
    for (size_t n = 0; n < among.count; n++)
        reader.own[n] = reading;
    return find(&reader);
}

bool monitored_read_named(const struct taking *taking, const struct mail *mail,
                          enum generic_scope scope, struct monitored_among among,
                          struct monitored *monitored)
{
    const struct monitor *longest = NULL;
    struct reader reader = open_reader(taking, mail, among, monitored);

    for (size_t n = 0; n < among.count; n++) {
        const struct monitor *monitor = among.monitors[n];
        const struct reading *reading = read_name(taking, mail, monitor, scope);

        reader.own[n] = reading;
        if (!is_understood(reading) || !fits_any(taking, monitor, reading) ||
            (longest != NULL && strlen(longest->name) >= strlen(monitor->name)))
            continue;
        longest = monitor;
        monitored->monitor = monitor;
        monitored->alert_count = 0;
        share_out(&reader, reading);
    }
    return longest != NULL;
}

struct monitored_among monitored_nameable(const struct taking *taking)
{
    const struct intake_settings *settings = taking->intake->settings;
    const struct monitor **found =
        ARENA_ARRAY(taking->arena, const struct monitor *, settings->monitor_count);
    size_t count = 0;

    for (size_t i = 0; i < settings->monitor_count; i++) {
        const struct monitor *monitor = settings->monitors[i];

        if (monitor->address[0] == '\0' &&
            text_is_equal(text_of(monitor->policy.page_id), text_of(taking->page->id)) &&
            (monitor->grammar[0] == '\0' || strcmp(monitor->grammar, GENERIC) == 0))
            found[count++] = monitor;
    }
    return (struct monitored_among){found, count};
}
