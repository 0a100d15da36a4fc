"""Monitors' mails through a real Postfix: they open and resolve incidents by policy, proven or not at all."""

import email.message
import email.utils
import re

import inbox
import people
from town import PAGE, PAGE_ID, Town, operator

NETWORK, CLIENT = "203.0.113.0/28", "203.0.113.10"
EXAMPLE = """\
monitor:
  name: Production API
  alert_policy:
    create_status_page_incident: true
    status_page_id: sp_abc123
    affected_component: comp_api
    incident_severity: major
"""


def nagios(kind, service, state, host="web7.internal.example"):
    """What Nagios Core mails of a service: subject and text."""
    return (f"** {kind} Service Alert: {host}/{service} is {state} **",
            f"***** Nagios *****\n\nNotification Type: {kind}\n\nService: {service}\nHost: {host}\n"
            f"Address: 10.20.30.7\nState: {state}\n\nAdditional Info:\n\nsocket timeout\n")


def status(mail):
    return str(mail["X-Tocsin-Status"])


class Watched(Town):
    """With files in conf.d beside the configuration."""
    dropped = {}

    @classmethod
    def write_config(cls, **changes):
        folder = cls.config_file.parent / "conf.d"
        folder.mkdir(exist_ok=True)
        for name, text in cls.dropped.items():
            (folder / name).write_text(text)
        super().write_config(**changes)

    def resolve_all(self):
        for one in self.incidents():
            if one["status"] != "resolved":
                self.tocsin("incident", "resolve", one["id"], "--no-notify", check=True)

    def setUp(self):
        super().setUp()
        self.resolve_all()


class TheExample(Watched):
    """One file in conf.d and one operator, and nothing more."""
    operators = (operator("Ada Byron", "ada@example.com"),)
    dropped = {"production.yaml": EXAMPLE}

    def test_opens_by_a_mail_that_says_down_and_resolves_by_one_that_says_up(self):
        self.subscribe("carol@example.net", components=["comp_api"])
        self.subscribe("dave@example.net", components=["comp_web"])
        down = self.ada.writes("Production API is DOWN")
        self.assertEqual(down.code, 250, down)
        first, = self.inbox("carol@example.net").wait_for(1)
        self.assertEqual((status(first), str(first["X-Tocsin-Severity"])), ("investigating", "major"))
        found, = [one for one in self.incidents() if one["status"] != "resolved"]
        shown = self.listed("incident", "show", found["id"])
        self.assertEqual(shown["severity"], "major")
        self.assertEqual([one["id"] for one in shown["components"]], ["comp_api"])
        answer = self.ada.answer_to(down)
        self.assertIn("Production API", inbox.plain(answer))
        self.assertIn("generic", inbox.plain(answer))
        self.assertRegex(inbox.plain(answer), r"\b1 subscriber")
        self.assertTrue(self.ada.writes("Production API is UP").taken)
        last = self.inbox("carol@example.net").wait_for(2)[1]
        self.assertEqual(status(last), "resolved")
        self.assertEqual(self.listed("incident", "show", found["id"])["status"], "resolved")
        self.settle()
        self.assertEqual(self.inbox("dave@example.net").mails(), [])

    def test_says_what_happened_where_nothing_did(self):
        answer = self.ada.asks("Production API: OK")
        self.assertIn("Production API", inbox.plain(answer))
        self.assertFalse([one for one in self.incidents() if one["status"] != "resolved"])

    def test_hears_nobody_who_is_not_proven(self):
        before = self.dump()
        self.assertEqual(self.ada.writes("Production API is DOWN", auth=False).code, 550)
        self.assertEqual(self.stranger.writes("Production API is DOWN", auth=False).code, 550)
        self.assert_unchanged(before)

    def test_goes_by_inject_alike(self):
        mail = self.ada.mail("[ALERT] Production API - DOWN!", "", PAGE).as_bytes()
        self.assertEqual(self.inject(mail, "ada@example.com", auth="ada@example.com").returncode, 0)
        found, = [one for one in self.incidents() if one["status"] != "resolved"]
        self.assertEqual(found["severity"], "major")
        self.assertTrue(self.ada.writes("Production API UP").taken)


