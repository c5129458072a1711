# SPDX-License-Identifier: MIT
"""A stand-in for MLflow's server, as far as absa asks it, that fails on command. It is no
MLflow: that absa and the real one understand each other is what test_mlflow.py is for."""
import hashlib
import http.server
import json
import pathlib
import ssl
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from broker import TOP  # noqa: E402

DEFAULT = TOP / "models/default"


def bundle(version, change=None):
    """The files of the default bundle under another version; change may spoil them."""
    files = {p.name: p.read_bytes() for p in DEFAULT.iterdir() if p.name != "SHA256SUMS"}
    manifest = json.loads(files["manifest.json"])
    manifest["version"] = str(version)
    if change:
        change(manifest, files)
    files["manifest.json"] = json.dumps(manifest).encode()
    return with_sums(files)


def with_sums(files):
    sums = [f"{hashlib.sha256(b).hexdigest()}  {name}\n" for name, b in sorted(files.items())]
    return {**files, "SHA256SUMS": "".join(sums).encode()}


def sha256(files):
    return hashlib.sha256(files["manifest.json"]).hexdigest()


class Registry:
    """versions: {number: files}; alias: the number that @champion means; mode: how it fails
    (None, "down" (500), "deaf", "cut", "huge", "moved", "denied")."""

    def __init__(self, token=None, tls=None):
        self.versions, self.alias, self.mode, self.token = {}, 1, None, token
        self.source = "mlflow-artifacts:/7/run/artifacts/bundle"
        self.asked = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_GET(self):
                outer.answer(self)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *args: None  # who hangs up early is what is tested
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        if tls:  # a folder of tls.make_ca()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls / "cert.pem", tls / "key.pem")
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                     do_handshake_on_connect=False)
            self.url = self.url.replace("http:", "https:")
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request):
        url = urllib.parse.urlsplit(request.path)
        self.asked.append(url.path)
        if self.mode == "deaf":
            time.sleep(30)
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return self.say(request, 401, b'{"error_code": "UNAUTHENTICATED", "message": "who?"}')
        if self.mode == "denied":
            return self.say(request, 403, b'{"message": "not you"}')
        if self.mode == "down":
            return self.say(request, 500, b'{"message": "the database is gone"}')
        if self.mode == "moved":
            return self.say(request, 302, b"", Location="http://127.0.0.1:1/")
        if url.path.startswith("/api/2.0/mlflow-artifacts/artifacts/"):
            return self.artifact(request, urllib.parse.unquote(url.path))
        query = urllib.parse.parse_qs(url.query)
        number = int(query["version"][0]) if "version" in query else self.alias
        if number not in self.versions or query["name"] != ["m"]:
            return self.say(request, 404, b'{"message": "no such version"}')
        version = {"name": "m", "version": str(number), "source": f"{self.source}/{number}"}
        return self.say(request, 200, json.dumps({"model_version": version}).encode())

    def artifact(self, request, path):
        number, name = path.split("/")[-2:]
        body = self.versions[int(number)].get(name)
        if body is None:
            return self.say(request, 404, b'{"message": "No such artifact"}')
        if self.mode == "huge":
            return self.say(request, 200, body, **{"Content-Length": str(1 << 30)})
        if self.mode == "cut" and name == "sentiment.ubj":
            return self.say(request, 200, body[:1000], **{"Content-Length": str(len(body))})
        return self.say(request, 200, body)

    @staticmethod
    def say(request, code, body, **headers):
        request.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)
        if headers.get("Content-Length"):
            request.close_connection = True
