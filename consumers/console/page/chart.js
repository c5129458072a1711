// SPDX-License-Identifier: MIT
// Pictures as SVG, and the few helpers that make elements. Whatever a record says becomes a text
// node or an attribute's value, never markup.

const SVG = "http://www.w3.org/2000/svg";
const WINDOWS = 1200; /* the width of the picture of all windows */

function fill(el, attrs, children) {
  for (const [name, value] of Object.entries(attrs || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
    else el.setAttribute(name, value === true ? "" : value);
  }
  el.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return el;
}

export const h = (tag, attrs, ...children) => fill(document.createElement(tag), attrs, children);
export const s = (tag, attrs, ...children) => fill(document.createElementNS(SVG, tag), attrs, children);

/* Puts el into a cell. An element there of the same form becomes like it, which costs a browser less
 * than another element does. */
export function put(cell, el) {
  const had = cell.firstElementChild;
  if (had && alike(had, el)) become(had, el);
  else cell.replaceChildren(el);
}
const alike = (a, b) => a.tagName === b.tagName && a.childElementCount === b.childElementCount
  && [...a.children].every((child, i) => alike(child, b.children[i]));
function become(to, from) {
  for (const { name, value } of from.attributes) if (to.getAttribute(name) !== value) to.setAttribute(name, value);
  if (!from.childElementCount && to.textContent !== from.textContent) to.textContent = from.textContent;
  [...from.children].forEach((child, i) => become(to.children[i], child));
}

export function number(x, digits = 3) {
  if (x === null || x === undefined || !Number.isFinite(x)) return "–";
  if (x === 0) return "0";
  if (Math.abs(x) < 1e-4) return x.toExponential(1);
  return String(Number(x.toPrecision(digits)));
}
/* A name that may be broken behind its underscores. */
export const breakable = (name) => name.split(/(?<=[_:.])/).flatMap((part, i) => (i ? [document.createElement("wbr"), part] : [part]));
export const count = (n) => (n === null || n === undefined ? "–" : Math.round(n).toLocaleString("en"));
export const percent = (x) => (Number.isFinite(x) ? (100 * x).toFixed(1) + " %" : "–");

const picture = (width, height, title, ...inside) =>
  s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title }, s("title", {}, title), inside);

const narrow = () => matchMedia("(max-width: 34rem)").matches;

/* Shares of the bins: grey what was, blue what is, orange where it moved. */
export function bins(list, title) {
  const W = 600, H = 190, TOP = 20, BOTTOM = 164;
  const top = Math.max(1e-9, ...list.flatMap((b) => [b.before, b.now]));
  const slot = W / list.length, width = Math.floor(Math.min(slot * 0.42, 60));
  const step = Math.ceil(list.length / (narrow() ? 6 : 12));
  const bar = (cls, x, share) => {
    const height = (share / top) * (BOTTOM - TOP);
    return s("rect", { class: cls, x, width, y: BOTTOM - height, height: Math.max(height, 0) });
  };
  return picture(W, H, title,
    s("path", { class: "axis", d: `M0 ${TOP}H${W}M0 ${BOTTOM}H${W}` }),
    s("text", { x: 0, y: TOP - 6 }, percent(top)),
    list.map((b, i) => s("g", {},
      s("title", {}, `${b.label}: ${percent(b.before)} before, ${percent(b.now)} now`),
      bar("a", i * slot + slot / 2 - width, b.before),
      bar(b.psi_part >= 0.02 ? "m" : "b", i * slot + slot / 2, b.now),
      i % step === 0 && s("text", { class: "c", x: i * slot + slot / 2, y: H - 8 }, b.tick))));
}

/* Points (null: none) as a path; what stands alone is a dot. */
function path(points, x, y) {
  let d = "", pen = false;
  points.forEach((p, i) => {
    if (p === null || p === undefined) { pen = false; return; }
    d += `${pen ? "L" : "M"}${x(i).toFixed(1)} ${y(p).toFixed(1)}${pen ? "" : "h0"}`;
    pen = true;
  });
  return d;
}

