# SPDX-License-Identifier: MIT
"""The patches of tests/faults fit the sources as they are, and say what they break, which row forbids it and who notices."""
import glob
import os
import re
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PATCHES = sorted(glob.glob(os.path.join(ROOT, "tests", "faults", "*.patch")))


def programs():
    """Names of the fast tests: those of the files in the lists of their meson.build, and the ladders."""
    names = {os.path.basename(path)[len("test_"):-len(".c")] for path in glob.glob(f"{ROOT}/tests/[ua]*/test_*.c")}
    return names | {"ladders"}


class Faults(unittest.TestCase):
    def test_there_are_enough(self):
        self.assertGreaterEqual(len(PATCHES), 26)

    def test_each_says_what_it_breaks_and_who_notices(self):
        for path in PATCHES:
            with self.subTest(os.path.basename(path)), open(path, encoding="utf-8") as text:
                says, row, noticed = text.read().split("\n\ndiff --git ")[0].splitlines()
                self.assertTrue(says.endswith("."))
                self.assertRegex(row, r"^Row: \S")
                self.assertRegex(noticed, r"^Noticed by: \S")
                self.assertLessEqual(set(noticed.split()[2:]), programs())

    def test_each_applies(self):
        environment = {**os.environ, "GIT_CEILING_DIRECTORIES": os.path.dirname(ROOT)}
        for path in PATCHES:
            with self.subTest(os.path.basename(path)):
                tried = subprocess.run(["git", "apply", "--check", "-p1", "-C1", path], cwd=ROOT, env=environment, timeout=10,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
                self.assertEqual(tried.returncode, 0, tried.stdout)

    def test_names_are_numbered_once(self):
        numbers = [re.match(r"(\d{2,3})-[a-z0-9-]+\.patch$", os.path.basename(path)).group(1) for path in PATCHES]
        self.assertEqual(len(numbers), len(set(numbers)))


if __name__ == "__main__":
    sys.exit(unittest.main())
