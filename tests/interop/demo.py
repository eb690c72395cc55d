# SPDX-License-Identifier: MIT
"""The demonstration: five stories with real servers and clients; scripts/demo builds everything and starts this.

Each step counts only when it is in the transcripts of the clients concerned; the gateway's log is never asked. At the end
of a story come those transcripts and the gateway's own ladder of the conversation, for comparison.
"""
import argparse
import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time

import retell
from conference_steps import COMPONENTS, FOCUS_PORT, StoryFocus, hall, routes
from process import ProcessError
from steps import chat, joined, reply, still_chatting
from world import KAMAILIO, MUCSIPD, PROSODY, World

ROOM = "balcony@rooms.xmpp.test"
STORY_S = 60


class Demo(World):
    """A World whose people keep their plain names; `told` is the ladder up to the story before."""
    told = ""

    def unique(self, name):
        return name

    def room(self, name="balcony"):
        return f"{name}@rooms.xmpp.test"


def say(text=""):
    print(text, flush=True)


def step(text):
    say(f"  ok  {text}")


async def people(demo, options, **behaviour):
    """Juliet and the nurse on Prosody, Romeo behind Kamailio."""
    juliet, nurse = await demo.xmpp("juliet"), await demo.xmpp("nurse")
    romeo = await demo.sip("romeo", registered=not options.without_participant, **behaviour)
    step("juliet and nurse are signed in at Prosody" + ("" if options.without_participant else
                                                       ", romeo is registered at Kamailio"))
    return juliet, nurse, romeo


async def story_accepted(demo, options):
    """The chat becomes a conference."""
    juliet, nurse, romeo = await people(demo, options)
    await chat(juliet, romeo, line="Art thou not Romeo, and a Montague?")
    step("juliet and romeo chat, both ways, over XMPP and MSRP")
    await juliet.open_room(ROOM, whois="anyone")
    await nurse.enter(ROOM)
    juliet.invite(romeo.jid, ROOM, thread="t-chat", reason="come into the room")
    invited = await romeo.transcript.expect("conference-invited")
    step(f"juliet opens {ROOM}, the nurse enters, romeo is invited to the conference {invited['conference']}")
    conference = await joined(romeo)
    for person in (juliet, nurse):
        await person.seen("occupant", room=ROOM, nick="romeo", here=True)
    step("romeo has entered the conference and stands in the room for juliet and for the nurse")
    await romeo.transcript.expect("roster", users=lambda users: {"juliet", "nurse"} <= set(users.values()))
    step("romeo's roster names juliet and the nurse")
    ended = await romeo.transcript.expect("session-ended", peer=juliet.uri)
    assert "moved to conference" in ended["text"], ended
    step("the two-party session has ended: " + ended["text"])
    nurse.say(ROOM, "Madam, your mother craves a word with you.")
    await romeo.transcript.expect("message-received", via="conference", nick="nurse")
    await juliet.seen("groupchat", nick="nurse", body="Madam, your mother craves a word with you.")
    step("the nurse talks in the room; romeo and juliet hear her")
    assert await conference.say("What is her mother?") == 200
    for person in (juliet, nurse):
        await person.seen("groupchat", nick="romeo", body="What is her mother?")
    juliet.say(ROOM, "Anon, good nurse!")
    await romeo.transcript.expect("message-received", via="conference", nick="juliet", text="Anon, good nurse!")
    step("romeo talks, juliet talks; all see all")
    return juliet, nurse, romeo


async def story_declined(demo, options):
    """The SIP user declines; the chat goes on."""
    juliet, nurse, romeo = await people(demo, options, on_conference=603)
    two_party = await chat(juliet, romeo, line="What man art thou?")
    step("juliet and romeo chat")
    await juliet.open_room("hall@rooms.xmpp.test", whois="anyone")
    await nurse.enter("hall@rooms.xmpp.test")
    juliet.invite(romeo.jid, "hall@rooms.xmpp.test", thread="t-chat", reason="come into the hall")
    await romeo.transcript.expect("declined", status=603)
    decline = await juliet.seen("decline", room="hall@rooms.xmpp.test")
    step(f"romeo declines the conference; juliet is told: {decline['reason']}")
    await still_chatting(juliet, romeo, two_party)
    await reply(juliet, romeo, two_party, "Call me but love.", "t-chat")
    step("the two-party chat goes on, both ways, in the same session and thread")
    nurse.transcript.never("occupant", nick="romeo", here=True)
    step("romeo never was in the room")
    return juliet, nurse, romeo


