#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every kind of vector in vectors-one-to-one.json has a runner that asserts how many there are: check_vectors.py SOURCE_ROOT.

A kind that waits for a piece of work of its own (presence) is named here; a runner of it then must not exist. Prints one line per
breach; the last line is a count.
"""
import collections
import glob
import json
import re
import sys

# docs/conformance.md, "Rows that wait": presence and rosters
WAIT = {"tuple_id_x2s", "tuple_id_s2x", "priority_x2s", "priority_s2x", "subscription_x2s", "subscription_s2x", "state_x2s", "state_s2x"}
RUNNER = re.compile(r'ck_assert_int_eq\(\s*vectors_each\(\s*[\w".-]+,\s*"(\w+)",\s*\w+\),\s*(\d+)\)')


def kinds(root):
    with open(f"{root}/tests/vectors/vectors-one-to-one.json", encoding="utf-8") as text:
        return collections.Counter(vector["kind"] for vector in json.load(text)["vectors"])


def runners(root):
    """kind -> numbers that are asserted"""
    found = collections.defaultdict(set)
    for path in glob.glob(f"{root}/tests/unit/*.c") + glob.glob(f"{root}/tests/adapter/*.c"):
        with open(path, encoding="utf-8") as text:
            for kind, number in RUNNER.findall(text.read()):
                found[kind].add(int(number))
    return found


def breaches(root):
    run = runners(root)
    for kind, count in kinds(root).items():
        if kind in WAIT and kind in run:
            yield f"{kind}: has a runner, yet it is listed as one that waits"
        elif kind not in WAIT and kind not in run:
            yield f"{kind}: {count} vectors that nothing runs"
        elif kind not in WAIT and run[kind] != {count}:
            yield f"{kind}: {count} vectors, {sorted(run[kind])} are asserted"


def main():
    found = list(breaches(sys.argv[1]))
    for line in found:
        print(line)
    print(f"{len(found)} breaches of the vectors")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
