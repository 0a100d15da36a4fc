"""Mail is accepted only once it is committed: what cannot be stored now stays with its sender."""

import contextlib
import os
import signal
import threading
import time
import unittest

import inbox
import program
from ports import wait_until
from town import Town


@contextlib.contextmanager
def locked(town):
    """Nobody else may read or write the gateway's store."""
    store = town.store()
    store.execute("PRAGMA locking_mode = NORMAL")
    store.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        store.execute("ROLLBACK")
        with program.as_gateway():
            store.close()


class Mail(Town):
    authserv_id = "mx.example.com"

    def assert_arrives_once(self, title):
        def there():
            return [one for one in self.incidents() if one["title"] == title]
        wait_until(there, 30, f"{title!r} is an incident")
        self.inbox("carol@example.net").wait_for(1, where=lambda mail: title in mail["Subject"])
        self.postfix.wait_empty()
        self.settle()
        self.assertEqual(len(there()), 1)
        self.inbox("carol@example.net").stays_at(1, seconds=1, where=lambda mail: title in mail["Subject"])

    def test_is_deferred_with_451_while_the_store_is_locked_and_the_lock_costs_no_minute(self):
        self.subscribe("carol@example.net")
        with locked(self):
            began = time.monotonic()
            sent = self.ada.writes("[minor] Locked out", "Components: web\n\nx")
            self.assertEqual(sent.code, 451, sent)
            self.assertLess(time.monotonic() - began, 25)
        self.assertEqual(self.ada.sends(sent.mail.raw).code, 250)
        self.assert_arrives_once("Locked out")

    def test_from_outside_waits_in_its_senders_queue_while_the_store_is_locked(self):
        self.subscribe("carol@example.net")
        with locked(self):
            self.assertTrue(self.ada.writes("[minor] Waiting room", "Components: web\n\nx", dkim=True,
                                            port=self.postfix.outside).taken)
            wait_until(lambda: "451" in self.postfix.log(20), 30, "the public port defers it")
            self.assertEqual(self.postfix.queued(), 1)
        self.assert_arrives_once("Waiting room")

    def test_from_outside_waits_while_the_gateway_is_stopped(self):
        self.subscribe("carol@example.net")
        self.assertEqual(self.stop_serving(), 0)
        try:
            sent = self.ada.writes("[minor] Nobody home", "Components: web\n\nx", dkim=True,
                                   port=self.postfix.outside)
            self.assertTrue(sent.taken)
            wait_until(lambda: "status=deferred" in self.postfix.log(20), 20, "it is deferred")
        finally:
            type(self).serve()
        self.assert_arrives_once("Nobody home")

    def test_is_deferred_while_the_milter_is_dead_and_taken_when_it_is_back(self):
        self.subscribe("carol@example.net")
        for pid in program.children_named(self.serving.pid, "milter")[:1]:
            os.kill(pid, signal.SIGKILL)
        mail = self.ada.mail("[minor] Fallen milter", "Components: web\n\nx", self.page)
        codes = []

        def taken():
            codes.append(self.ada.sends(mail).code)
            return codes[-1] == 250
        wait_until(taken, 30, "the milter is back")
        self.assertLessEqual(set(codes), {250, 451}, codes)
        self.assert_arrives_once("Fallen milter")

    def test_of_others_goes_on_while_the_store_is_locked(self):
        with locked(self):
            sent = self.stranger.writes("Lunch", "noon", to="carol@example.net", auth=False)
        self.assertEqual(sent.code, 250, sent)
        self.inbox("carol@example.net").wait_for(1)

    def test_that_many_send_at_once_is_all_taken_or_deferred_and_each_acts_once(self):
        titles = [f"Burst {number}" for number in range(40)]

        def write(title):
            mail = self.ada.mail(f"[minor] {title}", "Components: web\nNotify: no\n\nx", self.page)
            wait_until(lambda: self.ada.sends(mail).code == 250, 60, title)
        workers = [threading.Thread(target=write, args=(title,)) for title in titles]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        found = [one["title"] for one in self.incidents() if one["title"].startswith("Burst ")]
        self.assertEqual(sorted(found), sorted(titles))


class Inject(Town):
    serves = False

    def test_exits_75_while_the_store_is_locked_and_0_afterwards(self):
        raw = self.ada.mail("[minor] By pipe", "Components: web\n\nx", self.page).as_bytes()
        self.tocsin("incident", "list", check=True)
        with locked(self):
            self.assertEqual(self.inject(raw, "ada@example.com", auth="ada@example.com").returncode, 75)
        self.assertEqual(self.inject(raw, "ada@example.com", auth="ada@example.com").returncode, 0)
        self.incident("By pipe")

    def test_delivers_by_sender_once(self):
        self.subscribe("carol@example.net")
        raw = self.ada.mail("[minor] Once", "Components: web\n\nx", self.page).as_bytes()
        self.assertEqual(self.inject(raw, "ada@example.com", auth="ada@example.com").returncode, 0)
        self.assertEqual(self.tocsin("sender", "--once").returncode, 0)
        mail, = self.inbox("carol@example.net").wait_for(1)
        self.assertIn("x", inbox.plain(mail))


if __name__ == "__main__":
    unittest.main()
