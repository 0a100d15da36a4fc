/* tocsin doctor: the configuration, the user, the machine. */
#include "gateway/cli/doctor.h"

#include "gateway/base/moment.h"
#include "gateway/grammar/pattern.h"

#include <pwd.h>
#include <unistd.h>

static void report_problems(struct doctor *doctor, struct problems *problems)
{
    size_t count;
    const struct problem *const *list = problems_list(problems, &count);

    for (size_t i = 0; i < count; i++)
        doctor_report(doctor, list[i]->is_warning ? DOCTOR_WARNING : DOCTOR_ERROR,
                      "mend it there, then `tocsin check`", "%s",
                      problems_write_one(doctor->arena, list[i]));
}

/* Loads it, too: the other checks look at what it says. */
void doctor_check_configuration(struct doctor *doctor)
{
    struct problems *problems = problems_new(doctor->arena);

    doctor->config = config_load(doctor->arena, doctor->config_file, problems);
    if (doctor->config != NULL)
        (void)config_check(doctor->arena, doctor->config, problems);
    report_problems(doctor, problems);
    if (doctor->config != NULL && problems_count_errors(problems) == 0)
        doctor_report(doctor, DOCTOR_OK, "", "%s: pages: %zu, operators: %zu", doctor->config_file,
                      doctor->config->page_count, doctor->config->operator_count);
}

void doctor_check_user(struct doctor *doctor)
{
    const struct passwd *entry = getpwuid(geteuid());
    const char *name = entry != NULL ? entry->pw_name : "?";

    if (geteuid() == 0)
        doctor_report(doctor, DOCTOR_OK, "",
                      "looking as root; `tocsin serve` runs as another user");
    else
        doctor_report(doctor, DOCTOR_OK, "", "looking as %s, as `tocsin serve` should run", name);
}

/* Machine code needs memory that can be written and run, which contrib/systemd's unit forbids; the
 * interpreter does the same, more slowly. */
void doctor_check_patterns(struct doctor *doctor)
{
    size_t offset;
    OWN(pattern) pattern = pattern_open("a", &offset, NULL);

    if (pattern != NULL && pattern_is_jitted(pattern))
        doctor_report(doctor, DOCTOR_OK, "",
                      "PCRE2 compiles grammars to machine code in this process");
    else
        doctor_report(doctor, DOCTOR_OK, "",
                      "PCRE2 interprets grammars: no machine code is allowed");
}

/* glibc knows UTC by itself; every other zone comes from the package tzdata. */
void doctor_check_zones(struct doctor *doctor)
{
    bool is_good = true;

    for (size_t i = 0; i < doctor->config->page_count; i++) {
        const struct page *page = doctor->config->pages[i];

        if (moment_is_zone(page->time_zone))
            continue;
        is_good = false;
        doctor_report(doctor, DOCTOR_ERROR, "install tzdata (apt install tzdata)",
                      "%s: its time zone %s is not known here: times are shown in UTC", page->id,
                      page->time_zone);
    }
    if (is_good)
        doctor_report(doctor, DOCTOR_OK, "", "the pages' time zones are known");
}
