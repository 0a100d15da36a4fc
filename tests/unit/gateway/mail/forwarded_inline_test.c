/* Mails passed on inline, as each client writes them in each language: all say the same. */
#include "gateway/mail/forwarded.h"
#include "tests/unit/unit.h"

#define ARENA_BYTES ((size_t)64 << 20)

#define SUBJECT "** PROBLEM Service Alert: web01/HTTP is CRITICAL **"
#define TEXT_1  "State: CRITICAL"
#define TEXT_2  "Info: Socket timeout"
#define INNER   TEXT_1 "\n\n" TEXT_2 "\n"
#define QUOTED  "> " TEXT_1 "\n>\n> " TEXT_2 "\n"
#define FROM    "Nagios <nagios@mon.example.com>"
#define AT      INT64_C(1715674351000)

struct row {
    const char *client;
    const char *subject; /* without its prefix, which stands here, SUBJECT */
    const char *body;
    const char *comment;
    int64_t date_at; /* 0: none can be known */
    bool is_html;
};

#define GMAIL(from, date, at)                                                                      \
    "---------- Forwarded message ---------\n" from " Nagios <nagios@mon.example.com>\n" date      \
    " " at "\nSubject: " SUBJECT "\nTo: <ops@example.com>\n\n\n" INNER
#define OUTLOOK(from, sent, at, to, subject)                                                       \
    from " Nagios <nagios@mon.example.com>\n" sent " " at "\n" to " ops@example.com\n" subject     \
         " " SUBJECT "\n\n" INNER
#define APPLE(begin, from, subject, date, at, to)                                                  \
    begin "\n\n> " from " Nagios <nagios@mon.example.com>\n> " subject " " SUBJECT "\n> " date     \
          " " at "\n> " to " ops@example.com\n> \n" QUOTED
#define BIRD(line, subject, date, from, to)                                                        \
    "-------- " line " --------\n" subject " \t" SUBJECT "\n" date                                 \
    " \tTue, 14 May 2024 08:12:31 +0000\n" from " \tNagios <nagios@mon.example.com>\n" to          \
    " \tops@example.com\n\n\n\n" INNER

