#include "gateway/mail/report.h"

#include "gateway/mail/charset.h"
#include "gateway/mail/fieldgroup.h"
#include "gateway/mail/returned.h"
#include "gateway/mail/tree.h"

#define DIAGNOSTIC_BYTES 500
#define WORD_CHARACTERS  100
#define STATUS_BYTES     11 /* "5.123.123", RFC 3463 section 2, and some patience */

/* What a report's second part is, by its type. */
struct machine_type {
    const char *minor; /* of message/ */
    enum report_kind kind;
};
static const struct machine_type machine_types[] = {
    {"delivery-status", REPORT_DELIVERY},
    {"global-delivery-status", REPORT_DELIVERY},
    {"feedback-report", REPORT_COMPLAINT},
    {"disposition-notification", REPORT_DISPOSITION},
    {"global-disposition-notification", REPORT_DISPOSITION},
};

/* Lower case. RFC 5965 section 7.3 and what providers have registered since; a type that is not here
 * says something, but not that somebody wants no more mail. */
static const char *const complaints[] = {"abuse", "fraud",   "virus",
                                         "other", "opt-out", "opt-out-list"};

struct reading {
    struct arena *arena;
    const struct mail_limits *limits;
    struct report *report;
    struct report_recipient *recipients;
    GString *text;
    size_t parts;
    GMimeObject *inner; /* a report in the first mail that is given back; NULL: none */
};

/* At most `most` bytes of a clean line, at the end of a character. */
static const char *cut(const char *line, size_t most, struct arena *arena)
{
    struct text text = text_of(line);

    if (text.size <= most) {
        return line;
    }
    while (most > 0 && ((unsigned char)text.at[most] & 0xc0) == 0x80) {
        most--;
    }
    return arena_copy(arena, text.at, most);
}

static bool is_status(struct text text)
{
    size_t dots = 0;

    if (text.size < 5 || text.size > STATUS_BYTES || text.at[1] != '.' ||
        (text.at[0] != '2' && text.at[0] != '4' && text.at[0] != '5')) {
        return false;
    }
    for (size_t i = 1; i < text.size; i++) {
        dots += text.at[i] == '.';
        if (text.at[i] == '.' ? i + 1 == text.size || text.at[i + 1] == '.'
                              : !g_ascii_isdigit(text.at[i])) {
            return false;
        }
    }
    return dots == 2;
}

static const char *read_status(struct arena *arena, struct text value)
{
    struct text rest = text_of(fieldgroup_word(arena, value, WORD_CHARACTERS));
    struct text status;

    if (text_next_piece(&rest, ' ', &status) && is_status(status)) {
        return arena_copy(arena, status.at, status.size);
    }
    return "";
}

/* An Action is one of five words (RFC 3464 section 2.3.3), which some programs write as they like;
 * where there is none, the status says it. */
static enum report_action read_action(struct arena *arena, struct text value, const char *status)
{
    struct text word = text_of(fieldgroup_word(arena, value, WORD_CHARACTERS));

    if (text_has_prefix_any_case(word, TEXT("fail"))) {
        return REPORT_FAILED;
    }
    if (text_has_prefix_any_case(word, TEXT("delay"))) {
        return REPORT_DELAYED;
    }
    if (word.size == 0 && *status == '5') {
        return REPORT_FAILED;
    }
    return word.size == 0 && *status == '4' ? REPORT_DELAYED : REPORT_OTHER;
}

/* "smtp; 550 5.1.1 User unknown": what stands behind the type. */
static const char *read_diagnostic(struct arena *arena, struct text value)
{
    ptrdiff_t semicolon = text_find_byte(value, ';');
    struct text type = semicolon < 0 ? TEXT("") : text_first(value, (size_t)semicolon);

    if (semicolon >= 0 && semicolon < 16 && text_find_byte(text_trim(type), ' ') < 0) {
        value = text_skip(value, (size_t)semicolon + 1);
    }
    return cut(text_clean_line(arena, value, DIAGNOSTIC_BYTES), DIAGNOSTIC_BYTES, arena);
}

