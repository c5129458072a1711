# SPDX-License-Identifier: MIT
"""A mail server with TLS and AUTH (aiosmtpd), for tests. Prints its port, then one JSON line
a mail or refusal. Run by a Python that has aiosmtpd:

    catcher.py CERT KEY         user absa, password "right"; --plain: without TLS and AUTH

Recipients decide: refused@ is 550, later@ is 451 the first time and taken then, else 250."""
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Handler:
    def __init__(self):
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            print(json.dumps({"refused": address}), flush=True)
            return "550 5.1.1 no such user"
        if address.startswith("later@") and address not in self.seen:
            self.seen.add(address)
            print(json.dumps({"later": address}), flush=True)
            return "451 4.3.0 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        raw = envelope.content
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        parts = {p.get_content_type(): p.get_content() for p in mail.walk() if not p.is_multipart()}
        print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos,
                          "headers": dict(mail.items()), "parts": parts,
                          "tls": session.ssl is not None, "user": bool(session.authenticated),
                          "longest": max(len(line) for line in raw.splitlines())}), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    ok = (data.login, data.password) == (b"absa", b"right")
    return AuthResult(success=ok, handled=False)


options = {}
if "--plain" not in sys.argv:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    options = {"tls_context": context, "require_starttls": True, "auth_required": True,
               "authenticator": authenticate}


class AnyPort(Controller):
    """On a port that the system chooses."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


controller = AnyPort(Handler(), hostname="127.0.0.1", port=0, **options)
controller.start()
print(controller.server.sockets[0].getsockname()[1], flush=True)
sys.stdin.read()
controller.stop()
