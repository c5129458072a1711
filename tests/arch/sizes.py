# SPDX-License-Identifier: MIT
"""Functions of at most 60 lines and 6 parameters, files of at most 500 lines. Exceptions
stand in sizes.allow, each with its reason; one that is no longer needed is an error."""
import re
from fnmatch import fnmatch

from repo import files, read, verdict

LINES, PARAMS, FILE = 60, 6, 500

allowed = {}
for line in read("tests/arch/sizes.allow").splitlines():
    if line.strip() and not line.startswith("#"):
        what, _, reason = line.partition(" ")
        allowed[what] = reason.strip()


def functions(text):
    """(name, line, lines of the body, parameters): clang-format puts the braces of a
    function, and of nothing else that follows a ')', into the first column."""
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if line != "{" or i == 0 or not lines[i - 1].rstrip().endswith(")"):
            continue
        start = i - 1
        while start > 0 and re.match(r"[\s]", lines[start]):
            start -= 1
        end = next((k for k in range(i, len(lines)) if lines[k] == "}"), len(lines))
        head = " ".join(lines[start:i])
        m = re.search(r"(\w+)\s*\((.*)\)\s*$", head)
        if m:
            yield m.group(1), i + 1, end - i - 1, parameters(m.group(2))


def parameters(text):
    depth, n = 0, 1
    for c in text:
        depth += (c in "([") - (c in ")]")
        n += c == "," and depth == 0
    return 0 if text.strip() in ("", "void") else n


checked, wrong, used = [], [], set()


def check(what, where, size, limit, kind):
    checked.append(what)
    if size <= limit:
        return
    exceptions = [a for a in allowed if fnmatch(what, a)]
    used.update(exceptions)
    if not exceptions:
        wrong.append(f"{where}: {size} {kind}, the limit is {limit}")


for name in files(".c", ".h"):
    text = read(name)
    check(name, name, text.count("\n"), FILE, "lines")
    for func, line, body, params in functions(text):
        check(f"{name}:{func}", f"{name}:{line}: {func}()", body, LINES, "lines")
        check(f"{name}:{func}", f"{name}:{line}: {func}()", params, PARAMS, "parameters")
for what, reason in allowed.items():
    if what not in used:
        wrong.append(f"tests/arch/sizes.allow: {what} is no exception any more")
    if not reason:
        wrong.append(f"tests/arch/sizes.allow: {what} has no reason")
verdict(checked, wrong)
