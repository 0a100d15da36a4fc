"""Maintenance by mail: announced, moved by a reply, begun and completed by the clock."""

import datetime
import zoneinfo

import inbox
import threads
from town import PAGE_ID, Town, status_page

UTC = datetime.timezone.utc
HOUR = datetime.timedelta(hours=1)
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


class Maintenance(Town):
    """All that is announced is days ahead: a test says when it is, and looks."""

    def setUp(self):
        super().setUp()
        # Ten days ahead at a whole hour: no reminder is due, and no clock changes on the way.
        self.start = (datetime.datetime.now(UTC) + 10 * 24 * HOUR).replace(minute=0, second=0, microsecond=0)

    @staticmethod
    def local(moment):
        return moment.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M")

    @staticmethod
    def shown(moment):
        """As the mails of the page write it."""
        return moment.astimezone(BERLIN).strftime("%H:%M")

    def told(self, count, title):
        """So many mails about it came to Carol, and no more."""
        carol = self.inbox("carol@example.net")

        def about(mail):
            return title in str(mail["Subject"])

        mails = carol.wait_for(count, where=about)
        self.assertEqual(len([mail for mail in carol.mails() if about(mail)]), count)
        return mails

    def clock(self, moment):
        self.tocsin("clock", "--once", "--now", moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                    check=True)
        self.settle()

    def announce(self, title="Database upgrade", more=""):
        return self.ada.writes(f"[maintenance] {title}",
                               f"Start: {self.local(self.start)} Europe/Berlin\nDuration: 2h\nComponents: db\n{more}"
                               "\nWriting is not possible meanwhile.")

    def listed_one(self, title):
        found = [one for one in self.listed("maintenance", "list", "--page", PAGE_ID) if one["title"] == title]
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_is_announced_moved_begun_and_completed_in_one_conversation(self):
        self.subscribe("carol@example.net")
        announced = self.announce()
        answer = self.ada.answer_to(announced)
        said = inbox.plain(answer)
        self.assertIn(self.start.strftime("%H:%M"), said)
        self.assertIn(self.shown(self.start), said)
        self.assertIn("extend 30m", said)
        self.told(1, "Database upgrade")
        self.start += 24 * HOUR
        moved = self.ada.replies(announced, f"move to {self.local(self.start)}\n\nThe vendor is late.")
        self.assertEqual(moved.code, 250, moved)
        self.told(2, "Database upgrade")
        self.settle()
        self.clock(self.start)
        self.told(3, "Database upgrade")
        self.clock(self.start + 2 * HOUR)
        mails = self.told(4, "Database upgrade")
        self.settle()
        threads.assert_one_thread(mails)
        ends = self.shown(self.start + 2 * HOUR)
        for mail, word in zip(mails, ("Scheduled", "Scheduled", "In progress", "Completed")):
            self.assertIn(f"[{word}] Database upgrade", str(mail["Subject"]))
        for mail in mails[1:]:
            self.assertIn(self.shown(self.start), inbox.plain(mail))
            self.assertIn(ends, inbox.plain(mail))
        self.assertIn("The vendor is late.", inbox.plain(mails[1]))
        self.assertNotIn("Told late", "".join(inbox.plain(mail) for mail in mails))

    def test_says_that_it_tells_late_and_nothing_twice(self):
        self.subscribe("carol@example.net")
        self.ada.answer_to(self.announce("Late upgrade"))
        self.clock(self.start + HOUR / 2)
        self.clock(self.start + HOUR / 2)
        late = self.told(2, "Late upgrade")[1]
        self.assertIn("[In progress] Late upgrade", str(late["Subject"]))
        self.assertIn("Told late, by 30 minutes", inbox.plain(late))

    def test_one_that_is_over_meanwhile_is_not_told_to_begin(self):
        self.subscribe("carol@example.net")
        self.ada.answer_to(self.announce("Missed upgrade"))
        self.clock(self.start + 30 * HOUR)
        mails = self.told(2, "Missed upgrade")
        self.assertIn("[Completed] Missed upgrade", str(mails[1]["Subject"]))

    def test_is_left_open_where_its_author_says_so(self):
        self.subscribe("carol@example.net")
        announced = self.announce("Open end", "Auto-complete: no\n")
        self.ada.answer_to(announced)
        self.clock(self.start)
        self.clock(self.start + 5 * HOUR)
        self.told(2, "Open end")
        self.assertEqual(self.listed_one("Open end")["status"], "in_progress")
        self.ada.replies(announced, "Completed: all well")
        done = self.told(3, "Open end")[2]
        self.assertIn("[Completed] Open end", str(done["Subject"]))
        self.assertIn("all well", inbox.plain(done))

    def test_reminds_those_who_were_told_before(self):
        self.subscribe("carol@example.net")
        self.ada.answer_to(self.announce("Reminded upgrade"))
        for hours, count in (25, 1), (24, 2), (23, 2), (1, 3), (0.5, 3):
            self.clock(self.start - hours * HOUR)
            self.told(count, "Reminded upgrade")
        self.clock(self.start)
        self.told(4, "Reminded upgrade")
        self.clock(self.start + 2 * HOUR)
        self.told(5, "Reminded upgrade")

    def test_reminds_nobody_of_what_was_told_after_that(self):
        self.subscribe("carol@example.net")
        self.start = datetime.datetime.now(UTC).replace(second=0, microsecond=0) + 5 * HOUR
        self.ada.answer_to(self.announce("Short notice"))
        self.clock(self.start - 2 * HOUR)
        self.told(1, "Short notice")
        self.clock(self.start - HOUR)
        self.told(2, "Short notice")

    def test_what_is_wrong_is_asked_about_and_changes_nothing(self):
        before = self.listed("maintenance", "list", "--page", PAGE_ID)
        day = self.start.astimezone(BERLIN).strftime("%Y-%m-%d")
        for person, start, end, word in (
                (self.ada, f"{day} 04:00", f"End: {day} 02:00", "would end first"),
                (self.ada, "2020-12-01 02:00", "Duration: 2h", "2020-12-01"),
                (self.ada, f"{day} 02:00", "Duration: 40 days", "31 days"),
                (self.bob, f"{day} 02:00 Europe/Berln", "Duration: 2h", "Europe/Berln"),
                (self.bob, f"{day}", "Duration: 2h", "no time of day"),
                (self.bob, "2027-03-28 02:30", "Duration: 2h", "does not occur")):
            asked = inbox.plain(person.asks("[maintenance] Wrong", f"Start: {start}\n{end}\n\nWe work."))
            self.assertIn(word, " ".join(asked.split()))
            self.assertIn("Nothing has changed", asked)
        self.assertEqual(self.listed("maintenance", "list", "--page", PAGE_ID), before)


class Reminders(Town):
    """A page that reminds at a time of its own."""

    pages = (status_page(maintenance_reminders=["3h"]),)

    def test_are_those_of_the_page(self):
        self.subscribe("carol@example.net")
        carol = self.inbox("carol@example.net")
        start = (datetime.datetime.now(UTC) + 240 * HOUR).replace(second=0, microsecond=0)
        self.ada.answer_to(self.ada.writes(
            "[maintenance] Upgrade", f"Start: {start.isoformat()}\nDuration: 2h\n\nWriting is not possible."))
        for hours, count in (24, 1), (3, 2), (1, 2):
            self.tocsin("clock", "--once", "--now", (start - hours * HOUR).isoformat().replace("+00:00", "Z"),
                        check=True)
            self.settle()
            self.assertEqual(len(carol.wait_for(count)), count, hours)
