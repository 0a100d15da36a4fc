/* tocsin doctor: can the monitors be heard, and does anybody look at the clock for them? */
#include "gateway/cli/doctor.h"

#include "gateway/base/moment.h"
#include "gateway/store/alerts.h"

#include <string.h>
#include <unistd.h>

/* The clock looks every 2 s: what waits so long waits for nobody. */
#define LATE_MS MINUTE_MS
/* Of each page, the newest: open ones are mostly among them. */
#define ALERTS_LOOKED_AT 1000

static bool is_of_page(const struct operator* operator, const char * page_id)
{
    for (size_t i = 0; i < operator->page_count; i++)
        if (strcmp(operator->page_ids[i], page_id) == 0)
            return true;
    return false;
}

/* A monitor without From is reached by who is proven and names it. */
static bool has_speaker(const struct config *config, const struct monitor *monitor)
{
    for (size_t i = 0; i < config->operator_count; i++)
        if (is_of_page(config->operators[i], monitor->policy.page_id))
            return true;
    for (size_t i = 0; i < config->monitor_count; i++)
        if (*config->monitors[i]->address != '\0')
            return true;
    return false;
}

static bool is_an_operators(const struct config *config, const char *address)
{
    for (size_t i = 0; i < config->operator_count; i++)
        if (g_ascii_strcasecmp(config->operators[i]->address, address) == 0)
            return true;
    return false;
}

static void look_at_monitor(struct doctor *doctor, const struct monitor *monitor,
                            const struct identity *identity)
{
    const unsigned proofs = identity->accepts | identity->requires;

    if (*monitor->address == '\0' && proofs == 0 && !has_speaker(doctor->config, monitor))
        doctor_report(doctor, DOCTOR_WARNING,
                      "give it `from` and `proofs`, or its page an operator",
                      "%s: nobody who could be proven may speak for it", monitor->name);
    if (*monitor->address != '\0' && is_an_operators(doctor->config, monitor->address))
        doctor_report(doctor, DOCTOR_WARNING, "let the monitor send from an address of its own",
                      "%s: its From, %s, is an operator's too: what a grammar of monitors "
                      "understands of her mails is taken for the monitor's",
                      monitor->name, monitor->address);
}

static bool is_configured(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->monitor_count; i++)
        if (strcmp(config->monitors[i]->name, name) == 0)
            return true;
    return false;
}

/* Who was taken out of the configuration can neither clear an alert nor resolve what it opened. */
static void look_for_orphans(struct doctor *doctor, struct store *store, const struct page *page)
{
    const struct listing newest = {page, 0, ALERTS_LOOKED_AT};
    const struct alert *alerts = NULL;
    g_autoptr(GError) error = NULL;
    size_t count = 0;

    if (!alerts_list(store, doctor->arena, &newest, &alerts, &count, &error)) {
        doctor_report(doctor, DOCTOR_ERROR, "see the row on the database", "%s", error->message);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (alerts[i].is_open && !is_configured(doctor->config, alerts[i].monitor))
            doctor_report(doctor, DOCTOR_WARNING,
                          "configure the monitor again, or resolve its incident by hand",
                          "%s: its alert \"%s\" on %s is open, and it is no longer configured",
                          alerts[i].monitor, alerts[i].key, page->id);
}

static void look_at_page(struct doctor *doctor, struct store *store, const struct page *page)
{
    const struct config *config = doctor->config;
    const struct alerts_desk desk = {
        .store = store,
        .page = page,
        .monitors = config->monitors,
        .monitor_count = config->monitor_count,
        .operators = config->operators,
        .operator_count = config->operator_count,
        .now = moment_now(),
    };
    g_autoptr(GError) error = NULL;
    int64_t next = 0;

    if (!alerts_next(&desk, &next, &error))
        doctor_report(doctor, DOCTOR_ERROR, "see the row on the database", "%s", error->message);
    else if (next != 0 && next < desk.now - LATE_MS)
        doctor_report(doctor, DOCTOR_ERROR, "start `tocsin serve`, or `tocsin clock`",
                      "%s: since %s nobody has looked at what is due: alerts wait, and monitors "
                      "that stay away are not missed",
                      page->id, moment_write_local(doctor->arena, next, page->time_zone));
}

/* Where there is a database; the row on it says what is wrong with one that does not open. */
static void look_at_clock(struct doctor *doctor)
{
    const char *path = arena_format(doctor->arena, "%s/tocsin.db", doctor->config->state);

    if (access(path, R_OK | W_OK) != 0)
        return;
    OWN(store) store = store_open(&doctor->config->store, STORE_FULL, NULL);
    for (size_t i = 0; store != NULL && i < doctor->config->page_count; i++) {
        look_for_orphans(doctor, store, doctor->config->pages[i]);
        look_at_page(doctor, store, doctor->config->pages[i]);
    }
}

void doctor_check_monitors(struct doctor *doctor)
{
    const struct config *config = doctor->config;
    const struct trust_settings *trust = &config->intake.trust;
    size_t expected = 0;

    look_at_clock(doctor);
    if (config->monitor_count == 0) {
        doctor_report(doctor, DOCTOR_OK, "", "there are none");
        return;
    }
    for (size_t i = 0; i < config->monitor_count; i++) {
        expected += config->monitors[i]->policy.expect_every_ms > 0 ? 1 : 0;
        look_at_monitor(doctor, config->monitors[i], config->monitor_identities[i]);
    }
    doctor_report(doctor, DOCTOR_OK, "",
                  "monitors: %zu, of %zu signs of life are expected; networks that prove one: %zu",
                  config->monitor_count, expected, trust->network_count);
}
