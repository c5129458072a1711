# SPDX-License-Identifier: MIT
"""The units of deploy/systemd, without a running systemd: it reads them without a warning and calls what they
leave open little; every command is one that the program takes with the credentials of its unit; the ports
are those that Prometheus looks at.

What this cannot see: whether a program needs a system call that they forbid."""
import glob
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

from repo import ROOT, read, verdict

if not shutil.which("systemd-analyze"):
    print("skipped: no systemd-analyze (apt: systemd)")
    sys.exit(77)
FOLDER = os.path.join(ROOT, "deploy/systemd")
LEFT_OPEN = 15  # tenths, of 100
checked, wrong = [], []


def need(truth, what):
    checked.append(what)
    if not truth:
        wrong.append(what)


def analyze(*args):
    """What systemd-analyze says, with the units and their drop-in where it looks for them."""
    done = subprocess.run(["systemd-analyze", *args], capture_output=True, text=True, check=False,
                          env={**os.environ, "SYSTEMD_UNIT_PATH": FOLDER + ":"})
    return done.returncode, done.stdout + done.stderr


def read_by_systemd(path):
    _, said = analyze("verify", "--man=no", path)
    bad = [x for x in said.splitlines() if x and not re.search(r"Command absa-\w+ is not executable", x)]
    need(not bad, f"{path}: {' '.join(bad)}")


def little_left_open(path):
    code, said = analyze("security", "--offline=true", f"--threshold={LEFT_OPEN}", path)
    need(code == 0, f"{path}: {said.splitlines()[-1:]}")


def lines(text, name):
    return re.findall(rf"^{name}=(.*)$", text, re.M)


def secrets(text, tmp):
    """The environment of the unit's credentials, each a file as systemd makes them."""
    env = dict(x.split("=", 1) for x in lines(text, "Environment"))
    given = {x.split(":")[0] for x in lines(text, "LoadCredential")}
    used = {re.fullmatch(r"%d/(\S+)", v)[1] for v in env.values()}
    need(given == used, f"credentials {given} are those used, {used}")
    for name in given:
        with open(os.open(os.path.join(tmp, name), os.O_CREAT | os.O_WRONLY, 0o400), "wb") as f:
            f.write(b"0123456789abcdef" * 2)
    return {k: v.replace("%d", tmp) for k, v in env.items()}


def taken(path, text, tmp):
    program, *args = shlex.split(lines(text, "ExecStart")[0])
    args = [a.replace("/etc/absa", tmp) for a in args]
    done = subprocess.run([os.path.join(os.environ["ABSA_BIN"], program), "--check-config", *args],
                          env={**os.environ, **secrets(text, tmp)}, capture_output=True, text=True, check=False)
    need(done.returncode == 0, f"{path}: {done.returncode}: {done.stderr}")


def port(path, text):
    name = re.search(r"absa-(\w+)\.service", path)[1]
    found = re.findall(r"http\.port=(\d+)", text)
    need(f'"127.0.0.1:{"".join(found)}"], labels: {{absa: {name}}}' in read("deploy/prometheus/prometheus.yml"),
         f"{path}: Prometheus looks for {name} at {found}")


units = sorted(glob.glob(f"{FOLDER}/absa-*.service"))
read_by_systemd(f"{FOLDER}/absa.target")
for unit in units:
    with open(unit, encoding="utf-8") as f:
        content = f.read()
    read_by_systemd(unit)
    little_left_open(unit)
    port(unit, content)
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "absa.conf"), "w", encoding="utf-8") as f:
            f.write(read("deploy/compose/absa.conf"))
        taken(unit, content, folder)
verdict(checked, wrong)
