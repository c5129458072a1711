# SPDX-License-Identifier: MIT
"""The image and the containers, without a Docker: the Dockerfile's packages are those of
tools/setup and hold every library that the programs name; what it copies is there, can be configured,
and is all that a build reads. Of compose.yml: every file
mounted is there, every address and port is of 127.0.0.1, every command is one that the program takes,
no container of absa may write or has a right, and the ports are those of Prometheus.

What this cannot see: whether the images can be had, and what a Docker makes of it."""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from repo import ROOT, programs, read, verdict

try:
    import yaml
except ImportError:
    print("skipped: no module yaml (apt: python3-yaml)")
    sys.exit(77)

DOCKERFILE, COMPOSE = "deploy/image/Dockerfile", "deploy/compose/compose.yml"
ONCE = ("topics", "migrate", "key", "errors_topics", "errors_baseline")
checked, wrong = [], []


def need(truth, what):
    checked.append(what)
    if not truth:
        wrong.append(what)


def instructions(text):
    """[(word, rest)] of a Dockerfile, lines joined."""
    lines = "\n".join(x for x in text.splitlines() if not x.startswith("#")).replace("\\\n", " ")
    return [tuple(x.split(None, 1)) for x in lines.splitlines() if x.strip()]


def packages(rest):
    found = re.search(r"--no-install-recommends (.*?)(?:&&|$)", rest)
    return found[1].split() if found else []


def stages(steps):
    """The instructions of each FROM."""
    out = []
    for word, rest in steps:
        if word == "FROM":
            out.append([])
        out[-1].append((word, rest))
    return out


def base(steps):
    for _, rest in (s for s in steps if s[0] == "FROM"):
        need(rest.split()[0] == "debian:12-slim", f"{DOCKERFILE}: from Debian 12: {rest}")


def built_with(step):
    """Debian's packages, as tools/setup has them."""
    known = set(re.findall(r"^([a-z0-9.+-]+) {2,}\S", read("tools/setup"), re.M)) | {"python3"}
    for name in (p for word, rest in step if word == "RUN" for p in packages(rest)):
        need(name in known, f"{DOCKERFILE}: {name} is in tools/setup")


def run_with(step):
    """Every library that a program names belongs to a package that is installed. Where dpkg knows."""
    names = {p for word, rest in step if word == "RUN" for p in packages(rest)} | {"libc6"}
    wanted = set()
    for program in programs():
        out = subprocess.run(["objdump", "-p", program], capture_output=True, text=True, check=True).stdout
        wanted |= set(re.findall(r"NEEDED +(\S+)", out))
    for library in sorted(wanted):
        if re.match(r"lib(asan|ubsan|tsan)\.", library):
            continue
        paths = glob.glob(f"/usr/lib/*/{library}") + glob.glob(f"/lib/*/{library}") + glob.glob(f"/usr/lib/{library}")
        owners = set()
        for path in {p for q in paths for p in (q, os.path.realpath(q))}:
            out = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True, check=False).stdout
            owners |= {line.split(":")[0] for line in out.splitlines()}
        need(owners & names, f"{DOCKERFILE}: {library} is in a package of the last stage ({', '.join(owners)})")


def as_nobody(step):
    words = [w for w, _ in step]
    users = [rest for word, rest in step if word == "USER"]
    need(users and users[-1] not in ("root", "0"), f"{DOCKERFILE}: runs as somebody without rights")
    need("HEALTHCHECK" in words and "ENTRYPOINT" in words, f"{DOCKERFILE}: HEALTHCHECK and ENTRYPOINT")
    need(not any(re.search(r"(?i)password|secret|token", rest) for _, rest in step), f"{DOCKERFILE}: no secret")


def read_by_build():
    """Files of the sources that this build of the programs reads, as ninja knows."""
    def ninja(*args):
        return subprocess.run(["ninja", "-C", os.environ["ABSA_BUILD"], "-t", *args], capture_output=True,
                              text=True, check=True).stdout

    build = os.environ["ABSA_BUILD"]
    wanted = ninja("inputs", *(os.path.relpath(p, build) for p in programs())).split()
    objects = set(re.findall(r"^(\S+\.o)$", "\n".join(wanted), re.M))
    for block in ninja("deps").split("\n\n"):
        head, *lines = block.splitlines() or [""]
        if head.split(":")[0] in objects:
            wanted += [line.strip() for line in lines]
    paths = {os.path.relpath(os.path.join(build, p), ROOT) for p in wanted}
    return {p for p in paths if os.path.isfile(os.path.join(ROOT, p)) and not p.startswith(("..", "build/"))}


def sources(step):
    """What is copied is enough to be configured, and holds all that this build reads and installs."""
    with tempfile.TemporaryDirectory() as tmp:
        for word, rest in step:
            if word != "COPY":
                continue
            *names, to = rest.split()
            for name in names:
                source = os.path.join(ROOT, name)
                need(os.path.exists(source), f"{DOCKERFILE}: {name} is there")
                if os.path.isdir(source):
                    shutil.copytree(source, os.path.join(tmp, to), ignore=shutil.ignore_patterns("__pycache__"))
                elif os.path.exists(source):
                    shutil.copy(source, os.path.join(tmp, to))
        configure = next(rest for word, rest in step if word == "RUN" and rest.startswith("cmake"))
        done = subprocess.run(configure.split(), cwd=tmp, capture_output=True, text=True, check=False)
        need(done.returncode == 0, f"{DOCKERFILE}: {configure}: {done.stdout[-300:]}{done.stderr[-300:]}")
        for name in sorted(read_by_build()):
            need(os.path.exists(os.path.join(tmp, name)), f"{DOCKERFILE}: {name} is copied, a build reads it")
        scripts = glob.glob(f"{tmp}/build/**/cmake_install.cmake", recursive=True)
        installed = set(re.findall(rf'"({tmp}/[^"]+)"', "".join(open(s, encoding="utf-8").read() for s in scripts)))
        for path in sorted(p for p in installed if not p.startswith(f"{tmp}/build/")):
            need(os.path.exists(path), f"{DOCKERFILE}: {os.path.relpath(path, tmp)} is copied, it is installed")


