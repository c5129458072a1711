# SPDX-License-Identifier: MIT
"""promtool takes the configuration and the rules of deploy/prometheus, and their tests pass."""
import os
import shutil
import subprocess
import sys

from repo import ROOT, verdict

if not shutil.which("promtool"):
    print("skipped: no promtool (apt: prometheus)")
    sys.exit(77)
COMMANDS = (("check", "config", "prometheus.yml"), ("check", "rules", "rules/absa.rules.yml"),
            ("test", "rules", "tests/absa.test.yml"))
wrong = []
for command in COMMANDS:
    done = subprocess.run(["promtool", *command], capture_output=True, text=True, check=False,
                          cwd=os.path.join(ROOT, "deploy/prometheus"))
    if done.returncode != 0:
        wrong.append(f"promtool {' '.join(command)}:\n{done.stdout}{done.stderr}")
verdict(COMMANDS, wrong)
