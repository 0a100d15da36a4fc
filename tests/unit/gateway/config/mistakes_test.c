#include "tests/unit/gateway/config/loading.h"

#include <assert.h>

/* Line 1 to 9 of every file here: good, and without a warning. A case adds lines from 10 on. */
#define GOOD                                                                                       \
    "status_pages:\n"                                                                              \
    "  - id: sp_one\n"                                                                             \
    "    name: One\n"                                                                              \
    "    address: status@status.example.com\n"                                                     \
    "    components: [{ id: comp_api, name: API }]\n"                                              \
    "operators:\n"                                                                                 \
    "  - name: Ada Byron\n"                                                                        \
    "    address: ada@example.com\n"                                                               \
    "    proofs: [sasl]\n"
#define PAGES                                                                                      \
    "status_pages:\n"                                                                              \
    "  - { id: sp_one, name: One, address: status@status.example.com }\n"
#define OPERATORS                                                                                  \
    "operators:\n"                                                                                 \
    "  - { name: Ada Byron, address: ada@example.com, proofs: [sasl] }\n"
#define RELAY GOOD "relays:\n  - host: 127.0.0.1\n"

struct fault {
    const char *content;
    unsigned line;
    const char *field; /* NULL: whatever */
    const char *part;  /* of the text */
    bool is_warning;
};

