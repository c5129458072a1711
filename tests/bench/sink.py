# SPDX-License-Identifier: MIT
"""Rows/s of absa sink against a bare COPY of the same rows; part of tests/bench/run.

Scores of the records, and windows of many features, lie in an Apache Kafka. In turn, round by
round, on one PostgreSQL as Debian sets it up, on this machine:

whole      the sink, with its defaults, into new tables: all rows, from the begin of its session (its
           first fetch, partitions made, an empty pipeline) to its last commit
steady     the same run from its first commit on: the rows after it, to the last commit
COPY       psql's \\copy ... (FORMAT binary) of these rows in one transaction, from BEGIN to its end,
           into new tables that are made by the same migrations, with their keys, indexes and partitions
in pieces  the same in as many transactions as the sink made, and of the same rows as steady: those after
           the sink's first commit (a row of one table costs more than one of another)

The best of each counts, and the middle of the rounds' ratios."""
import collections
import itertools
import json
import os
import pathlib
import re
import statistics
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(TOP / "tests/support"), str(TOP / "tests/e2e/sink")]
import harness as h  # noqa: E402
import on_kafka  # noqa: E402
import test_sink as sink  # noqa: E402
from postgres import Postgres  # noqa: E402

ROUNDS, WINDOWS, FEATURES, ENOUGH = 5, 300, 200, 20_000
File = collections.namedtuple("File", "table path rows")
TABLES = ("judged_window", "distance", "score")
PLAIN = ["listen_addresses=127.0.0.1", "log_min_messages=fatal"]


def windows(like):
    """JSON lines: the window given, once an hour, with many features."""
    for i in range(WINDOWS):
        end = like["end_ms"] + i * 3_600_000
        features = [dict(like["features"][k % len(like["features"])], name=f"feature_{k:03}")
                    for k in range(FEATURES)]
        yield json.dumps(dict(like, start_ms=end - 3_600_000, end_ms=end, features=features))


def fill(broker, tmp, raw):
    """The topics of the sink: scores as the stages make them."""
    out, some = tmp / "out", tmp / "some.jsonl"
    with open(raw, encoding="utf-8") as lines:
        some.write_text("".join(itertools.islice(lines, ENOUGH)), encoding="utf-8")
    h.run(h.BIN / "absa-backtest", "-q", "--input", some, "--out", out)
    evaluated = (json.loads(w) for w in h.read_lines(out / "windows.jsonl"))
    sink.put(broker, "windows", windows(next(w for w in evaluated if w["features"])))
    d = h.Deployment(broker, sink.PREFIX, {"ingest": [f"ingest.user_key_file={h.key_file(tmp)}"]}, 1, 2)
    h.run(h.BIN / "absa-import", raw, "-b", broker.address, "--arrival", "created", *d.topics)
    for stage in ("ingest", "score"):
        on_kafka.measure(d, stage, h.free_port())


class Progress:
    """What a sink says of itself."""

    def __init__(self, port):
        page = on_kafka.metrics(port)
        self.at = sum(on_kafka.value(page, "absa_last_commit_timestamp_seconds"))
        self.commits = int(sum(on_kafka.value(page, "absa_commits_total")))
        self.rows = int(sum(sum(on_kafka.value(line, "absa_store_rows_total")) for line in page.splitlines()
                            if re.search('table="(%s)"' % "|".join(TABLES), line)))


