# SPDX-License-Identifier: MIT
"""absa backtest and absa baseline on real files, and --pipe: one test a promise."""
import collections
import glob
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402
from harness import BIN, CRAWL, SHARED, TOP  # noqa: E402

BASELINE = TOP / "models/default/baseline.json"
ONE = ["-X", "window.min_samples=1", "-X", "window.min_videos=1"]


def absa(command, *args, stdin=None, env=None):
    return subprocess.run([BIN / ("absa-" + command), *map(str, args)], input=stdin,
                          capture_output=True, env=dict(os.environ, **(env or {})))


def lines(path):
    return [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]


class Case(unittest.TestCase):
    def setUp(self):
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.dir = pathlib.Path(tmp.name)

    def backtest(self, out, *args, want=0):
        """Runs it; the four files as values, and the folder."""
        out = self.dir / out
        run = absa("backtest", "-q", "--out", out, *args)
        self.assertEqual(run.returncode, want, run.stderr.decode())
        if want != 0:
            return run.stderr.decode()
        return (json.loads((out / "summary.json").read_text()), lines(out / "windows.jsonl"),
                lines(out / "alerts.jsonl"), lines(out / "dead.jsonl"))


class Crawl(Case):
    """3,521 real comments of one video."""

    def test_one_video_is_never_an_alert(self):
        summary, windows, alerts, dead = self.backtest("out", "--input", CRAWL)
        self.assertEqual([summary[k] for k in ("read", "comments", "updates", "dead", "late")],
                         [3521, 3521, 0, 0, 0])
        self.assertEqual(set(summary["counters"].values()), {0})
        self.assertEqual(summary["identity"], "I1")
        self.assertEqual((alerts, dead), ([], []))
        self.assertEqual(len(windows), summary["windows"])
        self.assertEqual({w["state"] for w in windows}, {"insufficient_data", "no_data"})
        self.assertEqual(sum(w["n"] for w in windows), 3521)
        starts = [w["start_ms"] for w in windows]
        self.assertEqual(starts, list(range(starts[0], starts[-1] + 1, 3600000)), "a gap")

    def test_same_bytes_each_time_and_however_it_is_cut(self):
        self.backtest("a", "--input", CRAWL)
        for i, more in enumerate([[], ["-X", "raw.partitions=3"], ["-X", "comments.partitions=1"],
                                  ["-X", "comments.partitions=7"]]):
            self.backtest("b%d" % i, "--input", CRAWL, *more)
            for name in ("windows.jsonl", "alerts.jsonl", "dead.jsonl", "summary.json"):
                self.assertEqual((self.dir / "a" / name).read_bytes(),
                                 (self.dir / ("b%d" % i) / name).read_bytes(), (name, more))

    def test_without_minima_psi_alone_decides(self):
        """As in the original: PSI > 0.2 WARNING, > 0.3 CRITICAL."""
        summary, windows, alerts, _ = self.backtest("out", "--input", CRAWL, *ONE,
                                                    "-Xdrift.policy=fixed")
        self.assertGreater(summary["alerts"], 0)
        self.assertEqual(len(alerts), summary["alerts"])
        self.assertEqual({w["state"] for w in windows}, {"evaluated", "no_data"})
        for w in windows:
            for f in w["features"] if w["state"] == "evaluated" else []:
                want = "NONE" if not f["psi"] or f["psi"] <= 0.2 else \
                    "WARNING" if f["psi"] <= 0.3 else "CRITICAL"
                self.assertEqual(f["severity"], want, f)
        first = next(w for w in windows if any(f["severity"] != "NONE" for f in w["features"]))
        self.assertEqual(alerts[0]["start_ms"], first["start_ms"])
        self.assertEqual(alerts[0]["state"], "firing")

    def test_the_report_is_of_the_folder_alone(self):
        """backtest and absa report write the same page, wherever the folder lies."""
        self.backtest("a", "--input", CRAWL, *ONE)
        page = (self.dir / "a/report.html").read_bytes()
        self.assertTrue(page.startswith(b"<!doctype html>") and page.endswith(b"</html>\n"))
        self.assertLess(len(page), 29 * 4000)
        self.assertIn(b"window.min_videos=1", page)
        (self.dir / "a").rename(self.dir / "b")
        for out in (self.dir / "c.html", "-"):
            run = absa("report", self.dir / "b", "--out", out)
            self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(run.stdout, page)
        self.assertEqual((self.dir / "c.html").read_bytes(), page)
        run = absa("report", self.dir / "b", "--baseline", self.dir / "b/command.txt")
        self.assertEqual(run.returncode, 65, run.stderr)
        (self.dir / "b/summary.json").unlink()
        self.assertEqual(absa("report", self.dir / "b").returncode, 69)

    def test_a_stretch_of_it(self):
        _, windows, _, _ = self.backtest("all", "--input", CRAWL)
        cut = windows[len(windows) // 2]["start_ms"]
        before, after = (self.backtest(name, "--input", CRAWL, flag, cut)[0]
                         for name, flag in (("before", "--until"), ("after", "--from")))
        self.assertGreater(before["comments"], 0)
        self.assertGreater(after["comments"], 0)
        self.assertEqual(before["comments"] + after["comments"], 3521)

    def test_a_baseline_that_does_not_resemble_itself_is_refused(self):
        path = self.dir / "baseline.json"
        run = absa("baseline", "--input", CRAWL, "--out", path)
        self.assertEqual(run.returncode, 65, run.stderr)
        self.assertIn(b"--force", run.stderr)
        self.assertFalse(path.exists())
        run = absa("baseline", "--force", "--input", CRAWL, "--out", path)
        self.assertEqual(run.returncode, 0, run.stderr)
        first = path.read_bytes()
        absa("baseline", "--force", "--input", CRAWL, "--out", path)
        self.assertEqual(first, path.read_bytes())

    def test_a_baseline_that_cannot_be_says_why_before_the_work(self):
        path = self.dir / "baseline.json"
        for args, code, word in [(("--out", self.dir / "nowhere/b.json"), 64, b"--out"),
                                 (("--out", self.dir), 64, b"--out"),
                                 (("--out", path, "--segment-min", "0"), 64, b"--segment-min"),
                                 (("--out", path, "--seed", "-1"), 64, b"--seed"),
                                 (("--out", path, "--from", "2030-01-01"), 65, b"nothing to make a baseline of"),
                                 (("--out", path, "--from", "2025-02-01", "--until", "2025-01-01"), 64,
                                  b"--from 2025-02-01 is not before --until 2025-01-01")]:
            with self.subTest(args):
                run = absa("baseline", "--input", CRAWL, *args)
                self.assertEqual(run.returncode, code, run.stderr)
                self.assertIn(word, run.stderr)
                self.assertEqual(list(self.dir.iterdir()), [])

    def test_segments_of_a_baseline(self):
        """What the baseline lists is watched, and the rest of its kind together."""
        path = self.dir / "baseline.json"
        run = absa("baseline", "--force", "--input", CRAWL, "--out", path,
                   "--segments", "is_reply, model", "--segment-min", "1000",
                   "--categories", "is_reply,lang", "--stretches", "0")
        self.assertEqual(run.returncode, 0, run.stderr)
        listed = {s["name"]: s["comments"] for s in json.loads(path.read_bytes())["segments"]}
        self.assertIn(b"known well enough", run.stderr)
        self.assertIn(b"note: lang: no comment has a value, so it will never be judged", run.stderr)
        self.assertNotIn(b"no value has", run.stderr)
        self.assertIn("is_reply:false", listed)
        self.assertTrue(all(n >= 1000 for n in listed.values()))
        _, windows, _, _ = self.backtest("out", "--input", CRAWL, "--baseline", path,
                                         "-X", "drift.segments=all, is_reply, model")
        counted = collections.Counter()
        for w in windows:
            counted[w["segment"]] += w["n"]
        self.assertEqual(set(counted), {"all", "model:__other__", "is_reply:__other__", *listed})
        for name, n in listed.items():
            self.assertEqual(counted[name], n)
        self.assertEqual(counted["all"], sum(n for name, n in counted.items() if name[:3] == "is_"))
        replies = [f for w in windows if w["segment"] == "all" and w["n"] > 0
                   for f in w["features"] if f["name"] == "is_reply"]
        self.assertEqual(sum(sum(f["bins"]) for f in replies), counted["all"])
        self.assertTrue(all(f["unseen"] == 0 and f["linf"] <= 1 for f in replies))
        run = absa("baseline", "--force", "--input", CRAWL, "--out", path, "--categories", "video")
        self.assertEqual(run.returncode, 64, run.stderr)
        run = absa("baseline", "--force", "--input", CRAWL, "--out", self.dir / "few.json",
                   "--segments", "model,is_reply", "--segment-min", "3522", "--stretches", "0")
        self.assertIn(b"note: --segments model: no value has 3522 comments", run.stderr)
        self.assertIn(b"note: --segments is_reply: no value has 3522 comments", run.stderr)
        run = absa("baseline", "--force", "--input", CRAWL, "--out", path, "--segments", "user")
        self.assertEqual(run.returncode, 64, run.stderr)
        run = absa("backtest", "--input", CRAWL, "--out", self.dir / "x",
                   "-X", "drift.segments=lang")
        self.assertEqual(run.returncode, 78, run.stderr)
        self.assertIn(b"lists no segment", run.stderr)


class Training(Case):
    """Comments of 300 videos that are nothing like what the default bundle was trained on."""
    SAID = "the stream this baseline was made from differs from what the model was trained on"

    def test_a_baseline_says_what_it_could_not_read(self):
        wrong = self.dir / "wrong.csv"
        wrong.write_text("len,k\n" + "1,2\n" * 3)
        run = absa("baseline", "--input", wrong, "--out", self.dir / "b.json")
        self.assertEqual(run.returncode, 65, run.stderr)
        self.assertIn(b"note: 3 records were refused: 3 shape\n", run.stderr)
        self.assertIn(b"nothing to make a baseline of", run.stderr)

    def test_a_baseline_knows_what_its_model_was_trained_on(self):
        comments, path = self.dir / "c.jsonl", self.dir / "baseline.json"
        comments.write_text("".join(json.dumps(
            {"comment_id": str(i), "video_id": f"v{i % 300}", "comment_text": "good " * (1 + i * 7 % 5),
             "timestamp": f"2025-07-{1 + i // 100:02}T10:{i % 60:02}:00Z"}) + "\n" for i in range(1, 1001)))
        run = absa("baseline", "--input", comments, "--out", path, "--stretches", "0")
        self.assertEqual(run.returncode, 0, run.stderr)
        told = run.stderr.decode()
        self.assertIn("note: " + self.SAID, told)
        made = json.loads(path.read_bytes())
        skewed = {f["name"]: f["training_skew"] for f in made["features"] if "training_skew" in f}
        self.assertIn("words", skewed)
        self.assertTrue(all(x > 0.02 for x in skewed.values()))
        self.assertEqual(made["training"], "sha256:" + hashlib.sha256(BASELINE.read_bytes()).hexdigest())
        self.assertIn(f"{len(skewed)} of 29 features differ", told)
        table = told.split("PSI beyond noise\n")[1].split("\nnote")[0].splitlines()
        self.assertEqual({row.split()[0] for row in table}, set(skewed))
        self.assertEqual([float(row.split()[1]) for row in table],
                         sorted((round(x, 3) for x in skewed.values()), reverse=True))
        summary, windows, _, _ = self.backtest("out", "--input", comments, "--baseline", path)
        self.assertEqual(summary["training_skew"], skewed)
        first, *others = windows  # what the run says of its baseline comes first, once
        self.assertEqual((first["rule"], first["state"], first["n"], first["n_eff"] > 0),
                         ("training", "training_skew", made["comments"], True))
        self.assertEqual((first["start_ms"], first["end_ms"]), (made["from_ms"], made["until_ms"] + 1))
        self.assertEqual({f["name"]: f["psi"] for f in first["features"]}, skewed)
        self.assertEqual({w["rule"] for w in others}, {"window"})
        self.assertEqual(summary["windows"], len(windows))
        self.assertIn(self.SAID, (self.dir / "out/report.html").read_text())
        doctor = absa("doctor", "-X", f"drift.baseline={path}", "-X", "kafka.bootstrap.servers=127.0.0.1:1", "-J")
        checks = {c["name"]: c for c in json.loads(doctor.stdout)["checks"]}
        self.assertEqual(checks["training data"]["status"], "warn")
        summary, windows, _, _ = self.backtest("plain", "--input", comments)  # the bundle's own, or one of before
        self.assertNotIn("training_skew", summary)
        self.assertEqual({w["rule"] for w in windows}, {"window"})
        self.assertNotIn(self.SAID, (self.dir / "plain/report.html").read_text())


class Files(Case):
    def test_every_shape(self):
        for path in sorted(glob.glob(str(SHARED / "data/shapes/*"))):
            with self.subTest(path):
                summary = self.backtest("out", "--input", path)[0]
                self.assertGreater(summary["comments"], 0)
                self.assertEqual(summary["read"],
                                 summary["comments"] + summary["updates"] + summary["dead"])

    def test_bad_records_hurt_nobody_else(self):
        good = {"cid": str(1753228800 << 32), "aweme_id": "7500000000000000000", "text": "fine",
                "create_time": 1753228800, "digg_count": 1, "reply_comment_total": 0}
        bad = ["{", "[" * 100, '{"cid": 1, "cid": 2}', "null", '{"nobody": "knows"}']
        path = self.dir / "in.jsonl"
        path.write_text("\n".join([json.dumps(good), *bad, json.dumps(good)]) + "\n")
        summary, _, _, dead = self.backtest("out", "--input", path)
        self.assertEqual((summary["comments"], summary["updates"]), (1, 1))
        self.assertEqual(summary["dead"], len(dead))
        self.assertEqual(summary["read"], 2 + len(dead))
        self.assertGreater(len(dead), 0)
        self.assertEqual(sum(summary["dead_reasons"].values()), len(dead))

    def test_errors_say_what_to_do(self):
        for args, code, word in [((), 64, "--input"),
                                 (("--input", "/nonexistent"), 69, "/nonexistent"),
                                 (("--input", CRAWL, "-t", "absa.raw"), 64, "either"),
                                 (("-t", "absa.raw"), 78, "kafka.bootstrap.servers"),
                                 (("-t", "absa.windows"), 64, "absa.raw"),
                                 (("--input", CRAWL, "--bundle", "/nonexistent"), 78, "bundle"),
                                 (("--input", CRAWL, "--baseline", "/etc/passwd"), 78, "baseline"),
                                 (("--input", CRAWL, "--from", "yesterday"), 64, "--from"),
                                 (("--input", CRAWL, "-X", "window.ms=7"), 78, "window.ms")]:
            with self.subTest(args):
                self.assertIn(word, self.backtest("out", *args, want=code))
        self.assertEqual(absa("backtest", "--input", CRAWL).returncode, 64)
        full = absa("backtest", "--input", CRAWL, "--out", "/dev/full")
        self.assertEqual(full.returncode, 64, full.stderr)


class Turn(Case):
    """Tweets about everything, then newspaper editorials."""

    @classmethod
    def setUpClass(cls):
        try:
            texts = h.hutto()
        except SystemExit:
            raise unittest.SkipTest("no texts") from None
        cls.tmp = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.tmp.cleanup)
        cls.data = pathlib.Path(cls.tmp.name)
        subprocess.run([sys.executable, TOP / "tools/demo.d/stream.py",
                        texts, cls.data], check=True)
        cls.turn = int((cls.data / "turn.txt").read_text())
        run = absa("baseline", "--input", cls.data / "baseline.jsonl", "--out", cls.data / "b.json")
        assert run.returncode == 0, run.stderr

    def test_critical_in_the_first_window_and_none_before(self):
        summary, windows, alerts, _ = self.backtest(
            "out", "--input", self.data / "stream.jsonl", "--baseline", self.data / "b.json",
            "-Xdrift.policy=fixed")
        self.assertEqual((summary["comments"], summary["windows"]), (4000, 16))
        self.assertEqual([w["state"] for w in windows], ["evaluated"] * 16)
        self.assertEqual(summary["baseline"],
                         json.loads((self.dir / "out/alerts.jsonl").read_text().splitlines()[0])
                         ["baseline"])
        self.assertEqual([(a["start_ms"], a["severity"], a["state"]) for a in alerts],
                         [(self.turn, "CRITICAL", "firing")])
        self.assertEqual(summary["false_alarms"]["kept_by"], "nothing")

    def test_a_run_that_nobody_judged_says_so(self):
        run = absa("backtest", "-q", "--input", self.data / "stream.jsonl", "--baseline", self.data / "b.json",
                   "-Xdrift.baseline.max_age.ms=1h", "--out", self.dir / "out")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn(b"warning: 16 of 16 windows were not judged, baseline_stale: the baseline is older than "
                      b"drift.baseline.max_age.ms. What it needs: a newer baseline", run.stderr)
        self.assertEqual({w["state"] for w in lines(self.dir / "out/windows.jsonl")}, {"baseline_stale"})
        self.assertIn("<h1>Not decided: the baseline was stale</h1>", (self.dir / "out/report.html").read_text())
        self.assertEqual(json.loads((self.dir / "out/summary.json").read_text())["false_alarms"]["kept_by"], "bounds")

    def test_what_goes_missing_is_an_alert(self):
        """A producer leaves a feature out, of half of the comments; no aspect is found any more."""
        path, alerts = self.dir / "b.json", self.dir / "alerts.jsonl"
        run = absa("baseline", "--input", self.data / "baseline.jsonl", "--out", path,
                   "--categories", "missing,has_aspect")
        self.assertEqual(run.returncode, 0, run.stderr)
        stream = (self.data / "stream.jsonl").read_bytes()
        comments = absa("ingest", "--pipe", "-q", stdin=stream).stdout
        scores = [json.loads(line) for line in absa("score", "--pipe", "-q", stdin=comments).stdout.splitlines()]
        words = [f["name"] for f in json.loads(path.read_bytes())["features"]].index("words") - 4
        for mark in scores:
            if mark.get("kind", "end") != "end":
                mark["wm_ms"] = -2**63  # all comes in one window
        for i, s in enumerate(s for s in scores if "features" in s):
            s.update(arrival_ms=self.turn, src_wm_ms=-2**63, aspects_detected=[])
            s["features"][words] = None if i % 2 else s["features"][words]
        said = "".join(json.dumps(s) + "\n" for s in scores).encode()
        run = absa("drift", "--pipe", "-q", "-X", f"drift.baseline={path}", "-X", "drift.policy=fixed",
                   "--alerts", alerts, stdin=said)
        self.assertEqual(run.returncode, 0, run.stderr)
        alert, = lines(alerts)
        self.assertEqual((alert["feature"], alert["severity"]), ("missing", "CRITICAL"))
        self.assertIn("; missing words in 50.0% (was 0.0%): PSI", alert["message"])
        self.assertEqual({o["name"] for o in alert["others"]} & {"has_aspect", "words"}, {"has_aspect"})
        self.assertEqual(absa("verify-alert", alerts).returncode, 0)

    def test_what_was_seldom_missing_goes_missing(self):
        """However seldom a baseline lacked something: that all lack it now is an alert, by either policy of evidence."""
        path, alerts = self.dir / "b.json", self.dir / "alerts.jsonl"
        comments = absa("ingest", "--pipe", "-q", stdin=(self.data / "baseline.jsonl").read_bytes()).stdout
        scores = [json.loads(line) for line in absa("score", "--pipe", "-q", stdin=comments).stdout.splitlines()]
        hello, end = json.dumps(scores[0]), json.dumps(scores[-1])
        scores = [s for s in scores if "features" in s]

        def said(n, lacks):
            return "".join(json.dumps(dict(scores[i % len(scores)], comment_id=f"c{i}", video_id=f"v{i % 301}", arrival_ms=self.turn,
                                           src_wm_ms=-2**63, features=[None if lacks(i) else i % 7 / 10, 0.1, 1, 0])) + "\n"
                           for i in range(n))

        for rare, test in [(0, "unseen"), (500, "rest"), (100, "rest"), (38, "rest"), (25, "groups")]:
            run = absa("baseline", "--errors", "-", "--out", path, "--categories", "missing", "--stretches", "0",
                       stdin=said(6000, lambda i: rare and i % rare == 0).encode())
            self.assertEqual(run.returncode, 0, run.stderr)
            for policy in "significant", "early":
                with self.subTest(rare=rare, policy=policy):
                    run = absa("drift", "--pipe", "-q", "-X", f"drift.baseline={path}", "-X", f"drift.policy={policy}", "--alerts", alerts,
                               stdin=f"{hello}\n{said(2000, lambda _: True)}{end}\n".encode())
                    self.assertEqual(run.returncode, 0, run.stderr)
                    alert, = lines(alerts)
                    self.assertEqual((alert["feature"], alert["severity"], alert["method"], alert["evidence"]["test"]),
                                     ("missing", "CRITICAL", 3, test))
                    self.assertEqual(absa("verify-alert", alerts).returncode, 0)

    def test_the_same_from_two_files(self):
        whole = (self.data / "stream.jsonl").read_text().splitlines(keepends=True)
        a, b = self.dir / "a.jsonl", self.dir / "b.jsonl"
        a.write_text("".join(whole[1::2]))
        b.write_text("".join(whole[0::2]))
        one = self.backtest("one", "--input", self.data / "stream.jsonl")
        two = self.backtest("two", "--input", a, "--input", b)
        self.assertEqual(one[0], two[0])
        self.assertEqual(one[1], two[1])


