/* tests/fuzz/grammar_fuzz.c: a grammar, a zero byte, a mail: the grammar loaded, the mail read by it as a
 * monitor's, and by the operators' language as an operator's, and by the subscribers' as a subscriber's. Problems have their place in the file, roles
 * get their commands only, components are the page's, and no rule that matches is left out as no candidate
 * (security Z5). */
#include "gateway/grammar/books.h"
#include "gateway/grammar/candidates.h"
#include "gateway/grammar/made.h"
#include "gateway/grammar/subscribing.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ARENA_BYTES ((size_t)256 * 1024 * 1024)
#define FOLDER      TOCSIN_SOURCE_DIR "/gateway/grammar/"

static const struct component components[] = {{"comp_api", "API", ""}, {"comp_a_b", "A, b=c", ""}};
static const struct page page = {.id = "sp_x",
                                 .local = "status",
                                 .domain = "example.com",
                                 .address = "status@example.com",
                                 .components = components,
                                 .component_count = G_N_ELEMENTS(components)};
static const struct incident incident = {
    .id = 1, .number = 42, .title = "API errors", .first_title = "API errors"};

static void check_reading(const struct reading *reading, enum grammar_role role)
{
    if (reading->kind == READING_QUESTION)
        assert(reading->question->problem[0] != '\0');
    if (reading->kind != READING_COMMAND)
        return;
    assert(made_may(role, reading->command->kind));
    for (size_t i = 0; i < reading->command->component_count; i++)
        assert(page_find_component(&page, reading->command->components[i].component_id) != NULL);
    assert(g_utf8_validate(reading->command->message, -1, NULL));
    assert(g_utf8_validate(reading->command->note, -1, NULL));
}

static void check_alerts(const struct reading *reading)
{
    assert(reading->alert_count <= RULE_ALERTS);
    for (size_t i = 0; i < reading->alert_count; i++) {
        const struct grammar_alert *alert = &reading->alerts[i];
        assert(rule_is_of_alert(alert->kind) && made_may(GRAMMAR_MONITOR, alert->kind));
        for (size_t n = 0; n < alert->value_count; n++)
            assert(g_utf8_validate(alert->values[n].value, -1, NULL));
        for (size_t n = 0; n < alert->group_count; n++)
            assert(g_utf8_validate(alert->groups[n].value, -1, NULL));
    }
}

/* Who asks the candidates alone hears the same as who asks all. */
static void check_candidates(struct grammars *grammars, struct arena *arena,
                             const struct grammar_request *request)
{
    struct candidates candidates;

    candidates_open(&candidates, arena, request);
    matcher_begin(grammars->matcher);
    for (size_t i = 0; i < grammars->book_count; i++)
        for (size_t n = 0; n < grammars->books[i]->rule_count; n++) {
            const struct rule *rule = &grammars->books[i]->rules[n];
            if (!candidates_may_match(&candidates, rule))
                assert(rule_match(rule, grammars->matcher, arena, request, true).outcome !=
                       MATCH_YES);
        }
    matcher_end(grammars->matcher);
}

/* A monitor whose name is the first word of the subject. */
static void read_generic(struct grammars *grammars, struct arena *arena, const struct mail *mail)
{
    const char *name = arena_copy(arena, mail->subject, strcspn(mail->subject, " "));

    for (int scope = GENERIC_WHOLE; scope <= GENERIC_NAMED; scope++) {
        const struct reading *reading =
            grammar_read_generic(grammars, arena, mail, name, (enum generic_scope)scope);
        check_alerts(reading);
        assert(reading->kind == READING_NOTHING || reading->alert_count == 1);
    }
}

static void read_monitors(struct grammars *grammars, struct arena *arena, const struct mail *mail)
{
    const struct grammar_request request = {
        .role = GRAMMAR_MONITOR, .mail = mail, .page = &page, .extension = ""};

    check_alerts(grammar_read_monitors(grammars, arena, &request));
    check_candidates(grammars, arena, &request);
    read_generic(grammars, arena, mail);
}

static void read_as(struct grammars *grammars, struct arena *arena, const struct mail *mail,
                    const struct thread_facts *thread, enum grammar_role role)
{
    const struct grammar_request request = {
        .role = role,
        .grammar = grammars->book_count > 0 && role == GRAMMAR_MONITOR ? grammars->books[0]->name
                                                                       : "operator",
        .mail = mail,
        .page = &page,
        .thread = thread,
        .extension = "",
        .now = INT64_C(1795514400000),
    };
    int64_t numbers[GRAMMAR_NUMBERS];
    const char *titles[GRAMMAR_TITLES];

    (void)grammar_find_numbers(grammars, mail, numbers);
    (void)grammar_find_titles(grammars, arena, mail, titles);
    (void)grammar_first_word(arena, mail);
    check_reading(grammar_read(grammars, arena, &request), role);
}

