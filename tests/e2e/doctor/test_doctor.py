#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""absa doctor against a real Kafka: missing, wrong and good topics, work left undone, dead
letters; and against none."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "support"))
from harness import BIN, TOP, Broker, wait_for  # noqa: E402

work = pathlib.Path(tempfile.mkdtemp(prefix="absa-doctor-"))
key = work / "key"
key.write_text("5a" * 32)
key.chmod(0o600)


def doctor(*args):
    """(exit code, {name: check})"""
    run = subprocess.run([os.path.join(BIN, "absa-doctor"), "--json", "-X",
                          f"ingest.user_key_file={key}", *args], capture_output=True, text=True)
    assert run.stdout, run.stderr
    assert "5a5a" not in run.stdout
    checks = {c["name"]: c for c in json.loads(run.stdout)["checks"]}
    print(" ".join(args), "->", run.returncode, flush=True)
    return run.returncode, checks


def as_told(fix):
    """Does what a finding says helps, as a person would: by a shell."""
    run = subprocess.run(["bash", "-c", fix], capture_output=True, text=True, timeout=180,
                         env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"})
    assert run.returncode == 0, (fix, run.stderr)
    return run.stdout


def expect(got, name, status, text):
    check = got[1][name]
    assert check["status"] == status and text in check["value"], check
    return check


def no_kafka():
    expect(doctor(), "cluster", "warn", "not set")
    t0 = time.monotonic()
    got = doctor("-b", "127.0.0.1:1", "--timeout", "2s")
    expect(got, "cluster", "fail", "refused")
    assert got[0] == 69 and time.monotonic() - t0 < 60


def receivers():
    """A mail server that is there, one without the TLS that is wanted, and none."""
    if subprocess.run(["/usr/bin/python3", "-c", "import aiosmtpd"], capture_output=True).returncode:
        print("part skipped: no python3-aiosmtpd")
        return
    catcher = subprocess.Popen([os.path.join(TOP, "tools/demo.d/catcher.py"), str(work)], text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    url = "smtp://" + catcher.stdout.readline().strip()
    mail = [f"-Xnotify.{p}" for p in ("receivers=mail", "receiver.mail.type=smtp",
                                      "receiver.mail.from=a@b.c", "receiver.mail.to=d@e.f",
                                      f"receiver.mail.url={url}")]
    expect(doctor(*mail, "-Xnotify.receiver.mail.tls=none"), "mail", "ok", "takes us")
    expect(doctor(*mail), "mail", "fail", "STARTTLS")
    catcher.stdin.close()
    assert catcher.wait(timeout=60) == 0 and not list(work.glob("*.eml"))
    got = doctor(*mail, "-Xnotify.receiver.mail.tls=none")
    expect(got, "mail", "fail", "connect")
    assert got[0] == 69
    expect(doctor("-Xnotify.receivers=mail"), "receivers", "fail", "mail")


def topics(b):
    got = doctor("-b", b.address, "-X", "topic.prefix=none.")
    expect(got, "topics", "fail", "not there: none.raw, none.comments")
    fix = got[1]["topics"]["fix"]
    assert fix == f"absa topics apply -b {b.address} -X topic.prefix=none." and got[0] == 78, fix
    as_told(fix)
    got = doctor("-b", b.address, "-X", "topic.prefix=none.")
    expect(got, "topics", "ok", "12 of 12")

    b.apply("good.", 1, 2)
    got = doctor("-b", b.address, "-X", "topic.prefix=good.", "-X", "comments.partitions=2")
    expect(got, "topics", "ok", "12 of 12")
    expect(got, "transactions", "ok", "committed")
    expect(got, "dead letters", "ok", "none")
    assert got[0] == 0, got

    got = doctor("-b", b.address, "-X", "topic.prefix=good.", "-X", "comments.partitions=3")
    expect(got, "topic", "fail", "has 2 partitions, the configuration says 3")
    expect(got, "topics", "ok", "9 of 12")
    assert got[0] == 78


def work_left(b):
    b.apply("work.", 1, 1)
    b.put("work.raw", 0, ["not json", '{"no": "comment"}', '{"also": "none"}'])
    args = ["-b", b.address, "-X", "topic.prefix=work.", "-X", "comments.partitions=1"]
    got = doctor(*args)
    check = expect(got, "absa-ingest", "warn", "never ran, and 3 records wait")
    assert check["fix"] == "absa ingest" and got[0] == 1

    ingest = subprocess.Popen([os.path.join(BIN, "absa-ingest"), "-q", *args[2:], "-X",
                               f"kafka.bootstrap.servers={b.address}", "-X",
                               f"ingest.user_key_file={key}"], stderr=subprocess.DEVNULL)
    wait_for("the dead letters", lambda: len(b.get("work.dead")) >= 3)
    ingest.terminate()
    assert ingest.wait(timeout=60) == 0
    got = doctor(*args)
    expect(got, "absa-ingest", "ok", "0 behind the end of work.raw")
    check = expect(got, "dead letters", "warn", "json 1, shape 2 of the newest 3")
    said = as_told(check["fix"])
    assert said.count("\n") == 3 and said.count("ingest refused: ") == 3, said

    b.delete_before("work.raw", 0, 3)  # all that was read may go
    expect(doctor(*args), "absa-ingest", "ok", "0 behind")
    b.put("work.raw", 0, ["late"])
    b.delete_before("work.raw", 0, 4)  # but not what nobody read
    got = doctor(*args)
    expect(got, "absa-ingest", "fail", "1 records of work.raw were deleted")
    assert got[0] == 78


def main():
    no_kafka()
    receivers()
    with Broker() as b:
        topics(b)
        work_left(b)


main()
