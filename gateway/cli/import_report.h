/* gateway/cli/import_report.h: what an import says: each line that was refused and why, how far it is,
 * and in the end how many became what. */
#pragma once

#include "gateway/cli/invocation.h"
#include "gateway/store/bulk.h"

struct import_report {
    const char *file;
    bool is_json;
    bool is_dry;
    bool has_bar; /* standard error is a terminal */
    int64_t counts[BULK_OUTCOME_COUNT];
    int64_t unreadable; /* rows that are nobody we could take */
    int64_t warned;
    int64_t lines_said; /* elements of "refused" so far */
    int64_t size;       /* bytes of the file, 0 when not known */
    int64_t size_read;
    int64_t line;
};

void import_report_begin(struct import_report *report, const char *file, bool is_json, bool is_dry);
/* A line was not taken, or (is_warning) taken with a doubt. `who` is "" where there is no address. */
void import_report_say(struct import_report *report, int64_t line, const char *who, const char *why,
                       bool is_warning);
/* After each transaction: the bar, on a terminal. */
void import_report_advance(struct import_report *report);
void import_report_end(struct import_report *report);

int64_t import_report_refused(const struct import_report *report);
