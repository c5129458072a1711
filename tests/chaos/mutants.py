# SPDX-License-Identifier: MIT
"""Builds with a deliberate defect, each of which the harness has to find.

mutants/NAME.patch says the defect in its first line. The patch is applied to copies of the
files it names; these are compiled with the commands that the build has for them and linked
in front of the libraries, so a mutant takes seconds and the product's sources stay as they
are. What a run needs to bring a defect to light stands in CONTROLS."""
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile

import world  # noqa: F401  (finds tests/support)
import harness as h

PATCHES = pathlib.Path(__file__).parent / "mutants"
OTHERS = (h.TOP / "tests/e2e/sink/mutants",)  # of tests that look for theirs themselves
PROGRAMS = ("absa-ingest", "absa-score", "absa-drift")

TRIES = 6  # seeds, where it takes luck to hit the moment

CONTROLS = {
    "offsets-outside": {"wanted": {"kill": 24}, "seconds": 15, "commit_ms": 20},
    "no-fencing": {"wanted": {"sleeper": 10}, "seconds": 15, "commit_ms": 20},
    "lso-restore": {"wanted": {"hang": 1}, "seconds": 15, "commit_ms": 50},
    "dropped-pane": {"wanted": {"kill": 10}, "seconds": 10, "commit_ms": 50},
    "double-emit": {"wanted": {}, "seconds": 5, "commit_ms": 50},
    "float-sums": {"wanted": {}, "seconds": 5, "commit_ms": 50},
}


def defect(name, patches=PATCHES):
    return (patches / f"{name}.patch").read_text().splitlines()[0]


def files_of(patch):
    return re.findall(r"^\+\+\+ b/(\S+)", patch.read_text(), re.M)


def ninja(*args):
    return h.run("ninja", "-C", h.BUILD, "-t", *args).stdout


def patched(patch, folder):
    """Copies of the files with the defect; their paths in the tree."""
    for path in files_of(patch):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(h.TOP / path, folder / path)
    h.run("patch", "-p1", "-s", "-d", folder, "-i", patch)
    return files_of(patch)


def compiled(path, folder, commands):
    """The object of a copy, by the command of the original; and the library it belongs to."""
    original = str(h.TOP / path)
    row = next(r for r in commands if r["file"] == original)
    object_file = folder / (path.replace("/", "_") + ".o")
    args = [str(folder / path) if a == original else a for a in shlex.split(row["command"])]
    args[args.index("-o") + 1] = str(object_file)
    args = [a for a in args if a not in ("-MD",)]
    for flag in ("-MT", "-MF"):
        if flag in args:
            del args[args.index(flag):args.index(flag) + 2]
    args.insert(-1, "-Wno-error")
    args.insert(-1, f"-iquote{h.TOP / pathlib.Path(path).parent}")
    subprocess.run(args, cwd=h.BUILD, check=True, stdout=subprocess.DEVNULL)
    library = re.search(r"(\w+)\.dir/", row["output"]).group(1)
    return object_file, f"lib{library}.a"


def build(name, folder, patches=PATCHES, programs=PROGRAMS):
    """A bin folder in which the programs that the defect is in are mutants."""
    if not (h.BUILD / "build.ninja").exists():
        h.skip(f"{h.BUILD} is no build of ninja's")
    out = folder / "bin"
    out.mkdir(parents=True)
    commands = json.loads(ninja("compdb"))
    objects = [compiled(path, folder, commands) for path in patched(patches / f"{name}.patch", folder)]
    for program in programs:
        link = ninja("commands", f"bin/{program}").splitlines()[-1]
        mine = [str(o) for o, library in objects if f"/{library} " in link]
        if mine:
            link = link.replace(f" -o bin/{program} ", f" -o {out / program} " + " ".join(mine) + " ")
            subprocess.run(link, cwd=h.BUILD, shell=True, check=True)
        else:
            (out / program).symlink_to(h.BIN / program)
    return out


def check():
    """Whether every patch still fits the sources; a moment, where a build takes seconds."""
    with tempfile.TemporaryDirectory() as folder:
        for patch in sorted(p for patches in (PATCHES, *OTHERS) for p in patches.glob("*.patch")):
            patched(patch, pathlib.Path(folder) / patch.stem)
            print("fits", patch.stem)


if __name__ == "__main__":
    check()
