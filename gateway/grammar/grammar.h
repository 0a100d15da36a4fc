/* gateway/grammar/grammar.h: a mail in, what its author wants out.
 *
 * Grammars are YAML files. A monitor's grammar is a list of rules, PCRE2 patterns over fields of the mail
 * and the command that they make (DESIGN section 7); the grammars of people, operator.yaml and subscriber.yaml,
 * are besides vocabularies (language.h): the words that they may use and what each sets. What comes out is
 * a reading: a command, a question back, or nothing. Nothing here decides what a command may do; yet a
 * role gets only the commands that it could ever give (security A23).
 *
 * Patterns run under limits (security A58): a rule that breaks one *failed*, is named in the reading,
 * and the next rule is asked. Groups are put into values once and never read again as patterns or
 * templates (A53). */
#pragma once

#include "gateway/incident/command.h"
#include "gateway/incident/monitor.h"
#include "gateway/mail/mail.h"
#include "gateway/yaml/problems.h"

struct grammar_settings {
    const char *site_directory;     /* "/etc/tocsin/grammars"; NULL: none. Comes before ours: a file
                                         with the name of one of ours takes its place */
    const char *monitors_directory; /* those of monitors that we ship; NULL: none */
    const struct monitor *const *monitors; /* whose `match:` patterns are compiled too */
    size_t monitor_count;
    const char *shipped_directory;    /* where operator.yaml and subscriber.yaml lie */
    const char *const *dropped_words; /* leading bracketed words that mean nothing, in any case */
    size_t dropped_word_count;        /* 0: EXTERNAL, EXT, SPAM */
};

struct grammars;

/* Loads and compiles all *.yaml of both directories (a site directory that is missing is none). NULL:
 * `problems` has errors, each with file, line and column. Immutable afterwards but for the room in which
 * patterns are matched: one opened set a thread. `settings` need not outlive the call. */
struct grammars *grammars_open(const struct grammar_settings *settings, struct problems *problems);
void grammars_close(struct grammars *grammars);
OWN_DEFINE(grammars);

/* Is there a grammar of that name (`grammar:` of a monitor)? */
bool grammars_have(const struct grammars *grammars, const char *name);

/* Has a rule of this grammar ("": of any of monitors; one that is none has all) a group of that name? */
bool grammars_have_group(const struct grammars *grammars, const char *grammar, const char *name);
/* Is it a place that a policy's templates may have: likewise a group, or a field of alerts, or monitor,
 * component, severity? */
bool grammars_have_place(const struct grammars *grammars, const char *grammar, const char *name);

/* The first word of the mail's new text in lower case, without marks of punctuation around it; "" when
 * there is none. `publish`, `confirm`, `yes` complete what was asked back. */
const char *grammar_first_word(struct arena *arena, const struct mail *mail);

/* Is the text one of a pager's short forms, at most 160 characters without a quotation: a status or "ack",
 * perhaps with a number before or behind it ("42 resolved", "ack 42", "#42 monitoring all good")? */
bool grammar_is_brief(const struct grammars *grammars, const struct mail *mail);

/* What the subject may name, for the caller to look up in the store. Numbers: N of "(#N)" at the end,
 * otherwise of "#N" or "INC-N" as its first or last word, none twice; where the subject says nothing, that of a
 * short form in the text. */
#define GRAMMAR_NUMBERS 3
size_t grammar_find_numbers(const struct grammars *grammars, const struct mail *mail,
                            int64_t numbers[GRAMMAR_NUMBERS]);

/* Titles to look for among the page's open incidents, the best first: the subject without reply
 * prefixes and leading brackets, without numbers, and, where it begins with a status ("RESOLVED: API
 * errors"), what follows. The first for which the store has any is the one to hand over as `titled`. */
#define GRAMMAR_TITLES 3
size_t grammar_find_titles(const struct grammars *grammars, struct arena *arena,
                           const struct mail *mail, const char *titles[GRAMMAR_TITLES]);

