# SPDX-License-Identifier: MIT
"""scripts/tally.py tells the truth: what ran is counted once, what failed fails, what should have run and did not fails."""
import contextlib
import importlib.util
import io
import json
import os
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SPEC = importlib.util.spec_from_file_location("tally", os.path.join(ROOT, "scripts", "tally.py"))
tally = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tally)


class Tally(unittest.TestCase):
    def tell(self, **files):
        """(last line, exit status) for a log directory with these files."""
        with tempfile.TemporaryDirectory() as directory:
            for name, content in files.items():
                with open(os.path.join(directory, name.replace("_", ".")), "w", encoding="utf-8") as out:
                    out.write(content if isinstance(content, str) else "".join(json.dumps(one) + "\n" for one in content))
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                status = tally.main(directory)
        return said.getvalue().splitlines()[-1], status

    def test_tap_lines_are_counted_one_by_one(self):
        log = [{"name": "a", "result": "OK", "stdout": "1..2\nok 1 - x\nok 2 - y\n"},
               {"name": "b", "result": "FAIL", "stdout": "1..2\nok 1 - x\nnot ok 2 - y\n# why\n"}]
        self.assertEqual(self.tell(fast_json=log), ("3 passed, 1 failed", 1))

    def test_a_program_without_tap_is_one_test(self):
        log = [{"name": "a", "result": "OK", "stdout": ""}, {"name": "b", "result": "OK", "stdout": "fine\n"}]
        self.assertEqual(self.tell(fast_json=log), ("2 passed, 0 failed", 0))

    def test_a_crash_after_good_lines_is_a_failure(self):
        log = [{"name": "a", "result": "ERROR", "stdout": "1..3\nok 1 - x\nok 2 - y\n"}]
        self.assertEqual(self.tell(fast_json=log), ("2 passed, 1 failed", 1))

    def test_a_timeout_without_output_is_a_failure(self):
        self.assertEqual(self.tell(fast_json=[{"name": "a", "result": "TIMEOUT"}]), ("0 passed, 1 failed", 1))

    def test_what_was_skipped_counts_neither_way(self):
        log = [{"name": "a", "result": "SKIP", "stdout": "1..0 # SKIP not installed: prosody\n"},
               {"name": "b", "result": "OK", "stdout": "1..2\nok 1 - x\nok 2 - y # SKIP no z\n"}]
        self.assertEqual(self.tell(interop_json=log), ("1 passed, 0 failed", 0))

    def test_a_log_that_should_have_been_written_is_a_failure(self):
        log = [{"name": "a", "result": "OK", "stdout": "ok 1 - x\n"}]
        self.assertEqual(self.tell(fast_json=log, interop_json=""), ("1 passed, 1 failed", 1))

    def test_nothing_at_all_is_no_success(self):
        self.assertEqual(self.tell(), ("0 passed, 0 failed", 1))

    def test_other_checkers_count_by_status_or_by_their_lines(self):
        self.assertEqual(self.tell(faults_out="ok 1 - a\nnot ok 2 - b\n", faults_status="1\n", conformance_out="fine\n",
                                   conformance_status="0\n"), ("2 passed, 1 failed", 1))


if __name__ == "__main__":
    sys.exit(unittest.main())
