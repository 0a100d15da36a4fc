/* compose_example(): what `tocsin template try` shows to who writes templates. */
#include "gateway/compose/compose.h"

#include "gateway/base/error.h"
#include "gateway/base/moment.h"
#include "gateway/compose/heading.h"

#include <assert.h>
#include <string.h>

#define BEGAN_AT INT64_C(1767949200000) /* 2026-01-09 09:00 UTC */

static const struct update updates[] = {
    {.id = 1,
     .public_id = "upd_aaaaaaaaaaaa",
     .status = INCIDENT_INVESTIGATING,
     .severity = SEVERITY_MAJOR,
     .message = "We see **elevated error rates** and are looking into them.",
     .by = "ada@example.com",
     .created_at = BEGAN_AT},
    {.id = 2,
     .public_id = "upd_bbbbbbbbbbbb",
     .status = INCIDENT_IDENTIFIED,
     .severity = SEVERITY_MAJOR,
     .message = "A load balancer has a wrong setting. Until it is mended:\n\n"
                "- retries mostly succeed,\n"
                "- [the old address](https://example.com/old) is not affected.",
     .by = "ada@example.com",
     .created_at = BEGAN_AT + 25 * MINUTE_MS},
    {.id = 3,
     .public_id = "upd_cccccccccccc",
     .status = INCIDENT_MONITORING,
     .severity = SEVERITY_MAJOR,
     .message = "",
     .by = "grace@example.com",
     .created_at = BEGAN_AT + 50 * MINUTE_MS},
    {.id = 4,
     .public_id = "upd_dddddddddddd",
     .status = INCIDENT_RESOLVED,
     .severity = SEVERITY_MAJOR,
     .message = "Error rates have been normal for an hour. We are sorry for the trouble.",
     .by = "grace@example.com",
     .created_at = BEGAN_AT + 110 * MINUTE_MS},
    {.id = 5,
     .public_id = "upd_eeeeeeeeeeee",
     .status = INCIDENT_INVESTIGATING,
     .severity = SEVERITY_MAJOR,
     .message = "The errors are back.",
     .by = "ada@example.com",
     .created_at = BEGAN_AT + 150 * MINUTE_MS},
};

/* Of a maintenance. */
static const struct update works[] = {
    {.id = 11,
     .public_id = "upd_ffffffffffff",
     .has_stage = true,
     .stage = MAINTENANCE_SCHEDULED,
     .message = "We move the database to new machines. It is read-only for some minutes.",
     .by = "ada@example.com",
     .created_at = BEGAN_AT - 7 * DAY_MS},
    {.id = 12,
     .public_id = "upd_gggggggggggg",
     .has_stage = true,
     .stage = MAINTENANCE_SCHEDULED,
     .message = "",
     .by = "clock",
     .created_at = BEGAN_AT - HOUR_MS},
    {.id = 13,
     .public_id = "upd_hhhhhhhhhhhh",
     .has_stage = true,
     .stage = MAINTENANCE_IN_PROGRESS,
     .message = "",
     .by = "clock",
     .created_at = BEGAN_AT},
    {.id = 14,
     .public_id = "upd_iiiiiiiiiiii",
     .has_stage = true,
     .stage = MAINTENANCE_COMPLETED,
     .status = INCIDENT_RESOLVED,
     .message = "Everything went as planned.",
     .by = "ada@example.com",
     .created_at = BEGAN_AT + 90 * MINUTE_MS},
    {.id = 15,
     .public_id = "upd_jjjjjjjjjjjj",
     .has_stage = true,
     .stage = MAINTENANCE_CANCELLED,
     .status = INCIDENT_RESOLVED,
     .message = "The new machines come a week later.",
     .by = "ada@example.com",
     .created_at = BEGAN_AT - HOUR_MS},
};

static const struct update note = {
    .kind = UPDATE_NOTE,
    .message = "The vendor's case number is 4711; Grace calls them at noon.",
    .by = "ada@example.com",
    .created_at = BEGAN_AT + 30 * MINUTE_MS,
};

/* How far a kind's story goes, and what of it the reader has missed. */
struct plot {
    size_t update_count;
    size_t first_missed;
};

static const struct plot plots[] = {
    [NOTIFICATION_NONE] = {1, 0},      [NOTIFICATION_OPENED] = {1, 0},
    [NOTIFICATION_UPDATED] = {3, 1},   [NOTIFICATION_RESOLVED] = {4, 3},
    [NOTIFICATION_REOPENED] = {5, 4},  [NOTIFICATION_SCHEDULED] = {1, 0},
    [NOTIFICATION_REMINDED] = {2, 1},  [NOTIFICATION_MOVED] = {2, 1},
    [NOTIFICATION_BEGAN] = {3, 2},     [NOTIFICATION_COMPLETED] = {4, 3},
    [NOTIFICATION_CANCELLED] = {5, 4}, [NOTIFICATION_POSTMORTEM] = {4, 3},
};
static_assert(G_N_ELEMENTS(plots) == NOTIFICATION_KIND_COUNT, "a kind has no plot");

