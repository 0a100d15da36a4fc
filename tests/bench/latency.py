"""How long until the first subscriber's mail is on its way."""

import statistics
import time

import pairs
import wire
from stopwatch import Stopwatch
from town import PAGE

READERS = 4
REST_SECONDS = 0.1     # after each mail: both ends come to rest


def to_the_first_subscriber(yard, is_quick):
    """An operator's mail's final dot to the first subscriber's MAIL FROM, against a mail relayed by Postfix."""
    count = 20 if is_quick else 100
    watch = Stopwatch()
    town = yard.town
    yard.relay(port=watch.port)
    yard.subscribers(READERS)
    town.postfix.reload(default_transport=f"smtp:[127.0.0.1]:{watch.port}")
    serving = town.program.serve(town.milter_socket)
    ada = wire.Client(town.postfix.public, login="ada@example.com")
    other = wire.Client(town.postfix.relay)

    def one(client, sender, recipient, mails):
        """Milliseconds; `mails` come of this one, the answer among them."""
        dot_at = client.send(sender, recipient, wire.mail(str(time.monotonic_ns()), recipient))
        first_at = watch.first_of(mails)
        time.sleep(REST_SECONDS)
        return 1000 * (first_at - dot_at)

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
        watch.close()
        yard.tell_nobody()
    ratio = statistics.median(ours) / statistics.median(theirs)
    return pairs.Row(statistics.median(ours), statistics.median(theirs), ratio, "<= 1", ratio <= 1, "ms",
                     "relayed by the same Postfix", f"medians of {count} mails each, in turn; {READERS} subscribers")