static void check_topics(const char *const *topics, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert(topics[i][0] == 'g' || page_find_component(&page, topics[i] + 2) != NULL);
}

/* What is wished is the page's, and can be kept as text. */
static void check_wishes(struct arena *arena, const struct wishes *wishes)
{
    check_topics(wishes->topics, wishes->topic_count);
    check_topics(wishes->added_topics, wishes->added_count);
    check_topics(wishes->removed_topics, wishes->removed_count);
    const char *kept = wishes_write(arena, wishes);
    assert(strcmp(wishes_write(arena, wishes_read(arena, kept)), kept) == 0);
}

static void read_subscriber(struct grammars *grammars, struct arena *arena, const struct mail *mail,
                            unsigned how)
{
    static const char *const extensions[] = {"", "subscribe"};
    const struct subscribing_request request = {.mail = mail,
                                                .page = &page,
                                                .extension = extensions[how & 1],
                                                .is_subscriber = (how & 2) != 0,
                                                .is_keyed = (how & 4) != 0,
                                                .now = 1000};
    const struct subscribing *said = grammar_read_subscriber(grammars, arena, &request);

    if (said->kind == SUBSCRIBING_QUESTION)
        assert(said->problem[0] != '\0' && g_utf8_validate(said->quoted, -1, NULL));
    if (said->kind == SUBSCRIBING_SUBSCRIBE || said->kind == SUBSCRIBING_CHANGE)
        check_wishes(arena, said->wishes);
}

static void read_mail(struct grammars *grammars, struct arena *arena, struct text bytes)
{
    const struct mail *mail = mail_parse(arena, bytes, &mail_limits_default, NULL);
    const struct thread_facts none = {0};
    const struct thread_facts named = {.named = &incident};

    if (mail == NULL)
        return;
    read_monitors(grammars, arena, mail);
    read_as(grammars, arena, mail, &none, GRAMMAR_MONITOR);
    read_as(grammars, arena, mail, &none, GRAMMAR_OPERATOR);
    read_as(grammars, arena, mail, &named, GRAMMAR_OPERATOR);
    for (unsigned how = 0; how < 8; how++)
        read_subscriber(grammars, arena, mail, how);
}

static void load(struct grammars *grammars, struct arena *arena, struct text bytes)
{
    struct problems *problems = problems_new(arena);
    const struct loader loader = {grammars->arena, problems, grammars->patterns};
    const struct yaml_node *root = yaml_load(grammars->arena, "fuzz", bytes, problems);
    const struct rulebook *book = rulebook_read(&loader, root);
    size_t count = 0;

    if (book != NULL)
        grammars->books[grammars->book_count++] = book;
    else
        assert(problems_count_errors(problems) > 0);
    const struct problem *const *list = problems_list(problems, &count);
    for (size_t i = 0; i < count; i++)
        assert(list[i]->line <= bytes.size + 1 && list[i]->column <= bytes.size + 1);
}

/* Compiled once: it takes longer than all the rest. */
static const struct rulebook *const *shipped(struct arena *arena)
{
    static struct grammars *opened;

    if (opened == NULL) {
        opened = books_open();
        struct problems *problems = problems_new(arena);
        const bool is_good = books_add(opened, FOLDER "operator.yaml", false, problems) &&
                             books_add(opened, FOLDER "subscriber.yaml", false, problems) &&
                             books_add(opened, FOLDER "generic.yaml", false, problems);
        assert(is_good);
    }
    return opened->books;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;
    const size_t first = zero != NULL ? (size_t)(zero - data) : size;
    const struct text mail =
        zero != NULL ? text_from((const char *)zero + 1, size - first - 1) : text_from("", 0);
    OWN(arena) arena = arena_open(ARENA_BYTES);
    OWN(grammars) grammars = books_open();

    if (first > 0)
        load(grammars, arena, text_from((const char *)data, first));
    const struct rulebook *const *ours = shipped(arena);
    grammars->books[grammars->book_count++] = ours[0];
    grammars->language = ours[0]->language;
    grammars->subscribing = ours[1]->language;
    grammars->generic = ours[2]->generic;
    read_mail(grammars, arena, mail);
    return 0;
}
