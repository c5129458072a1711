# SPDX-License-Identifier: MIT
"""A real Chromium for a test script, over its debugging pipe (no driver, no library).

    with Browser() as b:
        b.open("http://127.0.0.1:8707/", width=1280, height=800, dark=True)
        b.js("document.title")            -> the value; a promise is waited for
        b.wait("document.querySelector('h1')")
        b.click("#newest"); b.key("Tab"); b.picture("page.png", whole=True)
        b.complaints                      -> what the console said, and exceptions

A test that cannot have one is skipped (exit 77) with the reason."""
import base64
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from harness import skip

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--hide-scrollbars", "--mute-audio", "--remote-debugging-pipe"]
KEYS = {"Tab": 9, "Enter": 13, "ArrowLeft": 37, "ArrowRight": 39, "Home": 36, "End": 35}


class Browser:
    def __init__(self, timezone="Europe/Berlin"):
        self.program = shutil.which("chromium") or skip("no chromium (apt: chromium)")
        self.timezone = timezone

    def __enter__(self):
        self.profile = tempfile.mkdtemp(prefix="absa-chromium-")
        to_read, self.to = os.pipe()
        self.answers, to_write = os.pipe()

        def wire():  # the pipe is on 3 and 4
            a, b = os.dup(to_read), os.dup(to_write)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(
            [self.program, *FLAGS, f"--user-data-dir={self.profile}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            close_fds=False, preexec_fn=wire, env=dict(os.environ, TZ=self.timezone, LANG="en_GB.UTF-8"))
        os.close(to_read)
        os.close(to_write)
        self.ids, self.pending, self.session, self.complaints = itertools.count(1), b"", None, []
        self.loaded = set()  # navigations; the first page's own load may come late
        pages = self.ask("Target.getTargets")["targetInfos"]
        page = next(t for t in pages if t["type"] == "page")
        self.session = self.ask("Target.attachToTarget", targetId=page["targetId"],
                                flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(domain + ".enable")
        self.ask("Page.setLifecycleEventsEnabled", enabled=True)
        self.ask("Emulation.setTimezoneOverride", timezoneId=self.timezone)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.to)
        os.close(self.answers)
        shutil.rmtree(self.profile, ignore_errors=True)

    def message(self):
        while b"\0" not in self.pending:
            more = os.read(self.answers, 1 << 20)
            if not more:
                raise AssertionError("chromium ended")
            self.pending += more
        line, _, self.pending = self.pending.partition(b"\0")
        return json.loads(line)

    def ask(self, method, **params):
        number = next(self.ids)
        order = {"id": number, "method": method, "params": params}
        if self.session:
            order["sessionId"] = self.session
        order = json.dumps(order).encode() + b"\0"
        while order:
            order = order[os.write(self.to, order):]
        while True:
            m = self.message()
            if m.get("id") == number:
                if "error" in m:
                    raise AssertionError(f"{method}: {m['error']}")
                return m["result"]
            self.hear(m)

    def hear(self, m):
        what, p = m.get("method"), m.get("params", {})
        if what == "Page.lifecycleEvent" and p["name"] == "load":
            self.loaded.add(p["loaderId"])
        elif what == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(p["exceptionDetails"])[:600])
        elif what == "Runtime.consoleAPICalled" and p["type"] in ("error", "warning", "assert"):
            self.complaints.append(" ".join(str(a.get("value", a)) for a in p["args"]))
        elif what == "Log.entryAdded" and p["entry"]["level"] in ("error", "warning"):
            self.complaints.append(f"{p['entry']['text']} {p['entry'].get('url', '')}")

    def open(self, url, width=1280, height=900, dark=False, scale=1):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=scale, mobile=width < 600)
        self.ask("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}])
        navigation = self.ask("Page.navigate", url=url)["loaderId"]
        while navigation not in self.loaded:
            self.hear(self.message())

    def js(self, expression):
        got = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True,
                       returnByValue=True)
        if "exceptionDetails" in got:
            raise AssertionError(f"{expression}: {got['exceptionDetails']}")
        return got["result"].get("value")

    def wait(self, expression, seconds=180):
        until = time.monotonic() + seconds
        while not self.js(f"Boolean({expression})"):
            if time.monotonic() > until:
                raise AssertionError(f"waited in vain for {expression}: {self.complaints}")
            time.sleep(0.05)

    def click(self, selector):
        """As a mouse does: where it is, if nothing lies over it."""
        x, y = self.js(f"""(() => {{ const e = document.querySelector({json.dumps(selector)});
            e.scrollIntoView({{block: "center"}}); const r = e.getClientRects()[0];
            return [r.x + r.width / 2, r.y + r.height / 2]; }})()""")
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def key(self, key):
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                     windowsVirtualKeyCode=KEYS[key], **(text if kind == "keyDown" else {}))

    def picture(self, path, whole=False):
        got = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        pathlib.Path(path).write_bytes(base64.b64decode(got["data"]))
