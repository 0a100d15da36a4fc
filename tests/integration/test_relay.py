"""What a relay says, or fails to say, decides about each message: sent, later, the address, the relay."""

import os
import re
import tempfile
import unittest

import program
from ports import free_port
from sink import Sink, certificate, delay, drip, drop, drop_in_body, raw, reply, reply_and_drop, silent
from sinktown import SinkTown, header
from town import PAGE_ID

# The address's failure: this subscriber is not tried again with this notification.
ADDRESS = ["550 5.1.1 no such user", "550 5.1.2 bad domain", "501 5.1.3 bad syntax", "550 5.1.6 moved",
           "556 5.1.10 null MX", "550 5.2.1 disabled", "550 no such user here", "553 not here"]
# Everything else is tried again later, and counts against nobody.
LATER_AT_RCPT = ["450 4.2.1 busy", "451 4.3.0 later", "452 4.2.2 full", "421 4.3.2 closing", "550 5.7.1 policy",
                 "550 5.7.25 no reverse DNS", "554 5.3.0 trouble", "550 5.4.1 no route", "550 5.1.7 bad sender",
                 "550 5.1.8 bad sender domain", "530 5.7.0 authenticate", "999 5.1.1 what", "250", "354 5.1.1 what"]
LATER_AT_MAIL = ["550 5.1.1 who are you", "550 5.7.1 policy", "552 5.3.4 too big", "451 4.3.0 later",
                 "421 4.3.2 closing", "530 5.7.0 authenticate"]
LATER_AT_DOT = ["550 5.7.1 looks like spam", "552 5.3.4 too big", "554 5.6.0 broken", "452 4.3.1 full",
                "421 4.3.2 closing", "550 5.1.1 late news"]


class AnAnswer(SinkTown):
    def outcomes(self, verb, texts):
        """sent, later or address: what becomes of each reader's mail when her relay says this once."""
        readers = {f"carol{number}@example.net": text for number, text in enumerate(texts)}
        self.subscribe(*readers)
        for reader, text in readers.items():
            self.sink.on(verb, reply(text), when=b"" if verb == "MAIL" else reader.encode())
        self.open(f"Case {verb} {texts[0]}")
        self.send_due()
        kept = {reader: len(self.sink.received(reader)) for reader in readers}
        self.sink.friendly()
        self.send_due(retry=True)
        again = {reader: len(self.sink.received(reader)) for reader in readers}
        self.assertLessEqual(max(again.values()), 1, f"{verb} {texts}: told twice")
        states = self.states()
        self.assertEqual({states[reader] for reader in readers}, {"confirmed"})
        self.setUp()
        return {text: "sent" if kept[reader] else "later" if again[reader] else "address"
                for reader, text in readers.items()}

    def check(self, verb, replies, expected):
        def is_about_one(text):  # others end the connection, or are weighed by what came before
            return verb != "MAIL" and re.match(r"[45]\d\d [45]\.", text) and text[:3] not in ("421", "530")
        together = [text for text in replies if is_about_one(text)]
        found = self.outcomes(verb, together) if together else {}
        for text in replies:
            if text not in found:
                found.update(self.outcomes(verb, [text]))
        self.assertEqual({text: outcome for text, outcome in found.items() if outcome != expected}, {})

    def test_F25_about_the_address_at_RCPT_fails_the_address_only(self):
        self.check("RCPT", ADDRESS, "address")

    def test_F25_about_anything_else_at_RCPT_means_later(self):
        self.check("RCPT", [text for text in LATER_AT_RCPT if text != "250"], "later")

    def test_F25_at_MAIL_is_about_us_and_means_later(self):
        self.check("MAIL", LATER_AT_MAIL, "later")

    def test_F25_at_the_dot_is_about_us_and_means_later(self):
        self.check("DOT", LATER_AT_DOT, "later")

    def test_A85_that_is_no_answer_means_later_and_its_text_is_kept_printable(self):
        hostile = [b"x" * 65536 + b"\r\n", b"250-" + b"y" * 100 + b"\r\n" + b"250-z\r\n" * 10000 + b"250 end\r\n",
                   b"45\x000 4.0.0 nul\r\n", b"450 4.2.1 \xff\xfe\x80\r\n", b"999 what\r\n", b"-1 minus\r\n",
                   b"\r\n", b"550 5.7.1 \x1b[2J\x07red\r\n"]
        for number, data in enumerate(hostile):
            with self.subTest(data=data[:20]):
                carol = f"dora{number}@example.net"
                self.subscribe(carol)
                self.sink.on("RCPT", raw(data), when=carol.encode())
                self.open(f"Hostile {number}")
                self.send_due()
                reasons = [str(one["reason"]) for one in self.notifications()]
                self.assertEqual(self.sink.received(carol), [])
                self.assertTrue(reasons)
                self.assertTrue(all(text.isprintable() and len(text) <= 600 for text in reasons), reasons)
                self.sink.friendly()
                self.send_due(retry=True)
                self.assertEqual(len(self.sink.received(carol)), 1)
                self.tocsin("subscriber", "remove", carol, check=True)

    def test_F25_of_policy_to_everybody_pauses_the_relay_and_drops_nobody(self):
        addresses = [f"e{number:03}@example.net" for number in range(200)]
        self.subscribe(*addresses)
        self.sink.on("RCPT", reply("550 5.7.1 you are listed"), when=b"@example.net")
        self.open("Listed")
        self.send_due()
        asked = len(self.sink.said_to_us("RCPT TO:<e"))
        self.assertLess(asked, 200, "it went on although everybody was refused")
        states = self.states()
        self.assertEqual({states[address] for address in addresses}, {"confirmed"})
        self.sink.friendly()
        self.send_due(retry=True)
        self.assertEqual({len(self.sink.received(address)) for address in addresses}, {1})


