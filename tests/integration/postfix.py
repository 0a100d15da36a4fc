"""A private Postfix in a scratch directory: never the system's instance, loopback only.

It listens on three ports:
  public   the MX as a site runs it: our milter, the settings of contrib/mta/postfix, XCLIENT for tests;
  outside  somebody else's server: it queues what it takes and sends it on to `public`, again after a 451;
  relay    where the gateway hands its own mail; no milter.
Mail for the mail domains ends in one Maildir, with Return-Path and Delivered-To on top; the domain of the
page ends nowhere: qmgr defers its transport, so what the milter should have taken stays in the queue; a
flush sends it to `public` again."""

import os
import pathlib
import shutil
import socket
import subprocess
import time

from ports import answers, free_port, wait_until

# Not "retry:" or "error:", for which smtpd refuses at RCPT, before any milter can take the mail.
BACKSTOP = "tocsin-missed"

SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "contrib" / "mta" / "postfix"

# What a site takes from our main.cf as it stands there.
SHIPPED_NAMES = ("smtpd_forbid_bare_newline", "smtpd_forbid_bare_newline_exclusions",
                 "smtpd_forbid_unauth_pipelining", "smtpd_data_restrictions", "smtpd_discard_ehlo_keywords",
                 "message_reject_characters", "allow_percent_hack", "milter_default_action", "defer_transports",
                 "recipient_delimiter", "internal_mail_filter_classes")

QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")