async def story_enters(demo, options):
    """A SIP user comes into a plain room by its address; nobody invited him."""
    juliet, nurse, romeo = await people(demo, options)
    await juliet.open_room("garden@rooms.xmpp.test")
    await nurse.enter("garden@rooms.xmpp.test")
    conference = await romeo.invite("sip:garden@rooms.xmpp.test")
    await conference.opened(10)
    for person in (juliet, nurse):
        await person.seen("occupant", room="garden@rooms.xmpp.test", nick="romeo", here=True)
    step("romeo calls sip:garden@rooms.xmpp.test and stands in the room for juliet and for the nurse")
    await romeo.transcript.expect("roster", users=lambda users: {"juliet", "nurse", "romeo"} <= set(users.values()))
    step("romeo's roster names all three")
    juliet.say("garden@rooms.xmpp.test", "How camest thou hither?")
    await romeo.transcript.expect("message-received", via="conference", nick="juliet", text="How camest thou hither?")
    assert await conference.say("With love's light wings.") == 200
    for person in (juliet, nurse):
        await person.seen("groupchat", nick="romeo", body="With love's light wings.")
    step("juliet asks, romeo answers; all see all")
    assert await conference.bye() == 200
    await juliet.seen("occupant", room="garden@rooms.xmpp.test", nick="romeo", here=False)
    step("romeo hangs up and has left the room")


async def story_page(demo, options):
    """A phone that knows nothing but MESSAGE does the same."""
    juliet, nurse, romeo = await people(demo, options, on_invite=488, page_refuses=("message/cpim",))
    await juliet.open_room("orchard@rooms.xmpp.test")
    await nurse.enter("orchard@rooms.xmpp.test")
    garden = "sip:orchard@rooms.xmpp.test"
    assert await romeo.page(garden, "Anybody?") == 200
    hint = await romeo.transcript.expect("message-received", via="page", text=lambda text: "/join" in text)
    step("romeo's phone is told how to come in: " + hint["text"])
    assert await romeo.page(garden, "/join romeo") == 200
    await romeo.transcript.expect("message-received", via="page", text=lambda text: text.startswith("You are in "))
    await juliet.seen("occupant", room="orchard@rooms.xmpp.test", nick="romeo", here=True)
    step("romeo's phone has entered by /join")
    nurse.say("orchard@rooms.xmpp.test", "Anon!")
    await romeo.transcript.expect("message-received", via="page", text="nurse: Anon!")
    assert await romeo.page(garden, "Stay but a little.") == 200
    for person in (juliet, nurse):
        await person.seen("groupchat", nick="romeo", body="Stay but a little.")
    step("the nurse talks, romeo's phone talks; all see all")


async def story_conference(demo, options):
    """An XMPP user comes into a conference that lives on SIP, by its address."""
    room = await hall(demo, name="verona")
    tybalt = room.native("tybalt")
    juliet = await demo.xmpp("juliet")
    await juliet.enter(room.jid)
    await juliet.seen("occupant", room=room.jid, nick="Tybalt", here=True)
    step(f"juliet enters {room.jid}, a conference on SIP, and sees who is there")
    juliet.say(room.jid, "Gentle cousin!")
    await juliet.seen("groupchat", nick="juliet", body="Gentle cousin!")
    assert tybalt.heard == [(juliet.uri, "Gentle cousin!", False)], tybalt.heard
    assert await tybalt.say("What wouldst thou have with me?") == 200
    await juliet.seen("groupchat", nick="Tybalt", body="What wouldst thou have with me?")
    step("juliet talks, tybalt answers")
    juliet.leave(room.jid)
    await room.focus.seen("bye")
    step("juliet leaves, and her call has ended")


