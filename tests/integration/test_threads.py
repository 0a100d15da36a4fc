"""Conversations, over whole incidents, as mail readers show them."""

import inbox
import threads
from town import Town


class TwoIncidents(Town):
    """Told in turns, one of them renamed, made worse, taken back and reopened."""

    def play(self):
        self.subscribe("html@example.net", "api@example.net")
        self.subscribe("text@example.net", format="text")
        api = self.ada.writes("[minor] API is slow", "Components: api\n\nWe look at the balancer.")
        web = self.bob.writes("[major] Shop fails", "Components: web\n\nOrders are refused.")
        told = 0
        for author, sent, text in (
                (self.ada, api, "Identified: one node swaps."),
                (self.bob, web, "Title: Shop and cart fail\nSeverity: critical\n\nCarts as well."),
                (self.ada, api, "The node is drained."),
                (self.bob, web, "Monitoring: the old release is back."),
                (self.ada, api, "Title: API was slow\nStatus: resolved\n\nAll nodes answer."),
                (self.bob, web, "Investigating: some carts are still empty."),
                (self.ada, api, "Monitoring: it swaps again."),
                (self.bob, web, "Resolved: all carts are filled."),
                (self.ada, api, "Resolved: the node is replaced.")):
            told += 1
            self.inbox("text@example.net").wait_for(told + 1)
            answered = author.replies(sent, text)
            self.assertEqual(answered.code, 250, answered)
        self.settle()

    def test_are_two_conversations_for_every_subscriber_and_every_operator(self):
        self.play()
        for name in "html", "text", "api":
            mails = self.inbox(f"{name}@example.net").wait_for(11)
            parts = [[mail for mail in mails if word in str(mail["Subject"])] for word in ("API", "Shop")]
            self.assertEqual([len(part) for part in parts], [6, 5])
            threads.assert_two_threads(*parts)
            self.assertEqual(len({threads.bare_subject(mail) for mail in mails}), 2)
        for person in self.ada, self.bob:
            mails = person.inbox.mails()
            parts = [[mail for mail in mails if word in str(mail["Subject"])] for word in ("API", "Shop")]
            self.assertEqual([len(part) for part in parts], [6, 5], inbox.Inbox.subjects(mails))
            threads.assert_two_threads(*parts)

    def test_are_two_conversations_when_the_first_mails_are_lost(self):
        self.subscribe("carol@example.net")
        carol = self.inbox("carol@example.net")
        for title in "Cache is cold", "Queue is long":
            opened = self.ada.writes(f"[minor] {title}", "Components: db\n\nWe look.")
            carol.wait_for(1, where=lambda mail, title=title: title in mail["Subject"])
            for number, text in enumerate(("Identified: found.", "Resolved: mended."), 2):
                self.ada.replies(opened, text)
                carol.wait_for(number, where=lambda mail, title=title: title in mail["Subject"])
        mails = [[mail for mail in carol.mails() if title in mail["Subject"]][1:]
                 for title in ("Cache is cold", "Queue is long")]
        threads.assert_two_threads(*mails)