static void add_recipient(struct reading *reading, const struct fieldgroup *group)
{
    struct arena *arena = reading->arena;
    const char *original = fieldgroup_address(arena, fieldgroup_find(group, "Original-Recipient"));
    const char *final = fieldgroup_address(arena, fieldgroup_find(group, "Final-Recipient"));
    const char *status = read_status(arena, fieldgroup_find(group, "Status"));

    if ((*original == '\0' && *final == '\0') ||
        reading->report->recipient_count == REPORT_RECIPIENTS_MOST) {
        return;
    }
    reading->recipients[reading->report->recipient_count++] = (struct report_recipient){
        .address = *original != '\0' ? original : final,
        .final_address = final,
        .action = read_action(arena, fieldgroup_find(group, "Action"), status),
        .status = status,
        .diagnostic = read_diagnostic(arena, fieldgroup_find(group, "Diagnostic-Code")),
    };
}

static bool begins_recipient(const struct mail_field *field, const struct fieldgroup *group)
{
    static const char *const names[] = {"Original-Recipient", "Final-Recipient"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (text_is_equal_any_case(field->name, text_of(names[i]))) {
            return fieldgroup_find(group, names[i]).size > 0;
        }
    }
    return false;
}

/* One group, or several whose empty lines were lost: a second Final-Recipient begins the next. */
static void add_recipients(struct reading *reading, const struct fieldgroup *all)
{
    struct fieldgroup group = {all->fields, 0};

    for (size_t i = 0; i < all->count; i++) {
        if (begins_recipient(&all->fields[i], &group)) {
            add_recipient(reading, &group);
            group = (struct fieldgroup){all->fields + i, 0};
        }
        group.count++;
    }
    add_recipient(reading, &group);
}

static void read_envelope_id(struct reading *reading, const struct fieldgroup *group)
{
    if (*reading->report->envelope_id == '\0') {
        reading->report->envelope_id = text_clean_line(
            reading->arena, fieldgroup_find(group, "Original-Envelope-Id"), WORD_CHARACTERS);
    }
}

static void read_delivery(struct reading *reading, struct text bytes)
{
    struct fieldgroup group = {NULL, 0};

    while (fieldgroup_next(reading->arena, &bytes, &group)) {
        read_envelope_id(reading, &group);
        add_recipients(reading, &group);
    }
}