static const struct plot letter_plot = {2, 1};

static const struct letter_fact facts[] = {
    {"subject", "[major] API errors"},
    {"in_reply_to", "example@example.com"},
    {"title", "API errors"},
    {"status", "identified"},
    {"severity", "major"},
    {"component", "API"},
    {"change", "Status: Investigating → Identified"},
    {"problem", "\"fixed\" is no status."},
    {"quoted", "Status: fixed"},
    {"suggestion", "Status: resolved"},
    {"suggestion", "Status: monitoring"},
    {"candidate", "#42 API errors"},
    {"candidate", "#43 API errors in Asia"},
    {"text", "A load balancer has a wrong setting."},
    {"grammar", "operator"},
    {"rule", "status line"},
};

static const struct letter_fact draft_facts[] = {
    {"title", "Production API is down"},
    {"severity", "major"},
    {"draft_component", "API"},
    {"text", "We are looking into problems of Production API."},
    {"source", "monitor:Production API"},
    {"detail", "Service: HTTPS\nHost: api-7.internal.example.com\nState: CRITICAL\n"
               "CRITICAL - Socket timeout after 10 seconds"},
};

/* Of a letter to a subscriber, or about one. */
static const struct letter_fact subscriber_facts[] = {
    {"subject", "subscribe api major"},
    {"in_reply_to", "example@example.net"},
    {"wish", "components: api"},
    {"wish", "severity: major"},
    {"setting", "components: api"},
    {"setting", "severity: major"},
    {"setting", "kinds: incidents, maintenance, post-mortems"},
    {"setting", "format: html"},
    {"setting", "delivery: immediate"},
    {"setting", "critical: as the rest"},
    {"setting", "time zone: Europe/Berlin"},
    {"setting", "language: en"},
    {"change", "delivery: daily 08:00 → immediate"},
    {"problem", "\"subscribe ap\": there is no component \"ap\"."},
    {"quoted", "subscribe ap"},
    {"suggestion", "subscribe api"},
    {"title", "When does it work again?"},
    {"writer", "carol@example.net"},
    {"attachment", "screen.png (84 KB)"},
    {"text", "Hello,\n\nwe cannot log in since this morning. When does it work again?\n\nCarol"},
    {"reason", "550 5.1.1 <carol@example.net>: no such user here"},
    {"suspended_at", "1767776400000"}, /* two days before BEGAN_AT */
};

static bool is_about_subscriber(enum letter_kind kind)
{
    return kind == LETTER_FAREWELL || (kind >= LETTER_CONFIRM && kind != LETTER_DRAFT);
}

static const struct incident *make_incident(struct arena *arena, const struct page *page,
                                            const struct update *last)
{
    struct incident *incident = ARENA_NEW(arena, struct incident);
    struct affected *affected = ARENA_NEW(arena, struct affected);
    const bool is_over = last->status == INCIDENT_RESOLVED;

    if (page->component_count > 0)
        *affected = (struct affected){page->components[0].id, COMPONENT_PARTIAL_OUTAGE, true};
    *incident = (struct incident){
        .id = 42,
        .public_id = "inc_example23456",
        .number = 42,
        .page_id = page->id,
        .title = "API errors",
        .first_title = "API errors",
        .status = last->status,
        .severity = last->severity,
        .highest_severity = last->severity,
        .affected = affected,
        .affected_count = page->component_count > 0 ? 1 : 0,
        .created_at = BEGAN_AT,
        .updated_at = last->created_at,
        .resolved_at = is_over ? last->created_at : 0,
    };
    return incident;
}

static bool is_about_maintenance(enum notification_kind kind)
{
    return kind >= NOTIFICATION_SCHEDULED && kind <= NOTIFICATION_CANCELLED;
}

static const struct incident *make_works(struct arena *arena, const struct incident *like,
                                         const struct update *last)
{
    struct incident *incident = ARENA_NEW(arena, struct incident);
    struct maintenance *maintenance = ARENA_NEW(arena, struct maintenance);

    *maintenance = (struct maintenance){
        .state = last->stage,
        .starts_at = BEGAN_AT,
        .ends_at = BEGAN_AT + 2 * HOUR_MS,
        .began_at = last->stage == MAINTENANCE_SCHEDULED ? 0 : BEGAN_AT,
        .ended_at = last->status == INCIDENT_RESOLVED ? last->created_at : 0,
        .completes_by_time = true,
        .announced_at = works[0].created_at,
        .invitation = "",
    };
    *incident = *like;
    incident->public_id = "mnt_example23456";
    incident->title = incident->first_title = "Database upgrade";
    incident->created_at = works[0].created_at;
    incident->maintenance = maintenance;
    return incident;
}

