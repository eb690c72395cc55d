#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The way to a SIP domain without a next hop in the configuration: by NAPTR, SRV and address records (RFC 3263).

dnsmasq answers on a port of its own, with the records of each story.
"""
import os
import sys

import ports
from process import Process
from runner import main, test
from world import KAMAILIO, MUCSIPD, PROSODY

DNS_PORT = ports.take()
START_S = 30


def by_dns(text, directory):
    """The gateway's configuration without a next hop, with a resolver of ours."""
    resolv = os.path.join(directory, "resolv.conf")
    with open(resolv, "w", encoding="utf-8") as out:
        out.write(f"nameserver 127.0.0.1\nport {DNS_PORT}\n")
    lines = [line for line in text.splitlines() if not line.startswith("sip_route")]
    if "--tcp" in sys.argv:  # with both, the SIP library asks for UDP only (docs/library-facts.md K)
        lines = ["listen = tcp:" + line.split("tcp:")[1] if line.startswith("listen = udp:") else line for line in lines]
    lines.insert(lines.index("[sip]") + 1, f"resolv_conf = {resolv}")
    return "\n".join(lines) + "\n"


class Dnsmasq(Process):
    """Records for one story; leaves with it."""

    def __init__(self, directory, *records):
        super().__init__("dnsmasq", ["dnsmasq", "--no-daemon", "--no-resolv", "--no-hosts", "--conf-file=/dev/null",
                                     "--log-queries", "--local=/test/",
                                     "--bind-interfaces", "--listen-address=127.0.0.1", f"--port={DNS_PORT}", "--user=root",
                                     "--address=/a.sip.test/127.0.0.1", "--address=/b.sip.test/127.0.0.1", *records], directory)

    async def sign_out(self):
        await self.stop()


async def domain_with(world, *records):
    """sip.test has these records and the gateway has forgotten all others."""
    dns = world.keep(Dnsmasq(world.directory, *records))
    await dns.start()
    await dns.line_with("started", START_S)
    await world.mucsipd.restart()
    return dns


def srv(transport, target, port, priority):
    return f"--srv-host=_sip._{transport}.sip.test,{target}.sip.test,{port},{priority},10"


async def delivered(world, text):
    juliet, romeo = await world.xmpp("juliet"), await world.sip(on_invite=488)
    juliet.chat(romeo.jid, text, type=None)
    await romeo.transcript.expect("message-received", via="page", text=text)
    juliet.transcript.never("error")
    return romeo


@test
async def srv_names_the_port(world):
    # rows: GEN-08
    await domain_with(world, srv(world.transport, "a", world.kamailio.ports["port"], 1))
    await delivered(world, "by srv")


@test
async def naptr_leads_to_a_transport_we_have(world):
    # rows: GEN-08
    port, nobody = world.kamailio.ports["port"], ports.take()
    records = [srv("udp", "a", port, 1), srv("tcp", "a", nobody, 1), "--naptr-record=sip.test,20,10,s,SIP+D2T,,_sip._tcp.sip.test",
               "--naptr-record=sip.test,10,10,s,SIPS+D2T,,_sips._tcp.sip.test", "--naptr-record=sip.test,30,10,s,SIP+D2U,,_sip._udp.sip.test"]
    if world.transport == "tcp":  # there it has no UDP, so the port of the UDP record must not be used
        records[:2] = [srv("udp", "a", nobody, 1), srv("tcp", "a", port, 1)]
    await domain_with(world, *records)
    await delivered(world, "by what both have")


@test
async def a_domain_that_does_not_exist_is_told_as_that(world):
    # rows: ERR-05
    await domain_with(world)
    juliet = await world.xmpp("juliet")
    juliet.chat("romeo@sip.test", "anybody?", type=None)
    error = await juliet.seen("error")
    assert error["condition"] == "remote-server-not-found", error


@test
async def the_next_target_is_tried_when_the_first_is_dead(world):
    # rows: GEN-08
    await domain_with(world, srv(world.transport, "a", ports.take(), 1), srv(world.transport, "b", world.kamailio.ports["port"], 2))
    await delivered(world, "to the second")


if __name__ == "__main__":
    main(PROSODY, KAMAILIO, MUCSIPD, programs=["dnsmasq"], amend=by_dns)
