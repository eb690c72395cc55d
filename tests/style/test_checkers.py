#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The style checkers bite: each of a small tree's faults is named by them, and nothing else of it."""
import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import check_layers  # noqa: E402
import check_names  # noqa: E402
import check_vectors  # noqa: E402

LICENCE = "// SPDX-License-Identifier: MIT\n"
HEADER = LICENCE + "#pragma once\n// What: something.\nvoid {0}_do(void);\n"
SOURCE = LICENCE + "void {0}_do(void);\n{1}\nvoid {0}_do(void)\n{{\n{2}\n}}\n"

OBJECTS = tempfile.mkdtemp()
atexit.register(shutil.rmtree, OBJECTS)


@functools.lru_cache(maxsize=None)
def compiled(text):
    """The object file of a source, made once for all trees."""
    path = os.path.join(OBJECTS, f"{len(os.listdir(OBJECTS))}.o")
    subprocess.run(["cc", "-w", "-c", "-x", "c", "-o", path, "-"], input=text, text=True, check=True)
    return path


class Tree(unittest.TestCase):
    """A source and a build tree with one good file per layer."""

    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.root = os.path.join(self.scratch.name, "source")
        self.build = os.path.join(self.scratch.name, "build")
        for folder in check_layers.LAYERS:
            self.source(folder, "good_" + folder.replace("/", "_"))

    def write(self, file, text):
        path = os.path.join(self.root, file)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)

    def source(self, folder, stem, declarations="", body=""):
        self.write(f"{folder}/{stem}.h", HEADER.format(stem))
        self.write(f"{folder}/{stem}.c", SOURCE.format(stem, declarations, body))

    def compile(self):
        """Puts the sources into the archives where the build leaves them."""
        for folder, layer in check_layers.LAYERS.items():
            archive = os.path.join(self.build, layer.archive)
            os.makedirs(os.path.dirname(archive), exist_ok=True)
            for name in sorted(os.listdir(os.path.join(self.root, folder))):
                if name.endswith(".c"):
                    prefix = "dialect_" if folder == "sip/dialect" else ""
                    member = os.path.join(os.path.dirname(archive), prefix + name + ".o")
                    shutil.copy(compiled("\n".join(check_names.read(self.root, f"{folder}/{name}"))), member)
                    subprocess.run(["ar", "rc", archive, member], check=True)

    def layers(self):
        self.compile()
        return [*check_layers.check_includes(self.root), *check_layers.check_symbols(self.root, self.build)]

    def names(self):
        found = [breach for file in check_names.files(self.root)
                 for breach in [*check_names.check_file(file, check_names.read(self.root, file)),
                                *(check_names.check_header(self.root, file, check_names.read(self.root, file))
                                  if file.endswith(".h") else [])]]
        self.compile()
        return found + [*check_names.check_symbols(self.build)]

    def assert_one(self, breaches, *words):
        self.assertEqual(len(breaches), 1, breaches)
        for word in words:
            self.assertIn(word, breaches[0])


class Layers(Tree):
    def test_a_good_tree_has_no_breach(self):
        self.assertEqual(self.layers(), [])

    def test_each_forbidden_include_is_named(self):
        for folder, include in [("mapping", "<gio/gio.h>"), ("mapping", "<time.h>"), ("mapping", "<stdio.h>"),
                                ("mapping", '"xmpp/good.h"'), ("mapping", '"good.h"'), ("sip/body", "<sofia-sip/sdp.h>"),
                                ("sip/body", '"mapping/good.h"'), ("sip/msrp", '"mapping/good.h"'),
                                ("sip/msrp", "<openssl/ssl.h>"), ("xmpp", "<sofia-sip/nua.h>"), ("xmpp", '"sip/good.h"'),
                                ("sip", "<strophe.h>"), ("gateway", "<strophe.h>"), ("gateway", "<sqlite3.h>"),
                                ("gateway", "<sofia-sip/su.h>"), ("gateway", '"sip/msrp/good.h"')]:
            with self.subTest(folder=folder, include=include):
                self.write(f"{folder}/bad.h", LICENCE + f"#include {include}\n")
                self.assert_one([*check_layers.check_includes(self.root)], f"{folder}/bad.h:2", include[1:-1])
                os.remove(f"{self.root}/{folder}/bad.h")

    def test_a_library_is_for_the_files_it_is_meant_for(self):
        self.write("gateway/store_schema.c", LICENCE + "#include <sqlite3.h>\n")
        self.write("sip/msrp/msrp_tls.c", LICENCE + "#include <openssl/ssl.h>\n")
        self.write("sip/dialect/lync.c", LICENCE + "#include <sofia-sip/sip.h>\n")
        self.assertEqual([*check_layers.check_includes(self.root)], [])

    def test_a_folder_without_a_layer_is_named(self):
        self.write("helpers/bad.c", LICENCE)
        self.assert_one([*check_layers.check_includes(self.root)], "helpers/bad.c", "no layer")

    def test_a_name_that_two_folders_have_is_named(self):
        for folder in ("mapping", "sip"):
            self.write(f"{folder}/page.c", LICENCE + "void page_send(void);\nvoid page_send(void)\n{\n}\n")
        self.assert_one([breach for breach in self.layers() if "page" in breach], "libmapping.a", "libsip.a", "page_send")

    def test_a_missing_archive_is_named(self):
        self.compile()
        os.remove(f"{self.build}/xmpp/libxmpp.a")
        self.assert_one([*check_layers.check_symbols(self.root, self.build)], "libxmpp.a", "not built")


