# SPDX-License-Identifier: MIT
"""absa up: the same windows as backtest, and nothing left when it ends, however it ends.

    test_up.py          on the embedded broker
    test_up.py kafka    on Apache Kafka, with each child killed in turn
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402

ONE = ["-X", "window.min_samples=1", "-X", "window.min_videos=1", "-X", "drift.policy=fixed"]


class Up:
    """A run in a folder of its own, and the processes that it started."""

    def __init__(self, work, *args):
        self.dir = pathlib.Path(tempfile.mkdtemp(dir=work))
        self.err = self.dir / "stderr"
        with open(self.err, "wb") as err, open(self.dir / "stdout", "wb") as out:
            self.process = subprocess.Popen(
                [h.BIN / "absa-up", "--dir", self.dir / "run", *map(str, args)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err)

    def said(self):
        return self.err.read_text() + (self.dir / "stdout").read_text()

    def wait_for(self, what, condition):
        """condition() once it is true; fails when the run has ended before."""
        found = []

        def look():
            assert self.process.poll() is None, f"ended before {what}:\n{self.said()}"
            found[:] = [condition()]
            return found[0]

        h.wait_for(what, look)
        return found[0]

    def address(self):
        return self.wait_for("the address", lambda: re.search(r"import -b (\S+)", self.err.read_text()))[1]

    def children(self):
        """{command line: pid} of those that run."""
        pids = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found = {}
        for pid in pids.read_text().split():
            try:
                line = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if line:  # else it is dead and not buried yet
                found[line] = int(pid)
        return found

    def child(self, word, other_than=0):
        """The pid of a child, once it runs."""
        return self.wait_for(word, lambda: next(
            (pid for line, pid in self.children().items() if word in line and pid != other_than), 0))

    def pids(self, n):
        """Those of its n children, once each of them runs."""
        self.wait_for(f"{n} children", lambda: len(self.children()) == n)
        return list(self.children().values())

    def wait(self, seconds=120):
        return self.process.wait(timeout=seconds)


def alive(pids):
    def runs(pid):
        try:
            return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
        except FileNotFoundError:
            return False
    return [pid for pid in pids if runs(pid)]


class Case(unittest.TestCase):
    def setUp(self):
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.work = pathlib.Path(tmp.name)

    def up(self, *args):
        up = Up(self.work, *args)
        self.addCleanup(up.process.kill)
        return up

    def backtest(self):
        h.run(h.BIN / "absa-backtest", "-q", "--input", h.CRAWL, "--out", self.work / "want", *ONE)
        return (h.read_lines(self.work / "want/windows.jsonl"),
                h.read_lines(self.work / "want/alerts.jsonl"))

    def wait_for(self, address, options, n):
        until = time.monotonic() + 180
        while True:
            got = h.run(h.BIN / "absa-tail", "-b", address, *options, "-t", "windows",
                        "-o", "beginning", "-e", "-f", "%s\\n").stdout.splitlines()
            if len(got) >= n or time.monotonic() > until:
                return got
            time.sleep(0.5)

    def none_left(self, pids):
        until = time.monotonic() + 60
        while alive(pids) and time.monotonic() < until:
            time.sleep(0.1)
        self.assertEqual(alive(pids), [])


class Embedded(Case):
    def test_the_windows_of_a_backtest(self):
        windows, alerts = self.backtest()
        up = self.up(*ONE)
        address = up.address()
        h.run(h.BIN / "absa-import", "-q", "-b", address, "--arrival", "created", h.CRAWL)
        self.assertEqual(self.wait_for(address, [], len(windows)), windows)
        said = h.run(h.BIN / "absa-doctor", "-b", address, ok=(1,)).stdout  # no key is configured
        self.assertIn("a broker in memory", said)
        self.assertIn("0 failures", said)
        self.assertNotIn("never ran", said)
        h.wait_for("a line about the alert", lambda: "absa up: alert  " in up.said())
        pids = up.pids(6)
        up.process.send_signal(signal.SIGINT)
        self.assertEqual(up.wait(), 0, up.said())
        self.none_left(pids)
        said = up.said()
        self.assertIn("does not promise", said)
        plural = "" if len(alerts) == 1 else "s"
        self.assertIn(f"absa up: {len(windows)} windows, {len(alerts)} alert{plural};", said)

    def test_a_death_ends_it(self):
        for victim in ("absa-score", "absa-broker"):
            with self.subTest(victim):
                up = self.up("--for", "10m")
                up.address()
                pids = up.pids(6)
                os.kill(up.child(victim), signal.SIGKILL)
                self.assertEqual(up.wait(), 75, up.said())
                self.assertIn("died", up.said())
                self.none_left(pids)
                if victim == "absa-score":
                    self.assertIn("absa up -b HOST:PORT", up.said())

    def test_ctrl_c_and_kill_leave_nothing(self):
        for sig, code in ((signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, -9)):
            with self.subTest(sig):
                up = self.up()
                up.address()
                up.child("drift.role=judge")
                pids = up.pids(6)
                up.process.send_signal(sig)
                self.assertEqual(up.wait(), code, up.said())
                self.none_left(pids)

    def test_one_file_for_all(self):
        conf = self.work / "absa.conf"
        conf.write_text("raw.partitions = 2\n[drift]\nwindow.min_samples = 1\n[ingest]\n"
                        "watermark.skew.ms = 5s\n")
        up = self.up("-c", conf, "--for", "3s", "-q")
        self.assertEqual(up.wait(), 0, up.said())
        self.assertEqual(up.said(), "")
        for name, line in (("ingest", "watermark.skew.ms = 5s"), ("judge", "raw.partitions = 2"),
                           ("judge", "window.min_samples = 1")):
            self.assertIn(line + "\n", (up.dir / f"run/{name}.conf").read_text())
        for text, want in (("[drfit]\n", "did you mean drift"), ("[score]\nnonsense = 1\n", ":2: "),
                           ("window.ms = 1h\n[drift]\n", "[")):
            conf.write_text(text)
            up = self.up("-c", conf)
            self.assertEqual(up.wait(), 78, up.said())
            self.assertIn(want, up.said())

    def test_errors_say_what(self):
        for args, code, word in ((("--for", "11m"), 64, "10 minutes"),
                                 (("-X", "nonsense=1"), 78, "nonsense"),
                                 (("-X", "wndow.ms=1h"), 78, "did you mean window.ms?"),
                                 (("-b", "127.0.0.1:1"), 69, "absa doctor -b 127.0.0.1:1"),
                                 (("-X", "slot=a"), 64, "slot"),
                                 (("-X", "drift.baseline=/nonexistent"), 78, "/nonexistent"),
                                 (("--dir", "/nonexistent/x"), 77, "/nonexistent/x")):
            with self.subTest(args):
                up = self.up(*args)
                self.assertEqual(up.wait(), code, up.said())
                self.assertIn(word, up.said())


class Kafka(Case):
    def catcher(self):
        """A mail server that keeps what it gets in work/mail; its address."""
        (self.work / "mail").mkdir()
        server = subprocess.Popen(["/usr/bin/python3", h.TOP / "tools/demo.d/catcher.py",
                                   self.work / "mail"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.communicate)  # it ends with its standard input
        address = server.stdout.readline().strip()
        self.assertTrue(address, "no mail server: python3-aiosmtpd")
        return address

    def configure(self):
        """One file for all, with somebody to tell."""
        key = self.work / "key"
        key.write_bytes(bytes(32))
        key.chmod(0o600)
        conf = self.work / "absa.conf"
        conf.write_text(f"""topic.prefix = up.
