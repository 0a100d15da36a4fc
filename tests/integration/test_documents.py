"""What README.md and contrib/quickstart promise to somebody who has just arrived."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import program

PARTIES = ("carol@example.net", "5550100@pager.example.net", "ada@example.com", "bob@example.com")

LIGHTHOUSE = """\
state: {scratch}/state
trust: {{ networks: [192.0.2.0/28] }}
status_pages:
  - id: sp_abc123
    name: Example
    address: status@status.example.com
    components: [{{ id: comp_api, name: API }}]
operators: [{{ name: Ada Byron, address: ada@example.com, proofs: [sasl] }}]
monitors:
  - name: Production API
    from: lighthouse@mon.example.com
    proofs: [network]
    alert_policy: {{ create_status_page_incident: true, affected_component: comp_api, incident_severity: major }}
"""


@unittest.skipUnless(os.geteuid() == 0, "runs the program as another user")
class Documents(unittest.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-documents-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.scratch.chmod(0o755)

    def test_the_quickstart_shows_five_mails_to_each_party_and_ends_with_0(self):
        done = subprocess.run([program.SOURCES / "contrib" / "quickstart"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=250)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for party in PARTIES:
            self.assertEqual(done.stdout.count(f"--- {party} receives ---"), 5, party)
        for state in ("Investigating", "Identified", "Resolved"):
            self.assertIn(f"Subject: [{state}] API elevated error rates (#1)", done.stdout)
        for state in ("Investigating", "Resolved"):
            self.assertIn(f"Subject: [{state}] Production API is down (#2)", done.stdout)
        self.assertIn("2 subscribers will hear of it", done.stdout)

    def test_each_configuration_that_README_shows_is_good(self):
        text = (program.SOURCES / "README.md").read_text()
        shown = [re.sub(r"(?m)^ {3}", "", block) if block.startswith("   ") else block
                 for block in re.findall(r"```yaml\n(.*?)```", text, re.S)]
        shown = [block for block in shown if "status_pages:" in block]
        self.assertGreaterEqual(len(shown), 2)
        for number, block in enumerate(shown):
            folder = self.scratch / str(number)
            for made in (folder, folder / "state", folder / "templates"):
                made.mkdir(mode=0o700)
                os.chown(made, *program.account())
            password = folder / "relay.password"
            password.write_text("secret\n")
            password.chmod(0o600)
            os.chown(password, *program.account())
            if "state:" not in block:
                block += f"state: {folder}/state\n"
            for path, here in (("/var/lib/tocsin", "state"), ("/etc/tocsin/relay.password", "relay.password"),
                               ("/etc/tocsin/templates", "templates")):
                block = block.replace(path, str(folder / here))
            file = folder / "tocsin.yaml"
            file.write_text(block)
            os.chown(file, *program.account())
            done = program.Program(file, self.scratch / "log").run("check")
            self.assertEqual(done.returncode, 0, block + done.stderr)

            if "networks:" in block:
                self.check_monitors(folder, text)

    def check_monitors(self, folder, text):
        """What README shows of monitors, beside a configuration that it shows."""
        shown = [block for block in re.findall(r"```yaml\n(.*?)```", text, re.S)
                 if block.startswith(("monitor:", "monitors:", "operators:"))]
        self.assertEqual(len(shown), 3)
        (folder / "conf.d").mkdir()
        for number, block in enumerate(shown):
            (folder / "conf.d" / f"{number}.yaml").write_text(block)
        done = program.Program(folder / "tocsin.yaml", self.scratch / "log").run("check")
        self.assertEqual(done.returncode, 0, done.stderr)
        for line in ("Production API", '  subject  "Production API is DOWN" raises it, "Production API is UP" clears it',
                     "  makes    an incident on sp_abc123, major, comp_api; a clear resolves it"):
            self.assertIn(f"{line}\n", text)
            self.assertIn(f"{line}\n", done.stdout)

    def test_the_grammar_that_README_writes_does_what_README_shows(self):
        text = (program.SOURCES / "README.md").read_text()
        (self.scratch / "lighthouse").mkdir()
        (self.scratch / "lighthouse.yaml").write_text(re.search(r"```yaml\n(grammar: lighthouse\n.*?)```", text, re.S)[1])
        (self.scratch / "lighthouse" / "dark.eml").write_text(
            "From: lighthouse@mon.example.com\nTo: status@status.example.com\nSubject: [lighthouse] api-eu went dark\n\n"
            "Reason: no light for 30 seconds\n")
        (self.scratch / "lighthouse" / "dark.yaml").write_text("command: alert\nkey: api-eu\n")
        (self.scratch / "state").mkdir(mode=0o700)
        os.chown(self.scratch / "state", *program.account())
        config = self.scratch / "tocsin.yaml"
        config.write_text(LIGHTHOUSE.format(scratch=self.scratch))
        run = program.Program(config, self.scratch / "log").run
        done = run("grammar", "try", self.scratch / "lighthouse.yaml", self.scratch / "lighthouse" / "dark.eml")
        shown = re.search(r"\$ tocsin grammar try lighthouse.yaml lighthouse/dark.eml\n(.*?)```", text, re.S)[1]
        self.assertEqual(done.stdout.replace(f"{self.scratch}/", ""), shown + "\n", done.stderr)
        self.assertEqual(run("grammar", "test", self.scratch / "lighthouse.yaml").returncode, 0)


if __name__ == "__main__":
    unittest.main()
