#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""absa tail on Apache Kafka: as an operator uses it, and what an operator must not suffer."""
import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from broker import BIN, BUILD, Broker  # noqa: E402

TAIL = os.path.join(BIN, "absa-tail")
PUT = os.path.join(BUILD, "tests", "put")
PREFIX = ["-X", "topic.prefix=t."]
HOSTILE = "\x1b[2J\u202eevil\r\nCRITICAL"


def alert(severity="CRITICAL", state="firing", segment="all", at=0):
    """One of the judge's kind, as the schema has it; its numbers are made up."""
    start = 1_753_228_800_000 + at * 3_600_000
    return {
        "alert_id": "ab" * 16, "seq": 0, "state": state, "severity": severity, "kind": "drift",
        "rule": "window", "rule_version": 1, "segment": segment, "feature": "words",
        "others": [{"name": "chars", "psi": 0.25, "severity": "WARNING", "p": None, "q": None,
                    "effect": None}],
        "start_ms": start, "end_ms": start + 3_600_000, "episode_ms": start, "policy": "fixed",
        "psi": 0.5, "threshold": 0.3, "ks": 0.4, "wasserstein": 0.8, "js": 0.3, "p": 1e-20,
        "n": 250, "n_eff": 200.5, "m": 1200, "edges": [3.0, 5.0], "psi_bins": [0, 1, 2],
        "baseline_counts": [600, 400, 200], "window_counts": [0, 50, 200],
        "baseline_sums": [1, 2, 3], "window_sums": [0, 2, 9], "unit": 0.5, "baseline_sd": 1.5,
        "moved": [{"bin": 2, "share_before": 0.17, "share_now": 0.8, "psi_part": 0.4}],
        "moments": {"mean_before": 3.0, "mean_now": 6.5, "sd_before": 1.5, "sd_now": 2.0,
                    "skew_before": -0.5, "skew_now": 0.25, "low_before": 0.1, "low_now": 0.0,
                    "high_before": 0.1, "high_now": 0.6},
        "q": None, "evidence": None,
        "examples": [{"src": 0, "src_offset": 1, "src_index": 0, "comment_id": "77", "bin": 2}],
        "message": "words moved up in all", "todo": "docs/runbook/x.md", "baseline": "sha256:1",
        "bundle": "sha256:2", "config": "sha256:3", "method": 1, "checksum": "0",
    }


def put(b, topic, *records, flags=()):
    lines = [r if isinstance(r, str) else json.dumps(r) for r in records]
    subprocess.run([PUT, "-q", "-b", b.address, *PREFIX, *flags, topic], check=True, text=True,
                   input="\n".join(lines) + "\n", stderr=subprocess.DEVNULL)


def run(b, *args, code=0, env=None):
    """Standard output of a tail that ends by itself; it says nothing else."""
    done = subprocess.run([TAIL, "-b", b.address, *PREFIX, *args], capture_output=True, text=True,
                          timeout=180, env=env)
    assert done.returncode == code, (args, done.returncode, done.stderr)
    assert code != 0 or done.stderr == "", (args, done.stderr)
    return done.stdout if code == 0 else done.stderr


def everything(b, topic, *args):
    return [json.loads(x) for x in run(b, "-t", topic, "-o", "beginning", "-e", "-J",
                                       *args).splitlines()]


