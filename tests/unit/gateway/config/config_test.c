#include "gateway/base/moment.h"
#include "tests/unit/gateway/config/loading.h"

/* As the README and the design give it. */
static const char example[] =
    "state: /var/lib/tocsin                  # database, keys, hint sockets\n"
    "milter: unix:/run/tocsin/milter.sock    # or inet:8891@127.0.0.1\n"
    "http: 127.0.0.1:8025\n"
    "relays:\n"
    "  - host: 127.0.0.1\n"
    "    port: 25\n"
    "    tls: none                       # none (loopback), or starttls (required, verified)\n"
    "    connections: 4\n"
    "    # user: gateway, password_file: …, rate: 100/s\n"
    "trust:\n"
    "  authserv_id: mx.example.com       # our verifier's; strangers' copies are stripped\n"
    "  networks: [192.0.2.0/28]          # where monitors send from\n"
    "status_pages:\n"
    "  - id: sp_abc123\n"
    "    name: Example\n"
    "    address: status@status.example.com\n"
    "    url: https://status.example.com\n"
    "    time_zone: Europe/Berlin        # also per operator and subscriber; default Etc/UTC\n"
    "    contact: support@example.com    # gets what subscribers write\n"
    "    components:\n"
    "      - { id: comp_api, name: API, group: Core }\n"
    "      - { id: comp_web, name: Website, group: Core }\n"
    "operators:\n"
    "  - { name: Ada Byron, address: ada@example.com, pages: [sp_abc123], proofs: [dkim, sasl, "
    "reply_key] }\n"
    "monitors:\n"
    "  - name: Production API\n"
    "    from: nagios@mon.example.com\n"
    "    proofs: [network]\n"
    "    grammar: nagios\n"
    "    match: { host: '^api' }         # PCRE2 over the groups of the rule that matched\n"
    "    alert_policy:\n"
    "      create_status_page_incident: true\n"
    "      status_page_id: sp_abc123\n"
    "      affected_component: comp_api\n"
    "      incident_severity: major\n"
    "      open_after: { alerts: 1, for: 0s }   # damping\n"
    "      resolve_on_clear: true\n"
    "      resolve_after: 5m                    # clear must hold this long; default 0s\n";

static void assert_good(const struct loading *loading)
{
    assert_string_equal(loading_report(loading), "");
    assert_non_null(loading->config);
}

static void check_page(const struct page *page)
{
    assert_string_equal(page->id, "sp_abc123");
    assert_string_equal(page->name, "Example");
    assert_string_equal(page->local, "status");
    assert_string_equal(page->domain, "status.example.com");
    assert_string_equal(page->address, "status@status.example.com");
    assert_string_equal(page->url, "https://status.example.com");
    assert_string_equal(page->time_zone, "Europe/Berlin");
    assert_string_equal(page->language, "en");
    assert_string_equal(page->contact, "support@example.com");
    assert_int_equal(page->reopen_ms, 7 * DAY_MS);
    assert_int_equal(page->reply_key_ms, 14 * DAY_MS);
    assert_int_equal(page->component_count, 2);
    assert_string_equal(page->components[0].id, "comp_api");
    assert_string_equal(page->components[1].name, "Website");
    assert_string_equal(page->components[1].group, "Core");
}

static void check_operator(const struct operator* operator, const struct identity * identity)
{
    assert_string_equal(operator->name, "Ada Byron");
    assert_string_equal(operator->address, "ada@example.com");
    assert_int_equal(operator->notify, OPERATOR_NOTIFY_ALL);
    assert_int_equal(operator->page_count, 1);
    assert_string_equal(operator->page_ids[0], "sp_abc123");
    assert_string_equal(identity->address, "ada@example.com");
    assert_string_equal(identity->login, "");
    assert_int_equal(identity->accepts, PROOF_DKIM | PROOF_SASL | PROOF_REPLY_KEY);
    assert_int_equal(identity->requires, 0);
    assert_false(identity->is_monitor);
}

