#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A process full of users of one side: crowd.py '{"side": "xmpp" or "sip", "users": [...], ...}', written by run.py.

It can be killed at any time; started again, its users go on where their journals end. It ends when all its users have written
their last message and nobody waits for a late outcome any more, which is its conductor's to decide.
"""
import asyncio
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "interop"))

import journal  # noqa: E402
from sip_user import SipUser  # noqa: E402
from xmpp_user import XmppUser  # noqa: E402


def users(settings):
    for who in settings["users"]:
        if settings["side"] == "xmpp":
            yield XmppUser(who, settings["journals"], settings["port"], settings["password"])
        else:
            yield SipUser(who, settings["journals"], settings["proxy"], settings["ports"][who])


async def main(settings):
    crowd = list(users(settings))
    partners = {user.partner: user for user in crowd}
    tails = [journal.Tail(settings["journals"], partner) for partner in partners]
    follower = journal.follow(tails, lambda fact: partners[fact["who"]].hear(fact))
    print("ready", flush=True)
    await asyncio.gather(follower, *(user.live() for user in crowd))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
