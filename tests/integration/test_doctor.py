"""tocsin doctor: silent where all is well, and each thing that is wrong named with its remedy."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import threading

import program
from ports import free_port
from town import PAGE, Town

# A setting of main.cf, what somebody made of it, and whether that lets anybody in.
BROKEN = (
    ("smtpd_forbid_bare_newline", "no", "error"),
    ("smtpd_forbid_bare_newline_exclusions", "0.0.0.0/0", "warning"),
    ("smtpd_forbid_unauth_pipelining", "no", "error"),
    ("smtpd_data_restrictions", "", "error"),
    ("smtpd_discard_ehlo_keywords", "dsn", "error"),
    ("message_reject_characters", "", "error"),
    ("allow_percent_hack", "yes", "error"),
    ("recipient_delimiter", "-", "error"),
    ("message_size_limit", "1000", "error"),
    ("milter_default_action", "accept", "error"),
    ("header_checks", "", "error"),
    ("transport_maps", "", "warning"),
    ("transport_maps", "inline:{ {status.example.com=tocsin-missed:[127.0.0.1]:25} }", "error"),
    ("transport_maps", "hash:/nonexistent/transport", "error"),
    ("relay_recipient_maps", "hash:/nonexistent/recipients", "error"),
    ("smtpd_sender_login_maps", "hash:/nonexistent/logins", "error"),
    ("internal_mail_filter_classes", "", "warning"),
    ("non_smtpd_milters", "", "warning"),
    ("defer_transports", "", "warning"),
    ("smtpd_milter_maps", "inline:{ {192.0.2.1=DISABLE} }", "warning"),
)


class Examined(Town):
    authserv_id = "mx.example.com"

    def doctor(self, *arguments, postfix=None):
        """The rows of `tocsin doctor` and its exit status."""
        folder = postfix or self.postfix.root / "etc"
        done = self.tocsin("doctor", "--json", "--postfix-config", folder, *arguments)
        self.assertIn(done.returncode, (0, 1, 78), done.stderr)
        return json.loads(done.stdout), done.returncode

    def altered(self, replace=None, **settings):
        """A copy of Postfix's configuration with other settings; replace: (old, new) of master.cf."""
        folder = self.scratch / "altered"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.postfix.root / "etc", folder)
        for name, value in settings.items():
            subprocess.run(["/usr/sbin/postconf", "-c", folder, "-e", f"{name}={value}"], check=True)
        if replace:
            text = (folder / "master.cf").read_text()
            self.assertIn(replace[0], text)
            (folder / "master.cf").write_text(text.replace(*replace))
        return folder

    def assert_found(self, rows, check, status, words):
        """There is such a row, and where it is no mere fact it says what to do."""
        found = [row for row in rows if row["check"] == check and row["status"] == status and words in row["text"]]
        self.assertTrue(found, f"no {status} of {check} with {words!r}:\n{json.dumps(rows, indent=1)}")
        return found[0]

    def wrong(self, rows):
        return [row for row in rows if row["status"] != "ok"]


class AHealthyInstallation(Examined):
    def test_has_nothing_wrong_and_each_row_has_four_members(self):
        rows, status = self.doctor()
        self.assertEqual([row for row in self.wrong(rows) if row["check"] != "probe"], [])
        self.assertEqual(status, 0)
        for row in rows:
            self.assertEqual(set(row), {"check", "status", "text", "remedy"})
        self.assertLessEqual({"configuration", "user", "zones", "patterns", "state", "disk", "database", "key",
                              "monitors", "milter", "relay", "postfix", "probe"}, {row["check"] for row in rows})

    def test_is_read_whole_on_demand(self):
        rows, status = self.doctor("--thorough")
        self.assert_found(rows, "database", "ok", "long check")
        self.assertEqual(status, 0)

    def test_is_shown_as_a_list_without_colours_where_nobody_looks(self):
        done = self.tocsin("doctor", "--postfix-config", self.postfix.root / "etc")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotIn("\033", done.stdout)
        self.assertIn("0 to mend", done.stdout)

    def test_may_have_no_postfix(self):
        rows, status = self.doctor("--no-postfix")
        self.assert_found(rows, "postfix", "ok", "as you said")
        self.assertEqual(status, 0)


