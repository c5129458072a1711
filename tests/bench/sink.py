# SPDX-License-Identifier: MIT
"""Rows/s of absa sink against a bare COPY of the same rows; part of tests/bench/run.

Scores of the records, and windows of many features, lie in an Apache Kafka. In turn, round by
round: the sink, with its defaults, into new tables, from the begin of its session to its
last row; and psql's \\copy ... (FORMAT binary) of these rows into new tables that are made by the same
migrations, with their keys, indexes and partitions. Both on one PostgreSQL as Debian sets it
up, on this machine; the least time of each counts."""
import json
import pathlib
import re
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(TOP / "tests/support"), str(TOP / "tests/e2e/sink")]
import harness as h  # noqa: E402
import on_kafka  # noqa: E402
import test_sink as sink  # noqa: E402
from postgres import Postgres  # noqa: E402

ROUNDS, WINDOWS, FEATURES = 5, 300, 200
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
    out = tmp / "out"
    h.run(h.BIN / "absa-backtest", "-q", "--input", raw, "--out", out)
    evaluated = (json.loads(w) for w in h.read_lines(out / "windows.jsonl"))
    sink.put(broker, "windows", windows(next(w for w in evaluated if w["features"])))
    d = h.Deployment(broker, sink.PREFIX, {"ingest": [f"ingest.user_key_file={h.key_file(tmp)}"]}, 1, 2)
    h.run(h.BIN / "absa-import", raw, "-b", broker.address, "--arrival", "created", *d.topics)
    for stage in ("ingest", "score"):
        on_kafka.measure(d, stage, h.free_port())


def by_sink(world, name, rows):
    """Seconds, and of the sink's own CPU."""
    world.database(name)
    port = h.free_port()
    program = world.start(name, f"-Xhttp.port={port}")
    while "session begins" not in program.said():
        time.sleep(0.002)
    began, written = time.monotonic(), 0
    while written < rows:
        assert program.process.poll() is None, program.said()
        time.sleep(0.01)
        page = on_kafka.metrics(port)
        written = sum(sum(on_kafka.value(line, "absa_store_rows_total")) for line in page.splitlines()
                      if re.search('table="(%s)"' % "|".join(TABLES), line))
    seconds = time.monotonic() - began
    ticks = pathlib.Path(f"/proc/{program.process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    assert program.end() == 0, program.said()
    return seconds, sum(map(int, ticks)) / 100


def unload(world, name):
    """The rows as files, and what makes the partitions that hold them."""
    times = []
    for table in TABLES:
        world.pg.sql(f"COPY (TABLE absa.{table}) TO '{world.pg.dir}/{table}' (FORMAT binary)", database=name)
        (world.pg.dir / table).chmod(0o644)
        column = world.pg.sql(f"SELECT at FROM absa.cut WHERE name = '{table}'", database=name)[0][0]
        days = world.pg.sql(f"SELECT DISTINCT {column}::date FROM absa.{table}", database=name)
        times.append("SELECT absa.make_partitions('%s', ARRAY[%s]::timestamptz[])" % (
            table, ", ".join(f"'{d[0]}'" for d in days)))
    return "; ".join(times)


def by_copy(world, name, partitions):
    world.database(name)
    world.pg.sql(partitions, database=name)
    orders = [a for t in TABLES
              for a in ("-c", f"\\copy absa.{t} FROM '{world.pg.dir}/{t}' (FORMAT binary)")]
    began = time.monotonic()
    h.run("psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", world.pg.conninfo("owner", name), *orders)
    return time.monotonic() - began


def bench(raw, n):
    """raw: a file of n comments."""
    tmp, rows = raw.parent, n + WINDOWS * (1 + FEATURES)
    with h.Broker() as broker, Postgres(PLAIN) as pg:
        broker.apply(sink.PREFIX, raw=1, comments=2)
        fill(broker, tmp, raw)
        world, ours, bare, partitions = sink.World(broker, pg, tmp), [], [], None
        for i in range(ROUNDS):
            ours.append(by_sink(world, f"sink_{i}", rows))
            partitions = partitions or unload(world, "sink_0")
            bare.append(by_copy(world, f"bare_{i}", partitions))
            pg.sql(f"DROP DATABASE bare_{i}", database="postgres")
            print(f"round {i + 1}: sink {rows / ours[-1][0]:7.0f} rows/s ({ours[-1][1]:.1f} s of its CPU), "
                  f"COPY {rows / bare[-1]:7.0f} rows/s", flush=True)
        best = min(s for s, _ in ours)
        print(f"{rows} rows: sink {rows / best:.0f} rows/s, bare COPY {rows / min(bare):.0f} rows/s: "
              f"{100 * min(bare) / best:.0f} %", flush=True)
