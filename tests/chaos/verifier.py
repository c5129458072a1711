# SPDX-License-Identifier: MIT
"""Reads along, committed records only, while things break.

It holds what it saw against three promises, in Jepsen's words: nothing that was read is taken
back or changed afterwards (no dirty or intermediate read), nothing comes twice (no
duplicate), and nothing is left out in between (no lost write)."""
import hashlib
import json
import subprocess
import threading

import harness as h


class Tail(threading.Thread):
    """One topic, followed; calls take(part, offset, text) for each record."""

    def __init__(self, pipeline, topic, take):
        super().__init__(daemon=True)
        args = [h.BIN / "absa-tail", "-b", pipeline.broker.address, *pipeline.topics, "-t", topic,
                "-o", "beginning", "-f", "%p %o %s\\n"]
        self.topic, self.take, self.ending = topic, take, False
        self.process = subprocess.Popen([str(a) for a in args], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.wrong = []
        self.start()

    def run(self):
        for line in self.process.stdout:
            if not line.endswith("\n"):
                break  # it was killed
            part, offset, text = line.rstrip("\n").split(" ", 2)
            self.take(int(part), int(offset), text)
        if not self.ending:
            self.wrong.append(f"absa tail -t {self.topic} ended: {self.process.stderr.read()[-300:]}")

    def stop(self):
        self.ending = True
        self.process.terminate()
        self.process.wait(timeout=30)
        self.join(timeout=30)


class Verifier:
    """Follows windows, alerts, panes and (records) scores of a pipeline."""

    def __init__(self, pipeline, records=True):
        self.pipeline = pipeline
        self.seen = {"windows": [], "alerts": []}  # (offset, text)
        self.panes = {}  # offset -> hash
        self.next = {}  # scores partition -> where the next batch of panes has to begin
        self.at = {}  # (scores partition, raw partition) -> (offset, index) of the last score
        self.scores = 0
        self.wrong = []
        self.tails = [Tail(pipeline, t, self.keep(t)) for t in self.seen]
        self.tails.append(Tail(pipeline, "panes", self.pane))
        if records:
            self.tails.append(Tail(pipeline, "scores", self.score))

    def say(self, what):
        if len(self.wrong) < 10:
            self.wrong.append("read along: " + what)

    def keep(self, topic):
        rows = self.seen[topic]

        def take(_, offset, text):
            if rows and offset <= rows[-1][0]:
                self.say(f"{topic} goes back from {rows[-1][0]} to {offset}")
            rows.append((offset, text))
        return take

    def pane(self, _, offset, text):
        """The batches of a scores partition join without gap or overlap."""
        self.panes[offset] = hashlib.sha1(text.encode()).digest()
        pane = json.loads(text)
        begin = self.next.get(pane["part"], pane["from_offset"])
        if pane["from_offset"] != begin:
            self.say(f"panes of partition {pane['part']} stand at {begin} and go on at "
                     f"{pane['from_offset']}")
        self.next[pane["part"]] = pane["to_offset"]

    def score(self, part, offset, text):
        """Each comment once, and those of a source in its order."""
        record = json.loads(text)
        if record.get("absa_kind") == "mark":
            return
        key, at = (part, record["src"]), (record["src_offset"], record["src_index"])
        if at <= self.at.get(key, (-1, -1)):
            self.say(f"score {at} of source {record['src']} in {part}/{offset} came twice or late")
        self.at[key] = at
        self.scores += 1

    def count(self, topic):
        return len(self.seen[topic])

    def kill(self):
        for tail in self.tails:
            tail.ending = True
            tail.process.kill()
            tail.process.wait()

    def finish(self):
        """Stops, reads everything once more and says what was wrong."""
        for tail in self.tails:
            tail.stop()
            self.wrong += tail.wrong
        for topic, rows in self.seen.items():
            final = self.pipeline.rows(topic)
            if [(o, t) for o, t in rows] != final[:len(rows)]:
                self.say(f"what was seen of {topic} is not what it holds now")
        panes = {o: hashlib.sha1(t.encode()).digest() for o, t in self.pipeline.rows("panes")}
        gone = [o for o, digest in self.panes.items() if panes.get(o) != digest]
        if gone:
            self.say(f"panes {gone[:3]} were taken back or changed")
        return self.wrong
