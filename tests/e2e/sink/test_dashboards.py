#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every query of deploy/grafana/dashboards on a PostgreSQL that absa sink has filled and on a Prometheus
that has scraped it, with Grafana's macros and variables put in as Grafana does: each panel has rows."""
import datetime
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import urllib.parse

import test_sink as sink

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402
from postgres import Postgres  # noqa: E402

DEPLOY = h.TOP / "deploy"
FROM, TO = "2024-12-31T00:00:00Z", "2100-01-01T00:00:00Z"  # the records are of 2025, the log of today
INTERVAL = 3600


def dashboards():
    return {p.stem: json.loads(p.read_text()) for p in sorted(DEPLOY.glob("grafana/dashboards/*.json"))}


def expanded(query, variables):
    """What Grafana sends. variables: name -> what stands for it in IN (...)."""
    for name, value in variables.items():
        query = query.replace(f"${name}", value)
    group = rf"floor(extract(epoch from \1)/{INTERVAL})*{INTERVAL}"
    query = re.sub(r"\$__timeFilter\(([\w.]+)\)", rf"\1 BETWEEN '{FROM}' AND '{TO}'", query)
    query = re.sub(r"\$__timeGroupAlias\(([\w.]+), *\$__interval\)", group + ' AS "time"', query)
    query = re.sub(r"\$__timeGroup\(([\w.]+), *\$__interval\)", group, query)
    assert "$" not in query, query
    return query


class Grafana:
    """Asks as its login does, in a session of another time zone each time."""

    def __init__(self, pg, database):
        self.pg, self.database = pg, database

    def ask(self, query, zone="UTC"):
        rows = self.pg.sql(f"SET timezone = '{zone}'; SELECT to_jsonb(q) FROM ({query}) q", "grafana",
                           self.database)
        return [json.loads(r[0]) for r in rows]

    def choices(self, d, alert):
        """For each variable: All, and of the values that it offers the alert's."""
        every, one = {}, {}
        for v in d["templating"]["list"]:
            if v["type"] != "query":
                continue
            every[v["name"]] = v["allValue"]
            offered = self.ask(expanded(v["query"], {}))
            values = [r.get("__value", next(iter(r.values()))) for r in offered]
            value = {**alert, "model": alert["bundle"]}[v["name"]].removeprefix("sha256:")
            assert value in values, f"variable {v['name']} offers {values}, not {value}"
            one[v["name"]] = "'" + value.replace("'", "''") + "'"
        return every, one


def instant(row):
    """A time column as a number, whatever zone it was written in."""
    time = row["time"]
    return time if isinstance(time, (int, float)) else datetime.datetime.fromisoformat(time).timestamp()


def panels_have_rows(world, grafana, told):
    seen = {}
    for name, d in dashboards().items():
        every, one = grafana.choices(d, told["alerts"][0])
        for p in d["panels"]:
            for i, t in enumerate(t for t in p["targets"] if "rawSql" in t):
                rows = grafana.ask(expanded(t["rawSql"], every))
                assert rows, f"{name}, {p['title']}: no rows"
                seen[p["title"], i] = rows
                assert grafana.ask(expanded(t["rawSql"], one)), f"{name}, {p['title']}: {one}"
                if t["format"] == "time_series":
                    far = grafana.ask(expanded(t["rawSql"], every), "Asia/Kolkata")
                    assert [instant(r) for r in far] == [instant(r) for r in rows], p["title"]
        for a in d["annotations"]["list"]:
            if "target" in a:
                assert grafana.ask(expanded(a["target"]["rawSql"], every)), f"{name}: no annotations"
    what_they_say(seen, told)


def total(rows, column="value", **where):
    return sum(r[column] or 0 for r in rows if all(r[k] == v for k, v in where.items()))


def what_they_say(seen, told):
    """Figures of a panel against the records themselves."""
    windows = [w for w in told["windows"] if w["rule"] == "window"]
    first = seen["Prediction accuracy over time", 0][0]
    assert abs(first["sentiment"] - 0.25) < 1e-9, first
    calibration = seen["Calibration by labels", 0][0]
    assert [calibration[k] for k in ("within", "as confidence says", "right side")] == [1, 0.75, 1], calibration
    guess = seen["Accuracy, estimated without labels", 0]
    assert len(guess) == 2 * sum(w["state"] == "evaluated" for w in windows), len(guess)
    assert all(0 < r["value"] < 1 for r in guess)
    drift = seen["Feature drift", 0]
    assert len(drift) == sum(len(w["features"]) for w in windows if w["state"] == "evaluated")
    began = len({a["alert_id"] for a in told["alerts"]})
    frequency = seen["Alert frequency", 0]
    assert total(frequency, "WARNING") + total(frequency, "CRITICAL") == began
    checked = seen["Schema validation results", 0]
    assert total(checked, metric="scored") == len(told["scores"]) == 400
    assert total(checked, metric="ingest: json") == len(told["dead"]) == 7
    assert total(seen["Input data volume", 0]) == sum(len(v) for v in told.values())
    judged = seen["Drift detection frequency", 0]
    beyond = sum(max(f["psi"] or 0 for f in w["features"]) > 0.2 for w in windows if w["state"] == "evaluated")
    assert total(judged, "drift") == beyond
    assert total(judged, "another bundle") == sum(w.get("stale_by") == "bundle" for w in windows) > 0
    assert total(judged, "old baseline") == sum(w.get("stale_by") == "age" for w in windows) > 0
    assert sum(total(judged, k) for k in judged[0] if k != "time") == len(windows)
    skewed = [f for w in told["windows"] if w["state"] == "training_skew" for f in w["features"]]
    assert [(r["feature"], r["psi"]) for r in seen["Trained on other data", 0]] == [
        (f["name"], f["psi"]) for f in skewed], skewed
    newest = max((w for w in windows if w["state"] == "evaluated"), key=lambda w: w["start_ms"])
    worst = max(f["psi"] for f in newest["features"] if f["psi"] is not None)
    assert abs(seen["PSI by feature", 0][0]["psi"] - worst) < 1e-9
    answered = [r for r in seen["Alert response times", 0] if r["acknowledged by"]]
    assert len(answered) == 1 and answered[0]["after"] > 0, answered
    assert total(seen["Storage", 1], "bytes") > 1 << 16


