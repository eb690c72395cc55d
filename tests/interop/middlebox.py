# SPDX-License-Identifier: MIT
"""A middlebox as RFC 6714 expects them: it carries octets between two TCP connections and knows nothing of MSRP."""
import asyncio


class Middlebox:
    """Listens on a port of its own and passes everything on to another; `carried` counts octets both ways."""

    def __init__(self):
        self.carried, self.port = 0, 0
        self._server, self._tasks = None, set()

    async def open(self, target):
        async def accepted(reader, writer):
            far_reader, far_writer = await asyncio.open_connection(*target)
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

        self._server = await asyncio.start_server(accepted, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def _pump(self, reader, writer):
        while octets := await reader.read(65536):
            self.carried += len(octets)
            writer.write(octets)
        writer.close()

    async def sign_out(self):
        self._server.close()
