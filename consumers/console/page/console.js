// SPDX-License-Identifier: MIT
// The page: asks /api, draws, and asks again when /events says that something changed.
import { bins, breakable, count, frame, gauge, h, line, number, percent, put, spark, windows } from "./chart.js";

const $ = (id) => document.getElementById(id);
const look = { segment: null, rule: null, feature: null, at: null, until: null, alert: null };
const FALLBACK = { warning: 0.2, critical: 0.3 };
let state = null, newestLive = 0, utc = localStorage.getItem("utc") === "1";
let asked = 0, timer = null, sliding = false, slid = false;

/* Times in the viewer's zone, or in UTC; the other one is in the title. */
const SHOW = { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const here = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
/* Making a format is slow, using one is not. */
const formats = new Map();
function maker(zone, how) {
  const key = zone + JSON.stringify(how || 0);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...how }));
  return formats.get(key);
}
const format = (ms, zone, how) => maker(zone, { ...SHOW, ...how }).format(ms);
const zoneOf = (ms, zone) => maker(zone, { timeZoneName: "short" })
  .formatToParts(ms).find((p) => p.type === "timeZoneName").value;
const zone = () => (utc ? "UTC" : here);
const say = (ms) => `${format(ms, zone())} ${zoneOf(ms, zone())}`;
const both = (ms) => zoneOf(ms, here) === "UTC" ? `${format(ms, "UTC")} UTC`
  : `${format(ms, here)} ${zoneOf(ms, here)} = ${format(ms, "UTC")} UTC`;
const clock = (ms) => ms > 0 ? h("time", { datetime: new Date(ms).toISOString(), title: both(ms) }, format(ms, zone())) : "–";
const minute = (ms, z) => format(ms, z, { year: undefined, month: undefined, day: undefined });
function span(start, end) {
  const sameDay = format(start, zone(), { hour: undefined, minute: undefined }) === format(end, zone(), { hour: undefined, minute: undefined });
  const other = utc ? here : "UTC";
  const local = `${format(start, zone())} – ${sameDay ? minute(end, zone()) : format(end, zone())} ${zoneOf(end, zone())}`;
  return zoneOf(end, other) === zoneOf(end, zone()) ? local
    : `${local} (${minute(start, other)} – ${minute(end, other)} ${zoneOf(end, other)})`;
}

/* The address says what is looked at, so that it can be sent to somebody. */
function readAddress() {
  const q = new URLSearchParams(location.search);
  for (const name of ["segment", "rule", "feature"]) look[name] = q.get(name);
  for (const name of ["at", "until"]) look[name] = q.get(name) === null ? null : Number(q.get(name));
  look.alert = location.pathname.startsWith("/a/") ? location.pathname.slice(3) : null;
}
function address(change) {
  const to = { ...look, ...change };
  const q = new URLSearchParams();
  for (const name of ["segment", "rule", "feature", "at", "until"])
    if (to[name] !== null && to[name] !== undefined) q.set(name, to[name]);
  return (to.alert ? "/a/" + encodeURIComponent(to.alert) : "/") + (q.size ? "?" + q : "");
}
function go(change, replace) {
  const to = address(change);
  history[replace ? "replaceState" : "pushState"](null, "", to);
  readAddress();
  load();
}
/* A link within the page: a real address, followed without loading anew. */
const link = (change, text, attrs) => h("a", { ...attrs, href: address(change), onclick: (e) => {
  if (e.ctrlKey || e.metaKey || e.shiftKey || e.button !== 0) return;
  e.preventDefault();
  go(change);
  scrollTo(0, 0);
} }, text);

function note(text) {
  $("note").hidden = !text;
  $("note").textContent = text || "";
}

async function get(path, params) {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(params || {})) if (v !== null && v !== undefined) q.set(k, v);
  for (;;) {
    const r = await fetch(path + (q.size ? "?" + q : ""), { cache: "no-store" });
    const body = await r.json();
    if (r.status === 200) return body;
    if (r.status !== 202) throw new Error(body.why || "answer " + r.status);
    note("Reading the past from the database…");
    await new Promise((done) => setTimeout(done, 400));
  }
}

