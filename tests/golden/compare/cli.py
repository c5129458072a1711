# SPDX-License-Identifier: MIT
"""absa compare as a person and a script meet it: formats, exit codes, odd tables."""
import html.parser
import json
import os
import subprocess
import sys
import tempfile

COMPARE = os.path.join(os.environ["ABSA_BIN"], "absa-compare")
wrong, done = [], 0


def run(ref, cur, *args):
    with tempfile.TemporaryDirectory() as tmp:
        paths = []
        for name, text in (("ref", ref), ("cur", cur)):
            paths.append(os.path.join(tmp, name))
            with open(paths[-1], "wb") as f:
                f.write(text if isinstance(text, bytes) else text.encode())
        return subprocess.run([COMPARE, "--reference", paths[0], "--current", paths[1], *args],
                              capture_output=True, check=False)


def expect(what, ok, detail):
    global done
    done += 1
    if not ok:
        wrong.append(f"{what}: {detail}")


def columns(ref, cur, *args, code=0):
    got = run(ref, cur, "--format", "json", *args)
    expect(f"{cur[:40]!r}", got.returncode == code, f"exit {got.returncode}: {got.stderr!r}")
    report = json.loads(got.stdout)
    return {c["name"]: c for c in report["columns"]}, report


def refused(what, ref, cur, code, words, *args):
    got = run(ref, cur, *args)
    said = got.stderr.decode()
    expect(what, got.returncode == code and words in said and not got.stdout,
           f"exit {got.returncode}: {said!r}")


def table(rows):
    return "\n".join(["x,y"] + [f"{x},{y}" for x, y in rows]) + "\n"


same = table([(i % 97, "ab"[i % 2]) for i in range(1000)])
moved = table([(i % 97 + 40, "ab"[i % 2]) for i in range(1000)])

# The verdict, in each format and in the exit code.
got = run(same, same)
expect("the same", got.returncode == 0 and got.stdout.startswith(b"no drift in 2 columns\n"), got)
got = run(same, moved)
expect("moved", got.returncode == 1 and got.stdout.startswith(b"DRIFT in 1 of 2 columns\n"), got)
cols, report = columns(same, moved, code=1)
expect("moved", report["drifted"] == 1 and cols["x"]["drift"] and not cols["y"]["drift"], cols)
expect("moved", cols["x"]["severity"] == "CRITICAL" and cols["y"]["severity"] == "NONE", cols)
expect("same", columns(same, same)[0]["x"]["psi"] == 0, "psi of a table and itself")
cols, report = columns(same, moved, "--columns", "y")
expect("one column", list(cols) == ["y"], cols)


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.links = [], 0

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += sum(name in ("src", "href") and not value.startswith("#") for name, value in attrs)


page = Page()
page.feed(run(same.replace("x", "<b>&", 1), moved.replace("x", "<b>&", 1), "--format", "html").stdout.decode())
expect("html", page.tags.count("svg") == 2 and page.links == 0 and "b" not in page.tags, page.tags)

# What a cell is.
cols, _ = columns("x,y\n1,\n2,null\nNaN,3\ninf,4\n-0.0,5\n", "x,y\n0.0,abc\n-Infinity,1\n+1e3,2\n")
x, y = cols["x"], cols["y"]
expect("cells", (x["kind"], x["n_reference"], x["missing_reference"], x["infinite_reference"])
       == ("numeric", 3, 1, 1), x)
expect("cells", (y["kind"], y["missing_reference"], y["not_numbers_current"]) == ("numeric", 2, 1), y)
cols, _ = columns("x\n1\n2\n0x10\n", "x\n1\n2\n3\n")
expect("hex is no number", cols["x"]["kind"] == "category", cols)
cols, _ = columns("x\n-0.0\n0\n", "x\n0.0\n-0\n")
expect("-0.0 is 0", cols["x"]["ks"] == 0 and cols["x"]["psi"] == 0, cols)
cols, _ = columns("x\n1e308\n-1e308\n", "x\n1\n1e308\n")
expect("overflow", cols["x"]["psi_evidently"] is not None or cols["x"]["why"], cols)
cols, _ = columns(b'\xef\xbb\xbf"a ""b""";c\r\n"1\n2";1\r\nz;2\r\n', b'"a ""b""";c\n"1\n2";1\nz;2\n')
expect("quotes, BOM, CRLF, ;", cols['a "b"']["psi"] == 0 and cols["c"]["kind"] == "numeric", cols)
cols, _ = columns("x\n\xe9\n".encode("latin-1"), "x\n1\n")
expect("latin-1", cols["x"]["kind"] == "category", cols)

