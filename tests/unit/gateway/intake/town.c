#include "tests/unit/gateway/intake/town.h"

#include "gateway/base/base32.h"
#include "gateway/base/moment.h"
#include "gateway/incident/keyed.h"
#include "gateway/store/joins.h"
#include "gateway/store/keys.h"
#include "gateway/store/subscribers.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdio.h>

static const struct component components[] = {
    {"comp_api", "API", "Core"},
    {"comp_web", "Website", "Core"},
};
static const struct page page = {
    .id = "sp_abc123",
    .name = "Example",
    .local = "status",
    .domain = "status.example.com",
    .address = "status@status.example.com",
    .url = "",
    .time_zone = "Etc/UTC",
    .language = "en",
    .contact = "",
    .reopen_ms = 7 * DAY_MS,
    .reply_key_ms = 14 * DAY_MS,
    .components = components,
    .component_count = G_N_ELEMENTS(components),
};
static const struct page other = {
    .id = "sp_other1",
    .name = "Other",
    .local = "other",
    .domain = "status.example.com",
    .address = "other@status.example.com",
    .url = "",
    .time_zone = "Etc/UTC",
    .language = "en",
    .contact = "support@example.com",
    .reopen_ms = 7 * DAY_MS,
    .reply_key_ms = 14 * DAY_MS,
    .components = components,
    .component_count = 1,
};
static const struct page *const pages[] = {&page, &other};
static const char *const page_ids[] = {"sp_abc123"};
static const char *const other_ids[] = {"sp_other1"};
static const struct operator ada = {.name = "Ada Byron",
                                    .address = "ada@example.com",
                                    .time_zone = "",
                                    .language = "",
                                    .page_ids = page_ids,
                                    .page_count = 1};
static const struct operator bob = {.name = "Bob Kahn",
                                    .address = "bob@example.com",
                                    .time_zone = "",
                                    .language = "",
                                    .page_ids = page_ids,
                                    .page_count = 1};
static const struct operator eve = {.name = "Eve",
                                    .address = "eve@example.com",
                                    .time_zone = "",
                                    .language = "",
                                    .page_ids = other_ids,
                                    .page_count = 1};
static const struct operator* const operators[] = {&ada, &bob, &eve};
static const unsigned accepted = PROOF_SASL | PROOF_DKIM | PROOF_REPLY_KEY;
static const struct identity ada_proves = {"ada@example.com", "", accepted, 0, false};
static const struct identity bob_proves = {"bob@example.com", "bkahn", accepted, 0, false};
static const struct identity eve_proves = {"eve@example.com", "", accepted, 0, false};
static const struct identity *const identities[] = {&ada_proves, &bob_proves, &eve_proves};

struct town *town_open_at(const char *state)
{
    struct town *town = g_new0(struct town, 1);
    g_autoptr(GError) error = NULL;

    town->state = g_strdup(state);
    town->now = INT64_C(1795526300000);
    town->arena = arena_open((size_t)256 << 20);
    town->settings = (struct intake_settings){
        .store = {town->state, 5 * SECOND_MS},
        .trust = {.authserv_id = "", .signature_age_ms = DAY_MS},
        .mail = mail_limits_default,
        .grammar = {.shipped_directory = TOCSIN_SOURCE_DIR "/gateway/grammar"},
        .pages = pages,
        .page_count = G_N_ELEMENTS(pages),
        .operators = operators,
        .identities = identities,
        .operator_count = G_N_ELEMENTS(operators),
        .wall_ms = 20 * SECOND_MS,
        .cpu_ms = 5 * SECOND_MS,
        .question_limit = 4,
        .miss_limit = 20,
        .held_ms = DAY_MS,
        .bounces = &bounce_settings_default,
        .joins = joins_limits_default,
        .contact_limit = 5,
    };
    town->intake = intake_open(&town->settings, town->now, &error);
    if (town->intake == NULL)
        fail_msg("%s", error->message);
    return town;
}

struct town *town_open(void)
{
    g_autofree char *state = g_dir_make_tmp("tocsin-intake-XXXXXX", NULL);

    assert_non_null(state);
    return town_open_at(state);
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *inner = g_build_filename(path, name, NULL);

        remove_tree(inner);
    }
    (void)g_remove(path);
}

void town_close(struct town *town)
{
    intake_close(town->intake);
    arena_close(town->arena);
    remove_tree(town->state);
    g_free(town->state);
    g_free(town);
}

struct intake_verdict town_take_bytes(struct town *town, struct text bytes, const char *from,
                                      const char *to, const char *login)
{
    const char *recipients[] = {to};
    const struct envelope envelope = {
        .session = {"192.0.2.9", "192.0.2.9", login != NULL ? login : "", from},
        .recipients = recipients,
        .recipient_count = 1,
        .bytes = bytes,
    };

    town->now += SECOND_MS;
    return intake_take(town->intake, town->arena, &envelope, town->now);
}

struct intake_verdict town_take(struct town *town, const struct letter_in *letter)
{
    static int count;
    const char *to = letter->to != NULL ? letter->to : "status@status.example.com";
    const char *mail = arena_format(
        town->arena,
        "From: %s\nTo: %s\nSubject: %s\nDate: %s\nMessage-ID: <m%d@example.com>\n%s\n%s\n",
        letter->from, letter->header_to != NULL ? letter->header_to : to, letter->subject,
        moment_write_mail(town->arena, town->now), ++count,
        letter->headers != NULL ? letter->headers : "", letter->text);

    return town_take_bytes(town, text_of(mail),
                           letter->sender != NULL ? letter->sender : letter->from, to,
                           letter->login);
}

