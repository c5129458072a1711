# SPDX-License-Identifier: MIT
"""Questions to the runs of tests/golden/report, and what absa why answers: the same bytes, as text
and as JSON. Of each policy: before an alert, when it fires, while it does, after it, and where there is none.

    golden.py [--write]    --write: the answers as they are now become the expected ones"""
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
RUNS = HERE.parent / "report"
WHY = pathlib.Path(os.environ["ABSA_BIN"]) / "absa-why"
DAY = "2025-07-23T"
ASKED = {
    "alert": ["sentiment_score", "--at", DAY + "12:10:00Z", "-d", RUNS / "turn"],
    "calm": ["sentiment_score", "--at", DAY + "09:10:00Z", "-d", RUNS / "turn"],
    "untold": ["sentiment_score", "--at", DAY + "13:10:00Z", "-d", RUNS / "turn"],
    "few": ["sentiment_score", "--at", DAY + "00:10:00Z", "-d", RUNS / "quiet"],
    "videos": ["sentiment_score", "--at", DAY + "00:10:00Z", "-d", RUNS / "quiet", "-X", "window.min_samples=5",
               "-X", "window.min_videos=50"],
    "empty": ["sentiment_score", "--at", DAY + "02:10:00Z", "-d", RUNS / "quiet"],
}


def scan(run, hour, feature="sentiment_score", *more):
    return [feature, "--at", f"2025-07-25T{hour:02}:10:00Z", "-d", RUNS / run, *more]


SEGMENTS = ["--segment", "is_reply:true"]
# By name: the question, and the reason that is expected.
SCANS = {
    "significant-before": (scan("significant", 1), "no_evidence"),
    "significant-fires": (scan("significant", 2), "alert"),
    "significant-goes-on": (scan("significant", 4), "goes_on"),
    "significant-beside": (scan("significant", 2, "words"), "alert"),
    "significant-other": (scan("significant", 4, "confidence"), "other_features"),
    "significant-segment": (scan("significant", 3, "sentiment_score", *SEGMENTS), "goes_on"),
    "lasting-soon": (scan("lasting", 3), "no_evidence"),
    "lasting-fires": (scan("lasting", 4), "alert"),
    "lasting-calm": (scan("lasting", 5), "goes_on"),
    "lasting-over": (scan("lasting", 7), "no_evidence"),
    "early-soon": (scan("early", 1), "no_evidence"),
    "early-fires": (scan("early", 2), "alert"),
    "early-over": (scan("early", 3), "not_long_enough"),
    "early-category": (scan("early", 7, "is_reply"), "goes_on"),
    "small": (scan("few", 0), "no_evidence"),
    "small-segment": (scan("few", 1, "words", *SEGMENTS), "no_evidence"),
    "small-videos": (scan("few", 1, "words", *SEGMENTS, "-X", "window.min_videos=99"), "few_videos"),
}
REFUSED = {
    "has a feature nope": ["nope", "--at", DAY + "09:10:00Z", "-d", RUNS / "turn"],
    "of segment lang:de": ["sentiment_score", "--at", DAY + "09:10:00Z", "-d", RUNS / "turn", "--segment", "lang:de"],
    "holds 2024-01-01": ["sentiment_score", "--at", "2024-01-01", "-d", RUNS / "turn"],
}


def ask(*args, code=0):
    done = subprocess.run([WHY, *args], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == code, (args, done)
    return done.stdout, done.stderr


def main():
    asked = {name: (args, None) for name, args in ASKED.items()} | SCANS
    for name, (args, reason) in asked.items():
        for kind, more in (("txt", []), ("json", ["-J"])):
            said = ask(*args, *more)[0]
            expected = HERE / f"{name}.{kind}"
            if "--write" in sys.argv:
                expected.write_text(said)
            assert said == expected.read_text(), f"{expected.name}: another answer: {said}"
        told = json.loads(said)
        if reason:
            assert told["reason"] == reason, told
        assert told["alert"] == (told["reason"] in ("alert", "goes_on", "other_features")), told
        print(f"ok {name}: {told['reason']}")
    for why, args in REFUSED.items():
        assert why in ask(*args, code=65)[1], why
    assert "windows.jsonl" in ask(*ASKED["calm"][:3], "-d", HERE, code=69)[1]
    ask("sentiment_score", code=64)
    ask("--at", DAY, code=64)
    assert ": usage: --at then: " in ask("words", "--at", "then", "-d", RUNS / "few", code=64)[1]
    readme = (HERE.parents[2] / "README.md").read_text()
    assert (HERE / "calm.txt").read_text() in readme, "README.md shows another answer than calm.txt"


main()
