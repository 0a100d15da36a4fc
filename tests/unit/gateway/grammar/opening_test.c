#include "tests/unit/gateway/grammar/hear.h"

static const char text[] = "We are looking into it.";
#define WE "text=We are looking into it."

static void check(const struct hear_case *cases, size_t count)
{
    hear_all(NULL, cases, count);
}

TEST(the_subject_is_the_title_and_the_text_is_the_first_update)
{
    static const struct hear_case cases[] = {
        {"API errors", text, "open; title=API errors; " WE},
        {"  API   errors ", text, "open; title=API errors; " WE},
        {"API errors", "We know.\n\n- **eu** is _slow_\n- us is not",
         "open; title=API errors; text=We know.\n\n- **eu** is _slow_\n- us is not"},
        {"API errors", "Hi all,\n\nsomething broke.",
         "open; title=API errors; text=Hi all,\n\nsomething broke."},
        {"Übertragung langsam: Köln", text, "open; title=Übertragung langsam: Köln; " WE},
        {"Fixed IP addresses are not assigned", text,
         "open; title=Fixed IP addresses are not assigned; " WE},
        {"Private networking is down", text, "open; title=Private networking is down; " WE},
        {"Monitoring: alerts late", text, "open; title=Monitoring: alerts late; " WE},
        {"Disk #3 broken", text, "open; title=Disk #3 broken; " WE},
        {"Outage in rack #3", text, "open; title=Outage in rack #3; " WE},
        {"Outage in rack (#999)", text, "open; title=Outage in rack (#999); " WE},
        {"#hashtag campaign broken", text, "open; title=#hashtag campaign broken; " WE},
        {"API errors", "{{{secret}}} {{>partial}}",
         "open; title=API errors; text={{{secret}}} {{>partial}}"},
        {"{{#incidents}}{{{secret}}}", text, "open; title={{#incidents}}{{{secret}}}; " WE},
    };
    check(cases, G_N_ELEMENTS(cases));
}