class Pipe(Case):
    """ingest --pipe | score --pipe | drift --pipe"""

    def rows(self):
        return (SHARED / "data/shapes/tiktok_web_comment.jsonl").read_bytes()

    def test_each_stage_takes_what_the_one_before_says(self):
        comments = absa("ingest", "--pipe", "-q", stdin=self.rows())
        self.assertEqual(comments.returncode, 0, comments.stderr)
        said = [json.loads(line) for line in comments.stdout.splitlines()]
        self.assertEqual(sum("absa_kind" not in c for c in said), 4)
        self.assertEqual(said[0]["absa_kind"], "mark")
        self.assertEqual(said[-1]["kind"], "end")
        scores = absa("score", "--pipe", "-q", stdin=comments.stdout)
        self.assertEqual(scores.returncode, 0, scores.stderr)
        said = [json.loads(line) for line in scores.stdout.splitlines()]
        self.assertEqual(sum("sentiment_score" in s for s in said), 4)
        again = absa("score", "--pipe", "-q", stdin=comments.stdout)
        self.assertEqual(scores.stdout, again.stdout)
        drift = absa("drift", "--pipe", "-q", "-X", "drift.baseline=%s" % BASELINE,
                     stdin=scores.stdout)
        self.assertEqual(drift.returncode, 0, drift.stderr)
        windows = [json.loads(line) for line in drift.stdout.splitlines()]
        self.assertEqual(sum(w["n"] for w in windows), 3)
        self.assertEqual(sum(w["updates"] for w in windows), 1)

    def test_bad_lines(self):
        stdin = self.rows() + b"{\n"
        run = absa("ingest", "--pipe", "-q", stdin=stdin)
        self.assertEqual(run.returncode, 65)
        self.assertIn(b"1 record was refused: 1 json", run.stderr)
        path = self.dir / "dead.jsonl"
        run = absa("ingest", "--pipe", "-q", "--dead", path, stdin=stdin)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual([d["reason"] for d in lines(path)], ["json"])
        run = absa("score", "--pipe", "-q", stdin=b"not json\n")
        self.assertEqual(run.returncode, 65)


if __name__ == "__main__":
    if not CRAWL.exists():
        h.skip("ABSA_SHARED does not name the shared data")
    unittest.main(verbosity=2)
