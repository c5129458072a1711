# SPDX-License-Identifier: MIT
"""Certificates for servers of a test."""
import pathlib
import subprocess


def make_ca(folder, name):
    """A CA and a certificate of 127.0.0.1 that it signed: ca.pem, cert.pem, key.pem."""
    at = pathlib.Path(folder) / name
    at.mkdir()
    (at / "ext").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-ca -keyout ca.key -out ca.pem",
        "req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out cert.csr",
        "x509 -req -in cert.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext"
        " -out cert.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=at, check=True, capture_output=True)
    return at
