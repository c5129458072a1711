# SPDX-License-Identifier: MIT
"""Each header of lib/ compiles alone: it includes what it needs. Usage: headers.py CC"""
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from repo import ROOT, files, verdict

cc = sys.argv[1]
with open(os.path.join(os.environ["ABSA_BUILD"], "compile_commands.json"), encoding="utf-8") as f:
    flags = sorted({m for c in json.load(f) for m in re.findall(r"-(?:isystem |I)\S+", c["command"])})
flags = [w for f in flags for w in f.split()]


def compile_alone(name):
    run = subprocess.run([cc, "-std=c11", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wextra",
                          "-fsyntax-only", "-x", "c", *flags, "-include",
                          os.path.join(ROOT, name), "/dev/null"],
                         capture_output=True, text=True, check=False)
    return name, run.returncode, run.stderr


names = [n for n in files(".h") if n.startswith("lib/")]
wrong = []
with ThreadPoolExecutor(2) as pool:
    for name, code, text in pool.map(compile_alone, names):
        if code != 0:
            wrong.append(f"{name}: {text.strip()}")
verdict(names, wrong)
