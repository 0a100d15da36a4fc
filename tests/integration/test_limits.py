"""What bounds a monitor's noise, and what its silence does."""

from watchmen import Watched, monitor


class DeadMan(Watched):
    def test_raises_when_the_heartbeat_stays_away_and_clears_when_it_returns(self):
        self.watch(monitor("Backup", expect_every="5m"))
        self.recovers()
        self.later(minutes=4)
        self.assertEqual(self.incidents(), [])
        self.later(minutes=6)
        self.assertEqual(self.the_incident()["title"], "No sign of life from Backup")
        self.later(minutes=7)
        self.assertEqual(len(self.told()), 1)
        self.recovers()
        self.assertEqual(self.the_incident()["status"], "resolved")
        self.assertEqual(len(self.told()), 1)

    def test_is_not_expected_before_it_was_heard_or_configured_for_that_long(self):
        self.watch(monitor("Backup", expect_every="5m"))
        self.later(minutes=0)
        self.assertEqual(self.incidents(), [])


class Limits(Watched):
    def test_of_incidents_make_one_of_many_of_the_rest(self):
        self.watch(monitor(group="none", limits={"incidents": {"most": 3, "within": "1h"}}))
        for number in range(8):
            self.fails(f"service-{number}")
        self.assertEqual([one["title"] for one in self.open_incidents()],
                         ["Production API is down"] * 3 + ["Production API: many alerts"])
        self.assertEqual(len(self.told()), 4)
        for number in range(8):
            self.recovers(f"service-{number}")
        self.assertEqual(self.open_incidents(), [])

    def test_of_incidents_hold_for_an_alert_that_comes_and_goes(self):
        self.watch(monitor(limits={"incidents": {"most": 2, "within": "1h"}}))
        for _ in range(8):
            self.fails()
            self.recovers()
        titles = [one["title"] for one in self.incidents()]
        self.assertEqual(titles, ["Production API: many alerts"] * 2 + ["Production API is down"] * 2)
        self.assertEqual(len(self.told()), 7)
        self.later(minutes=61)
        self.assertEqual(self.open_incidents(), [])
        self.assertEqual(len(self.told()), 1)

    def test_of_questions_hold_for_an_alert_that_comes_and_goes(self):
        self.watch(monitor(create_status_page_incident=False, limits={"incidents": {"most": 2, "within": "1h"}}))
        for _ in range(8):
            self.fails()
            self.recovers()
        self.assertEqual(len(self.told("ada@example.com")), 4)

    def test_of_updates_fold_what_is_more_into_the_next(self):
        self.watch(monitor(update_on_change=True, resolve_after="1m",
                           flapping={"changes": 4, "within": "10m"}, limits={"updates": {"most": 2, "within": "1h"}}))
        self.fails(state="WARNING")
        self.fails(state="CRITICAL")
        for _ in range(3):
            self.recovers()
            self.fails()
        self.recovers()
        self.later(minutes=20)
        self.assertLessEqual(len(self.told()), 2)
        self.later(hours=2)
        self.assertEqual(self.the_incident()["status"], "resolved")
