# SPDX-License-Identifier: MIT
"""Models by their name in a registry: what is fetched, what is refused and why, and a swap under
load that loses and doubles nothing. The registry is a stand-in (standin.py); the rest is real.

    test_registry.py [TEST...]"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parents[1] / "support"), str(HERE)]
import harness as h  # noqa: E402
from harness import BIN, wait_for  # noqa: E402
from standin import Registry, bundle, sha256, with_sums  # noqa: E402

FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="absa-registry-"))
COMMENTS = FOLDER / "comments.jsonl"


def make_comments():
    raw = "\n".join(json.dumps({"comment_id": f"c{i}", "video_id": f"v{i}", "timestamp": "2025-07-23T13:00:00Z",
                                "comment_text": f"number {i} is great, the shipping was slow"})
                    for i in range(20))
    done = subprocess.run([BIN / "absa-ingest", "--pipe"], input=raw, capture_output=True, text=True)
    COMMENTS.write_text(done.stdout)


def score(registry, cache, *args, model="models:/m@champion", env=None):
    """absa score over a file; how it ended."""
    words = [BIN / "absa-score", "--pipe", f"-Xscore.model={model}", f"-Xmlflow.url={registry.url}",
             f"-Xscore.model_cache={FOLDER / cache}", *args]
    with open(COMMENTS) as f:
        return subprocess.run([str(w) for w in words], stdin=f, capture_output=True, text=True,
                              env={**os.environ, **(env or {})}, timeout=120)


def bundles(lines):
    return {r["bundle_sha256"] for r in map(json.loads, lines) if "bundle_sha256" in r}


def expect(registry, cache, code, *words, **kwargs):
    done = score(registry, cache, **kwargs)
    assert done.returncode == code, (code, done.returncode, done.stderr[-600:])
    for word in words:
        assert word in done.stderr, (word, done.stderr[-600:])
    return done


def test_fetched_once(_):
    """By version and by alias; what is in the cache is not fetched again, and goes on when the
    registry is gone; a damaged cache is mended."""
    r = Registry()
    r.versions = {1: bundle(1), 2: bundle(2)}
    r.alias = 2
    done = expect(r, "a", 0, model="models:/m/1")
    assert bundles(done.stdout.splitlines()) == {sha256(r.versions[1])}
    done = expect(r, "a", 0)
    assert bundles(done.stdout.splitlines()) == {sha256(r.versions[2])}
    r.asked.clear()
    expect(r, "a", 0)
    assert [p.split("/")[-1] for p in r.asked] == ["alias", "manifest.json"], r.asked
    spoilt = FOLDER / "a" / sha256(r.versions[2]) / "lexicon.tsv"
    spoilt.write_text("nonsense")
    expect(r, "a", 0)
    assert spoilt.read_bytes() == r.versions[2]["lexicon.tsv"]
    r.stop()
    done = expect(r, "a", 0, "the one of before goes on", "version=2")
    assert bundles(done.stdout.splitlines()) == {sha256(r.versions[2])}
    expect(r, "empty", 69, "unavailable", "models:/m@champion")


def spoil(**kwargs):
    """A version that is refused: its files, made by a change of the bundle or of what is sent."""
    def reorder(manifest, files):
        f = manifest["features"]
        f[0], f[1] = f[1], f[0]

    def golden(manifest, files):
        manifest["golden"][0]["scores"][0] += 0.1

    def leak(manifest, files):
        manifest["features"][3] = "digg_count"

    def targets(manifest, files):
        files["sentiment.ubj"] = b'{"base_score": "[5E-1,5E-1]"' + b" " * 100 + b"}"
        manifest["files"]["sentiment.ubj"] = __import__("hashlib").sha256(
            files["sentiment.ubj"]).hexdigest()

    good = bundle(3)
    return {
        "wrong feature order": (bundle(3, reorder), "golden row"),
        "golden row": (bundle(3, golden), "golden row"),
        "leak": (bundle(3, leak), "digg_count"),
        "a newer model": (bundle(3, targets), "sentiment.ubj"),
        "tampered": ({**good, "error.ubj": good["error.ubj"] + b" "}, "its SHA-256 is"),
        "other manifest": ({**good, "manifest.json": good["manifest.json"] + b"\n"},
                           "of another manifest.json"),
        "listed elsewhere": (with_sums({**{k: v for k, v in good.items() if k != "SHA256SUMS"},
                                        "x": b""}) | {"SHA256SUMS": b"0" * 64 + b"  ../x\n"},
                             "a bundle may not have"),
        "no sums": ({k: v for k, v in good.items() if k != "SHA256SUMS"}, "SHA256SUMS"),
        "no bundle": ({"MLmodel": b"flavors: {}"}, "manifest.json"),
        "not proven": ({**good, "SHA256SUMS": b"\n".join(
            line for line in good["SHA256SUMS"].splitlines() if b"manifest" not in line)},
                       "does not name manifest.json"),
    }


def test_refused(_):
    """Each with its reason, and nothing of it stays in the cache."""
    r = Registry()
    for name, (files, why) in spoil().items():
        r.versions = {1: files}
        expect(r, "refused", 78, "config: model models:/m@champion", why)
        left = [p.name for p in (FOLDER / "refused").iterdir() if p.name != "at"]
        assert not left, (name, left)
    r.versions = {1: bundle(1)}
    for mode, code, why in (("down", 69, "the database is gone"), ("cut", 69, "sentiment.ubj"),
                            ("huge", 78, "larger than"), ("moved", 78, "HTTP 302"),
                            ("denied", 78, "HTTP 403"), ("deaf", 69, "imed out")):
        r.mode = mode
        expect(r, "refused", code, why)
    r.mode, r.source = None, "s3://bucket/x"
    expect(r, "refused", 78, "does not serve")
    expect(r, "refused", 78, "want models:/NAME/VERSION", model="models:/m/latest")
    expect(r, "refused", 78, "no such version", model="models:/m/9")
    r.stop()


def test_secrets(_):
    """The token goes where it belongs, and nowhere else."""
    r = Registry(token="s3cr3t-t0ken")
    r.versions = {1: bundle(1)}
    expect(r, "token", 78, "HTTP 401")
    done = expect(r, "token", 0, env={"MLFLOW_TRACKING_TOKEN": "s3cr3t-t0ken"})
    assert "s3cr3t" not in done.stderr
    file = FOLDER / "token.txt"
    file.write_text("s3cr3t-t0ken\n")
    file.chmod(0o600)
    conf = FOLDER / "absa.conf"
    conf.write_text(f"[score]\nmlflow.token_file = {file}\n")
    words = [BIN / "absa-score", "-c", conf, "--print-config"]
    shown = h.run(*words).stdout
    assert "s3cr3t" not in shown and "***" in shown
    done = score(r, "token2", "-c", conf)
    assert done.returncode == 0, done.stderr
    words = [BIN / "absa-score", "-Xmlflow.token=s3cr3t-t0ken", "--check-config"]
    assert subprocess.run(words, capture_output=True).returncode == 78
    words = [BIN / "absa-score", "-Xmlflow.url=http://mlflow.example", "--check-config"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 78 and "another machine" in done.stderr, done.stderr
    r.stop()


def raw(n, first=0):
    return [json.dumps({"comment_id": f"c{i}", "video_id": f"v{i % 97}",
                        "comment_text": f"number {i} is great, the shipping was slow",
                        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))})
            for i in range(first, first + n)]


def switches(d):
    """Which bundle scored, partition by partition: how often it changed within one."""
    out = h.run(BIN / "absa-tail", "-b", d.broker.address, *d.topics, "-t", "scores", "-o",
                "beginning", "-e", "-f", "%p %s\\n").stdout
    last, n = {}, 0
    for part, text in (line.split(" ", 1) for line in out.splitlines()):
        sha = json.loads(text).get("bundle_sha256")
        if sha:
            n += last.get(part, sha) != sha
            last[part] = sha
    return n


def test_swap_under_load(b):
    """Another version is taken between two transactions: every comment is scored once, each
    partition changes once; a bad version and a registry that is gone change nothing."""
    r = Registry()
    r.versions = {1: bundle(1), 2: bundle(2), 3: spoil()["tampered"][0]}
    port = h.free_port()
    options = {"ingest": [f"ingest.user_key_file={h.key_file(FOLDER)}", "commit.interval.ms=100ms"],
               "score": ["score.model=models:/m@champion", f"mlflow.url={r.url}",
                         f"score.model_cache={FOLDER / 'kafka'}", "score.model_poll=300ms",
                         "score.shadow=models:/m/2", f"http.port={port}",
                         "commit.interval.ms=100ms"]}
    d = h.Deployment(b, "swap.", options, raw=1, comments=2)
    b.put("swap.raw", 0, raw(2000))
    d.start("ingest")
    program = d.start("score")
    wait_for("the first scores", lambda: len(d.lines("scores")) > 100)
    r.alias = 2
    wait_for("the swap", lambda: "another model from here on" in program.said())
    b.put("swap.raw", 0, raw(500, 2000))
    wait_for("the scores of the second", lambda: len(d.wait("scores", 2500)) >= 2500)
    r.alias = 3
    wait_for("the refusal", lambda: "a model is refused" in program.said())
    r.mode = "down"
    wait_for("the registry to be missed", lambda: "is not to be had" in program.said())
    b.put("swap.raw", 0, raw(200, 2500))
    wait_for("all", lambda: sum("sentiment_score" in s for s in d.records("scores")) >= 2700)
    page = h.get_page(port, "/metrics")[1]
    for word in ('result="taken"} 1', 'result="refused"} 1', 'result="unreachable"}',
                 f'version="2",bundle="{sha256(r.versions[2])[:12]}"'):
        assert word in page, word
    scored = [s for s in d.records("scores") if "sentiment_score" in s]
    assert len(scored) == len({s["comment_id"] for s in scored}) == 2700
    assert {s["bundle_sha256"] for s in scored} == {sha256(r.versions[1]), sha256(r.versions[2])}
    assert switches(d) <= 2
    shadow = d.records("scores.shadow")
    assert len(shadow) == 2700 and {s["bundle_sha256"] for s in shadow} == {sha256(r.versions[2])}
    said = json.loads(h.run(BIN / "absa-shadow", "-b", b.address, *d.topics, "-f", "json").stdout)
    assert said["pairs"] == 2700 and said["alone_scores"] == said["alone_shadow"] == 0, said
    assert all(o["diff_max"] == 0 for o in said["outputs"]), said  # the same but for its version
    program.end()
    program.start()  # the registry is still down
    wait_for("the cache", lambda: "the registry gives no model" in program.said())
    wait_for("it to be up", lambda: program.said().count("partitions assigned") > 1)
    d.stop()
    r.stop()


def main():
    make_comments()
    tests = [test_fetched_once, test_refused, test_secrets]
    chosen = sys.argv[1:]
    code = h.run_tests([t for t in tests if not chosen or t.__name__ in chosen], None)
    if not chosen or "test_swap_under_load" in chosen:
        with h.Broker() as broker:
            code = h.run_tests([test_swap_under_load], broker) or code
    return code


if __name__ == "__main__":
    sys.exit(main())
