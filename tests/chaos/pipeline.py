# SPDX-License-Identifier: MIT
"""The whole pipeline on a real broker, with a supervisor: what ends with 75 is started again,
another end is a failure. Knows how each of its processes is hurt."""
import collections
import pathlib
import signal
import subprocess
import time
import urllib.request

import load
import world  # noqa: F401  (finds tests/support)
import harness as h

STAGES = ("ingest", "score", "pane", "judge")
COMMENT_PARTITIONS = 6
BATCH_BYTES = 16384  # of a scraper's producer, as Kafka's own has it: whoever reads holds whole batches


def wanted(stage, processes):
    """The judge has one partition: a second process stands by."""
    return min(processes, 2) if stage == "judge" else processes


class Pipeline(h.Deployment):
    """bin: where the programs are, if they are not the build's. via: the address that they
    are told, if it is not the broker's. A death of a trap (SIGABRT) is counted, and cured as
    75 is."""

    def __init__(self, broker, prefix, options, bin=None, via=None):
        self.bin, self.via = bin or h.BIN, via or broker.address
        super().__init__(broker, prefix, options, raw=load.RAW_PARTITIONS, comments=COMMENT_PARTITIONS)
        self.ports = {}  # slot -> port of /metrics; a new one each start: a sleeper keeps its own
        self.exits = collections.Counter()  # stage -> ends with 75
        self.deaths = 0  # of a trap
        self.zombies = []  # stopped, or let go and not yet ended
        self.waiting = {}  # slot -> when it was killed: for the time to its next commit
        self.recovery = []
        self.env = {}  # slot -> environment of its next start
        self.begun = {}  # slot -> length of its log at its last start
        self.looked = 0.0

    def command(self, stage, slot):
        self.ports[slot] = h.free_port()
        program, *args = super().command(stage, slot)
        args[args.index(f"-Xkafka.bootstrap.servers={self.broker.address}")] = \
            f"-Xkafka.bootstrap.servers={self.via}"
        return [str(self.bin / pathlib.Path(program).name), *args, f"-Xhttp.port={self.ports[slot]}"]

    def again(self, slot):
        """Starts what has ended, in the same slot."""
        program = self.running[slot]
        program.args = self.command(slot.rsplit("-", 1)[0], slot)
        self.begun[slot] = program.log.stat().st_size
        program.start()

    def is_at_work(self, slot):
        """Since its last start it was given partitions; its first records are next."""
        with open(self.running[slot].log, "rb") as log:
            log.seek(self.begun[slot])
            return b"partitions assigned" in log.read()

    def start(self, stage, number=0):
        slot = f"{stage}-{number}"
        self.running[slot] = h.Program(self.command(stage, slot), self.log / f"{slot}.log",
                                       self.env.get(slot))
        return self.running[slot]

    def scale(self, processes):
        """So many processes a stage, by starting more or by SIGTERM."""
        for stage in STAGES:
            for number in range(wanted(stage, processes)):
                if f"{stage}-{number}" not in self.running:
                    self.start(stage, number)
        for slot in list(self.running):
            stage, number = slot.rsplit("-", 1)
            if int(number) < wanted(stage, processes):
                continue
            program = self.running.pop(slot)
            program.process.terminate()
            self.zombies.append(program)

    def kill(self, slot):
        """kill -9, and the same slot again."""
        program = self.running[slot]
        at_work = self.metric(slot, "absa_assigned_partitions")  # a standby has nothing to commit
        program.kill()
        if at_work or slot in self.waiting:
            self.waiting[slot] = time.monotonic()
        self.again(slot)

    def freeze(self, slot, replaced):
        """SIGSTOP; the supervisor believes it dead (replaced) or has not noticed."""
        program = self.running[slot]
        program.signal(signal.SIGSTOP)
        self.zombies.append(program)
        if replaced:
            self.start(*slot.rsplit("-", 1))
        return program

    def wake(self, program):
        if program.process.poll() is None:
            program.signal(signal.SIGCONT)

    def supervise(self):
        """Restarts what ended with 75; raises on any other end."""
        for slot, program in list(self.running.items()):
            code = program.process.poll()
            if code is None:
                continue
            if code not in (75, -signal.SIGABRT):
                raise AssertionError(f"{slot} ended with {code}: {last_words(program)}")
            if code == 75:
                self.exits[slot.rsplit("-", 1)[0]] += 1
            else:
                self.deaths += 1
            self.again(slot)
        for program in list(self.zombies):
            code = program.process.poll()
            if code is not None and program not in self.running.values():
                self.zombies.remove(program)
                if code not in (0, 75, -signal.SIGTERM):
                    raise AssertionError(f"a zombie ended with {code}: {last_words(program)}")
        self.note_recovery()

    def metric(self, slot, name):
        """The sum of a metric of a process; None while it does not answer."""
        try:
            url = f"http://127.0.0.1:{self.ports[slot]}/metrics"
            text = urllib.request.urlopen(url, timeout=0.5).read().decode()
        except OSError:
            return None
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
                   if line.startswith(name) and line[len(name):len(name) + 1] in ("{", " "))

    def note_recovery(self):
        """Who was killed and has committed records again?"""
        if time.monotonic() - self.looked < 0.05:
            return
        self.looked = time.monotonic()
        for slot, since in list(self.waiting.items()):
            if slot not in self.running:
                continue
            if (self.metric(slot, "absa_records_total") or 0) > 0:
                self.recovery.append(time.monotonic() - since)
                del self.waiting[slot]
            elif (self.metric(slot, "absa_rebalances_total") or 0) > 0 and \
                    self.metric(slot, "absa_assigned_partitions") == 0:
                del self.waiting[slot]  # its session had ended: another has taken over

    def rss_mb(self, slot):
        """Resident memory now and at its highest."""
        path = f"/proc/{self.running[slot].process.pid}/status"
        try:
            with open(path) as f:
                fields = dict(line.split(":", 1) for line in f)
        except OSError:
            return 0.0, 0.0
        return tuple(int(fields.get(k, "0").split()[0]) / 1024 for k in ("VmRSS", "VmHWM"))

    def rows(self, topic):
        """(offset, text) of the committed records of a topic with one partition."""
        out = h.run(h.BIN / "absa-tail", "-b", self.broker.address, *self.topics, "-t", topic,
                    "-o", "beginning", "-e", "-f", "%o %s\\n").stdout
        return [(int(o), text) for o, text in (line.split(" ", 1) for line in out.split("\n") if line)]

    def stop(self):
        """SIGTERM to all: who does not end well within a minute is a failure. One that has
        only just been started may not know the signal yet."""
        for program in self.zombies:
            self.wake(program)
        for program in self.running.values():
            program.process.terminate()
        ended = {slot: p.process.wait(timeout=60) for slot, p in self.running.items()}
        self.running = {}
        bad = {slot: code for slot, code in ended.items() if code not in (0, 75, -signal.SIGTERM)}
        if bad:
            raise AssertionError(f"ended badly on SIGTERM: {bad}, see {self.log}")
        for program in self.zombies:
            program.process.wait(timeout=60)


