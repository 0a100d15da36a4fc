/* joins_count() of joins.h: how many confirmation letters there may be. */
#include "gateway/store/joins.h"

#include "gateway/base/moment.h"
#include "gateway/store/join_tallies.h"
#include "gateway/store/statements.h"

#include <arpa/inet.h>
#include <string.h>

#define NETWORK_SIZE (INET6_ADDRSTRLEN + 4)

/* Tallies are forgotten 7 days after they began (intakes.h). That of letters until she confirms is to
 * live 90: it begins that much later, and has no span. */
#define LIFE_MS (90 * DAY_MS)
#define KEPT_MS (7 * DAY_MS)

const struct joins_limits joins_limits_default = {
    .per_hour = 1, .per_day = 3, .until_confirmed = 5, .per_domain = 100, .per_network = 20};

enum query { QUERY_COUNT_REQUEST, QUERY_COUNT };

#define IS_OVER                                                                                    \
    "EXISTS (SELECT 1 FROM measure AS m CROSS JOIN tally AS t"                                     \
    " ON t.name = m.name AND t.key = m.key WHERE t.count >= m.most"                                \
    " AND (m.span = 0 OR (t.since > ?5 - m.span AND t.since <= ?5)))"

/* The span of a row that is there goes on. */
#define GOES_ON                                                                                    \
    "(tally.name = '" JOIN_TALLY_LIFE "' OR (tally.since <= ?5 AND tally.since > ?5 -"             \
    " CASE WHEN tally.name IN ('" JOIN_TALLY_DAY "', 'join.refused') THEN 86400000"                \
    " ELSE 3600000 END))"

/* One statement, not a look and then a write: a hundred at once get no more than one (security A39). A
 * span that begins in the future is of a clock that was wrong: over. */
static const struct statements_query queries[QUERY_COUNT] = {
    [QUERY_COUNT_REQUEST] =
        {"WITH measure (name, key, since, span, most) AS (VALUES"
         " ('" JOIN_TALLY_HOUR "', ?1 || ' ' || ?2, ?5, 3600000, ?6),"
         " ('" JOIN_TALLY_DAY "', ?1 || ' ' || ?2, ?5, 86400000, ?7),"
         " ('" JOIN_TALLY_LIFE "', CASE WHEN NOT EXISTS (SELECT 1 FROM subscriber"
         " WHERE page_id = ?1 AND address = ?2 AND state = 1) THEN ?1 || ' ' || ?2 END,"
         " ?11, 0, ?8),"
         " ('join.domain', ?3, ?5, 3600000, ?9),"
         " ('join.network', ?4, ?5, 3600000, ?10))"
         " INSERT INTO tally (name, key, since, count)"
         " SELECT m.name, m.key, m.since, 1 FROM measure AS m"
         " WHERE m.key IS NOT NULL AND NOT " IS_OVER
         " UNION ALL SELECT 'join.refused', ?1, ?5, 1 WHERE " IS_OVER
         " ON CONFLICT (name, key) DO UPDATE SET"
         " count = CASE WHEN " GOES_ON " THEN tally.count + 1 ELSE 1 END,"
         " since = CASE WHEN " GOES_ON " THEN tally.since ELSE excluded.since END"
         " RETURNING name = 'join.refused'",
         "m: five measures"},
};

const struct statements_table join_limits_statements = {"join_limits", queries, QUERY_COUNT};

/* "192.0.2.0/24", "2001:db8:1::/48"; false: it is no address. */
static bool write_network(const char *client, char network[NETWORK_SIZE])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}; /* ::ffff:192.0.2.1 */
    uint8_t bytes[sizeof(struct in6_addr)] = {0};
    int family = AF_INET;

    if (inet_pton(AF_INET, client, bytes) != 1) {
        if (inet_pton(AF_INET6, client, bytes) != 1)
            return false;
        family = memcmp(bytes, mapped, sizeof mapped) == 0 ? AF_INET : AF_INET6;
        if (family == AF_INET)
            memcpy(bytes, bytes + sizeof mapped, sizeof(struct in_addr));
    }
    if (family == AF_INET)
        bytes[3] = 0;
    else
        memset(bytes + 6, 0, sizeof bytes - 6);
    (void)inet_ntop(family, bytes, network, NETWORK_SIZE);
    g_strlcat(network, family == AF_INET ? "/24" : "/48", NETWORK_SIZE);
    return true;
}

static const char *domain_of(const char *address)
{
    const char *at = strrchr(address, '@');

    return at != NULL ? at + 1 : address;
}

static void bind_limits(struct statement *counted, const struct joins_limits *limits)
{
    statements_bind_int(counted, 6, limits->per_hour);
    statements_bind_int(counted, 7, limits->per_day);
    statements_bind_int(counted, 8, limits->until_confirmed);
    statements_bind_int(counted, 9, limits->per_domain);
    statements_bind_int(counted, 10, limits->per_network);
}

bool joins_count(const struct joins_desk *desk, const struct joins_request *request,
                 const struct joins_limits *limits, bool *may, GError **error)
{
    OWN(statement)
    counted = statements_start(desk->store, &join_limits_statements, QUERY_COUNT_REQUEST);
    char network[NETWORK_SIZE] = "";
    int64_t is_over = 1;

    statements_bind_string(counted, 1, desk->page->id);
    statements_bind_string(counted, 2, request->address);
    statements_bind_string(counted, 3, domain_of(request->address));
    if (write_network(request->client, network)) /* else NULL, and not measured */
        statements_bind_string(counted, 4, network);
    statements_bind_int(counted, 5, desk->now);
    bind_limits(counted, limits);
    statements_bind_int(counted, 11, desk->now + LIFE_MS - KEPT_MS);
    if (!statements_run_value(counted, 1, &is_over, error))
        return false;
    *may = is_over == 0;
    return true;
}
