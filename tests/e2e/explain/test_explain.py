# SPDX-License-Identifier: MIT
"""absa explain --alert on a real Kafka: the examples of an alert, out of absa.raw, and what cannot be had."""
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402

MODEL = h.TOP / "models/default"
TURN = h.TOP / "tests/golden/report/turn/alerts.jsonl"
OURS = "-Xtopic.prefix=x."
ID = "00112233445566778899aabbccddeeff"
TEXTS = ["I love this phone", "the screen broke, terrible", "ok I guess\x1b[31m", "wonderful camera"]


def raw(texts):
    """Three records as scrapers post them: the second is a page of two comments."""
    one = [{"comment_text": t, "timestamp": "2025-01-15T14:30:00Z", "video_id": "7123456789"} for t in texts]
    page = {"comments": [{"cid": str(7400000000000000000 + i), "text": t, "create_time": 1736951400,
                          "aweme_id": "7123456789", "user": {"uid": "1"}} for i, t in enumerate(texts[1:3])]}
    return [json.dumps(x) for x in (one[0], page, one[3])]


def alert(examples, number=ID, bundle=None):
    a = json.loads(TURN.read_text().splitlines()[0])
    bundle = bundle or hashlib.sha256((MODEL / "manifest.json").read_bytes()).hexdigest()
    a.update(alert_id=number, bundle="sha256:" + bundle, examples=[
        {"src": 0, "src_offset": o, "src_index": i, "comment_id": c, "bin": 1} for o, i, c in examples])
    return a


def explain(b, *args, code=0):
    got = subprocess.run([h.BIN / "absa-explain", "--bundle", MODEL, "-b", b.address, OURS, *args],
                         capture_output=True, text=True)
    assert got.returncode == code, (args, got.returncode, got.stdout, got.stderr)
    return got.stdout if code == 0 else got.stderr


def put_alerts(b, *alerts):
    subprocess.run([h.BUILD / "tests/put", "-q", "-b", b.address, OURS, "alerts"], check=True, text=True,
                   input="".join(json.dumps(a) + "\n" for a in alerts), stderr=subprocess.DEVNULL)


def scores(text):
    """The lines about scores of absa explain TEXT."""
    got = h.run(h.BIN / "absa-explain", "--bundle", MODEL, "--top", "2", text).stdout
    return [x for x in got.splitlines() if not x.startswith("aspect ")]


def main():
    with h.Broker() as b, tempfile.TemporaryDirectory() as tmp:
        b.apply("x.")
        lines = raw(TEXTS)
        b.put("x.raw", 0, lines)
        read = h.run(h.BIN / "absa-ingest", "--pipe", input="\n".join(lines)).stdout.splitlines()
        ids = [x["comment_id"] for x in map(json.loads, read) if "comment_id" in x]
        assert len(ids) == 4, read
        examples = list(zip([0, 1, 1, 2], [0, 0, 1, 0], ids))
        put_alerts(b, alert(examples[:1]), alert(examples), alert([]), alert(examples, "f0" * 16, "ab" * 32))

        # All four, by the last record of the episode that has examples; nobody's words.
        told = explain(b, "--alert", ID, "--top", "2")
        assert told.startswith(f"alert {ID}: mentions moved") and "another model" not in told, told
        parts = told.split("\ncomment ")[1:]
        assert [p.split(" ")[0] for p in parts] == ids
        for part, text in zip(parts, TEXTS):
            assert ": mentions = 0\n" in part, part
            shown = [x for x in part.splitlines()[1:] if x and not x.startswith("aspect ")]
            assert shown == scores(text), (shown, scores(text))
        assert "aspect " in told and not any(w in told for w in ("phone", "screen", "love", "guess"))

        # Asked for, they are shown, and do nothing to the terminal; an id may be cut.
        told = explain(b, "--alert", ID[:8], "--text")
        assert '"I love this phone"' in told and '"ok I guess\\u001b[31m"' in told and "\x1b" not in told, told

        # From a file; a model that is not the alert's; what is nowhere.
        file = pathlib.Path(tmp) / "alerts.jsonl"
        file.write_text(json.dumps(alert([(0, 1, ids[0]), (2, 0, "another"), *examples[3:]])) + "\n")
        told = explain(b, "--alert", ID, "--file", file)
        assert told.count("holds no such comment") == 2 and "sentiment_score" in told, told
        assert "of bundle abababababab, this is " in explain(b, "--alert", "f0" * 16)
        assert "no alert 123456789" in explain(b, "--alert", "123456789", code=65)
        assert "first 6 characters" in explain(b, "--alert", "0011", code=64)
        put_alerts(b, alert([], ID[:-1] + "0"))
        assert "several alerts begin with 00112233" in explain(b, "--alert", ID[:8], code=65)
        file.write_text("{}\n")
        assert "line 1" in explain(b, "--alert", ID, "--file", file, code=65)
        explain(b, "--alert", ID, "a text too", code=64)

        # Retention took the first record, then all of them.
        b.delete_before("x.raw", 0, 1)
        told = explain(b, "--alert", ID)
        assert told.count("no longer there") == 1 and told.count("sentiment_score ") == 3, told
        b.delete_before("x.raw", 0, 3)
        assert "none of its examples could be had" in explain(b, "--alert", ID, code=65)


main()
