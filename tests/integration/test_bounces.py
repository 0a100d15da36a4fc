"""What a relay says of addresses, and what comes back from them."""

import re

from sink import reply
from sinktown import SinkTown

REPORT = """From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: Undelivered Mail
Message-ID: <{number}@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {recipient}
Action: failed
Status: {status}
Diagnostic-Code: smtp; 550 {status} no

--b--
"""


class WhatComesBack(SinkTown):
    more_config = {"bounces": {"apart": "0s"}}

    def send_back(self, message, status="5.1.1", to=None):
        sender = to or re.sub(r"^<|>$", "", message.sender)
        raw = REPORT.format(to=sender, number=len(self.sink.messages) + hash(sender) % 10**6,
                            recipient="somebody.else@example.org", status=status)
        return self.inject(raw.replace("\n", "\r\n").encode(), "", to=sender)

    def test_of_two_notifications_suspends_its_subscriber_alone_whomever_it_names(self):
        self.subscribe("carol@example.net", "dave@example.net")
        for title in "One", "Two":
            self.assertEqual(self.states()["carol@example.net"], "confirmed")
            self.open(title)
            self.send_due()
            self.assertEqual(self.send_back(self.sink.received("carol@example.net")[-1]).returncode, 0)
        self.assertEqual(self.states()["carol@example.net"], "suspended")
        self.assertEqual(self.states()["dave@example.net"], "confirmed")
        self.open("Three")
        self.send_due()
        self.assertEqual(len(self.sink.received("carol@example.net")), 2)
        self.assertEqual(len(self.sink.received("dave@example.net")), 3)

    def test_that_is_forged_is_refused_and_counts_for_nothing(self):
        self.subscribe("erin@example.net")
        self.open("Forged")
        self.send_due()
        sender = re.sub(r"^<|>$", "", self.sink.received("erin@example.net")[-1].sender)
        local, at, domain = sender.partition("@")
        forged = local[:-2] + ("a" if local[-2] != "a" else "b") + local[-1] + at + domain
        self.assertEqual(self.send_back(None, to=forged).returncode, 67)
        with self.store() as store:
            self.assertEqual(store.execute("SELECT count(*) FROM bounce AS b JOIN subscriber AS s ON s.id ="
                                           " b.subscriber_id WHERE address LIKE 'erin@%'").fetchone()[0], 0)

    def test_by_policy_suspends_nobody(self):
        self.subscribe("frank@example.net")
        for title in "P1", "P2", "P3":
            self.open(title)
            self.send_due()
            self.send_back(self.sink.received("frank@example.net")[-1], status="5.7.1")
        self.assertEqual(self.states()["frank@example.net"], "confirmed")

    def test_in_the_dialogue_scores_alike(self):
        self.subscribe("grace@example.net")
        self.sink.on("RCPT", reply("550 5.1.1 no such user"), when=b"grace@")
        for title in "D1", "D2":
            self.open(title)
            self.send_due()
        self.assertEqual(self.states()["grace@example.net"], "suspended")

    def test_from_a_whole_domain_by_policy_pauses_it_and_not_its_neighbours(self):
        people = [f"h{number}@refusing.example" for number in range(12)]
        self.subscribe(*people, "ivan@example.net")
        self.sink.on("RCPT", reply("550 5.7.1 blocked"), when=b"@refusing.example")
        self.open("Blocked")
        self.send_due()
        self.assertLess(len(self.sink.said_to_us("RCPT TO:<h")), 12)
        self.assertEqual(len(self.sink.received("ivan@example.net")), 1)
        self.assertEqual({self.states()[one] for one in people}, {"confirmed"})
        with self.store() as store:
            self.assertEqual(store.execute("SELECT count(*) = count(DISTINCT l.address)"
                                           " FROM letter AS l JOIN letter_fact AS f"
                                           " ON f.letter_id = l.id WHERE f.name = 'problem' AND f.value"
                                           " LIKE '%refusing.example%'").fetchone()[0], 1)
        self.sink.friendly()
        self.send_due(retry=True)
        self.assertEqual({len(self.sink.received(one)) for one in people}, {1})
