"""An SMTP server in a process and a loop of its own, that says when each MAIL FROM came: as little as can be
between the relay and the clock, the same for whoever sends."""

import multiprocessing
import selectors
import socket
import time

ANSWERS = {b"EHLO": b"250-stopwatch.example\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n",
           b"HELO": b"250 stopwatch.example\r\n", b"MAIL": b"250 2.1.0 ok\r\n", b"RCPT": b"250 2.1.5 ok\r\n",
           b"DATA": b"354 go on\r\n", b"RSET": b"250 2.0.0 ok\r\n", b"QUIT": b"221 2.0.0 bye\r\n"}


class Connection:
    """What one client has said and not yet been answered; `tell` takes what happened, and when."""

    def __init__(self, peer, tell):
        self.peer, self.tell, self.buffer, self.is_body = peer, tell, b"", False
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.sendall(b"220 stopwatch.example ESMTP\r\n")

    def read(self):
        """Takes what has come; False: the client is gone."""
        data = self.peer.recv(65536)
        at = time.monotonic()
        self.buffer += data
        answer = b""
        while (part := self._step(at)) is not None:
            answer += part
        if answer:
            self.peer.sendall(answer)
        return bool(data)

    def _step(self, at):
        """The answer to the next command or body; None: it is not whole yet."""
        end = b"\r\n.\r\n" if self.is_body else b"\r\n"
        if end not in self.buffer:
            return None
        line, _, self.buffer = self.buffer.partition(end)
        if self.is_body:
            self.is_body = False
            self.tell(("message", at))
            return b"250 2.0.0 kept\r\n"
        verb = line[:4].upper()
        self.is_body = verb == b"DATA"
        if verb == b"MAIL":
            self.tell((line.partition(b"<")[2].partition(b">")[0].decode("latin-1"), at))
        return ANSWERS.get(verb, b"502 5.5.2 not here\r\n")


def serve(listener, pipe):
    """The process: all clients in one loop, until it is killed."""
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                peer, _ = listener.accept()
                selector.register(peer, selectors.EVENT_READ, Connection(peer, pipe.send))
            elif not alive(key.data):
                selector.unregister(key.fileobj)
                key.fileobj.close()


def alive(connection):
    try:
        return connection.read()
    except OSError:
        return False


class Stopwatch:
    """The server; close() ends it."""

    def __init__(self):
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = listener.getsockname()[1]
        self.pipe, theirs = multiprocessing.Pipe(duplex=False)
        self.process = multiprocessing.Process(target=serve, args=(listener, theirs), daemon=True)
        self.process.start()
        listener.close()
        theirs.close()

    def first_of(self, mails, seconds=30):
        """Waits for so many messages: when the first MAIL FROM with an address came. Answers have none."""
        first, until = None, time.monotonic() + seconds
        while mails:
            if not self.pipe.poll(max(0, until - time.monotonic())):
                raise TimeoutError(f"{mails} mails are still missing after {seconds} s")
            what, at = self.pipe.recv()
            if what == "message":
                mails -= 1
            elif what and first is None:
                first = at
        return first

    def close(self):
        self.process.kill()
        self.process.join()
