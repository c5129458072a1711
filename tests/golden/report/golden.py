# SPDX-License-Identifier: MIT
"""Each folder here is what a backtest wrote, cut down, and the page that it makes: the same bytes.
The version of the program stands in the pages as VERSION. Of policies that scan, all of one baseline (scan.json):

    significant   CRITICAL in three segments, with others that moved, firing at the end
    lasting       WARNING of significant, of a change whose PSI is small, resolved
    early         WARNING by evidence alone, resolved, then of a category, in windows too small to be judged
    few           policy significant, nothing found, windows too small

    golden.py [--write]    --write: the pages as they are now become the expected ones"""
import html.parser
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
REPORT = pathlib.Path(os.environ["ABSA_BIN"]) / "absa-report"
VERIFY = REPORT.with_name("absa-verify-alert")
VOID = {"meta", "path"}
IMPLIED = {"tr", "td", "th"}  # whose end tags HTML lets one leave out


class Page(html.parser.HTMLParser):
    """What a browser would see: open elements, ids and what refers to them."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.seen = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.seen.append(tag)
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.links += [attrs["href"]] if "href" in attrs else []
        assert not set(attrs) & {"src", "style"} and not any(a.startswith("on") for a in attrs), attrs
        assert tag != "script"
        if tag not in VOID | IMPLIED:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        if tag not in IMPLIED:
            assert self.open and self.open[-1] == tag, (tag, self.open)
            self.open.pop()


def check(text):
    page = Page(text)
    assert page.open == [], page.open
    assert len(set(page.ids)) == len(page.ids), "an id twice"
    assert all(link[0] == "#" and link[1:] in page.ids for link in page.links), page.links
    assert page.seen.count("h1") == 1 and "title" in page.seen
    assert "default-src 'none'; style-src 'unsafe-inline'" in text


def make(folder):
    with tempfile.TemporaryDirectory() as tmp:
        out = pathlib.Path(tmp) / "page.html"
        other = [] if (folder / "baseline.json").exists() else ["--baseline", HERE / "scan.json"]
        subprocess.run([REPORT, folder, "--out", out, *other], check=True)
        said = subprocess.run([REPORT, "--version"], check=True, capture_output=True, text=True).stdout
        return out.read_text().replace(f"<td>{said.split()[-1]}\n", "<td>VERSION\n")


def main():
    folders = sorted(p.parent for p in HERE.glob("*/summary.json"))
    assert len(folders) >= 2, folders
    for folder in folders:
        page = make(folder)
        check(page)
        expected = folder / "expected.html"
        if "--write" in sys.argv:
            expected.write_text(page)
        assert page == expected.read_text(), f"{folder.name}: another page than expected.html"
        assert page == make(folder), "not the same bytes each time"
        if not (folder / "baseline.json").exists():  # others have been changed by hand
            subprocess.run([VERIFY, "-q", folder / "alerts.jsonl"], check=True)
        print(f"ok {folder.name}: {len(page)} characters")
    refused = subprocess.run([REPORT, HERE], capture_output=True, check=False)
    assert refused.returncode == 69 and b"summary.json" in refused.stderr, refused
    assert subprocess.run([REPORT], capture_output=True, check=False).returncode == 64


main()
