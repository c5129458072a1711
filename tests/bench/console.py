# SPDX-License-Identifier: MIT
"""absa console with much to show, in a real Chromium; part of tests/bench/run.

Windows of 24 hours with 200 features each, one a minute, as rule scan has them: first paint
of the page, a step of the slider until it is drawn, and what the process needs, at rest
and beside 1,000 connections that ask slowly."""
import json
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(TOP / "tests/support"), str(TOP / "tests/e2e/console")]
import harness as h  # noqa: E402
import scene  # noqa: E402
from browser import Browser  # noqa: E402

FEATURES, MINUTES, MINUTE, AT_ONCE, STEPS, SLOW = 200, 1440, 60000, 120, 40, 1000


def windows(like):
    """JSON lines: the window given, once a minute, with many features."""
    for i in range(MINUTES):
        end = like["end_ms"] - (MINUTES - 1 - i) * MINUTE
        features = [dict(like["features"][k % len(like["features"])], name=f"feature_{k:03}",
                         psi=((i * 7 + k * 13) % 97) / 300) for k in range(FEATURES)]
        yield json.dumps(dict(like, start_ms=end - 3600000, end_ms=end, features=features))


def mib(pid, what):
    return int(re.search(rf"{what}:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def paint(browser, url):
    """Milliseconds to the first paint with content."""
    browser.open(url)
    browser.wait(f"document.querySelectorAll('#features-table tbody tr').length === {FEATURES}")
    first = browser.js("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    browser.open("about:blank")
    return first


# From the slider's move to the frame that shows the window and its feature.
STEP = """new Promise((done) => {
  const slider = document.querySelector("#slider"), now = document.querySelector("#feature-body");
  const began = performance.now(), seen = new MutationObserver(() => {
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
  });
  seen.observe(now, { childList: true });
  slider.value = Number(slider.value) - 7;
  slider.dispatchEvent(new Event("input"));
})"""


def slow_ones(port):
    for _ in range(SLOW):
        s = socket.create_connection(("127.0.0.1", port), timeout=30)
        s.sendall(b"GET /api/state HTTP/1.1\r\nHost: 127")
        yield s


def answers(port):
    """Milliseconds of 20 answers, sorted."""
    took = []
    for _ in range(20):
        began = time.monotonic()
        h.get_page(port, "/api/state")
        took.append((time.monotonic() - began) * 1000)
    return sorted(took)


def started(work):
    """The console that has seen those windows come: program, address, port."""
    broker = subprocess.Popen([h.BIN / "absa-broker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    h.Program.all.append(broker)
    address = broker.stdout.readline().strip()
    program = h.Program([h.BIN / "absa-console", f"-Xkafka.bootstrap.servers={address}", "-Xhttp.port=0"],
                        work / "console.log")
    h.wait_for("the page", lambda: re.search(r"http://\S+/\n", program.said()))
    url = re.search(r"(http://\S+)/\n", program.said())[1]
    port = int(url.rpartition(":")[2])
    lines = list(windows(json.loads(scene.told(work)["windows"][-1])))
    for i in range(0, len(lines), AT_ONCE):  # the broker in memory keeps little
        scene.put(address, "windows", lines[i:i + AT_ONCE])
        end = json.loads(lines[min(i + AT_ONCE, len(lines)) - 1])["end_ms"]
        h.wait_for("windows", lambda: json.loads(h.get_page(port, "/api/state")[1])["newest_ms"] == end)
    return program, url, port


def bench(work):
    program, url, port = started(work)
    pid = program.process.pid
    state = json.loads(h.get_page(port, "/api/state")[1])
    print(f"{FEATURES} features, {len(state['times']['end_ms'])} of {MINUTES} windows within console.memory; "
          f"/api/state {len(json.dumps(state)) // 1000} kB", flush=True)
    with Browser() as b:
        first = statistics.median(paint(b, url) for _ in range(5))
        b.open(url)
        b.wait(f"document.querySelectorAll('#features-table tbody tr').length === {FEATURES}")
        steps = sorted(b.js(STEP) for _ in range(STEPS))
        print(f"first paint {first:.0f} ms; a step of the slider {steps[STEPS // 2]:.0f} ms, "
              f"the slowest of {STEPS} {steps[-1]:.0f} ms", flush=True)
        b.open("about:blank")
    print(f"memory {mib(pid, 'VmRSS'):.0f} MiB, at most {mib(pid, 'VmHWM'):.0f} MiB", flush=True)
    slow = list(slow_ones(port))
    print(f"beside {SLOW} slow connections: the slowest of 20 answers {answers(port)[-1]:.0f} ms; "
          f"{mib(pid, 'VmRSS'):.0f} MiB", flush=True)
    for s in slow:
        s.close()
    program.end()
