/* Zones by their names, for when_scan.h. */
#include "gateway/base/when_scan.h"
#include "gateway/base/zones.h"

#define ZONE_WORDS_MOST 4

/* A zone may have several words: "Pacific Standard Time". */
static size_t measure_zone(struct when_scan *scan, struct text *zone)
{
    struct zone_meaning meanings[ZONES_MEANINGS_MOST];
    const struct when_token *name = when_scan_peek(scan, 0);

    for (size_t count = ZONE_WORDS_MOST; count > 1; count--) {
        const struct when_token *last = when_scan_peek(scan, count - 1);
        if (last->kind != WHEN_TOKEN_NAME && last->kind != WHEN_TOKEN_WORD)
            continue;
        *zone = text_from(name->text.at, (size_t)(last->text.at + last->text.size - name->text.at));
        if (text_find_byte(*zone, ' ') > 0 && zones_find(scan->arena, *zone, meanings) > 0)
            return count;
    }
    *zone = name->text;
    return 1;
}

/* Behind UTC and GMT an offset may stand. */
static void take_shift(struct when_scan *scan)
{
    const struct when_token *sign = when_scan_peek(scan, 0);
    const struct text zone = scan->parts->zone;

    if ((!text_is_equal_any_case(zone, TEXT("UTC")) &&
         !text_is_equal_any_case(zone, TEXT("GMT"))) ||
        (!when_scan_is_sign(sign, '+') && !when_scan_is_sign(sign, '-')) ||
        !when_scan_is_number(when_scan_peek(scan, 1), 4))
        return;
    const bool has_colon = when_scan_is_sign(when_scan_peek(scan, 2), ':') &&
                           when_scan_is_number(when_scan_peek(scan, 3), 2);
    const struct when_token *last = when_scan_peek(scan, has_colon ? 3 : 1);
    scan->parts->zone =
        text_from(sign->text.at, (size_t)(last->text.at + last->text.size - sign->text.at));
    scan->at += has_colon ? 4 : 2;
}

/* A name that no zone has is one of a zone only behind a time of day. */
bool when_zone_take(struct when_scan *scan)
{
    const struct when_token *name = when_scan_peek(scan, 0);
    struct zone_meaning meanings[ZONES_MEANINGS_MOST];
    struct text zone;

    if (name->kind != WHEN_TOKEN_NAME)
        return false;
    const size_t count = measure_zone(scan, &zone);
    if (!scan->parts->has_time && zones_find(scan->arena, zone, meanings) == 0)
        return false;
    if (scan->parts->zone.size > 0)
        scan->why = "it names two zones";
    scan->parts->zone = zone;
    scan->at += count;
    take_shift(scan);
    return true;
}
