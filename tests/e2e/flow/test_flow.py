# SPDX-License-Identifier: MIT
"""lib/flow on a real Kafka: what its header promises, one function a promise."""
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402
from harness import free_port, get_page, wait_for  # noqa: E402

LOGS = h.BUILD / "tests/e2e-flow"


class Toy(h.Program):
    """One process of the counting stage, with a log of its own."""

    def __init__(self, broker, prefix, slot=0, parts=3, env=None, props=(), log=None):
        args = [h.BUILD / "tests/flow_toy"]
        for p in ("kafka.bootstrap.servers=" + broker.address, "topic.prefix=" + prefix,
                  f"group.id={prefix}toy", f"slot=toy-{slot}", f"raw.partitions={parts}",
                  f"comments.partitions={parts}", "commit.interval.ms=50ms", *props):
            args += ["-X", p]
        LOGS.mkdir(exist_ok=True)
        log = log or LOGS / f"{prefix}{slot}.log"
        log.unlink(missing_ok=True)
        super().__init__(args, log, env)

    def wait_for_record(self, n):
        """Until it is at record n since its log began, so that TOY_TELL says so."""
        wait_for(f"record {n}", lambda: self.said().count("at record") >= n)


def numbered(part, n):
    return ["%d-%d" % (part, i) for i in range(n)]


def copied(broker, prefix):
    return [(p, v) for p, _, v in broker.get(prefix + "comments")]


def plain(broker, prefix):
    return [row for row in copied(broker, prefix) if not row[1].startswith(b"mark")]


def check_copy(broker, prefix, want):
    """want: {part: [values]}. Each once, in order, counted without a gap."""
    got = {p: [] for p in want}
    for part, value in plain(broker, prefix):
        got[part].append(value.decode())
    for part, values in want.items():
        expect = ["%d %s" % (i + 1, v) for i, v in enumerate(values)]
        assert got[part] == expect, "partition %d: %d records, want %d, first difference %s" % (
            part, len(got[part]), len(expect),
            next((i, a, b) for i, (a, b) in enumerate(
                zip(got[part] + [None] * len(expect), expect + [None] * len(got[part]))) if a != b))


def test_exactly_once_under_kills(b):
    """kill -9 at random moments: nothing lost, doubled, moved or quarantined."""
    n = 4000
    b.apply("k.", 3, 3)
    for part in range(3):
        b.put("k.raw", part, numbered(part, n))
    seen = h.Counter(b, "k.comments")
    toy = Toy(b, "k.", env={"TOY_SLEEP_US": "1000"})
    toy.kill_at_work(seen, 3 * n, 8, random.Random(11))
    seen.stop()
    toy.kill()
    toy.env["TOY_SLEEP_US"] = "0"
    toy.start()
    wait_for("the copy", lambda: len(copied(b, "k.")) >= 3 * n)
    assert toy.end() == 0
    check_copy(b, "k.", {p: numbered(p, n) for p in range(3)})
    assert not b.get("k.dead")


def wait_for_partitions(*toys):
    for toy in toys:
        wait_for("its partitions", lambda: re.search(r'"partitions assigned" n=[1-9]', toy.said()))


def test_rebalances(b):
    """1 -> 3 -> 1 processes while records flow."""
    b.apply("r.", 3, 3)
    env = {"TOY_SLEEP_US": "400"}
    with h.Feeder(b, "r.raw", 3, lambda part, first, k: numbered(part, first + k)[first:], 2000) as feeder:
        last = Toy(b, "r.", 0, env=env)
        wait_for("some records", lambda: copied(b, "r."))
        toys = [Toy(b, "r.", slot, env=env) for slot in (1, 2)]
        wait_for_partitions(*toys)
        time.sleep(1)
        assert [toy.end() for toy in toys] == [0, 0]
    wait_for("the copy", lambda: len(copied(b, "r.")) >= sum(feeder.n))
    assert last.end() == 0
    check_copy(b, "r.", {p: numbered(p, n) for p, n in enumerate(feeder.n)})


