"""SIGHUP is all or nothing, and costs no mail a 451."""

import signal
import threading
import time
import unittest

import inbox
from ports import wait_until
from town import Town, status_page

MORE = status_page()
MORE["components"] = MORE["components"] + [{"id": "comp_mail", "name": "Mail", "group": "Core"}]


class AReload(Town):
    def setUp(self):
        self.reload_with()
        super().setUp()

    def reload_with(self, **changes):
        """Returns when another milter has taken over with the new file."""
        def drained():
            return self.program.log(10**6).count("milter.draining")
        before = drained()
        self.write_config(**changes)
        self.serving.send_signal(signal.SIGHUP)
        wait_until(lambda: drained() > before, 30, "the milter is another")

    def hangup(self):
        self.serving.send_signal(signal.SIGHUP)
        time.sleep(1)
        self.assertIsNone(self.serving.poll(), self.program.log())

    def knows(self, component):
        answer = self.ada.asks("[minor] Which one", f"Components: {component}\nPreview\n\nx")
        return "Mail" in inbox.plain(answer)

    def test_takes_a_good_file_whole(self):
        self.reload_with(status_pages=[MORE])
        # Asked once: the same question is not answered for ever.
        self.assertTrue(self.knows("comp_mail"))

    def test_refuses_a_bad_file_whole_with_its_line_and_goes_on(self):
        self.write_config(status_pages=[MORE], colour="blue", operators=[{"name": "Nobody"}])
        line = 1 + self.config_file.read_text().split('"colour"')[0].count("\n")
        self.hangup()
        wait_until(lambda: f"{self.config_file.name}:{line}" in self.program.log(), 10, "the log names file and line")
        sent = self.ada.writes("[minor] Old rules", "Components: comp_web\n\nx")
        self.assertEqual(sent.code, 250, sent)
        sent = self.ada.writes("[minor] New rules", "Components: comp_mail\n\nx")
        self.reload_with(status_pages=[MORE])
        self.assertTrue(self.knows("comp_mail"))
        self.assertNotIn("New rules", [one["title"] for one in self.incidents()])

    def test_of_a_file_that_is_half_written_or_gone_goes_on(self):
        whole = self.config_file.read_text()
        self.write_config_text(whole[:len(whole) // 2])
        self.hangup()
        self.config_file.unlink()
        self.hangup()
        self.assertEqual(self.ada.writes("[minor] As before", "Components: comp_web\n\nx").code, 250)

    def test_of_an_operator_who_left_ends_her_say(self):
        self.reload_with(operators=[self.operators[0]])
        wait_until(lambda: self.bob.writes("[minor] Bob", "Components: web\n\nx").code == 550, 15, "Bob is refused")
        self.assertEqual(self.ada.writes("[minor] Ada", "Components: web\n\nx").code, 250)

    def test_under_load_costs_no_mail_a_451(self):
        codes, stop = [], threading.Event()

        def write(name):
            number = 0
            while not stop.is_set():
                number += 1
                codes.append(self.ada.writes(f"[minor] Load {name} {number}",
                                             "Components: web\nNotify: no\n\nx").code)
        writers = [threading.Thread(target=write, args=(name,)) for name in "ab"]
        for writer in writers:
            writer.start()
        for change in [MORE], [status_page()], [MORE], [status_page()]:
            time.sleep(1)
            self.reload_with(status_pages=change)
        time.sleep(6)
        stop.set()
        for writer in writers:
            writer.join()
        self.assertEqual(set(codes), {250})
        found = [one for one in self.incidents() if one["title"].startswith("Load ")]
        self.assertEqual(len(found), len(codes))


if __name__ == "__main__":
    unittest.main()