/* What a step of the slider is told, on what is known of the windows before. Null: that has changed. */
function stepped(got) {
  if (got.changes !== state.changes || got.segment !== state.segment || got.rule !== state.rule) return null;
  const past = new Map((state.features || []).map((f) => [f.name, f]));
  return { ...state, ...got, features: (got.features || []).map((f) => ({ worst: null, points: [], ...past.get(f.name), ...f })) };
}
async function load(step) {
  const mine = ++asked;
  const want = { segment: look.segment, rule: look.rule, at: look.at, until: look.until };
  try {
    const got = await get("/api/state", step ? { ...want, step: 1 } : want);
    if (mine !== asked) return;
    const next = step ? stepped(got) : got;
    if (!next) return load();
    state = next;
    if (!look.until) newestLive = state.newest_ms;
    note(state.away ? "No broker answers: what is shown grows old." : "");
    if (look.segment && !state.segment) note(`Nothing is known of segment ${look.segment}.`);
    if (step) drawStep();
    else draw();
    await (look.alert ? drawAlert(mine) : drawFeature(mine));
  } catch (e) {
    if (mine === asked) note(String(e.message));
  }
}
function soon(ms) {
  if (timer === null) timer = setTimeout(() => { timer = null; load(); }, ms);
}

/* One window after the other while the slider moves, and those in between not at all. */
async function slide() {
  slid = true;
  if (sliding) return;
  for (sliding = true; slid;) {
    slid = false;
    await load(true);
  }
  sliding = false;
}

