"""Whether mail readers would show one conversation: three judges, and Outlook's headers.

mblaze's mthread and notmuch read References; Gmail compares subjects, without reply prefixes and leading
bracketed text, as well; Outlook reads Thread-Topic and Thread-Index."""

import base64
import os
import pathlib
import re
import subprocess
import tempfile

PREFIX = re.compile(r"^\s*(?:(?:re|fwd?|aw|wg|sv)\s*(?:\[\d+\])?\s*:|\[[^\]]*\])\s*", re.IGNORECASE)
IDS = re.compile(r"<[^<>\s]+>")


def bare_subject(mail):
    """The subject as Gmail compares it."""
    subject = " ".join(str(mail["Subject"]).split())
    while True:
        shorter = PREFIX.sub("", subject, count=1)
        if shorter == subject:
            return subject
        subject = shorter


def _folder(mails):
    folder = tempfile.TemporaryDirectory(prefix="tocsin-threads-")
    for name in "cur", "new", "tmp":
        pathlib.Path(folder.name, "mail", name).mkdir(parents=True)
    for number, mail in enumerate(mails):
        pathlib.Path(folder.name, "mail", "cur", f"{number:06}.eml:2,").write_bytes(mail.raw)
    return folder


def by_mthread(mails):
    """How many conversations mblaze makes of them."""
    with _folder(mails) as folder:
        names = "\n".join(str(path) for path in sorted(pathlib.Path(folder, "mail", "cur").iterdir()))
        tree = subprocess.run(["mthread", "-v"], input=names + "\n", capture_output=True, text=True,
                              check=True, timeout=60, env={**os.environ, "HOME": folder})
        return sum(1 for line in tree.stdout.splitlines() if line and not line[0].isspace())


def by_notmuch(mails):
    """How many conversations notmuch makes of them."""
    with _folder(mails) as folder:
        config = pathlib.Path(folder, "config")
        config.write_text(f"[database]\npath={folder}/mail\n[user]\nname=a\nprimary_email=a@example.net\n"
                          "[new]\ntags=new\n")
        environment = {**os.environ, "NOTMUCH_CONFIG": str(config), "HOME": folder}
        subprocess.run(["notmuch", "new", "--quiet"], check=True, capture_output=True, timeout=60,
                       env=environment)
        count = subprocess.run(["notmuch", "count", "--output=threads", "--exclude=false", "*"], check=True,
                               capture_output=True, text=True, timeout=60, env=environment)
        return int(count.stdout)


def by_gmail(mails):
    """How many conversations Gmail's rule makes of them: equal subjects, and linked by ids."""
    groups = []
    for mail in mails:
        own = set(IDS.findall(str(mail["Message-ID"])))
        named = own.union(*(IDS.findall(str(mail.get(name, ""))) for name in ("References", "In-Reply-To")))
        joined = [group for group in groups if group[0] == bare_subject(mail) and group[1] & named]
        groups = [group for group in groups if group not in joined]
        groups.append((bare_subject(mail), named.union(*(group[1] for group in joined))))
    return len(groups)


def outlook_root(mail):
    """The 22 bytes of Thread-Index that all mails of a conversation share; fails on a malformed one."""
    index = base64.b64decode("".join(str(mail["Thread-Index"]).split()), validate=True)  # folded, as Exchange does
    if len(index) < 22 or (len(index) - 22) % 5 or index[0] != 1:
        raise AssertionError(f"Thread-Index {mail['Thread-Index']!r}: {len(index)} bytes")
    return index[:22]


def by_outlook(mails):
    """How many conversations Outlook makes of them; only mails of ours carry its headers."""
    return len({(str(mail["Thread-Topic"]), outlook_root(mail)) for mail in mails if mail["Thread-Index"]})


JUDGES = {"mthread": by_mthread, "notmuch": by_notmuch, "Gmail": by_gmail}


def assert_one_thread(mails, outlook=True):
    """Each judge shows these mails as one conversation."""
    found = {name: judge(mails) for name, judge in JUDGES.items()}
    if outlook:
        found["Outlook"] = by_outlook(mails)
    wrong = {name: count for name, count in found.items() if count != 1}
    if wrong:
        raise AssertionError(f"not one conversation: {wrong}\n{_table(mails)}")


def assert_two_threads(first, second, outlook=True):
    """Each judge shows the mails of `first` as one conversation and those of `second` as another."""
    assert_one_thread(first, outlook)
    assert_one_thread(second, outlook)
    mails = [*first, *second]
    found = {name: judge(mails) for name, judge in JUDGES.items()}
    if outlook:
        found["Outlook"] = by_outlook(mails)
    wrong = {name: count for name, count in found.items() if count != 2}
    if wrong:
        raise AssertionError(f"not two conversations: {wrong}\n{_table(mails)}")


def _table(mails):
    return "\n".join(f"{mail['Message-ID']} <- {mail.get('References')}: {mail['Subject']}" for mail in mails)
