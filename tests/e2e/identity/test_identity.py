# SPDX-License-Identifier: MIT
"""The same bytes on another kind of CPU: the C library without AVX2 and FMA (GLIBC_TUNABLES),
and our own kernel without AVX2 (absa-drift-portable)."""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from harness import BIN  # noqa: E402

PLAIN = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX,-FMA,-FMA4,-AVX512F,-AVX512VL,-ERMS"}
PORTABLE = BIN.parent / "tests/absa-drift-portable"
WORDS = ("love this so much not really why would anyone buy that the colour is great honestly worst "
         "quality ever wow thanks where did you get it too expensive never again best day").split()
HOURS = 6
FILES = ("windows.jsonl", "alerts.jsonl", "dead.jsonl")


def comments(n, videos):
    """Made up; in the last third other words, so that there is something to say."""
    pick = random.Random(5)
    for i in range(n):
        second = 1_753_228_800 + i * HOURS * 3600 // n
        words = WORDS if i < 2 * n // 3 else WORDS[:9]
        yield json.dumps({
            "cid": str((second << 32) | i), "aweme_id": str(7_500_000_000_000_000_000 + pick.randrange(videos)),
            "text": " ".join(pick.choices(words, k=pick.randint(3, 20))), "create_time": second,
            "digg_count": pick.randint(0, 99), "reply_comment_total": 0, "comment_language": "en",
            "user": {"uid": str(pick.randint(1, 10**9))}})


class Identity(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory()
        cls.dir = pathlib.Path(cls.tmp.name)
        cls.raw = cls.dir / "raw.jsonl"
        cls.raw.write_text("\n".join(comments(3000, 200)) + "\n")

    @classmethod
    def tearDownClass(cls):
        cls.tmp.cleanup()

    def run_it(self, program, *args, stdin=b"", env=None):
        run = subprocess.run([program, *map(str, args)], input=stdin, capture_output=True,
                             env=dict(os.environ, **(env or {})))
        self.assertEqual(run.returncode, 0, run.stderr.decode())
        return run.stdout

    def backtest(self, name, policy, env=None):
        out = self.dir / name
        self.run_it(BIN / "absa-backtest", "-q", "--input", self.raw, "--out", out,
                    "-Xdrift.policy=" + policy, env=env)
        return [(out / f).read_bytes() for f in FILES]

    def test_backtest_without_fma(self):
        for policy in ("fixed", "significant", "early"):
            here = self.backtest(policy, policy)
            self.assertTrue(here[0] and here[1], "nothing to compare")
            self.assertEqual(here, self.backtest(policy + "-plain", policy, PLAIN), policy)

    def test_our_kernel_without_avx2(self):
        found = self.run_it(BIN / "absa-ingest", "--pipe", "-q", stdin=self.raw.read_bytes())
        scores = self.run_it(BIN / "absa-score", "--pipe", "-q", stdin=found)
        said = []
        for i, (program, env) in enumerate(((BIN / "absa-drift", None), (PORTABLE, None), (PORTABLE, PLAIN))):
            alerts = self.dir / ("alerts%d" % i)
            windows = self.run_it(program, "--pipe", "-q", "--alerts", alerts, "-Xdrift.policy=early",
                                  stdin=scores, env=env)
            said.append((windows, alerts.read_bytes()))
        self.assertTrue(said[0][0] and said[0][1], "nothing to compare")
        self.assertEqual(said[0], said[1])
        self.assertEqual(said[0], said[2])

    def test_a_calibration_is_the_same(self):
        """However many threads there are, and on whichever CPU; drawn, or of days that differ, here by their texts."""
        for moods, says in ((1, b'"calibration":{"stretches":12,'), (4, b'"stretches":16,"days":1,')):
            with self.subTest(moods=moods):
                self.calibrate(moods, says)

    def calibrate(self, moods, says):
        long = self.dir / "long.jsonl"
        pick = random.Random(6)
        lines = []
        for line in comments(1500, 1):
            c = json.loads(line)
            day = pick.randrange(16)
            second = 1_753_228_800 + day * 86400 + pick.randrange(86400)
            lines.append(dict(c, create_time=second, cid=str((second << 32) | len(lines)),
                              text=c["text"] + " great!" * (day % moods),
                              aweme_id=str(7_500_000_000_000_000_000 + second // 7200)))
        long.write_text("\n".join(json.dumps(c) for c in sorted(lines, key=lambda c: c["create_time"])) + "\n")
        made = []
        for i, env in enumerate((None, PLAIN)):
            out = self.dir / ("baseline%d.json" % i)
            one = ["taskset", "-c", "0"] if i else []
            run = [*one, BIN / "absa-baseline", "-q", "--force", "--stretches", "12", "-Xpane.ms=1h", "--input", long]
            self.run_it(run[0], *run[1:], "--out", out, env=env)
            made.append(out.read_bytes())
        self.assertIn(says, made[0])
        self.assertEqual(made[0], made[1])


if __name__ == "__main__":
    unittest.main()
