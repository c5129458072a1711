# SPDX-License-Identifier: MIT
"""Alerts on Apache Kafka become mail and SNS messages: each once, and not lost by a kill; what is
refused is a dead letter, what is held says so in /readyz and goes out once it is mended and SIGHUP
says so; absa doctor tells all of it."""
import json
import pathlib
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from servers import BIN, BUILD, Mail, Sns, make_ca
from harness import Broker, free_port

folder = pathlib.Path(tempfile.mkdtemp(prefix="absa-notify-"))
ca = make_ca(folder, "ca")
trusted = folder / "trusted.pem"
trusted.write_bytes((make_ca(folder, "other") / "ca.pem").read_bytes())
for name, word in (("right", "right"), ("mended", "wrong")):
    (folder / name).write_text(word)
    (folder / name).chmod(0o600)
subprocess.run([BUILD / "tests/alert_frames", folder], check=True)
port = free_port()


def configure(broker, mail, sns):
    text = f"""kafka.bootstrap.servers = {broker.address}
topic.prefix = n.
comments.partitions = 4

[notify]
http.port = {port}
notify.receivers = mail, queue, refused, held, stranger
notify.group_wait.ms = 0
notify.receiver.queue.type = sns
notify.receiver.queue.url = {sns.url}
notify.receiver.queue.topic_arn = {sns.arn}
notify.receiver.queue.access_key = {sns.env["AWS_ACCESS_KEY_ID"]}
notify.receiver.queue.secret_key_file = {folder}/secret
"""
    (folder / "secret").write_text(sns.env["AWS_SECRET_ACCESS_KEY"])
    (folder / "secret").chmod(0o600)
    for name, to, word in (("mail", "later@example.org", "right"),
                           ("refused", "refused@example.org", "right"),
                           ("held", "held@example.org", "mended"),
                           ("stranger", "stranger@example.org", "right")):
        text += f"""notify.receiver.{name}.type = smtp
notify.receiver.{name}.url = smtp://127.0.0.1:{mail.port}
notify.receiver.{name}.ca_file = {trusted if name == "stranger" else ca / "ca.pem"}
notify.receiver.{name}.from = absa@example.org
notify.receiver.{name}.to = {to}
notify.receiver.{name}.user = absa
notify.receiver.{name}.password_file = {folder}/{word}
"""
    (folder / "absa.conf").write_text(text)


def start():
    log = open(folder / "notify.log", "ab")
    return subprocess.Popen([BIN / "absa-notify", "-c", folder / "absa.conf"], stderr=log)


def put(broker, seq):
    subprocess.run(["kcat", "-P", "-b", broker.address, "-t", "n.alerts", "-p", "0",
                    folder / str(seq)], check=True)


def page(name):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{name}", timeout=60) as got:
            return got.status, got.read().decode()
    except urllib.error.HTTPError as got:
        return got.code, got.read().decode()


def until(what, seconds=180):
    end = time.monotonic() + seconds
    while True:
        try:
            got = what()
        except OSError:
            got = None
        if got:
            return got
        if time.monotonic() > end:
            raise AssertionError((folder / "notify.log").read_text()[-3000:])
        time.sleep(0.2)


def mails(mail, to):
    return [m for m in list(mail.seen) if to in m.get("to", [])]


def doctor(code):
    """{(area, name): check}"""
    got = subprocess.run([BIN / "absa-doctor", "-c", folder / "absa.conf", "--json"],
                         capture_output=True, text=True)
    assert got.returncode == code, (got.stdout, got.stderr)
    checks = {(c["area"], c["name"]): c for c in json.loads(got.stdout)["checks"]}
    return checks


def held(**receivers):
    """Whether /metrics says so of each."""
    metrics = page("metrics")[1]
    return all(f'absa_held_receivers{{stage="notify",receiver="{name}"}} {n}\n' in metrics
               for name, n in receivers.items())


def said(**receivers):
    """What doctor says, when it says so of each."""
    checks = doctor(78)
    for name in receivers:
        print(name, checks["work", name]["value"])
    return checks if all(checks["work", name]["value"].startswith(text)
                         for name, text in receivers.items()) else None


