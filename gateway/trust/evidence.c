#include "gateway/trust/evidence.h"

#define FIELD      "Authentication-Results"
#define WORD_MOST  20
#define NAMED_MOST 60
/* Each is compared with each. */
#define RESULTS_MOST 100

static const struct authres *read_field(const struct evidence *evidence,
                                        const struct mail_field *field)
{
    const struct authres *authres = NULL;

    if (!text_is_equal_any_case(field->name, TEXT(FIELD)))
        return NULL;
    authres = authres_parse(evidence->arena, field->value);
    if (authres == NULL ||
        !text_is_equal_any_case(authres->id, text_of(evidence->settings->authserv_id)))
        return NULL;
    return authres;
}

static void keep_results(struct evidence *evidence, const struct authres *const *fields,
                         size_t count)
{
    const struct authres_result **results;
    size_t total = 0;
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        total += fields[i]->result_count;
    evidence->has_verdict = count > 0;
    evidence->has_too_many = total > RESULTS_MOST;
    if (evidence->has_too_many)
        return;
    results = ARENA_ARRAY(evidence->arena, const struct authres_result *, total);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < fields[i]->result_count; k++)
            results[n++] = &fields[i]->results[k];
    evidence->results = results;
    evidence->result_count = total;
}

void evidence_read_results(struct evidence *evidence)
{
    const struct mail *mail = evidence->mail;
    const struct authres **fields;
    size_t count = 0;

    if (evidence->settings->authserv_id[0] == '\0')
        return;
    fields = ARENA_ARRAY(evidence->arena, const struct authres *, mail->field_count);
    for (size_t i = 0; i < mail->field_count; i++) {
        const struct authres *authres = read_field(evidence, &mail->fields[i]);

        if (authres != NULL)
            fields[count++] = authres;
    }
    keep_results(evidence, fields, count);
}

bool evidence_has_results(const struct evidence *evidence, struct finding *without)
{
    *without = (struct finding){.why = "no verifier is configured"};
    if (evidence->settings->authserv_id[0] == '\0')
        return false;
    without->why = "our verifier wrote too many results";
    if (evidence->has_too_many)
        return false;
    *without = (struct finding){.state = FINDING_TEMPORARY, .why = "our verifier said nothing"};
    return evidence->has_verdict;
}

const char *evidence_write(const struct evidence *evidence, struct text text)
{
    return text_clean_line(evidence->arena, text, NAMED_MOST);
}

const char *evidence_write_result(const struct evidence *evidence,
                                  const struct authres_result *result)
{
    if (authres_says(result, "fail"))
        return "failed";
    if (authres_says(result, "temperror"))
        return "could not be checked now";
    return text_clean_line(evidence->arena, result->result, WORD_MOST);
}
