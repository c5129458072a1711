# SPDX-License-Identifier: MIT
"""What a test that runs programs is written with: where they are, run(), Program (one that is
killed and started again) and Deployment (the consumers under a topic prefix)."""
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from broker import BIN, BUILD, TOP, Broker, skip  # noqa: F401

SHARED = pathlib.Path(os.environ.get("ABSA_SHARED", TOP.parent / "shared"))
CRAWL = SHARED / "data/crawls/TTCommentExporter-7522631316479790391-3522-comments-replies.csv"


def need(path, what):
    if not path.exists():
        skip(f"{what} is not there ({path})")
    return path


def hutto():
    """The folder of the texts that the mixed stream is made of."""
    fetch = subprocess.run([TOP / "tools/fetch-data"], capture_output=True, text=True)
    if fetch.returncode != 0:
        skip("no texts: " + fetch.stderr.strip())
    return pathlib.Path(fetch.stdout.strip())


def run(*args, ok=(0,), **kwargs):
    """Runs a program to its end; what it wrote, with returncode. Fails loudly on another exit."""
    done = subprocess.run([str(a) for a in args], capture_output=True, text=True, **kwargs)
    if done.returncode not in ok:
        raise AssertionError(
            f"{' '.join(map(str, args))}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        )
    return done


def wait_for(what, condition, timeout=180):
    until = time.monotonic() + timeout
    while time.monotonic() < until:
        if condition():
            return
        time.sleep(0.15)
    raise AssertionError("waited in vain for " + what)


given = set()  # ports


def free_port():
    """Where nobody listens, given once. Below the ephemeral ones: there an outgoing connection, also one
    that looks for the server that is to come or to come back, could take it meanwhile."""
    while True:
        port = random.randrange(15000, 32000)
        with socket.socket() as s:
            if port not in given and s.connect_ex(("127.0.0.1", port)) != 0:
                given.add(port)
                return port


def get_page(port, path):
    """What a program serves there: its type and its text."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as r:
        return r.headers["Content-Type"], r.read().decode()


def key_file(folder, mode=0o600):
    path = pathlib.Path(folder) / f"absa-{mode:o}.key"
    path.write_bytes(bytes(32))
    path.chmod(mode)
    return path


def read_lines(path):
    return [line for line in path.read_text().splitlines() if line]


def run_tests(tests, *args):
    """Each test in turn, the next one also when one fails; the program's exit code."""
    failed = 0
    for test in tests:
        began = time.monotonic()
        try:
            test(*args)
            print(f"ok   {test.__name__:34} {time.monotonic() - began:5.1f} s", flush=True)
        except Exception as e:
            failed += 1
            print(f"FAIL {test.__name__:34} {type(e).__name__}: {e}", flush=True)
        finally:
            Program.kill_all()
    return 1 if failed else 0


class Program:
    """A process that a test kills, ends and starts again, with the same arguments."""

    all = []

    def __init__(self, args, log, env=None):
        self.args, self.log = [str(a) for a in args], pathlib.Path(log)
        self.env = dict(os.environ, **(env or {}))
        Program.all.append(self)
        self.start()

    @staticmethod
    def kill_all():
        while Program.all:
            Program.all.pop().kill()

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.args, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self, timeout=60):
        """SIGTERM, and how it ended."""
        self.process.terminate()
        return self.process.wait(timeout)

    def said(self):
        return self.log.read_text(errors="replace")

    def kill_at_work(self, counter, total, kills, rnd):
        """kill -9 again and again in the middle of its work, which is done when the counter is at the
        total: after equal shares of it and a moment more. Fails when it came too late."""
        for k in range(kills):
            wait_for(f"kill {k + 1}", lambda: counter.n >= total * k / (kills + 2))
            time.sleep(rnd.uniform(0, 0.4))
            self.kill()
            assert counter.n < total, f"kill {k + 1} of {kills} came when the work was done: make it slower"
            self.start()


