#include "gateway/intake/topic.h"

#include "gateway/store/incidents.h"

/* The incident that one of our Message-IDs belongs to; *is_letter when it was a letter's. */
static bool find_by_id(struct taking *taking, struct text id, const struct incident **incident,
                       bool *is_letter, GError **error)
{
    const struct intake *intake = taking->intake;
    const struct keyed_id read = keyed_read_id(intake->secret, taking->page, id);
    int64_t incident_id = 0;

    switch (read.kind) {
    case KEYED_ID_FOREIGN:
        return true;
    case KEYED_ID_ROOT:
        return incidents_find_number(intake->store, taking->arena, taking->page, read.number,
                                     incident, error);
    case KEYED_ID_NOTIFICATION:
        if (!incidents_of_notification(intake->store, taking->page, read.number, &incident_id,
                                       error))
            return false;
        break;
    case KEYED_ID_LETTER:
        *is_letter = true;
        if (!incidents_of_letter(intake->store, taking->page, read.number, &incident_id, error))
            return false;
        break;
    }
    return incident_id == 0 ||
           incidents_load(intake->store, taking->arena, taking->page, incident_id, incident, error);
}

static bool find_named(struct taking *taking, const struct mail *mail, int64_t named_id,
                       struct thread_facts *facts, GError **error)
{
    bool answers_letter = false;

    if (named_id > 0)
        return incidents_load(taking->intake->store, taking->arena, taking->page, named_id,
                              &facts->named, error);
    for (size_t i = 0; i < mail->reference_count && facts->named == NULL; i++)
        if (!find_by_id(taking, text_of(mail->references[i]), &facts->named, &answers_letter,
                        error))
            return false;
    /* The key came with the mail itself, not with a held one that it completes. */
    facts->continues_new =
        facts->named == NULL && (answers_letter || (taking->key != NULL && mail == taking->mail));
    return true;
}

static bool find_numbered(struct taking *taking, const struct mail *mail,
                          struct thread_facts *facts, GError **error)
{
    const struct incident **found =
        ARENA_ARRAY(taking->arena, const struct incident *, GRAMMAR_NUMBERS);
    int64_t numbers[GRAMMAR_NUMBERS];
    const size_t count = grammar_find_numbers(taking->intake->grammars, mail, numbers);

    facts->numbered = found;
    for (size_t i = 0; i < count; i++) {
        const struct incident *incident = NULL;

        if (!incidents_find_number(taking->intake->store, taking->arena, taking->page, numbers[i],
                                   &incident, error))
            return false;
        if (incident != NULL)
            found[facts->numbered_count++] = incident;
    }
    return true;
}

static bool find_titled(struct taking *taking, const struct mail *mail, struct thread_facts *facts,
                        GError **error)
{
    const char *titles[GRAMMAR_TITLES];
    const size_t count = grammar_find_titles(taking->intake->grammars, taking->arena, mail, titles);

    for (size_t i = 0; i < count && facts->titled_count == 0; i++) {
        struct incident_list list = {NULL, 0};

        if (!incidents_find_title(taking->intake->store, taking->arena, taking->page, titles[i],
                                  &list, error))
            return false;
        facts->titled = list.incidents;
        facts->titled_count = list.count;
    }
    return true;
}

bool topic_find(struct taking *taking, const struct mail *mail, int64_t named_id,
                struct thread_facts *facts, GError **error)
{
    *facts = (struct thread_facts){0};
    return find_named(taking, mail, named_id, facts, error) &&
           find_numbered(taking, mail, facts, error) && find_titled(taking, mail, facts, error);
}
