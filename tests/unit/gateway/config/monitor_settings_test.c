#include "gateway/base/moment.h"
#include "tests/unit/gateway/config/loading.h"

#include <assert.h>

/* Line 1 to 8 of every file here. */
#define GOOD                                                                                       \
    "trust: { networks: [192.0.2.0/28] }\n"                                                        \
    "status_pages:\n"                                                                              \
    "  - id: sp_one\n"                                                                             \
    "    name: One\n"                                                                              \
    "    address: status@status.example.com\n"                                                     \
    "    components: [{ id: comp_api, name: API }, { id: comp_web, name: Web }]\n"                 \
    "operators:\n"                                                                                 \
    "  - { name: Ada Byron, address: ada@example.com, proofs: [sasl] }\n"
#define TWO_PAGES                                                                                  \
    "status_pages:\n"                                                                              \
    "  - { id: sp_one, name: One, address: one@example.com }\n"                                    \
    "  - { id: sp_two, name: Two, address: two@example.com }\n"                                    \
    "operators:\n"                                                                                 \
    "  - { name: Ada Byron, address: ada@example.com, proofs: [sasl] }\n"
#define MONITOR GOOD "monitors:\n  - name: M\n"
#define POLICY  MONITOR "    alert_policy:\n      "
#define PAGER(fields)                                                                              \
    "status_pages:\n"                                                                              \
    "  - { id: sp_one, name: One, address: one@example.com }\n"                                    \
    "operators:\n"                                                                                 \
    "  - { name: A, address: a@example.com, proofs: [sasl],\n"                                     \
    "      " fields " }\n"

static const struct config *load(struct loading *loading, const char *content)
{
    (void)loading_write(loading, "tocsin.yaml", content, 0644);
    loading_load(loading);
    assert_string_equal(loading_report(loading), "");
    assert_non_null(loading->config);
    return loading->config;
}

TEST(a_name_is_all_that_a_monitor_needs)
{
    struct loading loading = loading_open();
    const struct config *config = load(&loading, MONITOR);
    const struct monitor *monitor = config->monitors[0];
    const struct alert_policy *policy = &monitor->policy;

    assert_int_equal(config->monitor_count, 1);
    assert_string_equal(monitor->name, "M");
    assert_string_equal(monitor->address, "");
    assert_string_equal(monitor->grammar, "");
    assert_string_equal(config->monitor_identities[0]->address, "");
    assert_true(config->monitor_identities[0]->is_monitor);
    assert_false(policy->creates_incident);
    assert_string_equal(policy->page_id, "sp_one");
    assert_int_equal(policy->component_count, 0);
    assert_false(policy->has_severity);
    assert_int_equal(policy->open_after_alerts, 1);
    assert_int_equal(policy->open_after_ms, 0);
    assert_true(policy->resolves_on_clear);
    assert_int_equal(policy->resolve_after_ms, 0);
    assert_int_equal(policy->flapping.most, 0);
    assert_false(policy->updates_on_change);
    assert_int_equal(policy->group, ALERT_GROUP_MONITOR);
    assert_true(policy->is_suppressed_by_maintenance);
    assert_false(policy->is_quiet_after_human);
    assert_false(policy->identifies_on_acknowledge);
    assert_int_equal(policy->expect_every_ms, 0);
    assert_int_equal(policy->incidents.most, 10);
    assert_int_equal(policy->incidents.within_ms, HOUR_MS);
    assert_int_equal(policy->updates.most, 6);
    assert_int_equal(policy->updates.within_ms, HOUR_MS);
    assert_null(policy->title);
    assert_null(policy->update);
    assert_null(policy->resolved);
    loading_close(&loading);
}

