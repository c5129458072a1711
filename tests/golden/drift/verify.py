#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Computes again what absa drift --pipe says of a small stream: integers exactly,
doubles to 1e-9. Shares no code with it; needs the standard library only (with
scipy, p-values too)."""
import bisect
import hashlib
import json
import math
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict

try:
    from scipy.stats import distributions
except ImportError:
    distributions = None

PANE, WINDOW, MIN_SAMPLES, MIN_VIDEOS = 60_000, 3_600_000, 150, 10
SEGMENTS = sorted(["all", "lang:de", "aspect:food", "video:v3"])
BIN, BUILD = os.environ["ABSA_BIN"], os.environ["ABSA_BUILD"]
faults = []


def same(what, got, want, eps=1e-9):
    if want is None or got is None or isinstance(want, (str, bool, list)):
        ok = got == want
    elif isinstance(want, int) and isinstance(got, int):
        ok = got == want
    else:
        ok = abs(got - want) <= eps * max(1.0, abs(want))
    if not ok:
        faults.append(f"{what}: said {got!r}, computed {want!r}")


def run(directory, policy, stale=False):
    """Windows, and the file of alerts. stale: all of it scored by another bundle than the baseline's."""
    alerts = os.path.join(directory, f"{policy}.jsonl")
    conf = {"drift.baseline": os.path.join(directory, "baseline.json"), "drift.segments": ",".join(SEGMENTS),
            "window.min_samples": MIN_SAMPLES, "window.min_videos": MIN_VIDEOS,
            "drift.policy": policy}
    args = [x for k, v in conf.items() for x in ("-X", f"{k}={v}")]
    with open(os.path.join(directory, "scores.jsonl"), encoding="utf-8") as f:
        scores = f.read().replace('"bundle_sha256":"0011', '"bundle_sha256":"1100' if stale else '"bundle_sha256":"0011')
    done = subprocess.run([os.path.join(BIN, "absa-drift"), "--pipe", "--alerts", alerts, *args], input=scores,
                          capture_output=True, text=True, check=True)
    windows = [w for w in map(json.loads, done.stdout.splitlines()) if w["rule"] != "training"]
    unjudged = sum(w["state"] == "baseline_stale" for w in windows)
    same(f"whether it warns on {policy}", WARNING.format(unjudged, len(windows)) in done.stderr, stale)
    return windows, alerts


# Exit 0 all the same: all was read, and windows say their state.
WARNING = "warning: {} of {} windows were not judged, baseline_stale: comments of another bundle"


def verify_stale(directory):
    for policy in ("fixed", "significant"):
        windows, path = run(directory, policy, stale=True)
        same(f"states of {policy}, stale", sorted({w["state"] for w in windows}), ["baseline_stale", "no_data"])
        same(f"alerts of {policy}, stale", os.path.getsize(path), 0)
    skew(os.path.join(directory, "baseline.json"))
    run(directory, "fixed", stale=True)


