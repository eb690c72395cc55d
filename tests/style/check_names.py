#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the conventions of docs/architecture.md section 8 that a program can judge: check_names.py SOURCE_ROOT BUILD_ROOT.

A public symbol begins with its file's stem; a file names its licence first; a header guards itself and says what each of its
functions is for; nothing is left to do; no file knows the machine it was written on; every program of tests is run. One line
per breach; the last is a count.
"""
import glob
import os
import re
import subprocess
import sys

FOLDERS = ("mapping", "xmpp", "sip", "gateway", "tests", "scripts", "data", "docs")
ENDINGS = (".c", ".h", ".py", ".sh")
OBVIOUS = re.compile(r"\w+_(free|unref|clear|quark)")  # the name says all
LEFT_TO_DO = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
# The places where people and build machines keep sources; a template of mkstemp() is none.
MACHINE = re.compile(r"(?<![\w.}])/(?:work|home|root|Users|builds?|tmp)/\w(?!\S*XXXXXX)")
DECLARATION = re.compile(r"^(?!typedef|struct|enum|union|static const|#|//|G_|extern \"C\")[A-Za-z_][\w \*]*?[ \*](\w+)\(")


def files(root):
    """Every text file of the project, by its path below the root."""
    for folder in FOLDERS:
        for path in sorted(glob.glob(f"{root}/{folder}/**/*", recursive=True)):
            if os.path.isfile(path) and "__pycache__" not in path:
                yield os.path.relpath(path, root)


def read(root, file):
    try:
        with open(os.path.join(root, file), encoding="utf-8") as text:
            return text.read().splitlines()
    except UnicodeDecodeError:
        return []


def check_file(file, lines):
    is_script = bool(lines) and lines[0].startswith("#!")
    is_code = is_script or file.endswith(ENDINGS)
    for number, line in enumerate(lines, 1):
        if MACHINE.search(line):
            yield f"{file}:{number}: names a path of a machine"
        if is_code and LEFT_TO_DO.search(line):
            yield f"{file}:{number}: is left to do"
    licence = lines[is_script] if len(lines) > is_script else ""
    if is_code and lines and not re.fullmatch(r"(//|#) SPDX-License-Identifier: MIT", licence):
        yield f"{file}:1: does not begin with its licence"


def comment_above(lines, number):
    """The comment above line `number` and the other declarations of its group."""
    above = number - 1
    while above >= 0 and lines[above].strip() and not lines[above].startswith("//"):
        above -= 1
    block = []
    while above >= 0 and lines[above].startswith("//"):
        block.insert(0, lines[above])
        above -= 1
    return "\n".join(block)


def stems(root, file):
    """The stems that names in a header may begin with: its own, or, in what files of one folder share, those of its sources."""
    sources = glob.glob(f"{root}/{os.path.dirname(file)}/*.c")
    return {os.path.splitext(os.path.basename(path))[0] for path in [file, *sources]}


def check_header(root, file, lines):
    if "#pragma once" not in lines:
        yield f"{file}:1: has no #pragma once"
    known = stems(root, file)
    for number, line in enumerate(lines):
        match = DECLARATION.match(line)
        if not match:
            continue
        name = match.group(1)
        if name not in known and not any(name.startswith(stem + "_") for stem in known):
            yield f"{file}:{number + 1}: {name} does not begin with the stem of a file beside it"
        if not OBVIOUS.fullmatch(name) and "What:" not in comment_above(lines, number):
            yield f"{file}:{number + 1}: {name} does not say What: it does"


def check_tests(root):
    """A program of tests that no build file names proves nothing; those in folders further down are found by Python."""
    for path in sorted(glob.glob(f"{root}/tests/*/*")):
        name = re.fullmatch(r"(?:test|fuzz)_(\w+)\.(?:c|py)", os.path.basename(path))
        builder = os.path.join(os.path.dirname(path), "meson.build")
        words = open(builder, encoding="utf-8").read() if name and os.path.exists(builder) else ""
        if name and not any(f"'{word}'" in words for word in (name[1], name[0])):
            yield f"{os.path.relpath(path, root)}: is run by no meson.build"


def check_symbols(build):
    for archive in sorted(glob.glob(f"{build}/*/lib*.a") + glob.glob(f"{build}/sip/*/lib*.a")):
        done = subprocess.run(["nm", "-A", "--defined-only", "--extern-only", archive],
                              capture_output=True, text=True, check=True)
        for line in done.stdout.splitlines():
            member, symbol = line.split(":")[-2], line.split()[-1]
            stem = re.sub(r"(\.c)?\.o$", "", os.path.basename(member)).removeprefix("dialect_")
            if not symbol.startswith((stem + "_", "__")) and symbol not in (stem, "main"):
                yield f"{os.path.basename(archive)}: {symbol} of {stem}.c does not begin with {stem}_"


def main(root, build):
    breaches = []
    for file in files(root):
        lines = read(root, file)
        breaches += check_file(file, lines)
        if file.endswith(".h"):
            breaches += check_header(root, file, lines)
    breaches += [*check_tests(root), *check_symbols(build)]
    print(*breaches, f"{len(breaches)} breaches of the conventions", sep="\n")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
