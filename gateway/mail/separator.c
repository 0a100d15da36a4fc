#include "gateway/mail/separator.h"

#include <string.h>

#define MOST_KEY_BYTES    40
#define MOST_HEADER_LINES 12

/* "From", "Subject", and the others, as mail programs translate them. en de fr es it pt nl sv da no fi
 * pl cs sk ru uk bg hu tr ro el hr ja zh ko he ar. */
static const char *const from_words[] = {
    "from",        "von",       "de",       "expéditeur",  "remitente",  "da",          "mittente",
    "remetente",   "van",       "afzender", "från",        "avsändare",  "fra",         "afsender",
    "avsender",    "lähettäjä", "od",       "nadawca",     "odesílatel", "odosielateľ", "от",
    "отправитель", "від",       "подател",  "feladó",      "kimden",     "gönderen",    "de la",
    "expeditor",   "από",       "šalje",    "pošiljatelj", "差出人",     "送信者",      "発信者",
    "发件人",      "寄件者",    "寄件人",   "發件人",      "보낸 사람",  "보낸사람",    "발신",
    "발신인",      "מאת",       "من",
};
static const char *const subject_words[] = {
    "subject",   "betreff", "objet", "sujet", "asunto",  "oggetto", "assunto",
    "onderwerp", "ämne",    "emne",  "aihe",  "temat",   "předmět", "predmet",
    "тема",      "относно", "tárgy", "konu",  "subiect", "θέμα",    "件名",
    "主题",      "主題",    "主旨",  "제목",  "נושא",    "الموضوع", "zadeva",
};
static const char *const other_words[] = {
    "sent",
    "date",
    "to",
    "cc",
    "bcc",
    "reply-to",
    "reply to",
    "importance",
    "priority",
    "attachments",
    "sent at",
    "gesendet",
    "gesendet am",
    "datum",
    "an",
    "kopie",
    "wichtigkeit",
    "antwort an",
    "envoyé",
    "envoyé le",
    "envoyée",
    "message du",
    "date d'envoi",
    "à",
    "a",
    "copie",
    "copie à",
    "répondre à",
    "enviado",
    "enviado el",
    "enviado em",
    "fecha",
    "para",
    "data",
    "enviada",
    "enviada em",
    "inviato",
    "inviato il",
    "data invio",
    "verzonden",
    "verzonden op",
    "aan",
    "skickat",
    "datum skickat",
    "till",
    "kopia",
    "dato",
    "sendt",
    "sendt den",
    "til",
    "kopi",
    "lähetetty",
    "päivämäärä",
    "päiväys",
    "pvm",
    "vastaanottaja",
    "kopio",
    "wysłano",
    "wysłane",
    "wysłany",
    "data wysłania",
    "do",
    "dw",
    "odesláno",
    "komu",
    "odoslané",
    "dátum",
    "дата",
    "отправлено",
    "кому",
    "копия",
    "надіслано",
    "изпратено",
    "до",
    "копія",
    "küldve",
    "elküldve",
    "címzett",
    "másolat",
    "tarih",
    "gönderilme tarihi",
    "gönderildi",
    "kime",
    "bilgi",
    "trimis",
    "către",
    "catre",
    "στάλθηκε",
    "ημερομηνία",
    "προς",
    "poslano",
    "za",
    "送信日時",
    "日時",
    "日付",
    "宛先",
    "发送时间",
    "发送日期",
    "日期",
    "时间",
    "時間",
    "收件人",
    "抄送",
    "寄件日期",
    "傳送時間",
    "收件者",
    "副本",
    "已傳送",
    "보낸 날짜",
    "보낸날짜",
    "받는 사람",
    "받는사람",
    "날짜",
    "참조",
    "נשלח",
    "תאריך",
    "אל",
    "تاريخ",
    "إلى",
    "sent by",
};

/* Between dashes. */
static const char *const separators[] = {
    "original message",
    "original appointment",
    "original e-mail",
    "original email",
    "forwarded message",
    "forwarded email",
    "reply message",
    "ursprüngliche nachricht",
    "originalnachricht",
    "ursprünglicher termin",
    "original-nachricht",
    "weitergeleitete nachricht",
    "message d'origine",
    "message original",
    "message originel",
    "message transféré",
    "message réexpédié",
    "courriel original",
    "mensaje original",
    "mensaje reenviado",
    "mensaje transmitido",
    "messaggio originale",
    "messaggio inoltrato",
    "mensagem original",
    "mensagem encaminhada",
    "mensagem reencaminhada",
    "oorspronkelijk bericht",
    "origineel bericht",
    "doorgestuurd bericht",
    "ursprungligt meddelande",
    "originalmeddelande",
    "vidarebefordrat brev",
    "vidarebefordrat meddelande",
    "oprindelig besked",
    "oprindelig meddelelse",
    "original besked",
    "videresendt besked",
    "videresendt meddelelse",
    "opprinnelig melding",
    "original melding",
    "videresendt melding",
    "alkuperäinen viesti",
    "välitetty viesti",
    "edelleenlähetetty viesti",
    "wiadomość oryginalna",
    "oryginalna wiadomość",
    "przekazana wiadomość",
    "wiadomość przekazana dalej",
    "treść oryginalnej wiadomości",
    "původní zpráva",
    "původní e-mail",
    "přeposlaná zpráva",
    "pôvodná správa",
    "preposlaná správa",
    "исходное сообщение",
    "оригинальное сообщение",
    "пересылаемое сообщение",
    "пересланное сообщение",
    "перенаправленное сообщение",
    "оригінальне повідомлення",
    "вихідне повідомлення",
    "переслане повідомлення",
    "оригинално съобщение",
    "eredeti üzenet",
    "továbbított üzenet",
    "orijinal mesaj",
    "özgün ileti",
    "orijinal ileti",
    "iletilmiş mesaj",
    "mesaj original",
    "mesaj redirecționat",
    "αρχικό μήνυμα",
    "προωθημένο μήνυμα",
    "izvorna poruka",
    "izvorno sporočilo",
    "proslijeđena poruka",
    "元のメッセージ",
    "転送メッセージ",
    "転送されたメッセージ",
    "원본 메시지",
    "원본 메일",
    "원본메일",
    "전달된 메시지",
    "原始邮件",
    "原邮件",
    "原始信息",
    "原始消息",
    "转发邮件",
    "转发的邮件",
    "转发邮件信息",
    "原始郵件",
    "轉寄郵件",
    "轉寄的郵件",
    "原始訊息",
    "הודעה מקורית",
    "הודעה שהועברה",
    "الرسالة الأصلية",
    "رسالة محولة",
};

