"""A relay that does what the test says: an SMTP server whose every answer can be scripted.

    sink = Sink()
    sink.on("RCPT", reply("550 5.1.1 no such user"), when=b"carol@")
    sink.on("DOT", drop(), times=1)

A rule belongs to a verb: CONNECT (the greeting), EHLO, HELO, STARTTLS, AUTH, MAIL, RCPT, DATA, BODY (before
the body is read), DOT (the body is there, not yet answered), RSET, QUIT. The first rule that fits acts; a
rule with `times` is spent after so many, `skip` lets the first ones pass. Without a rule the sink is a
friendly server. It keeps what it saw: `messages` (accepted: 250 was decided), `sessions` (raw bytes)."""

import base64
import dataclasses
import pathlib
import socket
import ssl
import subprocess
import threading
import time

from ports import free_port, wait_until


class Dropped(Exception):
    """The script closes this connection."""


@dataclasses.dataclass
class Message:
    sender: str
    recipients: list
    raw: bytes          # as sent, dots unstuffed
    session: int
    at: float
    options: str        # what followed the address in MAIL


@dataclasses.dataclass
class Rule:
    verb: str
    action: object
    times: int = None
    skip: int = 0
    when: bytes = b""


def reply(text):
    """Answers these lines (CRLF is added) instead of the usual ones; the command has no effect."""
    def act(session):
        session.say(text)
        return True
    return act


def reply_and_drop(text):
    def act(session):
        session.say(text)
        raise Dropped
    return act


def drop(reset=False):
    """Closes the connection without an answer, with RST if asked."""
    def act(session):
        if reset:
            session.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        raise Dropped
    return act


def silent(seconds=3600):
    """Says nothing for that long, or until the sink stops or the client goes."""
    def act(session):
        session.sink.stopping.wait(seconds)
        raise Dropped
    return act


def delay(seconds):
    """Waits, then answers as usual."""
    def act(session):
        session.sink.stopping.wait(seconds)
        return False
    return act


def raw(data):
    """Writes exactly these bytes instead of the answer."""
    def act(session):
        session.write(data)
        return True
    return act


def drip(data, seconds_each):
    """Writes these bytes one at a time."""
    def act(session):
        for byte in data:
            session.write(bytes([byte]))
            if session.sink.stopping.wait(seconds_each):
                break
        return True
    return act


def drop_in_body(after_bytes):
    """For BODY: takes that much of the body, then closes."""
    def act(session):
        session.read_exactly(after_bytes)
        raise Dropped
    return act


