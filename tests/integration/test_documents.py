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


@unittest.skipUnless(os.geteuid() == 0, "runs the program as another user")
class Documents(unittest.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-documents-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.scratch.chmod(0o755)

    def test_the_quickstart_shows_three_mails_to_each_party_and_ends_with_0(self):
        done = subprocess.run([program.SOURCES / "contrib" / "quickstart"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=250)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for party in PARTIES:
            self.assertEqual(done.stdout.count(f"--- {party} receives ---"), 3, party)
        for state in ("Investigating", "Identified", "Resolved"):
            self.assertIn(f"Subject: [{state}] API elevated error rates (#1)", done.stdout)
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


if __name__ == "__main__":
    unittest.main()
