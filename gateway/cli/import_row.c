#include "gateway/cli/import_row.h"

#include "gateway/base/error.h"
#include "gateway/mail/address.h"

#include <string.h>

/* Carriers' gateways from mail to telephones that were closed, or will be on a day that was announced. */
static const struct {
    const char *domain;
    const char *what;
} gateways[] = {
    {"tmomail.net", "this gateway to telephones was closed at the end of 2024"},
    {"txt.att.net", "this gateway to telephones was closed in June 2025"},
    {"mms.att.net", "this gateway to telephones was closed in June 2025"},
    {"messaging.sprintpcs.com", "this gateway to telephones was closed"},
    {"vtext.com", "this gateway to telephones ends in March 2027"},
    {"vzwpix.com", "this gateway to telephones ends in March 2027"},
};

bool import_is_of_a_page(const struct config *config, const struct mail_address *address)
{
    for (size_t i = 0; i < config->page_count; i++) {
        const struct text own = text_of(config->pages[i]->local);

        if (strcmp(address->domain, config->pages[i]->domain) == 0 &&
            text_has_prefix_any_case(text_of(address->local), own) &&
            strchr("+-", address->local[own.size]) != NULL)
            return true; /* strchr() finds the end too */
    }
    return false;
}

/* The address in `Name <address>`, or the whole cell. */
static struct text unwrap(struct text cell)
{
    ptrdiff_t open = -1;

    for (size_t i = 0; i < cell.size; i++)
        if (cell.at[i] == '<')
            open = (ptrdiff_t)i;
    if (open < 0 || !text_has_suffix(cell, TEXT(">")))
        return cell;
    return text_trim(text_first(text_skip(cell, (size_t)open + 1), cell.size - (size_t)open - 2));
}

static bool read_address(struct arena *arena, const struct import_row *import, struct text cell,
                         struct import_person *person, GError **error)
{
    const struct mail_address *address = NULL;

    if (cell.size == 0)
        return error_set(error, TOCSIN_ERROR_INPUT, "has no address");
    address = address_parse(arena, unwrap(cell), error);
    if (address == NULL)
        return false;
    if (import_is_of_a_page(import->config, address))
        return error_set(error, TOCSIN_ERROR_INPUT, "is the address of a page");
    if (address_is_role(address->whole))
        return error_set(error, TOCSIN_ERROR_INPUT,
                         "is a role's address: `subscriber add` takes it, if its readers want it");
    for (size_t i = 0; i < G_N_ELEMENTS(gateways); i++)
        if (strcmp(address->domain, gateways[i].domain) == 0)
            person->warning = gateways[i].what;
    person->subscriber.address = address->whole;
    return true;
}

static struct text cell_of(const struct import_row *import, const struct csv_row *row,
                           enum import_column column)
{
    return import_columns_cell(import->columns, row, column);
}

/* Does the row speak of a mail address at all? */
static bool check_type(struct arena *arena, const struct import_row *import,
                       const struct csv_row *row, GError **error)
{
    const struct text type = cell_of(import, row, IMPORT_TYPE);

    if (type.size == 0 || text_is_equal_any_case(type, TEXT("email")) ||
        text_is_equal_any_case(type, TEXT("e-mail")))
        return true;
    return error_set(error, TOCSIN_ERROR_INPUT, "is of type \"%s\": only mail is sent",
                     text_clean_line(arena, type, 20));
}

static bool read_state(struct arena *arena, const struct import_row *import,
                       const struct csv_row *row, struct import_person *person, GError **error)
{
    const struct text word = cell_of(import, row, IMPORT_STATE);
    const struct text page = cell_of(import, row, IMPORT_PAGE);
    const struct text quarantined = cell_of(import, row, IMPORT_QUARANTINED);
    enum subscriber_state state = SUBSCRIBER_CONFIRMED;

    if (page.size > 0 && !text_is_equal(page, text_of(import->page->id)))
        return error_set(error, TOCSIN_ERROR_INPUT, "is of another page: \"%s\"",
                         text_clean_line(arena, page, 40));
    if (quarantined.size > 0 && !text_is_equal_any_case(quarantined, TEXT("false")) &&
        !text_is_equal_any_case(quarantined, TEXT("no")))
        return error_set(error, TOCSIN_ERROR_INPUT, "is in quarantine there: nothing arrived");
    if (text_is_equal_any_case(word, TEXT("unconfirmed")))
        state = SUBSCRIBER_PENDING;
    else if (word.size > 0 && !text_is_equal_any_case(word, TEXT("active")) &&
             !subscriber_state_parse(word, &state))
        return error_set(error, TOCSIN_ERROR_INPUT, "is in a state that is not known: \"%s\"",
                         text_clean_line(arena, word, 20));
    if (state == SUBSCRIBER_UNSUBSCRIBED || state == SUBSCRIBER_SUSPENDED)
        return error_set(error, TOCSIN_ERROR_INPUT, "is %s there", subscriber_state_name(state));
    person->is_pending = state == SUBSCRIBER_PENDING;
    return true;
}

static bool read_settings(struct arena *arena, const struct import_row *import,
                          const struct csv_row *row, struct import_person *person, GError **error)
{
    struct subscriber subscriber = subscriber_default;
    struct wishes wishes = {0};
    const struct wishes_request request = {import->page, &subscriber, &wishes, 0, import->now};
    const struct wishes_outcome *outcome;
    const struct text kind = cell_of(import, row, IMPORT_KIND);
    bool is_good = true;

    subscriber.page_id = import->page->id;
    subscriber.address = person->subscriber.address;
    if (kind.size > 0 && !subscriber_kind_parse(kind, &subscriber.kind))
        return error_set(error, TOCSIN_ERROR_INPUT, "is of a kind that is not known: \"%s\"",
                         text_clean_line(arena, kind, 20));
    for (size_t i = 0; is_good && i < CHOICE_COUNT; i++)
        is_good = choices_read(arena, import->page, (enum choice)i,
                               cell_of(import, row, (enum import_column)(IMPORT_CHOICES + i)),
                               &wishes, error);
    outcome = is_good ? wishes_apply(arena, &request, error) : NULL;
    if (outcome == NULL)
        return false;
    person->subscriber = *outcome->subscriber;
    person->words = wishes_write(arena, &wishes);
    return true;
}

bool import_row_read(struct arena *arena, const struct import_row *import,
                     const struct csv_row *row, struct import_person *person, GError **error)
{
    struct import_person read = {.words = "", .warning = ""};

    if (!check_type(arena, import, row, error) ||
        !read_address(arena, import, cell_of(import, row, IMPORT_ADDRESS), &read, error) ||
        !read_state(arena, import, row, &read, error) ||
        !read_settings(arena, import, row, &read, error))
        return false;
    *person = read;
    return true;
}
