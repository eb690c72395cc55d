#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the servers themselves do, without the gateway: the ground the other stories stand on.

If one of these fails, a peer behaves differently from what docs/library-facts.md H and the gateway's code rely on.
"""
import sipp
from capture import NEEDS, Capture
from phones import Baresip, Linphone
from runner import main, test
from world import KAMAILIO, PROSODY


@test
async def a_chat_between_two_xmpp_users_becomes_a_room_with_a_third(world):
    """The plain XMPP form of the story: chat, room, direct invitation with continue, third person."""
    juliet, tybalt, nurse = [await world.xmpp(user) for user in ("juliet", "tybalt", "nurse")]
    room = world.room()
    juliet.chat(tybalt.full, "Art thou not Romeo?", thread="t-1", lang="en", subject="names")
    line = await tybalt.seen("message", body="Art thou not Romeo?")
    assert (line["from"], line["thread"], line["lang"], line["subject"]) == (juliet.full, "t-1", "en", "names")
    await juliet.open_room(room, whois="anyone")
    juliet.invite(tybalt.full, room, thread="t-1", reason="come")
    asked = await tybalt.seen("invitation", how="direct", room=room)
    assert asked["continues"] and asked["thread"] == "t-1" and asked["inviter"] == juliet.full
    await tybalt.enter(room)
    await nurse.enter(room)
    nurse.say(room, "Madam!")
    for person in (juliet, tybalt, nurse):
        await person.seen("groupchat", body="Madam!", room=room, nick="nurse")
        await person.seen("occupant", room=room, nick="tybalt", here=True)


@test
async def a_mediated_invitation_loses_its_continue_on_the_way(world):
    """Prosody passes it on stripped, from the inviter's occupant, with a body and a conference child without continue."""
    gateway = await world.stand_in()
    juliet = await world.xmpp("juliet")
    room = world.room()
    await juliet.open_room(room)
    juliet.invite_through(room, "romeo@sip.test", thread="t-2", reason="come")
    asked = await gateway.seen("invitation", room=room, to="romeo@sip.test")
    assert asked["how"] == "mediated" and asked["inviter"] == f"{room}/juliet" and not asked["continues"]
    assert asked["body"] and asked["conference_child"] == {"jid": room}


@test
async def a_ping_behind_a_stanza_comes_back_after_its_error(world):
    """The proof of R-08: errors of the local server precede the answer to a ping sent right behind the stanza."""
    gateway = await world.stand_in()
    for number in range(20):
        gateway.raw(f"<message from='romeo@sip.test' to='nobody@xmpp.test' id='m{number}' type='chat'>"
                    "<body>?</body></message>")
        await gateway.ask("xmpp.test", "<ping xmlns='urn:xmpp:ping'/>", type="get", sender="romeo@sip.test")
        assert gateway.transcript.all("error", id=f"m{number}", condition="service-unavailable")


@test
async def a_message_between_two_phones_passes_the_proxy(world):
    """SIPp to SIPp: registrar, proxy, final statuses; and what the capture counts is what they saw."""
    port = world.kamailio.ports["port"]
    capture = await Capture(world.directory, {port: "sip"}).start()
    mercutio = await sipp.phone(world, world.unique("mercutio"))
    await sipp.send(world, "benvolio", f"sip:{world.unique('mercutio')}@sip.test", "Part, fools! é")
    (start, headers, body), = await mercutio.finished()
    assert start.startswith("MESSAGE sip:") and body == "Part, fools! é" and headers["cseq"] == "1 MESSAGE"
    await sipp.send(world, "benvolio", "sip:nobody@sip.test", "?", status=404)
    await capture.stop()
    seen = [word for _, to, word, sequence in capture.sip_messages() if sequence == "1 MESSAGE"]
    assert sorted(seen) == ["200", "200", "404", "MESSAGE", "MESSAGE", "MESSAGE"], seen
    assert capture.malformed() == []


@test
async def two_kinds_of_phone_write_to_each_other(world):
    """baresip and Linphone through the proxy, both ways, UTF-8."""
    first, second = world.unique("mercutio"), world.unique("paris")
    baresip = await Baresip(world, first).sign_in(f"sip:{second}@sip.test")
    linphone = await Linphone(world, second).sign_in(f"sip:{first}@sip.test")
    linphone.say("who art thou \u00e9")
    await baresip.heard(f"sip:{second}@sip.test", "who art thou \u00e9")
    baresip.say("a friend \u00e9")
    await linphone.heard(f"sip:{first}@sip.test", "a friend \u00e9")


@test
async def two_participants_chat_over_msrp_through_the_proxy(world):
    """The SIP user of the other stories, against itself: INVITE by the proxy, lines both ways, BYE."""
    romeo, benvolio = await world.sip("romeo"), await world.sip("benvolio")
    session = await (await romeo.invite(benvolio.uri)).opened()
    assert await session.say("Is the day so young?") == 200
    await benvolio.transcript.expect("message-received", via="msrp", text="Is the day so young?")
    assert await benvolio.session_with(romeo.uri).say("But new struck nine.") == 200
    await romeo.transcript.expect("message-received", via="msrp", text="But new struck nine.")
    await session.bye()
    await benvolio.transcript.expect("session-ended", reason="peer-bye")


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, programs=("sipp", "baresip", "linphonec", *NEEDS))