static const struct fault faults[] = {
    /* The file as a whole. */
    {"", 1, "", "`status_pages` is required", false},
    {"# nothing\n", 1, "", "`operators` is required", false},
    {PAGES, 1, "", "`operators` is required: a list", false},
    {OPERATORS, 1, "", "`status_pages` is required", false},
    {"status_pages: []\n" OPERATORS, 1, "status_pages", "at least 1 element", false},
    {PAGES "operators: []\n", 3, "operators", "at least 1 element", false},
    {"- a\n", 1, "", "is a list where a mapping", false},
    {GOOD "state: [\n", 11, NULL, "", false},
    {GOOD "state: &a /var/lib/tocsin\n", 10, NULL, "anchor", false},
    {GOOD "\tstate: /x\n", 10, NULL, "", false},
    {GOOD "state: /a\nstate: /b\n", 11, NULL, "twice", false},

    /* Fields that are unknown. */
    {GOOD "sate: /var/lib/tocsin\n", 10, "", "unknown field `sate`: did you mean `state`?", false},
    {GOOD "operator: []\n", 10, "", "did you mean `operators`?", false},
    {GOOD "colour: red\n", 10, "", "unknown field `colour`: known here are state", false},
    {GOOD "trust: { authserv: mx }\n", 10, "trust", "unknown field `authserv`", false},
    {RELAY "    prot: 25\n", 12, "relays[0]", "did you mean `port`?", false},
    {"status_pages:\n"
     "  - { id: sp_one, name: One, address: s@example.com, component: [] }\n" OPERATORS,
     2, "status_pages[0]", "did you mean `components`?", false},
    {PAGES "operators:\n"
           "  - { name: A, adress: a@example.com, address: a@example.com, proofs: [sasl] }\n",
     4, "operators[0]", "did you mean `address`?", false},

    /* Paths, sockets, spans, numbers. */
    {GOOD "state: var/lib/tocsin\n", 10, "state", "is no absolute path", false},
    {GOOD "templates: ./templates\n", 10, "templates", "is no absolute path", false},
    {GOOD "templates: /nonexistent/templates\n", 10, "templates", "is no directory", false},
    {GOOD "grammars: /nonexistent/grammars\n", 10, "grammars", "is no directory", false},
    {GOOD "milter: /run/tocsin/milter.sock\n", 10, "milter", "is no socket: write unix:", false},
    {GOOD "milter: inet:99999@127.0.0.1\n", 10, "milter", "is no socket", false},
    {GOOD "milter: inet:8891@0.0.0.0\n", 10, "milter", "can be reached from other machines", true},
    {GOOD "milter: { socket: unix:run/x }\n", 10, "milter.socket", "is no socket", false},
    {GOOD "milter: { workers: 0 }\n", 10, "milter.workers", "from 1 to 64", false},
    {GOOD "milter: { group: no_such_group_here }\n", 10, "milter.group", "is no group", false},
    {GOOD "milter: []\n", 10, "milter", "is a list where a mapping", false},
    {GOOD "retry: { first: 30 }\n", 10, "retry.first", "is no span of time", false},
    {GOOD "retry: { first: 10m, longest: 5m }\n", 10, "retry", "`longest` must not be", false},
    {GOOD "retry: { longest: 1d, give_up: 2h }\n", 10, "retry", "`give_up` must not be", false},
    {GOOD "relay_retry: { first: 10m, longest: 5m }\n", 10, "relay_retry", "`longest`", false},
    {GOOD "timeouts: { greeting: 1ms }\n", 10, "timeouts.greeting", "from 100ms to", false},
    {GOOD "watch: { progress: soon }\n", 10, "watch.progress", "is no span of time", false},
    {GOOD "limits: { message: 1MB }\n", 10, "limits.message", "is no size", false},
    {GOOD "limits: { header: 1MiB, message: 64KiB }\n", 10, "limits.header",
     "must not be more than `message`", false},
    {GOOD "limits: { cpu: 30s }\n", 10, "limits.cpu", "must not be more than `wall`", false},
    {GOOD "limits: { wall: 2s }\n", 10, "limits.wall", "`cpu` must not be more than", false},
    {GOOD "hostname: not_a_name\n", 10, "hostname", "is no name of a host", false},
    {GOOD "hostname: 192.0.2.1\n", 10, "hostname", "is no name of a host", false},
    {GOOD "dropped_words: [[a]]\n", 10, "dropped_words[0]", "is a list", false},

    /* Trust. */
    {GOOD "trust: { networks: [192.0.2.0/33] }\n", 10, "trust.networks[0]", "is no network", false},
    {GOOD "trust: { networks: [mx.example.com] }\n", 10, "trust.networks[0]", "192.0.2.0/28",
     false},
    {GOOD "trust:\n  networks:\n    - 192.0.2.0/28\n    - 10.0.0\n", 13, "trust.networks[1]",
     "is no network", false},
    {GOOD "trust: { networks: [127.0.0.0/8] }\n", 10, "trust.networks", "this machine itself",
     true},
    {GOOD "trust: { networks: ['::/1'] }\n", 10, "trust.networks", "this machine itself", true},
    {GOOD "trust: { authserv_id: 'mx example' }\n", 10, "trust.authserv_id",
     "is no name of a verifier", false},
    {GOOD "trust: { domains: [com] }\n", 10, "trust.domains[0]", "is no domain", false},
    {GOOD "trust: { signature_age: 1s }\n", 10, "trust.signature_age", "from 1m to 30d", false},

    /* Relays. */
    {GOOD "relays: []\n", 10, "relays", "at least 1 element", false},
    {GOOD "relays:\n  - port: 25\n", 11, "relays[0]", "needs `host:`", false},
    {RELAY "    port: smtp\n", 12, "relays[0].port", "from 1 to 65535", false},
    {RELAY "    port: 65536\n", 12, "relays[0].port", "from 1 to 65535", false},
    {RELAY "    port: 465\n", 12, "relays[0].port", "write `port: 587`", false},
    {RELAY "    tls: implicit\n", 12, "relays[0].tls", "`tls: starttls` and `port: 587`", false},
    {RELAY "    tls: smtps\n", 12, "relays[0].tls", "cannot be spoken here", false},
    {RELAY "    tls: maybe\n", 12, "relays[0].tls", "is not one of none", false},
    {RELAY "    user: gateway\n", 12, "relays[0].user", "needs a password", false},
    {RELAY "    user: gateway\n    password_file: /dev/null\n", 12, "relays[0].user",
     "in the clear", false},
    {RELAY "    password: secret\n", 12, "relays[0]", "passwords stand in files", false},
    {RELAY "    password_file: /nonexistent/password\n", 12, "relays[0].password_file",
     "No such file", false},
    {RELAY "    password_file: password\n", 12, "relays[0].password_file", "is no absolute path",
     false},
    {RELAY "    connections: 65\n", 12, "relays[0].connections", "from 1 to 64", false},
    {RELAY "    rate: 100\n", 12, "relays[0].rate", "100/s", false},
    {RELAY "  - host: 127.0.0.1\n", 12, "relays[1].host", "is given already in", false},
    {RELAY "    maildir: /var/tmp/mail\n", 11, "relays[0]", "`host` has no meaning", false},
    {GOOD "relays:\n  - maildir: mail\n", 11, "relays[0].maildir", "is no absolute path", false},
    {GOOD "relays:\n  - host: '[::1]'\n", 11, "relays[0].host", "IPv6 literals", false},
    {GOOD "relays:\n  - host: 2001:db8::1\n", 11, "relays[0].host", "write the relay's name",
     false},
    {GOOD "relays:\n  - host: a host\n", 11, "relays[0].host", "is no host", false},
    {GOOD "relays:\n  - host: 10.1.2.3\n", 11, "relays[0]", "in the clear", true},
    {GOOD "relays:\n  - host: mx.example.com\n    tls: none\n", 12, "relays[0].tls",
     "private network only", true},
    {GOOD "relays:\n  - host: 203.0.113.7\n", 11, "relays[0]", "private network only", true},
    {GOOD "relays:\n  - host: 203.0.113.7\n    tls: starttls\n", 11, "relays[0].host",
     "certificates name hosts", true},

    {GOOD "relays:\n  - { maildir: /a, connections: 64 }\n  - { maildir: /b, connections: 64 }\n"
          "  - { maildir: /c, connections: 64 }\n  - { maildir: /d, connections: 64 }\n"
          "  - { maildir: /e }\n",
     11, "relays", "256 connections at most", false},

    /* Pages. */
    {"status_pages:\n  - { name: One, address: s@example.com }\n" OPERATORS, 2, "status_pages[0]",
     "`id` is required", false},
    {"status_pages:\n  - { id: sp_one, address: s@example.com }\n" OPERATORS, 2, "status_pages[0]",
     "`name` is required", false},
    {"status_pages:\n  - { id: sp_one, name: One }\n" OPERATORS, 2, "status_pages[0]",
     "`address` is required", false},
    {"status_pages:\n  - { id: sp one, name: One, address: s@example.com }\n" OPERATORS, 2,
     "status_pages[0].id", "is no id", false},
    {"status_pages:\n  - { id: sp_one, name: One, address: status }\n" OPERATORS, 2,
     "status_pages[0].address", "is no address", false},
    {"status_pages:\n  - { id: sp_one, name: One, address: status@localhost }\n" OPERATORS, 2,
     "status_pages[0].address", "is no address", false},
    {"status_pages:\n  - { id: sp_one, name: One, address: a-page-of-one@example.com }\n" OPERATORS,
     2, "status_pages[0].address", "letters, digits, dots and _ only", false},
    {"status_pages:\n  - { id: sp_one, name: One, address: status+x@example.com }\n" OPERATORS, 2,
     "status_pages[0].address", "letters, digits, dots and _ only", false},
    {"status_pages:\n  - { id: sp_one, name: One, address: 'a%b@example.com' }\n" OPERATORS, 2,
     "status_pages[0].address", "are routes", false},
    {"status_pages:\n  - { id: sp_one, name: One, address: 'a!b@example.com' }\n" OPERATORS, 2,
     "status_pages[0].address", "are routes", false},
    {"status_pages:\n"
     "  - { id: sp_one, name: One, address: statusstatusstatusstatus@example.com }\n" OPERATORS,
     2, "status_pages[0].address", "at most 20", false},
    {PAGES "  - { id: sp_one, name: Two, address: two@example.com }\n" OPERATORS, 3,
     "status_pages[1].id", "is given already in", false},
    {PAGES "  - { id: sp_two, name: Two, address: Status@status.example.COM }\n" OPERATORS, 3,
     "status_pages[1].address", "is given already in", false},
    {PAGES "    url: status.example.com\n" OPERATORS, 3, NULL, "", false},
    {"status_pages:\n"
     "  - { id: sp_one, name: One, address: s@example.com, url: status.example.com }\n" OPERATORS,
     2, "status_pages[0].url", "https://status.example.com", false},
    {"status_pages:\n"
     "  - { id: sp_one, name: One, address: s@example.com, url: 'https://e.com/?a' }\n" OPERATORS,
     2, "status_pages[0].url", "without ? and #", false},
    {"status_pages:\n"
     "  - { id: sp_one, name: One, address: s@example.com, time_zone: Europe/Berlln }\n" OPERATORS,
     2, "status_pages[0].time_zone", "is no time zone", false},
    {"status_pages:\n"
     "  - { id: sp_one, name: One, address: s@example.com, language: german }\n" OPERATORS,
     2, "status_pages[0].language", "is no language", false},
    {"status_pages:\n"
     "  - { id: sp_one, name: One, address: s@example.com, language: ../x }\n" OPERATORS,
     2, "status_pages[0].language", "is no language", false},
    {"status_pages:\n"
     "  - { id: sp_one, name: One, address: s@example.com, language: tlh }\n" OPERATORS,
     2, "status_pages[0].language", "there are no templates", true},
    {"status_pages:\n"
     "  - { id: sp_one, name: One, address: s@example.com, contact: support }\n" OPERATORS,
     2, "status_pages[0].contact", "is no address", false},
    {"status_pages:\n"
     "  - { id: sp_one, name: One, address: s@example.com, contact: s+x@example.com }\n" OPERATORS,
     2, "status_pages[0].contact", "would come back", false},
    {"status_pages:\n"
     "  - { id: sp_one, name: One, address: s@example.com, reopen_for: 7 }\n" OPERATORS,
     2, "status_pages[0].reopen_for", "is no span of time", false},

    /* Components. */
    {"status_pages:\n  - id: sp_one\n    name: One\n    address: s@example.com\n    components:\n"
     "      - { id: comp_api, name: API }\n      - { id: comp_api, name: Web }\n" OPERATORS,
     7, "status_pages[0].components[1].id", "is given already in", false},
    {"status_pages:\n  - id: sp_one\n    name: One\n    address: s@example.com\n    components:\n"
     "      - { id: comp_api, name: API }\n      - { id: comp_web, name: api }\n" OPERATORS,
     7, "status_pages[0].components[1].name", "is given already in", false},
    {"status_pages:\n  - id: sp_one\n    name: One\n    address: s@example.com\n    components:\n"
     "      - { id: comp_all, name: API }\n" OPERATORS,
     6, "status_pages[0].components[0].id", "means every component", false},
    {"status_pages:\n  - id: sp_one\n    name: One\n    address: s@example.com\n    components:\n"
     "      - { id: 'comp=api', name: API }\n" OPERATORS,
     6, "status_pages[0].components[0].id", "is no id", false},
    {"status_pages:\n  - id: sp_one\n    name: One\n    address: s@example.com\n    components:\n"
     "      - { id: comp_api }\n" OPERATORS,
     6, "status_pages[0].components[0]", "`name` is required", false},
    {"status_pages:\n  - id: sp_one\n    name: One\n    address: s@example.com\n"
     "    components: comp_api\n" OPERATORS,
     5, "status_pages[0].components", "a list is expected", false},

    /* Operators. */
    {PAGES "operators:\n  - { address: a@example.com, proofs: [sasl] }\n", 4, "operators[0]",
     "`name` is required", false},
    {PAGES "operators:\n  - { name: A, proofs: [sasl] }\n", 4, "operators[0]",
     "`address` is required", false},
    {PAGES "operators:\n  - { name: A, address: a@example.com }\n", 4, "operators[0]",
     "needs a proof", false},
    {PAGES "operators:\n  - { name: A, address: a@example.com, proofs: [] }\n", 4,
     "operators[0].proofs", "is empty", false},
    {PAGES "operators:\n  - { name: A, address: a@example.com, proofs: [dkim] }\n", 4,
     "operators[0].proofs", "trust.authserv_id is unset", false},
    {PAGES "operators:\n  - { name: A, address: a@example.com, proofs: [spf, dkim] }\n", 4,
     "operators[0].proofs", "trust.authserv_id is unset", false},
    {PAGES "operators:\n  - { name: A, address: a@example.com, require: [dkim, sasl] }\n", 4,
     "operators[0].require", "never hold", false},
    {PAGES "operators:\n  - { name: A, address: a@example.com, proofs: [network] }\n", 4,
     "operators[0].proofs[0]", "for monitors only", false},
    {PAGES "operators:\n  - { name: A, address: a@example.com, proofs: [dkmi] }\n", 4,
     "operators[0].proofs[0]", "is no proof", false},
    {PAGES "operators:\n  - { name: A, address: a@example.com, proofs: [openpgp] }\n", 4,
     "operators[0].proofs", "cannot be checked by this version", false},
    {PAGES "operators:\n  - { name: A, address: a@example.com, proofs: [sasl, smime] }\n", 4,
     "operators[0].proofs", "the other proofs count", true},
    {PAGES "operators:\n  - { name: A, address: a@example.com, proofs: [reply_key] }\n", 4,
     "operators[0].proofs", "a reply key counts alone", true},
    {PAGES "operators:\n  - { name: A, address: a@example.com, proofs: [dkim, sasl] }\n", 4,
     "operators[0].proofs", "count for nothing", true},
    {PAGES "operators:\n"
           "  - { name: A, address: a@example.com, proofs: [sasl], require: [sasl, reply_key] }\n",
     4, "operators[0].proofs", "beside `require`", true},
    {"trust: { authserv_id: mx.example.com }\n" PAGES
     "operators:\n  - { name: A, address: a@Gmail.com, proofs: [dkim, sasl] }\n",
     5, "operators[0].proofs", "everybody may have an address", true},
    {PAGES "operators:\n  - { name: A, address: a, proofs: [sasl] }\n", 4, "operators[0].address",
     "is no address", false},
    {PAGES "operators:\n  - { name: A, address: status@status.example.com, proofs: [sasl] }\n", 4,
     "operators[0].address", "a status page's own", false},
    {PAGES "operators:\n  - { name: A, address: Status+x@status.example.com, proofs: [sasl] }\n", 4,
     "operators[0].address", "a status page's own", false},
    {PAGES OPERATORS "  - { name: B, address: ADA@example.com, proofs: [sasl] }\n", 5,
     "operators[1].address", "is given already in", false},
    {PAGES "operators:\n"
           "  - { name: A, address: a@example.com, login: one, proofs: [sasl] }\n"
           "  - { name: B, address: b@example.com, login: one, proofs: [sasl] }\n",
     5, "operators[1].login", "is given already in", false},
    {PAGES "operators:\n"
           "  - { name: A, address: a@example.com, pages: [sp_one, sp_on], proofs: [sasl] }\n",
     4, "operators[0].pages[1]", "there is no page \"sp_on\" among status_pages: did you mean",
     false},
    {PAGES "operators:\n  - { name: A, address: a@example.com, pages: [], proofs: [sasl] }\n", 4,
     "operators[0].pages", "is empty", false},
    {PAGES "operators:\n"
           "  - { name: A, address: a@example.com, proofs: [sasl], notify: never }\n",
     4, "operators[0].notify", "is not one of all, own, none", false},
    {PAGES "operators:\n"
           "  - { name: A, address: a@example.com, proofs: [sasl], time_zone: CEST5 }\n",
     4, "operators[0].time_zone", "is no time zone", false},

    /* Monitors, as far as they are read. */
    {GOOD "monitors:\n  - name: M\n  - name: m\n", 12, "monitors[1].name", "is given already in",
     false},
    {GOOD "monitors:\n  - { name: M, alert_policy: { status_page_id: sp_two } }\n", 11,
     "monitors[0].alert_policy.status_page_id", "there is no page \"sp_two\"", false},
    {GOOD "monitors:\n"
          "  - name: M\n"
          "    alert_policy: { status_page_id: sp_one, affected_component: comp_web }\n",
     12, "monitors[0].alert_policy.affected_component",
     "there is no component \"comp_web\" on page sp_one", false},
    {GOOD "monitors:\n  - { name: M, match: { host: '^(api' } }\n", 11, "monitors[0].match.host",
     "is no pattern", false},
    {GOOD "monitor: { name: M }\nmonitors: []\n", 10, "", "cannot stand in one file", false},
};

