"""Mail through Postfix with our milter and without it."""

import contextlib
import multiprocessing
import time

import fanout
import pairs
import watchmen
import wire
from ports import answers, wait_until
from town import PAGE

import socket


@contextlib.contextmanager
def milter(yard):
    """`tocsin milter` alone: nobody sends meanwhile."""
    town = yard.town
    yard.relay()
    yard.subscribers(0)
    process = town.program.start("milter")
    try:
        wait_until(lambda: answers(socket.AF_UNIX, str(town.milter_socket)), 20,
                   f"the milter answers:\n{town.program.log()}")
        yield
    finally:
        town.program.stop(process)


def rate(yard, run, count):
    """Mails a second until the last was taken; then waits until Postfix has discarded all."""
    seconds = fanout.timed(run)
    yard.town.postfix.wait_empty(60)
    return count / seconds


def mail_of_others(yard, is_quick):
    """Mail for others, let go by the milter at DATA; both sides end in Postfix's discard."""
    count, rounds = (500, 3) if is_quick else (2000, 5)
    postfix = yard.town.postfix

    def through(port):
        return lambda: rate(yard, lambda: fanout.source(port, 4, count, 2048), count)

    with milter(yard):
        found = pairs.in_turn(rounds, through(postfix.public), through(postfix.relay))
    return pairs.compare(*found, 0.85, "mails/s", "the same Postfix without a milter",
                         f"{count:,} mails of 2 KB on 4 connections, {rounds} rounds")


def send_as_ada(port, recipient, name, count):
    """A process: so many mails of an operator on one connection."""
    client = wire.Client(port, login="ada@example.com")
    for number in range(count):
        client.send("ada@example.com", recipient, wire.mail(f"{name}-{number}", recipient))
    client.close()


def send_as_monitor(port, name, count):
    """Likewise of a monitor: each of another alert."""
    client = wire.Client(port, address=watchmen.CLIENT)
    for number in range(count):
        client.send("nagios@mon.example.com", PAGE, watchmen.nagios(host=f"{name}-{number}.example.com"))
    client.close()


def all_taken(yard, send, count, clients=4):
    """A run of so many mails on so many connections, each with send(name, count), and nothing refused."""
    def run():
        name = f"{time.monotonic_ns()}"
        each = [multiprocessing.Process(target=send, args=(f"{name}-{n}", count // clients)) for n in range(clients)]
        for one in each:
            one.start()
        for one in each:
            one.join()
        if any(one.exitcode for one in each):
            raise RuntimeError(f"not all mails were taken:\n{yard.town.postfix.log(5)}\n{yard.town.program.log(5)}")
    return run


def storm_of_a_monitor(yard, is_quick):
    """Mails that each raise another alert of one monitor, against mails of an operator that open incidents."""
    count, rounds = (200, 3) if is_quick else (1000, 5)
    port = yard.town.postfix.public

    def by(send):
        def timed():
            yard.resolve_all()
            return rate(yard, all_taken(yard, send, count), count)
        return timed

    def operators(name, number):
        send_as_ada(port, PAGE, name, number)

    def monitors(name, number):
        send_as_monitor(port, name, number)

    with milter(yard):
        before = alerts(yard)
        found = pairs.in_turn(rounds, by(monitors), by(operators))
        if alerts(yard) - before != rounds * count:
            raise RuntimeError(f"{rounds * count} mails made {alerts(yard) - before} alerts")
    yard.tell_nobody()
    return pairs.compare(*found, 0.8, "mails/s", "mails of an operator, each opens an incident",
                         f"{count:,} mails on 4 connections, each another alert, {rounds} rounds")


def mail_of_operators(yard, is_quick):
    """Mails that each open an incident, committed when they are answered, against mail that is discarded."""
    count, rounds = (200, 3) if is_quick else (400, 5)
    clients = 4
    postfix = yard.town.postfix

    def through(port, recipient):
        def send(name, number):
            send_as_ada(port, recipient, name, number)

        def timed():
            yard.resolve_all()
            return rate(yard, all_taken(yard, send, count, clients), count)
        return timed

    with milter(yard):
        before = incidents(yard)
        found = pairs.in_turn(rounds, through(postfix.public, PAGE), through(postfix.relay, "reader@example.net"))
        if incidents(yard) - before != rounds * count:
            raise RuntimeError(f"{rounds * count} mails made {incidents(yard) - before} incidents")
    yard.tell_nobody()
    return pairs.compare(*found, 0.4, "mails/s", "the same Postfix to discard",
                         f"{count:,} mails on {clients} connections, each opens an incident, {rounds} rounds")


def alerts(yard):
    with yard.database() as store:
        return store.execute("SELECT count(*) FROM alert").fetchone()[0]


def incidents(yard):
    with yard.database() as store:
        return store.execute("SELECT count(*) FROM incident").fetchone()[0]
