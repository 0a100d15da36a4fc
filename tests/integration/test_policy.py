"""What a monitor's mails do by its policy: each line of an alert policy, from mail to mail."""

import datetime

import inbox
from town import PAGE_ID
from watchmen import DETAIL, HOST, Watched, monitor

DOWN = "[Investigating] Production API is down (#1)"
OVER = "[Resolved] Production API is down (#1)"


class AnAlert(Watched):
    def test_opens_at_once_and_its_clear_resolves_and_what_is_known_changes_nothing(self):
        self.watch(monitor(incident_severity="major"))
        self.recovers()
        self.assertEqual(self.incidents(), [])
        self.fails()
        incident = self.the_incident()
        self.assertEqual((incident["title"], incident["status"], incident["severity"]),
                         ("Production API is down", "investigating", "major"))
        self.assertEqual([one["id"] for one in incident["components"]], ["comp_api"])
        self.assert_told(DOWN)
        self.fails()
        self.fails(state="WARNING")
        self.assertEqual(len(self.the_incident()["updates"]), 1)
        self.assert_told()
        self.recovers()
        self.assertEqual(self.the_incident()["status"], "resolved")
        self.assert_told(OVER)
        self.recovers()
        self.assert_told()
        self.assertEqual(len(self.the_incident()["updates"]), 2)

    def test_is_told_to_operators_with_its_own_words_and_its_monitors_name(self):
        self.watch(monitor())
        self.fails()
        copy, = self.told("bob@example.com", lambda mail: "Private note" not in mail["Subject"])
        self.assertIn('by the monitor "Production API"', inbox.plain(copy))
        self.assertNotIn(HOST, inbox.plain(copy))
        self.assertIn(f"{HOST}/HTTP", self.notes()[0])
        self.assertIn(DETAIL, self.notes()[0])
        shown = self.tocsin("incident", "show", "1", check=True).stdout
        self.assertIn("private note by monitor:Production API", shown)

    def test_again_after_its_incident_is_resolved_is_another_incident(self):
        self.watch(monitor())
        for _ in range(2):
            self.fails()
            self.recovers()
        self.assertEqual([one["status"] for one in self.incidents()], ["resolved", "resolved"])

    def test_that_is_late_and_older_than_the_clear_opens_nothing(self):
        self.watch(monitor())
        ago = lambda seconds: self.start - datetime.timedelta(seconds=seconds)
        self.fails(at=ago(60))
        self.recovers(at=ago(20))
        self.fails(at=ago(40))
        self.assertEqual(self.the_incident()["status"], "resolved")
        self.fails(at=ago(10))
        self.assertEqual(len(self.open_incidents()), 1)

    def test_that_was_overtaken_by_its_clear_opens_nothing(self):
        self.watch(monitor())
        self.recovers(at=self.start - datetime.timedelta(seconds=20))
        self.fails(at=self.start - datetime.timedelta(seconds=40))
        self.assertEqual(self.incidents(), [])

    def test_named_for_another_century_is_of_now(self):
        self.watch(monitor())
        for year in 1999, 2099:
            self.fails(at=self.start.replace(year=year, day=1))
            self.assertEqual(len(self.open_incidents()), 1)
            self.recovers()
            self.assertEqual(self.open_incidents(), [])

    def test_cannot_be_raised_from_elsewhere_nor_speak_as_an_operator(self):
        self.watch(monitor())
        self.ada.writes("[major] Trouble", "Components: api\n\nWe look.")
        said = self.dump()
        for subject in ("** RECOVERY Service Alert **", "Re: [Investigating] Trouble (#1)"):
            raw = (f"From: nagios@mon.example.com\r\nTo: {self.page}\r\nSubject: {subject}\r\n"
                   f"Message-ID: <{abs(hash(subject))}@mon.example.com>\r\n\r\n"
                   "Status: resolved\r\nResolved: all is well\r\n").encode()
            self.assertEqual(self.inject(raw, "nagios@mon.example.com", client="192.0.2.10").returncode, 0)
        after = self.dump()
        for table in "incident", "incident_update", "notification", "letter":
            self.assertEqual(said.get(table), after.get(table), table)
        self.assertNotEqual(self.inject(raw.replace(b"@mon", b"x@mon", 1), "nagios@mon.example.com",
                                        client="198.51.100.77").returncode, 0)


