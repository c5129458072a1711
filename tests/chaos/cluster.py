# SPDX-License-Identifier: MIT
"""Brokers that can be hurt: three nodes, one behind a misbehaving network, one on a small disk.

Each is started and ended as h.Broker is (with ...: )."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import world  # noqa: F401  (finds tests/support)
import harness as h

NODES = 3
os.environ.setdefault("KAFKA_PROPERTIES", str(pathlib.Path(__file__).with_name("broker.properties")))


def hash_code(text):
    """Java's String.hashCode(), as Kafka finds a coordinator's partition."""
    out = 0
    for c in text:
        out = 31 * out + ord(c) & 0xFFFFFFFF
    return out & 0x7FFFFFFF


class Cluster(h.Broker):
    """Three nodes that are broker and controller, replication 3, two in sync at least."""

    replication = NODES

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="absa-kafka-")
        self.ports = [str(h.free_port()) for _ in range(2 * NODES)]
        self.address = ",".join(f"127.0.0.1:{p}" for p in self.ports[::2])
        starting = [self.begin(n) for n in range(1, NODES + 1)]
        for process in starting:
            self.started(process)
        return self

    def __exit__(self, *_):
        for n in range(1, NODES + 1):
            self.kill_node(n)
        shutil.rmtree(self.dir, ignore_errors=True)

    def begin(self, n):
        args = [self.tool, "start", "--dir", f"{self.dir}/n{n}", "--node", str(n), "--ports",
                ",".join(self.ports)]
        return subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    @staticmethod
    def started(process):
        _, said = process.communicate()
        if process.returncode != 0:
            raise AssertionError(f"a node does not start: {said[-300:]}")

    def kill_node(self, n):
        subprocess.run([self.tool, "kill", "--dir", f"{self.dir}/n{n}"], check=True)

    def start_node(self, n):
        self.started(self.begin(n))

    def coordinator(self, transactional_id):
        """The node that coordinates the transactions of an id."""
        out = h.run("kcat", "-b", self.address, "-L", "-t", "__transaction_state").stdout
        leaders = dict(re.findall(r"partition (\d+), leader (-?\d+)", out))
        return int(leaders[str(hash_code(transactional_id) % len(leaders))])


class Proxied(h.Broker):
    """through: the address behind proxy.py; address: the direct one, for those who watch."""

    def __init__(self):
        super().__init__()
        self.through_port, self.proxy = h.free_port(), None

    def start(self):
        """Again after the broker's death: the network is the one that was there."""
        args = [self.tool, "start", "--dir", self.dir, "--proxy", str(self.through_port)]
        run = subprocess.run(args, capture_output=True, text=True)
        if run.returncode == 69:
            h.skip(run.stderr.strip())
        run.check_returncode()
        self.address = run.stdout.strip()
        self.through = f"127.0.0.1:{self.through_port}"
        if not self.proxy:
            self.proxy = self.network()

    def network(self):
        behind = pathlib.Path(self.dir, "behind").read_text().strip()
        script = pathlib.Path(__file__).with_name("proxy.py")
        return subprocess.Popen([sys.executable, script, str(self.through_port), behind],
                                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)

    def __exit__(self, *args):
        self.proxy.kill()
        self.proxy.wait()
        super().__exit__(*args)

    def tell(self, order):
        """Tells the network how to be."""
        self.proxy.stdin.write(order + "\n")
        self.proxy.stdin.flush()


class SmallDisk(h.Broker):
    """On a file system of its own of a few megabytes, which can be filled; root only."""

    SIZE = "160m"

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="absa-kafka-")
        mount = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.SIZE}", "absa-chaos", self.dir],
                               capture_output=True, text=True)
        if mount.returncode != 0:
            pathlib.Path(self.dir).rmdir()
            h.skip(f"no small disk: {mount.stderr.strip()}")
        self.start()
        return self

    def __exit__(self, *args):
        subprocess.run([self.tool, "kill", "--dir", self.dir])
        subprocess.run(["umount", "-l", self.dir], check=True)
        pathlib.Path(self.dir).rmdir()

    def fill(self):
        """Takes all the room there is."""
        with open(f"{self.dir}/ballast", "wb") as f:
            try:
                while True:
                    f.write(bytes(1 << 20))
                    f.flush()
            except OSError:
                pass

    def recover(self):
        """Some seconds later there is room again; a broker that gave up is started."""
        time.sleep(6)
        pathlib.Path(self.dir, "ballast").unlink()
        if not self.alive():
            self.start()

    def alive(self):
        pid = pathlib.Path(self.dir, "pid")
        return pid.exists() and pathlib.Path("/proc", pid.read_text().strip()).exists()
