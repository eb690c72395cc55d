# SPDX-License-Identifier: MIT
"""Adds up what scripts/test left in its log directory and prints the failures and the last line.

NAME.json are meson's test logs: a test counts by its TAP lines, or as one if it prints none. NAME.out with NAME.status are
other checkers, counted the same way. A program that failed without a failed line counts as one failure, and so does an
empty log: what should have run and did not.
"""
import glob
import json
import os
import re
import sys

SKIPPED = re.compile(r"#\s*skip\b(.*)", re.IGNORECASE)
DETAIL_LINES = 12


def count(output, succeeded):
    """(passed, failed, names of skipped) of one program."""
    lines = [line for line in output.splitlines() if re.match(r"^\s*(not )?ok\b", line)]
    skipped = [match.group(1).strip() for match in map(SKIPPED.search, output.splitlines()) if match]
    run = [line for line in lines if not SKIPPED.search(line)]
    failed = sum(line.lstrip().startswith("not ok") for line in run)
    passed = len(run) - failed
    if not succeeded and not failed:
        failed = 1
    if not run and succeeded and not skipped:
        passed = 1
    return passed, failed, skipped


def failures(name, output):
    """The lines worth reading first."""
    lines = output.splitlines()
    for number, line in enumerate(lines):
        if line.lstrip().startswith("not ok") or line.startswith("Bail out!"):
            yield f"FAILED {name}: {line.strip()}"
            for detail in lines[number + 1:number + 1 + DETAIL_LINES]:
                if not detail.lstrip().startswith("#"):
                    break
                yield detail


def results(directory):
    """(name, output, succeeded) of every program that ran."""
    for path in sorted(glob.glob(os.path.join(directory, "*.json"))):
        base = os.path.splitext(os.path.basename(path))[0]
        if os.path.getsize(path) == 0:
            yield base, "no test of this kind ran", False
        with open(path, encoding="utf-8") as log:
            for line in log:
                one = json.loads(line)
                if one["result"] != "SKIP" or one.get("stdout"):
                    yield (f"{base}/{one['name']}", one.get("stdout", "") + "\n" + one.get("stderr", ""),
                           one["result"] in ("OK", "SKIP", "EXPECTEDFAIL"))
    for path in sorted(glob.glob(os.path.join(directory, "*.status"))):
        base = os.path.splitext(path)[0]
        with open(path, encoding="utf-8") as status, open(base + ".out", encoding="utf-8", errors="replace") as out:
            yield os.path.basename(base), out.read(), status.read().strip() == "0"


def main(directory):
    passed = failed = 0
    for name, output, succeeded in results(directory):
        good, bad, skipped = count(output, succeeded)
        passed, failed = passed + good, failed + bad
        for why in skipped:
            print(f"SKIPPED {name}: {why}")
        if bad:
            told = list(failures(name, output)) or [f"FAILED {name}:"] + output.strip().splitlines()[-DETAIL_LINES:]
            print("\n".join(told))
    if failed:
        print(f"details: {directory}")
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
