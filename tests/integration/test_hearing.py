"""Who hears of what, when, in which order; and who does not."""

import re

import inbox
from letters import as_verified, letter
from ports import wait_until
from sink import delay
from sinktown import SinkTown, header
from town import Town, operator


def status(mail):
    return str(mail["X-Tocsin-Status"])


class Subscribers(Town):
    def open(self, title, component="api", severity="minor", text="The first words."):
        sent = self.ada.writes(f"[{severity}] {title}", f"Components: {component}\n\n{text}")
        self.assertEqual(sent.code, 250, sent)
        return sent

    def test_of_another_component_hear_nothing_until_it_is_concerned_and_then_the_story_so_far(self):
        self.subscribe("all@example.net")
        self.subscribe("db@example.net", components=["comp_db"])
        opened = self.open("Spreading")
        self.inbox("all@example.net").wait_for(1)
        second = self.ada.replies(opened, "Components: +db\nStatus: identified\n\nThe database as well.")
        mail, = self.inbox("db@example.net").wait_for(1)
        self.inbox("all@example.net").wait_for(2)
        text = inbox.plain(mail)
        self.assertIn("The first words.", text)
        self.assertIn("The database as well.", text)
        self.ada.replies(second, "Components: -db\nStatus: resolved\n\nAll is well.")
        self.inbox("db@example.net").wait_for(2)

    def test_of_a_severity_hear_when_it_is_reached_and_then_to_the_end(self):
        self.subscribe("all@example.net")
        self.subscribe("critical@example.net", severity="critical")
        self.subscribe("major@example.net", severity="major")
        opened = self.open("Worse and worse")
        self.inbox("all@example.net").wait_for(1)
        worse = self.ada.replies(opened, "Severity: critical\n\nIt is all down.")
        for name in "critical", "major":
            mail, = self.inbox(f"{name}@example.net").wait_for(1)
            self.assertIn("The first words.", inbox.plain(mail))
        self.inbox("all@example.net").wait_for(2)
        self.ada.replies(worse, "Severity: minor\nStatus: resolved\n\nOver.")
        for name in "critical", "major":
            mails = self.inbox(f"{name}@example.net").wait_for(2)
            self.assertEqual(status(mails[-1]), "resolved")

    def test_who_come_after_a_notification_was_made_hear_from_the_next_one_on(self):
        self.subscribe("early@example.net")
        opened = self.open("In the middle")
        self.inbox("early@example.net").wait_for(1)
        self.settle()
        self.subscribe("late@example.net")
        self.ada.replies(opened, "Resolved: over.")
        self.inbox("early@example.net").wait_for(2)
        mail, = self.inbox("late@example.net").wait_for(1)
        self.assertEqual(status(mail), "resolved")

    def test_hear_nothing_of_a_preview_and_nothing_is_stored(self):
        self.subscribe("carol@example.net")
        answer = self.ada.asks("[major] Just looking", "Components: api\nPreview\n\nThese words would be sent.")
        self.assertIn("These words would be sent.", inbox.plain(answer))
        self.settle()
        self.assertEqual(self.inbox("carol@example.net").mails(), [])
        self.assertEqual(self.bob.inbox.mails(), [])
        self.assertNotIn("Just looking", [one["title"] for one in self.incidents()])

    def test_hear_nothing_of_a_silent_change_and_all_of_it_with_the_next(self):
        self.subscribe("carol@example.net")
        sent = self.ada.writes("[minor] Quietly", "Components: api\nNotify: no\n\nThe first words.")
        answer = self.ada.answer_to(sent)
        self.settle()
        self.assertEqual(self.inbox("carol@example.net").mails(), [])
        self.assertEqual(self.incident("Quietly")["status"], "investigating")
        self.ada.replies(answer, "Identified: it is the switch.")
        mail, = self.inbox("carol@example.net").wait_for(1)
        self.assertIn("it is the switch", inbox.plain(mail))

    def test_never_see_a_private_note_and_every_operator_does(self):
        self.subscribe("carol@example.net")
        opened = self.open("With a secret")
        self.inbox("carol@example.net").wait_for(1)
        self.ada.replies(opened, "Private: the vendor's case is 4711.")
        note, = self.bob.inbox.wait_for(1, where=lambda mail: "4711" in inbox.plain(mail))
        self.assertRegex(str(note["Reply-To"]), r"\+r[a-z2-7]+@")
        self.ada.replies(opened, "Resolved: over.")
        self.inbox("carol@example.net").wait_for(2)
        self.settle()
        self.assertFalse([mail for mail in self.inbox("carol@example.net").mails() if b"4711" in mail.raw])
        shown = self.incident("With a secret")
        self.assertIn("4711", str(shown["notes"]))
        self.assertNotIn("4711", str(shown["updates"]))


