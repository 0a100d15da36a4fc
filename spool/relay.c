#include "spool/relay.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "spool/relay_kinds.h"

#include <string.h>

#define ADDRESS_MOST 254 /* RFC 5321 section 4.5.3.1.3, without the angle brackets */

const struct relay_timeouts relay_timeouts_default = {60 * SECOND_MS, 5 * MINUTE_MS, 3 * MINUTE_MS,
                                                      10 * MINUTE_MS};

void relay_write_text(struct relay_reply *reply, const char *words)
{
    size_t size = 0;

    for (; words != NULL && *words != '\0' && size < sizeof reply->text - 1; words++) {
        if (*words > ' ' && *words <= '~')
            reply->text[size++] = *words;
        else if (size > 0 && reply->text[size - 1] != ' ')
            reply->text[size++] = ' ';
    }
    while (size > 0 && reply->text[size - 1] == ' ')
        size--;
    reply->text[size] = '\0';
}

static bool is_address(const char *address)
{
    const size_t size = strlen(address);

    for (const char *at = address; *at != '\0'; at++)
        if (*at < '!' || *at > '~' || *at == '<' || *at == '>')
            return false;
    return size <= ADDRESS_MOST;
}

bool relay_may_pass(const struct relay_mail *mail, struct relay_reply *reply)
{
    g_autoptr(GError) error = NULL;

    *reply = (struct relay_reply){.stage = STAGE_GATE};
    if (mail->recipient[0] == '\0' || mail->recipient[0] == '-' || !is_address(mail->recipient))
        relay_write_text(reply, "the address cannot be written in SMTP");
    else if (!is_address(mail->return_path))
        relay_write_text(reply, "the return-path cannot be written in SMTP");
    else if (!compose_check(mail->message, mail->slots, &error))
        relay_write_text(reply, error->message);
    else
        return true;
    return false;
}

struct relay *relay_open(const struct relay_settings *settings,
                         const struct relay_timeouts *timeouts, const char *hostname,
                         GError **error)
{
    struct relay *relay = g_new0(struct relay, 1);

    relay->settings = settings;
    relay->timeouts = timeouts;
    relay->hostname = hostname;
    if (settings->kind == RELAY_MAILDIR ? relay_maildir_open(relay, error)
                                        : relay_smtp_open(relay, error))
        return relay;
    g_prefix_error(error, "relay %s: ", settings->name);
    relay_close(relay);
    return NULL;
}

void relay_close(struct relay *relay)
{
    if (relay == NULL)
        return;
    relay_smtp_close(relay);
    g_free(relay);
}

bool relay_run(struct relay *relay, const struct relay_feed *feed, struct relay_reply *fault)
{
    return relay->settings->kind == RELAY_MAILDIR ? relay_maildir_run(relay, feed, fault)
                                                  : relay_smtp_run(relay, feed, fault);
}
