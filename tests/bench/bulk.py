"""Many subscribers: a list of them imported, and a few found among them."""

import os
import random
import subprocess
import time

import pairs
from fanout import send_all
from town import PAGE_ID
from yard import tool

LINES, LINES_QUICK = 1_000_000, 50_000
MATCHING = 10_000
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"

# The table that the reference fills: the columns of the file, the indexes of our `subscriber`.
REFERENCE = """
CREATE TABLE subscriber (page_id TEXT NOT NULL, address TEXT NOT NULL, public_id TEXT NOT NULL UNIQUE,
                         format TEXT NOT NULL, severity TEXT NOT NULL, state TEXT NOT NULL,
                         UNIQUE (page_id, address));
.import --csv --skip 1 {file} subscriber
SELECT count(*) FROM subscriber;
"""


CHOOSE = """
PRAGMA foreign_keys = OFF;
PRAGMA cache_size = -400000;
PRAGMA synchronous = OFF;
BEGIN IMMEDIATE;
INSERT INTO subscriber_topic (subscriber_id, topic)
SELECT id, iif(id % {every} = 0, 'c:comp_api', 'c:comp_web') FROM subscriber;
DELETE FROM interest;
INSERT INTO interest (page_id, lane, topic, severity, subscriber_id)
SELECT s.page_id, s.lane, t.topic, s.severity, s.id
FROM subscriber AS s JOIN subscriber_topic AS t ON t.subscriber_id = s.id;
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
"""


def write_list(path, count):
    """Addresses in no order, as those of real lists are."""
    chance = random.Random(4)
    numbers = list(range(count))
    chance.shuffle(numbers)
    with open(path, "w", encoding="ascii") as out:
        out.write("page,address,id,format,severity,state\n")
        for number in numbers:
            letters = "".join(chance.choices(ALPHABET, k=12))
            out.write(f"{PAGE_ID},reader{number:07d}@example{number % 97}.net,sub_{letters},text,minor,confirmed\n")


def import_ours(yard, path, count, peaks):
    yard.tell_nobody()
    began = time.monotonic()
    process = yard.town.program.start("subscriber", "import", path, "--confirmed", "agreed before")
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    yard.town.program.started.remove(process)
    peaks.append(usage.ru_maxrss / 1024)
    with yard.database() as store:
        found = store.execute("SELECT count(*) FROM interest").fetchone()[0]
    if process.returncode != 0 or found != count:
        raise RuntimeError(f"import: exit {process.returncode}, {found} of {count}:\n{yard.town.program.log()}")
    return seconds


def import_theirs(path, database, count):
    database.unlink(missing_ok=True)
    began = time.monotonic()
    done = subprocess.run([tool("sqlite3"), "-batch", str(database)], input=REFERENCE.format(file=path), text=True,
                          capture_output=True, check=True, timeout=1800)
    seconds = time.monotonic() - began
    if done.stdout.strip() != str(count):
        raise RuntimeError(f"sqlite3: {done.stdout}{done.stderr}")
    database.unlink()
    return seconds


def importing(yard, is_quick):
    """`subscriber import` against `.import` of SQLite's shell: the same file."""
    count, rounds = (LINES_QUICK, 2) if is_quick else (LINES, 2)
    path = yard.town.scratch / "list.csv"
    peaks = []
    write_list(path, count)
    ours, theirs = pairs.in_turn(rounds, lambda: import_ours(yard, path, count, peaks),
                                 lambda: import_theirs(path, yard.town.scratch / "reference.db", count))
    row = pairs.compare(ours, theirs, 4, "s", "sqlite3 .import",
                        f"{count:,} lines; ours at most {max(peaks):.0f} MiB; the reference fills one table with the"
                        " indexes of ours, we three with theirs, in transactions of 1,000", is_most=True)
    row.asked += ", < 64 MB"
    row.is_met = row.is_met and max(peaks) * 1.048576 < 64
    yard.tell_nobody()
    path.unlink()
    return row


def choose(yard, count):
    """So many subscribers, of whom every so often one hears of the API, the others of the website alone."""
    yard.subscribers(count)
    with yard.database() as store:
        store.executescript(CHOOSE.format(every=count // MATCHING))


def send_chosen(yard):
    """Seconds of a whole fan-out to who hears of the API."""
    seconds = MATCHING / send_all(yard, "We are looking into it.", MATCHING)
    yard.resolve_all()
    return seconds


def finding(yard, is_quick):
    """The sender's time for few among many against the same few alone."""
    many = 100_000 if is_quick else 1_000_000
    yard.relay()
    choose(yard, MATCHING)
    theirs = [send_chosen(yard) for _ in range(2)]
    choose(yard, many)
    ours = [send_chosen(yard) for _ in range(3)]
    choose(yard, MATCHING)
    theirs.append(send_chosen(yard))
    row = pairs.compare(ours, theirs, 1.5, "s", f"among {MATCHING:,}",
                        f"{MATCHING:,} who match among {many:,}: the whole sender, 4 connections", is_most=True)
    yard.tell_nobody()
    return row