/* On a line of their own, with a colon (Apple Mail) or whatever around them. */
static const char *const beginnings[] = {
    "begin forwarded message:",
    "anfang der weitergeleiteten nachricht:",
    "beginn der weitergeleiteten nachricht:",
    "début du message réexpédié :",
    "début du message transféré :",
    "inicio del mensaje reenviado:",
    "inizio messaggio inoltrato:",
    "início da mensagem encaminhada:",
    "início da mensagem reencaminhada:",
    "begin doorgestuurd bericht:",
    "vidarebefordrat brev:",
    "start på videresendt besked:",
    "videresendt melding:",
    "välitetty viesti alkaa:",
    "początek przekazywanej wiadomości:",
    "začátek přeposlané zprávy:",
    "начало переадресованного сообщения:",
    "转发的邮件:",
    "転送されたメッセージ:",
    "開始轉寄郵件:",
    "以下是转发的邮件:",
};

/* Help desks put these before what they quote. */
static const char *const above[] = {
    "reply above this line",
    "please type your reply above this line",
    "write above this line",
    "reply above the line",
    "bitte antworten sie oberhalb dieser linie",
    "veuillez répondre au-dessus de cette ligne",
};

enum header_kind { HEADER_NONE, HEADER_FROM, HEADER_SUBJECT, HEADER_OTHER };

#define IS_LISTED(word, list) word_is_listed((word), (list), G_N_ELEMENTS(list))

static enum header_kind find_kind(const struct line *line)
{
    struct text plain = text_of(line->plain);
    ptrdiff_t colon = text_find_byte(plain, ':');

    if (colon <= 0 || colon > MOST_KEY_BYTES) {
        return HEADER_NONE;
    }
    struct text key = text_trim(text_first(plain, (size_t)colon));
    if (IS_LISTED(key, from_words)) {
        return HEADER_FROM;
    }
    if (IS_LISTED(key, subject_words)) {
        return HEADER_SUBJECT;
    }
    return IS_LISTED(key, other_words) ? HEADER_OTHER : HEADER_NONE;
}

/* A long address may be wrapped; HTML mail may have an empty line between two fields. */
static bool is_continued(const struct lines *lines, size_t i)
{
    const struct line *line = &lines->at[i];

    if (line_is_blank(line)) {
        return i + 1 < lines->count && find_kind(&lines->at[i + 1]) != HEADER_NONE;
    }
    return line->plain[0] == '<' || strchr(line->plain, '@') != NULL;
}

bool separator_begins_headers(const struct lines *lines, size_t first)
{
    size_t fields = 0;
    bool has_from = false;
    bool has_subject = false;
    bool has_address = false;

    if (find_kind(&lines->at[first]) == HEADER_NONE) {
        return false;
    }
    for (size_t i = first; i < lines->count && i < first + MOST_HEADER_LINES; i++) {
        enum header_kind kind = find_kind(&lines->at[i]);
        if (kind == HEADER_NONE && !is_continued(lines, i)) {
            break;
        }
        fields += kind != HEADER_NONE;
        has_from |= kind == HEADER_FROM;
        has_subject |= kind == HEADER_SUBJECT;
        has_address |= strchr(lines->at[i].plain, '@') != NULL;
    }
    return has_from && ((fields >= 3 && has_subject) || (fields >= 2 && has_address));
}

bool separator_is_line(const struct line *line)
{
    struct text words = line_undecorate(line->plain);
    bool is_framed = line->plain[0] != '\0' &&
                     (strncmp(line->plain, "--", 2) == 0 || strncmp(line->plain, "__", 2) == 0 ||
                      strncmp(line->plain, "==", 2) == 0);

    if (words.size == 0) {
        return false;
    }
    if (IS_LISTED(words, beginnings) || IS_LISTED(words, above)) {
        return true;
    }
    if (is_framed && text_has_prefix(words, TEXT("forwarded by "))) {
        return true;
    }
    if (text_has_suffix(words, TEXT(":"))) {
        words.size--;
    }
    return is_framed && IS_LISTED(words, separators);
}

bool separator_is_rule(const struct line *line)
{
    return line->raw.size > 0 && line->plain[0] != '\0' && line_undecorate(line->plain).size == 0;
}
