"""The harness itself: what the other tests stand on is as they think."""

import base64
import os
import pathlib
import shutil
import smtplib
import ssl
import tempfile
import unittest

import inbox
import people
import threads
from ports import wait_until
from postfix import Postfix
from sink import Sink, certificate, delay, drop, drop_in_body, raw, reply, reply_and_drop
from verifier import Verifier


class Scenery:
    """As much of a Town as people need."""
    page = "status@status.example.com"


@unittest.skipUnless(os.geteuid() == 0, "a private Postfix needs root")
class ThePrivatePostfix(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-harness-", dir="/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.scratch, ignore_errors=True)
        cls.scratch.chmod(0o755)
        cls.verifier = Verifier(cls.scratch / "verifier.sock", "mx.example.com")
        cls.addClassCleanup(cls.verifier.stop)
        cls.postfix = Postfix(cls.scratch / "postfix", ["status.example.com"], ["example.net", "example.com"],
                              [cls.verifier.address])
        cls.addClassCleanup(cls.postfix.stop)
        cls.postfix.start()

    def setUp(self):
        self.maildir = inbox.Maildir(self.postfix.maildir)
        self.maildir.clear()
        town = Scenery()
        town.postfix, town.maildir = self.postfix, self.maildir
        self.ada = people.Person(town, "Ada Byron", "ada@example.com")
        self.carol = inbox.Inbox(self.maildir, "carol@example.net")

    def test_keeps_mail_for_the_mail_domains_in_a_maildir_with_its_envelope(self):
        for port in self.postfix.public, self.postfix.outside, self.postfix.relay:
            self.maildir.clear()
            sent = self.ada.writes("Lunch?", "At noon.\n.\n.. dots", to="carol@example.net", port=port)
            self.assertTrue(sent.taken, sent)
            mail, = self.carol.wait_for(1)
            self.assertEqual(mail["Return-Path"], "<ada@example.com>")
            self.assertEqual(inbox.plain(mail), "At noon.\n.\n.. dots\n")

    def test_sends_from_outside_again_when_the_public_port_defers(self):
        self.postfix.reload(public_end_of_data_restrictions="check_recipient_access,static:{451 4.3.0 not now}")
        try:
            self.assertTrue(self.ada.writes("Later", "x", to="carol@example.net", port=self.postfix.outside).taken)
            self.carol.stays_at(0, seconds=2)
            self.assertEqual(self.postfix.queued(), 1)
        finally:
            self.postfix.reload(public_end_of_data_restrictions="")
        self.assertEqual(self.carol.wait_for(1)[0]["Subject"], "Later")

    def test_takes_mail_for_the_page_and_keeps_what_no_milter_took(self):
        sent = self.ada.writes("Nobody is here", "x")
        self.assertTrue(sent.taken, sent)
        self.assertEqual(self.postfix.queued(), 1, self.postfix.log())
        wait_until(lambda: "deferred transport" in self.postfix.log(), 5, "the backstop defers it")
        self.postfix.flush()
        wait_until(lambda: f"127.0.0.1]:{self.postfix.public}, " in self.postfix.log(), 5, "a flush sends it on")
        self.postfix._run("postsuper", "-d", "ALL")

    def test_strips_foreign_results_and_the_verifier_adds_ours(self):
        mail = self.ada.mail("Signed", "x", "carol@example.net",
                             {"Authentication-Results": "mx.example.com; dkim=pass header.d=example.com"})
        self.ada.signed(mail)
        self.ada.sends(mail)
        self.ada.writes("Unsigned", "x", to="carol@example.net")
        signed, unsigned = self.carol.wait_for(2)
        self.assertIn("header.b=", signed["Authentication-Results"])
        self.assertEqual(len(signed.get_all("Authentication-Results")), 1)
        self.assertNotIn("X-Test-Verdict", signed)
        self.assertEqual(unsigned["Authentication-Results"], "mx.example.com; none")

    def test_lets_no_smuggled_mail_through(self):
        data = b"Subject: one\r\n\r\nx\n.\r\nMAIL FROM:<ada@example.com>\r\nRCPT TO:<carol@example.net>\r\nDATA\r\n" \
               b"Subject: two\r\n\r\ny\r\n"
        people.send(self.postfix.public, data, "mallory@example.org", ["carol@example.net"], client="192.0.2.9")
        self.postfix.wait_empty()
        self.assertLessEqual(len(self.carol.mails()), 1)


