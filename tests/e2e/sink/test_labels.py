#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""From judgements to figures on Apache Kafka and PostgreSQL: absa label finds the predictions, absa sink
writes them, and the database says how good they were, day by day, as is computed here from the same
numbers; absa compare finds that the errors of one day are not those of the day before."""
import csv
import json
import math
import pathlib
import random
import sys
import tempfile

import test_sink as sink

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402
from postgres import Postgres  # noqa: E402

DAY0, DAY_MS = 1_735_689_600_000, 86_400_000  # 2025-01-01
N = 600  # comments, half of them labelled on the second day
WIDTH = 0.25
ERRORS = ("error", "absolute_error", "covered", "confidence_gap")
NAMES = ("n", "bias", "mae", "rmse", "sign_accuracy", "n_confident", "confidence", "coverage",
         "calibration_error")


def cases():
    """Comments with the truth; on the second day people find more good in what the model says."""
    rng = random.Random(6)
    for i in range(N):
        said = rng.uniform(-0.7, 0.7)
        wrong = rng.gauss(0.4 if i >= N // 2 else 0, 0.1 if i % 2 else 0.25)
        yield {"id": f"c{i}", "day": int(i >= N // 2), "said": said, "bundle": "aa" if i % 10 else "bb",
               "confidence": rng.uniform(0.9, 1) if i % 2 else rng.uniform(0.5, 0.8),
               "truth": 0.0 if i % 50 == 0 else max(-1.0, min(1.0, said + wrong))}


def score(i, c):
    return json.dumps({
        "comment_id": c["id"], "created_ms": DAY0, "sentiment_score": c["said"], "engagement_score": 0.5,
        "implicitness_degree": 0.25, "confidence": c["confidence"], "model": "m", "model_version": "1",
        "encoder": "none", "bundle_sha256": c["bundle"], "src": 0, "src_offset": i,
        "arrival_ms": DAY0 - 1, "src_wm_ms": DAY0 - 10001})


def judgements(told):
    """Each once, and what a count of rows would get wrong: a word taken back, an unknown confidence,
    one of engagement alone."""
    rows = [{"comment_id": c["id"], "annotator": "anna", "sentiment": c["truth"],
             "labelled_ms": DAY0 + c["day"] * DAY_MS + i} for i, c in enumerate(told)]
    rows.append({**rows[3], "sentiment": -told[3]["truth"], "labelled_ms": DAY0 - 3 * DAY_MS,
                 "predicted_sentiment": 0.0, "arrival_ms": DAY0 - 9 * DAY_MS,
                 "bundle_sha256": told[3]["bundle"]})
    rows.append({"comment_id": "bare", "annotator": "ben", "sentiment": 0.5, "labelled_ms": DAY0 + 7,
                 "predicted_sentiment": 0.25, "arrival_ms": DAY0 - 1, "bundle_sha256": "aa"})
    rows.append({"comment_id": "c5", "annotator": "ben", "engagement": 0.5, "labelled_ms": DAY0 + 9})
    return rows


def expected(cs):
    """The figures of one window and model, in their order in NAMES."""
    errors = [c["said"] - c["truth"] for c in cs]
    sided = [c for c in cs if c["truth"] != 0]
    sure = [(c["confidence"], abs(c["said"] - c["truth"]) <= WIDTH) for c in cs if "confidence" in c]
    bins = [[(p, hit) for p, hit in sure if min(int(p * 10), 9) == b] for b in range(10)]
    return [len(cs), sum(errors) / len(cs), sum(map(abs, errors)) / len(cs),
            math.sqrt(sum(e * e for e in errors) / len(cs)),
            sum(c["truth"] * c["said"] > 0 for c in sided) / len(sided), len(sure),
            sum(p for p, _ in sure) / len(sure), sum(hit for _, hit in sure) / len(sure),
            sum(abs(sum(p - hit for p, hit in b)) for b in bins) / len(sure)]


def figures(world, database, told):
    """absa.label_quality(), as the login of Grafana reads it."""
    rows = world.pg.sql("SELECT (extract(epoch FROM start_at) * 1000)::bigint, bundle, "
                        f"{', '.join(NAMES)} FROM absa.label_quality('1 day')", "grafana", database)
    got = {(int(at), bundle): [float(x) for x in rest] for at, bundle, *rest in rows}
    told = told + [{"day": 0, "bundle": "aa", "said": 0.25, "truth": 0.5}]
    want = {(DAY0 + day * DAY_MS, bundle): expected([c for c in told if (c["day"], c["bundle"]) ==
                                                     (day, bundle)])
            for day in (0, 1) for bundle in ("aa", "bb")}
    assert got.keys() == want.keys(), got.keys()
    for key, values in want.items():
        for name, a, b in zip(NAMES, got[key], values):
            assert math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12), (key, name, a, b)
    before, after = (got[DAY0 + day * DAY_MS, "aa"] for day in (0, 1))
    print("     " + "; ".join(f"{n} {a:.3f} -> {b:.3f}" for n, a, b in zip(NAMES, before, after)))
    bias, coverage = NAMES.index("bias"), NAMES.index("coverage")
    assert after[bias] < before[bias] - 0.3 and after[coverage] < before[coverage] - 0.3


def drift_of_errors(world, database, _):
    """A day against the one before differs, the halves of a day do not."""
    def table(name, where):
        path = world.tmp / f"{name}.csv"
        rows = world.pg.sql(f"SELECT error, absolute_error, covered::integer, confidence_gap "
                            f"FROM absa.label_error WHERE confidence IS NOT NULL AND {where}",
                            "grafana", database)
        with open(path, "w", newline="") as f:
            csv.writer(f).writerows([ERRORS, *rows])
        return path

    def compare(reference, current, code):
        out = h.run(h.BIN / "absa-compare", "--reference", reference, "--current", current,
                    "--format", "json", ok=(code,)).stdout
        return {c["name"] for c in json.loads(out)["columns"] if c["drift"]}

    first = "labelled_at < '2025-01-02Z'"
    odd = "floor(extract(milliseconds FROM labelled_at) / 2)::integer % 2"
    assert compare(table("odd", f"{first} AND {odd} = 1"), table("even", f"{first} AND {odd} = 0"), 0) == set()
    moved = compare(table("before", first), table("after", "labelled_at >= '2025-01-02Z'"), 1)
    assert moved == set(ERRORS), moved


def the_stream_says_the_same(world, database, _):
    """absa errors and the view: the same four numbers, to the last bit."""
    labels = h.run(h.BIN / "absa-tail", "-b", world.broker.address, f"-Xtopic.prefix={sink.PREFIX}", "-t",
                   "labels", "-o", "beginning", "-e", "-J").stdout
    lines = h.run(h.BIN / "absa-errors", "--pipe", input=labels).stdout.splitlines()
    stream = {r["comment_id"]: r["features"] for r in map(json.loads, lines)
              if r.get("sighting") == "first"}
    rows = world.pg.sql("SELECT comment_id, error, absolute_error, covered::integer, confidence_gap "
                        "FROM absa.label_error", "grafana", database)
    view = {name: [float(x) if x else None for x in rest] for name, *rest in rows}
    assert stream.keys() == view.keys() and len(view) == N + 1, (len(stream), len(view))
    assert stream == view


def kept(world, database, _):
    """Whoever may read figures may change none, and widths are the reader's choice."""
    assert "denied" in world.pg.sql("DELETE FROM absa.label", "grafana", database, ok=(1,))
    assert "denied" in world.pg.sql("SELECT * FROM absa.label_quality()", "sink", database, ok=(1,))
    rows = world.pg.sql("SELECT sum(n), count(DISTINCT start_at) FROM absa.label_quality('7 days')",
                        "grafana", database)
    assert rows == [[str(N + 1), "1"]], rows


def main():
    with tempfile.TemporaryDirectory(prefix="absa-labels-") as tmp, Postgres() as pg, h.Broker() as b:
        world, told = sink.World(b, pg, pathlib.Path(tmp)), list(cases())
        b.apply(sink.PREFIX, raw=1, comments=2)
        sink.put(b, "scores", [score(i, c) for i, c in enumerate(told)])
        path, rows = world.tmp / "judged.jsonl", judgements(told)
        path.write_text("".join(json.dumps(r) + "\n" for r in rows))
        said = h.run(h.BIN / "absa-label", "-b", b.address, f"-Xtopic.prefix={sink.PREFIX}", path).stderr
        assert f"{len(rows)} labels, 0 dead" in said, said

        database = world.database("labels")
        program = world.start(database, *sink.SMALL)
        h.wait_for("all records", lambda: world.done(database, N + len(rows)))
        assert program.end() == 0, program.said()
        return h.run_tests((figures, drift_of_errors, the_stream_says_the_same, kept), world, database, told)


if __name__ == "__main__":
    sys.exit(main())
