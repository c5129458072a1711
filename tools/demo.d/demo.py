#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The whole pipeline on real text with a real turn, on the embedded broker; tools/demo says more.

    demo.py [--bin DIR] [--speed 600x] [--dir DIR] [--seconds N]

Whatever happens, it ends all that it started. Exit 0: the alert came at the turn and none
before, and its mail was delivered."""
import argparse
import ctypes
import email
import email.policy
import json
import os
import pathlib
import queue
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
HOUR_MS = 3_600_000
WINDOWS = 16
NEEDS_MB, LEFT_MB = 100, 2  # free on the disk before it starts, and at any moment of it
SAMPLE = 110  # every so manyth comment is shown
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COLOUR = sys.stdout.isatty() and not os.environ.get("NO_COLOR")


class Failure(Exception):
    """The demo did not show what it is to show; says why, and what helps."""


def paint(code, text):
    return f"\033[{code}m{text}\033[0m" if COLOUR else text


class Gone(Exception):
    """Nobody hears any more: the output cannot be written."""


def say(text=""):
    try:
        print(text, flush=True)
    except OSError as e:
        raise Gone(e.strerror) from e


def step(text):
    say(paint("1", "==> " + text))


def end_with_parent():
    """In a child: the kernel ends it when the demo dies, however that comes."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Children:
    """What the demo started, ended in the reverse order."""

    def __init__(self, programs, work):
        self.bin, self.work = programs, work
        self.running = []  # (name, process)
        self.ending = []   # those that may end, with 0

    def start(self, name, args, **how):
        log = open(self.work / f"{name}.log", "ab")
        # A session of its own: Ctrl-C is for the demo, which then ends them in order.
        process = subprocess.Popen([str(a) for a in args], cwd=self.work, stderr=log,
                                   start_new_session=True, preexec_fn=end_with_parent,
                                   **{"stdin": subprocess.DEVNULL, "stdout": log, **how})
        log.close()
        self.running.append((name, process))
        return process

    def absa(self, name, command, *args, **how):
        return self.start(name, [self.bin / f"absa-{command}", *args], **how)

    def last_words(self, name):
        lines = (self.work / f"{name}.log").read_text(errors="replace").splitlines()
        return "\n".join("    " + line for line in lines[-5:]) or "    (it said nothing)"

    def check(self):
        """Fails when one that is to live has died."""
        has_room(self.work, LEFT_MB)
        for name, process in self.running:
            code = process.poll()
            if code is not None and not (code == 0 and process in self.ending):
                raise Failure(f"{name} died ({how_it_ended(code)}):\n"
                              f"{self.last_words(name)}\n"
                              "    try: absa doctor, then tools/demo again")

    def stop(self):
        """Returns the names of those that had to be killed."""
        killed = []
        for name, process in reversed(self.running):
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                killed.append(name)
                process.kill()
                process.wait()
        self.running = []
        return killed


def how_it_ended(code):
    return f"exit {code}" if code >= 0 else signal.Signals(-code).name


def run(programs, work, *args):
    """Runs one command to its end."""
    done = subprocess.run([programs / "absa", *args], cwd=work, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"absa {args[0]}: exit {done.returncode}\n    {done.stderr.strip()}")
    return done.stdout


def has_room(folder, want_mb):
    free = shutil.disk_usage(folder).free >> 20
    if free < want_mb:
        raise Failure(f"the disk is full: {free} MB are free in {folder}, the demo wants {want_mb}\n"
                      "    try: tools/demo --dir FOLDER-WITH-ROOM")


def prepare(programs, work):
    """The stream, the key and the baseline; returns when the turn is, in ms."""
    step("1,200 tweets are what all is well looks like; 12 hours of tweets follow, then 4 of "
         "newspaper editorials")
    data = subprocess.run([TOP / "tools/fetch-data"], capture_output=True, text=True)
    if data.returncode != 0:
        raise Failure(f"the text cannot be had: {data.stderr.strip()}")
    made = subprocess.run([sys.executable, HERE / "stream.py", data.stdout.strip(), work],
                          capture_output=True, text=True)
    if made.returncode != 0:
        raise Failure(f"the stream cannot be made: {made.stderr.strip()}")
    key = work / "user.key"
    key.touch(mode=0o600)
    key.write_bytes(secrets.token_bytes(32))
    shutil.copy(HERE / "demo.conf", work)
    run(programs, work, "baseline", "--input", "baseline.jsonl", "--out", "baseline.json")
    return int((work / "turn.txt").read_text())


