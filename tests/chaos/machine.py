# SPDX-License-Identifier: MIT
"""How much of the machine was left to us: the processor time of all, and of our own processes."""
import os
import pathlib

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def used_s(pid):
    """The processor time of a process so far; none of one that is gone."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * TICK_S


class Machine:
    """From now on; share() by the processes that are ours then, which may have run before."""

    def __init__(self, pids):
        self.was = self.read()
        self.ours = {pid: used_s(pid) for pid in pids}

    @staticmethod
    def read():
        """Seconds that its processors had, and that they spent on something."""
        with open("/proc/stat") as f:
            user, nice, system, idle, wait, *more = (int(x) * TICK_S for x in f.readline().split()[1:9])
        busy = user + nice + system + sum(more)
        return busy + idle + wait, busy

    def share(self, pids):
        """What was left to us by others, of 1."""
        (total, busy), (was_total, was_busy) = self.read(), self.was
        ours = sum(used_s(pid) - self.ours.get(pid, 0.0) for pid in pids)
        others = max(0.0, busy - was_busy - ours)
        return 1.0 - min(0.9, others / max(total - was_total, TICK_S))
