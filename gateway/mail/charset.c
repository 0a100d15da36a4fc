#include "gateway/mail/charset.h"

#include <errno.h>
#include <string.h>

#define CHUNK_BYTES     4096
#define CHARACTER_BYTES 4

static const char replacement[] = "\xef\xbf\xbd";

/* What a mail says, as it is compared (lower case), and what iconv is asked for: the superset that
 * browsers take for it (WHATWG Encoding Standard), since mailers name the subset. */
struct charset {
    const char *name;
    const char *known_as;
};

static const struct charset charsets[] = {
    {"iso-8859-1", "CP1252"},
    {"latin1", "CP1252"},
    {"l1", "CP1252"},
    {"windows-1252", "CP1252"},
    {"cp1252", "CP1252"},
    {"cp-1252", "CP1252"},
    {"iso-8859-2", "ISO-8859-2"},
    {"latin2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-6-i", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-9", "CP1254"},
    {"latin5", "CP1254"},
    {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-11", "CP874"},
    {"tis-620", "CP874"},
    {"windows-874", "CP874"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-14", "ISO-8859-14"},
    {"iso-8859-15", "ISO-8859-15"},
    {"latin-9", "ISO-8859-15"},
    {"iso-8859-16", "ISO-8859-16"},
    {"windows-1250", "CP1250"},
    {"cp1250", "CP1250"},
    {"windows-1251", "CP1251"},
    {"cp1251", "CP1251"},
    {"windows-1253", "CP1253"},
    {"windows-1254", "CP1254"},
    {"windows-1255", "CP1255"},
    {"windows-1256", "CP1256"},
    {"windows-1257", "CP1257"},
    {"windows-1258", "CP1258"},
    {"cp437", "CP437"},
    {"ibm437", "CP437"},
    {"cp850", "CP850"},
    {"ibm850", "CP850"},
    {"ibm852", "CP852"},
    {"cp866", "CP866"},
    {"ibm866", "CP866"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"macintosh", "MACINTOSH"},
    {"x-mac-cyrillic", "MAC-CYRILLIC"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"sjis", "CP932"},
    {"x-sjis", "CP932"},
    {"cp932", "CP932"},
    {"windows-31j", "CP932"},
    {"ms_kanji", "CP932"},
    {"euc-jp", "EUC-JP"},
    {"iso-2022-jp", "ISO-2022-JP"},
    {"iso-2022-jp-2", "ISO-2022-JP-2"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"gb18030", "GB18030"},
    {"euc-cn", "GB18030"},
    {"x-gbk", "GB18030"},
    {"cp936", "GB18030"},
    {"big5", "BIG5-HKSCS"},
    {"big5-hkscs", "BIG5-HKSCS"},
    {"euc-tw", "EUC-TW"},
    {"euc-kr", "CP949"},
    {"ks_c_5601-1987", "CP949"},
    {"ks_c_5601", "CP949"},
    {"cp949", "CP949"},
    {"iso-2022-kr", "ISO-2022-KR"},
    {"utf-16", "UTF-16"},
    {"utf-16le", "UTF-16LE"},
    {"utf-16be", "UTF-16BE"},
    {"utf-32", "UTF-32"},
    {"utf8", "UTF-8"},
    {"utf-8", "UTF-8"},
    {"unicode-1-1-utf-8", "UTF-8"},
    {"cp65001", "UTF-8"},
    {"65001", "UTF-8"},
    {"windows-65001", "UTF-8"},
};

static const char *find_charset(const char *name)
{
    for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(charsets); i++) {
        if (g_ascii_strcasecmp(charsets[i].name, name) == 0) {
            return charsets[i].known_as;
        }
    }
    return NULL;
}

static void append_utf8(GString *out, struct text bytes, size_t most_bytes)
{
    while (bytes.size > 0 && out->len < most_bytes) {
        const char *end = NULL;
        size_t left = most_bytes - out->len;
        bool is_long = bytes.size > left && bytes.size - left > CHARACTER_BYTES;
        (void)g_utf8_validate_len(bytes.at, is_long ? left + CHARACTER_BYTES : bytes.size, &end);
        g_string_append_len(out, bytes.at, end - bytes.at);
        bytes = text_skip(bytes, (size_t)(end - bytes.at));
        if (bytes.size > 0 && out->len < most_bytes) {
            g_string_append(out, replacement);
            bytes = text_skip(bytes, 1);
        }
    }
}

/* One step of iconv over at most a chunk of output. False: nothing more will come. */
static bool convert_chunk(GString *out, GIConv converter, struct text *bytes)
{
    char chunk[CHUNK_BYTES];
    char *to = chunk;
    gsize room = sizeof chunk;
    char *from;
    gsize left = bytes->size;

    memcpy(&from, &bytes->at, sizeof from); /* without const for iconv's prototype; it only reads */
    bool did_fail = g_iconv(converter, &from, &left, &to, &room) == (gsize)-1;
    int reason = errno;

    append_utf8(out, text_from(chunk, (size_t)(to - chunk)), SIZE_MAX);
    *bytes = text_from(from, left);
    if (!did_fail) {
        return false;
    }
    if (reason == E2BIG) {
        return true;
    }
    g_string_append(out, replacement);
    *bytes = text_skip(*bytes, 1);
    return reason == EILSEQ && bytes->size > 0;
}

static bool convert(GString *out, struct text bytes, const char *known_as, size_t most_bytes)
{
    GIConv converter = g_iconv_open("UTF-8", known_as);

    if ((gintptr)converter == -1) {
        return false;
    }
    while (out->len < most_bytes && convert_chunk(out, converter, &bytes)) {
    }
    (void)g_iconv_close(converter);
    return true;
}

void charset_convert(GString *out, struct text bytes, const char *charset, size_t most_bytes)
{
    const char *known_as = find_charset(charset);

    if (bytes.size == 0) {
        return;
    }
    if (known_as != NULL && strcmp(known_as, "UTF-8") != 0 &&
        convert(out, bytes, known_as, most_bytes)) {
        return;
    }
    if (known_as != NULL || g_utf8_validate_len(bytes.at, bytes.size, NULL) ||
        !convert(out, bytes, "CP1252", most_bytes)) {
        append_utf8(out, bytes, most_bytes);
    }
}