TEST(leading_brackets_set_severity_and_status_or_are_asked_about)
{
    static const struct hear_case cases[] = {
        {"[major] API errors", text, "open; title=API errors; severity=major; " WE},
        {"[MAJOR] API errors", text, "open; title=API errors; severity=major; " WE},
        {"[ Critical ]API errors", text, "open; title=API errors; severity=critical; " WE},
        {"[minor][identified] API errors", text,
         "open; title=API errors; status=identified; severity=minor; " WE},
        {"[EXTERNAL] API errors", text, "open; title=API errors; " WE},
        {"[ext] [spam] [major] API errors", text, "open; title=API errors; severity=major; " WE},
        {"Fwd: [major] API errors", text, "open; title=API errors; severity=major; " WE},
        {"WG: Fwd : API errors", text, "open; title=API errors; " WE},
        {"API [major] errors", text, "open; title=API [major] errors; " WE},
        {"[sever] API errors", text, "? bracket"},
        {"[mayor] API errors", text, "? bracket"},
        {"[API] errors", text, "? bracket"},
        {"[] API errors", text, "? bracket"},
        {"[major] [EXT] [urgent] API errors", text, "? bracket"},
        {"[private] API errors", text, "? bracket"},
        {"[maintenance] Database upgrade", text, "? no_start"},
        {"[Maintenance] [major] Database upgrade", text, "? no_start"},
        {"[major] [minor] API errors", text, "? twice"},
        {"[major] API errors", "Severity: major\n\nWe know.",
         "open; title=API errors; severity=major; text=We know."},
        {"[major] API errors", "Severity: minor\n\nWe know.", "? twice"},
        {"[major]", text, "? no_title"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

TEST(header_lines_at_the_top_set_what_they_say)
{
    static const struct hear_case cases[] = {
        {"[major] API elevated errors",
         "Components: api, web\nStatus: investigating\n\nWe are aware of elevated error rates on\n"
         "the API and are investigating.",
         "open; title=API elevated errors; status=investigating; severity=major; "
         "components=api,web; "
         "text=We are aware of elevated error rates on\nthe API and are investigating."},
        {"API errors", "Severity: critical\nWe know.",
         "open; title=API errors; severity=critical; text=We know."},
        {"API errors", "severity : CRITICAL.\n\nWe know.",
         "open; title=API errors; severity=critical; text=We know."},
        {"API errors", "Status:identified\n\nWe know.",
         "open; title=API errors; status=identified; text=We know."},
        {"API errors", "Status: identified - the balancer.\n\nWe know.",
         "open; title=API errors; status=identified; text=the balancer.\n\nWe know."},
        {"API errors", "**Status:** identified\n\nWe know.",
         "open; title=API errors; status=identified; text=We know."},
        {"API errors", "*Severity*: major\n\nWe know.",
         "open; title=API errors; severity=major; text=We know."},
        {"API errors", "Component: db\n\n\nStatus: monitoring\n\n\nWe know.",
         "open; title=API errors; status=monitoring; components=db; text=We know."},
        {"ignored", "Title: API errors\n\nWe know.", "open; title=API errors; text=We know."},
        {"API errors", "Notify: no\n\nWe know.", "open; title=API errors; text=We know.; silent"},
        {"API errors", "Notify : NO.\nWe know.", "open; title=API errors; text=We know.; silent"},
        {"API errors", "Notify: yes\nWe know.", "open; title=API errors; text=We know."},
        {"API errors", "Preview\n\nWe know.", "open; title=API errors; text=We know.; preview"},
        {"API errors", "preview:\nWe know.", "open; title=API errors; text=We know.; preview"},
        {"API errors", "#preview\nWe know.", "open; title=API errors; text=We know.; preview"},
        {"API errors", "Identified: a bad cable.\n\nWe dig.",
         "open; title=API errors; status=identified; text=a bad cable.\n\nWe dig."},
        {"API errors", "Hello everybody,\n\nSeverity: major\n\nWe know.",
         "open; title=API errors; severity=major; text=We know."},
        {"API errors", "Impact: all of Europe\nCause: unknown",
         "open; title=API errors; text=Impact: all of Europe\nCause: unknown"},
        {"API errors", "Severity: minor\nImpact: all of Europe",
         "open; title=API errors; severity=minor; text=Impact: all of Europe"},
        {"API errors", "We know.\nPrivate: call Bob.", "? word"},
        {"API errors", "We know.\n\nNotify: no", "? word"},
        {"API errors", "Notify: later\n\nWe know.", "? notify"},
        {"API errors", "Severity: huge\n\nWe know.", "? severity"},
        {"API errors", "Severity:\n\nWe know.", "? severity"},
        {"API errors", "Status: broken\n\nWe know.", "? status"},
        {"API errors", "Title:\n\nWe know.", "? no_title"},
        {"API errors", "Tile: other\n\nWe know.", "? word"},
        {"API errors", "Severty: major\n\nWe know.", "? word"},
        {"API errors", "Sevrety: major\n\nWe know.", "? word"},
        {"API errors", "Status: identified\nStatus: resolved\n\nWe know.", "? twice"},
        {"API errors", "Components: api\nComponents: web\n\nWe know.", "? twice"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

TEST(components_are_named_by_id_name_or_unambiguous_beginning)
{
    static const struct hear_case cases[] = {
        {"x", "Components: comp_api\nWe", "open; title=x; components=api; text=We"},
        {"x", "components: API ; WEBSITE\nWe", "open; title=x; components=api,web; text=We"},
        {"x", "Components: a,d\nWe", "open; title=x; components=api,db; text=We"},
        {"x", "Components: data\nWe", "open; title=x; components=db; text=We"},
        {"x", "Components: EU West\nWe", "open; title=x; components=eu_west; text=We"},
        {"x", "Components: Mail, incoming\nWe", "open; title=x; components=mail; text=We"},
        {"x", "Components: all\nWe",
         "open; title=x; components=api,web,db,eu_west,eu_east,mail; text=We"},
        {"x", "Components: api, api\nWe", "open; title=x; components=api; text=We"},
        {"x", "Components: api, web,\nWe", "open; title=x; components=api,web; text=We"},
        {"x", "Components: api=major_outage, web\nWe",
         "open; title=x; components=api=major_outage,web; text=We"},
        {"x", "Components: api = Major Outage; db=partial-outage\nWe",
         "open; title=x; components=api=major_outage,db=partial_outage; text=We"},
        {"x", "Affected components: api\nWe", "open; title=x; components=api; text=We"},
        {"x", "+db\nWe", "open; title=x; text=+db\nWe"},
        {"x", "Components: +api +db\nWe", "open; title=x; components=api,db; text=We"},
        {"x", "Components: eu\nWe", "? component_several"},
        {"x", "Components: ftp\nWe", "? component"},
        {"x", "Components: \xD0\x90PI\nWe", "? component"},
        {"x", "Components: api web\nWe", "? component"},
        {"x", "Components:\nWe", "? component"},
        {"x", "Components: ,;\nWe", "? component"},
        {"x", "Components: api=broken\nWe", "? component"},
        {"x", "Components: -api\nWe", "? component"},
        {"x", "Components: api, +db\nWe", "? component"},
        {"x", "Components: api, api=major_outage\nWe", "? twice"},
        {"x", "Componets: api\nWe", "? word"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

TEST(what_cannot_be_published_is_asked_about)
{
    static const struct hear_case cases[] = {
        {"API errors", "", "? no_text"},
        {"API errors", "Severity: major\n", "? no_text"},
        {"API errors", "Private: Bob pulled the plug.", "? no_text"},
        {"API errors", "Private\nBob pulled the plug.", "? no_text"},
        {"", text, "? no_title"},
        {"Private: Bob pulled the plug", text, "? which"},
        {"Resolved", "All good.", "? which"},
        {"#resolved", "All good.", "? which"},
        {"RESOLVED - all good", "", "? which"},
        {"Status: monitoring", "We watch.", "? which"},
        {"#999 resolved", "All good.", "? which"},
        {"Fixed", "All good.", "? status"},
        {"Re: something that we do not know", "We know.", "? which"},
        {"AW: [Identified] something", "Resolved: all good.", "? which"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

TEST(a_note_beside_public_text_is_kept_apart)
{
    static const struct hear_case cases[] = {
        {"API errors",
         "Investigating: we know.\nPrivate: Bob pulled\nthe plug.\n\nStatus: resolved",
         "open; title=API errors; status=investigating; text=we know.; note=Bob pulled\nthe "
         "plug.\n\nStatus: resolved"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

TEST(a_reply_to_a_question_about_a_new_incident_is_read_as_new)
{
    OWN(arena) arena = arena_open((size_t)8 * 1024 * 1024);
    OWN(grammars) grammars = hear_open(arena);
    const struct mail mail = {.subject = "Re: [major] API errors", .text = "We know."};
    const struct thread_facts thread = {.continues_new = true};
    const struct grammar_request request = {
        .mail = &mail, .page = &hear_page, .thread = &thread, .extension = ""};

    assert_string_equal(hear_describe(arena, grammar_read(grammars, arena, &request)),
                        "open; title=API errors; severity=major; text=We know.");
}

TEST(questions_quote_the_line_and_say_what_would_have_worked)
{
    OWN(arena) arena = arena_open((size_t)8 * 1024 * 1024);
    OWN(grammars) grammars = hear_open(arena);
    const struct question *asked =
        hear(grammars, arena, NULL, "API errors", "Status: fixed\n\nWe know.")->question;

    assert_string_equal(asked->quoted, "Status: fixed");
    assert_int_equal(asked->suggestion_count, 1);
    assert_string_equal(asked->suggestions[0], "Status: resolved");
    asked = hear(grammars, arena, NULL, "[mayor] API errors", "We know.")->question;
    assert_string_equal(asked->suggestions[0], "Subject: [major] API errors");
    asked = hear(grammars, arena, NULL, "x", "Components: eu\nWe")->question;
    assert_int_equal(asked->suggestion_count, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_subject_is_the_title_and_the_text_is_the_first_update),
        cmocka_unit_test(leading_brackets_set_severity_and_status_or_are_asked_about),
        cmocka_unit_test(header_lines_at_the_top_set_what_they_say),
        cmocka_unit_test(components_are_named_by_id_name_or_unambiguous_beginning),
        cmocka_unit_test(what_cannot_be_published_is_asked_about),
        cmocka_unit_test(a_note_beside_public_text_is_kept_apart),
        cmocka_unit_test(a_reply_to_a_question_about_a_new_incident_is_read_as_new),
        cmocka_unit_test(questions_quote_the_line_and_say_what_would_have_worked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
