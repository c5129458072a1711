# SPDX-License-Identifier: MIT
"""A load made from a seed: what scrapers would have written, partition by partition.

    PART ARRIVAL VALUE        one raw record; PART end: the partition ends

Everything that a stage has to get right is in it: comments of many videos spread over raw
partitions that run ahead of each other, records out of order and too late, comments seen
again within the horizon and beyond it, pages, comments that cannot be used, a partition
that nobody writes to, hours of silence, and hours in which texts change by a little and by
a lot. Ids of a video never cross partitions, so the identity of raw (I1) holds."""
import json
import random

WINDOW_MS = 600_000  # a window of the harness, 10 panes
SKEW_MS = 10_000
HORIZON_MS = 2_400_000
START_MS = 1_753_275_600_000
RAW_PARTITIONS = 6  # the last is idle
BUSY = RAW_PARTITIONS - 1
VIDEOS = 300

WORDS = "wave stone river light cloud amber grain north spoon quiet maple hinge".split()
CORPUS = " ".join(WORDS * 40)
CYCLE = 12  # windows after which the weather begins anew
SILENT = (6,)
STORMS = {3: 34, 4: 34, 9: 9}  # window of the cycle -> letters more
BAD = 0.01
PAGES = 0.02
AGAIN = 0.08
LATE = 0.01
UNORDERED = 0.05


def text_of(rng, more):
    start = rng.randrange(2000)
    text = CORPUS[start:start + 8 + rng.randrange(40) + more].strip() or "stone"
    dice = rng.random()
    if dice < 0.25:
        text = text.upper() if dice < 0.05 else text.capitalize()
    if dice > 0.6:
        text += " " + str(rng.randrange(10 ** rng.randrange(1, 6)))
    return text + "!" * (rng.randrange(4) if dice < 0.4 else 0) + "?" * (dice > 0.85)


KILLER = "killer"  # the id of the comment that a build with a trap dies on


class Load:
    """Iterates over the lines. records counts raw records without the ends; killer: near
    the end is the comment of that id (what follows in its partition is read record by record)."""

    def __init__(self, seed, records, per_window=1000, killer=False):
        self.rng, self.records, self.killer = random.Random(seed), records, killer
        self.step = WINDOW_MS / per_window
        self.seen = [[] for _ in range(BUSY)]  # a sample of (arrival, id, video) to see again

    def comment(self, part, arrival, more, number):
        rng = self.rng
        old = self.seen[part]
        if old and rng.random() < AGAIN:
            _, cid, video = old[rng.randrange(len(old))]
        else:
            cid = f"c{number}"
            video = f"v{rng.randrange(VIDEOS // BUSY) * BUSY + part}" if rng.random() < 0.98 else ""
        if rng.random() < 0.3:
            if len(old) < 400:
                old.append((arrival, cid, video))
            else:
                old[rng.randrange(400)] = (arrival, cid, video)
        return {"cid": cid, "aweme_id": video, "text": text_of(rng, more),
                "create_time": arrival // 1000 - rng.randrange(10 ** 6),
                "digg_count": rng.randrange(1000), "comment_language": rng.choice(("en", "de")),
                "reply_id": "0" if rng.random() < 0.7 else f"c{rng.randrange(10 ** 6)}"}

    def bad(self, comment, arrival):
        """Bytes that cannot be used, each of another kind."""
        kind = self.rng.randrange(5)
        if kind == 0:
            return json.dumps(comment)[:-3]
        if kind == 1:
            comment["create_time"] = arrival // 1000 + 3600
        elif kind == 2:
            comment["digg_count"] = "1.2K"
        elif kind == 3:
            comment = {"note": "no comment at all"}
        else:
            return json.dumps(comment)[:-1] + ', "cid": "twice"}'
        return json.dumps(comment)

    def value(self, part, arrival, more, number):
        comment = self.comment(part, arrival, more, number)
        dice = self.rng.random()
        if dice < BAD:
            return self.bad(comment, arrival)
        if dice > BAD + PAGES:
            return json.dumps(comment, separators=(",", ":"))
        page = [comment] + [self.comment(part, arrival, more, f"{number}-{i}") for i in (1, 2)]
        if dice < BAD + PAGES / 4:
            page[1]["digg_count"] = -5
        return json.dumps({"comments": page, "has_more": 0})

    def arrival(self, part, number):
        """Later from record to record, but for a few; partitions are up to a minute apart."""
        rng = self.rng
        at = START_MS + int(number * self.step) + part * 13_000
        dice = rng.random()
        if dice < LATE:
            return at - rng.randrange(SKEW_MS, 400_000)
        if dice < LATE + UNORDERED:
            return at - rng.randrange(SKEW_MS - 1000)
        return at

    def silence(self, number):
        window = int(number * self.step) // WINDOW_MS
        return window % CYCLE in SILENT

    def __iter__(self):
        yield f"{BUSY} end"
        number = made = 0
        while made < self.records:
            number += 1
            if self.silence(number):
                continue
            part = self.rng.randrange(BUSY)
            arrival = self.arrival(part, number)
            window = int(number * self.step) // WINDOW_MS
            more = STORMS.get(window % CYCLE, 0)
            yield f"{part} {arrival} {self.value(part, arrival, more, number)}"
            made += 1
            if self.killer and made == self.records * 9 // 10:
                comment = self.comment(part, arrival, more, number)
                yield f"{part} {arrival} {json.dumps(comment | {'cid': KILLER})}"
        for part in range(BUSY):
            yield f"{part} end"

    def write(self, path):
        with open(path, "w") as f:
            for line in self:
                f.write(line + "\n")
