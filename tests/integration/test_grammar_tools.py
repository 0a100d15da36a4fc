"""Writing a grammar: `tocsin grammar try`, `try --all` and `test`, as somebody sees them who writes one."""

import email.utils
import json
import os
import pathlib
import pty
import shutil
import subprocess
import tempfile
import unittest

import program

# The README writes this one.
LIGHTHOUSE = """\
grammar: lighthouse
about: Lighthouse 2, its mail action as installed

rules:
  - name: dark
    subject: '^\\[lighthouse\\] (?<lamp>\\S+) went dark$'
    body: ['^Reason: (?<reason>.+)$']
    command: alert
    key: '{{lamp}}'
    title: '{{lamp}} is dark'
    severity: major
    message: '{{reason}}'

  - name: shining again
    subject: '^\\[lighthouse\\] (?<lamp>\\S+) shines again$'
    command: clear
    key: '{{lamp}}'
"""
DARK = """\
From: lighthouse@mon.example.com
To: one@status.example.com
Date: Tue, 24 Nov 2026 20:00:00 +0000
Subject: [lighthouse] api-eu went dark

Reason: no light for 30 seconds
Since: 2026-11-24 19:59
"""
LIGHT = DARK.replace("went dark", "shines again").replace("Reason: no light for 30 seconds\n", "")
FORWARD = """\
From: Bob <bob@example.com>
To: one@status.example.com
Date: Tue, 24 Nov 2026 20:01:00 +0000
Subject: Fwd: [lighthouse] api-eu went dark

Ada, have a look.

---------- Forwarded message ---------
From: Lighthouse <lighthouse@mon.example.com>
Date: Tue, Nov 24, 2026 at 8:00 PM
Subject: [lighthouse] api-eu went dark
To: <ops@example.com>

Reason: no light for 30 seconds
"""


