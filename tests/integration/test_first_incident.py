"""One incident, from the operator's mail to everybody's inbox, through a real Postfix."""

import re
import unittest

import inbox
import people
import threads
from town import PAGE, Town


def status(mail):
    return str(mail["X-Tocsin-Status"])


class AnIncident(Town):
    def open(self, title, text="We are aware of elevated error rates and are looking.", **how):
        sent = self.ada.writes(f"[major] {title}", f"Components: api\n\n{text}", **how)
        self.assertEqual(sent.code, 250, sent)
        return sent

    def test_told_in_three_mails_is_one_thread_for_everybody(self):
        self.subscribe("carol@example.net", "dave@example.net")
        opened = self.open("API elevated error rates")
        for inbox_ in self.inboxes("carol", "dave"):
            inbox_.wait_for(1)
        identified = self.ada.replies(opened, "Identified: a misconfigured load balancer.")
        for inbox_ in self.inboxes("carol", "dave"):
            inbox_.wait_for(2)
        self.assertTrue(self.ada.replies(identified, "Resolved: a fix is deployed.").taken)
        for inbox_ in self.inboxes("carol", "dave"):
            mails = inbox_.wait_for(3)
            self.assertEqual([status(mail) for mail in mails], ["investigating", "identified", "resolved"])
            threads.assert_one_thread(mails)
            self.assertIn("misconfigured load balancer", inbox.plain(mails[1]))
            self.assertEqual(len({mail["Message-ID"] for mail in mails}), 3)
        self.assertEqual(self.incident("API elevated error rates")["status"], "resolved")

    def test_is_answered_to_its_author_only_and_in_her_thread(self):
        self.subscribe("carol@example.net")
        opened = self.open("Slow search")
        answer = self.ada.answer_to(opened)
        self.assertIn("Slow search", str(answer["Subject"]) + inbox.plain(answer))
        self.assertRegex(inbox.plain(answer), r"\b1 subscriber")
        self.assertEqual(answer["Return-Path"], "<>")
        self.assertNotEqual(str(answer.get("Auto-Submitted", "no")).split(";")[0], "no")
        second = self.ada.answer_to(self.ada.replies(answer, "Monitoring: the index is rebuilt."))
        threads.assert_one_thread([answer, second])
        mine = inbox.parse(opened.mail.as_bytes())  # her first subject cannot have the number yet
        for judge in threads.by_mthread, threads.by_notmuch:
            self.assertEqual(judge([mine, answer, second]), 1, judge)
        self.settle()
        told = {mail["Delivered-To"] for mail in self.maildir.mails()
                if "In-Reply-To" in mail and str(opened.mail["Message-ID"]) in str(mail["In-Reply-To"])}
        self.assertEqual(told, {"ada@example.com"})

    def test_can_be_resolved_by_the_second_operator_from_her_own_copy(self):
        self.subscribe("carol@example.net")
        self.open("Logins fail")
        copy, = self.bob.inbox.wait_for(1)
        self.assertRegex(str(copy["Reply-To"]), r"status\+r[a-z2-7]+@status\.example\.com")
        sent = self.bob.replies(copy, "Resolved: the certificate was renewed.")
        self.assertEqual(sent.code, 250, sent)
        self.bob.answer_to(sent)
        first, last = self.inbox("carol@example.net").wait_for(2)
        self.assertEqual(status(last), "resolved")
        self.assertEqual(self.incident("Logins fail")["status"], "resolved")
        self.ada.inbox.wait_for(1, where=lambda mail: status(mail) == "resolved")

    def test_and_another_are_two_threads(self):
        self.subscribe("carol@example.net")
        carol = self.inbox("carol@example.net")
        for title in "Cache is cold", "Mail is late":
            opened = self.open(title)
            self.ada.replies(opened, "Monitoring: better.")
        mails = carol.wait_for(4)
        first = [mail for mail in mails if "Cache is cold" in mail["Subject"]]
        second = [mail for mail in mails if "Mail is late" in mail["Subject"]]
        threads.assert_two_threads(first, second)

    def test_keeps_its_subject_when_renamed(self):
        self.subscribe("carol@example.net")
        opened = self.open("Something odd")
        self.ada.replies(opened, "Title: Disks are full\nStatus: identified\n\nThe disks of db-1 are full.")
        threads.assert_one_thread(self.inbox("carol@example.net").wait_for(2))
        self.assertEqual(self.incident("Disks are full")["status"], "identified")

    def test_that_steps_reach_in_each_form(self):
        self.subscribe("html@example.net", format="html")
        self.subscribe("text@example.net", format="text")
        self.subscribe("pager@example.net", format="pager")
        self.open("DNS fails")
        html, = self.inbox("html@example.net").wait_for(1)
        text, = self.inbox("text@example.net").wait_for(1)
        pager, = self.inbox("pager@example.net").wait_for(1)
        self.assertEqual([part.get_content_type() for part in html.iter_parts()], ["text/plain", "text/html"])
        self.assertEqual(text.get_content_type(), "text/plain")
        self.assertEqual(pager.get_content_type(), "text/plain")
        line = inbox.plain(pager).strip()
        self.assertNotIn("\n", line)
        self.assertLessEqual(len(line), 160)
        self.assertIn("DNS fails", line)


