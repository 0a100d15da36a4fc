"""Joining, choosing, leaving, by mail alone; and what subscribers write to people."""

import inbox
from people import Person
from town import PAGE, PAGE_ID, Town, status_page

CONTACT = "support@example.org"


class Subscribing(Town):
    """Each test has people of its own: requests are counted by address."""
    pages = (status_page(contact=CONTACT),)
    more_config = {"subscriptions": {"per_network": 1000}}

    def person(self, name):
        return Person(self, name.title(), f"{name}@example.net")

    def answer_to(self, person, act):
        """What comes to her when she does that: a confirmation names nothing of the mail that asked for it."""
        before = len(person.inbox.mails())
        sent = act()
        self.assertEqual(sent.code, 250, sent)
        return person.inbox.wait_for(before + 1)[-1]

    def asks(self, person, subject="", text="", auth=False, **how):
        """Writes without any proof of who she is, and returns the answer."""
        return self.answer_to(person, lambda: person.writes(subject, text, auth=auth, **how))

    def replies(self, person, mail, text, auth=False, **how):
        return self.answer_to(person, lambda: person.replies(mail, text, auth=auth, **how))

    def joins(self, person, wishes=""):
        """Subscribed as people do it: the letter of welcome."""
        question = self.asks(person, f"subscribe {wishes}".strip())
        return self.replies(person, question, "confirm")

    def subscriber(self, person):
        return self.listed("subscriber", "show", "--page", PAGE_ID, person.address)

    def state(self, person):
        found = [one for one in self.subscribers() if one["address"] == person.address]
        return found[0]["state"] if found else None

    def opens(self, title, severity="major", components="api"):
        sent = self.ada.writes(f"[{severity}] {title}", f"Components: {components}\n\nWe look at it.")
        self.assertEqual(sent.code, 250, sent)
        return sent


class Joining(Subscribing):
    def test_one_mail_one_question_one_word_and_she_hears(self):
        carol = self.person("carol1")
        question = self.asks(carol, "subscribe api, web major text")
        self.assertIn("confirm", inbox.plain(question))
        self.assertEqual(str(question["To"]), carol.address)
        self.assertIn("+c", str(question["Reply-To"]))
        self.assertIn("severity: major", inbox.plain(question))
        self.assertEqual(self.state(carol), "pending")
        self.opens("Before she agreed")
        self.settle()
        self.assertEqual(len(carol.inbox.mails()), 1)
        welcome = self.replies(carol, question, "Confirm\n")
        self.assertIn("severity: major", inbox.plain(welcome))
        self.assertNotIn("+c", str(welcome["Reply-To"]))
        self.assertEqual(self.state(carol), "confirmed")
        self.opens("After she agreed")
        mail, = carol.inbox.wait_for(1, where=lambda one: one["X-Tocsin-Status"])
        self.assertIn("After she agreed", str(mail["Subject"]))
        self.assertEqual(mail.get_content_type(), "text/plain")
        self.opens("Too small for her", severity="minor")
        self.opens("Of nothing that she named", components="db")
        self.settle()
        carol.inbox.wait_for(1, where=lambda one: one["X-Tocsin-Status"])

    def test_by_the_address_with_the_word(self):
        dave = self.person("dave1")
        question = self.asks(dave, "", "", to=PAGE.replace("@", "+subscribe@"))
        dave.writes("confirm", "", to=str(question["Reply-To"]), auth=False)
        dave.inbox.wait_for(2)
        self.assertEqual(self.state(dave), "confirmed")

    def test_the_key_works_once_and_then_the_address_is_none(self):
        erin = self.person("erin1")
        question = self.asks(erin, "subscribe")
        self.assertEqual(erin.replies(question, "confirm", auth=False).code, 250)
        again = erin.replies(question, "confirm", auth=False)
        self.assertEqual(again.code, 550)
        self.assertIn("5.1.1", again.text)

    def test_a_vacation_answer_and_a_scanner_that_replies_confirm_nothing(self):
        frank = self.person("frank1")
        question = self.asks(frank, "subscribe")
        for headers in {"Auto-Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X-Autoreply": "yes"}:
            self.assertEqual(frank.replies(question, "confirm", auth=False, headers=headers).code, 250)
        self.assertEqual(frank.replies(question, "confirm", auth=False, sender="").code, 250)
        self.assertEqual(frank.replies(question, "I am away until Monday.", auth=False).code, 250)
        self.assertEqual(self.state(frank), "pending")
        # The last has no mark that it is a machine's, and is told what would work, once.
        frank.inbox.wait_for(2)
        frank.replies(question, "I am away until Tuesday.", auth=False)
        self.settle()
        frank.inbox.wait_for(2)

    def test_asking_again_gives_the_same_answer_and_lowers_nothing(self):
        grace = self.person("grace1")
        self.joins(grace)
        before = len(grace.inbox.mails())
        self.assertEqual(grace.writes("subscribe", auth=False).code, 250)
        self.settle()
        self.assertEqual(len(grace.inbox.mails()), before)  # one an hour
        self.assertEqual(self.state(grace), "confirmed")

    def test_a_stranger_cannot_fill_anybodys_inbox(self):
        victim = self.person("victim1")
        for number in range(10):
            mallory = Person(self, "Mallory", victim.address, client=f"203.0.113.{number + 1}")
            sent = mallory.writes("subscribe", f"Buy at http://evil.test/{number}", auth=False)
            self.assertEqual(sent.code, 250)
        self.settle()
        question, = victim.inbox.wait_for(1)
        self.assertNotIn("evil.test", inbox.plain(question))
        self.assertNotIn("Buy", str(question["Subject"]))

    def test_the_answer_is_in_the_language_of_the_word(self):
        heidi = self.person("heidi1")
        question = self.asks(heidi, "abonnieren")
        heidi.replies(question, "ja", auth=False)
        heidi.inbox.wait_for(2)
        self.assertEqual(self.subscriber(heidi)["language"], "de")

    def test_her_consent_is_on_record_with_her_words_and_network(self):
        ivan = self.person("ivan1")
        self.joins(ivan, "critical")
        with self.store() as store:
            rows = store.execute("SELECT act, how, source, words FROM consent JOIN subscriber AS s"
                                 " ON s.id = subscriber_id WHERE address = ? ORDER BY consent.id",
                                 (ivan.address,)).fetchall()
        self.assertEqual([row[0] for row in rows], [0, 1])
        self.assertEqual(rows[1][1], "mail")
        self.assertIn("@example.net> from 198.51.100.9", rows[1][2])
        self.assertEqual(rows[1][3].strip(), "severity: critical")


