# SPDX-License-Identifier: MIT
"""Records/s and peak memory of each consumer on Apache Kafka; part of tests/bench/run.

One process a stage, one stage after the other on a backlog, a broker on the same
machine: what is measured is the stage with its transactions, and the broker's
share of the cores. From the partitions' assignment to a lag of 0."""
import pathlib
import re
import sys
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness as h  # noqa: E402

def metrics(port):
    try:
        return h.get_page(port, "/metrics")[1]
    except OSError:
        return ""


def value(text, name):
    found = re.findall(rf"^{name}(?:{{[^}}]*}})? ([0-9.e+-]+)$", text, re.M)
    return [float(v) for v in found]


def measure(d, stage, port):
    """Seconds from assignment to a lag of 0, and peak resident MiB."""
    d.options[stage] = d.options.get(stage, []) + [f"http.port={port}"]
    d.start(stage, 0)
    began = None
    while True:
        text = metrics(port)
        d.restart_dead()
        if began is None and sum(value(text, "absa_assigned_partitions")) > 0:
            began = time.monotonic()
        lags = value(text, "absa_consumer_lag")
        if began and lags and sum(lags) == 0 and sum(value(text, "absa_commits_total")) > 1:
            break
        time.sleep(0.05)
    seconds = time.monotonic() - began
    status = pathlib.Path(f"/proc/{d.running[f'{stage}-0'].process.pid}/status").read_text()
    d.stop()
    return seconds, int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def bench(raw, n):
    """raw: a file of n comments."""
    with h.Broker() as broker:
        key = h.key_file(raw.parent)
        d = h.Deployment(broker, "bench.", {"ingest": [f"ingest.user_key_file={key}"]})
        t0 = time.monotonic()
        h.run(h.BIN / "absa-import", raw, "-b", broker.address, "--arrival",
              "created", *d.topics)
        print(f"{'import':8} {n / (time.monotonic() - t0):10.0f} records/s", flush=True)
        for stage in ("ingest", "score", "pane", "judge"):
            seconds, mib = measure(d, stage, h.free_port())
            print(f"{stage:8} {n / seconds:10.0f} records/s   peak {mib:6.1f} MiB", flush=True)
