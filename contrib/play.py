"""Plays an operator's and a monitor's incident through by mail, and shows what each party received.

    python3 contrib/play.py BUILD

Installs the program from BUILD into a scratch directory, serves there as an unprivileged user with a
Maildir for a relay, and writes the mails that people would write. Called by contrib/quickstart.
"""

import email
import email.message
import email.policy
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time

PATIENCE_S = 30
PAGE = "status@status.example.com"
ADA, BOB = "ada@example.com", "bob@example.com"
CAROL, PAGER = "carol@example.net", "5550100@pager.example.net"

MONITOR, MONITOR_HOST = "watch@mon.example.com", "192.0.2.1"

CONFIGURATION = """\
state: {scratch}/state
milter: unix:{scratch}/milter.sock
relays:
  - maildir: {scratch}/mail
status_pages:
  - id: sp_abc123
    name: Example
    address: status@status.example.com
    time_zone: Europe/Berlin
    components:
      - {{ id: comp_api, name: API, group: Core }}
      - {{ id: comp_web, name: Website, group: Core }}
operators:
  - {{ name: Ada Byron, address: ada@example.com, proofs: [sasl, reply_key] }}
  - {{ name: Bob Kahn, address: bob@example.com, proofs: [sasl, reply_key] }}
trust: {{ networks: [192.0.2.0/28] }}
monitor:
  name: Production API
  from: watch@mon.example.com
  proofs: [network]
  alert_policy:
    create_status_page_incident: true
    status_page_id: sp_abc123
    affected_component: comp_api
    incident_severity: major
"""


class Play:
    def __init__(self, scratch, build):
        self.scratch = scratch
        self.user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self.program = scratch / "usr" / "bin" / "tocsin"
        subprocess.run(["cmake", "--install", str(build), "--prefix", str(scratch / "usr")],
                       check=True, stdout=subprocess.DEVNULL)
        self.config = scratch / "tocsin.yaml"
        self.config.write_text(CONFIGURATION.format(scratch=scratch))
        (scratch / "state").mkdir(mode=0o700)
        if self.user:
            for path in (scratch, scratch / "state"):
                os.chown(path, self.user.pw_uid, self.user.pw_gid)
        self.server = None
        self.seen = set()

    def as_user(self):
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def command(self, *words):
        return [str(self.program), "--config", str(self.config), *words]

    def run(self, *words, stdin=None):
        done = subprocess.run(self.command(*words), input=stdin, capture_output=True,
                              cwd="/", **self.as_user())
        if done.returncode:
            sys.exit(f"tocsin {' '.join(words)}: {done.stderr.decode()}")
        return done

    def serve(self):
        self.log = open(self.scratch / "serve.log", "wb")
        self.server = subprocess.Popen(self.command("serve"), stdin=subprocess.DEVNULL,
                                       stderr=self.log, cwd="/", **self.as_user())

    def stop(self):
        if self.server and self.server.poll() is None:
            self.server.terminate()
            self.server.wait(PATIENCE_S)

    def write(self, sender, to, subject, text, signed_in=False, reply_to=None, host=None):
        """A mail as its author's program would write it, handed over as from a pipe."""
        mail = email.message.EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Date"] = email.utils.localtime()
        mail["Message-ID"] = email.utils.make_msgid(domain="example.com")
        if reply_to:
            mail["In-Reply-To"] = reply_to["Message-ID"]
            mail["References"] = f'{reply_to["References"] or ""} {reply_to["Message-ID"]}'.strip()
        mail.set_content(text)
        show_mail(f"{sender} writes", mail)
        proofs = ["--auth", sender] if signed_in else []
        proofs += ["--client-addr", host] if host else []
        self.run("inject", "--from", sender, "--to", to, *proofs, stdin=mail.as_bytes())

    def mails(self):
        """All mails delivered so far that were not shown, in the order of their delivery."""
        folder = self.scratch / "mail" / "new"
        paths = sorted(folder.glob("*"), key=lambda p: p.stat().st_mtime_ns) if folder.is_dir() else []
        for path in paths:
            if path.name not in self.seen:
                yield path, email.message_from_bytes(path.read_bytes(), policy=email.policy.default)

    def wait_for(self, *addresses, state=""):
        """Until each address has one new mail, of this state where its subject says one; shows them and
        gives them by address. Private notes are passed over."""
        until = time.monotonic() + PATIENCE_S
        while True:
            new = {mail["Delivered-To"]: (path, mail) for path, mail in self.mails()
                   if mail["Subject"].startswith(f"[{state}") or not mail["Subject"].startswith("[")}
            if set(addresses) <= set(new):
                break
            if time.monotonic() > until:
                sys.exit("no mail came for " + ", ".join(set(addresses) - set(new)) + "\n"
                         + (self.scratch / "serve.log").read_text())
            time.sleep(0.05)
        for address in addresses:
            path, mail = new[address]
            self.seen.add(path.name)
            show_mail(f"{address} receives", mail)
        return {address: mail for address, (_, mail) in new.items()}


