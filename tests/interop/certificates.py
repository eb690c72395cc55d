# SPDX-License-Identifier: MIT
"""Certificates for 127.0.0.1, good ones and bad ones, made by the openssl program."""
import os
import subprocess

_OLD = """[ca]
default_ca = old
[old]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
x509_extensions = ext
[any]
commonName = supplied
[ext]
subjectAltName = IP:127.0.0.1
"""


def _openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=20)


def make(folder, name, address="127.0.0.1", issuer=None, authority=False):
    """(certificate, key) as paths of PEM files; signed by `issuer`, such a pair, or by itself."""
    cert, key = os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key")
    _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=" + name,
             "-addext", "subjectAltName=IP:" + address, "-addext", f"basicConstraints=CA:{'TRUE' if authority else 'FALSE'}",
             *(("-CA", issuer[0], "-CAkey", issuer[1]) if issuer else ()), "-keyout", key, "-out", cert)
    os.chmod(key, 0o600)
    return cert, key


def make_old(folder, name):
    """One signed by itself that was valid until some years ago."""
    _, key = make(folder, name)
    cert, request, config = (os.path.join(folder, name + ending) for ending in (".pem", ".csr", ".cnf"))
    with open(config, "w", encoding="ascii") as out:
        out.write(_OLD.format(folder=folder))
    open(os.path.join(folder, "index"), "w", encoding="ascii").close()
    _openssl("req", "-new", "-key", key, "-subj", "/CN=" + name, "-out", request)
    _openssl("ca", "-batch", "-config", config, "-create_serial", "-selfsign", "-keyfile", key, "-in", request, "-notext",
             "-startdate", "20200101000000Z", "-enddate", "20210101000000Z", "-out", cert)
    return cert, key
