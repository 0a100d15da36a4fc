"""tocsin queue: what is waiting, for whom, why, until when; and how to hurry or hold it."""

import re

from sink import reply
from sinktown import SinkTown

FIELDS = {"id", "kind", "incident_id", "waiting", "sent", "deferred", "failed", "due_at", "reason"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class TheQueue(SinkTown):
    def tearDown(self):
        self.tocsin("queue", "resume")
        super().tearDown()

    def heard(self):
        return sorted(message.recipients[0] for message in self.sink.messages if "+b" in message.sender)

    def to(self, *names):
        return [name for name in self.heard() if name.split("@")[0] in names]

    def only(self, incident):
        one, = [entry for entry in self.listed("queue", "list") if entry["incident_id"] == incident
                and not entry["id"].startswith("L")]
        return one

    def test_shows_what_waits_with_the_fields_of_the_api(self):
        self.subscribe("carol@example.net", "dave@example.net")
        incident = self.open("Waiting")
        one = self.only(incident)
        self.assertEqual(set(one), FIELDS)
        self.assertEqual((one["kind"], one["waiting"], one["sent"], one["deferred"], one["failed"]),
                         ("opened", 2, 0, 0, 0))
        self.assertRegex(one["id"], r"^\d+$")
        self.assertIn(incident, self.tocsin("queue", check=True).stdout)
        self.assertEqual(self.tocsin("queue").stdout, self.tocsin("queue", "list").stdout)
        self.send_due()
        self.assertEqual([entry for entry in self.notifications() if entry["incident_id"] == incident], [])
        self.assertEqual(self.to("carol", "dave"), ["carol@example.net", "dave@example.net"])

    def test_names_a_recipient_who_was_deferred_with_the_relays_words_and_retries_on_demand(self):
        self.subscribe("carol@example.net", "dave@example.net")
        self.sink.on("RCPT", reply("451 4.2.1 mailbox busy"), when=b"carol@")
        incident = self.open("Deferred")
        self.send_due()
        one = self.only(incident)
        self.assertEqual((one["waiting"], one["sent"], one["deferred"], one["failed"]), (0, 1, 1, 0))
        self.assertRegex(one["due_at"], MOMENT)
        shown = self.listed("queue", "show", one["id"])
        self.assertEqual(set(shown), FIELDS | {"exceptions"})
        carol, = shown["exceptions"]
        self.assertEqual((carol["address"], carol["state"], carol["failures"]), ("carol@example.net", "deferred", 1))
        self.assertIn("mailbox busy", carol["reason"])
        self.assertRegex(carol["due_at"], MOMENT)
        text = self.tocsin("queue", "show", one["id"], check=True).stdout
        self.assertIn("carol@example.net", text)
        self.assertIn("mailbox busy", text)
        self.sink.friendly()
        self.send_due()
        self.assertEqual(self.to("carol"), [])
        self.assertEqual(self.listed("queue", "retry", one["id"]), {"due": 1})
        self.send_due()
        self.assertEqual(self.to("carol"), ["carol@example.net"])

    def test_keeps_a_failure_in_sight(self):
        self.subscribe("carol@example.net", "dave@example.net")
        self.sink.on("RCPT", reply("550 5.1.1 no such user"), when=b"carol@")
        incident = self.open("Failed")
        self.send_due()
        one = self.only(incident)
        self.assertEqual((one["sent"], one["deferred"], one["failed"]), (1, 0, 1))
        carol, = self.listed("queue", "show", one["id"])["exceptions"]
        self.assertEqual((carol["address"], carol["state"]), ("carol@example.net", "failed"))
        self.assertIn("no such user", carol["reason"])

    def test_a_pause_holds_notifications_lasts_and_lets_letters_go(self):
        self.subscribe("carol@example.net")
        for words in (), (f"127.0.0.1:{self.sink.port}",):
            with self.subTest(words):
                self.tocsin("queue", "pause", *words, check=True)
                incident = self.open(f"Held {len(words)}")
                self.send_due()
                self.send_due()
                self.assertEqual(self.only(incident)["waiting"], 1)
                self.assertEqual(self.to("carol"), [])
                self.tocsin("queue", "resume", *words, check=True)
                self.send_due()
                self.assertEqual(self.to("carol"), ["carol@example.net"])
                self.sink.messages.clear()

    def test_a_relay_an_entry_and_a_word_that_there_is_not_are_refused(self):
        for words, status in ((("pause", "elsewhere:25"), 67), (("show", "999999"), 67), (("show",), 64),
                              (("empty",), 64), (("list", "7"), 64), (("retry", "x"), 67)):
            with self.subTest(words):
                done = self.tocsin("queue", *words)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertEqual(done.stdout, "")
                self.assertNotEqual(done.stderr, "")