# Nothing to compare: null and why, and no drift.
for name, ref, cur in (("no value", "x,y\n1,1\n", "x,y\n,1\n"), ("no rows", "x,y\n1,1\n", "x,y\n"),
                       ("no column", "x,y\n1,1\n", "y\n1\n"), ("new column", "y\n1\n", "x,y\n1,1\n")):
    cols, report = columns(ref, cur, code=65 if name == "no rows" else 0)
    expect(name, cols["x"]["psi"] is None and cols["x"]["drift"] is None and cols["x"]["why"], cols)
    expect(name, report["undecided"] >= 1, report)
got = run("x,y\n1,1\n", "x,y\n")
expect("none", got.returncode == 65 and got.stdout.startswith(b"NOT DECIDED: none of 2 columns could be compared\n"), got)
got = run("x\n1\n", "x,y\n1,1\n")
expect("one", got.returncode == 0 and got.stdout.startswith(b"no drift in 1 column; 1 could not be compared\n"), got)

# JSON: lines, an array, numbers in strings, what an object lacks.
lines = '{"x": 1, "y": "a"}\n{"x": "2.5"}\n\n{"x": null, "y": [1, "}"]}\n'
array = '[{"x": 1, "y": "a"},\n {"x": 2.5},{"y": [1,"}"], "x": null}]'
cols, _ = columns(lines, array)
expect("json", (cols["x"]["n_reference"], cols["x"]["missing_reference"]) == (2, 1), cols)
expect("json", cols["x"]["ks"] == 0 and cols["y"]["psi"] == 0 and cols["y"]["n_current"] == 2, cols)
cols, _ = columns(lines, "x,y\n1,a\n2.5,\n")
expect("json against csv", cols["x"]["ks"] == 0, cols)

# What is gone, and what is new.
plain = "x,k\n" + "".join(f"{i % 7},{'ab'[i % 2]}\n" for i in range(400))
holes = "x,k\n" + "".join(f"{'' if i % 4 == 0 else i % 7},{'abz'[i % 3]}\n" for i in range(400))
cols, report = columns(plain, holes, code=1)
expect("missing", (cols["x"]["missing_share_reference"], cols["x"]["missing_share_current"]) == (0, 0.25), cols["x"])
expect("missing", cols["x"]["missing_p"] < 1e-9 and cols["k"]["missing_p"] == 1, cols["x"])
expect("new", (cols["k"]["categories"], cols["k"]["new_categories"], cols["k"]["gone_categories"]) == (3, 1, 0), cols)
expect("new", cols["k"]["new_share"] == 133 / 400 and cols["x"]["new_share"] == 0, cols["k"])
expect("new", cols["x"]["categories"] is None and cols["k"]["chi2_p_evidently"] == 0, cols)
text = run(plain, holes).stdout.decode()
expect("notes", "x: missing: 0 % of the reference, 25 % of the current table" in text, text)
expect("notes", "k: new: 33.2 % of the current table's values" in text and "z_p" not in text, text)

# Refused, with where and why.
refused("near", "score\n1\n", "score\n1\n", 64, "did you mean score?", "--columns", "scroe")
refused("format", same, same, 64, "text, json or html", "--format", "xml")
refused("empty", "", same, 65, "ref: the file is empty")
refused("ragged", same, "x,y\n1,2\n1,2,3\n", 65, "row 3 has 3 fields, the header has 2")
refused("quotes", same, 'x,y\n1,"2\n', 65, "row 2 has quotes that do not fit")
refused("twice", "x,x\n1,2\n", same, 65, 'two columns are called "x"')
refused("keys", '{"x": 1, "x": 2}', same, 65, "row 1")
refused("cut", '[{"x": 1}', same, 65, "does not end")
refused("cut", '{"x": 1}\n{"x": ', same, 65, "row 2")
refused("list", "[1, 2]", same, 65, "row 1 is not an object")
refused("deep", '{"x": ' + "[" * 50 + "]" * 50 + "}", same, 65, "row 1")
for args, code in (([], 64), (["--reference", "/nowhere/x", "--current", "/nowhere/y"], 69), (["x"], 64)):
    got = subprocess.run([COMPARE, *args], capture_output=True, check=False)
    expect(f"{args}", got.returncode == code and not got.stdout, got)

print(f"{done} checks, {len(wrong)} wrong")
for line in wrong:
    print(line)
sys.exit(1 if wrong or done < 40 else 0)