@unittest.skipUnless(os.geteuid() == 0, "runs the program as another user")
class GrammarTools(unittest.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-grammars-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.scratch.chmod(0o755)
        self.program = program.Program(self.scratch / "none.yaml", self.scratch / "log")
        self.grammar = self.write("lighthouse.yaml", LIGHTHOUSE)
        self.dark = self.write("dark.eml", DARK)

    def write(self, name, text):
        path = self.scratch / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    def run_it(self, *words, status=0, stdin=None):
        done = self.program.run("grammar", *words, stdin=stdin)
        self.assertEqual(done.returncode, status, f"{words}\n{done.stdout}{done.stderr}")
        return done


class Trying(GrammarTools):
    def test_each_rule_says_why_and_the_groups_and_the_command_follow(self):
        light = self.write("light.eml", LIGHT)
        dark, lit = self.run_it("try", self.grammar, self.dark, light).stdout.split("\n\n")[:2]
        for line in (r"(?m)^grammar +lighthouse +Lighthouse 2, ", r"(?m)^matched +dark +5$",
                     r"(?m)^unreached +shining again +14$", r"(?m)^group +lamp +api-eu$",
                     r"(?m)^ +reason +no light for 30 seconds$", r"(?m)^command +alert$", r"(?m)^ +key +api-eu$",
                     r"(?m)^ +title +api-eu is dark$", r"(?m)^ +severity +major$"):
            self.assertRegex(dark, line)
        for line in (r"(?m)^unmatched +dark +5$", r"(?m)^ +subject '.*went dark\$' does not match \"\[lighthouse\] api-eu",
                     r"(?m)^matched +shining again +14$", r"(?m)^command +clear$"):
            self.assertRegex(lit, line)

    def test_a_mail_comes_from_standard_input_too(self):
        self.assertIn("command    alert", self.run_it("try", self.grammar, "-", stdin=DARK).stdout)

    def test_a_mail_that_no_rule_knows_is_nothing_and_no_error(self):
        shown = self.run_it("try", self.grammar, "-", stdin=DARK.replace("went dark", "is dim")).stdout
        self.assertRegex(shown, r"(?m)^nothing +no rule matched$")

    def test_the_inner_mail_of_a_forward_is_read(self):
        shown = self.run_it("try", self.grammar, "-", stdin=FORWARD).stdout
        for line in (r"(?m)^forward +inline ", r"(?m)^ +from +lighthouse@mon.example.com$",
                     r"(?m)^ +comment +Ada, have a look\.$", r"(?m)^command +alert$", r"(?m)^ +key +api-eu$"):
            self.assertRegex(shown, line)

    def test_json_has_the_same(self):
        [shown] = json.loads(self.run_it("try", "--json", self.grammar, "-", stdin=FORWARD).stdout)
        self.assertEqual([shown["grammar"], shown["rule"], shown["command"]], ["lighthouse", "dark", "alert"])
        self.assertEqual([rule["outcome"] for rule in shown["rules"]], ["matched", "unreached"])
        self.assertEqual(shown["forward"]["kind"], "inline")
        self.assertEqual(shown["forward"]["mail"]["from"], "lighthouse@mon.example.com")
        self.assertEqual(shown["alerts"][0]["values"], {"key": "api-eu", "title": "api-eu is dark", "severity": "major",
                                                        "message": "no light for 30 seconds"})

    def test_what_a_terminal_would_obey_is_not_shown(self):
        shown = self.run_it("try", self.grammar, "-", stdin=DARK.replace("no light", "\x1b[2Jno\x07 light")).stdout
        self.assertNotRegex(shown, "[\x1b\x07]")

    def test_colours_are_for_terminals_that_want_them(self):
        self.assertNotIn("\x1b", self.run_it("try", self.grammar, self.dark).stdout)
        self.assertIn("\x1b[32mmatched", self.on_a_terminal(TERM="xterm"))
        for refused in ({"TERM": "dumb"}, {"TERM": "xterm", "NO_COLOR": "1"}):
            self.assertNotIn("\x1b", self.on_a_terminal(**refused))

    def on_a_terminal(self, **environment):
        ours, theirs = pty.openpty()
        uid, gid = program.account()
        done = subprocess.Popen([program.binary(), "grammar", "try", self.grammar, self.dark], stdout=theirs,
                                env={**self.program.environment, **environment}, user=uid, group=gid, extra_groups=[])
        os.close(theirs)
        shown = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # Linux: the other end is closed
                break
            if not more:
                break
            shown += more
        os.close(ours)
        self.assertEqual(done.wait(), 0)
        return shown.decode()

    def test_what_cannot_be_read_is_named(self):
        done = self.run_it("try", self.grammar, self.scratch / "no.eml", status=66)
        self.assertEqual(done.stderr, f"tocsin: {self.scratch}/no.eml: No such file or directory\n")
        self.run_it("try", self.grammar, status=64)


class TryingAll(GrammarTools):
    SITE = """\
state: {scratch}/state
grammars: {scratch}/site
status_pages: [{{ id: sp_one, name: One, address: one@status.example.com }}]
operators: [{{ name: Ada Byron, address: ada@example.com, proofs: [sasl] }}]
"""

    def setUp(self):
        super().setUp()
        self.write("site/lighthouse.yaml", LIGHTHOUSE)
        config = self.write("tocsin.yaml", self.SITE.format(scratch=self.scratch))
        self.program = program.Program(config, self.scratch / "log")

    def test_the_grammar_that_would_speak_is_named_and_how_many_were_asked(self):
        shown = self.run_it("try", "--all", self.dark).stdout
        self.assertRegex(shown, r"(?m)^speaks +lighthouse +site +dark +alert api-eu$")
        self.assertNotIn("could", shown)
        [all_of_it] = json.loads(self.run_it("try", "--all", "--json", self.dark).stdout)
        self.assertEqual([(one["grammar"], one["place"], one["command"], one["speaks"])
                          for one in all_of_it["answers"]], [("lighthouse", "site", "alert", True)])
        self.assertGreater(all_of_it["asked"], 20)

    def test_a_shipped_grammar_speaks_for_its_product_a_forward_included(self):
        nagios = ("From: nagios@mon.example.com\nTo: ops@example.com\nDate: Tue, 24 Nov 2026 20:00:00 +0000\n"
                  "Subject: ** PROBLEM Service Alert: web1/HTTP is CRITICAL **\n\n***** Nagios *****\n\n"
                  "Notification Type: PROBLEM\n\nService: HTTP\nHost: web1\nState: CRITICAL\n\n"
                  "Additional Info:\n\nConnection refused\n")
        attached = ("From: bob@example.com\nTo: one@status.example.com\nSubject: Fwd: look\nMIME-Version: 1.0\n"
                    "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nLook.\n--x\nContent-Type: message/rfc822\n\n"
                    + nagios + "\n--x--\n")
        self.assertRegex(self.run_it("try", "--all", "-", stdin=nagios).stdout,
                         r"(?m)^speaks +nagios +shipped +service problem +alert web1/HTTP$")
        self.assertRegex(self.run_it("try", "--all", "-", stdin=attached).stdout,
                         r"(?m)^forward +attached: .* of nagios@mon\.example\.com is read\nspeaks +nagios ")

    def test_nobody_speaks_for_what_nobody_knows(self):
        shown = self.run_it("try", "--all", "-", stdin="From: a@example.com\nSubject: Lunch?\n\nAt noon.\n").stdout
        self.assertRegex(shown, r"(?m)^asked +\d+ grammars, none speaks$")


class Deciding(GrammarTools):
    """What the configuration's policies would do; nothing is done."""
    SITE = """\
state: {scratch}/state
trust: {{ networks: [192.0.2.0/28] }}
grammars: {scratch}/site
status_pages:
  - {{ id: sp_one, name: One, address: one@status.example.com, components: [{{ id: comp_api, name: API }}] }}
operators: [{{ name: Ada Byron, address: ada@example.com, proofs: [sasl] }}]
monitors:
  - name: Far lamps
    from: lighthouse@mon.example.com
    proofs: [network]
    match: {{ lamp: '^far' }}
  - name: Lamps
    from: lighthouse@mon.example.com
    proofs: [network]
    alert_policy: {policy}
"""
    PUBLIC = ("{ create_status_page_incident: true, affected_component: comp_api, incident_severity: critical,"
              " title: '{{lamp}} is out: {{reason}}' }")

    def setUp(self):
        super().setUp()
        (self.scratch / "state").mkdir(mode=0o700)
        os.chown(self.scratch / "state", *program.account())
        self.write("site/lighthouse.yaml", LIGHTHOUSE)
        self.decide_by(self.PUBLIC)

    def decide_by(self, policy):
        config = self.write("tocsin.yaml", self.SITE.format(scratch=self.scratch, policy=policy))
        self.program = program.Program(config, self.scratch / "log")

    def forecast(self, mail):
        [shown] = json.loads(self.run_it("try", "--json", self.grammar, "-", stdin=mail).stdout)
        return shown["alerts"][0]["forecast"]

    def test_the_monitor_that_fits_and_what_its_policy_makes_are_shown(self):
        shown = self.run_it("try", self.grammar, self.dark).stdout
        for line in (r"(?m)^monitor +Lamps$", r"(?m)^ +alert +opened$", r"(?m)^ +policy +opens an incident$",
                     r"(?m)^ +title +api-eu is out: no light for 30 seconds$", r"(?m)^ +severity +critical$",
                     r"(?m)^ +components +comp_api$", r"(?m)^ +before +nothing"):
            self.assertRegex(shown, line)
        self.assertFalse((self.scratch / "state" / "tocsin.db").exists())

    def test_a_policy_that_publishes_nothing_asks(self):
        self.decide_by("{ affected_component: comp_api }")
        self.assertIn("asks the operators", self.forecast(DARK)["policy"])

    def test_a_policy_that_waits_does_nothing_yet_and_says_when_it_looks_again(self):
        self.decide_by("{ create_status_page_incident: true, open_after: { for: 5m } }")
        forecast = self.forecast(DARK)
        self.assertEqual((forecast["alert"], forecast["policy"]), ("opened", "does nothing yet"))
        self.assertIn("looks_again_at", forecast)

    def test_a_clear_of_what_is_not_open_does_nothing(self):
        self.assertEqual(self.forecast(LIGHT)["policy"], "does nothing")

    def test_what_has_happened_counts_and_the_try_changes_nothing(self):
        date = email.utils.formatdate()
        self.program.run("inject", "--client-addr", "192.0.2.1", "--from", "lighthouse@mon.example.com", "--to",
                         "one@status.example.com", stdin=DARK.replace("Tue, 24 Nov 2026 20:00:00 +0000", date), check=True)
        mail = LIGHT.replace("Tue, 24 Nov 2026 20:00:00 +0000", date)
        for _ in range(2):
            self.assertEqual(self.forecast(mail)["policy"], "resolves the incident")
        [incident] = json.loads(self.program.run("incident", "list", "--json", check=True).stdout)
        self.assertEqual(incident["status"], "investigating")
        shown = json.loads(self.program.run("incident", "show", incident["number"], "--json", check=True).stdout)
        self.assertEqual([(one["monitor"], one["key"], one["state"]) for one in shown["alerts"]],
                         [("Lamps", "api-eu", "open")])

    def test_no_monitor_is_said_so(self):
        shown = self.run_it("try", self.grammar, "-", stdin=DARK.replace("lighthouse@", "other@")).stdout
        self.assertRegex(shown, r"(?m)^monitor +none of the configuration's fits")


class Samples(GrammarTools):
    def setUp(self):
        super().setUp()
        self.write("lighthouse/dark.eml", DARK)
        self.write("lighthouse/dark.yaml", "command: alert\nrule: dark\nkey: api-eu\nseverity: major\nurl: ''\n")
        self.write("lighthouse/light.eml", LIGHT)
        self.write("lighthouse/light.yaml", "command: clear\nkey: api-eu\n")

    def test_samples_that_are_as_they_should_be_end_with_0_and_the_counts(self):
        shown = self.run_it("test", self.grammar).stdout
        self.assertEqual(shown, f"right {self.scratch}/lighthouse/dark.eml\nright {self.scratch}/lighthouse/light.eml\n"
                         "2 samples, 0 wrong\n")

    def test_each_difference_is_named_and_the_end_is_65(self):
        self.write("lighthouse/light.yaml", "command: alert\nkey: api-us\n")
        self.write("lighthouse/lunch.eml", "From: a@example.com\nSubject: Lunch?\n\nAt noon.\n")
        self.write("lighthouse/lunch.yaml", "command: nothing\n")
        shown = self.run_it("test", self.grammar, status=65).stdout
        self.assertIn("      command is clear, not alert\n", shown)
        self.assertIn("      key is \"api-eu\", not \"api-us\"\n", shown)
        self.assertRegex(shown, r"(?m)^right .*lunch\.eml$")
        self.assertTrue(shown.endswith("3 samples, 1 wrong\n"), shown)
        outcomes = json.loads(self.run_it("test", "--json", self.grammar, status=65).stdout)
        self.assertEqual([one["outcome"] for one in outcomes], ["right", "wrong", "right"])

    def test_a_mail_without_its_words_and_words_without_their_mail_are_wrong(self):
        self.write("lighthouse/alone.eml", DARK)
        self.write("lighthouse/lonely.yaml", "command: alert\n")
        shown = self.run_it("test", self.grammar, status=65).stdout
        self.assertIn("alone.yaml: No such file", shown)
        self.assertIn("lonely.eml: No such file", shown)

    def test_words_that_are_none_are_named_with_their_line(self):
        self.write("lighthouse/dark.yaml", "command: alert\nkye: api-eu\n")
        self.assertIn("dark.yaml:2:1: unknown field `kye`: did you mean `key`?",
                      self.run_it("test", self.grammar, status=65).stdout)

    def test_a_grammar_without_samples_is_no_success(self):
        shutil.rmtree(self.scratch / "lighthouse")
        self.assertIn("holds no samples", self.run_it("test", self.grammar, status=66).stderr)

    def test_every_alert_of_a_mail_that_lists_several_is_judged(self):
        grammar = self.write("lamps.yaml", "grammar: lamps\nrules:\n  - name: lamps\n    subject: '^\\[lamps\\]'\n"
                             "    each: { body: '^(?<lamp>\\S+) (?<state>dark|lit)$' }\n"
                             "    command: { of: state, dark: alert, lit: clear }\n    key: '{{lamp}}'\n")
        self.write("lamps/two.eml", "From: l@mon.example.com\nSubject: [lamps] 2\n\neast dark\nwest lit\n")
        self.write("lamps/two.yaml", "alerts:\n  - { command: alert, key: east }\n  - { command: clear, key: west }\n")
        self.run_it("test", grammar)
        self.write("lamps/two.yaml", "alerts:\n  - { command: alert, key: east }\n")
        self.assertIn("it tells of 2 alerts, not 1", self.run_it("test", grammar, status=65).stdout)


if __name__ == "__main__":
    unittest.main()
