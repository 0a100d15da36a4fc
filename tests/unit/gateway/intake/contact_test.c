/* What subscribers write that is no command: to the page's contact, never into an incident. The page
 * `other` has one. */
#include "gateway/base/moment.h"
#include "gateway/incident/keyed.h"
#include "gateway/store/subscribers.h"
#include "tests/unit/gateway/intake/town.h"

#define OTHER "other@status.example.com"

static const struct page other = {
    .id = "sp_other1", .local = "other", .domain = "status.example.com", .address = OTHER};

static void subscribe(struct town *town, const char *address)
{
    const struct store_settings settings = {town->state, 5 * SECOND_MS};
    OWN(store) store = store_open(&settings, STORE_FULL, NULL);
    struct subscriber subscriber = subscriber_default;
    bool was_there;

    subscriber.page_id = other.id;
    subscriber.address = address;
    assert_true(subscribers_add(store, &subscriber, town->now, &was_there, NULL));
}

static struct letter_in thanks(const char *from)
{
    return (struct letter_in){.from = from,
                              .to = OTHER,
                              .subject = "Re: [Investigating] API errors (#1)",
                              .text = "Thank you. When will it work again?"};
}

/* A header line that names a mail of ours. */
static const char *reply_header(struct town *town)
{
    OWN(secret) secret = secret_open(town->state, NULL);

    return arena_format(town->arena, "In-Reply-To: <%s>\n",
                        keyed_write_notification_id(town->arena, secret, &other, 1, 1));
}

static int64_t forwards(struct town *town)
{
    return town_count(town, "SELECT count(*) FROM letter WHERE kind = 16"
                            " AND address = 'support@example.com'");
}

static char *fact(struct town *town, const char *name)
{
    return town_ask(
        town, arena_format(town->arena, "SELECT value FROM letter_fact WHERE name = '%s'", name));
}

TOWN_TEST(a_subscribers_words_go_to_the_contact_and_into_no_incident)
{
    struct town *town = *state;
    const struct letter_in letter = thanks("carol@example.net");

    subscribe(town, "carol@example.net");
    assert_string_equal(town_take(town, &letter).event, "mail.forwarded");
    assert_int_equal(forwards(town), 1);
    assert_string_equal(fact(town, "writer"), "carol@example.net");
    assert_string_equal(fact(town, "title"), "Re: [Investigating] API errors (#1)");
    assert_string_equal(fact(town, "text"), "Thank you. When will it work again?");
    assert_int_equal(town_count(town, "SELECT count(*) FROM incident_update"), 0);
}

TOWN_TEST(a_persons_reply_to_a_mail_of_ours_goes_there_too_whoever_she_is)
{
    struct town *town = *state;
    struct letter_in letter = thanks("alias@elsewhere.test");

    assert_int_equal(town_take(town, &letter).code, TOCSIN_ERROR_DENIED);
    letter.headers = reply_header(town);
    assert_string_equal(town_take(town, &letter).event, "mail.forwarded");
    assert_int_equal(forwards(town), 1);
}

TOWN_TEST(attachments_are_named_and_not_passed_on)
{
    struct town *town = *state;
    struct letter_in letter = thanks("carol@example.net");

    subscribe(town, "carol@example.net");
    letter.headers = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n";
    letter.text = "--x\n\nLook at this.\n--x\nContent-Type: application/octet-stream\n"
                  "Content-Disposition: attachment; filename=virus.exe\n\nMZ\n--x--\n";
    assert_string_equal(town_take(town, &letter).event, "mail.forwarded");
    assert_string_equal(fact(town, "attachment"), "virus.exe");
    assert_string_equal(fact(town, "text"), "Look at this.");
}

