# SPDX-License-Identifier: MIT
"""Descriptors of a running process: which it has, and which of them are its links to a port."""
import contextlib
import os


def of_process(pid):
    """Number of each descriptor by what it is to the kernel."""
    found = {}
    for number in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(OSError):
            found[os.readlink(f"/proc/{pid}/fd/{number}")] = int(number)
    return found


def to_port(pid, port):
    """Numbers of the TCP connections to a port; /proc/net/tcp names sockets by inode."""
    with open(f"/proc/{pid}/net/tcp", encoding="ascii") as lines:
        rows = [line.split() for line in list(lines)[1:]]
    established = {f"socket:[{row[9]}]" for row in rows if int(row[2].rpartition(":")[2], 16) == port and row[3] == "01"}
    return [number for name, number in of_process(pid).items() if name in established]
