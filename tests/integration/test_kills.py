"""kill -9 at random moments: nothing is lost, and hardly anything is said twice."""

import collections
import os
import random
import signal
import threading
import time
import unittest

import program
from ports import wait_until
from sink import delay
from sinktown import SinkTown, header
from town import Town

SUBSCRIBERS = 2000
KILLS = 20
SEED = int(os.environ.get("TOCSIN_SEED", "20240229"))


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


class TheSender(SinkTown):
    def told(self, incident):
        """{recipient: [Message-ID of each copy kept]} for the subscribers of one incident's notification."""
        copies = collections.defaultdict(list)
        for message in list(self.sink.messages):
            if header(message.raw, "X-Tocsin-Incident") == incident and "@example.net" in message.recipients[0]:
                copies[message.recipients[0]].append(header(message.raw, "Message-ID"))
        return copies

    def open_for_all(self, number):
        incident = self.open(f"Outage {number}")
        return incident

    def killed_once(self, chance, incident):
        """Starts a sender, kills it (or one of its workers, then it) and says whether mail was left."""
        before = len(self.sink.messages)
        sender = self.program.start("sender")
        wait_until(lambda: len(self.sink.messages) > before or sender.poll() is not None, 20, "it sends")
        time.sleep(chance.uniform(0, 0.3))
        family = program.descendants(sender.pid)
        kills = 1
        if family and chance.random() < 0.3:
            kill(chance.choice(sorted(family)))
            time.sleep(chance.uniform(0, 0.1))
            kills = 2
        kill(sender.pid)
        sender.wait()
        self.program.started.remove(sender)
        wait_until(lambda: not any(program.birth(pid) == born and not program.is_zombie(pid)
                                   for pid, born in family.items()), 5, "its workers end with it")
        return kills if len(self.told(incident)) < SUBSCRIBERS else 0

    def test_killed_twenty_times_in_a_fan_out_of_2000_loses_none_and_repeats_one_a_connection(self):
        chance = random.Random(SEED)
        addresses = [f"s{number:04}@example.net" for number in range(SUBSCRIBERS)]
        for start in range(0, SUBSCRIBERS, 500):
            self.subscribe(*addresses[start:start + 500])
        self.sink.on("DOT", delay(0.01))
        incidents, kills = [self.open_for_all(0)], 0
        while kills < KILLS:
            if len(self.told(incidents[-1])) >= SUBSCRIBERS:
                self.send_due()
                incidents.append(self.open_for_all(len(incidents)))
            kills += self.killed_once(chance, incidents[-1])
        self.sink.friendly()
        self.send_due()
        self.assertEqual(self.notifications(), [])
        repeated = 0
        for incident in incidents:
            copies = self.told(incident)
            self.assertEqual(set(addresses) - set(copies), set(), f"lost; seed {SEED}")
            repeated += sum(len(ids) - 1 for ids in copies.values())
            self.assertEqual([ids for ids in copies.values() if len(set(ids)) != 1], [])
        self.assertLessEqual(repeated, self.connections * kills, f"seed {SEED}")
        print(f"\n{kills} kills, {len(incidents)} incidents, {repeated} repeats")

    def test_ended_by_term_in_a_fan_out_repeats_nothing(self):
        addresses = [f"t{number:03}@example.net" for number in range(400)]
        self.subscribe(*addresses)
        self.sink.on("DOT", delay(0.01))
        incident = self.open("Ended softly")
        for _ in range(3):
            before = len(self.sink.messages)
            sender = self.program.start("sender")
            wait_until(lambda: len(self.sink.messages) > before + 20, 20, "it sends")
            self.assertEqual(self.program.stop(sender, 15), 0)
        self.send_due()
        copies = self.told(incident)
        self.assertEqual(set(copies), set(addresses))
        self.assertEqual({len(ids) for ids in copies.values()}, {1})


class TheMilter(Town):
    def write_until_taken(self, title, taken):
        mail = self.ada.mail(f"[minor] {title}", "Components: web\nNotify: no\n\nx", self.page)
        end = time.monotonic() + 120
        while time.monotonic() < end:
            sent = self.ada.sends(mail)
            if sent.code == 250:
                taken.append(title)
                return
            self.assertEqual(sent.code, 451, sent)
            time.sleep(0.2)

    def kill_while(self, verb, writers, times):
        chance = random.Random(SEED)
        while times and any(writer.is_alive() for writer in writers):
            time.sleep(chance.uniform(0.2, 1.0))
            victims = program.children_named(self.serving.pid, verb)
            if victims and kill(chance.choice(victims)):
                times -= 1

    def check(self, name, verb, times):
        titles, taken = [f"{name} {number}" for number in range(60)], []

        def work(share):
            for title in share:
                self.write_until_taken(title, taken)
        writers = [threading.Thread(target=work, args=(titles[start::4],)) for start in range(4)]
        for writer in writers:
            writer.start()
        self.kill_while(verb, writers, times)
        for writer in writers:
            writer.join()
        self.assertEqual(sorted(taken), sorted(titles))
        found = [one["title"] for one in self.incidents() if one["title"].startswith(f"{name} ")]
        self.assertEqual(sorted(found), sorted(titles))

    def test_killed_during_intake_makes_each_mail_that_got_250_act_once(self):
        self.check("Killed milter", "milter", 6)

    def test_ends_with_its_supervisor_and_a_new_one_takes_over(self):
        family = program.descendants(self.serving.pid)
        kill(self.serving.pid)
        self.serving.wait()
        self.program.started.remove(self.serving)
        wait_until(lambda: not any(program.birth(pid) == born and not program.is_zombie(pid)
                                   for pid, born in family.items()), 5, "no child outlives it")
        type(self).serve()
        self.assertTrue(self.ada.writes("[minor] After all", "Components: web\n\nx").taken)

    def test_refuses_to_be_served_twice(self):
        second = self.program.start("serve")
        try:
            self.assertNotEqual(second.wait(15), 0)
        finally:
            kill(second.pid)
            self.program.started.remove(second)
        # A milter that was just killed is started again after a while.
        wait_until(lambda: self.ada.writes("[minor] Still the first", "Components: web\n\nx").taken, 20,
                   "the first takes mail")


if __name__ == "__main__":
    unittest.main()
