#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Labels that come to say something else become an alert, on Apache Kafka: absa label writes them, absa
errors (killed at its work) makes errors of them, absa baseline keeps what those of the first weeks were
like, and a drift of their own finds the day from which people no longer find what the model says."""
import hashlib
import json
import pathlib
import random
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402

DAY0, DAY_MS = 1_735_689_600_000, 86_400_000  # 2025-01-01
GOOD, BAD, A_DAY = 20, 4, 60  # days, days, labels
N = (GOOD + BAD) * A_DAY
BUNDLE = hashlib.sha256((h.TOP / "models/default/manifest.json").read_bytes()).hexdigest()
NAMES = {"error", "absolute_error", "covered", "confidence_gap"}
CONF = h.TOP / "deploy/labels/errors.conf"


def judgements():
    """In the order in which people gave them. From day GOOD on they find it worse than the model."""
    rng = random.Random(51)
    for i in range(N):
        said, at = rng.uniform(-0.5, 0.5), DAY0 + i * DAY_MS // A_DAY
        truth = said + rng.gauss(0, 0.12) - (0.3 if i >= GOOD * A_DAY else 0)
        yield {"comment_id": f"c{i}", "video_id": f"v{rng.randrange(300)}", "labelled_ms": at,
               "annotator": f"a{i % 3}", "sentiment": max(-1.0, min(1.0, truth)), "confidence": 0.95,
               "predicted_sentiment": said, "arrival_ms": at - DAY_MS, "bundle_sha256": BUNDLE}


def label(b, path, rows):
    path.write_text("".join(json.dumps(r) + "\n" for r in rows))
    said = h.run(h.BIN / "absa-label", "-b", b.address, "-Xtopic.prefix=e.", path).stderr
    assert f"{len(rows)} labels, 0 dead" in said, said


def errors(lines):
    """Without marks."""
    return [r for r in map(json.loads, lines) if "comment_id" in r]


def each_label_once(b, tmp):
    """Also of a file that was read twice, and of labels that judge nothing or another model."""
    told = list(judgements())
    again = told[:100] + [{**told[7], "predicted_sentiment": None, "sentiment": None, "engagement": 0.5,
                           "predicted_engagement": 0.5, "comment_id": "aside"},
                          {**told[8], "bundle_sha256": "another"}]
    d = h.Deployment(b, "e.", {"errors": ["errors.time=replayed", "batch.records=60",
                                          f"errors.bundle={BUNDLE[:16]}"]}, 1, 1)
    label(b, tmp / "judged.jsonl", told)
    label(b, tmp / "again.jsonl", again)
    d.start("errors")
    d.kill_each_at_work({"errors": ("errors.scores", N)}, 1)
    h.wait_for("all errors", lambda: len(errors(d.lines("errors.scores"))) == N + 100)
    d.stop()

    got = errors(d.lines("errors.scores"))
    assert [r["sighting"] for r in got] == ["first"] * N + ["update"] * 100
    for r, t in zip(got, told):
        error = t["predicted_sentiment"] - t["sentiment"]
        covered = float(abs(error) <= 0.25)
        assert r["features"] == [error, abs(error), covered, 0.95 - covered], (r, t)
        assert (r["comment_id"], r["video_id"], r["arrival_ms"]) == (
            t["comment_id"], t["video_id"], t["labelled_ms"]), (r, t)
    piped = h.run(h.BIN / "absa-errors", "--pipe", f"-Xerrors.bundle={BUNDLE}",
                  input="\n".join(d.lines("labels")) + "\n").stdout.splitlines()
    assert errors(piped) == got


def an_alert_of_their_own(b, tmp):
    baseline = tmp / "errors.json"
    said = h.run(h.BIN / "absa-baseline", "-c", CONF, "-b", b.address, "-Xtopic.prefix=e.", "-t", "e.errors.scores",
                 "--until", str(DAY0 + GOOD * DAY_MS), "-o", baseline, "--stretches", "20").stderr
    assert f"{GOOD * A_DAY} comments of" in said, said
    assert [f["name"] for f in json.loads(baseline.read_text())["features"]] == [
        "error", "absolute_error", "covered", "confidence_gap"]

    # The same without Kafka, of what a pipe of the same labels says.
    good = [x for x in h.Deployment(b, "e.", {}, 1, 1).lines("labels")
            if json.loads(x)["labelled_ms"] < DAY0 + GOOD * DAY_MS]
    piped = h.run(h.BIN / "absa-errors", "--pipe", f"-Xerrors.bundle={BUNDLE}", input="\n".join(good) + "\n").stdout
    h.run(h.BIN / "absa-baseline", "-c", CONF, "--errors", "-", "-o", tmp / "piped.json", "--stretches", "20", input=piped)
    assert (tmp / "piped.json").read_bytes() == baseline.read_bytes()
    cut = h.run(h.BIN / "absa-baseline", "--errors", "-", "-o", tmp / "cut.json", input=piped[:-20], ok=(65,))
    assert f"line {len(piped.splitlines())}: is no record" in cut.stderr, cut.stderr

    said = CONF.read_text().partition("[drift]")[2].replace("= errors.json", f"= {baseline}")
    options = [x for x in said.splitlines() if x and x[0] != "#"]
    d = h.Deployment(b, "e.errors.", {"pane": options, "judge": options}, 1, 1)
    h.run(h.BIN / "absa-drift", "--check-config", "-c", CONF, f"-Xdrift.baseline={baseline}")
    d.start("judge")
    d.start("pane")
    line = d.wait("alerts", 1)[0]
    alert = json.loads(line)
    d.wait("windows", GOOD + BAD - 1)
    d.stop()
    print(f"     {alert['message']}")
    assert alert["feature"] in NAMES and alert["end_ms"] > DAY0 + GOOD * DAY_MS, alert
    assert alert["state"] == "firing" and alert["bundle"] == f"sha256:{BUNDLE}", alert
    # It was calibrated for this drift: not by bounds, which give a boundary its share of a month.
    assert alert["evidence"]["level"] > 2 / (30 * 24), alert["evidence"]
    assert any("the baseline's calibration keeps" in log.read_text() for log in d.log.glob("*.log"))
    windows = d.records("windows")
    assert {w["state"] for w in windows} == {"evaluated"}, windows
    assert all(w["late"] == w["updates"] == w["counters"]["overtaken"] == 0 for w in windows)

    # The same without Kafka, where the end of the labels closes what is open here.
    labels = h.Deployment(b, "e.", {}, 1, 1).lines("labels")
    piped = h.run(h.BIN / "absa-errors", "--pipe", f"-Xerrors.bundle={BUNDLE}",
                  input="\n".join(labels) + "\n").stdout
    piped = h.run(h.BIN / "absa-drift", "--pipe", "--alerts", tmp / "alerts.jsonl",
                  *(f"-X{o}" for o in options), input=piped).stdout.splitlines()
    assert [json.loads(x) for x in piped][:len(windows)] == windows
    assert h.read_lines(tmp / "alerts.jsonl")[0] == line

    path = tmp / "alert.json"
    path.write_text(line + "\n")
    h.run(h.BIN / "absa-verify-alert", path)
    shown = h.run(h.BIN / "absa-tail", "-b", b.address, "-Xtopic.prefix=e.errors.", "-o", "beginning",
                  "-e", "--evidence").stdout
    assert alert["message"] in shown and "baseline" in shown, shown


def main():
    with h.Broker() as b, tempfile.TemporaryDirectory(prefix="absa-errors-") as tmp:
        return h.run_tests((each_label_once, an_alert_of_their_own), b, pathlib.Path(tmp))


if __name__ == "__main__":
    sys.exit(main())