static bool is_it(const struct problem *problem, const struct fault *fault)
{
    return problem->line == fault->line && problem->is_warning == fault->is_warning &&
           (fault->field == NULL || strcmp(problem->field, fault->field) == 0) &&
           strstr(problem->text, fault->part) != NULL;
}

static bool is_found(struct loading *loading, const struct fault *fault)
{
    size_t count = 0;
    const struct problem *const *all = problems_list(loading->problems, &count);
    bool found = false;

    for (size_t i = 0; i < count; i++) {
        assert_string_equal(all[i]->file, loading->file);
        found = found || is_it(all[i], fault);
    }
    return found;
}

/* A warning lets the configuration load. */
static bool is_as_told(struct loading *loading, const struct fault *fault)
{
    (void)loading_write(loading, "tocsin.yaml", fault->content, 0644);
    loading_load(loading);
    if (is_found(loading, fault) && (loading->config != NULL) == fault->is_warning)
        return true;
    print_error("no \"%s\" (%s) at line %u of:\n%s\nbut:\n%s\n", fault->part,
                fault->field == NULL ? "any field" : fault->field, fault->line, fault->content,
                loading_report(loading));
    return false;
}

TEST(each_fault_is_named_with_its_line_and_what_would_be_right)
{
    static_assert(G_N_ELEMENTS(faults) >= 100, "a hundred faults or more");
    size_t missed = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
        struct loading loading = loading_open();
        if (!is_as_told(&loading, &faults[i]))
            missed++;
        loading_close(&loading);
    }
    assert_int_equal(missed, 0);
}

