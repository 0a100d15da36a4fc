"""What comes back through the real Postfix: its own delivery reports, and a provider's complaint."""

from people import ON_THE_WIRE, Person, send
from ports import wait_until
from sink import Sink, reply
from town import PAGE, PAGE_ID, Town

GONE = "carol@gone.test"

COMPLAINT = """From: <fbl@provider.example>
To: {to}
Subject: complaint about a message
Message-ID: <complaint-{number}@provider.example>
Date: Tue, 24 Nov 2026 12:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

This is a complaint.
--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Provider/1.0
Version: 1

--b
Content-Type: message/rfc822

{returned}
--b--
"""


class Returns(Town):
    """Mail for gone.test is relayed by Postfix to a server that knows nobody."""
    more_config = {"bounces": {"apart": "0s"}}

    @classmethod
    def prepare_postfix(cls):
        cls.gone = Sink()
        cls.addClassCleanup(cls.gone.close)
        cls.gone.on("RCPT", reply("550 5.1.1 no such user here"))
        cls.postfix.transports["gone.test"] = f"smtp:[127.0.0.1]:{cls.gone.port}"

    def state(self, address):
        return self.listed("subscriber", "show", "--page", PAGE_ID, address)["state"]

    def opens(self, title):
        sent = self.ada.writes(f"[major] {title}", "Components: api\n\nWe look at it.")
        self.assertEqual(sent.code, 250, sent)

    def wait_for_bounces(self, count):
        def are_there():
            with self.store() as store:
                return store.execute("SELECT count(*) FROM bounce").fetchone()[0] == count
        wait_until(are_there, 30, f"{count} bounces")

    def test_postfixs_own_reports_suspend_an_address_that_is_gone(self):
        self.subscribe(GONE)
        self.opens("First")
        self.wait_for_bounces(1)
        self.assertEqual(self.state(GONE), "confirmed")
        self.opens("Second")
        self.wait_for_bounces(2)
        self.assertEqual(self.state(GONE), "suspended")
        words = self.tocsin("subscriber", "show", "--page", PAGE_ID, GONE, check=True).stdout
        self.assertIn("5.1.1", words)
        self.opens("Third")
        self.settle()
        self.wait_for_bounces(2)

    def complains(self, kind, about, to, number):
        raw = COMPLAINT.format(kind=kind, to=to, number=number,
                               returned=about.as_bytes(policy=ON_THE_WIRE).decode("ascii").replace("\r\n", "\n"))
        sent = send(self.postfix.public, raw.replace("\n", "\r\n").encode(), "", [to])
        self.assertEqual(sent.code, 250, sent)

    def test_a_complaint_unsubscribes_and_no_import_brings_her_back(self):
        dave = Person(self, "Dave", "dave@example.net")
        self.subscribe(dave.address)
        self.opens("Noise")
        mail, = dave.inbox.wait_for(1, where=lambda one: one["X-Tocsin-Status"])
        self.complains("not-spam", mail, PAGE, 1)
        self.assertEqual(self.state(dave.address), "confirmed")
        self.complains("abuse", mail, PAGE, 2)
        self.assertEqual(self.state(dave.address), "unsubscribed")
        listed = self.scratch / "list.csv"
        listed.write_text(f"email\n{dave.address}\n")
        listed.chmod(0o644)
        self.tocsin("subscriber", "import", "--page", PAGE_ID, str(listed), "--confirmed", "by word of mouth")
        self.assertEqual(self.state(dave.address), "unsubscribed")
