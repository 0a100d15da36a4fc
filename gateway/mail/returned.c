#include "gateway/mail/returned.h"

#include "gateway/mail/address.h"
#include "gateway/mail/decode.h"
#include "gateway/mail/fieldgroup.h"

#define PATH_CHARACTERS   320
#define HEADER_CHARACTERS 2000

static bool is_unset(const char *value)
{
    return *value == '\0';
}

static const char *read_path(struct arena *arena, struct text value)
{
    if (text_has_prefix(value, TEXT("<")) && text_has_suffix(value, TEXT(">"))) {
        value = text_first(text_skip(value, 1), value.size - 2);
    }
    return text_clean_line(arena, value, PATH_CHARACTERS);
}

static const char *read_id(struct arena *arena, struct text value)
{
    const char *id = decode_next_id(arena, &value);

    return id != NULL ? id : "";
}

static const char *read_to(struct arena *arena, struct text value)
{
    struct mail_address first;

    return address_parse_list(arena, value, &first, 1) > 0 ? first.whole : "";
}

void returned_read(struct arena *arena, struct text header, struct report *report)
{
    struct fieldgroup group = {NULL, 0};

    if (!fieldgroup_next(arena, &header, &group)) {
        return;
    }
    if (is_unset(report->returned_path)) {
        report->returned_path = read_path(arena, fieldgroup_find(&group, "Return-Path"));
    }
    if (is_unset(report->returned_message_id)) {
        report->returned_message_id = read_id(arena, fieldgroup_find(&group, "Message-ID"));
    }
    if (is_unset(report->returned_unsubscribe)) {
        report->returned_unsubscribe =
            text_clean_line(arena, fieldgroup_find(&group, "List-Unsubscribe"), HEADER_CHARACTERS);
    }
    if (is_unset(report->returned_to)) {
        report->returned_to = read_to(arena, fieldgroup_find(&group, "To"));
    }
}
