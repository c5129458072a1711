# SPDX-License-Identifier: MIT
"""Each function of lib/base/banned.h is refused by the compiler; snprintf() is not.
Usage: banned.py CC"""
import os
import re
import subprocess
import sys

from repo import ROOT, read, verdict

HEADER = os.path.join(ROOT, "lib", "base", "banned.h")
names = re.findall(r"(\w+)\([^)]*\) BANNED;", read("lib/base/banned.h"))


def compiles(name):
    text = ("#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
            f"void *use(void);\nvoid *use(void)\n{{\n    return (void *){name};\n}}\n")
    return subprocess.run([sys.argv[1], "-std=c11", "-D_POSIX_C_SOURCE=200809L", "-Wall",
                           "-Werror", "-fsyntax-only", "-include", HEADER, "-x", "c", "-"],
                          input=text, text=True, capture_output=True, check=False).returncode == 0


wrong = [f"{n} compiles" for n in names if compiles(n)]
if not compiles("snprintf"):
    wrong.append("snprintf does not compile: this check proves nothing")
verdict(names, wrong)