/* What the store knows of the incidents that the mail may be about; all of the mail's page. */
struct thread_facts {
    /* By the reply address or, without one, by In-Reply-To and References. NULL: by neither. */
    const struct incident *named;
    /* Of grammar_find_numbers(), in its order, without those that are no incident of this page. */
    const struct incident *const *numbered;
    size_t numbered_count;
    /* Open ones with the first of grammar_find_titles() that any has. */
    const struct incident *const *titled;
    size_t titled_count;
    /* The mail answers a question of ours about a new incident (its reply key, or the letter that it
     * replies to, names none): it is read as a new mail. */
    bool continues_new;
    /* Subjects that we sent besides "[state] title (#N)"; may be none. */
    const char *const *our_subjects;
    size_t our_subject_count;
};

enum grammar_role { GRAMMAR_OPERATOR, GRAMMAR_MONITOR };
#define GRAMMAR_ROLE_COUNT 2

struct grammar_request {
    enum grammar_role role;
    const char *grammar; /* a monitor's `grammar:`; NULL: "operator" */
    const struct mail *mail;
    const struct page *page;
    const struct thread_facts *thread; /* NULL: none */
    const char *extension;             /* after the "+", "" when none */
    int64_t
        now; /* what "tomorrow" follows: times of a maintenance are read then, in the page's zone */
};

enum reading_kind {
    READING_COMMAND,
    READING_QUESTION, /* asked back; nothing changes */
    READING_NOTHING,  /* no rule matched */
};

/* What a question is about; the letter's words may be chosen by it. */
enum question_kind {
    QUESTION_NO_TEXT,           /* no text to publish */
    QUESTION_NO_TITLE,          /* a new incident without a subject */
    QUESTION_STATUS,            /* a status that is none */
    QUESTION_SEVERITY,          /* a severity that is none */
    QUESTION_COMPONENT,         /* a component, or a state of one, that is none */
    QUESTION_COMPONENT_SEVERAL, /* the beginning of several */
    QUESTION_NOTIFY,            /* neither yes nor no */
    QUESTION_WORD,              /* nearly a word of ours */
    QUESTION_TWICE,             /* said twice, differently */
    QUESTION_BRACKET,           /* a leading bracketed word that is none */
    QUESTION_NO_START,          /* a maintenance without a start */
    QUESTION_NO_END,            /* ... without an end */
    QUESTION_TIME,              /* a time or span that is none, or may be several */
    QUESTION_WINDOW,            /* times that no maintenance has */
    QUESTION_STEP,              /* a step that is none of a maintenance, or not now */
    QUESTION_NEW_OR_NUMBER,     /* a new incident, or the one that the subject names? */
    QUESTION_WHICH,             /* which incident? */
};
#define QUESTION_KIND_COUNT 17

struct question {
    enum question_kind kind;
    const char *quoted;  /* the line as its author wrote it, at most 200 characters; "" when none */
    const char *problem; /* a sentence: what was not understood, and why */
    const char *const *suggestions; /* lines that would have worked */
    size_t suggestion_count;
    const struct incident *const *candidates; /* what it may have been about */
    size_t candidate_count;
};

/* A name and what it held: a group of a pattern, a field of a command. */
struct grammar_value {
    const char *name;
    const char *value;
};

/* A rule that broke a limit. */
struct rule_failure {
    const char *grammar;
    const char *rule;
    const char *reason; /* "match limit exceeded" */
};

/* What a mail says of one alert: fields key, title, severity, components, message, url, at (a moment,
 * as moment_parse_any() reads it), who. */
struct grammar_alert {
    enum command_kind kind; /* COMMAND_ALERT, COMMAND_CLEAR or COMMAND_ACKNOWLEDGE */
    const struct grammar_value *values;
    size_t value_count;
    const struct grammar_value *groups; /* the rule's, with those of this match of `each:` */
    size_t group_count;
};

