"""A town that monitors write to: their mails, and time as a test wants it.

Nobody serves: each mail is injected, and a test says when the clock looks and when mails are sent. Each test
begins with an empty store and the monitors that it names."""

import datetime
import email.utils
import inbox
import people
import shutil

from town import PAGE, PAGE_ID, Town

NETWORK = "192.0.2.0/28"
CLIENT = "192.0.2.10"
# What Nagios says of a host and its state; no reader of the page may ever see it.
HOST = "web7.internal.example"
DETAIL = "CRITICAL - Socket timeout after 10 seconds"
SECRETS = (HOST, "internal.example", "Socket timeout", "nagios")


def monitor(name="Production API", from_="nagios@mon.example.com", component="comp_api", **policy):
    """A monitor with a policy that publishes; `component` None: it affects none."""
    whole = {"create_status_page_incident": True, "status_page_id": PAGE_ID, **policy}
    if component:
        whole["affected_component"] = component
    return {"name": name, "from": from_, "proofs": ["network"], "grammar": "nagios", "alert_policy": whole}


def nagios(kind="PROBLEM", service="HTTP", state="CRITICAL", host=HOST, from_="nagios@mon.example.com", at=None,
           detail=DETAIL):
    """The mail that Nagios sends, as bytes; `at` is its Date (None: now)."""
    when = email.utils.format_datetime(at) if at else email.utils.formatdate(localtime=True)
    return (f"From: {from_}\r\nTo: {PAGE}\r\nSubject: ** {kind} Service Alert: {host}/{service} is {state} **\r\n"
            f"Date: {when}\r\nMessage-ID: {email.utils.make_msgid(domain='mon.example.com')}\r\n\r\n"
            f"***** Nagios *****\r\n\r\nNotification Type: {kind}\r\n\r\nService: {service}\r\nHost: {host}\r\n"
            f"Address: 10.20.30.7\r\nState: {state}\r\n\r\nAdditional Info:\r\n\r\n{detail}\r\n").encode()


class Writer(people.Person):
    """An operator whose mails are injected rather than sent."""

    def sends(self, mail, auth=True, client=None, sender=None, to=None, port=None):
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        parsed = inbox.parse(raw)
        recipients = to or [address for _, address in email.utils.getaddresses([str(parsed["To"])])]
        done = self.town.inject(raw, self.address, recipients, auth=self.address if auth else None,
                                client=client or self.client)
        sent = people.Sent(250 if done.returncode == 0 else 550, str(done.stderr), parsed)
        self.town.send()
        return sent


class Watched(Town):
    serves = False
    monitors = ()
    more_config = {"trust": {"networks": [NETWORK]}}

    def setUp(self):
        super().setUp()
        state = self.scratch / "state"
        for entry in state.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        self.ada = Writer(self, "Ada Byron", "ada@example.com")
        self.bob = Writer(self, "Bob Noyce", "bob@example.com")
        self.carol = self.inbox("carol@example.net")
        self.start = datetime.datetime.now(datetime.timezone.utc)
        self.seen = set()

    def watch(self, *monitors):
        """From now on these are the monitors, and Carol is told."""
        self.write_config(monitors=list(monitors))
        self.subscribe("carol@example.net")

    def says(self, kind="PROBLEM", service="HTTP", state=None, **how):
        """A monitor's mail, taken; what is due at once is sent."""
        state = state or ("OK" if kind == "RECOVERY" else "CRITICAL")
        client = how.pop("client", CLIENT)
        raw = nagios(kind, service, state, **how)
        done = self.inject(raw, how.get("from_", "nagios@mon.example.com"), client=client)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.send()

    def fails(self, service="HTTP", state="CRITICAL", **how):
        self.says("PROBLEM", service, state, **how)

    def recovers(self, service="HTTP", **how):
        self.says("RECOVERY", service, "OK", **how)

    def send(self):
        self.tocsin("sender", "--once", check=True)
        self.postfix.wait_empty()

    def later(self, **span):
        """The clock looks that long after the test began."""
        at = self.start + datetime.timedelta(**span)
        self.tocsin("clock", "--once", "--now", at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                    check=True)
        self.send()

    def told(self, address="carol@example.net", where=lambda mail: True):
        """The mails that came to this address and were not looked at yet, oldest first."""
        new = [mail for mail in self.inbox(address).mails() if where(mail) and mail["Message-ID"] not in self.seen]
        self.seen |= {mail["Message-ID"] for mail in new}
        if address == "carol@example.net":
            self.assert_nothing_private(new)
        return new

    def assert_told(self, *subjects):
        """Carol was told this since the last look, and nothing else."""
        self.assertEqual([str(mail["Subject"]) for mail in self.told()], list(subjects))

    def assert_nothing_private(self, mails):
        for mail in mails:
            for part in mail.walk():
                if part.is_multipart():
                    continue
                text = str(mail["Subject"]) + part.get_content()
                for secret in SECRETS:
                    self.assertNotIn(secret.lower(), text.lower())

    def open_incidents(self):
        """Those that are not resolved, oldest first, whole."""
        found = [one for one in self.incidents() if one["status"] != "resolved"]
        return [self.listed("incident", "show", one["id"]) for one in reversed(found)]

    def the_incident(self):
        incidents = self.incidents()
        self.assertEqual(len(incidents), 1, incidents)
        return self.listed("incident", "show", incidents[0]["id"])

    def notes(self, incident=None):
        return [note["message"] for note in (incident or self.the_incident())["notes"]]
