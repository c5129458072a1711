# SPDX-License-Identifier: MIT
"""What an operator does to consumers that run, on one real Kafka.

    test_ops.py [TEST...]"""
import json
import pathlib
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parents[1] / "support"), str(HERE.parent / "flow")]
import harness as h  # noqa: E402
from harness import wait_for  # noqa: E402
from test_flow import Toy, check_copy, copied, free_port, numbered  # noqa: E402


def page(port, path):
    """Status and text of a page, whatever the status."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as r:
            return r.status, r.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()
    except OSError as e:  # it does not listen yet
        return 0, json.dumps({"checks": [], "error": str(e)})


def comments(n, first=0):
    """Raw records of a live topic, of many videos."""
    return [json.dumps({"comment_id": f"c{i}", "video_id": f"v{i % 97}", "engagement_count": i % 50,
                        "comment_text": f"number {i} is great, the shipping was slow",
                        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))})
            for i in range(first, first + n)]


def toy(b, name, slot=0, **kwargs):
    """A toy with a log of its own."""
    log = pathlib.Path(b.dir) / f"{name}{slot}.log"
    return Toy(b, f"{name}.", slot, log=log, **kwargs)


def deployment(b, prefix, options=None, **kwargs):
    folder = pathlib.Path(b.dir)
    every = {stage: ["commit.interval.ms=100ms"] for stage in ("ingest", "score", "pane", "judge")}
    every["ingest"] += [f"ingest.user_key_file={h.key_file(folder)}"]
    for stage, more in (options or {}).items():
        every[stage] = every[stage] + more
    return h.Deployment(b, prefix, every, **kwargs)


def scored(d):
    return [r for r in d.records("scores") if "sentiment_score" in r]


def test_drain_under_load(b):
    """SIGTERM to every process while records keep coming: each ends with 0, which is within
    10 s (after that it would be 75); those that come after count every record once."""
    d = deployment(b, "load.")
    with h.Feeder(b, "load.raw", 3, lambda part, first, k: comments(k, 1_000_000 * part + first), 3000) as feeder:
        d.start_all(1)
        wait_for("the first scores", lambda: len(d.lines("scores")) > 200)
        programs = dict(d.running)
        wait_for("all to be at work", lambda: all("partitions assigned" in p.said() for p in programs.values()))
        for program in programs.values():
            program.process.terminate()
        ended = {slot: p.process.wait(timeout=60) for slot, p in programs.items()}
        assert set(ended.values()) == {0}, ended
        before = len(scored(d))
    n = sum(feeder.n)
    assert before < n, "what was put while they ended cannot have been scored"
    for program in programs.values():
        assert 'msg=draining' in program.said() and 'msg=ended' in program.said()
        program.start()
    wait_for("the rest", lambda: len(d.lines("scores")) >= n)
    wait_for("every score", lambda: len(scored(d)) >= n)
    ids = [r["comment_id"] for r in scored(d)]
    assert len(ids) == n and len(set(ids)) == n
    d.stop()
    print(f"   {before} of {n} scored when it was told to stop")


def catches(program, number):
    """Whether it has a handler for a signal; one that is for once is gone when it was called."""
    status = pathlib.Path(f"/proc/{program.process.pid}/status").read_text()
    return int(re.search(r"SigCgt:\s+(\w+)", status)[1], 16) >> (number - 1) & 1


def test_second_signal(b):
    """The second SIGTERM ends at once what the first cannot, and nothing is lost or doubled."""
    b.apply("two.", 1, 1)
    b.put("two.raw", 0, ["a", "stuck 60000", "b"])
    one = toy(b, "two", parts=1, env={"TOY_TELL": "1"})
    one.wait_for_record(2)
    one.signal(signal.SIGTERM)
    wait_for("it to have heard", lambda: not catches(one, signal.SIGTERM))  # two that wait are one
    assert one.process.poll() is None, "it was to be stuck"
    one.signal(signal.SIGTERM)
    assert one.process.wait(60) == -signal.SIGTERM
    one.env["TOY_AWAKE"] = "1"
    one.start()
    wait_for("all of it", lambda: len(copied(b, "two.")) >= 3)
    assert one.end() == 0
    check_copy(b, "two.", {0: ["a", "stuck 60000", "b"]})


def test_signals_that_do_not_end_it(b):
    """SIGUSR1 says where it stands, SIGPIPE is no matter."""
    b.apply("usr.", 2, 2)
    for part in range(2):
        b.put("usr.raw", part, numbered(part, 40))
    one = toy(b, "usr", parts=2)
    wait_for("the copy", lambda: len(copied(b, "usr.")) >= 80)
    one.signal(signal.SIGPIPE)
    one.signal(signal.SIGUSR1)
    wait_for("the summary", lambda: "msg=state" in one.said())
    line = next(x for x in one.said().splitlines() if "msg=state" in x)
    assert 'positions="0=40+0 1=40+0"' in line and "ready=yes" in line, line
    assert one.end() == 0


def test_sighup(b):
    """A new file is taken over whole between two transactions, under load; or the old one stays and
    the log says why. The judge refuses what windows are made of."""
    n = 3000
    b.apply("hup.", 1, 1)
    b.put("hup.raw", 0, numbered(0, n))
    port = free_port()
    one = toy(b, "hup", parts=1, env={"TOY_SLEEP_US": "1000"}, props=[f"http.port={port}"])
    conf = pathlib.Path(b.dir) / "hup.conf"
    conf.write_text("log.level = info\ncommit.interval.ms = 200ms\n")
    one.kill()
    one.args += ["-c", str(conf)]
    one.args[one.args.index("commit.interval.ms=50ms")] = "batch.ms=90ms"
    seen = h.Counter(b, "hup.comments")  # to read to the end would be to follow it to the last
    one.start()
    wait_for("some records", lambda: seen.n > 0)
    seen.stop()

    def tell(text, says):
        conf.write_text(text)
        one.signal(signal.SIGHUP)
        wait_for(says, lambda: says in one.said())

    tell("commit.interval.ms = 20ms\nlog.format = json\n", "configuration taken over")
    assert "commit.interval.ms: 200ms -> 20ms; log.format: logfmt -> json" in one.said()
    assert "commit.interval.ms = 20ms\n" in page(port, "/config")[1]
    tell("commit.interval.ms = 30ms\nkafka.debug = all\n", "kafka.debug needs a restart")
    time.sleep(1.1)  # the same sentence is logged once a second
    tell("commit.interval.ms = 30ms\nlog.formt = json\n", "did you mean log.format?")
    assert "commit.interval.ms = 20ms\n" in page(port, "/config")[1]
    metrics = page(port, "/metrics")[1]
    assert 'absa_reloads_total{stage="toy",result="taken"} 1' in metrics
    wait_for("the copy", lambda: len(copied(b, "hup.")) >= n)
    assert one.end() == 0
    assert '"msg":"ended"' in one.said()
    check_copy(b, "hup.", {0: numbered(0, n)})


def test_sighup_of_the_judge(b):
    """What windows are made of never changes under way, and it says what to do instead."""
    d = deployment(b, "hupj.")
    conf = pathlib.Path(b.dir) / "judge.conf"
    conf.write_text("window.min_samples = 7\n")
    judge = d.start("judge")
    judge.kill()
    judge.args += ["-c", str(conf)]
    judge.start()
    wait_for("its partition", lambda: "partitions assigned" in judge.said())
    conf.write_text("window.min_samples = 8\n")
    judge.signal(signal.SIGHUP)
    wait_for("a no", lambda: "window.min_samples is part of what windows say" in judge.said())
    assert "absa drift rewind" in judge.said()
    d.stop()


QUICK = {"ingest": ["watermark.skew.ms=100ms", "watermark.step.ms=1s", "watermark.idle.ms=1s",
                    "raw.time=live"]}
QUICK.update({stage: ["pane.ms=1s", "window.ms=2s", "kafka.session.timeout.ms=6000"]
              for stage in ("pane", "judge")})


def drift(d, *args, ok=(0,), role="judge"):
    """absa drift with the options of a role, to its end."""
    return h.run(*d.command(role, f"{role}-0"), *args, ok=ok, stdin=subprocess.DEVNULL)


def counted(d, run):
    return sum(w["n"] for w in d.records("windows") if w["run"] == run)


def test_ways_on(b):
    """A gap stops the judge with the command that accepts it; windows say incomplete; a rewind counts
    all that is left again, as another run, and says so of what misses what was deleted. One leads on
    from panes that were deleted too, and no time is taken of which not all is left."""
    d = deployment(b, "way.", QUICK, raw=1, comments=1)
    b.put("way.raw", 0, comments(200))
    d.start_all(1)
    wait_for("windows of all", lambda: counted(d, 1) == 200)
    pane, judge = d.running["pane-0"], d.running["judge-0"]
    assert pane.end() == 0
    b.put("way.raw", 0, comments(200, 200))
    wait_for("the scores", lambda: len(scored(d)) == 400)
    at = max(o for _, o, _ in b.get("way.scores"))
    b.delete_before("way.scores", 0, at - 60)  # what the pane had not read, but for the last
    pane.start()
    assert pane.process.wait(180) == 78
    group = pane.args.index("-Xgroup.id=way.pane")
    pane.args[group] = "-Xgroup.id=way.pane2"
    pane.args.append("--from-start")
    pane.start()
    assert judge.process.wait(180) == 70
    said = re.findall(r"gap in scores partition 0: .*?absa drift (accept-gap 0 \d+ \d+) goes on",
                      judge.said())
    assert said, judge.said()[-2000:]
    words = said[-1].split()
    assert "nothing was changed" in drift(d, "-n", *words).stdout
    assert "nobody to ask" in drift(d, *words, ok=(64,)).stderr
    wrong = words[:2] + [str(int(words[2]) + 1), words[3]]
    assert f"the judge stands at {words[2]}" in drift(d, "--yes", *wrong, ok=(65,)).stderr
    told = drift(d, "--yes", *words).stdout
    assert "say incomplete" in told and "start the judge again" in told, told
    judge.start()
    wait_for("an incomplete window",
             lambda: any(w["state"] == "incomplete" for w in d.records("windows")))
    assert counted(d, 1) >= 200

    assert pane.end() == 0 and judge.end() == 0
    left = len(scored(d))
    to_start = ["rewind", "--to", "start", "-Xgroup.id=way.pane2"]
    command = [x for x in d.command("judge", "judge-0") if "group.id" not in x]
    out = h.run(*command, "-n", *to_start).stdout
    assert "run 2 from the start on" in out and "way.scores was cut" in out, out
    out = h.run(*command, "--yes", *to_start).stdout
    assert "written: start the panes and the judge again" in out, out
    pane.start()
    judge.start()
    wait_for("the windows of run 2", lambda: counted(d, 2) == left)
    assert all(w["state"] == "incomplete" for w in d.records("windows") if w["run"] == 2 and w["n"])

    assert judge.end() == 0
    before = len(d.lines("panes"))
    b.put("way.raw", 0, comments(50, 400))
    wait_for("their scores", lambda: len(scored(d)) == left + 50)
    wait_for("their panes", lambda: sum(x["n"] for p in d.records("panes")[before:]
                                        for x in p["deltas"]) >= 50)
    assert pane.end() == 0
    b.delete_before("way.panes", 0, -1)  # all of them
    judge.start()
    assert judge.process.wait(180) == 78
    said = re.findall(r"absa drift (rewind --to \S+) counts them again", judge.said())
    assert said, judge.said()[-2000:]
    rewind = [*said[-1].split(), "-Xgroup.id=way.pane2"]
    long_ago = time.strftime("%Y-%m-%dT%H:00:00Z", time.gmtime(time.time() - 7200))
    refused = h.run(*command, "--yes", "rewind", "--to", long_ago, rewind[-1], ok=(65,)).stderr
    assert "way.scores no longer holds all" in refused and "--to start at what is left" in refused
    out = h.run(*command, "--yes", *rewind).stdout
    assert "was cut" not in out, out
    pane.start()
    judge.start()
    wait_for("the windows of run 3", lambda: counted(d, 3) == 50)
    d.stop()


def test_dead(b):
    """Letters by reason, one of them so that it does nothing, and back to the topic, headers and all."""
    d = deployment(b, "dead.", raw=2)
    b.put_bytes("dead.raw", 1, b'{"text": "\\u001b[31m red \x1b[0m"}', ["absa-shape=unheard-of"])
    b.put("dead.raw", 0, ["{", *comments(3)])
    d.start("ingest")

    def dead(*args, ok=(0,)):
        return h.run(h.BIN / "absa-dead", *args, "-b", b.address, "-Xtopic.prefix=dead.", ok=ok).stdout

    wait_for("two letters", lambda: "all                                    2" in dead("list"))
    rows = [line.split() for line in dead("list", "--each").splitlines() if "raw[" in line]
    one = next(r for r in rows if r[3] == "raw[1]")
    assert "\x1b" not in dead("show", one[0]) and "31m" not in dead("show", one[0])
    shown = dead("show", "--text", "--hex", one[0])
    assert "\x1b" not in shown and "31m" in shown and "7b 22 74 65 78 74" in shown, shown
    dead("show", "99", ok=(65,))
    dead("requeue", ok=(64,))
    assert "would send 2 back, 0 stay" in dead("requeue", "-n", "--all")
    assert len(b.get("dead.raw")) == 5
    assert "sent 1 back, 0 stay" in dead("requeue", one[0])
    raw = subprocess.run(["kcat", "-C", "-b", b.address, "-t", "dead.raw", "-p", "1", "-o", "1", "-e",
                          "-q", "-f", "%h"], capture_output=True, text=True, check=True).stdout
    assert raw == f"absa-shape=unheard-of,absa-requeued={one[0]}", raw
    wait_for("it to be refused again", lambda: "all                                    3" in dead("list"))
    d.stop()


def test_canary(b):
    """Canaries come through every stage, into no window; when a stage stands still it is named."""
    d = deployment(b, "can.", QUICK, raw=2, comments=2)
    b.put("can.raw", 0, comments(50))
    d.start_all(1)
    wait_for("the comments in windows", lambda: counted(d, 1) == 50)
    args = ["-b", b.address, *d.topics]
    out = h.run(h.BIN / "absa-canary", *args, "--count", "20").stdout
    assert re.search(r"panes +20 of 20 +median", out), out
    print("   " + out.strip().replace("\n", "\n   "))
    score = d.running.pop("score-0")
    assert score.end() == 0
    out = h.run(h.BIN / "absa-canary", *args, "--count", "2", "--timeout", "10s", ok=(1,)).stdout
    assert "comments     2 of 2" in out and out.count("was not met in absa.scores") == 2, out
    score.start()
    d.running["score-0"] = score
    b.put("can.raw", 1, comments(30, 50))
    wait_for("the rest", lambda: counted(d, 1) == 80)
    assert sum(w["updates"] + w["late"] for w in d.records("windows")) == 0
    assert not b.get("can.dead")
    d.stop()


def test_pages(b):
    """/config holds no secret; /readyz says why not; /healthz does not need Kafka (the broker is
    killed, and comes back)."""
    port = free_port()
    b.apply("page.", 1, 1)
    b.put("page.raw", 0, numbered(0, 5))
    one = toy(b, "page", parts=1, env={"ABSA_KAFKA_SASL_PASSWORD": "hunter2"},
              props=[f"http.port={port}"])
    other_port = free_port()
    wait_for("the copy", lambda: len(copied(b, "page.")) >= 5)
    other = toy(b, "page", 1, parts=1, props=[f"http.port={other_port}"])
    status, text = page(port, "/config")
    assert status == 200 and f"http.port = {port}\n" in text and "hunter2" not in text, text
    assert "kafka.sasl.password = ***" in text, text

    def checks(which):
        status, text = page(which, "/readyz")
        return status, {c["name"]: (c["ok"], c["why"]) for c in json.loads(text)["checks"]}

    def settled():
        said = [checks(p) for p in (port, other_port)]
        return [x[0] for x in said] == [200, 200] and sorted(x[1]["assigned"] for x in said) == [
            (True, ""), (True, "standby: no partition is left for us")]

    wait_for("both ready, one of them as a standby", settled)
    b.kill()
    try:
        until = time.monotonic() + 12
        while time.monotonic() < until:
            said = page(port, "/healthz")
            assert said == (200, "alive\n"), (said, one.process.poll(), one.said()[-2000:])
            time.sleep(1)
    finally:
        b.start()


def main():
    wanted = sys.argv[1:]
    tests = [test for name, test in globals().items()
             if name.startswith("test_") and (not wanted or name in wanted)]
    with h.Broker() as b:
        return h.run_tests(tests, b)


if __name__ == "__main__":
    sys.exit(main())
