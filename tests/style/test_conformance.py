#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tests/conformance on a small tree: what counts as covered, and what it complains of."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "conformance")
MATRIX = "| Id | Rule |\n|---|---|\n" + "".join(f"| {row} | x |\n" for row in ("IM-01", "IM-02", "IM-03", "IM-04", "D-01"))
C_TEST = """
/* IM-01
   IM-02 */
START_TEST(above)
{
}
END_TEST

/* see IM-03 */
START_TEST(inside)
{
    /* IM-04 */
}
END_TEST
"""
PYTHON_TEST = '''
@test
async def by_comment(world):
    # rows: IM-01
    pass

@test
async def by_words(world):
    """A story.

    rows: IM-02 IM-03
    """
'''


class Conformance(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = scratch.name
        self.write("docs/conformance/one-to-one.md", MATRIX)
        self.write("docs/conformance/groupchat-and-escalation.md", "| ESC-001 | a \\| b |\n")
        self.write("docs/conformance.md", "")
        self.lines = []

    def write(self, file, text):
        path = os.path.join(self.root, file)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)

    def ran(self, name, *lines, log="build/test-log/fast.json"):
        """One program of a test run and its TAP lines."""
        self.lines.append(json.dumps({"name": f"mucsip:unit / {name}", "stdout": "\n".join(lines), "result": "OK"}))
        self.write(log, "\n".join(self.lines))

    def listing(self, expected_status=0):
        done = subprocess.run([sys.executable, PROGRAM, self.root], capture_output=True, text=True)
        self.assertEqual(done.returncode, expected_status, done.stdout + done.stderr)
        return done.stdout.splitlines()

    def test_rows_of_passed_c_tests_are_covered(self):
        self.write("tests/unit/test_x.c", C_TEST)
        self.ran("x", "ok 1 - ../tests/unit/test_x.c:x:above: Passed", "ok 2 - ../tests/unit/test_x.c:x:inside: Passed")
        self.assertEqual(self.listing(), [
            "IM-01 covered tests/unit/test_x.c:above", "IM-02 covered tests/unit/test_x.c:above", "IM-03 open",
            "IM-04 covered tests/unit/test_x.c:inside", "ESC-001 open", "covered 3, declined 0, open 2"])

    def test_a_c_test_whose_last_check_stands_in_a_helper_is_known_by_its_program(self):
        self.write("tests/unit/test_x.c", C_TEST)
        self.ran("x", "ok 1 - ../tests/support/stage.c:x:above: Passed")
        self.assertIn("IM-01 covered tests/unit/test_x.c:above", self.listing())

    def test_rows_of_tests_that_failed_or_did_not_run_are_open(self):
        self.write("tests/unit/test_x.c", C_TEST)
        self.ran("x", "not ok 1 - ../tests/unit/test_x.c:x:above: ...")
        listing = self.listing()
        self.assertIn("IM-01 open tests/unit/test_x.c:above failed", listing)
        self.assertIn("IM-04 open tests/unit/test_x.c:inside did not run", listing)

    def test_a_test_must_pass_in_every_log(self):
        self.write("tests/unit/test_x.c", C_TEST)
        self.ran("x", "ok 1 - ../tests/unit/test_x.c:x:above: Passed")
        self.lines = []
        self.ran("x", "not ok 1 - ../tests/unit/test_x.c:x:above: ...", log="build/test-log/fast-sanitized.json")
        self.assertIn("IM-01 open tests/unit/test_x.c:above failed", self.listing())

    def test_one_failed_test_of_two_leaves_the_row_open(self):
        self.write("tests/unit/test_x.c", C_TEST)
        self.write("tests/interop/test_y.py", PYTHON_TEST)
        self.ran("x", "ok 1 - ../tests/unit/test_x.c:x:above: Passed")
        self.assertIn("IM-01 covered tests/unit/test_x.c:above", self.listing())
        self.ran("y", "not ok 1 - by_comment (1.0 s)")
        self.assertIn("IM-01 open tests/interop/test_y.py:by_comment failed", self.listing())

    def test_python_functions_name_rows_in_comments_and_words(self):
        self.write("tests/interop/test_y.py", PYTHON_TEST)
        self.ran("y", "ok 1 - by_comment", "ok by_words")
        self.assertEqual(self.listing()[:3], ["IM-01 covered tests/interop/test_y.py:by_comment",
                                              "IM-02 covered tests/interop/test_y.py:by_words",
                                              "IM-03 covered tests/interop/test_y.py:by_words"])

    def test_a_skipped_test_covers_nothing(self):
        self.write("tests/interop/test_y.py", PYTHON_TEST)
        self.ran("y", "ok 1 - by_comment # SKIP no server", "ok 2 - by_words")
        self.assertIn("IM-01 open tests/interop/test_y.py:by_comment did not run", self.listing())

    def test_a_program_of_another_name_covers_nothing(self):
        self.write("tests/interop/test_y.py", PYTHON_TEST)
        self.ran("z", "ok 1 - by_comment")
        self.assertIn("IM-01 open tests/interop/test_y.py:by_comment did not run", self.listing())

    def test_scenarios_name_rows(self):
        self.write("tests/scenario/page_chat.ladder", "# rows: IM-01, ESC-001\nxmpp message\n")
        self.ran("ladders", "ok 1 - page_chat")
        self.assertIn("ESC-001 covered tests/scenario/page_chat.ladder:page_chat", self.listing())

    def test_declined_rows_have_their_reason(self):
        self.write("docs/conformance.md", "| Row | Reason |\n|---|---|\n| IM-03 | nobody asked |\n")
        self.ran("x", "ok 1 - a")
        self.assertIn("IM-03 declined nobody asked", self.listing())
        self.assertEqual(self.listing()[-1], "covered 0, declined 1, open 4")

    def test_what_does_not_fit_together_is_a_fault(self):
        self.write("docs/conformance.md", "| IM-01 | no |\n| IM-77 | no |\n")
        self.write("tests/unit/test_x.c", C_TEST.replace("IM-04", "IM-88"))
        listing = self.listing(expected_status=1)
        for fault in ("FAULT no result", "FAULT IM-88 is named by", "FAULT IM-77 is declined and in",
                      "FAULT IM-01 is declined and yet named"):
            self.assertEqual(sum(line.startswith(fault) for line in listing), 1, listing)

    def test_a_later_run_of_meson_alone_counts(self):
        self.write("tests/unit/test_x.c", C_TEST)
        self.ran("x", "ok 1 - ../tests/unit/test_x.c:x:above: Passed")
        self.lines = []
        self.ran("x", "ok 1 - ../tests/unit/test_x.c:x:inside: Passed", log="build/meson-logs/testlog.json")
        os.utime(os.path.join(self.root, "build/meson-logs/testlog.json"), (1, 1))
        self.assertIn("IM-04 open tests/unit/test_x.c:inside did not run", self.listing())
        os.utime(os.path.join(self.root, "build/test-log/fast.json"), (0, 0))
        self.assertIn("IM-04 covered tests/unit/test_x.c:inside", self.listing())


if __name__ == "__main__":
    unittest.main(verbosity=2)
