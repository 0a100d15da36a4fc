#include "gateway/intake/passing.h"

#include "gateway/intake/ours.h"

#include <string.h>

struct passing_speaker passing_speaker_of(const struct taking *taking,
                                          const struct operator* operator)
{
    const struct intake_settings *settings = taking->intake->settings;

    for (size_t i = 0; settings->speakers != NULL && i < settings->operator_count; i++)
        if (settings->operators[i] == operator)
            return (struct passing_speaker){
                .forwards_for = settings->speakers[i].forwards_for,
                .forwards_for_count = settings->speakers[i].forwards_for_count,
            };
    return (struct passing_speaker){.monitor = NULL};
}

const struct forwarded *passing_find(const struct taking *taking, const struct mail *mail)
{
    const struct forwarded *forwarded =
        mail_forwarded(taking->arena, mail, &taking->intake->settings->mail);

    return forwarded != NULL && !ours_is_mail(taking, forwarded->mail) ? forwarded : NULL;
}

/* Of this page, and of no other author than the inner mail's. */
static bool may_be(const struct taking *taking, const struct mail *inner,
                   const struct monitor *monitor)
{
    if (!text_is_equal(text_of(monitor->policy.page_id), text_of(taking->page->id)))
        return false;
    return monitor->address[0] == '\0' ||
           (inner->from != NULL &&
            text_is_equal_any_case(text_of(monitor->address), text_of(inner->from->whole)));
}

struct choice {
    const struct taking *taking;
    const struct mail *inner;
    const struct passing_speaker *speaker;
    const char *grammar;
    const struct monitor **monitors;
    size_t count;
};

static void add(struct choice *choice, const struct monitor *monitor)
{
    for (size_t i = 0; i < choice->count; i++)
        if (choice->monitors[i] == monitor)
            return;
    choice->monitors[choice->count++] = monitor;
}

static bool reads_by(const struct monitor *monitor, const char *grammar)
{
    return strcmp(monitor->grammar, grammar) == 0;
}

/* Those with this `from:`, the forwarder itself, those of this grammar: in this order. */
static void gather(struct choice *choice)
{
    const struct intake_settings *settings = choice->taking->intake->settings;

    for (size_t i = 0; i < settings->monitor_count; i++) {
        const struct monitor *monitor = settings->monitors[i];

        if (monitor->address[0] != '\0' && may_be(choice->taking, choice->inner, monitor) &&
            (monitor->grammar[0] == '\0' || reads_by(monitor, choice->grammar)))
            add(choice, monitor);
    }
    if (choice->speaker->monitor != NULL)
        add(choice, choice->speaker->monitor);
    for (size_t i = 0; i < settings->monitor_count; i++) {
        const struct monitor *monitor = settings->monitors[i];

        if (may_be(choice->taking, choice->inner, monitor) && reads_by(monitor, choice->grammar))
            add(choice, monitor);
    }
}

static bool read_by_grammar(const struct taking *taking, const struct mail *inner,
                            const struct passing_speaker *speaker, const char *grammar,
                            struct monitored *monitored)
{
    struct choice choice = {
        .taking = taking,
        .inner = inner,
        .speaker = speaker,
        .grammar = grammar,
        .monitors = ARENA_ARRAY(taking->arena, const struct monitor *,
                                taking->intake->settings->monitor_count + 1),
    };

    gather(&choice);
    return monitored_read_by(taking, inner, grammar,
                             (struct monitored_among){choice.monitors, choice.count}, monitored);
}

static const struct monitor *find_monitor(const struct taking *taking, const char *name)
{
    const struct intake_settings *settings = taking->intake->settings;

    for (size_t i = 0; i < settings->monitor_count; i++)
        if (strcmp(settings->monitors[i]->name, name) == 0)
            return settings->monitors[i];
    return NULL;
}

static bool read_one(const struct taking *taking, const struct mail *inner,
                     const struct passing_speaker *speaker, const char *word,
                     struct monitored *monitored)
{
    const struct monitor *monitor = find_monitor(taking, word);

    if (monitor == NULL)
        return grammars_have(taking->intake->grammars, word) &&
               read_by_grammar(taking, inner, speaker, word, monitored);
    return may_be(taking, inner, monitor) &&
           monitored_read(taking, inner, (struct monitored_among){&monitor, 1}, monitored);
}

bool passing_read(const struct taking *taking, const struct forwarded *forwarded,
                  const struct passing_speaker *speaker, struct monitored *monitored)
{
    for (size_t i = 0; i < speaker->forwards_for_count; i++)
        if (read_one(taking, forwarded->mail, speaker, speaker->forwards_for[i], monitored))
            return true;
    return false;
}
