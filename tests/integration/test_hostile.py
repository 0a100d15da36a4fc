"""Attacks of strangers who want to be heard: each by the milter behind a real Postfix, and by `inject`.

A test's name begins with its row in the table of threats."""

import unittest

import people
from letters import AUTHSERV_ID, as_verified, letter
from town import PAGE, PAGE_ID, Town, operator, status_page

OTHER = "status@other.example.com"
DENIED = {550}, {77}
DENIED_OR_BROKEN = {550, 554}, {77, 65}
BROKEN = {554}, {65}


class HostileTown(Town):
    authserv_id = AUTHSERV_ID
    pages = (status_page(), status_page("sp_other", OTHER))
    operators = (operator("Ada Byron", "ada@example.com"), operator("Bob Noyce", "bob@example.com"),
                 operator("Eve Other", "eve@example.org", pages=["sp_other"]))

    def both_doors(self, raw, sender="mallory@evil.test", login=None, to=PAGE, client="192.0.2.9"):
        """What the milter answers and how inject exits."""
        sent = people.send(self.postfix.public, raw, sender, [to], client=client, login=login)
        done = self.inject(as_verified(raw), sender, to=to, auth=login, client=client)
        return sent, done

    def assert_unheard(self, raw, expected=DENIED, **how):
        """Both doors refuse with one of the expected codes, nothing changes, nobody gets mail."""
        before = self.dump()
        sent, done = self.both_doors(raw, **how)
        shown = raw[:300]
        self.assertIn(sent.code, expected[0], f"milter: {sent.text}\n{shown}")
        self.assertIn(done.returncode, expected[1], f"inject: {done.stderr}\n{shown}")
        self.assert_unchanged(before)

    def assert_ignored(self, raw, **how):
        """Both doors take it, nothing changes, nobody gets mail."""
        self.assert_unheard(raw, ({250}, {0}), **how)


