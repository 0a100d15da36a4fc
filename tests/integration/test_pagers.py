"""An operator on the road: her pager's short mails, through Postfix and a verifier."""

import people
from town import PAGE, Town, operator

PAGER = "5550100@example.net"


class Pagers(Town):
    authserv_id = "mx.example.com"
    operators = (operator("Ada Byron", "ada@example.com"),
                 operator("Bob Noyce", "bob@example.com", pagers=[{"address": PAGER, "proofs": ["dkim"]}]))

    def setUp(self):
        super().setUp()
        self.pager = people.Person(self, "5550100", PAGER)

    def beep(self, text, subject="SMS", pager=None, signed=True):
        pager = pager or self.pager
        mail = pager.mail(subject, text, PAGE)
        return pager.sends(pager.signed(mail) if signed else mail, auth=False)

    def open(self, title):
        self.assertEqual(self.ada.writes(f"[major] {title}", "We look.").code, 250)
        return self.incident(title)

    def test_a_number_and_a_word_change_the_incident_and_her_mailbox_is_answered(self):
        number = self.open("API is slow")["number"]
        self.bob.inbox.wait_for(1)
        self.assertEqual(self.beep(f"{number} MONITORING ALL GOOD").code, 250)
        self.assertEqual(self.beep(f"ack {number}", subject="Text message from 5550100").code, 250)
        self.assertEqual(self.beep(f"#{number} resolved", subject="").code, 250)
        self.settle()
        shown = self.incident("API is slow")
        self.assertEqual(shown["status"], "resolved")
        self.assertIn("ALL GOOD", [update["message"] for update in shown["updates"]])
        self.assertEqual(["acknowledged"], [note["message"] for note in shown["notes"]])
        self.assertEqual(len(self.bob.inbox.mails()), 4)
        self.assertEqual(self.inbox(PAGER).mails(), [])

    def test_a_word_alone_is_asked_about(self):
        self.open("Mail is late")
        self.settle()
        before = len(self.bob.inbox.mails())
        self.assertEqual(self.beep("resolved").code, 250)
        self.bob.inbox.wait_for(before + 1)
        self.assertEqual(self.incident("Mail is late")["status"], "investigating")

    def test_what_is_longer_unproven_or_of_an_unlisted_address_is_refused(self):
        number = self.open("Shop is closed")["number"]
        self.settle()
        self.maildir.clear()
        unlisted = people.Person(self, "5550123", "5550123@example.net")
        before = self.dump()
        for sent in (self.beep("The garage is on fire, and nobody has a key to it"),
                     self.beep(f"{number} resolved", signed=False),
                     self.beep(f"{number} resolved", pager=unlisted)):
            self.assertEqual(sent.code // 100, 5, sent)
        self.assert_unchanged(before)
