"""Loopback ports that nobody listens on, below the range that the kernel gives to clients."""

import random
import socket
import time

LOWEST, HIGHEST = 20000, 32000


def free_port():
    """A port of 127.0.0.1 that could be bound a moment ago."""
    while True:
        port = random.randint(LOWEST, HIGHEST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def answers(family, address):
    """Whether somebody accepts a connection at this address."""
    with socket.socket(family) as probe:
        probe.settimeout(1)
        try:
            probe.connect(address)
        except OSError:
            return False
        return True


def wait_until(condition, seconds, what):
    """Returns the first true value of `condition()`; fails with `what` after that many seconds."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} s still not: {what}")
        time.sleep(0.05)
