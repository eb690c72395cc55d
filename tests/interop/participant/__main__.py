# SPDX-License-Identifier: MIT
"""python3 -m participant --user romeo --domain sip.test --proxy udp:127.0.0.1:5070

Prints what the user sees as JSON lines; reads commands from standard input. Exits with 1 when the
other side broke a rule (they are listed on standard error), unless --lenient is given."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import sys

from .console import Console, setting
from .participant import Behaviour, Participant
from .transaction import Timers


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog='participant', description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--user', required=True)
    parser.add_argument('--domain', required=True)
    parser.add_argument('--display', default='', help='display name in From')
    parser.add_argument('--proxy', help='outbound proxy, e.g. udp:127.0.0.1:5070')
    parser.add_argument('--listen', default='127.0.0.1:0', help='SIP address (UDP and TCP)')
    parser.add_argument('--msrp-port', type=int, default=0)
    parser.add_argument('--transcript', help='append the JSON lines to this file as well')
    parser.add_argument('--register', action='store_true', help='register first')
    parser.add_argument('--t1', type=float, default=0.5, help='SIP timer T1 in seconds')
    parser.add_argument('--supported', default='', help='option tags for Supported')
    parser.add_argument('--lenient', action='store_true', help='do not fail on violations')
    for field in dataclasses.fields(Behaviour):
        parser.add_argument('--' + field.name.replace('_', '-'), type=setting,
                            default=field.default, help=f'behaviour (default {field.default})')
    return parser.parse_args()


def make(options: argparse.Namespace) -> Participant:
    host, _, port = options.listen.rpartition(':')
    behaviour = Behaviour(**{field.name: getattr(options, field.name)
                             for field in dataclasses.fields(Behaviour)})
    return Participant(options.user, options.domain, proxy=options.proxy, host=host,
                       sip_port=int(port), msrp_port=options.msrp_port, behaviour=behaviour,
                       transcript=options.transcript, display=options.display,
                       timers=Timers(t1=options.t1),
                       supported=tuple(filter(None, options.supported.split(','))))


def show(entry: dict) -> None:
    print(json.dumps(entry, ensure_ascii=False), flush=True)


async def standard_input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


async def run(options: argparse.Namespace) -> int:
    user = make(options)
    user.transcript.listeners.append(show)
    async with user:
        if options.register:
            await user.register()
        console, lines = Console(user), await standard_input()
        while line := (await lines.readline()).decode('utf-8', 'replace'):
            if line.strip() and not await console.handle(line):
                break
        await user.leave_all()
    for violation in user.violations:
        print(violation, file=sys.stderr)
    return 1 if user.violations and not options.lenient else 0


if __name__ == '__main__':
    sys.exit(asyncio.run(run(arguments())))