class Feeder(threading.Thread):
    """Records for each partition of a topic, and some more until it is told to stop and once after:
    whoever reads them is not done before. make(part, first, n): n lines, after first that it made."""

    def __init__(self, broker, topic, parts, make, begin):
        super().__init__(daemon=True)
        self.broker, self.topic, self.make, self.begin = broker, topic, make, begin
        self.n, self.enough = [0] * parts, threading.Event()

    def put(self, part, n):
        self.broker.put(self.topic, part, self.make(part, self.n[part], n))
        self.n[part] += n

    def run(self):
        for part in range(len(self.n)):
            self.put(part, self.begin)
        part = 0
        while not self.enough.wait(0.2):
            self.put(part % len(self.n), self.begin // 10)
            part += 1
        self.put(part % len(self.n), self.begin // 10)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *why):
        self.enough.set()
        self.join()


class Counter:
    """Counts the committed records of a topic as they come, marks left out."""

    def __init__(self, broker, topic):
        self.n = 0
        self.kcat = subprocess.Popen(
            ["kcat", "-C", "-b", broker.address, "-t", topic, "-o", "beginning", "-q", "-u",
             "-X", "isolation.level=read_committed", "-f", "%h\n"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.thread = threading.Thread(target=self.follow, daemon=True)
        self.thread.start()

    def follow(self):
        for headers in self.kcat.stdout:
            self.n += "absa-kind=mark" not in headers

    def stop(self):
        self.kcat.kill()
        self.kcat.wait()
        self.thread.join()


class Deployment:
    """Topics under a prefix of their own, and the processes that work on them."""

    def __init__(self, broker, prefix, options, raw=3, comments=4):
        self.broker, self.prefix, self.options = broker, prefix, options
        self.log = pathlib.Path(tempfile.mkdtemp(prefix="absa-log-"))
        self.topics = [f"-Xtopic.prefix={prefix}", f"-Xraw.partitions={raw}"]
        self.topics += [f"-Xcomments.partitions={comments}"]
        self.running = {}
        broker.apply(prefix, raw, comments)

    def command(self, stage, slot):
        program = "drift" if stage in ("pane", "judge") else stage
        args = [BIN / f"absa-{program}", *self.topics, f"-Xslot={self.prefix}{slot}"]
        args += [f"-Xgroup.id={self.prefix}{stage}"]
        args += [f"-Xkafka.bootstrap.servers={self.broker.address}"]
        if program == "drift":
            args += [f"-Xdrift.role={stage}"]
        return [str(a) for a in args + [f"-X{o}" for o in self.options.get(stage, [])]]

    def start(self, stage, number=0):
        slot = f"{stage}-{number}"
        self.running[slot] = Program(self.command(stage, slot), self.log / f"{slot}.log")
        return self.running[slot]

    def start_all(self, processes):
        for stage in ("judge", "pane", "score", "ingest"):
            for number in range(processes):
                self.start(stage, number)

    def kill_each_at_work(self, work, seed, seconds=180):
        """kill -9 of every process while its stage is in the middle of its work, each started
        again with the same slot. work: {stage: (topic, n)}: it is there from the first to the
        last of the n records that the topic comes to hold. Fails when one was killed too late."""
        rng = random.Random(seed)
        counts = {t: Counter(self.broker, self.prefix + t) for t in {t for t, _ in work.values()}}
        at = {slot: rng.uniform(0.05, 0.5) for slot in self.running}
        until = time.monotonic() + seconds
        while at:
            self.restart_dead()
            for slot, share in list(at.items()):
                topic, n = work[slot.rpartition("-")[0]]
                if counts[topic].n < share * n:
                    continue
                self.running[slot].kill()
                left = n - counts[topic].n
                assert left > 0, f"{slot} was killed when its work was done: make it slower"
                print(f"   {slot} was killed at {n - left} of {n} {topic}", flush=True)
                self.running[slot].start()
                del at[slot]
            assert time.monotonic() < until, f"waited in vain to kill {sorted(at)}"
            time.sleep(0.02)
        for count in counts.values():
            count.stop()

    def restart_dead(self, cured=(75,)):
        """What a supervisor does: exit 75 is cured by a restart, another end is a failure."""
        for slot, program in self.running.items():
            code = program.process.poll()
            if code in cured:
                program.start()
            elif code is not None:
                raise AssertionError(f"{slot} ended with {code}:\n{program.said()[-2000:]}")

    def lines(self, topic):
        """The committed records as JSON, partition by partition."""
        out = run(BIN / "absa-tail", "-b", self.broker.address, *self.topics, "-t", topic,
                  "-o", "beginning", "-e", "-f", "%p %s\\n").stdout
        lines = [line.split(" ", 1) for line in out.splitlines()]
        return [text for _, text in sorted(lines, key=lambda x: int(x[0]))]

    def records(self, topic):
        return [json.loads(line) for line in self.lines(topic)]

    def wait(self, topic, n, seconds=180, cured=(75,)):
        """The lines of a topic once it holds n; fails when it does not within the time."""
        until = time.monotonic() + seconds
        while True:
            self.restart_dead(cured)
            lines = self.lines(topic)
            if len(lines) >= n:
                return lines
            if time.monotonic() > until:
                raise AssertionError(f"{topic} holds {len(lines)} of {n} after {seconds} s")
            time.sleep(1)

    def stop(self):
        """SIGTERM to all: each must drain and end with 0."""
        for program in self.running.values():
            program.process.terminate()
        ended = {slot: p.process.wait(timeout=60) for slot, p in self.running.items()}
        self.running = {}
        bad = {slot: code for slot, code in ended.items() if code not in (0, 75)}
        if bad:
            raise AssertionError(f"ended badly on SIGTERM: {bad}, see {self.log}")
