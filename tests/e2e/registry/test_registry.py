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
from broker import TOP  # noqa: E402
from standin import Registry, bundle, sha256, with_sums  # noqa: E402
from tls import make_ca  # noqa: E402

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


def test_tls(_):
    """Its certificate is checked: by the CA that is named, and by no other."""
    ours, other = make_ca(FOLDER, "ours"), make_ca(FOLDER, "other")
    r = Registry(token="s3cr3t-t0ken", tls=ours)
    r.versions = {1: bundle(1)}
    token = {"MLFLOW_TRACKING_TOKEN": "s3cr3t-t0ken"}
    done = score(r, "tls", f"-Xmlflow.ca_file={ours / 'ca.pem'}", env=token)
    assert done.returncode == 0 and bundles(done.stdout.splitlines()) == {sha256(r.versions[1])}, done.stderr
    asked = len(r.asked)
    for args, env in (([f"-Xmlflow.ca_file={other / 'ca.pem'}"], token), ([], token),
                      ([], {**token, "MLFLOW_TRACKING_SERVER_CERT_PATH": str(other / "ca.pem")})):
        done = score(r, "tls-empty", *args, env=env)
        assert done.returncode in (69, 78) and "certificate" in done.stderr, (done.returncode, done.stderr)
        assert "s3cr3t" not in done.stderr and not done.stdout
    assert len(r.asked) == asked, r.asked[asked:]  # who is not trusted is asked nothing, and told no token
    done = score(r, "tls-empty", env={**token, "MLFLOW_TRACKING_SERVER_CERT_PATH": str(ours / "ca.pem")})
    assert done.returncode == 0, done.stderr
    r.stop()


def test_names_elsewhere(_):
    """Who loads a model once knows it by name as absa score does: backtest, baseline, doctor, explain."""
    r = Registry()
    r.versions = {1: bundle(1), 2: bundle(2)}
    r.alias = 2
    comments = FOLDER / "raw.jsonl"
    comments.write_text("\n".join(json.dumps({
        "comment_id": f"c{i}", "video_id": f"v{i % 40}", "timestamp": f"2025-07-{1 + i // 50:02}T13:00:00Z",
        "comment_text": f"number {i} is great, the shipping was slow"}) for i in range(1000)))
    what = [f"-Xmlflow.url={r.url}", f"-Xscore.model_cache={FOLDER / 'elsewhere'}"]
    out = FOLDER / "by-name.json"
    h.run(BIN / "absa-baseline", *what, "-Xscore.model=models:/m@champion", "--input", comments, "-o", out, "--force",
          "--stretches", "0")
    assert sha256(r.versions[2]) in out.read_text()
    h.run(BIN / "absa-backtest", *what, "--bundle", "models:/m@champion", "--baseline", out, "--input",
          comments, "--out", FOLDER / "run")
    windows = [json.loads(x) for x in (FOLDER / "run/windows.jsonl").read_text().splitlines()]
    assert {w["bundle"] for w in windows} == {"sha256:" + sha256(r.versions[2])}, windows[0]["bundle"]
    said = h.run(BIN / "absa-doctor", *what, "-Xscore.model=models:/m@champion", ok=range(80)).stdout
    assert f"absa-default 2, {sha256(r.versions[2])[:12]}..." in said, said
    assert h.run(BIN / "absa-explain", *what, "--bundle", "models:/m/1", "great").stdout.startswith("sentiment_score")
    r.stop()
    what[1] = f"-Xscore.model_cache={FOLDER / 'nobody'}"
    for words in (["backtest", "--out", FOLDER / "run2"], ["baseline", "-o", FOLDER / "none.json"]):
        done = h.run(BIN / f"absa-{words[0]}", *what, "-Xscore.model=models:/m/1", "--input", comments, *words[1:], ok=[69])
        assert "unavailable" in done.stderr and "models:/m/1" in done.stderr, done.stderr
    said = h.run(BIN / "absa-doctor", *what, "-Xscore.model=models:/m/1", ok=range(1, 80)).stdout
    assert "FAIL  bundle" in said and "mlflow.url" in said, said


def test_pruned(_):
    """The cache keeps what a name means, what was used within an hour, and the two used last."""
    r = Registry()
    r.versions = {i: bundle(i) for i in range(1, 10)}
    cache = FOLDER / "pruned"
    hours = [time.time() - 3600 * k for k in range(12)]

    def fetch(version, by="models:/m@champion"):
        r.alias = version
        done = score(r, "pruned", "-Xscore.model_keep=2", model=by)
        assert done.returncode == 0, done.stderr

    def kept():
        return {i for i, v in r.versions.items() if (cache / sha256(v)).exists()}

    def used(version, at):
        os.utime(cache / sha256(r.versions[version]), (at, at))

    fetch(1, "models:/m/1")
    for i in range(2, 7):
        fetch(i)
    left = cache / (sha256(r.versions[8]) + ".aBcDeF")
    new = cache / (sha256(r.versions[9]) + ".aBcDeF")
    for f in (left, new):
        f.mkdir()
        (f / "manifest.json").write_text("{")
    assert kept() == {1, 2, 3, 4, 5, 6}  # all of this hour
    for i in range(1, 7):
        used(i, hours[9 - i])
    used(4, hours[0])
    used(2, hours[2])
    os.utime(left, (hours[2], hours[2]))
    fetch(7)  # and 6 is what @champion meant until then; 4 is of this hour, and 7, 4 used last
    assert kept() == {1, 4, 6, 7}, kept()
    assert not left.exists() and new.exists()
    for i in (1, 4, 6, 7):
        used(i, hours[2 if i == 4 else 3])
    fetch(1, "models:/m/1")  # from the cache: used now
    assert (cache / sha256(r.versions[1])).stat().st_mtime > hours[1]
    for i in range(63):  # with @champion as many names as are remembered: 1 is meant by none of them
        (cache / "at" / f"{i:032x}").write_text(f"{'0' * 64} 1\n")
    for note in (cache / "at").iterdir():
        if note.read_text().startswith(sha256(r.versions[1])):
            os.utime(note, (hours[5], hours[5]))
    used(1, hours[4])
    fetch(8)
    assert kept() == {4, 7, 8}, kept()  # 8 and 4 used last; 7 is meant
    assert len(list((cache / "at").iterdir())) <= 65
    r.stop()


