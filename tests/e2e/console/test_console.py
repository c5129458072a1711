#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""absa console in a real Chromium: on the records of a run, and beside a pipeline that runs.
Every page is clicked through, and the browser's console stays empty."""
import json
import pathlib
import re
import resource
import socket
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402
import scene  # noqa: E402
from browser import Browser  # noqa: E402

SLOW = min(10000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 500)  # as many as may be open


class World:
    def __init__(self, browser, tmp):
        self.browser, self.tmp, self.n = browser, tmp, 0
        self.told = scene.told(tmp)
        self.id = json.loads(self.told["alerts"][0])["alert_id"]

    def console(self, address, *args):
        """Its program and its address."""
        self.n += 1
        program = h.Program([h.BIN / "absa-console", f"-Xkafka.bootstrap.servers={address}",
                             "-Xhttp.port=0", *args], self.tmp / f"console-{self.n}.log")
        h.wait_for("the page", lambda: re.search(r"http://\S+/\n", program.said()))
        return program, re.search(r"(http://\S+)/\n", program.said())[1]

    def broker(self):
        self.process = subprocess.Popen([h.BIN / "absa-broker"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        h.Program.all.append(self.process)
        return self.process.stdout.readline().strip()

    def text(self, selector):
        return self.browser.js(f"document.querySelector({json.dumps(selector)}).innerText")

    def unfold(self):
        """Opens all that is closed: a table is filled then."""
        self.browser.js("document.querySelectorAll('details').forEach(d => { d.open = true; })")

    def quiet(self):
        assert self.browser.complaints == [], self.browser.complaints
        self.browser.open("about:blank")  # nobody follows a server that ends


def filled(world):
    """A console that has read all that there is."""
    address = world.broker()
    for topic, lines in world.told.items():
        scene.put(address, topic, lines)
    program, url = world.console(address)
    h.wait_for("all to be read", lambda: ready(url))
    return address, program, url


def ready(url):
    done = subprocess.run(["curl", "-sf", f"{url}/readyz"], capture_output=True, text=True)
    return '"ready": true' in done.stdout


def rss_mb(program):
    status = pathlib.Path(f"/proc/{program.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def clicked_through(world):
    """Verdict, slider, feature, segment, alert and back, by mouse and by keyboard."""
    b = world.browser
    address, program, url = filled(world)
    b.complaints.clear()
    b.open(url)
    b.wait("document.querySelector('#feature-body svg') && document.querySelector('#flow-list li')")
    windows = len([w for w in world.told["windows"] if json.loads(w)["segment"] == "all"])
    b.wait("document.querySelector('h1').innerText.includes('Drift: ')")
    b.wait("document.querySelector('#dead-table tbody tr')")
    assert world.text("#dead-table tbody tr").split()[:3] == ["ingest", "json", "7"]
    assert b.js("document.querySelectorAll('#times-table tr').length") == 0, "filled before it is opened"
    world.unfold()
    b.wait(f"document.querySelectorAll('#times-table tbody tr').length === {windows}")
    b.wait("document.querySelectorAll('#feature-body figure tbody').length === 2")
    n = len(json.loads(world.told["windows"][-1])["features"])
    b.wait(f"document.querySelectorAll('#features-table tbody tr').length === {n}")
    # the slider, by keys
    before = world.text("#times-now")
    b.js("document.querySelector('#slider').focus()")
    b.key("ArrowLeft")
    b.wait(f"document.querySelector('#times-now').innerText !== {json.dumps(before)}")
    assert "at=" in b.js("location.search")
    b.click("#newest")
    b.wait(f"document.querySelector('#times-now').innerText === {json.dumps(before)}")
    # a feature
    name = b.js("document.querySelectorAll('#features-table tbody .link')[2].innerText")
    b.click("#features-table tbody tr:nth-child(3) .link")
    b.wait(f"document.querySelector('#feature-title').innerText.startsWith({json.dumps(name)})")
    b.wait("document.querySelectorAll('#feature-body svg').length === 2")
    b.wait("document.querySelectorAll('#feature-body details[open] tbody').length === 2")
    # an alert, its address, and back
    b.click("#alerts-table tbody a")
    b.wait("document.querySelector('#alert-body svg')")
    assert b.js("location.pathname") == "/a/" + world.id
    assert "absa verify-alert" in world.text("#alert-body")
    b.js("history.back()")
    b.wait("document.querySelector('#alert').hidden")
    # times in UTC, and in the viewer's zone
    here = world.text("#times-now")
    assert "CET" in here, here
    b.click("#zone")
    b.wait("document.querySelector('#times-now').innerText.includes('UTC (')")
    b.click("#zone")
    b.wait(f"document.querySelector('#times-now').innerText === {json.dumps(here)}")
    assert b.complaints == [], b.complaints
    # something new comes by itself
    scene.put(address, "alerts", [scene.hostile(world.told["alerts"][0])])
    b.wait("document.querySelectorAll('#alerts-table tbody tr').length >= 2")
    b.wait(f"document.querySelector('h1').innerText.includes({json.dumps(scene.HOSTILE)})")
    b.open(f"{url}/a/{'e' * 32}", width=390, dark=True)
    b.wait("document.querySelector('#alert-body svg')")
    body = world.text("#alert-body")
    assert scene.HOSTILE in body
    # in the names of the evidence, of the other segment and of the categories
    for field in (f"{scene.HOSTILE}: statistic 1, 2 degrees", f"{scene.HOSTILE}; in standard errors mean 1",
                  "as much as a mean moved by 0.2", "in categories never seen\n7",
                  "fires because\nthere is evidence, and PSI is above 0.3"):
        assert field in body, (field, body)
    world.unfold()
    assert b.js("""document.querySelector("#alert-body figure tbody th").innerText""") == scene.HOSTILE
    assert b.js("window.pwned") is None
    assert b.js("document.querySelectorAll('main img, main script').length") == 0
    assert b.js("document.documentElement.scrollWidth <= innerWidth"), "wider than a telephone"
    hostile_everywhere(world, address, url, what_is_missing(world, address, url))
    world.quiet()
    assert program.end() == 0, program.said()


def what_is_missing(world, address, url):
    """Beside the baseline's share; where it is more, first of all, and with what to do. The window that it was."""
    b = world.browser
    window = next(w for w in reversed(world.told["windows"]) if json.loads(w)["features"])
    lacking, name = scene.lacking_window(window)
    b.open(f"{url}/?feature={name}")
    b.wait("document.querySelector('#feature-body').innerText.includes('0 missing (0.0 %; of the baseline 0.0 %)')")
    assert b.js("document.querySelector('#feature-missing')") is None
    scene.put(address, "windows", [lacking])
    b.wait("document.querySelector('#feature-missing')")
    said = world.text("#feature-missing")
    for words in ("50.0 % of its values are missing here, 0.0 % were in the baseline", "--categories missing",
                  "docs/runbook/drift-in-a-feature.md"):
        assert words in said, said
    assert "missing (50.0 %; of the baseline 0.0 %)" in world.text("#feature-body")
    return lacking


def hostile_everywhere(world, address, url, window):
    """In the names of segments, features and dead letters: text, and nothing else."""
    b = world.browser
    scene.put(address, "windows", scene.hostile_window(window))
    scene.put(address, "dead", [scene.hostile_dead(world.told["dead"][0])])
    b.open(url)
    for table, text in (("#features-table", scene.HOSTILE), ("#segments-table", scene.HOSTILE),
                        ("#dead-table", scene.HOSTILE.split()[0])):  # short words there
        b.wait(f"document.querySelector('{table}').innerText.includes({json.dumps(text)})")
    b.js("[...document.querySelectorAll('#features-table tbody .link')].find(e => e.innerText === "
         f"{json.dumps(scene.HOSTILE)}).click()")
    b.wait(f"document.querySelector('#feature-title').innerText.startsWith({json.dumps(scene.HOSTILE)})")
    world.unfold()
    assert b.js("window.pwned") is None
    assert b.js("document.querySelectorAll('main img, main script').length") == 0


def read_by_machines(world):
    """Names and roles that a screen reader goes by; each picture has a name and a table."""
    b = world.browser
    _, program, url = filled(world)
    b.open(url)
    b.wait("document.querySelector('#feature-body svg')")
    world.unfold()
    b.wait("document.querySelectorAll('#feature-body details[open] tbody').length === 2")
    nameless = b.js(r"""[...document.querySelectorAll("svg[role=img]:not([aria-label]), button:empty, " +
        "main section[id]:not([aria-labelledby]), th:not([scope]), table:not(:has(caption)), input:not([id])")]
        .map(e => e.outerHTML.slice(0, 100))""")
    assert nameless == [], nameless
    assert b.js("document.querySelectorAll('main, h1').length") == 2
    for _ in range(6):
        b.key("Tab")
        assert b.js("document.activeElement !== document.body")
    world.quiet()
    assert program.end() == 0


def worn_down(world):
    """10,000 connections that ask slowly: others are served, and it stays small."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    _, program, url = filled(world)
    port = int(url.rpartition(":")[2])
    slow = []
    for _ in range(SLOW):
        s = socket.create_connection(("127.0.0.1", port), timeout=30)
        s.sendall(b"GET /api/state HTTP/1.1\r\nHost: 127")
        slow.append(s)
    slowest = 0.0
    for _ in range(20):
        began = time.monotonic()
        kind, text = h.get_page(port, "/api/state")
        slowest = max(slowest, time.monotonic() - began)
        assert json.loads(text)["verdict"]["level"] == "CRITICAL" and "json" in kind
    for path, code in (("/a/..%2f..%2fx", "404"), ("/api/alerts/" + "x" * 99, "400"),
                       ("/api/state?at=x", "400"), ("/api/state?step=x", "400"), ("/api/state?at=-5", "400"), ("/nothing", "404"),
                       ("/api/feature?name=%3Cb%3E&segment=none", "404"), ("/api/alerts/ab", "404")):
        said = h.run("curl", "-s", "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}", url + path).stdout
        assert said == code, (path, said)
    for s in slow:
        s.close()
    print(f"     {SLOW} slow connections: {slowest * 1000:.0f} ms for the slowest of 20 answers, "
          f"{rss_mb(program):.0f} MB")
    assert program.end() == 0


def words(cmdline):
    """Of a process, which may have ended."""
    try:
        return cmdline.read_bytes()
    except OSError:
        return b""


def beside_the_pipeline(world):
    """absa up starts it and says where; what flows is on the page; it outlives its own death."""
    b = world.browser
    up = h.Program([h.BIN / "absa-up", "--dir", world.tmp / "up", *scene.ONE], world.tmp / "up.log")
    h.wait_for("the page", lambda: re.search(r"page: http://\S+/\n.*import -b \S+", up.said(), re.S))
    url = re.search(r"page: (http://\S+)/\n", up.said())[1]
    address = re.search(r"import -b (\S+)", up.said())[1]
    port = int(url.rpartition(":")[2])
    h.wait_for("the console", lambda: ready(url))
    b.open(url)
    b.wait("document.querySelector('h1').innerText === 'Nothing judged yet'")
    h.run(h.BIN / "absa-import", "-q", "-b", address, "--arrival", "created", world.tmp / "in.jsonl")
    b.wait("document.querySelector('h1').innerText.startsWith('Drift: ')")
    world.unfold()
    b.wait("Number(document.querySelector('#flow-table td:nth-child(3)').textContent) >= 407")
    want = sum(json.loads(w)["segment"] == "all" for w in world.told["windows"])
    b.wait(f"document.querySelectorAll('#times-table tbody tr').length === {want}")
    assert b.complaints == [], b.complaints
    program = next(p for p in pathlib.Path("/proc").glob("[0-9]*/cmdline")
                   if b"absa-console" in words(p) and f"http.port={port}".encode() in words(p))
    subprocess.run(["kill", "-9", program.parent.name], check=True)
    h.wait_for("another console", lambda: not program.exists() and ready(url))
    b.complaints.clear()  # of the time in between
    b.wait("document.querySelector('#link').className === 'live'")
    b.open("about:blank")
    assert up.process.poll() is None
    assert up.end(60) == 0, up.said()


def main():
    with Browser() as browser, tempfile.TemporaryDirectory() as tmp:
        world = World(browser, pathlib.Path(tmp))
        return h.run_tests([clicked_through, read_by_machines, worn_down, beside_the_pipeline], world)


if __name__ == "__main__":
    sys.exit(main())
