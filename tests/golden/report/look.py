# SPDX-License-Identifier: MIT
"""The pages of the golden cases in a real Chromium: nothing is complained about, nothing is wider than a
telephone or a screen but what may be scrolled, by day and at night the text can be read, and no
feature is cut in two when it is printed."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "support"))
from browser import Browser  # noqa: E402

# Contrast of text and its ground by WCAG 2, of each level that a page has; 4.5 is asked for.
CONTRAST = """(() => {
  const light = (css) => css.match(/[\\d.]+/g).slice(0, 3).map(Number).map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  return Math.min(...[...document.querySelectorAll("body, header, em, a")].map((e) => {
    const own = getComputedStyle(e), ground = own.backgroundColor === "rgba(0, 0, 0, 0)" ? getComputedStyle(document.body) : own;
    const [a, b] = [light(own.color), light(ground.backgroundColor)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  }));
})()"""


def look(b, page):
    for width, dark in ((1280, False), (390, False), (390, True)):
        b.open(page.as_uri(), width=width, dark=dark)
        wide = b.js("document.documentElement.scrollWidth")
        assert wide <= width, f"{page.parent.name}: {wide} wide on {width}"
        assert b.js(CONTRAST) >= 4.5, f"{page.parent.name}: contrast {b.js(CONTRAST)}"
    b.ask("Emulation.setEmulatedMedia", media="print")
    cut = b.js("""[...document.querySelectorAll('section.f')]
        .filter((e) => getComputedStyle(e).breakInside !== 'avoid').length""")
    assert cut == 0, f"{page.parent.name}: {cut} sections may be cut by the end of a page"
    b.ask("Emulation.setEmulatedMedia", media="")


def main():
    pages = sorted(HERE.glob("*/expected.html"))
    assert pages
    with Browser() as b:
        for page in pages:
            look(b, page)
        assert b.complaints == [], b.complaints
    print(f"ok: {len(pages)} pages looked at")


main()
