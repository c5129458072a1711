# SPDX-License-Identifier: MIT
"""R8: the embedded broker is no Kafka, and what it cannot do is refused, not done wrongly: it makes
topics by itself with 4 partitions, forgets positions that were sent in a transaction, and drops the
oldest records without a word."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402

LOG = pathlib.Path(tempfile.mkdtemp(prefix="absa-embedded-"))
LAYOUT = ["-X", "raw.partitions=1", "-X", "comments.partitions=3"]


class Embedded:
    def __enter__(self):
        self.process = subprocess.Popen([h.BIN / "absa-broker", *LAYOUT], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        return self

    def __exit__(self, *_):
        self.process.communicate()

    def kcat(self, *args, **kwargs):
        return h.run("kcat", "-b", self.address, *args, **kwargs).stdout

    def toy(self, slot, env=None, props=()):
        args = [h.BUILD / "tests/flow_toy", *LAYOUT, "-X", "commit.interval.ms=50ms"]
        args += [a for p in props for a in ("-X", p)]
        args += ["-X", "kafka.bootstrap.servers=" + self.address, "-X", f"slot={slot}"]
        return h.Program(args, LOG / slot, env)

    def put(self, lines):
        self.kcat("-P", "-t", "absa.raw", "-p", "0", input="\n".join(lines) + "\n")

    def copied(self):
        return self.kcat("-C", "-t", "absa.comments", "-o", "beginning", "-e", "-q").split()[1::2]


def test_r8_every_topic_is_there_as_configured():
    with Embedded() as b:
        table = b.kcat("-L")
        for name, parts in (("raw", 1), ("comments", 3), ("scores", 3), ("panes", 1), ("state", 1)):
            assert f'topic "absa.{name}" with {parts} partitions' in table, table


def test_r8_a_second_assignment_is_refused():
    """Whoever is assigned again would start from 0: 400 records came twice."""
    with Embedded() as b:
        b.put(f"r{i}" for i in range(400))
        first = b.toy("first")
        h.wait_for("the copy", lambda: len(b.copied()) == 400)
        second = b.toy("second")
        assert first.process.wait(180) == 69, first.said()
        assert "keeps no positions" in first.said()
        assert len(set(b.copied())) == 400
        second.kill()


def test_r8_records_that_were_dropped_are_named():
    """5 MiB a partition: the oldest of 8 MB are gone before anybody has read them."""
    with Embedded() as b:
        b.put("%d %s" % (i, "z" * 490) for i in range(16000))
        code = b.toy("late").process.wait(180)
        said = (LOG / "late").read_text()
        assert code == 78 and "the log starts at" in said, (code, said)


def test_r8_records_that_are_dropped_while_it_reads_end_it():
    with Embedded() as b:
        b.put(["first"])
        little = ["kafka.queued.min.messages=1", "kafka.queued.max.messages.kbytes=64",
                  "kafka.fetch.message.max.bytes=8192"]  # what it has fetched ahead it still reads
        slow = b.toy("slow", {"TOY_SLEEP_US": "20000"}, little)
        h.wait_for("the first", lambda: len(b.copied()) == 1)
        b.put("%d %s" % (i, "z" * 900) for i in range(14000))
        assert slow.process.wait(300) == 78, slow.said()
        assert "no longer holds the position" in slow.said(), slow.said()


def main():
    if not shutil.which("kcat"):
        h.skip("no kcat")
    tests = [test for name, test in sorted(globals().items()) if name.startswith("test_")]
    try:
        return h.run_tests(tests)
    finally:
        shutil.rmtree(LOG, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
