#include "gateway/grammar/monitor_fits.h"

#include "gateway/grammar/books.h"

#include <string.h>

#define HELD_BYTES ((size_t)1000)

static bool add_fit(struct grammars *grammars, const struct monitor *monitor,
                    const struct monitor_match *match, struct monitor_fit *fit,
                    struct problems *problems)
{
    g_autoptr(GError) error = NULL;
    size_t offset = 0;
    struct pattern *pattern = pattern_open(match->pattern, &offset, &error);

    if (pattern == NULL) {
        const struct problem place = {
            .file = arena_format(grammars->arena, "monitor \"%s\"", monitor->name),
            .field = arena_format(grammars->arena, "match.%s", match->group)};
        problems_add(problems, &place, "'%s' is no pattern: %s", match->pattern, error->message);
        return false;
    }
    g_ptr_array_add(grammars->patterns, pattern);
    *fit = (struct monitor_fit){arena_string(grammars->arena, monitor->name),
                                arena_string(grammars->arena, match->group), pattern};
    return true;
}

bool monitor_fits_open(struct grammars *grammars, const struct grammar_settings *settings,
                       struct problems *problems)
{
    const char **names = ARENA_ARRAY(grammars->arena, const char *, settings->monitor_count);
    size_t count = 0;
    bool is_good = true;

    grammars->monitor_names = names;
    grammars->monitor_name_count = settings->monitor_count;
    for (size_t i = 0; i < settings->monitor_count; i++)
        names[i] = generic_fold(grammars->arena, text_of(settings->monitors[i]->name));
    for (size_t i = 0; i < settings->monitor_count; i++)
        count += settings->monitors[i]->match_count;
    struct monitor_fit *fits = ARENA_ARRAY(grammars->arena, struct monitor_fit, count);
    grammars->fits = fits;
    for (size_t i = 0; i < settings->monitor_count; i++)
        for (size_t n = 0; n < settings->monitors[i]->match_count; n++)
            if (add_fit(grammars, settings->monitors[i], &settings->monitors[i]->matches[n],
                        &fits[grammars->fit_count], problems))
                grammars->fit_count++;
            else
                is_good = false;
    return is_good;
}

/* What is longer names nothing that one could fit; so it costs little for however many monitors. */
static struct text cut(struct text text)
{
    size_t size = MIN(text.size, HELD_BYTES);

    while (size < text.size && ((unsigned char)text.at[size] & 0xC0) == 0x80)
        size--;
    return text_first(text, size);
}

bool grammar_monitor_fits(struct grammars *grammars, const struct monitor *monitor,
                          const struct grammar_alert *alert)
{
    for (size_t i = 0; i < grammars->fit_count; i++) {
        const struct monitor_fit *fit = &grammars->fits[i];
        const char *reason = NULL;
        if (strcmp(fit->monitor, monitor->name) != 0)
            continue;
        const char *held = grammar_value_find(alert->groups, alert->group_count, fit->group);
        const struct text text = cut(text_of(held));
        /* What breaks a limit does not fit: to speak for a monitor needs a yes. */
        if (matcher_match(grammars->matcher, fit->pattern, text, &reason) != MATCH_YES)
            return false;
    }
    return true;
}
