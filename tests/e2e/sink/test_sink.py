#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""absa sink on Apache Kafka and PostgreSQL: the tables hold what backtest says, each record once,
whoever dies on the way.

    test_sink.py [--kills N]        5 kills; 50 in the full tier (ABSA_FULL)"""
import argparse
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

TESTS_DIR = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(TESTS_DIR / "support"), str(TESTS_DIR / "chaos")]
import harness as h  # noqa: E402
import mutants  # noqa: E402
from postgres import Postgres  # noqa: E402

PREFIX = "s."
TOPICS = [f"-Xtopic.prefix={PREFIX}", "-Xraw.partitions=1", "-Xcomments.partitions=2"]
TABLES = {"judged_window": "start_at, end_at, segment, rule, run",
          "distance": "start_at, end_at, segment, rule, feature",
          "score": "src, src_offset, src_index", "label": "labelled_at, comment_id, annotator",
          "alert": "start_at, alert_id, seq", "dead_count": "at, stage, reason",
          "flow": "at, topic, part", "kafka_position": "topic, part"}
FIRST_MS, DAY_MS = 1_735_700_000_000, 86_400_000
SMALL = ["-Xbatch.records=25", "-Xcommit.interval.ms=20", "-Xsink.keep.ms=0",
         "-Xsink.keep_scores.ms=0"]

MIGRATIONS = len(list((h.TOP / "schemas/sql").glob("[0-9]*.sql")))


class World:
    bin = h.BIN
    kills = 5

    def __init__(self, broker, pg, tmp):
        self.broker, self.pg, self.tmp, self.n = broker, pg, tmp, 0

    def sink(self, database, *args, login="sink", **kwargs):
        return h.run(*self.command(database, *args, login=login), **kwargs)

    def command(self, database, *args, login="sink"):
        return [self.bin / "absa-sink", *TOPICS, f"-Xkafka.bootstrap.servers={self.broker.address}",
                f"-Xsink.database={self.pg.conninfo(login, database)}", *args]

    def start(self, database, *args):
        self.n += 1
        return h.Program(self.command(database, *args), self.tmp / f"sink-{self.n}.log")

    def database(self, name):
        """A new one with our tables."""
        self.pg.sql(f"CREATE DATABASE {name} OWNER owner", database="postgres")
        assert f"{MIGRATIONS} of {MIGRATIONS}" in self.sink(name, "--migrate", login="owner").stdout
        self.pg.allow()
        return name

    def slow(self, database, total):
        """Work lasts until something has happened to it: the last of total records waits for quick()."""
        slow = pathlib.Path(__file__).with_name("slow.sql").read_text()
        self.pg.sql(f"{slow} INSERT INTO public.held VALUES ({total})", database=database)

    def quick(self, database):
        self.pg.sql("DELETE FROM public.held", database=database)

    def rows(self, database, table):
        out = self.pg.sql(f"SELECT row_to_json(t) FROM (SELECT * FROM absa.{table} "
                          f"ORDER BY {TABLES[table]}) t", database=database)
        return [json.loads(r[0]) for r in out]

    def dump(self, database):
        return {table: self.rows(database, table) for table in TABLES}

    def flowed(self, database):
        """How many records are in."""
        return int(self.pg.sql("SELECT coalesce(sum(records), 0) FROM absa.flow", database=database)[0][0])

    def done(self, database, want):
        """Have all positions come to where the records end?"""
        return self.flowed(database) == want


def put(broker, topic, lines, prefix=PREFIX):
    subprocess.run([h.BUILD / "tests/put", "-q", "-b", broker.address, f"-Xtopic.prefix={prefix}",
                    topic], check=True, text=True, input="\n".join(lines) + "\n",
                   stderr=subprocess.DEVNULL)


def comments(path):
    """Two moods by the half; some records are broken."""
    with open(path, "w") as f:
        for i in range(400):
            text = ["so good", "love it"][i % 2] if i < 200 else ["the price is too high", "why?"][i % 2]
            f.write(json.dumps({"comment_text": f"{text} {i}", "video_id": str(i % 30), "timestamp":
                                f"2025-01-{1 + i // 40:02}T{i % 24:02}:00:00Z"}) + "\n")
        f.write("{broken\n" * 7)


def label(i, **other):
    return json.dumps({"comment_id": f"c{i}", "annotator": "anna", "stage": "score",
                       "labelled_ms": FIRST_MS + i, "sentiment": 0.5, "engagement": None,
                       "implicitness": None, "predicted_sentiment": 0.25,
                       "predicted_engagement": None, "predicted_implicitness": None,
                       "arrival_ms": FIRST_MS, "bundle_sha256": "b", "confidence": 0.75,
                       "interval": 0.25, **other})


def fill(broker, tmp):
    """What backtest and the stages as pipes say of the same comments, in the topics."""
    source, out = tmp / "in.jsonl", tmp / "out"
    comments(source)
    h.run(h.BIN / "absa-backtest", "--input", source, "-Xwindow.min_samples=1",
          "-Xwindow.min_videos=1", "-Xdrift.policy=fixed", "--out", out)
    key = h.key_file(tmp)
    scores = subprocess.run(
        f"{h.BIN}/absa-ingest --pipe --dead /dev/null -Xingest.user_key_file={key} < {source} | "
        f"{h.BIN}/absa-score --pipe", shell=True, capture_output=True, text=True).stdout
    told = {name: h.read_lines(out / f"{name}.jsonl") for name in ("windows", "alerts", "dead")}
    told["windows"] = [with_categories(x) for x in told["windows"]]
    told["windows"] = [trained_on_other(told["windows"]), *with_states(told["windows"])]
    told["scores"] = [json.dumps({**json.loads(x), "arrival_ms": FIRST_MS + i * DAY_MS // 40})
                      for i, x in enumerate(scores.splitlines()) if "absa_kind" not in x]
    told["labels"] = [label(i) for i in range(20)]
    for topic, lines in told.items():
        assert lines, f"no {topic}"
        put(broker, topic, lines)
    return {topic: [json.loads(x) for x in lines] for topic, lines in told.items()}


def with_categories(line):
    """The window, with its last feature as one of categories has it."""
    window = json.loads(line)
    if window["features"]:
        window["features"][-1].update(linf=0.25, chi2_p=1e-9, unseen=3)
    return json.dumps(window)


def with_states(lines):
    """The last two as they would be of another bundle, and with a baseline that is too old."""
    windows = [json.loads(x) for x in lines]
    for w, by in zip(windows[-2:], ("bundle", "age")):
        w.update(state="baseline_stale", stale_by=by)
    return [json.dumps(w) for w in windows]


def trained_on_other(lines):
    """What a run says of its baseline, which was made two years before."""
    window = json.loads(lines[0])
    feature = {"n": 900, "missing": 0, "infinite": 0, "n_eff": 900.0, "test": "", "severity": "NONE", "bins": []}
    return json.dumps({**window, "rule": "training", "state": "training_skew", "start_ms": FIRST_MS - 730 * DAY_MS,
                       "end_ms": FIRST_MS - 700 * DAY_MS, "n": 900, "features": [
                           {**feature, "name": "words", "psi": 0.5}, {**feature, "name": "chars", "psi": 0.25}]})


def check(world, database, told):
    """Each table against the records; times are compared as the server reads them."""
    tables = world.dump(database)
    assert len(tables["judged_window"]) == len(told["windows"])
    times = world.pg.sql("SELECT (extract(epoch FROM start_at) * 1000)::bigint, segment, state, n, n_eff, "
                         "coalesce(stale_by, '') FROM absa.judged_window", database=database)
    assert sorted((int(a), b, c, int(d), float(e), f) for a, b, c, d, e, f in times) == sorted(
        (w["start_ms"], w["segment"], w["state"], w["n"], w["n_eff"], w.get("stale_by", "")) for w in told["windows"])
    assert {"bundle", "age"} < {t[5] for t in times}
    got = world.pg.sql("SELECT (extract(epoch FROM start_at) * 1000)::bigint, segment, feature, psi, "
                       "severity, bins, linf, chi2_p, unseen FROM absa.distance", database=database)
    want = [[str(w["start_ms"]), w["segment"], f["name"], f["psi"], f["severity"], f["bins"],
             f.get("linf"), f.get("chi2_p"), f.get("unseen")]
            for w in told["windows"] for f in w["features"]]
    assert len(want) > 100
    assert any(w[-1] for w in want)
    assert sorted([a, b, c, float(d) if d else None, e, json.loads("[" + f.strip("{}") + "]"),
                   *(float(x) if x else None for x in shares)]
                  for a, b, c, d, e, f, *shares in got) == sorted(want, key=lambda r: r[:3])
    scores = {(s["src_offset"], s["src_index"]): s for s in told["scores"]}
    assert len(tables["score"]) == len(scores)
    for row in tables["score"]:
        s = scores[row["src_offset"], row["src_index"]]
        assert (row["comment_id"], row["sentiment"], row["likes"], row["sighting"]) == (
            s["comment_id"], s["sentiment_score"], s["likes"], s["sighting"]), row
    assert [json.loads(a["evidence"]) for a in tables["alert"]] == sorted(
        told["alerts"], key=lambda a: (a["start_ms"], a["alert_id"], a["seq"]))
    assert sum(d["n"] for d in tables["dead_count"]) == len(told["dead"]) == 7
    assert len(tables["label"]) == 20 and tables["label"][3]["predicted_engagement"] is None
    labelled = world.pg.sql("SELECT count(*), min(sentiment - predicted_sentiment) "
                            "FROM absa.labelled_score", "grafana", database)
    assert labelled == [["20", "0.25"]], labelled


def versions_and_roles(world, told):
    pg, name = world.pg, "versions"
    pg.sql(f"CREATE DATABASE {name} OWNER owner", database="postgres")
    assert "--migrate" in world.sink(name, ok=(78,)).stderr
    assert f"{MIGRATIONS} of {MIGRATIONS}" in world.sink(name, "--migrate", login="owner").stdout
    assert f"0 of {MIGRATIONS}" in world.sink(name, "--migrate", login="owner").stdout
    # no grant yet: a login that may not read the versions is denied
    assert "denied" in world.sink(name, ok=(77,)).stderr
    pg.allow()
    for login, statement in (("grafana", "DELETE FROM absa.score"),
                             ("grafana", "SELECT absa.drop_partitions('score', '1 day')"),
                             ("sink", "DROP TABLE absa.score"), ("sink", "DELETE FROM absa.alert"),
                             ("sink", "UPDATE absa.judged_window SET n = 0"),
                             ("sink", "CREATE TABLE absa.mine (i int)")):
        said = pg.sql(statement, login, name, ok=(1,))
        assert "denied" in said or "must be owner" in said, (login, statement, said)
    pg.sql("SELECT count(*) FROM absa.alert", "grafana", name)
    pg.sql("UPDATE absa.migration SET sha256 = 'x' WHERE version = 1", database=name)
    assert "another 001_init" in world.sink(name, ok=(78,)).stderr
    assert "another 001_init" in world.sink(name, "--migrate", login="owner", ok=(78,)).stderr
    pg.sql("INSERT INTO absa.migration (version, name, sha256) VALUES (99, '099_new', '')",
           database=name)
    pg.sql("DELETE FROM absa.migration WHERE version = 1", database=name)
    pg.sql("INSERT INTO absa.migration SELECT 1, '001_init', encode(sha256(convert_to("
           "pg_read_file('%s'), 'UTF8')), 'hex')" % copy_sql(world), database=name)
    for args, login in (((), "sink"), (("--migrate",), "owner")):
        assert "newer (099_new)" in world.sink(name, *args, login=login, ok=(78,)).stderr
    assert "no password" not in world.sink(name, "-Xsink.password=x", ok=(78,)).stderr
    assert "by a file" in world.sink("versions password=x", ok=(78,)).stderr
    assert "unavailable" in h.run(h.BIN / "absa-sink", *TOPICS, "-Xkafka.bootstrap.servers=127.0.0.1:1",
                                  f"-Xsink.database=host=127.0.0.1 port={h.free_port()}",
                                  ok=(69,)).stderr


def copy_sql(world):
    path = world.pg.dir / "001.sql"
    path.write_text((h.TOP / "schemas/sql/001_init.sql").read_text())
    path.chmod(0o644)
    return path


def whole(world, told):
    """In one go: the golden tables."""
    name = world.database("golden")
    total = sum(len(v) for v in told.values())
    program = world.start(name, *SMALL)
    h.wait_for("all records", lambda: world.done(name, total))
    assert program.end() == 0, program.said()
    check(world, name, told)
    parts = world.pg.sql("SELECT count(*) FROM pg_inherits WHERE inhparent = 'absa.score'::regclass",
                         database=name)
    days = {s["arrival_ms"] // DAY_MS for s in told["scores"]}
    assert len(days) >= 10 and int(parts[0][0]) == len(days) + 1, parts  # and one ahead
    again = world.start(name, *SMALL)
    h.wait_for("nothing more to read", lambda: "session begins" in again.said())
    assert again.end() == 0
    check(world, name, told)


def the_end_of_a_backlog(world, told):
    """What is left behind full batches does not wait for the interval."""
    name, total = world.database("backlog"), sum(len(v) for v in told.values())
    assert total % 200 > 0
    program = world.start(name, "-Xbatch.records=200", "-Xcommit.interval.ms=60s", *SMALL[2:])
    h.wait_for("the last records", lambda: world.done(name, total), timeout=55)
    assert program.end() == 0, program.said()
    same_tables(world, name)


def same_tables(world, name):
    want, got = world.dump("golden"), world.dump(name)
    for table in TABLES:
        assert got[table] == want[table], f"{name}: {table} differs"


def survives(world, told, name, hurt):
    """hurt(program) again and again while it works; then the tables are the golden ones."""
    total = sum(len(v) for v in told.values())
    world.slow(world.database(name), total)
    program = world.start(name, *SMALL)
    for share in (0.05, 0.2, 0.4, 0.6, 0.8):
        h.wait_for(f"{share:.0%} of the records", lambda: world.flowed(name) >= share * total)
        assert world.flowed(name) < total, f"done before it was hurt at {share:.0%}"
        hurt(program)
    world.quick(name)
    h.wait_for("all records", lambda: world.done(name, total))
    assert program.end() == 0, program.said()
    same_tables(world, name)
    return program.said()


def kill_often(world, told, name, kills):
    """kill -9 at moments spread over all of the work, which takes a while because a position moves
    slowly: most die within a transaction. How many did, as the server counts."""
    total, rng = sum(len(v) for v in told.values()), random.Random(kills)
    world.slow(world.database(name), total)
    program = world.start(name, "-Xbatch.records=5", *SMALL[1:])
    for k in range(kills):
        h.wait_for(f"kill {k + 1}", lambda: world.flowed(name) >= total * k / (kills + 1))
        time.sleep(rng.uniform(0, 0.3))
        program.kill()
        assert world.flowed(name) < total, f"killed when its work was done: kill {k + 1}"
        program.start()
    world.quick(name)
    ends = world.rows("golden", "kafka_position")
    h.wait_for("all records", lambda: world.rows(name, "kafka_position") == ends)
    assert program.end() == 0, program.said()
    return int(world.pg.sql(f"SELECT xact_rollback FROM pg_stat_database WHERE datname = '{name}'")[0][0])


def killed(world, told):
    within = kill_often(world, told, "killed", world.kills)
    print(f"     {world.kills} kills, {within} of them within a transaction", flush=True)
    assert within > 0
    same_tables(world, "killed")


def a_defect_is_found(world, told):
    """Were positions no part of the transaction, the kills would bring it to light: those of the first
    time, unless all of them miss the moment."""
    name = "positions-outside"
    mutant = World(world.broker, world.pg, world.tmp / name)
    mutant.bin = mutants.build(name, mutant.tmp, pathlib.Path(__file__).parent / "mutants", ("absa-sink",))
    for again in range(mutants.TRIES):
        kill_often(mutant, told, f"mutant_{again}", 5 + again)
        try:
            same_tables(mutant, f"mutant_{again}")
        except AssertionError as found:
            print(f"     {found}", flush=True)
            return
    raise AssertionError("not found: " + mutants.defect(name, pathlib.Path(__file__).parent / "mutants"))


def sent_away(world, told):
    said = survives(world, told, "sent_away", lambda p: world.pg.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sink'"))
    assert "session ends, another begins" in said


def server_restarts(world, told):
    rng = random.Random(7)

    def restart(program):
        (world.pg.kill if rng.random() < 0.5 else world.pg.stop)()
        world.pg.start()
        assert program.process.poll() is None, program.said()
    survives(world, told, "restarted", restart)


def standby(world, told):
    """A second one waits, and takes over what the first, which is slow, has not done."""
    name, total = world.database("standby"), sum(len(v) for v in told.values())
    world.slow(name, total)
    port = h.free_port()
    first = world.start(name, "-Xbatch.records=5", *SMALL[1:])
    h.wait_for("the first", lambda: "session begins" in first.said())
    second = world.start(name, f"-Xhttp.port={port}", *SMALL)

    def ready():
        try:
            return json.loads(h.get_page(port, "/readyz")[1])["ready"]
        except OSError:
            return False
    h.wait_for("a standby that is ready", ready)
    assert "session begins" not in second.said()
    first.kill()
    assert world.flowed(name) < total, "the first left nothing to do"
    world.quick(name)
    h.wait_for("the second", lambda: world.done(name, total))

    def committed():
        """0 until the first."""
        page = h.get_page(port, "/metrics")[1]
        return float(re.search(r"^absa_last_commit_timestamp_seconds\S* (\S+)", page, re.M)[1])
    h.wait_for("the time of its commit", committed)
    lag = h.get_page(port, "/metrics")[1]
    assert 'absa_store_rows_total{stage="sink",table="score"}' in lag or "absa_store_lag" in lag
    assert 0 <= time.time() - committed() < 600, lag
    assert second.end() == 0
    assert world.dump(name) == world.dump("golden")


def doctor(world, database, login="sink"):
    done = subprocess.run([h.BIN / "absa-doctor", "--json", f"-Xsink.database={world.pg.conninfo(login, database)}"],
                          capture_output=True, text=True)
    return {c["name"]: c for c in json.loads(done.stdout)["checks"] if c["area"] == "database"}


def doctor_looks(world, told):
    """Not there, without tables, without rights, with too many, right, with no partition ahead."""
    said = doctor(world, "nowhere")["database"]
    assert said["status"] == "fail" and "nowhere" in said["value"], said
    world.pg.sql("CREATE DATABASE empty OWNER owner", database="postgres")
    assert "--migrate" in doctor(world, "empty")["tables"]["fix"]
    name = "golden"
    checks = doctor(world, name)
    assert {c["status"] for c in checks.values()} == {"ok"} and len(checks) == 4, checks
    assert doctor(world, name, "owner")["rights"]["status"] == "warn"
    assert "absa_writer" in doctor(world, name, "grafana")["rights"]["fix"]
    world.pg.sql("REVOKE UPDATE ON absa.flow FROM absa_writer", database=name)
    assert doctor(world, name)["rights"]["value"] == "lacks UPDATE on flow"
    world.pg.sql("GRANT UPDATE ON absa.flow TO absa_writer", database=name)
    ahead = max(r[0] for r in world.pg.sql(
        "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'absa.score'::regclass", database=name))
    world.pg.sql(f"DROP TABLE {ahead}", database=name)
    assert doctor(world, name)["partitions"]["value"] == "none ahead: score"


def child_of_up(world, told):
    """absa up runs it where the file has a heading for it."""
    name, conf = world.database("upped"), world.tmp / "up.conf"
    world.broker.apply("u.", raw=1, comments=2)
    put(world.broker, "labels", [label(1)], "u.")
    conf.write_text(f"""topic.prefix = u.
