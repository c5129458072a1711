# SPDX-License-Identifier: MIT
"""absa lists exactly the programs that were built; each of them explains itself, says its
version, and refuses an option that it does not know with exit 64. Of files that are not there it means the
same everywhere: 69 for what is to be read, 78 for what a property, or an option instead of it, names."""
import os
import re
import shutil
import subprocess
import tempfile

from repo import programs, read, verdict

ABSA = os.path.join(os.environ["ABSA_BIN"], "absa")


def run(*args):
    return subprocess.run([ABSA, *args], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, timeout=60)


built = {os.path.basename(p)[len("absa-"):] for p in programs() if p != ABSA}
listed = re.findall(r"^  ([a-z-]+) +\S", run("help").stdout, re.M)
wrong = [f"absa help does not list {n}" for n in sorted(built - set(listed))]
wrong += [f"absa help lists {n}, which is not built" for n in sorted(set(listed) - built)]
if len(listed) != len(set(listed)):
    wrong.append("absa help lists a command twice")


def expect(args, code, pattern, stream):
    got = run(*args)
    text = getattr(got, stream)
    if got.returncode != code or not re.search(pattern, text):
        wrong.append(f"absa {' '.join(args)}: exit {got.returncode}, {stream}: {text[:200]!r}")


for name in sorted(built & set(listed)):
    expect(["help", name], 0, rf"^Usage: absa {name}\b", "stdout")
    expect([name, "--help"], 0, r"--help", "stdout")
    expect([name, "--version"], 0, rf"^absa {name} \d+\.\d+\.\d+$", "stdout")
    expect([name, "--no-such-option"], 64, r"unknown option --no-such-option", "stderr")
expect(["doctor", "--brokes", "x"], 64, "did you mean --brokers", "stderr")
expect([], 64, "Usage: absa", "stderr")
expect(["--version"], 0, r"^absa \d+\.\d+\.\d+$", "stdout")
expect(["hlep"], 64, "no command is called hlep", "stderr")
expect(["check-confg"], 64, "did you mean check-config", "stderr")
expect(["../../bin/sh"], 64, "no command", "stderr")
expect(["check-config", "nothing"], 69, "does not stand beside", "stderr")

AWAY, OUT = "/nowhere/at-all", tempfile.mkdtemp(prefix="absa-commands-")
for args in (["import", "-n", AWAY], ["backtest", "--input", AWAY, "--out", OUT],
             ["baseline", "--input", AWAY, "--out", "/dev/null"], ["baseline", "--errors", AWAY, "--out", "/dev/null"],
             ["compare", "--reference", AWAY, "--current", AWAY], ["label", "-n", AWAY],
             ["train", "--data", AWAY, "--out", OUT], ["report", AWAY], ["verify-alert", AWAY],
             ["why", "words", "--at", "2025-01-01", "-d", AWAY], ["shadow", "--scores", AWAY, "--shadow", AWAY],
             ["explain", "--alert", "0a06fd7ab703", "--file", AWAY, "-b", "127.0.0.1:1"]):
    expect(args, 69, rf"unavailable: {AWAY}\b", "stderr")
for args in (["backtest", "--input", "/dev/null", "--baseline", AWAY, "--out", OUT],
             ["backtest", "--input", "/dev/null", "--bundle", AWAY, "--out", OUT],
             ["drift", "--pipe", "-X", f"drift.baseline={AWAY}"], ["score", "--pipe", "-X", f"score.taxonomy={AWAY}"],
             ["explain", "so good", "--bundle", AWAY], ["ingest", "--pipe", "-c", AWAY]):
    expect(args, 78, AWAY, "stderr")

shutil.rmtree(OUT)

# One file configures all: lib/app/programs.c says which programs, and what they share.
source = read("lib/app/programs.c")
lists = [re.findall(r'"([^"]+)"', source[m.start():source.index("};", m.start())])
         for m in re.finditer(r"^const char \*const \w+\[\]", source, re.M)]
configured = {n for n in built & set(listed) if "--print-config" in run("help", n).stdout}
for name in sorted(configured):
    expect([name, "--check-config", "-X", "kafka.no.such=1"], 78, r"kafka\.no\.such", "stderr")
knows = {n: set(re.findall(r"^\| `([^`]+)`", run(n, "--doc-config").stdout, re.M))
         for n in configured - {"backtest", "baseline", "console", "doctor", "explain", "up", "why"}}  # which read others' headings
names = [name for known in knows.values() for name in known]
shared = {n for n in names if names.count(n) > 1} - {"slot", "group.id", "http.port"}
if set(lists[0]) != configured:
    wrong.append(f"lib/app/programs.c: programs differ: {sorted(set(lists[0]) ^ configured)}")
if set(lists[1]) != shared:
    wrong.append(f"lib/app/programs.c: shared names differ: {sorted(set(lists[1]) ^ shared)}")
verdict(listed, wrong)
