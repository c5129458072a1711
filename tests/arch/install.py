# SPDX-License-Identifier: MIT
"""What `cmake --install` puts into a folder works there, wherever it is moved to: every program
runs, the bundle is that of the installation, licence and runbooks come along."""
import os
import pathlib
import subprocess
import tempfile

from repo import programs, verdict

COMMENT = b'{"cid": "7460149384726974465", "aweme_id": "7226101187500723498", "text": "so good"}\n'
wrong = []


def run(*args, stdin=b"", ok=(0,)):
    got = subprocess.run([str(a) for a in args], input=stdin, capture_output=True, check=False)
    if got.returncode not in ok:
        wrong.append(f"{' '.join(map(str, args))}: exit {got.returncode}: {got.stderr.decode()[:300]}")
    return got


with tempfile.TemporaryDirectory() as tmp:
    run("cmake", "--install", os.environ["ABSA_BUILD"], "--prefix", f"{tmp}/first")
    pathlib.Path(tmp, "first").rename(pathlib.Path(tmp, "moved"))
    top = pathlib.Path(tmp, "moved")
    absa = top / "bin/absa"
    there = sorted(p.name for p in top.glob("bin/*"))
    if there != sorted(os.path.basename(p) for p in programs()):
        wrong.append(f"bin holds {there}")
    for name in there:
        run(top / "bin" / name, "--help")
    for name in ("LICENSE", "docs/runbook/drift-in-a-score.md", "docs/CONFIGURATION.md"):
        if not (top / "share/doc/absa-drift" / name).is_file():
            wrong.append(f"{name} is not installed")
    comments = run(absa, "ingest", "--pipe", "-q", stdin=COMMENT).stdout
    if run(absa, "score", "--pipe", "-q", stdin=comments).stdout.count(b'"sentiment_score"') != 1:
        wrong.append("nothing was scored")
    with open(top / "share/absa/models/default/lexicon.tsv", "a", encoding="utf-8") as f:
        f.write("changed\n")
    said = run(absa, "score", "--pipe", "-q", stdin=comments, ok=(78,)).stderr.decode()
    if str(top) not in said:
        wrong.append(f"the bundle is not that of the installation: {said}")
verdict(there, wrong)
