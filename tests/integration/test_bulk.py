"""Lists of subscribers in bulk: import, export, forgetting, and why somebody got nothing."""

import csv
import io
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import tempfile
import time

import program
from test_commands import CONFIGURATION, Commands

HOW = "agreed in the shop, 2024"
DANGEROUS = "=+-@\t\r\n"

MAIL = """\
DKIM-Signature: v=1; a=rsa-sha256; d={domain}; s=mail; h={signed};
 bh=MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=; b=YWJj
From: One <one@status.example.com>
To: carol@example.net
Subject: [Resolved] API errors (#1)
Date: Tue, 24 Nov 2026 13:18:20 +0000
Message-ID: <n1.2.abc@status.example.com>
List-Id: One <one.status.example.com>
List-Unsubscribe: <https://one.example.com/u/1>, <mailto:one+u1@status.example.com>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Auto-Submitted: auto-generated

All is well again.
"""
SIGNED = ("From:To:Subject:Date:Message-ID:List-Id:List-Unsubscribe:List-Unsubscribe-Post:MIME-Version:"
          "Content-Type")


class Bulk(Commands):
    def file(self, text, name="list.csv"):
        """A file that the program can read."""
        path = self.scratch / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def take(self, text, *words, status=0, page="sp_one"):
        return self.run_it("subscriber", "import", self.file(text), "--page", page, *words, status=status)

    def states(self, *words):
        return {one["address"]: one["state"] for one in self.read("subscriber", "list", *words)}

    def everything(self):
        with sqlite3.connect(self.scratch / "state" / "tocsin.db") as store:
            return list(store.iterdump())

    def exported(self, *words):
        text = self.run_it("subscriber", "export", *words).stdout
        return list(csv.DictReader(io.StringIO(text, newline=""))), text


class Importing(Bulk):
    def test_says_of_each_line_that_is_refused_why(self):
        done = self.take(
            "\ufeffE-Mail;Components;Shoes\r\ncarol@example.net;API;44\r\n\r\nnobody;;\r\n"
            "dave@example.net;Phone;\r\n\"carol@example.net\";;\r\npostmaster@example.net;;\r\n"
            "one+x@status.example.com;;\r\n6505550100@tmomail.net;\"comp_api\nWebsite\";\r\n",
            "--confirmed", HOW, status=65)
        said = done.stderr.replace(f"{self.scratch}/list.csv", "FILE").splitlines()
        self.assertEqual([line.split(": ")[1] for line in said if "FILE:" in line and "Shoes" not in line],
                         ["FILE:4", "FILE:5", "FILE:6", "FILE:7", "FILE:8", "FILE:9"])
        for word in ("\"Shoes\" is not known", "no @", "no such component", "in the file before", "a role's address",
                     "the address of a page", "warning: this gateway to telephones was closed"):
            self.assertIn(word, done.stderr)
        self.assertEqual(done.stdout, "2 added, 0 asked by mail, 0 there already, 5 refused\n")
        self.assertEqual(self.states(), {"carol@example.net": "confirmed", "6505550100@tmomail.net": "confirmed"})
        shown = self.read("subscriber", "show", "--page", "sp_one", "carol@example.net")
        self.assertEqual(shown["settings"]["components"], "api")
        self.assertIn(HOW, shown["consent"][0]["source"])
        self.assertEqual(shown["consent"][0]["how"], "import")

    def test_of_statuspages_list_takes_mail_alone(self):
        done = self.take("email,carol@example.net,yes\nsms,6505550100,US\nwebhook,https://x.test/,a@x.test\n",
                         "--confirmed", HOW, "--json", status=65)
        found = json.loads(done.stdout)
        self.assertEqual((found["added"], [one["line"] for one in found["refused"]]), (1, [2, 3]))

    def test_a_second_time_changes_nothing(self):
        self.take("email\ncarol@example.net\ndave@example.net\n", "--confirmed", HOW)
        before = self.everything()
        done = self.take("email,format\ncarol@example.net,pager\ndave@example.net,\n", "--confirmed", HOW)
        self.assertEqual(done.stdout, "0 added, 0 asked by mail, 2 there already, 0 refused\n")
        self.assertEqual(self.everything(), before)

    def test_dry_changes_nothing(self):
        self.run_it("subscriber", "list")
        before = self.everything()
        done = self.take("email\ncarol@example.net\n", "--dry-run", "--confirmed", HOW)
        self.assertIn("1 would be added", done.stdout)
        self.assertIn("1 would be asked", self.take("email\ncarol@example.net\n", "--dry-run").stdout)
        self.assertEqual(self.everything(), before)

    def test_that_was_killed_goes_on_where_it_was(self):
        count = 30_000
        path = self.file("email\n" + "".join(f"reader{n}@example.net\n" for n in range(count)))
        self.run_it("subscriber", "list")
        process = self.program.start("subscriber", "import", path, "--page", "sp_one", "--confirmed", HOW)
        with sqlite3.connect(self.scratch / "state" / "tocsin.db") as store:
            until = time.monotonic() + 60
            while store.execute("SELECT count(*) FROM subscriber").fetchone()[0] < 2000:
                self.assertIsNone(process.poll(), "ended before it was killed")
                self.assertLess(time.monotonic(), until)
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.program.started.remove(process)
            done = store.execute("SELECT count(*) FROM subscriber").fetchone()[0]
            self.assertEqual(done % 1000, 0, "half of a transaction is there")
            self.assertLess(done, count)
            again = self.run_it("subscriber", "import", path, "--page", "sp_one", "--confirmed", HOW)
            self.assertEqual(again.stdout, f"{count - done} added, 0 asked by mail, {done} there already, 0 refused\n")
            for table in ("subscriber", "interest", "consent"):
                self.assertEqual(store.execute(f"SELECT count(*) FROM {table}").fetchone()[0], count, table)

    def test_asks_by_mail_who_has_not_agreed_and_asks_once(self):
        for there in (0, 2):
            done = self.take("email\ncarol@example.net\ndave@example.net\n")
            self.assertIn(f"0 added, {2 - there} asked by mail, {there} there already", done.stdout)
        self.assertEqual(set(self.states().values()), {"pending"})
        mails = self.mails()
        self.assertEqual(set(mails), {"carol@example.net", "dave@example.net"})
        self.assertRegex(mails["carol@example.net"]["Reply-To"], r"one\+c")
        self.take("email\ncarol@example.net\n", "--confirmed", HOW)
        self.assertEqual(self.states()["carol@example.net"], "confirmed")

    def test_brings_nobody_back_who_left_complained_or_was_forgotten(self):
        self.take("email\ncarol@example.net\ndave@example.net\n", "--confirmed", HOW)
        self.run_it("subscriber", "remove", "--page", "sp_one", "carol@example.net")
        self.run_it("subscriber", "remove", "--page", "sp_one", "--forget", "dave@example.net")
        self.assertNotIn("dave@example.net", "\n".join(self.everything()))
        done = self.take("email\ncarol@example.net\nDave@example.net\n", "--confirmed", HOW, status=65)
        self.assertIn(":2: carol@example.net: has unsubscribed here", done.stderr)
        self.assertIn(":3: Dave@example.net: is suppressed here", done.stderr)
        self.assertEqual(self.states(), {"carol@example.net": "unsubscribed"})
        self.assertIn("is suppressed", self.run_it("subscriber", "add", "--page", "sp_one", "dave@example.net",
                                                   status=77).stderr)

    def test_of_what_is_no_list_is_refused_whole(self):
        for text, word in (("a,b\n1,2\n", "neither an address"), ("", "is empty"), (b"\xff\xfee\0", "UTF-16")):
            self.assertIn(word, self.take(text, "--confirmed", HOW, status=65).stderr)
        self.assertIn("say how", self.take("email\n", "--confirmed", " ", status=64).stderr)
        self.run_it("subscriber", "import", "/nonexistent", "--page", "sp_one", status=66)


