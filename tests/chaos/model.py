# SPDX-License-Identifier: MIT
"""The bundle and the baseline of the harness, written by hand.

The scores come along with the load: each output is one tree over a feature that anybody can
count, with leaves that are exact in binary, so that a reference computation needs neither
XGBoost nor a tokenizer. The baseline is made from texts of the load's calm hours."""
import bisect
import hashlib
import json
import math
import random

import load
import stats

MONITORED = ["chars", "exclamations", "questions", "digit_share", "upper_share", "is_reply"]
OUTPUTS = ["sentiment_score", "engagement_score", "implicitness_degree", "confidence"]
FEATURES = ["chars", "exclamations", "questions"]

# output -> (feature, thresholds, leaves): the leaf of a value is that of the last threshold <= it
TREES = {
    "sentiment_score": ("chars", list(range(4, 84, 4)), [(i * 37 % 65) / 64 - 0.5 for i in range(21)]),
    "engagement_score": ("exclamations", [1, 2, 3], [0.125, 0.375, 0.625, 0.9375]),
    "implicitness_degree": ("questions", [1], [0.25, 0.75]),
    "confidence": ("chars", [10, 20, 30, 40, 50], [0.5, 0.5625, 0.625, 0.75, 0.875, 0.96875]),
}


def measure(text, is_reply):
    """The monitored features of an ASCII text."""
    letters = sum(c.isalpha() for c in text)
    return (float(len(text)), float(text.count("!")), float(text.count("?")),
            sum(c.isdigit() for c in text) / len(text) if text else 0.0,
            sum(c.isupper() for c in text) / letters if letters else 0.0,
            1.0 if is_reply else 0.0)


def score(measured):
    """The four outputs, then what was measured: as a baseline has its features."""
    of = dict(zip(MONITORED, measured))
    return tuple(leaves[bisect.bisect_right(at, of[feature])]
                 for feature, at, leaves in (TREES[o] for o in OUTPUTS)) + measured


def booster(feature, thresholds, leaves):
    """An XGBoost model of one balanced tree."""
    left, right, parent, cond, index = [-1], [-1], [2147483647], [0.0], [0]

    def grow(node, lo, hi):
        """Makes node the root of leaves lo..hi; a pair of children stands side by side."""
        if lo == hi:
            cond[node] = leaves[lo]
            return
        mid = (lo + hi) // 2
        cond[node], index[node] = float(thresholds[mid]), FEATURES.index(feature)
        left[node], right[node] = len(left), len(left) + 1
        for column, value in ((left, -1), (right, -1), (parent, node), (cond, 0.0), (index, 0)):
            column += [value, value]
        grow(left[node], lo, mid)
        grow(right[node], mid + 1, hi)

    grow(0, 0, len(thresholds))
    n = len(left)
    tree = {"base_weights": [0.0] * n, "categories": [], "categories_nodes": [],
            "categories_segments": [], "categories_sizes": [], "default_left": [0] * n, "id": 0,
            "left_children": left, "loss_changes": [0.0] * n, "parents": parent,
            "right_children": right, "split_conditions": cond, "split_indices": index,
            "split_type": [0] * n, "sum_hessian": [1.0] * n,
            "tree_param": {"num_deleted": "0", "num_feature": str(len(FEATURES)),
                           "num_nodes": str(n), "size_leaf_vector": "0"}}
    model = {"gbtree_model_param": {"num_parallel_tree": "1", "num_trees": "1",
                                    "size_leaf_vector": "0"},
             "tree_info": [0], "trees": [tree]}
    learner = {"attributes": {}, "feature_names": [], "feature_types": [],
               "gradient_booster": {"model": model, "name": "gbtree"},
               "learner_model_param": {"base_score": "0", "num_class": "0",
                                       "num_feature": str(len(FEATURES)), "num_target": "1"},
               "objective": {"name": "reg:squarederror",
                             "reg_loss_param": {"scale_pos_weight": "1"}}}
    return json.dumps({"learner": learner, "version": [1, 7, 4]}).encode()


def write_bundle(folder):
    """Writes the bundle; its SHA-256."""
    files, outputs = {}, {}
    for name in OUTPUTS:
        data = booster(*TREES[name])
        (folder / f"{name}.json").write_bytes(data)
        files[f"{name}.json"] = hashlib.sha256(data).hexdigest()
        outputs[name] = {"booster": f"{name}.json", "transform": "identity"}
    golden = []
    for text, is_reply in (("Quiet maple 12!!", False), ("wave?", True), ("", False)):
        values = score(measure(text, is_reply))
        golden.append({"text": text, "is_reply": is_reply, "scores": list(values[:4]),
                       "monitored": list(values[4:]), "aspects": []})
    manifest = json.dumps({"format": 1, "name": "chaos", "version": "1", "encoder": "none",
                           "features": FEATURES, "monitored": MONITORED, "outputs": outputs,
                           "tables": {}, "licences": [], "files": files, "golden": golden}).encode()
    (folder / "manifest.json").write_bytes(manifest)
    return hashlib.sha256(manifest).hexdigest()


def edges_of(values):
    """About 32 quantiles, and a cell of its own for each value that is over a 32nd."""
    values = sorted(values)
    n, edges = len(values), set()
    for at in range(0, n, n // 32):
        x = values[at]
        edges.add(x)
        if bisect.bisect_right(values, x) - bisect.bisect_left(values, x) > n // 32:
            edges.add(math.nextafter(x, math.inf))
    return sorted(edges)


def feature_of(name, values):
    """One feature of a baseline, as absa's file has it."""
    edges = edges_of(values)
    n = len(values)
    mean = sum(values) / n
    sd = math.sqrt(sum((x - mean) ** 2 for x in values) / n)
    unit = 2.0 ** (math.frexp(sd)[1] - 1 - 20)
    counts, sums = [0] * (len(edges) + 1), [0] * (len(edges) + 1)
    for x in values:
        cell = bisect.bisect_right(edges, x)
        counts[cell] += 1
        sums[cell] += stats.units(x, unit)
    return {"name": name, "kind": "numeric", "n": n, "missing": 0, "infinite": 0,
            "min": min(values), "max": max(values), "mean": mean, "sd": sd, "icc": 0.03125,
            "unit": unit, "between_moments": [], "between_groups": [], "long_run": [0.0] * 4,
            "edges": edges, "counts": counts, "sums": sums,
            "psi_bins": stats.psi_bins(edges, counts)}


def write_baseline(path, bundle_sha256, seed=1, comments=3000):
    """Writes the baseline; what is in it, with its id."""
    rng = random.Random(seed)
    rows = [score(measure(load.text_of(rng, 0), rng.random() > 0.7)) for _ in range(comments)]
    features = [feature_of(name, column)
                for name, column in zip(OUTPUTS + MONITORED, zip(*rows))]
    baseline = {"absa_baseline": 2, "method": 1, "bundle_sha256": bundle_sha256,
                "comments": comments, "videos": 0, "video_size": 1.0,
                "split": {"ok": True, "tested": 0, "worst": "", "psi": 0}, "features": features}
    data = json.dumps(baseline).encode()
    path.write_bytes(data)
    baseline["id"] = "sha256:" + hashlib.sha256(data).hexdigest()
    return baseline