class ABrokenPostfix(Examined):
    def test_each_setting_that_opens_a_way_is_named(self):
        for name, value, verdict in BROKEN:
            with self.subTest(name):
                rows, status = self.doctor(postfix=self.altered(**{name: value}))
                row = self.assert_found(rows, "postfix", verdict, name)
                self.assertIn(name, row["remedy"] + row["text"])
                self.assertNotEqual(row["remedy"], "")
                self.assertEqual(status, 1 if verdict == "error" else 0)

    def test_a_page_whose_domain_is_not_taken_is_named(self):
        rows, status = self.doctor(postfix=self.altered(relay_domains="elsewhere.example"))
        self.assert_found(rows, "postfix", "error", "takes no mail for status.example.com")
        self.assertEqual(status, 1)

    def test_a_page_that_is_no_known_recipient_is_named(self):
        folder = self.altered(relay_recipient_maps="inline:{ {other@status.example.com=ok} }")
        self.assert_found(self.doctor(postfix=folder)[0], "postfix", "error", "refuses it at RCPT")
        folder = self.altered(relay_recipient_maps=f"inline:{{ {{{PAGE}=ok}} }}")
        self.assertEqual(self.doctor(postfix=folder)[1], 0)

    def test_a_transport_that_refuses_at_rcpt_is_named(self):
        folder = self.altered(transport_maps="inline:{ {status.example.com=error:none} }")
        self.assert_found(self.doctor(postfix=folder)[0], "postfix", "error", "its transport is error")

    def test_a_gateway_before_its_verifier_is_named(self):
        ours = f"unix:{self.milter_socket}"
        folder = self.altered((f"{self.verifier.address},{ours}", f"{ours},{self.verifier.address}"))
        self.assert_found(self.doctor(postfix=folder)[0], "postfix", "error", "no verifier stands before")

    def test_a_postfix_that_does_not_ask_is_named(self):
        folder = self.altered((f",unix:{self.milter_socket}", ""))
        row = self.assert_found(self.doctor(postfix=folder)[0], "postfix", "error", "asks the gateway")
        self.assertIn("--no-postfix", row["remedy"])

    def test_a_door_in_a_chroot_is_named(self):
        door = f"127.0.0.1:{self.postfix.public} inet n - "
        folder = self.altered((door + "n", door + "y"))
        self.assert_found(self.doctor(postfix=folder)[0], "postfix", "error", "runs in a chroot")

    def test_a_door_that_skips_the_header_checks_is_named(self):
        folder = self.altered(receive_override_options="no_header_body_checks")
        self.assert_found(self.doctor(postfix=folder)[0], "postfix", "error", "forged verdicts stay")

    def test_an_entry_with_an_action_of_its_own_is_named(self):
        ours = f"unix:{self.milter_socket}"
        given = f"-o smtpd_milters={self.verifier.address},{ours}"
        folder = self.altered((given, f"-o {{smtpd_milters={self.verifier.address}, "
                                      f"{{ {ours}, default_action=accept }}}}"))
        self.assert_found(self.doctor(postfix=folder)[0], "postfix", "error", "milter_default_action is accept")

    def test_a_socket_out_of_reach_is_named(self):
        run = self.scratch / "run"
        run.chmod(0o700)
        try:
            row = self.assert_found(self.doctor()[0], "postfix", "error", "keeps Postfix")
        finally:
            run.chmod(0o2750)
        self.assertIn("chgrp postfix", row["remedy"])