def test_held_back(b):
    """Partitions that wait for each other all the time, while processes are killed, come and go
    and give batches up: nothing is lost or doubled, and nobody waits for ever."""
    n = 4000
    b.apply("a.", 3, 3)
    want = {p: numbered(p, n // (p + 1)) for p in range(3)}
    want[1].insert(900, "retry")
    for part, lines in want.items():
        b.put("a.raw", part, lines)
    total = sum(len(lines) for lines in want.values())
    env = {"TOY_SLEEP_US": "700", "TOY_TIME": "1000"}
    props = ["watermark.max_skew.ms=50s"]
    seen = h.Counter(b, "a.comments")
    toy = Toy(b, "a.", 0, env=env, props=props)
    toy.kill_at_work(seen, total, 3, random.Random(5))
    other = Toy(b, "a.", 1, env=env, props=props)
    wait_for_partitions(other)
    assert other.end() == 0
    assert seen.n < total, "it came and went when the work was done: make it slower"
    seen.stop()
    wait_for("the copy", lambda: len(copied(b, "a.")) >= total)
    b.put("a.raw", 0, ["more"])  # of a partition that is idle, after the longest of pauses
    wait_for("one more", lambda: len(copied(b, "a.")) >= total + 1)
    assert toy.end() == 0
    want[0].append("more")
    check_copy(b, "a.", want)


def paused(port):
    """How many partitions a process holds back; None while it does not answer."""
    try:
        page = get_page(port, "/metrics")[1]
    except OSError:
        return None
    return sum(float(line.rsplit(" ", 1)[1]) for line in page.splitlines()
               if line.startswith("absa_paused_partitions"))


def test_held_back_by_another_process(b):
    """The fast process waits for the slow one's partition, and goes on when that has come on."""
    n, port = 8000, free_port()
    b.apply("o.", 2, 2)
    for part in range(2):
        b.put("o.raw", part, numbered(part, n))
    props = ["watermark.max_skew.ms=400s"]
    slow = Toy(b, "o.", 0, parts=2, env={"TOY_SLEEP_US": "4000", "TOY_TIME": "1000"}, props=props)
    fast = Toy(b, "o.", 1, parts=2, env={"TOY_SLEEP_US": "500", "TOY_TIME": "1000"},
               props=[*props, "http.port=%d" % port])
    wait_for("it waits", lambda: paused(port) == 1)
    assert len(copied(b, "o.")) < n, "it waited when it was done"
    slow.kill()
    slow.env["TOY_SLEEP_US"] = "0"
    slow.start()
    wait_for("the copy", lambda: len(copied(b, "o.")) >= 2 * n)
    assert slow.end() == 0 and fast.end() == 0
    check_copy(b, "o.", {p: numbered(p, n) for p in range(2)})


def test_record_that_kills(b):
    """Met in full flight, by a stage that speaks whenever it is assigned and reads again what it
    knows: found at the second restart, dead-lettered by its bytes; all others come through."""
    b.apply("p.", 2, 2)
    first, rest = numbered(0, 30), ["x%d" % i for i in range(50)]
    b.put("p.raw", 0, first)
    b.put("p.raw", 1, numbered(1, 80))
    toy = Toy(b, "p.", parts=2, env={"TOY_HELLO": "1", "TOY_AGAIN": "8"})
    wait_for("the good ones", lambda: len(plain(b, "p.")) >= 110)
    time.sleep(1)  # the start is over and done with
    b.put("p.raw", 0, ["segv"] + rest)
    deaths = 0

    def all_others():
        nonlocal deaths
        if toy.process.poll() is not None:
            assert toy.process.returncode == -signal.SIGSEGV, toy.process.returncode
            deaths += 1
            assert deaths <= 2, "it should have been found by now"
            toy.start()
        return len(plain(b, "p.")) >= 160
    wait_for("all but the killer", all_others)
    assert toy.end() == 0
    check_copy(b, "p.", {0: first + rest, 1: numbered(1, 80)})
    dead = b.get("p.dead")
    assert len(dead) == 1 and b"killer" in dead[0][2] and b"segv" in dead[0][2], dead
    print("   deaths before it was quarantined:", deaths)


def ready_text(port):
    """/readyz when all is well, else nothing."""
    try:
        return get_page(port, "/readyz")[1]
    except OSError:
        return ""


def test_kills_aimed_at_records(b):
    """Killed in the middle of the same record at start after start, as often as by one that kills
    (which comes soon after): it stays innocent."""
    b.apply("i.", 1, 1)
    lines = numbered(0, 5) + ["segv"] + numbered(1, 40)
    b.put("i.raw", 0, lines)
    port = free_port()
    toy = Toy(b, "i.", parts=1, env={"TOY_SLEEP_US": "1000000", "TOY_TELL": "1"},
              props=["http.port=%d" % port])
    for _ in range(6):
        toy.wait_for_record(toy.said().count("at record") + 1)
        toy.kill()
        toy.start()
    wait_for("/readyz", lambda: "with care after deaths" in ready_text(port))
    toy.env["TOY_SLEEP_US"] = "0"
    wait_for("the copy", lambda: toy.process.poll() is not None and toy.start()
             or len(copied(b, "i.")) >= 45)
    assert toy.end() == 0
    assert "verdict=lives" in toy.said(), "the kills did not make a record suspect"
    lines.remove("segv")
    check_copy(b, "i.", {0: lines})
    assert len(b.get("i.dead")) == 1


def test_batch_that_unpacks_to_too_much(b):
    """78 with the partition and the offset; a start that may take so much goes on, past it."""
    b.apply("z.b.", 1, 1)
    b.put("z.b.raw", 0, ["a"])
    with tempfile.NamedTemporaryFile() as zeros:
        zeros.truncate(20 << 20)
        h.run("kcat", "-P", "-b", b.address, "-t", "z.b.raw", "-p", "0", "-z", "zstd",
              "-X", "message.max.bytes=30000000", "-X", "acks=all", zeros.name)
    b.put("z.b.raw", 0, ["b"])
    toy = Toy(b, "z.b.", parts=1)
    assert toy.process.wait(60) == 78
    code, why = stderr_of(toy)
    assert code == 78 and "z.b.raw[0]" in why and "message at 1 " in why, (code, why)
    toy = Toy(b, "z.b.", parts=1, props=["kafka.receive.message.max.bytes=64000000"])
    wait_for("what follows", lambda: (0, b"3 b") in copied(b, "z.b."))
    assert toy.end() == 0


def test_retry_begins_anew(b):
    """ST_RETRY of the stage: the batch again, in the same process, nothing twice."""
    b.apply("y.", 1, 1)
    lines = numbered(0, 500) + ["retry"] + numbered(0, 20)
    b.put("y.raw", 0, lines)
    toy = Toy(b, "y.", parts=1)
    wait_for("the copy", lambda: len(copied(b, "y.")) >= len(lines))
    assert toy.end() == 0
    check_copy(b, "y.", {0: lines})


def test_drain(b):
    """SIGTERM under load: ends with 0 in time, and the next one goes on."""
    n = 3000
    b.apply("d.", 1, 1)
    b.put("d.raw", 0, numbered(0, n))
    toy = Toy(b, "d.", parts=1, env={"TOY_SLEEP_US": "2000"})
    seen = h.Counter(b, "d.comments")  # to read to the end would be to follow it to the last
    wait_for("some records", lambda: seen.n > 0)
    t0 = time.time()
    assert toy.end() == 0
    print("   drained in %.2f s" % (time.time() - t0))
    seen.stop()
    before = len(copied(b, "d."))
    assert 0 < before < n, before
    toy.env.pop("TOY_SLEEP_US")
    toy.start()
    wait_for("the rest", lambda: len(copied(b, "d.")) >= n)
    assert toy.end() == 0
    check_copy(b, "d.", {0: numbered(0, n)})


def test_zombie(b):
    """Stopped beyond its session, woken when another has taken over: 75, and
    nothing of it is seen."""
    n = 1500
    b.apply("z.", 1, 1)
    b.put("z.raw", 0, numbered(0, n))
    seen = h.Counter(b, "z.comments")
    zombie = Toy(b, "z.", 0, parts=1, env={"TOY_SLEEP_US": "2000"})
    wait_for("some records", lambda: seen.n > 50)
    zombie.signal(signal.SIGSTOP)
    seen.stop()
    assert seen.n < n, "it was stopped when its work was done"
    heir = Toy(b, "z.", 1, parts=1)
    wait_for("the heir", lambda: len(copied(b, "z.")) >= n)
    zombie.signal(signal.SIGCONT)
    assert zombie.process.wait(60) == 75, zombie.process.returncode
    assert heir.end() == 0
    check_copy(b, "z.", {0: numbered(0, n)})


def test_same_slot_is_fenced(b):
    """A second process of the same slot takes over; the first ends with 75."""
    b.apply("s.", 1, 1)
    b.put("s.raw", 0, numbered(0, 2000))
    seen = h.Counter(b, "s.comments")
    first = Toy(b, "s.", 0, parts=1, env={"TOY_SLEEP_US": "1000"})
    wait_for("some records", lambda: seen.n > 50)
    seen.stop()
    second = Toy(b, "s.", 0, parts=1)
    assert first.process.wait(60) == 75, first.process.returncode
    wait_for("the rest", lambda: len(copied(b, "s.")) >= 2000)
    assert second.end() == 0
    check_copy(b, "s.", {0: numbered(0, 2000)})


def test_stuck_owner_cannot_speak(b):
    """R5: an owner that lost its partition in a slow call tries to commit what
    it computed meanwhile: refused, by the offsets that go with it."""
    b.apply("m.", 1, 1)
    b.put("m.raw", 0, ["a", "stuck 12000", "b"])
    poll = ["kafka.max.poll.interval.ms=6000"]
    stuck = Toy(b, "m.", 0, parts=1, env={"TOY_TELL": "1"}, props=poll)
    stuck.wait_for_record(2)
    # The heir meets the same record; it waits less than the poll interval.
    heir = Toy(b, "m.", 1, parts=1, props=["kafka.max.poll.interval.ms=60000"])
    assert stuck.process.wait(120) == 75, stuck.process.returncode
    wait_for("the heir", lambda: len(copied(b, "m.")) >= 3)
    assert heir.end() == 0
    check_copy(b, "m.", {0: ["a", "stuck 12000", "b"]})


def test_marks_at_the_end(b):
    """tick() is told of the end of the log only when that is proven, and what it
    writes is committed with the unchanged offset."""
    b.apply("e.", 1, 1)
    b.put("e.raw", 0, ["a", "b"])
    toy = Toy(b, "e.", parts=1, env={"TOY_MARK": "1"})
    wait_for("marks", lambda: copied(b, "e.").count((0, b"mark 2")) >= 2)
    assert toy.end() == 0
    check_copy(b, "e.", {0: ["a", "b"]})


def test_hello_once(b):
    """What assign() emits waits for the first commit while the start is counted,
    and goes out with it, once."""
    b.apply("h.", 2, 2)
    for part in range(2):
        b.put("h.raw", part, numbered(part, 20))
    toy = Toy(b, "h.", parts=2, env={"TOY_HELLO": "1"})
    wait_for("the copy", lambda: len(copied(b, "h.")) >= 42)
    assert toy.end() == 0
    assert sorted(v for v in copied(b, "h.") if v[1] == b"mark hello") == [
        (0, b"mark hello"), (1, b"mark hello")]
    check_copy(b, "h.", {p: numbered(p, 20) for p in range(2)})


def test_topics_come_late(b):
    """A start before the brokers know the topics waits for them a while, and does not end with 78."""
    toy = Toy(b, "late.")
    b.apply("late.", 3, 3)
    for part in range(3):
        b.put("late.raw", part, numbered(part, 10))
    wait_for("the copy", lambda: len(copied(b, "late.")) >= 30)
    assert toy.end() == 0


def test_refusals(b):
    """What ends with 78 before anything is read."""
    b.apply("f.", 2, 2)
    many = Toy(b, "f.", parts=1)
    assert many.process.wait(60) == 78
    none = Toy(b, "nowhere.", parts=1)
    assert none.process.wait(60) == 78


def stderr_of(toy):
    run = subprocess.run(toy.args, env=toy.env, stderr=subprocess.PIPE, text=True, timeout=120)
    return run.returncode, run.stderr


def test_lost_range(b):
    """Records that were deleted before they were read are named: 78. Without a
    committed offset a log that was cut is refused, unless --from-start."""
    b.apply("l.", 1, 1)
    b.put("l.raw", 0, numbered(0, 100))
    toy = Toy(b, "l.", parts=1)
    wait_for("the copy", lambda: len(copied(b, "l.")) >= 100)
    assert toy.end() == 0
    b.put("l.raw", 0, numbered(1, 50))
    b.delete_before("l.raw", 0, 120)
    code, why = stderr_of(toy)
    assert code == 78 and "records 100..119 were deleted" in why, (code, why)

    toy.args[toy.args.index("group.id=l.toy")] = "group.id=l.other"
    code, why = stderr_of(toy)
    assert code == 78 and "--from-start" in why, (code, why)
    toy.args.insert(1, "--from-start")
    toy.start()
    wait_for("what is left", lambda: len(copied(b, "l.")) >= 130)
    assert toy.end() == 0


def test_pages(b):
    """/metrics, /healthz, /readyz and /version tell the truth."""
    port = free_port()
    b.apply("w.", 1, 1)
    b.put("w.raw", 0, numbered(0, 10))
    toy = Toy(b, "w.", parts=1, props=["http.port=%d" % port])
    wait_for("the copy", lambda: len(copied(b, "w.")) >= 10)

    def page(path):
        return get_page(port, path)

    kind, text = page("/metrics")
    assert kind == "text/plain; version=0.0.4; charset=utf-8", kind
    assert 'absa_assigned_partitions{stage="toy"} 1' in text
    assert "process_resident_memory_bytes" in text and "absa_build_info" in text
    assert page("/healthz")[1] == "alive\n"
    assert '"ready": true' in page("/readyz")[1]
    assert page("/version")[1].strip()
    assert toy.end() == 0


def main():
    wanted = sys.argv[1:]
    tests = [test for name, test in sorted(globals().items())
             if name.startswith("test_") and (not wanted or name in wanted)]
    with h.Broker() as b:
        return h.run_tests(tests, b)


if __name__ == "__main__":
    sys.exit(main())
