# SPDX-License-Identifier: MIT
"""Compares what was written with the reference, field by field."""
import hashlib
import json
import math

import stats

NEAR = 1e-9
OWN = {"ks_p", "p", "q", "checksum"}  # the product's own: checked by what follows from them


def differs(got, want, path=""):
    """The first difference as a text, or None. Doubles to 1e-9, all else exactly."""
    if isinstance(want, dict):
        names = set(want) | (set(got) - OWN if isinstance(got, dict) else set())
        for name in sorted(names):
            if not isinstance(got, dict) or name not in got or name not in want:
                return f"{path}.{name} is not on both sides"
            found = differs(got[name], want[name], f"{path}.{name}")
            if found:
                return found
        return None
    if isinstance(want, list):
        if not isinstance(got, list) or len(got) != len(want):
            return f"{path}: {got} is not as long as {want}"
        return next(filter(None, (differs(g, w, f"{path}[{i}]")
                                  for i, (g, w) in enumerate(zip(got, want)))), None)
    if isinstance(want, float) and isinstance(got, (int, float)):
        same = math.isclose(got, want, rel_tol=NEAR, abs_tol=NEAR)
    else:
        same = got == want and isinstance(got, bool) == isinstance(want, bool)
    return None if same else f"{path} is {got}, not {want}"


def own_numbers(window):
    """What is wrong with the q of a window, given its p, or None."""
    features = window["features"]
    return differs([f["q"] for f in features], stats.adjusted([f["p"] for f in features]), ".q")


def checksum(line):
    """What is wrong with the checksum of an alert's line, or None."""
    said = json.loads(line)["checksum"]
    bare = line.replace(f'"checksum":"{said}"', '"checksum":""')
    return None if hashlib.sha256(bare.encode()).hexdigest() == said else f".checksum is {said}"


def compare(kind, lines, want, limit=3):
    """Differences of lines (JSON, in order) from the records wanted: a few, as texts."""
    out = [] if len(lines) == len(want) else [f"{len(lines)} {kind}, not {len(want)}"]
    for i, (line, record) in enumerate(zip(lines, want)):
        got = json.loads(line)
        extra = own_numbers(got) if kind == "windows" else checksum(line)
        found = differs(got, record) or extra
        if found:
            out.append(f"{kind} {i} ({record['segment']} at {record['start_ms']}){found}"[:400])
        if len(out) >= limit:
            break
    return out
