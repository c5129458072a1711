# SPDX-License-Identifier: MIT
"""What the tests of the console share: comments with a turn, and what a backtest says of them."""
import json
import subprocess

import harness as h

ONE = ["-Xwindow.min_samples=1", "-Xwindow.min_videos=1", "-Xdrift.policy=fixed"]
HOSTILE = '<img src=x onerror="window.pwned=1"></script><script>window.pwned=1</script>'


def comments(path, n=400):
    """Two moods by the half; some records are broken."""
    with open(path, "w") as f:
        for i in range(n):
            text = ["so good", "love it"][i % 2] if i < n / 2 else ["the price is too high", "why?"][i % 2]
            f.write(json.dumps({"comment_text": f"{text} {i}", "video_id": str(i % 30), "timestamp":
                                f"2025-01-01T{i * 20 // n:02}:{i % 60:02}:00Z"}) + "\n")
        f.write("{broken\n" * 7)


def told(folder):
    """Windows, alerts and dead letters of them, as JSON lines."""
    comments(folder / "in.jsonl")
    h.run(h.BIN / "absa-backtest", "-q", "--input", folder / "in.jsonl", *ONE, "--out", folder / "out")
    return {name: h.read_lines(folder / f"out/{name}.jsonl") for name in ("windows", "alerts", "dead")}


def put(address, topic, lines, *args):
    subprocess.run([h.BUILD / "tests/put", "-q", "-b", address, *args, topic], check=True, text=True,
                   input="\n".join(lines) + "\n", stderr=subprocess.DEVNULL)


def hostile(alert):
    """An alert whose every text is markup."""
    a = dict(json.loads(alert), alert_id="e" * 32, seq=0, state="firing", severity="CRITICAL",
             episode_ms=1)  # the first of all is the one that the verdict names
    for name in ("segment", "feature", "kind", "rule", "message", "todo", "policy", "config"):
        a[name] = HOSTILE
    a["others"] = [dict(o, name=HOSTILE) for o in a["others"][:2]]
    a["examples"] = [dict(x, comment_id=HOSTILE) for x in a["examples"]]
    a["evidence"] = dict(test=HOSTILE, moved=HOSTILE, statistic=1, df=2, df_videos=3, p_run=0.1, runs=2, level=0.1,
                         family=[0.1], index=0, effect=0.04, effect_min=0.005, streak=1, streak_min=3, icc=0,
                         video_size=1, baseline_video_size=1, between_moments=[], between_groups=[],
                         long_run=[0, 0, 0, 0], moments=[1, 2, 3, 4])
    a["also"] = [dict(segment=HOSTILE, feature=HOSTILE, severity="WARNING", psi=0.3, p=0.01)]
    a["categories"] = [HOSTILE] * (len(a["edges"]) + 1)
    a.update(linf=0.25, chi2_p=0.001, unseen=7, q=0.001)
    return json.dumps(a)


def lacking_window(window):
    """The next window, in which as many values of the first feature are missing as are there; its name."""
    w = json.loads(window)
    length = w["end_ms"] - w["start_ms"]
    w.update(start_ms=w["end_ms"], end_ms=w["end_ms"] + length)
    first = w["features"][0]
    w["features"][0] = dict(first, missing=first["n"])
    return json.dumps(w), first["name"]


def hostile_window(window):
    """The next window, of which every text is markup: its segment and a feature among the others."""
    w = json.loads(window)
    length = w["end_ms"] - w["start_ms"]
    w.update(start_ms=w["end_ms"], end_ms=w["end_ms"] + length, policy=HOSTILE)
    w["features"] = [dict(w["features"][0], name=HOSTILE, test=HOSTILE), *w["features"][1:]]
    return [json.dumps(w), json.dumps(dict(w, segment=HOSTILE))]


def hostile_dead(dead):
    return json.dumps(dict(json.loads(dead), stage=HOSTILE, reason=HOSTILE, why=HOSTILE))
