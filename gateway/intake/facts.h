/* gateway/intake/facts.h: the facts of one letter, as they gather; private to this folder. */
#pragma once

#include "gateway/incident/letter.h"
#include "gateway/intake/taking.h"

struct fact_list {
    struct arena *arena;
    struct letter_fact *rows;
    size_t count;
    size_t room;
};

/* A value of NULL is no fact. */
void facts_add(struct fact_list *facts, const char *name, const char *value);
/* One fact of that name for each line. */
void facts_add_lines(struct fact_list *facts, const char *name, const char *lines);

/* What an answer hangs on in its author's thread; References oldest first. */
void facts_add_thread(struct fact_list *facts, const struct mail *mail);
/* The same without the subject: words of its author's (security A39). */
void facts_add_ids(struct fact_list *facts, const struct mail *mail);

/* Stores the letter with these, in the open transaction. */
bool facts_add_letter(struct taking *taking, struct letter *letter, const struct fact_list *facts,
                      GError **error);