class Symbols(Tree):
    """Calls without an include, which only the archives tell."""

    def assert_bites(self, folder, name, stem="bad"):
        self.source(folder, stem, f"void {name}(void);", f"    {name}();")
        self.assert_one(self.layers(), f"{folder}/{stem}.c", name)

    def assert_passes(self, folder, name, stem="fine"):
        self.source(folder, stem, f"void {name}(void);", f"    {name}();")
        self.assertEqual(self.layers(), [])

    def test_the_middle_may_not_ask_the_clock(self):
        self.assert_bites("mapping", "time")

    def test_the_middle_may_not_ask_the_monotonic_clock(self):
        self.assert_bites("mapping", "g_get_monotonic_time")

    def test_the_middle_may_not_open_files(self):
        self.assert_bites("mapping", "open")

    def test_the_middle_may_not_open_sockets(self):
        self.assert_bites("mapping", "socket")

    def test_the_middle_may_not_cast_dice(self):
        self.assert_bites("mapping", "g_random_int")

    def test_the_middle_may_not_reach_gio(self):
        self.assert_bites("mapping", "g_socket_new")

    def test_the_middle_may_not_reach_a_gate(self):
        self.source("mapping", "bad", "void good_do_sip(void);", "    good_do_sip();")
        self.source("sip", "good_do")
        self.write("sip/good_do.c", SOURCE.format("good_do", "void good_do_sip(void) {}", ""))
        self.assert_one(self.layers(), "mapping/bad.c", "good_do_sip of sip/")

    def test_a_function_only_declared_belongs_to_its_folder(self):
        self.write("sip/later.h", HEADER.format("later"))
        self.assert_bites("mapping", "later_do")

    def test_bodies_know_no_sofia(self):
        self.assert_bites("sip/body", "su_root_create")

    def test_msrp_knows_no_sofia(self):
        self.assert_bites("sip/msrp", "su_root_create")

    def test_the_gates_know_only_their_own_library(self):
        self.assert_bites("xmpp", "nua_create")

    def test_sip_knows_no_strophe(self):
        self.assert_bites("sip", "xmpp_conn_new")

    def test_the_house_stores_in_one_place(self):
        self.assert_bites("gateway", "sqlite3_open")

    def test_what_no_library_is_known_for_is_named(self):
        self.assert_bites("xmpp", "nobody_knows_this")

    def test_plain_text_work_passes(self):
        self.assert_passes("mapping", "strlen")

    def test_seeded_dice_pass(self):
        self.assert_passes("mapping", "g_rand_new_with_seed")

    def test_the_store_stores(self):
        self.assert_passes("gateway", "sqlite3_open", stem="store")