def test_in_use(_):
    """What runs is in use as long as it runs, by a number too, about which nobody is asked again."""
    r = Registry()
    r.versions = {1: bundle(1)}
    cache = FOLDER / "in-use"
    with open(FOLDER / "in-use.log", "w") as log:
        server = subprocess.Popen([BIN / "absa-serve", "-m", "models:/m/1", "-p", "0", f"-Xmlflow.url={r.url}",
                                   f"-Xscore.model_cache={cache}", "-Xscore.model_poll=100ms"],
                                  stdout=log, stderr=log)
    try:
        wait_for("the start", lambda: "serving" in pathlib.Path(log.name).read_text())
        r.asked.clear()
        places = [cache / sha256(r.versions[1]), *(cache / "at").iterdir()]
        assert len(places) == 2, places
        long_ago = time.time() - 86400
        for place in places:
            os.utime(place, (long_ago, long_ago))
        wait_for("its use", lambda: all(p.stat().st_mtime > long_ago + 3600 for p in places))
        assert not r.asked, r.asked
    finally:
        server.terminate()
    assert server.wait(timeout=30) == 0
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


def counted(d):
    """What panes counted of all comments, by bundle: the baseline's, others; and late ones."""
    deltas = [x for p in d.records("panes") for x in p["deltas"] if x["segment"] == "all"]
    return tuple(sum(x[k] for x in deltas) for k in ("n", "other_bundle", "late"))


def test_swap_under_load(b):
    """Another version is taken between two transactions: every comment is scored once, each
    partition changes once; a bad version and a registry that is gone change nothing. Drift, which
    has the first version's baseline, counts what the second scores apart, and goes on."""
    r = Registry()
    r.versions = {1: bundle(1), 2: bundle(2), 3: spoil()["tampered"][0]}
    port = h.free_port()
    own = FOLDER / "first.json"  # the baseline of the first
    of_default = json.loads((TOP / "models/default/baseline.json").read_text())["bundle_sha256"]
    own.write_text((TOP / "models/default/baseline.json").read_text().replace(of_default, sha256(r.versions[1])))
    options = {"pane": [f"drift.baseline={own}"],
               "ingest": [f"ingest.user_key_file={h.key_file(FOLDER)}", "commit.interval.ms=100ms"],
               "score": ["score.model=models:/m@champion", f"mlflow.url={r.url}",
                         f"score.model_cache={FOLDER / 'kafka'}", "score.model_poll=300ms",
                         "score.shadow=models:/m/2", f"http.port={port}",
                         "commit.interval.ms=100ms"]}
    d = h.Deployment(b, "swap.", options, raw=1, comments=2)
    b.put("swap.raw", 0, raw(2000))
    d.start("ingest")
    d.start("pane")
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
    for word in ('result="taken"} 1', 'result="refused"} 1', 'result="unreachable"}',
                 f'version="2",bundle="{sha256(r.versions[2])[:12]}"'):
        wait_for(word, lambda: word in h.get_page(port, "/metrics")[1])
    scored = [s for s in d.records("scores") if "sentiment_score" in s]
    assert len(scored) == len({s["comment_id"] for s in scored}) == 2700
    assert {s["bundle_sha256"] for s in scored} == {sha256(r.versions[1]), sha256(r.versions[2])}
    assert switches(d) <= 2
    by_second = sum(s["bundle_sha256"] == sha256(r.versions[2]) for s in scored)
    wait_for("the panes", lambda: sum(counted(d)) == 2700)
    first, second, late = counted(d)
    assert second > 0 and by_second - late <= second <= by_second, (first, second, late, by_second)
    assert 2700 - by_second - late <= first <= 2700 - by_second, (first, second, late, by_second)
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
    tests = [test_fetched_once, test_refused, test_secrets, test_tls, test_names_elsewhere, test_pruned,
             test_in_use]
    chosen = sys.argv[1:]
    code = h.run_tests([t for t in tests if not chosen or t.__name__ in chosen], None)
    if not chosen or "test_swap_under_load" in chosen:
        with h.Broker() as broker:
            code = h.run_tests([test_swap_under_load], broker) or code
    return code


if __name__ == "__main__":
    sys.exit(main())
