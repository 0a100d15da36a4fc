#include "gateway/base/moment.h"
#include "gateway/mail/address.h"
#include "gateway/trust/alignment.h"
#include "gateway/trust/evidence.h"
#include "gateway/trust/signature.h"

#define SIGNATURES 64
#define RECIPIENTS 100

/* A passing result, and the domain that it passed for. */
struct pass {
    const struct authres_result *result;
    struct text domain;
};

/* What is the same for every result of one mail. */
struct signed_mail {
    const struct signature *signatures[SIGNATURES];
    size_t count;
    bool is_page_in_to;
    bool is_page_in_cc;
};

/* header.d; where the verifier gave none, the domain of header.i. Empty: none, or ill-formed. */
static struct text domain_of(const struct authres_result *result)
{
    const struct text domain = authres_find(result, "header", "d");
    const struct text identity = authres_find(result, "header", "i");

    if (domain.size == 0)
        return alignment_domain(identity);
    if (identity.size > 0 && !alignment_is_within(alignment_domain(identity), domain))
        return text_of("");
    return domain;
}

static bool is_aligned(const struct evidence *evidence, struct text domain)
{
    return alignment_holds(evidence->settings, domain, text_of(evidence->mail->from->domain));
}

/* Can both be given, and yet tell two signatures apart? */
static bool differs(struct text one, struct text other)
{
    return one.size > 0 && other.size > 0 && !text_is_equal_any_case(one, other);
}

static bool begins_otherwise(struct text one, struct text other)
{
    return one.size > 0 && other.size > 0 && !text_has_prefix(one, other) &&
           !text_has_prefix(other, one);
}

static bool may_be_of_one_signature(const struct authres_result *one,
                                    const struct authres_result *other)
{
    return !differs(domain_of(one), domain_of(other)) &&
           !differs(authres_find(one, "header", "s"), authres_find(other, "header", "s")) &&
           !begins_otherwise(authres_find(one, "header", "b"), authres_find(other, "header", "b"));
}

static bool is_denied(const struct evidence *evidence, const struct authres_result *pass)
{
    for (size_t i = 0; i < evidence->result_count; i++) {
        const struct authres_result *other = evidence->results[i];

        if (authres_is_of(other, "dkim") && !authres_says(other, "pass") &&
            may_be_of_one_signature(pass, other))
            return true;
    }
    return false;
}

/* Once one cannot be read, it cannot be said which of them our verifier meant: a crafted copy would
 * stand beside it (A16). */
static const char *read_signatures(const struct evidence *evidence, struct signed_mail *mail)
{
    for (size_t i = 0; i < evidence->mail->field_count; i++) {
        const struct mail_field *field = &evidence->mail->fields[i];

        if (!text_is_equal_any_case(field->name, TEXT("DKIM-Signature")))
            continue;
        if (mail->count == SIGNATURES)
            return "there are too many signatures";
        mail->signatures[mail->count] = signature_parse(evidence->arena, field->value);
        if (mail->signatures[mail->count] == NULL)
            return "a DKIM-Signature is malformed";
        mail->count++;
    }
    return NULL;
}

static bool fits(const struct signature *signature, const struct pass *pass)
{
    return text_is_equal_any_case(signature->domain, pass->domain) &&
           !differs(signature->selector, authres_find(pass->result, "header", "s")) &&
           !differs(signature->algorithm, authres_find(pass->result, "header", "a")) &&
           text_has_prefix(signature->b, authres_find(pass->result, "header", "b"));
}

/* The one signature that passed; NULL when none or more than one can be it. */
static const struct signature *find_signature(const struct signed_mail *mail,
                                              const struct pass *pass)
{
    const struct signature *found = NULL;

    for (size_t i = 0; i < mail->count; i++) {
        if (!fits(mail->signatures[i], pass))
            continue;
        if (found != NULL)
            return NULL;
        found = mail->signatures[i];
    }
    return found;
}

static size_t count_fields(const struct mail *mail, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < mail->field_count; i++)
        count += text_is_equal_any_case(mail->fields[i].name, text_of(name));
    return count;
}

/* Each of that name: an unsigned one could have been put above the signed. */
static bool is_signed(const struct evidence *evidence, const struct signature *signature,
                      const char *name)
{
    const size_t covered = signature_count_signed(signature, name);

    return covered > 0 && count_fields(evidence->mail, name) <= covered;
}

