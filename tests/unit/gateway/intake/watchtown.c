#include "tests/unit/gateway/intake/watchtown.h"

#include "gateway/base/moment.h"

/* A monitor that nobody sells. */
static const char watchdog[] =
    "grammar: watchdog\n"
    "rules:\n"
    "  - name: down\n"
    "    subject: '^(?:Re: )?watchdog (?<host>[\\w-]+)/(?<service>\\w+) is down$'\n"
    "    command: alert\n"
    "    key: '{{host}}/{{service}}'\n"
    "    title: '{{service}} on {{host}}'\n"
    "    severity: critical\n"
    "    message: 'no answer from {{host}}'\n"
    "  - name: up\n"
    "    subject: '^watchdog (?<host>[\\w-]+)/(?<service>\\w+) is up$'\n"
    "    command: clear\n"
    "    key: '{{host}}/{{service}}'\n"
    "  - name: seen\n"
    "    subject: '^watchdog (?<host>[\\w-]+)/(?<service>\\w+) is seen by (?<who>\\w+)$'\n"
    "    command: acknowledge\n"
    "    key: '{{host}}/{{service}}'\n"
    "    who: '{{who}}'\n"
    "  - name: beat\n"
    "    subject: '^watchdog lives$'\n"
    "    command: ignore\n"
    "  - name: several\n"
    "    subject: '^watchdog: several$'\n"
    "    each: { raw_body: '^(?<host>[\\w-]+)/(?<service>\\w+) (?<state>up|down)$' }\n"
    "    command: { of: state, up: clear, down: alert }\n"
    "    key: '{{host}}/{{service}}'\n"
    "  - name: hungry\n"
    "    subject: '^hungry (a+)+$'\n"
    "    command: alert\n"
    "    key: hungry\n";

static const char *const api_ids[] = {"comp_api"};
static const char *const web_ids[] = {"comp_web"};
static const char *const for_watchdog[] = {"watchdog"};

#define POLICY                                                                                     \
    .page_id = "sp_abc123", .open_after_alerts = 1, .resolves_on_clear = true,                     \
    .is_suppressed_by_maintenance = true, .incidents = {10, HOUR_MS}, .updates = {6, HOUR_MS}

static const struct monitor production = {
    .name = "Production API",
    .address = "",
    .grammar = "",
    .policy = {POLICY, .creates_incident = true, .component_ids = api_ids, .component_count = 1,
               .has_severity = true, .severity = SEVERITY_MAJOR}};
static const struct monitor website = {
    .name = "Website",
    .address = "",
    .grammar = "",
    .policy = {POLICY, .component_ids = web_ids, .component_count = 1}};
static const struct monitor_match api_match = {"host", "^api"};
static const struct monitor mon_api = {
    .name = "Mon API",
    .address = "mon@mon.example.com",
    .grammar = "watchdog",
    .matches = &api_match,
    .match_count = 1,
    .policy = {POLICY, .creates_incident = true, .component_ids = api_ids, .component_count = 1,
               .title = "{{service}} of {{component}} fails ({{severity}})",
               .update = "{{monitor}}: {{message}}"}};
static const struct monitor mon_web = {
    .name = "Mon Web",
    .address = "mon@mon.example.com",
    .grammar = "watchdog",
    .policy = {POLICY, .creates_incident = true, .component_ids = web_ids, .component_count = 1}};
static const struct monitor beacon = {.name = "Beacon",
                                      .address = "beacon@mon.example.com",
                                      .grammar = "",
                                      .policy = {POLICY, .expect_every_ms = 5 * MINUTE_MS}};
static const struct monitor pager = {.name = "Pager",
                                     .address = "pager@example.org",
                                     .grammar = "",
                                     .forwards_for = for_watchdog,
                                     .forwards_for_count = 1,
                                     .policy = {POLICY, .creates_incident = true}};
static const struct monitor cron = {.name = "Cron",
                                    .address = "ada@example.com",
                                    .grammar = "watchdog",
                                    .policy = {POLICY, .creates_incident = true}};
static const struct monitor elsewhere = {
    .name = "Elsewhere",
    .address = "else@mon.example.com",
    .grammar = "watchdog",
    .policy = {.page_id = "sp_other1", .open_after_alerts = 1, .creates_incident = true}};

