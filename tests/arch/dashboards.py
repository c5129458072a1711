# SPDX-License-Identifier: MIT
"""The dashboards are as tools/dashboards writes them, and Grafana can take them as they are: classic
JSON for provisioning, each uid and title once, no panel over another, three panels each (six of the model), everything
that is named ($variable, data source, page of the runbook) there."""
import collections
import json
import os
import re
import subprocess

from repo import ROOT, files, no_page, read, verdict

COMPOSE = "deploy/compose/compose.yml"
FOLDER, RUNBOOK = "deploy/grafana/dashboards/", "/public/absa-runbook/"
# Grafana's own
GIVEN = {"__timeFilter", "__timeGroup", "__timeGroupAlias", "__interval", "__all"}
WIZARD = ("__inputs", "__requires", "__elements")

checked, wrong = [], []
once = collections.Counter()
sources = set(re.findall(r"^    uid: (\S+)$", read("deploy/grafana/provisioning/datasources/absa.yaml"), re.M))


def links(where, shown):
    for link in shown.get("links", []):
        if link.get("type") == "dashboards":
            continue
        if no_page("docs/runbook/" + link["url"].removeprefix(RUNBOOK)):
            wrong.append(f"{where}: no page {link['url']}")


def panel(where, shown):
    checked.append(where)
    for name in ("title", "description", "targets", "links"):
        if not shown.get(name):
            wrong.append(f"{where}: no {name}")
    links(where, shown)
    queries = [t.get("rawSql") for t in shown["targets"] if "rawSql" in t]
    if queries and not any("$__timeFilter" in q for q in queries):
        wrong.append(f"{where}: no query keeps to the time that is shown")
    for target in shown["targets"]:
        if target.get("format") == "time_series" and "ORDER BY 1" not in target["rawSql"]:
            wrong.append(f"{where}: not ordered by time")


def area(name, panels):
    taken = {}
    for p in panels:
        g = p["gridPos"]
        if g["x"] < 0 or g["w"] < 1 or g["x"] + g["w"] > 24:
            wrong.append(f"{name}: panel {p['id']} is outside the 24 columns")
        for cell in ((x, y) for x in range(g["x"], g["x"] + g["w"]) for y in range(g["y"], g["y"] + g["h"])):
            if taken.setdefault(cell, p["id"]) != p["id"]:
                wrong.append(f"{name}: panel {p['id']} is over panel {taken[cell]}")
                break


def dashboard(name, d):
    once.update([("uid", d.get("uid")), ("title", d.get("title"))])
    if d.get("schemaVersion") != 39 or d.get("id", 0) is not None or d.get("timezone") != "browser":
        wrong.append(f"{name}: schemaVersion, id or timezone")
    if not 0 < len(d.get("uid") or "") <= 40 or not d.get("title") or any(k in d for k in WIZARD):
        wrong.append(f"{name}: no uid or title, or what only the import wizard reads")
    variables = {v["name"]: v for v in d["templating"]["list"]}
    for v in variables.values():
        if v["type"] == "datasource" and v["current"]["value"] not in sources:
            wrong.append(f"{name}: no data source {v['current']['value']}")
    for used in set(re.findall(r"\$\{?(\w+)", json.dumps(d))) - GIVEN - set(variables):
        wrong.append(f"{name}: no variable {used}")
    many = 6 if name.startswith("model-performance") else 3
    if not many == len(d["panels"]) == len({p["id"] for p in d["panels"]}) or not d["annotations"]["list"]:
        wrong.append(f"{name}: {many} panels are wanted, of ids of their own, and annotations")
    links(name, d)
    area(name, d["panels"])
    for p in d["panels"]:
        panel(f"{name}: {p.get('title')}", p)


def composed(text):
    """What deploy/compose mounts is there, and Grafana's files find what they name."""
    mounts = dict(reversed(m) for m in re.findall(r"- (\.[\w./-]+):(/[\w./-]+):ro", text))
    for target, source in mounts.items():
        if not os.path.exists(os.path.join(ROOT, os.path.dirname(COMPOSE), source)):
            wrong.append(f"{COMPOSE}: no {source}")
    for name in files(".yaml"):
        if not name.startswith("deploy/grafana/provisioning/"):
            continue
        for variable in set(re.findall(r"\$\{(\w+)\}", read(name))):
            if f"      {variable}: " not in text:
                wrong.append(f"{COMPOSE}: no {variable} for {name}")
        for path in re.findall(r"^ +path: (\S+)$", read(name), re.M):
            if path not in mounts:
                wrong.append(f"{COMPOSE}: nothing at {path}, which {name} reads")
    if "/usr/share/grafana" + RUNBOOK.rstrip("/") not in mounts:
        wrong.append(f"{COMPOSE}: no runbook where the links point")


for path in (f for f in files(".json") if f.startswith(FOLDER)):
    dashboard(path.removeprefix(FOLDER), json.loads(read(path)))
composed(read(COMPOSE))
wrong += [f"{kind} {value} is used {n} times" for (kind, value), n in once.items() if n > 1]
fresh = subprocess.run([os.path.join(ROOT, "tools/dashboards"), "--check"], capture_output=True, text=True, check=False)
if fresh.returncode != 0:
    wrong.append(fresh.stderr.strip())
if len(checked) != 15:
    wrong.append(f"{len(checked)} panels, not 15")
verdict(checked, wrong)
