#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Records/s and peak memory of each consumer on Apache Kafka.

    tests/bench/kafka.py [COMMENTS]        (default 100000)

One process a stage, one stage after the other on a backlog, a broker on the same
machine: what is measured is the stage with its transactions, and the broker's
share of the two cores. From the partitions' assignment to a lag of 0."""
import hashlib
import json
import pathlib
import re
import sys
import tempfile
import time
import urllib.request

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness as h  # noqa: E402

START_S = 1_753_228_800
WORDS = "so this product is amazing but the shipping was slow and i love it 😂 not great tbh".split()


def load(path, n):
    """n comments of 200 videos over 12 hours, texts of 2 to 20 words."""
    with path.open("w", encoding="utf-8") as f:
        for i in range(n):
            d = hashlib.sha256(str(i).encode()).digest()
            text = " ".join(WORDS[b % len(WORDS)] for b in d[: 2 + d[31] % 19])
            second = START_S + i * 43200 // n
            f.write(json.dumps({
                "cid": str((second << 32) | (i & 0xFFFFFFFF)), "text": text,
                "aweme_id": str(7_500_000_000_000_000_000 + d[20] % 200), "create_time": second,
                "digg_count": d[21], "reply_id": "0", "comment_language": "en",
                "user": {"uid": str(i % 5000)}}, ensure_ascii=False) + "\n")


def metrics(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=2) as r:
            return r.read().decode()
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
        lags = value(text, "absa_consumer_lag_records") or value(text, "absa_consumer_lag")
        if began and lags and sum(lags) == 0 and sum(value(text, "absa_commits_total")) > 1:
            break
        time.sleep(0.05)
    seconds = time.monotonic() - began
    status = pathlib.Path(f"/proc/{d.running[f'{stage}-0'].process.pid}/status").read_text()
    d.stop()
    return seconds, int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    work = pathlib.Path(tempfile.mkdtemp())
    load(work / "load.jsonl", n)
    with h.Broker() as broker:
        d = h.Deployment(broker, "bench.", {"ingest": [f"ingest.user_key_file={h.key_file(work)}"]})
        t0 = time.monotonic()
        h.run(h.BIN / "absa-import", work / "load.jsonl", "-b", broker.address, "--arrival",
              "created", *d.topics)
        print(f"{'import':8} {n / (time.monotonic() - t0):10.0f} records/s", flush=True)
        for port, stage in enumerate(("ingest", "score", "pane", "judge"), 18700):
            seconds, mib = measure(d, stage, port)
            print(f"{stage:8} {n / seconds:10.0f} records/s   peak {mib:6.1f} MiB", flush=True)


if __name__ == "__main__":
    main()