static const char *doubt_coverage(const struct evidence *evidence,
                                  const struct signature *signature)
{
    static const char *const needed[] = {"From", "Subject", "Date"};

    /* RFC 8301: SHA-1 proves nothing any more. */
    if (!text_is_equal_any_case(signature->algorithm, TEXT("rsa-sha256")) &&
        !text_is_equal_any_case(signature->algorithm, TEXT("ed25519-sha256")))
        return arena_format(evidence->arena, "its algorithm %s is not believed",
                            evidence_write(evidence, signature->algorithm));
    if (signature->has_length)
        return "only a part of the body is signed (l=)";
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
        if (!is_signed(evidence, signature, needed[i]))
            return arena_format(evidence->arena, "%s is not signed", needed[i]);
        if (count_fields(evidence->mail, needed[i]) > 1)
            return arena_format(evidence->arena, "there are two %s fields", needed[i]);
    }
    return NULL;
}

static const char *doubt_age(const struct evidence *evidence, const struct signature *signature)
{
    const int64_t now = evidence->facts->now;
    const int64_t signed_at =
        signature->signed_at > 0 ? signature->signed_at : evidence->mail->date_at;

    if (signed_at <= 0)
        return "it does not say when it was signed";
    if (signed_at - HOUR_MS > now)
        return "it was signed in the future";
    if (signed_at + evidence->settings->signature_age_ms < now)
        return arena_format(
            evidence->arena, "it was signed more than %s ago: too old",
            moment_write_span(evidence->arena, evidence->settings->signature_age_ms));
    if (signature->expires_at > 0 && signature->expires_at < now)
        return "the signature has expired";
    return NULL;
}

static const char *doubt_recipient(const struct evidence *evidence,
                                   const struct signature *signature)
{
    const struct text domain = alignment_domain(text_of(evidence->facts->page_address));

    if (signature->recipient.size == 0 || text_is_equal_any_case(signature->recipient, domain))
        return NULL;
    return arena_format(evidence->arena, "it was sent to %s (darn=)",
                        evidence_write(evidence, signature->recipient));
}

/* With any extension of the page's: status+rk7…@status.example.com. */
static bool is_page(const struct evidence *evidence, const struct mail_address *address)
{
    const struct text page = text_of(evidence->facts->page_address);
    const struct text domain = alignment_domain(page);
    const struct text local = text_first(page, page.size - domain.size - 1);
    const struct text given = text_of(address->local);
    const ptrdiff_t plus = text_find_byte(given, '+');
    const struct text plain = plus < 0 ? given : text_first(given, (size_t)plus);

    return text_is_equal_any_case(plain, local) &&
           text_is_equal_any_case(text_of(address->domain), domain);
}

static bool lists_page(const struct evidence *evidence, struct text value)
{
    struct mail_address *addresses = ARENA_ARRAY(evidence->arena, struct mail_address, RECIPIENTS);
    const size_t count = address_parse_list(evidence->arena, value, addresses, RECIPIENTS);

    for (size_t i = 0; i < count; i++)
        if (is_page(evidence, &addresses[i]))
            return true;
    return false;
}

static bool names_page(const struct evidence *evidence, const char *name)
{
    const struct mail *mail = evidence->mail;

    for (size_t i = 0; i < mail->field_count; i++)
        if (text_is_equal_any_case(mail->fields[i].name, text_of(name)) &&
            lists_page(evidence, mail->fields[i].value))
            return true;
    return false;
}

/* DKIM binds no recipient: only a signed To or Cc says for whom it was written (notes 0.8). A monitor
 * cannot be asked back. */
static struct finding judge_addressee(const struct evidence *evidence,
                                      const struct signed_mail *mail,
                                      const struct signature *signature)
{
    const bool is_to_signed = is_signed(evidence, signature, "To");
    const bool is_cc_signed = is_signed(evidence, signature, "Cc");
    struct finding finding = {.state = FINDING_AUTHOR};

    if (evidence->identity->is_monitor || (is_to_signed && mail->is_page_in_to) ||
        (is_cc_signed && mail->is_page_in_cc)) {
        finding.state = FINDING_WHOLE;
        finding.why = "";
    } else if (is_to_signed) {
        finding.why = "its signed To and Cc do not name this page";
    } else {
        finding.why = "its To is not signed, so it may have been meant for somebody else";
    }
    return finding;
}

