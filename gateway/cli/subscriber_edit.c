/* tocsin subscriber add|set|remove */
#include "gateway/cli/import_row.h"
#include "gateway/cli/subscriber_words.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/mail/address.h"
#include "gateway/store/joins.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static const char *const options[CHOICE_COUNT] = {
    [CHOICE_COMPONENTS] = "--component", [CHOICE_GROUPS] = "--group",
    [CHOICE_SEVERITY] = "--severity",    [CHOICE_KINDS] = "--kinds",
    [CHOICE_FORMAT] = "--format",        [CHOICE_DELIVERY] = "--delivery",
    [CHOICE_CRITICAL] = "--critical",    [CHOICE_LANGUAGE] = "--language",
    [CHOICE_TIME_ZONE] = "--time-zone",
};

const char *subscriber_author(struct invocation *invocation)
{
    const struct passwd *user = getpwuid(getuid());

    return user != NULL ? arena_format(invocation->arena, "cli:%s", user->pw_name)
                        : arena_format(invocation->arena, "cli:%ld", (long)getuid());
}

static bool read_choice(const struct subscriber_task *task, const struct page *page,
                        enum choice choice, const char *word, struct wishes *wishes, GError **error)
{
    if (word == NULL ||
        choices_read(task->invocation->arena, page, choice, text_of(word), wishes, error))
        return true;
    g_prefix_error(error, "%s ", options[choice]);
    return false;
}

bool subscriber_read_choices(const struct subscriber_task *task, const struct page *page,
                             struct wishes *wishes, GError **error)
{
    const struct subscriber_words *words = task->words;
    bool is_good = true;

    for (size_t i = 0; is_good && words->components != NULL && words->components[i] != NULL; i++)
        is_good = read_choice(task, page, CHOICE_COMPONENTS, words->components[i], wishes, error);
    for (size_t i = 0; is_good && words->groups != NULL && words->groups[i] != NULL; i++)
        is_good = read_choice(task, page, CHOICE_GROUPS, words->groups[i], wishes, error);
    for (size_t i = 0; is_good && i < CHOICE_COUNT; i++)
        is_good = read_choice(task, page, (enum choice)i, words->choices[i], wishes, error);
    return is_good;
}

/* Who does what to whom. */
struct edit {
    const struct subscriber_task *task;
    const struct secret *secret;
    const struct page *page;
    struct wishes wishes;
    int64_t now;
};

static bool read_kind(const struct edit *edit, enum subscriber_kind *kind, GError **error)
{
    const char *word = edit->task->words->kind;

    return word == NULL || subscriber_kind_parse(text_of(word), kind) ||
           error_set(error, TOCSIN_ERROR_INPUT, "--kind \"%s\": one of person, list", word);
}

/* `before` as the options make her. */
static const struct subscriber *apply(const struct edit *edit, const struct subscriber *before,
                                      GError **error)
{
    struct arena *arena = edit->task->invocation->arena;
    const struct wishes_request request = {edit->page, before, &edit->wishes, 0, edit->now};
    const struct wishes_outcome *outcome = wishes_apply(arena, &request, error);
    struct subscriber *after = ARENA_NEW(arena, struct subscriber);

    if (outcome == NULL)
        return NULL;
    *after = *outcome->subscriber;
    after->page_id = edit->page->id;
    return read_kind(edit, &after->kind, error) ? after : NULL;
}

static struct joins_desk desk_of(const struct edit *edit)
{
    return (struct joins_desk){edit->task->store, edit->secret, edit->page, edit->now};
}

static bool record(const struct edit *edit, int64_t id, enum consent_act act, GError **error)
{
    struct invocation *invocation = edit->task->invocation;
    const struct consent consent = {edit->now, act, subscriber_author(invocation), "",
                                    wishes_write(invocation->arena, &edit->wishes)};

    return joins_record(edit->task->store, id, &consent, error);
}

static bool find(const struct edit *edit, const char *address, const struct subscriber **found,
                 GError **error)
{
    return subscribers_find(edit->task->store, edit->task->invocation->arena, edit->page, address,
                            found, error);
}

static bool check_address(const struct edit *edit, const struct mail_address *address,
                          GError **error)
{
    const struct joins_desk desk = desk_of(edit);
    bool is_suppressed = false;

    if (import_is_of_a_page(edit->task->config, address))
        return error_set(error, TOCSIN_ERROR_INPUT, "the address of a page cannot be subscribed");
    if (!joins_is_suppressed(&desk, address->whole, &is_suppressed, error))
        return false;
    if (is_suppressed)
        return error_set(error, TOCSIN_ERROR_DENIED,
                         "is suppressed (complained, or was removed with --forget): only she "
                         "herself can come back");
    return true;
}