class Choosing(Subscribing):
    def preferences(self, person):
        """Her letter of preferences, whose Reply-To is believed."""
        return self.asks(person, "preferences")

    def test_a_reply_with_lines_changes_what_she_hears(self):
        carol = self.person("carol2")
        self.joins(carol)
        letter = self.preferences(carol)
        self.assertIn("severity: minor", inbox.plain(letter))
        changed = inbox.plain(self.replies(carol, letter, "severity: critical\nformat: text\n"))
        self.assertIn("severity: critical", changed)
        self.opens("Not for her")
        self.opens("For her", severity="critical")
        mail, = carol.inbox.wait_for(1, where=lambda one: one["X-Tocsin-Status"])
        self.assertIn("For her", str(mail["Subject"]))

    def test_a_pager_hears_one_line(self):
        dave = self.person("dave2")
        self.joins(dave)
        dave.replies(self.preferences(dave), "format: pager", auth=False)
        self.settle()
        self.opens("API errors")
        mail, = dave.inbox.wait_for(1, where=lambda one: "API errors" in one.as_string()
                                    and one.get_content_type() == "text/plain"
                                    and len(inbox.plain(one).strip().splitlines()) == 1)
        self.assertLessEqual(len(inbox.plain(mail).strip()), 160)

    def test_who_pauses_hears_nothing_until_she_goes_on(self):
        erin = self.person("erin2")
        self.joins(erin)
        letter = self.preferences(erin)
        self.replies(erin, letter, "pause 7 days")
        self.opens("While she is away")
        self.settle()
        self.assertFalse([one for one in erin.inbox.mails() if one["X-Tocsin-Status"]])
        self.replies(erin, letter, "resume")
        self.opens("She is back")
        erin.inbox.wait_for(1, where=lambda one: one["X-Tocsin-Status"])

    def test_who_mutes_an_incident_hears_no_more_of_it(self):
        frank = self.person("frank2")
        self.joins(frank)
        opened = self.opens("Noise")
        frank.inbox.wait_for(1, where=lambda one: one["X-Tocsin-Status"])
        number = self.incident("Noise")["number"]
        self.replies(frank, self.preferences(frank), f"mute INC-{number}")
        self.ada.replies(opened, "Still looking.")
        self.opens("Other news")
        frank.inbox.wait_for(2, where=lambda one: one["X-Tocsin-Status"])
        self.settle()
        mails = frank.inbox.wait_for(2, where=lambda one: one["X-Tocsin-Status"])
        self.assertIn("Other news", str(mails[-1]["Subject"]))

    def test_who_follows_an_incident_hears_of_this_one_only(self):
        grace = self.person("grace2")
        self.joins(grace)
        opened = self.opens("The one")
        grace.inbox.wait_for(1, where=lambda one: one["X-Tocsin-Status"])
        number = self.incident("The one")["number"]
        self.replies(grace, self.preferences(grace), f"follow INC-{number}")
        self.opens("Another")
        self.ada.replies(opened, "Found it.")
        mails = grace.inbox.wait_for(2, where=lambda one: one["X-Tocsin-Status"])
        self.settle()
        grace.inbox.wait_for(2, where=lambda one: one["X-Tocsin-Status"])
        self.assertIn("The one", str(mails[-1]["Subject"]))

    def test_lines_that_anybody_could_have_written_wait_for_her_word(self):
        heidi = self.person("heidi2")
        self.joins(heidi)
        letter = self.asks(heidi, "Hello", "severity: critical")
        self.assertEqual(self.subscriber(heidi)["severity"], "minor")
        self.assertIn("severity: critical", inbox.plain(letter))
        self.replies(heidi, letter, "confirm")
        self.assertEqual(self.subscriber(heidi)["severity"], "critical")

    def test_help_tells_what_can_be_said_with_the_components(self):
        ivan = self.person("ivan2")
        text = inbox.plain(self.asks(ivan, "help"))
        for word in "subscribe", "unsubscribe", "preferences", "API", "Website", "Database":
            self.assertIn(word, text)

    def test_a_stranger_gets_no_preferences_and_no_other_answer(self):
        judy = self.person("judy2")
        self.assertEqual(judy.writes("preferences", auth=False).code, 250)
        self.settle()
        self.assertEqual(judy.inbox.mails(), [])