raw.partitions = 1
comments.partitions = 2
[ingest]
ingest.user_key_file = {h.key_file(world.tmp)}
[sink]
sink.database = {world.pg.conninfo("sink", name)}
""")
    up = h.Program([h.BIN / "absa-up", "-b", world.broker.address, "-c", conf, "--no-console", "--dir",
                    world.tmp / "up"], world.tmp / "up.log")
    h.wait_for("the label", lambda: world.rows(name, "label"))
    assert up.end() == 0, up.said()


def old_partitions_go(world, told):
    name = world.database("forgets")
    total = sum(len(v) for v in told.values())
    program = world.start(name, *SMALL[:2], "-Xsink.keep_scores.ms=2d", "-Xsink.scores_share=0.5")
    h.wait_for("all records", lambda: world.done(name, total))
    assert program.end() == 0
    kept = len(world.rows(name, "score"))
    assert 100 < kept < 300, kept  # half of 400
    program = world.start(name, "-Xsink.keep_scores.ms=2d")
    days = "SELECT count(DISTINCT arrived_at::date) FROM absa.score"
    h.wait_for("old days to go", lambda: int(world.pg.sql(days, database=name)[0][0]) <= 3)
    assert program.end() == 0
    left = [w["rule"] for w in world.rows(name, "judged_window")]  # that of two years before went: sink.keep.ms
    assert left == ["window"] * (len(told["windows"]) - 1), left


def what_no_table_holds(world, told):
    """Set aside, each for its reason; the good ones around it are there."""
    name = world.database("poison")
    noise = random.Random(1).randbytes(6000).hex()
    put(world.broker, "labels", [label(100), label(101, labelled_ms=-5), label(102, annotator=noise),
                                 label(103), "no label at all", label(104)])
    world.broker.put(PREFIX + "labels", 0, ["\x00\x00\x00\x00\x04broken"])
    program = world.start(name)
    total = sum(len(v) for v in told.values()) + 7
    h.wait_for("all records", lambda: world.done(name, total))
    assert program.end() == 0
    refused = world.pg.sql("SELECT topic, reason FROM absa.refused ORDER BY log_offset", database=name)
    assert [r[1] for r in refused] == ["value", "database", "schema", "avro"], refused
    labels = [r["comment_id"] for r in world.rows(name, "label")]
    assert len(labels) == 23 and {"c100", "c103", "c104"} <= set(labels), labels
    assert noise[:50] not in program.said()


def disk_full(world, told):
    """The disk of the tables is full for a while; nothing is lost, nobody does a thing."""
    disk = pathlib.Path(tempfile.mkdtemp(prefix="absa-disk-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m,mode=777", "tmpfs", disk],
                             capture_output=True, text=True)
    if mounted.returncode != 0:
        print("     disk_full: skipped: no small disk can be mounted here", flush=True)
        return
    try:
        space = disk / "space"
        space.mkdir()
        if world.pg.user:
            h.run("chown", "postgres", space)
        world.pg.sql(f"CREATE TABLESPACE small LOCATION '{space}'", database="postgres")
        world.pg.sql("CREATE DATABASE full_disk OWNER owner TABLESPACE small", database="postgres")
        world.sink("full_disk", "--migrate", login="owner")
        total = sum(len(v) for v in told.values())
        world.slow("full_disk", total)
        program = world.start("full_disk", "-Xbatch.records=5", *SMALL[1:])
        h.wait_for("some records", lambda: not world.done("full_disk", 0))
        subprocess.run(["dd", "if=/dev/zero", f"of={disk}/filler", "bs=64k"], capture_output=True)
        h.wait_for("a full disk", lambda: "53100" in program.said())
        assert program.process.poll() is None, program.said()
        os.unlink(disk / "filler")
        world.quick("full_disk")
        h.wait_for("all records", lambda: world.done("full_disk", total))
        assert program.end() == 0
        assert world.dump("full_disk") == world.dump("golden")
        world.pg.sql("DROP DATABASE full_disk", database="postgres")
        world.pg.sql("DROP TABLESPACE small", database="postgres")
    finally:
        subprocess.run(["umount", "-l", disk])
        disk.rmdir()


TESTS = (versions_and_roles, whole, the_end_of_a_backlog, killed, a_defect_is_found, sent_away, server_restarts, standby, doctor_looks, child_of_up, old_partitions_go,
         disk_full, what_no_table_holds)


def main():
    arg = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arg.add_argument("--kills", type=int, default=50 if os.environ.get("ABSA_FULL") else World.kills)
    options = arg.parse_args()
    with tempfile.TemporaryDirectory(prefix="absa-sink-") as tmp, Postgres() as pg, h.Broker() as b:
        tmp = pathlib.Path(tmp)
        b.apply(PREFIX, raw=1, comments=2)
        told = fill(b, tmp)
        print({k: len(v) for k, v in told.items()}, flush=True)
        world = World(b, pg, tmp)
        world.kills = options.kills
        return h.run_tests(TESTS, world, told)


if __name__ == "__main__":
    sys.exit(main())
