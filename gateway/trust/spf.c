#include "gateway/trust/alignment.h"
#include "gateway/trust/evidence.h"

static struct text mail_from_of(const struct authres_result *result)
{
    return authres_find(result, "smtp", "mailfrom");
}

/* A result of the HELO name says nothing of the sender (CVE-2019-20790). */
static bool is_of_sender(const struct authres_result *result)
{
    return authres_is_of(result, "spf") &&
           (mail_from_of(result).size > 0 || authres_find(result, "smtp", "helo").size == 0);
}

static bool passes_for(const struct evidence *evidence, const struct authres_result *result)
{
    const struct text sender = alignment_domain(text_of(evidence->facts->session->mail_from));
    const struct text domain = alignment_domain(mail_from_of(result));

    return authres_says(result, "pass") && text_is_equal_any_case(domain, sender) &&
           alignment_holds(evidence->settings, domain, text_of(evidence->mail->from->domain));
}

static struct finding found(const struct evidence *evidence)
{
    if (evidence->identity->is_monitor)
        return (struct finding){.state = FINDING_WHOLE, .why = ""};
    return (struct finding){.state = FINDING_AUTHOR,
                            .why = "spf proves its domain, not that it was meant for this page"};
}

struct finding spf_find(const struct evidence *evidence)
{
    bool has_passed = false;
    struct finding failed;

    if (!evidence_has_results(evidence, &failed))
        return failed;
    failed = (struct finding){.why = "no result"};
    if (evidence->facts->session->mail_from[0] == '\0')
        return (struct finding){.why = "the return-path is empty"};
    for (size_t i = 0; i < evidence->result_count; i++) {
        const struct authres_result *result = evidence->results[i];

        if (!is_of_sender(result))
            continue;
        if (passes_for(evidence, result)) {
            has_passed = true;
        } else if (authres_says(result, "pass")) {
            failed = (struct finding){.why = "passed for another domain"};
        } else {
            const bool is_temporary = authres_says(result, "temperror");

            /* Two that disagree: neither counts. */
            return (struct finding){.state = is_temporary ? FINDING_TEMPORARY : FINDING_NONE,
                                    .why = evidence_write_result(evidence, result)};
        }
    }
    return has_passed ? found(evidence) : failed;
}