const steps = () => state.thresholds || FALLBACK;
const STALE = new Map([["bundle", "another bundle"], ["age", "old baseline"]]);
const tag = (severity, state_, staleBy) => {
  const name = STALE.get(staleBy) || (state_ && state_ !== "evaluated" ? state_.replace("_", " ") : severity === "NONE" ? "ok" : severity);
  return h("span", { class: "tag " + (name === severity || name === "ok" ? name : "") }, name);
};
/* New rows in a table; the keyboard stays where it was. */
function table(id, caption, heads, rows) {
  const el = $(id), active = document.activeElement;
  const key = el.contains(active) ? active.getAttribute("data-key") : null;
  el.replaceChildren(h("caption", { class: "hide" }, caption),
    h("thead", {}, h("tr", {}, heads.map(([text, cls]) => h("th", { scope: "col", class: cls }, text)))),
    h("tbody", {}, rows));
  if (key !== null) el.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

/* A closed table costs nothing: its rows are made when it is opened. */
function whenOpen(details, make) {
  details.ontoggle = () => { if (details.open) make(); };
  details.ontoggle();
  return details;
}
function folded(make) {
  const body = h("div", {}), details = h("details", {}, h("summary", {}, "As a table"), body);
  return whenOpen(details, () => { if (!body.firstChild) body.append(make()); });
}
/* What stays as it is whatever window is shown is drawn once. */
const drawn = { of: "", pictures: new Map() };
function once(name, make) {
  const of = JSON.stringify([state.changes, state.segment, state.rule, look.until, steps(), utc]);
  if (of !== drawn.of) drawn.pictures.clear();
  drawn.of = of;
  if (!drawn.pictures.has(name)) drawn.pictures.set(name, make());
  return drawn.pictures.get(name);
}

function drawVerdict() {
  const v = state.verdict, el = $("verdict");
  const names = { nothing: "waiting", undecided: "undecided", ok: "all is well", WARNING: "WARNING", CRITICAL: "CRITICAL" };
  el.className = "verdict " + v.level;
  const set = (id, text) => { if ($(id).textContent !== text) $(id).textContent = text; };
  set("verdict-level", names[v.level]);
  set("verdict-title", v.title);
  set("verdict-lead", v.lead);
  $("verdict-since").replaceChildren(...(v.since_ms ? ["since ", clock(v.since_ms), " ", zoneOf(v.since_ms, zone())] : look.until ? ["up to ", clock(look.until)] : []));
  document.title = `${v.title} – absa console`;
  $("verdict-link").hidden = !v.alert_id || look.alert === v.alert_id;
  if (v.alert_id) $("verdict-alert").replaceWith(link({ alert: v.alert_id }, "See the alert and its evidence", { id: "verdict-alert" }));
}

const WHAT = { raw: "raw records", comments: "comments", scores: "scores", panes: "panes", windows: "windows", alerts: "alerts", dead: "dead letters" };
function drawFlow() {
  const flow = state.flow;
  $("flow").hidden = !flow;
  if (!flow) return;
  $("flow-list").replaceChildren(...flow.map((t) => h("li", {},
    h("span", { class: "what" }, WHAT[t.topic] || t.topic),
    h("span", { class: "dim" }, h("span", { class: "rate" }, number(t.rate, 2)), " a second"),
    spark(t.rates.length ? t.rates : [0], null, "rate-line", `${t.topic}: rate over the last minutes`),
    h("span", { class: "dim", title: "records and marks, which say how far time has come" }, count(t.records), " in the log"),
    t.reader && h("span", { class: t.lag > 1000 ? "late" : "dim" },
      t.lag === null ? `${t.reader}: not known` : `${t.reader}: ${count(t.lag)} behind`))));
  whenOpen($("flow-table").closest("details"), () => table("flow-table", "Flow", [["topic"], ["partitions", "n"], ["records", "n"], ["a second", "n"], ["reader"], ["behind", "n"]],
    flow.map((t) => h("tr", {}, h("th", { scope: "row" }, t.topic), h("td", { class: "n" }, t.partitions), h("td", { class: "n" }, count(t.records)),
      h("td", { class: "n" }, number(t.rate, 3)), h("td", {}, t.reader || "–"), h("td", { class: "n" }, t.reader ? count(t.lag) : "–")))));
}

const isNewest = () => look.at === null;
function chosen() {
  const ends = state.times ? state.times.end_ms : [];
  return state.window ? ends.lastIndexOf(state.window.end_ms) : -1;
}
function choose(i) {
  const t = state.times;
  go({ at: i === t.end_ms.length - 1 ? null : t.end_ms[i] }, true);
}
function drawTimes() {
  const t = state.times, w = state.window, n = t ? t.end_ms.length : 0, i = chosen();
  $("times").hidden = n === 0;
  if (n === 0) return;
  const label = `${span(w.start_ms, w.end_ms)}${isNewest() && !look.until ? ", the newest" : ""}`;
  $("times-now").replaceChildren(h("strong", {}, label), ` · ${count(w.n)} comments of ${count(w.videos)} videos · `, tag(w.severity, w.state, w.stale_by),
    w.accuracy === null ? "" : h("span", { class: "dim", title: "Share of comments whose sentiment is within 0.25 of the truth, as their calibrated confidence says: an estimate, no labels were asked." },
      ` · accuracy estimated without labels ${percent(w.accuracy)}, of the baseline ${percent(w.accuracy_before)}`));
  const chart = once("windows", () => windows(t, steps(), `Greatest PSI of ${n} windows of ${state.segment}, ${say(t.start_ms[0])} to ${say(t.end_ms[n - 1])}`, choose));
  frame(chart, i, n);
  if (chart.parentNode !== $("times-chart")) $("times-chart").replaceChildren(chart);
  const slider = $("slider");
  slider.max = n - 1;
  slider.value = i;
  slider.setAttribute("aria-valuetext", label);
  $("newest").disabled = isNewest() && !look.until;
  $("earlier").hidden = $("later").hidden = !state.database;
  $("later").disabled = look.until === null;
}
function drawTimesTable() {
  const t = state.times;
  if (!t) return;
  whenOpen($("times-table").closest("details"), () => table("times-table", "Windows", [["from"], ["to"], ["state"], ["comments", "n"], ["greatest PSI", "n"]],
    t.end_ms.map((end, k) => h("tr", {}, h("th", { scope: "row" }, clock(t.start_ms[k])),
      h("td", {}, clock(end)), h("td", {}, tag(t.severity[k], t.state[k], t.stale_by[k])), h("td", { class: "n" }, count(t.n[k])), h("td", { class: "n" }, number(t.psi[k])))).reverse()));
}

const shownFeature = () => {
  const list = state.features || [];
  return list.some((f) => f.name === look.feature) ? look.feature : list.length ? list[0].name : null;
};
const seriesName = (x, all) => all.filter((y) => y.segment === x.segment).length > 1 ? `${x.segment} (${x.rule})` : x.segment;
function drawPicker() {
  const picker = $("segment");
  const options = state.segments.map((x) => h("option", { value: JSON.stringify([x.segment, x.rule]), selected: x.segment === state.segment && x.rule === state.rule }, seriesName(x, state.segments)));
  if (document.activeElement !== picker) picker.replaceChildren(...options);
}

/* The rows of the features stay where they are and say what the window has. What cannot be seen is
 * filled when the slider rests, and its pictures are drawn when it comes into sight. */
const rows = [], rowOf = new Map();
const sight = new IntersectionObserver((entries) => {
  for (const e of entries) {
    const row = rowOf.get(e.target);
    row.near = e.isIntersecting;
    if (row.near) fillRow(row);
  }
}, { root: $("features-scroll"), rootMargin: "80px 0px" });

function newRow() {
  const row = { f: null, filled: "", pictured: false, near: false, shown: false,
    verdict: h("td", {}), psi: h("td", { class: "n" }), bar: h("td", { class: "opt" }), past: h("td", {}) };
  row.button = h("button", { type: "button", class: "link", onclick: () => { go({ feature: row.f.name }, true); reveal(); } });
  row.tr = h("tr", {}, h("th", { scope: "row", class: "name" }, row.button), row.verdict, row.psi, row.bar, row.past);
  rowOf.set(row.tr, row);
  sight.observe(row.tr);
  return row;
}
function fillRow(row) {
  const f = row.f, filled = JSON.stringify([f.name, f.psi, f.severity, row.shown, drawn.of]);
  if (row.filled !== filled) {
    row.filled = filled;
    row.pictured = false;
    row.tr.className = row.shown ? "on" : "";
    if (row.shown) row.button.setAttribute("aria-current", "true");
    else row.button.removeAttribute("aria-current");
    if (row.button.dataset.key !== f.name) row.button.replaceChildren(...breakable(f.name));
    row.button.dataset.key = f.name;
    put(row.verdict, f.psi === null ? tag("", "not_judged") : tag(f.severity));
    row.psi.textContent = number(f.psi);
  }
  if (row.near && !row.pictured) {
    put(row.bar, gauge(f.psi, f.severity, steps()));
    put(row.past, once(`of ${f.name}`, () => spark(f.points, steps(), "spark", `PSI of ${f.name} over time, at most ${number(f.worst)}`)));
    row.pictured = true;
  } else if (!row.pictured) {
    row.bar.replaceChildren();
    row.past.replaceChildren();
  }
}
let rest = null;
function drawFeatures(step) {
  const list = state.features || [], shown = shownFeature(), body = $("features-body");
  $("features").hidden = $("feature").hidden = list.length === 0;
  $("features-caption").textContent = `Features of ${state.segment}, worst first`;
  while (rows.length < list.length) rows.push(newRow());
  if (body.childElementCount !== list.length) body.replaceChildren(...rows.slice(0, list.length).map((row) => row.tr));
  const key = body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  list.forEach((f, i) => { rows[i].f = f; rows[i].shown = f.name === shown; });
  clearTimeout(rest);
  const far = rows.slice(0, list.length).filter((row) => { if (row.near || !step) fillRow(row); return !row.near; });
  if (step) rest = setTimeout(() => far.forEach(fillRow), 150);
  if (key !== null) rows.find((row) => row.f && row.f.name === key && row.tr.isConnected)?.button.focus({ preventScroll: true });
}
/* On a narrow page the feature stands below the list. */
function reveal() {
  if (matchMedia("(max-width: 60rem)").matches) $("feature").scrollIntoView({ block: "start" });
}

function histogram(list, title) {
  return h("figure", {}, bins(list, title),
    h("figcaption", {}, h("span", { class: "k a" }), "baseline ", h("span", { class: "k b" }), "this window ", h("span", { class: "k m" }), "this window, where it moved"),
    folded(() => h("div", { class: "wide" }, h("table", {},
      h("caption", { class: "hide" }, title),
      h("thead", {}, h("tr", {}, ["bin", "baseline", "window", "part of PSI"].map((x, i) => h("th", { scope: "col", class: i ? "n" : null }, x)))),
      h("tbody", {}, list.map((b) => h("tr", {}, h("th", { scope: "row" }, b.label), h("td", { class: "n" }, percent(b.before)),
        h("td", { class: "n" }, percent(b.now)), h("td", { class: "n" }, number(b.psi_part)))))))));
}
function linePicture(got, name) {
  const p = got.line, ends = p.map((x) => x.end_ms);
  return h("figure", {}, line(p.map((x) => x.psi), steps(), ends.lastIndexOf(got.end_ms), [say(ends[0]), say(ends[ends.length - 1])], `PSI of ${name} over time`),
    h("figcaption", {}, "PSI over time against WARNING and CRITICAL"),
    folded(() => h("div", { class: "wide tall" }, h("table", {},
      h("caption", { class: "hide" }, `PSI of ${name}`),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "window ends"), h("th", { scope: "col", class: "n" }, "PSI"), h("th", { scope: "col" }, "verdict"))),
      h("tbody", {}, p.slice().reverse().map((x) => h("tr", {}, h("th", { scope: "row" }, clock(x.end_ms)), h("td", { class: "n" }, number(x.psi)),
        h("td", {}, x.psi === null ? "not judged" : tag(x.severity)))))))));
}

