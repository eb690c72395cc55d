#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""MSRP under TLS with a SIP user whose certificate is right, wrong, old, of an authority or of nobody, whoever connects.

The SIP user's TLS is Python's; it compares our certificate with our description (strict mode) and notes every rule broken.
"""
import asyncio
import os
import shutil
import tempfile

import certificates
import ports
from participant.session import Refused
from participant.tls import TlsIdentity
from runner import main, test
from steps import bodies, chat, joined, reply, room_with_nurse, texts
from world import KAMAILIO, MUCSIPD, PROSODY

LONG = "Good night, good night! parting is such sweet sorrow. " * 600


class Setup:
    """Certificates of the run and how the gateway is to use its own."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="mucsip-tls-")
        self.port = ports.take()
        self.mode = "accept"
        self.ours = certificates.make(self.folder, "gateway")
        self.authority = certificates.make(self.folder, "authority", authority=True)
        self.his = certificates.make(self.folder, "romeo")
        self.other = certificates.make(self.folder, "paris")
        self.old = certificates.make_old(self.folder, "old")
        self.signed = certificates.make(self.folder, "signed", issuer=self.authority)
        self.elsewhere = certificates.make(self.folder, "elsewhere", address="192.0.2.1", issuer=self.authority)

    def amend(self, text, _folder):
        """The gateway's configuration with TLS in it."""
        tls = f"listen_tls = 127.0.0.1:{self.port}\ntls_cert = {self.ours[0]}\ntls_key = {self.ours[1]}\ntls_ca = {self.authority[0]}\n"
        return text.replace("[msrp]\n", "[msrp]\n" + tls) + f"\n[settings]\nmsrp_tls = {self.mode}\n"

    def identity(self, pair=None, **how):
        return TlsIdentity(*(pair or self.his), trusts=self.ours[0], **how)


async def gateway(world, mode):
    """The gateway with msrp_tls as wanted."""
    if setup.mode != mode:
        setup.mode = mode
        await world.mucsipd.restart()


async def distrusted(romeo, session):
    """The gateway hung up because of the certificate, and nothing was said over MSRP before."""
    ended = await romeo.transcript.expect("session-ended")
    assert "MSRP certificate not accepted" in ended["text"], ended
    assert not session.open.is_set(), "the session was bound"


@test
async def a_sip_user_who_offers_tls_gets_it_and_lines_travel_both_ways(world):
    # rows: MSRP-015 MSRP-027 MSRP-028 SEC-02 CHAT-06
    await gateway(world, "accept")
    juliet, romeo = await world.xmpp("juliet"), await world.sip(tls=setup.identity())
    session = await (await romeo.invite(juliet.uri)).opened()
    assert session.msrp.connection.secure and session.active
    await reply(juliet, romeo, session, "But soft, what light through yonder window breaks?")
    thread = session.dialog.call_id
    juliet.chat(romeo.jid, "Ay me", thread=thread)
    await romeo.transcript.expect("message-received", via="msrp", text="Ay me")
    assert romeo.counters.get("sip", "in", "INVITE") == 0


@test
async def a_sip_user_who_offers_tls_passively_or_leaves_it_open_is_served(world):
    # rows: CHAT-06 MSRP-010 MSRP-027
    await gateway(world, "accept")
    for offered in ("actpass", "passive", "active", None):
        juliet, romeo = await world.xmpp("juliet"), await world.sip(tls=setup.identity(), user=f"romeo-{offered}-".lower(),
                                                                    setup_offer=offered)
        romeo.watch.waived.add("sdp.setup")  # "passive" is our own fault
        session = await (await romeo.invite(juliet.uri)).opened()
        assert session.active == (offered != "passive"), offered
        await reply(juliet, romeo, session, f"offered {offered}")


@test
async def a_caller_who_shows_another_certificate_than_announced_is_hung_up_on(world):
    # rows: MSRP-027 MSRP-028 SEC-11
    await gateway(world, "accept")
    juliet = await world.xmpp("juliet")
    romeo = await world.sip(tls=setup.identity(shows=setup.other))
    session = await romeo.invite(juliet.uri)
    await distrusted(romeo, session)
    assert bodies(juliet, "message") == []


@test
async def a_caller_who_shows_none_or_an_old_one_is_hung_up_on(world):
    # rows: MSRP-027 MSRP-028
    await gateway(world, "accept")
    juliet = await world.xmpp("juliet")
    for name, identity in (("none", setup.identity(shows_any=False)), ("old", setup.identity(setup.old))):
        romeo = await world.sip(tls=identity, user=f"romeo-{name}-")
        await distrusted(romeo, await romeo.invite(juliet.uri))


@test
async def a_caller_without_fingerprint_is_believed_for_his_authority_only(world):
    # rows: MSRP-027 SEC-02
    await gateway(world, "accept")
    juliet = await world.xmpp("juliet")
    romeo = await world.sip(tls=setup.identity(setup.signed, announces=""))
    session = await (await romeo.invite(juliet.uri)).opened()
    await reply(juliet, romeo, session, "signed")
    for name, pair in (("stranger", setup.other), ("elsewhere", setup.elsewhere)):
        romeo = await world.sip(tls=setup.identity(pair, announces=""), user=f"romeo-{name}-")
        await distrusted(romeo, await romeo.invite(juliet.uri))