class WhoSpeaks(HostileTown):
    def test_A1_a_forged_From_without_a_proof_is_refused(self):
        for verdict in "dkim=fail header.d=example.com", "none", "spf=fail smtp.mailfrom=ada@example.com":
            self.assert_unheard(letter(verdict=verdict), sender="ada@example.com")

    def test_A2_the_envelope_is_nobody(self):
        self.assert_unheard(letter(b"From: Mallory <mallory@evil.test>", domain="evil.test"), sender="ada@example.com")
        self.assert_unheard(letter(verdict="none"), sender="mallory@evil.test")

    def test_A3_two_From_headers_are_none(self):
        ada, evil = b"From: ada@example.com", b"From: mallory@evil.test"
        for author in (ada + b"\r\n" + evil, evil + b"\r\n" + ada, ada + b"\r\n" + evil.replace(b"From", b"from"),
                       ada + b"\r\n" + evil.replace(b"From:", b"From :"), ada + b"\r\n" + ada):
            self.assert_unheard(letter(author), DENIED_OR_BROKEN)

    def test_A4_several_addresses_a_group_or_none_prove_nobody(self):
        for author in (b"From: ada@example.com, mallory@evil.test", b"From: g: ada@example.com;", b"From:",
                       b"From: mallory@evil.test, ada@example.com", b"X-None: 1"):
            self.assert_unheard(letter(author), DENIED_OR_BROKEN)

    def test_A5_display_names_comments_and_encoded_words_are_no_addresses(self):
        for author in (b'From: "ada@example.com" <mallory@evil.test>',
                       b"From: mallory@evil.test (ada@example.com)",
                       b"From: =?utf-8?q?ada=40example.com?= <mallory@evil.test>",
                       b"From: =?utf-8?q?ada=40example.com=3E=2C_=3C?= <mallory@evil.test>",
                       b'From: "Ada <ada@example.com>" <mallory@evil.test>'):
            self.assert_unheard(letter(author, domain="evil.test"), DENIED_OR_BROKEN)
            self.assert_unheard(letter(author, domain="example.com"), DENIED_OR_BROKEN)

    def test_A6_odd_addresses_prove_nobody(self):
        for author in (b'From: "ada@example.com"@evil.test', b'From: "ada"@example.com@evil.test',
                       b"From: ada@example.com@evil.test", b"From: ada",
                       b"From: <ada@example.com> <mallory@evil.test>",
                       b"From: ada@[example.com]", "From: \u0430da@example.com".encode(),
                       b"From: ada@example.com\0@evil.test"):
            self.assert_unheard(letter(author), DENIED_OR_BROKEN)

    def test_A6_what_Postfix_makes_plain_before_a_milter_sees_it_proves_nobody_as_it_came(self):
        for author in b"From: <@evil.test:ada@example.com>", b"From: ada@example.com.", b'From: "ada"@example.com':
            done = self.inject(as_verified(letter(author)), "mallory@evil.test", client="192.0.2.9")
            self.assertEqual(done.returncode, 77, done.stderr)

    def test_A7_no_other_header_names_a_speaker(self):
        self.assert_unheard(letter(b"From: mallory@evil.test", domain="evil.test",
                                   more=b"Sender: ada@example.com\r\nReply-To: ada@example.com\r\n"
                                        b"Resent-From: ada@example.com\r\nX-Original-From: ada@example.com"))

    def test_A7_an_answer_goes_to_the_proven_From_never_to_Reply_To(self):
        sent = self.ada.writes("[minor] Where to", "Components: web\n\nx", dkim=True,
                               headers={"Reply-To": "mallory@evil.test"})
        self.ada.answer_to(sent)
        self.settle()
        self.assertEqual(self.inbox("mallory@evil.test").mails(), [])

    def test_A8_bare_line_ends_in_the_header_are_never_a_second_reading(self):
        evil = b"From: mallory@evil.test"
        for subject in b"Subject: x\rFrom: ada@example.com", b"Subject: x\nFrom: ada@example.com":
            self.assert_unheard(letter(evil, domain="evil.test", subject=subject), ({550, 554}, {65}))
        self.assert_unheard(letter(body=b"Components: all\r\n\r\nx\0y\r\n"), ({550, 554}, {65}))

    def test_A9_no_mail_is_smuggled_in_behind_another(self):
        before = self.dump()
        for end in b"\n.\r\n", b"\n.\n", b"\r.\r\n", b"\r\n.\r":
            raw = letter(b"From: mallory@evil.test", domain="evil.test", body=b"x" + end) + \
                b"MAIL FROM:<ada@example.com>\r\nRCPT TO:<" + PAGE.encode() + b">\r\nDATA\r\n" + letter()
            people.send(self.postfix.public, raw, "mallory@evil.test", [PAGE], client="192.0.2.9")
        self.assert_unchanged(before)

    def test_A11_a_strangers_copy_of_our_verdict_is_not_ours(self):
        forged = b"Authentication-Results: mx.example.com; dkim=pass header.d=example.com header.b=%s"
        raw = letter(verdict="none", more=b"\r\n".join([forged % b"AAAAAAAA"] * 3))
        before = self.dump()
        sent = people.send(self.postfix.public, raw, "mallory@evil.test", [PAGE], client="192.0.2.9")
        self.assertEqual(sent.code, 550, sent)
        self.assert_unchanged(before)

    def test_A13_a_listed_sender_without_any_verdict_comes_back_later_and_is_heard_then(self):
        before, raw = self.dump(), letter(subject=b"Subject: [minor] Verified late")
        bare = b"".join(line for line in raw.splitlines(True) if not line.startswith(b"X-Test-Verdict"))
        self.verifier.silent = True
        try:
            sent = people.send(self.postfix.public, raw, "ada@example.com", [PAGE], client="192.0.2.9")
        finally:
            self.verifier.silent = False
        self.assertEqual((sent.code, sent.text[:5]), (451, "4.7.0"), sent)
        self.assertEqual(self.inject(bare, "ada@example.com", client="192.0.2.9").returncode, 75)
        self.assert_unchanged(before)
        sent = people.send(self.postfix.public, raw, "ada@example.com", [PAGE], client="192.0.2.9")
        self.assertEqual(sent.code, 250, sent)
        self.incident("Verified late")

    def test_A21_a_login_speaks_for_its_own_address_only(self):
        self.assert_unheard(letter(verdict="none"), login="bob@example.com")
        self.assert_unheard(letter(verdict="none"), login="ADA")
        self.assertEqual(self.ada.writes("[minor] Her own login", "Components: web\n\nx").code, 250)
        self.incident("Her own login")

    def test_A24_an_operator_of_one_page_is_nobody_on_another(self):
        self.assert_unheard(letter(to=OTHER), to=OTHER)
        self.assert_unheard(letter(verdict="none", to=OTHER), to=OTHER, login="ada@example.com")

    def test_A25_an_extension_is_a_hint_and_no_right(self):
        for local in "status+inc42", "status+INC42.K7", "status+ada":
            self.assert_unheard(letter(b"From: mallory@evil.test", domain="evil.test"), DENIED_OR_BROKEN,
                                to=f"{local}@status.example.com")
        done = self.inject(as_verified(letter()), "ada@example.com", to="status%evil.test@status.example.com")
        self.assertEqual(done.returncode, 67, done.stderr)
        done = self.inject(as_verified(letter()), "ada@example.com", to="nobody@status.example.com")
        self.assertEqual(done.returncode, 67, done.stderr)


