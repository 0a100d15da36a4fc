#include "gateway/intake/pagers.h"

#include <inttypes.h>

/* Its place among the speaker's; -1: it is none of hers. */
static ptrdiff_t find_pager(const struct speaker *speaker, const struct mail *mail)
{
    for (size_t i = 0; mail->from != NULL && i < speaker->pager_count; i++)
        if (text_is_equal_any_case(text_of(mail->from->whole), text_of(speaker->pagers[i])))
            return (ptrdiff_t)i;
    return -1;
}

static bool is_her_key(const struct taking *taking)
{
    const struct reply_key *key = taking->key;

    return key != NULL && !key->is_spent && key->expires_at > taking->now &&
           text_is_equal_any_case(text_of(key->operator_address),
                                  text_of(taking->operator->address));
}

static void judge_as(struct taking *taking, const struct operator* operator,
                     const struct identity * identity)
{
    taking->operator= operator;
    taking->identity = identity;
    taking->is_key_good = is_her_key(taking);
    const struct trust_facts facts = {
        .session = &taking->envelope->session,
        .page_address = taking->page->address,
        .is_reply_key_good = taking->is_key_good,
        .now = taking->now,
    };
    taking->trust = trust_judge(taking->arena, &taking->intake->settings->trust, identity,
                                taking->mail, &facts);
}

void pagers_judge(struct taking *taking)
{
    const struct intake_settings *settings = taking->intake->settings;

    for (size_t i = 0; settings->speakers != NULL && i < settings->operator_count; i++) {
        const struct speaker *speaker = &settings->speakers[i];
        const ptrdiff_t pager = find_pager(speaker, taking->mail);

        if (pager < 0)
            continue;
        taking->is_listed = true;
        if (!operator_is_of_page(settings->operators[i], taking->page->id))
            continue;
        judge_as(taking, settings->operators[i], speaker->pager_identities[pager]);
        return;
    }
}

bool pagers_wrote(const struct taking *taking, const struct mail *mail)
{
    const struct intake_settings *settings = taking->intake->settings;

    for (size_t i = 0; settings->speakers != NULL && i < settings->operator_count; i++)
        if (settings->operators[i] == taking->operator)
            return find_pager(&settings->speakers[i], mail) >= 0;
    return false;
}

const struct mail *pagers_plain(struct taking *taking, const struct mail *mail)
{
    struct mail *plain = ARENA_NEW(taking->arena, struct mail);
    int64_t numbers[GRAMMAR_NUMBERS];

    *plain = *mail;
    plain->text = "";
    plain->subject = grammar_find_numbers(taking->intake->grammars, plain, numbers) == 1
                         ? arena_format(taking->arena, "#%" PRId64, numbers[0])
                         : "";
    plain->text = mail->text;
    return plain;
}

bool pagers_refuse(struct taking *taking, struct intake_verdict *verdict)
{
    if (!pagers_wrote(taking, taking->mail) ||
        grammar_is_brief(taking->intake->grammars, taking->mail))
        return false;
    *verdict = taking_refused(taking, TOCSIN_ERROR_DENIED, "mail.refused",
                              "a pager is understood only in one line of at most 160 characters "
                              "such as \"42 resolved\" or \"ack 42\"");
    return true;
}