class TheSink(unittest.TestCase):
    def setUp(self):
        self.sink = Sink()
        self.addCleanup(self.sink.close)

    def send(self, *recipients, text=b"Subject: x\r\n\r\n.dot\r\n"):
        with smtplib.SMTP("127.0.0.1", self.sink.port, timeout=10) as smtp:
            return smtp.sendmail("a@example.org", recipients or ["b@example.net"], text)

    def test_keeps_what_a_client_sends(self):
        self.send("b@example.net", "c@example.net")
        message, = self.sink.messages
        self.assertEqual(message.recipients, ["b@example.net", "c@example.net"])
        self.assertEqual(message.raw, b"Subject: x\r\n\r\n.dot\r\n")
        self.assertEqual(message.sender, "a@example.org")

    def test_refuses_one_recipient_and_takes_the_other(self):
        self.sink.on("RCPT", reply("550-5.1.1 no\n550 5.1.1 such user"), when=b"b@")
        refused = self.send("b@example.net", "c@example.net")
        self.assertEqual(refused["b@example.net"][0], 550)
        self.assertEqual(self.sink.messages[0].recipients, ["c@example.net"])

    def test_drops_defers_and_garbles_where_it_is_told(self):
        cases = [("CONNECT", reply_and_drop("421 4.3.2 not now")), ("MAIL", reply_and_drop("421 4.3.2 bye")),
                 ("DATA", drop()), ("BODY", drop_in_body(5)), ("DOT", drop(reset=True)),
                 ("DOT", reply("452 4.3.1 full")), ("MAIL", raw(b"999 what\r\n"))]
        for verb, action in cases:
            with self.subTest(verb=verb):
                self.sink.on(verb, action, times=1)
                with self.assertRaises((smtplib.SMTPException, OSError)):
                    self.send()
        self.assertEqual(self.sink.messages, [])
        self.send()
        self.assertEqual(len(self.sink.messages), 1)

    def test_skips_and_spends_its_rules(self):
        self.sink.on("DOT", reply("451 4.3.0 once"), times=1, skip=1)
        self.sink.on("MAIL", delay(0.01))
        self.send()
        self.assertRaises(smtplib.SMTPException, self.send)
        self.send()
        self.assertEqual(len(self.sink.messages), 2)

    def test_closes_and_opens_again(self):
        self.sink.close()
        self.assertRaises(OSError, self.send)
        self.sink.open()
        self.send()

    def test_knows_tls_and_accounts(self):
        with tempfile.TemporaryDirectory() as folder:
            context, ca = certificate(folder)
            sink = Sink(tls=context, accounts={("gateway", "secret")})
            self.addCleanup(sink.close)
            with smtplib.SMTP("localhost", sink.port, timeout=10) as smtp:
                smtp.starttls(context=ssl.create_default_context(cafile=ca))
                self.assertRaises(smtplib.SMTPAuthenticationError, smtp.login, "gateway", "wrong")
                smtp.login("gateway", "secret")
                smtp.sendmail("a@example.org", "b@example.net", b"Subject: x\r\n\r\ny\r\n")
            self.assertEqual(len(sink.messages), 1)


class TheJudges(unittest.TestCase):
    @staticmethod
    def mails(topic, count, number):
        index = base64.b64encode(b"\x01" + bytes([number]) * 21).decode()
        for n in range(count):
            yield inbox.parse((f"From: status@example.com\r\nDate: Mon, 1 Jan 2024 00:00:0{n} +0000\r\n"
                               f"Message-ID: <{number}.{n}@x.test>\r\n"
                               f"References: <root{number}@x.test>\r\nIn-Reply-To: <root{number}@x.test>\r\n"
                               f"Thread-Topic: {topic}\r\nThread-Index: {index}\r\n"
                               f"Subject: [State {n}] {topic} (#{number})\r\n\r\nx\r\n").encode())

    def test_see_one_conversation_below_a_root_that_nobody_got(self):
        threads.assert_one_thread(list(self.mails("API errors", 3, 1)))

    def test_see_two_and_say_so(self):
        first, second = list(self.mails("API errors", 3, 1)), list(self.mails("API errors", 2, 2))
        threads.assert_two_threads(first, second)
        self.assertRaises(AssertionError, threads.assert_one_thread, first + second)

    def test_compare_subjects_as_gmail_does(self):
        mail = next(iter(self.mails("API errors", 1, 1)))
        self.assertEqual(threads.bare_subject(mail), "API errors (#1)")


if __name__ == "__main__":
    unittest.main()
