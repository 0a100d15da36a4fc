/* gateway/store/join_tallies.h: the tallies of one address, which end when she confirms or is erased;
 * for this folder alone. Their key is page and address, with a space between. */
#pragma once

#define JOIN_TALLY_HOUR "join.hour"
#define JOIN_TALLY_DAY  "join.day"
#define JOIN_TALLY_LIFE "join.life"