static const struct monitor *const monitors[] = {&production, &website, &mon_api, &mon_web,
                                                 &beacon,     &pager,   &cron,    &elsewhere};
static const struct identity by_name = {"", "", 0, 0, true};
static const struct identity by_network = {"", "", PROOF_NETWORK, 0, true};
static const struct identity by_both = {"mon@mon.example.com", "", PROOF_NETWORK | PROOF_SASL, 0,
                                        true};
static const struct identity by_dkim = {"beacon@mon.example.com", "", PROOF_DKIM, 0, true};
static const struct identity by_login = {"pager@example.org", "pager", PROOF_SASL, 0, true};
static const struct identity by_cron = {"ada@example.com", "", PROOF_NETWORK, 0, true};
static const struct identity by_other = {"else@mon.example.com", "", PROOF_SASL, 0, true};
static const struct identity *const identities[] = {&by_name, &by_network, &by_both, &by_both,
                                                    &by_dkim, &by_login,   &by_cron, &by_other};
static const struct speaker speakers[] = {
    {for_watchdog, 1, NULL, NULL, 0}, {NULL, 0, NULL, NULL, 0}, {NULL, 0, NULL, NULL, 0}};
static const char *const networks[] = {"198.51.100.0/28"};

static void write_grammar(struct town *town)
{
    const char *folder = arena_format(town->arena, "%s/grammars", town->state);
    const char *path = arena_format(town->arena, "%s/watchdog.yaml", folder);

    assert_int_equal(g_mkdir_with_parents(folder, 0700), 0);
    assert_true(g_file_set_contents(path, watchdog, -1, NULL));
    town->settings.grammar.site_directory = folder;
}

static void reopen(struct town *town)
{
    g_autoptr(GError) error = NULL;

    intake_close(town->intake);
    town->intake = intake_open(&town->settings, town->now, &error);
    if (town->intake == NULL)
        fail_msg("%s", error->message);
}

static struct town *open_watched(const char *authserv_id)
{
    struct town *town = town_open();
    struct intake_settings *settings = &town->settings;

    write_grammar(town);
    settings->trust.authserv_id = authserv_id;
    settings->trust.networks = networks;
    settings->trust.network_count = G_N_ELEMENTS(networks);
    settings->monitors = monitors;
    settings->monitor_identities = identities;
    settings->monitor_count = G_N_ELEMENTS(monitors);
    settings->grammar.monitors = monitors;
    settings->grammar.monitor_count = G_N_ELEMENTS(monitors);
    settings->speakers = speakers;
    reopen(town);
    return town;
}

int watch_set_up(void **state)
{
    *state = open_watched("");
    return 0;
}

int watch_set_up_verified(void **state)
{
    *state = open_watched("mx.example.com");
    return 0;
}

const char *watch_subject(struct town *town, const char *what, const char *state)
{
    return arena_format(town->arena, "watchdog %s is %s", what, state);
}

struct intake_verdict watch_take(struct town *town, const struct watch_mail *mail)
{
    static int count;
    const char *from = mail->from != NULL ? mail->from : "mon@mon.example.com";
    const char *to = mail->to != NULL ? mail->to : "status@status.example.com";
    const char *client = mail->client != NULL ? mail->client : WATCH_NETWORK;
    const char *date = mail->has_date ? ""
                                      : arena_format(town->arena, "Date: %s\n",
                                                     moment_write_mail(town->arena, town->now));
    const char *bytes = arena_format(
        town->arena, "%sFrom: %s\nTo: %s\nSubject: %s\nMessage-ID: <w%d@mon.example.com>\n%s\n%s\n",
        mail->headers != NULL ? mail->headers : "", from, to, mail->subject, ++count, date,
        mail->text != NULL ? mail->text : "");
    const struct envelope envelope = {
        .session = {client, client, mail->login != NULL ? mail->login : "",
                    mail->sender != NULL ? mail->sender : from},
        .recipients = &to,
        .recipient_count = 1,
        .bytes = text_of(bytes),
    };

    town->now += SECOND_MS;
    return intake_take(town->intake, town->arena, &envelope, town->now);
}