def lines_of(process, kind, into):
    """Puts each JSON line that a child prints into a queue."""
    def read():
        for line in process.stdout:
            into.put((kind, json.loads(line)))
    threading.Thread(target=read, daemon=True).start()


def address_of(process, name, children):
    line = process.stdout.readline().strip()
    if not line:
        process.wait()
        raise Failure(f"{name} did not start:\n{children.last_words(name)}")
    return line


def start(children, smtp_port):
    """Mail server, broker, stages and what watches; returns the broker's address and a queue."""
    step("a mail server and a broker in memory, the five stages, and absa tail")
    pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    (children.work / "mail").mkdir()
    catcher = children.start("mail server", ["/usr/bin/python3", HERE / "catcher.py", "mail",
                                             smtp_port], **pipe)
    mail = "smtp://" + address_of(catcher, "mail server", children)
    broker = children.absa("broker", "broker", "-c", "demo.conf", **pipe)
    address = address_of(broker, "broker", children)
    conf = ["-c", "demo.conf", "-X", f"kafka.bootstrap.servers={address}"]
    children.absa("judge", "drift", *conf, "-X", "drift.role=judge")
    children.absa("pane", "drift", *conf, "-X", "drift.role=pane")
    children.absa("score", "score", *conf)
    children.absa("ingest", "ingest", *conf)
    children.absa("notify", "notify", *conf, "-X", f"notify.receiver.mail.url={mail}")
    records = queue.Queue()
    for topic in ("comments", "windows", "alerts"):
        tail = children.absa(f"tail-{topic}", "tail", "-b", address, "-t", topic, "-o", "beginning", "-J",
                             stdout=subprocess.PIPE, text=True)
        lines_of(tail, topic, records)
    children.absa("tail", "tail", "-b", address, "-o", "beginning", "--evidence", stdout=None)
    return address, records


class Show:
    """What a person sees: a line an hour, and some of its comments."""

    def __init__(self, turn_ms):
        self.turn_ms = turn_ms
        self.windows, self.alerts, self.comments = [], [], 0

    def take(self, kind, record):
        if kind == "comments" and "text" in record:
            self.comments += 1
            if self.comments % SAMPLE == 0:
                text = "".join(c if c.isprintable() else " " for c in record["text"][:72])
                say(paint("2", f"           “{text}”"))
        elif kind == "windows":
            self.windows.append(record)
            self.window(record)
        elif kind == "alerts":
            self.alerts.append(record)

    def window(self, w):
        worst = max(w["features"], key=lambda f: f.get("psi") or 0, default=None)
        psi = (worst or {}).get("psi") or 0
        colour = "31" if psi > 0.3 else "33" if psi > 0.2 else "32"
        bar = "█" * min(24, round(psi * 24)) or "▁"
        hour = (w["start_ms"] - self.turn_ms) // HOUR_MS + 12 + 1
        say(f"  hour {hour:2}  {w['n']} comments of {w['videos']} videos   PSI {psi:5.3f} "
            f"{paint(colour, f'{bar:<24}')} {worst['name'] if worst else ''}")


def follow(children, show, records, feed, seconds):
    """Until every window is there and the feed has ended."""
    until = time.monotonic() + seconds
    while len(show.windows) < WINDOWS or feed.poll() is None:
        try:
            show.take(*records.get(timeout=0.2))
        except queue.Empty:
            pass
        children.check()
        if time.monotonic() > until:
            raise Failure(f"only {len(show.windows)} of {WINDOWS} hours were judged within "
                          f"{seconds} s: this machine is too slow or too busy\n"
                          "    try: tools/demo --speed 300x --seconds 360")
    quiet, late = time.monotonic() + 1, time.monotonic() + 30
    while time.monotonic() < (quiet if show.alerts else late):  # an alert stands behind its window
        try:
            show.take(*records.get(timeout=0.1))
        except queue.Empty:
            pass


def judge(show):
    before = [w for w in show.windows if w["start_ms"] < show.turn_ms]
    early = [a for a in show.alerts if a["start_ms"] < show.turn_ms]
    if len(before) != 12:
        raise Failure(f"{len(before)} windows before the turn, not 12")
    if early:
        raise Failure(f"an alert came {(show.turn_ms - early[0]['start_ms']) // HOUR_MS} hours "
                      "before the turn")
    if not [a for a in show.alerts if a["start_ms"] == show.turn_ms]:
        raise Failure("no alert came at the turn")