static void check_monitor(const struct monitor *monitor, const struct identity *identity)
{
    const struct alert_policy *policy = &monitor->policy;

    assert_string_equal(monitor->name, "Production API");
    assert_string_equal(monitor->address, "nagios@mon.example.com");
    assert_string_equal(monitor->grammar, "nagios");
    assert_int_equal(monitor->match_count, 1);
    assert_string_equal(monitor->matches[0].group, "host");
    assert_string_equal(monitor->matches[0].pattern, "^api");
    assert_int_equal(monitor->forwards_for_count, 0);
    assert_true(identity->is_monitor);
    assert_string_equal(identity->address, "nagios@mon.example.com");
    assert_string_equal(identity->login, "");
    assert_int_equal(identity->accepts, PROOF_NETWORK);
    assert_true(policy->creates_incident);
    assert_string_equal(policy->page_id, "sp_abc123");
    assert_int_equal(policy->component_count, 1);
    assert_string_equal(policy->component_ids[0], "comp_api");
    assert_true(policy->has_severity);
    assert_int_equal(policy->severity, SEVERITY_MAJOR);
    assert_int_equal(policy->open_after_alerts, 1);
    assert_int_equal(policy->open_after_ms, 0);
    assert_true(policy->resolves_on_clear);
    assert_int_equal(policy->resolve_after_ms, 5 * MINUTE_MS);
}

static void check_relay(const struct relay_settings *relay)
{
    assert_int_equal(relay->kind, RELAY_SMTP);
    assert_string_equal(relay->name, "127.0.0.1:25");
    assert_string_equal(relay->host, "127.0.0.1");
    assert_int_equal(relay->port, 25);
    assert_int_equal(relay->tls, RELAY_TLS_NONE);
    assert_int_equal(relay->connections, 4);
    assert_int_equal(relay->rate, 0);
    assert_string_equal(relay->user, "");
    assert_string_equal(relay->password_file, "");
    assert_string_equal(relay->maildir, "");
}

TEST(the_example_of_the_design_loads_and_gives_its_values)
{
    struct loading loading = loading_open();

    (void)loading_write(&loading, "tocsin.yaml", example, 0644);
    loading_load(&loading);
    assert_good(&loading);
    const struct config *config = loading.config;
    assert_string_equal(config->file, loading.file);
    assert_string_equal(config->state, "/var/lib/tocsin");
    assert_string_equal(config->store.state, "/var/lib/tocsin");
    assert_string_equal(config->milter.socket, "unix:/run/tocsin/milter.sock");
    assert_string_equal(config->milter.group, "");
    assert_string_equal(config->intake.trust.authserv_id, "mx.example.com");
    assert_int_equal(config->intake.trust.network_count, 1);
    assert_string_equal(config->intake.trust.networks[0], "192.0.2.0/28");
    assert_int_equal(config->page_count, 1);
    check_page(config->pages[0]);
    assert_int_equal(config->operator_count, 1);
    check_operator(config->operators[0], config->identities[0]);
    assert_int_equal(config->monitor_count, 1);
    check_monitor(config->monitors[0], config->monitor_identities[0]);
    assert_int_equal(config->intake.monitor_count, 1);
    assert_ptr_equal(config->intake.monitors, config->monitors);
    assert_ptr_equal(config->intake.monitor_identities, config->monitor_identities);
    assert_ptr_equal(config->intake.grammar.monitors, config->monitors);
    assert_int_equal(config->intake.grammar.monitor_count, 1);
    assert_int_equal(config->speakers[0].pager_count, 0);
    assert_int_equal(config->spool.relay_count, 1);
    check_relay(&config->spool.relays[0]);
    assert_ptr_equal(config_find_page(config, NULL), config->pages[0]);
    assert_ptr_equal(config_find_page(config, "sp_abc123"), config->pages[0]);
    assert_null(config_find_page(config, "sp_other"));
    loading_close(&loading);
}

#define GOOD                                                                                       \
    "status_pages:\n"                                                                              \
    "  - { id: sp_one, name: One, address: Status@Status.Example.COM }\n"                          \
    "  - { id: sp_two, name: Two, address: two@example.com, url: 'https://two.example.com//',\n"   \
    "      reopen_for: 3d, reply_key_for: 1d, language: en-GB }\n"                                 \
    "operators:\n"                                                                                 \
    "  - { name: Ada Byron, address: Ada@Example.COM, proofs: sasl }\n"                            \
    "  - { name: Bob, address: bob@example.com, login: bob, pages: sp_two, notify: own,\n"         \
    "      require: [sasl, reply_key], time_zone: Asia/Tokyo, language: en }\n"                    \
    "trust: { authserv_id: mx.example.com }\n"

