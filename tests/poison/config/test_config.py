# SPDX-License-Identifier: MIT
"""Configuration files that are wrong: absa check-config says every mistake with its line and
exits 78, and so does the program itself, before it speaks to anybody. What only looks odd is
taken. Each file is a case; what would be too big or needs a mode is made here."""
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "support"))
import harness as h  # noqa: E402

wrong, done = [], 0


def run(*args):
    return subprocess.run([str(a) for a in args], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, timeout=60, errors="replace")


def expect(file, program, code, words):
    """Of absa check-config, and, when it is wrong, of the program on its way to work."""
    global done
    done += 1
    calls = [[h.BIN / "absa-check-config", program, "-c", file]]
    if code:
        calls.append([h.BIN / f"absa-{program}", "--config", file])
    for call in calls:
        got = run(*call)
        said = got.stdout if code == 0 else got.stderr
        missing = [w for w in words if w not in said]
        if got.returncode != code or missing:
            wrong.append(f"{file.name} {program}: exit {got.returncode}, without {missing}:\n{said[:800]}")
        if code and len(said.splitlines()) != len(words):
            wrong.append(f"{file.name} {program}: {len(words)} mistakes, but said:\n{said[:800]}")


def files():
    for line in (HERE / "expected").read_text().splitlines():
        if line.startswith("#"):
            continue
        name, program, code, words = line.split(" ", 3)
        file = HERE / name
        expect(file, program, int(code),
               [f"{file}:{w}" if w[0].isdigit() else w for w in words.split("|")])
    cases = {p.name for p in HERE.glob("*.conf")}
    named = {line.split(" ")[0] for line in (HERE / "expected").read_text().splitlines()}
    if cases - named:
        wrong.append(f"no outcome for {cases - named}")


def modes(folder):
    """A secret that others may read is none."""
    conf, secret = folder / "open.conf", folder / "secret"
    secret.write_text("0123456789abcdef" * 4 + "\n")
    for name, mode, code, words in (
            ("ingest.user_key_file", 0o640, 78, f"{conf}:1: ingest.user_key_file: others may read"),
            ("ingest.user_key_file", 0o600, 0, f"ingest.user_key_file = {secret}"),
            ("kafka.sasl.password_file", 0o604, 78, "others may read it, want mode 0600"),
            ("kafka.sasl.password_file", 0o640, 0, "kafka.sasl.password = ***")):
        conf.write_text(f"{name} = {secret}\n")
        secret.chmod(mode)
        expect(conf, "ingest", code, [words])


def sizes(folder):
    """A file of 1 GB is not read; nor is a folder."""
    big = folder / "big.conf"
    with open(big, "wb") as f:
        f.truncate(1 << 30)
    began = time.monotonic()
    expect(big, "ingest", 78, [str(big)])
    if time.monotonic() - began > 30:
        wrong.append("a file of 1 GB was read")
    expect(folder, "ingest", 78, [str(folder)])
    expect(folder / "nothing.conf", "ingest", 78, ["No such file"])


with tempfile.TemporaryDirectory() as tmp:
    files()
    modes(pathlib.Path(tmp))
    sizes(pathlib.Path(tmp))
print(f"{done} cases, {len(wrong)} wrong")
for line in wrong:
    print(line)
sys.exit(1 if wrong or done < 30 else 0)
