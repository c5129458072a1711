# SPDX-License-Identifier: MIT
"""absa replay on a real Kafka: the same bytes, partitions, order and arrival."""
import pathlib
import subprocess
import sys
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402

PARTS = 3


def dump(b, topic):
    """{partition: [(arrival header or time, value)]}, and which partitions ended."""
    out = subprocess.run(["kcat", "-C", "-b", b.address, "-t", topic, "-o", "beginning", "-e", "-q",
                          "-f", "%p|%T|%h|%s\n"], capture_output=True, text=True, check=True).stdout
    rows, ended = {p: [] for p in range(PARTS)}, set()
    for line in out.splitlines():
        part, at, headers, value = line.split("|", 3)
        header = dict(x.split("=", 1) for x in headers.split(",") if "=" in x)
        if header.get("absa-kind") == "end":
            ended.add(int(part))
        else:
            rows[int(part)].append((int(header.get("absa-arrival", at)), value))
    return rows, ended


def replay(b, *args):
    t0 = time.time()
    run = subprocess.run([h.BIN / "absa-replay", "-b", b.address, *args],
                         stderr=subprocess.PIPE, text=True)
    print("  ", " ".join(args), "->", run.returncode, run.stderr.strip(), flush=True)
    return run.returncode, time.time() - t0


def main():
    with h.Broker() as b:
        b.apply("src.", PARTS, PARTS)
        for prefix in ("a.", "b.", "c."):
            b.apply(prefix, PARTS, PARTS)
        b.apply("d.", 1, 1)
        for i in range(30):
            b.put("src.raw", i % PARTS, ["v%d-%d" % (i, k) for k in range(10)])
            time.sleep(0.05)
        want, _ = dump(b, "src.raw")
        arrivals = sorted(t for rows in want.values() for t, _ in rows)

        # All of it, as fast as it goes.
        assert replay(b, "-t", "src.raw", "--from", "0", "--speed", "max", "--into", "a.raw")[0] == 0
        assert dump(b, "a.raw") == (want, set(range(PARTS)))

        # A stretch of the copy, which lives in its own time, at its own pace.
        lo, hi = arrivals[60], arrivals[220]
        cut = {p: [r for r in rows if lo <= r[0] < hi] for p, rows in want.items()}
        code, took = replay(b, "-t", "a.raw", "--from", str(lo), "--until", str(hi), "--into",
                            "b.raw", "--no-end")
        assert code == 0 and dump(b, "b.raw") == (cut, set())
        assert took >= (max(r[0] for rows in cut.values() for r in rows) - lo) / 1000

        # The same of the live topic; the dry run writes nothing.
        stretch = ["-t", "src.raw", "--from", str(lo), "--until", str(hi), "--speed", "10x"]
        assert replay(b, *stretch, "--into", "c.raw", "-n")[0] == 0
        assert dump(b, "c.raw") == ({p: [] for p in range(PARTS)}, set())
        assert replay(b, *stretch, "--into", "c.raw")[0] == 0
        assert dump(b, "c.raw") == (cut, set(range(PARTS)))

        # What must not be: an ended topic, a live one, another layout, itself.
        everything = ["-t", "src.raw", "--from", "0", "--speed", "max", "--into"]
        assert replay(b, *everything, "a.raw")[0] == 78
        assert replay(b, "-t", "a.raw", "--from", "0", "--into", "src.raw")[0] == 78
        assert replay(b, *everything, "d.raw")[0] == 78
        assert replay(b, *everything, "src.raw")[0] == 64
        assert replay(b, "--from", "0", "--speed", "fast", "--into", "x")[0] == 64
    return 0


if __name__ == "__main__":
    sys.exit(main())
