# SPDX-License-Identifier: MIT
"""The consumers of one deployment, and what they committed."""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from broker import Broker, skip  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ.get("ABSA_BIN", TOP / "build/dev/bin"))
SHARED = pathlib.Path(os.environ.get("ABSA_SHARED", TOP.parent / "shared"))
CRAWL = SHARED / "data/crawls/TTCommentExporter-7522631316479790391-3522-comments-replies.csv"
HUTTO = TOP / "build/cache/vader"


def need(path, what):
    if not path.exists():
        skip(f"{what} is not there ({path})")
    return path


def run(*args, ok=(0,), **kwargs):
    """Runs a program to its end; its standard output. Fails loudly on another exit code."""
    done = subprocess.run([str(a) for a in args], capture_output=True, text=True, **kwargs)
    if done.returncode not in ok:
        raise AssertionError(
            f"{' '.join(map(str, args))}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        )
    return done.stdout


class Deployment:
    """Topics under a prefix of their own, and the processes that work on them."""

    def __init__(self, broker, prefix, options, raw=3, comments=4):
        self.broker, self.prefix, self.options = broker, prefix, options
        self.log = pathlib.Path(tempfile.mkdtemp(prefix="absa-log-"))
        self.topics = [f"-Xtopic.prefix={prefix}", f"-Xraw.partitions={raw}"]
        self.topics += [f"-Xcomments.partitions={comments}"]
        self.running = {}
        run(BIN / "absa-topics", "apply", "-b", broker.address, *self.topics)

    def command(self, stage, slot):
        program = "drift" if stage in ("pane", "judge") else stage
        args = [BIN / f"absa-{program}", *self.topics, f"-Xslot={self.prefix}{slot}"]
        args += [f"-Xgroup.id={self.prefix}{stage}"]
        args += [f"-Xkafka.bootstrap.servers={self.broker.address}"]
        if program == "drift":
            args += [f"-Xdrift.role={stage}"]
        return [str(a) for a in args + [f"-X{o}" for o in self.options.get(stage, [])]]

    def start(self, stage, number):
        slot = f"{stage}-{number}"
        with open(self.log / f"{slot}.log", "ab") as log:
            self.running[slot] = subprocess.Popen(
                self.command(stage, slot), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def start_all(self, processes):
        for stage in ("judge", "pane", "score", "ingest"):
            for number in range(processes):
                self.start(stage, number)

    def kill_each_once(self, seconds, seed):
        """kill -9 of every process at a random time, each started again with the same slot."""
        rng = random.Random(seed)
        times = sorted((rng.uniform(0, seconds), slot) for slot in self.running)
        began = time.monotonic()
        for at, slot in times:
            time.sleep(max(0, at - (time.monotonic() - began)))
            self.running[slot].kill()
            self.running[slot].wait()
            stage, number = slot.rsplit("-", 1)
            self.start(stage, int(number))

    def restart_dead(self):
        """What a supervisor does: exit 75 is cured by a restart, another end is a failure."""
        for slot, process in list(self.running.items()):
            code = process.poll()
            if code is None:
                continue
            if code != 75:
                tail = (self.log / f"{slot}.log").read_text(errors="replace")[-2000:]
                raise AssertionError(f"{slot} ended with {code}:\n{tail}")
            stage, number = slot.rsplit("-", 1)
            self.start(stage, int(number))

    def records(self, topic):
        """The committed records as JSON, partition by partition."""
        out = run(BIN / "absa-tail", "-b", self.broker.address, *self.topics, "-t", topic,
                  "-o", "beginning", "-e", "-f", "%p %s\\n")
        lines = [line.split(" ", 1) for line in out.splitlines()]
        return [text for _, text in sorted(lines, key=lambda x: int(x[0]))]

    def wait(self, topic, n, seconds=180):
        """The lines of a topic once it holds n; fails when it does not within the time."""
        until = time.monotonic() + seconds
        while True:
            self.restart_dead()
            lines = self.records(topic)
            if len(lines) >= n:
                return lines
            if time.monotonic() > until:
                raise AssertionError(f"{topic} holds {len(lines)} of {n} after {seconds} s")
            time.sleep(1)

    def stop(self):
        """SIGTERM to all: each must drain and end with 0."""
        for process in self.running.values():
            process.terminate()
        ended = {slot: p.wait(timeout=30) for slot, p in self.running.items()}
        self.running = {}
        bad = {slot: code for slot, code in ended.items() if code not in (0, 75)}
        if bad:
            raise AssertionError(f"ended badly on SIGTERM: {bad}, see {self.log}")

    def kill(self):
        for process in self.running.values():
            process.kill()
            process.wait()


def read_lines(path):
    return [line for line in path.read_text().splitlines() if line]


def summary(path):
    return json.loads((path / "summary.json").read_text())
