/* gateway/mail/mail.h: the bytes of one mail as one plain structure.
 *
 * mail_parse() first runs the linear pre-scan of prescan.h, because GMime can be made to hang or to eat
 * memory; then GMime; then copies all that leaves this folder into the caller's arena. Nothing here
 * decides anything: what a mail may do is for gateway/trust and gateway/incident.
 *
 * Sources: RFC 5322, 2045-2047, 2231, 3676 (format=flowed), 3834 (automatic mail). */
#pragma once

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

#include <stdint.h>

struct mail_limits {
    size_t message_bytes;   /* default 1 MiB */
    size_t header_bytes;    /* whole block; default 128 KiB */
    size_t field_bytes;     /* one header field; default 16 KiB */
    size_t fields;          /* default 1,000 */
    size_t parameters;      /* per field; default 64 */
    size_t parameter_bytes; /* default 1 KiB */
    size_t depth;           /* MIME nesting; default 16 */
    size_t parts;           /* default 200 */
    size_t text_bytes;      /* text given to a grammar; default 64 KiB */
};

extern const struct mail_limits mail_limits_default;

/* One header field as it stands in the mail, top first. Both are raw bytes: the name without colon and
 * trailing space, the value unfolded (each line break with the white space after it is one space),
 * trimmed. */
struct mail_field {
    struct text name;
    struct text value;
};

/* local@domain, domain in lower case (A-labels are not decoded), the local part as given. */
struct mail_address {
    const char *local;
    const char *domain;
    const char *whole; /* local@domain */
    const char *name;  /* display name, decoded and cleaned; "" when none */
};

enum mail_automatic {
    MAIL_BY_PERSON,
    MAIL_AUTOMATIC_SOFT, /* Precedence, List-*, X-Auto-Response-Suppress, X-Autoreply, vacation subject */
    MAIL_AUTOMATIC_HARD, /* null return-path, Auto-Submitted, report types, X-Tocsin-Loop, daemons */
};

struct mail {
    struct text raw; /* all bytes, as borrowed */
    const struct mail_field *fields;
    size_t field_count;

    size_t from_count;               /* From fields in the raw header block */
    const struct mail_address *from; /* NULL unless exactly one From field with exactly one strict
                                         addr-spec that occurs once in the raw value (notes A3-A6) */
    const char *from_trouble;        /* why `from` is NULL, else NULL */
    const struct mail_address *to;   /* To and Cc, groups flattened, what is no address left out */
    size_t to_count;
    const char *subject;    /* decoded, cleaned to one line; "" when none */
    const char *message_id; /* without angle brackets, "" when none or malformed */
    const char *const
        *references;        /* In-Reply-To's ids first, then References' from last to first */
    size_t reference_count; /* at most 100 */
    int64_t date_at;        /* Date's moment, 0 when none or malformed */

    const char *text;     /* the new text: decoded, HTML turned to text, quotation, signature and
                             mobile footers cut, trimmed; at most limits->text_bytes */
    const char *raw_text; /* the same before anything was cut */
    bool was_cut;         /* text_bytes was reached */
    const char *const *attachments; /* clean names of what is not read as text: files, messages; a
                                       type ("image/png") where there is no name; at most 20 */
    size_t attachment_count;

    enum mail_automatic automatic; /* by header and subject alone: the caller adds the envelope */
    const char *automatic_reason;  /* "Auto-Submitted: auto-replied"; NULL for a person's */
    bool is_report;                /* multipart/report or a bounce's form */
};

/* `bytes` are as the milter or standard input gave them, line ends CRLF or LF. `bytes` must outlive
 * the result. NULL: `error` is INPUT (malformed, says what) or LIMIT (says which limit). */
const struct mail *mail_parse(struct arena *arena, struct text bytes,
                              const struct mail_limits *limits, GError **error);

/* The n-th (from 0) value of a field of that name, any case; NULL when there is none. */
const struct mail_field *mail_find_field(const struct mail *mail, const char *name, size_t n);

/* BLAKE2b over From, Date, Subject, Message-ID and body as raw bytes, line ends normalised; no trace
 * headers: the same mail delivered twice has one digest (DESIGN section 5, "same mail"). Works on any
 * bytes, before any parsing, in linear time. */
#define MAIL_DIGEST_SIZE 32
void mail_digest(struct text bytes, uint8_t digest[MAIL_DIGEST_SIZE]);