STORIES = (("a chat becomes a conference", story_accepted), ("romeo declines, the chat goes on", story_declined),
           ("romeo enters a room by its address", story_enters), ("a phone without sessions enters a room", story_page),
           ("juliet enters a conference on SIP by its address", story_conference))


async def ladder(demo):
    """The gateway's own account of the conversation, from where the last story ended."""
    after = len(demo.mucsipd.process.lines)
    demo.mucsipd.process.signal(signal.SIGUSR1)
    said = await demo.mucsipd.process.line_with("ladders written to ", 5, after)
    with open(said.split("ladders written to ", 1)[1].strip(), encoding="utf-8") as drawing:
        whole = drawing.read().rstrip()
    told, demo.told = demo.told, whole
    return whole.removeprefix(told).strip() or whole


def retell_all(demo, start):
    """Every transcript, whoever is there and however far the story came."""
    for person in demo.people():
        if isinstance(person, StoryFocus):
            continue  # the far end, no client
        say(retell.sip_user(person, start) if hasattr(person, "stack") else retell.xmpp_client(person, start))


async def tell(demo, number, title, story, options):
    """Plays one story; True if every step was seen."""
    say(f"\n=== story {number}: {title}")
    await demo.begin(f"story-{number}")
    start = time.monotonic()
    try:
        await asyncio.wait_for(story(demo, options), STORY_S)
        demo.check()
        good = True
    except Exception as error:  # whatever it was, it was not seen
        say(f"FAILED  {type(error).__name__}: {error}")
        good = False
    say(f"\n--- transcripts of story {number}, as the clients wrote them\n")
    retell_all(demo, start)
    try:
        say(f"--- ladder of story {number}, as the gateway drew it\n\n{await ladder(demo)}")
    except Exception as error:  # the ladder is a service, not a witness
        say(f"(no ladder: {error})")
    await demo.end()
    return good


async def keep(demo, options):
    """Leaves everything running for a person to join, until interrupted."""
    await demo.begin("keep")
    juliet, nurse, romeo = await people(demo, options)
    await juliet.open_room(ROOM, whois="anyone")
    await nurse.enter(ROOM)
    say(f"""
All is left running; end it with Ctrl-C.
  XMPP: tybalt@xmpp.test, password secret, server 127.0.0.1 port {demo.xmpp_server.ports['c2s']}, no encryption;
        write to romeo@sip.test, or enter {ROOM} and invite romeo@sip.test
  SIP:  proxy 127.0.0.1 port {demo.kamailio.ports['port']}, domain sip.test, any user name; a participant on the command line:
        cd {os.path.dirname(os.path.abspath(__file__))} && /usr/bin/python3 -m participant --user benvolio --domain sip.test \\
            --proxy udp:{demo.kamailio.remote} --register
        then for example: page sip:juliet@xmpp.test hello    or: invite sip:{ROOM}
  logs: {demo.root}""")
    while True:
        await asyncio.sleep(3600)


async def play(options):
    directory = tempfile.mkdtemp(prefix="mucsip-demo-")
    demo = Demo(directory, (PROSODY, KAMAILIO, MUCSIPD), extra=COMPONENTS, amend=routes, focus=FOCUS_PORT)
    try:
        await demo.start()
        say(f"Prosody (XMPP, rooms), Kamailio (SIP) and mucsipd between them are up; logs in {directory}")
        good = True
        for number, (title, story) in enumerate(STORIES, 1):
            if good or options.without_participant and number <= 2:
                good &= await tell(demo, number, title, story, options)
        if options.keep:
            await keep(demo, options)
        return good
    finally:
        await demo.end()
        await demo.stop()
        if not options.keep:
            shutil.rmtree(directory, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__.splitlines()[0])
    parser.add_argument("--keep", action="store_true", help="leave all running and say how to join")
    parser.add_argument("--without-participant", action="store_true", help="romeo stays away: the demo must fail")
    options = parser.parse_args()
    try:
        good = asyncio.run(play(options))
    except KeyboardInterrupt:
        good = True
    except (ProcessError, OSError) as error:
        say(f"FAILED  the servers do not start: {error}")
        good = False
    say("\ndemo: every step was seen by the clients" if good else "\ndemo: FAILED")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