/* How many of a feature's values are not there, beside the baseline's. No distance counts them, so that they
 * are told where they are more than before, beyond what chance gives. */
function missing(f, got) {
  const now = f.missing / Math.max(f.n + f.missing, 1), known = got.baseline_n !== undefined;
  const before = known ? got.baseline_missing / Math.max(got.baseline_n + got.baseline_missing, 1) : null;
  const usual = known ? (got.baseline_missing + 0.5) / (got.baseline_n + got.baseline_missing + 1) : 1;
  const beyond = Math.max(0.01, 4 * Math.sqrt(usual * (1 - usual) / Math.max(f.n + f.missing, 1)));
  return { more: now - usual > beyond,
    says: `${count(f.missing)} missing (${percent(now)}${known ? `; of the baseline ${percent(before)}` : ""})`,
    now: percent(now), before: percent(before) };
}
function missingNote(f, got) {
  const gone = missing(f, got), watched = (state.features || []).some((x) => x.name === "missing");
  return gone.more ? [h("p", { class: "note", id: "feature-missing" },
    `${gone.now} of its values are missing here, ${gone.before} were in the baseline. No distance counts those: `,
    watched ? "the feature missing is judged by them. Look at what writes the comments: " : "nothing judges them, unless the baseline is made with --categories missing. Look at what writes the comments: ",
    h("code", {}, "docs/runbook/drift-in-a-feature.md"))] : [];
}

