#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the layers of docs/architecture.md section 2: check_layers.py SOURCE_ROOT BUILD_ROOT.

Two views of the same rule, since a header on the default path includes without a word in meson.build, and a declaration
written by hand links without an include: what each file includes, and what each folder's archive leaves undefined, against the
allow list of the folder. Prints one line per breach; the last line is a count.
"""
import functools
import glob
import os
import re
import subprocess
import sys
from fnmatch import fnmatch
from typing import NamedTuple

# Libraries: the headers that belong to one, and the shared objects that carry its symbols.
LIBRARIES = {
    "glib": (r"glib(-unix)?\.h|glib/.*", ["libglib-2.0.so"]),
    "gio": (r"gio/.*|glib-object\.h", ["libgio-2.0.so", "libgobject-2.0.so"]),
    "expat": (r"expat\.h", ["libexpat.so"]),
    "zlib": (r"zlib\.h", ["libz.so"]),
    "strophe": (r"strophe\.h", ["libstrophe.so"]),
    "sofia": (r"sofia-sip/.*", ["libsofia-sip-ua.so", "libsofia-sip-ua-glib.so"]),
    "sqlite": (r"sqlite3\.h", ["libsqlite3.so"]),
    "openssl": (r"openssl/.*", ["libcrypto.so", "libssl.so"]),
    "json": (r"json-glib/.*", ["libjson-glib-1.0.so"]),
    "soup": (r"libsoup/.*", ["libsoup-3.0.so"]),
    "libc": (r"(sys/|netinet/|arpa/|linux/)?[a-z0-9_]+\.h", ["libc.so.6", "libm.so.6"]),
}


class Layer(NamedTuple):
    archive: str  # below the build root
    sees: tuple  # project folders whose headers and symbols it may use, besides its own
    libraries: dict  # library -> the files (patterns) that may use it
    is_pure: bool = False  # no clock, files, environment, sockets, processes, random numbers


LAYERS = {
    "mapping": Layer("mapping/libmapping.a", (), {"glib": "*"}, is_pure=True),
    "sip/body": Layer("sip/body/libsipbody.a", (), {"glib": "*", "expat": "xml*", "zlib": "inflate*"}, is_pure=True),
    "sip/msrp": Layer("sip/msrp/libmsrp.a", (), {"glib": "*", "gio": "*", "libc": "*", "openssl": "msrp_tls*"}),
    "xmpp": Layer("xmpp/libxmpp.a", ("mapping",), {"glib": "*", "strophe": "*", "libc": "*"}),
    "sip": Layer("sip/libsip.a", ("mapping", "sip/body", "sip/msrp", "sip/dialect"),
                 {"glib": "*", "gio": "*", "sofia": "*", "libc": "*"}),
    "sip/dialect": Layer("sip/libsip.a", ("mapping", "sip/body", "sip/msrp", "sip"), {"glib": "*", "sofia": "*", "libc": "*"}),
    "gateway": Layer("gateway/libgateway.a", ("mapping", "xmpp", "sip"),
                     {"glib": "*", "gio": "*", "libc": "*", "json": "*", "sqlite": "store*", "soup": "control.* mucsipctl.*"}),
}

PURE_HEADERS = r"(ctype|errno|inttypes|limits|stdarg|stdbool|stddef|stdint|stdlib|string)\.h"
PURE_LIBC = (r"mem\w+|str\w+|stpn?cpy|bcmp|v?snprintf|is[a-z]+|to(low|upp)er|__ctype_\w+|qsort|bsearch|l?l?abs|"
             r"abort|__assert_fail|__stack_chk_fail|__errno_location")
IMPURE_GLIB = (r"g_(get_(monotonic|real|current)_time|get_(current|home|tmp|user|system|host|prgname|environ)\w*|"
               r"(get|set|unset|list)env|date_time_new_now\w*|timer_\w+|usleep|random_\w+|rand_new|uuid_string_random|"
               r"file_\w+|f?open|freopen|creat|mkdir\w*|mkstemp\w*|mkdtemp\w*|rename|remove|unlink|rmdir|l?stat|access|chdir|"
               r"dir_\w+|io_\w+|mapped_file_\w+|key_file_(load_from_(file|dirs|data_dirs)|save_to_file)|spawn_\w+|"
               r"child_watch_\w+|main_\w+|timeout_\w+|idle_\w+|source_\w+|poll|thread_\w+|async_queue_\w+|unix_\w+|print(err)?)")
COMPILER_SYMBOLS = r"__(a|ub|l|m|t)san_\w+|__sanitizer_\w+|__gcov_\w+|__llvm_\w+|_GLOBAL_OFFSET_TABLE_|__tls_get_addr"


def layer_of(path):
    """The folder, among LAYERS, that a file belongs to; None when none."""
    folder = os.path.dirname(path)
    return folder if folder in LAYERS else None


def may_use(layer, library, file):
    patterns = LAYERS[layer].libraries.get(library)
    return patterns is not None and any(fnmatch(os.path.basename(file), one) for one in patterns.split())


def include_breach(layer, file, form, name):
    """What is wrong with one include; None when nothing is."""
    if form == '"':
        target = layer_of(name)
        if target == layer or target in LAYERS[layer].sees:
            return None
        return f'includes "{name}", which {layer}/ may not see'
    if LAYERS[layer].is_pure and re.fullmatch(PURE_HEADERS, name):
        return None
    library = next((key for key, (headers, _) in LIBRARIES.items() if re.fullmatch(headers, name)), None)
    if library is None or not may_use(layer, library, file):
        return f"includes <{name}>, which it may not use"
    return None


def check_includes(root):
    for path in sorted(glob.glob(f"{root}/**/*.[ch]", recursive=True)):
        file = os.path.relpath(path, root)
        if file.split(os.sep)[0] == "tests" or file.startswith("build"):
            continue
        layer = layer_of(file)
        if layer is None:
            yield f"{file}: no layer is called {os.path.dirname(file) or 'the root'}/"
            continue
        with open(path, encoding="utf-8") as text:
            for number, line in enumerate(text, 1):
                match = re.match(r'\s*#\s*include\s*(["<])([^">]+)', line)
                breach = match and include_breach(layer, file, *match.groups())
                if breach:
                    yield f"{file}:{number}: {breach}"


def symbols(path, *options):
    """(object, symbol) pairs of a library."""
    done = subprocess.run(["nm", "-A", *options, path], capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        match = re.match(r"(?:.*:)?([^:]+):\s*[0-9a-f]*\s+\w\s+([^@\s]+)", line)
        if match:
            yield os.path.basename(match.group(1)), match.group(2)


@functools.lru_cache
def library_symbols(library):
    found = set()
    for name in LIBRARIES[library][1]:
        path = subprocess.run(["cc", f"-print-file-name={name}"], capture_output=True, text=True, check=True).stdout.strip()
        if os.path.isabs(path):
            found |= {symbol for _, symbol in symbols(path, "-D", "--defined-only")}
    return found


def library_of(symbol):
    plain = re.sub(r"^__(\w+)_chk$|^__isoc99_(\w+)$", r"\1\2", symbol)
    for library in LIBRARIES:
        if symbol in library_symbols(library) or plain in library_symbols(library):
            return library, plain
    return None, plain


def symbol_breach(layer, file, symbol, owners):
    """What is wrong with an undefined symbol; None when nothing is."""
    if re.fullmatch(COMPILER_SYMBOLS, symbol):
        return None
    owner = owners.get(symbol)
    if owner is not None:
        allowed = {LAYERS[folder].archive for folder in (layer, *LAYERS[layer].sees)}
        return None if owner in allowed else f"calls {symbol} of {os.path.dirname(owner)}/"
    library, plain = library_of(symbol)
    if LAYERS[layer].is_pure and library in ("libc", "glib"):
        is_impure = re.fullmatch(IMPURE_GLIB, plain) if library == "glib" else not re.fullmatch(PURE_LIBC, plain)
        return f"calls {symbol}: {layer}/ has no clock, files, sockets or chance" if is_impure else None
    if library is None or not may_use(layer, library, file):
        return f"calls {symbol} of {library or 'an unknown library'}"
    return None


def declared_symbols(root):
    """symbol -> archive of the folder whose header declares it: what a library will define that is not written yet."""
    for folder, layer in LAYERS.items():
        for path in glob.glob(f"{root}/{folder}/*.h"):
            with open(path, encoding="utf-8") as text:
                for name in re.findall(r"^\w[^#;={]*?\b(\w+)\(", text.read(), re.MULTILINE):
                    yield name, layer.archive


def check_symbols(root, build):
    archives = {layer.archive for layer in LAYERS.values()}
    for missing in sorted(archive for archive in archives if not os.path.exists(f"{build}/{archive}")):
        yield f"{missing}: not built"
        archives.remove(missing)
    defined = [(symbol, archive) for archive in sorted(archives)
               for _, symbol in symbols(f"{build}/{archive}", "--defined-only", "--extern-only")]
    owners = {}
    for symbol, archive in defined:
        if owners.setdefault(symbol, archive) != archive and not re.fullmatch(COMPILER_SYMBOLS, symbol):
            yield f"{symbol} is defined in {owners[symbol]} and in {archive}"
    owners = {**dict(declared_symbols(root)), **owners}
    for folder, layer in LAYERS.items():
        if layer.archive not in archives or folder == "sip/dialect":  # in the archive of sip/
            continue
        for member, symbol in symbols(f"{build}/{layer.archive}", "--undefined-only"):
            file = member.removesuffix(".o")
            breach = symbol_breach(folder, file, symbol, owners)
            if breach:
                yield f"{folder}/{file}: {breach}"


def main(root, build):
    breaches = [*check_includes(root), *check_symbols(root, build)]
    print(*breaches, f"{len(breaches)} breaches of the layers", sep="\n")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