class WhatIsSaid(HostileTown):
    def test_A51_a_title_cannot_make_headers(self):
        self.subscribe("carol@example.net")
        for number, title in enumerate((b"=?utf-8?q?x=0D=0ABcc=3A_mallory=40evil=2Etest?=",
                                        b"=?utf-8?b?eA0KQmNjOiBtYWxsb3J5QGV2aWwudGVzdA==?=",
                                        b"x =?utf-8?q?=0A=0A?= y")):
            raw = letter(subject=b"Subject: [minor] " + title, body=b"Components: web\r\n\r\nText %d.\r\n" % number)
            sent = people.send(self.postfix.public, raw, "ada@example.com", [PAGE])
            self.assertIn(sent.code, (250, 554), sent)
        self.settle()
        for mail in self.maildir.mails():
            self.assertNotIn("Bcc", mail)
            self.assertEqual(len(mail.get_all("Subject", [])), 1)
            self.assertNotRegex(str(mail["Subject"]), r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
        self.assertEqual(self.inbox("mallory@evil.test").mails(), [])

    def test_A55_bombs_of_structure_are_refused_at_once(self):
        head = b"Content-Type: multipart/mixed; boundary=b0"
        nested = b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1)
                          for n in range(8000))
        messages = b"Content-Type: message/rfc822\r\n\r\n" * 30000
        bombs = {"multiparts": letter(more=head, body=nested), "parts": letter(more=head, body=b"--b0\r\n\r\n" * 90000),
                 "messages": letter(more=b"Content-Type: message/rfc822", body=messages[:900000]),
                 "headers": letter(more=b"\r\n".join(b"X-%d: y" % n for n in range(1100))),
                 "one header": letter(more=b"X-Long: " + b"\r\n ".join([b"y" * 900] * 30)),
                 "no boundary": letter(more=b"Content-Type: multipart/mixed"),
                 "addresses": letter(b"From: " + b"a:" * 5000 + b"ada@example.com" + b";" * 5000)}
        for name, raw in bombs.items():
            with self.subTest(name):
                self.assert_unheard(raw, ({550, 552, 554}, {65, 77}), sender="ada@example.com")

    def test_A55_too_large_is_552(self):
        self.assert_unheard(letter(body=b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 20000), ({552}, {65}),
                            sender="ada@example.com")

    def test_A56_the_hanging_parameter_of_GMime_costs_nobody_a_worker(self):
        name = "\u045c" * 36
        more = b"Content-Type: multipart/mixed; " + name.encode() + b"=" + "\u045c".encode()
        self.assert_unheard(letter(more=more), BROKEN, sender="ada@example.com")

    def test_A57_headers_that_may_stand_once_stand_once(self):
        for more in (b"Content-Type: text/plain\r\nContent-Type: text/html", b"Subject: [critical] Two",
                     b"Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64",
                     b"Date: Mon, 1 Jan 2024 00:00:00 +0000", b"Message-ID: <second@example.com>"):
            self.assert_unheard(letter(more=more), BROKEN, sender="ada@example.com")

    def test_A69_overrides_of_direction_are_not_stored_and_homographs_name_no_component(self):
        subject = "Subject: [minor] re\u202edevloser\u202c \u2066x\u2069\u200b".encode()
        sent = people.send(self.postfix.public, letter(subject=subject, body=b"Components: web\r\n\r\nHidden.\r\n"),
                           "ada@example.com", [PAGE])
        self.assertEqual(sent.code, 250, sent)
        titles = [one["title"] for one in self.incidents()]
        self.assertTrue(any("devloser" in title for title in titles), titles)
        for title in titles:
            self.assertNotRegex(title, "[\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]")
        answer = self.ada.asks("[minor] Cyrillic", "Components: \u0410PI\n\nx")
        self.assertIn("\u0410PI", answer.get_body(("plain",)).get_content())
        self.assertNotIn("Cyrillic", [one["title"] for one in self.incidents()])

    def test_F6_a_mail_that_is_refused_leaves_the_others_their_worker(self):
        self.assert_unheard(letter(b"From: mallory@evil.test", domain="evil.test"))
        self.assertEqual(self.ada.writes("[minor] Business as usual", "Components: web\n\nx").code, 250)


