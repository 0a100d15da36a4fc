/* gateway/grammar/people.h: a mail of a person, read with a language. */
#pragma once

#include "gateway/grammar/language.h"
#include "gateway/grammar/said.h"
#include "gateway/grammar/subject.h"

/* A mail that is being read. */
struct hearing {
    struct arena *arena;
    const struct language *language;
    struct matcher *matcher;
    const struct grammar_request *request;
    const struct thread_facts *thread; /* never NULL */
    const char *const *dropped_words;
    size_t dropped_word_count;
    struct subject subject;
    const struct incident *incident; /* the one that is named; NULL: none */
    bool is_by_number;
    bool is_reply;
    bool announces; /* a maintenance */
    struct said said;
};

/* The fields of `reading` but failures and rule. */
void people_read(struct hearing *hearing, struct reading *reading);

/* Which incident the mail names: fills incident, is_by_number, is_reply. False: it was asked (in
 * hearing->said) which one is meant. */
bool people_find_incident(struct hearing *hearing);

/* Words are about hearing->incident from here on: those of a maintenance where it is one. */
void people_take_incident(struct hearing *hearing);

/* Asks which one, since none is named. */
void people_ask_which(struct hearing *hearing);

/* What was said as command or question. */
void people_conclude(struct hearing *hearing, struct reading *reading);
