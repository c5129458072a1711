# SPDX-License-Identifier: MIT
"""Every source file names its licence; nothing in the repository names the machine that it
was written on; no file is large, ends without a newline or holds a tab or a stray blank."""
import os
import re

from repo import ROOT, files, read, verdict

CODE = (".c", ".h", ".py", ".sh", ".cmake")
MACHINE = re.compile(r"(?<![\w.])/(work|farm|home/\w+|root)/|/tmp/(wt|brief|vader|kf)\b")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")
LARGE = 1 << 20
MAY_BE_LARGE = {"models/default/static.bin": "the vectors of the default bundle: 30,522 of 256 bytes"}

checked, wrong = [], []
for name in files():
    checked.append(name)
    path = os.path.join(ROOT, name)
    if os.path.getsize(path) > LARGE and name not in MAY_BE_LARGE:
        wrong.append(f"{name}: larger than 1 MiB")
    with open(path, "rb") as f:
        if b"\0" in f.read(65536) or "/corpus/" in name:
            continue
    text = read(name)
    script = text.startswith("#!")
    head = "\n".join(text.splitlines()[:3])
    if (name.endswith(CODE) or script) and "SPDX-License-Identifier: MIT" not in head:
        wrong.append(f"{name}: no SPDX line at its head")
    if name == "tests/arch/text.py":
        continue
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE.search(line):
            wrong.append(f"{name}:{number}: a path of somebody's machine")
        if name.endswith(CODE) and UNFINISHED.search(line):
            wrong.append(f"{name}:{number}: an unfinished mark")
        if name.endswith(CODE) and (line != line.rstrip() or "\t" in line):
            wrong.append(f"{name}:{number}: a tab or a blank at the end")
    if name.endswith(CODE) and not text.endswith("\n"):
        wrong.append(f"{name}: no newline at its end")
verdict(checked, wrong)
