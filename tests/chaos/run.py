# SPDX-License-Identifier: MIT
"""One run: a load goes in, things break, and what was committed is held against the
reference, against a backtest of the same topic and against what was seen on the way."""
import collections
import json
import re
import sys
import time

import compare
import faults
import golden
import load
import machine
import pipeline
import verifier
import world  # noqa: F401  (finds tests/support)
import harness as h

VERDICT = re.compile(r"tried by a child.* verdict=(\w+)")  # at most one line a second each
STILL_S = 10  # after which no more is expected, when all windows are there
STALL_S = 120  # without any progress, after the last fault


class Wrong(AssertionError):
    """The output is not what it has to be: .why says how."""

    def __init__(self, why):
        super().__init__("; ".join(why))
        self.why = why


class Stalled(AssertionError):
    """Nothing moves: neither right nor wrong."""


class Progress:
    """A line now and then; on a terminal the same line again."""

    def __init__(self, name):
        self.name, self.began, self.last = name, time.monotonic(), 0.0

    def show(self, text, last=False):
        now = time.monotonic()
        terminal = sys.stderr.isatty()
        if not last and now - self.last < (0.5 if terminal else 10):
            return
        self.last = now
        print(f"{self.name} {now - self.began:6.1f} s  {text}", file=sys.stderr, flush=True,
              end="\r" if terminal and not last else "\n")