async function drawFeature(mine) {
  const name = shownFeature();
  if (name === null) return;
  const got = await get("/api/feature", { segment: state.segment, rule: state.rule, name, at: look.at, until: look.until });
  if (mine !== asked) return;
  const f = got.feature, judged = got.state === "evaluated" && f;
  const open = [...$("feature-body").querySelectorAll("details")].map((d) => d.open);
  $("feature-title").replaceChildren(name, " ", !judged ? tag("", got.state, got.stale_by) : f.psi === null ? tag("", "not_judged") : tag(f.severity));
  $("feature-body").replaceChildren(
    h("p", { class: "dim" }, `${span(got.start_ms, got.end_ms)} · segment ${got.segment}`),
    ...(judged ? [] : [h("p", {}, "This window was not judged, so there is nothing to compare.")]),
    ...(judged ? missingNote(f, got) : []),
    ...(judged && got.bins_shown && got.bins_shown.length ? [histogram(got.bins_shown, `${name}: shares by bin, baseline and window`)] : []),
    ...(judged && got.baseline_known && !(got.bins_shown || []).length ? [h("p", { class: "dim" }, "Compared with a reference of its own, whose histogram the window does not carry.")] : []),
    ...(judged && !got.baseline_known ? [h("p", { class: "note" }, `Judged with baseline ${got.baseline}, which is not the one that this console was given: -X drift.baseline=FILE shows its histogram.`)] : []),
    linePicture(got, name),
    ...(judged ? [h("div", { class: "wide" }, h("table", {}, h("caption", { class: "hide" }, `Distances of ${name}`),
      h("thead", {}, h("tr", {}, ["distance", "value", "says"].map((x, i) => h("th", { scope: "col", class: i === 1 ? "n" : null }, x)))),
      h("tbody", {}, got.words.filter((w) => w.value !== null).map((w) => h("tr", {}, h("th", { scope: "row", title: w.meaning }, w.title), h("td", { class: "n" }, number(w.value)), h("td", {}, w.says || "–")))))),
      h("p", { class: "dim" }, `${count(f.n)} values, worth ${number(f.n_eff)} independent ones; ${missing(f, got).says}`
        + (got.baseline_n ? `. Baseline: ${count(got.baseline_n)} values` : "")
        + (got.baseline_n && f.ks !== null ? `, mean ${number(got.baseline_mean)}, sd ${number(got.baseline_sd)}` : "")
        + (f.unseen > 0 ? `. ${count(f.unseen)} of categories that the baseline does not have` : ""))] : []));
  [...$("feature-body").querySelectorAll("details")].forEach((d, i) => {
    d.open = open[i] || false;
    d.ontoggle();
  });
}

