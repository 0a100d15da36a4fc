#include "gateway/base/when_words.h"

#include "gateway/base/moment.h"

/* Scripts without spaces between words begin here. */
#define FIRST_UNSPACED 0x3000U

/* A row is a meaning, with all its spellings, in lower case. What two languages write alike for two things
 * stands once: "mar" is March here, and when_parts.c makes Tuesday of it beside another month. */
static const struct row {
    const char *names;
    int64_t value;
    enum when_word_kind kind;
    bool is_german;
} rows[] = {
    {"monday|mon|lundi|lun|lunes|月曜日|月曜|(月)", 1, WHEN_WORD_WEEKDAY, false},
    {"montag|mo", 1, WHEN_WORD_WEEKDAY, true},
    {"tuesday|tues|tue|mardi|martes|火曜日|火曜|(火)", 2, WHEN_WORD_WEEKDAY, false},
    {"dienstag|di", 2, WHEN_WORD_WEEKDAY, true},
    {"wednesday|wed|weds|mercredi|mer|miércoles|miercoles|mié|mie|水曜日|水曜|(水)", 3,
     WHEN_WORD_WEEKDAY, false},
    {"mittwoch|mi", 3, WHEN_WORD_WEEKDAY, true},
    {"thursday|thurs|thur|thu|jeudi|jeu|jueves|jue|木曜日|木曜|(木)", 4, WHEN_WORD_WEEKDAY, false},
    {"donnerstag|do", 4, WHEN_WORD_WEEKDAY, true},
    {"friday|fri|vendredi|ven|viernes|vie|金曜日|金曜|(金)", 5, WHEN_WORD_WEEKDAY, false},
    {"freitag|fr", 5, WHEN_WORD_WEEKDAY, true},
    {"saturday|sat|samedi|sam|sábado|sabado|sáb|土曜日|土曜|(土)", 6, WHEN_WORD_WEEKDAY, false},
    {"samstag|sonnabend|sa", 6, WHEN_WORD_WEEKDAY, true},
    {"sunday|sun|dimanche|dim|domingo|dom|日曜日|日曜|(日)", 7, WHEN_WORD_WEEKDAY, false},
    {"sonntag|so", 7, WHEN_WORD_WEEKDAY, true},
    {"january|jan|janvier|janv|enero|ene", 1, WHEN_WORD_MONTH, false},
    {"januar|jänner", 1, WHEN_WORD_MONTH, true},
    {"february|feb|février|fevrier|févr|fév|febrero", 2, WHEN_WORD_MONTH, false},
    {"februar", 2, WHEN_WORD_MONTH, true},
    {"march|mar|mars|marzo", 3, WHEN_WORD_MONTH, false},
    {"märz|maerz|mär|mrz", 3, WHEN_WORD_MONTH, true},
    {"april|apr|avril|avr|abril|abr", 4, WHEN_WORD_MONTH, false},
    {"may|mai|mayo", 5, WHEN_WORD_MONTH, false},
    {"june|jun|juin|junio", 6, WHEN_WORD_MONTH, false},
    {"juni", 6, WHEN_WORD_MONTH, true},
    {"july|jul|juillet|juil|julio", 7, WHEN_WORD_MONTH, false},
    {"juli", 7, WHEN_WORD_MONTH, true},
    {"august|aug|août|aout|agosto|ago", 8, WHEN_WORD_MONTH, false},
    {"september|sept|sep|septembre|septiembre", 9, WHEN_WORD_MONTH, false},
    {"october|oct|octobre|octubre", 10, WHEN_WORD_MONTH, false},
    {"oktober|okt", 10, WHEN_WORD_MONTH, true},
    {"november|nov|novembre|noviembre", 11, WHEN_WORD_MONTH, false},
    {"december|dec|décembre|decembre|déc|diciembre|dic", 12, WHEN_WORD_MONTH, false},
    {"dezember|dez", 12, WHEN_WORD_MONTH, true},
    {"today|tonight|aujourd'hui|hoy|今日|本日", 0, WHEN_WORD_DAY, false},
    {"heute", 0, WHEN_WORD_DAY, true},
    {"tomorrow|demain|mañana|明日", 1, WHEN_WORD_DAY, false},
    {"morgen", 1, WHEN_WORD_DAY, true},
    {"day after tomorrow|après-demain|apres-demain|pasado mañana|明後日", 2, WHEN_WORD_DAY, false},
    {"übermorgen|uebermorgen", 2, WHEN_WORD_DAY, true},
    {("s|sec|secs|second|seconds|seconde|secondes|segundo|segundos|秒|sek|"
      "sekunde|sekunden"),
     SECOND_MS, WHEN_WORD_UNIT, false},
    {"m|min|mins|minute|minutes|minuto|minutos|分間|minuten", MINUTE_MS, WHEN_WORD_UNIT, false},
    {"hr|hrs|hour|hours|hora|horas|時間|std|stunde|stunden", HOUR_MS, WHEN_WORD_UNIT, false},
    {"d|day|days|jour|jours|día|días|dia|dias|日間|tag|tage|tagen", DAY_MS, WHEN_WORD_UNIT, false},
    {"w|week|weeks|semaine|semaines|semana|semanas|週間|woche|wochen", 7 * DAY_MS, WHEN_WORD_UNIT,
     false},
    {"h|heure|heures", 1, WHEN_WORD_CLOCK, false},
    {"o'clock|時", 0, WHEN_WORD_CLOCK, false},
    {"uhr", 0, WHEN_WORD_CLOCK, true},
    {"am|a.m.|a.m", 0, WHEN_WORD_HALF, false},
    {"in the morning|morning|du matin|de la mañana|午前", 1, WHEN_WORD_HALF, false},
    {"pm|p.m.|p.m", 12, WHEN_WORD_HALF, false},
    {"in the afternoon|afternoon|in the evening|evening|de l'après-midi|du soir|"
     "de la tarde|de la noche|午後",
     13, WHEN_WORD_HALF, false},
    {"morgens|vormittags|früh", 1, WHEN_WORD_HALF, true},
    {"nachmittags|abends", 13, WHEN_WORD_HALF, true},
    {"at|@|a las|a la", 12, WHEN_WORD_AT, false},
    {"à", 24, WHEN_WORD_AT, false},
    {"um", 24, WHEN_WORD_AT, true},
    {"in|dans|en|dentro de", 0, WHEN_WORD_IN, false},
    {"from now|後", 0, WHEN_WORD_LATER, false},
    {"next|prochain|prochaine|próximo|proximo|次の|nächsten|nächster|naechsten", 0, WHEN_WORD_NEXT,
     false},
    {"noon|midday|midi|mediodía|mediodia|正午|mittags|mittag", 0, WHEN_WORD_NOON, false},
    {"midnight|minuit|medianoche|mitternacht", 0, WHEN_WORD_MIDNIGHT, false},
    {"now|immediately|maintenant|ahora|今|今すぐ|jetzt|sofort", 0, WHEN_WORD_NOW, false},
    {"a|an|one|un|une|una|eine|einer|ein|einem", 0, WHEN_WORD_ONE, false},
    {"and|et|y|und", 0, WHEN_WORD_AND, false},
    {"st|nd|rd|th|er|ère|º|ª", 0, WHEN_WORD_ORDINAL, false},
    {"年", 0, WHEN_WORD_YEAR_SIGN, false},
    {"月", 0, WHEN_WORD_MONTH_SIGN, false},
    {"日", 0, WHEN_WORD_DAY_SIGN, false},
    {"分", 0, WHEN_WORD_MINUTE_SIGN, false},
    {("on|the|of|from|starting|start|until|till|to|by|this|coming|le|la|el|de|"
      "del|du|ce|hasta|desde|jusqu'à|dès|に|の|から|まで|より|、|time"),
     0, WHEN_WORD_FILLER, false},
    {"der|den|dem|diesen|dieser|kommenden|bis|ab|von|gegen|zeit", 0, WHEN_WORD_FILLER, true},
};