/* Everything, each with another value than its default. */
static const char all[] = GOOD "monitors:\n"
                               "  - name: Checks\n"
                               "    from: Nagios@Mon.Example.COM\n"
                               "    login: nagios\n"
                               "    require: [sasl, network]\n"
                               "    grammar: nagios\n"
                               "    match: { host: '^api', service: 'HTTP' }\n"
                               "    forwards_for: [zabbix, Other]\n"
                               "    alert_policy:\n"
                               "      create_status_page_incident: true\n"
                               "      status_page_id: sp_one\n"
                               "      affected_components: [comp_web, comp_api]\n"
                               "      incident_severity: critical\n"
                               "      open_after: { alerts: 3, for: 2m }\n"
                               "      resolve_on_clear: yes\n"
                               "      resolve_after: 5m\n"
                               "      flapping: { changes: 4, within: 30m }\n"
                               "      update_on_change: true\n"
                               "      group: component\n"
                               "      maintenance: open\n"
                               "      quiet_after_human: true\n"
                               "      acknowledge: identified\n"
                               "      expect_every: 5m\n"
                               "      limits:\n"
                               "        incidents: { most: 3, within: 2h }\n"
                               "        updates: { most: 0 }\n"
                               "      title: '{{component}} is not well'\n"
                               "      update: |\n"
                               "        {{service}} does not answer.\n"
                               "        We are looking.\n"
                               "      resolved: '{{service}} answers again.'\n"
                               "  - name: Other\n";

static void check_words(const struct monitor *monitor, const struct identity *identity)
{
    assert_string_equal(monitor->address, "Nagios@mon.example.com");
    assert_string_equal(identity->address, "Nagios@mon.example.com");
    assert_string_equal(identity->login, "nagios");
    assert_int_equal(identity->accepts, 0);
    assert_int_equal(identity->requires, PROOF_SASL | PROOF_NETWORK);
    assert_int_equal(monitor->match_count, 2);
    assert_string_equal(monitor->matches[1].group, "service");
    assert_string_equal(monitor->matches[1].pattern, "HTTP");
    assert_int_equal(monitor->forwards_for_count, 2);
    assert_string_equal(monitor->forwards_for[0], "zabbix");
}

TEST(every_setting_of_a_monitor_arrives)
{
    struct loading loading = loading_open();
    const struct config *config = load(&loading, all);
    const struct alert_policy *policy = &config->monitors[0]->policy;

    check_words(config->monitors[0], config->monitor_identities[0]);
    assert_int_equal(policy->component_count, 2);
    assert_string_equal(policy->component_ids[0], "comp_web");
    assert_int_equal(policy->severity, SEVERITY_CRITICAL);
    assert_int_equal(policy->open_after_alerts, 3);
    assert_int_equal(policy->open_after_ms, 2 * MINUTE_MS);
    assert_int_equal(policy->resolve_after_ms, 5 * MINUTE_MS);
    assert_int_equal(policy->flapping.most, 4);
    assert_int_equal(policy->flapping.within_ms, 30 * MINUTE_MS);
    assert_true(policy->updates_on_change);
    assert_int_equal(policy->group, ALERT_GROUP_COMPONENT);
    assert_false(policy->is_suppressed_by_maintenance);
    assert_true(policy->is_quiet_after_human);
    assert_true(policy->identifies_on_acknowledge);
    assert_int_equal(policy->expect_every_ms, 5 * MINUTE_MS);
    assert_int_equal(policy->incidents.most, 3);
    assert_int_equal(policy->incidents.within_ms, 2 * HOUR_MS);
    assert_int_equal(policy->updates.most, 0);
    assert_int_equal(policy->updates.within_ms, HOUR_MS);
    assert_string_equal(policy->title, "{{component}} is not well");
    assert_string_equal(policy->update, "{{service}} does not answer.\nWe are looking.\n");
    assert_string_equal(policy->resolved, "{{service}} answers again.");
    assert_true(config_check(loading.arena, config, loading.problems));
    assert_int_equal(problems_count_errors(loading.problems), 0);
    loading_close(&loading);
}

TEST(an_operator_has_pagers_and_may_pass_on)
{
    struct loading loading = loading_open();
    const struct config *config =
        load(&loading, PAGER("forwards_for: nagios, pagers: [{ address: '1@SMS.Example.net', "
                             "proofs: [sasl], login: gate }]"));
    const struct speaker *speaker = &config->speakers[0];

    assert_ptr_equal(config->intake.speakers, config->speakers);
    assert_int_equal(speaker->forwards_for_count, 1);
    assert_string_equal(speaker->forwards_for[0], "nagios");
    assert_int_equal(speaker->pager_count, 1);
    assert_string_equal(speaker->pagers[0], "1@sms.example.net");
    assert_string_equal(speaker->pager_identities[0]->address, "1@sms.example.net");
    assert_string_equal(speaker->pager_identities[0]->login, "gate");
    assert_int_equal(speaker->pager_identities[0]->accepts, PROOF_SASL);
    assert_false(speaker->pager_identities[0]->is_monitor);
    loading_close(&loading);
}