def by_sink(world, name, rows):
    """(rows so far, time) at the begin, after its first commit and its last; commits; seconds of its
    own CPU."""
    world.database(name)
    port = h.free_port()
    program = world.start(name, f"-Xhttp.port={port}")
    while "session begins" not in program.said():
        time.sleep(0.002)
    began, first, now = time.time(), None, Progress(port)
    while now.rows < rows:
        assert program.process.poll() is None, program.said()
        time.sleep(0.02)
        now = Progress(port)
        first = first or (now if now.at > 0 else None)
    time.sleep(0.1)  # rows are counted a moment before the commit's time is
    now = Progress(port)
    ticks = pathlib.Path(f"/proc/{program.process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    assert program.end() == 0, program.said()
    assert first and first.rows < rows, "all rows in one commit: more records are wanted"
    return ([(0, began), (first.rows, first.at), (rows, now.at)], now.commits,
            sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"))


def unload(world, name, rows, commits):
    """The rows as files, whole and in so many pieces; and what makes the partitions that hold them."""
    times, whole, pieces, most = [], [], [], -(-rows // commits)
    for table in TABLES:
        count = int(world.pg.sql(f"SELECT count(*) FROM absa.{table}", database=name)[0][0])
        whole.append(piece(world, name, table, 0, count))
        pieces += [piece(world, name, table, at, min(most, count - at)) for at in range(0, count, most)]
        column = world.pg.sql(f"SELECT at FROM absa.cut WHERE name = '{table}'", database=name)[0][0]
        days = world.pg.sql(f"SELECT DISTINCT {column}::date FROM absa.{table}", database=name)
        times.append("SELECT absa.make_partitions('%s', ARRAY[%s]::timestamptz[])" % (
            table, ", ".join(f"'{d[0]}'" for d in days)))
    return whole, pieces, "; ".join(times)


def piece(world, name, table, at, rows):
    path = world.pg.dir / f"{table}.{at}.{rows}"
    world.pg.sql(f"COPY (SELECT * FROM absa.{table} OFFSET {at} LIMIT {rows}) TO '{path}' (FORMAT binary)",
                 database=name)
    path.chmod(0o644)
    return File(table, path, rows)


def by_copy(world, name, files, partitions, at_once):
    """(rows so far, seconds by the server's clock) at the begin and after each transaction; at_once:
    there is but one, else each file is one."""
    world.database(name)
    world.pg.sql(partitions, database=name)
    copies = [f"\\copy absa.{f.table} FROM '{f.path}' (FORMAT binary)" for f in files]
    clock = "SELECT extract(epoch FROM clock_timestamp())"
    orders = [clock, *(["BEGIN", *copies, "COMMIT", clock] if at_once else [o for c in copies for o in (c, clock)])]
    times = h.run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", world.pg.conninfo("owner", name),
                  *(a for order in orders for a in ("-c", order))).stdout.split()
    world.pg.sql(f"DROP DATABASE {name}", database="postgres")
    rows = itertools.accumulate((f.rows for f in files), initial=0)
    return list(zip([0, sum(f.rows for f in files)] if at_once else rows, map(float, times)))


def rate(points, skip=0):
    """Rows/s from the first point on at which more than skip were there, to the last."""
    first = next(p for p in points if p[0] >= skip)
    return (points[-1][0] - first[0]) / (points[-1][1] - first[1])


def bench(raw, n):
    """raw: a file of n comments."""
    tmp, rows = raw.parent, n + WINDOWS * (1 + FEATURES)
    rounds = []
    with h.Broker() as broker, Postgres(PLAIN) as pg:
        broker.apply(sink.PREFIX, raw=1, comments=2)
        began = time.monotonic()
        fill(broker, tmp, raw)
        print(f"topics filled in {time.monotonic() - began:.0f} s", flush=True)
        world, files = sink.World(broker, pg, tmp), None
        for i in range(ROUNDS):
            ours, commits, cpu = by_sink(world, f"sink_{i}", rows)
            files = files or unload(world, f"sink_{i}", rows, commits)
            pg.sql(f"DROP DATABASE sink_{i}", database="postgres")
            first = ours[1][0]
            now = {"whole": rate(ours), "steady": rate(ours, first),
                   "COPY": rate(by_copy(world, "bare", files[0], files[2], True)),
                   "in pieces": rate(by_copy(world, "bare", files[1], files[2], False), first)}
            rounds.append(now)
            print(f"round {i + 1}: {shown(now)}; {commits} commits, {cpu:.1f} s of the sink's CPU", flush=True)
        print(f"best of {ROUNDS}, {rows} rows: {shown({k: max(r[k] for r in rounds) for k in rounds[0]})}\n"
              f"steady beside COPY in pieces: {beside(rounds, 'steady', 'in pieces')}; "
              f"whole beside COPY: {beside(rounds, 'whole', 'COPY')}", flush=True)


def beside(rounds, ours, bare):
    """Of the best ones, and of the middle round, which tells more where others use the machine too."""
    best = max(r[ours] for r in rounds) / max(r[bare] for r in rounds)
    return f"{best:.0%}, in the middle round {statistics.median(r[ours] / r[bare] for r in rounds):.0%}"


def shown(rates):
    return ", ".join(f"{name} {rate:.0f} rows/s" for name, rate in rates.items())
