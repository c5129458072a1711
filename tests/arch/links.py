# SPDX-License-Identifier: MIT
"""Each program links only the libraries it needs: those named in links.allow, and all of
those, so that the list cannot grow stale. (The loader's own and the C library go unsaid.)"""
import os
import re
import subprocess

from repo import programs, read, verdict

UNSAID = {"libc", "libm", "ld-linux-x86-64", "ld-linux-aarch64"}

want = {}
for line in read("tests/arch/links.allow").splitlines():
    if line.strip() and not line.startswith("#"):
        name, *libs = line.split()
        want[name] = set(libs)

checked, wrong = [], []
for path in programs():
    name = os.path.basename(path)
    out = subprocess.run(["readelf", "-d", path], check=True, capture_output=True, text=True).stdout
    needed = {m.group(1) for m in re.finditer(r"NEEDED.*\[([^]]+?)\.so", out)} - UNSAID
    checked.append(name)
    if name not in want:
        wrong.append(f"{name} is not in tests/arch/links.allow; it links {' '.join(sorted(needed))}")
    elif needed != want[name]:
        wrong.append(f"{name} links {' '.join(sorted(needed)) or 'nothing'}, "
                     f"want {' '.join(sorted(want[name])) or 'nothing'}")
for name in sorted(set(want) - set(checked)):
    wrong.append(f"tests/arch/links.allow names {name}, which is not built")
verdict(checked, wrong)
