# SPDX-License-Identifier: MIT
"""What the pipeline has to say about a load, computed from the raw records alone and without
a line of the product: stamps, first sightings, dead letters, panes, windows, alerts.

Integers are exact; doubles are compared to 1e-9 (compare.py). p-values are the product's
own: what follows from them (q) is checked, they themselves are not."""
import bisect
import collections
import hashlib
import json

import load
import model
import stats

PANE_MS = 60_000
SEGMENTS = ["all", "lang:de", "lang:en", "video:v7"]
MIN_SAMPLES = 100
MIN_VIDEOS = 10
POLICY = (("CRITICAL", 0.3), ("WARNING", 0.2))
RANK = {"NONE": 0, "WARNING": 1, "CRITICAL": 2}
OPTIONS = [f"pane.ms={PANE_MS}", f"window.ms={load.WINDOW_MS}", "drift.segments=" + ",".join(SEGMENTS),
           f"window.min_samples={MIN_SAMPLES}", f"window.min_videos={MIN_VIDEOS}", "drift.policy=fixed",
           "drift.warming.comments=0"]  # segments are compared with the whole
CONFIG = (f"pane.ms={PANE_MS}\nwindow.ms={load.WINDOW_MS}\nwindow.min_samples={MIN_SAMPLES}\n"
          f"window.min_videos={MIN_VIDEOS}\ndrift.warming.comments=0\ndrift.policy=fixed\ndrift.segments=" + ",".join(SEGMENTS))
EXAMPLES_KEPT, EXAMPLES_MAX, EXAMPLES_PER_BIN = 64, 10, 3


def sha256_id(text):
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


class Twice(ValueError):
    pass


def pairs_once(pairs):
    out = dict(pairs)
    if len(out) != len(pairs):
        raise Twice
    return out


def read_raw(value):
    """The comments of a raw record, or why there is none."""
    try:
        root = json.loads(value, object_pairs_hook=pairs_once)
    except Twice:
        return None, "dup_key"
    except ValueError:
        return None, "json"
    return root.get("comments", [root]), None


def fault(comment, arrival):
    """Why a comment is refused, or None."""
    if "cid" not in comment:
        return "shape"
    likes = comment["digg_count"]
    if not isinstance(likes, int) or not 0 <= likes <= 10 ** 12:
        return "range"
    return "clock_skew" if comment["create_time"] * 1000 > arrival + 300_000 else None


class Tally:
    """What was counted of a segment in a window."""

    def __init__(self):
        self.n = self.late = self.updates = 0
        self.values = collections.Counter()
        self.videos = collections.Counter()
        self.comments = []  # id, part, offset, index, values: for examples


