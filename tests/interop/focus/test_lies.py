# SPDX-License-Identifier: MIT
"""Every switch of the behaviour does what it says, and a guest who breaks a rule live is caught."""
import asyncio
import unittest

from . import cpim, sdp
from .behaviour import NEVER, Behaviour, like_sylk
from .dialog import Dialog
from .focus import Focus
from .guest import Guest


class Stage(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.focus = await Focus().start()
        self.room = self.focus.conference("hall")
        self.guests = []

    async def asyncTearDown(self):
        await self.focus.stop()
        for guest in self.guests:
            await guest.__aexit__()

    async def guest(self, user="juliet", **ways):
        for name, value in ways.items():
            setattr(self.room.behaviour, name, value)
        self.guests.append(await Guest(self.focus, "hall", user).__aenter__())
        return self.guests[-1]

    async def entered(self, **ways):
        return await (await self.guest(**ways)).join()

    async def watching(self, **ways):
        guest = await self.entered(**ways)
        self.assertEqual(await guest.subscribe(), 200)
        return guest

    def complained(self, words):
        found = self.focus.findings.all
        self.assertTrue(any(words in finding for finding in found), found)

    async def complains(self, words):
        """The same, of what may be on its way still."""
        await until(lambda: any(words in finding for finding in self.focus.findings.all))
        self.complained(words)


async def until(holds):
    """Returns once this is so, or much later: what comes then judges."""
    for _ in range(3000):
        if holds():
            return
        await asyncio.sleep(0.01)


class Lies(Stage):
    async def test_refusals_to_enter(self):
        for status in (403, 404, 486, 603, 302):
            guest = await self.guest(answer=status, answer_headers=[("Contact", "<sip:other@conf.test>")])
            response = await guest.invite()
            self.assertEqual((response.status, response.get("Contact")), (status, "<sip:other@conf.test>"))

    async def test_no_answer_until_it_is_cancelled(self):
        guest = await self.guest(answer=NEVER)
        request = guest.first("INVITE").add("Content-Type", "application/sdp")
        request.body = guest.offer()
        outgoing = []
        asking = asyncio.ensure_future(guest.agent.ask(request, started=outgoing.append))
        await self.focus.seen("invite")
        await asyncio.wait_for(outgoing[0].heard.wait(), 30)
        guest.agent.cancel(outgoing[0])
        self.assertEqual((await asking).status, 487)
        await self.focus.seen("cancelled")

    async def test_what_the_answer_may_lack(self):
        guest = await self.guest(isfocus=False, accept_types="text/plain", chatroom=None, setup="passive")
        response = await guest.invite()
        media = guest.answer.message_line()
        self.assertNotIn("isfocus", response.get("Contact"))
        self.assertEqual((media.get("accept-types"), media.chat_tokens), ("text/plain", None))
        guest = await self.guest(media_refused=True)
        self.assertIsNone(sdp.Sdp((await guest.invite()).body).message_line())

    async def test_what_becomes_of_a_send(self):
        guest = await self.entered(send=403)
        self.assertEqual(await guest.say("x"), 403)
        self.room.behaviour.send = "report"
        self.assertEqual(await guest.say("x"), 200)
        await guest.nickname("barrier")  # the report came before its answer
        self.assertEqual(guest.session.reports[0][1], "000 403")
        self.room.behaviour.send = NEVER
        with self.assertRaises(asyncio.TimeoutError):
            await asyncio.wait_for(guest.say("x"), 0.2)
        self.assertEqual(self.room.lines, [])

    async def test_what_becomes_of_a_nickname(self):
        guest = await self.entered(nickname=403)
        self.assertEqual(await guest.nickname("a"), 403)
        self.room.behaviour.nickname, self.room.behaviour.taken = None, ("Romeo",)
        self.assertEqual(await guest.nickname("romeo"), 425)
        self.assertEqual(await guest.nickname("", value='"a"b"'), 424)
        self.complained("Use-Nickname")
        self.room.behaviour.nickname = NEVER
        with self.assertRaises(asyncio.TimeoutError):
            await asyncio.wait_for(guest.nickname("b"), 0.2)

    async def test_it_cuts_what_it_sends(self):
        guest = await self.entered(chunk=40)
        self.assertEqual(await self.room.native("ugo").say("y" * 200), 200)
        self.assertEqual(guest.texts[0][1], "y" * 200)
        self.assertGreater(len(guest.session.seen_tids), 5)

    async def test_it_asks_for_reports(self):
        guest = await self.entered(ask_success=True)
        await self.room.native("ugo").say("hark")
        self.assertEqual((await self.focus.seen("report"))["status"], "000 200")
        self.assertEqual(len(guest.texts), 1)

    async def test_subscriptions_that_are_refused(self):
        guest = await self.entered(subscribe=405)
        self.assertEqual(await guest.subscribe(), 405)
        self.room.behaviour.subscribe, self.room.behaviour.subscribe_where = None, "outside"
        self.assertEqual(await guest.subscribe(inside=True), 500)
        self.assertEqual(await guest.subscribe(), 200)
        self.room.behaviour.subscribe_where, guest.watch = "inside", None
        self.assertEqual(await guest.subscribe(), 480)

    async def first_of(self, **ways):
        guest = await self.watching(**ways)
        await guest.until(lambda: guest.documents)
        return guest.documents[0]

    async def test_first_documents_that_are_wrong(self):
        self.assertIn('state="partial" version="7"', (await self.first_of(first="partial", first_version=7))[1])
        self.assertEqual(await self.first_of(first="pending"), ("pending;expires=600", ""))
        self.assertFalse((await self.first_of(first="malformed"))[1].endswith("</conference-info>"))
        self.assertNotIn('xmlns="', (await self.first_of(first="full", namespace=False))[1])

    async def test_versions_that_lie(self):
        guest = await self.watching()
        watcher = self.room.watchers[0]
        watcher.version += 5
        self.room.native("ugo")
        await guest.until(lambda: len(guest.documents) == 2)
        self.assertIn('state="partial" version="6"', guest.documents[1][1])
        self.room.lie(lambda watcher: b"stale")
        await guest.until(lambda: len(guest.documents) == 3)
        self.assertEqual(guest.documents[2][1], "stale")

    async def test_a_document_of_a_megabyte(self):
        guest = await self.watching()
        self.room.subject = "x" * 2 ** 20
        self.room.changed(described=True)
        await guest.until(lambda: len(guest.documents) == 2)
        self.assertGreater(len(guest.documents[1][1]), 2 ** 20)

    async def test_lines_whose_author_lies(self):
        guest = await self.entered()
        await self.room.say_as("sip:ghost@nowhere.test", "Ghost", "boo")
        await self.room.say_as("sip:ghost@nowhere.test", "", "", raw=cpim.build("sip:a@b.test", "sip:c@d.test", "who?"))
        self.assertEqual([text for _, text, _ in guest.texts], ["boo", "who?"])
        self.assertEqual(guest.texts[1][2], "sip:c@d.test")

    async def test_msrp_that_is_closed(self):
        guest = await self.entered()
        self.room.legs[0].session.connection.writer.close()
        await guest.until(lambda: guest.lost)
        self.assertTrue(self.room.legs)

    async def test_refers_that_fail(self):
        guest = await self.entered(refer=405)
        self.assertEqual(await guest.refer("sip:ugo@sip.test"), 405)
        self.room.behaviour.refer, self.room.behaviour.refer_accepted, self.room.behaviour.kick = None, 202, 403
        ugo = self.room.native("ugo")
        self.assertEqual(await guest.refer(f"{ugo.uri};method=BYE"), 202)
        await guest.until(lambda: len(guest.fragments) == 2)
        self.assertIn("403", guest.fragments[1][1])
        self.assertIn(ugo.uri, self.room.members)

    async def test_like_sylk(self):
        self.room.behaviour = like_sylk()
        guest = await self.watching()
        self.room.native("ugo")
        await guest.until(lambda: len(guest.documents) == 2)
        self.assertIn('state="full" version="2"', guest.documents[1][1])
        self.assertIn("a=accept-wrapped-types:*", self.room.legs[0].our_sdp.decode())

    async def test_each_conference_has_its_own_ways(self):
        self.focus.conference("cellar", Behaviour(answer=486))
        guest = await self.guest()
        guest.room = "sip:cellar@conf.test"
        self.assertEqual((await guest.invite()).status, 486)
        self.assertEqual(self.room.behaviour.answer, 200)


class Caught(Stage):
    """What a guest does wrong in a running conference."""

    async def test_a_line_from_somebody_else_is_403(self):
        guest = await self.entered()
        self.assertEqual(await guest.say("I am Romeo", sender="sip:romeo@sip.test"), 403)
        self.complained("From is not a URI of the sender")

    async def test_a_line_to_two_is_403(self):
        guest = await self.entered()
        line = cpim.build(guest.aor, guest.room, "both", more=[f"To: <{guest.aor}>"])
        self.assertEqual(await guest.session.send(line), 403)
        self.complained("several To")

    async def test_a_line_without_wrapping_is_415(self):
        guest = await self.entered()
        self.assertEqual(await guest.session.send(b"bare", type="text/plain"), 415)
        self.complained("a type that was not offered")

    async def test_a_wrapped_type_that_was_not_listed_is_415(self):
        guest = await self.entered()
        self.assertEqual(await guest.say("{}", type="application/json"), 415)
        self.complained("application/json was not among")

    async def test_private_lines_and_nicks_where_there_are_none(self):
        guest = await self.entered(chatroom="")
        await guest.say("psst", to=self.room.native("ugo").uri)
        self.complained("a private message where there are none")
        await guest.nickname("Juliet")
        self.complained("NICKNAME where there are none")

    async def test_what_is_said_to_another_session(self):
        guest = await self.entered()
        guest.session.path = guest.session.path.replace(guest.session.id, "other")
        with self.assertRaises(asyncio.TimeoutError):  # its answer goes to another session
            await asyncio.wait_for(guest.say("x"), 0.3)
        await self.complains("From-Path is not the path")

    async def test_a_cseq_that_does_not_rise(self):
        guest = await self.entered()
        guest.dialog.local_cseq -= 1
        self.assertEqual((await guest.agent.ask(guest.dialog.request("OPTIONS"))).status, 500)
        self.complained("CSeq 1 of OPTIONS")

    async def test_a_new_description_with_the_old_version(self):
        guest = await self.entered()
        guest.sdp_more = ("a=changed",)
        request = guest.dialog.request("UPDATE").add("Content-Type", "application/sdp")
        request.body = guest.offer()
        await guest.agent.ask(request)
        self.complained("SDP changed")

    async def test_an_ack_that_never_comes(self):
        guest = await self.guest()
        request = guest.first("INVITE").add("Content-Type", "application/sdp")
        request.body = guest.offer()
        repeated = []
        await guest.agent.ask(request, started=lambda outgoing: setattr(outgoing, "accepted_again", lambda: repeated.append(1)))
        await until(lambda: repeated)
        self.assertTrue(repeated)

    async def test_a_repetition_with_other_octets(self):
        guest = await self.guest()
        request = guest.first("OPTIONS")
        await guest.agent.ask(request)
        await guest.agent.send(request.add("X-More", "1"))
        await self.complains("octet by octet")
        self.assertEqual(self.focus.agent.counted["OPTIONS"], 1)

    async def test_a_notify_that_is_refused(self):
        guest = await self.entered()
        guest.take = lambda incoming: incoming.respond(481)
        guest.agent.take = guest.take
        await guest.subscribe()
        await self.complains("NOTIFY conference was answered 481")

    async def test_two_sessions_may_share_a_connection(self):
        one, two = await self.entered(), await self.guest("nurse")
        await two.invite()
        two.session.peer_path = two.answer.message_line().path
        shared = one.session.connection
        shared.sessions[two.session.id], two.session.connection = two.session, shared
        self.assertEqual(await two.say("by the same way"), 200)
        self.assertEqual(self.room.lines, [(two.aor, "by the same way")])
        self.assertEqual(self.focus.findings.left(), [])
        await one.bye()
        self.assertEqual(await two.say("still open"), 200)

    async def test_a_connection_to_nowhere(self):
        guest = await self.guest()
        await guest.invite()
        guest.session.peer_path = [guest.answer.message_line().path[0].replace(self.room.legs[0].session.id, "nowhere")]
        await guest.session.connect()
        self.complained("a request for a session that gets 481")

    async def test_an_unexpected_bye_is_481(self):
        guest = await self.entered()
        self.assertEqual(await guest.bye(), 200)
        self.assertEqual(await guest.bye(), 481)
        other = Dialog("unknown", f"<{guest.aor}>", f"<{guest.room}>", "a", "b", guest.dialog.target, [], guest.contact)
        self.assertEqual((await guest.agent.ask(other.request("BYE"))).status, 481)