struct reading {
    enum reading_kind kind;
    const struct command
        *command; /* COMMAND: kind, page_id, incident_id and what was said; the caller
                                      adds the actor. Components are the page's. */
    const struct incident *incident; /* COMMAND_UPDATE: the one of incident_id */
    const struct question *question; /* QUESTION */
    const char *grammar;             /* that spoke: "operator"; "" for READING_NOTHING */
    const char *rule;                /* that matched; "" for the vocabulary */
    /* A command of a rule: its fields as the templates made them (`key`, `title` …), for what struct
     * command has no member for. */
    const struct grammar_value *values;
    size_t value_count;
    const struct grammar_value *groups; /* of the rule that matched */
    size_t group_count;
    const struct grammar_alert
        *alerts; /* COMMAND_ALERT, CLEAR, ACKNOWLEDGE: one, or one for each match
                                           of the rule's `each:`; `command` and `values` are the first's */
    size_t alert_count;
    bool
        was_explicit; /* has a header line, a status or another word of ours: more than plain text */
    bool
        subject_is_ours; /* no subject of its author's: one that we sent, or that differs in nothing */
    const struct rule_failure *failures;
    size_t failure_count;
};

/* Cannot fail; all that is returned lives in `arena`. */
const struct reading *grammar_read(struct grammars *grammars, struct arena *arena,
                                   const struct grammar_request *request);

/* A monitor's mail by all grammars of monitors, the site's first: the first that makes anything of it,
 * `ignore` included. Those that cannot fit (none of their rules' literal beginnings is there) are not
 * asked. request->grammar is not looked at. Generic words are another function. */
const struct reading *grammar_read_monitors(struct grammars *grammars, struct arena *arena,
                                            const struct grammar_request *request);

/* The generic grammar (generic.yaml: words that say down or up, and fillers, in five languages): is this
 * a mail about `name`? The reading's grammar is "generic", its key is `name`. */
enum generic_scope {
    GENERIC_WHOLE, /* an operator's: the subject is the name, state words and fillers, nothing more */
    GENERIC_NAMED, /* a monitor's: the name stands in subject or text, a state word in the subject or else
                      in the first lines */
};
const struct reading *grammar_read_generic(struct grammars *grammars, struct arena *arena,
                                           const struct mail *mail, const char *name,
                                           enum generic_scope scope);

/* Do the groups of an alert fit all of the monitor's `match:`? A group that the rule has not is "". The
 * monitor is one of settings->monitors. */
bool grammar_monitor_fits(struct grammars *grammars, const struct monitor *monitor,
                          const struct grammar_alert *alert);

/* A policy's template (`title: '{{service}} is down'`), filled. */
char *grammar_fill_policy(struct arena *arena, const char *source,
                          const struct grammar_value *values, size_t count);

/* `tocsin grammar check`: loads `path` alone, a grammar or a table of bounces (undelivered.h); adds all errors, and warnings for rules that break a limit on
 * 64 KiB of hostile text. True: no error. */
bool grammar_check_file(const char *path, struct problems *problems);

enum trial_outcome {
    TRIAL_MATCHED,
    TRIAL_FAILED, /* broke a limit */
    TRIAL_UNMATCHED,
    TRIAL_UNREACHED, /* an earlier rule matched */
};
#define TRIAL_OUTCOME_COUNT 4

struct trial_rule {
    const char *name;
    unsigned line;
    enum trial_outcome outcome;
    const char
        *why; /* which pattern of which field did not match, and what the field began with; "" */
    const struct grammar_value *groups; /* TRIAL_MATCHED: those that are set */
    size_t group_count;
};

struct trial {
    const char *grammar;
    const char *about;
    const struct trial_rule *rules; /* in the order of the file */
    size_t rule_count;
    const struct reading *reading;         /* NULL by a vocabulary of subscribers */
    const struct subscribing *subscribing; /* by a vocabulary of subscribers; else NULL */
};

/* `tocsin grammar try FILE MAIL`: what request->mail would be by the grammar in `path` alone; the
 * request's `grammar` is not looked at, its page may be NULL for a grammar of rules only. For subscribers
 * their subjects are taken apart as the operator.yaml beside the file says. Of a table of bounces the
 * reading is READING_NOTHING with the rule that spoke and the addresses as values; the mail must then
 * come from mail_parse(). NULL: the file has errors, which stand in `problems`. */
const struct trial *grammar_try_file(struct arena *arena, const char *path,
                                     const struct grammar_request *request,
                                     struct problems *problems);

/* A trial for a terminal. */
char *grammar_write_trial(struct arena *arena, const struct trial *trial);

const char *question_kind_name(enum question_kind kind);    /* "no_text" */
const char *trial_outcome_name(enum trial_outcome outcome); /* "matched" */
