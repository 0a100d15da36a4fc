"""Town: a private Postfix, `tocsin serve` beside it, people, and their Maildirs.

A test class derives from Town and says in class attributes what is different in its town; the town stands
for the whole class, inboxes and subscribers are emptied before each test. Needs root (Postfix does) and the
program; without root the tests are skipped, without the program they fail."""

import grp
import json
import os
import pathlib
import shutil
import sqlite3
import tempfile
import time
import unittest

import inbox
import people
import program
from ports import wait_until
from postfix import Postfix
from verifier import Verifier

PAGE = "status@status.example.com"
PAGE_ID = "sp_abc123"


def operator(name, address, **more):
    return {"name": name, "address": address, "pages": [PAGE_ID], "proofs": ["sasl", "dkim", "reply_key"], **more}


def status_page(page_id=PAGE_ID, address=PAGE, **more):
    components = [{"id": f"comp_{short}", "name": name, "group": "Core"}
                  for short, name in (("api", "API"), ("web", "Website"), ("db", "Database"))]
    return {"id": page_id, "name": "Example", "address": address, "url": f"https://{address.split('@')[1]}",
            "time_zone": "Europe/Berlin", "components": components, **more}


@unittest.skipUnless(os.geteuid() == 0, "a private Postfix needs root")
class Town(unittest.TestCase):
    page = PAGE
    authserv_id = None        # set: a verifier stands before the gateway, and counts
    serves = True             # False: a test starts the verbs that it needs
    mail_domains = ("example.net", "example.com", "example.org", "evil.test")
    operators = (operator("Ada Byron", "ada@example.com"), operator("Bob Noyce", "bob@example.com"))
    pages = (status_page(),)
    more_config = {}          # top-level keys of the configuration that replace ours
    postfix_settings = {}
    environment = {}

    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(cls._tear_down_town)
        cls.postfix = cls.verifier = cls.program = cls.serving = None
        if not program.binary().exists():
            raise AssertionError(f"{program.binary()} does not exist: build it, or set TOCSIN_BINARY")
        cls._make_folders()
        cls._start_postfix()
        cls.write_config()
        cls.program = program.Program(cls.config_file, cls.scratch / "log" / "tocsin.log", cls.environment)
        if cls.serves:
            cls.serve()

    @classmethod
    def _make_folders(cls):
        cls.scratch = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-town-", dir="/tmp"))
        cls.scratch.chmod(0o755)
        uid, gid = program.account()
        for name in "etc", "log", "state", "run":
            (cls.scratch / name).mkdir()
        os.chown(cls.scratch / "log", uid, gid)
        os.chown(cls.scratch / "state", uid, gid)
        (cls.scratch / "state").chmod(0o750)
        os.chown(cls.scratch / "run", uid, grp.getgrnam("postfix").gr_gid)
        (cls.scratch / "run").chmod(0o2750)
        cls.milter_socket = cls.scratch / "run" / "milter.sock"
        cls.config_file = cls.scratch / "etc" / "tocsin.yaml"

    @classmethod
    def _start_postfix(cls):
        milters = [f"unix:{cls.milter_socket}"]
        if cls.authserv_id:
            cls.verifier = Verifier(cls.scratch / "verifier.sock", cls.authserv_id)
            milters.insert(0, cls.verifier.address)
        cls.postfix = Postfix(cls.scratch / "postfix", [one["address"].split("@")[1] for one in cls.pages],
                              cls.mail_domains, milters, cls.postfix_settings)
        cls.prepare_postfix()
        cls.postfix.start()
        cls.maildir = inbox.Maildir(cls.postfix.maildir)

    @classmethod
    def prepare_postfix(cls):
        """What a class adds to its Postfix before it starts."""

    @classmethod
    def relays(cls):
        return [{"host": "127.0.0.1", "port": cls.postfix.relay, "tls": "none", "connections": 4}]

    @classmethod
    def configuration(cls):
        config = {"state": str(cls.scratch / "state"), "milter": f"unix:{cls.milter_socket}",
                  "relays": cls.relays(), "status_pages": list(cls.pages), "operators": list(cls.operators)}
        if cls.authserv_id:
            config["trust"] = {"authserv_id": cls.authserv_id}
        return {**config, **cls.more_config}

    @classmethod
    def write_config(cls, **changes):
        """tocsin.yaml (JSON is YAML) with some top-level keys changed."""
        cls.write_config_text(json.dumps({**cls.configuration(), **changes}, indent=2) + "\n")

    @classmethod
    def write_config_text(cls, text):
        beside = cls.config_file.with_suffix(".new~")
        beside.write_text(text)
        beside.chmod(0o644)
        beside.replace(cls.config_file)

    @classmethod
    def serve(cls):
        cls.serving = cls.program.serve(cls.milter_socket)

    @classmethod
    def stop_serving(cls):
        code = cls.program.stop(cls.serving)
        cls.serving = None
        return code

    @classmethod
    def _tear_down_town(cls):
        try:
            if cls.program:
                cls.program.stop_all()
        finally:
            if cls.postfix:
                cls.postfix.stop()
            if cls.verifier:
                cls.verifier.stop()
            if not os.environ.get("TOCSIN_KEEP_SCRATCH"):
                shutil.rmtree(getattr(cls, "scratch", ""), ignore_errors=True)

    def setUp(self):
        self.ada = people.Person(self, "Ada Byron", "ada@example.com")
        self.bob = people.Person(self, "Bob Noyce", "bob@example.com")
        self.stranger = people.Person(self, "Mallory", "mallory@evil.test", client="192.0.2.9")
        if self.serving:
            self.settle()
            self.forget_subscribers()
        self.maildir.clear()

    def tearDown(self):
        outcome = self._outcome.result
        failed = [test for test, _ in outcome.errors + outcome.failures]
        if self in failed and not os.environ.get("TOCSIN_QUIET"):
            print(f"\n--- {self.id()}: tocsin's log\n{self.program.log()}\n--- Postfix's log\n"
                  f"{self.postfix.log(40)}\n---")

    def tocsin(self, *arguments, stdin=None, check=False, seconds=60):
        """Runs the program as its user: a CompletedProcess."""
        return self.program.run(*arguments, stdin=stdin, check=check, seconds=seconds)

    def listed(self, *arguments):
        """What a verb prints with --json."""
        return json.loads(self.tocsin(*arguments, "--json", check=True).stdout)

    def incidents(self):
        return self.listed("incident", "list", "--page", PAGE_ID)

    def incident(self, title):
        """The one incident with that title, as `incident show` has it."""
        found = [one for one in self.incidents() if one["title"] == title]
        self.assertEqual(len(found), 1, f"incidents titled {title!r}: {found}")
        return self.listed("incident", "show", found[0]["id"])

    def subscribe(self, *addresses, format=None, components=(), severity=None):
        arguments = ["subscriber", "add", "--page", PAGE_ID, *addresses]
        arguments += ["--format", format] if format else []
        arguments += ["--severity", severity] if severity else []
        for component in components:
            arguments += ["--component", component]
        self.tocsin(*arguments, check=True)

    def subscribers(self):
        return self.listed("subscriber", "list", "--page", PAGE_ID)

    def forget_subscribers(self):
        addresses = [one["address"] for one in self.subscribers()
                     if one["state"] != "unsubscribed"]
        for start in range(0, len(addresses), 500):
            self.tocsin("subscriber", "remove", "--page", PAGE_ID, *addresses[start:start + 500], check=True)

    def inbox(self, address):
        return inbox.Inbox(self.maildir, address)

    def inboxes(self, *names):
        return [self.inbox(name if "@" in name else f"{name}@example.net") for name in names]

    def inject(self, raw, from_, to=PAGE, auth=None, client=None, refused=None):
        """`tocsin inject` with these bytes; the exit code is in returncode."""
        arguments = ["inject", "--from", from_]
        for one in [to] if isinstance(to, str) else to:
            arguments += ["--to", one]
        arguments += ["--auth", auth] if auth else []
        arguments += ["--client-addr", client] if client else []
        arguments += [f"--refused={refused}"] if refused else []
        return self.tocsin(*arguments, stdin=raw)

    def unsent(self):
        """What `queue list` shows that is still to be sent; failures stay listed for a while."""
        return [one for one in self.listed("queue", "list") if one["waiting"] or one["deferred"]]

    def settle(self, seconds=30):
        """Waits until gateway and Postfix have nothing more to send."""
        wait_until(lambda: not self.unsent(), seconds, "the gateway's queue is empty")
        self.postfix.wait_empty(seconds)

    def store(self, timeout=5):
        """A connection of ours to the gateway's database, opened as its user."""
        path = next((self.scratch / "state").glob("*.db"))
        with program.as_gateway():
            connection = sqlite3.connect(path, timeout=timeout, isolation_level=None)
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        return connection

    def dump(self, without=("seen", "tally", "crash", "sqlite_sequence")):
        """Every row of every table but these, which say what came, not what is."""
        connection = self.store()
        try:
            names = [row[0] for row in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
            return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names
                    if name not in without}
        finally:
            with program.as_gateway():
                connection.close()

    def assert_unchanged(self, before, mails=0):
        """The store is as dumped before, and at most so many mails arrived anywhere."""
        time.sleep(0.3)
        after = self.dump()
        for name, rows in before.items():
            self.assertEqual(rows, after.get(name), f"table {name} changed")
        self.assertEqual(self.maildir.count(), mails, [str(mail["Subject"]) for mail in self.maildir.mails()])
