#include "gateway/intake/facts.h"

#include "gateway/store/letters.h"

#define REFERENCES_MOST 20

void facts_add(struct fact_list *facts, const char *name, const char *value)
{
    if (value == NULL)
        return;
    if (facts->count == facts->room) {
        const size_t room = facts->room > 0 ? 2 * facts->room : 16;
        struct letter_fact *rows = ARENA_ARRAY(facts->arena, struct letter_fact, room);

        for (size_t i = 0; i < facts->count; i++)
            rows[i] = facts->rows[i];
        facts->rows = rows;
        facts->room = room;
    }
    facts->rows[facts->count++] = (struct letter_fact){name, value};
}

void facts_add_lines(struct fact_list *facts, const char *name, const char *lines)
{
    struct text rest = text_of(lines);
    struct text line;

    while (text_next_line(&rest, &line))
        if (line.size > 0)
            facts_add(facts, name, arena_copy(facts->arena, line.at, line.size));
}

void facts_add_ids(struct fact_list *facts, const struct mail *mail)
{
    if (mail->message_id[0] == '\0')
        return;
    facts_add(facts, "in_reply_to", mail->message_id);
    for (size_t i = MIN(mail->reference_count, REFERENCES_MOST); i > 0; i--)
        facts_add(facts, "references", mail->references[i - 1]);
}

void facts_add_thread(struct fact_list *facts, const struct mail *mail)
{
    facts_add(facts, "subject", mail->subject);
    facts_add_ids(facts, mail);
}

bool facts_add_letter(struct taking *taking, struct letter *letter, const struct fact_list *facts,
                      GError **error)
{
    letter->facts = facts->rows;
    letter->fact_count = facts->count;
    return letters_add(taking->intake->store, letter, error);
}