struct match {
    size_t size;
    uint32_t last; /* character */
};

/* How far `name` reaches into `text` without regard to case; size 0: it does not. */
static struct match match_name(struct text text, struct text name)
{
    struct match match = {0};
    struct text rest = text;
    uint32_t wanted = 0;

    while (text_next_character(&name, &wanted))
        if (!text_next_character(&rest, &match.last) || match.last == TEXT_INVALID ||
            g_unichar_tolower(match.last) != wanted)
            return (struct match){0};
    match.size = text.size - rest.size;
    return match;
}

/* Does a word end there? */
static bool is_end(struct text text, const struct match *match)
{
    struct text rest = text_skip(text, match->size);
    uint32_t next = 0;

    return !text_next_character(&rest, &next) || next == TEXT_INVALID || next >= FIRST_UNSPACED ||
           match->last >= FIRST_UNSPACED || !g_unichar_isalpha(match->last) ||
           !g_unichar_isalpha(next);
}

bool when_words_find(struct text text, struct when_word *word, size_t *size)
{
    size_t longest = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct text names = text_of(rows[i].names);
        struct text name;
        while (text_next_piece(&names, '|', &name)) {
            const struct match match = match_name(text, name);
            if (match.size <= longest || !is_end(text, &match))
                continue;
            longest = match.size;
            *word = (struct when_word){rows[i].kind, rows[i].value, rows[i].is_german};
        }
    }
    if (longest == 0)
        return false;
    *size = longest;
    return true;
}
