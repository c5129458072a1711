# SPDX-License-Identifier: MIT
"""Each program is position-independent, has full RELRO, no executable stack and stack
canaries; in the release build also _FORTIFY_SOURCE. Usage: hardening.py fortified|plain"""
import os
import re
import subprocess
import sys

from repo import programs, verdict


def tool(*args):
    return subprocess.run(args, check=True, capture_output=True, text=True).stdout


checked, wrong = [], []
for path in programs():
    head, segments = tool("readelf", "-hW", path), tool("readelf", "-lW", path)
    dynamic, imports = tool("readelf", "-dW", path), tool("nm", "-Du", path)
    stack = re.search(r"GNU_STACK.*", segments)
    # `absa` calls nothing that the compiler could replace by a checked variant of a copy, but
    # prints, which counts.
    rules = {
        "position-independent": re.search(r"Type:\s+DYN", head),
        "RELRO": "GNU_RELRO" in segments,
        "immediate binding": re.search(r"BIND_NOW|FLAGS.*NOW", dynamic),
        "stack not executable": stack and "RWE" not in stack.group(0),
        "stack canaries": "__stack_chk_fail" in imports,
        "no text relocations": "TEXTREL" not in dynamic,
    }
    if sys.argv[1] == "fortified":
        rules["fortified"] = re.search(r"__\w+_chk\b", imports.replace("__stack_chk_fail", ""))
    checked.append(path)
    wrong += [f"{os.path.basename(path)}: not {r}" for r, ok in rules.items() if not ok]
verdict(checked, wrong)
