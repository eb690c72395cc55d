# SPDX-License-Identifier: MIT
"""A guest who keeps the rules finds a focus that keeps them: nobody complains of anything."""
import asyncio
import unittest

from .behaviour import Behaviour
from .focus import Focus
from .guest import Guest


class Well(unittest.IsolatedAsyncioTestCase):
    """Everything here must end without findings on either side."""

    async def asyncSetUp(self):
        self.focus = await Focus().start()
        self.room = self.focus.conference("hall", subject="Plan B")
        self.guests = []

    async def asyncTearDown(self):
        await self.focus.stop()
        for guest in self.guests:
            await guest.__aexit__()
        complaints = self.focus.findings.left() + [text for guest in self.guests for text in guest.findings.left()]
        self.assertEqual(complaints, [])

    async def guest(self, user="juliet", device="balcony", **more):
        guest = await Guest(self.focus, "hall", user, device).__aenter__()
        for name, value in more.items():
            setattr(guest, name, value)
        self.guests.append(guest)
        return guest

    async def entered(self, user="juliet", nick="Juliet", **more):
        guest = await self.guest(user, **more)
        return await guest.join(nick)

    async def watching(self, user="juliet", nick="Juliet"):
        guest = await self.entered(user, nick)
        self.assertEqual(await guest.subscribe(), 200)
        await guest.until(lambda: guest.documents)
        return guest

    async def test_the_answer_is_that_of_a_focus(self):
        guest = await self.guest()
        response = await guest.invite()
        self.assertIn(";isfocus", response.get("Contact"))
        self.assertIn("conference", response.all("Allow-Events"))
        media = guest.answer.message_line()
        self.assertEqual(media.get("accept-types"), "message/cpim")
        self.assertEqual(media.chat_tokens, ["nickname", "private-messages"])
        self.assertEqual(media.get("setup"), "passive")
        await guest.bind()

    async def test_it_connects_where_the_offer_waits(self):
        await self.entered(setup="passive")

    async def test_an_unknown_room_is_404(self):
        guest = await self.guest()
        guest.room = "sip:nowhere@conf.test"
        self.assertEqual((await guest.invite()).status, 404)

    async def test_lines_reach_the_others_once_and_not_their_author(self):
        ugo = self.room.native("ugo")
        one, two = await self.entered(), await self.entered("nurse", "Nurse")
        self.assertEqual(await one.say("Art thou there?"), 200)
        await two.until(lambda: two.texts)
        self.assertEqual(two.texts, [(one.aor, "Art thou there?", one.room)])
        self.assertEqual((one.texts, ugo.heard), ([], [(one.aor, "Art thou there?", False)]))
        self.assertEqual(await ugo.say("Ay"), 200)
        self.assertEqual(one.texts, [(ugo.uri, "Ay", one.room)])

    async def test_chunks_become_one_line(self):
        one, two = await self.entered(), await self.entered("nurse", "Nurse")
        self.assertEqual(await one.say("x" * 3000, size=700), 200)
        await two.until(lambda: two.texts)
        self.assertEqual(two.texts[0][1], "x" * 3000)

    async def test_a_message_id_that_comes_again_is_not_said_again(self):
        one = await self.entered()
        for _ in range(2):
            self.assertEqual(await one.say("once", id="same1"), 200)
        self.assertEqual([text for _, text in self.room.lines], ["once"])

    async def test_private_lines_go_to_one(self):
        ugo, rosa = self.room.native("ugo"), self.room.native("rosa", private=False)
        one, two = await self.entered(), await self.entered("nurse", "Nurse")
        self.assertEqual(await one.say("psst", to=ugo.uri), 200)
        self.assertEqual(ugo.heard, [(one.aor, "psst", True)])
        self.assertEqual(await one.say("psst", to=rosa.uri), 428)
        self.assertEqual(await one.say("psst", to="sip:nobody@sip.test"), 404)
        self.assertEqual(await one.say("psst", to=two.aor), 200)
        await two.until(lambda: two.texts)
        self.assertEqual((rosa.heard, [text for _, text, _ in two.texts]), ([], ["psst"]))
        await ugo.say("to you", to=two.aor)
        self.assertEqual((two.texts[-1], one.texts), ((ugo.uri, "to you", two.aor), []))

    async def test_a_nick_of_another_is_425_and_the_old_one_stays(self):
        self.room.native("ugo", "Ugo")
        one = await self.entered()
        self.assertEqual(await one.nickname("uGO"), 425)
        self.assertEqual(self.room.members[one.aor].nick, "Juliet")
        self.assertEqual(await one.nickname("Giulia"), 200)
        again = await self.entered("juliet", "Giulia", device="pad")
        self.assertEqual(len(self.room.members[again.aor].places), 2)

    async def test_the_first_document_is_full_and_changes_are_partial(self):
        ugo = self.room.native("ugo", roles=["moderator"])
        one = await self.watching()
        state, first = one.documents[0]
        self.assertTrue(state.startswith("active;expires="))
        for part in ('state="full" version="0"', "<subject>Plan B</subject>", "<user-count>2</user-count>",
                     "<entry>moderator</entry>", f'entity="{one.aor}"', "<status>connected</status>"):
            self.assertIn(part, first)
        ugo.rename("Hugo")
        self.room.set_subject("Plan C")
        await one.until(lambda: len(one.documents) == 3)
        self.assertIn('state="partial" version="1"', one.documents[1][1])
        self.assertIn('xcon:nickname="Hugo"', one.documents[1][1])
        self.assertIn("<subject>Plan C</subject>", one.documents[2][1])
        ugo.leave()
        await one.until(lambda: len(one.documents) == 5)
        self.assertIn("departed", one.documents[3][1])
        self.assertIn(f'<user entity="{ugo.uri}" state="deleted"/>', one.documents[4][1])

    async def test_a_refresh_brings_the_whole_again_and_zero_ends_it(self):
        one = await self.watching()
        self.assertEqual(await one.subscribe(), 200)
        await one.until(lambda: len(one.documents) == 2)
        self.assertIn('state="full" version="1"', one.documents[1][1])
        self.assertEqual(await one.subscribe(expires=0), 200)
        await one.until(lambda: len(one.documents) == 3)
        self.assertEqual((one.documents[2][0], self.room.watchers), ("terminated;reason=timeout", []))

    async def test_a_subscription_inside_the_invite_dialog_works_as_well(self):
        one = await self.entered()
        self.assertEqual(await one.subscribe(inside=True), 200)
        await one.until(lambda: one.documents)
        self.assertEqual(await one.subscribe(inside=True, expires=0), 200)
        await one.until(lambda: len(one.documents) == 2)

    async def test_outsiders_may_not_watch_and_other_packages_are_489(self):
        stranger = await self.guest("tybalt")
        self.assertEqual(await stranger.subscribe(), 403)
        self.assertEqual(await stranger.subscribe(event="presence"), 489)
        self.assertEqual(await stranger.refer("sip:ugo@sip.test"), 403)

    async def test_refer_asks_somebody_in_and_tells_how_it_went(self):
        one = await self.entered()
        self.room.behaviour.outcomes = {"ugo": 200, "omar": 603}
        self.assertEqual(await one.refer("sip:ugo@sip.test"), 200)
        await one.until(lambda: len(one.fragments) == 2)
        self.assertEqual([text.strip() for _, text in one.fragments], ["SIP/2.0 100 Trying", "SIP/2.0 200 OK"])
        self.assertEqual(one.fragments[1][0], "terminated;reason=noresource")
        self.assertIn("sip:ugo@sip.test", self.room.members)
        await one.refer("sip:omar@sip.test", inside=True)
        await one.until(lambda: len(one.fragments) == 4)
        self.assertEqual(one.fragments[3][1].strip(), "SIP/2.0 603 Decline")

    async def test_refer_dials_whom_it_does_not_know(self):
        one, nurse = await self.entered(), await self.guest("nurse")
        await one.refer(f"sip:nurse@127.0.0.1:{nurse.agent.port}")
        await nurse.until(lambda: nurse.invites)
        contact = await nurse.accept(nurse.invites[0])
        self.assertIn("isfocus", contact.params)
        self.assertEqual(nurse.invites[0].request.get("Referred-By"), f"<{one.aor}>")
        await one.until(lambda: len(one.fragments) == 2)
        self.assertEqual(one.fragments[1][1].strip(), "SIP/2.0 200 OK")
        await one.say("welcome")
        await nurse.until(lambda: nurse.texts)

    async def test_refer_with_bye_removes_and_names_who_did_it(self):
        ugo = self.room.native("ugo")
        one, two = await self.watching(), await self.watching("nurse", "Nurse")
        await one.refer(f"{two.aor};method=BYE")
        await two.until(lambda: two.byes)
        await one.until(lambda: len(one.fragments) == 2)
        self.assertEqual(one.fragments[1][1].strip(), "SIP/2.0 200 OK")
        booted = next(text for _, text in one.documents if "booted" in text)
        self.assertIn(f"<by>{one.aor}</by>", booted)
        self.assertEqual(two.documents[-1][0], "terminated;reason=rejected")
        self.assertTrue(two.byes[0].startswith("SIP;cause=480"))
        await one.refer(f"{ugo.uri};method=BYE")
        await one.until(lambda: len(one.fragments) == 4)
        self.assertEqual(list(self.room.members), [one.aor])
        await one.refer("sip:nobody@sip.test;method=BYE")
        await one.until(lambda: len(one.fragments) == 6)
        self.assertIn("404", one.fragments[-1][1])

    async def test_the_end_of_the_conference_is_told(self):
        one = await self.watching()
        self.room.destroy()
        await one.until(lambda: one.byes and len(one.documents) == 2)
        self.assertIn('state="deleted"', one.documents[1][1])
        self.assertEqual((await (await self.guest("nurse")).invite()).status, 404)

    async def test_bye_takes_the_member_out(self):
        one = await self.watching()
        two = await self.entered("nurse", "Nurse")
        self.assertEqual(await two.bye(), 200)
        await one.until(lambda: any("deleted" in text and two.aor in text for _, text in one.documents))
        self.assertEqual(list(self.room.members), [one.aor])

    async def test_a_leg_moves_to_another_msrp_session(self):
        one = await self.entered()
        self.assertEqual(await one.move(), 200)
        self.assertEqual(await one.say("still here"), 200)
        self.assertEqual([text for _, text in self.room.lines], ["still here"])

    async def test_digest_lets_in_who_knows_the_password(self):
        self.room.behaviour.password = "verona"
        guest = await self.guest()
        response = await guest.invite()
        self.assertEqual(response.status, 407)
        self.assertIn('qop="auth"', response.get("Proxy-Authenticate"))

    async def test_a_short_session_interval_is_422(self):
        self.room.behaviour = Behaviour(timer="422", timer_s=300)
        guest = await self.guest()
        response = await guest.invite(Session_Expires="90")
        self.assertEqual((response.status, response.get("Min-SE")), (422, "300"))
        self.assertEqual((await guest.invite(Session_Expires="300", Min_SE="300")).status, 200)
        await guest.bind()

    async def test_the_focus_refreshes_when_it_said_so(self):
        self.room.behaviour = Behaviour(timer="uas", timer_s=1)
        await self.entered()
        self.assertEqual((await self.focus.seen("refreshed", 3))["status"], 200)

    async def test_a_thousand_users_are_one_document(self):
        self.room.crowd(1000)
        one = await self.watching()
        self.assertEqual(one.documents[0][1].count("<user "), 1001)

    async def test_options_tell_of_a_focus(self):
        guest = await self.guest()
        response = await guest.agent.ask(guest.first("OPTIONS"))
        self.assertEqual((response.status, "isfocus" in response.get("Contact")), (200, True))

    async def test_it_works_over_tcp(self):
        guest = await self.guest()
        guest.agent.transport = "tcp"
        guest.agent.outbound = ("127.0.0.1", self.focus.port)
        await guest.join("Juliet")
        self.assertEqual(await guest.say("by stream"), 200)
        await asyncio.sleep(0)