struct fault {
    const char *content;
    unsigned line;
    const char *field;
    const char *part;
    bool is_warning;
};

static const struct fault faults[] = {
    /* Names. */
    {GOOD "monitors:\n  - { from: m@example.com, proofs: [network] }\n", 10, "monitors[0]",
     "`name` is required", false},
    {MONITOR "  - name: m\n", 11, "monitors[1].name", "is given already in", false},
    {GOOD "monitors: [{ name: '...' }]\n", 9, "monitors[0].name", "neither letter nor digit",
     false},
    {GOOD "monitors: M\n", 9, "monitors", "where a list is expected", false},
    {GOOD "monitors: [M]\n", 9, "monitors[0]", "where a mapping of fields", false},
    {GOOD "monitor: { name: M }\nmonitors: []\n", 9, "", "cannot stand in one file", false},
    {MONITOR "    fron: m@example.com\n", 11, "monitors[0]", "did you mean `from`?", false},

    {GOOD "monitors: [~]\n", 9, "monitors[0]", "is empty: write its fields", false},
    {GOOD "monitor:\n", 9, "monitors[0]", "is empty: write its fields", false},

    /* From and proofs. */
    {MONITOR "    from: m@example.com\n    proofs:\n", 12, "monitors[0].proofs", "is empty", false},
    {MONITOR "    from: m\n    proofs: [network]\n", 11, "monitors[0].from", "is no address",
     false},
    {MONITOR "    from: status@status.example.com\n    proofs: [network]\n", 11, "monitors[0].from",
     "a status page's own", false},
    {MONITOR "    from: status+x@status.example.com\n    proofs: [network]\n", 11,
     "monitors[0].from", "a status page's own", false},
    {MONITOR "    from: m@example.com\n", 10, "monitors[0]", "needs a proof, or anybody", false},
    {MONITOR "    from: m@example.com\n    proofs: []\n", 12, "monitors[0].proofs", "is empty",
     false},
    {MONITOR "    from: m@example.com\n    proofs: [reply_key]\n", 12, "monitors[0].proofs[0]",
     "for operators only", false},
    {MONITOR "    from: m@example.com\n    proofs: [netwrok]\n", 12, "monitors[0].proofs[0]",
     "is no proof: write some of sasl, dkim, spf, network", false},
    {MONITOR "    from: m@example.com\n    proofs: [openpgp]\n", 12, "monitors[0].proofs",
     "cannot be checked by this version", false},
    {MONITOR "    from: m@example.com\n    proofs: [dkim]\n", 12, "monitors[0].proofs",
     "never hold while trust.authserv_id is unset", false},
    {MONITOR "    from: m@example.com\n    proofs: [dkim, network]\n", 12, "monitors[0].proofs",
     "count for nothing", true},
    {MONITOR "    from: m@example.com\n    require: [dkim, network]\n", 12, "monitors[0].require",
     "never hold", false},
    {TWO_PAGES "monitors:\n"
               "  - { name: M, from: m@example.com, proofs: [network],\n"
               "      alert_policy: { status_page_id: sp_one } }\n",
     7, "monitors[0].proofs", "network never holds while trust.networks is empty", false},
    {MONITOR "    proofs: [network, dkim]\n", 11, "monitors[0].proofs", "add `from`", false},
    {MONITOR "    require: [sasl]\n", 11, "monitors[0].require", "add `from`", false},
    {MONITOR "    login: m\n", 11, "monitors[0].login", "needs `from`", false},

    /* Grammar and match. */
    {MONITOR "    grammar: operator\n", 11, "monitors[0].grammar", "is no grammar of monitors",
     false},
    {MONITOR "    match: '^api'\n", 11, "monitors[0].match", "is no mapping of groups", false},
    {MONITOR "    match: { host: '^(api' }\n", 11, "monitors[0].match.host", "is no pattern",
     false},
    {MONITOR "    match: { host: [a] }\n", 11, "monitors[0].match.host", "is a list", false},

    /* The policy's page and components. */
    {POLICY "status_page_id: sp_on\n", 12, "monitors[0].alert_policy.status_page_id",
     "there is no page \"sp_on\" among status_pages: did you mean sp_one?", false},
    {TWO_PAGES "monitors:\n  - name: M\n", 7, "monitors[0]",
     "needs `status_page_id` in its `alert_policy`", false},
    {TWO_PAGES "monitors:\n  - { name: M, alert_policy: { incident_severity: minor } }\n", 7,
     "monitors[0].alert_policy", "needs `status_page_id`, since there are several pages", false},
    {POLICY "affected_component: comp_apo\n", 12, "monitors[0].alert_policy.affected_component",
     "there is no component \"comp_apo\" on page sp_one: did you mean comp_api?", false},
    {POLICY "affected_components: [comp_api, comp_x]\n", 12,
     "monitors[0].alert_policy.affected_components[1]", "there is no component \"comp_x\"", false},
    {POLICY "affected_component: comp_api\n      affected_components: [comp_web]\n", 13,
     "monitors[0].alert_policy.affected_components", "beside `affected_component`", false},

    /* Its values. */
    {POLICY "create_status_page_incident: maybe\n", 12,
     "monitors[0].alert_policy.create_status_page_incident", "neither true nor false", false},
    {POLICY "incident_severity: sev1\n", 12, "monitors[0].alert_policy.incident_severity",
     "not one of minor, major, critical", false},
    {POLICY "open_after: { alerts: 0 }\n", 12, "monitors[0].alert_policy.open_after.alerts",
     "from 1 to 1000", false},
    {POLICY "open_after: { for: 5 }\n", 12, "monitors[0].alert_policy.open_after.for",
     "is no span of time", false},
    {POLICY "open_after: 5m\n", 12, "monitors[0].alert_policy.open_after", "a mapping of fields",
     false},
    {POLICY "resolve_after: 8d\n", 12, "monitors[0].alert_policy.resolve_after", "from 0s to 7d",
     false},
    {POLICY "flapping: { changes: 4 }\n", 12, "monitors[0].alert_policy.flapping",
     "`within` is required", false},
    {POLICY "flapping: { changes: 1, within: 1h }\n", 12,
     "monitors[0].alert_policy.flapping.changes", "from 2 to 20", false},
    {POLICY "group: host\n", 12, "monitors[0].alert_policy.group",
     "is not one of monitor, none, component, page", false},
    {POLICY "maintenance: ignore\n", 12, "monitors[0].alert_policy.maintenance",
     "is not one of suppress, open", false},
    {POLICY "acknowledge: yes\n", 12, "monitors[0].alert_policy.acknowledge",
     "is not one of note, identified", false},
    {POLICY "expect_every: 60d\n", 12, "monitors[0].alert_policy.expect_every", "from 1s to 30d",
     false},
    {POLICY "limits: { incidents: { most: -1 } }\n", 12,
     "monitors[0].alert_policy.limits.incidents.most", "no whole number", false},
    {POLICY "limits: { update: { most: 1 } }\n", 12, "monitors[0].alert_policy.limits",
     "did you mean `updates`?", false},
    {POLICY "title: '{{a b}} is down'\n", 12, "monitors[0].alert_policy.title",
     "`{{a b}}` is no group's name", false},
    {POLICY "update: '{{host'\n", 12, "monitors[0].alert_policy.update", "`{{` without `}}`",
     false},

    /* What cannot be together. */
    {POLICY "group: component\n", 12, "monitors[0].alert_policy.group",
     "needs an `affected_component`", false},
    {POLICY "maintenance: suppress\n", 12, "monitors[0].alert_policy.maintenance",
     "needs an `affected_component`", false},
    {POLICY "{ resolve_on_clear: false, resolve_after: 5m }\n", 12,
     "monitors[0].alert_policy.resolve_after", "can never be", false},
    {POLICY "{ resolve_on_clear: false, resolved: Well again. }\n", 12,
     "monitors[0].alert_policy.resolved", "is never said", false},

    /* Pagers. */
    {PAGER("pagers: [{ proofs: [sasl] }]"), 5, "operators[0].pagers[0]", "`address` is required",
     false},
    {PAGER("pagers: [{ address: p@example.net }]"), 5, "operators[0].pagers[0]",
     "needs a proof, or anybody", false},
    {PAGER("pagers: [{ address: p@example.net, proofs: [network] }]"), 5,
     "operators[0].pagers[0].proofs[0]", "for monitors only", false},
    {PAGER("pagers: [{ address: A@example.com, proofs: [sasl] }]"), 5,
     "operators[0].pagers[0].address", "is given already in", false},
    {PAGER("pagers: [{ address: one+x@example.com, proofs: [sasl] }]"), 5,
     "operators[0].pagers[0].address", "a status page's own", false},
};

