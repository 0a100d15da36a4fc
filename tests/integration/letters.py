"""Raw mails for attacks: every byte as it is said, with a signature and a verdict if wanted."""

import email.utils
import re
import uuid

from people import signature
from town import PAGE

AUTHSERV_ID = "mx.example.com"


def letter(author=b"From: Ada Byron <ada@example.com>", verdict="pass", subject=b"Subject: [critical] Owned",
           body=b"Components: all\r\n\r\nOwned.\r\n", more=b"", domain="example.com", to=PAGE, signed=None):
    """A mail to the page whose header lines are given whole (CRLF between them, none at the end).

    verdict: "pass" is a good signature by `domain`; other text is what the verifier says; None says
    nothing at all."""
    dkim, tag = signature(domain, **({"signed": signed} if signed else {}))
    lines = [author, f"To: {to}".encode(), subject,
             f"Date: {email.utils.formatdate(localtime=True)}".encode(),
             f"Message-ID: <{uuid.uuid4().hex}@{domain}>".encode()]
    if verdict == "pass":
        lines += [f"DKIM-Signature: {dkim}".encode(),
                  f"X-Test-Verdict: dkim=pass header.d={domain} header.s=mail header.b={tag}".encode()]
    elif verdict:
        lines.append(f"X-Test-Verdict: {verdict}".encode())
    lines.append(more)
    return b"\r\n".join(line for line in lines if line) + b"\r\n\r\n" + body


def as_verified(raw):
    """The same mail as it looks behind the verifier: what `inject` is given."""
    head, _, body = raw.partition(b"\r\n\r\n")
    found = re.findall(rb"^X-Test-Verdict: (.*?)\r?$", head, re.MULTILINE)
    head = re.sub(rb"^X-Test-Verdict: .*?\r?(\n|\Z)", b"", head, flags=re.MULTILINE).rstrip(b"\r\n")
    results = b"".join(b"Authentication-Results: %s; %s\r\n" % (AUTHSERV_ID.encode(), one)
                       for one in found or [b"none"])
    return results + head + b"\r\n\r\n" + body
