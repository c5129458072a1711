# SPDX-License-Identifier: MIT
"""absa import and absa ingest on a real Kafka: files in, comments out, each once."""
import os
import pathlib
import random
import re
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402

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


def run(name, *args, code=0):
    """What it said on stderr."""
    return h.run(h.BIN / name, *args, ok=(code,)).stderr


def ingest(b, prefix, folder, raw, comments, *props, batch=200):
    options = ["commit.interval.ms=20ms", f"batch.records={batch}",
               f"ingest.user_key_file={h.key_file(folder)}", *props]
    return h.Deployment(b, prefix, {"ingest": options}, raw, comments)


def marks(lines, kind):
    return [m for m in lines if m.get("absa_kind") == "mark" and m["kind"] == kind]


def test_files_in_comments_out(b, folder):
    """Import by time of writing, ingest killed twice: each comment once, none late."""
    raw, comments = 2, 3
    files = [write_file(folder, v, i) for i, v in enumerate(VIDEOS)]
    d = ingest(b, "f.", folder, raw, comments, batch=50)  # so that there is a middle of its work
    args = ["-b", b.address, "-X", "topic.prefix=f.", "-X", "raw.partitions=%d" % raw]
    said = run("absa-import", *args, "--arrival", "created", *files)
    assert "%d records into f.raw, and its end" % (len(VIDEOS) * ROWS) in said, said
    again = run("absa-import", *args, *files, code=78)
    assert "has ended" in again and "-t" in again, again

    seen = h.Counter(b, "f.comments")
    p = d.start("ingest")
    p.kill_at_work(seen, len(VIDEOS) * ROWS, 2, random.Random(3))
    seen.stop()

    def all_ended():
        ends = marks(d.records("comments"), "end")
        return len(ends) == raw * comments
    h.wait_for("the end of both sources", all_ended)
    assert p.end() == 0

    lines = d.records("comments")
    got = [c for c in lines if "absa_kind" not in c]
    assert len(got) == len(VIDEOS) * ROWS, len(got)
    assert len({c["comment_id"] for c in got}) == len(got)
    assert all(c["time_source"] == "zone" for c in got)
    assert all(c["created_ms"] == c["arrival_ms"] for c in got)
    assert all(c["created_ms"] // 1000 == int(c["comment_id"]) >> 32 for c in got)
    assert all(c["src_wm_ms"] <= c["arrival_ms"] and c["late_by"] == "none" for c in got)
    assert d.records("dead") == []
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


def gauges(port, name):
    """{source: value} of a metric; {} while nobody answers."""
    try:
        text = h.get_page(port, "/metrics")[1]
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


def test_backlogs_advance_together(b, folder):
    """Ten hours in two sources, one eight times as dense: read side by side in event time."""
    sizes, minute = (5000, 40000), 60000
    files = [write_file(folder, v, i, rows, 36000) for i, (v, rows) in enumerate(zip(VIDEOS[::2], sizes))]
    port = h.free_port()
    d = ingest(b, "b.", folder, 2, 1, "http.port=%d" % port, "watermark.step.ms=10s")
    run("absa-import", "-b", b.address, "-X", "topic.prefix=b.", "-X", "raw.partitions=2",
        "--arrival", "created", *files)
    p = d.start("ingest")
    seen, paused, until = [], 0, time.time() + 300
    while time.time() < until:
        now = gauges(port, "absa_watermark_timestamp_seconds")
        paused = max(paused, gauges(port, "absa_paused_partitions").get(None, 0))
        seen += [now] if len(now) == 2 else []
        if seen and len(now) < 2:  # a source has ended
            break
        time.sleep(0.01)
    h.wait_for("the ends", lambda: len(marks(d.records("comments"), "end")) == 2)
    assert p.end() == 0

    got = [c for c in d.records("comments") if "absa_kind" not in c]
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


def test_live_topic_goes_idle(b, folder):
    """As a scraper posts: Kafka's time counts, an idle source raises its floor."""
    d = ingest(b, "l.", folder, 1, 2, "watermark.skew.ms=1s", "watermark.step.ms=1s",
               "watermark.idle.ms=1s")
    path = os.path.join(folder, "a.jsonl")
    with open(path, "w") as f:
        f.write('{"cid":"1","aweme_id":"2","text":"so good"}\n{"cid":"3","digg_count":-1}\n')
    args = ["-b", b.address, "-X", "topic.prefix=l."]
    said = run("absa-import", *args, "--arrival", "kafka", path)
    assert "and its end" not in said
    assert "live records" in run("absa-import", *args, "--arrival", "now", path, code=78)
    p = d.start("ingest")
    h.wait_for("an idle mark", lambda: marks(d.records("comments"), "idle"))
    assert p.end() == 0
    lines = d.records("comments")
    assert [c["comment_id"] for c in lines if "absa_kind" not in c] == ["1"]
    idle = marks(lines, "idle")[0]
    assert idle["wm_ms"] == idle["floor_ms"] <= time.time() * 1000
    assert [x["reason"] for x in d.records("dead")] == ["range"]


def test_refusals(b, folder):
    """What import cannot do ends with a word on what to do."""
    assert "absa topics apply" in run("absa-import", "-b", b.address, "-t", "none.raw",
                                      h.key_file(folder), code=78)
    assert "No such file" in run("absa-import", "-n", os.path.join(folder, "nothing"), code=69)
    run("absa-import", "-n", code=64)


def main():
    with h.Broker() as b, tempfile.TemporaryDirectory() as folder:
        return h.run_tests((test_backlogs_advance_together, test_files_in_comments_out,
                            test_live_topic_goes_idle, test_refusals), b, folder)


if __name__ == "__main__":
    sys.exit(main())
