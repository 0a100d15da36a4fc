#include "gateway/incident/alert_words.h"

#include <assert.h>
#include <string.h>

/* Each holds {} once, or not at all, for its subject. */
static const char *const english[] = {
    [ALERT_TEXT_DOWN] = "{} is down",
    [ALERT_TEXT_IMPAIRED] = "{} is impaired",
    [ALERT_TEXT_REPORTED] = "Our monitoring reports a problem with {}. We are looking into it.",
    [ALERT_TEXT_WORSE] = "Our monitoring reports that the problem with {} has become worse.",
    [ALERT_TEXT_UNSTABLE] =
        "{} is unstable: it fails and recovers in turn. We are keeping this incident open.",
    [ALERT_TEXT_RESOLVED] = "{} is working again.",
    [ALERT_TEXT_MANY] = "{}: many alerts",
    [ALERT_TEXT_MANY_REPORTED] =
        "Our monitoring reports many problems with {} at once. We are looking into them.",
    [ALERT_TEXT_SILENT] = "No sign of life from {}",
    [ALERT_TEXT_SILENT_REPORTED] =
        "Our monitoring has not heard from {} for some time. We are looking into it.",
    [ALERT_TEXT_HEARD_AGAIN] = "{} reports again.",
    [ALERT_TEXT_WORKING] = "Our team is working on the problem with {}.",
    [ALERT_TEXT_NOTE_WORSE] = "The monitor says that it has become worse: {}.",
    [ALERT_TEXT_NOTE_UNSTABLE] = "The monitor says that {} fails and recovers in turn.",
    [ALERT_TEXT_NOTE_CLEARED] = "The monitor says that {} is working again.",
    [ALERT_TEXT_NOTE_CLEARED_ASK] =
        ("The monitor says that {} is working again. Is the incident over? Reply \"resolved\" to "
         "resolve it."),
    [ALERT_TEXT_NOTE_AGAIN] =
        "The monitor says that {} has a problem again. The incident is not over.",
    [ALERT_TEXT_NOTE_SEEN] = "Acknowledged: {}",
    [ALERT_TEXT_NOTE_SEEN_BY] = "By: {}",
    [ALERT_TEXT_NOTE_OPEN] = "Alerts open now: {}",
    [ALERT_TEXT_NOTE_JOINED] = "New since the last word: {}",
};

static const char *const german[] = {
    [ALERT_TEXT_DOWN] = "{} ist ausgefallen",
    [ALERT_TEXT_IMPAIRED] = "{} ist beeinträchtigt",
    [ALERT_TEXT_REPORTED] = "Unsere Überwachung meldet ein Problem mit {}. Wir gehen dem nach.",
    [ALERT_TEXT_WORSE] = "Unsere Überwachung meldet, dass das Problem mit {} größer geworden ist.",
    [ALERT_TEXT_UNSTABLE] = ("{} ist instabil und fällt immer wieder aus. Wir halten diese Störung "
                             "offen."),
    [ALERT_TEXT_RESOLVED] = "{} funktioniert wieder.",
    [ALERT_TEXT_MANY] = "{}: viele Alarme",
    [ALERT_TEXT_MANY_REPORTED] =
        "Unsere Überwachung meldet viele Probleme mit {} zugleich. Wir gehen ihnen nach.",
    [ALERT_TEXT_SILENT] = "Kein Lebenszeichen von {}",
    [ALERT_TEXT_SILENT_REPORTED] =
        "Unsere Überwachung hat seit einiger Zeit nichts von {} gehört. Wir gehen dem nach.",
    [ALERT_TEXT_HEARD_AGAIN] = "{} meldet sich wieder.",
    [ALERT_TEXT_WORKING] = "Unser Team arbeitet an dem Problem mit {}.",
    [ALERT_TEXT_NOTE_WORSE] = "Der Monitor meldet, dass es schlimmer geworden ist: {}.",
    [ALERT_TEXT_NOTE_UNSTABLE] = "Der Monitor meldet, dass {} immer wieder ausfällt.",
    [ALERT_TEXT_NOTE_CLEARED] = "Der Monitor meldet, dass {} wieder funktioniert.",
    [ALERT_TEXT_NOTE_CLEARED_ASK] =
        ("Der Monitor meldet, dass {} wieder funktioniert. Ist die Störung vorbei? Die Antwort "
         "\"resolved\" beendet sie."),
    [ALERT_TEXT_NOTE_AGAIN] =
        "Der Monitor meldet, dass {} wieder ein Problem hat. Die Störung ist nicht vorbei.",
    [ALERT_TEXT_NOTE_SEEN] = "Bestätigt: {}",
    [ALERT_TEXT_NOTE_SEEN_BY] = "Von: {}",
    [ALERT_TEXT_NOTE_OPEN] = "Alarme, die jetzt offen sind: {}",
    [ALERT_TEXT_NOTE_JOINED] = "Neu seit dem letzten Wort: {}",
};