class Run:
    """processes: of each stage; seconds: of the feed, 0 as fast as it goes."""

    stall_s = STALL_S

    def __init__(self, broker, prefix, world, processes=2, commit_ms=100, records=True, bin=None,
                 via=None, order=0):
        self.world, self.broker, self.prefix = world, broker, prefix
        self.pipeline = pipeline.Pipeline(broker, prefix + ".", world.options(commit_ms), bin, via)
        self.verifier = verifier.Verifier(self.pipeline, records)
        self.processes, self.records = processes, records
        self.progress = Progress(prefix)
        self.load = world.ordered(order)
        self.lines = sum(1 for _ in open(self.load))
        self.result = {"run": prefix, "records": world.records, "processes": processes,
                       "commit_ms": commit_ms}
        self.peak = collections.Counter()

    def feed(self, seconds):
        self.feeder = pipeline.Feeder(self.pipeline, self.load, self.lines, seconds)

    def go(self, seconds=0.0, seed=1, wanted=None, backlog=False):
        """The run itself; raises Wrong or AssertionError. result says what happened."""
        try:
            self.feed(seconds)
            if backlog:
                self.feeder.step()
                self.feeder.wait()
            self.pipeline.scale(self.processes)
            self.faults = faults.Faults(self.pipeline, self.broker, seed, seconds * 0.95, wanted or {})
            began = time.monotonic()
            self.work()
            self.result["seconds"] = round(time.monotonic() - began, 1)
            self.stop()
            self.judge()
        finally:
            if hasattr(self, "faults"):
                self.faults.settle()
            self.feeder.kill()
            self.verifier.kill()
            h.Program.kill_all()
            self.note()
        return self.result

    def state(self):
        v = self.verifier
        return (v.scores, v.count("windows"), v.count("alerts"), len(v.panes))

    def goal(self, want):
        """What state() has to come to."""
        scores = want["comments"] + want["updates"] if self.records else 0
        return scores, len(want["windows"]), len(want["alerts"])

    def is_all(self, now, want, still_s):
        """Everything is there; or every window is, and no more comes."""
        goal = self.goal(want)
        return all(a >= b for a, b in zip(now, goal)) or (now[1] >= goal[1] and still_s > STILL_S)

    def work(self):
        """Until everything is there, or nothing has moved for long."""
        began, here = time.monotonic(), machine.Machine(self.pids())
        moved, last, want = began, None, None
        while True:
            self.feeder.step()
            if self.feeder.began is None and self.verifier.panes:
                self.feeder.go()  # it works: now it is hurt
                self.faults.go()
            self.faults.step()
            self.pipeline.supervise()
            if self.verifier.wrong:
                raise Wrong(self.verifier.wrong)
            now = self.state()
            if now != last:
                self.faults.moved = time.monotonic()
                self.result["work_s"] = round(self.faults.moved - began, 1)
                self.result["machine"] = round(here.share(self.pids()), 2)
            if now != last or not (self.faults.over() and self.feeder.ended and self.world.coming.done()):
                moved, last = time.monotonic(), now
            self.progress.show(f"{self.feeder.sent}/{self.lines} fed, {now[0]} scores, {now[1]} "
                               f"windows, {now[2]} alerts, {dict(self.faults.done)}")
            self.watch_memory()
            if self.faults.over() and self.feeder.ended and self.world.coming.done():
                want = want or self.world.reference()
                if self.is_all(now, want, time.monotonic() - moved):
                    break
            if time.monotonic() - moved > self.stall_s:
                raise Stalled(f"nothing moves any more at {now[:3]} scores, windows, alerts, of "
                              f"{self.goal(want)}")
            time.sleep(0.02)
        self.progress.show(f"{now[0]} scores, {now[1]} windows, {now[2]} alerts", last=True)

    def pids(self):
        """Of those that work: consumers, the broker and who reads along."""
        programs = [*self.pipeline.running.values(), *self.verifier.tails]
        return [p.process.pid for p in programs] + self.broker.pids()

    def watch_memory(self):
        for slot in self.pipeline.running:
            stage = slot.rsplit("-", 1)[0]
            self.peak[stage] = max(self.peak[stage], round(self.pipeline.rss_mb(slot)[1]))

    def stop(self):
        self.feeder.wait()
        self.pipeline.stop()

    def backtest(self):
        """The topic through the pipeline in one process."""
        out = self.world.dir / self.prefix
        options = {o for stage in ("score", "pane") for o in self.pipeline.options[stage]
                   if not o.startswith("commit.")}
        h.run(h.BIN / "absa-backtest", "-t", f"{self.prefix}.raw", "-b", self.broker.address,
              *self.pipeline.topics, "--out", out, *[f"-X{o}" for o in sorted(options)],
              f"-Xingest.user_key_file={self.world.key}")
        summary = json.loads((out / "summary.json").read_text())
        bad = {k: v for k, v in summary["counters"].items() if v}
        return [f"backtest counts {bad}"] if bad else [], {
            kind: h.read_lines(out / f"{kind}.jsonl") for kind in ("windows", "alerts")}

    def dead(self):
        """What ingest refused, and how many records were set aside because they kill."""
        rows = [json.loads(text) for _, text in self.pipeline.rows("dead")]
        refused = collections.Counter((r["part"], r["offset"], r["index"], r["reason"])
                                      for r in rows if r["stage"] == "ingest")
        return refused, sum(r["reason"] == "killer" for r in rows)

    def so_far(self):
        """What is wrong with the windows and alerts that there are, however many are still to come."""
        want, wrong = self.world.reference(), []
        for kind in ("windows", "alerts"):
            lines = [text for _, text in self.pipeline.rows(kind)]
            wrong += compare.compare(kind, lines, want[kind][:len(lines)])
        return wrong

    def judge(self):
        want = self.world.reference()
        wrong = list(self.verifier.finish())
        said, of_backtest = self.backtest()
        wrong += said
        for kind in ("windows", "alerts"):
            lines = [text for _, text in self.pipeline.rows(kind)]
            wrong += compare.compare(kind, lines, want[kind])
            if lines != of_backtest[kind] and not want["killers"]:  # a backtest survives them
                wrong.append(f"the bytes of {kind} are not those of the backtest")
            self.result[kind] = len(lines)
            self.result[f"{kind}_sha256"] = golden.sha256_id("\n".join(lines))[7:]
        dead, killers = self.dead()
        if killers != want["killers"]:
            wrong.append(f"{killers} records were quarantined, not {want['killers']}")
        if dead != want["dead"]:
            wrong.append(f"dead letters differ: {list((dead - want['dead']).items())[:2]} too many, "
                         f"{list((want['dead'] - dead).items())[:2]} missing")
        comments = self.goal(want)[0]
        if self.verifier.scores != comments:
            wrong.append(f"{self.verifier.scores} scores, not {comments}")
        if wrong:
            raise Wrong(wrong)

    def note(self):
        done = self.result
        done["faults"] = dict(self.faults.done) if hasattr(self, "faults") else {}
        done["exits_75"] = dict(self.pipeline.exits)
        done["peak_rss_mb"] = dict(self.peak)
        times = sorted(self.pipeline.recovery)
        if times:
            done["recovery_s"] = {"n": len(times), "p50": round(times[len(times) // 2], 2),
                                  "max": round(times[-1], 2)}
        done["window_ms"] = load.WINDOW_MS
        logs = "".join(p.read_text(errors="replace") for p in self.pipeline.log.iterdir())
        done["verdicts"] = dict(collections.Counter(VERDICT.findall(logs)))
