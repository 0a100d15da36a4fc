#include "gateway/cli/import_report.h"

#include "gateway/base/moment.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BAR_WIDTH 30

void import_report_begin(struct import_report *report, const char *file, bool is_json, bool is_dry)
{
    *report = (struct import_report){.file = file, .is_json = is_json, .is_dry = is_dry};
    report->has_bar = isatty(STDERR_FILENO) == 1;
    if (is_json)
        (void)fputs("{\"refused\": [", stdout);
}

static void erase_bar(const struct import_report *report)
{
    if (report->has_bar)
        (void)fputs("\r\033[K", stderr); /* ECMA-48: to the line's end */
}

static void say_json(struct import_report *report, int64_t line, const char *who, const char *why)
{
    json_t *one =
        json_pack("{s:I, s:s, s:s}", "line", (json_int_t)line, "address", who, "why", why);

    (void)fputs(report->lines_said++ > 0 ? ",\n  " : "\n  ", stdout);
    (void)json_dumpf(one, stdout, 0);
    json_decref(one);
}

void import_report_say(struct import_report *report, int64_t line, const char *who, const char *why,
                       bool is_warning)
{
    report->warned += is_warning;
    if (report->is_json && !is_warning) {
        say_json(report, line, who, why);
        return;
    }
    erase_bar(report);
    (void)fprintf(stderr, "tocsin: %s:%" PRId64 ": %s%s%s%s\n", report->file, line, who,
                  *who != '\0' ? ": " : "", is_warning ? "warning: " : "", why);
}

void import_report_advance(struct import_report *report)
{
    if (!report->has_bar)
        return;
    const int64_t part = report->size > 0 ? MIN(report->size_read, report->size) : 0;
    const int filled = report->size > 0 ? (int)(part * BAR_WIDTH / report->size) : 0;
    const int percent = report->size > 0 ? (int)(part * 100 / report->size) : 0;

    (void)fprintf(stderr, "\r\033[K[%.*s%*s] %d %%, line %" PRId64 ", %" PRId64 " refused", filled,
                  "##############################", BAR_WIDTH - filled, "", percent, report->line,
                  import_report_refused(report));
    (void)fflush(stderr);
}

int64_t import_report_refused(const struct import_report *report)
{
    return report->unreadable + report->counts[BULK_TWICE] + report->counts[BULK_LEFT] +
           report->counts[BULK_SUSPENDED] + report->counts[BULK_SUPPRESSED];
}

static void end_json(const struct import_report *report)
{
    (void)printf("%s], \"added\": %" PRId64 ", \"confirmed\": %" PRId64 ", \"asked\": %" PRId64
                 ", \"there\": %" PRId64 ", \"refused_count\": %" PRId64 ", \"dry_run\": %s}\n",
                 report->lines_said > 0 ? "\n" : "", report->counts[BULK_ADDED],
                 report->counts[BULK_CONFIRMED], report->counts[BULK_ASKED],
                 report->counts[BULK_THERE], import_report_refused(report),
                 report->is_dry ? "true" : "false");
}

void import_report_end(struct import_report *report)
{
    const char *would = report->is_dry ? "would be " : "";

    erase_bar(report);
    if (report->is_json) {
        end_json(report);
        return;
    }
    (void)printf("%" PRId64 " %sadded, %" PRId64 " %sasked by mail, %" PRId64
                 " there already, %" PRId64 " refused\n",
                 report->counts[BULK_ADDED] + report->counts[BULK_CONFIRMED], would,
                 report->counts[BULK_ASKED], would, report->counts[BULK_THERE],
                 import_report_refused(report));
    if (report->is_dry)
        (void)puts("Nothing was changed (--dry-run).");
    else if (report->counts[BULK_ASKED] > 0)
        (void)puts("Who was asked is subscribed when she replies `confirm`; for who has agreed "
                   "elsewhere, say how: --confirmed \"…\".");
}