static const char *const french[] = {
    [ALERT_TEXT_DOWN] = "{} est en panne",
    [ALERT_TEXT_IMPAIRED] = "{} est perturbé",
    [ALERT_TEXT_REPORTED] =
        "Notre supervision signale un problème concernant {}. Nous l’examinons.",
    [ALERT_TEXT_WORSE] = "Notre supervision signale que le problème concernant {} s’est aggravé.",
    [ALERT_TEXT_UNSTABLE] =
        ("{} est instable : pannes et rétablissements se succèdent. Nous laissons cet incident "
         "ouvert."),
    [ALERT_TEXT_RESOLVED] = "{} fonctionne à nouveau.",
    [ALERT_TEXT_MANY] = "{} : nombreuses alertes",
    [ALERT_TEXT_MANY_REPORTED] =
        ("Notre supervision signale de nombreux problèmes à la fois concernant {}. Nous les "
         "examinons."),
    [ALERT_TEXT_SILENT] = "Aucun signe de vie de {}",
    [ALERT_TEXT_SILENT_REPORTED] =
        "Notre supervision n’a plus de nouvelles de {} depuis un moment. Nous l’examinons.",
    [ALERT_TEXT_HEARD_AGAIN] = "{} donne à nouveau signe de vie.",
    [ALERT_TEXT_WORKING] = "Notre équipe travaille sur le problème concernant {}.",
    [ALERT_TEXT_NOTE_WORSE] = "Le moniteur indique une aggravation : {}.",
    [ALERT_TEXT_NOTE_UNSTABLE] = "Le moniteur indique que {} tombe en panne à répétition.",
    [ALERT_TEXT_NOTE_CLEARED] = "Le moniteur indique que {} fonctionne à nouveau.",
    [ALERT_TEXT_NOTE_CLEARED_ASK] =
        ("Le moniteur indique que {} fonctionne à nouveau. L’incident est-il terminé ? Répondez "
         "\"resolved\" pour le clore."),
    [ALERT_TEXT_NOTE_AGAIN] =
        "Le moniteur indique que {} a de nouveau un problème. L’incident n’est pas terminé.",
    [ALERT_TEXT_NOTE_SEEN] = "Acquittée : {}",
    [ALERT_TEXT_NOTE_SEEN_BY] = "Par : {}",
    [ALERT_TEXT_NOTE_OPEN] = "Alertes en cours : {}",
    [ALERT_TEXT_NOTE_JOINED] = "Nouvelles depuis le dernier message : {}",
};

static const char *const spanish[] = {
    [ALERT_TEXT_DOWN] = "{} no funciona",
    [ALERT_TEXT_IMPAIRED] = "{} funciona con problemas",
    [ALERT_TEXT_REPORTED] =
        "Nuestra supervisión informa de un problema con {}. Lo estamos investigando.",
    [ALERT_TEXT_WORSE] = "Nuestra supervisión informa de que el problema con {} ha empeorado.",
    [ALERT_TEXT_UNSTABLE] =
        ("{} está inestable: falla y se recupera una y otra vez. Mantenemos abierto este "
         "incidente."),
    [ALERT_TEXT_RESOLVED] = "{} vuelve a funcionar.",
    [ALERT_TEXT_MANY] = "{}: muchas alertas",
    [ALERT_TEXT_MANY_REPORTED] =
        ("Nuestra supervisión informa de muchos problemas con {} a la vez. Los estamos "
         "investigando."),
    [ALERT_TEXT_SILENT] = "Sin señales de vida de {}",
    [ALERT_TEXT_SILENT_REPORTED] =
        ("Nuestra supervisión no recibe noticias de {} desde hace un rato. Lo estamos "
         "investigando."),
    [ALERT_TEXT_HEARD_AGAIN] = "{} vuelve a dar señales de vida.",
    [ALERT_TEXT_WORKING] = "Nuestro equipo trabaja en el problema con {}.",
    [ALERT_TEXT_NOTE_WORSE] = "El monitor indica que ha empeorado: {}.",
    [ALERT_TEXT_NOTE_UNSTABLE] = "El monitor indica que {} falla y se recupera una y otra vez.",
    [ALERT_TEXT_NOTE_CLEARED] = "El monitor indica que {} vuelve a funcionar.",
    [ALERT_TEXT_NOTE_CLEARED_ASK] =
        ("El monitor indica que {} vuelve a funcionar. ¿Ha terminado el incidente? Responda "
         "\"resolved\" para cerrarlo."),
    [ALERT_TEXT_NOTE_AGAIN] =
        "El monitor indica que {} vuelve a tener un problema. El incidente no ha terminado.",
    [ALERT_TEXT_NOTE_SEEN] = "Reconocida: {}",
    [ALERT_TEXT_NOTE_SEEN_BY] = "Por: {}",
    [ALERT_TEXT_NOTE_OPEN] = "Alertas abiertas ahora: {}",
    [ALERT_TEXT_NOTE_JOINED] = "Nuevas desde el último aviso: {}",
};

