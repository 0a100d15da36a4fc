/* gateway/trust/evidence.h: all that a proof may rest on, and what was found; private to this folder. */
#pragma once

#include "gateway/trust/authres.h"
#include "gateway/trust/trust.h"

struct evidence {
    struct arena *arena;
    const struct trust_settings *settings;
    const struct identity *identity;
    const struct mail *mail; /* with a From */
    const struct trust_facts *facts;
    bool has_verdict;  /* there is an Authentication-Results field of our verifier */
    bool has_too_many; /* results: none of them is read */
    const struct authres_result *const *results; /* of all of them */
    size_t result_count;
};

/* From less to more. */
enum finding_state {
    FINDING_NONE,
    FINDING_TEMPORARY, /* our verifier said nothing, or that it could not tell now */
    FINDING_AUTHOR,    /* the author is proven, not that this was meant for us */
    FINDING_WHOLE,
};

struct finding {
    enum finding_state state;
    const char *why;               /* what is missing to WHOLE, in a few words; "" with WHOLE */
    const struct text *signatures; /* as struct trust_verdict's; from AUTHOR on, dkim alone */
    size_t signature_count;
};

/* `evidence` with the results of settings->authserv_id's fields. ARC-, X- and old copies are other
 * fields, and those of others and those that are not by the grammar count for nothing (A11 to A14). */
void evidence_read_results(struct evidence *evidence);

/* False: *without is what dkim and spf then find. */
bool evidence_has_results(const struct evidence *evidence, struct finding *without);
/* The result's word for people: "failed". */
const char *evidence_write_result(const struct evidence *evidence,
                                  const struct authres_result *result);
/* Of a domain or tag from outside, for people. */
const char *evidence_write(const struct evidence *evidence, struct text text);

/* dkim: notes A16 to A19. */
struct finding dkim_find(const struct evidence *evidence);
/* spf: notes A15. */
struct finding spf_find(const struct evidence *evidence);