static const struct config *load(struct loading *loading, const char *content)
{
    (void)loading_write(loading, "tocsin.yaml", content, 0644);
    loading_load(loading);
    assert_good(loading);
    return loading->config;
}

TEST(everything_but_pages_and_operators_has_its_default)
{
    struct loading loading = loading_open();
    const struct config *config = load(&loading, GOOD);
    const struct spool_settings *standard = &spool_settings_default;

    assert_string_equal(config->state, "/var/lib/tocsin");
    assert_int_equal(config->store.busy_ms, 5 * SECOND_MS);
    assert_string_equal(config->milter.socket, "unix:/run/tocsin/milter.sock");
    assert_int_equal(config->milter.workers, 4);
    assert_memory_equal(&config->intake.mail, &mail_limits_default, sizeof mail_limits_default);
    assert_int_equal(config->intake.wall_ms, 20 * SECOND_MS);
    assert_int_equal(config->intake.cpu_ms, 5 * SECOND_MS);
    assert_int_equal(config->intake.question_limit, 4);
    assert_int_equal(config->intake.miss_limit, 20);
    assert_int_equal(config->intake.held_ms, DAY_MS);
    assert_int_equal(config->intake.trust.signature_age_ms, DAY_MS);
    assert_int_equal(config->intake.grammar.dropped_word_count, 0);
    assert_int_equal(config->spool.relay_count, 1);
    check_relay(&config->spool.relays[0]);
    assert_memory_equal(&config->spool.timeouts, &standard->timeouts, sizeof standard->timeouts);
    assert_memory_equal(&config->spool.backoff, &standard->backoff, sizeof standard->backoff);
    assert_memory_equal(&config->spool.relay_backoff, &standard->relay_backoff,
                        sizeof standard->relay_backoff);
    assert_memory_equal(&config->spool.watch, &standard->watch, sizeof standard->watch);
    assert_int_equal(config->spool.refusals_most, standard->refusals_most);
    assert_string_equal(config->spool.hostname, "");
    loading_close(&loading);
}

TEST(pages_and_operators_are_as_written_in_one_form)
{
    struct loading loading = loading_open();
    const struct config *config = load(&loading, GOOD);
    const struct page *const *pages = config->pages;

    assert_string_equal(pages[0]->address, "Status@status.example.com");
    assert_string_equal(pages[0]->time_zone, "Etc/UTC");
    assert_string_equal(pages[0]->url, "");
    assert_string_equal(pages[0]->contact, "");
    assert_int_equal(pages[0]->component_count, 0);
    assert_string_equal(pages[1]->url, "https://two.example.com");
    assert_int_equal(pages[1]->reopen_ms, 3 * DAY_MS);
    assert_int_equal(pages[1]->reply_key_ms, DAY_MS);
    assert_null(config_find_page(config, NULL));
    assert_string_equal(config->operators[0]->address, "Ada@example.com");
    assert_true(operator_is_of_page(config->operators[0], "sp_one"));
    assert_true(operator_is_of_page(config->operators[0], "sp_two"));
    assert_false(operator_is_of_page(config->operators[1], "sp_one"));
    assert_int_equal(config->operators[1]->notify, OPERATOR_NOTIFY_OWN);
    assert_string_equal(config->operators[1]->time_zone, "Asia/Tokyo");
    assert_string_equal(config->identities[1]->login, "bob");
    assert_int_equal(config->identities[1]->accepts, 0);
    assert_int_equal(config->identities[1]->requires, PROOF_SASL | PROOF_REPLY_KEY);
    assert_ptr_equal(config->intake.pages, config->pages);
    assert_ptr_equal(config->intake.operators, config->operators);
    assert_int_equal(config->intake.operator_count, 2);
    loading_close(&loading);
}

