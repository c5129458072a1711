#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""I1 and I2: the same windows and alerts from a file, from a topic, and from consumers
on Apache Kafka with 1 and 3 processes a stage and with each process killed once, at work.

    identity.py crawl     a real crawl: one video, no alert
    identity.py mixed     tweets, then editorials: one CRITICAL alert
"""
import json
import pathlib
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402

COUNTERS = ("late_by_floor", "overtaken", "cross_source_updates", "dedupe_evicted")
# Small batches and commits, so that there is a middle of the work to be killed in.
SLOW = ["commit.interval.ms=50", "batch.records=40"]


def without_source(lines):
    """An alert's examples name raw coordinates, and its checksum covers them (I2)."""
    kept = []
    for line in lines:
        record = json.loads(line)
        record.pop("checksum", None)
        for example in record.get("examples", []):
            for name in ("src", "src_offset", "src_index"):
                example.pop(name)
        kept.append(record)
    return kept


def backtest(out, *args):
    """Windows and alerts, and how many comments they are made of."""
    h.run(h.BIN / "absa-backtest", "--out", out, *args)
    summary = json.loads((out / "summary.json").read_text())
    assert all(summary["counters"][name] == 0 for name in COUNTERS), summary
    return (h.read_lines(out / "windows.jsonl"), h.read_lines(out / "alerts.jsonl"),
            summary["comments"])


def check(name, got, want):
    for kind, a, b in zip(("windows", "alerts"), got, want):
        assert len(a) == len(b), f"{name}: {len(a)} {kind}, not {len(b)}"
        for i, (x, y) in enumerate(zip(a, b)):
            assert x == y, f"{name}: {kind} {i} differ\n{x}\n{y}"
    print(f"ok {name}: {len(want[0])} windows, {len(want[1])} alerts, the same bytes")


def work(want):
    """What each stage is at work on. A pane reads as long as scores come; it writes when it
    has read, in as many pieces as it likes."""
    windows, _, comments = want
    return {"ingest": ("comments", comments), "score": ("scores", comments),
            "pane": ("scores", comments), "judge": ("windows", len(windows))}


def deploy(broker, name, processes, kills, source, drift):
    options = {stage: list(SLOW) for stage in ("ingest", "score", "pane", "judge")}
    for stage in ("pane", "judge"):
        options[stage] += drift
    options["ingest"] += [f"ingest.user_key_file={source['key']}"]
    d = h.Deployment(broker, f"{name}.", options)
    try:
        h.run(h.BIN / "absa-import", source["file"], "-b", broker.address, "--arrival", "created",
              *d.topics)
        args = ["-t", f"{name}.raw", "-b", broker.address, *d.topics]
        want = backtest(source["dir"] / name, *args, *[f"-X{o}" for o in drift])
        d.start_all(processes)
        if kills:
            d.kill_each_at_work(work(want), seed=processes)
        d.wait("windows", len(want[0]))
        d.wait("alerts", len(want[1]))
        d.stop()
        check(name, (d.lines("windows"), d.lines("alerts")), want[:2])
        return want[:2]
    finally:
        h.Program.kill_all()


def mixed(work):
    """The mixed stream, and the options that judge it by a baseline of tweets."""
    h.run(h.TOP / "tools/demo.d/stream.py", h.hutto(), work)
    base = work / "base.json"
    h.run(h.BIN / "absa-baseline", "--input", work / "baseline.jsonl", "--out", base)
    return work / "stream.jsonl", [f"drift.baseline={base}"]


def main():
    source = {"dir": pathlib.Path(tempfile.mkdtemp())}
    if sys.argv[1] == "mixed":
        source["file"], drift = mixed(source["dir"])
    else:
        source["file"], drift = h.need(h.CRAWL, "the crawl"), []
    source["key"] = h.key_file(source["dir"])
    of_file = backtest(source["dir"] / "file", "--input", source["file"],
                       *[f"-X{o}" for o in drift])
    assert len(of_file[1]) == (1 if sys.argv[1] == "mixed" else 0)
    with h.Broker() as broker:
        for name, processes, killed in (("one", 1, False), ("one-killed", 1, True),
                                        ("three", 3, False), ("three-killed", 3, True)):
            of_topic = deploy(broker, name, processes, killed, source, drift)
            assert [without_source(x) for x in of_topic] == \
                [without_source(x) for x in of_file[:2]], f"{name}: file and topic differ (I2)"
    print("ok file and topic agree but for source coordinates")


if __name__ == "__main__":
    main()