TOWN_TEST(no_key_of_ours_is_passed_on)
{
    struct town *town = *state;
    struct letter_in letter = thanks("carol@example.net");

    subscribe(town, "carol@example.net");
    letter.text = "You wrote from other+raaaaaaaaaaaaaaaa@status.example.com, why?";
    assert_string_equal(town_take(town, &letter).event, "mail.forwarded");
    assert_null(strstr(fact(town, "text"), "raaaa"));
}

TOWN_TEST(out_of_office_replies_go_nowhere)
{
    static const struct letter_in machines[] = {
        {.headers = "Auto-Submitted: auto-replied\n"},
        {.headers = "X-Autoreply: yes\n"},
        {.subject = "Out of Office: Re: [Investigating] API errors (#1)"},
        {.subject = "Automatische Antwort: [Investigating] API errors (#1)"},
        {.sender = ""},
    };
    struct town *town = *state;

    subscribe(town, "carol@example.net");
    for (size_t i = 0; i < G_N_ELEMENTS(machines); i++) {
        struct letter_in letter = thanks("carol@example.net");

        letter.headers = machines[i].headers;
        letter.subject = machines[i].subject != NULL ? machines[i].subject : letter.subject;
        letter.sender = machines[i].sender;
        assert_string_equal(town_take(town, &letter).event, "mail.automatic");
    }
    assert_int_equal(forwards(town), 0);
}

TOWN_TEST(a_writer_has_five_an_hour_and_the_sixth_waits_at_her_server)
{
    struct town *town = *state;
    const struct letter_in letter = thanks("carol@example.net");
    struct intake_verdict verdict;

    subscribe(town, "carol@example.net");
    for (int i = 0; i < 5; i++)
        assert_string_equal(town_take(town, &letter).event, "mail.forwarded");
    verdict = town_take(town, &letter);
    assert_int_equal(verdict.code, TOCSIN_ERROR_BUSY);
    assert_string_equal(verdict.enhanced, "4.7.1");
    assert_int_equal(forwards(town), 5);
    town->now += HOUR_MS;
    assert_string_equal(town_take(town, &letter).event, "mail.forwarded");
}

TOWN_TEST(invented_writers_are_limited_together)
{
    struct town *town = *state;

    for (int i = 0; i < 120; i++) {
        struct letter_in letter = thanks(arena_format(town->arena, "w%d@w.test", i));

        letter.headers = reply_header(town);
        (void)town_take(town, &letter);
    }
    assert_int_equal(forwards(town), 100);
}

TOWN_TEST(where_nobody_reads_it_is_refused)
{
    struct town *town = *state;
    struct letter_in letter = thanks("carol@example.net");
    struct intake_verdict verdict;

    town_subscribe(town, "carol@example.net");
    letter.to = "status@status.example.com";
    verdict = town_take(town, &letter);
    assert_int_equal(verdict.code, TOCSIN_ERROR_DENIED);
    assert_non_null(strstr(verdict.text, "preferences"));
    assert_int_equal(town_count(town, "SELECT count(*) FROM letter"), 0);
}

TOWN_TEST(an_operator_who_is_not_proven_is_refused_and_hears_of_it)
{
    struct town *town = *state;
    struct letter_in letter = thanks("eve@example.com");

    subscribe(town, "eve@example.com");
    assert_int_equal(town_take(town, &letter).code, TOCSIN_ERROR_DENIED);
    assert_int_equal(forwards(town), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOWN(a_subscribers_words_go_to_the_contact_and_into_no_incident),
        TOWN(a_persons_reply_to_a_mail_of_ours_goes_there_too_whoever_she_is),
        TOWN(attachments_are_named_and_not_passed_on),
        TOWN(no_key_of_ours_is_passed_on),
        TOWN(out_of_office_replies_go_nowhere),
        TOWN(a_writer_has_five_an_hour_and_the_sixth_waits_at_her_server),
        TOWN(invented_writers_are_limited_together),
        TOWN(where_nobody_reads_it_is_refused),
        TOWN(an_operator_who_is_not_proven_is_refused_and_hears_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
