# SPDX-License-Identifier: MIT
"""absa import and absa ingest on a real Kafka: files in, comments out, each once."""
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "support"))
from broker import BIN, BUILD, Broker  # noqa: E402

LOG = open(os.path.join(BUILD, "tests", "e2e-ingest.log"), "w")
VIDEOS = ["7123456789012345678", "7123456789012345679", "7123456789012345680"]
ROWS = 1500
BATCH = 256  # records of a partition that flow takes at a time


def write_file(folder, video, seed, rows=ROWS, span=86400):
    """An export of one video: rows by rank, not by time, in a zone of its own."""
    rnd = random.Random(seed)
    path = os.path.join(folder, "TTCommentExporter-%s-%d-comments.csv" % (video, rows))
    with open(path, "w", encoding="utf-8-sig", newline="") as f:
        f.write('"Comment ID","Reply to Which Comment","Comment","Comment Time","Digg Count"\n')
        for i in range(rows):
            second = 1736951400 + rnd.randrange(span)
            local = time.strftime("%d/%m/%Y, %H:%M:%S", time.gmtime(second + 3600))
            f.write('"=""%d""","","so ""good""\nsaid %d","%s","%d"\n'
                    % (second << 32 | seed << 16 | i, i, local, i % 7))
    return path


def run(*args, code=0):
    p = subprocess.run([os.path.join(BIN, args[0]), *args[1:]], capture_output=True, text=True)
    assert p.returncode == code, "%s: exit %d, want %d: %s" % (args, p.returncode, code, p.stderr)
    return p.stderr


def dump(b, prefix, topic, raw, comments):
    """The committed records, partition by partition."""
    out = subprocess.run([os.path.join(BIN, "absa-tail"), "-b", b.address,
                          "-X", "topic.prefix=" + prefix, "-t", topic, "-o", "beginning", "-e",
                          "-f", "%p %s\\n"], capture_output=True, text=True, check=True).stdout
    lines = sorted((line.split(" ", 1) for line in out.splitlines()), key=lambda x: int(x[0]))
    return [json.loads(text) for _, text in lines]


class Ingest:
    running = []

    def __init__(self, b, prefix, key, raw, comments, slot=0, props=()):
        self.args = [os.path.join(BIN, "absa-ingest"), "-X", "kafka.bootstrap.servers=" + b.address,
                     "-X", "topic.prefix=" + prefix, "-X", "group.id=" + prefix + "ingest",
                     "-X", "slot=ingest-%s%d" % (prefix, slot), "-X", "raw.partitions=%d" % raw,
                     "-X", "comments.partitions=%d" % comments, "-X", "commit.interval.ms=20ms",
                     "-X", "batch.records=200", "-X", "ingest.user_key_file=" + key]
        for p in props:
            self.args += ["-X", p]
        self.start()

    def start(self):
        self.p = subprocess.Popen(self.args, stderr=LOG)
        Ingest.running.append(self.p)

    def kill(self):
        self.p.kill()
        self.p.wait()

    def end(self):
        self.p.terminate()
        return self.p.wait(15)


def wait_for(what, condition, timeout=60):
    until = time.time() + timeout
    while time.time() < until:
        if condition():
            return
        time.sleep(0.3)
    raise AssertionError("waited in vain for " + what)


def marks(lines, kind):
    return [m for m in lines if m.get("absa_kind") == "mark" and m["kind"] == kind]