function drawAlerts() {
  const list = state.alerts;
  table("alerts-table", "Alerts, firing first", [["state"], ["severity"], ["feature"], ["segment", "opt"], ["PSI", "n"], ["window"], ["what", "opt"]],
    list.length === 0 ? [h("tr", {}, h("td", { colspan: 7, class: "dim" }, "None."))] : list.map((a) => h("tr", {},
      h("td", {}, a.state), h("td", {}, tag(a.severity)),
      h("th", { scope: "row", class: "name" }, link({ alert: a.alert_id }, a.others ? `${a.feature} and ${a.others} more` : a.feature, { "data-key": a.alert_id })),
      h("td", { class: "opt" }, a.segment), h("td", { class: "n" }, number(a.psi)), h("td", {}, clock(a.end_ms)), h("td", { class: "opt" }, a.message))));
}
function drawSegments() {
  table("segments-table", "Segments in the window that is shown",
    [["segment"], ["verdict"], ["comments", "n"], ["videos", "n opt"], ["greatest PSI", "n"], ["of", "opt"], ["windows over", "n"], ["window ends", "opt"]],
    state.segments.map((x) => h("tr", { class: x.segment === state.segment && x.rule === state.rule ? "on" : null },
      h("th", { scope: "row", class: "name" }, link({ segment: x.segment, rule: x.rule, feature: null }, seriesName(x, state.segments), { "data-key": x.segment + " " + x.rule })),
      h("td", {}, tag(x.severity, x.state, x.stale_by)), h("td", { class: "n" }, count(x.n)), h("td", { class: "n opt" }, count(x.videos)),
      h("td", { class: "n" }, number(x.psi)), h("td", { class: "opt" }, x.feature || "–"), h("td", { class: "n" }, `${count(x.over)} of ${count(x.windows)}`), h("td", { class: "opt" }, clock(x.end_ms)))));
}
function drawDead() {
  const rows = state.dead.slice().sort((a, b) => b.n - a.n);
  table("dead-table", "Dead letters", [["stage"], ["reason"], ["letters", "n"], ["newest"], ["shown by", "opt"]],
    rows.length === 0 ? [h("tr", {}, h("td", { colspan: 5, class: "dim" }, "None."))] : rows.map((d) => h("tr", {},
      h("td", {}, d.stage), h("th", { scope: "row" }, d.reason), h("td", { class: "n" }, count(d.n)), h("td", {}, clock(d.last_ms)),
      h("td", { class: "opt" }, d.part >= 0 ? h("code", {}, `absa dead show ${d.part}:${d.offset}`) : "–"))));
}

