# SPDX-License-Identifier: MIT
"""Clocks that step: a preloaded library that shifts what a process is told of the time."""
import pathlib
import subprocess


def build(folder):
    """The library, made of skew.c."""
    out = pathlib.Path(folder) / "skew.so"
    source = pathlib.Path(__file__).with_name("skew.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", out, source, "-ldl"], check=True)
    return out


class Everyone(dict):
    """The environment of any slot."""

    def __init__(self, environment):
        super().__init__()
        self.environment = environment

    def get(self, _slot, _default=None):
        return self.environment


def environment(library):
    return Everyone({"LD_PRELOAD": str(library)})
