#include "spool/verdict.h"

#include <string.h>

struct enhanced {
    int kind;
    int subject;
    int detail;
};

/* qmail and others say it within the text: "sorry, no mailbox here by that name. (#5.1.1)". */
static struct enhanced find_in_text(const char *text)
{
    for (const char *at = strchr(text, '#'); at != NULL; at = strchr(at + 1, '#')) {
        const bool is_code = (at[1] == '4' || at[1] == '5') && at[2] == '.' &&
                             g_ascii_isdigit(at[3]) && at[4] == '.' && g_ascii_isdigit(at[5]);
        if (is_code && !g_ascii_isdigit(at[6]))
            return (struct enhanced){at[1] - '0', at[3] - '0', at[5] - '0'};
    }
    return (struct enhanced){0, 0, 0};
}

/* The enhanced code, or {0, 0, 0} where there is none that belongs to the class of the code. */
static struct enhanced enhanced_of(const struct relay_reply *reply)
{
    struct enhanced code = {reply->enhanced_class, reply->subject, reply->detail};

    if (code.kind == 0)
        code = find_in_text(reply->text);
    return code.kind == reply->code / 100 ? code : (struct enhanced){0, 0, 0};
}

static bool is_address_code(const struct enhanced *code)
{
    static const struct enhanced codes[] = {
        {5, 1, 1}, {5, 1, 2}, {5, 1, 3}, {5, 1, 6}, {5, 1, 10}, {5, 2, 1},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
        if (code->subject == codes[i].subject && code->detail == codes[i].detail)
            return true;
    return false;
}

static bool is_contradicted(const struct relay_reply *reply)
{
    return reply->enhanced_class != 0 && reply->enhanced_class != reply->code / 100;
}

bool verdict_is_bare(const struct relay_reply *reply)
{
    const bool is_code = reply->code == 550 || reply->code == 551 || reply->code == 553;

    return reply->stage == STAGE_RCPT && is_code && !is_contradicted(reply) &&
           enhanced_of(reply).kind == 0;
}

void verdict_write_status(const struct relay_reply *reply, char status[VERDICT_STATUS_SIZE])
{
    const struct enhanced code = enhanced_of(reply);

    status[0] = '\0';
    if (code.kind != 0)
        (void)g_snprintf(status, VERDICT_STATUS_SIZE, "%d.%d.%d", code.kind, code.subject,
                         code.detail);
}

bool verdict_is_policy(const struct relay_reply *reply)
{
    const struct enhanced code = enhanced_of(reply);

    return reply->stage == STAGE_RCPT && code.kind == 5 && code.subject == 7;
}

static enum verdict judge_refused_recipient(const struct relay_reply *reply, bool bare_used)
{
    const struct enhanced code = enhanced_of(reply);
    const bool is_sender = code.subject == 1 && (code.detail == 7 || code.detail == 8);

    if (verdict_is_bare(reply))
        return bare_used ? VERDICT_REFUSED : VERDICT_ADDRESS_FAILED;
    if (is_contradicted(reply))
        return VERDICT_LATER;
    if (code.kind == 0) /* 500 to 504, 552, 554: the command, the size, the policy */
        return VERDICT_REFUSED;
    if (is_address_code(&code))
        return VERDICT_ADDRESS_FAILED;
    return is_sender || (code.subject >= 3 && code.subject <= 7) ? VERDICT_REFUSED : VERDICT_LATER;
}

enum verdict verdict_of(const struct relay_reply *reply, bool bare_used)
{
    const int kind = reply->code / 100;

    if (reply->stage == STAGE_GATE)
        return VERDICT_GATE;
    if (kind == 2 && reply->stage == STAGE_DOT)
        return VERDICT_SENT;
    /* No answer, one that fits nothing, or one that ends the connection for everybody: RFC 5321
     * section 3.8 for 421, RFC 4954 section 6 for 530, 535, 538. */
    if (reply->stage == STAGE_CONNECT || (kind != 4 && kind != 5) || reply->code == 421)
        return VERDICT_RELAY_FAILED;
    if (reply->code == 530 || reply->code == 535 || reply->code == 538)
        return VERDICT_RELAY_FAILED;
    if (reply->stage != STAGE_RCPT)
        return VERDICT_REFUSED;
    return kind == 4 ? VERDICT_LATER : judge_refused_recipient(reply, bare_used);
}
