#include "gateway/mail/mobile.h"

#include <string.h>

#define FOOTER_WORDS 9

/* "Sent from my iPhone": how such a line begins. */
static const char *const sent_from[] = {
    "sent from ",
    "sent via ",
    "sent with ",
    "get outlook for ",
    "von meinem ",
    "von meiner ",
    "gesendet von ",
    "gesendet mit ",
    "gesendet über ",
    "holen sie sich outlook ",
    "envoyé de ",
    "envoyé depuis ",
    "envoyé à partir d",
    "envoyé avec ",
    "télécharger outlook ",
    "obtenir outlook ",
    "obtenez outlook ",
    "enviado desde ",
    "enviado do ",
    "enviado de ",
    "enviado a partir d",
    "enviado via ",
    "enviado con ",
    "obtener outlook ",
    "obter o outlook ",
    "obtenha o outlook ",
    "inviato da",
    "inviato con ",
    "ottieni outlook ",
    "scarica outlook ",
    "verzonden vanaf ",
    "verstuurd vanaf ",
    "verzonden met ",
    "verstuurd met ",
    "verzonden via ",
    "outlook voor ",
    "download outlook ",
    "skickat från ",
    "skickat med ",
    "hämta outlook ",
    "sendt fra ",
    "sendt med ",
    "hent outlook ",
    "skaff deg outlook ",
    "last ned outlook ",
    "lähetetty ",
    "hanki outlook ",
    "wysłane z ",
    "wysłano z ",
    "pobierz aplikację outlook ",
    "pobierz outlook ",
    "odesláno z",
    "odesláno pomocí ",
    "stáhnout outlook ",
    "získat outlook ",
    "získejte outlook ",
    "odoslané z ",
    "отправлено с ",
    "отправлено из ",
    "скачать outlook ",
    "получить outlook ",
    "надіслано з ",
    "відправлено з ",
    "iphone-ról küldve",
    "küldve ",
    "trimis de pe ",
    "trimis din ",
    "στάλθηκε από ",
    "poslano s ",
    "poslano iz ",
    "发自我的",
    "發自我的",
    "从我的",
    "傳送自我的",
    "從我的",
    "获取 outlook for",
    "下载适用于",
    "取得 outlook",
    "나의 ",
    "get the new aol app",
};

/* And how it ends, where the words stand the other way round. */
static const char *const sent_from_ends[] = {
    "から送信",
    "から送信されました",
    "'dan gönderildi",
    "'den gönderildi",
    "'umdan gönderildi",
    "'ımdan gönderildi",
    "gesendet",
    "에서 보냄",
    "を入手",
    "发送",
    "outlook downloaden",
    "beziehen",
    "herunterladen",
    "送信",
};

/* What it speaks of. */
static const char *const devices[] = {
    "iphone",  "ipad",        "ipod",     "android",    "mobile",  "phone",      "handy",
    "tablet",  "outlook",     "gmail",    "blackberry", "samsung", "galaxy",     "huawei",
    "nokia",   "xiaomi",      "proton",   "yahoo",      "mail",    "smartphone", "téléphone",
    "telefon", "teléfono",    "telefono", "telefoon",   "мобильн", "手机",       "手機",
    "windows", "thunderbird", "spark",    "typeapp",
};

static bool contains_any(const char *plain, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strstr(plain, list[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* A footer's own link: "Outlook for iOS<https://aka.ms/…>". */
static struct text without_link(const char *plain)
{
    struct text text = text_of(plain);
    ptrdiff_t link = text_find_byte(text, '<');

    if (link > 0 && text_has_suffix(text, TEXT(">"))) {
        text = text_trim(text_first(text, (size_t)link));
    }
    return text;
}

static size_t count_words(struct text text)
{
    struct text word;
    size_t count = 0;

    while (text_next_piece(&text, ' ', &word)) {
        count += word.size > 0;
    }
    return count;
}

static bool begins_or_ends_like_footer(struct text words)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sent_from); i++) {
        if (text_has_prefix(words, text_of(sent_from[i]))) {
            return true;
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(sent_from_ends); i++) {
        if (text_has_suffix(words, text_of(sent_from_ends[i]))) {
            return true;
        }
    }
    return false;
}

/* A product has a capital letter or digit behind the first word: "Sent from Wiko RIDGE", not "Sent
 * from the office". */
static bool names_product(struct text raw)
{
    ptrdiff_t space = text_find_byte(text_trim(raw), ' ');
    struct text rest = space < 0 ? raw : text_skip(text_trim(raw), (size_t)space);

    for (size_t i = 0; i < rest.size; i++) {
        if (g_ascii_isupper(rest.at[i]) || g_ascii_isdigit(rest.at[i])) {
            return true;
        }
    }
    return false;
}

bool mobile_is_footer(const struct line *line)
{
    struct text words = without_link(line->plain);

    if (words.size == 0 || !begins_or_ends_like_footer(words) ||
        count_words(words) > FOOTER_WORDS) {
        return false;
    }
    g_autofree char *string = g_strndup(words.at, words.size);
    bool has_device = contains_any(string, devices, G_N_ELEMENTS(devices));
    if (strstr(string, ", ") != NULL) {
        return has_device && text_has_suffix(words, TEXT("phone"));
    }
    return has_device || names_product(line->raw);
}