class WithNagios(Watched):
    monitor = {"name": "Nagios", "from": "nagios@mon.example.com", "proofs": ["network"], "grammar": "nagios",
               "alert_policy": {"create_status_page_incident": True, "status_page_id": PAGE_ID,
                                "affected_component": "comp_web", "title": "{{service}} fails",
                                "group": "none"}}
    dropped = {"production.yaml": EXAMPLE}
    mail_domains = (*Town.mail_domains, "mon.example.com")
    operators = (operator("Ada Byron", "ada@example.com", forwards_for=["nagios"]),
                 operator("Bob Noyce", "bob@example.com"))
    more_config = {"trust": {"networks": [NETWORK]}, "monitors": [monitor]}

    def setUp(self):
        super().setUp()
        self.nagios = people.Person(self, "Nagios", "nagios@mon.example.com", client=CLIENT)

    def says(self, kind, service, state, **how):
        subject, text = nagios(kind, service, state)
        how.setdefault("auth", False)
        return self.nagios.writes(subject, text, **how)


class AMonitor(WithNagios):
    def test_opens_and_resolves_and_is_never_answered(self):
        self.subscribe("carol@example.net")
        carol = self.inbox("carol@example.net")
        self.assertEqual(self.says("PROBLEM", "HTTP", "CRITICAL").code, 250)
        first, = carol.wait_for(1)
        self.assertIn("HTTP fails", first["Subject"])
        for private in "web7", "10.20.30.7", "socket timeout":
            self.assertNotIn(private, first.as_string())
        self.assertEqual(self.says("PROBLEM", "HTTP", "CRITICAL").code, 250)
        self.assertEqual(self.says("RECOVERY", "HTTP", "OK").code, 250)
        self.assertEqual([status(mail) for mail in carol.wait_for(2)], ["investigating", "resolved"])
        self.ada.inbox.wait_for(1, where=lambda mail: status(mail) == "resolved")
        self.settle()
        self.assertEqual(self.nagios.inbox.mails(), [])
        self.assertEqual(len(carol.mails()), 2)

    def test_is_heard_though_it_says_that_it_is_automatic(self):
        marks = {"Auto-Submitted": "auto-generated", "Precedence": "bulk", "X-Auto-Response-Suppress": "All"}
        self.assertEqual(self.says("PROBLEM", "DNS", "CRITICAL", headers=marks, sender="").code, 250)
        self.assertEqual(self.incident("DNS fails")["status"], "investigating")
        self.assertEqual(self.says("RECOVERY", "DNS", "OK", headers=marks, sender="").code, 250)
        self.assertEqual(self.incident("DNS fails")["status"], "resolved")

    def test_unproven_is_refused_with_the_proofs_that_were_looked_for(self):
        before = self.dump()
        refused = self.says("PROBLEM", "FTP", "CRITICAL", client="198.51.100.9")
        self.assertEqual(refused.code, 550, refused)
        self.assertIn("network", refused.text)
        self.assert_unchanged(before)

    def test_A23_speaks_no_operators_syntax(self):
        self.says("PROBLEM", "SSH", "CRITICAL")
        number = self.incident("SSH fails")["number"]
        before = self.dump(without=("seen", "tally", "crash", "sqlite_sequence", "letter", "letter_fact",
                                    "notification", "slice", "delivery", "exception", "reply_key"))
        for text in "Status: resolved", "resolved", "subscribe":
            sent = self.nagios.writes(f"Re: [Investigating] SSH fails (#{number})", text, auth=False)
            self.assertEqual(sent.code, 250, sent)
        after = self.dump()
        for name in "incident", "incident_update", "alert", "subscriber":
            self.assertEqual(before[name], after[name], name)
        self.assertIn("monitor.not_understood", self.program.log())
        self.assertEqual(self.nagios.inbox.mails(), [])

    def test_names_another_that_has_no_from(self):
        self.assertTrue(self.nagios.writes("Production API: PROBLEM", "", auth=False).taken)
        found, = [one for one in self.incidents() if one["status"] != "resolved"]
        self.assertEqual(found["severity"], "major")
        self.assertTrue(self.nagios.writes("Production API: RECOVERY", "", auth=False).taken)

    def test_goes_by_inject_alike(self):
        subject, text = nagios("PROBLEM", "LDAP", "CRITICAL")
        mail = self.nagios.mail(subject, text, PAGE).as_bytes()
        self.assertEqual(self.inject(mail, "nagios@mon.example.com", client="198.51.100.9").returncode, 77)
        self.assertEqual(self.inject(mail, "nagios@mon.example.com", client=CLIENT).returncode, 0)
        self.assertEqual(self.incident("LDAP fails")["status"], "investigating")