class Operators(Town):
    operators = (operator("Ada Byron", "ada@example.com"), operator("Bob Noyce", "bob@example.com"),
                 operator("Cleo Quiet", "cleo@example.com", notify="none"),
                 operator("Dan Mine", "dan@example.com", notify="own"))

    def test_get_copies_as_they_chose_and_the_author_an_answer_in_place_of_one(self):
        self.subscribe("carol@example.net")
        opened = self.ada.writes("[minor] Copies", "Components: api\n\nx")
        self.ada.answer_to(opened)
        copy, = self.bob.inbox.wait_for(1)
        self.bob.replies(copy, "Identified: y.")
        self.inbox("carol@example.net").wait_for(2)
        self.settle()
        self.assertEqual(len(self.ada.inbox.mails()), 2)
        self.assertEqual(len(self.bob.inbox.mails()), 2)
        for name in "cleo", "dan":
            self.assertEqual(self.inbox(f"{name}@example.com").mails(), [])

    def test_who_want_their_own_hear_what_others_add_to_it(self):
        dan = type(self.ada)(self, "Dan Mine", "dan@example.com")
        opened = dan.writes("[minor] Dan's own", "Components: api\n\nx")
        dan.answer_to(opened)
        copy, = self.ada.inbox.wait_for(1)
        self.ada.replies(copy, "Resolved: by Ada.")
        mail = dan.inbox.wait_for(1, where=lambda mail: status(mail) == "resolved")[0]
        self.assertIn("by Ada", inbox.plain(mail))


class AFanOut(SinkTown):
    connections = 1

    def test_tells_pagers_first_and_the_urgent_incident_before_the_other(self):
        self.subscribe(*[f"mail{number:02}@example.net" for number in range(30)])
        self.subscribe("beep1@example.net", "beep2@example.net", format="pager")
        self.open("Small", severity="minor")
        self.open("Large", severity="critical")
        self.send_due()
        told = [(header(message.raw, "Subject"), message.recipients[0]) for message in self.sink.messages
                if "@example.net" in message.recipients[0]]
        self.assertEqual(len(told), 64)
        self.assertTrue(all("beep" in recipient for _, recipient in told[:4]), told[:6])
        large = [place for place, (subject, _) in enumerate(told) if "Large" in subject]
        small = [place for place, (subject, _) in enumerate(told) if "Small" in subject]
        self.assertLess(max(large[2:]), min(small[2:]))

    def test_passes_over_who_unsubscribed_in_the_middle_of_it_by_an_automatic_empty_mail(self):
        addresses = [f"u{number:02}@example.net" for number in range(60)]
        self.subscribe(*addresses)
        self.open("Before")
        self.send_due()
        last, = self.sink.received(addresses[-1])
        unsubscribe = re.search(rb"List-Unsubscribe:\s*<mailto:([^?>]+)", last.raw).group(1).decode()
        self.sink.on("DOT", delay(0.05))
        self.open("During")
        sender = self.program.start("sender")
        before = len(self.sink.messages)
        wait_until(lambda: len(self.sink.messages) > before + 8, 20, "it sends")
        raw = letter(b"From: mailer@example.net", "none", b"Subject: ", b"", b"Auto-Submitted: auto-generated",
                     to=unsubscribe)
        done = self.inject(as_verified(raw), "", to=unsubscribe)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertLess(len(self.sink.messages), before + 55, "the fan-out was over before it was tried")
        wait_until(lambda: not self.notifications(), 30, "the fan-out ends")
        self.assertEqual(self.program.stop(sender), 0)
        self.assertEqual(len(self.sink.received(addresses[-1])), 1)
        self.assertEqual({len(self.sink.received(address)) for address in addresses[:-1]}, {2})
        self.assertEqual(self.states()[addresses[-1]], "unsubscribed")