def skew(path):
    """As a baseline is that differs from its bundle's: a run says so first, which is no window."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    text = text.replace('"features":[', f'"training":"sha256:{"a" * 64}","features":[').replace('"unit":', '"training_skew":0.3,"unit":', 1)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def values(score):
    own = [score[k] for k in ("sentiment_score", "engagement_score", "implicitness_degree", "confidence")]
    return own + score["features"]


def segments_of(score):
    names = {"all", "lang:" + score["lang"], "video:" + score["video_id"]}
    names |= {"aspect:" + a["category"] for a in score["aspects_detected"]}
    return names & set(SEGMENTS)


class Tally:
    def __init__(self, base):
        self.n = self.late = self.late_by_floor = self.updates = 0
        self.videos = Counter()
        self.missing = [0] * len(base)
        self.counts = [[0] * len(f["counts"]) for f in base]
        self.sums = [[0] * len(f["counts"]) for f in base]

    def add(self, base, score):
        self.n += 1
        self.videos[score["video_id"]] += 1
        for k, x in enumerate(values(score)):
            if x is None:
                self.missing[k] += 1
                continue
            cell = bisect.bisect_right(base[k]["edges"], x)
            units = math.floor(abs(x) / base[k]["unit"] + 0.5)  # half away from zero
            self.counts[k][cell] += 1
            self.sums[k][cell] += units if x >= 0 else -units


def count(base, scores):
    tallies = defaultdict(lambda: Tally(base))
    starts = []
    for s in scores:
        pane = s["arrival_ms"] // PANE * PANE
        late = pane + PANE <= s["src_wm_ms"]
        pane = s["src_wm_ms"] // PANE * PANE if late else pane
        start = pane // WINDOW * WINDOW
        starts.append(start)
        for name in segments_of(s):
            t = tallies[start, name]
            if s["sighting"] == "update":
                t.updates += 1
            elif late:
                t.late += 1
                t.late_by_floor += s["late_by"] == "floor"
            else:
                t.add(base, s)
    return tallies, range(min(starts), max(starts) + 1, WINDOW)


def is_atom(f, i):
    return 0 < i < len(f["edges"]) and f["edges"][i] == math.nextafter(f["edges"][i - 1], math.inf)


def psi_bins_of(f, counts):
    """A bin for each atom that holds a tenth, and the tenths of the rest."""
    total = sum(counts)
    big = [is_atom(f, i) and c > 0 and 10 * c >= total for i, c in enumerate(counts)]
    rest = sum(c for c, b in zip(counts, big) if not b)
    first = next((c for c, b in zip(counts, big) if c and not b), 0)
    tenth = min(9, int(first / 2 / rest * 10)) if rest else 0
    below, bins, names, out = 0, 0, {}, []
    for c, b in zip(counts, big):
        if b:
            out.append(bins)
            bins += 1
            continue
        if c:
            tenth = min(9, int((below + c / 2) / rest * 10))
        below += c
        if tenth not in names:
            names[tenth] = bins
            bins += 1
        out.append(names[tenth])
    return out


def reference(baseline, name):
    """The features that a segment is compared with: its own counts, in the cells of all."""
    listed = {s["name"]: s for s in baseline.get("segments", [])}
    if "own" not in listed.get(name, {}):
        return baseline["features"]
    out = []
    for f, o in zip(baseline["features"], listed[name]["own"]):
        f = dict(f, counts=[0] * len(f["counts"]), sums=[0] * len(f["counts"]))
        for cell, c, s in zip(o["cells"], o["counts"], o["sums"]):
            f["counts"][cell], f["sums"][cell] = c, s
        held = [(c, s * f["unit"]) for c, s in zip(f["counts"], f["sums"]) if c]
        mean = math.fsum(s for _, s in held) / o["n"]
        f["sd"] = math.sqrt(math.fsum(c * (s / c - mean) ** 2 for c, s in held) / o["n"])
        f["psi_bins"] = psi_bins_of(f, f["counts"])
        out.append(f)
    return out


def bins_of(feature, counts):
    bins = [0] * (max(feature["psi_bins"]) + 1)
    for b, c in zip(feature["psi_bins"], counts):
        bins[b] += c
    return bins


def psi_of(p, q):
    half = len(p) / 2
    share = [((a + .5) / (sum(p) + half), (b + .5) / (sum(q) + half)) for a, b in zip(p, q)]
    return math.fsum((b - a) * math.log(b / a) for a, b in share)


def js_of(p, q):
    p, q = [a / sum(p) for a in p], [b / sum(q) for b in q]
    m = [(a + b) / 2 for a, b in zip(p, q)]
    kl = lambda x: math.fsum(a * math.log(a / c) for a, c in zip(x, m) if a > 0)
    return math.sqrt(max(0.0, (kl(p) + kl(q)) / 2))


def ks_of(p, q):
    a = b = best = 0
    for x, y in zip(p, q):
        a, b = a + x, b + y
        best = max(best, abs(a / sum(p) - b / sum(q)))
    return best


def wasserstein_of(f, counts, sums):
    """Of point masses at the mean of each cell."""
    points = [(s / c, c / sum(f["counts"]), 0) for c, s in zip(f["counts"], f["sums"]) if c]
    points += [(s / c, 0, c / sum(counts)) for c, s in zip(counts, sums) if c]
    points.sort()
    total = a = b = 0.0
    for (x, u, v), (y, _, _) in zip(points, points[1:]):
        a, b = a + u, b + v
        total += abs(a - b) * (y - x)
    return total * f["unit"] / max(f["sd"], 0.001)


def adjust(p):
    known = sorted((x, i) for i, x in enumerate(p) if x is not None)
    q, best = [None] * len(p), 1.0
    for rank in range(len(known), 0, -1):
        x, i = known[rank - 1]
        best = min(best, x * len(known) / rank)
        q[i] = best
    return q


def check_feature(where, f, t, k, base, power):
    b = base[k]
    n = sum(t.counts[k])
    size = sum(v * v for v in t.videos.values()) / t.n if t.n else 0
    n_eff = n / (1 + (size - 1) * b["icc"]) if size > 1 else float(n)
    same(where + " name", f["name"], b["name"])
    same(where + " n", f["n"], n)
    same(where + " missing", f["missing"], t.missing[k])
    same(where + " n_eff", f["n_eff"], n_eff)
    bins, ref = bins_of(b, t.counts[k]), bins_of(b, b["counts"])
    same(where + " bins", f["bins"], bins)
    psi = psi_of(ref, bins) if n else None
    same(where + " psi", f["psi"], psi)
    same(where + " js", f["js"], js_of(ref, bins) if n else None)
    same(where + " ks", f["ks"], ks_of(b["counts"], t.counts[k]) if n else None)
    same(where + " wasserstein", f["wasserstein"], wasserstein_of(b, t.counts[k], t.sums[k]) if n else None)
    if distributions and n:
        m = sum(b["counts"])
        for name, size in (("ks_p", n), ("p", n_eff)):
            p = float(distributions.kstwo.sf(f["ks"], round(size * m / (size + m))))
            same(f"{where} {name}", f[name], p, 1e-7)
    severity = "NONE"
    if power and n >= MIN_SAMPLES:
        severity = "CRITICAL" if psi > 0.3 else "WARNING" if psi > 0.2 else "NONE"
    same(where + " severity", f["severity"], severity)


def check_estimate(where, w, t, base):
    """Accuracy without labels: the mean of the confidences."""
    at = [b["name"] for b in base].index("confidence")
    n, b = sum(t.counts[at]), base[at]
    share = sum(t.sums[at]) * b["unit"] / n if n else None
    error = math.sqrt(max(share * (1 - share), 0) / w["features"][at]["n_eff"]) if n else None
    same(where + " estimated accuracy", w.get("estimated_accuracy"), share)
    same(where + " its error", w.get("estimated_accuracy_error"), error)
    before = sum(b["sums"]) * b["unit"] / sum(b["counts"]) if n else None
    same(where + " that of the baseline", w.get("estimated_accuracy_before"), before)


def check_window(w, start, name, t, base, digest, bundle):
    where = f"{(start - 1753275600000) // WINDOW} {name}"
    videos_eff = t.n ** 2 / sum(v * v for v in t.videos.values()) if t.n else 0.0
    power = t.n >= MIN_SAMPLES and videos_eff >= MIN_VIDEOS
    state = "no_data" if t.n == 0 else "evaluated" if power else "insufficient_data"
    want = {"run": 1, "segment": name, "rule": "window", "start_ms": start, "end_ms": start + WINDOW, "state": state,
            "n": t.n, "videos": len(t.videos), "videos_eff": videos_eff, "late": t.late, "updates": t.updates,
            "baseline": "sha256:" + digest, "bundle": "sha256:" + bundle, "policy": "fixed"}
    for k, v in want.items():
        same(f"{where} {k}", w[k], v)
    same(where + " late_by_floor", w["counters"]["late_by_floor"], t.late_by_floor)
    same(where + " overtaken", w["counters"]["overtaken"], 0)
    same(where + " n_eff", w["n_eff"], min((f["n_eff"] * t.n / f["n"] for f in w["features"] if f["n"]), default=0.0))
    for k, f in enumerate(w["features"]):
        check_feature(f"{where} {f['name']}", f, t, k, base, power)
    check_estimate(where, w, t, base)
    for f, q in zip(w["features"], adjust([f["p"] for f in w["features"]])):
        same(f"{where} {f['name']} q", f["q"], q)


def expected_alerts(windows):
    """(start, segment, seq, state, severity, feature) in order."""
    rank = {"NONE": 0, "WARNING": 1, "CRITICAL": 2}
    firing, out = {}, []
    for w in windows:
        if w["state"] != "evaluated":
            continue
        worst = max(w["features"], key=lambda f: (rank[f["severity"]], f["psi"] or 0))
        old = firing.get(w["segment"])
        if worst["severity"] != "NONE" and not old:
            firing[w["segment"]] = old = {"seq": -1, "now": "NONE", "worst": "NONE", "start": w["start_ms"]}
        if not old or worst["severity"] == old["now"]:
            continue
        old["seq"] += 1
        old["now"] = worst["severity"]
        if worst["severity"] == "NONE":
            del firing[w["segment"]]
            out.append((w["start_ms"], w["segment"], old["seq"], "resolved", old["worst"], old["feature"], old["start"]))
            continue
        old["feature"] = worst["name"]
        old["worst"] = max(old["worst"], old["now"], key=rank.get)
        out.append((w["start_ms"], w["segment"], old["seq"], "firing", old["now"], worst["name"], old["start"]))
    return out


def check_alert(a, want, windows, base, scores):
    start, segment, seq, state, severity, feature, episode = want
    got = (a["start_ms"], a["segment"], a["seq"], a["state"], a["severity"], a["feature"], a["episode_ms"])
    same("alert", list(got), list(want))
    w = next(x for x in windows if x["start_ms"] == start and x["segment"] == segment)
    f = next(x for x in w["features"] if x["name"] == feature)
    for k in ("psi", "ks", "wasserstein", "js", "p", "n", "n_eff"):
        same(f"alert {k}", a[k], f[k])
    k, b = next((i, x) for i, x in enumerate(base) if x["name"] == feature)
    same("alert edges", a["edges"], b["edges"])
    same("alert baseline_counts", a["baseline_counts"], b["counts"])
    same("alert window", bins_of(b, a["window_counts"]), f["bins"])
    text = "\x1f".join(["window", "1", segment, str(episode), w["baseline"], w["bundle"]])
    same("alert_id", a["alert_id"], hashlib.sha256(text.encode()).hexdigest()[:32])
    at = {(s["src"], s["src_offset"]): s for s in scores}
    for e in a["examples"]:
        s = at[e["src"], e["src_offset"]]
        same("example", e["comment_id"], s["comment_id"])
        same("example bin", e["bin"], b["psi_bins"][bisect.bisect_right(b["edges"], values(s)[k])])
        same("example window", s["arrival_ms"] // WINDOW * WINDOW, start)
    if state == "firing" and not a["examples"]:
        faults.append("an alert without examples")


VERIFY = os.path.join(BIN, "absa-verify-alert")


def verify_alerts(path):
    program = VERIFY
    same("verify-alert", subprocess.run([program, "-q", path], check=False).returncode, 0)
    with open(path, encoding="utf-8") as f:
        line = f.readline()
    at = line.index('"psi":') + 8
    changed = line[:at] + str((int(line[at]) + 1) % 10) + line[at + 1:]
    done = subprocess.run([program, "-"], input=changed, text=True, capture_output=True, check=False)
    same("verify-alert of a changed digit", done.returncode, 1)
    same("what it says", "psi: recorded" in done.stdout, True)
    done = subprocess.run([program, os.path.dirname(path)], text=True, capture_output=True, check=False)
    same("verify-alert of a folder", done.returncode, 69)
    same("what it says of it", os.path.dirname(path) in done.stderr, True)


# What an alert of the scan says: in a line, and what stands behind it.
SAYS = {"firing": re.compile(r"\S+ moved up in \S+: PSI [\d.]+ > 0\.[23], p [\d.e-]+ \(\d+ comments, \d+ videos\)"),
        "resolved": re.compile(r"\S+ is back near its baseline in \S+: PSI [\d.]+, p [\d.e-]+: no evidence left "
                               r"\(\d+ comments, \d+ videos\)")}
FIGURES = ["p", "q", "psi"]
PROOF = ["statistic", "df", "p_run", "effect", "level", "effect_min", "streak", "streak_min", "icc", "video_size"]


def another(number):
    return number + 1 if isinstance(number, int) else number * 1.25 + 1e-3


def changed(alert, name):
    """The record with another number."""
    if name in PROOF:
        return alert | {"evidence": alert["evidence"] | {name: another(alert["evidence"][name])}}
    return alert | {name: another(alert[name])}


def verdict(alert):
    """Exit status of absa verify-alert, and whether a number was wrong (not how it was written)."""
    done = subprocess.run([VERIFY, "-"], input=json.dumps(alert), text=True, capture_output=True, check=False)
    return [done.returncode, "recorded" in done.stdout]


def verify_scan(directory, policy):
    """Alerts of rule scan hold against themselves alone, and no number of them can be another."""
    _, path = run(directory, policy)
    with open(path, encoding="utf-8") as f:
        alerts = [json.loads(x) for x in f]
    same(f"states of {policy}", sorted({a["state"] for a in alerts}), ["firing", "resolved"])
    same(f"verify-alert of {policy}", subprocess.run([VERIFY, "-q", path], check=False).returncode, 0)
    for a in alerts:
        same("rule and policy", [a["rule"], a["policy"]], ["scan", policy])
        same(f"form of {a['message']}", bool(SAYS[a["state"]].fullmatch(a["message"])), True)
        same("evidence while it fires", a["q"] <= a["evidence"]["level"], a["state"] == "firing")
    for a in (alerts[0], alerts[-1]):
        same(f"verify-alert of one, {a['state']}", verdict(a), [0, False])
        for name in FIGURES + PROOF:
            same(f"verify-alert of another {name}, {a['state']}", verdict(changed(a, name)), [1, True])


def main():
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([os.path.join(BUILD, "tests", "golden_drift_stream"), directory], check=True)
        windows, alerts_path = run(directory, "fixed")
        with open(os.path.join(directory, "baseline.json"), "rb") as f:
            text = f.read()
        baseline = json.loads(text)
        with open(os.path.join(directory, "scores.jsonl"), encoding="utf-8") as f:
            scores = [x for x in map(json.loads, f) if x.get("absa_kind") != "mark"]
        with open(alerts_path, encoding="utf-8") as f:
            alerts = [json.loads(x) for x in f]
        verify_alerts(alerts_path)
        for policy in ("significant", "early"):
            verify_scan(directory, policy)
        verify_stale(directory)
    base = baseline["features"]
    tallies, starts = count(base, scores)
    expected = [(start, name) for start in starts for name in SEGMENTS]
    same("windows", [[w["start_ms"], w["segment"]] for w in windows], [list(x) for x in expected])
    digest = hashlib.sha256(text).hexdigest()
    for w, (start, name) in zip(windows, expected):
        t = tallies.get((start, name)) or Tally(base)
        check_window(w, start, name, t, reference(baseline, name), digest, baseline["bundle_sha256"])
    want = expected_alerts(windows)
    same("number of alerts", len(alerts), len(want))
    for a, x in zip(alerts, want):
        check_alert(a, x, windows, reference(baseline, x[1]), scores)
    if not any("own" in s for s in baseline["segments"]):
        faults.append("no segment has a baseline of its own")
    states = Counter(w["state"] for w in windows)
    print(f"{len(windows)} windows {dict(states)}, {len(alerts)} alerts, p-values {'too' if distributions else 'not'} computed")
    if not (alerts and states["evaluated"] and states["no_data"] and states["insufficient_data"]):
        faults.append("the stream is too dull to show anything")
    print("\n".join(faults[:20]))
    sys.exit(1 if faults else 0)


main()
