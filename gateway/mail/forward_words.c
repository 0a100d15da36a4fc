#include "gateway/mail/forward_words.h"

#include <string.h>

#define MOST_KEY_BYTES    40
#define MOST_PREFIX_BYTES 16

/* In lower case, as struct line's plain form has them. en de fr es ja. */
static const struct {
    const char *word;
    enum forward_field field;
} fields[] = {
    {"from", FORWARD_FROM},
    {"von", FORWARD_FROM},
    {"de", FORWARD_FROM},
    {"expéditeur", FORWARD_FROM},
    {"remitente", FORWARD_FROM},
    {"差出人", FORWARD_FROM},
    {"送信者", FORWARD_FROM},
    {"送信元", FORWARD_FROM},
    {"subject", FORWARD_SUBJECT},
    {"betreff", FORWARD_SUBJECT},
    {"objet", FORWARD_SUBJECT},
    {"sujet", FORWARD_SUBJECT},
    {"asunto", FORWARD_SUBJECT},
    {"件名", FORWARD_SUBJECT},
    {"date", FORWARD_DATE},
    {"sent", FORWARD_DATE},
    {"sent at", FORWARD_DATE},
    {"datum", FORWARD_DATE},
    {"gesendet", FORWARD_DATE},
    {"gesendet am", FORWARD_DATE},
    {"envoyé", FORWARD_DATE},
    {"envoyé le", FORWARD_DATE},
    {"envoyée", FORWARD_DATE},
    {"date d'envoi", FORWARD_DATE},
    {"fecha", FORWARD_DATE},
    {"fecha de envío", FORWARD_DATE},
    {"enviado", FORWARD_DATE},
    {"enviado el", FORWARD_DATE},
    {"enviado a las", FORWARD_DATE},
    {"日付", FORWARD_DATE},
    {"日時", FORWARD_DATE},
    {"送信日時", FORWARD_DATE},
    {"送信日", FORWARD_DATE},
    {"to", FORWARD_TO},
    {"an", FORWARD_TO},
    {"à", FORWARD_TO},
    {"a", FORWARD_TO},
    {"pour", FORWARD_TO},
    {"destinataire", FORWARD_TO},
    {"para", FORWARD_TO},
    {"宛先", FORWARD_TO},
    {"cc", FORWARD_CC},
    {"kopie", FORWARD_CC},
    {"kopie (cc)", FORWARD_CC},
    {"copie", FORWARD_CC},
    {"copie à", FORWARD_CC},
    {"copia", FORWARD_CC},
    {"bcc", FORWARD_OTHER_FIELD},
    {"cci", FORWARD_OTHER_FIELD},
    {"cco", FORWARD_OTHER_FIELD},
    {"reply-to", FORWARD_OTHER_FIELD},
    {"reply to", FORWARD_OTHER_FIELD},
    {"antwort an", FORWARD_OTHER_FIELD},
    {"répondre à", FORWARD_OTHER_FIELD},
    {"pour répondre", FORWARD_OTHER_FIELD},
    {"responder a", FORWARD_OTHER_FIELD},
    {"返信先", FORWARD_OTHER_FIELD},
    {"importance", FORWARD_OTHER_FIELD},
    {"wichtigkeit", FORWARD_OTHER_FIELD},
    {"importancia", FORWARD_OTHER_FIELD},
    {"重要度", FORWARD_OTHER_FIELD},
    {"priority", FORWARD_OTHER_FIELD},
    {"priorität", FORWARD_OTHER_FIELD},
    {"priorité", FORWARD_OTHER_FIELD},
    {"prioridad", FORWARD_OTHER_FIELD},
    {"sensitivity", FORWARD_OTHER_FIELD},
    {"vertraulichkeit", FORWARD_OTHER_FIELD},
    {"attachments", FORWARD_OTHER_FIELD},
    {"anlagen", FORWARD_OTHER_FIELD},
    {"pièces jointes", FORWARD_OTHER_FIELD},
    {"datos adjuntos", FORWARD_OTHER_FIELD},
    {"添付ファイル", FORWARD_OTHER_FIELD},
    {"organization", FORWARD_OTHER_FIELD},
    {"organisation", FORWARD_OTHER_FIELD},
    {"message-id", FORWARD_OTHER_FIELD},
    {"resent-from", FORWARD_OTHER_FIELD},
    {"resent-date", FORWARD_OTHER_FIELD},
};

