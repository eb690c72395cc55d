# SPDX-License-Identifier: MIT
"""What the chaos test in rooms adds to talk_judge.py: how its kills are seen, and two excuses more. Pure, as that is.

The gateway's occupants are out of a room from the death of the XMPP server until the gateway has entered again, and nobody of them is
told: what was said meanwhile comes from the room's history. It does not when the server dies again before, and its history with it, or
the gateway, and with it the knowledge since when: `unhealed`.

A line that the dying server had passed on, but not to the gateway, which waits for its echo, is said again under the same id when the
server is back: its reader knows it by that, `again`.
"""
from talk_judge import Absence, Kill, judge, points

LINKS_S = 3   # until the gateway's links to a server that is back stand again
SHARE = 1 / 6  # of the lines said, heard by everybody: whoever is out all the time misses nothing
HOME, GATEWAY = "prosody", "mucsipd"


def kills_of(kills, clock):
    """Kills of the killer, which are of the wall clock, as those of the talk."""
    return [Kill(kill.victim, kill.at - clock, kill.back + LINKS_S - clock) for kill in kills]


def unhealed(kills):
    """When occupants of the gateway were out of the room without a history for that time."""
    return [Absence(f"{first.server} and {second.server} killed", first.at, second.back)
            for first in kills if first.server == HOME
            for second in kills if second.server in (HOME, GATEWAY) and first.at < second.at <= first.back]


def again(account, lines, kills):
    """What was heard, but of each line that was said again only the last time: that is when the others heard it."""
    latest, spent, dropped = {}, set(), set()
    for place, (number, _, at) in enumerate(account.heard):
        if number in latest and number in lines and len(account.names.get(number, ())) == 1:
            before, then = latest[number]
            kill = next((index for index, kill in enumerate(kills) if kill.server == HOME and kill.falls_into(then, at)
                         and (lines[number].author, index) not in spent), None)
            if kill is not None:
                spent.add((lines[number].author, kill))
                dropped.add(before)
        latest[number] = place, at
    return [entry for place, entry in enumerate(account.heard) if place not in dropped]


def judged(lines, accounts, guests, kills, least, servers):
    """(is it good, what it says); `guests` are those of the accounts who are in the room through the gateway."""
    for account in guests:
        account.absences += unhealed(kills)
    for account in accounts:
        account.heard = again(account, lines, kills)
    return points(judge(lines, accounts, kills), least, servers, kills, SHARE)
