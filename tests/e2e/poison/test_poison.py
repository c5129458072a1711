# SPDX-License-Identifier: MIT
"""Hostile records between good ones on a real Kafka, and wrong configuration.

All four stages run throughout. Each bad record ends in absa.dead with its reason and its
bytes, the windows are those of the good records alone, no process ends, and the pages of
each say what it did."""
import base64
import collections
import json
import pathlib
import re
import struct
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402

START_S = 1_753_228_800
RAW, COMMENTS = 2, 3
ONE = ["window.min_samples=1", "window.min_videos=1", "window.ms=60s", "pane.ms=10s",
       "drift.policy=fixed"]


def comment(i, **changed):
    """A comment of the TikTok web API, one a second."""
    second = START_S + i
    return dict({"cid": str(second << 32), "aweme_id": str(7_500_000_000_000_000_000 + i % 7),
                 "text": f"so good, said {i}", "create_time": second, "digg_count": i % 5,
                 "reply_comment_total": 0, "user": {"uid": str(i)}}, **changed)


def as_json(**changed):
    return json.dumps(comment(250, **changed)).encode()


def bad_raw():
    """[(reason, value, headers)]; all but one arrive amid the good ones."""
    at = [f"absa-arrival={(START_S + 249) * 1000}"]
    values = [
        ("json", b"{"), ("json", b""), ("json", as_json() + b"}"), ("null", None),
        ("depth", b'{"text":' + b"[" * 40 + b"]" * 40 + b"}"),
        ("dup_key", b'{"cid":"1","cid":"2"}'), ("number", b'{"cid":1e400}'),
        ("too_large", as_json(text="x" * 300_000)), ("encoding", b'{"text":"\\u0000"}'),
        ("shape", b'{"nobody":"knows"}'),
        ("range", as_json(digg_count=-1)), ("clock", as_json(cid="5", create_time=-1)),
        ("clock_skew", as_json(cid="6", create_time=START_S + 90_000)),
    ]
    return [(reason, value, at) for reason, value in values] + [
        ("no_time", as_json(), ["absa-arrival=soon"])]


def frame(schema, body=b""):
    return b"\0" + struct.pack(">i", schema) + body