static const struct row rows[] = {
    {"Gmail en", "Fwd: ", GMAIL("From:", "Date:", "Tue, May 14, 2024 at 10:12 AM"), "", 0, false},
    {"Gmail en, with words",
     "Fwd: ", "Please look.\n\n" GMAIL("From:", "Date:", "Tue, 14 May 2024 at 10:12"),
     "Please look.", 0, false},
    {"Gmail en, older", "Fwd: ",
     "---------- Forwarded message ----------\nFrom: *Nagios* <nagios@mon.example.com>\n"
     "Date: Tuesday, 14 May 2024\nSubject: " SUBJECT "\nTo: ops@example.com\n\n\n" INNER,
     "", 0, false},
    {"Gmail de", "Fwd: ", GMAIL("Von:", "Date:", "Di., 14. Mai 2024 um 10:12 Uhr"), "", 0, false},
    {"Gmail fr", "Fwd: ", GMAIL("De :", "Date:", "mar. 14 mai 2024 à 10:12"), "", 0, false},
    {"Gmail es", "Fwd: ", GMAIL("De:", "Date:", "mar, 14 may 2024 a las 10:12"), "", 0, false},
    {"Gmail ja", "Fwd: ", GMAIL("From:", "Date:", "2024年5月14日(火) 10:12"), "", 0, false},
    {"Gmail app, quoted subject wrapped", "Fwd: ",
     "---------- Forwarded message ---------\nFrom: " FROM "\nDate: Tue, May 14, 2024\n"
     "Subject: ** PROBLEM Service Alert:\nweb01/HTTP is CRITICAL **\nTo: <a@example.com>,\n"
     "<b@example.com>\n\n" INNER,
     "", 0, false},
    {"Gmail HTML only", "Fwd: ",
     "<div dir=\"ltr\">See below<br><br><div class=\"gmail_quote\"><div dir=\"ltr\" "
     "class=\"gmail_attr\">---------- Forwarded message ---------<br>From: <strong>Nagios</strong> "
     "<span dir=\"auto\">&lt;<a href=\"mailto:nagios@mon.example.com\">nagios@mon.example.com</a>"
     "&gt;</span><br>Date: Tue, May 14, 2024 at 10:12 AM<br>Subject: " SUBJECT "<br>To:  &lt;<a "
     "href=\"mailto:ops@example.com\">ops@example.com</a>&gt;<br></div><br><br>" TEXT_1
     "<br><br>" TEXT_2 "</div></div>",
     "See below", 0, true},
    {"Outlook en", "FW: ",
     "-----Original Message-----\n" OUTLOOK("From:", "Sent:", "Tuesday, May 14, 2024 10:12 AM",
                                            "To:", "Subject:"),
     "", 0, false},
    {"Outlook en, with words", "FW: ",
     "Can you open this?\n\n" OUTLOOK("From:", "Sent:", "Tuesday, May 14, 2024 10:12 AM",
                                      "To:", "Subject:"),
     "Can you open this?", 0, false},
    {"Outlook de", "WG: ",
     "-----Ursprüngliche Nachricht-----\n" OUTLOOK(
         "Von:", "Gesendet:", "Dienstag, 14. Mai 2024 10:12", "An:", "Betreff:"),
     "", 0, false},
    {"Outlook de, with words", "WG: ",
     "Bitte ansehen.\n\n" OUTLOOK("Von:", "Gesendet:", "Dienstag, 14. Mai 2024 10:12",
                                  "An:", "Betreff:"),
     "Bitte ansehen.", 0, false},
    {"Outlook fr", "TR : ",
     "-----Message d'origine-----\n" OUTLOOK("De :", "Envoyé :", "mardi 14 mai 2024 10:12",
                                             "À :", "Objet :"),
     "", 0, false},
    {"Outlook fr, with words", "TR: ",
     "Pour info.\n\n" OUTLOOK("De :", "Envoyé :", "mardi 14 mai 2024 10:12", "À :", "Objet :"),
     "Pour info.", 0, false},
    {"Outlook es", "RV: ",
     "-----Mensaje original-----\n" OUTLOOK(
         "De:", "Enviado el:", "martes, 14 de mayo de 2024 10:12", "Para:", "Asunto:"),
     "", 0, false},
    {"Outlook ja", "FW: ",
     "-----元のメッセージ-----\n" OUTLOOK("差出人:", "送信日時:", "2024年5月14日火曜日 10:12",
                                          "宛先:", "件名:"),
     "", 0, false},
    {"Outlook ja, wide colons", "転送: ",
     OUTLOOK("差出人：", "送信日時：", "2024年5月14日 10:12", "宛先：", "件名："), "", 0, false},
    {"Outlook web en", "Fw: ",
     "FYI\n\n________________________________\n" OUTLOOK(
         "From:", "Sent:", "Tuesday, May 14, 2024 10:12:31 AM", "To:", "Subject:"),
     "FYI", 0, false},
    {"Outlook web de", "Fw: ",
     "________________________________\n" OUTLOOK(
         "Von:", "Gesendet:", "Dienstag, 14. Mai 2024 10:12:31", "An:", "Betreff:"),
     "", 0, false},
    {"Outlook web fr", "Tr: ",
     "________________________________\n" OUTLOOK("De:", "Envoyé:", "mardi 14 mai 2024 10:12:31",
                                                  "À:", "Objet:"),
     "", 0, false},
    {"Outlook web es", "RV: ",
     "________________________________\n" OUTLOOK("De:", "Enviado:", "martes, 14 de mayo de 2024",
                                                  "Para:", "Asunto:"),
     "", 0, false},
    {"Outlook, stars around keys", "FW: ",
     "*From:* Nagios <nagios@mon.example.com>\n*Sent:* Tuesday, May 14, 2024 10:12 AM\n"
     "*To:* Ops <ops@example.com>\n*Subject:* " SUBJECT "\n\n" INNER,
     "", 0, false},
    {"Outlook, mailto", "FW: ",
     "From: Nagios [mailto:nagios@mon.example.com]\nSent: Tuesday, May 14, 2024 10:12 AM\n"
     "To: Byron, Ada\nSubject: " SUBJECT "\nImportance: High\n\n" INNER,
     "", 0, false},
    {"Outlook, address twice", "FW: ",
     "From: nagios@mon.example.com <nagios@mon.example.com<mailto:nagios@mon.example.com>>\n"
     "Sent: Tuesday, May 14, 2024 10:12 AM\nTo: ops@example.com<mailto:ops@example.com>\n"
     "Subject: " SUBJECT "\n\n" INNER,
     "", 0, false},
    {"Outlook, on behalf of", "FW: ",
     "From: Monitoring, Team <nagios@mon.example.com> On Behalf Of Nagios\n"
     "Sent: Tuesday, May 14, 2024 10:12 AM\nTo: Ops\nSubject: " SUBJECT "\n\n" INNER,
     "", 0, false},
    {"Outlook, an empty line between fields", "FW: ",
     "From: " FROM "\n\nSent: Tuesday, May 14, 2024 10:12 AM\n\nTo: Ops\n\nSubject: " SUBJECT
     "\n\n" INNER,
     "", 0, false},
    {"Outlook, a rule's forward without a prefix", "",
     OUTLOOK("From:", "Sent:", "Tuesday, May 14, 2024 10:12 AM", "To:", "Subject:"), "", 0, false},
    {"Outlook web HTML only", "Fw: ",
     "<div>FYI</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\" dir=\"ltr\">"
     "<font face=\"Calibri\"><b>From:</b> Nagios &lt;nagios@mon.example.com&gt;<br><b>Sent:</b> "
     "Tuesday, May 14, 2024 10:12 AM<br><b>To:</b> Ops "
     "&lt;ops@example.com&gt;<br><b>Subject:</b> " SUBJECT
     "</font><div>&nbsp;</div></div><div>" TEXT_1 "<br><br>" TEXT_2 "</div>",
     "FYI", 0, true},
    {"Outlook desktop HTML only, de", "WG: ",
     "<p class=MsoNormal>Bitte ansehen.</p><div><div style='border:none;border-top:solid #E1E1E1'>"
     "<p class=MsoNormal><b>Von:</b> Nagios &lt;nagios@mon.example.com&gt; <br><b>Gesendet:</b> "
     "Dienstag, 14. Mai 2024 10:12<br><b>An:</b> ops@example.com<br><b>Betreff:</b> " SUBJECT
     "</p></div></div><p class=MsoNormal>" TEXT_1 "</p><p class=MsoNormal>" TEXT_2 "</p>",
     "Bitte ansehen.", 0, true},
    {"Apple Mail en", "Fwd: ",
     APPLE("Begin forwarded message:", "From:", "Subject:", "Date:",
           "May 14, 2024 at 10:12:31\u202fAM GMT+2", "To:"),
     "", AT, false},
    {"Apple Mail en, with words", "Fwd: ",
     "Look at this.\n\n" APPLE("Begin forwarded message:", "From:", "Subject:", "Date:",
                               "May 14, 2024 at 8:12:31 AM UTC", "To:"),
     "Look at this.", AT, false},
    {"Apple Mail en, stars and a signature behind", "Fwd: ",
     "Begin forwarded message:\n\n> *From: *Nagios <nagios@mon.example.com>\n> *Subject: *" SUBJECT
     "\n> *Date: *May 14, 2024\n> *To: *ops@example.com\n> \n" QUOTED "\nAda\n",
     "", 0, false},
    {"Apple Mail de", "Fwd: ",
     APPLE("Anfang der weitergeleiteten Nachricht:", "Von:", "Betreff:", "Datum:",
           "14. Mai 2024 um 10:12:31 MESZ", "An:"),
     "", 0, false},
    {"Apple Mail fr", "Fwd: ",
     APPLE("Début du message réexpédié :", "De:", "Objet:", "Date:", "14 mai 2024 à 10:12:31 UTC+2",
           "À:"),
     "", 0, false},
    {"Apple Mail fr, newer", "Tr : ",
     APPLE("Début du message transféré :", "De :", "Objet :", "Date :",
           "14 mai 2024 à 10:12:31 UTC+2", "À :"),
     "", 0, false},
    {"Apple Mail es", "Fwd: ",
     APPLE("Inicio del mensaje reenviado:", "De:", "Asunto:", "Fecha:",
           "14 de mayo de 2024, 10:12:31 CEST", "Para:"),
     "", 0, false},
    {"Apple Mail ja", "Fwd: ",
     "至急確認してください。\n\n" APPLE("転送されたメッセージ:", "差出人:", "件名:", "日付:",
                                        "2024年5月14日 10:12:31 JST", "宛先:"),
     "至急確認してください。", 0, false},
    {"Apple Mail HTML only", "Fwd: ",
     "<html><body>Look<br><div><br><blockquote type=\"cite\"><div>Begin forwarded message:</div>"
     "<br><div><b>From: </b>Nagios &lt;nagios@mon.example.com&gt;</div><div><b>Subject: "
     "</b>" SUBJECT
     "</div><div><b>Date: </b>May 14, 2024 at 10:12:31 AM GMT+2</div><div><b>To: </b>"
     "ops@example.com</div><br><div>" TEXT_1 "<br><br>" TEXT_2 "</div></blockquote></div></body>",
     "Look", AT, true},
    {"Thunderbird en", "Fwd: ", BIRD("Forwarded Message", "Subject:", "Date:", "From:", "To:"), "",
     AT, false},
    {"Thunderbird en, with words",
     "Fwd: ", "Is this ours?\n\n" BIRD("Forwarded Message", "Subject:", "Date:", "From:", "To:"),
     "Is this ours?", AT, false},
    {"Thunderbird de", "Fwd: ",
     BIRD("Weitergeleitete Nachricht", "Betreff:", "Datum:", "Von:", "An:"), "", AT, false},
    {"Thunderbird fr", "Fwd: ", BIRD("Message transféré", "Sujet :", "Date :", "De :", "Pour :"),
     "", AT, false},
    {"Thunderbird es", "Fwd: ", BIRD("Mensaje reenviado", "Asunto:", "Fecha:", "De:", "Para:"), "",
     AT, false},
    {"Thunderbird ja", "Fwd: ", BIRD("転送メッセージ", "件名:", "日付:", "差出人:", "宛先:"), "",
     AT, false},
    {"Thunderbird HTML only", "Fwd: ",
     "<p>Is this ours?</p><div class=\"moz-forward-container\"><br><br>-------- Forwarded Message "
     "--------<table class=\"moz-email-headers-table\"><tbody><tr><th>Subject: </th><td>" SUBJECT
     "</td></tr><tr><th>Date: </th><td>Tue, 14 May 2024 08:12:31 +0000</td></tr><tr><th>From: "
     "</th><td>Nagios &lt;nagios@mon.example.com&gt;</td></tr><tr><th>To: </th><td>ops@example.com"
     "</td></tr></tbody></table><br><br><pre>" INNER "</pre></div>",
     "Is this ours?", AT, true},
    {"Yahoo en", "Fw: ",
     "----- Forwarded Message -----\nFrom: " FROM "\nTo: ops@example.com\n"
     "Sent: Tuesday, May 14, 2024 at 10:12:31 AM GMT+2\nSubject: " SUBJECT "\n\n" INNER,
     "", 0, false},
};

