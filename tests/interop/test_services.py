#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the gateway says about itself to a client and to a SIP user agent, and whom it does not serve."""
import raw_sip
from runner import main, test
from world import KAMAILIO, MUCSIPD, PROSODY

DISCO = "{http://jabber.org/protocol/disco#info}"


async def disco(client, jid):
    """(identities as (category, type), features) of an address."""
    answer = await client.ask(jid, "<query xmlns='http://jabber.org/protocol/disco#info'/>", type="get")
    query = answer.xml.find(DISCO + "query")
    return ([(one.get("category"), one.get("type")) for one in query.findall(DISCO + "identity")],
            {one.get("var") for one in query.findall(DISCO + "feature")})


@test
async def the_component_is_a_gateway_and_answers_what_it_lists(world):
    # rows: EXT-11 GEN-07
    juliet = await world.xmpp("juliet")
    identities, features = await disco(juliet, "sip.test")
    assert [category for category, _ in identities] == ["gateway"], identities
    assert {"http://jabber.org/protocol/disco#info", "urn:xmpp:ping", "jabber:iq:version", "jid\\20escaping"} <= features
    await juliet.ask("sip.test", "<ping xmlns='urn:xmpp:ping'/>", type="get")
    version = await juliet.ask("sip.test", "<query xmlns='jabber:iq:version'/>", type="get")
    assert "mucsip" in str(version), version


@test
async def what_is_not_offered_is_refused_for_the_component_and_for_a_sip_user(world):
    # rows: GEN-07
    juliet, romeo = await world.xmpp("juliet"), await world.sip()
    for jid in ("sip.test", romeo.jid):
        refusal = await juliet.refusal_of(jid, "<query xmlns='jabber:iq:private'/>")
        assert refusal == ("service-unavailable", "cancel"), refusal


@test
async def options_tells_what_is_understood_and_not_who_exists(world):
    # rows: GEN-04
    romeo = await world.sip()
    known, unknown = await romeo.options("sip:juliet@xmpp.test"), await romeo.options("sip:nobody@xmpp.test")
    for answer in (known, unknown):
        assert answer.status == 200
        assert {"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "MESSAGE"} <= set(answer.all("Allow")), answer.encode()
        assert "text/plain" in " ".join(answer.all("Accept")) and "application/sdp" in " ".join(answer.all("Accept"))
    assert known.all("Allow") == unknown.all("Allow")


@test
async def loops_and_nameless_senders_are_cut(world):
    # rows: SEC-08 SEC-09 ADDR-31
    port = world.mucsipd.ports["sip"]
    for here, instead, wanted in ((b"Max-Forwards: 70", b"Max-Forwards: 0", 483),
                                  (b"sip:rude@sip.test", b"sip:nurse@xmpp.test", 482),
                                  (b"sip:rude@sip.test", b"sip:anonymous@anonymous.invalid", 433)):
        text = raw_sip.request("MESSAGE", "sip:juliet@xmpp.test", "?", "Content-Type: text/plain\r\n")
        status, answer = await raw_sip.ask(port, text.replace(here, instead))
        assert status == wanted, answer


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD)