class AForgedVerdict(Examined):
    """In the order of their names: first it is not known, then tried."""

    def marked(self):
        return (self.scratch / "state" / "probe-passed").exists()

    def probe(self):
        return self.doctor("--probe", f"127.0.0.1:{self.postfix.public}")

    def test_1_not_tried_is_a_warning_here_and_when_serve_starts(self):
        self.assertFalse(self.marked())
        self.assert_found(self.doctor()[0], "probe", "warning", "never tried")
        self.assertIn("trust.unproven", self.program.log())

    def test_2_refused_is_remembered(self):
        rows, status = self.probe()
        self.assert_found(rows, "probe", "ok", "not believed: 550")
        self.assertEqual(status, 0)
        self.assertTrue(self.marked())
        self.assert_found(self.doctor()[0], "probe", "ok", "was tried")
        before = self.program.log(10000).count("trust.unproven")
        self.stop_serving()
        self.serve()
        self.assertEqual(self.program.log(10000).count("trust.unproven"), before)

    def test_3_believed_is_an_error_and_forgets_what_was_remembered(self):
        self.postfix.reload(header_checks="")
        try:
            rows, status = self.probe()
        finally:
            self.postfix.reload(header_checks=f"pcre:{self.postfix.root}/etc/header_checks")
        row = self.assert_found(rows, "probe", "error", "is believed")
        self.assertIn("authserv_id", row["remedy"])
        self.assertEqual(status, 1)
        self.assertFalse(self.marked())
        self.assertEqual(self.incidents(), [])

    def test_4_that_cannot_be_sent_is_an_error(self):
        rows, status = self.doctor("--probe", f"127.0.0.1:{free_port()}")
        self.assert_found(rows, "probe", "error", "refused")
        self.assertEqual(status, 1)


def greet(listener, lines):
    """A server that says one line per turn, to one client."""
    def run():
        client, _ = listener.accept()
        with client:
            for line in lines:
                client.sendall(line)
                client.recv(1000)
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


