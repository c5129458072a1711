# SPDX-License-Identifier: MIT
"""What a run needs before it begins: the load as a file, bundle, baseline, key, and what the
reference says of it, worked out in a process of its own while the pipeline runs."""
import concurrent.futures
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import golden  # noqa: E402
import harness as h  # noqa: E402
import load  # noqa: E402
import model  # noqa: E402


def reference(path, baseline):
    g = golden.Golden(baseline)
    with open(path) as lines:
        g.feed(lines)
    windows, alerts = g.records()
    return {"windows": windows, "alerts": alerts, "dead": g.dead, "comments": g.comments,
            "updates": g.updates, "killers": g.killers}


class World:
    """per_window: raw records in ten minutes of event time."""

    def __init__(self, folder, seed, records, per_window, killer=False):
        self.dir = pathlib.Path(folder)
        self.dir.mkdir(exist_ok=True)
        self.seed, self.records = seed, records
        self.bundle = self.dir / "bundle"
        self.bundle.mkdir(exist_ok=True)
        self.baseline_file = self.dir / "baseline.json"
        self.baseline = model.write_baseline(self.baseline_file, model.write_bundle(self.bundle))
        self.key = h.key_file(self.dir)
        self.load = self.dir / "load"
        load.Load(seed, records, per_window, killer).write(self.load)
        self.pool = concurrent.futures.ProcessPoolExecutor(1)
        self.coming = self.pool.submit(reference, self.load, self.baseline)

    def reference(self):
        """Waits for it."""
        return self.coming.result()

    def ordered(self, order):
        """The load as another run of the scrapers would have sent it: each partition in its
        order, but (1) partition after partition, or (2) the last partitions first, in blocks."""
        if order == 0:
            return self.load
        path = self.dir / f"load-{order}"
        lines = self.load.read_text().splitlines(True)
        parts = [[line for line in lines if line.startswith(f"{p} ")]
                 for p in range(load.RAW_PARTITIONS)]
        if order == 2:
            parts = [part[at:at + 97] for at in range(0, len(lines), 97) for part in reversed(parts)]
        path.write_text("".join(line for part in parts for line in part))
        return path

    def close(self):
        self.pool.shutdown(wait=True, cancel_futures=True)

    def options(self, commit_ms):
        """What each stage is told."""
        pace = [f"commit.interval.ms={commit_ms}"]
        drift = pace + [f"drift.baseline={self.baseline_file}", *golden.OPTIONS]
        return {"ingest": pace + [f"ingest.user_key_file={self.key}"],
                "score": pace + [f"score.bundle={self.bundle}",
                                 f"dedupe.horizon.ms={load.HORIZON_MS}"],
                "pane": drift, "judge": list(drift)}
