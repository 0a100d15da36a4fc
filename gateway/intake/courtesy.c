#include "gateway/intake/courtesy.h"

#include "gateway/base/moment.h"
#include "gateway/store/intakes.h"

#include <string.h>

#define DOMAIN_MOST 30 /* an hour */
#define SAME_MOST   3  /* a day */

bool courtesy_count(const struct taking *taking, const char *name, const char *key, int64_t span_ms,
                    int64_t *count, GError **error)
{
    g_autofree char *lower = g_ascii_strdown(key, -1);
    int64_t since;

    return intakes_tally(taking->intake->store, name, lower, span_ms, taking->now, count, &since,
                         error);
}

bool courtesy_ask(const struct taking *taking, const char *address, enum courtesy *courtesy,
                  GError **error)
{
    const int64_t most = taking->intake->settings->question_limit;
    const char *at = strrchr(address, '@');
    int64_t count;
    int64_t of_domain;

    if (!courtesy_count(taking, "question", address, HOUR_MS, &count, error) ||
        !courtesy_count(taking, "question domain", at != NULL ? at + 1 : address, HOUR_MS,
                        &of_domain, error))
        return false;
    if (count > most || of_domain > DOMAIN_MOST)
        *courtesy = COURTESY_OVER;
    else
        *courtesy = count == most || of_domain == DOMAIN_MOST ? COURTESY_LAST : COURTESY_GIVEN;
    return true;
}

bool courtesy_ask_same(const struct taking *taking, bool *may, GError **error)
{
    const struct text texts[] = {text_of(taking->mail->from->whole), text_of(taking->mail->text),
                                 text_of(taking->mail->subject)};
    uint8_t digest[SECRET_DIGEST_SIZE];
    int64_t count;

    secret_digest(texts, G_N_ELEMENTS(texts), digest);
    if (!courtesy_count(taking, "question same", hex_write(taking->arena, digest, sizeof digest),
                        DAY_MS, &count, error))
        return false;
    *may = count <= SAME_MOST;
    return true;
}
