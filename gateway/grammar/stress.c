#include "gateway/grammar/stress.h"

#include <string.h>

#define STRESS_BYTES ((size_t)64 * 1024)

static const char *const units[] = {"a", "a b ", "1", "-", "/", "a\n", "a: b\n", " ", "a@a\n"};

/* Repeats `unit` to STRESS_BYTES, with an end that makes what was swallowed be given back. */
static void fill(char *text, const char *unit)
{
    const size_t size = strlen(unit);

    for (size_t i = 0; i < STRESS_BYTES - 1; i++)
        text[i] = unit[i % size];
    text[STRESS_BYTES - 1] = '!';
}

const char *stress_pattern(const struct pattern *pattern)
{
    OWN(matcher) matcher = matcher_open();
    g_autofree char *text = g_malloc(STRESS_BYTES);
    const char *reason = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        fill(text, units[i]);
        if (matcher_match(matcher, pattern, text_from(text, STRESS_BYTES), &reason) == MATCH_FAILED)
            return reason;
    }
    return NULL;
}