class KeysAndThreads(HostileTown):
    def copy_for_bob(self, title):
        sent = self.ada.writes(f"[major] {title}", "Components: api\n\nWe look.")
        self.assertEqual(sent.code, 250, sent)
        return self.bob.inbox.wait_for(1, where=lambda mail: title in mail["Subject"])[0]

    def key_of(self, mail):
        return str(mail["Reply-To"]).strip("<>").rpartition("<")[2]

    def test_A26_a_thread_selects_and_proves_nobody(self):
        copy = self.copy_for_bob("Right thread")
        self.settle()
        self.maildir.clear()
        more = f"In-Reply-To: {copy['Message-ID']}\r\nReferences: {copy['References']}".encode()
        for author, verdict in (b"From: mallory@evil.test", "none"), (b"From: ada@example.com", "none"):
            self.assert_unheard(letter(author, verdict, b"Subject: Re: Right thread", b"Resolved: no\r\n", more))

    def test_A26_a_forged_tag_is_no_thread_and_changes_nothing(self):
        self.copy_for_bob("Forged tag")
        sent = self.ada.writes("Re: something", "Resolved: it is over.", headers={
            "In-Reply-To": "<1.abcdefgh@status.example.com>", "References": "<1.abcdefgh@status.example.com>"})
        self.assertEqual(sent.code, 250, sent)
        self.ada.answer_to(sent)
        self.assertEqual(self.incident("Forged tag")["status"], "investigating")

    def test_A27_a_key_stands_nowhere_but_in_the_operators_Reply_To(self):
        self.subscribe("carol@example.net")
        copy = self.copy_for_bob("Leaky")
        key = self.key_of(copy)
        self.assertRegex(key, r"^status\+r[a-z2-7]+@")
        self.assertEqual(copy.raw.count(key.encode()), 1)
        self.bob.replies(copy, f"Identified: write to {key} for more.", dkim=True)
        for mail in self.inbox("carol@example.net").wait_for(2):
            self.assertNotRegex(mail.raw.decode("latin-1").replace("=\r\n", "").replace("=\n", ""),
                                r"status\+r[a-z2-7]{8,}")

    def test_A27_a_key_under_another_From_is_refused_and_dead(self):
        copy = self.copy_for_bob("Stolen key")
        key = self.key_of(copy)
        raw = letter(b"From: mallory@evil.test", domain="evil.test", subject=b"Subject: Re: Stolen key",
                     body=b"Resolved: hah\r\n", to=key)
        sent = people.send(self.postfix.public, raw, "mallory@evil.test", [key], client="192.0.2.9")
        self.assertEqual(sent.code, 550, sent)
        fresh = self.bob.inbox.wait_for(1, where=lambda mail: mail["Reply-To"] and key not in str(mail["Reply-To"]))[0]
        self.assertRegex(self.key_of(fresh), r"^status\+r[a-z2-7]+@")
        self.assertEqual(self.incident("Stolen key")["status"], "investigating")

    def test_A28_guessed_keys_are_refused_alike_and_then_the_guesser_waits(self):
        before, texts, codes = self.dump(), set(), []
        for number in range(30):
            key = f"status+r{'abcdefghijklmnop'[:15]}{'abcdefghijklmnopqrstuvwxyz234567'[number]}@status.example.com"
            sent = people.send(self.postfix.public, letter(b"From: mallory@evil.test", domain="evil.test", to=key),
                               "mallory@evil.test", [key], client="203.0.113.7")
            codes.append(sent.code)
            texts.add(sent.text)
        self.assertLessEqual(set(codes), {550, 451})
        self.assertIn(451, codes)
        self.assertLessEqual(len(texts), 2, texts)
        self.assert_unchanged(before)


