# SPDX-License-Identifier: MIT
"""absa notify --test against a real mail server with TLS and AUTH: what arrives, and what each
mistake in the configuration says and exits with; and against an SNS by whose clock it is another time."""
import email.utils
import http.server
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import time

from servers import BIN, Mail, make_ca

folder = pathlib.Path(tempfile.mkdtemp(prefix="absa-mail-"))
ca, other = make_ca(folder, "ours"), make_ca(folder, "other")
for word in ("right", "wrong"):
    (folder / word).write_text(word + "\n")
    (folder / word).chmod(0o600)
server = Mail(ca)


def tell(code, *words, **changes):
    """Runs the test with a configuration; its exit code and words in what it says."""
    settings = {"type": "smtp", "url": f"smtp://127.0.0.1:{server.port}", "ca_file": ca / "ca.pem",
                "from": "absa@example.org", "to": "me@example.org", "user": "absa",
                "password_file": folder / "right"}
    settings.update(changes)
    lines = [f"notify.receiver.mail.{k} = {v}" for k, v in settings.items() if v is not None]
    (folder / "absa.conf").write_text("\n".join(lines) + "\n")
    env = dict(os.environ, http_proxy="http://127.0.0.1:1", ALL_PROXY="http://127.0.0.1:1")
    got = subprocess.run([BIN / "absa", "notify", "-c", folder / "absa.conf", "--test", "mail"],
                         capture_output=True, text=True, env=env)
    said = got.stdout + got.stderr
    assert got.returncode == code, (code, got.returncode, said, changes)
    for word in words:
        assert word in said, (word, said)
    print(f"exit {code}: {said.strip()}")


tell(0, "mail: sent")
mail = server.wait(1)[0]
assert mail["tls"] and mail["user"], mail
assert mail["to"] == ["me@example.org"] and mail["from"] == "absa@example.org", mail
assert mail["headers"]["Subject"] == "[absa] TEST of receiver mail", mail["headers"]
assert mail["headers"]["Message-ID"].endswith("@example.org>"), mail["headers"]
assert "This is a test, not an alert" in mail["parts"]["text/plain"], mail["parts"]
assert "\u2581\u2582\u2585\u2588" in mail["parts"]["text/plain"], mail["parts"]
assert "<html>" in mail["parts"]["text/html"] and mail["longest"] <= 998

got = subprocess.run([BIN / "absa", "notify", "-c", folder / "absa.conf", "--test", "mial"],
                     capture_output=True, text=True)
assert got.returncode == 78 and "did you mean mail?" in got.stderr, got

tell(0, "sent", to="me@example.org, you@example.org")
assert server.wait(2)[1]["to"] == ["me@example.org", "you@example.org"]

tell(78, "535", password_file=folder / "wrong")
tell(78, "certificate", ca_file=other / "ca.pem")
tell(78, "certificate", ca_file=None)
tell(78, "550", "no such user", to="refused@example.org")
tell(69, "451", to="later@example.org")
tell(0, "sent", to="later@example.org")
tell(78, "530", user=None, password_file=None)
tell(69, "onnect", url="smtp://127.0.0.1:1")
tell(78, "no address", to=",")
tell(78, "may not stand in an address", to="me@example.org>\tx")
tell(78, "for this machine only", url="smtp://mail.example.org", tls="none")
tell(78, "tls = required", url="smtp://mail.example.org", tls="opportunistic")
tell(78, "did you mean notify.receiver.mail.url?", ulr="smtp://127.0.0.1")
plain = Mail()
tell(78, "STARTTLS", url=f"smtp://127.0.0.1:{plain.port}", user=None, password_file=None)
assert not plain.seen, "sent in the clear"
tell(0, "sent", url=f"smtp://127.0.0.1:{plain.port}", user=None, password_file=None, tls="none")
plain.stop()
server.stop()


class Later(http.server.BaseHTTPRequestHandler):
    """Half an hour later it is here, so that no signature counts any more."""

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(time.time() + 1800, usegmt=True)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(400)
        self.end_headers()
        self.wfile.write(b"<ErrorResponse><Error><Code>RequestExpired</Code></Error></ErrorResponse>")

    def log_message(self, *_):
        pass


with http.server.HTTPServer(("127.0.0.1", 0), Later) as later:
    threading.Thread(target=later.serve_forever, daemon=True).start()
    (folder / "absa.conf").write_text(
        f"""notify.receiver.queue.type = sns
notify.receiver.queue.url = http://127.0.0.1:{later.server_port}
notify.receiver.queue.topic_arn = arn:aws:sns:eu-west-1:123456789012:drift
notify.receiver.queue.access_key = key
notify.receiver.queue.secret_key_file = {folder / "right"}
""")
    got = subprocess.run([BIN / "absa", "notify", "-c", folder / "absa.conf", "--test", "queue"],
                         capture_output=True, text=True)
    assert got.returncode == 78, got  # held, and not given up as refused
    said = re.search(r"HTTP 400 RequestExpired: the clock here is (\d+) s behind theirs", got.stderr)
    assert said and 1700 < int(said[1]) <= 1800, got.stderr
    later.shutdown()