def none_waits():
    checks = doctor(78)
    return all(checks["work", name]["status"] == "ok" for name in ("mail", "queue", "held", "stranger"))


with Broker() as broker:
    broker.apply("n.", comments=4)
    mail, sns = Mail(ca), Sns(folder)
    configure(broker, mail, sns)
    notify = start()
    try:
        put(broker, 0)
        first = until(lambda: mails(mail, "later@example.org"))[0]
        print(first["headers"])
        assert first["headers"]["Subject"].startswith("[absa] WARNING drift in all"), first
        assert "sentiment_score" in first["parts"]["text/html"] and first["tls"] and first["user"]
        assert any("later" in m for m in mail.seen), "4yz was to be tried again"
        status, body = until(lambda: (lambda p: p if "535" in p[1] else None)(page("readyz")))
        print(status, body)
        assert status == 503, body
        until(lambda: b"refused" in b"".join(r[2] or b"" for r in broker.get("n.dead")))
        until(lambda: 'absa_notifications_total{stage="notify",receiver="queue",result="sent"} 1'
              in page("metrics")[1])
        until(lambda: "certificate" in page("readyz")[1])
        until(lambda: held(held=1, stranger=1, queue=0))
        # it is told before it is remembered, and doctor reads what is remembered
        checks = until(lambda: said(held="1 message held: 535 ", refused="1 message refused for ever: 550 ",
                                    stranger="1 message held: SSL certificate problem"))
        for name in ("held", "stranger"):
            assert checks["receivers", name]["status"] == "fail", checks
        assert "refused 1" in checks["work", "dead letters"]["value"], checks
        assert checks["work", "queue"]["status"] == checks["work", "mail"]["status"] == "ok", checks
        print(*(x for x in page("metrics")[1].splitlines() if "notifications" in x), sep="\n")

        (folder / "mended").write_text("right")
        trusted.write_bytes((ca / "ca.pem").read_bytes())
        notify.send_signal(signal.SIGHUP)  # secrets are read again, and what was held is tried
        until(lambda: mails(mail, "held@example.org"))
        until(lambda: page("readyz")[0] == 200)
        until(lambda: held(held=0))
        log = (folder / "notify.log").read_text()
        assert "notify.receiver.held.password: *** -> ***" in log, log[-2000:]
        assert 'absa_reloads_total{stage="notify",result="taken"} 1' in page("metrics")[1]

        until(none_waits)  # whom it told and was killed before it was remembered is told again
        notify.kill()
        notify.wait()
        put(broker, 1)
        notify = start()
        until(lambda: len(mails(mail, "later@example.org")) >= 2)
        until(lambda: len(mails(mail, "held@example.org")) >= 2)
        until(lambda: len(mails(mail, "stranger@example.org")) >= 2)
        until(none_waits)
        put(broker, 2)
        until(lambda: len(mails(mail, "later@example.org")) >= 3)
        until(lambda: len(mails(mail, "held@example.org")) >= 3)
        until(lambda: 'receiver="queue",result="sent"} 2' in page("metrics")[1])
        until(lambda: page("readyz")[0] == 200)
        notify.terminate()
        assert notify.wait(timeout=60) == 0
        for to in ("later@example.org", "held@example.org"):
            got = mails(mail, to)
            words = [m["headers"]["Subject"].split()[1] for m in got]
            keys = {m["headers"]["Message-ID"] for m in got}
            assert words == ["WARNING", "CRITICAL", "RESOLVED"] and len(keys) == 3, (to, words)
        messages = sns.messages(3)
        assert len(messages) == 3, messages
        for m in messages:
            assert m["Subject"].startswith("[absa] ") and "PSI" in m["Message"], m
            assert len(m["MessageAttributes"]["dedupe_key"]["Value"]) == 32, m
        states = sorted(m["MessageAttributes"]["state"]["Value"] for m in messages)
        assert states == ["firing", "firing", "resolved"], states
        print(json.dumps(messages[0])[:600])
    finally:
        notify.kill()
        mail.stop()
        sns.stop()
