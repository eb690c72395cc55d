# SPDX-License-Identifier: MIT
"""Free port numbers on loopback for servers that must be told theirs before they start.

A number is taken from below the kernel's range for outgoing connections, tried over UDP and TCP, and kept
from other runs on the machine by a lock file for as long as this process lives. A server may still find it
taken by somebody who knows nothing of our locks: then it is started again with other numbers (servers.py).
"""
import fcntl
import os
import random
import socket
import tempfile

FIRST, LAST = 20000, 32000
LOCK_DIR = os.path.join(tempfile.gettempdir(), f"mucsip-ports-{os.getuid()}")
_held = {}


def is_free(port):
    """True when nobody listens on the port, over UDP or TCP."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def _lock(port):
    """Keeps the number for this process; False when another run has it."""
    os.makedirs(LOCK_DIR, exist_ok=True)
    handle = os.open(os.path.join(LOCK_DIR, str(port)), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return False
    _held[port] = handle
    return True


def take():
    """A port number that is free now and that no other run of these tests will choose."""
    for _ in range(2000):
        port = random.randrange(FIRST, LAST)
        if port not in _held and _lock(port):
            if is_free(port):
                return port
            give_back(port)
    raise RuntimeError("no free port found between %d and %d" % (FIRST, LAST))


def give_back(port):
    """Lets others choose the number again."""
    handle = _held.pop(port, None)
    if handle is not None:
        os.close(handle)
