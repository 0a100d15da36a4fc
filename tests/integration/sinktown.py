"""A Town whose relay is the scripted sink, so that every way of going wrong can be had."""

import re

from sink import Sink
from town import PAGE_ID, Town

HEADER = {name: re.compile(rb"^" + name.encode() + rb":[ \t]*(.*?)\r?$", re.MULTILINE | re.IGNORECASE)
          for name in ("Message-ID", "Subject", "X-Tocsin-Incident", "X-Tocsin-Status")}


def header(raw, name):
    """A header's value out of raw bytes, without the cost of a whole parser; "" when there is none."""
    found = HEADER[name].search(raw.partition(b"\r\n\r\n")[0])
    return found.group(1).decode("latin-1").strip() if found else ""


class SinkTown(Town):
    """`sink` is the relay; nobody serves: a test runs `sender --once`, and looks."""

    serves = False
    connections = 4
    relay_settings = {}

    @classmethod
    def setUpClass(cls):
        cls.sink = cls.make_sink()
        cls.addClassCleanup(cls.sink.close)
        super().setUpClass()

    @classmethod
    def make_sink(cls):
        return Sink()

    @classmethod
    def relays(cls):
        return [{"host": "127.0.0.1", "port": cls.sink.port, "tls": "none", "connections": cls.connections,
                 **cls.relay_settings}]

    def setUp(self):
        self.sink.friendly()
        self.tocsin("queue", "resume")
        self.tocsin("queue", "retry")
        self.tocsin("sender", "--once")
        super().setUp()
        self.forget_subscribers()
        with self.sink.lock:
            for kept in self.sink.messages, self.sink.bodies, self.sink.commands:
                kept.clear()

    def open(self, title, severity="major", component="comp_api", message="We look."):
        """Opens an incident from the shell; its outer id."""
        done = self.tocsin("incident", "open", "--page", PAGE_ID, "--title", title, "--severity", severity,
                           "--component", component, "--message", message, check=True)
        return done.stdout.split()[0]

    def send_due(self, retry=False, seconds=120):
        """Everything that is due now; with retry also what was deferred."""
        if retry:
            self.tocsin("queue", "resume", check=True)
            self.tocsin("queue", "retry", check=True)
        self.tocsin("sender", "--once", check=True, seconds=seconds)

    def notifications(self):
        """What is still to be sent, without letters."""
        return [one for one in self.unsent() if not str(one["id"]).startswith("L")]

    def states(self):
        return {one["address"]: one["state"] for one in self.subscribers()}
