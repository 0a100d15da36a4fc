"""A notification to many subscribers: the whole sender against Postfix's load generator and against mlmmj."""

import os
import shutil
import subprocess
import time

import pairs
import program
from sink import Sink
from yard import tool

MESSAGE = 2048        # bytes of the text that smtp-source sends below its headers
TEXT = "We are looking into it. "


def timed(run):
    began = time.monotonic()
    run()
    return time.monotonic() - began


def words(size):
    """A message of about that size."""
    return (TEXT * (size // len(TEXT) + 1))[:size].rstrip()


def size_of_mail(yard, message):
    """Bytes of one subscriber's mail, headers and all."""
    sink = Sink()
    try:
        yard.relay(port=sink.port, connections=1)
        yard.subscribers(1)
        yard.open_incident(message)
        yard.town.tocsin("sender", "--once", check=True)
        return len(sink.received("reader0000001@example.net")[0].raw)
    finally:
        sink.close()


def size_of_source(length):
    """Bytes of one of smtp-source's mails with that length."""
    sink = Sink()
    try:
        source(sink.port, 1, 1, length)
        return len(sink.wait_for(1)[0].raw)
    finally:
        sink.close()


def source(port, connections, count, length):
    """smtp-source that keeps its connections, to the end."""
    subprocess.run([tool("smtp-source"), "-d", "-s", str(connections), "-m", str(count), "-l", str(length),
                    "-f", "status@status.example.com", "-t", "reader@example.net", f"127.0.0.1:{port}"],
                   check=True, stdin=subprocess.DEVNULL, timeout=600)


def same_size(yard):
    """Our message and smtp-source's length that make mails of the same size: (message, length, bytes)."""
    wanted = size_of_source(MESSAGE)
    least = size_of_mail(yard, words(200))
    message = words(max(200, 200 + wanted - least))
    bytes_ = size_of_mail(yard, message)
    return message, MESSAGE + bytes_ - wanted, bytes_


def send_all(yard, message, count):
    """Messages a second of a fan-out, from the sender's start to its end."""
    yard.open_incident(message)
    seconds = timed(lambda: yard.town.tocsin("sender", "--once", check=True, seconds=900))
    sent, state = yard.sent()
    if sent != count or state != 1:
        raise RuntimeError(f"{sent} of {count} were sent (state {state}):\n{yard.town.program.log()}")
    return count / seconds


def against_source(yard, is_quick, connections, asked):
    """The whole `sender --once` against smtp-source, both to the same smtp-sink."""
    count, rounds = (4000, 3) if is_quick else (20000, 3)
    message, length, size = same_size(yard)
    yard.relay(connections=connections)
    yard.subscribers(count)

    def ours():
        return send_all(yard, message, count)

    def theirs():
        return count / timed(lambda: source(yard.sink_port, connections, count, length))

    return pairs.compare(*pairs.in_turn(rounds, ours, theirs), asked, "messages/s", "smtp-source -d",
                         f"{count:,} subscribers, mails of {size:,} bytes, {rounds} rounds")


class List:
    """A mailing list of mlmmj with its default VERP: a mail to each subscriber, by mlmmj itself."""

    def __init__(self, yard, count):
        self.folder = yard.town.scratch / "mlmmj"
        for name in "incoming", "queue", "archive", "text", "control", "subscribers.d", "requeue", "bounce":
            (self.folder / name).mkdir(parents=True)
        for name, value in (("listaddress", "status@status.example.com"), ("smtpport", yard.sink_port),
                            ("owner", "ada@example.com"), ("relayhost", "127.0.0.1")):
            (self.folder / "control" / name).write_text(f"{value}\n")
        (self.folder / "index").write_text("0\n")
        addresses = "".join(f"reader{number:07}@example.net\n" for number in range(count))
        (self.folder / "subscribers.d" / "r").write_text(addresses)
        uid, gid = program.account()
        for path in self.folder, *self.folder.rglob("*"):
            os.chown(path, uid, gid)

    def send(self, raw):
        mail = self.folder / "mail"
        mail.write_bytes(raw)
        uid, gid = program.account()
        os.chown(mail, uid, gid)
        subprocess.run([tool("mlmmj-send"), "-L", str(self.folder), "-m", str(mail)], check=True, timeout=600,
                       stdin=subprocess.DEVNULL, user=uid, group=gid, extra_groups=[])

    def remove(self):
        shutil.rmtree(self.folder)


def mail_for_mlmmj(size):
    head = ("From: Example <status@status.example.com>\nTo: status@status.example.com\n"
            "Subject: API elevated error rates\nMessage-ID: <1@status.example.com>\n\n")
    lines = [TEXT * 3] * (size // (len(TEXT) * 3) + 1)
    return (head + "\n".join(lines))[:size].encode() + b"\n"


def against_mlmmj(yard, is_quick):
    """The whole sender on one connection against mlmmj-send, which has one."""
    count, few, rounds = (4000, 100, 3) if is_quick else (20000, 300, 3)
    message, _, size = same_size(yard)
    yard.relay(connections=1)
    yard.subscribers(count)
    members = List(yard, few)
    raw = mail_for_mlmmj(size)

    def ours():
        return send_all(yard, message, count)

    def theirs():
        return few / timed(lambda: members.send(raw))

    try:
        return pairs.compare(*pairs.in_turn(rounds, ours, theirs), 50, "messages/s", "mlmmj-send",
                             f"1 connection; {count:,} subscribers, mlmmj {few:,}, {rounds} rounds")
    finally:
        members.remove()