class Exporting(Bulk):
    def another(self):
        """A second installation."""
        scratch = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-commands-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, scratch, ignore_errors=True)
        os.chown(scratch, *program.account())
        scratch.chmod(0o755)
        (scratch / "state").mkdir(mode=0o700)
        os.chown(scratch / "state", *program.account())
        config = scratch / "tocsin.yaml"
        config.write_text(CONFIGURATION.format(scratch=scratch))
        return program.Program(config, scratch / "log")

    def test_and_importing_elsewhere_gives_the_same_subscribers(self):
        self.run_it("subscriber", "add", "--page", "sp_one", "carol@example.net", "--component", "api", "--component",
                    "web", "--severity", "major", "--delivery", "weekly fri 17:30", "--critical", "immediate",
                    "--language", "de", "--time-zone", "Asia/Tokyo", "--kinds", "incidents, post-mortems")
        self.run_it("subscriber", "add", "--page", "sp_one", "'quoted@example.net", "--format", "pager")
        self.run_it("subscriber", "add", "--page", "sp_one", "=sum@example.net", "list@example.net", "--kind", "list")
        rows, text = self.exported("--page", "sp_one")
        self.assertEqual(len(rows), 4)
        other = self.another()
        done = other.run("subscriber", "import", "-", "--page", "sp_one", "--confirmed", HOW, stdin=text)
        self.assertEqual(done.returncode, 0, done.stderr)
        again = other.run("subscriber", "export", check=True).stdout
        copies = list(csv.DictReader(io.StringIO(again, newline="")))
        for one in rows + copies:
            del one["created_at"], one["confirmed_at"]
        self.assertEqual(sorted(copies, key=str), sorted(rows, key=str))

    def test_makes_no_cell_a_formula(self):
        self.take("email\n=1+1@example.net\n+49@example.net\n", "--confirmed", "=HYPERLINK(\"http://x.test\")")
        for words in ((), ("--consent",)):
            _, text = self.exported(*words)
            cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
            self.assertEqual([cell for cell in cells if cell[:1] and cell[:1] in DANGEROUS], [])
            self.assertIn("'=1+1@example.net", cells)

    def test_consent_says_who_agreed_when_and_how(self):
        self.take("email\ncarol@example.net\n", "--confirmed", HOW)
        self.run_it("subscriber", "set", "--page", "sp_one", "carol@example.net", "--format", "text")
        rows, _ = self.exported("--consent")
        self.assertEqual([(one["act"], one["words"]) for one in rows],
                         [("confirmed", ""), ("changed", "format: text\n")])
        self.assertTrue(rows[0]["source"].startswith(HOW))