/* PSI over time against both thresholds. */
export function line(points, thresholds, at, labels, title) {
  const W = 600, H = 170, LEFT = 34, RIGHT = 594, TOP = 8, BOTTOM = 146;
  const values = points.filter((p) => p !== null && p !== undefined);
  const top = Math.max(thresholds.critical * 1.25, ...values.map((v) => v * 1.06));
  const x = (i) => points.length > 1 ? LEFT + (RIGHT - LEFT) * i / (points.length - 1) : (LEFT + RIGHT) / 2;
  const y = (v) => BOTTOM - (BOTTOM - TOP) * Math.min(v / top, 1);
  const step = (cls, v, text) => [s("path", { class: cls, d: `M${LEFT} ${y(v)}H${RIGHT}` }),
    text && s("text", { class: "e", x: LEFT - 4, y: y(v) + 4 }, number(v, 2))];
  return picture(W, H, title,
    s("path", { class: "axis", d: `M${LEFT} ${BOTTOM}H${RIGHT}` }),
    step("w", thresholds.warning, (thresholds.critical - thresholds.warning) / top > 0.09),
    step("x", thresholds.critical, true),
    at >= 0 && s("path", { class: "at", d: `M${x(at)} ${TOP}V${BOTTOM}` }),
    s("path", { class: "psi", d: path(points, x, y) }),
    s("text", { x: LEFT, y: H - 6 }, labels[0]),
    points.length > 1 && s("text", { class: "e", x: RIGHT, y: H - 6 }, labels[1]));
}

/* A line without axes, in a cell. */
export function spark(points, thresholds, cls, title) {
  const W = 112, H = 22;
  const values = points.filter((p) => p !== null && p !== undefined);
  const top = Math.max(thresholds ? thresholds.critical : 1e-9, ...values);
  const x = (i) => points.length > 1 ? 1 + (W - 2) * i / (points.length - 1) : W / 2;
  const y = (v) => H - 2 - (H - 4) * v / top;
  return s("svg", { viewBox: `0 0 ${W} ${H}`, class: cls, preserveAspectRatio: "none", role: "img", "aria-label": title },
    thresholds && s("path", { class: "w", "vector-effect": "non-scaling-stroke", d: `M0 ${y(thresholds.warning)}H${W}` }),
    s("path", { class: "psi", d: path(points, x, y) }));
}

/* How far PSI is, with ticks at the thresholds. */
export function gauge(psi, severity, thresholds) {
  const W = 112, H = 12, top = thresholds.critical * 1.5;
  const x = (v) => W * Math.min(v / top, 1);
  return s("svg", { viewBox: `0 0 ${W} ${H}`, class: "bar-psi", "aria-hidden": "true" },
    s("rect", { class: "track", width: W, height: H, rx: 2 }),
    psi !== null && s("rect", { class: "f-" + (severity === "NONE" ? "ok" : severity), width: x(psi), height: H, rx: 2 }),
    [thresholds.warning, thresholds.critical].map((t) =>
      s("path", { class: "at", d: `M${x(t)} 0V${H}` })));
}

/* Every window as a bar: as high as the root of its greatest PSI, so that the thresholds can be
 * seen beside what is far above them; in the colour of its severity. One path a colour: a day has
 * thousands of windows. */
export function windows(times, thresholds, title, choose) {
  const W = WINDOWS, H = 84, BOTTOM = 80, n = times.end_ms.length;
  const top = Math.max(thresholds.critical * 1.4, ...times.psi.map((p) => p || 0));
  const slot = W / Math.max(n, 1), gap = slot > 6 ? 2 : 0;
  const y = (v) => BOTTOM - (BOTTOM - 6) * Math.sqrt(Math.min(v / top, 1));
  const bars = { none: "", ok: "", WARNING: "", CRITICAL: "" };
  const width = Math.max(slot - gap, 0.7).toFixed(2);
  times.psi.forEach((psi, i) => {
    const at = psi === null ? BOTTOM - 6 : Math.min(y(psi), BOTTOM - 3);
    const cls = psi === null ? "none" : times.severity[i] === "NONE" ? "ok" : times.severity[i];
    bars[cls] += `M${(i * slot + gap / 2).toFixed(2)} ${BOTTOM}V${at.toFixed(2)}h${width}V${BOTTOM}z`;
  });
  const svg = picture(W, H, title,
    s("path", { class: "axis", d: `M0 ${BOTTOM}H${W}` }),
    s("path", { class: "w", d: `M0 ${y(thresholds.warning)}H${W}` }),
    s("path", { class: "x", d: `M0 ${y(thresholds.critical)}H${W}` }),
    Object.entries(bars).map(([cls, d]) => d && s("path", { class: "f-" + cls, d })),
    s("rect", { class: "chosen", width: Math.max(slot, 3), y: 1, height: H - 2, rx: 2 }));
  svg.addEventListener("click", (e) => {
    const box = svg.getBoundingClientRect();
    choose(Math.max(0, Math.min(n - 1, Math.floor((e.clientX - box.left) / box.width * n))));
  });
  return svg;
}
/* The frame around the window that is shown. */
export function frame(svg, i, n) {
  svg.querySelector(".chosen").setAttribute("x", i * WINDOWS / n);
  return svg;
}
