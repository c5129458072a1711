# SPDX-License-Identifier: MIT
"""What is measured, and what is made of it: each metric has a help, and a name that ends in its
unit; rules and dashboards name no other; each alert has a severity, a summary and a page that
exists, and fires in a test."""
import re

from repo import files, no_page, read, verdict

RULES, TESTS = "deploy/prometheus/rules/absa.rules.yml", "deploy/prometheus/tests/absa.test.yml"
# lag is counted in records; info is always 1
UNITS = ("total", "seconds", "bytes", "partitions", "receivers", "lag", "info", "fds")
# of a process, as Prometheus's own client libraries name them; of a scrape
COMMON = {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds",
          "process_open_fds", "process_max_fds"}
NAME = re.compile(r"\b(?:absa|process)_[a-z_]+\b(?![:.(])")

checked, wrong = [], []
known = {}
for row in read("docs/METRICS.md").splitlines():
    m = re.match(r"\| `(\w+)` \| (counter|gauge) \| ([\w, ]+) \| (.*) \|$", row)
    if m:
        known[m.group(1)] = m.groups()[1:]
for name, (kind, labels, text) in known.items():
    checked.append(name)
    if not name.endswith(tuple("_" + u for u in UNITS)):
        wrong.append(f"{name}: its name does not end in a unit ({', '.join(UNITS)})")
    if (kind == "counter") != name.endswith("_total"):
        wrong.append(f"{name}: a {kind} of that name")
    if len(text) < 5 and name != "absa_build_info":
        wrong.append(f"{name}: no help")
    if "stage" not in labels:
        wrong.append(f"{name}: no label stage")


def uses(name, text):
    """Names of metrics there, but for labels of ours, recorded ones and names of tables."""
    recorded = set(re.findall(r"record: (\S+)", read(RULES)))
    for found in sorted(set(NAME.findall(text))):
        if found not in known and found not in COMMON and not any(found in r for r in recorded):
            wrong.append(f"{name}: no program has {found}")
    for found in sorted(set(re.findall(r"\b\w+:absa_\w+:\w+", text)) - recorded):
        wrong.append(f"{name}: no rule records {found}")


for name in files(".yml"):
    if name.startswith("deploy/prometheus/rules/"):
        checked.append(name)
        uses(name, read(name))
for name in files(".json"):
    if name.startswith("deploy/grafana/dashboards/"):
        checked.append(name)
        uses(name, "\n".join(re.findall(r'"expr": "(.*)"', read(name))))
fires = set(re.findall(r'alertname="(\w+)"', read(TESTS)))
for block in re.split(r"^      - alert: ", read(RULES), flags=re.M)[1:]:
    alert = block.split("\n", 1)[0]
    checked.append(alert)
    page = (re.findall(r"runbook: (\S+)$", block, re.M) or [""])[0]
    if not re.search(r"severity: (warning|critical)", block) or "summary: " not in block:
        wrong.append(f"{alert}: no severity or no summary")
    if no_page(page):
        wrong.append(f"{alert}: no page {page}")
    if alert not in fires:
        wrong.append(f"{alert}: fires in no test")
verdict(checked, wrong)
