"""`tocsin check`, as an administrator sees it: what it prints, where, and how it ends."""

import json
import os
import pathlib
import shutil
import tempfile
import unittest

import program

GOOD = """\
state: {scratch}/state
status_pages:
  - {{ id: sp_one, name: One, address: status@status.example.com }}
operators:
  - {{ name: Ada Byron, address: ada@example.com, proofs: [sasl] }}
"""
BAD = """\
sate: {scratch}/state
status_pages:
  - {{ id: sp_one, name: One, address: status@status.example.com }}
operators:
  - {{ name: Ada Byron, address: ada@gmail.com, proofs: [dkim], pages: [sp_two] }}
trust: {{ authserv_id: mx.example.com }}
relays: [{{ host: 127.0.0.1, port: 0 }}]
"""
# As a monitoring product writes it.
VERBATIM = """\
monitor:
  name: Production API
  alert_policy:
    create_status_page_incident: true
    status_page_id: sp_abc123
    affected_component: comp_api
    incident_severity: major
"""
MONITORED = """\
state: {scratch}/state
trust: {{ networks: [192.0.2.0/28] }}
status_pages:
  - id: sp_abc123
    name: Example
    address: status@status.example.com
    components: [{{ id: comp_api, name: API }}, {{ id: comp_web, name: Website }}]
operators:
  - {{ name: Ada Byron, address: ada@example.com, proofs: [sasl], forwards_for: [nagios] }}
monitors:
  - name: Web checks
    from: nagios@mon.example.com
    proofs: [network, sasl]
    login: nagios
    grammar: nagios
    match: {{ host: '^web' }}
    alert_policy: {{ affected_component: comp_web, expect_every: 5m }}
"""


@unittest.skipUnless(os.geteuid() == 0, "runs the program as another user")
class Check(unittest.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-check-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.scratch.chmod(0o755)
        state = self.scratch / "state"
        state.mkdir(mode=0o700)
        os.chown(state, *program.account())
        self.file = self.scratch / "tocsin.yaml"
        self.program = program.Program(self.file, self.scratch / "log")

    def write(self, text, mode=0o644):
        self.file.write_text(text.format(scratch=self.scratch))
        self.file.chmod(mode)

    def test_a_good_configuration_ends_with_0_and_a_count(self):
        self.write(GOOD)
        done = self.program.run("check")
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, "", f"{self.file}: 0 errors, 0 warnings\n"))

    def test_every_error_is_a_line_with_its_place_and_the_end_is_78(self):
        self.write(BAD)
        done = self.program.run("check")
        lines = done.stderr.splitlines()
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual([line.split(": ")[0].removeprefix(f"{self.file}:") for line in lines[:4]],
                         ["1:1", "5:56", "5:72", "7:35"], done.stderr)
        self.assertIn("unknown field `sate`: did you mean `state`?", lines[0])
        self.assertIn("warning: operators[0].proofs: ", lines[1])
        self.assertIn('there is no page "sp_two"', lines[2])
        self.assertIn("relays[0].port: ", lines[3])
        self.assertRegex(lines[-1], "^.*tocsin.yaml: 3 errors, [0-9]+ warnings?$")

    def test_json_is_a_list_of_objects_on_standard_output(self):
        self.write(BAD)
        done = self.program.run("--json", "check", "--config", self.file)
        self.assertEqual(done.returncode, 78)
        self.assertEqual(done.stderr, "")
        first, *others = json.loads(done.stdout)
        self.assertEqual(first, {"file": str(self.file), "line": 1, "column": 1, "field": "", "severity": "error",
                                 "message": "unknown field `sate`: did you mean `state`?"})
        self.assertIn("warning", [one["severity"] for one in others])
        self.write(GOOD)
        self.assertEqual(json.loads(self.program.run("check", "--json").stdout), [])

    def test_a_warning_alone_ends_with_0(self):
        self.write(GOOD.replace("ada@example.com, proofs: [sasl]", "ada@gmail.com, proofs: [dkim, sasl]")
                   + "trust: {{ authserv_id: mx.example.com }}\n")
        done = self.program.run("check")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("warning: operators[0].proofs: dkim and spf prove a domain", done.stderr)

    def test_each_monitor_is_said_how_a_mail_reaches_it(self):
        (self.scratch / "conf.d").mkdir(mode=0o755)
        (self.scratch / "conf.d" / "api.yaml").write_text(VERBATIM)
        self.write(MONITORED)
        done = self.program.run("check")
        self.assertEqual((done.returncode, done.stderr), (0, f"{self.file}: 0 errors, 0 warnings\n"))
        web, api = done.stdout.split("Production API\n")
        for line in ("to       status@status.example.com", "from     nagios@mon.example.com, proven by sasl (login "
                     "nagios) or network (192.0.2.0/28)", "through  a forward by ada@example.com, proven",
                     "grammar  nagios", "match    host fits ^web", "silence  5 minutes without a mail raises it too",
                     "makes    a question to the operators on sp_abc123, the alert's severity, comp_web"):
            self.assertIn(f"  {line}\n", web)
        for line in ("to       status@status.example.com",
                     "from     ada@example.com, proven, and the subject is the one below alone",
                     'subject  "Production API is DOWN" raises it, "Production API is UP" clears it',
                     "makes    an incident on sp_abc123, major, comp_api; a clear resolves it"):
            self.assertIn(f"  {line}\n", api)
        self.assertEqual(json.loads(self.program.run("check", "--json").stdout), [])

    def test_a_monitor_that_names_what_is_not_there_ends_with_78_and_is_not_explained(self):
        self.write(MONITORED.replace("grammar: nagios", "grammar: nagois"))
        done = self.program.run("check")
        self.assertEqual((done.returncode, done.stdout), (78, ""))
        self.assertIn('monitors[0].grammar: there is no grammar "nagois"', done.stderr)

    def test_a_rule_of_the_site_that_costs_too_much_is_a_warning_with_its_name(self):
        (self.scratch / "grammars").mkdir(mode=0o755)
        (self.scratch / "grammars" / "site.yaml").write_text(
            "grammar: site\nabout: ours\nrules:\n  - name: runs away\n    subject: '^(a+)+$'\n    command: ignore\n")
        self.write(GOOD + "grammars: {scratch}/grammars\n")
        done = self.program.run("check")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r'site\.yaml:4: warning: rule "runs away": .* \(match limit exceeded\)')

    def test_a_machine_without_zones_names_the_zone(self):
        self.write(GOOD.replace("name: One", "name: One, time_zone: Europe/Berlin"))
        self.program.environment["TZDIR"] = "/nonexistent"
        done = self.program.run("check")
        self.assertEqual(done.returncode, 78)
        self.assertIn("Europe/Berlin", done.stderr)

    def test_files_that_others_may_write_or_that_are_missing_end_with_78(self):
        self.write(GOOD, mode=0o666)
        done = self.program.run("check")
        self.assertEqual(done.returncode, 78)
        self.assertIn(f"{self.file}: may be written by others", done.stderr)
        self.file.unlink()
        done = self.program.run("check")
        self.assertEqual(done.returncode, 78)
        self.assertIn(f"{self.file}: No such file", done.stderr)

    def test_other_words_are_a_usage_error(self):
        self.write(GOOD)
        self.assertEqual(self.program.run("check", "everything").returncode, 64)


if __name__ == "__main__":
    unittest.main()
