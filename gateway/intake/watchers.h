/* gateway/intake/watchers.h: whose mail of the page's monitors a mail is, and whether that is proven;
 * private to this folder. */
#pragma once

#include "gateway/intake/taking.h"

/* In the order of the configuration, each with what proves it. */
struct watcher_list {
    const struct monitor **monitors;
    struct trust_verdict *trusts;
    size_t count;
};

struct watchers {
    struct watcher_list proven; /* whose From it is */
    struct watcher_list near;   /* without `from:`, of whose network it comes */
    bool is_listed;             /* From is that of one of the page's monitors */
    struct trust_verdict trust; /* where none is proven: why, of the one that came nearest */
};

/* Judges `mail`: the one that came, or a copy with somebody else as its author, who passed it on. */
void watchers_judge(const struct taking *taking, const struct mail *mail,
                    struct watchers *watchers);

/* A monitor cannot answer: to be asked back is to be believed (DESIGN section 6). */
bool watchers_believe(const struct trust_verdict *trust);

/* What proves `identity` as the author of `mail`, as above. */
struct trust_verdict watchers_judge_one(const struct taking *taking, const struct mail *mail,
                                        const struct identity *identity);