static bool add_one(const struct edit *edit, const char *word, GError **error)
{
    const struct mail_address *address =
        address_parse(edit->task->invocation->arena, text_of(word), error);
    struct subscriber fresh = subscriber_default;
    const struct subscriber *added = NULL;
    bool was_there = false;

    if (address == NULL || !check_address(edit, address, error))
        return false;
    fresh.address = address->whole;
    added = apply(edit, &fresh, error);
    if (added == NULL || !subscribers_add(edit->task->store, added, edit->now, &was_there, error))
        return false;
    if (was_there) {
        (void)fprintf(stderr, "tocsin: %s: is there already, and left as it is\n", word);
        return true;
    }
    return find(edit, address->whole, &added, error) &&
           record(edit, added->id, CONSENT_CONFIRMED, error);
}

static bool set_one(const struct edit *edit, const char *word, GError **error)
{
    const struct mail_address *address =
        address_parse(edit->task->invocation->arena, text_of(word), error);
    const struct subscriber *before = NULL;

    if (address == NULL || !find(edit, address->whole, &before, error))
        return false;
    if (before == NULL)
        return error_set(error, TOCSIN_ERROR_MISSING, "no such subscriber of %s", edit->page->id);
    const struct subscriber *after = apply(edit, before, error);
    return after != NULL &&
           subscribers_save(edit->task->store, edit->page, after, edit->now, error) &&
           record(edit, after->id, CONSENT_CHANGED, error);
}

/* All or none. */
static int edit_all(const struct edit *edit,
                    bool (*one)(const struct edit *, const char *, GError **))
{
    struct invocation *invocation = edit->task->invocation;
    g_autoptr(GError) error = NULL;
    bool is_good = store_begin(edit->task->store, &error);

    for (size_t i = 1; is_good && invocation_word(invocation, i) != NULL; i++) {
        is_good = one(edit, invocation_word(invocation, i), &error);
        if (!is_good)
            g_prefix_error(&error, "%s: ", invocation_word(invocation, i));
    }
    if (is_good && store_commit(edit->task->store, &error))
        return EX_OK;
    store_rollback(edit->task->store);
    return invocation_fail(error);
}

static int run_edit(const struct subscriber_task *task,
                    bool (*one)(const struct edit *, const char *, GError **))
{
    struct edit edit = {
        task, NULL, invocation_page(task->config, task->words->page), {0}, moment_now()};
    g_autoptr(GError) error = NULL;
    enum subscriber_kind kind = SUBSCRIBER_PERSON;

    if (edit.page == NULL)
        return EX_USAGE;
    if (!subscriber_read_choices(task, edit.page, &edit.wishes, &error) ||
        !read_kind(&edit, &kind, &error) || apply(&edit, &subscriber_default, &error) == NULL)
        return invocation_reject(error);
    OWN(secret) secret = secret_open(task->config->state, &error);
    if (secret == NULL)
        return invocation_fail(error);
    edit.secret = secret;
    return edit_all(&edit, one);
}

int subscriber_add(const struct subscriber_task *task)
{
    return run_edit(task, add_one);
}

int subscriber_set(const struct subscriber_task *task)
{
    return run_edit(task, set_one);
}

static bool remove_one(const struct edit *edit, const char *address, bool *was_there,
                       GError **error)
{
    const struct joins_desk desk = desk_of(edit);
    const struct subscriber *found = NULL;

    if (edit->task->words->forgets)
        return joins_erase(&desk, address, was_there, error);
    return find(edit, address, &found, error) &&
           subscribers_remove(edit->task->store, edit->page, address, edit->now, was_there,
                              error) &&
           (!*was_there || found == NULL || record(edit, found->id, CONSENT_LEFT, error));
}

static int remove_all(const struct edit *edit)
{
    struct invocation *invocation = edit->task->invocation;
    g_autoptr(GError) error = NULL;
    int status = EX_OK;

    for (size_t i = 1; invocation_word(invocation, i) != NULL; i++) {
        const char *word = invocation_word(invocation, i);
        const struct mail_address *address = address_parse(invocation->arena, text_of(word), NULL);
        bool was_there = false;

        if (!remove_one(edit, address != NULL ? address->whole : word, &was_there, &error))
            return invocation_fail(error);
        if (was_there)
            continue;
        (void)fprintf(stderr, "tocsin: %s: no such subscriber of %s\n", word, edit->page->id);
        status = EX_NOUSER;
    }
    return status;
}

int subscriber_remove(const struct subscriber_task *task)
{
    struct edit edit = {
        task, NULL, invocation_page(task->config, task->words->page), {0}, moment_now()};
    g_autoptr(GError) error = NULL;

    if (edit.page == NULL)
        return EX_USAGE;
    OWN(secret) secret = secret_open(task->config->state, &error);
    if (secret == NULL)
        return invocation_fail(error);
    edit.secret = secret;
    return remove_all(&edit);
}