class EachNotification(Town):
    def test_carries_what_list_mail_must_and_leads_back_to_nobody_else(self):
        self.subscribe("carol@example.net", "dave@example.net")
        self.ada.writes("[critical] Everything is down", "Components: all\n\nWe know.")
        mails = [self.inbox(name).wait_for(1)[0] for name in ("carol@example.net", "dave@example.net")]
        for mail, address in zip(mails, ("carol@example.net", "dave@example.net")):
            for name in ("From", "To", "Date", "Subject", "Message-ID", "List-Id", "List-Unsubscribe", "List-Help",
                         "Auto-Submitted", "Precedence", "X-Auto-Response-Suppress", "Feedback-ID",
                         "X-Tocsin-Incident", "X-Tocsin-Status", "X-Tocsin-Severity", "X-Tocsin-Loop"):
                self.assertEqual(len(mail.get_all(name, [])), 1, name)
            self.assertEqual(str(mail["To"]), address)
            self.assertEqual(str(mail["Auto-Submitted"]), "auto-generated")
            self.assertEqual(str(mail["Precedence"]), "list")
            self.assertEqual(str(mail["X-Auto-Response-Suppress"]), "OOF, AutoReply, RN, NRN, DR")
            self.assertRegex(str(mail["Return-Path"]), r"^<status\+b[a-z2-7]{1,23}@status\.example\.com>$")
            self.assertRegex(str(mail["Subject"]), r"^\[Investigating\] Everything is down \(#\d+\)$")
            self.assertTrue(all(len(line) <= 998 for line in mail.raw.splitlines()))
            self.assertTrue(mail.raw.isascii())
            self.assertNotIn(b"+r", re.sub(rb"\s", b"", mail.raw.split(b"\n\n")[0]).replace(b"+render", b""))
        self.assertNotEqual(*[mail["Return-Path"] for mail in mails])
        self.assertNotEqual(*[mail["Message-ID"] for mail in mails])
        self.assertNotIn(b"dave@", mails[0].raw)
        self.assertNotIn(b"carol@", mails[1].raw)

    def test_has_an_unsubscribe_address_that_works_for_any_writer(self):
        self.subscribe("carol@example.net", "dave@example.net")
        opened = self.ada.writes("[minor] Docs are slow", "Components: web\n\nWe look.")
        first, = self.inbox("carol@example.net").wait_for(1)
        address = re.search(r"<mailto:([^?>]+)", str(first["List-Unsubscribe"])).group(1)
        sent = self.stranger.sends(self.stranger.mail("unsubscribe", "", address, {"Auto-Submitted": "auto-generated"}),
                                   auth=False, sender="")
        self.assertEqual(sent.code, 250, sent)
        self.ada.replies(opened, "Resolved: fast again.")
        self.inbox("dave@example.net").wait_for(2, where=lambda mail: "Docs are slow" in mail["Subject"])
        told = self.inbox("carol@example.net").mails()
        self.assertNotIn("resolved", [status(mail) for mail in told])

    def test_reaches_only_whom_it_concerns(self):
        self.subscribe("api@example.net", components=["comp_api"])
        self.subscribe("web@example.net", components=["comp_web"])
        self.subscribe("critical@example.net", severity="critical")
        self.ada.writes("[major] Errors", "Components: api\n\nWe look.")
        self.inbox("api@example.net").wait_for(1)
        self.settle()
        self.inbox("web@example.net").stays_at(0, seconds=1)
        self.inbox("critical@example.net").stays_at(0, seconds=0)


