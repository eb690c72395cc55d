#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every kind of vector in vectors-one-to-one.json has a runner that asserts how many there are, and every pure vector of
vectors-groupchat.json is named in quotes by a C test that runs it: check_vectors.py SOURCE_ROOT.

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
COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.S | re.M)
NAMED = re.compile(r'"(GV-\d{3})"')


def vectors(root, name):
    with open(f"{root}/tests/vectors/vectors-{name}.json", encoding="utf-8") as text:
        return json.load(text)["vectors"]


def kinds(root):
    return collections.Counter(vector["kind"] for vector in vectors(root, "one-to-one"))


def c_tests(root):
    """The text of each, without its comments: what is only spoken of does not run."""
    for path in glob.glob(f"{root}/tests/unit/*.c") + glob.glob(f"{root}/tests/adapter/*.c"):
        with open(path, encoding="utf-8") as text:
            yield COMMENT.sub("", text.read())


def runners(root):
    """kind -> numbers that are asserted"""
    found = collections.defaultdict(set)
    for text in c_tests(root):
        for kind, number in RUNNER.findall(text):
            found[kind].add(int(number))
    return found


def unnamed(root):
    """Pure vectors of rooms that no C test names."""
    named = {ident for text in c_tests(root) for ident in NAMED.findall(text)}
    return [vector["id"] for vector in vectors(root, "groupchat") if vector["kind"] == "pure" and vector["id"] not in named]


def breaches(root):
    run = runners(root)
    for kind, count in kinds(root).items():
        if kind in WAIT and kind in run:
            yield f"{kind}: has a runner, yet it is listed as one that waits"
        elif kind not in WAIT and kind not in run:
            yield f"{kind}: {count} vectors that nothing runs"
        elif kind not in WAIT and run[kind] != {count}:
            yield f"{kind}: {count} vectors, {sorted(run[kind])} are asserted"
    for ident in unnamed(root):
        yield f"{ident}: nothing runs it"


def main():
    found = list(breaches(sys.argv[1]))
    for line in found:
        print(line)
    print(f"{len(found)} breaches of the vectors")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