class Names(Tree):
    def test_a_good_tree_has_no_breach(self):
        self.assertEqual(self.names(), [])

    def test_a_symbol_without_its_stem_is_named(self):
        self.write("mapping/bad.c", LICENCE + "void other(void);\nvoid other(void)\n{\n}\n")
        self.assert_one(self.names(), "other of bad.c")

    def test_a_declaration_without_its_stem_is_named(self):
        self.write("mapping/bad.h", HEADER.format("other"))
        self.assert_one(self.names(), "mapping/bad.h:4", "other_do")

    def test_a_function_without_words_is_named(self):
        self.write("mapping/bad.h", LICENCE + "#pragma once\n\n// Shape: of things\nint *bad_do(\n    int);\nvoid bad_free(int *bad);\n")
        self.assert_one(self.names(), "mapping/bad.h:5", "bad_do")

    def test_a_header_may_declare_what_files_beside_it_share(self):
        self.write("mapping/shared.h", HEADER.format("good_mapping"))
        self.assertEqual(self.names(), [])

    def test_functions_of_a_group_share_their_words(self):
        self.write("mapping/fine.h", LICENCE + "#pragma once\n// What: both.\nint fine_one(void);\nint fine_two(void);\n")
        self.assertEqual(self.names(), [])

    def test_a_header_without_guard_is_named(self):
        self.write("mapping/bad.h", LICENCE)
        self.assert_one(self.names(), "mapping/bad.h:1", "#pragma once")

    def test_a_file_without_licence_is_named(self):
        for file, text in [("xmpp/bad.c", "// about\n" + LICENCE), ("tests/bad.py", "import os\n"),
                           ("scripts/bad", "#!/bin/sh\nexit 0\n")]:
            self.write(file, text)
            with self.subTest(file=file):
                self.assert_one(self.names(), f"{file}:1", "licence")
            os.remove(os.path.join(self.root, file))

    def test_a_test_that_is_not_run_is_named(self):
        self.write("tests/unit/meson.build", "names: ['run', 'test_too.c']\n")
        for name in ("run", "too", "forgotten"):
            self.write(f"tests/unit/test_{name}.c", LICENCE)
        self.assert_one([*check_names.check_tests(self.root)], "tests/unit/test_forgotten.c")

    def test_a_machine_and_a_thing_left_to_do_are_named(self):
        self.write("docs/bad.md", "see /ho" "me/ann/mucsip\n")
        self.assert_one(self.names(), "docs/bad.md:1", "machine")
        self.write("docs/bad.md", "TO" "DO lists are for other places\n")
        self.write("sip/bad.c", LICENCE + "// FIX" "ME: later\n")
        self.assert_one(self.names(), "sip/bad.c:2", "left to do")


class Vectors(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        for folder in ("tests/vectors", "tests/unit", "tests/adapter"):
            os.makedirs(f"{self.root}/{folder}")
        with open(f"{self.root}/tests/vectors/vectors-one-to-one.json", "w", encoding="utf-8") as out:
            out.write('{"vectors": [{"kind": "one"}, {"kind": "one"}, {"kind": "state_x2s"}]}')
        self.rooms("")

    def rooms(self, vectors):
        with open(f"{self.root}/tests/vectors/vectors-groupchat.json", "w", encoding="utf-8") as out:
            out.write('{"vectors": [%s]}' % vectors)

    def breaches(self, runner):
        with open(f"{self.root}/tests/unit/test_it.c", "w", encoding="utf-8") as out:
            out.write(runner)
        return list(check_vectors.breaches(self.root))

    def test_a_runner_that_asserts_the_number_is_good(self):
        self.assertEqual(self.breaches('ck_assert_int_eq(vectors_each(FILE, "one", each), 2);'), [])

    def test_a_kind_without_a_runner_or_with_another_number_is_named(self):
        for runner in ("", 'vectors_each(FILE, "one", each);', 'ck_assert_int_eq(vectors_each(FILE, "one", each), 1);'):
            self.assertEqual(len(self.breaches(runner)), 1, runner)

    def test_a_runner_of_what_is_listed_as_waiting_is_named(self):
        self.assertEqual(len(self.breaches('ck_assert_int_eq(vectors_each(FILE, "one", each), 2);'
                                           'ck_assert_int_eq(vectors_each(FILE, "state_x2s", each), 1);')), 1)

    def test_a_pure_vector_of_rooms_that_no_c_test_names_is_named(self):
        good = 'ck_assert_int_eq(vectors_each(FILE, "one", each), 2);'
        self.rooms('{"id": "GV-001", "kind": "pure"}, {"id": "GV-031", "kind": "flow"}')
        self.assertEqual(self.breaches(good + 'vectors_each_case("GV-001", each)'), [])
        for runner in ("", "run(GV-001)", 'run("GV-0011")', 'run("GV-002")', '/* "GV-001" */', '// run("GV-001")'):
            self.assertEqual(self.breaches(good + "\n" + runner), ["GV-001: nothing runs it"], runner)


if __name__ == "__main__":
    unittest.main(verbosity=2)