class Session:
    """One connection, served by a thread of its own."""

    def __init__(self, sink, number, connection):
        self.sink, self.number, self.socket = sink, number, connection
        self.seen = b""           # every byte that came, after decryption
        self.said = b""
        self.buffer = b""
        self.secure = False
        self.login = None         # (mechanism, what the client gave)
        self.sender, self.options, self.recipients = None, "", []

    def run(self):
        try:
            if not self.scripted("CONNECT", b""):
                self.say("220 sink.example ESMTP")
            while self.command():
                pass
        except (Dropped, OSError, EOFError):
            pass
        finally:
            self.socket.close()

    def scripted(self, verb, line):
        """Whether a rule answered this."""
        action = self.sink.next_action(verb, line)
        return bool(action and action(self))

    def command(self):
        line = self.read_line()
        verb = line.split(b" ")[0].split(b":")[0].strip().upper().decode("latin-1")
        with self.sink.lock:
            self.sink.commands.append((self.number, line.rstrip(b"\r\n").decode("latin-1")))
        if self.scripted(verb, line):
            return True
        handler = getattr(self, f"on_{verb.lower()}", None)
        if not handler:
            self.say("502 5.5.2 not here")
            return True
        return handler(line.strip()) is not False

    def on_ehlo(self, _line):
        lines = ["sink.example", *self.sink.extensions]
        if self.sink.tls and not self.secure:
            lines.append("STARTTLS")
        if self.sink.accounts and (self.secure or self.sink.auth_in_clear):
            lines.append("AUTH PLAIN LOGIN")
        self.say("\n".join(f"250{'-' if n < len(lines) - 1 else ' '}{text}" for n, text in enumerate(lines)))

    def on_helo(self, _line):
        self.say("250 sink.example")

    def on_starttls(self, _line):
        if not self.sink.tls or self.secure:
            self.say("502 5.5.1 no")
            return
        self.write(self.sink.starttls_reply)
        self.socket = self.sink.tls.wrap_socket(self.socket, server_side=True)
        self.buffer, self.secure = b"", True

    def on_auth(self, line):
        words = line.split(b" ")
        mechanism, given = words[1].upper(), [words[2]] if len(words) > 2 else []
        prompts = {b"PLAIN": [b"334 "], b"LOGIN": [b"334 VXNlcm5hbWU6", b"334 UGFzc3dvcmQ6"]}.get(mechanism)
        if prompts is None:
            self.say("504 5.5.4 unknown mechanism")
            return
        for prompt in prompts[len(given):]:
            self.write(prompt + b"\r\n")
            given.append(self.read_line().strip())
        self.login = (mechanism.decode(), *decoded(mechanism, given))
        self.say("235 2.7.0 welcome" if self.login[1:] in self.sink.accounts else "535 5.7.8 wrong")
        if self.login[1:] not in self.sink.accounts:
            self.login = None

    def on_mail(self, line):
        if self.sink.accounts and not self.login:
            self.say("530 5.7.0 authentication required")
            return
        address, _, options = line.partition(b":")[2].strip().partition(b">")
        self.sender, self.options = address.lstrip(b"<").decode("latin-1"), options.strip().decode("latin-1")
        self.recipients = []
        self.say("250 2.1.0 sender ok")

    def on_rcpt(self, line):
        address = line.partition(b":")[2].strip().partition(b">")[0].lstrip(b"<")
        self.recipients.append(address.decode("latin-1"))
        self.say("250 2.1.5 recipient ok")

    def on_data(self, _line):
        if not self.recipients:
            self.say("554 5.5.1 no valid recipients")
            return
        self.say("354 go on")
        if self.scripted("BODY", b""):
            return
        body = self.read_body()
        with self.sink.lock:
            self.sink.bodies.append((self.number, list(self.recipients), body))
        if self.scripted("DOT", ",".join(self.recipients).encode()):
            return
        self.keep(body)
        self.say("250 2.0.0 kept")

    def keep(self, body):
        message = Message(self.sender, self.recipients, body, self.number, time.monotonic(), self.options)
        with self.sink.lock:
            self.sink.messages.append(message)
        self.recipients = []

    def on_rset(self, _line):
        self.sender, self.recipients = None, []
        self.say("250 2.0.0 ok")

    def on_noop(self, _line):
        self.say("250 2.0.0 ok")

    def on_quit(self, _line):
        self.say("221 2.0.0 bye")
        return False

    def say(self, text):
        self.write(text.replace("\n", "\r\n").encode("latin-1") + b"\r\n")

    def write(self, data):
        self.said += data
        self.socket.sendall(data)

    def _fill(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        self.seen += data
        self.buffer += data

    def read_line(self):
        while b"\n" not in self.buffer:
            self._fill()
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line + b"\n"

    def read_exactly(self, count):
        while len(self.buffer) < count:
            self._fill()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def read_body(self):
        self.buffer = b"\r\n" + self.buffer
        while b"\r\n.\r\n" not in self.buffer:
            self._fill()
        body, _, self.buffer = self.buffer.partition(b"\r\n.\r\n")
        return (body + b"\r\n").replace(b"\r\n..", b"\r\n.")[2:]


def decoded(mechanism, given):
    """(user, password) from what a client sent for PLAIN or LOGIN."""
    texts = [base64.b64decode(one).decode("utf-8", "replace") for one in given]
    return tuple(texts[0].split("\0")[1:3]) if mechanism == b"PLAIN" else tuple(texts[:2])


class Sink:
    """tls: a server's SSLContext (see certificate()), accounts: {(user, password)} that AUTH knows."""
    session_class = Session

    def __init__(self, tls=None, accounts=(), extensions=("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"),
                 auth_in_clear=False, port=None):
        self.tls, self.accounts, self.auth_in_clear = tls, set(accounts), auth_in_clear
        self.extensions = list(extensions)
        self.starttls_reply = b"220 2.0.0 go on\r\n"
        self.rules, self.messages, self.bodies, self.commands, self.sessions = [], [], [], [], []
        self.lock, self.stopping = threading.Lock(), threading.Event()
        self.port = port or free_port()
        self.listener = None
        self.open()

    def open(self):
        """Listens (again)."""
        self.stopping.clear()
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def close(self):
        """Refuses connections from now on and ends the open ones."""
        self.stopping.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for session in self.sessions:
            try:
                session.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                session = self.session_class(self, len(self.sessions), connection)
                self.sessions.append(session)
            threading.Thread(target=session.run, daemon=True).start()

    def on(self, verb, action, times=None, skip=0, when=b""):
        """From now on `verb` (where its line holds `when`) does `action`; later rules come first."""
        with self.lock:
            self.rules.insert(0, Rule(verb, action, times, skip, when))

    def friendly(self):
        """Forgets all rules."""
        with self.lock:
            self.rules.clear()

    def next_action(self, verb, line):
        with self.lock:
            for rule in self.rules:
                if rule.verb != verb or rule.when not in line or rule.times == 0:
                    continue
                if rule.skip:
                    rule.skip -= 1
                    continue
                if rule.times:
                    rule.times -= 1
                return rule.action
        return None

    def received(self, address):
        """The messages kept for this recipient."""
        with self.lock:
            return [message for message in self.messages if address in message.recipients]

    def wait_for(self, count, seconds=30):
        """The messages once there are that many."""
        wait_until(lambda: len(self.messages) >= count, seconds,
                   f"the sink has {count} messages (it has {len(self.messages)})")
        return list(self.messages)

    def said_to_us(self, start):
        """The commands that begin so, over all sessions."""
        with self.lock:
            return [line for _, line in self.commands if line.upper().startswith(start.upper())]


def certificate(folder, name="localhost", days=30, self_signed=False):
    """A server's SSLContext for `name` and the path of the CA file that vouches for it."""
    folder = pathlib.Path(folder)
    ca_key, ca = folder / "ca.key", folder / "ca.pem"
    if not ca.exists():
        _openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", ca_key, "-out", ca, "-days", "30",
                 "-subj", "/CN=Sink test CA", "-addext", "basicConstraints=critical,CA:TRUE")
    key, request, own = (folder / f"{name}.{end}" for end in ("key", "csr", "pem"))
    _openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={name}")
    extensions = folder / "extensions"
    extensions.write_text(f"subjectAltName=DNS:{name}\nbasicConstraints=CA:FALSE\n")
    signer = ["-signkey", key] if self_signed else ["-CA", ca, "-CAkey", ca_key, "-CAcreateserial"]
    _openssl("x509", "-req", "-in", request, "-out", own, "-extfile", extensions, "-days", days, *signer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own, key)
    return context, ca


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)
