#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The demo shows what it is to show; and when it cannot, it says why and leaves nothing running."""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "support"))
from broker import BIN, TOP, skip  # noqa: E402

DEMO = [os.path.join(TOP, "tools/demo"), "--ready", "--bin", BIN]
# A file system of its own, of so many MB, that goes with what runs in it.
SMALL_DISK = ["unshare", "--map-root-user", "--mount", "sh", "-c",
              'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"', "sh"]
parent = pathlib.Path(tempfile.mkdtemp(prefix="absa-demo-test-"))
MARK = f"ABSA_DEMO_TEST={parent}"


def ours():
    """{pid: command} of the demo and all that it started, known by its environment."""
    found = {}
    for proc in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if MARK.encode() in (proc / "environ").read_bytes():
                found[int(proc.name)] = (proc / "cmdline").read_bytes().split(b"\0")[:4]
        except OSError:
            pass  # gone, or not ours to see
    return found


def start(*args, within=(), **how):
    return subprocess.Popen([*within, *DEMO, "--dir", str(parent), *args], text=True,
                            env={**os.environ, "ABSA_DEMO_TEST": str(parent)},
                            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                               "stderr": subprocess.STDOUT, **how})


def until_line(demo, text):
    said = ""
    for line in demo.stdout:
        said += line
        if text in line:
            return said
    raise AssertionError(f"never said {text!r}:\n{said}")


def none_left(seconds=5):
    until = time.monotonic() + seconds
    while ours() and time.monotonic() < until:
        time.sleep(0.2)
    assert not ours(), f"still running: {ours()}"


def ends(demo, code, *texts):
    rest = demo.stdout.read()
    assert demo.wait(timeout=60) == code, (demo.returncode, rest)
    for text in texts:
        assert text in rest, rest
    none_left()
    return rest


def works():
    demo = start("--speed", "3600x")
    said = until_line(demo, "hour 12")
    assert "CRITICAL" not in said, said
    said = until_line(demo, "hour 16")
    said += ends(demo, 0, "It works: 4000 comments, 16 hours, 1 alert", "What next", "Subject: ",
                 "its mail was delivered")
    assert "CRITICAL  firing" in said and "baseline" in said, said  # of another topic: behind its hour, or later
    print("ok works")


def interrupted(sign, after):
    demo = start("--speed", "600x")
    until_line(demo, after)
    os.kill(demo.pid, sign)
    ends(demo, 130, "interrupted", "nothing of it runs any more")
    print(f"ok {sign.name} after {after!r}")


def child_dies(program, words):
    demo = start("--speed", "600x")
    until_line(demo, "hour  1")
    victims = [pid for pid, cmd in ours().items()
               if os.path.basename(cmd[0].decode()) == program]
    assert victims, ours()
    os.kill(victims[0], signal.SIGKILL)
    ends(demo, 1, words, "nothing of it runs any more")
    print(f"ok {program} dies")


def port_taken():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        ends(start("--smtp-port", str(s.getsockname()[1])), 1, "in use", "nothing of it runs")
    print("ok port taken")


def disk_full():
    """Before it starts, and while it runs."""
    if subprocess.run([*SMALL_DISK, "4m", parent, "true"], capture_output=True).returncode != 0:
        print("part skipped: no mount namespace for a small disk")
        return
    ends(start(within=[*SMALL_DISK, "4m", parent]), 1, "the disk is full", "--dir",
         "nothing of it runs any more")
    demo = start("--speed", "600x", within=[*SMALL_DISK, "130m", parent])
    until_line(demo, "==> comments flow")
    with open(f"/proc/{demo.pid}/root{parent}/fill", "wb", buffering=0) as f:
        try:
            while f.write(bytes(1 << 20)):
                pass
        except OSError:
            pass  # full
    ends(demo, 1, "the disk is full", "nothing of it runs any more")
    print("ok disk full")


def nobody_hears():
    """Its output goes to a pipe that nobody reads any more: no traceback, and nothing left."""
    demo = start("--speed", "600x", stderr=subprocess.PIPE)
    until_line(demo, "==> comments flow")
    demo.stdout.close()
    said = demo.stderr.read()
    assert demo.wait(timeout=60) == 1, demo.returncode
    assert said.startswith("demo: ended, for its output") and said.count("\n") == 1, said
    none_left()
    print("ok nobody hears")


def killed():
    """kill -9 of the demo itself: its children end by themselves."""
    demo = start("--speed", "600x")
    until_line(demo, "hour  1")
    demo.kill()
    demo.wait()
    none_left(60)
    print("ok kill -9")


def main():
    data = subprocess.run([os.path.join(TOP, "tools/fetch-data")], capture_output=True, text=True)
    if data.returncode != 0:
        skip("no text (tools/fetch-data)")
    port_taken()
    disk_full()
    nobody_hears()
    works()
    interrupted(signal.SIGINT, "==> 1,200 tweets")
    interrupted(signal.SIGTERM, "hour  1")
    interrupted(signal.SIGHUP, "==> a mail server")
    child_dies("absa-score", "score died (SIGKILL)")
    child_dies("absa-broker", "died")
    killed()
    missing = start("--bin", "/nowhere")
    ends(missing, 1, "/nowhere/absa")


main()