static bool is_it(const struct problem *problem, const struct fault *fault)
{
    return problem->line == fault->line && problem->is_warning == fault->is_warning &&
           strcmp(problem->field, fault->field) == 0 && strstr(problem->text, fault->part) != NULL;
}

/* A warning lets the configuration load. */
static bool is_as_told(struct loading *loading, const struct fault *fault)
{
    size_t count = 0;
    bool found = false;

    (void)loading_write(loading, "tocsin.yaml", fault->content, 0644);
    loading_load(loading);
    const struct problem *const *list = problems_list(loading->problems, &count);
    for (size_t i = 0; i < count; i++)
        found = found || is_it(list[i], fault);
    if (found && (loading->config != NULL) == fault->is_warning)
        return true;
    print_error("no \"%s\" (%s) at line %u of:\n%s\nbut:\n%s\n", fault->part, fault->field,
                fault->line, fault->content, loading_report(loading));
    return false;
}

TEST(each_fault_is_named_with_its_line_and_what_would_be_right)
{
    size_t missed = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
        struct loading loading = loading_open();
        if (!is_as_told(&loading, &faults[i]))
            missed++;
        loading_close(&loading);
    }
    assert_int_equal(missed, 0);
}

TEST(a_grammar_that_is_none_is_found_by_check)
{
    struct loading loading = loading_open();

    (void)load(&loading, MONITOR "    grammar: nagois\n    forwards_for: [M, generic, nobody]\n");
    assert_false(config_check(loading.arena, loading.config, loading.problems));
    const char *report = loading_report(&loading);
    assert_non_null(strstr(report, ":11:14: monitors[0].grammar: there is no grammar \"nagois\""));
    assert_non_null(strstr(report, ":12:32: monitors[0].forwards_for[2]: there is no grammar "
                                   "\"nobody\" and no monitor of that name"));
    assert_int_equal(problems_count_errors(loading.problems), 2);
    loading_close(&loading);
}