class AForward(WithNagios):
    """By operators: Ada may speak for Nagios, Bob may not."""

    def inner(self, kind, service, state):
        subject, text = nagios(kind, service, state)
        return self.nagios.mail(subject, text, "noc@example.com")

    def attached(self, person, inner):
        mail = email.message.EmailMessage(policy=people.ON_THE_WIRE)
        mail["From"] = person.address
        mail["To"] = PAGE
        mail["Subject"] = f"Fwd: {inner['Subject']}"
        mail["Date"] = email.utils.formatdate(localtime=True)
        mail["Message-ID"] = email.utils.make_msgid(domain="example.com")
        mail.set_content("See below.\n")
        mail.add_attachment(inner)
        return person.sends(mail)

    def inline(self, person, inner):
        text = (f"---------- Forwarded message ---------\nFrom: Nagios <{self.nagios.address}>\n"
                f"Date: Tue, Nov 24, 2026 at 1:18 PM\nSubject: {inner['Subject']}\nTo: <noc@example.com>\n\n\n"
                f"{inner.get_content()}")
        return person.writes(f"Fwd: {inner['Subject']}", text)

    def test_attached_by_who_may_is_the_monitors_word(self):
        sent = self.attached(self.ada, self.inner("PROBLEM", "IMAP", "CRITICAL"))
        self.assertEqual(sent.code, 250, sent)
        self.assertIn("Nagios", inbox.plain(self.ada.answer_to(sent)))
        self.assertEqual(self.incident("IMAP fails")["status"], "investigating")
        self.assertTrue(self.inline(self.ada, self.inner("RECOVERY", "IMAP", "OK")).taken)
        self.assertEqual(self.incident("IMAP fails")["status"], "resolved")

    def test_redirected_by_who_may_is_the_monitors_word(self):
        mail = self.inner("PROBLEM", "NTP", "CRITICAL")
        mail["Resent-From"] = "Ada Byron <ada@example.com>"
        mail["Resent-To"] = PAGE
        refused = self.ada.sends(mail, to=PAGE, auth=False)
        self.assertEqual(refused.code, 550, refused)
        sent = self.ada.sends(mail, to=PAGE)
        self.assertEqual(sent.code, 250, sent)
        self.assertEqual(self.incident("NTP fails")["status"], "investigating")

    def test_by_who_may_not_is_a_draft_that_open_publishes(self):
        for send, service in (self.attached, "SMTP"), (self.inline, "POP3"):
            sent = send(self.bob, self.inner("PROBLEM", service, "CRITICAL"))
            self.assertEqual(sent.code, 250, sent)
            draft = self.bob.answer_to(sent)
            self.assertRegex(str(draft["Reply-To"]), r"status\+r[a-z2-7]+@")
            self.assertFalse([one for one in self.incidents() if one["status"] != "resolved"])
            self.assertTrue(self.bob.replies(draft, "open minor\n\nMail is slow.").taken)
            found, = [one for one in self.incidents() if one["status"] != "resolved"]
            shown = self.listed("incident", "show", found["id"])
            self.assertEqual((shown["severity"], shown["updates"][0]["message"]), ("minor", "Mail is slow."))
            self.resolve_all()
        self.settle()
        self.assertFalse([mail for mail in self.ada.inbox.mails() if re.search(r"\[Publish", mail["Subject"])])

    def test_A1_by_nobody_who_is_proven_is_refused(self):
        before = self.dump()
        mail = self.inner("PROBLEM", "IRC", "CRITICAL")
        self.assertEqual(self.stranger.sends(mail, to=PAGE, auth=False).code, 550)
        self.assert_unchanged(before)

