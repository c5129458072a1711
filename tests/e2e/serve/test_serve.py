# SPDX-License-Identifier: MIT
"""absa serve as clients of MLflow's scoring server ask it, and as nobody should.

    test_serve.py [TEST...]"""
import http.client
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "support"))
import harness as h  # noqa: E402
from harness import BIN, Program, wait_for  # noqa: E402

FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="absa-serve-"))
TEXTS = ["This product is amazing but the shipping was slow", "", "the worst, it never works",
         "\U0001F60D\U0001F60D", "ممتاز جدا"]
OUTPUTS = ["sentiment_score", "engagement_score", "implicitness_degree", "confidence",
           "aspects_detected"]


class Server:
    def __init__(self, *args):
        self.log = FOLDER / f"serve-{len(Program.all)}-{time.monotonic_ns()}.log"
        self.program = Program([BIN / "absa-serve", "-p", "0", *args], self.log)
        wait_for("serving", lambda: re.search(r"msg=serving .*\n", self.program.said()))
        self.port = int(self.program.said().split("port=")[1].split()[0])

    def ask(self, method, path, body=None, **headers):
        """Status, headers and text of the answer."""
        con = http.client.HTTPConnection("127.0.0.1", self.port, timeout=180)
        con.request(method, path, body, headers)
        r = con.getresponse()
        text = r.read().decode()
        con.close()
        return r.status, r.headers, text

    def score(self, body):
        status, _, text = self.ask("POST", "/invocations", json.dumps(body),
                                   **{"Content-Type": "application/json; charset=utf-8"})
        return status, json.loads(text)

    def raw(self, data, wait=20, want=None):
        """Sends bytes as they are; what came back until the server hung up, fell silent, or said what is
        wanted, for which it has a while."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=180 if want else wait) as s:
            s.sendall(data)
            got = b""
            try:
                while not (want and want in got) and (part := s.recv(65536)):
                    got += part
            except (TimeoutError, ConnectionResetError):
                pass
            return got


def by_pipe():
    """What absa score says of the same texts."""
    raw = "\n".join(json.dumps({"comment_id": f"c{i}", "video_id": "v", "comment_text": t,
                                "timestamp": "2025-07-23T13:00:00Z", "image_list": [1]})
                    for i, t in enumerate(TEXTS))
    comments = subprocess.run([BIN / "absa-ingest", "--pipe"], input=raw, capture_output=True,
                              text=True).stdout
    scores = subprocess.run([BIN / "absa-score", "--pipe"], input=comments, capture_output=True,
                            text=True, check=True).stdout
    rows = [json.loads(line) for line in scores.splitlines()]
    return {r["comment_id"]: {o: r[o] for o in OUTPUTS} for r in rows if "comment_id" in r}


def test_same_as_score(_):
    """Every shape gives the scores of absa score, to the last digit."""
    s = Server()
    status, said = s.score({"dataframe_split": {"columns": ["text"], "data": [[t] for t in TEXTS]}})
    assert status == 200 and [list(p) for p in said["predictions"]] == [OUTPUTS] * len(TEXTS), said
    want = by_pipe()
    assert len(want) >= 4, want
    for i in range(len(TEXTS)):
        assert want.get(f"c{i}", said["predictions"][i]) == said["predictions"][i], i
    for body in ({"dataframe_records": [{"text": t} for t in TEXTS]}, {"instances": TEXTS},
                 {"inputs": {"text": TEXTS}}, {"inputs": TEXTS}):
        assert s.score(body) == (200, said), body
    assert s.score({"instances": []}) == (200, {"predictions": []})
    assert s.ask("GET", "/ping")[0] == s.ask("GET", "/health")[0] == 200
    assert s.ask("GET", "/version")[2].startswith("absa serve ")
    assert s.program.end() == 0
    assert not any(t in s.program.said() for t in TEXTS if t), "a person's text is in the log"


def test_refusals(_):
    """What is no request is refused, as JSON, with a status that says whose fault it is."""
    s = Server()
    json_type = {"Content-Type": "application/json"}
    for want, method, path, body, headers in (
            (400, "POST", "/invocations", "{", json_type),
            (400, "POST", "/invocations", "", json_type),
            (400, "POST", "/invocations", b"\xff\xfe", json_type),
            (400, "POST", "/invocations", "[" * 5000, json_type),
            (400, "POST", "/invocations", '{"instances": [NaN]}', json_type),
            (400, "POST", "/invocations", json.dumps({"instances": [""] * 10001}), json_type),
            (415, "POST", "/invocations", "text\nx", {"Content-Type": "text/csv"}),
            (415, "POST", "/invocations", "{}", {}),
            (405, "GET", "/invocations", None, {}),
            (405, "POST", "/ping", "x", {}),
            (404, "GET", "/../../etc/passwd", None, {}),
            (404, "GET", "/metrics", None, {}),
            (403, "GET", "/ping", None, {"Host": "evil.example"}),
            (413, "POST", "/invocations", "x" * ((4 << 20) + 1), json_type)):
        try:
            status, head, text = s.ask(method, path, body, **headers)
        except (ConnectionResetError, BrokenPipeError):  # it hung up on a body that is too long
            assert want == 413
            continue
        assert status == want, (want, status, text, method, path)
        assert head["Content-Type"] == "application/json" and json.loads(text)["message"], text
    assert s.ask("GET", "/invocations")[1]["Allow"] == "POST"
    assert s.score({"instances": ["still here"]})[0] == 200
    assert s.program.end() == 0


def test_hostile_clients(_):
    """Bytes that are no HTTP, a body that never comes, more connections than there may be: the
    next request is answered."""
    s = Server()
    assert not s.raw(b"\x16\x03\x01\x02\x00\x01\x00").startswith(b"HTTP/1.1 200")
    assert not s.raw(b"GET / HTTP/9.9\r\n\r\n", 2).startswith(b"HTTP/1.1 200")
    assert not s.raw(b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 200")
    head = b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    assert b" 413 " in s.raw(head + b"Content-Length: 99999999999\r\n\r\n", want=b" 413 ")
    assert b" 413 " in s.raw(head + b"Transfer-Encoding: chunked\r\n\r\n" +
                             (b"100000\r\n" + b" " * (1 << 20) + b"\r\n") * 5 + b"0\r\n\r\n", want=b" 413 ")
    assert b" 200 " not in s.raw(head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 5)
    idle = [socket.create_connection(("127.0.0.1", s.port)) for _ in range(100)]
    for i in idle[:20]:
        try:
            i.sendall(head + b"Content-Length: 10\r\n\r\n{")
        except OSError:
            pass
    wait_for("silent ones to be hung up on", lambda: answers(s))
    for i in idle:
        i.close()
    results = []
    clients = [threading.Thread(target=lambda: results.append(s.score({"instances": TEXTS * 100})))
               for _ in range(16)]
    for c in clients:
        c.start()
    for c in clients:
        c.join(timeout=180)
    assert len(results) == 16 and all(r == results[0] and r[0] == 200 for r in results)
    assert s.program.end() == 0


def answers(s):
    try:
        return s.ask("GET", "/ping")[0] == 200
    except OSError:
        return False


def test_start(_):
    """What cannot be served is said at once."""
    for code, word, args in ((78, "no address", ["--host", "example.org"]),
                             (78, "manifest.json", ["-m", str(FOLDER)]),
                             (78, "mlflow.url is not set", ["-m", "models:/m/1"]),
                             (69, "unavailable", ["-m", "models:/m/1", "-Xmlflow.url=http://127.0.0.1:1",
                                                  f"-Xscore.model_cache={FOLDER / 'none'}"])):
        done = subprocess.run([str(BIN / "absa-serve"), *args], capture_output=True, text=True,
                              timeout=180)
        assert done.returncode == code and word in done.stderr, (args, done)
    s = Server()
    done = subprocess.run([str(BIN / "absa-serve"), "-p", str(s.port)], capture_output=True, text=True,
                          timeout=180)
    assert done.returncode == 78 and "cannot listen" in done.stderr, done
    assert s.program.end() == 0


def main():
    wanted = sys.argv[1:]
    tests = [test_same_as_score, test_refusals, test_hostile_clients, test_start]
    return h.run_tests([t for t in tests if not wanted or t.__name__ in wanted], None)


if __name__ == "__main__":
    sys.exit(main())
