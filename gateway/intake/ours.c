#include "gateway/intake/ours.h"

bool ours_is_address(const struct taking *taking, const char *address)
{
    return intake_find_page(taking->intake->settings, taking->intake->secret, address) != NULL;
}

static bool is_id(const struct taking *taking, const char *id)
{
    const struct intake_settings *settings = taking->intake->settings;

    for (size_t i = 0; i < settings->page_count; i++)
        if (keyed_read_id(taking->intake->secret, settings->pages[i], text_of(id)).kind !=
            KEYED_ID_FOREIGN)
            return true;
    return false;
}

static bool has_loop_mark(const struct taking *taking, const struct mail *mail)
{
    const struct mail_field *mark = mail_find_field(mail, "X-Tocsin-Loop", 0);
    const struct intake_settings *settings = taking->intake->settings;

    for (size_t i = 0; mark != NULL && i < settings->page_count; i++)
        if (text_is_equal_any_case(mark->value,
                                   text_of(keyed_write_loop(taking->arena, taking->intake->secret,
                                                            settings->pages[i]))))
            return true;
    return false;
}

bool ours_is_mail(const struct taking *taking, const struct mail *mail)
{
    return (mail->from != NULL && ours_is_address(taking, mail->from->whole)) ||
           is_id(taking, mail->message_id) || has_loop_mark(taking, mail);
}

bool ours_is_answered(const struct taking *taking, const struct mail *mail)
{
    for (size_t i = 0; i < mail->reference_count; i++)
        if (is_id(taking, mail->references[i]))
            return true;
    return false;
}