def bad_avro(good, other):
    """good: the bytes of a record that belongs there; other: the id of a schema that does not."""
    return [
        ("schema", b"rubbish"), ("schema", b"\0\0\0"), ("null", None), ("schema", frame(0)),
        ("schema", frame(-1)), ("schema", frame(2**31 - 1, b"x")), ("schema", frame(other)),
        ("avro", good[:-1]), ("avro", good[:6]), ("avro", good + b"\0"),
        ("avro", good[:5] + b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f" + good[5:]),  # a length of 2^62
    ]


def write(path, numbers):
    path.write_text("".join(json.dumps(comment(i)) + "\n" for i in numbers))
    return path


def send(d, path, *more):
    h.run(h.BIN / "absa-import", path, "-b", d.broker.address, "--arrival", "created", *d.topics,
          *more)


def is_record(schema):
    return lambda value: value is not None and value[:5] == frame(schema)


def poison(d):
    """Puts all the bad records; [(stage, reason, value)]."""
    b, want = d.broker, []
    for i, (reason, value, headers) in enumerate(bad_raw()):
        b.put_bytes(d.prefix + "raw", i % RAW, value, headers)
        want.append(("ingest", reason, value))
    for stage, topic, schema, other in (("score", "comments", 2, 3), ("pane", "scores", 3, 2)):
        good = next(filter(is_record(schema), (v for _, _, v in b.get(d.prefix + topic))))
        for i, (reason, value) in enumerate(bad_avro(good, other)):
            b.put_bytes(d.prefix + topic, i % COMMENTS, value)
            want.append((stage, reason, value))
    return want


def deploy(broker, prefix, folder, hostile):
    """Half of the comments, perhaps the bad records, the other half, through all stages."""
    options = {"ingest": [f"ingest.user_key_file={h.key_file(folder)}"], "score": [], "pane": ONE,
               "judge": ONE}
    ports = {stage: h.free_port() for stage in options}
    options = {stage: [*v, f"http.port={ports[stage]}"] for stage, v in options.items()}
    d = h.Deployment(broker, prefix, options, RAW, COMMENTS)
    d.start_all(1)
    send(d, write(folder / "a.jsonl", range(250)), "--no-end")
    h.wait_for("half of the scores", lambda: sum(
        map(is_record(3), (v for _, _, v in broker.get(prefix + "scores")))) == 250)
    want = poison(d) if hostile else []
    if hostile:
        d.wait("dead", len(want), cured=())
    send(d, write(folder / "b.jsonl", range(250, 500)))
    d.wait("windows", 9, cured=())
    d.restart_dead(cured=())
    for stage, port in ports.items():
        look_at_pages(stage, port, [reason for of, reason, _ in want if of == stage])
    return d, want


def look_at_pages(stage, port, reasons):
    """Of one consumer, which wrote dead letters for these reasons."""
    assert h.get_page(port, "/healthz")[1] == "alive\n"
    assert '"ready": true' in h.get_page(port, "/readyz")[1]
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", h.get_page(port, "/version")[1])
    kind, text = h.get_page(port, "/metrics")
    assert kind == "text/plain; version=0.0.4; charset=utf-8", kind
    dead = collections.Counter({m[1]: int(m[2]) for m in re.finditer(
        rf'^absa_dead_total{{stage="{stage}",reason="(\w+)"}} (\d+)$', text, re.M)})
    assert +dead == collections.Counter(reasons), (stage, dead, reasons)
    for name in ("absa_records_total", "absa_commits_total", "process_resident_memory_bytes"):
        value = re.search(rf"^{name}(?:{{[^}}]*}})? ([0-9.e+]+)$", text, re.M)
        assert value and float(value[1]) > 0, (stage, name)


def without_place(lines):
    """An alert's examples name raw coordinates, and its checksum covers them."""
    return [{k: v for k, v in json.loads(x).items() if k not in ("examples", "checksum")}
            for x in lines]


def test_bad_between_good(broker, folder):
    clean, _ = deploy(broker, "clean.", folder, False)
    calm = [clean.lines(topic) for topic in ("windows", "alerts")]
    clean.stop()
    d, want = deploy(broker, "poison.", folder, True)
    dead = d.records("dead")
    got = collections.Counter((x["stage"], x["reason"], base64.b64decode(x["value"])) for x in dead)
    # the raw record of 300 kB is within what is kept whole; a null has no bytes
    assert got == collections.Counter((s, r, v or b"") for s, r, v in want), \
        (got - collections.Counter((s, r, v or b"") for s, r, v in want),
         collections.Counter((s, r, v or b"") for s, r, v in want) - got)
    ids = [c["comment_id"] for c in d.records("scores") if "sentiment_score" in c]
    assert sorted(ids) == sorted(comment(i)["cid"] for i in range(500)), len(ids)
    assert d.lines("windows") == calm[0]
    assert without_place(d.lines("alerts")) == without_place(calm[1])
    d.stop()
    print(f"   {len(dead)} dead letters, {len(calm[0])} windows, {len(calm[1])} alerts")


def refuses(words, *args, program="ingest"):
    said = h.run(h.BIN / f"absa-{program}", *args, ok=(78,)).stderr
    for word in words:
        assert word in said, (word, said)


def test_wrong_configuration(broker, folder):
    """78, and a message that names the place or the mend."""
    conf = folder / "absa.conf"
    server = f"kafka.bootstrap.servers={broker.address}"
    key = f"ingest.user_key_file={h.key_file(folder)}"
    for line, words in (("watermark.skow.ms = 1s", ["watermark.skew.ms?"]),
                        ("slot = a\nslot = b", ["slot", ":3"]),
                        ("watermark.skew.ms = 5 m", ["5 m", "duration"]),
                        ("watermark.skew.ms = 5mm", ["5mm", "duration"]),
                        ("kafka.sasl.password = geheim", ["kafka.sasl.password_file"]),
                        ("\tslot", ["="])):
        conf.write_text(f"# a comment\n{line}\n")
        refuses([f"{conf}:", *words], "-c", conf, "-X", server, "-X", key)
    refuses(["openssl rand"], "-X", server)
    refuses(["nowhere.key", "No such file"], "-X", server, "-X", "ingest.user_key_file=nowhere.key")
    refuses(["chmod 0600"], "-X", server, "-X", f"ingest.user_key_file={h.key_file(folder, 0o644)}")
    (folder / "short.key").write_bytes(b"short")
    (folder / "short.key").chmod(0o600)
    refuses(["32 bytes"], "-X", server, "-X", f"ingest.user_key_file={folder / 'short.key'}")
    refuses(["window.ms", "pane.ms"], "-X", server, "-X", "window.ms=90s", program="drift")
    secret = h.key_file(folder, 0o604)
    conf.write_text(f"kafka.sasl.password_file = {secret}\n")
    refuses([str(secret), "0600"], "-c", conf, "-X", server, "-X", key)
    refuses(["absa topics apply"], "-X", server, "-X", key, "-X", "topic.prefix=nowhere.")
    broker.apply("layout.", 2, 2)
    layout = ["-X", server, "-X", "topic.prefix=layout."]
    refuses(["layout.raw has 2", "absa topics grow"], *layout, "-X", key, "-X",
            "comments.partitions=2")
    refuses(["layout.comments has 2"], *layout, "-X", "raw.partitions=2", "-X",
            "comments.partitions=5", program="score")


def main():
    with h.Broker() as broker, tempfile.TemporaryDirectory() as folder:
        return h.run_tests((test_wrong_configuration, test_bad_between_good), broker,
                           pathlib.Path(folder))


if __name__ == "__main__":
    sys.exit(main())
