#include "gateway/mail/newtext.h"
#include "tests/unit/unit.h"

#include <time.h>

#define ARENA_BYTES ((size_t)16 << 20)

static const char *cut(struct arena *arena, const char *text)
{
    g_autofree char *exact = g_strdup(text);

    return newtext_cut(arena, exact);
}

static void check_all(const char *const *introductions, size_t count, const char *format)
{
    for (size_t i = 0; i < count; i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autofree char *whole =
            g_strdup_printf("%s%s%s", "All is well again.\n\n", introductions[i], format);
        const char *text = cut(arena, whole);
        if (strcmp(text, "All is well again.") != 0) {
            print_message("<<<%s>>>\n", text);
        }
        assert_string_equal(text, "All is well again.");
    }
}

/* One or more a language, as mail programs write them. */
static const char *const with_address[] = {
    "On Tue, 24 Nov 2026 at 13:18, Status <status@example.com> wrote:",
    "On Tue, Nov 24, 2026 at 1:18\xe2\x80\xafPM Status <status@example.com>\nwrote:",
    "On 24-Nov-2026, at 1:18 PM, Status <status@example.com> wrote:",
    "Am Di., 24. Nov. 2026 um 13:18 Uhr schrieb Status <\nstatus@example.com>:",
    "Status <status@example.com> schrieb am Di., 24. Nov. 2026, 13:18:",
    "Le mar. 24 nov. 2026 à 13:18, Status <status@example.com> a écrit\xc2\xa0:",
    "El mar, 24 nov 2026 a las 13:18, Status (<status@example.com>) escribió:",
    "Il giorno mar 24 nov 2026 alle ore 13:18 Status <\nstatus@example.com> ha scritto:",
    "Em ter., 24 de nov. de 2026 às 13:18, Status <status@example.com>\nescreveu:",
    "Op di 24 nov 2026 om 13:18 schreef Status <status@example.com>:",
    "Op 24 nov. 2026, om 13:18 heeft Status <status@example.com> het volgende geschreven:",
    "Den tis 24 nov. 2026 kl 13:18 skrev Status <status@example.com>:",
    "Den tirs. 24. nov. 2026 kl. 13.18 skrev Status <\nstatus@example.com>:",
    "tir. 24. nov. 2026 kl. 13:18 skrev Status <status@example.com\n>:",
    "ti 24. marrask. 2026 klo 13.18 Status (status@example.com) kirjoitti:",
    "wt., 24 lis 2026 o 13:18 Status <status@example.com> napisał(a):",
    "út 24. 11. 2026 v 13:18 odesílatel Status <status@example.com> napsal:",
    "вт, 24 нояб. 2026 г. в 13:18, Status <status@example.com>:",
    "24.11.2026 13:18, Status <status@example.com> пишет:",
    "вт, 24 лист. 2026 р. о 13:18 Status <status@example.com> пише:",
    "2026年11月24日(火) 13:18 Status <status@example.com>:",
    "2026/11/24 13:18、Status <status@example.com>のメール:",
    "Status <status@example.com> 于2026年11月24日周二 13:18写道：",
    "在 2026年11月24日，下午1:18，Status <status@example.com> 写道：",
    "Status <status@example.com> 於 2026年11月24日 週二 下午1:18寫道：",
    "2026년 11월 24일 (화) 오후 1:18, Status <status@example.com>님이 작성:",
    "Status <status@example.com> ezt írta (időpont: 2026. nov. 24., K, 13:18):",
    "Status <status@example.com>, 24 Kas 2026 Sal, 13:18 tarihinde şunu yazdı:",
    "---- On Tue, 24 Nov 2026 13:18:20 +0100 status@example.com wrote ----",
    "-----status@example.com wrote: -----",
};

TEST(an_introduction_in_any_language_is_cut_with_what_it_quotes)
{
    check_all(with_address, G_N_ELEMENTS(with_address), "\n> We are looking.\n>\n> > more\n");
}

TEST(an_introduction_that_names_who_and_when_needs_no_quote_marks)
{
    check_all(with_address, G_N_ELEMENTS(with_address), "\n\nWe are looking.\n\nStatus\n");
}

/* Without an address: only what a '>' follows. */
static const char *const without_address[] = {
    "On 24 Nov 2026, at 13:18, Status wrote:",
    "On 11/24/26 1:18 PM, Status via list wrote:",
    "Am 24.11.26 um 13:18 schrieb Status:",
    "Le 24/11/2026 à 13:18, Status a écrit :",
    "Op 24-11-2026 om 13:18 schreef Status:",
    "W dniu 24.11.2026 o 13:18, Status pisze:",
    "Dne 24. 11. 26 v 13:18 Status napsal(a):",
    "Ada Byron wrote:",
    "Ada Byron schrieb:",
};