static const char many[] =
    GOOD "state: /srv/tocsin\n"
         "milter: { socket: 'inet:8891@127.0.0.1', workers: 8 }\n"
         "relays:\n"
         "  - { host: mx.example.com, port: 587, tls: starttls, rate: 100/s, connections: 2 }\n"
         "  - { maildir: /var/tmp/mail, connections: 1 }\n"
         "limits: { message: 2MiB, header: 64KiB, header_field: 8KiB, header_fields: 100,\n"
         "  parameters: 10, parameter: 512, depth: 8, parts: 50, text: 32KiB, wall: 10s, cpu: 2s,\n"
         "  questions: 7, misses: 3, held: 2h, refusals: 5, store_wait: 1s }\n"
         "retry: { first: 1s, longest: 2s, give_up: 1m }\n"
         "relay_retry: { first: 2s, longest: 3s }\n"
         "timeouts: { greeting: 1s, command: 2s, data: 3s, dot: 4s }\n"
         "watch: { connect: 5s, progress: 6s, dot: 7s }\n"
         "dropped_words: [EXTERN, Ext]\n"
         "hostname: gateway.example.com\n";

static void check_spool(const struct spool_settings *spool)
{
    assert_int_equal(spool->relay_count, 2);
    assert_string_equal(spool->relays[0].name, "mx.example.com:587");
    assert_int_equal(spool->relays[0].tls, RELAY_TLS_STARTTLS);
    assert_int_equal(spool->relays[0].rate, 100);
    assert_int_equal(spool->relays[1].kind, RELAY_MAILDIR);
    assert_string_equal(spool->relays[1].name, "maildir:/var/tmp/mail");
    assert_string_equal(spool->relays[1].maildir, "/var/tmp/mail");
    assert_string_equal(spool->relays[1].host, "");
    assert_int_equal(spool->relays[1].connections, 1);
    assert_int_equal(spool->backoff.give_up_ms, MINUTE_MS);
    assert_int_equal(spool->relay_backoff.longest_ms, 3 * SECOND_MS);
    assert_int_equal(spool->timeouts.dot_ms, 4 * SECOND_MS);
    assert_int_equal(spool->watch.progress_ms, 6 * SECOND_MS);
    assert_int_equal(spool->refusals_most, 5);
    assert_string_equal(spool->hostname, "gateway.example.com");
}

TEST(every_setting_arrives_where_it_is_used)
{
    struct loading loading = loading_open();
    const struct config *config = load(&loading, many);
    const struct intake_settings *intake = &config->intake;

    assert_string_equal(config->store.state, "/srv/tocsin");
    assert_string_equal(intake->store.state, "/srv/tocsin");
    assert_int_equal(intake->store.busy_ms, SECOND_MS);
    assert_string_equal(config->milter.socket, "inet:8891@127.0.0.1");
    assert_int_equal(config->milter.workers, 8);
    assert_int_equal(intake->mail.message_bytes, 2 << 20);
    assert_int_equal(intake->mail.header_bytes, 64 << 10);
    assert_int_equal(intake->mail.field_bytes, 8 << 10);
    assert_int_equal(intake->mail.fields, 100);
    assert_int_equal(intake->mail.parameters, 10);
    assert_int_equal(intake->mail.parameter_bytes, 512);
    assert_int_equal(intake->mail.depth, 8);
    assert_int_equal(intake->mail.parts, 50);
    assert_int_equal(intake->mail.text_bytes, 32 << 10);
    assert_int_equal(intake->question_limit, 7);
    assert_int_equal(intake->miss_limit, 3);
    assert_int_equal(intake->held_ms, 2 * HOUR_MS);
    assert_int_equal(intake->grammar.dropped_word_count, 2);
    assert_string_equal(intake->grammar.dropped_words[1], "Ext");
    check_spool(&config->spool);
    loading_close(&loading);
}

TEST(the_file_is_that_of_the_option_then_of_the_environment_then_the_usual_one)
{
    assert_int_equal(unsetenv("TOCSIN_CONFIG"), 0);
    assert_string_equal(config_path(NULL), "/etc/tocsin/tocsin.yaml");
    assert_int_equal(setenv("TOCSIN_CONFIG", "/srv/tocsin.yaml", 1), 0);
    assert_string_equal(config_path(NULL), "/srv/tocsin.yaml");
    assert_string_equal(config_path("other.yaml"), "other.yaml");
    assert_int_equal(unsetenv("TOCSIN_CONFIG"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_design_loads_and_gives_its_values),
        cmocka_unit_test(everything_but_pages_and_operators_has_its_default),
        cmocka_unit_test(pages_and_operators_are_as_written_in_one_form),
        cmocka_unit_test(every_setting_arrives_where_it_is_used),
        cmocka_unit_test(the_file_is_that_of_the_option_then_of_the_environment_then_the_usual_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
