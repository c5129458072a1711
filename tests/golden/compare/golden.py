# SPDX-License-Identifier: MIT
"""absa compare against SciPy 1.17.1 and Evidently 0.7.23 on the golden cases: every figure
that they define to 1e-9, null with a reason where there is none, and nothing else anywhere.
Skipped without the folder of shared test data."""
import csv
import json
import math
import os
import subprocess
import sys
import tempfile

COMPARE = os.path.join(os.environ["ABSA_BIN"], "absa-compare")
GOLDEN = os.path.join(os.environ.get("ABSA_SHARED", "../shared"), "data", "drift-golden")
NUMBERS_ONLY = {"psi_quantile10", "ks", "ks_p", "wasserstein", "wasserstein_norm"}
FIGURES = NUMBERS_ONLY | {"psi", "psi_evidently", "js", "kl", "hellinger", "chi2_p", "linf", "p", "q"}
# The reference's squares overflow there: NumPy's standard deviation is infinite, ours is scaled.
SCALED = {("n42_denormal_big", "wasserstein_norm")}

wrong, checked = [], 0


def load(name):
    with open(os.path.join(GOLDEN, name), encoding="utf-8") as f:
        return json.load(f)


def cell(v):
    return "" if v is None else v if isinstance(v, str) else repr(v)


def write(path, values):
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f)
        out.writerow(["x", "row"])
        out.writerows([cell(v), 0] for v in values)


def run(folder, case):
    paths = [os.path.join(folder, side + ".csv") for side in ("ref", "cur")]
    write(paths[0], case["ref"])
    write(paths[1], case["cur"])
    got = subprocess.run([COMPARE, "--reference", paths[0], "--current", paths[1], "--columns", "x",
                          "--format", "json"], capture_output=True, text=True, check=False)
    if got.returncode not in (0, 1) or got.stderr:
        raise SystemExit(f"{case['id']}: exit {got.returncode}: {got.stderr}")

    def no_constant(word):
        raise ValueError(f"{case['id']}: {word} in JSON")
    report = json.loads(got.stdout, parse_constant=no_constant)
    if (got.returncode == 1) != (report["drifted"] > 0):
        wrong.append(f"{case['id']}: exit {got.returncode}, drifted {report['drifted']}")
    return report["columns"][0]


def near(case, name, got, want):
    global checked
    checked += 1
    if isinstance(want, str) or want is None or not isinstance(got, (int, float)):
        wrong.append(f"{case}: {name} is {got}, want {want}")
    elif not math.isclose(got, want, rel_tol=1e-9, abs_tol=1e-9):
        wrong.append(f"{case}: {name} is {got!r}, want {want!r}")


def figures(want):
    """Our name and their figure, for what they define."""
    theirs, ours = want["evidently"], want["scipy"]
    yield "psi_evidently", theirs["psi"]
    if "chi2_contingency" in ours:
        yield "chi2_p", ours["chi2_contingency"]["p"]
    if want["kind"] == "num":
        yield "psi_quantile10", ours["psi_quantile10_eps1e-4"]
        yield "ks", ours["ks_stat"]
        yield "ks_p", ours["ks_p_auto"]
        yield "wasserstein", ours["wasserstein"]
        yield "wasserstein_norm", theirs["wasserstein_norm"]


def check_nulls(case, got, defined):
    for name in sorted(FIGURES):
        if name not in got:
            wrong.append(f"{case}: no {name}")
        elif got[name] is None and (name in defined or not got.get("why")):
            wrong.append(f"{case}: {name} is null" + ("" if got.get("why") else " and does not say why"))
    if got.get("why") and all(got[name] is not None for name in FIGURES):
        wrong.append(f"{case}: nothing is null, but why is {got['why']}")


def check(case, want, got):
    # An empty string is a category to Evidently, and missing to a CSV file.
    if case["kind"] == "cat" and "" in case["ref"]:
        if got["missing_reference"] != case["ref"].count(""):
            wrong.append(f"{case['id']}: missing is {got['missing_reference']}")
        return
    for side, n in (("reference", want["n_ref"]), ("current", want["n_cur"])):
        if got["n_" + side] != n:
            wrong.append(f"{case['id']}: n_{side} is {got['n_' + side]}, want {n}")
    if want["n_ref"] == 0 or want["n_cur"] == 0:
        bad = [n for n in FIGURES | {"drift", "severity"} if got.get(n, 0) is not None]
        if bad or not got.get("why"):
            wrong.append(f"{case['id']}: a side is empty, but {bad} are set, why is {got.get('why')}")
        return
    kind = "numeric" if case["kind"] == "num" else "category"
    if got["kind"] != kind:
        wrong.append(f"{case['id']}: kind is {got['kind']}, want {kind}")
    check_nulls(case["id"], got, FIGURES - (NUMBERS_ONLY if kind == "category" else set()))
    for name, figure in figures(want):
        if (case["id"], name) not in SCALED:
            near(case["id"], name, got[name], figure)


if not os.path.isdir(GOLDEN):
    print(f"skipped: no golden cases in {GOLDEN}")
    sys.exit(77)
expected = {c["id"]: c for c in load("expected.json")["cases"]}
with tempfile.TemporaryDirectory() as tmp:
    for one in load("inputs.json"):
        if one["id"] in expected:
            check(one, expected[one["id"]], run(tmp, one))
print(f"{len(expected)} cases, {checked} figures within 1e-9, {len(wrong)} wrong")
for line in wrong:
    print(line)
sys.exit(1 if wrong or checked < 100 else 0)
