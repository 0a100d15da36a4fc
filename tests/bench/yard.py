"""The place where all rows are measured: a Town whose relay is Postfix's smtp-sink, and where nobody serves
until a row says so. Postfix discards whatever is not the page's."""

import contextlib
import shutil
import socket
import subprocess

import program
import watchmen
from ports import answers, free_port, wait_until
from town import PAGE_ID, Town, operator

SBIN = "/usr/sbin:/sbin:/usr/bin:/bin"


def tool(name):
    """A program's path; says so when it is missing."""
    path = shutil.which(name, path=SBIN)
    if not path:
        raise RuntimeError(f"{name} is not installed: see contrib/packages")
    return path


class BenchTown(Town):
    """The town's ways without its tests."""
    serves = False
    mail_domains = ()
    operators = (operator("Ada Byron", "ada@example.com"),)  # one: no copies to others
    more_config = {"trust": {"networks": [watchmen.NETWORK]}, "monitors": [watchmen.monitor()]}
    postfix_settings = {"default_transport": "discard:silently", "smtpd_authorized_xclient_hosts": "127.0.0.1",
                        "virtual_mailbox_domains": ""}
    relay_port = None
    connections = 4

    @classmethod
    def relays(cls):
        return [{"host": "127.0.0.1", "port": cls.relay_port, "tls": "none", "connections": cls.connections}]


class Yard:
    """Use it as a context manager."""

    def __init__(self):
        self.sink = None
        self.sink_port = free_port()
        self.town = None

    def __enter__(self):
        BenchTown.relay_port = self.sink_port
        try:
            self._start_sink()
            BenchTown.setUpClass()
            self.town = BenchTown()
            self.town.listed("incident", "list")  # makes the store
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        BenchTown.doClassCleanups()
        if self.sink:
            self.sink.terminate()
            self.sink.wait()

    def _start_sink(self):
        self.sink = subprocess.Popen([tool("smtp-sink"), "-u", "nobody", f"127.0.0.1:{self.sink_port}", "1000"],
                                     stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        wait_until(lambda: answers(socket.AF_INET, ("127.0.0.1", self.sink_port)), 10, "smtp-sink answers")

    def relay(self, port=None, connections=4):
        """Configures where the gateway hands its mail."""
        BenchTown.relay_port, BenchTown.connections = port or self.sink_port, connections
        BenchTown.write_config()

    def subscribers(self, count):
        """From now on exactly so many, addresses of the same length, format text; past fan-outs are over."""
        self.tell_nobody()
        with self.database() as store:
            store.executescript(BULK.format(page=PAGE_ID, count=count))

    def tell_nobody(self):
        """Ends what is still to be sent, and forgets all subscribers."""
        with self.database() as store:
            store.executescript(FORGET)

    def resolve_all(self):
        """Nobody has thousands of open incidents, which each new one is compared with."""
        with self.database() as store:
            store.execute("UPDATE incident SET status = 3, resolved_at = updated_at WHERE status < 3")

    @contextlib.contextmanager
    def database(self):
        with program.as_gateway():
            store = self.town.store(timeout=60)
            try:
                yield store
            finally:
                with program.as_gateway():
                    store.close()

    def open_incident(self, message):
        self.town.tocsin("incident", "open", "--title", "API elevated error rates", "--severity", "major",
                         "--component", "comp_api", "--message", message, check=True)

    def sent(self):
        """How many subscriber mails of the newest notification were taken by the relay."""
        with self.database() as store:
            return store.execute("SELECT sent_count, state FROM notification ORDER BY id DESC LIMIT 1").fetchone()


# What `subscriber add` writes, for many at once.
BULK = """
PRAGMA foreign_keys = OFF;
PRAGMA cache_size = -400000;
PRAGMA synchronous = OFF;
BEGIN IMMEDIATE;
WITH RECURSIVE one (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < {count})
INSERT INTO subscriber (public_id, page_id, address, format, lane, state, created_at, confirmed_at)
SELECT 'sub_' || replace(replace(replace(replace(lower(hex(randomblob(6))), '0', 'k'), '1', 'm'), '8', 'p'), '9', 's'),
       '{page}', printf('reader%07d@example.net', n), 1, 1, 1, 1700000000000, 1700000000000 FROM one;
INSERT INTO interest (page_id, lane, topic, severity, subscriber_id)
SELECT page_id, lane, '', severity, id FROM subscriber;
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
"""

FORGET = """
PRAGMA foreign_keys = OFF;
PRAGMA cache_size = -400000;
PRAGMA synchronous = OFF;
BEGIN IMMEDIATE;
DELETE FROM exception;
DELETE FROM slice;
DELETE FROM notification_lane;
UPDATE notification SET state = 1, ended_at = created_at WHERE state = 0;
UPDATE letter SET state = 3, slice_id = NULL, ended_at = created_at WHERE state = 0;
DELETE FROM interest;
DELETE FROM subscriber_topic;
DELETE FROM consent;
DELETE FROM subscriber;
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
"""
