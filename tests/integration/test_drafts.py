"""Where a policy publishes nothing by itself, operators are asked, and the first answer decides; where a person
has spoken, the monitor asks."""

import re

import inbox
from watchmen import DETAIL, HOST, Watched, monitor

ASKED = "[Publish?] Production API is down"


def is_draft(mail):
    return str(mail["Subject"]).startswith("[Publish?]")  # the answer to a reply begins with Re:


def is_note(mail):
    return "Private note" in mail["Subject"]


class ADraft(Watched):
    def setUp(self):
        super().setUp()
        self.watch(monitor(create_status_page_incident=False, incident_severity="major"))

    def drafts(self, name):
        return self.told(f"{name}@example.com", is_draft)

    def ask(self):
        self.fails()
        return self.drafts("ada")[0]

    def test_goes_to_each_operator_once_with_the_alert_and_nobody_else_is_told(self):
        self.fails()
        self.fails()
        self.later(hours=1)
        self.assertEqual(self.incidents(), [])
        self.assert_told()
        for name in "ada", "bob":
            draft, = self.drafts(name)
            text = inbox.plain(draft)
            self.assertEqual(str(draft["Subject"]), ASKED)
            self.assertRegex(str(draft["Reply-To"]), r"^status\+r[a-z2-7]+@status\.example\.com$")
            for words in ('The monitor "Production API" reports a problem.', "Severity: Major", "Affected: API",
                          f"> {DETAIL}", HOST, "\nopen\n", "\nignore\n"):
                self.assertIn(words, text)

    def test_is_published_by_open(self):
        self.ada.replies(self.ask(), "open")
        incident = self.the_incident()
        self.assertEqual((incident["title"], incident["severity"], incident["status"]),
                         ("Production API is down", "major", "investigating"))
        self.assertEqual([one["id"] for one in incident["components"]], ["comp_api"])
        self.assert_told("[Investigating] Production API is down (#1)")

    def test_is_published_with_the_severity_and_the_words_of_who_opens_it(self):
        self.ada.replies(self.ask(), "open critical\n\nThe API does not answer. We are on it.")
        incident = self.the_incident()
        self.assertEqual(incident["severity"], "critical")
        self.assertEqual([one["message"] for one in incident["updates"]],
                         ["The API does not answer. We are on it."])
        self.assertEqual(len(self.told()), 1)

    def test_is_not_published_by_ignore_and_asks_again_after_a_clear_only(self):
        self.ada.replies(self.ask(), "ignore")
        self.fails()
        self.fails("DNS")
        self.later(hours=1)
        self.assertEqual(self.drafts("ada"), [])
        self.recovers()
        self.recovers("DNS")
        self.fails()
        self.assertEqual(len(self.drafts("ada")), 1)
        self.assertEqual(self.incidents(), [])
        self.assert_told()

    def test_is_not_published_by_a_wrong_word(self):
        draft = self.ask()
        self.ada.replies(draft, "perhaps")
        self.assertEqual(self.incidents(), [])
        self.assert_told()
        self.ada.replies(draft, "open")
        self.assertEqual(len(self.incidents()), 1)

    def test_is_decided_by_the_first_answer(self):
        self.fails()
        ada, bob = self.drafts("ada")[0], self.drafts("bob")[0]
        self.ada.replies(ada, "open")
        answer = self.bob.answer_to(self.bob.replies(bob, "open critical"))
        self.assertEqual(len(self.incidents()), 1)
        self.assertEqual(self.the_incident()["severity"], "major")
        self.assertIn("#1", str(answer["Subject"]) + inbox.plain(answer))

    def test_is_withdrawn_by_a_clear(self):
        draft = self.ask()
        self.recovers()
        self.ada.answer_to(self.ada.replies(draft, "open"))
        self.assertEqual(self.incidents(), [])
        self.assert_told()

    def test_that_was_opened_asks_before_it_ends(self):
        self.ada.replies(self.ask(), "open")
        self.told()
        self.recovers()
        self.assertEqual(self.the_incident()["status"], "investigating")
        note = self.told("bob@example.com", is_note)[-1]
        self.assertIn('the monitor "Production API"', inbox.plain(note))
        self.assert_told()
        self.bob.replies(note, "resolved")
        self.assertEqual(self.the_incident()["status"], "resolved")
        self.assert_told("[Resolved] Production API is down (#1)")

    def test_cannot_be_answered_by_who_only_knows_its_subject(self):
        draft = self.ask()
        self.stranger.town = self
        raw = self.stranger.mail("Re: " + str(draft["Subject"]), "open", str(draft["Reply-To"])).as_bytes()
        self.inject(raw, "mallory@evil.test", str(draft["Reply-To"]), client="198.51.100.66")
        self.assertEqual(self.incidents(), [])


class AfterAPerson(Watched):
    def setUp(self):
        super().setUp()
        self.watch(monitor(quiet_after_human=True))
        self.fails()
        self.copy = self.told("ada@example.com", lambda mail: not is_note(mail))[0]
        self.told("bob@example.com")

    def test_has_posted_a_clear_is_a_note_that_asks_once(self):
        self.ada.replies(self.copy, "Identified: a full disk.")
        self.told()
        self.recovers()
        self.recovers()
        self.later(hours=1)
        self.assertEqual(self.the_incident()["status"], "identified")
        notes = self.told("bob@example.com", is_note)
        self.assertEqual(len(notes), 1, [inbox.plain(note) for note in notes])
        self.assertIn("resolved", inbox.plain(notes[0]))
        self.assert_told()

    def test_has_only_noted_a_clear_still_resolves(self):
        self.ada.replies(self.copy, "Private: I am looking.")
        self.told()
        self.recovers()
        self.assert_told("[Resolved] Production API is down (#1)")


class AnAcknowledgement(Watched):
    def acknowledge(self):
        self.says("ACKNOWLEDGEMENT", state="CRITICAL")

    def test_is_a_private_note(self):
        self.watch(monitor())
        self.fails()
        before = len(self.notes())
        self.acknowledge()
        self.assertEqual(len(self.notes()), before + 1)
        self.assertEqual(self.the_incident()["status"], "investigating")
        self.assertEqual(len(self.told()), 1)

    def test_is_identified_where_the_policy_says_so(self):
        self.watch(monitor(acknowledge="identified"))
        self.fails()
        self.acknowledge()
        self.assertEqual(self.the_incident()["status"], "identified")
        self.assertEqual([re.match(r"\[\w+\]", mail["Subject"]).group() for mail in self.told()],
                         ["[Investigating]", "[Identified]"])

    def test_of_what_is_not_open_is_nothing(self):
        self.watch(monitor(acknowledge="identified"))
        self.acknowledge()
        self.assertEqual(self.incidents(), [])
