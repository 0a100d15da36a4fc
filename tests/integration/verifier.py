"""A stand-in for the site's DKIM and SPF verifier: a milter that says what the test wants said.

It turns the header `X-Test-Verdict: dkim=pass header.d=example.com` into
`Authentication-Results: AUTHSERV-ID; dkim=pass header.d=example.com` on top and removes the former; a
mail without that header gets `AUTHSERV-ID; none`. While `silent` it adds nothing, as when a verifier is
skipped. It speaks version 6 of the milter protocol, as little of it as Postfix needs."""

import os
import socket
import socketserver
import struct
import threading

ADD_HEADERS, CHANGE_HEADERS = 0x01, 0x10
# no connect, helo, mail, rcpt, body, end of headers, unknown, data
ONLY_HEADERS = 0x01 | 0x02 | 0x04 | 0x08 | 0x10 | 0x40 | 0x100 | 0x200
VERDICT = b"x-test-verdict"


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        verdicts = []
        while True:
            head = self.rfile.read(4)
            if len(head) < 4:
                return
            packet = self.rfile.read(struct.unpack(">I", head)[0])
            command, data = packet[:1], packet[1:]
            if command == b"Q":
                return
            if command == b"O":
                self.send(b"O", struct.pack(">III", 6, ADD_HEADERS | CHANGE_HEADERS, ONLY_HEADERS))
            elif command == b"L":
                name, value = data.split(b"\0")[:2]
                if name.lower() == VERDICT:
                    verdicts.append(value.strip())
                self.send(b"c")
            elif command == b"E":
                self.judge(verdicts)
                verdicts = []
                self.send(b"c")
            elif command in b"AK":
                verdicts = []
            elif command != b"D":
                self.send(b"c")

    def judge(self, verdicts):
        for index in range(len(verdicts), 0, -1):
            self.send(b"m", struct.pack(">I", index) + b"X-Test-Verdict\0\0")
        if self.server.silent:
            return
        for verdict in reversed(verdicts or [b"none"]):
            value = self.server.authserv_id.encode() + b"; " + verdict
            self.send(b"i", struct.pack(">I", 0) + b"Authentication-Results\0" + value + b"\0")

    def send(self, command, data=b""):
        self.wfile.write(struct.pack(">I", len(data) + 1) + command + data)


class Verifier(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Listens on a unix socket that Postfix may use; `address` is its smtpd_milters entry."""

    daemon_threads = True
    address_family = socket.AF_UNIX

    def __init__(self, path, authserv_id):
        super().__init__(str(path), Session)
        os.chmod(path, 0o666)
        self.address = f"unix:{path}"
        self.authserv_id = authserv_id
        self.silent = False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()
