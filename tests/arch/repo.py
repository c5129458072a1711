# SPDX-License-Identifier: MIT
"""What the checks of tests/arch share: the files of the repository, and a verdict."""
import os
import re
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


def files(*suffixes):
    """Paths (relative to the root) of tracked files, or of all in an export without git."""
    try:
        out = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others",
                              "--exclude-standard"], check=True, capture_output=True).stdout
        names = out.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = [os.path.relpath(os.path.join(d, f), ROOT) for d, _, fs in os.walk(ROOT)
                 for f in fs if not os.path.relpath(d, ROOT).startswith(("build", ".git"))]
    return sorted(n for n in names if n and n.endswith(suffixes or ("",))
                  and os.path.isfile(os.path.join(ROOT, n)))


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8", errors="replace") as f:
        return f.read()


def no_page(page):
    """Whether there is no such page, or no such heading on it: docs/x.md#heading."""
    name, _, anchor = page.partition("#")
    if not os.path.isfile(os.path.join(ROOT, name)):
        return True
    there = [re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-")
             for h in re.findall(r"^#+ (.+)$", read(name), re.M)]
    return anchor not in there + [""]


def programs():
    """Paths of the programs of this build."""
    folder = os.environ["ABSA_BIN"]
    return sorted(os.path.join(folder, n) for n in os.listdir(folder)
                  if n == "absa" or n.startswith("absa-"))


def verdict(checked, wrong):
    """Prints what is wrong and ends the check. Looking at nothing is a failure too."""
    for line in wrong:
        print(line)
    if not checked:
        print("nothing was checked")
    print(f"{len(checked)} checked, {len(wrong)} wrong")
    sys.exit(1 if wrong or not checked else 0)