TEST(groups_and_places_that_no_rule_has_are_found_by_check)
{
    struct loading loading = loading_open();

    (void)load(&loading,
               GOOD "monitors:\n"
                    "  - { name: A, grammar: nagios, match: { host: a, hots: b },\n"
                    "      alert_policy: { title: '{{service}} of {{monitor}}',\n"
                    "        update: '{{key}} {{severty}}' } }\n"
                    "  - { name: B, match: { hots: a }, alert_policy: { resolved: '{{x_x}}' } }\n");
    assert_false(config_check(loading.arena, loading.config, loading.problems));
    const char *report = loading_report(&loading);
    assert_non_null(
        strstr(report, ":10:51: monitors[0].match: no rule of nagios has a group `hots`"));
    assert_non_null(
        strstr(report, ":12:17: monitors[0].alert_policy.update: {{severty}} is neither"));
    assert_non_null(
        strstr(report, "monitors[1].match: no rule of any grammar of monitors has a group `hots`"));
    assert_non_null(strstr(report, "monitors[1].alert_policy.resolved: {{x_x}} is neither"));
    assert_int_equal(problems_count_errors(loading.problems), 4);
    loading_close(&loading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_all_that_a_monitor_needs),
        cmocka_unit_test(every_setting_of_a_monitor_arrives),
        cmocka_unit_test(an_operator_has_pagers_and_may_pass_on),
        cmocka_unit_test(each_fault_is_named_with_its_line_and_what_would_be_right),
        cmocka_unit_test(a_grammar_that_is_none_is_found_by_check),
        cmocka_unit_test(groups_and_places_that_no_rule_has_are_found_by_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
