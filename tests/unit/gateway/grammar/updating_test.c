#include "tests/unit/gateway/grammar/hear.h"

#define OURS "Re: [Investigating] API elevated error rates (#42)"
#define UP   "update #42; "

static void check(const struct hear_case *cases, size_t count)
{
    hear_all(&hear_42, cases, count);
}

TEST(a_status_at_the_start_of_the_text_is_understood_in_every_form)
{
    static const struct hear_case cases[] = {
        {OURS, "Identified: a misconfigured load balancer.\nA fix is being deployed.",
         UP "status=identified; text=a misconfigured load balancer.\nA fix is being deployed."},
        {OURS, "IDENTIFIED : the balancer", UP "status=identified; text=the balancer"},
        {OURS, "identified:the balancer", UP "status=identified; text=the balancer"},
        {OURS, "Identified\xEF\xBC\x9A the balancer", UP "status=identified; text=the balancer"},
        {OURS, "**Identified:** the balancer", UP "status=identified; text=the balancer"},
        {OURS, "Status: monitoring", UP "status=monitoring"},
        {OURS, "status : MONITORING.", UP "status=monitoring"},
        {OURS, "Status: monitoring\n\nIt looks better.",
         UP "status=monitoring; text=It looks better."},
        {OURS, "Status: monitoring\n\nMonitoring: it looks better.",
         UP "status=monitoring; text=it looks better."},
        {OURS, "resolved", UP "status=resolved"},
        {OURS, "Resolved.", UP "status=resolved"},
        {OURS, "RESOLVED!", UP "status=resolved"},
        {OURS, "#resolved", UP "status=resolved"},
        {OURS, "#Resolved: all good", UP "status=resolved; text=all good"},
        {OURS, "#resolved all good", UP "status=resolved; text=all good"},
        {OURS, "RESOLVED - all good", UP "status=resolved; text=all good"},
        {OURS, "Resolved \xE2\x80\x93 all good", UP "status=resolved; text=all good"},
        {OURS,
         "Resolved\xE2\x80\x94"
         "all good",
         UP "status=resolved; text=all good"},
        {OURS, "resolved -- all good", UP "status=resolved; text=all good"},
        {OURS, "Resolved. The balancer is fixed.",
         UP "status=resolved; text=The balancer is fixed."},
        {OURS, "Resolved, all good.", UP "status=resolved; text=all good."},
        {OURS, "resolved\n\nThe balancer is fixed.",
         UP "status=resolved; text=The balancer is fixed."},
        {OURS, "resolved\nThe balancer is fixed.",
         UP "status=resolved; text=The balancer is fixed."},
        {OURS, "\n\n  resolved  \n", UP "status=resolved"},
        {OURS, "investigating", UP "status=investigating"},
        {OURS, "Critical: everything is down", UP "severity=critical; text=everything is down"},
        {OURS, "#major", UP "severity=major"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

TEST(plain_text_keeps_the_status)
{
    static const struct hear_case cases[] = {
        {OURS, "A fix is being deployed.", UP "text=A fix is being deployed."},
        {OURS, "Monitoring, alerting and paging are down as well.",
         UP "text=Monitoring, alerting and paging are down as well."},
        {OURS, "Resolved issues will come back.", UP "text=Resolved issues will come back."},
        {OURS, "One: we go on.", UP "text=One: we go on."},
        {OURS, "It is resolved.", UP "text=It is resolved."},
        {OURS, "Fixed the balancer", UP "text=Fixed the balancer"},
        {OURS, "Note: we go on.", UP "text=Note: we go on."},
        {OURS, "Update: we go on.", UP "text=Update: we go on."},
        {OURS, "Impact: all", UP "text=Impact: all"},
        {OURS, "ETA: 10:00 UTC", UP "text=ETA: 10:00 UTC"},
        {OURS, "https://status.example.com/", UP "text=https://status.example.com/"},
        {OURS, "# Heading\n\n- one", UP "text=# Heading\n\n- one"},
        {OURS, "#api is slow", UP "text=#api is slow"},
        {OURS, "Hi team,\nwe go on.", UP "text=Hi team,\nwe go on."},
        {OURS, "We go on.\n\nStatus: resolved", UP "text=We go on.\n\nStatus: resolved"},
        {OURS, "We go on.\n\n#resolved", UP "text=We go on.\n\n#resolved"},
        {OURS, "[resolved] soon", UP "text=[resolved] soon"},
        {OURS, "    indented code\n\nmore", UP "text=    indented code\n\nmore"},
        {OURS, "> Status: resolved", UP "text=> Status: resolved"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

TEST(lines_of_words_change_the_incident)
{
    static const struct hear_case cases[] = {
        {OURS, "Severity: critical", UP "severity=critical"},
        {OURS, "Title: API and web errors", UP "title=API and web errors"},
        {OURS, "Components: +db -web", UP "components:+db,-web"},
        {OURS, "Components : + db, \xE2\x88\x92 web", UP "components:+db,-web"},
        {OURS, "Component: +eu west -eu east", UP "components:+eu_west,-eu_east"},
        {OURS, "Components: +db=major_outage", UP "components:+db=major_outage"},
        {OURS, "Components: api; db", UP "components=api,db"},
        {OURS, "Components: -all", UP "components:-api,-web,-db,-eu_west,-eu_east,-mail"},
        {OURS, "Components: +db -db", "? twice"},
        {OURS, "Components: +db web", "? component"},
        {OURS, "Components: -db=operational", "? component"},
        {OURS, "Notify: no\nA typo mended.", UP "text=A typo mended.; silent"},
        {OURS, "Identified: the balancer.\nNotify: no",
         UP "status=identified; text=the balancer.; silent"},
        {OURS, "Identified: the balancer.\n\nNotify: no", "? word"},
        {OURS, "Resolved\nSeverity: minor\nNotify: no\n\nAll good.",
         UP "status=resolved; severity=minor; text=All good.; silent"},
        {OURS, "Preview\nResolved: all good", UP "status=resolved; text=all good; preview"},
        {OURS, "PREVIEW.\n\nAll good", UP "text=All good; preview"},
        {OURS, "Preview of what is to come", UP "text=Preview of what is to come"},
        {OURS, "Preview - of what is to come", UP "text=Preview - of what is to come"},
        {OURS, "Preview: Resolved: all good", "? word"},
        {OURS, "Hi all,\n\nresolved: all good", UP "status=resolved; text=all good"},
        {OURS, "Status\xC2\xA0:\xC2\xA0monitoring\xC2\xA0\n\xC2\xA0\nIt looks\xC2\xA0good.",
         UP "status=monitoring; text=It looks\xC2\xA0good."},
        {OURS, "\xC2\xA0\n\xC2\xA0\nComponents:\xC2\xA0+db,\xE2\x80\xAF-web",
         UP "components:+db,-web"},
        {OURS, "Hi, we found the cause of it\nStatus: resolved",
         UP "text=Hi, we found the cause of it\nStatus: resolved"},
        {OURS, "Hallo zusammen,\nStatus: resolved", UP "status=resolved"},
        {OURS, "Dear Dr. O'Neill,\n\nStatus: resolved\n\nThanks",
         UP "status=resolved; text=Thanks"},
        {OURS, "Hello,\n\nStatus: fixed", "? status"},
        {OURS, "Hi\nHi\nStatus: resolved", UP "text=Hi\nHi\nStatus: resolved"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

TEST(all_text_after_private_is_a_note)
{
    static const struct hear_case cases[] = {
        {OURS, "Private: customer ACME called.", UP "note=customer ACME called."},
        {OURS, "private : one\ntwo\n\nthree", UP "note=one\ntwo\n\nthree"},
        {OURS, "Private:\n\nStatus: resolved", UP "note=Status: resolved"},
        {OURS, "Private\n\nall of this", UP "note=all of this"},
        {OURS, "PRIVATE - all of this", UP "note=all of this"},
        {OURS, "#private all of this", UP "note=all of this"},
        {OURS, "Hi,\n\nPrivate: all of this", UP "note=all of this"},
        {OURS, "Status: identified\nPrivate: it was Bob", UP "status=identified; note=it was Bob"},
        {OURS, "Identified: a cable.\nPrivate: it was Bob\n\nreally",
         UP "status=identified; text=a cable.; note=it was Bob\n\nreally"},
        {"Re: Private: it was Bob", "and Alice", UP "note=it was Bob\n\nand Alice"},
        {"Re: [private] API elevated error rates", "it was Bob", "? bracket"},
        {OURS, "Private:", "? no_text"},
        {OURS, "Privat: it was Bob", "? word"},
        {OURS, "Pirvate: it was Bob", "? word"},
        {OURS, "Privte\n\nit was Bob", "? word"},
        {OURS, "All good.\n\nPrivate: it was Bob", "? word"},
        {OURS, "All good.\nPRIVATE : it was Bob", "? word"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

TEST(a_word_that_looks_like_a_command_but_is_none_is_asked_about)
{
    static const struct hear_case cases[] = {
        {OURS, "Status: fixed", "? status"},
        {OURS, "Status: done", "? status"},
        {OURS, "Status: partial outage", "? status"},
        {OURS, "Status:", "? status"},
        {OURS, "Statuss: resolved", "? word"},
        {OURS, "Satus: resolved", "? word"},
        {OURS, "#fixed", "? status"},
        {OURS, "#done", "? status"},
        {OURS, "fixed", "? status"},
        {OURS, "Fixed: the balancer", "? status"},
        {OURS, "FIXED - all good", "? status"},
        {OURS, "#reslved", "? status"},
        {OURS, "Resolevd: all good", "? status"},
        {OURS, "resloved", "? status"},
        {OURS, "Monitorin: all good", "? status"},
        {OURS, "#magor", "? severity"},
        {OURS, "#preveiw\nall good", "? word"},
        {OURS, "Review: all good", "? word"},
        {OURS, "Severity: sev1", "? severity"},
        {OURS, "Notify: Bob", "? notify"},
        {OURS, "Status: resolved\nStatus: monitoring", "? twice"},
        {OURS, "Status: resolved\n\nMonitoring: it", "? twice"},
        {OURS, "Titles: x", "? word"},
        {OURS, "\xD0\x85tatus: resolved", "? word"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

TEST(the_subject_of_a_reply_counts_only_where_it_is_the_authors)
{
    static const struct hear_case cases[] = {
        {OURS, "", "? no_text"},
        {"AW: Re: [EXTERNAL] [Resolved] API elevated error rates (#42)", "We go on.",
         UP "text=We go on."},
        {"Antw: API elevated error rates", "We go on.", UP "text=We go on."},
        {"SV: VS: Fwd: [Identified] API elevated error rates (#42)", "We go on.",
         UP "text=We go on."},
        {"R: RIF: I: API ELEVATED error rates", "We go on.", UP "text=We go on."},
        {"Re[2]: Re(3): RE^2: API elevated error rates (#42)", "We go on.", UP "text=We go on."},
        {"\xE5\x9B\x9E\xE5\xA4\x8D\xEF\xBC\x9A[Investigating] API elevated error rates (#42)",
         "We go on.", UP "text=We go on."},
        {"\xD0\x9E\xD1\x82\xD0\xB2: API elevated error rates", "We go on.", UP "text=We go on."},
        {"Re : API elevated error rates ( #42 )", "We go on.", UP "text=We go on."},
        {"[resolved] API elevated error rates", "We go on.", UP "text=We go on."},
        {"Re: [critical] [nonsense] API elevated error rates", "We go on.", UP "text=We go on."},
        {"Re: Resolved", "", UP "status=resolved"},
        {"Resolved", "All good.", UP "status=resolved; text=All good."},
        {"RE: RESOLVED - all good", "", UP "status=resolved; text=all good"},
        {"Re: #resolved", "", UP "status=resolved"},
        {"AW: Identified: the balancer", "A fix is coming.",
         UP "status=identified; text=the balancer\n\nA fix is coming."},
        {"Re: Resolved: API elevated error rates (#42)", "All good.",
         UP "status=resolved; text=All good."},
        {"Re: Status: monitoring", "", UP "status=monitoring"},
        {"Re: Severity: critical", "It got worse.", UP "severity=critical; text=It got worse."},
        {"Re: fixed", "All good.", "? status"},
        {"Re: resovled", "All good.", "? status"},
        {"Re: Resolved", "Identified: the balancer", "? twice"},
        {"Re: Resolved", "Status: resolved\n\nAll good.", UP "status=resolved; text=All good."},
        {"Re: something quite different", "We go on.", UP "text=We go on."},
        {"Re: something quite different", "", "? no_text"},
        {"", "We go on.", UP "text=We go on."},
        {"Re: API elevated error rates (#43)", "We go on.", UP "text=We go on."},
    };
    check(cases, G_N_ELEMENTS(cases));
}

TEST(the_status_word_that_a_title_begins_with_sets_nothing)
{
    static const struct hear_case cases[] = {
        {"Re: [Identified] Monitoring: dashboards down (#44)", "We go on.",
         "update #44; text=We go on."},
        {"Re: Monitoring: dashboards down", "We go on.", "update #44; text=We go on."},
        {"Monitoring: dashboards down", "We go on.", "update #44; text=We go on."},
    };
    hear_all(&hear_44, cases, 2);
    hear_all(NULL, cases, G_N_ELEMENTS(cases));
}

TEST(an_incident_is_named_by_number_or_by_title)
{
    static const struct hear_case cases[] = {
        {"Re: [Investigating] API elevated error rates (#42)", "We go on.", UP "text=We go on."},
        {"Re: something (#42)", "We go on.", UP "text=We go on."},
        {"Re: #42", "We go on.", UP "text=We go on."},
        {"Re: inc-42 something", "We go on.", UP "text=We go on."},
        {"#42 resolved", "", UP "status=resolved"},
        {"#42: resolved", "All good.", UP "status=resolved; text=All good."},
        {"INC-42 - resolved", "", UP "status=resolved"},
        {"Resolved #42", "All good.", UP "status=resolved; text=All good."},
        {"Resolved: INC-42", "All good.", UP "status=resolved; text=All good."},
        {"RESOLVED: API elevated error rates (#42)", "All good.",
         UP "status=resolved; text=All good."},
        {"[resolved] API elevated error rates (#42)", "All good.",
         UP "status=resolved; text=All good."},
        {"#42", "Status: monitoring", UP "status=monitoring"},
        {"#42", "Resolved: all good", UP "status=resolved; text=all good"},
        {"#42", "We go on.", "? new_or_number"},
        {"API slow again (#42)", "We go on.", "? new_or_number"},
        {"Fwd: [Identified] API elevated error rates (#42)", "See below.", "? new_or_number"},
        {"#42 fixed", "", "? status"},
        {"#42 #43 resolved", "", "? new_or_number"},
        {"#42 and #43", "resolved", "? which"},
        {"resolved #99", "All good.", "? which"},
        {"API ELEVATED ERROR RATES", "We go on.", UP "text=We go on."},
        {"[major] API elevated error rates", "It got worse.",
         UP "severity=major; text=It got worse."},
        {"RESOLVED: API elevated error rates", "All good.", UP "status=resolved; text=All good."},
        {"Resolved - api elevated error rates", "", UP "status=resolved"},
        {"Re: API elevated error rates", "Resolved", UP "status=resolved"},
        {"Re: (#99)", "We go on.", "? which"},
        {"#0 resolved", "All good.", "? which"},
        {"#99999999999999999999 broken", "We know.",
         "open; title=#99999999999999999999 broken; text=We know."},
    };
    hear_all(NULL, cases, G_N_ELEMENTS(cases));
}

TEST(several_open_incidents_of_one_title_are_shown)
{
    OWN(arena) arena = arena_open((size_t)8 * 1024 * 1024);
    OWN(grammars) grammars = hear_open(arena);
    const struct mail mail = {.subject = "API errors", .text = "We know."};
    const struct incident *const both[] = {&hear_42, &hear_43};
    const struct thread_facts thread = {.titled = both, .titled_count = 2};
    const struct grammar_request request = {
        .mail = &mail, .page = &hear_page, .thread = &thread, .extension = ""};
    const struct reading *reading = grammar_read(grammars, arena, &request);

    assert_string_equal(hear_describe(arena, reading), "? which");
    assert_int_equal(reading->question->candidate_count, 2);
    assert_ptr_equal(reading->question->candidates[1], &hear_43);
    assert_string_equal(reading->question->suggestions[1], "Subject: Re: Mail is slow (#43)");
}

TEST(a_reading_says_whether_more_than_text_was_written_and_whose_the_subject_is)
{
    OWN(arena) arena = arena_open((size_t)8 * 1024 * 1024);
    OWN(grammars) grammars = hear_open(arena);
    static const struct {
        const char *subject;
        const char *text;
        bool is_explicit;
        bool is_ours;
    } cases[] = {
        {OURS, "We go on.", false, true},
        {OURS, "Resolved", true, true},
        {OURS, "Private: x", true, true},
        {"Out of office", "I am away.", false, false},
        {"Re: Resolved", "", true, false},
        {"", "I am away.", false, false},
        {"Re: the question that we asked", "We go on.", false, true},
    };
    static const char *const sent[] = {"[x] The question that we asked"};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct mail mail = {.subject = cases[i].subject, .text = cases[i].text};
        const struct thread_facts thread = {
            .named = &hear_42, .our_subjects = sent, .our_subject_count = 1};
        const struct grammar_request request = {
            .mail = &mail, .page = &hear_page, .thread = &thread, .extension = ""};
        const struct reading *reading = grammar_read(grammars, arena, &request);
        assert_int_equal(reading->was_explicit, cases[i].is_explicit);
        assert_int_equal(reading->subject_is_ours, cases[i].is_ours);
        assert_string_equal(reading->grammar, "operator");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_status_at_the_start_of_the_text_is_understood_in_every_form),
        cmocka_unit_test(plain_text_keeps_the_status),
        cmocka_unit_test(lines_of_words_change_the_incident),
        cmocka_unit_test(all_text_after_private_is_a_note),
        cmocka_unit_test(a_word_that_looks_like_a_command_but_is_none_is_asked_about),
        cmocka_unit_test(the_subject_of_a_reply_counts_only_where_it_is_the_authors),
        cmocka_unit_test(the_status_word_that_a_title_begins_with_sets_nothing),
        cmocka_unit_test(an_incident_is_named_by_number_or_by_title),
        cmocka_unit_test(several_open_incidents_of_one_title_are_shown),
        cmocka_unit_test(
            a_reading_says_whether_more_than_text_was_written_and_whose_the_subject_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