@test
async def a_chat_line_opens_a_session_under_tls(world):
    # rows: MSRP-015 MSRP-027 MSRP-028 SEC-02
    await gateway(world, "offer")
    juliet, romeo = await world.xmpp("juliet"), await world.sip(tls=setup.identity())
    session = await chat(juliet, romeo, thread="t-tls")
    assert session.msrp.connection.secure and not session.active
    juliet.chat(romeo.jid, LONG, thread="t-tls")
    await romeo.transcript.expect("message-received", via="msrp", text=LONG)
    await reply(juliet, romeo, session, LONG)
    assert romeo.counters.get("sip", "in", "INVITE") == 1


@test
async def a_sip_user_who_wants_to_connect_himself_does(world):
    # rows: CHAT-06 MSRP-010
    await gateway(world, "offer")
    juliet = await world.xmpp("juliet")
    romeo = await world.sip(tls=setup.identity(), setup_answer="active")
    session = await chat(juliet, romeo)
    assert session.msrp.connection.secure and session.active


@test
async def a_sip_user_without_tls_is_asked_again_without(world):
    # rows: SEC-02 CHAT-01
    await gateway(world, "offer")
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    session = await chat(juliet, romeo)
    assert not session.msrp.connection.secure
    assert romeo.counters.get("sip", "in", "INVITE") == 2
    await romeo.transcript.expect("offer-refused", secure=True)


@test
async def a_sip_user_we_connect_to_is_left_alone_when_his_certificate_is_wrong(world):
    # rows: MSRP-027 MSRP-028 SEC-11
    await gateway(world, "offer")
    juliet = await world.xmpp("juliet")
    for name, identity in (("wrong", setup.identity(shows=setup.other)), ("old", setup.identity(setup.old)),
                           ("nobody", setup.identity(setup.other, announces="")),
                           ("elsewhere", setup.identity(setup.elsewhere, announces=""))):
        romeo = await world.sip(tls=identity, user=f"romeo-{name}-")
        juliet.chat(romeo.jid, "a secret for Romeo alone")
        ended = await romeo.transcript.expect("session-ended")
        assert "MSRP certificate not accepted" in ended["text"], (name, ended)
        assert romeo.counters.get("msrp", "in", "SEND") == 0, name
        assert [entry for entry in romeo.transcript.select("message-received") if entry["via"] == "msrp"] == []


@test
async def a_sip_user_without_fingerprint_is_connected_to_for_his_authority(world):
    # rows: MSRP-027 SEC-02
    await gateway(world, "offer")
    juliet = await world.xmpp("juliet")
    romeo = await world.sip(tls=setup.identity(setup.signed, announces=""))
    session = await chat(juliet, romeo)
    assert session.msrp.connection.secure


@test
async def nothing_but_tls_where_it_is_required(world):
    # rows: SEC-02 SEC-11
    await gateway(world, "require")
    juliet, romeo, paris = await world.xmpp("juliet"), await world.sip(tls=setup.identity()), await world.sip("paris")
    assert (await chat(juliet, romeo)).msrp.connection.secure
    try:
        await paris.invite(juliet.uri)
        raise AssertionError("an offer without TLS was taken")
    except Refused as refused:
        assert refused.status == 488
    juliet.chat(paris.jid, "by page, then")
    await paris.transcript.expect("message-received", via="page", text="by page, then")
    assert paris.counters.get("sip", "in", "INVITE") == 1 and texts(paris) == ["by page, then"]


@test
async def a_chat_under_tls_becomes_a_conference_under_tls(world):
    # rows: SEC-02 MSRP-027 ESC-101
    await gateway(world, "require")
    juliet, romeo = await world.xmpp("juliet"), await world.sip(tls=setup.identity())
    await chat(juliet, romeo)
    room, nurse = await room_with_nurse(world, juliet)
    juliet.invite(romeo.jid, room, thread="t-chat", reason="join us")
    conference = await joined(romeo)
    assert conference.msrp.connection.secure
    nurse.say(room, "Madam!")
    await romeo.transcript.expect("message-received", via="conference", text="Madam!")
    assert await conference.say("I come, anon") == 200
    await nurse.seen("groupchat", room=room, body="I come, anon")


@test
async def octets_of_the_wrong_kind_at_either_port_end_their_connection_only(world):
    # rows: SEC-11 MSRP-002
    await gateway(world, "accept")
    juliet, romeo = await world.xmpp("juliet"), await world.sip(tls=setup.identity())
    session = await (await romeo.invite(juliet.uri)).opened()
    reader, writer = await asyncio.open_connection("127.0.0.1", setup.port)
    writer.write(b"MSRP abcdabcdabcdabcd SEND\r\nTo-Path: x\r\n\r\n")
    assert await asyncio.wait_for(reader.read(), 5) == b"" or reader.at_eof()
    writer.close()
    plain = world.mucsipd.ports["msrp"]
    try:
        await asyncio.wait_for(asyncio.open_connection("127.0.0.1", plain, ssl=setup.identity().context(server=False)), 15)
        raise AssertionError("TLS at the plain port")
    except OSError:
        pass
    await reply(juliet, romeo, session, "still here")


if __name__ == "__main__":
    if shutil.which("openssl"):
        setup = Setup()
        try:
            main(PROSODY, KAMAILIO, MUCSIPD, amend=setup.amend)
        finally:
            shutil.rmtree(setup.folder)
    main(PROSODY, KAMAILIO, MUCSIPD, programs=["openssl"])
