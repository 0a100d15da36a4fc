"""A thousand different problems at once: all are committed, few are told."""

import concurrent.futures
import smtplib

import inbox
from town import PAGE, Town
from watchmen import CLIENT, NETWORK, SECRETS, monitor, nagios

COUNT = 1000
CONNECTIONS = 4
SENDER = "nagios@mon.example.com"


class Storm(Town):
    """Everything serves; mails come through Postfix as fast as it takes them."""

    more_config = {"trust": {"networks": [NETWORK]}}
    policy = {}

    @classmethod
    def configuration(cls):
        return {**super().configuration(), "monitors": [monitor(**cls.policy)]}

    def deliver(self, kind, state):
        """All mails, a host each, over a few connections; every one must be taken."""
        mails = [nagios(kind, state=state, host=f"host{number:04}.internal.example") for number in range(COUNT)]

        def connection(first):
            with smtplib.SMTP("127.0.0.1", self.postfix.public, local_hostname="mon.example.com", timeout=120) as smtp:
                smtp.ehlo()
                smtp.docmd("XCLIENT", f"ADDR={CLIENT} PROTO=ESMTP")
                smtp.ehlo()
                for raw in mails[first::CONNECTIONS]:
                    smtp.sendmail(SENDER, [PAGE], raw)

        with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
            for done in [pool.submit(connection, first) for first in range(CONNECTIONS)]:
                done.result()

    def count(self, sql):
        store = self.store()
        try:
            return store.execute(sql).fetchone()[0]
        finally:
            store.close()

    def clock(self, at):
        self.tocsin("clock", "--once", "--now", at, check=True)
        self.settle()

    def told(self, address):
        mails = self.inbox(address).mails()
        return [str(mail["Subject"]) for mail in mails]

    def assert_nothing_private(self):
        for mail in self.inbox("carol@example.net").mails():
            for secret in SECRETS:
                self.assertNotIn(secret.lower(), (str(mail["Subject"]) + inbox.plain(mail)).lower())


class OfOneMonitor(Storm):
    def test_is_one_incident_told_once_summed_up_for_operators_and_over_when_all_is_clear(self):
        self.subscribe("carol@example.net")
        self.deliver("PROBLEM", "CRITICAL")
        self.assertEqual(self.count("SELECT count(*) FROM alert WHERE is_open = 1"), COUNT)
        self.assertEqual([one["status"] for one in self.incidents()], ["investigating"])
        self.settle()
        self.assertEqual(self.told("carol@example.net"), ["[Investigating] Production API is down (#1)"])
        self.tocsin("clock", "--once", "--now", "2099-01-01T00:00:00Z", check=True)
        self.settle()
        summaries = [mail for mail in self.inbox("bob@example.com").mails() if f"{COUNT}" in inbox.plain(mail)]
        self.assertEqual(len(summaries), 1, self.told("bob@example.com"))
        self.assertLessEqual(len(self.told("bob@example.com")), 4)
        self.deliver("RECOVERY", "OK")
        self.assertEqual(self.count("SELECT count(*) FROM alert WHERE is_open = 1"), 0)
        self.assertEqual([one["status"] for one in self.incidents()], ["resolved"])
        self.settle()
        self.assertEqual(self.told("carol@example.net"), ["[Investigating] Production API is down (#1)",
                                                          "[Resolved] Production API is down (#1)"])
        self.assert_nothing_private()


class OfAlertsApart(Storm):
    policy = {"group": "none"}

    def test_is_ten_incidents_and_one_of_many(self):
        self.subscribe("carol@example.net")
        self.deliver("PROBLEM", "CRITICAL")
        self.assertEqual(self.count("SELECT count(*) FROM alert WHERE is_open = 1"), COUNT)
        titles = sorted(one["title"] for one in self.incidents())
        self.assertEqual(titles, ["Production API is down"] * 10 + ["Production API: many alerts"])
        self.settle()
        self.assertEqual(len(self.told("carol@example.net")), 11)
        self.deliver("RECOVERY", "OK")
        self.assertEqual({one["status"] for one in self.incidents()}, {"resolved"})
        self.settle()
        self.assertLessEqual(len(self.told("carol@example.net")), 22)
        self.assert_nothing_private()
