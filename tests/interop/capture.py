# SPDX-License-Identifier: MIT
"""What really went over loopback between the peers: dumpcap records, tshark reads.

A capture that dropped a packet proves nothing and says so. tshark takes some broken MSRP for good and shows two frames of
one segment as one, so MSRP streams are also checked octet by octet in participant/stream_check.py.
"""
import asyncio
import os
import re
import signal
import socket
import subprocess

import ports
from process import Process, ProcessError

# what a file with captures needs; a name that is no program stands for the right to record
NEEDS = ("dumpcap", "tshark") if os.getuid() == 0 else ("dumpcap", "tshark", "root-for-dumpcap")
START_S = 30
READ_S = 120


class Capture:
    """A recording of some ports; each port is named with what is spoken there: {5060: "sip", 2855: "msrp"}."""

    def __init__(self, directory, taps, name="capture"):
        self.ports = taps
        self.mark_port = ports.take()
        self.path = f"{directory}/{name}.pcapng"
        wanted = " or ".join(f"port {port}" for port in [*taps, self.mark_port])
        self.process = Process(name, ["dumpcap", "-q", "-i", "lo", "-B", "16", "-f", wanted, "-w", self.path], directory)

    async def start(self):
        await self.process.start()
        await self.process.line_with("File:", START_S)
        return self

    async def stop(self):
        """Ends the recording; everything sent before is in it."""
        await self._caught_up()
        self.process.signal(signal.SIGINT)
        await self.process.ended(START_S)
        ports.give_back(self.mark_port)
        said = "\n".join(self.process.lines)
        counts = re.search(r"received/dropped on interface.*?: (\d+)/(\d+)", said)
        if not counts or counts.group(2) != "0":
            raise ProcessError(f"the capture is not whole:\n{said}")
        return int(counts.group(1))

    async def _caught_up(self):
        """The kernel hands packets over in blocks: a packet of our own must have reached the file first."""
        mark = b"mucsip capture mark " + os.urandom(8).hex().encode()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(mark, ("127.0.0.1", self.mark_port))
        for _ in range(START_S * 50):
            with open(self.path, "rb") as recorded:
                if mark in recorded.read():
                    return
            await asyncio.sleep(0.02)
        raise ProcessError("the capture does not catch up")

    def fields(self, display_filter, *names):
        """One tuple of strings per packet that fits; a field that occurs twice in a packet is joined by commas."""
        argv = ["tshark", "-r", self.path, "-Y", display_filter, "-T", "fields", "-E", "occurrence=a"]
        for port, protocol in self.ports.items():
            argv += ["-d", f"tcp.port=={port},{protocol}"]
            argv += ["-d", f"udp.port=={port},{protocol}"] if protocol == "sip" else []
        for name in names:
            argv += ["-e", name]
        out = subprocess.run(argv, capture_output=True, text=True, timeout=READ_S, check=False)
        if out.returncode != 0:
            raise ProcessError(out.stderr)
        return [tuple(line.split("\t")) for line in out.stdout.splitlines()]

    def count(self, display_filter):
        return len(self.fields(display_filter, "frame.number"))

    def malformed(self):
        """What tshark cannot make sense of: (frame, protocols) each."""
        return self.fields("_ws.malformed or (sip and sip.msg_hdr and _ws.expert.severity == error)",
                           "frame.number", "frame.protocols")

    def sip_messages(self):
        """(source port, destination port, method of a request or status of a response, CSeq) of every SIP message."""
        rows = self.fields("sip", "udp.srcport", "tcp.srcport", "udp.dstport", "tcp.dstport", "sip.Method", "sip.Status-Code",
                           "sip.CSeq")
        messages = []
        for udp_from, tcp_from, udp_to, tcp_to, methods, statuses, sequences in rows:
            words = [word for word in (methods + "," + statuses).split(",") if word]
            for word, sequence in zip(words, sequences.split(",")):
                messages.append((int(udp_from or tcp_from), int(udp_to or tcp_to), word, sequence))
        return messages
