# SPDX-License-Identifier: MIT
"""A real Kafka for a test script, by tools/kafka; kcat puts and gets.

    with Broker() as b:
        b.apply("t1.", raw=3, comments=3)
        b.put("t1.raw", 0, ["a", "b"])
        b.get("t1.comments")          -> [(part, offset, value), ...], committed only

A test that cannot have one is skipped (exit 77) with the reason."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ABSA_BUILD", TOP / "build/dev"))
BIN = pathlib.Path(os.environ.get("ABSA_BIN", BUILD / "bin"))


def skip(why):
    print("skipped:", why)
    sys.exit(77)


class Broker:
    replication = 1

    def __init__(self):
        if not shutil.which("kcat"):
            skip("no kcat")
        self.tool = TOP / "tools/kafka"
        jars = subprocess.run([self.tool, "path"], capture_output=True)
        if jars.returncode != 0 and not shutil.which("mvn"):
            skip("no jars of Kafka (tools/kafka fetch) and no mvn to get them")
        if not shutil.which("java"):
            skip("no java")

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="absa-kafka-")
        self.start()
        return self

    def __exit__(self, *_):
        subprocess.run([self.tool, "kill", "--dir", self.dir])
        shutil.rmtree(self.dir, ignore_errors=True)

    def start(self):
        run = subprocess.run([self.tool, "start", "--dir", self.dir], capture_output=True, text=True)
        if run.returncode == 69:
            shutil.rmtree(self.dir, ignore_errors=True)
            skip(run.stderr.strip())
        run.check_returncode()
        self.address = run.stdout.strip()

    def kill(self):
        subprocess.run([self.tool, "kill", "--dir", self.dir], check=True)

    def stop(self):
        """Asks it to end, and waits."""
        subprocess.run([self.tool, "stop", "--dir", self.dir], check=True)

    def pids(self):
        """Of its processes; of one that is just starting or ending perhaps not."""
        found = []
        for path in (*pathlib.Path(self.dir).glob("pid"), *pathlib.Path(self.dir).glob("*/pid")):
            try:
                found.append(int(path.read_text()))
            except (OSError, ValueError):
                pass
        return found

    def apply(self, prefix, raw=1, comments=1):
        subprocess.run([BIN / "absa-topics", "apply", "-b", self.address,
                        "--replication", str(self.replication),
                        "-X", "topic.prefix=" + prefix, "-X", "raw.partitions=%d" % raw,
                        "-X", "comments.partitions=%d" % comments],
                       check=True, stdout=subprocess.DEVNULL)

    def delete_before(self, topic, part, offset):
        """As retention would."""
        libs = subprocess.run([self.tool, "path"], capture_output=True, text=True,
                              check=True).stdout.strip()
        order = os.path.join(self.dir, "delete.json")
        with open(order, "w") as f:
            f.write('{"version": 1, "partitions": [{"topic": "%s", "partition": %d, "offset": %d}]}'
                    % (topic, part, offset))
        subprocess.run(["java", "-XX:TieredStopAtLevel=1", "-cp", libs + "/*",
                        "org.apache.kafka.tools.DeleteRecordsCommand", "--bootstrap-server",
                        self.address, "--offset-json-file", order],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def put(self, topic, part, lines):
        subprocess.run(["kcat", "-P", "-b", self.address, "-t", topic, "-p", str(part),
                        "-X", "linger.ms=5", "-X", "acks=all"],
                       input="\n".join(lines) + "\n", text=True, check=True)

    def put_bytes(self, topic, part, value, headers=()):
        """One record of any bytes; None is a null value."""
        path = os.path.join(self.dir, "value")
        with open(path, "wb") as f:
            f.write(value or b"")
        # kcat sends nothing that is empty, unless it has a key
        how = [path] if value else ["-K:", *(["-Z"] if value is None else [])]
        subprocess.run(["kcat", "-P", "-b", self.address, "-t", topic, "-p", str(part),
                        "-X", "acks=all", *[a for x in headers for a in ("-H", x)], *how],
                       input=None if value else b"k:\n", check=True)

    def get(self, topic):
        out = subprocess.run(["kcat", "-C", "-b", self.address, "-t", topic, "-o", "beginning",
                              "-e", "-q", "-X", "isolation.level=read_committed",
                              "-f", "%p %o %S\n%s\n"],
                             capture_output=True, check=True).stdout
        rows, at = [], 0
        while at < len(out):  # by length: a value holds any byte
            line = out.index(b"\n", at)
            part, offset, n = (int(x) for x in out[at:line].split())
            value = out[line + 1:line + 1 + n] if n >= 0 else None
            rows.append((part, offset, value))
            at = line + 1 + max(n, 0) + 1
            if n < 0:  # kcat prints NULL
                at = out.index(b"\n", line + 1) + 1
        return sorted(rows, key=lambda r: r[:2])