static const struct mail *parse_row(struct arena *arena, const struct row *row)
{
    const char *bytes =
        arena_format(arena,
                     "From: Ada <ada@example.com>\nTo: status@status.example.com\n"
                     "Subject: %s" SUBJECT "\nMIME-Version: 1.0\n"
                     "Content-Type: text/%s; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n%s",
                     row->subject, row->is_html ? "html" : "plain", row->body);

    return mail_parse(arena, text_of(bytes), &mail_limits_default, NULL);
}

static bool is_right(const struct row *row, const struct forwarded *forwarded)
{
    const struct mail *inner = forwarded == NULL ? NULL : forwarded->mail;

    return inner != NULL && forwarded->kind == FORWARD_INLINE && inner->from != NULL &&
           strcmp(inner->from->whole, "nagios@mon.example.com") == 0 &&
           strcmp(inner->subject, SUBJECT) == 0 && strcmp(inner->text, TEXT_1 "\n\n" TEXT_2) == 0 &&
           inner->date_at == row->date_at && g_str_has_prefix(inner->raw_text, TEXT_1) &&
           strcmp(forwarded->comment, row->comment) == 0 && *forwarded->forwarder == '\0' &&
           mail_find_field(inner, "Subject", 0) != NULL && mail_find_field(inner, "X-A", 0) == NULL;
}

TEST(each_client_in_each_language_says_the_same)
{
    size_t wrong = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        const struct mail *mail = parse_row(arena, &rows[i]);
        assert_non_null(mail);
        const struct forwarded *is = mail_forwarded(arena, mail, &mail_limits_default);
        if (is_right(&rows[i], is)) {
            continue;
        }
        wrong++;
        print_error("%s: %s\n", rows[i].client, is == NULL ? "no forward" : "not the same");
        if (is != NULL) {
            print_error("  from %s\n  subject %s\n  date %" G_GINT64_FORMAT
                        "\n  comment %s\n  text %s\n",
                        is->mail->from == NULL ? is->mail->from_trouble : is->mail->from->whole,
                        is->mail->subject, is->mail->date_at, is->comment, is->mail->text);
        }
    }
    print_message("inline forwards read: %zu of %zu\n", G_N_ELEMENTS(rows) - wrong,
                  G_N_ELEMENTS(rows));
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_client_in_each_language_says_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
