# SPDX-License-Identifier: MIT
"""absa label on a real Kafka: each label with the prediction it judges, what is none as a dead letter."""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402

T0 = 1751548587000
OURS = "-Xtopic.prefix=l."


def score(i, value, arrival_ms, bundle):
    return json.dumps({
        "comment_id": f"c{i}", "video_id": f"v{i // 10}", "created_ms": T0, "sentiment_score": value, "engagement_score": 0.5,
        "implicitness_degree": 0.25, "confidence": 0.75, "model": "m", "model_version": "1",
        "encoder": "none", "bundle_sha256": bundle, "src": 0, "src_offset": i,
        "arrival_ms": arrival_ms, "src_wm_ms": arrival_ms - 10000})


def put(b, topic, lines):
    subprocess.run([h.BUILD / "tests/put", "-q", "-b", b.address, OURS, topic], check=True, text=True,
                   input="\n".join(lines) + "\n", stderr=subprocess.DEVNULL)


def tail(b, topic):
    return [json.loads(x) for x in h.run(h.BIN / "absa-tail", "-b", b.address, OURS, "-t", topic, "-o",
                                         "beginning", "-e", "-J").stdout.splitlines()]


def label(b, *args):
    got = subprocess.run([h.BIN / "absa-label", "-b", b.address, OURS, *args], capture_output=True,
                         text=True)
    print("  ", " ".join(str(a) for a in args), "->", got.returncode, got.stderr.strip(), flush=True)
    return got


def main():
    with h.Broker() as b, tempfile.TemporaryDirectory() as tmp:
        b.apply("l.", 1, 2)
        put(b, "scores", [score(i, i / 100, T0 + i * 1000, "aa") for i in range(50)] +
            [score(7, -0.5, T0 + 3600000, "bb")])
        table = pathlib.Path(tmp) / "judged.csv"
        table.write_text("comment_id,sentiment,engagement,labelled_ms\n" +
                         "".join(f"c{i},0.5,,{T0 + 60000}\n" for i in range(20)) +
                         "c7,-1,0.5,2025-07-04\nnobody,0.5,,\nc8,nan,,\nc9,7,,\n")
        lines = pathlib.Path(tmp) / "judged.jsonl"
        lines.write_text(json.dumps({"comment_id": "own", "annotator": "ben", "sentiment": 0.25,
                                     "predicted_sentiment": 0.5, "arrival_ms": T0, "bundle_sha256": "cc"}))

        # Nothing is written by a dry run, and what would be is shown.
        dry = label(b, "-n", "--annotator", "anna", table, lines)
        assert dry.returncode == 65 and len(dry.stdout.splitlines()) == 22, dry.stdout
        assert not tail(b, "labels") and not tail(b, "dead")

        got = label(b, "--annotator", "anna", table, lines)
        assert got.returncode == 65 and "22 labels, 3 dead letters" in got.stderr, got.stderr
        assert "; row 22: " in got.stderr, got.stderr
        told = tail(b, "labels")
        assert sorted(json.dumps(x) for x in told) == sorted(
            json.dumps({**json.loads(x), "labelled_ms": y["labelled_ms"]})
            for x, y in zip(dry.stdout.splitlines(), told))
        by = {(x["comment_id"], x["labelled_ms"]): x for x in told}
        assert by["c3", T0 + 60000] == {
            "comment_id": "c3", "annotator": "anna", "stage": "", "labelled_ms": T0 + 60000,
            "sentiment": 0.5, "engagement": None, "implicitness": None, "predicted_sentiment": 0.03,
            "predicted_engagement": 0.5, "predicted_implicitness": 0.25, "arrival_ms": T0 + 3000,
            "bundle_sha256": "aa", "confidence": 0.75, "interval": 0.25, "video_id": "v0"}
        seven = {x["predicted_sentiment"]: x["bundle_sha256"] for k, x in by.items() if k[0] == "c7"}
        assert seven == {0.07: "aa", -0.5: "bb"}, seven
        own = [x for x in told if x["comment_id"] == "own"][0]
        assert (own["predicted_sentiment"], own["confidence"], own["video_id"]) == (0.5, None, "")
        dead = tail(b, "dead")
        assert sorted((d["stage"], d["reason"], d["topic"], d["offset"]) for d in dead) == [
            ("label", "number", "labels", 23), ("label", "prediction", "labels", 22),
            ("label", "range", "labels", 24)], dead

        # A stretch without the scores; a file that is none of ours.
        late = label(b, "--annotator", "anna", "--from", "2099-01-01", table)
        assert late.returncode == 65 and "prediction 22" in late.stderr, late.stderr
        table.write_text("id,sentiment\n1,1\n")
        assert label(b, table).returncode == 65
        assert label(b).returncode == 64
        assert label(b, pathlib.Path(tmp) / "nowhere").returncode == 69
        assert len(tail(b, "labels")) == 22


main()
