# SPDX-License-Identifier: MIT
"""The gateway that ours is measured against: Kamailio's `xmpp` module in component mode (docs/library-facts.md D)."""
import os

from servers import KAMAILIO_MODULES, SECRET, START_S, Server, answer_to, fill_in, options_request

HERE = os.path.dirname(os.path.abspath(__file__))


class KamailioXmpp(Server):
    """Component of the XMPP server in our gateway's place, for the same domain, with the same next hop."""
    name = "kamailio_xmpp"
    port_names = ("sip",)

    def __init__(self, directory, component_port, next_port, transport, domain, shim):
        super().__init__(directory)
        self.component_port, self.next_port = component_port, next_port
        self.transport, self.domain = transport, domain
        self.env = {"LD_PRELOAD": shim}

    def configure(self):
        target = os.path.join(self.directory, "kamailio.cfg")
        run = os.path.join(self.directory, "run")
        os.makedirs(run, exist_ok=True)
        fill_in("kamailio_xmpp.cfg", target, folder=HERE, port=self.ports["sip"], component=self.component_port, secret=SECRET,
                next=self.next_port, transport=self.transport, domain=self.domain, modules=KAMAILIO_MODULES)
        return ["kamailio", "-f", target, "-DD", "-E", "-m", "1024", "-M", "16", "-Y", run, "-w", self.directory]

    async def answers(self):
        await answer_to(options_request(self.ports["sip"]), self.ports["sip"], START_S, udp=True)