def in_terminal(b, *args, **env):
    """What a terminal would get."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update({"TERM": "xterm", **env})
        os.execv(TAIL, [TAIL, "-b", b.address, *PREFIX, *args])
    out = b""
    while True:
        try:
            got = os.read(fd, 65536)
        except OSError:  # the end, on Linux
            break
        if not got:
            break
        out += got
    os.close(fd)
    assert os.waitpid(pid, 0)[1] == 0, out
    return out.decode()


def names_are_checked(b):
    assert "did you mean alerts?" in run(b, "-t", "alrets", code=64)
    assert "no topic t.alerts" in run(b, code=78)
    assert "--severity" in run(b, "--severity", "HIGH", code=64)
    assert "stored" in run(b, "-o", "stored", code=64)
    assert "'%x'" in run(b, "-f", "%x", code=64)


def alerts_as_lines(b):
    put(b, "alerts", alert(), alert("WARNING", at=1), alert("WARNING", "resolved", at=2))
    lines = run(b, "-e").splitlines()
    assert len(lines) == 3, lines
    assert re.fullmatch(r"2025-07-23 00:00Z 1h  CRITICAL  firing    all       words  +PSI 0\.500 > "
                        r"0\.3  n 250 \(worth 200\)  mean 3 -> 6\.5  and 1 more", lines[0]), lines[0]
    assert "2025-07-23 02:00Z 1h  WARNING   resolved" in lines[2], lines[2]
    assert "\x1b" not in "".join(lines)
    assert "2025-07-23 02:00+0200 1h" in run(b, "-e", "--local",
                                             env={**os.environ, "TZ": "Europe/Berlin"})
    assert [a["start_ms"] for a in everything(b, "alerts")] == [alert(at=i)["start_ms"]
                                                                for i in range(3)]
    assert everything(b, "alerts")[0] == alert()
    assert len(run(b, "-e", "--severity", "critical").splitlines()) == 1
    shown = run(b, "-e", "-c", "1", "--evidence", "-o", "beginning")
    for want in ("baseline  ▅▄▂", "window    ·▂█", "bin 2   17.0% ->  80.0%  PSI +0.400  5 <= x",
                 "warning   chars 0.250", f"absa tail -b {b.address} -X topic.prefix=t. -t raw -p 0 -o 1 -c 1 ", "docs/runbook/x.md",
                 f"absa explain -b {b.address} -X topic.prefix=t. --alert "):
        assert want in shown, (want, shown)
    print("ok alerts as lines, with their evidence")


def places(b):
    """Each record is followed by the marker of its transaction: offsets 0, 2, 4; end 6."""
    def offsets(*args):
        return run(b, "-e", "-f", "%o ", *args).split()

    assert offsets("-o", "beginning") == ["0", "2", "4"]
    assert offsets("-o", "2") == ["2", "4"]
    assert offsets("-o", "3") == ["4"]
    assert offsets("-o", "-2") == ["4"]
    assert offsets("-o", "-1") == []
    assert offsets("-o", "end") == []
    assert offsets("-o", "99") == []
    assert offsets("-o", "beginning", "-c", "2") == ["0", "2"]
    assert offsets("-o", "beginning", "-p", "0") == ["0", "2", "4"]
    assert "has no partition 1" in run(b, "-p", "1", code=78)
    assert offsets("--since", "1h") == ["0", "2", "4"]
    time.sleep(1.2)
    assert offsets("--since", "1s") == []
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    time.sleep(0.5)
    put(b, "alerts", alert(at=3))
    assert offsets("--since", now) == ["6"]
    put(b, "alerts", alert(at=9), alert(at=9), flags=["--abort"])
    assert offsets("-o", "beginning") == ["0", "2", "4", "6"]  # the end is two aborted ones
    print("ok beginning, end, offsets and times, over markers and what was aborted")


def hostile(b):
    put(b, "alerts", "no alert at all", alert(segment=HOSTILE))
    b.put("t.alerts", 0, ["\x00\x00\x00\x00\x08broken"])
    lines = run(b, "-o", "8", "-e").splitlines()
    assert len(lines) == 3, lines
    assert re.match(r"t\.alerts\[0\] offset \d+  cannot be read: schema: ", lines[0]), lines
    assert r"\u001b[2J\u202eevil\r\nCRITICAL" in lines[1], lines
    assert "cannot be read: " in lines[2], lines
    told = [x for x in everything(b, "alerts") if "absa_kind" in x]
    assert [x["absa_kind"] for x in told] == ["undecodable"] * 2, told
    assert told[0]["topic"] == "t.alerts" and told[0]["partition"] == 0 and told[0]["why"]
    assert len(run(b, "-e", "--severity", "CRITICAL", "-o", "8").splitlines()) == 3
    for args in ((), ("-J",), ("-f", "%s\\n"), ("--evidence",)):
        shown = in_terminal(b, "-o", "beginning", "-e", *args)
        assert "\x1b[2J" not in shown and "\u202e" not in shown, (args, shown)
        assert ("\x1b[1;31m" in shown) == (args in ((), ("--evidence",))), (args, shown)
    assert "\x1b" not in in_terminal(b, "-o", "beginning", "-e", NO_COLOR="1")
    assert "\x1b" not in in_terminal(b, "-o", "beginning", "-e", TERM="dumb")
    print("ok what cannot be read is told; nothing acts on a terminal")


def all_topics(b):
    b.put("t.raw", 0, ['{"cid": "1", "text": "Grüße"}', '{"cid": "2"}'])
    b.put("t.raw", 1, ['{"cid": "3"}'])
    raw = run(b, "-t", "raw", "-o", "beginning", "-e", "-f", "%t %p %o %S %s\\n").splitlines()
    assert sorted(raw) == ['t.raw 0 0 31 {"cid": "1", "text": "Grüße"}',
                           't.raw 0 1 12 {"cid": "2"}', 't.raw 1 0 12 {"cid": "3"}'], raw
    mark = {"src": 0, "src_count": 2, "src_epoch": 1, "next_offset": 7, "wm_ms": 5, "floor_ms": 4,
            "kind": "data", "seq": 3, "n_since_last": 2}
    put(b, "comments", {"absa_kind": "mark", **mark}, flags=["--part", "1"])
    assert everything(b, "comments") == [{"absa_kind": "mark", **mark}]
    dead = {"stage": "ingest", "reason": "json", "why": "line 1: no value", "topic": "t.raw",
            "part": 0, "offset": 4, "index": 0, "arrival_ms": None, "value": "aGk=",
            "value_length": 2, "value_sha256": "AAAA", "key": "", "schema_id": -1}
    put(b, "dead", dead)
    line = run(b, "-t", "t.dead", "-e")
    assert "ingest refused: json  t.raw[0] offset 4  2 bytes  line 1: no value" in line, line
    assert everything(b, "dead")[0]["value"] == "aGk="
    subprocess.run(["kcat", "-P", "-b", b.address, "-t", "t.state", "-K:", "-Z"], input="k1:\n",
                   text=True, check=True)
    assert everything(b, "state") == [{"absa_kind": "deleted", "key": "k1"}]
    for topic in ("scores", "labels", "panes", "windows", "notify"):
        assert everything(b, topic) == []
    print("ok every topic")


class Follower:
    """From the end on: it has found the end when it shows a probe that was put after its start."""
    PROBE = 19

    def __init__(self, b):
        self.p = subprocess.Popen([TAIL, "-b", b.address, *PREFIX, "-o", "end"], text=True, bufsize=1,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        until = time.monotonic() + 180
        while not select.select([self.p.stdout], [], [], 0.5)[0]:
            assert self.p.poll() is None, self.p.stderr.read()
            assert time.monotonic() < until, "it follows nothing"
            put(b, "alerts", alert(at=self.PROBE))

    def read(self, stream):
        signal.alarm(180)
        got = stream.readline()
        signal.alarm(0)
        return got

    def line(self):
        """The next one that is no probe."""
        got = self.read(self.p.stdout)
        while f"2025-07-23 {self.PROBE}:00Z" in got:
            got = self.read(self.p.stdout)
        return got

    def end(self, sig):
        self.p.send_signal(sig)
        code = self.p.wait(60)
        assert code == 0, code
        return self.p.stderr.read()


def following(b):
    f = Follower(b)
    for i in range(3):
        put(b, "alerts", alert(at=20 + i))
        assert "2025-07-23 %02d:00Z" % (20 + i) in f.line()
    assert f.end(signal.SIGINT) == ""

    f = Follower(b)
    b.kill()
    assert "still trying" in f.read(f.p.stderr)
    time.sleep(4)
    b.start()
    put(b, "alerts", alert(at=30))
    assert "2025-07-24 06:00Z" in f.line()
    more = f.end(signal.SIGTERM)
    assert more == "", more
    print("ok follows, also over a restart of the broker, and says so once")


def closed_pipe(b):
    for rest in ("-o beginning", "-o beginning -e", "-o beginning -J"):
        done = subprocess.run(["bash", "-c", f"{TAIL} -b {b.address} -X topic.prefix=t. {rest} | "
                               "head -1; echo ${PIPESTATUS[0]}"], capture_output=True, text=True,
                              timeout=180)
        lines = done.stdout.splitlines()
        assert len(lines) == 2 and lines[1] == "0" and done.stderr == "", (rest, done)
    print("ok quiet under head")


def main():
    with Broker() as b:
        names_are_checked(b)
        b.apply("t.", raw=2, comments=2)
        alerts_as_lines(b)
        places(b)
        hostile(b)
        all_topics(b)
        closed_pipe(b)
        following(b)


if __name__ == "__main__":
    main()