char *town_ask(struct town *town, const char *sql)
{
    g_autofree char *path = g_build_filename(town->state, "tocsin.db", NULL);
    sqlite3 *database;
    sqlite3_stmt *statement;
    char *answer = NULL;

    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(database));
    if (sqlite3_step(statement) == SQLITE_ROW)
        answer = arena_string(town->arena, (const char *)sqlite3_column_text(statement, 0));
    if (sqlite3_finalize(statement) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(database));
    (void)sqlite3_close(database);
    return answer;
}

int64_t town_count(struct town *town, const char *sql)
{
    const char *answer = town_ask(town, sql);

    return answer != NULL ? g_ascii_strtoll(answer, NULL, 10) : -1;
}

static char *add_key(struct town *town, const char *operator, int64_t incident_id, int64_t held_id,
                     int64_t draft_id)
{
    const struct store_settings settings = {town->state, 5 * SECOND_MS};
    OWN(secret) secret = secret_open(town->state, NULL);
    OWN(store) store = store_open(&settings, STORE_FULL, NULL);
    const struct reply_key key = {
        .operator_address = operator,
        .incident_id = incident_id,
        .held_id = held_id,
        .draft_id = draft_id,
        .expires_at = town->now + DAY_MS,
    };
    uint8_t bytes[KEYED_KEY_SIZE];
    uint8_t hash[KEYED_HASH_SIZE];
    g_autoptr(GError) error = NULL;

    secret_random(bytes, sizeof bytes);
    keyed_hash(secret, bytes, hash);
    if (!keys_add_reply(store, &page, hash, &key, town->now, &error))
        fail_msg("%s", error->message);
    return keyed_write_reply(town->arena, &page, bytes);
}

char *town_key_for(struct town *town, const char *operator, int64_t incident_id, int64_t held_id)
{
    return add_key(town, operator, incident_id, held_id, 0);
}

char *town_draft_address(struct town *town, const char *operator, int64_t draft_id)
{
    return add_key(town, operator, 0, 0, draft_id);
}

static char *ask_of(struct town *town, enum letter_kind kind, const char *what)
{
    return town_ask(town,
                    arena_format(town->arena,
                                 "SELECT %s FROM letter WHERE kind = %d ORDER BY id DESC LIMIT 1",
                                 what, kind));
}

static char *fact_of(struct town *town, enum letter_kind kind, const char *name)
{
    return ask_of(
        town, kind,
        arena_format(town->arena,
                     "(SELECT value FROM letter_fact WHERE letter_id = id AND name = '%s')", name));
}

char *town_confirm_address(struct town *town, enum letter_kind kind)
{
    const struct store_settings settings = {town->state, 5 * SECOND_MS};
    OWN(secret) secret = secret_open(town->state, NULL);
    OWN(store) store = store_open(&settings, STORE_FULL, NULL);
    const bool is_choice = kind == LETTER_PREFERENCES;
    const struct confirm_key key = {
        .address = ask_of(town, kind, "address"),
        .purpose = kind == LETTER_CONFIRM ? JOIN_SUBSCRIBE
                   : is_choice            ? JOIN_PREFERENCES
                                          : JOIN_UNSUBSCRIBE,
        .wishes = fact_of(town, kind, "wishes"),
        .source = fact_of(town, kind, "source"),
        .expires_at = town->now + (is_choice ? PREFERENCES_KEY_LIVES_MS : CONFIRM_KEY_LIVES_MS),
    };
    uint8_t bytes[KEYED_KEY_SIZE];
    uint8_t hash[KEYED_HASH_SIZE];
    g_autoptr(GError) error = NULL;

    assert_non_null(key.address);
    secret_random(bytes, sizeof bytes);
    keyed_hash(secret, bytes, hash);
    if (!joins_add_key(store, &page, hash, &key, town->now, &error))
        fail_msg("%s", error->message);
    return arena_format(town->arena, "status+c%s@status.example.com",
                        base32_write(town->arena, bytes, sizeof bytes));
}

const struct subscriber *town_find(struct town *town, const char *address)
{
    const struct store_settings settings = {town->state, 5 * SECOND_MS};
    OWN(store) store = store_open(&settings, STORE_FULL, NULL);
    const struct subscriber *found = NULL;

    assert_true(subscribers_find(store, town->arena, &page, address, &found, NULL));
    return found;
}

void town_subscribe(struct town *town, const char *address)
{
    const struct store_settings settings = {town->state, 5 * SECOND_MS};
    OWN(store) store = store_open(&settings, STORE_FULL, NULL);
    struct subscriber subscriber = subscriber_default;
    g_autoptr(GError) error = NULL;
    bool was_there;

    subscriber.page_id = page.id;
    subscriber.address = address;
    if (!subscribers_add(store, &subscriber, town->now, &was_there, &error))
        fail_msg("%s", error->message);
}

const struct letter_in town_opening = {
    .from = "ada@example.com",
    .login = "ada@example.com",
    .subject = "[major] API elevated error rates",
    .text = "Components: api\n\nWe are aware of elevated error rates.",
};

int64_t town_changes(struct town *town)
{
    return town_count(town, "SELECT (SELECT count(*) FROM incident) + (SELECT count(*) FROM letter)"
                            " + (SELECT count(*) FROM incident_update)"
                            " + (SELECT count(*) FROM notification)"
                            " + (SELECT count(*) FROM held)");
}

int64_t town_last_letter(struct town *town)
{
    return town_count(town, "SELECT kind FROM letter ORDER BY id DESC LIMIT 1");
}

const struct page *town_page(void)
{
    return &page;
}

int town_set_up(void **state)
{
    *state = town_open();
    return 0;
}

int town_tear_down(void **state)
{
    town_close(*state);
    return 0;
}
