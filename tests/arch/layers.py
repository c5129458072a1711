# SPDX-License-Identifier: MIT
"""Arrows only point down: a folder includes only from those that the root CMakeLists.txt
lists before it, and folders that stand side by side do not include each other. Each include says the folder."""
import os
import re

from repo import ROOT, files, read, verdict

LIST = re.search(r"foreach\(dir(.*?)\)", read("CMakeLists.txt"), re.S).group(1).split()
PEERS = [{"lib/ingest", "lib/score", "lib/drift", "lib/notify"}, {"lib/check", "lib/pipe", "lib/flow"}]


def layer(path):
    return next((d for d in LIST if path.startswith(d + "/")), None)


def target(source, name):
    """The file that #include "name" means in source, relative to the root."""
    for base in (os.path.dirname(source), "lib", ""):
        path = os.path.normpath(os.path.join(base, name))
        if os.path.isfile(os.path.join(ROOT, path)):
            return path
    return None


def complaint(source, name):
    if "/" not in name:
        return "says no folder"
    path = target(source, name)
    mine = layer(source)
    other = layer(path) if path else None
    if path is None:
        return "includes what does not exist here"
    if other is None:
        return "includes from outside the layers"
    if LIST.index(other) > LIST.index(mine):
        return f"{mine} is below {other}"
    if any(mine in p and other in p for p in PEERS) and mine != other:
        return f"{mine} and {other} stand side by side"
    return None


checked, wrong = [], []
for source in files(".c", ".h"):
    if layer(source) is None:
        continue
    for number, line in enumerate(read(source).splitlines(), 1):
        m = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if m:
            checked.append(line)
            why = complaint(source, m.group(1))
            if why:
                wrong.append(f"{source}:{number}: {m.group(1)}: {why}")

folders = {os.path.dirname(f).split("/")[1] for f in files(".c", ".h") if f.startswith("lib/")}
for folder in sorted(folders):
    if f"lib/{folder}" not in LIST:
        wrong.append(f"lib/{folder} is not in the list of the root CMakeLists.txt")
verdict(checked, wrong)