class ABrokenGateway(Examined):
    authserv_id = None

    def tearDown(self):
        self.write_config()
        super().tearDown()

    def examined_relay(self, *lines, **more):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            thread = greet(listener, lines)
            self.write_config(relays=[{"host": "127.0.0.1", "port": listener.getsockname()[1], **more}])
            rows, status = self.doctor()
            thread.join(10)
        return rows, status

    def test_a_wrong_configuration_is_78_and_nothing_else_is_looked_at(self):
        self.write_config(colour="red", operators=[])
        rows, status = self.doctor()
        self.assertEqual(status, 78)
        self.assert_found(rows, "configuration", "error", "colour")
        self.assertEqual({row["check"] for row in rows}, {"configuration"})

    def test_a_state_that_others_write_is_named(self):
        state = self.scratch / "state"
        state.chmod(0o777)
        try:
            row = self.assert_found(self.doctor()[0], "state", "error", "0777")
        finally:
            state.chmod(0o750)
        self.assertIn("chmod 0750", row["remedy"])

    def test_a_database_and_a_key_that_others_read_are_named(self):
        for name, check in ("tocsin.db", "database"), ("keys/root", "key"):
            path = self.scratch / "state" / name
            path.chmod(0o644)
            try:
                rows, status = self.doctor()
            finally:
                path.chmod(0o600)
            row = self.assert_found(rows, check, "error", "0644")
            self.assertIn("chmod 0600", row["remedy"])
            self.assertEqual(status, 1)

    def test_monitors_that_nobody_may_speak_for_or_that_write_as_an_operator_are_named(self):
        self.write_config(
            operators=[{"name": "Ada", "address": "ada@example.com", "pages": ["sp_two"], "proofs": ["sasl"]}],
            status_pages=[{"id": "sp_abc123", "name": "One", "address": "one@status.example.com"},
                          {"id": "sp_two", "name": "Two", "address": "two@status.example.com"}],
            monitors=[{"name": "Alone", "alert_policy": {"status_page_id": "sp_abc123"}}])
        self.assert_found(self.doctor()[0], "monitors", "warning", "Alone: nobody who could be proven")
        self.write_config(monitors=[{"name": "Checks", "from": "ada@example.com", "proofs": ["sasl"]}])
        rows, _ = self.doctor()
        self.assert_found(rows, "monitors", "warning", "Checks: its From, ada@example.com, is an operator's too")
        self.assert_found(rows, "monitors", "ok", "monitors: 1, of 0 signs of life are expected")

    def test_a_clock_that_nobody_looks_at_is_named(self):
        self.write_config(monitors=[{"name": "Checks", "alert_policy": {"expect_every": "5m"}}])
        with sqlite3.connect(self.scratch / "state" / "tocsin.db") as store:
            store.execute("INSERT OR REPLACE INTO heartbeat (page_id, monitor, heard_at)"
                          " SELECT id, 'Checks', 1000000 FROM page")
        self.addCleanup(self.forget_heartbeat)
        row = self.assert_found(self.doctor()[0], "monitors", "error", "nobody has looked at what is due")
        self.assertIn("tocsin serve", row["remedy"])

    def test_an_open_alert_of_a_monitor_that_is_gone_is_named(self):
        self.write_config()
        self.doctor()
        with sqlite3.connect(self.scratch / "state" / "tocsin.db") as store:
            store.execute("INSERT INTO cluster (page_id, name, monitor) SELECT id, 'monitor Gone', 'Gone' FROM page")
            store.execute("INSERT INTO alert (page_id, monitor, key, cluster_id, is_open, opened_at, said_at, count, counts)"
                          " SELECT page_id, 'Gone', 'web-1', id, 1, 1, 1, 1, 1 FROM cluster")
        self.addCleanup(self.forget_alerts)
        self.assert_found(self.doctor()[0], "monitors", "warning", 'Gone: its alert "web-1" on sp_abc123 is open')

    def forget_alerts(self):
        with sqlite3.connect(self.scratch / "state" / "tocsin.db") as store:
            store.execute("DELETE FROM alert")
            store.execute("DELETE FROM cluster")

    def forget_heartbeat(self):
        with sqlite3.connect(self.scratch / "state" / "tocsin.db") as store:
            store.execute("DELETE FROM heartbeat")

    def test_a_state_that_is_not_there_is_named(self):
        self.write_config(state=str(self.scratch / "nowhere"))
        rows, status = self.doctor()
        self.assert_found(rows, "state", "error", "nowhere")
        self.assertEqual(status, 1)

    def test_a_milter_that_does_not_listen_is_named(self):
        self.write_config(milter=f"unix:{self.scratch}/run/other.sock")
        self.assert_found(self.doctor("--no-postfix")[0], "milter", "error", "nobody answers")
        self.write_config(milter=f"inet:{free_port()}@127.0.0.1")
        self.assert_found(self.doctor("--no-postfix")[0], "milter", "error", "nobody answers")

    def test_a_relay_that_does_not_listen_is_named(self):
        self.write_config(relays=[{"host": "127.0.0.1", "port": free_port()}])
        rows, status = self.doctor()
        self.assert_found(rows, "relay", "error", "refused")
        self.assertEqual(status, 1)

    def test_a_relay_that_greets_badly_is_named_by_its_words(self):
        rows, _ = self.examined_relay(b"554 go\x1b[31m away\r\n")
        self.assert_found(rows, "relay", "error", "554 go")
        self.assertNotIn("\x1b", json.dumps(rows, ensure_ascii=False))

    def test_a_relay_that_is_none_is_named(self):
        rows, _ = self.examined_relay(b"SSH-2.0-OpenSSH_9.2\r\n")
        self.assert_found(rows, "relay", "error", "no SMTP")

    def test_a_relay_without_the_tls_that_is_required_is_named(self):
        rows, status = self.examined_relay(b"220 hi\r\n", b"250-x\r\n250 PIPELINING\r\n", b"221 bye\r\n",
                                           tls="starttls")
        self.assert_found(rows, "relay", "error", "STARTTLS")
        self.assertEqual(status, 1)

    def test_a_relay_without_pipelining_is_a_warning(self):
        rows, _ = self.examined_relay(b"220-slow\r\n220 hi\r\n", b"250 x\r\n", b"221 bye\r\n")
        self.assert_found(rows, "relay", "warning", "PIPELINING no")

    def test_a_maildir_that_cannot_be_written_is_named(self):
        closed = self.scratch / "closed"
        closed.mkdir(exist_ok=True)
        self.write_config(relays=[{"maildir": str(closed / "mail")}])
        self.assert_found(self.doctor()[0], "relay", "error", "closed")
        uid, gid = program.account()
        os.chown(closed, uid, gid)
        self.assert_found(self.doctor()[0], "relay", "ok", "can be written")