static bool is_complaint(const char *type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(complaints); i++) {
        if (g_strcmp0(type, complaints[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Addresses may be redacted (RFC 6590): they are handed on as they are, and nobody need believe them. */
static void read_feedback(struct reading *reading, struct text bytes)
{
    struct report *report = reading->report;
    struct fieldgroup group = {NULL, 0};

    if (!fieldgroup_next(reading->arena, &bytes, &group)) {
        report->kind = REPORT_NONE;
        return;
    }
    char *type = arena_string(
        reading->arena,
        fieldgroup_word(reading->arena, fieldgroup_find(&group, "Feedback-Type"), WORD_CHARACTERS));
    for (char *at = type; *at != '\0'; at++) {
        *at = g_ascii_tolower(*at);
    }
    report->feedback_type = type;
    report->kind = is_complaint(type) ? REPORT_COMPLAINT : REPORT_FEEDBACK;
    read_envelope_id(reading, &group);
    report->returned_path =
        fieldgroup_address(reading->arena, fieldgroup_find(&group, "Original-Mail-From"));
    const char *address =
        fieldgroup_address(reading->arena, fieldgroup_find(&group, "Original-Rcpt-To"));
    if (*address != '\0') {
        reading->recipients[report->recipient_count++] =
            (struct report_recipient){address, "", REPORT_OTHER, "", ""};
    }
}

static void read_machine(struct reading *reading, GMimeObject *object, enum report_kind kind)
{
    g_autoptr(GMimeStream) memory = g_mime_stream_mem_new();

    if (!GMIME_IS_PART(object) || reading->report->kind != REPORT_NONE) {
        return;
    }
    struct text bytes = tree_read_content(GMIME_PART(object), memory);
    reading->report->kind = kind;
    if (kind == REPORT_DELIVERY) {
        read_delivery(reading, bytes);
    } else if (kind == REPORT_COMPLAINT) {
        read_feedback(reading, bytes);
    }
    charset_convert(reading->text, bytes, NULL, reading->limits->text_bytes);
    g_string_append(reading->text, "\n\n");
}

static void keep_inner(struct reading *reading, GMimeMessage *message)
{
    GMimeObject *part = message != NULL ? g_mime_message_get_mime_part(message) : NULL;

    if (reading->inner == NULL && part != NULL && tree_is_type(part, "multipart", "report")) {
        reading->inner = part;
    }
}

/* A returned mail, or its header; also where it was encoded, which RFC 2046 forbids. */
static void read_returned(struct reading *reading, GMimeObject *object)
{
    g_autoptr(GMimeStream) memory = g_mime_stream_mem_new();
    g_autofree char *headers = NULL;
    struct text header = TEXT("");

    if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
        headers = message != NULL ? g_mime_object_get_headers(GMIME_OBJECT(message), NULL) : NULL;
        header = text_of(headers);
        keep_inner(reading, message);
    } else if (GMIME_IS_PART(object)) {
        header = tree_read_content(GMIME_PART(object), memory);
    }
    returned_read(reading->arena, header, reading->report);
    charset_convert(reading->text, header, NULL, reading->limits->text_bytes);
    g_string_append(reading->text, "\n\n");
}

static bool is_returned(GMimeObject *object)
{
    return tree_is_type(object, "message", "rfc822") || tree_is_type(object, "message", "global") ||
           tree_is_type(object, "message", "global-headers") ||
           tree_is_type(object, "text", "rfc822-headers") ||
           tree_is_type(object, "text", "rfc822-header");
}

static bool is_full(const struct reading *reading)
{
    return reading->text->len > reading->limits->text_bytes;
}

static void read_leaf(struct reading *reading, GMimeObject *object)
{
    for (size_t i = 0; i < G_N_ELEMENTS(machine_types); i++) {
        if (tree_is_type(object, "message", machine_types[i].minor)) {
            read_machine(reading, object, machine_types[i].kind);
            return;
        }
    }
    if (is_returned(object)) {
        read_returned(reading, object);
    } else if (!GMIME_IS_PART(object) || is_full(reading)) {
        return;
    } else if (tree_is_type(object, "text", "html")) {
        tree_write_html(reading->text, GMIME_PART(object), reading->limits);
    } else if (tree_is_type(object, "text", "*")) {
        tree_write_plain(reading->text, GMIME_PART(object), reading->limits);
    }
}

/* `object` at `depth`: recursion ends at limits->depth. A mail that is given back is not gone into. */
static void walk(struct reading *reading, GMimeObject *object, size_t depth)
{
    if (object == NULL || depth > reading->limits->depth ||
        ++reading->parts > reading->limits->parts) {
        return;
    }
    if (!GMIME_IS_MULTIPART(object)) {
        read_leaf(reading, object);
        return;
    }
    GMimeMultipart *multipart = GMIME_MULTIPART(object);
    int count = g_mime_multipart_get_count(multipart);
    if (tree_is_type(object, "multipart", "alternative")) {
        count = MIN(count, 1); /* the others say the same */
    }
    for (int i = 0; i < count; i++) {
        walk(reading, g_mime_multipart_get_part(multipart, i), depth + 1);
    }
}

/* A report that somebody put into a mail of his own, as filters do. One in what a report gives back is
 * about another mail. */
static void walk_inner(struct reading *reading)
{
    struct report *report = reading->report;

    if (report->kind != REPORT_NONE || reading->inner == NULL) {
        return;
    }
    report->returned_path = "";
    report->returned_message_id = "";
    report->returned_unsubscribe = "";
    report->returned_to = "";
    walk(reading, reading->inner, 2);
}

const struct report *mail_read_report(struct arena *arena, const struct mail *mail,
                                      const struct mail_limits *limits)
{
    struct report *report = ARENA_NEW(arena, struct report);
    struct prescan prescan;
    g_autoptr(GString) text = g_string_new(NULL);

    *report = (struct report){.kind = REPORT_NONE,
                              .envelope_id = "",
                              .feedback_type = "",
                              .text = "",
                              .returned_path = "",
                              .returned_message_id = "",
                              .returned_unsubscribe = "",
                              .returned_to = ""};
    if (!prescan_run(arena, mail->raw, limits, &prescan, NULL)) {
        return report;
    }
    g_autoptr(GMimeMessage) message = tree_construct(&prescan);
    if (message == NULL) {
        return report;
    }
    struct reading reading = {arena, limits, report, NULL, text, 0, NULL};
    reading.recipients = ARENA_ARRAY(arena, struct report_recipient, REPORT_RECIPIENTS_MOST);
    report->recipients = reading.recipients;
    walk(&reading, g_mime_message_get_mime_part(message), 0);
    walk_inner(&reading);
    report->text =
        cut(text_clean(arena, text_from(text->str, text->len)), limits->text_bytes, arena);
    return report;
}