class OpenAfter(Watched):
    def test_so_many_mails(self):
        self.watch(monitor(open_after={"alerts": 3}))
        self.fails()
        self.fails()
        self.later(minutes=30)
        self.assertEqual(self.incidents(), [])
        self.fails()
        self.assert_told(DOWN)

    def test_so_many_mails_of_one_alert(self):
        self.watch(monitor(open_after={"alerts": 2}))
        self.fails("HTTP")
        self.fails("DNS")
        self.assertEqual(self.incidents(), [])
        self.recovers("HTTP")
        self.fails("HTTP")
        self.assertEqual(self.incidents(), [])
        self.fails("DNS")
        self.assert_told(DOWN)

    def test_so_long_a_time(self):
        self.watch(monitor(open_after={"for": "5m"}))
        self.fails()
        self.later(minutes=4)
        self.assertEqual(self.incidents(), [])
        self.later(minutes=6)
        self.assert_told(DOWN)
        self.later(minutes=7)
        self.assert_told()

    def test_nothing_when_it_clears_before(self):
        self.watch(monitor(open_after={"for": "5m"}))
        self.fails()
        self.recovers()
        self.later(minutes=6)
        self.assertEqual(self.incidents(), [])

    def test_both_the_mails_and_the_time(self):
        self.watch(monitor(open_after={"alerts": 2, "for": "5m"}))
        self.fails()
        self.later(minutes=6)
        self.assertEqual(self.incidents(), [])
        self.fails()
        self.later(minutes=7)
        self.assert_told(DOWN)


class Resolving(Watched):
    def test_waits_until_the_clear_has_held(self):
        self.watch(monitor(resolve_after="5m"))
        self.fails()
        self.recovers()
        self.later(minutes=4)
        self.assert_told(DOWN)
        self.later(minutes=6)
        self.assert_told(OVER)

    def test_begins_to_wait_anew_after_another_problem(self):
        self.watch(monitor(resolve_after="5m"))
        self.fails()
        self.recovers()
        self.fails()
        self.later(minutes=30)
        self.assert_told(DOWN)
        self.recovers()
        self.later(minutes=31)
        self.assert_told(OVER)
        self.assertEqual(len(self.incidents()), 1)

    def test_is_left_to_operators_where_the_policy_says_so(self):
        self.watch(monitor(resolve_on_clear=False))
        self.fails()
        self.recovers()
        self.later(hours=1)
        self.assertEqual(self.the_incident()["status"], "investigating")
        self.assert_told(DOWN)

    def test_by_an_operator_is_not_undone_while_the_alert_stays_open(self):
        self.watch(monitor())
        self.fails()
        self.ada.replies(self.told("ada@example.com", lambda mail: "Private" not in mail["Subject"])[0], "resolved")
        self.assertEqual(self.the_incident()["status"], "resolved")
        self.fails()
        self.later(minutes=5)
        self.assertEqual(len(self.incidents()), 1)
        self.recovers()
        self.fails()
        self.assertEqual(len(self.open_incidents()), 1)


class Flapping(Watched):
    def test_holds_the_incident_open_says_so_once_and_ends_when_it_is_quiet(self):
        self.watch(monitor(flapping={"changes": 4, "within": "30m"}, resolve_after="1m"))
        for _ in range(3):
            self.fails()
            self.recovers()
        incident = self.the_incident()
        self.assertEqual(incident["status"], "investigating")
        self.assertEqual(len([one for one in incident["updates"] if "unstable" in (one["message"] or "")]), 1)
        self.assert_told(DOWN, DOWN)
        self.later(minutes=10)
        self.assertEqual(self.the_incident()["status"], "investigating")
        self.later(minutes=40)
        self.assert_told(OVER)
        self.assertEqual(len(self.incidents()), 1)

    def test_is_not_damped_without_a_word_of_the_policy(self):
        self.watch(monitor(resolve_after="1m"))
        for _ in range(5):
            self.fails()
            self.recovers()
        self.later(minutes=2)
        self.assert_told(DOWN, OVER)


class Severity(Watched):
    def test_is_the_alerts_own_where_the_policy_names_none(self):
        self.watch(monitor())
        self.fails(state="WARNING")
        self.assertEqual(self.the_incident()["severity"], "minor")

    def test_rises_with_the_state_and_never_falls(self):
        self.watch(monitor(update_on_change=True))
        self.fails(state="WARNING")
        self.fails(state="CRITICAL")
        incident = self.the_incident()
        self.assertEqual(incident["severity"], "major")
        self.assertEqual(len(incident["updates"]), 2)
        self.fails(state="WARNING")
        self.assertEqual(self.the_incident()["severity"], "major")
        self.assertEqual(len(self.told()), 2)

    def test_does_not_change_without_a_word_of_the_policy(self):
        self.watch(monitor())
        self.fails(state="WARNING")
        self.fails(state="CRITICAL")
        self.assertEqual(self.the_incident()["severity"], "minor")
        self.assertEqual(len(self.told()), 1)


