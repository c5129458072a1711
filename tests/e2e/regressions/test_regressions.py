# SPDX-License-Identifier: MIT
"""What broke an earlier draft of the design and shows only on Apache Kafka (tests/README.md has
the map of all of it)."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parents[1] / "support"), str(HERE.parent / "flow"), str(HERE.parents[1] / "chaos")]
import harness as h  # noqa: E402
import skew  # noqa: E402
from test_flow import Toy, check_copy, copied, numbered, stderr_of  # noqa: E402

CRAFT = h.BUILD / "tests/craft"
DAY_MS = 86400000
OLD_MS, KEPT_MS = 400 * DAY_MS, 365 * DAY_MS  # older than what any topic of ours keeps
OF_TIME = ("raw", "comments", "scores", "labels", "panes", "windows", "alerts", "dead")


def craft(*args):
    return h.run(CRAFT, *args)


def test_r1_old_records_survive_retention(b):
    """A record that says it is a year old is deleted at the first retention check of a topic with
    CreateTime. Ours count from the write."""
    b.apply("r1.", 1, 1)
    craft("create", b.address, "r1.control", KEPT_MS)
    for name in ("control", *OF_TIME):
        craft("old", b.address, "r1." + name, 1000, OLD_MS)
    h.wait_for("retention to strike", lambda: not b.get("r1.control"))
    time.sleep(3)  # three more checks
    for name in OF_TIME:
        left = len(b.get("r1." + name))
        assert left == 1000, f"{left} of 1000 are left of {name}"


def test_r6_metadata_has_room_or_stops(b):
    """The broker takes 4,096 bytes of metadata and then aborts, restart after restart. What a stage
    may remember fits; more than that is a defect that stops (70), not a loop (75)."""
    b.apply("r6.", 1, 1)
    b.put("r6.raw", 0, numbered(0, 300))
    toy = Toy(b, "r6.", parts=1, env={"TOY_META": "1024"})
    h.wait_for("the copy", lambda: len(copied(b, "r6.")) >= 300)
    toy.kill()
    b.put("r6.raw", 0, numbered(1, 100))
    toy.start()  # commits the same offset with new metadata, then goes on
    h.wait_for("the rest", lambda: len(copied(b, "r6.")) >= 400)
    assert toy.end() == 0
    check_copy(b, "r6.", {0: numbered(0, 300) + numbered(1, 100)})

    b.put("r6.raw", 0, ["one more"])
    toy.env["TOY_META"] = "1025"
    code, why = stderr_of(toy)
    assert code == 70 and "meta of over 1024 bytes" in why, (code, why)


def test_r16_an_open_transaction_is_no_end(b):
    """Behind a scraper's open transaction a reader of committed records stands still, and so would
    the end that it believes in. The end of the log is asked for, uncommitted."""

    def marks(text):
        return copied(b, "r16.").count((0, text))

    b.apply("r16.", 1, 1)
    b.put("r16.raw", 0, ["a", "b"])
    toy = Toy(b, "r16.", parts=1, env={"TOY_MARK": "1"})
    h.wait_for("marks at the end", lambda: marks(b"mark 2") >= 2)
    scraper = subprocess.Popen([CRAFT, "open", b.address, "r16.raw"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    try:
        assert scraper.stdout.readline() == "open\n"
        time.sleep(2)
        before = marks(b"mark 2")
        time.sleep(5)
        more = marks(b"mark 2") - before
        assert more <= 1, f"{more} marks although the log has not ended"
    finally:
        scraper.communicate("commit\n")
    assert scraper.returncode == 0
    h.wait_for("marks at the new end", lambda: marks(b"mark 3") >= 2)
    assert toy.end() == 0
    check_copy(b, "r16.", {0: ["a", "b", "held"]})


def said(comment_id):
    return json.dumps({"cid": comment_id, "text": "good", "create_time": int(time.time()) - 1, "aweme_id": "v"})


def comments_of(d, src):
    return [c for c in d.records("comments") if c.get("src") == src and "late_by" in c]


def test_a_wrong_clock_makes_nothing_late(b):
    """The clock of ingest's host jumps, a day ahead too. A live source that is idle meanwhile is as
    far as the brokers' clock, by which its records arrive: what it says next is not late."""
    folder = tempfile.TemporaryDirectory()
    library = skew.build(folder.name)
    key = h.key_file(folder.name)
    d = h.Deployment(b, "clock.", {"ingest": [f"ingest.user_key_file={key}", "watermark.idle.ms=1000", "watermark.step.ms=1000",
                                               "watermark.skew.ms=1000"]}, raw=2, comments=2)
    ingest = d.start("ingest")
    ingest.kill()
    ingest.env = {**os.environ, "LD_PRELOAD": str(library)}
    ingest.start()
    for i in range(8):  # the clock has jumped again
        b.put("clock.raw", 1, [said(f"b{i}")])
        time.sleep(2)
        b.put("clock.raw", 0, [said(f"a{i}")])
    h.wait_for("the comments", lambda: len(comments_of(d, 0)) >= 8)
    late = [c["late_by"] for c in comments_of(d, 0) + comments_of(d, 1)]
    assert late == ["none"] * len(late), late
    marks = [m for m in d.records("comments") if "floor_ms" in m and m["src"] == 0]
    assert any(m["kind"] == "idle" for m in marks), "it never was found idle"
    ahead = max(m["floor_ms"] for m in marks) - time.time() * 1000
    assert ahead <= 0, f"a floor {ahead} ms ahead of the brokers' clock"
    d.stop()
    folder.cleanup()


def main():
    wanted = sys.argv[1:]
    tests = [test for name, test in sorted(globals().items())
             if name.startswith("test_") and (not wanted or name in wanted)]
    with tempfile.NamedTemporaryFile("w", suffix=".properties") as more:
        more.write("log.retention.check.interval.ms=1000\nlog.initial.task.delay.ms=1000\n")
        more.flush()
        os.environ["KAFKA_PROPERTIES"] = more.name
        with h.Broker() as b:
            return h.run_tests(tests, b)


if __name__ == "__main__":
    sys.exit(main())
