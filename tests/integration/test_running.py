"""Running it: the queue's brake, copies of the store, processes that die."""

import os
import signal
import socket
import sqlite3

import inbox
import program
from ports import answers, wait_until
from sinktown import SinkTown
from town import Town


class TheQueue(SinkTown):
    def test_paused_lets_letters_go_says_so_and_goes_on_when_resumed(self):
        self.subscribe("carol@example.net")
        self.tocsin("queue", "pause", check=True)
        self.open("Held back")
        self.send_due()
        self.assertEqual(self.sink.received("carol@example.net"), [])
        self.assertEqual(len(self.sink.received("ada@example.com")), 1)
        entry, = self.notifications()
        self.assertEqual(entry["waiting"], 1)
        self.assertIn("paused", entry["reason"])
        self.tocsin("queue", "resume", check=True)
        self.send_due()
        self.assertEqual(len(self.sink.received("carol@example.net")), 1)

    def test_pauses_one_relay_by_its_name_and_no_other(self):
        self.subscribe("carol@example.net")
        wrong = self.tocsin("queue", "pause", "mx.example.org:25")
        self.assertEqual(wrong.returncode, 67, wrong.stderr)
        name = f"127.0.0.1:{self.sink.port}"
        self.assertIn(name, wrong.stderr)
        self.tocsin("queue", "pause", name, check=True)
        self.open("Held back by name")
        self.send_due()
        self.assertEqual(self.sink.received("carol@example.net"), [])
        self.tocsin("queue", "resume", name, check=True)
        self.send_due()
        self.assertEqual(len(self.sink.received("carol@example.net")), 1)


class TheStore(Town):
    def test_is_copied_whole_while_everything_runs(self):
        self.subscribe("carol@example.net")
        sent = self.ada.writes("[minor] Worth keeping", "Components: web\n\nx")
        self.assertEqual(sent.code, 250, sent)
        copy = self.scratch / "log" / "copy.db"
        self.tocsin("backup", copy, check=True)
        connection = sqlite3.connect(copy)
        self.addCleanup(connection.close)
        self.assertEqual(connection.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        titles = [title for title, in connection.execute("SELECT title FROM incident")]
        self.assertIn("Worth keeping", titles)
        self.assertEqual(copy.stat().st_mode & 0o077, 0)


class AServer(Town):
    def test_whose_children_are_all_killed_goes_on(self):
        self.subscribe("carol@example.net")
        for round_ in range(2):
            for pid in program.descendants(self.serving.pid):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass  # went with its parent
            self.assertIsNone(self.serving.poll())
            mail = self.ada.mail(f"[minor] After the fall {round_}", "Components: web\n\nWe are back.", self.page)
            wait_until(lambda mail=mail: self.ada.sends(mail).code == 250, 30, "the milter is back")
            told, = self.inbox("carol@example.net").wait_for(
                1, 30, lambda mail, round_=round_: f"fall {round_}" in mail["Subject"])
            self.assertIn("We are back.", inbox.plain(told))

    def test_that_was_killed_leaves_a_socket_that_the_next_one_replaces(self):
        self.serving.kill()
        self.serving.wait()
        self.program.started.remove(self.serving)
        wait_until(lambda: not answers(socket.AF_UNIX, str(self.milter_socket)), 5, "its milter ends with it")
        self.assertTrue(self.milter_socket.is_socket())
        type(self).serve()
        self.assertEqual(self.ada.writes("[minor] New socket", "Components: web\n\nx").code, 250)