class AnybodyElse(Town):
    def test_is_refused_at_the_final_dot_with_the_reason_and_a_way_in(self):
        before = self.dump()
        for sender in ("ada@example.com", "mallory@evil.test"):
            forged = people.Person(self, "Ada Byron", "ada@example.com", client="192.0.2.9")
            sent = forged.writes("[critical] All your base", "Components: all\n\nboo", auth=False, sender=sender)
            self.assertEqual(sent.code, 550, sent)
            self.assertIn("5.7.1", sent.text)
        sent = self.stranger.writes("Hello", "Who are you?", auth=False)
        self.assertEqual(sent.code, 550, sent)
        self.assertIn("subscribe", sent.text)
        self.assert_unchanged(before)
        self.assertEqual(self.postfix.queued(), 0)

    def test_has_mail_to_others_delivered_as_it_was(self):
        raw = (b"From: mallory@evil.test\r\nTo: carol@example.net\r\nSubject: [critical] not for you\r\n"
               b"Message-ID: <x@evil.test>\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n\r\nStatus: resolved\r\n.dot\r\n")
        self.assertTrue(people.send(self.postfix.public, raw, "mallory@evil.test", ["carol@example.net"],
                                    client="192.0.2.9").taken)
        mail, = self.inbox("carol@example.net").wait_for(1)
        self.assertTrue(mail.raw.replace(b"\r\n", b"\n").endswith(raw.replace(b"\r\n", b"\n")), mail.raw)

    def test_writing_to_us_and_others_reaches_the_others(self):
        before = self.dump()
        mail = self.stranger.mail("Both", "x", "carol@example.net")
        sent = self.stranger.sends(mail, auth=False, to=["carol@example.net", PAGE])
        self.assertEqual(sent.code, 250, sent)
        self.inbox("carol@example.net").wait_for(1)
        self.postfix.wait_empty()
        self.assert_unchanged(before, mails=1)


class AnOperatorsMail(Town):
    def test_to_us_and_others_acts_and_reaches_the_others(self):
        mail = self.ada.mail("[minor] Shared news", "Components: web\n\nFor all.", "carol@example.net")
        sent = self.ada.sends(mail, to=["carol@example.net", PAGE])
        self.assertEqual(sent.code, 250, sent)
        self.inbox("carol@example.net").wait_for(1, where=lambda mail: mail["Subject"] == "[minor] Shared news")
        self.incident("Shared news")
        self.postfix.wait_empty()

    def test_sent_twice_has_one_effect(self):
        self.subscribe("carol@example.net")
        mail = self.ada.mail("[minor] Only once", "Components: web\n\nOnce.", self.page)
        for _ in range(2):
            self.assertEqual(self.ada.sends(mail).code, 250)
        self.inbox("carol@example.net").wait_for(1)
        self.settle()
        self.inbox("carol@example.net").stays_at(1, seconds=1)
        self.incident("Only once")

    def test_that_is_not_understood_changes_nothing_and_is_answered(self):
        before = self.dump()
        answer = self.ada.asks("[sever] Typing", "Components: api\n\nx")
        self.assertIn("sever", inbox.plain(answer))
        after = self.dump()
        for name in before:
            if name not in ("letter", "letter_fact", "slice", "reply_key"):
                self.assertEqual(before[name], after[name], name)


if __name__ == "__main__":
    unittest.main()
