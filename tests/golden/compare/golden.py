# SPDX-License-Identifier: MIT
"""absa compare against SciPy 1.17.1, Evidently 0.7.23 and NannyML 0.13.1 on the golden cases:
every figure that they define to 1e-9 of itself, null with a reason where there is none, and nothing else
anywhere. Says how often each was compared. Skipped without the folder of shared test data."""
import collections
import csv
import json
import math
import os
import subprocess
import sys
import tempfile

COMPARE = os.path.join(os.environ["ABSA_BIN"], "absa-compare")
GOLDEN = os.path.join(os.environ.get("ABSA_SHARED", "../shared"), "data", "drift-golden")
NUMBERS_ONLY = {"psi_quantile10", "psi_quantile20", "ks", "ks_p", "ks_p_asymptotic", "ks_nannyml", "wasserstein",
                "wasserstein_norm", "sd_reference", "energy", "cvm", "mann_whitney_p"}
FIGURES = NUMBERS_ONLY | {"psi", "psi_evidently", "js", "js_evidently", "js_nannyml", "kl", "kl_evidently",
                          "hellinger", "hellinger_evidently", "hellinger_nannyml", "chi2", "chi2_dof", "chi2_p",
                          "chi2_p_evidently", "z_p", "linf", "new_share", "evidently_score", "p", "q"}
# Defined for some columns only.
MAY_BE_NULL = {"cvm", "chi2_p_evidently", "z_p", "new_share", "js_nannyml", "hellinger_nannyml"}
# Their names and ours. What is left out of theirs: bins, which are not printed but count in psi, js and
# kl; n_unique_ref; report_*, which are the same figures through another door.
EVIDENTLY = {"psi": "psi_evidently", "jensenshannon": "js_evidently", "kl_div": "kl_evidently",
             "hellinger": "hellinger_evidently", "ks_p": "ks_p", "wasserstein_norm": "wasserstein_norm",
             "chisquare_p": "chi2_p_evidently", "z_p": "z_p", "report_ValueDrift_psi": "psi_evidently",
             "report_ValueDrift_default": "evidently_score"}
SCIPY = {"ks_stat": "ks", "ks_p_auto": "ks_p", "ks_p_asymp": "ks_p_asymptotic", "wasserstein": "wasserstein",
         "std_ref_ddof0": "sd_reference", "energy": "energy", "cvm_stat": "cvm", "mannwhitney_p": "mann_whitney_p",
         "psi_quantile10_eps1e-4": "psi_quantile10", "psi_quantile20_eps1e-4": "psi_quantile20"}
NANNYML = {"jensen_shannon": "js_nannyml", "hellinger": "hellinger_nannyml", "kolmogorov_smirnov": "ks_nannyml",
           "wasserstein": "wasserstein", "chi2": "chi2", "chi2_p": "chi2_p", "l_infinity": "linf"}

wrong, checked, theirs_undefined = [], collections.Counter(), []


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


def is_empty(case):
    """A side without a value: there is nothing to compare."""
    return any(all(cell(v) in ("", "NaN") for v in case[side]) for side in ("ref", "cur"))


def run(folder, case):
    paths = [os.path.join(folder, side + ".csv") for side in ("ref", "cur")]
    write(paths[0], case["ref"])
    write(paths[1], case["cur"])
    got = subprocess.run([COMPARE, "--reference", paths[0], "--current", paths[1], "--columns", "x",
                          "--format", "json"], capture_output=True, text=True, check=False)
    empty = is_empty(case)
    if got.returncode not in ((65,) if empty else (0, 1)) or got.stderr:
        raise SystemExit(f"{case['id']}: exit {got.returncode}: {got.stderr}")

    def no_constant(word):
        raise ValueError(f"{case['id']}: {word} in JSON")
    report = json.loads(got.stdout, parse_constant=no_constant)
    if (got.returncode == 1) != (report["drifted"] > 0):
        wrong.append(f"{case['id']}: exit {got.returncode}, drifted {report['drifted']}")
    return report["columns"][0]


def near(case, tool, name, got, want):
    """One figure of theirs. Where they have none (NaN, an exception) ours is null or defined, never wrong."""
    if want is None:
        return
    if isinstance(want, (str, dict)):
        theirs_undefined.append(f"{case} {tool} {name}: theirs {want}, ours {got}")
        return
    checked[f"{tool} {name}"] += 1
    if not isinstance(got, (int, float)):
        wrong.append(f"{case}: {name} of {tool} is {got}, want {want}")
    elif not math.isclose(got, want, rel_tol=1e-9, abs_tol=1e-15):
        wrong.append(f"{case}: {name} of {tool} is {got!r}, want {want!r}")


def check_figures(case, want, got):
    """Everything that the three say of a case, whose every name is known here."""
    known = {"evidently": EVIDENTLY, "scipy": SCIPY, "nannyml": NANNYML}
    for tool, names in known.items():
        for name, value in want.get(tool, {}).items():
            if name in names:
                near(case, tool, name, got[names[name]], value)
            elif name == "chi2_contingency":
                for part, ours in (("stat", "chi2"), ("p", "chi2_p"), ("dof", "chi2_dof")):
                    near(case, tool, f"{name}.{part}", got[ours], value[part])
            elif name == "default":
                near(case, tool, "default.score", got["evidently_score"], value["score"])
                same(case, tool, "default.drifted", got["evidently_drift"], value["drifted"])
            elif name == "default_test":
                same(case, tool, name, got["evidently_test"], value)
            elif name not in ("bins", "n_unique_ref"):
                wrong.append(f"{case}: {name} of {tool} is not compared with anything")


def same(case, tool, name, got, want):
    checked[f"{tool} {name}"] += 1
    if got != want:
        wrong.append(f"{case}: {name} of {tool} is {got}, want {want}")


def check_nulls(case, got, defined):
    for name in sorted(FIGURES):
        if name not in got:
            wrong.append(f"{case}: no {name}")
        elif got[name] is None and (name in defined or name not in got.get("why", "")):
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
    check_nulls(case["id"], got, FIGURES - MAY_BE_NULL - (NUMBERS_ONLY if kind == "category" else set()))
    check_figures(case["id"], want, got)


if not os.path.isdir(GOLDEN):
    print(f"skipped: no golden cases in {GOLDEN}")
    sys.exit(77)
expected = {c["id"]: c for c in load("expected.json")["cases"]}
with tempfile.TemporaryDirectory() as tmp:
    for one in load("inputs.json"):
        if one["id"] in expected:
            check(one, expected[one["id"]], run(tmp, one))
print(f"{len(expected)} cases, {sum(checked.values())} figures within 1e-9, {len(wrong)} wrong")
for name, n in sorted(checked.items()):
    print(f"  {name}: {n}")
print("where theirs is not defined:")
for line in theirs_undefined:
    print(f"  {line}")
for line in wrong:
    print(line)
sys.exit(1 if wrong or sum(checked.values()) < 500 else 0)