class Machines(HostileTown):
    def reader(self, more, author=b"From: Carol <carol@example.net>", subject=b"Subject: Re: [Investigating] x", **how):
        return letter(author, subject=subject, body=b"Status: resolved\r\n\r\nI am away.\r\n", more=more, **how)

    def test_A33_a_page_cannot_subscribe_to_a_page(self):
        for address in PAGE, "status+x@status.example.com", OTHER:
            self.assertNotEqual(self.tocsin("subscriber", "add", "--page", PAGE_ID, address).returncode, 0, address)

    def test_A33_our_own_mail_coming_back_has_no_effect(self):
        self.subscribe("carol@example.net")
        self.ada.writes("[minor] Round and round", "Components: web\n\nx", dkim=True)
        told, = self.inbox("carol@example.net").wait_for(1)
        self.settle()
        self.maildir.clear()
        self.assert_ignored(told.raw.partition(b"\n\n")[0].replace(b"\n", b"\r\n") + b"\r\n\r\nx\r\n",
                            sender="list@example.net")

    def test_A34_vacation_answers_have_no_effect_and_no_answer(self):
        for more in b"Auto-Submitted: auto-replied", b"Auto-Submitted: auto-generated; x=y":
            self.assert_ignored(self.reader(more, domain="example.net"), sender="carol@example.net")
            self.assert_ignored(self.reader(more, b"From: ada@example.com"), sender="ada@example.com")

    def test_A34_questions_to_one_person_have_an_end(self):
        for number in range(12):
            self.ada.writes(f"[sever] Again {number}", "Components: api\n\nx")
        self.settle()
        answers = [mail for mail in self.ada.inbox.mails() if mail["Return-Path"] == "<>"]
        self.assertTrue(1 <= len(answers) <= 4, len(answers))

    def test_A35_a_null_return_path_is_never_a_command_and_never_answered(self):
        self.assert_ignored(letter(), sender="")

    def test_A36_our_own_address_as_sender_has_no_effect(self):
        self.assert_ignored(letter(b"From: " + PAGE.encode(), verdict="none"), sender=PAGE)

    def test_A37_a_list_that_reflects_our_mail_is_not_answered(self):
        self.subscribe("carol@example.net")
        self.ada.writes("[minor] Mirror", "Components: web\n\nThe words of the first update.", dkim=True)
        told, = self.inbox("carol@example.net").wait_for(1)
        self.settle()
        self.maildir.clear()
        more = f"References: {told['Message-ID']}\r\nList-Id: <list.example.net>\r\nPrecedence: list".encode()
        subject = f"Subject: [list] {told['Subject']}".encode()
        raw = letter(b"From: list@example.net", "none", subject, b"x\r\n", more)
        self.assert_ignored(raw, sender="list-bounces@example.net")

    def test_A38_a_refusal_never_becomes_mail_to_whoever_was_forged(self):
        before = self.dump()
        for number in range(25):
            raw = letter(b"From: victim@example.net", "none", b"Subject: %d" % number)
            sent = people.send(self.postfix.public, raw, "victim@example.net", [PAGE], client="192.0.2.9")
            self.assertEqual(sent.code, 550, sent)
            done = self.inject(as_verified(raw), "victim@example.net", client="192.0.2.9", refused="discard")
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_unchanged(before)
        self.assertEqual(self.postfix.queued(), 0)
        self.assertNotIn("non-delivery", self.postfix.log())


if __name__ == "__main__":
    unittest.main()