/* Between dashes. */
static const char *const framed[] = {
    "forwarded message",         "forwarded email",
    "forwarded e-mail",          "forwarded mail",
    "weitergeleitete nachricht", "weitergeleitete e-mail",
    "message transféré",         "message réexpédié",
    "courriel transféré",        "e-mail transféré",
    "mensaje reenviado",         "mensaje transmitido",
    "correo reenviado",          "転送メッセージ",
    "転送されたメッセージ",      "転送メール",
};

/* With a colon, as Apple Mail writes them. */
static const char *const beginnings[] = {
    "begin forwarded message",
    "anfang der weitergeleiteten nachricht",
    "beginn der weitergeleiteten nachricht",
    "début du message réexpédié",
    "début du message transféré",
    "inicio del mensaje reenviado",
    "comienzo del mensaje reenviado",
    "転送されたメッセージ",
};

static const char *const passed_prefixes[] = {
    "fw", "fwd", "wg", "tr", "rv", "reenv", "i", "enc", "doorst", "vb", "pd", "転送",
};
static const char *const reply_prefixes[] = {
    "re", "aw", "sv", "antw", "rép", "rep", "r", "ref", "res", "odp", "vs", "返信",
};

#define IS_LISTED(word, list) word_is_listed((word), (list), G_N_ELEMENTS(list))

enum forward_field forward_find_field(const struct line *line)
{
    struct text plain = text_of(line->plain);
    ptrdiff_t colon = text_find_byte(plain, ':');

    if (colon <= 0 || colon > MOST_KEY_BYTES) {
        return FORWARD_NO_FIELD;
    }
    struct text key = text_trim(text_first(plain, (size_t)colon));
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (text_is_equal(key, text_of(fields[i].word))) {
            return fields[i].field;
        }
    }
    return FORWARD_NO_FIELD;
}

bool forward_is_marker(const struct line *line)
{
    struct text words = line_undecorate(line->plain);
    bool is_framed = strncmp(line->plain, "--", 2) == 0 || strncmp(line->plain, "==", 2) == 0;
    bool has_colon = text_has_suffix(words, TEXT(":"));

    if (has_colon) {
        words = text_trim(text_first(words, words.size - 1));
    }
    if (words.size == 0) {
        return false;
    }
    return (has_colon && IS_LISTED(words, beginnings)) ||
           (is_framed &&
            (IS_LISTED(words, framed) || text_has_prefix(words, TEXT("forwarded by "))));
}

/* Behind "[EXT] [ops] ". */
static const char *skip_brackets(const char *subject)
{
    while (*subject == '[') {
        const char *end = strchr(subject, ']');
        if (end == NULL) {
            break;
        }
        subject = end + 1;
        subject += strspn(subject, " ");
    }
    return subject;
}

enum forward_prefix forward_find_prefix(const char *subject)
{
    const char *start = skip_brackets(subject);
    const char *ascii = strchr(start, ':');
    const char *wide = strstr(start, "：");
    const char *colon = ascii == NULL || (wide != NULL && wide < ascii) ? wide : ascii;

    if (colon == NULL || colon - start > MOST_PREFIX_BYTES) {
        return FORWARD_NO_PREFIX;
    }
    g_autofree char *lower = g_utf8_strdown(start, colon - start);
    struct text word = text_trim(text_of(lower));
    while (word.size > 0 && strchr("[]() 0123456789", word.at[word.size - 1]) != NULL) {
        word.size--; /* "Re[2]" */
    }
    if (IS_LISTED(word, passed_prefixes)) {
        return FORWARD_PREFIX_PASSED;
    }
    return IS_LISTED(word, reply_prefixes) ? FORWARD_PREFIX_REPLY : FORWARD_NO_PREFIX;
}
