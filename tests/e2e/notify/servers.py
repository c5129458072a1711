# SPDX-License-Identifier: MIT
"""A mail server, a CA and an SNS of our own, each in a process that ends with the test."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "tests/support"))
from harness import free_port, skip, wait_for  # noqa: E402
from tls import make_ca  # noqa: E402,F401

BUILD = pathlib.Path(os.environ.get("ABSA_BUILD", TOP / "build/dev"))
BIN = pathlib.Path(os.environ.get("ABSA_BIN", BUILD / "bin"))
MOTO = "moto[server]==5.2.5"


def python_with(module):
    for python in ("/usr/bin/python3", sys.executable):
        if subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0:
            return python
    skip(f"no Python has {module} (apt install python3-{module})")


class Mail:
    """A mail server; .seen is what reached it."""

    def __init__(self, ca=None):
        python = python_with("aiosmtpd")
        args = [ca / "cert.pem", ca / "key.pem"] if ca else ["--plain"]
        self.seen = []
        self.process = subprocess.Popen(
            [python, TOP / "tests/support/catcher.py", *map(str, args)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(self.process.stdout.readline())
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            self.seen.append(json.loads(line))

    def wait(self, n, seconds=180):
        until = time.monotonic() + seconds
        while len(self.seen) < n and time.monotonic() < until:
            time.sleep(0.05)
        assert len(self.seen) >= n, f"{len(self.seen)} of {n} came: {self.seen}"
        return self.seen

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def moto_python():
    venv = TOP / "build/cache/moto"
    python = venv / "bin/python"
    if not (venv / ".complete").exists():
        shutil.rmtree(venv, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        got = subprocess.run([python, "-m", "pip", "-q", "install", MOTO], capture_output=True,
                             text=True)
        if got.returncode != 0:
            skip(f"{MOTO} cannot be had: {got.stderr.strip()[-200:]}")
        (venv / ".complete").touch()
    return python


class Sns:
    """moto with signatures checked: a topic, and a queue that hears it."""

    def __init__(self, folder):
        python = moto_python()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        with open(pathlib.Path(folder) / "moto.log", "w") as log:
            self.process = subprocess.Popen(
                [python, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
                stdout=log, stderr=log)
        self.python = python
        self.wait()
        self.env = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
        made = json.loads(self.boto(SET_UP))
        self.arn, self.queue = made["arn"], made["queue"]
        self.env = {"AWS_ACCESS_KEY_ID": made["id"], "AWS_SECRET_ACCESS_KEY": made["secret"]}
        self.post("moto-api/reset-auth", b"0")

    def wait(self):
        wait_for("moto", self.answers)

    def answers(self):
        try:
            return urllib.request.urlopen(self.url + "moto-api/", timeout=10).status == 200
        except OSError:
            return False

    def post(self, path, body):
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "text/plain"})
        urllib.request.urlopen(request, timeout=60).read()

    def boto(self, script):
        env = dict(os.environ, AWS_DEFAULT_REGION="eu-west-1",
                   AWS_ACCESS_KEY_ID=self.env["AWS_ACCESS_KEY_ID"] or "any",
                   AWS_SECRET_ACCESS_KEY=self.env["AWS_SECRET_ACCESS_KEY"] or "any")
        got = subprocess.run([self.python, "-c", script, self.url, getattr(self, "queue", "")],
                             env=env, capture_output=True, text=True)
        assert got.returncode == 0, got.stderr
        return got.stdout

    def messages(self, n, seconds=180):
        got, until = [], time.monotonic() + seconds
        while len(got) < n and time.monotonic() < until:
            got += json.loads(self.boto(RECEIVE))
        assert len(got) >= n, got
        return got

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)


SET_UP = """
import boto3, json, sys
c = lambda s: boto3.client(s, endpoint_url=sys.argv[1])
iam = c("iam")
iam.create_user(UserName="absa")
p = iam.create_policy(PolicyName="all", PolicyDocument=json.dumps({"Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["sns:*", "sqs:*"], "Resource": "*"}]}))
iam.attach_user_policy(UserName="absa", PolicyArn=p["Policy"]["Arn"])
key = iam.create_access_key(UserName="absa")["AccessKey"]
arn = c("sns").create_topic(Name="drift")["TopicArn"]
queue = c("sqs").create_queue(QueueName="q")["QueueUrl"]
to = c("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
c("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=to["Attributes"]["QueueArn"])
print(json.dumps({"arn": arn, "queue": queue, "id": key["AccessKeyId"],
                  "secret": key["SecretAccessKey"]}))
"""

RECEIVE = """
import boto3, json, sys
q = boto3.client("sqs", endpoint_url=sys.argv[1])
got = q.receive_message(QueueUrl=sys.argv[2], MaxNumberOfMessages=10).get("Messages", [])
for m in got:
    q.delete_message(QueueUrl=sys.argv[2], ReceiptHandle=m["ReceiptHandle"])
print(json.dumps([json.loads(m["Body"]) for m in got]))
"""
