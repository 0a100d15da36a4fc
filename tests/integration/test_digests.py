"""Digests: one mail with what changed, at the hour and in the zone of who gets it."""

import contextlib
import datetime
import os
import random
import re
import signal
import sqlite3
import time
import zoneinfo

import inbox
import program
from ports import wait_until
from town import PAGE_ID, Town

SEED = int(os.environ.get("TOCSIN_SEED", "20270115"))
UTC = datetime.timezone.utc
DAY = datetime.timedelta(days=1)


class Digests(Town):
    """Nobody serves: a test says when it is, and looks."""

    serves = False

    def setUp(self):
        self.tocsin("sender", "--once", check=True)
        super().setUp()
        self.forget_subscribers()
        self.start = datetime.datetime.now(UTC)

    def add(self, address, *settings):
        self.tocsin("subscriber", "add", address, *settings, check=True)

    def open(self, title, severity="major"):
        done = self.tocsin("incident", "open", "--page", PAGE_ID, "--title", title, "--severity", severity,
                           "--component", "comp_api", "--message", f"About {title}.", check=True)
        return done.stdout.split()[0]

    def at(self, moment):
        """The clock does what is due then, and what it made is sent."""
        self.tocsin("clock", "--once", "--now", moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                    check=True)
        self.tocsin("sender", "--once", check=True)

    def got(self, address, count):
        """That many mails came, and no more (Postfix may still have one in hand)."""
        mails = self.inbox(address).wait_for(count) if count else []
        time.sleep(0.3)
        self.assertEqual(len(self.inbox(address).mails()), count, [mail["Subject"] for mail in mails])
        return mails

    @contextlib.contextmanager
    def store(self):
        with program.as_gateway():
            connection = sqlite3.connect(self.scratch / "state" / "tocsin.db", timeout=20)
            with contextlib.closing(connection), connection:
                yield connection

    def test_tell_once_a_day_what_changed_the_most_severe_first(self):
        self.add("carol@example.net", "--delivery", "daily 08:00")
        self.open("Slow search", "minor")
        over = self.open("API errors", "major")
        self.tocsin("incident", "resolve", over, "--message", "It is over.", check=True)
        self.open("All is down", "critical")
        with self.store() as store:
            store.execute("UPDATE incident SET created_at = created_at - 2700000 WHERE public_id = ?", (over,))
        self.at(self.start)
        self.got("carol@example.net", 0)
        self.at(self.start + DAY)
        digest, = self.got("carol@example.net", 1)
        text = inbox.plain(digest)
        places = [text.index(title) for title in ("All is down", "API errors", "Slow search")]
        self.assertEqual(places, sorted(places), text)
        self.assertEqual(text.count("[Resolved] API errors"), 1, text)
        self.assertEqual(text.count("API errors"), 1, text)
        self.assertIn("45 minutes", text)
        self.assertIn("About Slow search.", text)
        self.assertIn("List-Unsubscribe", digest)
        self.assertRegex(digest["List-Unsubscribe"], r"<mailto:status\+u[a-z2-7]+@status\.example\.com")
        self.assertRegex(digest["Return-Path"], r"status\+b[a-z2-7]+@status\.example\.com")
        self.assertRegex(digest["Message-ID"], r"<l\d+\.")
        self.at(self.start + DAY)
        self.at(self.start + 2 * DAY)
        self.got("carol@example.net", 1)

    def test_tell_the_next_day_what_came_since_and_nothing_where_nothing_did(self):
        self.add("carol@example.net", "--delivery", "daily 08:00")
        incident = self.open("API errors")
        self.at(self.start + DAY)
        self.at(self.start + 2 * DAY)
        self.got("carol@example.net", 1)
        self.tocsin("incident", "update", incident, "--message", "A second look.", check=True)
        self.at(self.start + 3 * DAY)
        _, second = self.got("carol@example.net", 2)
        self.assertIn("A second look.", inbox.plain(second))
        self.assertNotIn("About API errors.", inbox.plain(second))

    def test_come_once_a_week_to_who_wants_it_so(self):
        self.add("carol@example.net", "--delivery", "weekly mon 08:00")
        self.open("API errors")
        berlin = self.start.astimezone(zoneinfo.ZoneInfo("Europe/Berlin")).replace(
            hour=8, minute=0, second=0, microsecond=0)
        due = berlin + DAY * ((7 - berlin.weekday()) % 7)
        due = due if due > self.start else due + 7 * DAY
        self.at((due - datetime.timedelta(minutes=1)).astimezone(UTC))
        self.got("carol@example.net", 0)
        self.at(due.astimezone(UTC))
        self.got("carol@example.net", 1)

    def test_leave_critical_news_to_come_at_once_where_she_wants_it_and_do_not_repeat_it(self):
        self.add("carol@example.net", "--delivery", "daily 08:00", "--critical", "immediate")
        self.add("dave@example.net", "--delivery", "daily 08:00")
        self.open("All is down", "critical")
        self.open("Slow search", "minor")
        self.tocsin("sender", "--once", check=True)
        self.got("dave@example.net", 0)
        at_once, = self.got("carol@example.net", 1)
        self.assertIn("All is down", at_once["Subject"])
        self.at(self.start + DAY)
        _, digest = self.got("carol@example.net", 2)
        self.assertIn("Slow search", inbox.plain(digest))
        self.assertNotIn("All is down", inbox.plain(digest))
        self.assertIn("All is down", inbox.plain(self.got("dave@example.net", 1)[0]))

    def test_come_at_the_hour_of_the_reader_and_in_her_zone(self):
        zones = {"carol@example.net": "Asia/Tokyo", "dave@example.net": "America/New_York"}
        for address, zone in zones.items():
            self.add(address, "--delivery", "daily 08:00", "--time-zone", zone)
        self.open("API errors")
        due = {}
        for address, zone in zones.items():
            local = self.start.astimezone(zoneinfo.ZoneInfo(zone)).replace(hour=8, minute=0, second=0, microsecond=0)
            due[address] = (local if local > self.start else local + DAY).astimezone(UTC)
        first, last = sorted(due, key=due.get)
        self.at(due[first] - datetime.timedelta(seconds=1))
        self.got(first, 0)
        self.at(due[first])
        mail, = self.got(first, 1)
        self.assertRegex(inbox.plain(mail), "JST" if first.startswith("carol") else "E[SD]T")
        self.got(last, 0)
        self.at(due[last])
        self.got(last, 1)

    def test_are_not_sent_to_who_left_or_muted_after_they_were_made(self):
        for name in "carol", "dave", "erin":
            self.add(f"{name}@example.net", "--delivery", "daily 08:00")
        self.open("API errors")
        self.tocsin("clock", "--once", "--now", (self.start + DAY).isoformat(timespec="seconds"), check=True)
        self.tocsin("subscriber", "remove", "carol@example.net", check=True)
        with self.store() as store:
            store.execute("INSERT INTO subscriber_mute SELECT s.id, i.id FROM subscriber AS s, incident AS i"
                          " WHERE s.address = 'dave@example.net' AND i.status < 3")
        self.tocsin("sender", "--once", check=True)
        self.got("erin@example.net", 1)
        self.got("carol@example.net", 0)
        self.got("dave@example.net", 0)
        with self.store() as store:
            self.assertEqual(store.execute("SELECT count(*) FROM letter WHERE state = 0").fetchone(), (0,))

    def test_tell_each_in_her_own_format_and_with_her_own_address(self):
        self.add("carol@example.net", "--delivery", "daily 08:00")
        self.add("dave@example.net", "--delivery", "daily 08:00", "--format", "text")
        self.add("erin@example.net", "--delivery", "daily 08:00")
        self.open("API errors")
        self.at(self.start + DAY)
        mails = [self.got(f"{name}@example.net", 1)[0] for name in ("carol", "dave", "erin")]
        self.assertEqual([mail.get_content_type() for mail in mails],
                         ["multipart/alternative", "text/plain", "multipart/alternative"])
        for name in "List-Unsubscribe", "Return-Path", "Message-ID", "To":
            self.assertEqual(len({mail[name] for mail in mails}), 3, name)
        left = re.search(r"status\+u[a-z2-7]+@status\.example\.com", mails[0]["List-Unsubscribe"]).group()
        done = self.tocsin("inject", "--from", "carol@example.net", "--to", left,
                           stdin="From: carol@example.net\r\nTo: x\r\nSubject: unsubscribe\r\n\r\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        states = {one["address"]: one["state"] for one in self.subscribers()}
        self.assertEqual(states["carol@example.net"], "unsubscribed")

    def test_a_pause_ends_by_itself(self):
        self.add("carol@example.net")
        with self.store() as store:
            store.execute("UPDATE subscriber SET paused_until = ? WHERE address = 'carol@example.net'",
                          (int(time.time() * 1000) + 1000,))
            store.execute("DELETE FROM interest")
        self.open("In the pause")
        self.tocsin("clock", "--once", check=True)
        self.tocsin("sender", "--once", check=True)
        self.got("carol@example.net", 0)
        time.sleep(1.2)
        self.tocsin("clock", "--once", check=True)
        self.open("After it")
        self.tocsin("sender", "--once", check=True)
        told, = self.got("carol@example.net", 1)
        self.assertIn("After it", told["Subject"])

    def test_a_clock_that_is_killed_makes_no_second_one(self):
        chance = random.Random(SEED)
        self.add("carol@example.net", "--delivery", "daily 08:00")
        self.open("API errors")
        with self.store() as store:
            before, = store.execute("SELECT coalesce(max(id), 0) FROM letter").fetchone()
            store.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
                          " INSERT INTO subscriber (public_id, page_id, address, lane, state, created_at, confirmed_at,"
                          " delivery, digest_since, digest_at) SELECT 'sub_k' || i, ?, 'k' || i || '@example.org', 1, 1,"
                          " 1, 1, 1, ?, 1 FROM n", (PAGE_ID, int(self.start.timestamp() * 1000)))
        kills = 0
        while self.due() > 0:
            clock = self.program.start("clock")
            left = self.due()
            wait_until(lambda left=left: self.due() < left, 20, "the clock works")
            time.sleep(chance.uniform(0, 0.1))
            clock.send_signal(signal.SIGKILL)
            clock.wait()
            self.program.started.remove(clock)
            kills += 1
        self.assertGreater(kills, 1)
        with self.store() as store:
            letters, people = store.execute("SELECT count(*), count(DISTINCT subscriber_id) FROM letter"
                                            " WHERE id > ? AND kind = 19", (before,)).fetchone()
            store.execute("UPDATE letter SET state = 3 WHERE state = 0")
            store.execute("UPDATE subscriber SET state = 3 WHERE address LIKE 'k%@example.org'")
        self.assertEqual((letters, people), (5000, 5000))

    def due(self):
        with self.store() as store:
            return store.execute("SELECT count(*) FROM subscriber WHERE state = 1 AND digest_at <= ?",
                                 (int(time.time() * 1000),)).fetchone()[0]


class AServer(Town):
    def test_makes_digests_when_they_are_due_and_ends_in_time(self):
        self.tocsin("subscriber", "add", "carol@example.net", "--delivery", "daily 08:00", check=True)
        self.assertEqual(self.ada.writes("[minor] Slow search", "Components: api\n\nWe look.").code, 250)
        time.sleep(0.5)
        self.assertEqual(self.inbox("carol@example.net").mails(), [])
        with program.as_gateway():
            store = sqlite3.connect(self.scratch / "state" / "tocsin.db", timeout=20)
            with contextlib.closing(store), store:
                store.execute("UPDATE subscriber SET digest_at = 1")
        digest, = self.inbox("carol@example.net").wait_for(1)
        self.assertIn("We look.", inbox.plain(digest))
        self.assertTrue(program.children_named(self.serving.pid, "clock"))
        started = time.monotonic()
        self.assertEqual(type(self).stop_serving(), 0)
        self.assertLess(time.monotonic() - started, 15)
        type(self).serve()
