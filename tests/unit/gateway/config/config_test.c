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
    assert_int_equal(config->spool.relay_count, 1);
    check_relay(&config->spool.relays[0]);
    assert_ptr_equal(config_find_page(config, NULL), config->pages[0]);
    assert_ptr_equal(config_find_page(config, "sp_abc123"), config->pages[0]);
    assert_null(config_find_page(config, "sp_other"));
    loading_close(&loading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_design_loads_and_gives_its_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
