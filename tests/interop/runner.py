# SPDX-License-Identifier: MIT
"""Runs the test functions of one file against one set of servers and reports them in TAP.

A file says `@test` before each async function that takes the World, and ends with `main(...)`. Each function has its own
deadline, its own users and rooms; the servers are shared. With --tcp all SIP goes over TCP, with --ejabberd that is the XMPP
server instead of Prosody. What each client saw stays under the log directory
(MUCSIP_TEST_LOG, else a temporary one), one folder per function, and is named when the function fails.
"""
import asyncio
import inspect
import os
import shutil
import sys
import tempfile
import time
import traceback

from world import EJABBERD, PROSODY, World

TEST_S = 120
SUITE_S = 580
GOODBYES_S = 15
VARIANTS = ("--tcp", "--ejabberd")
_tests = []


def test(function=None, *, within=TEST_S, only=None):
    """Marks a test function; `within` is its deadline in seconds where that is a long one, `only` the XMPP server whose ways it is about."""
    if function is None:
        return lambda marked: test(marked, within=within, only=only)
    if only in (None, EJABBERD if "--ejabberd" in sys.argv else PROSODY):
        _tests.append((function, max(within, TEST_S)))
    return function


class Skip(Exception):
    """Raised by a test that this machine cannot tell; says why. With CI=true that is a failure."""


def _in_ci():
    return os.environ.get("CI") == "true"


def _say(line):
    print(line, flush=True)


def _explain(error, world):
    """Diagnostic lines under a failed test."""
    where = [frame for frame in traceback.extract_tb(error.__traceback__) if "/tests/interop/" in frame.filename]
    for frame in where[-2:]:
        _say(f"#   {os.path.basename(frame.filename)}:{frame.lineno}: {frame.line}")
    for line in (f"{type(error).__name__}: {error}" or "").splitlines():
        _say("#   " + line)
    if world is not None:
        _say(f"#   transcripts and logs: {world.directory}")


async def _run_one(world, number, function, within):
    began = time.monotonic()
    try:
        await asyncio.wait_for(world.begin(function.__name__), within)
        await asyncio.wait_for(function(world), within)
        world.check()
        _say(f"ok {number} - {function.__name__}")
        return True
    except Skip as why:
        _say(f"not ok {number} - {function.__name__} ({why})" if _in_ci() else f"ok {number} - {function.__name__} # SKIP {why}")
        return not _in_ci()
    except (Exception, asyncio.CancelledError) as error:  # a failed test must not end the others
        _say(f"not ok {number} - {function.__name__} ({time.monotonic() - began:.1f} s)")
        _explain(error, world)
        return False
    finally:
        try:
            await asyncio.wait_for(world.end(), GOODBYES_S)
        except Exception as error:  # told, but the verdict stands
            _say(f"# after {function.__name__}: {type(error).__name__}: {error}")


async def _run_all(parts, options):
    directory = _log_directory()
    world = World(directory, parts, transport="tcp" if "--tcp" in sys.argv else "udp", **options)
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    wanted = [entry for entry in _tests if not words or any(word in entry[0].__name__ for word in words)]
    _say(f"1..{len(wanted) + 1}")
    good = 0
    try:
        await world.start()
        for number, (function, within) in enumerate(wanted, 1):
            good += await _run_one(world, number, function, within)
    except Exception as error:  # the servers did not start
        _say("Bail out! " + str(error).splitlines()[0])
        _explain(error, world)
    disorder = await world.stop()
    _say(f"{'not ok' if disorder else 'ok'} {len(wanted) + 1} - the_servers_end_in_order")
    for line in disorder:
        _say("#   " + line)
    return good == len(wanted) and not disorder


def _log_directory():
    """An empty folder for this file's run."""
    name = os.path.splitext(os.path.basename(sys.argv[0]))[0] + "".join(word for word in sys.argv if word in VARIANTS)
    directory = os.path.join(os.environ.get("MUCSIP_TEST_LOG") or tempfile.mkdtemp(prefix="mucsip-interop-"), name)
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    return directory


def _missing(programs):
    return [program for program in programs if not (shutil.which(program) or os.access(program, os.X_OK))]


def main(*parts, programs=(), suite_s=SUITE_S, **options):
    """Runs every marked function (or those named on the command line) with the servers `parts`; ends the process."""
    if "--ejabberd" in sys.argv:
        parts = [EJABBERD if part == PROSODY else part for part in parts]
    missing = _missing(World.programs(parts) + list(programs))
    if missing:
        _say(f"1..1\nnot ok 1 - needs {' '.join(missing)}" if _in_ci() else f"1..0 # SKIP not installed: {' '.join(missing)}")
        sys.exit(1 if _in_ci() else 0)
    assert all(inspect.iscoroutinefunction(function) for function, _ in _tests)
    try:
        passed = asyncio.run(asyncio.wait_for(_run_all(parts, options), suite_s))
    except asyncio.TimeoutError:
        _say(f"Bail out! the suite took longer than {suite_s} s")
        passed = False
    sys.exit(0 if passed else 1)
