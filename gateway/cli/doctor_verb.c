/* tocsin doctor: what is wrong with this installation, and how to mend it. */
#include "gateway/cli/doctor.h"

#include "gateway/cli/doctor_probe.h"
#include "gateway/cli/front.h"
#include "gateway/cli/print.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define TEXT_MOST  400
#define EX_TROUBLE 1

static const struct {
    const char *name;
    void (*look)(struct doctor *doctor);
} checks[] = {
    {"configuration", doctor_check_configuration},
    {"user", doctor_check_user},
    {"zones", doctor_check_zones},
    {"patterns", doctor_check_patterns},
    {"state", doctor_check_state},
    {"disk", doctor_check_disk},
    {"database", doctor_check_database},
    {"key", doctor_check_key},
    {"monitors", doctor_check_monitors},
    {"milter", doctor_check_milter},
    {"relay", doctor_check_relays},
    {"postfix", doctor_check_postfix},
    {"probe", doctor_check_probe},
};

/* The colours are ECMA-48's: green, yellow, red. */
static const struct {
    const char *name;
    const char *color;
} statuses[] = {
    [DOCTOR_OK] = {"ok", "\033[32m"},
    [DOCTOR_WARNING] = {"warning", "\033[33m"},
    [DOCTOR_ERROR] = {"error", "\033[31m"},
};

void doctor_report(struct doctor *doctor, enum doctor_status status, const char *remedy,
                   const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;
    struct doctor_row row = {.check = doctor->check, .status = status, .remedy = remedy};

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    row.text = text_clean_line(doctor->arena, text_of(text), TEXT_MOST);
    g_array_append_val(doctor->rows, row);
}

static void print_row(const struct doctor_row *row, bool is_colored)
{
    (void)printf("%s%-7s%s  %-13s  %s\n", is_colored ? statuses[row->status].color : "",
                 statuses[row->status].name, is_colored ? "\033[0m" : "", row->check, row->text);
    if (row->remedy[0] != '\0')
        (void)printf("%24s-> %s\n", "", row->remedy);
}

static void print_rows(const struct doctor *doctor)
{
    const bool is_colored = isatty(STDOUT_FILENO) == 1;
    size_t counts[G_N_ELEMENTS(statuses)] = {0};

    for (guint i = 0; i < doctor->rows->len; i++) {
        const struct doctor_row *row = &g_array_index(doctor->rows, struct doctor_row, i);

        print_row(row, is_colored);
        counts[row->status]++;
    }
    (void)printf("\n%zu ok, %zu to think about, %zu to mend\n", counts[DOCTOR_OK],
                 counts[DOCTOR_WARNING], counts[DOCTOR_ERROR]);
}

static void print_rows_as_json(const struct doctor *doctor)
{
    json_t *array = json_array();

    for (guint i = 0; i < doctor->rows->len; i++) {
        const struct doctor_row *row = &g_array_index(doctor->rows, struct doctor_row, i);

        (void)json_array_append_new(array, json_pack("{s:s, s:s, s:s, s:s}", "check", row->check,
                                                     "status", statuses[row->status].name, "text",
                                                     row->text, "remedy", row->remedy));
    }
    print_json(array);
}

static int status_of(const struct doctor *doctor)
{
    int status = EX_OK;

    for (guint i = 0; i < doctor->rows->len; i++) {
        const struct doctor_row *row = &g_array_index(doctor->rows, struct doctor_row, i);

        if (row->status != DOCTOR_ERROR)
            continue;
        if (strcmp(row->check, checks[0].name) == 0)
            return EX_CONFIG;
        status = EX_TROUBLE;
    }
    return status;
}

/* Without a configuration that can be read there is nothing to look at. */
static int examine(struct doctor *doctor, bool is_json)
{
    if (doctor->sent != NULL)
        doctor_check_sent(doctor);
    for (size_t i = 0;
         doctor->sent == NULL && i < G_N_ELEMENTS(checks) && (i == 0 || doctor->config != NULL);
         i++) {
        doctor->check = checks[i].name;
        checks[i].look(doctor);
    }
    if (is_json)
        print_rows_as_json(doctor);
    else
        print_rows(doctor);
    return status_of(doctor);
}

static int run_doctor(struct invocation *invocation)
{
    g_autofree char *postfix_directory = NULL;
    g_autofree char *probe = NULL;
    g_autofree char *sent = NULL;
    gboolean is_thorough = FALSE;
    gboolean has_no_postfix = FALSE;
    const GOptionEntry options[] = {
        {"no-postfix", 0, 0, G_OPTION_ARG_NONE, &has_no_postfix, "mail comes otherwise", NULL},
        {"postfix-config", 0, 0, G_OPTION_ARG_FILENAME, &postfix_directory, "of main.cf", "DIR"},
        {"probe", 0, 0, G_OPTION_ARG_STRING, &probe, "send a forged mail there", "HOST:PORT"},
        {"sent", 0, 0, G_OPTION_ARG_FILENAME, &sent, "look at a notification as it arrived", "EML"},
        {"thorough", 0, 0, G_OPTION_ARG_NONE, &is_thorough, "read the whole database", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct doctor_row));

    if (!invocation_options(invocation, options))
        return EX_USAGE;
    if (invocation_count(invocation) != 0)
        return invocation_usage(invocation);

    struct doctor doctor = {
        .arena = invocation->arena,
        .config_file = invocation->config_file,
        .postfix_directory = postfix_directory,
        .probe = probe,
        .sent = sent,
        .is_thorough = is_thorough,
        .has_no_postfix = has_no_postfix,
        .rows = rows,
    };
    return examine(&doctor, invocation->is_json);
}

const struct verb verb_doctor = {
    "doctor",
    "[--thorough] [--postfix-config DIR | --no-postfix] [--probe HOST:PORT] | --sent MAIL.eml",
    "what is wrong with this installation, and how to mend it",
    false,
    run_doctor,
};