TEST(an_introduction_without_address_is_cut_before_a_quote)
{
    check_all(without_address, G_N_ELEMENTS(without_address), "\n> We are looking.\n");
}

static const char *const separators[] = {
    "-----Original Message-----\nWe are looking.",
    "----- Original Message ----\nFrom: Status\n",
    "--- Forwarded by Ada Byron on 24/11/2026 ---",
    "-----Ursprüngliche Nachricht-----\nVon: Status",
    "-------- Weitergeleitete Nachricht --------",
    "-------- Message d'origine --------",
    "-------- Message d’origine --------",
    "-----Mensaje original-----",
    "-----Messaggio originale-----",
    "-----Mensagem original-----",
    "-----Oorspronkelijk bericht-----",
    "-----Ursprungligt meddelande-----",
    "-----Oprindelig meddelelse-----",
    "-----Opprinnelig melding-----",
    "-----Alkuperäinen viesti-----",
    "-----Wiadomość oryginalna-----",
    "---------- Původní zpráva ----------",
    "-----Исходное сообщение-----",
    "-----元のメッセージ-----",
    "------------------ 原始邮件 ------------------",
    "---------- Forwarded message ---------",
    "Begin forwarded message:\n\nanything",
    "Anfang der weitergeleiteten Nachricht:",
    "##- Please type your reply above this line -##",
};

TEST(all_behind_a_separator_is_cut)
{
    check_all(separators, G_N_ELEMENTS(separators), "\n\nWe are looking.\n");
}

static const char *const blocks[] = {
    "From: Status <status@example.com>\nSent: Tuesday, 24 November 2026 13:18\nTo: Ada\nSubject: x",
    "________________________________\nFrom: Status\nSent: Tuesday\nTo: Ada\nSubject: x",
    "*From:* Status [mailto:status@example.com]\n*Sent:* Tuesday\n*To:* Ada\n*Subject:* x",
    "From: Status\n\nSent: Tuesday\n\nTo: Ada\n\nSubject: x",
    "Von: Status\nGesendet: Dienstag, 24. November 2026 13:18\nAn: Ada\nBetreff: x",
    "De : Status\nEnvoyé : mardi 24 novembre 2026 13:18\nÀ : Ada\nObjet : x",
    "De: Status\nEnviado el: martes\nPara: Ada\nAsunto: x",
    "De: Status\nEnviada em: terça-feira\nPara: Ada\nAssunto: x",
    "Da: Status\nInviato: martedì\nA: Ada\nOggetto: x",
    "Van: Status\nVerzonden: dinsdag\nAan: Ada\nOnderwerp: x",
    "Från: Status\nSkickat: tisdag\nTill: Ada\nÄmne: x",
    "Fra: Status\nSendt: tirsdag\nTil: Ada\nEmne: x",
    "Lähettäjä: Status\nLähetetty: tiistai\nVastaanottaja: Ada\nAihe: x",
    "Od: Status\nWysłano: wtorek\nDo: Ada\nTemat: x",
    "Od: Status\nOdesláno: úterý\nKomu: Ada\nPředmět: x",
    "От: Status\nОтправлено: вторник\nКому: Ada\nТема: x",
    "差出人: Status\n送信日時: 2026年11月24日\n宛先: Ada\n件名: x",
    "发件人: Status\n发送时间: 2026年11月24日\n收件人: Ada\n主题: x",
    "發件人：Status\n日期：2026年11月24日\n收件人：Ada\n主旨：x",
    "보낸 사람: Status\n보낸 날짜: 2026년\n받는 사람: Ada\n제목: x",
    "Date: Tue, 24 Nov 2026 13:18:20 +0100\nFrom: status@example.com\nTo: ada@example.com",
};

TEST(all_from_an_outlook_header_block_is_cut)
{
    check_all(blocks, G_N_ELEMENTS(blocks), "\n\nWe are looking.\n");
}