const facts = (pairs) => h("dl", { class: "facts" }, pairs.filter((p) => p[1] !== undefined && p[1] !== null && p[1] !== "")
  .flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
/* By what rule of its policy an alert of the scan fires. */
function ruleOf(a) {
  const e = a.evidence;
  if (a.threshold > 0) return `there is evidence, and PSI is above ${number(a.threshold)}`;
  if (a.policy === "early") return "there is evidence, which policy early takes for enough";
  return `there was evidence of an effect above ${number(e.effect_min)} at ${e.streak} boundaries in a row; where PSI alone is no drift, ${e.streak_min} are asked for`;
}
/* How sure it is: a name of the record, and what it means. */
function proof(a, entry) {
  const e = a.evidence, sure = a.q !== null && a.q <= e.level, named = (says, name) => (says ? `${says} (${name})` : name);
  const moments = ["mean", "variance", "skew", "tails"].map((name, i) => `${name} ${number(e.moments[i])}`).join(", ");
  return [...(a.state === "firing" ? [["fires because", ruleOf(a)]] : sure ? [] : [["ended because", "what came since, as many comments as began it, is no evidence"]]),
    ["test", `${named(entry.test_says, e.test)}: statistic ${number(e.statistic)}${e.df ? `, ${number(e.df)} degrees of freedom` : ""}`],
    ["effect", `${number(e.effect)}: ${sure ? entry.effect_says : "of so many comments it may be noise alone"}`],
    ["level", `evidence is a q of at most ${number(e.level)}, over ${e.family.length} features`],
    ["run", `${e.runs > 1 ? `the strongest of ${e.runs} that ended then` : "the only one that was long enough"}, p of it alone ${number(e.p_run)}`],
    ["moved most", named(entry.moved_says, e.moved) + (e.moved === "shares" ? "" : `; in standard errors ${moments}`)]];
}
function evidence(entry) {
  const a = entry.record, m = a.moments, sure = a.evidence;
  return h("section", {}, h("h3", {}, `${a.state === "firing" ? a.severity : "Resolved"}, ${say(a.end_ms)}`), h("p", {}, a.message),
    ...(entry.bins_shown.length ? [histogram(entry.bins_shown, `${a.feature}: baseline and ${sure ? "run" : "window"} of the alert`)] : []),
    facts([[sure ? "run of panes" : "window", span(a.start_ms, a.end_ms)], ["segment", a.segment], ["rule, policy", `${a.rule} ${a.rule_version}, ${a.policy}`],
      ["PSI", number(a.psi) + (a.threshold > 0 && a.state === "firing" ? `, threshold ${number(a.threshold)}` : "")], ["KS, Wasserstein, JS", [a.ks, a.wasserstein, a.js].map((x) => number(x)).join(", ")],
      ["p, q", a.p === null && a.q === null ? null : `${number(a.p)}, ${number(a.q)}`],
      ["comments", `${count(a.n)}, worth ${number(a.n_eff)} independent ones; baseline ${count(a.m)}`],
      ...(a.categories && a.categories.length ? [["largest difference", percent(a.linf)], ["in categories never seen", count(a.unseen)]]
        : [["mean", `${number(m.mean_before)} before, ${number(m.mean_now)} now`], ["sd", `${number(m.sd_before)} before, ${number(m.sd_now)} now`],
          ["skew", `${number(m.skew_before)} before, ${number(m.skew_now)} now`]]),
      ...(sure ? proof(a, entry) : [])]),
    ...(a.others.length ? [h("h3", {}, "What else moved"), h("div", { class: "wide" }, h("table", {}, h("caption", { class: "hide" }, "Other features that moved"),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "feature"), h("th", { scope: "col" }, "verdict"), ["PSI", "effect", "q"].map((x) => h("th", { scope: "col", class: "n" }, x)))),
      h("tbody", {}, a.others.slice().sort((x, y) => y.psi - x.psi).map((o) => h("tr", {}, h("th", { scope: "row" }, o.name), h("td", {}, tag(o.severity)), [o.psi, o.effect, o.q].map((x) => h("td", { class: "n" }, number(x))))))))] : []),
    ...(a.also && a.also.length ? [h("h3", {}, "Where else"), h("div", { class: "wide" }, h("table", {}, h("caption", { class: "hide" }, "Other segments that moved at the same moment"),
      h("thead", {}, h("tr", {}, ["segment", "feature", "verdict"].map((x) => h("th", { scope: "col" }, x)), ["PSI", "p"].map((x) => h("th", { scope: "col", class: "n" }, x)))),
      h("tbody", {}, a.also.map((o) => h("tr", {}, h("th", { scope: "row" }, o.segment), h("td", {}, o.feature), h("td", {}, tag(o.severity)), [o.psi, o.p].map((x) => h("td", { class: "n" }, number(x))))))))] : []),
    ...(a.examples.length ? [h("h3", {}, "Example comments, by where they lie"), h("div", { class: "wide" }, h("table", {}, h("caption", { class: "hide" }, "Example comments"),
      h("thead", {}, h("tr", {}, ["comment", "raw partition", "offset", "in its page", "bin"].map((x, i) => h("th", { scope: "col", class: i ? "n" : null }, x)))),
      h("tbody", {}, a.examples.map((x) => h("tr", {}, h("th", { scope: "row" }, x.comment_id), [x.src, x.src_offset, x.src_index, x.bin].map((v) => h("td", { class: "n" }, v))))))),
      h("p", {}, "What made their scores: ", h("code", {}, `absa explain --alert ${a.alert_id}`))] : []));
}
async function drawAlert(mine) {
  const id = look.alert;
  const got = await get("/api/alerts/" + encodeURIComponent(id));
  if (mine !== asked || $("alert").dataset.seen === `${id} ${got.records.length} ${utc}`) return;
  const all = got.records, last = all[all.length - 1].record;
  $("alert").dataset.seen = `${id} ${all.length} ${utc}`;
  $("alert-title").replaceChildren(`${last.feature} in ${last.segment} `, tag(last.severity), " ", last.state);
  $("alert-body").replaceChildren(
    h("p", {}, `The episode began ${say(last.episode_ms)}; ${all.length === 1 ? "one record" : `${all.length} records, the newest first`}.`),
    h("p", {}, "What to do: ", h("code", {}, last.todo)),
    ...all.slice().reverse().map(evidence),
    h("section", {}, h("h3", {}, "To check it"),
      facts([["alert", id], ["baseline", last.baseline], ["bundle", last.bundle], ["configuration", last.config], ["checksum", last.checksum], ["method", last.method]]),
      h("pre", {}, `absa tail -t alerts -o beginning -e -J | grep ${id} > alert.jsonl\nabsa verify-alert alert.jsonl`),
      h("p", {}, h("a", { href: "/api/alerts/" + encodeURIComponent(id) }, "The same as JSON"))));
  $("alert-title").focus({ preventScroll: true });
}

