"""A monitor that is only named: the shortest file that works, and who may speak by its name."""

import inbox
from watchmen import Watched

# The page owner's file, as monitoring products write it.
FILE = """\
monitor:
  name: Production API
  alert_policy:
    create_status_page_incident: true
    status_page_id: sp_abc123
    affected_component: comp_api
    incident_severity: major
"""


class AMonitorByName(Watched):
    def setUp(self):
        super().setUp()
        folder = self.scratch / "etc" / "conf.d"
        folder.mkdir(exist_ok=True)
        (folder / "production-api.yaml").write_text(FILE)
        self.subscribe("carol@example.net")

    def test_is_raised_and_cleared_by_an_operators_mail(self):
        answer = self.ada.answer_to(self.ada.writes("Production API is DOWN", "seen by the probe at host7"))
        incident = self.the_incident()
        self.assertEqual((incident["title"], incident["severity"], incident["status"]),
                         ("Production API is down", "major", "investigating"))
        self.assertEqual([one["id"] for one in incident["components"]], ["comp_api"])
        self.assert_told("[Investigating] Production API is down (#1)")
        text = inbox.plain(answer)
        self.assertIn('Read as words of the monitor "Production API"', text)
        self.assertIn("It reports a problem.", text)
        self.assertNotIn("Read as words", inbox.plain(self.told("bob@example.com")[0]))
        answer = self.ada.answer_to(self.ada.writes("[Production API] alert: UP", "ok"))
        self.assertEqual(self.the_incident()["status"], "resolved")
        self.assertIn("It reports that the problem is over.", inbox.plain(answer))
        self.assert_told("[Resolved] Production API is down (#1)")

    def test_is_answered_when_nothing_follows(self):
        text = inbox.plain(self.ada.answer_to(self.ada.writes("Production API is UP", "ok")))
        self.assertIn("There is no open problem that this could be about.", text)
        self.assertEqual(self.incidents(), [])
        self.ada.writes("Production API is DOWN", "x")
        text = inbox.plain(self.ada.answer_to(self.ada.writes("PROBLEM: Production API", "x")))
        self.assertIn("It reports a problem that is known: it was counted.", text)
        self.assertEqual(len(self.the_incident()["updates"]), 1)

    def test_is_not_meant_by_a_subject_that_says_more(self):
        self.ada.writes("[minor] Production API is DOWN for customers in Asia", "Components: web\n\nWe look into it.")
        incident = self.the_incident()
        self.assertEqual(incident["title"], "Production API is DOWN for customers in Asia")
        self.assertEqual(incident["severity"], "minor")

    def test_is_not_raised_by_who_is_not_proven(self):
        raw = self.ada.mail("Production API is DOWN", "x", self.page).as_bytes()
        self.inject(raw, "ada@example.com", client="198.51.100.66")
        self.inject(raw, "mallory@evil.test", client="198.51.100.66")
        self.assertEqual(self.incidents(), [])

    def test_is_told_how_a_mail_must_look_by_check(self):
        done = self.tocsin("check", check=True)
        self.assertIn("Production API", done.stdout + done.stderr)