def is_ours(service):
    return service["image"].startswith("absa:")


def loopback(name, service):
    """The network is the machine's, so every address must be 127.0.0.1's."""
    need(service.get("network_mode") == "host" and "ports" not in service, f"{COMPOSE}: {name}: no port is let out")
    text = json.dumps([service.get("command"), service.get("environment"), service.get("healthcheck")])
    for address in re.findall(r"(?:\d{1,3}\.){3}\d{1,3}", text):
        need(address == "127.0.0.1", f"{COMPOSE}: {name}: {address}")
    listeners = service.get("environment", {}).get("KAFKA_LISTENERS", "")
    need(all("//127.0.0.1:" in x for x in listeners.split(",") if x), f"{COMPOSE}: {name}: {listeners}")


def mounts(name, service, volumes):
    for entry in service.get("volumes", []):
        source = entry.split(":")[0]
        there = source in volumes
        if source.startswith("."):
            there = os.path.exists(os.path.join(ROOT, os.path.dirname(COMPOSE), source)) and entry.endswith(":ro")
        need(there, f"{COMPOSE}: {name}: {entry} is there, and read only")


def confined(name, service):
    need(service.get("read_only") is True and service.get("cap_drop") == ["ALL"]
         and "no-new-privileges:true" in service.get("security_opt", []) and "privileged" not in service,
         f"{COMPOSE}: {name}: writes nowhere, has no rights")
    need("user" not in service, f"{COMPOSE}: {name}: runs as the image says")


def taken(name, service, tmp):
    """The program takes its arguments and the file of properties, as they are in the container."""
    if name == "key":
        return
    words = [w.replace("/etc/absa", tmp) for w in service["command"]]
    program, *args = words
    plain = [a for a in args if a not in ("apply", "--migrate")]
    env = {k: v for k, v in service.get("environment", {}).items() if k.startswith("ABSA_")}
    env = {k: "x" if v.startswith("${") else v for k, v in env.items()}
    path = os.path.join(os.environ["ABSA_BIN"], "absa-" + program)
    done = subprocess.run([path, "--check-config", *plain, *(a for a in args if a not in plain)],
                          env={**os.environ, **env}, capture_output=True, text=True, check=False)
    need(done.returncode == 0, f"{COMPOSE}: {name}: {' '.join(words)}: {done.returncode}: {done.stderr}")


def health(services):
    """One port each, where Prometheus looks, or would without a '#' for who runs with a profile alone; who ends by
    itself is not asked."""
    target = r'^ *(#?) *- \{targets: \["127\.0\.0\.1:(\d+)"\], labels: \{absa: (\w+)\}\}'
    found = re.findall(target, read("deploy/prometheus/prometheus.yml"), re.M)
    scraped = {port: (name, bool(off)) for off, port, name in found}
    need(len(scraped) == len(found), f"{COMPOSE}: a port each: {found}")
    for name, service in services.items():
        if not is_ours(service):
            continue
        port = service.get("environment", {}).get("ABSA_HTTP_PORT")
        if name in ONCE:
            need(service["healthcheck"] == {"disable": True} and not port, f"{COMPOSE}: {name}: ends, so has no health")
        else:
            need(scraped.pop(port, None) == (name, "profiles" in service), f"{COMPOSE}: {name}: Prometheus finds it at {port}")
    need(not scraped, f"{COMPOSE}: Prometheus looks for who is not there: {scraped}")


def composed():
    d = yaml.safe_load(read(COMPOSE))
    services = d["services"]
    with tempfile.TemporaryDirectory() as tmp:
        key = os.path.join(tmp, "user.key")
        with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as f:
            f.write(bytes(32))
        with open(os.path.join(tmp, "absa.conf"), "w", encoding="utf-8") as f:
            f.write(read("deploy/compose/absa.conf").replace("/var/lib/absa/user.key", key))
        with open(os.path.join(tmp, "errors.conf"), "w", encoding="utf-8") as f:
            f.write(read("deploy/labels/errors.conf").replace("= errors.json", f"= {ROOT}/models/default/baseline.json"))
        for name, service in services.items():
            need(re.search(r":[\w.-]+$", service["image"]) and not service["image"].endswith(":latest"),
                 f"{COMPOSE}: {name}: an image of a version")
            loopback(name, service)
            mounts(name, service, d["volumes"])
            for other, how in service.get("depends_on", {}).items():
                want = "service_completed_successfully" if other in ONCE else "service_healthy"
                need(other in services and how == {"condition": want}, f"{COMPOSE}: {name}: waits for {other}")
            if is_ours(service):
                confined(name, service)
                taken(name, service, tmp)
    health(services)
    example = set(re.findall(r"^#?(\w+)=", read("deploy/compose/env.example"), re.M))
    for variable in set(re.findall(r"\$\{(\w+)", read(COMPOSE))):
        need(variable in example, f"{COMPOSE}: {variable} is in env.example")
    need(d["x-absa"]["build"]["dockerfile"] == DOCKERFILE, f"{COMPOSE}: builds {DOCKERFILE}")


found = instructions(read(DOCKERFILE))
base(found)
building, running = stages(found)
built_with(building)
sources(building)
run_with(running)
as_nobody(running)
composed()
verdict(checked, wrong)
