#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""absa console on what absa sink has written, when the log holds nothing any more: the same
windows, alerts at their addresses, and stretches of the past on demand."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402
import scene  # noqa: E402
from postgres import Postgres  # noqa: E402


def broker():
    process = subprocess.Popen([h.BIN / "absa-broker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               text=True)
    h.Program.all.append(process)
    return process.stdout.readline().strip()


def fill(pg, tmp, told):
    address = broker()
    for topic, lines in told.items():
        scene.put(address, topic, lines)
    sink = [h.BIN / "absa-sink", f"-Xkafka.bootstrap.servers={address}"]
    h.run(*sink, "--migrate", f"-Xsink.database={pg.conninfo('owner')}")
    pg.allow()
    program = h.Program([*sink, f"-Xsink.database={pg.conninfo('sink')}", "-Xcommit.interval.ms=20"],
                        tmp / "sink.log")
    want = sum(len(lines) for lines in told.values())
    h.wait_for("the tables", lambda: pg.sql("SELECT coalesce(sum(records), 0) FROM absa.flow",
                                            database="absa")[0][0] == str(want))
    assert program.end() == 0, program.said()


def ask(url, path):
    """What is there once it has been read."""
    got = []

    def there():
        with urllib.request.urlopen(url + path, timeout=60) as r:
            got[:] = [r.status, json.loads(r.read())]
        return got[0] == 200

    h.wait_for(path, there)
    return got[1]


def the_past(pg, tmp):
    told = scene.told(tmp)
    fill(pg, tmp, told)
    args = [h.BIN / "absa-console", f"-Xkafka.bootstrap.servers={broker()}", "-Xhttp.port=0",
            f"-Xconsole.database={pg.conninfo('grafana')}", "-Xconsole.keep.ms=6h"]
    program = h.Program(args, tmp / "console.log")
    h.wait_for("the page", lambda: re.search(r"http://\S+/\n", program.said()))
    url = re.search(r"(http://\S+)/\n", program.said())[1]
    windows = [json.loads(w) for w in told["windows"]]
    windows = sorted((w for w in windows if w["segment"] == "all"), key=lambda w: w["end_ms"])
    newest = windows[-1]["end_ms"]

    def ends(state):
        return state["times"]["end_ms"]

    def want(until):
        return [w["end_ms"] for w in windows if until - 6 * 3600000 < w["end_ms"] <= until]

    live = ask(url, "/api/state")
    assert live["database"] and ends(live) == want(newest), live
    # a window is the record that it was, but for the order of its features
    for w in windows[-3:]:
        got = ask(url, f"/api/window?segment=all&at={w['end_ms']}")
        for x in (got, w):
            x["features"] = sorted(x["features"], key=lambda f: f["name"])
        assert got == w, (got, w)
    earlier = newest - 6 * 3600000
    past = ask(url, f"/api/state?until={earlier}")
    assert ends(past) == want(earlier) and "flow" not in past
    for line in told["alerts"]:
        alert = json.loads(line)
        records = ask(url, "/api/alerts/" + alert["alert_id"])["records"]
        assert alert in [r["record"] for r in records]
    try:
        ask(url, "/api/alerts/" + "0" * 32)
        raise AssertionError("an alert that there never was")
    except urllib.error.HTTPError as e:
        assert e.code == 404
    # without the database it goes on, says why, and comes back with it
    pg.stop()
    try:
        ask(url, f"/api/state?until={earlier - 1}")
        raise AssertionError("read from a database that is away")
    except urllib.error.HTTPError as e:
        assert e.code == 503 and "why" in json.loads(e.read())
    assert ends(ask(url, "/api/state")) == want(newest)
    pg.start()
    assert ask(url, f"/api/state?until={earlier - 1}")["database"]
    assert program.end() == 0, program.said()


def main():
    with Postgres() as pg, tempfile.TemporaryDirectory() as tmp:
        return h.run_tests([the_past], pg, pathlib.Path(tmp))


if __name__ == "__main__":
    sys.exit(main())