static const struct story *make_story(struct arena *arena, const struct page *page,
                                      enum notification_kind kind, const struct plot *plot)
{
    struct story *story = ARENA_NEW(arena, struct story);
    const struct update *shown = is_about_maintenance(kind) ? works : updates;
    const struct update *last = &shown[plot->update_count - 1];
    const struct incident *incident = make_incident(arena, page, last);

    *story = (struct story){
        .page = page,
        .incident = is_about_maintenance(kind) ? make_works(arena, incident, last) : incident,
        .updates = shown,
        .update_count = plot->update_count,
        .first_missed = plot->first_missed,
        .notification_id = 7,
        .kind = kind,
        .made_at = last->created_at,
    };
    return story;
}

static const struct message *make_letter(struct compose *compose, struct arena *arena,
                                         const struct page *page, enum letter_kind kind,
                                         GError **error)
{
    const bool is_operator = !is_about_subscriber(kind);
    struct letter letter = {
        .id = 9,
        .page_id = page->id,
        .kind = kind,
        .address = is_operator ? "ada@example.com" : "carol@example.net",
        .is_operator = is_operator,
        .language = "",
        .time_zone = "",
        .facts = is_operator ? facts : subscriber_facts,
        .fact_count = is_operator ? G_N_ELEMENTS(facts) : G_N_ELEMENTS(subscriber_facts),
        .created_at = updates[1].created_at,
    };
    const struct letter_facts letter_facts = {
        .page = page,
        .story = is_operator && kind != LETTER_DRAFT
                     ? make_story(arena, page, NOTIFICATION_UPDATED, &letter_plot)
                     : NULL,
        .note = kind == LETTER_NOTE ? &note : NULL,
        .reply_to = heading_word_address(arena, page, "rexample234567890"),
        .hearers = 2,
    };

    if (kind == LETTER_DRAFT) {
        letter.facts = draft_facts;
        letter.fact_count = G_N_ELEMENTS(draft_facts);
    }
    return compose_letter(compose, arena, &letter, &letter_facts, error);
}

/* One that goes on, and one that came and went. */
static const struct message *make_digest(struct compose *compose, struct arena *arena,
                                         const struct page *page, const struct audience *audience,
                                         GError **error)
{
    static const struct plot digest_plots[] = {{3, 0}, {4, 0}};
    struct story *stories = ARENA_ARRAY(arena, struct story, G_N_ELEMENTS(digest_plots));
    const struct digest digest = {
        .page = page,
        .since = BEGAN_AT - HOUR_MS,
        .until = BEGAN_AT + 23 * HOUR_MS,
        .stories = stories,
        .story_count = G_N_ELEMENTS(digest_plots),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(digest_plots); i++)
        stories[i] = *make_story(arena, page, NOTIFICATION_UPDATED, &digest_plots[i]);
    return compose_digest(compose, arena, &digest, audience, error);
}

static bool find_letter(const char *name, enum letter_kind *kind)
{
    for (int i = 0; i < LETTER_KIND_COUNT; i++) {
        if (strcmp(letter_kind_name((enum letter_kind)i), name) != 0)
            continue;
        *kind = (enum letter_kind)i;
        return true;
    }
    return false;
}

static void refuse(const char *kind, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (int i = NOTIFICATION_OPENED; i < NOTIFICATION_KIND_COUNT; i++)
        g_string_append_printf(names, "%s, ", notification_kind_name((enum notification_kind)i));
    for (int i = 0; i < LETTER_KIND_COUNT; i++)
        g_string_append_printf(names, "%s%s", letter_kind_name((enum letter_kind)i),
                               i + 1 < LETTER_KIND_COUNT ? ", " : "");
    (void)error_set(error, TOCSIN_ERROR_INPUT, "%s: no such kind of mail; there are %s", kind,
                    names->str);
}

const struct message *compose_example(struct compose *compose, struct arena *arena,
                                      const struct example *example, GError **error)
{
    const struct page *page = example->page;
    enum letter_kind letter = LETTER_ANSWER;
    enum notification_kind notification = NOTIFICATION_NONE;
    const char *const values[SLOT_COUNT] = {
        [SLOT_TO] = "carol@example.net",
        [SLOT_MESSAGE_ID] = arena_format(arena, "n7.1.example@%s", page->domain),
        [SLOT_UNSUBSCRIBE] = heading_word_address(arena, page, "uexample234567890"),
    };
    const struct audience audience = {
        .format = example->format, .language = "", .time_zone = "", .values = values};

    if (find_letter(example->kind, &letter) && letter == LETTER_DIGEST)
        return make_digest(compose, arena, page, &audience, error);
    if (find_letter(example->kind, &letter))
        return make_letter(compose, arena, page, letter, error);
    if (!notification_kind_parse(text_of(example->kind), &notification) ||
        notification == NOTIFICATION_NONE) {
        refuse(example->kind, error);
        return NULL;
    }
    return compose_notification(compose, arena,
                                make_story(arena, page, notification, &plots[notification]),
                                &audience, error);
}