def test_files_in_comments_out(b, folder, key):
    """Import by time of writing, ingest killed twice: each comment once, none late."""
    raw, comments = 2, 3
    files = [write_file(folder, v, i) for i, v in enumerate(VIDEOS)]
    b.apply("f.", raw, comments)
    args = ["-b", b.address, "-X", "topic.prefix=f.", "-X", "raw.partitions=%d" % raw]
    said = run("absa-import", *args, "--arrival", "created", *files)
    assert "%d records into f.raw, and its end" % (len(VIDEOS) * ROWS) in said, said
    again = run("absa-import", *args, *files, code=78)
    assert "has ended" in again and "-t" in again, again

    p = Ingest(b, "f.", key, raw, comments)
    for _ in range(2):
        time.sleep(1.2)
        p.kill()
        p.start()

    def all_ended():
        ends = marks(dump(b, "f.", "comments", raw, comments), "end")
        return len(ends) == raw * comments
    wait_for("the end of both sources", all_ended)
    assert p.end() == 0

    lines = dump(b, "f.", "comments", raw, comments)
    got = [c for c in lines if "absa_kind" not in c]
    assert len(got) == len(VIDEOS) * ROWS, len(got)
    assert len({c["comment_id"] for c in got}) == len(got)
    assert all(c["time_source"] == "zone" for c in got)
    assert all(c["created_ms"] == c["arrival_ms"] for c in got)
    assert all(c["created_ms"] // 1000 == int(c["comment_id"]) >> 32 for c in got)
    assert all(c["src_wm_ms"] <= c["arrival_ms"] and c["late_by"] == "none" for c in got)
    assert dump(b, "f.", "dead", raw, comments) == []
    seen = [(m["src"], m["seq"]) for m in lines if "absa_kind" in m]
    assert all(seen.count(m) == comments for m in set(seen[::50])), "a mark is there twice"
    since = {}
    for line in lines:  # partition by partition, so no two lanes of a source mix in a count
        if "absa_kind" in line and line["kind"] == "hello":
            since[line["src"]] = 0
        elif "absa_kind" in line:
            assert line["n_since_last"] == since[line["src"]], line
            since[line["src"]] = 0
        else:
            since[line["src"]] += 1


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def gauges(port, name):
    """{source: value} of a metric; {} while nobody answers."""
    try:
        with urllib.request.urlopen("http://127.0.0.1:%d/metrics" % port) as r:
            text = r.read().decode()
    except OSError:
        return {}
    return {m[1]: float(m[2]) for m in re.finditer(
        name + r'\{stage="ingest"(?:,source="(\d+)")?\} (\S+)', text)}


def span_of_a_batch(times):
    return max(b - a for a, b in zip(times, times[BATCH:]))


def widest(comments, sizes):
    """How far the sources' clocks were apart, in the order of the log, while both had more."""
    last, left, most = {}, dict(sizes), 0
    for c in comments:
        last[c["src"]] = max(c["arrival_ms"], last.get(c["src"], 0))
        left[c["src"]] -= 1
        if len(last) == 2 and min(left.values()) > 0:
            most = max(most, abs(last[0] - last[1]))
    return most


def test_backlogs_advance_together(b, folder, key):
    """Ten hours in two sources, one eight times as dense: read side by side in event time."""
    sizes, minute = (5000, 40000), 60000
    files = [write_file(folder, v, i, rows, 36000) for i, (v, rows) in enumerate(zip(VIDEOS[::2], sizes))]
    b.apply("b.", 2, 1)
    run("absa-import", "-b", b.address, "-X", "topic.prefix=b.", "-X", "raw.partitions=2",
        "--arrival", "created", *files)
    port = free_port()
    p = Ingest(b, "b.", key, 2, 1, props=["http.port=%d" % port, "watermark.step.ms=10s"])
    seen, paused, until = [], 0, time.time() + 120
    while time.time() < until:
        now = gauges(port, "absa_watermark_timestamp_seconds")
        paused = max(paused, gauges(port, "absa_paused_partitions").get(None, 0))
        seen += [now] if len(now) == 2 else []
        if len(now) == 2 and min(now.values()) > 1736951400 - 3600 + 36000 - 120:
            break
        time.sleep(0.01)
    wait_for("the ends", lambda: len(marks(dump(b, "b.", "comments", 2, 1), "end")) == 2)
    assert p.end() == 0

    got = [c for c in dump(b, "b.", "comments", 2, 1) if "absa_kind" not in c]
    assert len(got) == len({c["comment_id"] for c in got}) == sum(sizes), len(got)
    by_src = {s: [c["arrival_ms"] for c in got if c["src"] == s] for s in (0, 1)}
    assert {len(v) for v in by_src.values()} == set(sizes), "choose other videos"
    allowed = 10 * minute + max(span_of_a_batch(v) for v in by_src.values())
    apart = widest(got, {s: len(v) for s, v in by_src.items()})
    watched = max(abs(w["0"] - w["1"]) for w in seen) * 1000
    print("   apart %.1f min in the log, %.1f in %d looks at /metrics, %.1f allowed; waiting: %d"
          % (apart / minute, watched / minute, len(seen), allowed / minute, paused))
    assert apart <= allowed and watched <= allowed
    assert paused == 1


def test_live_topic_goes_idle(b, folder, key):
    """As a scraper posts: Kafka's time counts, an idle source raises its floor."""
    b.apply("l.", 1, 2)
    path = os.path.join(folder, "a.jsonl")
    with open(path, "w") as f:
        f.write('{"cid":"1","aweme_id":"2","text":"so good"}\n{"cid":"3","digg_count":-1}\n')
    args = ["-b", b.address, "-X", "topic.prefix=l."]
    said = run("absa-import", *args, "--arrival", "kafka", path)
    assert "and its end" not in said
    assert "live records" in run("absa-import", *args, "--arrival", "now", path, code=78)
    p = Ingest(b, "l.", key, 1, 2, props=["watermark.skew.ms=1s", "watermark.step.ms=1s",
                                          "watermark.idle.ms=1s"])
    wait_for("an idle mark", lambda: marks(dump(b, "l.", "comments", 1, 2), "idle"))
    assert p.end() == 0
    lines = dump(b, "l.", "comments", 1, 2)
    assert [c["comment_id"] for c in lines if "absa_kind" not in c] == ["1"]
    idle = marks(lines, "idle")[0]
    assert idle["wm_ms"] == idle["floor_ms"] <= time.time() * 1000
    dead = dump(b, "l.", "dead", 1, 2)
    assert [d["reason"] for d in dead] == ["range"], dead


def test_refusals(b, folder, key):
    """What is configuration ends with 78 and says what to do."""
    props = ["-X", "kafka.bootstrap.servers=" + b.address]
    assert "openssl rand" in run("absa-ingest", *props, code=78)
    open_key = os.path.join(folder, "open.key")
    with open(open_key, "w") as f:
        f.write("0" * 64)
    os.chmod(open_key, 0o644)
    assert "chmod 0600" in run("absa-ingest", *props, "-X", "ingest.user_key_file=" + open_key,
                               code=78)
    assert "absa topics apply" in run("absa-import", "-b", b.address, "-t", "none.raw",
                                      os.path.join(folder, "open.key"), code=78)
    assert "No such file" in run("absa-import", "-n", os.path.join(folder, "nothing"), code=78)
    run("absa-import", "-n", code=64)


def main():
    with Broker() as b, tempfile.TemporaryDirectory() as folder:
        key = os.path.join(folder, "absa.key")
        with open(key, "w") as f:
            f.write("00ff" * 16 + "\n")
        os.chmod(key, 0o600)
        try:
            run_all(b, folder, key)
        finally:
            for p in Ingest.running:
                p.kill()


def run_all(b, folder, key):
    for test in (test_backlogs_advance_together, test_files_in_comments_out, test_live_topic_goes_idle, test_refusals):
        start = time.time()
        test(b, folder, key)
        print("ok %s (%.1f s)" % (test.__name__, time.time() - start))


main()
