/* gateway/cli/import_row.h: a row of a file as somebody who is to hear of a page, or why not.
 *
 * Pure. Refused are addresses that are none, addresses of pages, role addresses (who reads them did not
 * ask), other ways than mail (telephones, web hooks), who has left or is suspended or quarantined there,
 * and settings that cannot be understood: nobody is to get more than she asked for. */
#pragma once

#include "gateway/cli/import_columns.h"
#include "gateway/config/config.h"

struct import_person {
    struct subscriber subscriber;
    bool is_pending;     /* there she had not agreed yet */
    const char *words;   /* wishes_write() */
    const char *warning; /* "" when none */
};

struct import_row {
    const struct config *config;
    const struct page *page;
    const struct import_columns *columns;
    int64_t now;
};

/* What is wrong with an address for an import; NULL: nothing. "" : a carrier's gateway to telephones, which
 * may be imported with a warning. */
bool import_row_read(struct arena *arena, const struct import_row *import,
                     const struct csv_row *row, struct import_person *person, GError **error);

/* Is it the address of a configured page, with or without an extension? */
bool import_is_of_a_page(const struct config *config, const struct mail_address *address);