static struct finding judge_pass(const struct evidence *evidence, const struct signed_mail *mail,
                                 const struct pass *pass)
{
    const struct signature *signature = NULL;
    struct finding finding = {.why = "our verifier's results disagree"};

    if (is_denied(evidence, pass->result))
        return finding;
    signature = find_signature(mail, pass);
    if (signature == NULL) {
        finding.why = "it cannot be told which signature passed";
        return finding;
    }
    finding.why = doubt_coverage(evidence, signature);
    if (finding.why == NULL)
        finding.why = doubt_age(evidence, signature);
    if (finding.why == NULL)
        finding.why = doubt_recipient(evidence, signature);
    return finding.why != NULL ? finding : judge_addressee(evidence, mail, signature);
}

/* What a result says that is no aligned pass. */
static struct finding judge_other(const struct evidence *evidence,
                                  const struct authres_result *result)
{
    const struct text domain = domain_of(result);
    struct finding finding = {.why = evidence_write_result(evidence, result)};

    if (authres_says(result, "none"))
        finding.why = "not signed";
    if (authres_says(result, "temperror") && (domain.size == 0 || is_aligned(evidence, domain)))
        finding.state = FINDING_TEMPORARY;
    if (authres_says(result, "pass"))
        finding.why = domain.size == 0
                          ? "passed, but for no domain that can be told"
                          : arena_format(evidence->arena, "passed for %s, which is another domain",
                                         evidence_write(evidence, domain));
    return finding;
}

struct judgement {
    struct finding finding;
    int weight; /* among equal findings: her signatures, then what else is said of her domain */
};

static struct judgement judge_result(const struct evidence *evidence,
                                     const struct signed_mail *mail,
                                     const struct authres_result *result)
{
    const struct pass pass = {result, domain_of(result)};
    const bool is_hers = is_aligned(evidence, pass.domain);

    if (is_hers && authres_says(result, "pass"))
        return (struct judgement){judge_pass(evidence, mail, &pass), 3};
    return (struct judgement){judge_other(evidence, result), is_hers ? 2 : 1};
}

static struct finding judge_results(const struct evidence *evidence, const struct signed_mail *mail)
{
    struct judgement best = {{.why = "not signed"}, 0};

    for (size_t i = 0; i < evidence->result_count; i++) {
        struct judgement next;

        if (!authres_is_of(evidence->results[i], "dkim"))
            continue;
        next = judge_result(evidence, mail, evidence->results[i]);
        if (next.finding.state > best.finding.state ||
            (next.finding.state == best.finding.state && next.weight > best.weight))
            best = next;
    }
    return best.finding;
}

/* Does a result name this very signature, and call it anything but good? */
static bool is_refuted(const struct evidence *evidence, const struct signature *signature)
{
    for (size_t i = 0; i < evidence->result_count; i++) {
        const struct authres_result *result = evidence->results[i];
        const struct pass named = {result, domain_of(result)};

        if (authres_is_of(result, "dkim") && !authres_says(result, "pass") &&
            !authres_says(result, "temperror") && fits(signature, &named) &&
            (authres_find(result, "header", "b").size > 0 ||
             authres_find(result, "header", "s").size > 0))
            return true;
    }
    return false;
}

/* A mail signed twice could come again with one of its signatures, whichever had counted before. Those
 * that are wrong anybody could have put there, to have another mail taken for seen (A18). */
static void list_signatures(const struct evidence *evidence, const struct signed_mail *mail,
                            struct finding *finding)
{
    struct text *signatures = ARENA_ARRAY(evidence->arena, struct text, mail->count);

    for (size_t i = 0; i < mail->count; i++)
        if (is_aligned(evidence, mail->signatures[i]->domain) &&
            !is_refuted(evidence, mail->signatures[i]))
            signatures[finding->signature_count++] = mail->signatures[i]->b;
    finding->signatures = signatures;
}

struct finding dkim_find(const struct evidence *evidence)
{
    struct signed_mail mail = {.count = 0};
    struct finding finding;

    if (!evidence_has_results(evidence, &finding))
        return finding;
    finding = (struct finding){.why = read_signatures(evidence, &mail)};
    if (finding.why != NULL)
        return finding;
    mail.is_page_in_to = names_page(evidence, "To");
    mail.is_page_in_cc = names_page(evidence, "Cc");
    finding = judge_results(evidence, &mail);
    if (finding.state >= FINDING_AUTHOR)
        list_signatures(evidence, &mail, &finding);
    return finding;
}
