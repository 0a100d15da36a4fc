"""A mailing list as a subscriber: a real mlmmj between the gateway and the list's members."""

import os
import re
import shutil
import time

import inbox
import program
from people import Person
from ports import wait_until
from town import PAGE, PAGE_ID, Town, status_page

LIST = "team@lists.test"
MEMBERS = ("carol@example.net", "dave@example.net")
CONTACT = "support@example.org"
KEYED = re.compile(r"status[+-][bucr][a-z2-7]{10,}@", re.IGNORECASE)


class Lists(Town):
    """team@lists.test has two members, and the page itself: what the list gets comes back to us."""
    pages = (status_page(contact=CONTACT),)
    postfix_settings = {"mlmmj_destination_recipient_limit": "1"}

    @classmethod
    def prepare_postfix(cls):
        cls.folder = cls.scratch / "mlmmj"
        receive = shutil.which("mlmmj-receive", path="/usr/bin:/usr/local/bin")
        cls.postfix.transports["lists.test"] = "mlmmj:"
        cls.postfix.more_services = (f"mlmmj unix - n n - 10 pipe\n"
                                     f"  flags=ORhu user={program.USER} argv={receive} -F -L {cls.folder}\n")
        cls._make_list()

    @classmethod
    def _make_list(cls):
        for name in ("incoming", "queue", "queue/discarded", "archive", "text", "control", "subconf", "unsubconf",
                     "bounce", "requeue", "nomailsubs.d", "digesters.d", "subscribers.d", "moderation"):
            (cls.folder / name).mkdir(parents=True)
        for name, value in (("listaddress", LIST), ("owner", "owner@example.org"), ("relayhost", "127.0.0.1"),
                            ("smtpport", cls.postfix.outside), ("prefix", "[team]"), ("customheaders", "List-Id: <team.lists.test>")):
            (cls.folder / "control" / name).write_text(f"{value}\n")
        (cls.folder / "control" / "footer").write_text("-- \nteam mailing list\n")
        (cls.folder / "index").write_text("0\n")
        (cls.folder / "subscribers.d" / "s").write_text("".join(f"{one}\n" for one in (*MEMBERS, PAGE)))
        uid, gid = program.account()
        for path in (cls.folder, *cls.folder.rglob("*")):
            os.chown(path, uid, gid)

    def setUp(self):
        super().setUp()
        self.members = [Person(self, address.split("@")[0].title(), address) for address in MEMBERS]
        self.tocsin("subscriber", "add", "--page", PAGE_ID, "--kind", "list", LIST, check=True)

    def opens(self, title):
        sent = self.ada.writes(f"[major] {title}", "Components: api\n\nWe look at it.")
        self.assertEqual(sent.code, 250, sent)
        return sent

    def posts(self, count=1):
        """What each member got of the list, once it is there."""
        return [member.inbox.wait_for(count, where=lambda one: one["X-Tocsin-Status"]) for member in self.members]

    def quiet(self):
        """Nothing is on its way any more, nowhere."""
        self.settle()
        wait_until(lambda: not any((self.folder / "incoming").iterdir()) and not self.postfix.queued(), 20,
                   "list and Postfix are quiet")
        self.settle()

    def test_members_hear_and_what_comes_back_to_us_does_nothing(self):
        self.opens("API errors")
        for mail, in self.posts():
            self.assertIn("[team]", str(mail["Subject"]))
        self.quiet()
        before = self.dump()
        time.sleep(2)
        self.quiet()
        self.assertEqual(self.dump(), before)
        self.assertEqual(len(self.incidents_titled("API errors")), 1)
        self.assertEqual(len(self.incident("API errors")["updates"]), 1)
        self.posts()
        self.assertIn("mail.automatic", self.program.log(500))

    def incidents_titled(self, title):
        return [one for one in self.incidents() if title in one["title"]]

    def test_no_member_holds_a_key_of_the_list(self):
        self.opens("Secrets")
        for mail, in self.posts():
            self.assertIsNone(KEYED.search(mail.raw.decode("ascii", "replace").split("\n\n", 1)[1]))
            for name in "List-Unsubscribe", "Reply-To", "From", "List-Help", "List-Subscribe", "To":
                self.assertIsNone(KEYED.search(str(mail.get(name, ""))), name)
            self.assertIsNone(mail["List-Unsubscribe-Post"])

    def test_our_id_stays_apart_from_the_lists(self):
        self.opens("Two lists")
        for mail, in self.posts():
            self.assertIn("<team.lists.test>", [str(one) for one in mail.get_all("List-Id", [])])

    def test_members_out_of_office_replies_come_back_to_us_and_end_there(self):
        self.opens("Away")
        posts = [mail for mail, in self.posts()]
        before = len(self.maildir.mails())
        for number, (member, mail) in enumerate(zip(self.members, posts)):
            for headers in ({"Auto-Submitted": "auto-replied"}, {"Precedence": "junk"},
                            {"X-Autoreply": "yes", "Precedence": "bulk"}):
                answer = member.mail(f"Re: {mail['Subject']}", "I am away until Monday.\n\nUnsubscribe me.", PAGE,
                                     {"In-Reply-To": str(mail["Message-ID"]), **headers})
                self.assertEqual(member.sends(answer, auth=False, sender="" if number else None).code, 250)
            # An old one without any mark but its subject.
            answer = member.mail(f"Out of office: {mail['Subject']}", "I am away.", PAGE,
                                 {"In-Reply-To": str(mail["Message-ID"])})
            self.assertEqual(member.sends(answer, auth=False).code, 250)
            # And one to the list, which hands it on to the page.
            answer = member.mail(f"Re: {mail['Subject']}", "I am away.", LIST,
                                 {"In-Reply-To": str(mail["Message-ID"]), "Auto-Submitted": "auto-replied"})
            member.sends(answer, auth=False, port=self.postfix.outside)
        self.quiet()
        self.assertEqual(self.inbox(CONTACT).mails(), [])
        answers = [one for one in self.maildir.mails()[before:] if PAGE in str(one["From"])]
        self.assertEqual([str(one["Subject"]) for one in answers], [])
        self.assertEqual(len(self.incident("Away")["updates"]), 1)
        self.assertEqual([one["state"] for one in self.subscribers() if one["address"] == LIST], ["confirmed"])

    def test_a_members_unsubscribe_is_hers_alone(self):
        self.opens("Unwanted")
        (mail,), _ = self.posts()
        member = self.members[0]
        sent = member.replies(mail, "unsubscribe", to=PAGE, auth=False)
        self.assertEqual(sent.code, 250, sent)
        self.quiet()
        self.assertEqual([one["state"] for one in self.subscribers() if one["address"] == LIST], ["confirmed"])

    def test_a_person_of_the_list_who_answers_reaches_the_contact(self):
        self.opens("Questions")
        (mail,), _ = self.posts()
        self.assertEqual(self.members[0].replies(mail, "What is it?", to=PAGE, auth=False).code, 250)
        forward, = self.inbox(CONTACT).wait_for(1)
        self.assertEqual(str(forward["Reply-To"]), self.members[0].address)
