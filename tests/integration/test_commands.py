"""The command line, as people and programs use it: what it prints, in what order, and how it ends."""

import email
import email.policy
import email.utils
import json
import os
import pathlib
import shutil
import sqlite3
import tempfile
import unittest

import program

CONFIGURATION = """\
state: {scratch}/state
milter: unix:{scratch}/milter.sock
relays: [{{ maildir: {scratch}/mail }}]
status_pages:
  - id: sp_one
    name: One
    address: one@status.example.com
    url: https://one.example.com
    time_zone: Europe/Berlin
    components:
      - {{ id: comp_api, name: API }}
      - {{ id: comp_web, name: Website }}
  - {{ id: sp_two, name: Two, address: two@status.example.com }}
operators:
  - {{ name: Ada Byron, address: ada@example.com, pages: [sp_one], proofs: [sasl] }}
"""
TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"
INCIDENT = ["id", "number", "title", "status", "severity", "status_page_id", "component_ids",
            "created_at", "resolved_at", "updates"]


@unittest.skipUnless(os.geteuid() == 0, "runs the program as another user")
class Commands(unittest.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-commands-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        os.chown(self.scratch, *program.account())
        self.scratch.chmod(0o755)
        (self.scratch / "state").mkdir(mode=0o700)
        os.chown(self.scratch / "state", *program.account())
        config = self.scratch / "tocsin.yaml"
        config.write_text(CONFIGURATION.format(scratch=self.scratch))
        self.program = program.Program(config, self.scratch / "log")

    def run_it(self, *words, status=0, stdin=None):
        done = self.program.run(*words, stdin=stdin)
        self.assertEqual(done.returncode, status, f"{words}\n{done.stdout}{done.stderr}")
        return done

    def read(self, *words):
        return json.loads(self.run_it(*words, "--json").stdout)

    def open(self, *words, page="sp_one"):
        public_id, number = self.run_it("incident", "open", "--page", page, "--title", "API errors",
                                        *words).stdout.split()
        self.assertRegex(public_id, "^inc_[a-z2-7]{12}$")
        return public_id, number.removeprefix("#")

    def mails(self):
        self.run_it("sender", "--once")
        found = {}
        for path in sorted((self.scratch / "mail" / "new").iterdir(), key=lambda p: p.stat().st_mtime_ns):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            found[mail["Delivered-To"]] = mail
        return found


class Incidents(Commands):
    def test_lists_are_newest_first_whatever_page_they_are_of(self):
        for page in ("sp_one", "sp_two", "sp_one"):
            self.open(page=page)
        self.assertEqual([one["number"] for one in self.read("incident", "list")], [3, 2, 1])
        self.assertEqual([one["number"] for one in self.read("incident", "list", "--page", "sp_one")], [3, 1])
        rows = self.run_it("incident", "list").stdout.splitlines()
        self.assertEqual([row.split()[0] for row in rows], ["#3", "#2", "#1"])
        self.assertRegex(rows[0], r" CES?T ")
        for page, who in (("sp_one", "a@x.example"), ("sp_two", "b@x.example"), ("sp_one", "c@x.example")):
            self.run_it("subscriber", "add", "--page", page, who)
        self.assertEqual([one["address"] for one in self.read("subscriber", "list")],
                         ["c@x.example", "b@x.example", "a@x.example"])

    def test_an_empty_list_is_an_empty_array(self):
        for verb in ("incident", "subscriber", "queue"):
            self.assertEqual(self.read(verb, "list"), [])
            self.assertEqual(self.run_it(verb, "list").stdout, "")

    def test_an_object_has_the_fields_of_the_api_and_null_for_what_is_absent(self):
        _, number = self.open("--component", "api=major_outage", "--severity", "critical")
        self.run_it("incident", "update", number, "--private", "--message", "Ask Grace.")
        [listed] = self.read("incident", "list")
        self.assertEqual(list(listed), INCIDENT)
        shown = self.read("incident", "show", number)
        self.assertEqual(list(shown), [*INCIDENT, "components", "url", "notes", "alerts"])
        self.assertEqual((shown["status"], shown["severity"], shown["resolved_at"]),
                         ("investigating", "critical", None))
        self.assertEqual(shown["components"], [{"id": "comp_api", "state": "major_outage"}])
        self.assertEqual(shown["url"], f"https://one.example.com/incidents/{shown['id']}")
        [update], [note] = shown["updates"], shown["notes"]
        self.assertEqual(list(update), ["id", "status", "message", "created_at"])
        self.assertIsNone(update["message"])
        self.assertRegex(update["created_at"], TIME)
        self.assertEqual((note["message"], note["by"]), ("Ask Grace.", "cli:nobody"))

    def test_the_audit_says_who_did_what_and_null_for_what_no_shell_has(self):
        _, number = self.open("--by", "ada@example.com", "--component", "api")
        [row] = self.read("incident", "show", number, "--audit")["audit"]
        self.assertEqual((row["role"], row["by"], row["proofs"], row["client"], row["message_id"]),
                         ("shell", "ada@example.com", None, None, None))
        self.assertNotIn("audit", self.read("incident", "show", number))
        self.assertIn("    component: API", self.run_it("incident", "show", number, "--audit").stdout)

    def test_an_incident_is_named_by_its_id_or_its_number_in_any_form(self):
        public_id, number = self.open()
        for name in (public_id, number, f"#{number}", f"INC-{number}"):
            self.assertEqual(self.read("incident", "show", name)["id"], public_id)
        for name in ("inc_aaaaaaaaaaaa", "99"):
            self.assertIn("no such incident", self.run_it("incident", "show", name, status=67).stderr)

    def test_without_a_message_subscribers_read_the_sentence_of_the_template(self):
        self.run_it("subscriber", "add", "--page", "sp_one", "carol@example.net")
        _, number = self.open()
        self.assertIn("We are investigating.", self.mails()["carol@example.net"].get_body(("plain",)).get_content())
        self.run_it("incident", "resolve", number)
        last = self.mails()
        self.assertIn("This incident is over.", last["carol@example.net"].get_body(("plain",)).get_content())
        self.assertIn("ada@example.com", last)

    def test_nobody_is_told_with_no_notify(self):
        self.run_it("subscriber", "add", "--page", "sp_one", "carol@example.net")
        _, number = self.open("--no-notify")
        self.run_it("incident", "update", number, "--no-notify", "--message", "-", stdin="From a pipe.\n")
        self.assertEqual(self.read("incident", "show", number)["updates"][-1]["message"], "From a pipe.")
        self.run_it("sender", "--once")
        self.assertNotIn("carol@example.net", self.mails() if (self.scratch / "mail" / "new").is_dir() else {})


class Uses(Commands):
    def test_a_wrong_use_ends_with_64_and_says_so_on_standard_error(self):
        self.open()
        for words in (
            [], ["frob"], ["incident"], ["incident", "frob"], ["incident", "show"], ["incident", "show", "1", "2"],
            ["incident", "list", "more"], ["incident", "list", "--page", "sp_none"], ["incident", "open", "--page", "sp_one"],
            ["incident", "open", "--title", "x"], ["incident", "open", "--frob"],
            ["incident", "update", "1", "--severity", "bad"], ["incident", "update", "1", "--status", "bad"],
            ["incident", "update", "1", "--component", "none"], ["incident", "update", "1", "--component", "api=bad"],
            ["incident", "resolve"], ["subscriber", "add"], ["subscriber", "show"], ["subscriber", "list", "more"],
            ["subscriber", "list", "--page", "sp_none"], ["subscriber", "add", "a@x.example"],
            ["subscriber", "add", "--page", "sp_one", "a@x.example", "--format", "bad"],
            ["queue", "frob"], ["queue", "show"], ["serve", "more"], ["sender", "more"], ["milter", "more"],
            ["check", "more"], ["grammar", "check"], ["grammar", "check", "a", "b"], ["template", "try"],
            ["template", "try", "opened", "--page", "sp_one", "--format", "bad"],
            ["template", "try", "none", "--page", "sp_one"], ["backup"], ["inject", "--from", "a@x.example"],
        ):
            with self.subTest(words=words):
                done = self.run_it(*words, status=64)
                self.assertEqual(done.stdout, "")
                self.assertRegex(done.stderr, r"\A(tocsin: .*: |tocsin: there are several pages|usage: tocsin |tocsin \S+: )")

    def test_what_is_not_there_ends_with_66_or_67(self):
        self.run_it("subscriber", "show", "--page", "sp_one", "a@x.example", status=67)
        self.run_it("subscriber", "remove", "--page", "sp_one", "a@x.example", status=67)
        for words in (["show", "7"], ["show", "L7"], ["retry", "7"], ["retry", "L7"], ["pause", "none"]):
            self.run_it("queue", *words, status=67)
        for words in (["check", "/none"], ["try", "/none", "/none"]):
            done = self.run_it("grammar", *words, status=66)
            self.assertEqual(done.stderr, "tocsin: /none: No such file or directory\n")

    def test_a_configuration_that_cannot_be_read_ends_every_verb_with_78(self):
        for words in (["incident", "list"], ["serve"], ["sender"], ["queue"], ["backup", "/tmp/none"]):
            done = self.run_it("--config", "/none", *words, status=78)
            self.assertEqual(done.stderr, "tocsin: /none: No such file or directory\n")

    def test_config_and_json_stand_before_or_behind_the_verb(self):
        for words in (["--json", "incident", "list"], ["incident", "--json", "list"], ["incident", "list", "--json"]):
            self.assertEqual(json.loads(self.run_it(*words).stdout), [])
        self.run_it("incident", "list", "--config", "/none", status=78)

    def test_help_is_readable_whatever_the_locale(self):
        for locale in ("C", "C.UTF-8"):
            self.program.environment["LC_ALL"] = locale
            self.assertIn("ADDRESS…", self.run_it("subscriber", "--help").stdout)
        for verb in ("serve", "milter", "sender", "check", "incident", "queue", "grammar", "template", "backup"):
            self.assertIn(f"tocsin {verb}", self.run_it(verb, "--help").stdout)


class Subscribers(Commands):
    def test_one_that_is_there_is_left_as_it_is(self):
        self.run_it("subscriber", "add", "--page", "sp_one", "carol@example.net", "--format", "text",
                    "--component", "api", "--severity", "major")
        again = self.run_it("subscriber", "add", "--page", "sp_one", "carol@example.net", "--format", "pager")
        self.assertEqual(again.stderr, "tocsin: carol@example.net: is there already, and left as it is\n")
        one = self.read("subscriber", "show", "--page", "sp_one", "carol@example.net")
        self.assertRegex(one.pop("id"), "^sub_[a-z2-7]{12}$")
        self.assertRegex(one.pop("created_at"), TIME)
        self.assertEqual([one.pop("muted"), one.pop("deliveries")], [[], []])
        self.assertEqual([(act["act"], act["words"]) for act in one.pop("consent")],
                         [("confirmed", "components: api\nseverity: major\nformat: text\n")])
        self.assertEqual(one.pop("settings")["components"], "api")
        self.assertEqual(one.pop("score")["bounces"], [])
        self.assertEqual(one, {
            "address": "carol@example.net", "status_page_id": "sp_one", "format": "text", "kind": "person",
            "component_ids": ["comp_api"], "severity": "major", "state": "confirmed", "language": None,
            "time_zone": None})

    def test_one_that_left_comes_back_with_new_wishes(self):
        for _ in range(2):
            self.run_it("subscriber", "add", "--page", "sp_one", "carol@example.net")
            self.run_it("subscriber", "remove", "--page", "sp_one", "carol@example.net")
            self.assertEqual(self.read("subscriber", "list")[0]["state"], "unsubscribed")


class Queue(Commands):
    def test_says_what_waits_for_whom_and_until_when(self):
        self.run_it("subscriber", "add", "--page", "sp_one", "carol@example.net")
        public_id, _ = self.open()
        letter, news = sorted(self.read("queue"), key=lambda entry: entry["id"], reverse=True)
        self.assertEqual((news["id"], news["kind"], news["incident_id"], news["waiting"]),
                         ("1", "opened", public_id, 1))
        self.assertEqual(list(news), ["id", "kind", "incident_id", "waiting", "sent", "deferred", "failed",
                                      "due_at", "reason"])
        self.assertEqual((letter["id"], letter["kind"], letter["waiting"]), ("L1", "copy", 1))
        self.assertRegex(self.run_it("queue").stdout, r"L1 .* to ada@example.com .*due .* CES?T")
        self.assertIn(" to ada@example.com ", self.run_it("queue", "show", "L1").stdout)
        self.mails()
        self.assertEqual(self.read("queue"), [])
        self.assertEqual(self.read("queue", "show", "1")["sent"], 1)


class Logs(Commands):
    MAIL = (b"From: Ada Byron <ada@example.com>\nTo: one@status.example.com\nSubject: [major] API errors\n"
            b"Date: %s\nMessage-ID: <1@example.com>\n\nThe secret words.\n")

    def inject(self):
        mail = self.MAIL % email.utils.formatdate(localtime=True).encode()
        done = self.program.run("inject", "--from", "ada@example.com", "--to", "one@status.example.com",
                                "--auth", "ada@example.com", stdin=mail)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr.decode()

    def test_an_event_is_a_line_with_what_it_is_about_and_how_many_hear(self):
        for address in ("carol@example.net", "dave@example.net"):
            self.run_it("subscriber", "add", "--page", "sp_one", address)
        line = self.inject()
        self.assertRegex(line, r"\A\d{4}-\d\d-\d\dT[\d:.]+Z incident\.opened page=sp_one incident=inc_[a-z2-7]{12} "
                               r"subscribers=2 from=ada@example\.com\n\Z")
        self.assertNotIn("secret", line)

    def test_the_journal_gets_a_level_in_place_of_a_time(self):
        self.program.environment["JOURNAL_STREAM"] = "8:1"
        self.assertRegex(self.inject(), r"\A<6>incident\.opened page=sp_one incident=\S+ subscribers=0 ")


class Sites(Commands):
    def site(self, folder, name, text):
        path = self.scratch / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        config = self.scratch / "tocsin.yaml"
        config.write_text(config.read_text() + f"{folder}: {self.scratch / folder}\n")

    def test_a_template_of_the_site_takes_the_place_of_ours_and_no_other(self):
        before = self.run_it("template", "try", "resolved", "--page", "sp_one", "--format", "html").stdout
        self.site("templates", "en/incident.txt", "OURS {{incident.title}}\n{{>updates}}")
        after = self.run_it("template", "try", "resolved", "--page", "sp_one", "--format", "html").stdout
        self.assertIn("\nOURS API errors\nResolved, ", after)
        html = [text[text.index("<!DOCTYPE"):text.index("</html>")] for text in (before, after)]
        self.assertEqual(*html)

    def test_rules_of_the_site_come_before_our_grammar(self):
        self.site("grammars", "operator.yaml", "grammar: operator\nrules:\n  - name: short\n"
                  "    subject: '^DOWN (?<what>.+)$'\n    command: open\n    title: '{{what}} is down'\n"
                  "    message: 'We look at {{what}}.'\n")
        for subject in ("DOWN mail", "[major] API errors"):
            mail = (f"From: ada@example.com\nTo: one@status.example.com\nSubject: {subject}\n"
                    f"Date: {email.utils.formatdate()}\n\nText.\n")
            self.run_it("inject", "--from", "ada@example.com", "--to", "one@status.example.com",
                        "--auth", "ada@example.com", stdin=mail)
        self.assertEqual([one["title"] for one in self.read("incident", "list")], ["API errors", "mail is down"])

    def test_a_template_that_cannot_be_read_is_found_by_check(self):
        self.site("templates", "en/incident.txt", "{{#incident}}")
        self.assertIn("incident.txt", self.run_it("check", status=78).stderr)


NAGIOS = """\
grammar: nagios
about: Nagios Core, notify-service-by-email and notify-host-by-email as shipped
rules:
  - name: service problem
    subject: '^\\*\\* PROBLEM Service Alert: (?<host>[^/]+)/(?<service>.+) is (?<state>\\w+) \\*\\*$'
    body: ['^Additional Info:\\s*\\n\\s*(?<detail>.+)$']
    command: alert
    key: '{{host}}/{{service}}'
    title: '{{service}} on {{host}} is {{state}}'
    severity: { of: state, CRITICAL: major, WARNING: minor }
  - name: service recovery
    subject: '^\\*\\* RECOVERY Service Alert: (?<host>[^/]+)/(?<service>.+) is OK \\*\\*$'
    command: clear
    key: '{{host}}/{{service}}'
"""


class Grammars(Commands):
    def write(self, name, text):
        (self.scratch / name).write_text(text)
        return self.scratch / name

    def test_check_says_file_line_and_column_of_each_error(self):
        self.run_it("grammar", "check", self.write("good.yaml", NAGIOS))
        bad = self.write("bad.yaml", NAGIOS.replace("command: clear", "command: clera").replace("of: state", "of: stat"))
        lines = self.run_it("grammar", "check", bad, status=78).stderr.splitlines()
        self.assertEqual([line.split(": ")[0] for line in lines], [f"{bad}:10:21", f"{bad}:13:14"], lines)

    def test_try_says_which_rule_matched_what_its_groups_held_and_the_command(self):
        mail = self.write("mail.eml", "From: nagios@mon.example.com\nTo: one@status.example.com\n"
                          "Subject: ** PROBLEM Service Alert: web01/HTTP is CRITICAL **\n\n***** Nagios *****\n\n"
                          "Additional Info:\n\nConnection refused\n")
        shown = self.run_it("grammar", "try", self.write("nagios.yaml", NAGIOS), mail).stdout
        for line in (r"matched +service problem", r"host +web01", r"detail +Connection refused", r"command +alert",
                     r"key +web01/HTTP", r"title +HTTP on web01 is CRITICAL", r"severity +major"):
            self.assertRegex(shown, line)
        self.assertEqual(self.read("incident", "list"), [])


class Backups(Commands):
    def test_the_copy_is_a_whole_store_and_never_written_over(self):
        public_id, _ = self.open()
        copy = self.scratch / "copy.db"
        self.run_it("backup", copy)
        with sqlite3.connect(copy) as opened:
            self.assertEqual(opened.execute("SELECT public_id FROM incident").fetchall(), [(public_id,)])
            self.assertEqual(opened.execute("PRAGMA integrity_check").fetchone(), ("ok",))
        self.assertIn("File exists", self.run_it("backup", copy, status=73).stderr)
        self.run_it("backup", "/none/copy.db", status=73)

    def test_a_store_newer_than_the_program_is_refused_untouched(self):
        self.open()
        path = self.scratch / "state" / "tocsin.db"
        with sqlite3.connect(path) as opened:
            opened.execute("PRAGMA journal_mode = DELETE")
            opened.execute("PRAGMA user_version = 99")
        opened.close()
        before = path.read_bytes()
        self.assertIn("newer than this program", self.run_it("incident", "list", status=78).stderr)
        self.assertEqual(path.read_bytes(), before)


if __name__ == "__main__":
    unittest.main()