class Groups(Watched):
    def test_of_one_monitor_are_one_incident_that_ends_when_all_are_clear(self):
        self.watch(monitor())
        for service in "HTTP", "DNS", "SMTP":
            self.fails(service)
        self.recovers("HTTP")
        self.recovers("SMTP")
        self.assertEqual(self.the_incident()["status"], "investigating")
        self.assert_told(DOWN)
        self.recovers("DNS")
        self.assert_told(OVER)

    def test_of_none_are_an_incident_for_each_alert(self):
        self.watch(monitor(group="none"))
        self.fails("HTTP")
        self.fails("DNS")
        self.recovers("HTTP")
        self.assertEqual([one["status"] for one in self.incidents()], ["investigating", "resolved"])

    def two(self, group, second):
        self.watch(monitor(group=group), monitor("Probe", "probe@mon.example.com", second, group=group))
        self.fails("HTTP")
        self.fails("DNS", from_="probe@mon.example.com")

    def test_of_a_component_are_one_incident_of_all_monitors_that_watch_it(self):
        self.two("component", "comp_api")
        self.recovers("HTTP")
        self.assertEqual(self.the_incident()["status"], "investigating")
        self.recovers("DNS", from_="probe@mon.example.com")
        self.assertEqual(self.the_incident()["status"], "resolved")

    def test_of_a_component_leave_other_components_alone(self):
        self.two("component", "comp_web")
        self.assertEqual(len(self.open_incidents()), 2)

    def test_of_a_page_are_one_incident_of_all_its_monitors(self):
        self.two("page", "comp_web")
        self.assertEqual(self.the_incident()["status"], "investigating")
        self.recovers("HTTP")
        self.assertEqual(len(self.open_incidents()), 1)
        self.recovers("DNS", from_="probe@mon.example.com")
        self.assertEqual(self.open_incidents(), [])

    def test_keep_alerts_of_the_same_key_of_two_monitors_apart(self):
        self.watch(monitor(), monitor("Probe", "probe@mon.example.com", "comp_web"))
        self.fails("HTTP")
        self.fails("HTTP", from_="probe@mon.example.com")
        self.recovers("HTTP")
        self.assertEqual([one["title"] for one in self.open_incidents()], ["Probe is down"])


class Maintenance(Watched):
    def maintain(self):
        self.ada.writes("[minor] New disks", "Components: api=under_maintenance\n\nWe work on the API.")
        self.assertEqual(self.the_incident()["components"][0]["state"], "under_maintenance")

    def test_of_a_component_suppresses_its_alerts_until_it_is_over(self):
        self.watch(monitor())
        self.maintain()
        self.fails()
        self.later(minutes=30)
        self.assertEqual(len(self.incidents()), 1)
        self.ada.writes("Re: [Investigating] New disks (#1)", "resolved")
        self.assertEqual(self.open_incidents(), [])
        self.later(minutes=60)
        self.assertEqual([one["title"] for one in self.open_incidents()], ["Production API is down"])

    def test_of_another_component_suppresses_nothing(self):
        self.watch(monitor(component="comp_web"))
        self.maintain()
        self.fails()
        self.assertEqual(len(self.incidents()), 2)

    def test_suppresses_nothing_where_the_policy_says_open(self):
        self.watch(monitor(maintenance="open"))
        self.maintain()
        self.fails()
        self.assertEqual(len(self.incidents()), 2)


class Words(Watched):
    def test_are_the_policys_own(self):
        self.watch(monitor(title="{{monitor}}: {{severity}} trouble", update="We look into {{component}}.",
                           resolved="{{monitor}} is fine."))
        self.fails()
        self.recovers()
        incident = self.the_incident()
        self.assertEqual(incident["title"], "Production API: major trouble")
        self.assertEqual([one["message"] for one in incident["updates"]],
                         ["We look into API.", "Production API is fine."])
        self.told()

    def test_are_those_of_the_pages_language(self):
        for language, title in (("de", "Production API ist ausgefallen"), ("fr", "Production API est en panne"),
                                ("es", "Production API no funciona"), ("ja", "Production API が停止しています")):
            with self.subTest(language=language):
                self.write_config(monitors=[monitor(language, f"{language}@mon.example.com")],
                                  status_pages=[{**self.pages[0], "language": language}])
                self.fails(from_=f"{language}@mon.example.com")
                self.assertEqual(self.open_incidents()[-1]["title"], title.replace("Production API", language))

    def test_are_the_monitors_own_where_the_policy_asks_for_them(self):
        self.watch(monitor(title="{{service}} on {{host}}"))
        self.fails()
        self.assertEqual(self.the_incident()["title"], f"HTTP on {HOST}")


class OneOfTwoPages(Watched):
    pages = Watched.pages + ({**Watched.pages[0], "id": "sp_other", "address": "status@other.example.com",
                              "url": "https://other.example.com", "name": "Other"},)

    def test_is_where_a_monitor_acts_whichever_it_writes_to(self):
        self.watch(monitor())
        self.fails()
        self.assertEqual(self.the_incident()["status_page_id"], PAGE_ID)
        self.assertEqual(self.listed("incident", "list", "--page", "sp_other"), [])