TEST(every_fault_of_a_file_is_listed_at_once)
{
    static const char content[] = "state: lib\n"                                          /* 1 */
                                  "milter: milter.sock\n"                                 /* 2 */
                                  "relays:\n"                                             /* 3 */
                                  "  - { host: 127.0.0.1, port: smtp }\n"                 /* 4 */
                                  "trust: { networks: [10.0.0.0/40] }\n"                  /* 5 */
                                  "status_pages:\n"                                       /* 6 */
                                  "  - { id: sp_a, name: A, address: a }\n"               /* 7 */
                                  "  - { id: sp_a, name: B, address: b@example.com }\n"   /* 8 */
                                  "  - id: sp_c\n"                                        /* 9 */
                                  "    name: C\n"                                         /* 10 */
                                  "    address: c@example.com\n"                          /* 11 */
                                  "    time_zone: Mars/Olympus\n"                         /* 12 */
                                  "operators:\n"                                          /* 13 */
                                  "  - { name: A, address: a@example.com, pages: sp_x, "  /* 14 */
                                  "proofs: [sasl] }\n"                                    /* 14 */
                                  "  - { name: B, address: b@example.com, proofs: [] }\n" /* 15 */
                                  "colour: red\n";                                        /* 16 */
    static const unsigned lines[] = {1, 2, 4, 5, 7, 8, 12, 14, 15, 15, 16};
    struct loading loading = loading_open();
    size_t count = 0;

    (void)loading_write(&loading, "tocsin.yaml", content, 0644);
    loading_load(&loading);
    assert_null(loading.config);
    const struct problem *const *all = problems_list(loading.problems, &count);
    if (count != G_N_ELEMENTS(lines))
        fail_msg("%zu problems:\n%s", count, loading_report(&loading));
    for (size_t i = 0; i < count; i++)
        assert_int_equal(all[i]->line, lines[i]);
    loading_close(&loading);
}

TEST(a_good_file_has_no_problem)
{
    struct loading loading = loading_open();

    (void)loading_write(&loading, "tocsin.yaml", GOOD, 0644);
    loading_load(&loading);
    assert_string_equal(loading_report(&loading), "");
    assert_non_null(loading.config);
    loading_close(&loading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_is_named_with_its_line_and_what_would_be_right),
        cmocka_unit_test(every_fault_of_a_file_is_listed_at_once),
        cmocka_unit_test(a_good_file_has_no_problem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