static const char *const footers[] = {
    "-- \nAda Byron\nExample Ltd\n+44 1234",
    "--\nAda",
    "-Ada",
    "-- Ada Byron",
    "—\nAda Byron\nCEO",
    "Best regards,\nAda",
    "Kind regards\n\nAda Byron\nHead of Operations\n+44 1234",
    "Mit freundlichen Grüßen\nAda Byron",
    "Cordialement,\nAda",
    "С уважением,\nАда",
    "Sent from my iPhone",
    "Sent from my Samsung Galaxy smartphone.",
    "Sent from Mail for Windows 10",
    "Sent from Yahoo Mail on Android",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Get Outlook for Android",
    "Von meinem iPhone gesendet",
    "Gesendet von Mail für Windows 10",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Enviado do meu iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Skickat från min iPhone",
    "Sendt fra min iPhone",
    "Lähetetty iPhonesta",
    "Wysłane z iPhone'a",
    "Odesláno z iPhonu",
    "Отправлено с iPhone",
    "iPhoneから送信",
    "发自我的iPhone",
    "_______________________________________________\nops mailing "
    "list\nops@lists.example.com\nhttps://lists.example.com/ops",
    "Sent from my iPhone\n\n> On 24 Nov 2026, at 13:18, Status <status@example.com> wrote:\n>\n> x",
};

TEST(signatures_and_mobile_footers_are_cut)
{
    check_all(footers, G_N_ELEMENTS(footers), "\n");
}

/* What looks like quotation, and is an operator's own. */
static const char *const kept[] = {
    "On the other hand, the balancer wrote:\n\nnothing at all.",
    "On Monday we saw errors.\n\nOn Tuesday all was well.",
    "From: 10:00\nTo: 12:00\nComponents: api",
    "Date: 24 November\nFrom: 10:00 UTC\nTo: 12:00 UTC",
    "Status: resolved\nSeverity: minor\n\nAll good.",
    "Sent from the office network, requests fail.",
    "Affected:\n\n- api\n- web",
    "Affected:\n\n-Database",
    "-- first point\n-- second point",
    "Key points\n----\n\n1. one\n\n----\n\ndone",
    "```\n> not quoted\n--\nno signature\n```\nend",
    "Thanks,\nresolved",
    "The subject: nothing.\n\nTo: be seen",
    "Regards to the team; we will write again at 13:18.",
    "a > b\n\n2 > 1",
    "resolved",
};

TEST(own_text_that_looks_like_quotation_stays)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        assert_string_equal(cut(arena, kept[i]), kept[i]);
    }
}

TEST(answers_between_quoted_lines_stay)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    const char *text =
        cut(arena, "Hi,\nOn 24 Nov 2026, at 13:18, Bob <b@example.com> wrote:\n> one?\n\nYes.\n\n"
                   "> two?\nNo.\n> three\n");

    assert_string_equal(text, "Hi,\n\nYes.\n\nNo.");
}

TEST(nothing_new_is_an_empty_text)
{
    static const char *const empty[] = {"",
                                        "\n\n",
                                        "> a\n> b",
                                        "-- \nAda",
                                        "Sent from my iPhone",
                                        "On 1 Jan 2026 10:00, Bob <b@example.com> wrote:\n> x"};

    for (size_t i = 0; i < G_N_ELEMENTS(empty); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        assert_string_equal(cut(arena, empty[i]), "");
    }
}

TEST(cutting_twice_is_cutting_once)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const char *once = cut(arena, kept[i]);
        assert_string_equal(cut(arena, once), once);
    }
}

/* 64 KiB of what each rule looks at: linear, and within the scratch arena. */
TEST(hostile_lines_take_no_time)
{
    static const char *const lines[] = {
        "\n",        "a:\n", "to:\n", "from: a@b\n\n", "on a@b 2026 10:00\n", "> \n",
        "regards\n", "__\n", "```\n", "wrote\n",       "x wrote: @"};

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autoptr(GString) text = g_string_new(NULL);
        while (text->len < 65536) {
            g_string_append(text, lines[i]);
        }
        const clock_t began = clock(); /* of the processor: others may have it */
        assert_non_null(cut(arena, text->str));
        assert_true(clock() - began < 10 * CLOCKS_PER_SEC);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_introduction_in_any_language_is_cut_with_what_it_quotes),
        cmocka_unit_test(an_introduction_that_names_who_and_when_needs_no_quote_marks),
        cmocka_unit_test(an_introduction_without_address_is_cut_before_a_quote),
        cmocka_unit_test(all_behind_a_separator_is_cut),
        cmocka_unit_test(all_from_an_outlook_header_block_is_cut),
        cmocka_unit_test(signatures_and_mobile_footers_are_cut),
        cmocka_unit_test(own_text_that_looks_like_quotation_stays),
        cmocka_unit_test(answers_between_quoted_lines_stay),
        cmocka_unit_test(nothing_new_is_an_empty_text),
        cmocka_unit_test(cutting_twice_is_cutting_once),
        cmocka_unit_test(hostile_lines_take_no_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
