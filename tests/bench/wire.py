"""A small SMTP client that many processes may run at once: smtp-source knows no XCLIENT, and repeats its ids."""

import socket
import time

from people import xtext

TEXT = "We are aware of elevated error rates on the API and are looking into it.\r\n" * 6


def mail(name, recipient):
    """An operator's mail, as bytes ready for the wire but for the final dot."""
    return (f"From: Ada Byron <ada@example.com>\r\nTo: {recipient}\r\n"
            f"Subject: [minor] API elevated error rates {name}\r\nMessage-ID: <{name}@example.com>\r\n"
            "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
            f"Components: api\r\n\r\n{TEXT}").encode()


class Client:
    """One connection. `login` and the client's `address` are played by XCLIENT."""

    def __init__(self, port, login=None, address=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.expect(b"220")
        self.ask(b"EHLO client.example", b"250")
        played = [f"LOGIN={xtext(login)}"] if login else []
        played += [f"ADDR={address}"] if address else []
        if played:
            self.ask(f"XCLIENT {' '.join(played)} PROTO=ESMTP".encode(), b"220")
            self.ask(b"EHLO client.example", b"250")

    def expect(self, code):
        reply = b""
        while not reply.endswith(b"\n") or reply.splitlines()[-1][3:4] == b"-":
            data = self.socket.recv(4096)
            if not data:
                raise EOFError("the server hung up")
            reply += data
        if not reply.startswith(code):
            raise RuntimeError(reply.decode("latin-1"))

    def ask(self, line, code):
        self.socket.sendall(line + b"\r\n")
        self.expect(code)

    def send(self, sender, recipient, raw):
        """One mail; the moment at which its final dot was written."""
        self.ask(f"MAIL FROM:<{sender}>".encode(), b"250")
        self.ask(f"RCPT TO:<{recipient}>".encode(), b"250")
        self.ask(b"DATA", b"354")
        at = time.monotonic()
        self.socket.sendall(raw + b".\r\n")
        self.expect(b"250")
        return at

    def close(self):
        self.ask(b"QUIT", b"221")
        self.socket.close()