def show_mail(title, mail):
    print(f"\n\033[1m--- {title} ---\033[0m" if sys.stdout.isatty() else f"\n--- {title} ---")
    for name in ("From", "To", "Reply-To", "Subject"):
        if mail[name]:
            print(f"{name}: {mail[name]}")
    part = mail.get_body(preferencelist=("plain",)) or mail
    print()
    for line in part.get_content().rstrip().splitlines():
        print(textwrap.fill(line, 92, initial_indent="  ", subsequent_indent="  ",
                            break_long_words=False, break_on_hyphens=False) if line else "")


def play(stage):
    stage.run("subscriber", "add", CAROL)
    stage.run("subscriber", "add", PAGER, "--format", "pager")
    stage.serve()
    everybody = (CAROL, PAGER, ADA, BOB)

    print("\n== 1. Ada, an operator, opens an incident by writing to the page")
    stage.write(ADA, PAGE, "[major] API elevated error rates",
                "Components: api\n\nWe are aware of elevated error rates on the API\n"
                "and are investigating.\n", signed_in=True)
    answer = stage.wait_for(*everybody)[ADA]

    print("\n== 2. She replies to the answer")
    stage.write(ADA, answer["Reply-To"], f'Re: {answer["Subject"]}',
                "Identified: a misconfigured load balancer.\nA fix is being deployed.\n",
                reply_to=answer)
    answer = stage.wait_for(*everybody)[ADA]

    print("\n== 3. And again, when all is well")
    stage.write(ADA, answer["Reply-To"], f'Re: {answer["Subject"]}',
                "Resolved: error rates are back to normal.\n", reply_to=answer)
    stage.wait_for(*everybody)

    print("\n== 4. A monitor writes that its service is down")
    stage.write(MONITOR, PAGE, "Production API is DOWN", "connect to api1.internal:443 timed out\n", host=MONITOR_HOST)
    stage.wait_for(*everybody, state="Investigating")

    print("\n== 5. And that it is up again")
    stage.write(MONITOR, PAGE, "Production API is UP", "200 OK in 31 ms\n", host=MONITOR_HOST)
    stage.wait_for(*everybody, state="Resolved")
    print("\n== The incidents, as `tocsin incident list` shows it\n")
    print(stage.run("incident", "list").stdout.decode().rstrip())


def keep_serving(stage):
    """Shows each mail as it arrives, until Ctrl-C."""
    print(f"""
== Serving until Ctrl-C; what people receive is shown here. From another terminal, be Ada:

  printf 'From: {ADA}\\nTo: {PAGE}\\nSubject: [minor] Slow pages\\n\\nWe look.\\n' |
    {stage.program} --config {stage.config} \\
      inject --auth {ADA} --from {ADA} --to {PAGE}

It lies in {stage.scratch}/mail/new.
""", flush=True)
    try:
        while stage.server.poll() is None:
            for path, mail in stage.mails():
                stage.seen.add(path.name)
                show_mail(f"{mail['Delivered-To']} receives", mail)
            sys.stdout.flush()
            time.sleep(0.2)
    except KeyboardInterrupt:
        return
    sys.exit("tocsin serve has ended\n" + (stage.scratch / "serve.log").read_text())


def main():
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-quickstart-"))
    scratch.chmod(0o755)
    stage = Play(scratch, pathlib.Path(sys.argv[1]))
    try:
        play(stage)
        if sys.stdin.isatty() and sys.stdout.isatty():
            keep_serving(stage)
    finally:
        stage.stop()
        shutil.rmtree(scratch, ignore_errors=True)
    print("\nThose were two incidents. README.md says how to run it beside your mail server.")


if __name__ == "__main__":
    main()
