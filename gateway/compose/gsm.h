/* gateway/compose/gsm.h: the alphabet of pagers and telephones: GSM 03.38 (3GPP TS 23.038, its default
 * alphabet and the extension of it).
 *
 * What is not in it is transliterated: letters without their marks, Cyrillic to Latin, Greek to its
 * capitals (of which the alphabet has those that do not look like Latin ones), kana to romaji. A run of
 * other letters (kanji, Arabic …) is one question mark; all else vanishes. */
#pragma once

#include "gateway/base/text.h"

/* 1, or 2 for what is escaped: ^ { } \ [ ~ ] | and the euro; 0: it is not in the alphabet. */
unsigned gsm_count_septets(uint32_t character);

/* Appends what stands for `character`, in characters of the alphabet. */
void gsm_append(GString *output, uint32_t character);