class AFailure(SinkTown):
    def tell(self, title, count=20):
        self.subscribe(*[f"f{number:02}@example.net" for number in range(count)])
        self.open(title)
        self.send_due()

    def assert_all_told(self, count=20, most=1):
        self.sink.friendly()
        self.send_due(retry=True)
        for number in range(count):
            copies = self.sink.received(f"f{number:02}@example.net")
            self.assertTrue(1 <= len(copies) <= most, f"f{number:02} got {len(copies)}")
            self.assertEqual(len({header(copy.raw, "Message-ID") for copy in copies}), 1)
        self.assertEqual(set(self.states().values()) - {"unsubscribed"}, {"confirmed"})

    def test_F22_to_connect_is_waited_out(self):
        self.sink.close()
        try:
            self.tell("Refused connection")
            self.assertEqual(self.sink.messages, [])
            self.assertTrue(self.notifications()[0]["reason"])
        finally:
            self.sink.open()
        self.assert_all_told()

    def test_F24_by_421_at_each_step_means_another_connection(self):
        for verb in "CONNECT", "MAIL", "RCPT", "DATA", "DOT":
            with self.subTest(verb=verb):
                self.setUp()
                self.sink.on(verb, reply_and_drop("421 4.3.2 shutting down"), times=1,
                             skip=0 if verb == "CONNECT" else 3)
                self.tell(f"421 at {verb}")
                self.assert_all_told()

    def test_F26_in_the_middle_of_a_body_is_sent_again_once(self):
        for at in 0, 10, 500:
            with self.subTest(at=at):
                self.setUp()
                self.sink.on("BODY", drop_in_body(at), times=3, skip=2)
                self.tell(f"Dropped at {at}")
                self.assert_all_told()

    def test_F27_after_the_final_dot_is_sent_again_with_the_same_id(self):
        def keep_and_drop(session):
            session.keep(session.sink.bodies[-1][2])
            return drop()(session)
        self.sink.on("DOT", keep_and_drop, times=5, skip=2)
        self.tell("Dropped after the dot")
        self.assert_all_told(most=6)
        copies = sum(len(self.sink.received(f"f{number:02}@example.net")) for number in range(20))
        self.assertLessEqual(copies, 25)

    def test_F23_of_patience_does_not_hold_up_the_others(self):
        self.sink.on("DOT", silent(5), times=1, skip=2)
        self.sink.on("RCPT", drip(b"250 2.1.5 ok\r\n", 0.05), times=1)
        self.tell("Silent", 200)
        # What the silent connection has in hand waits with it: a slice, at most 100.
        self.assertGreaterEqual(len(self.sink.messages), 100)
        self.assert_all_told(200)

    def test_of_one_answer_does_not_reach_the_next_message(self):
        self.sink.on("MAIL", delay(0.2), times=2)
        self.tell("Slow")
        self.assert_all_told()


class TwoRelays(SinkTown):
    @classmethod
    def relays(cls):
        first = {"host": "127.0.0.1", "port": free_port(), "tls": "none", "connections": 2}
        return [first, *super().relays()]

    def test_F22_the_second_takes_over_from_the_first(self):
        self.subscribe("carol@example.net")
        self.open("Failover")
        self.send_due()
        if not self.sink.received("carol@example.net"):
            self.send_due(retry=True)
        self.assertEqual(len(self.sink.received("carol@example.net")), 1)


