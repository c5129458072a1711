#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs every `$` line of README.md and every example of each --help, in a scratch folder with
stand-in files.

    examples.py quick    those that need no service
    examples.py kafka    those that do, against Apache Kafka on a free port

Each must end with 0 (absa compare: 0 or 1); a consumer must still run after two seconds, and end
with 0 on SIGTERM. An example that neither mode can run stands in ELSEWHERE with who does."""
import csv
import datetime
import hashlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from broker import BIN, TOP, Broker  # noqa: E402

CONSUMERS = ("ingest", "score", "drift", "errors", "up", "notify")
FOLLOWS = re.compile(r"^absa (tail(?!.* (-e|-c))|up)\b")
ELSEWHERE = {
    r"^tools/": "CI",
    r"^absa train ": "e2e/train",
    r"^absa drift accept-gap": "e2e/ops: it wants a judge that has stopped",
    r"^absa canary": "e2e/ops: it wants a pipeline that runs",
    r"^absa dead show": "e2e/ops: an offset is there or not",
    r"^absa explain --alert": "e2e/explain: an alert is there or not",
    r"^absa baseline .*errors": "e2e/errors: it wants weeks of labels",
    r"^absa sink ": "e2e/sink: it wants a database",
    r"^absa console ": "e2e/console: it serves until it is ended",
    r"^sleep 600 ": "e2e of the embedded broker",
    r"^absa tail .*(--since|-t dead)": "e2e/tail",
    r"^absa .*models:/|^export MLFLOW": "e2e/registry, e2e/mlflow: they want a registry",
    r"^absa shadow( -b|$)": "e2e/registry",
    r"^(absa serve|curl) ": "e2e/serve",
    r"^absa (up|notify|broker)\b": "tests of their own: they listen, or want your mail server",
}
NEEDS_KAFKA = re.compile(r"localhost:9092|^absa (topics|doctor -b|import(?! -n))\b|"
                         r"^absa (ingest|score|drift|errors)(?!.*(--pipe))|ABSA_KAFKA")


def shell_lines(text):
    """The $ lines of a document, each with the lines that it goes on in."""
    out = []
    for block in re.findall(r"```\n(.*?)```", text, re.S):
        lines = block.splitlines()
        for i, line in enumerate(lines):
            if not line.startswith("$ "):
                continue
            command = re.sub(r"\s+# .*", "", line[2:])
            while command.count("'") % 2 or command.rstrip().endswith(("|", "\\")):
                i += 1
                command += "\n" + lines[i].strip()
            out.append(command)
    return out


def help_lines():
    out = []
    for program in sorted(pathlib.Path(BIN).glob("absa-*")):
        said = subprocess.run([program, "--help"], capture_output=True, text=True).stdout
        examples = re.search(r"^Examples\n(.*?)(\n\n|\Z)", said, re.S | re.M)
        if examples:
            out += [line.strip() for line in examples[1].splitlines() if line.strip()]
    return out


def comment(i):
    words = ["good", "bad", "battery", "shipping", "screen", "love", "it", "slow", "price", "never"]
    text = " ".join(words[(i * k + k * k) % 10] for k in range(1, 4 + i % 7))
    return {"cid": str(7522631316479790000 + i), "aweme_id": str(7500000000000000000 + i % 20),
            "text": text, "create_time": 1749513600 + i * 3600, "digg_count": i % 50,
            "reply_comment_total": 0, "reply_id": "0", "comment_language": "en",
            "user": {"uid": str(i)}}


def stand_ins(folder):
    rows = [comment(i) for i in range(900)]
    for name in ("comments.jsonl", "page.json"):
        (folder / name).write_text("".join(json.dumps(r) + "\n" for r in rows))
    for name in ("comments.csv", "TTCommentExporter-1.csv"):
        with open(folder / name, "w", newline="") as f:
            out = csv.writer(f)
            out.writerow(["comment_text", "timestamp", "video_id", "engagement_count"])
            for r in rows:
                at = datetime.datetime.fromtimestamp(r["create_time"], datetime.timezone.utc)
                out.writerow([r["text"], at.strftime("%Y-%m-%dT%H:%M:%SZ"), r["aweme_id"],
                              r["digg_count"]])
    (folder / "judged.csv").write_text("comment_id,sentiment,annotator,predicted_sentiment,arrival_ms,"
                                       "bundle_sha256\nc1,0.5,anna,0.25,1751548587000,b\n")
    bundle = hashlib.sha256((TOP / "models/default/manifest.json").read_bytes()).hexdigest()
    (folder / "good.csv").write_text("comment_id,video_id,sentiment,annotator,predicted_sentiment,labelled_ms,"
                                     "arrival_ms,bundle_sha256\n" + "".join(
        f"c{i},v{i % 50},{i % 7 / 10},anna,0.25,{1751548587000 + i * 60000},1751548587000,{bundle}\n"
        for i in range(400)))
    (folder / "judged.jsonl").write_text(json.dumps({
        "comment_id": "c1", "sentiment": 0.5, "annotator": "anna", "predicted_sentiment": 0.25,
        "arrival_ms": 1751548587000, "bundle_sha256": "b"}))
    table = "score,length,lang\n" + "".join(f"{i % 7},{i % 30},{'en' if i % 3 else 'de'}\n"
                                            for i in range(300))
    for name in ("last_month.csv", "today.csv", "train.csv", "a.csv", "b.csv", "march.csv",
                 "april.csv"):
        (folder / name).write_text(table)
    (folder / "live.jsonl").write_text("".join(json.dumps({"score": i % 7, "length": i % 30}) + "\n"
                                               for i in range(300)))
    (folder / "user.key").write_text("5a" * 32)
    (folder / "user.key").chmod(0o600)
    (folder / "models").symlink_to(pathlib.Path(TOP) / "models")
    (folder / "absa.conf").write_text("[ingest]\ningest.user_key_file = user.key\n")
    (folder / "ingest.conf").write_text("")
    (folder / "alerts.jsonl").write_text("")
    (folder / "b.json").write_bytes((pathlib.Path(TOP) / "models/default/baseline.json").read_bytes())
    scored = subprocess.run(f"{BIN}/absa-ingest --pipe < comments.jsonl | {BIN}/absa-score --pipe",
                            shell=True, cwd=folder, capture_output=True)
    (folder / "scores.jsonl").write_bytes(scored.stdout)


def run_a_while(command, folder, env, consumer):
    """For some seconds, and at least until a consumer has its partitions; then to its end."""
    log = folder / "said"
    with open(log, "w") as to:
        process = subprocess.Popen(["bash", "-c", "exec " + command.rstrip(" &")], cwd=folder, env=env,
                                   stdin=subprocess.DEVNULL, stdout=to, stderr=to)
    enough, most = time.monotonic() + 4, time.monotonic() + 60
    while time.monotonic() < enough or (consumer and "partitions assigned" not in log.read_text(errors="replace")
                                        and time.monotonic() < most):
        if process.poll() is not None:
            return process.returncode or 1, "ended by itself: " + log.read_text(errors="replace")
        time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    return process.wait(timeout=60), log.read_text(errors="replace")


def run(command, folder, env, background):
    """The exit code and what it said."""
    if background or FOLLOWS.search(command):
        return run_a_while(command, folder, env, background)
    done = subprocess.run(["bash", "-c", "set -o pipefail; " + command], cwd=folder, env=env,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stderr


def fine(command, code):
    return code == 0 or (code == 1 and re.match(r"absa (compare|doctor)\b", command))


def all_of(commands, address):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="absa-examples-"))
    stand_ins(folder)
    env = dict(os.environ, PATH=f"{BIN}:{os.environ['PATH']}")
    wrong = 0
    for command in commands:
        command = re.sub(r"\s+# .*", "", command)
        if address:
            command = command.replace("localhost:9092", address)
            env["ABSA_KAFKA_BOOTSTRAP_SERVERS"] = address
            # an import ends its topic: the second one goes elsewhere
            env["ABSA_TOPIC_PREFIX"] = "two." if "TTCommentExporter" in command else "absa."
        consumer = (re.match(rf"absa ({'|'.join(CONSUMERS)})\b", command)
                    and "--pipe" not in command and " rewind " not in command)
        code, said = run(command, folder, env, bool(consumer))
        ok = fine(command, code)
        wrong += not ok
        print("ok  " if ok else "FAIL", command.replace("\n", " "), flush=True)
        if not ok:
            print(f"     exit {code}: {said.strip()[-1000:]}")
    return wrong


def main():
    readme = (pathlib.Path(TOP) / "README.md").read_text()
    commands, seen = [], set()
    for command in shell_lines(readme) + help_lines():
        who = next((w for p, w in ELSEWHERE.items() if re.search(p, command)), None)
        if who:
            print(f"--   {command.splitlines()[0]}: {who}")
        elif command not in seen:
            seen.add(command)
            commands.append(command)
    kafka = [c for c in commands if NEEDS_KAFKA.search(c)]
    if sys.argv[1] == "quick":
        return all_of([c for c in commands if c not in kafka], None)
    # Topics first, then records, then scores of them.
    first = ["absa topics apply", "absa import", "absa ingest -X", "absa score &"]
    kafka.sort(key=lambda c: next((i for i, p in enumerate(first) if c.startswith(p)), len(first)))
    kafka = [c for c in kafka if not ("--replication 3" in c or "absa replay" in c)]
    with Broker() as b:
        b.apply("two.", 1, 4)
        return all_of(kafka, b.address)


sys.exit(1 if main() else 0)
