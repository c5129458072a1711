#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A stream of real text with a real turn: tweets, then newspaper editorials.

    stream.py HUTTO_DIR OUT_DIR

HUTTO_DIR is what tools/fetch-data prints (from the vaderSentiment 3.3.2 sdist).
Texts are ordered by the SHA-256 of the text. Written are, in the shape of the
TikTok web API (one object a line, 40 videos by hash, invented ids that carry
their time):

    baseline.jsonl   1,200 tweets
    stream.jsonl     12 windows (hours) of 250 tweets, then 4 of 250 editorials
    turn.txt         start of the first window of editorials, in ms
"""
import hashlib
import json
import pathlib
import sys

START_S = 1_753_228_800  # 2025-07-23T00:00:00Z, on a window's edge
HOUR_S = 3600
BASELINE, WINDOW, BEFORE, AFTER = 1200, 250, 12, 4
VIDEOS = 40


def texts(path):
    rows = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    kept = {row.split("\t", 2)[2].strip() for row in rows if row.count("\t") >= 2}
    return sorted(kept, key=lambda t: hashlib.sha256(t.encode()).digest())


def comment(number, second, text):
    digest = hashlib.sha256(text.encode()).digest()[8:]  # its head is the order of the stream
    video = 7_500_000_000_000_000_000 + digest[0] % VIDEOS
    return {
        "cid": str((second << 32) | number),
        "aweme_id": str(video),
        "text": text,
        "create_time": second,
        "digg_count": digest[1] % 50,
        "reply_comment_total": digest[2] % 3,
        "reply_id": "0",
        "comment_language": "en",
        "user": {"uid": str(int.from_bytes(digest[3:7], "big"))},
    }


def write(path, rows):
    with path.open("w", encoding="utf-8") as f:
        for row in rows:
            f.write(json.dumps(row, ensure_ascii=False) + "\n")


def spread(rows, start_s, first_number):
    """250 an hour, evenly, never on the edge of the next hour."""
    for i, text in enumerate(rows):
        hour, within = divmod(i, WINDOW)
        yield comment(first_number + i, start_s + hour * HOUR_S + within * HOUR_S // WINDOW, text)


def main():
    source, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    tweets = texts(source / "tweets_GroundTruth.txt")
    editorials = texts(source / "nytEditorialSnippets_GroundTruth.txt")
    before = tweets[BASELINE:][: BEFORE * WINDOW]
    before = before[: len(before) // WINDOW * WINDOW]
    turn_s = START_S + len(before) // WINDOW * HOUR_S
    write(out / "baseline.jsonl", spread(tweets[:BASELINE], START_S - 10 * HOUR_S, 0))
    stream = list(spread(before, START_S, BASELINE))
    stream += spread(editorials[: AFTER * WINDOW], turn_s, 10_000)
    write(out / "stream.jsonl", stream)
    (out / "turn.txt").write_text(f"{turn_s * 1000}\n")


if __name__ == "__main__":
    main()