class OverTLS(SinkTown):
    """localhost's certificate is vouched for by a CA that the configuration names."""

    password = "correct horse"
    relay_settings = {"host": "localhost", "tls": "starttls", "user": "gateway"}

    @classmethod
    def make_sink(cls):
        folder = tempfile.TemporaryDirectory(prefix="tocsin-tls-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        os.chmod(folder.name, 0o755)
        context, ca = certificate(folder.name)
        cls.ca_file = str(ca)
        return Sink(tls=context, accounts={("gateway", cls.password)})

    @classmethod
    def relays(cls):
        secret = cls.scratch / "etc" / "relay-password"
        secret.write_text(cls.password + "\n")
        secret.chmod(0o600)
        os.chown(secret, *program.account())
        return [{**super().relays()[0], "password_file": str(secret), "ca_file": cls.ca_file}]

    def setUp(self):
        self.good = getattr(self, "good", self.sink.tls)
        self.restore()
        super().setUp()
        self.subscribe("carol@example.net")

    def restore(self):
        self.sink.tls, self.sink.starttls_reply = self.good, b"220 2.0.0 go on\r\n"
        self.sink.accounts = {("gateway", self.password)}

    def told(self, title):
        self.open(title)
        self.send_due()
        return len(self.sink.received("carol@example.net"))

    def assert_kept(self, title):
        """Nothing went out, no password either, the queue says why; and all goes out once it is mended."""
        self.assertEqual(self.told(title), 0)
        self.assertEqual(self.sink.said_to_us("MAIL"), [])
        self.assertTrue(self.notifications()[0]["reason"], "the queue does not say why")
        self.restore()
        self.send_due(retry=True)
        self.assertGreaterEqual(len(self.sink.received("carol@example.net")), 1)

    def test_mail_goes_out_encrypted_and_authenticated(self):
        self.assertEqual(self.told("Encrypted"), 1)
        message = self.sink.received("carol@example.net")[0]
        session = self.sink.sessions[message.session]
        self.assertTrue(session.secure)
        self.assertEqual(session.login[1:], ("gateway", self.password))

    def test_A84_a_relay_without_STARTTLS_gets_nothing(self):
        self.sink.tls, self.sink.auth_in_clear = None, True
        self.addCleanup(setattr, self.sink, "auth_in_clear", False)
        self.open("No password in clear")
        self.send_due()
        self.assertEqual(self.sink.said_to_us("AUTH"), [])
        self.assert_kept("Stripped")

    def test_A84_a_certificate_for_another_name_or_by_nobody_gets_nothing(self):
        for title, arguments in ("Wrong name", {"name": "localhost.example"}), ("Self-signed", {"self_signed": True}):
            with self.subTest(title), tempfile.TemporaryDirectory() as folder:
                if not arguments.get("self_signed"):
                    folder = self.folder
                context, _ = certificate(folder, **arguments)
                self.sink.tls = context
                self.assert_kept(title)
                self.setUp()

    def test_A84_plaintext_behind_the_220_gets_nothing(self):
        self.sink.starttls_reply = (b"220 2.0.0 go on\r\n250 sink.example\r\n235 2.7.0 in\r\n250 ok\r\n"
                                    b"250 ok\r\n354 go\r\n")
        self.assert_kept("Injected")

    def test_a_refused_password_is_the_relays_trouble(self):
        self.sink.accounts = {("gateway", "changed")}
        self.assert_kept("Wrong password")
        self.assertEqual(self.states()["carol@example.net"], "confirmed")


class TheWire(SinkTown):
    def test_A10_carries_no_bare_line_end_and_one_message_each(self):
        self.subscribe("carol@example.net")
        raw = "a\n.\r\nMAIL FROM:<x@evil.test>\r\nRCPT TO:<y@evil.test>\n.\n\rDATA\r.\r"
        refused = self.tocsin("incident", "open", "--page", PAGE_ID, "--title", "Raw", "--message", raw)
        self.assertIn(refused.returncode, (64, 65), refused.stderr)
        self.open("Smuggler", message=raw.replace("\r", ""))
        self.send_due()
        message, = self.sink.received("carol@example.net")
        seen = self.sink.sessions[message.session].seen
        self.assertIsNone(re.search(rb"(?<!\r)\n|\r(?!\n)|\0", seen))
        self.assertTrue(all(len(line) <= 1000 for line in seen.split(b"\n")))
        self.assertEqual(self.sink.said_to_us("RCPT TO:<y@"), [])

    def test_offers_nothing_that_the_relay_did_not(self):
        self.sink.extensions = []
        try:
            self.subscribe("carol@example.net")
            self.open("Plain old SMTP")
            self.send_due()
            message, = self.sink.received("carol@example.net")
            self.assertEqual(message.options, "")
            self.assertTrue(message.raw.isascii())
        finally:
            self.sink.extensions = ["PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"]

    def test_never_uses_BDAT(self):
        self.sink.extensions.append("CHUNKING")
        try:
            self.subscribe("carol@example.net")
            self.open("Chunky")
            self.send_due()
            self.assertEqual(len(self.sink.received("carol@example.net")), 1)
            self.assertEqual(self.sink.said_to_us("BDAT"), [])
        finally:
            self.sink.extensions.remove("CHUNKING")


if __name__ == "__main__":
    unittest.main()
