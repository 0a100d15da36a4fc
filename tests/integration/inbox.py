"""What arrived: one Maildir for everybody, read as inboxes by address."""

import email
import email.policy
import pathlib
import re
import time

ARRIVAL = re.compile(r"^(\d+)\..*?(?:M(\d+))?\.")


def arrival(name):
    """When Postfix's virtual(8) made this Maildir file: seconds and microseconds."""
    found = ARRIVAL.match(name)
    if not found:
        return (0, 0, name)
    micro = re.search(r"M(\d+)", name)
    return (int(found.group(1)), int(micro.group(1)) if micro else 0, name)


def parse(raw):
    """Bytes as a modern email.message.EmailMessage; `raw` stays beside it."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    mail.raw = raw
    return mail


def plain(mail):
    """The mail's text for reading: its text/plain part, decoded."""
    part = mail.get_body(preferencelist=("plain",))
    return part.get_content() if part else ""


class Maildir:
    """All mail delivered by the private Postfix; `clear` forgets what is there."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self._mails = {}
        self._forgotten = set()

    def mails(self):
        """Every mail, in the order of arrival."""
        names = []
        for folder in "new", "cur":
            directory = self.path / folder
            if directory.is_dir():
                names += [entry for entry in directory.iterdir() if entry.name not in self._forgotten]
        names.sort(key=lambda entry: arrival(entry.name))
        for entry in names:
            if entry.name not in self._mails:
                self._mails[entry.name] = parse(entry.read_bytes())
        return [self._mails[entry.name] for entry in names]

    def clear(self):
        self._forgotten |= {entry.name for folder in ("new", "cur") if (self.path / folder).is_dir()
                            for entry in (self.path / folder).iterdir()}
        self._mails.clear()

    def count(self):
        return len(self.mails())


class Inbox:
    """One address's mail, by Delivered-To."""

    def __init__(self, maildir, address):
        self.maildir = maildir
        self.address = address

    def mails(self):
        return [mail for mail in self.maildir.mails()
                if str(mail.get("Delivered-To", "")).strip("<> ").lower() == self.address.lower()]

    def wait_for(self, count, seconds=20, where=lambda mail: True):
        """The mails (those `where` says yes to) once there are at least `count`; fails on more."""
        end = time.monotonic() + seconds
        while True:
            mails = [mail for mail in self.mails() if where(mail)]
            if len(mails) >= count:
                break
            if time.monotonic() > end:
                raise AssertionError(f"{self.address}: {count} mails were due within {seconds} s, "
                                     f"{len(mails)} came: {self.subjects(self.mails())}")
            time.sleep(0.05)
        if len(mails) > count:
            raise AssertionError(f"{self.address}: {count} mails were due, {len(mails)} came: "
                                 f"{self.subjects(mails)}")
        return mails

    def stays_at(self, count, seconds=3, where=lambda mail: True):
        """Fails when another mail comes within that many seconds."""
        time.sleep(seconds)
        return self.wait_for(count, seconds=0, where=where)

    @staticmethod
    def subjects(mails):
        return [str(mail["Subject"]) for mail in mails]