SERVICES = """\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
onward unix - - n - - smtp
  -o myhostname=outside.example
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
{backstop} unix - - n - - smtp
  -o myhostname=missed.example
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def shipped():
    """The settings of contrib/mta/postfix/main.cf that name no file and no domain."""
    lines = [line.split("=", 1) for line in (SHIPPED / "main.cf").read_text().splitlines()
             if "=" in line and not line.startswith("#")]
    values = {name.strip(): value.strip() for name, value in lines}
    return {name: values[name] for name in SHIPPED_NAMES}


class Postfix:
    """settings: main.cf names and values that come last; milters: socket addresses for `public`."""

    def __init__(self, scratch, page_domains, mail_domains, milters=(), settings=None):
        self.root = pathlib.Path(scratch)
        self.page_domains = list(page_domains)
        self.mail_domains = list(mail_domains)
        self.milters = list(milters)
        self.settings = dict(settings or {})
        self.transports = {}     # of further domains: a service and its next hop
        self.more_services = ""  # lines of master.cf
        self.public, self.outside, self.relay = free_port(), free_port(), free_port()
        self.maildir = self.root / "mail" / "all"
        self.log_file = self.root / "log" / "mail.log"
        self.running = False

    def _main_cf(self):
        root = self.root
        transports = {domain: f"{BACKSTOP}:[127.0.0.1]:{self.public}" for domain in self.page_domains}
        routes = " ".join(f"{{{domain}={route}}}" for domain, route in {**transports, **self.transports}.items())
        values = {
            "compatibility_level": "3.6", "config_directory": root / "etc",
            "queue_directory": root / "spool", "data_directory": root / "data",
            "mail_owner": "postfix", "setgid_group": "postdrop",
            "maillog_file": self.log_file, "maillog_file_prefixes": root,
            "myhostname": "mx.example.com", "mydestination": "", "inet_interfaces": "loopback-only",
            "inet_protocols": "ipv4", "mynetworks": "127.0.0.0/8", "local_recipient_maps": "",
            "local_transport": "error:no local", "alias_maps": "", "alias_database": "",
            "relay_domains": " ".join([*self.page_domains, *self.transports]),
            "relay_recipient_maps": "", "transport_maps": f"inline:{{ {routes} }}",
            "default_transport": "error:5.1.2 these tests reach nobody",
            "virtual_mailbox_domains": " ".join(self.mail_domains),
            "virtual_mailbox_maps": "static:all/", "virtual_mailbox_base": root / "mail",
            "virtual_uid_maps": "static:65534", "virtual_gid_maps": "static:65534",
            "virtual_mailbox_limit": "0", "virtual_minimum_uid": "100",
            "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
            "smtpd_peername_lookup": "no", "smtpd_client_connection_rate_limit": "0",
            "smtpd_client_connection_count_limit": "0", "disable_dns_lookups": "yes",
            "smtp_host_lookup": "native", "smtputf8_enable": "no", "message_size_limit": "20000000",
            "header_checks": "pcre:" + str(root / "etc" / "header_checks"),
            "queue_run_delay": "1s", "minimal_backoff_time": "2s", "maximal_backoff_time": "3s",
            "public_end_of_data_restrictions": "", "onward_destination_concurrency_failed_cohort_limit": "1000",
            "non_smtpd_milters": ",".join(self.milters),
            **shipped(), **self.settings,
        }
        return "".join(f"{name} = {value}\n" for name, value in values.items())

    def _master_cf(self):
        milters = ",".join(self.milters)
        doors = (
            f"127.0.0.1:{self.public} inet n - n - - smtpd\n"
            f"  -o smtpd_milters={milters} -o smtpd_authorized_xclient_hosts=127.0.0.1\n"
            "  -o smtpd_end_of_data_restrictions=$public_end_of_data_restrictions\n"
            f"127.0.0.1:{self.outside} inet n - n - - smtpd\n"
            f"  -o content_filter=onward:[127.0.0.1]:{self.public}\n"
            "  -o receive_override_options=no_header_body_checks\n"
            f"127.0.0.1:{self.relay} inet n - n - - smtpd\n")
        return doors + SERVICES.format(backstop=BACKSTOP) + self.more_services

    def start(self):
        for name, mode in ("etc", 0o755), ("spool", 0o755), ("data", 0o755), ("log", 0o755), ("mail", 0o755):
            (self.root / name).mkdir(mode=mode, parents=True, exist_ok=True)
        shutil.chown(self.root / "data", "postfix")
        os.chown(self.root / "mail", 65534, 65534)
        (self.root / "etc" / "main.cf").write_text(self._main_cf())
        (self.root / "etc" / "master.cf").write_text(self._master_cf())
        shutil.copy(SHIPPED / "header_checks", self.root / "etc" / "header_checks")
        self._make_queue()
        self._run("postfix", "start")
        self.running = True
        for port in self.public, self.outside, self.relay:
            wait_until(lambda port=port: answers(socket.AF_INET, ("127.0.0.1", port)), 10,
                       f"Postfix listens on {port}:\n{self.log()}")

    def _make_queue(self):
        """What `postfix check` makes in half a minute on a busy machine; `quick-start` says that it was run."""
        spool = self.root / "spool"
        for name in QUEUES:
            (spool / name).mkdir(mode=0o700)
            shutil.chown(spool / name, "postfix")
        for name, mode in ("maildrop", 0o1730), ("public", 0o2710):
            (spool / name).mkdir()
            shutil.chown(spool / name, "postfix", "postdrop")
            (spool / name).chmod(mode)
        (spool / "pid").mkdir(mode=0o755)
        (spool / "quick-start").touch()

    def stop(self):
        if self.running:
            self.running = False
            self._run("postfix", "stop")

    def reload(self, **settings):
        """Changes main.cf and lets the smtpd processes take it."""
        for name, value in settings.items():
            self._run("postconf", "-e", f"{name}={value}")
        self._run("postfix", "reload")
        time.sleep(1)

    def _run(self, command, *arguments):
        program = shutil.which(command, path="/usr/sbin:/sbin:/usr/bin:/bin")
        done = subprocess.run([program, "-c", str(self.root / "etc"), *arguments],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise AssertionError(f"{command} {' '.join(arguments)}: {done.stdout}{done.stderr}\n{self.log()}")
        return done.stdout

    def queued(self, *queues):
        """How many messages wait, in all queues or in those named."""
        count = 0
        for queue in queues or ("maildrop", "incoming", "active", "deferred", "hold"):
            for _, _, files in os.walk(self.root / "spool" / queue):
                count += len(files)
        return count

    def wait_empty(self, seconds=20):
        """A mail that qmgr found "still being delivered" waits for the next flush."""
        until = time.monotonic() + seconds
        while self.queued() and time.monotonic() < until:
            time.sleep(0.2)
            if time.monotonic() > until - seconds / 2:
                self.flush()
        wait_until(lambda: self.queued() == 0, 1, f"Postfix's queue is empty:\n{self.log()}")

    def flush(self):
        self._run("postqueue", "-f")

    def log(self, lines=60):
        try:
            return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return "(no mail log)"