/* The card is Markdown of our own making: headings, tables, lists, text. */
function markdown(text) {
  const out = [];
  const cells = (row) => row.replace(/^\||\|$/g, "").split("|").map((c) => c.trim());
  const rich = (t) => t.split("**").map((part, i) => (i % 2 ? h("strong", {}, part) : part));
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const l = lines[i];
    if (l.startsWith("#")) out.push(h("h3", {}, l.replace(/^#+ */, "")));
    else if (l.startsWith("|")) {
      const rows = [];
      for (; i < lines.length && lines[i].startsWith("|"); i++) if (!/^\|[-| :]+$/.test(lines[i])) rows.push(cells(lines[i]));
      i--;
      out.push(h("div", { class: "wide" }, h("table", {}, h("caption", { class: "hide" }, "From the model card"), h("thead", {}, h("tr", {}, rows[0].map((c) => h("th", { scope: "col" }, c)))),
        h("tbody", {}, rows.slice(1).map((r) => h("tr", {}, r.map((c) => h("td", {}, c))))))));
    } else if (l.startsWith("- ")) {
      const items = [];
      for (; i < lines.length && lines[i].startsWith("- "); i++) items.push(h("li", {}, rich(lines[i].slice(2))));
      i--;
      out.push(h("ul", {}, items));
    } else if (l.trim()) out.push(h("p", {}, rich(l)));
  }
  return out;
}
async function drawCard() {
  const got = await get("/api/card"), b = got.baseline;
  $("card-body").replaceChildren(
    b ? facts([["baseline", b.baseline], ["made of", `${count(b.comments)} comments of ${b.videos ? count(b.videos) : "unknown"} videos, ${b.features} features`],
      ["against itself", `first half against second: worst PSI ${number(b.split_psi)}${b.split_worst ? " of " + b.split_worst : ""}`], ...(b.training_known ? [["against training", b.training_skew.length
        ? `The stream this baseline was made from differs from what the model was trained on: ${b.training_skew.map((f) => `${f.name} (PSI ${number(f.psi)})`).join(", ")}`
        : "No feature differs from what the model was trained on."]] : []), ["bundle", "sha256:" + b.bundle_sha256]])
      : h("p", {}, "This console was given no baseline."),
    got.card ? h("details", {}, h("summary", {}, "Model card"), h("div", { class: "card" }, markdown(got.card))) : h("p", {}, "The bundle has no card."));
}

/* What another window changes. */
function drawStep() {
  drawTimes(); drawFeatures(true); drawSegments();
}
function draw() {
  $("zone").textContent = utc ? "Times in UTC" : `Times in ${zoneOf(state.newest_ms || Date.now(), here)}`;
  $("zone").setAttribute("aria-pressed", String(utc));
  $("alert").hidden = look.alert === null;
  $("all").hidden = look.alert !== null;
  drawVerdict();
  $("alert-back").replaceWith(link({ alert: null }, "All features, segments and alerts", { id: "alert-back" }));
  if (look.alert === null) {
    $("alert").dataset.seen = "";
    drawFlow(); drawTimes(); drawTimesTable(); drawPicker(); drawFeatures(); drawAlerts(); drawSegments(); drawDead();
  }
  $("footer").textContent = `absa ${state.version} · broker ${state.broker}${state.database ? " · database" : ""} · shows ${number(state.keep_ms / 3600000)} hours`
    + (state.dropped ? ` · ${count(state.dropped)} older windows went for want of room` : "") + (state.segments_left ? ` · ${count(state.segments_left)} more segments` : "");
}

function connected(how, text) {
  $("link").className = how;
  $("link-text").textContent = text;
}
function listen() {
  const es = new EventSource("/events");
  es.onopen = () => connected("live", "live");
  es.onerror = () => {
    connected("gone", es.readyState === EventSource.CLOSED ? "no more live views: asks every 5 s" : "connection lost");
    if (es.readyState === EventSource.CLOSED) setInterval(load, 5000);
  };
  es.addEventListener("news", (e) => {
    const news = JSON.parse(e.data);
    connected(news.away ? "gone" : "live", news.away ? "no broker" : "live");
    if (!state || look.until) return;
    if (news.changes !== state.changes) soon(300);
    else if (state.flow && look.alert === null) follow(news.flow);
  });
}
/* Figures of the flow come with each event; all else is asked for. */
function follow(flow) {
  flow.forEach((t, i) => {
    const to = state.flow[i];
    if (!to) return;
    Object.assign(to, t);
    to.rates = to.rates.concat(t.rate).slice(-60);
  });
  drawFlow();
}

$("slider").addEventListener("input", (e) => {
  const t = state.times, i = Number(e.target.value);
  look.at = i === t.end_ms.length - 1 ? null : t.end_ms[i];
  history.replaceState(null, "", address({}));
  slide();
});
$("newest").addEventListener("click", () => go({ at: null, until: null }));
$("earlier").addEventListener("click", () => go({ at: null, until: (look.until || state.newest_ms) - state.keep_ms }));
$("later").addEventListener("click", () => {
  const until = look.until + state.keep_ms;
  go({ at: null, until: until >= newestLive ? null : until });
});
$("segment").addEventListener("change", (e) => {
  const [segment, rule] = JSON.parse(e.target.value);
  go({ segment, rule, feature: null });
});
$("zone").addEventListener("click", () => {
  utc = !utc;
  localStorage.setItem("utc", utc ? "1" : "0");
  if (state) { draw(); load(); }
});
addEventListener("popstate", () => { readAddress(); load(); });

readAddress();
load();
drawCard().catch((e) => note(String(e.message)));
listen();
