# SPDX-License-Identifier: MIT
"""What breaks when: a schedule from a seed, and the hand that carries it out.

    kill          kill -9 of a process, and the same slot again
    ambush        the same, and again, three times, in the moments after its first records
    zombie        SIGSTOP beyond the session timeout; by a coin the slot is filled again
                  meanwhile, so that the sleeper wakes up fenced
    sleeper       the same, always with the slot filled, and not the judge
    broker-kill   kill -9 of the broker, and its start
    broker-bounce SIGTERM of the broker, and its start
    rebalance     the number of processes a stage goes 1, 3, 6, 2 round and round"""
import collections
import heapq
import itertools
import random
import subprocess
import threading
import time

import world  # noqa: F401  (finds tests/support)
import harness as h

SLEEP_S = 8  # session.timeout.ms is 6 s
AMBUSHES, AMBUSH_S = 3, 0.3
PEACE_S = 8  # of the broker, between two of its faults, and until something was committed ...
PATIENCE_S = 60  # ... or, where nothing is left to do, for so long
SIZES = (3, 6, 2, 1)
MOODS = ("delay 3", "hold 6", "drop", "trickle 2", "half", "hold 6", "freeze 7", "drop")


def schedule(seed, seconds, wanted):
    """(when, kind) in order: wanted[kind] of each kind within the seconds, the broker's own
    and rebalances evenly, the others at random."""
    rng = random.Random(seed)
    out = []
    for kind, n in wanted.items():
        even = kind not in ("kill", "ambush", "zombie", "sleeper")
        for i in range(n):
            at = (i + rng.uniform(0.2, 0.8)) / n if even else rng.random()
            out.append((at * seconds, kind))
    return sorted(out)


class Faults:
    """Carries a schedule out on a pipeline and its broker; step() is called again and again."""

    def __init__(self, pipeline, broker, seed, seconds, wanted):
        self.pipeline, self.broker = pipeline, broker
        self.rng = random.Random(seed + 1)
        self.order = itertools.count()
        self.agenda = [(at, next(self.order), kind, None)
                       for at, kind in schedule(seed, seconds, wanted)]
        self.began = None
        self.done = collections.Counter()
        self.frozen = set()
        self.sizes = itertools.cycle(SIZES)
        self.moods = itertools.cycle(MOODS)
        self.hanging = []  # whoever leaves transactions open
        self.sick = None  # why a broker could not be healed
        self.healthy_since = 0.0
        self.mending = None  # a thread that starts a broker
        self.moved = 0.0  # when something was committed last

    def go(self):
        """From now on things break."""
        self.began = time.monotonic()

    def later(self, seconds, kind, what):
        at = time.monotonic() - self.began + seconds
        heapq.heappush(self.agenda, (at, next(self.order), kind, what))

    def over(self):
        asleep = any(p.poll() is None for p in self.hanging)
        return not self.agenda and not asleep and not (self.mending and self.mending.is_alive())

    def step(self):
        if self.sick:
            raise AssertionError(self.sick)
        if self.began is None:
            return
        while self.agenda and self.agenda[0][0] <= time.monotonic() - self.began:
            _, _, kind, what = heapq.heappop(self.agenda)
            if getattr(self, kind.replace("-", "_"))(what):
                self.done[kind] += 1

    def victim(self, stage=""):
        """A slot that runs and is not asleep."""
        return self.rng.choice(sorted(s for s, p in self.pipeline.running.items()
                                      if p not in self.frozen and s.startswith(stage)))

    def kill(self, _):
        self.pipeline.kill(self.victim())
        return True

    def ambush(self, _):
        slot = self.victim()
        self.pipeline.kill(slot)
        self.later(0.05, "spring", (slot, AMBUSHES))
        return True

    def spring(self, what):
        """The victim of an ambush is killed soon after it was given partitions."""
        slot, left = what
        if slot not in self.pipeline.running or left == 0:
            return False
        if not self.pipeline.is_at_work(slot):
            self.later(0.02, "spring", what)
        else:
            self.later(self.rng.uniform(0, AMBUSH_S), "strike", what)
        return False

    def strike(self, what):
        slot, left = what
        if slot in self.pipeline.running:
            self.pipeline.kill(slot)
            self.later(0.05, "spring", (slot, left - 1))
        return False

    def zombie(self, _, stage="", replaced=None):
        slot = self.victim(stage)
        if replaced is None:
            replaced = self.rng.random() < 0.5
        program = self.pipeline.freeze(slot, replaced)
        self.frozen.add(program)
        self.later(SLEEP_S + self.rng.random() * 2, "wake", program)
        return True

    def sleeper(self, _):
        return self.zombie(_, self.rng.choice(("ingest", "score", "pane")), True)

    def wake(self, program):
        self.frozen.discard(program)
        self.pipeline.wake(program)
        return False

    def rebalance(self, _):
        self.pipeline.scale(next(self.sizes))
        return True

    def hang(self, _):
        args = [h.BUILD / "tests/put", "-b", self.pipeline.broker.address, *self.pipeline.topics,
                "--abort", "--hold", "9s", "state"]
        put = subprocess.Popen([str(a) for a in args], stdin=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
        put.stdin.write("nobody will ever see this\n")
        put.stdin.close()
        self.hanging.append(put)
        for seconds in (3, 5, 7):
            self.later(seconds, "kill-judge", None)
        return True

    def kill_judge(self, _):
        for slot in [s for s in self.pipeline.running if s.startswith("judge")]:
            self.pipeline.kill(slot)
        return False

    def mend(self, kind, hurt, heal):
        """Hurts the broker now; another thread heals it. One at a time, and with some peace
        in between, so that there is work to be hurt in."""
        healthy = time.monotonic() - self.healthy_since
        worked = self.moved > self.healthy_since or healthy > PATIENCE_S
        peace = healthy > PEACE_S and worked
        if not peace or self.mending and self.mending.is_alive():
            self.later(1, kind, None)
            return False
        hurt()
        self.mending = threading.Thread(target=self.healed, args=(heal,), daemon=True)
        self.mending.start()
        return True

    def healed(self, heal):
        try:
            heal()
            self.healthy_since = time.monotonic()
        except (Exception, SystemExit) as e:
            self.sick = f"the broker cannot be started again: {e}"

    def settle(self):
        """Waits for what is under way."""
        if self.mending:
            self.mending.join()
        for put in self.hanging:
            put.kill()
            put.wait()

    def network(self, _):
        self.broker.tell(next(self.moods))
        return True

    def node_kill(self, _):
        node = self.rng.randrange(3) + 1
        if self.done["node-kill"] % 2 == 1:
            node = self.broker.coordinator(f"{self.pipeline.prefix}judge.{self.pipeline.prefix}judge-0")
        return self.mend("node-kill", lambda: self.broker.kill_node(node),
                         lambda: self.broker.start_node(node))

    def disk_full(self, _):
        return self.mend("disk-full", self.broker.fill, self.broker.recover)

    def broker_kill(self, _):
        return self.mend("broker-kill", self.broker.kill, self.broker.start)

    def broker_bounce(self, _):
        return self.mend("broker-bounce", self.broker.stop, self.broker.start)