class Leaving(Subscribing):
    def test_by_the_address_of_any_notification_at_once(self):
        carol = self.person("carol3")
        self.joins(carol)
        self.opens("News")
        mail, = carol.inbox.wait_for(1, where=lambda one: one["X-Tocsin-Status"])
        target = str(mail["List-Unsubscribe"]).split("mailto:")[1].split("?")[0].split(">")[0]
        # A mail client's button, from wherever it likes.
        self.stranger.writes("unsubscribe", "", to=target, auth=False)
        farewell = carol.inbox.wait_for(1, where=lambda one: "subscribe" in inbox.plain(one)
                                        and "+c" not in str(one["Reply-To"])
                                        and not one["X-Tocsin-Status"] and "elcome" not in str(one["Subject"])
                                        and "are subscribed" not in str(one["Subject"]))
        self.assertTrue(farewell)
        self.assertEqual(self.state(carol), "unsubscribed")
        self.opens("More news")
        self.settle()
        carol.inbox.wait_for(1, where=lambda one: one["X-Tocsin-Status"])

    def test_who_is_not_proven_is_asked_and_leaves_by_her_word(self):
        dave = self.person("dave3")
        self.joins(dave)
        question = self.asks(dave, "unsubscribe")
        self.assertEqual(self.state(dave), "confirmed")
        farewell = self.replies(dave, question, "confirm")
        self.assertEqual(self.state(dave), "unsubscribed")
        self.assertIn("subscribe", inbox.plain(farewell))

    def test_who_was_never_here_gets_the_same_answer(self):
        erin, frank = self.person("erin3"), self.person("frank3")
        self.joins(erin)
        known, unknown = (self.asks(who, "unsubscribe") for who in (erin, frank))
        self.assertEqual(inbox.plain(known), inbox.plain(unknown))
        self.assertEqual(str(known["Subject"]), str(unknown["Subject"]))

    def test_who_has_signed_in_leaves_at_once(self):
        grace = self.person("grace3")
        self.joins(grace)
        farewell = self.asks(grace, "unsubscribe", auth=True)
        self.assertEqual(self.state(grace), "unsubscribed")
        self.assertIn("subscribe", inbox.plain(farewell))

    def test_an_operator_leaves_like_everybody_and_nothing_is_published(self):
        before = len(self.incidents())
        question = self.asks(self.ada, "subscribe", auth=True)
        self.replies(self.ada, question, "confirm", auth=True)
        self.asks(self.ada, "unsubscribe", auth=True)
        self.assertEqual(self.state(self.ada), "unsubscribed")
        self.assertEqual(len(self.incidents()), before)


class Words(Subscribing):
    """What is no command."""

    def test_a_reply_to_a_notification_goes_to_the_contact_who_answers_the_writer(self):
        carol = self.person("carol4")
        self.joins(carol)
        self.opens("API errors")
        mail, = carol.inbox.wait_for(1, where=lambda one: one["X-Tocsin-Status"])
        sent = carol.replies(mail, "Is my data safe?", auth=False)
        self.assertEqual(sent.code, 250, sent)
        forward, = self.inbox(CONTACT).wait_for(1)
        self.assertIn("Is my data safe?", inbox.plain(forward))
        self.assertEqual(str(forward["Reply-To"]), carol.address)
        self.assertEqual(forward.get_content_type(), "text/plain")
        shown = self.incident("API errors")
        self.assertEqual(len(shown["updates"]), 1)
        self.assertEqual(shown["notes"], [])

    def test_five_an_hour_and_no_out_of_office_reply(self):
        dave = self.person("dave4")
        self.joins(dave)
        self.opens("Slow pages")
        mail, = dave.inbox.wait_for(1, where=lambda one: one["X-Tocsin-Status"])
        away = dave.replies(mail, "I am away.", auth=False, headers={"Auto-Submitted": "auto-replied"})
        self.assertEqual(away.code, 250)
        codes = [dave.replies(mail, f"Question {number}?", auth=False).code for number in range(6)]
        self.assertEqual(codes, [250] * 5 + [451])
        self.settle()
        self.inbox(CONTACT).wait_for(5)

    def test_a_strangers_is_refused(self):
        sent = self.stranger.writes("Hello", "Who are you?", auth=False)
        self.assertEqual(sent.code, 550)
        self.assertIn("subscribe", sent.text)