def mails(children, seconds):
    """The mail of the alert: its text is shown, its HTML kept; returns where."""
    folder = children.work / "mail"
    until = time.monotonic() + seconds
    while not list(folder.glob("*.eml")):
        children.check()
        if time.monotonic() > until:
            raise Failure(f"no mail came within {seconds} s:\n{children.last_words('notify')}")
        time.sleep(0.2)
    message = email.message_from_bytes((folder / "1.eml").read_bytes(),
                                       policy=email.policy.default)
    html = children.work / "mail.html"
    html.write_text(message.get_body(("html",)).get_content(), encoding="utf-8")
    text = message.get_body(("plain",)).get_content()
    step("and the mail that it sent")
    for name in ("From", "To", "Subject"):
        say(f"  {name + ':':<9}{message[name]}")
    say()
    for line in text.splitlines():
        say("  " + line)
    if "CRITICAL" not in message["Subject"] + text:
        raise Failure("the mail does not speak of the alert")
    return html


def whole(options, work, children):
    has_room(work, NEEDS_MB)
    turn_ms = prepare(options.bin, work)
    address, records = start(children, options.smtp_port)
    show = Show(turn_ms)
    step(f"comments flow at {options.speed}: an hour in six seconds (broker {address})")
    feed = children.absa("import", "import", "-q", "-c", "demo.conf", "-b", address, "--arrival",
                         "created", "--speed", options.speed, "stream.jsonl")
    children.ending.append(feed)
    follow(children, show, records, feed, options.seconds)
    judge(show)
    html = mails(children, 30)
    say()
    say(f"  as HTML: {html}")
    say()
    say(paint("32", f"It works: {show.comments} comments, {len(show.windows)} hours, "
                    f"{len(show.alerts)} alert, in the first hour of the editorials and none "
                    "before, and its mail was delivered."))
    with open(work / "alerts.jsonl", "w", encoding="utf-8") as f:
        for alert in show.alerts:
            f.write(json.dumps(alert, ensure_ascii=False) + "\n")


def next_steps(options, work):
    absa = os.path.relpath(options.bin / "absa")
    say(f"""
What next
  {absa} verify-alert {work}/alerts.jsonl
                            every number of the alert again, from the alert alone
  {absa} backtest --input {work}/stream.jsonl --baseline {work}/baseline.json --out result
                            the same windows and alerts without a broker, in a second
  {absa} up                 your own comments: it says how, and which page to open
  {absa} doctor -b HOST:PORT    what your machine and your Kafka still want
  less {os.path.relpath(HERE / "demo.conf")}    the configuration of what you saw
""")


def arguments():
    p = argparse.ArgumentParser(prog="tools/demo", description=__doc__.split("\n\n")[0])
    p.add_argument("--bin", type=pathlib.Path, default=TOP / "build/release/bin",
                   help="the programs (build/release/bin)")
    p.add_argument("--speed", default="600x", help="how fast the hours pass (600x)")
    p.add_argument("--dir", type=pathlib.Path, help="where its files go (a new folder in /tmp)")
    p.add_argument("--smtp-port", default="0", help="of the demo's mail server (a free one)")
    p.add_argument("--seconds", type=int, default=170, help="give up after so long (170)")
    return p.parse_args()


def interrupted(*_):
    raise KeyboardInterrupt


def try_it(options, work, children):
    """The exit code, after saying what came of it."""
    try:
        whole(options, work, children)
        return 0
    except Failure as e:
        say(paint("31", f"demo: {e}"))
    except KeyboardInterrupt:
        say("demo: interrupted")
        return 130
    except OSError as e:
        say(paint("31", f"demo: {e.filename or work}: {e.strerror}"))
    return 1


def run_in(work, options):
    children = Children(options.bin, work)
    try:
        code = try_it(options, work, children)
    finally:
        for number in ENDS:
            signal.signal(number, signal.SIG_IGN)
        killed = children.stop()
    for name in killed:
        say(f"    {name} did not end by itself: killed")
    if code == 0:
        next_steps(options, work)
    else:
        say(f"demo: nothing of it runs any more; its files and logs are in {work}")
    return code


def main():
    options = arguments()
    options.bin = options.bin.resolve()
    for number in ENDS:
        signal.signal(number, interrupted)
    try:
        work = pathlib.Path(tempfile.mkdtemp(prefix="absa-demo-", dir=options.dir))
    except OSError as e:
        sys.exit(f"demo: no folder for its files: {e}")
    try:
        return run_in(work, options)
    except Gone as e:
        print(f"demo: ended, for its output cannot be written: {e}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the interpreter flushes it once more
        return 1


if __name__ == "__main__":
    sys.exit(main())