def last_words(program):
    lines = program.said().splitlines()
    return " | ".join(line for line in lines[-40:] if "level=info" not in line)[-900:]


class Feeder:
    """Writes the load into absa.raw at an even pace from the moment of go() on; before it, only
    the beginning."""

    AHEAD = 0.1

    def __init__(self, pipeline, path, lines, seconds):
        args = [h.BUILD / "tests/chaos_feed", "-b", pipeline.broker.address, *pipeline.topics,
                f"-Xkafka.batch.size={BATCH_BYTES}"]
        self.process = subprocess.Popen([str(a) for a in args], stdin=subprocess.PIPE)
        self.lines, self.seconds = lines, seconds
        self.file = open(path, "rb")
        self.began, self.sent = None, 0
        self.ended = None

    def go(self):
        self.began = time.monotonic()

    def step(self):
        """Writes what is due by now."""
        if self.ended is not None:
            return
        share = self.AHEAD
        if self.began:
            share += (time.monotonic() - self.began) / self.seconds
        if not self.seconds:
            share = 1
        due = self.lines if share >= 1 else int(self.lines * share)
        while self.sent < due:
            self.process.stdin.write(self.file.readline())
            self.sent += 1
        self.process.stdin.flush()
        if self.sent == self.lines:
            self.process.stdin.close()
            self.file.close()
            self.ended = time.monotonic()

    def wait(self, timeout=600):
        if self.process.wait(timeout) != 0:
            raise AssertionError(f"the feeder ended with {self.process.returncode}")

    def kill(self):
        self.process.kill()
        self.process.wait()