commit.interval.ms = 50
batch.records = 40
[ingest]
ingest.user_key_file = {key}
[notify]
notify.receivers = mail
notify.group_wait.ms = 0
notify.receiver.mail.type = smtp
notify.receiver.mail.url = smtp://{self.catcher()}
notify.receiver.mail.tls = none
notify.receiver.mail.from = absa@example.org
notify.receiver.mail.to = me@example.org
""")
        return ["-c", conf]

    def mails(self):
        return {p.read_text().split("Message-ID: ", 1)[1].split("\n")[0]
                for p in (self.work / "mail").glob("*.eml")}

    def feed(self, address, windows, *args, seconds=20):
        """The crawl as it is read in so many seconds."""
        first, last = json.loads(windows[0]), json.loads(windows[-1])
        speed = (last["end_ms"] - first["start_ms"]) // (1000 * seconds)
        process = subprocess.Popen([h.BIN / "absa-import", "-q", "-b", address, "--arrival", "created",
                                    "--speed", f"{speed}x", *args, h.CRAWL])
        self.addCleanup(process.kill)
        return process

    def test_each_child_killed_in_turn(self):
        """While comments keep coming."""
        windows, alerts = self.backtest()
        conf = self.configure()
        prefix = ["-Xtopic.prefix=up."]
        with h.Broker() as broker:
            up = self.up("-b", broker.address, *conf, *ONE)
            self.assertEqual(up.wait(), 78, up.said())
            self.assertIn("absa topics apply -b " + broker.address, up.said())
            h.run(h.BIN / "absa-topics", "apply", "-b", broker.address, *prefix)
            up = self.up("-b", broker.address, *conf, *ONE)
            up.pids(6)
            feed = self.feed(broker.address, windows, *prefix)
            for word in ("absa-ingest", "absa-score", "drift.role=pane", "drift.role=judge",
                         "absa-notify"):
                time.sleep(1)
                pid = up.child(word)
                os.kill(pid, signal.SIGKILL)
                up.child(word, other_than=pid)
            self.assertIsNone(feed.poll(), "all was said before the last was killed")
            self.assertEqual(feed.wait(180), 0)
            self.assertEqual(self.wait_for(broker.address, prefix, len(windows)), windows)
            up.wait_for(f"a mail, for {len(alerts)} alerts", self.mails)
            pids = up.pids(6)
            up.process.send_signal(signal.SIGINT)
            self.assertEqual(up.wait(), 0, up.said())
            self.none_left(pids)


if __name__ == "__main__":
    h.need(h.CRAWL, "the crawl")
    name = "Kafka" if sys.argv[1:] == ["kafka"] else "Embedded"
    unittest.main(argv=[sys.argv[0], "-v", name])