def ask_prometheus(port, expr):
    said = json.loads(h.get_page(port, "/api/v1/query?" + urllib.parse.urlencode({"query": expr}))[1])
    assert said["status"] == "success", said
    return said["data"]["result"]


def prometheus_on(world, page):
    """The configuration and rules of deploy/, but for where the program is and how often."""
    folder = world.tmp / "prometheus"
    shutil.copytree(DEPLOY / "prometheus", folder)
    for path in (folder / "prometheus.yml", folder / "rules/absa.rules.yml"):
        text = re.sub(r"(\w*interval): \d+s", r"\1: 1s", path.read_text())
        path.write_text(text.replace("127.0.0.1:9206", f"127.0.0.1:{page}"))
    port = h.free_port()
    h.Program(["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
               f"--web.listen-address=127.0.0.1:{port}"], world.tmp / "prometheus.log")
    return port


def metrics_have_series(world, grafana, told):
    if not shutil.which("prometheus"):
        print("     metrics_have_series: skipped: no prometheus (apt: prometheus)", flush=True)
        return
    page = h.free_port()
    program = world.start(grafana.database, f"-Xhttp.port={page}", *sink.SMALL)
    port = prometheus_on(world, page)

    def scraped():
        try:
            return ask_prometheus(port, 'absa_commits_total{stage="sink"}')
        except OSError:
            return False
    h.wait_for("a scrape", scraped)
    sink.put(world.broker, "labels", [sink.label(i) for i in range(100, 120)])  # something to commit
    h.wait_for("a commit that was scraped", lambda: ask_prometheus(
        port, 'stage:absa_commit_seconds:mean5m{stage="sink"}'))
    d = dashboards()["infrastructure"]
    for p in d["panels"]:
        exprs = [t["expr"] for t in p["targets"] if "expr" in t]
        if exprs:  # a rate is there from the second scrape of its counter on
            h.wait_for(f"a series of {p['title']}", lambda: any(ask_prometheus(port, e) for e in exprs))
    expr = next(a["expr"] for a in d["annotations"]["list"])
    # the other six are not there at all; AbsaDown says so when two minutes are over
    ask_prometheus(port, expr)
    h.wait_for("those that are not there", lambda: len(
        ask_prometheus(port, 'ALERTS{alertname="AbsaDown"}')) == 6)
    assert program.end() == 0


def logins_of_compose(world, grafana, told):
    """deploy/compose/logins.sh makes logins that can do what each is for, with no grant by hand."""
    pg, name = world.pg, "composed"
    pg.sql(f"CREATE DATABASE {name}", database="postgres")
    for role in ("absa_writer", "absa_reader", "absa_operator"):  # of the server, from before
        pg.sql(f"ALTER ROLE {role} RENAME TO was_{role}", database="postgres")
    secrets = {f"{who}_PASSWORD": "it's" for who in ("OWNER", "SINK", "GRAFANA_DB")}
    h.run(DEPLOY / "compose/logins.sh", env={**os.environ, **secrets, "POSTGRES_DB": name,
                                             "PGHOST": "127.0.0.1", "PGPORT": str(pg.port)})
    assert f"{sink.MIGRATIONS} of {sink.MIGRATIONS}" in world.sink(name, "--migrate", login="absa_owner").stdout
    program = h.Program(world.command(name, *sink.SMALL, login="absa_sink"), world.tmp / "composed.log")
    h.wait_for("records", lambda: pg.sql("SELECT 1 FROM absa.score LIMIT 1", "absa_grafana", name))
    assert program.end() == 0, program.said()
    assert "denied" in pg.sql("DELETE FROM absa.score", "absa_grafana", name, ok=(1,))


TESTS = (panels_have_rows, metrics_have_series, logins_of_compose)


def main():
    with tempfile.TemporaryDirectory(prefix="absa-dash-") as tmp, Postgres() as pg, h.Broker() as b:
        tmp = pathlib.Path(tmp)
        b.apply(sink.PREFIX, raw=1, comments=2)
        told = sink.fill(b, tmp)
        more = [sink.label(i, comment_id=s["comment_id"], arrival_ms=s["arrival_ms"], bundle_sha256=s[
            "bundle_sha256"]) for i, s in enumerate(told["scores"][:20], 50)]
        sink.put(b, "labels", more)
        told["labels"] += more
        world = sink.World(b, pg, tmp)
        name = world.database("dashboards")
        program = world.start(name, *sink.SMALL)
        h.wait_for("all records", lambda: world.done(name, sum(len(v) for v in told.values())))
        assert program.end() == 0, program.said()
        pg.sql(f"SELECT absa.acknowledge('{told['alerts'][0]['alert_id']}', 'seen')", database=name)
        return h.run_tests(TESTS, world, Grafana(pg, name), told)


if __name__ == "__main__":
    sys.exit(main())