class Looking(Bulk):
    def test_lists_whom_the_filters_choose(self):
        self.take("email,components,format\ncarol@example.net,api,pager\ndave@example.net,web,\nerin@example.org,,\n",
                  "--confirmed", HOW)
        self.run_it("subscriber", "remove", "--page", "sp_one", "erin@example.org")
        for words, want in ((("--format", "pager"), ["carol@example.net"]),
                            (("--state", "unsubscribed"), ["erin@example.org"]),
                            (("--component", "api", "--state", "confirmed"), ["carol@example.net"]),
                            (("--address", "example.NET"), ["dave@example.net", "carol@example.net"]),
                            (("--kind", "list"), [])):
            self.assertEqual(list(self.states(*words)), want, words)
        self.run_it("subscriber", "list", "--state", "gone", status=64)

    def test_show_says_why_somebody_got_nothing(self):
        self.run_it("subscriber", "add", "--page", "sp_one", "carol@example.net")
        self.run_it("subscriber", "add", "--page", "sp_one", "dave@example.net", "--severity", "critical")
        self.open("--component", "api", "--severity", "minor")
        self.assertEqual(set(self.mails()) & {"carol@example.net", "dave@example.net"}, {"carol@example.net"})
        carol, dave = (self.read("subscriber", "show", "--page", "sp_one", f"{name}@example.net")["deliveries"]
                       for name in ("carol", "dave"))
        self.assertEqual([(one["number"], one["outcome"], one["by_todays_preferences"]) for one in carol],
                         [(1, "sent", False)])
        self.assertLessEqual(carol[0]["sent_after"], carol[0]["sent_before"])
        self.assertIn("maildir", carol[0]["relay"])
        self.assertEqual([(one["outcome"], one["by_todays_preferences"]) for one in dave], [("filtered", True)])
        text = self.run_it("subscriber", "show", "--page", "sp_one", "dave@example.net").stdout
        self.assertIn("by today's preferences", text)


    def test_show_says_what_came_back(self):
        self.run_it("subscriber", "add", "--page", "sp_one", "carol@example.net")
        with sqlite3.connect(self.scratch / "state" / "tocsin.db") as store:
            store.execute("INSERT INTO bounce (subscriber_id, notification_id, letter_id, at, is_permanent, is_delayed,"
                          " in_dialogue, status, words) SELECT id, 1, 0, ?, 1, 0, 0, '5.1.1', 'no such user' FROM subscriber",
                          (int(time.time() * 1000),))
        store.close()
        score = self.read("subscriber", "show", "--page", "sp_one", "carol@example.net")["score"]
        self.assertEqual((score["permanent"], score["suspended_at"]), (1, None))
        self.assertEqual([(one["status"], one["words"]) for one in score["bounces"]], [("5.1.1", "no such user")])
        text = self.run_it("subscriber", "show", "--page", "sp_one", "carol@example.net").stdout
        self.assertIn("1 permanent failures count today", text)
        self.assertIn("permanent 5.1.1: no such user", text)


class ASavedNotification(Bulk):
    def judged(self, text):
        done = self.program.run("doctor", "--sent", self.file(text, "mail.eml"), "--json")
        rows = json.loads(done.stdout)
        return {row["text"]: row for row in rows if row["status"] != "ok"}, done.returncode

    def test_that_is_signed_whole_is_taken(self):
        mail = MAIL.format(domain="status.example.com", signed=SIGNED)
        found, status = self.judged("Authentication-Results: mx.x.test; dkim=pass\n" + mail)
        self.assertEqual((found, status), ({}, 0))

    def test_whose_signature_leaves_one_click_out_says_how_to_mend_the_signer(self):
        mail = MAIL.format(domain="status.example.com", signed=SIGNED.replace(":List-Unsubscribe-Post", ""))
        found, status = self.judged(mail)
        row = found["the signature does not cover List-Unsubscribe-Post"]
        self.assertEqual((status, row["status"]), (1, "error"))
        self.assertIn("SignHeaders *,+List-Unsubscribe-Post", row["remedy"])

    def test_that_another_domain_signed_is_not(self):
        found, status = self.judged(MAIL.format(domain="example.org", signed=SIGNED))
        self.assertIn("no DKIM signature is by status.example.com, or a domain above or below it", found)
        self.assertEqual(status, 1)
