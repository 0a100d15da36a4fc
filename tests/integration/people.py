"""People who write and answer mail, each as a mail client would."""

import base64
import dataclasses
import email.message
import email.policy
import email.utils
import os
import smtplib
import time

import inbox

ON_THE_WIRE = email.policy.SMTP.clone(max_line_length=900)  # Python would encode long ids


@dataclasses.dataclass
class Sent:
    """What the server said at the end, and the mail that it was asked to take."""
    code: int
    text: str
    mail: email.message.EmailMessage = None

    @property
    def taken(self):
        return self.code == 250


def xtext(value):
    """RFC 3461's coding, as XCLIENT wants its values."""
    return "".join(char if 33 <= ord(char) <= 126 and char not in "+=" else f"+{ord(char):02X}"
                   for char in value)


def send(port, raw, sender, recipients, client=None, login=None, timeout=60):
    """Sends bytes by SMTP and returns the decisive reply; never raises for a refusal.

    client and login are played by XCLIENT, so only the public port knows them. The reply is that to MAIL,
    else to the RCPT refused when none was accepted, else to DATA or to the final dot."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname="client.example", timeout=timeout) as smtp:
        smtp.ehlo()
        if client or login:
            smtp.docmd("XCLIENT", f"ADDR={client or '198.51.100.9'} PROTO=ESMTP "
                                  f"LOGIN={xtext(login) if login else '[UNAVAILABLE]'}")
            smtp.ehlo()
        return Sent(*_transaction(smtp, raw, sender, recipients))


def _transaction(smtp, raw, sender, recipients):
    code, text = smtp.mail(sender)
    if code != 250:
        return code, text.decode("utf-8", "replace")
    accepted = 0
    for recipient in recipients:
        code, text = smtp.rcpt(recipient)
        accepted += code in (250, 251)
    if accepted:
        code, text = smtp.docmd("DATA")
        if code == 354:
            smtp.send(dot_stuffed(raw) + b".\r\n")
            code, text = smtp.getreply()
    return code, text.decode("utf-8", "replace")


def dot_stuffed(raw):
    """RFC 5321 4.5.2, and nothing else: bare CR, bare LF and NUL stay as they are."""
    raw = raw.replace(b"\r\n.", b"\r\n..")
    if raw.startswith(b"."):
        raw = b"." + raw
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"


def signature(domain, signed="from:to:subject:date", at=None, more=""):
    """A DKIM-Signature header's value that a verifier could have found good, and its b= beginning."""
    b = base64.b64encode(os.urandom(96)).decode()
    at = int(time.time()) if at is None else at
    value = (f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=mail; t={at}; {more}"
             f"h={signed}; bh={base64.b64encode(os.urandom(32)).decode()}; b={b}")
    return value, b[:8]


class Person:
    """Somebody with an address: an operator, a subscriber, a stranger."""

    def __init__(self, town, name, address, login=None, client="198.51.100.9"):
        self.town, self.name, self.address = town, name, address
        self.login, self.client = login, client

    @property
    def inbox(self):
        return inbox.Inbox(self.town.maildir, self.address)

    def mail(self, subject, text, to, headers=None):
        """The mail as this person's client writes it; `headers` are set last, None removes one."""
        mail = email.message.EmailMessage(policy=ON_THE_WIRE)
        mail["From"] = f"{self.name} <{self.address}>"
        mail["To"] = to
        mail["Subject"] = subject
        mail["Date"] = email.utils.formatdate(localtime=True)
        mail["Message-ID"] = email.utils.make_msgid(domain=self.address.split("@")[1])
        for name, value in (headers or {}).items():
            del mail[name]
            for one in value if isinstance(value, list) else [value]:
                if one is not None:
                    mail[name] = one
        mail.set_content(text if text.endswith("\n") else text + "\n")
        return mail

    def signed(self, mail, signed="from:to:subject:date", at=None, verdict=None, more=""):
        """Adds a DKIM signature that the town's verifier calls good, or as `verdict` says."""
        domain = self.address.split("@")[1]
        value, tag = signature(domain, signed, at, more)
        mail["DKIM-Signature"] = value
        mail["X-Test-Verdict"] = verdict or f"dkim=pass header.d={domain} header.s=mail header.b={tag}"
        return mail

    def sends(self, mail, auth=True, client=None, sender=None, to=None, port=None):
        """Hands a mail (or bytes) to Postfix; `sender` and `to` are the envelope's."""
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        parsed = inbox.parse(raw)
        recipients = to or [address for _, address in email.utils.getaddresses(
            [str(value) for name in ("To", "Cc") for value in parsed.get_all(name, [])])]
        if isinstance(recipients, str):
            recipients = [recipients]
        port = port or self.town.postfix.public
        public = port == self.town.postfix.public
        sent = send(port, raw, self.address if sender is None else sender, recipients,
                    client=(client or self.client) if public else None,
                    login=(self.login or self.address) if auth and public else None)
        sent.mail = parsed
        return sent

    def writes(self, subject="", text="", to=None, auth=True, client=None, headers=None, dkim=False,
               sender=None, port=None):
        """A new mail to the page, or to `to`."""
        mail = self.mail(subject, text, to or self.town.page, headers)
        if dkim:
            self.signed(mail)
        return self.sends(mail, auth=auth, client=client, sender=sender, port=port)

    def replies(self, to_mail, text="", subject=None, quote=True, **how):
        """Answers a mail that this person got: to its Reply-To, below `Re:`, the original quoted.

        Given what writes() or replies() returned, it answers the gateway's answer to that."""
        if isinstance(to_mail, Sent):
            to_mail = self.answer_to(to_mail)
        original = str(to_mail["Subject"])
        headers = {"In-Reply-To": str(to_mail["Message-ID"]), "References": " ".join(
            [*str(to_mail.get("References", "")).split(), str(to_mail["Message-ID"])])}
        headers.update(how.pop("headers", None) or {})
        if quote:
            quoted = "\n".join(("> " + line).rstrip() for line in inbox.plain(to_mail).splitlines())
            text = f"{text}\n\nOn {to_mail['Date']}, {to_mail['From']} wrote:\n{quoted}\n"
        if subject is None:
            subject = original if original.lower().startswith("re:") else f"Re: {original}"
        how.setdefault("to", str(to_mail.get("Reply-To") or to_mail["From"]))
        return self.writes(subject=subject, text=text, headers=headers, **how)

    def answer_to(self, sent, seconds=20):
        """The gateway's answer to a mail of this person's."""
        if not sent.taken:
            raise AssertionError(f"not taken, so not answered: {sent.code} {sent.text}")
        named = str(sent.mail["Message-ID"])
        return self.inbox.wait_for(1, seconds, lambda mail: named in str(mail.get("In-Reply-To", "")))[0]

    def asks(self, subject="", text="", **how):
        """Writes, and returns the answer."""
        return self.answer_to(self.writes(subject=subject, text=text, **how))
