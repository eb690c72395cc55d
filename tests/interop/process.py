# SPDX-License-Identifier: MIT
"""One foreign program in the foreground: its own process group, its output kept line by line, its end certain.

The program ends with the test: asked by stop(), and when the test dies without a word, killed with its whole group by a
guard that notices the broken pipe (prctl PR_SET_PDEATHSIG reaches only the first process of a group, and servers fork).
"""
import asyncio
import os
import signal
import time

os.environ["PATH"] += os.pathsep + "/usr/sbin"  # where Debian has kamailio: not on everybody's path


class ProcessError(Exception):
    """A program could not be started, died early or did not answer in time."""


class _Guard:
    """A forked child that kills every registered process group once this process is gone."""

    def __init__(self):
        reading, self.pipe = os.pipe()
        if os.fork() == 0:
            try:
                os.setsid()
                os.close(self.pipe)
                self._watch(reading)
            finally:
                os._exit(0)
        os.close(reading)

    @staticmethod
    def _watch(reading):
        groups = set()
        with os.fdopen(reading) as lines:
            for line in lines:
                group = int(line)
                groups.add(group) if group > 0 else groups.discard(-group)
        for group in groups:
            _kill_group(group, signal.SIGKILL)

    def tell(self, group):
        os.write(self.pipe, b"%d\n" % group)


_guard = None


def _kill_group(group, sig):
    try:
        os.killpg(group, sig)
    except (ProcessLookupError, PermissionError):
        pass


class Process:
    """A program that runs from start() to stop() or kill(); `lines` is all it has said so far."""

    def __init__(self, name, argv, directory, env=None, needs_input=False):
        self.name = name
        self.argv = [str(part) for part in argv]
        self.directory = directory
        self.env = dict(os.environ, LC_ALL="C.UTF-8", **(env or {}))
        self.needs_input = needs_input
        self.lines = []
        self._child = None
        self._reader = None
        self._news = asyncio.Condition()

    async def start(self):
        """Starts the program; its output goes to `lines` and to DIRECTORY/NAME.log."""
        global _guard
        if _guard is None:
            _guard = _Guard()
        self._child = await asyncio.create_subprocess_exec(
            *self.argv, cwd=self.directory, env=self.env, start_new_session=True, limit=1 << 20,
            stdin=asyncio.subprocess.PIPE if self.needs_input else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        _guard.tell(self._child.pid)
        self._reader = asyncio.ensure_future(self._read())

    async def _read(self):
        with open(os.path.join(self.directory, self.name + ".log"), "ab") as log:
            async for raw in self._child.stdout:
                log.write(raw)
                log.flush()
                async with self._news:
                    self.lines.append(raw.decode("utf-8", "replace").rstrip("\r\n"))
                    self._news.notify_all()
        async with self._news:
            self._news.notify_all()

    @property
    def pid(self):
        return self._child.pid

    def is_running(self):
        return self._child is not None and self._child.returncode is None

    def say(self, line):
        """Writes a line to the program's standard input."""
        self._child.stdin.write((line + "\n").encode())

    async def line_with(self, text, within, after=0):
        """The first line from number `after` on that contains `text`, waited for at most `within` seconds."""
        deadline = time.monotonic() + within
        async with self._news:
            while True:
                for line in self.lines[after:]:
                    if text in line:
                        return line
                if self._reader.done() or not self.is_running() and self._child.stdout.at_eof():
                    raise ProcessError(f"{self.name} ended without saying {text!r}:\n{self.tail()}")
                try:
                    await asyncio.wait_for(self._news.wait(), max(0.01, deadline - time.monotonic()))
                except asyncio.TimeoutError:
                    raise ProcessError(f"{self.name} did not say {text!r} in {within} s:\n{self.tail()}") from None

    async def ended(self, within):
        """The exit status, waited for at most `within` seconds."""
        try:
            await asyncio.wait_for(self._child.wait(), within)
        except asyncio.TimeoutError:
            raise ProcessError(f"{self.name} did not end in {within} s:\n{self.tail()}") from None
        await self._forget()
        return self._child.returncode

    async def _forget(self):
        """The group is gone or going: nothing for the guard any more, and all output read."""
        _kill_group(self.pid, signal.SIGKILL)
        _guard.tell(-self.pid)
        try:
            await asyncio.wait_for(asyncio.shield(self._reader), 2)
        except asyncio.TimeoutError:
            self._reader.cancel()

    def signal(self, sig):
        os.kill(self.pid, sig)

    def freeze(self):
        """The whole group stands still: alive for the kernel, silent for everybody else."""
        _kill_group(self.pid, signal.SIGSTOP)

    def thaw(self):
        _kill_group(self.pid, signal.SIGCONT)

    async def kill(self):
        """kill -9 for the program and everything it started."""
        if self.is_running():
            _kill_group(self.pid, signal.SIGKILL)
            await self.ended(30)

    async def stop(self, within=20):
        """Asks the program to end; kills it after `within` seconds. Returns the exit status."""
        if not self.is_running():
            return self._child.returncode if self._child else None
        self.thaw()
        self.signal(signal.SIGTERM)
        try:
            return await self.ended(within)
        except ProcessError:
            await self.kill()
            return self._child.returncode

    def tail(self, count=15):
        return "\n".join("    " + line for line in self.lines[-count:])