class Golden:
    def __init__(self, baseline):
        self.baseline = baseline
        self.max = [None] * load.RAW_PARTITIONS
        self.offset = [0] * load.RAW_PARTITIONS
        self.last = {}  # comment id -> time of its last sighting
        self.windows = collections.defaultdict(lambda: collections.defaultdict(Tally))
        self.last_data = None
        self.dead = collections.Counter()
        self.comments = self.updates = self.killers = 0
        self.cells = [{} for _ in baseline["features"]]

    def feed(self, lines):
        for line in lines:
            part, arrival, value = (line.rstrip("\n").split(" ", 2) + [""])[:3]
            part = int(part)
            if arrival != "end":
                self.record(part, self.offset[part], int(arrival), value)
            self.offset[part] += 1

    def record(self, part, offset, arrival, value):
        before = self.max[part]
        stamp = None if before is None else before - load.SKEW_MS
        self.max[part] = arrival if before is None else max(before, arrival)
        comments, reason = read_raw(value)
        if reason:
            self.dead[part, offset, -1, reason] += 1
            return
        for index, comment in enumerate(comments):
            reason = fault(comment, arrival)
            if comment.get("cid") == load.KILLER:
                self.killers += 1
            elif reason:
                self.dead[part, offset, index, reason] += 1
            else:
                self.count(comment, (part, offset, index), arrival, stamp)

    def is_update(self, cid, time):
        last = self.last.get(cid)
        self.last[cid] = time if last is None else max(last, time)
        return last is not None and time - last <= load.HORIZON_MS

    def count(self, comment, origin, arrival, stamp):
        pane = arrival - arrival % PANE_MS
        late = stamp is not None and pane + PANE_MS <= stamp
        if late:
            pane = stamp - stamp % PANE_MS
        update = self.is_update(comment["cid"], arrival if stamp is None else max(arrival, stamp))
        self.last_data = pane + PANE_MS if self.last_data is None else max(self.last_data, pane + PANE_MS)
        self.updates += update
        self.comments += not update
        window = self.windows[pane - pane % load.WINDOW_MS]
        video = comment["aweme_id"]
        values = None
        for segment in ("all", "lang:" + comment["comment_language"], "video:" + video):
            if segment not in SEGMENTS:
                continue
            t = window[segment]
            if update:
                t.updates += 1
            elif late:
                t.late += 1
            else:
                if values is None:
                    values = model.measure(comment["text"], comment["reply_id"] != "0")
                t.n += 1
                t.values[values] += 1
                t.videos[video or comment["cid"]] += 1
                t.comments.append((comment["cid"], *origin, values))

    def cell(self, feature, x):
        """The cell of a value and the value in units."""
        known = self.cells[feature]
        if x not in known:
            f = self.baseline["features"][feature]
            known[x] = (bisect.bisect_right(f["edges"], x), stats.units(x, f["unit"]))
        return known[x]

    def histograms(self, tally):
        """Counts and sums of every feature."""
        out = [([0] * len(f["counts"]), [0] * len(f["counts"])) for f in self.baseline["features"]]
        for values, n in tally.values.items():
            for i, x in enumerate(model.score(values)):
                cell, units = self.cell(i, x)
                out[i][0][cell] += n
                out[i][1][cell] += n * units
        return out

    def records(self):
        """(windows, alerts) in the order in which they have to be written."""
        windows, alerts, episodes = [], [], {}
        start = min(self.windows)
        while start < self.last_data:
            for segment in SEGMENTS:
                tally = self.windows[start][segment]
                histograms = self.histograms(tally)
                window = self.window(start, segment, tally, histograms)
                windows.append(window)
                alert = self.alert(episodes, window, tally, histograms)
                alerts += [alert] if alert else []
            start += load.WINDOW_MS
        return windows, alerts

    def window(self, start, segment, tally, histograms):
        squares = sum(c * c for c in tally.videos.values())
        n = tally.n
        size = squares / n if n else 0.0
        effective = n * n / squares if n else 0.0
        power = n >= MIN_SAMPLES and effective >= MIN_VIDEOS
        features = [self.feature(f, counts, sums, n, size, power)
                    for f, (counts, sums) in zip(self.baseline["features"], histograms)]
        return {"run": 1, "segment": segment, "rule": "window", "start_ms": start,
                "end_ms": start + load.WINDOW_MS,
                "state": "no_data" if n == 0 else "evaluated" if power else "insufficient_data",
                "n": n, "n_eff": min(f["n_eff"] for f in features), "videos": len(tally.videos),
                "videos_eff": effective, "late": tally.late, "updates": tally.updates,
                "baseline": self.baseline["id"], "bundle": "sha256:" + self.baseline["bundle_sha256"],
                "policy": "fixed",
                "counters": {"late_by_floor": 0, "overtaken": 0, "cross_source_updates": 0,
                             "dedupe_evicted": 0},
                **self.estimate(features, histograms), "features": features}

    def estimate(self, features, histograms):
        """Accuracy without labels: the mean of confidence."""
        at = next(i for i, f in enumerate(self.baseline["features"]) if f["name"] == "confidence")
        if not features[at]["n"]:
            return {}
        base = self.baseline["features"][at]
        share = sum(histograms[at][1]) * base["unit"] / features[at]["n"]
        return {"estimated_accuracy": share,
                "estimated_accuracy_error": max(share * (1 - share) / features[at]["n_eff"], 0) ** 0.5,
                "estimated_accuracy_before": sum(base["sums"]) * base["unit"] / base["n"]}

    @staticmethod
    def feature(base, counts, sums, n, size, power):
        ref, cur = (stats.fold(c, base["psi_bins"]) for c in (base["counts"], counts))
        psi = stats.psi(ref, cur)
        area = stats.wasserstein(base["counts"], base["sums"], counts, sums)
        severity = next((s for s, least in POLICY if power and psi is not None and psi > least), "NONE")
        return {"name": base["name"], "n": n, "missing": 0, "infinite": 0,
                "n_eff": n / (1 + (size - 1) * base["icc"] if size > 1 else 1),
                "psi": psi, "ks": stats.ks(base["counts"], counts),
                "wasserstein": None if area is None else area * base["unit"] / max(base["sd"], 0.001),
                "js": stats.js(ref, cur), "test": "ks", "effect": None, "severity": severity, "bins": cur}

    def alert(self, episodes, window, tally, histograms):
        """The alert that this window gives, or None; the episode after it."""
        worst = max(range(len(window["features"])),
                    key=lambda i: (RANK[window["features"][i]["severity"]],
                                   window["features"][i]["psi"] or 0.0, -i))
        now = window["features"][worst]["severity"]
        episode = episodes.get(window["segment"])
        if window["state"] != "evaluated" or now == (episode["now"] if episode else "NONE"):
            return None
        if not episode:
            episode = {"start": window["start_ms"], "seq": -1, "worst": "NONE"}
            episodes[window["segment"]] = episode
        episode["seq"] += 1
        episode["now"] = now
        if now == "NONE":
            del episodes[window["segment"]]
        else:
            episode["feature"] = worst
            episode["worst"] = max(now, episode["worst"], key=RANK.get)
        return self.evidence(episode, window, tally, *histograms[episode["feature"]])

    def evidence(self, episode, window, tally, counts, sums):
        at = episode["feature"]
        base, measured = self.baseline["features"][at], window["features"][at]
        firing = episode["now"] != "NONE"
        severity = episode["now"] if firing else episode["worst"]
        threshold = dict(POLICY)[severity]
        ref, cur = (stats.fold(c, base["psi_bins"]) for c in (base["counts"], counts))
        moved = sorted(({"bin": i, "share_before": p, "share_now": q, "psi_part": part}
                        for i, (p, q, part) in enumerate(zip(stats.shares(ref), stats.shares(cur),
                                                             stats.psi_parts(ref, cur)))),
                       key=lambda m: -m["psi_part"])
        before, now = (stats.mean_sd(c, s, base["unit"])
                       for c, s in ((base["counts"], base["sums"]), (counts, sums)))
        skews = [stats.skew(c, s) for c, s in ((base["counts"], base["sums"]), (counts, sums))]
        low, high = (stats.tails(base["counts"][::step], counts[::step]) for step in (1, -1))
        name = "\x1f".join(["window", "1", window["segment"], str(episode["start"]),
                            window["baseline"], window["bundle"]])
        alert = {k: window[k] for k in ("segment", "rule", "start_ms", "end_ms", "policy", "baseline",
                                        "bundle")}
        alert |= {k: measured[k] for k in ("psi", "ks", "wasserstein", "js", "n", "n_eff")}
        alert |= {k: base[k] for k in ("edges", "psi_bins", "unit")}
        return alert | {
            "alert_id": hashlib.sha256(name.encode()).hexdigest()[:32], "seq": episode["seq"],
            "state": "firing" if firing else "resolved", "severity": severity, "kind": "drift",
            "rule_version": 1, "feature": base["name"], "episode_ms": episode["start"],
            "others": [{"name": f["name"], "psi": f["psi"], "severity": f["severity"],
                        "p": None, "q": None, "effect": None}
                       for i, f in enumerate(window["features"])
                       if i != at and f["severity"] != "NONE"],
            "threshold": threshold, "m": base["n"], "baseline_counts": base["counts"],
            "window_counts": counts, "baseline_sums": base["sums"], "window_sums": sums,
            "baseline_sd": base["sd"], "moved": moved,
            "moments": {"mean_before": before[0], "mean_now": now[0], "sd_before": before[1],
                        "sd_now": now[1], "skew_before": skews[0], "skew_now": skews[1],
                        "low_before": low[0], "low_now": low[1], "high_before": high[0],
                        "high_now": high[1]},
            "examples": self.examples(at, tally, moved) if firing else [],
            "message": self.message(firing, base, window, measured, (before[0], now[0]), threshold),
            "todo": "docs/runbook/drift-in-a-%s.md" % ("score" if at < 4 else "feature"),
            "config": sha256_id(CONFIG), "method": 3, "evidence": None}

    @staticmethod
    def message(firing, base, window, measured, means, threshold):
        gap = means[1] - means[0]
        moved = "moved up" if gap > 0 else "moved down"
        if abs(gap) < 0.05 * base["sd"]:
            moved = "changed shape"
        text = f"{base['name']} {moved} in " if firing else f"{base['name']} is back near its baseline in "
        text += f"{window['segment']}: PSI {measured['psi']:.3f}"
        text += f" > {threshold:g}" if firing else ""
        return text + f" ({window['n']} comments, {window['videos']} videos)"

    def examples(self, at, tally, moved):
        """Of the comments with the smallest hashes, some of each bin that grew."""
        bins = self.baseline["features"][at]["psi_bins"]
        kept = sorted(tally.comments, key=lambda c: (stats.xxh3(c[0].encode()), *c[1:4]))
        out = []
        for m in moved:
            if m["share_now"] <= m["share_before"]:
                continue
            of_bin = [c for c in kept[:EXAMPLES_KEPT]
                      if bins[self.cell(at, model.score(c[4])[at])[0]] == m["bin"]]
            out += [{"src": c[1], "src_offset": c[2], "src_index": c[3], "comment_id": c[0],
                     "bin": m["bin"]} for c in of_bin[:EXAMPLES_PER_BIN]]
        return out[:EXAMPLES_MAX]
