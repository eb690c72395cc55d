# SPDX-License-Identifier: MIT
"""Requests written out octet by octet, for what no stack would send; straight to the gateway's own port."""
import asyncio
import os
import re

SDP_MESSAGE = ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message 9 TCP/MSRP *\r\n"
               "a=accept-types:{types}\r\na=path:msrp://127.0.0.1:9/s{n};tcp\r\n")
SDP_AUDIO = ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"
             "m=video 9 RTP/AVP 31\r\n")


def request(method, uri, body=b"", headers="", to_tag="", call_id=None, transport="UDP", via_port=9):
    """A request with everything it needs; `headers` are further lines with CRLF."""
    unique = os.urandom(6).hex()
    body = body.encode() if isinstance(body, str) else body
    head = (f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/{transport} 127.0.0.1:{via_port};rport;branch=z9hG4bK{unique}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:rude@sip.test>;tag={unique}\r\nTo: <{uri}>{to_tag}\r\n"
            f"Call-ID: {call_id or unique}\r\nCSeq: 1 {method.split()[0]}\r\n"
            f"Contact: <sip:rude@127.0.0.1:{via_port}>\r\n{headers}Content-Length: {len(body)}\r\n\r\n")
    if method == "MESSAGE":
        head = re.sub(r"Contact: .*\r\n", "", head)
    return head.encode() + body


class _Answers(asyncio.DatagramProtocol):
    def __init__(self):
        self.queue = asyncio.Queue()

    def datagram_received(self, data, addr):
        self.queue.put_nowait(data)


async def ask(port, octets, within=30):
    """The final answer to one datagram as (status, whole text)."""
    loop = asyncio.get_running_loop()
    transport, answers = await loop.create_datagram_endpoint(_Answers, remote_addr=("127.0.0.1", port))
    try:
        local = transport.get_extra_info("sockname")[1]
        transport.sendto(octets.replace(b"127.0.0.1:9;rport", b"127.0.0.1:%d;rport" % local))
        while True:
            text = (await asyncio.wait_for(answers.queue.get(), within)).decode("utf-8", "replace")
            status = int(text.split(" ", 2)[1])
            if status >= 200:
                return status, text
    finally:
        transport.close()


async def throw(port, octets):
    """Sends a datagram and does not look back."""
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=("127.0.0.1", port))
    transport.sendto(octets)
    transport.close()


async def stream(port, octets, within=5, until=None):
    """Sends octets over one TCP connection; what comes back until `until` is in it, or the peer closes, or time is up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = b""
    try:
        writer.write(octets)
        while until is None or until not in said:
            more = await asyncio.wait_for(reader.read(65536), within)
            if not more:
                break
            said += more
    except (asyncio.TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    return said