static const char *const japanese[] = {
    [ALERT_TEXT_DOWN] = "{} が停止しています",
    [ALERT_TEXT_IMPAIRED] = "{} に障害が発生しています",
    [ALERT_TEXT_REPORTED] = "監視システムが {} の問題を検知しました。現在調査しています。",
    [ALERT_TEXT_WORSE] = "監視システムによると、{} の問題が悪化しています。",
    [ALERT_TEXT_UNSTABLE] =
        "{} は不安定で、停止と復旧を繰り返しています。この障害は引き続き対応中とします。",
    [ALERT_TEXT_RESOLVED] = "{} は復旧しました。",
    [ALERT_TEXT_MANY] = "{}: 多数のアラート",
    [ALERT_TEXT_MANY_REPORTED] =
        "監視システムが {} の問題を同時に多数検知しました。現在調査しています。",
    [ALERT_TEXT_SILENT] = "{} からの応答がありません",
    [ALERT_TEXT_SILENT_REPORTED] =
        "{} からの定期報告がしばらく届いていません。現在調査しています。",
    [ALERT_TEXT_HEARD_AGAIN] = "{} からの報告が再開しました。",
    [ALERT_TEXT_WORKING] = "{} の問題に担当者が対応しています。",
    [ALERT_TEXT_NOTE_WORSE] = "監視システムによると、問題が悪化しました: {}。",
    [ALERT_TEXT_NOTE_UNSTABLE] = "監視システムによると、{} は停止と復旧を繰り返しています。",
    [ALERT_TEXT_NOTE_CLEARED] = "監視システムによると、{} は復旧しました。",
    [ALERT_TEXT_NOTE_CLEARED_ASK] =
        ("監視システムによると、{} は復旧しました。解決済みにするには \"resolved\" "
         "と返信してください。"),
    [ALERT_TEXT_NOTE_AGAIN] =
        "監視システムによると、{} に再び問題が起きています。インシデントは終わっていません。",
    [ALERT_TEXT_NOTE_SEEN] = "確認済み: {}",
    [ALERT_TEXT_NOTE_SEEN_BY] = "担当: {}",
    [ALERT_TEXT_NOTE_OPEN] = "現在のアラート数: {}",
    [ALERT_TEXT_NOTE_JOINED] = "前回からの新規アラート数: {}",
};

static_assert(G_N_ELEMENTS(english) == ALERT_TEXT_COUNT, "a text is missing");
static_assert(G_N_ELEMENTS(german) == ALERT_TEXT_COUNT, "a text is missing");
static_assert(G_N_ELEMENTS(french) == ALERT_TEXT_COUNT, "a text is missing");
static_assert(G_N_ELEMENTS(spanish) == ALERT_TEXT_COUNT, "a text is missing");
static_assert(G_N_ELEMENTS(japanese) == ALERT_TEXT_COUNT, "a text is missing");

static const struct {
    const char *language;
    const char *const *texts;
} languages[] = {
    {"en", english}, {"de", german}, {"fr", french}, {"es", spanish}, {"ja", japanese},
};

static const char *const *find_texts(const char *language)
{
    const struct text tag = text_of(language);
    const struct text primary = text_first(tag, strcspn(language, "-_"));

    for (size_t i = 0; i < G_N_ELEMENTS(languages); i++)
        if (text_is_equal_any_case(primary, text_of(languages[i].language)))
            return languages[i].texts;
    return english;
}

char *alert_words(struct arena *arena, const char *language, enum alert_text text,
                  const char *subject)
{
    assert((size_t)text < ALERT_TEXT_COUNT);
    const char *const pattern = find_texts(language)[text];
    const char *const place = strstr(pattern, "{}");

    if (place == NULL)
        return arena_string(arena, pattern);
    return arena_format(arena, "%.*s%s%s", (int)(place - pattern), pattern, subject, place + 2);
}
