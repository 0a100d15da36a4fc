"""How long until the first subscriber's mail is on its way."""

import statistics
import time

import pairs
import wire
from ports import wait_until
from sink import Session, Sink
from town import PAGE

READERS = 4


class TimedSession(Session):
    def on_mail(self, line):
        at = time.monotonic()
        super().on_mail(line)
        with self.sink.lock:
            self.sink.begun.append((at, self.sender))


class TimedSink(Sink):
    """Remembers when each MAIL FROM came, and its address."""
    session_class = TimedSession

    def __init__(self):
        self.begun = []
        super().__init__()

    def first(self):
        """When the first mail with a return path came; answers have none."""
        with self.lock:
            return next((at for at, sender in self.begun if sender), None)

    def forget(self):
        with self.lock:
            self.begun.clear()
            self.messages.clear()
            self.bodies.clear()


def to_the_first_subscriber(yard, is_quick):
    """An operator's mail's final dot to the first subscriber's MAIL FROM, against a mail relayed by Postfix."""
    count = 20 if is_quick else 100
    sink = TimedSink()
    town = yard.town
    yard.relay(port=sink.port)
    yard.subscribers(READERS)
    town.postfix.reload(default_transport=f"smtp:[127.0.0.1]:{sink.port}")
    serving = town.program.serve(town.milter_socket)
    ada = wire.Client(town.postfix.public, login="ada@example.com")
    other = wire.Client(town.postfix.relay)

    def one(client, sender, recipient, mails):
        sink.forget()
        name = str(time.monotonic_ns())
        dot_at = client.send(sender, recipient, wire.mail(name, recipient))
        wait_until(lambda: len(sink.messages) >= mails, 30, f"{mails} mails arrive:\n{town.program.log()}")
        time.sleep(0.1)  # both ends come to rest
        return 1000 * (sink.first() - dot_at)

    try:
        ours, theirs = [], []
        for _ in range(count):
            ours.append(one(ada, "ada@example.com", PAGE, READERS + 1))
            theirs.append(one(other, "somebody@example.org", "reader@example.net", 1))
        ada.close()
        other.close()
    finally:
        town.program.stop(serving)
        town.postfix.reload(default_transport="discard:silently")
        sink.close()
        yard.tell_nobody()
    ratio = statistics.median(ours) / statistics.median(theirs)
    return pairs.Row(statistics.median(ours), statistics.median(theirs), ratio, "<= 1", ratio <= 1, "ms",
                     "relayed by the same Postfix", f"median of {count} mails each, in turn; {READERS} subscribers")
