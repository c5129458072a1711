#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""absa why on Apache Kafka: of the same windows and alerts it says the same from topics as from a
folder (tests/golden/why), and what it cannot read it names."""
import pathlib
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TESTS / "support"))
import harness as h  # noqa: E402
from harness import BIN, BUILD  # noqa: E402

RUN = TESTS / "golden/report/turn"
DAY = "2025-07-23T"
PREFIX = ["-X", "topic.prefix=w."]


def ask(*args, code=0):
    done = subprocess.run([BIN / "absa-why", *map(str, args)], capture_output=True, text=True, timeout=120)
    assert done.returncode == code, (args, done)
    return done.stdout if code == 0 else done.stderr


def put(b, topic):
    subprocess.run([BUILD / "tests/put", "-q", "-b", b.address, *PREFIX, topic], check=True, text=True,
                   input=(RUN / f"{topic}.jsonl").read_text(), stderr=subprocess.DEVNULL)


def test_the_same_as_from_a_folder(b):
    for at in ("09:10:00Z", "12:10:00Z", "13:10:00Z"):
        for more in ([], ["-J"]):
            args = ["sentiment_score", "--at", DAY + at, *more]
            assert ask(*args, "-b", b.address, *PREFIX) == ask(*args, "-d", RUN), at


def test_what_is_not_there(b):
    where = ["-b", b.address, *PREFIX]
    assert f"no window in {b.address} has a feature nope" in ask("nope", "--at", DAY + "09:10:00Z", *where, code=65)
    assert "no window of segment lang:de" in ask("sentiment_score", "--at", DAY + "09:10:00Z", "--segment", "lang:de", *where,
                                                 code=65)
    assert "all holds 2024-01-01" in ask("sentiment_score", "--at", "2024-01-01", *where, code=65)


def test_no_broker(_):
    said = ask("words", "--at", DAY + "09:10:00Z", "-b", f"127.0.0.1:{h.free_port()}", code=69)
    assert "unavailable" in said, said


def main():
    with h.Broker() as b:
        b.apply("w.", 1, 1)
        put(b, "windows")
        put(b, "alerts")
        return h.run_tests([test_the_same_as_from_a_folder, test_what_is_not_there, test_no_broker], b)


if __name__ == "__main__":
    sys.exit(main())
