# SPDX-License-Identifier: MIT
"""A real MLflow server (PyPI, in an environment of its own): absa train registers, absa score and
absa serve fetch, an alias moves. For tools/test full: the environment is 850 MB."""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "support"))
import harness as h  # noqa: E402
from harness import BIN, TOP, skip, wait_for  # noqa: E402

MLFLOW = "mlflow==3.17.2"
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="absa-mlflow-"))


def python():
    """That of an environment with MLflow; $ABSA_MLFLOW_VENV names one that is there already."""
    venv = pathlib.Path(os.environ.get("ABSA_MLFLOW_VENV", TOP / "build/cache/mlflow"))
    if not (venv / "bin/mlflow").exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        done = subprocess.run([venv / "bin/pip", "install", "-q", MLFLOW], capture_output=True, text=True)
        if done.returncode != 0:
            skip("MLflow cannot be installed: " + done.stderr.strip()[-200:])
    return venv / "bin/mlflow"


class Server:
    def __init__(self):
        self.url = f"http://127.0.0.1:{h.free_port()}"
        env = dict(os.environ, MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false")
        with open(FOLDER / "server.log", "w") as log:
            self.process = subprocess.Popen(
                [python(), "server", "--host", "127.0.0.1", "--port", self.url.rpartition(":")[2],
                 "--backend-store-uri", f"sqlite:///{FOLDER}/mlflow.db", "--artifacts-destination",
                 str(FOLDER / "artifacts"), "--workers", "1"],
                stdout=log, stderr=log, env=env, start_new_session=True)
        wait_for("MLflow", self.answers, 300)

    def answers(self):
        try:
            return urllib.request.urlopen(self.url + "/health", timeout=5).status == 200
        except OSError:
            return False

    def call(self, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.url}/api/2.0/mlflow/{path}", data,
                                         {"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request, timeout=60))

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=60)


def train(server, version, *args, ok=(0,)):
    """What it said, and the bundle's hash."""
    out = FOLDER / f"bundle-{version}"
    done = h.run(BIN / "absa-train", "--data", FOLDER / "labels.csv", "--out", out, "--model-version",
                 version, "--mlflow", server.url, *args, ok=ok)
    return done, out


def labels():
    with open(FOLDER / "labels.csv", "w") as f:
        f.write("text,sentiment\n")
        for i in range(600):
            good = i * 7919 % 5 - 2
            word = ["terrible", "bad", "plain", "good", "great"][good + 2]
            f.write(f"item {i} is {word} and number {i % 13},{good / 2}\n")


def scores(server, model):
    comments = h.run(BIN / "absa-ingest", "--pipe", input=json.dumps(
        {"comment_id": "c1", "video_id": "v", "comment_text": "this is great",
         "timestamp": "2025-07-23T13:00:00Z"})).stdout
    out = h.run(BIN / "absa-score", "--pipe", f"-Xscore.model={model}", f"-Xmlflow.url={server.url}",
                f"-Xscore.model_cache={FOLDER / 'cache'}", input=comments).stdout
    return next(json.loads(line) for line in out.splitlines() if "comment_id" in line)


def sha256(folder):
    return h.run("sha256sum", folder / "manifest.json").stdout.split()[0]


def test_registered_and_scored(server):
    done, first = train(server, "1", "--alias", "champion")
    assert done.stdout.endswith("models:/absa-sentiment-model/1 @champion\n"), done.stdout
    run = server.call("runs/search", {"experiment_ids": ["1"]})["runs"][0]
    metrics = {m["key"]: m["value"] for m in run["data"]["metrics"]}
    params = {p["key"]: p["value"] for p in run["data"]["params"]}
    assert run["info"]["status"] == "FINISHED" and params["rows"] == "600", run["info"]
    said = re.search(r"sentiment_score +(\d+) trees, Pearson ([0-9.]+)", done.stdout)
    assert metrics["sentiment_score_trees"] == int(said[1])
    assert abs(metrics["sentiment_score_pearson"] - float(said[2])) < 1e-4
    listed = server.call(f"artifacts/list?run_id={run['info']['run_id']}&path=bundle")["files"]
    assert {f["path"] for f in listed} == {f"bundle/{p.name}" for p in first.iterdir()}, listed
    for model in ("models:/absa-sentiment-model/1", "models:/absa-sentiment-model@champion"):
        assert scores(server, model)["bundle_sha256"] == sha256(first)


def test_alias_moves_under_serve(server):
    args = ["-m", "models:/absa-sentiment-model@champion", "-p", "0", "-Xscore.model_poll=500ms",
            f"-Xmlflow.url={server.url}", f"-Xscore.model_cache={FOLDER / 'cache'}"]
    serve = h.Program([BIN / "absa-serve", *args], FOLDER / "serve.log")
    wait_for("serving", lambda: "msg=serving" in serve.said(), 60)
    done, second = train(server, "2", "--alias", "champion")
    assert "models:/absa-sentiment-model/2 @champion" in done.stdout
    wait_for("the swap", lambda: f"bundle={sha256(second)}" in serve.said(), 60)
    assert serve.end() == 0


def test_a_training_that_fails_says_so(server):
    empty = FOLDER / "empty.csv"
    empty.write_text("text,sentiment\nonly one,0.5\n")
    h.run(BIN / "absa-train", "--data", empty, "--out", FOLDER / "none", "--mlflow", server.url,
          ok=(65,))
    runs = server.call("runs/search", {"experiment_ids": ["1"], "order_by": ["start_time DESC"]})
    assert runs["runs"][0]["info"]["status"] == "FAILED", runs["runs"][0]["info"]
    train(server, "3", "--register", "no/such", ok=(64,))


def main():
    if not os.environ.get("ABSA_FULL"):
        skip("MLflow is 850 MB: tools/test full")
    labels()
    server = Server()
    code = h.run_tests([test_registered_and_scored, test_alias_moves_under_serve,
                        test_a_training_that_fails_says_so], server)
    server.stop()
    return code


if __name__ == "__main__":
    sys.exit(main())
