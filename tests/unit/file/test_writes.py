# SPDX-License-Identifier: MIT
"""Every program that writes a file, or much on stdout, with a disk that is full at each of several
places (by the limit on a file's size: a short write, then an error), with /dev/full, and with a
reader who has gone. It ends with a code that says so, and what it leaves is not taken for whole."""
import json
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402

PLACES = 7
FAILED = (70, 75)


def limited(size):
    """For preexec_fn: no file grows over size, and that is an error, not a signal."""

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def places(whole):
    """Sizes below whole: its ends, the ends of buffers, and some between."""
    spread = [whole * i // PLACES for i in range(PLACES)]
    return sorted({n for n in spread + [1, 4095, 4096, whole - 1] if 0 <= n < whole})


def absa(program, *args, **kwargs):
    return subprocess.run([h.BIN / f"absa-{program}", *map(str, args)], stderr=subprocess.PIPE,
                          timeout=120, **kwargs)


def expect(done, what, silent=False):
    said = done.stderr.decode()
    assert done.returncode in FAILED, (what, done.returncode, said)
    assert said or silent, (what, "ended without a word")


def comments(path):
    """Enough for each file of a backtest to be longer than a buffer; the halves are alike."""
    with open(path, "w") as f:
        for i in range(1200):
            f.write(json.dumps({
                "comment_text": ["so good", "the price is too high", "slow shipping", "why?"][i % 4],
                "timestamp": f"2025-01-{1 + i // 60:02}T{i % 24:02}:00:00Z",
                "video_id": str(i % 30)}) + "\n")
        f.write("{broken\n" * 20)
    return path


def test_backtest(tmp):
    out = tmp / "result"
    args = ("--input", comments(tmp / "in.jsonl"), "-X", "window.min_samples=1",
            "-X", "window.min_videos=1", "--out", out)
    assert absa("backtest", *args).returncode == 0
    whole = {p.name: p.read_bytes() for p in out.iterdir()}
    assert set(whole) == {"windows.jsonl", "alerts.jsonl", "dead.jsonl", "summary.json", "report.html",
                          "baseline.json", "command.txt"}
    longest = max(len(b) for b in whole.values())
    assert longest > 10000, longest
    for size in places(longest):
        expect(absa("backtest", *args, preexec_fn=limited(size)), f"backtest, {size} bytes")
        assert not (out / "summary.json").exists(), f"{size} bytes: as if it had ended well"
    assert absa("backtest", *args).returncode == 0
    assert {p.name: p.read_bytes() for p in out.iterdir()} == whole


def test_baseline(tmp):
    out = tmp / "baseline.json"
    args = ("--input", comments(tmp / "in.jsonl"), "--out", out)
    done = absa("baseline", *args, stdout=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr.decode()
    whole = out.read_bytes()
    for old in (b"the old one", None):
        for size in places(len(whole)):
            out.write_bytes(old) if old else out.unlink(missing_ok=True)
            expect(absa("baseline", *args, stdout=subprocess.DEVNULL, preexec_fn=limited(size)),
                   f"baseline, {size} bytes")
            left = sorted(p.name for p in tmp.iterdir())
            assert left == (["baseline.json"] if old else []) + ["in.jsonl"], left
            assert not old or out.read_bytes() == old


def table(path, shift):
    path.write_text("a,b\n" + "".join(f"{i * 7 % 97 + shift},{i % 5}\n" for i in range(500)))
    return path


def test_stdout(tmp):
    """What is written on stdout: compare's report, a stage as a pipe, help and configuration."""
    lines = comments(tmp / "in.jsonl")
    alike = table(tmp / "a.csv", 0)
    drifted = ("--reference", alike, "--current", table(tmp / "b.csv", 50))
    assert absa("compare", *drifted, stdout=subprocess.DEVNULL).returncode == 1
    with open("/dev/full", "wb") as f:
        expect(absa("compare", *drifted, stdout=f), "a finding that nobody reads")
    commands = {
        "compare": (("--reference", alike, "--current", alike, "--format", "json"), None),
        "ingest": (("--pipe", "--dead", "/dev/null"), lines),
        "score": (("--print-config",), None),
        "topics": (("--help",), None),
    }
    for program, (args, stdin) in commands.items():
        def run(stdout, **kwargs):
            with open(stdin or "/dev/null", "rb") as f:
                return absa(program, *args, stdin=f, stdout=stdout, **kwargs)

        out = tmp / "stdout"
        with open(out, "wb") as f:
            assert run(f).returncode == 0, program
        for size in places(out.stat().st_size):
            with open(out, "wb") as f:
                expect(run(f, preexec_fn=limited(size)), f"{program}, {size} bytes")
        with open("/dev/full", "wb") as f:
            expect(run(f), f"{program} on /dev/full")
        gone = subprocess.Popen(["true"], stdin=subprocess.PIPE)
        gone.wait()
        expect(run(gone.stdin), f"{program} for nobody", silent=True)
        gone.stdin.close()


def main():
    failed = 0
    for test in (test_backtest, test_baseline, test_stdout):
        with tempfile.TemporaryDirectory(prefix="absa-writes-") as tmp:
            failed |= h.run_tests([test], pathlib.Path(tmp))
    return failed


if __name__ == "__main__":
    sys.exit(main())
