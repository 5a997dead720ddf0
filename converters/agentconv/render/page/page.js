"use strict";
// Everything that is shown is put into the page as text: nothing of the data becomes markup, an address or a script.

const data = JSON.parse(document.getElementById("data").textContent);
const page = document.getElementById("page");
const effects = Object.keys(data.effects);
const entries = data.sections.flatMap((section) => section.entries.map((entry) => ({ ...entry, section })));
const SIGNS = { exact: "✓", note: "✓", warning: "▲", refused: "✕", failed: "!", nothing: "–" };
const IN_PLACE = "nothing is written: it reads the source's own file";
const STATES = {
  exact: "as it is written",
  note: "the same, with notes",
  warning: "behaves differently",
  refused: "refused",
  failed: "lost to a bug",
  nothing: "not written",
};
const SHORT = { write: "write", run: "run", network: "net", mcp: "MCP" };
const MORE = "more than its author allowed";
const CELLS = { unheld: "not held", asks: "asks", partly: "in part" };
const shown = { filter: "", only: "all" };

function el(name, options = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
const sign = (state) => el("span", { class: `sign ${state}`, "aria-hidden": "true" }, SIGNS[state]);
const lossesOf = (outcome) => outcome.losses.map(([number, line]) => ({ ...data.losses[number], line }));
const warnings = (outcome) => outcome.losses.filter(([number]) => data.losses[number].severity === "warning").length;
const isMore = (one, number) => (one.more || []).includes(number);
const inFull = (one, number) => (one.effects[number] === "some" ? one.servers : data.levels[one.effects[number]]) + (isMore(one, number) ? ` (${MORE})` : "");
const inWords = (one) => effects.map((effect, number) => `${data.effects[effect]}: ${inFull(one, number)}`).join("\n");

function inline(text) {
  const code = (piece) => el("code", {}, piece.slice(1, -1));
  return el("bdi", {}, ...text.split(/(`[^`]+`)/).map((piece, at) => (at % 2 ? code(piece) : piece)));
}

function meters(one) {
  if (!one || !one.effects) return null;
  const bars = el("span", { class: "meters", "aria-hidden": "true" });
  one.effects.forEach((level, number) => {
    bars.style.setProperty(`--bar${number}`, `var(--${level})`);
    const marked = isMore(one, number) ? "more" : level;
    if (["unasked", "unheld", "more"].includes(marked)) bars.style.setProperty(`--fill${number}`, `var(--fill-${marked})`);
  });
  return bars;
}

function mayCell(one, number) {
  const level = one.effects[number];
  const more = isMore(one, number);
  const word = level === "some" ? one.servers : CELLS[level] || level;
  return el("bdi", { class: `may ${level}${more ? " more" : ""}`, title: inFull(one, number) }, `${word}${more ? " (!)" : ""}`);
}

// ---------------------------------------------------------------- everything at a glance

function summary(outcome, client) {
  if (!outcome) return `${client.title}: nothing was to become of it`;
  const found = { refusal: 0, warning: 0, note: 0 };
  for (const [number] of outcome.losses) found[data.losses[number].severity] += 1;
  const counted = Object.entries(found).filter(([, number]) => number).map(([word, number]) => count(number, word));
  const may = outcome.effects ? `\n${inWords(outcome)}` : "";
  const became = outcome.in_place && outcome.state !== "refused" ? IN_PLACE : STATES[outcome.state];
  return `${client.title}: ${became}${counted.length ? ` (${counted.join(", ")})` : ""}${may}`;
}

function cell(entry, at, number) {
  const outcome = entry.outcomes[number];
  const words = summary(outcome, data.clients[number]);
  const state = outcome ? outcome.state : "nothing";
  const go = () => open(at, number);
  const counted = state === "warning" && warnings(outcome);
  const inside = [el("span", { class: "mark" }, counted ? `${SIGNS[state]} ${counted}` : SIGNS[state]), meters(outcome)];
  return el("td", {}, el("button", { class: `cell ${state}`, title: words, "aria-label": `${entry.name}, ${words}`, tabindex: -1, onclick: go }, ...inside));
}

function row(entry, at) {
  const off = entry.state !== "loads" && el("span", { class: `off ${entry.state}` }, entry.state);
  const go = () => open(at, first(entry));
  const levels = entry.effects && inWords(entry);
  const head = el("button", { class: "rowhead", title: `${entry.path}${levels ? `\n${levels}` : ""}`, tabindex: -1, onclick: go },
    el("bdi", { class: "name" }, entry.name), off, meters(entry));
  return el("tr", {}, el("th", { scope: "row" }, head), ...data.clients.map((_, number) => cell(entry, at, number)));
}

function first(entry) {
  const worst = ["failed", "refused", "warning"].map((state) => entry.outcomes.findIndex((one) => one && one.state === state));
  return Math.max(0, worst.find((number) => number >= 0) ?? 0);
}

function share(number) {
  const found = {};
  for (const entry of entries) {
    const state = entry.outcomes[number] ? entry.outcomes[number].state : "nothing";
    found[state] = (found[state] || 0) + 1;
  }
  const parts = Object.keys(SIGNS).filter((state) => found[state]).map((state) => {
    const part = el("i", { class: state });
    part.style.flexGrow = found[state];
    return part;
  });
  return [found, el("span", { class: "share", "aria-hidden": "true" }, ...parts)];
}

function columns() {
  return data.clients.map((client, number) => {
    const [found, bar] = share(number);
    const words = Object.keys(SIGNS).filter((state) => found[state]).map((state) => `${found[state]} ${STATES[state]}`).join("\n");
    const head = el("button", { title: `${client.title}\n${words}`, tabindex: -1, onclick: () => openClient(number) }, el("span", { class: "name" }, client.title), bar);
    return el("th", { scope: "col" }, head);
  });
}

function wanted(entry) {
  const states = entry.outcomes.map((one) => (one ? one.state : "nothing"));
  if (shown.only === "changed" && !states.some((state) => state === "warning")) return false;
  if (shown.only === "refused" && !states.some((state) => state === "refused" || state === "failed")) return false;
  const words = shown.filter.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => entry.words.includes(word));
}

for (const entry of entries) {
  const codes = new Set(entry.outcomes.flatMap((one) => (one ? one.losses.map(([number]) => data.losses[number].code) : [])));
  entry.words = [entry.name, entry.path, entry.state, entry.section.noun, ...codes].join(" ").toLowerCase();
}

function bodies() {
  return data.sections.map((section) => {
    const title = `${section.noun[0].toUpperCase()}${section.noun.slice(1)}s`;
    const head = el("tr", { class: "kind" }, el("th", { colspan: data.clients.length + 1, scope: "rowgroup" }, title));
    const rows = entries.map((entry, at) => entry.section === section && (entry.row = row(entry, at)));
    return el("tbody", {}, data.sections.length > 1 && head, ...rows);
  });
}

function narrow() {
  let any = false;
  for (const entry of entries) {
    entry.row.hidden = !wanted(entry);
    any = any || !entry.row.hidden;
  }
  for (const body of page.querySelectorAll(".glance tbody")) body.hidden = ![...body.rows].some((one) => one.className !== "kind" && !one.hidden);
  page.querySelector(".none").hidden = any;
}

function glance() {
  const many = data.clients.length > 9;
  const table = el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Written for ", data.sources.join(", ")), ...columns())), ...bodies());
  const names = matchMedia("(max-width: 640px)").matches ? 150 : 250;
  table.style.minWidth = `${names + data.clients.length * (many ? 42 : 96)}px`;
  table.addEventListener("keydown", move);
  const holder = el("div", { class: `glance${many ? " many" : ""}` }, table, el("p", { class: "none", hidden: true }, "Nothing matches."));
  const enter = table.querySelector("tbody button");
  if (enter) enter.tabIndex = 0;
  return holder;
}

function move(event) {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  const here = event.target.closest("th, td");
  if (!step || !here || event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = [...event.currentTarget.querySelectorAll("tr:not(.kind)")].filter((one) => !one.hidden && !one.parentElement.hidden);
  const at = rows.indexOf(here.parentElement);
  const next = rows[at + step[0]] && rows[at + step[0]].children[[...here.parentElement.children].indexOf(here) + step[1]];
  const button = next && next.querySelector("button");
  if (!button) return;
  event.preventDefault();
  event.currentTarget.querySelectorAll("button[tabindex='0']").forEach((one) => { one.tabIndex = -1; });
  button.tabIndex = 0;
  button.focus();
  button.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function legend() {
  const signs = ["exact", "warning", "refused", "nothing"].map((state) => el("span", {}, sign(state), STATES[state]));
  const bars = entries.some((entry) => entry.effects) && el("div", { class: "legend" }, el("span", {}, `Bars: what it may do (${effects.map((effect) => SHORT[effect]).join(", ")})`), ...levels(), el("span", {}, el("i", { class: "bar more" }), MORE));
  return [el("div", { class: "legend" }, ...signs), bars].filter(Boolean);
}

const levels = () => Object.entries(data.levels).map(([level, words]) => el("span", {}, el("i", { class: `bar ${level}` }), words));

function chips() {
  const number = (state) => entries.filter((entry) => entry.outcomes.some((one) => one && state.includes(one.state))).length;
  const all = [["all", `All ${entries.length}`], ["changed", `Differ ${number(["warning"])}`], ["refused", `Refused ${number(["refused", "failed"])}`]];
  return el("div", { class: "chips", role: "group", "aria-label": "Which to show" }, ...all.map(([only, words]) =>
    el("button", { "aria-pressed": String(shown.only === only), onclick: (event) => {
      shown.only = only;
      for (const one of event.currentTarget.parentElement.children) one.setAttribute("aria-pressed", String(one === event.currentTarget));
      narrow();
    } }, words)));
}

function heading() {
  const parts = data.sections.map((section) => count(section.entries.length, section.noun));
  const all = parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts[0] || "Nothing";
  return el("header", { class: "top" }, el("div", {}, el("h1", {}, all, ` in ${count(data.clients.length, "assistant")}`),
    el("p", {}, `What becomes of them when agentconv ${data.version} converts them, what each may do there, and what it costs. Open one to see its file beside theirs.`)));
}

function tools() {
  const filter = el("input", { type: "search", placeholder: "Filter by name, file or loss", "aria-label": "Filter", value: shown.filter, oninput: (event) => {
    shown.filter = event.target.value;
    narrow();
  } });
  return el("div", { class: "tools" }, filter, chips(), themes());
}

function themes() {
  const dark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const button = el("button", { class: "theme", onclick: () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    button.textContent = dark() ? "Light" : "Dark";
  } }, dark() ? "Light" : "Dark");
  return button;
}

function besides(title, number, ...lists) {
  if (!number) return null;
  return el("details", { class: "panel besides", open: number <= 12 }, el("summary", {}, el("h2", {}, `${title} (${number})`)), ...lists);
}

function keys(...pairs) {
  const shownKeys = pairs.map(([names, words]) => el("span", { class: "keys" }, ...names.map((name) => el("kbd", {}, name)), ` ${words}`));
  return el("footer", {}, ...shownKeys, el("span", {}, "Nothing in this page was fetched, and nothing will be."));
}

function everything() {
  const lost = data.clients.map((client, number) => data.of_set[number].length > 0 && said(lossesOf({ losses: data.of_set[number] }), client.title));
  const set = besides("Lost of the whole set", data.of_set.flat().length, ...lost);
  const others = besides("Also found", data.told.length, said(data.told));
  return [heading(), tools(), glance(), ...legend(), ...[set, others].filter(Boolean),
    keys([["/"], "filter"], [["↑", "↓", "←", "→"], "move"], [["Enter"], "open"])];
}

function overview() {
  overview.made = overview.made || everything();
  page.replaceChildren(...overview.made);
}

// ---------------------------------------------------------------- one of them

function together(list) {
  const groups = new Map();
  for (const one of list) {
    const key = one.code ? JSON.stringify([one.code, one.severity, one.summary, one.hint]) : groups.size;
    const group = groups.get(key);
    if (group) group.details = [...group.details, one];
    else groups.set(key, { ...one, details: [one] });
  }
  return [...groups.values()];
}

function detailed(one) {
  const field = one.field && el("span", { class: "muted" }, " (", el("code", {}, one.field), ")");
  return [one.detail && inline(one.detail), field];
}

function remark(name, kind, one, who) {
  const code = one.code && el("a", { href: data.codes[one.code], rel: "noreferrer", target: "_blank" }, el("code", {}, one.code));
  const details = (one.details || []).map((each, at) => [at ? "; " : ": ", ...detailed(each)]).flat();
  const head = one.code ? [code, " ", one.summary, ...(one.details ? details : one.detail ? [": ", inline(one.detail)] : [])] : [inline(one.message)];
  const where = !one.code && one.path ? el("span", { class: "hint path" }, one.line > 1 ? `${one.path}:${one.line}` : one.path) : null;
  const hint = one.hint && el("span", { class: "hint" }, inline(one.hint));
  return el(name, { class: `${kind}${one.severity}` }, ...[who && el("strong", {}, who, ": "), ...head, where, hint].filter(Boolean));
}

function said(list, who) {
  return el("ul", { class: "said" }, ...together(list).map((one) => remark("li", "", one, who)));
}

function rows(number, from, to, marks, known) {
  const file = data.files[number];
  const found = [];
  for (let line = from; line <= Math.min(to, file.length); line += 1) {
    const at = marks.get(line) || [];
    const text = data.lines[file[line - 1]];
    const fresh = known && text.trim() && !known.has(text.trim());
    found.push(el("div", { class: `row${at.length ? " hit" : ""}${fresh ? " new" : ""}` }, el("span", {}, String(line)), el("code", {}, text || "\u200b")));
    found.push(...at.map((one) => remark("div", "at ", one)));
  }
  return el("div", { class: "code" }, ...found);
}

function sourcePane(entry, outcome) {
  const losses = outcome ? lossesOf(outcome).filter((one) => one.severity !== "refusal" || one.line) : [];
  const told = entry.told.map((one) => ({ ...one, path: "", line: one.path === entry.path ? one.line : 0 }));
  const length = entry.file === null ? 0 : data.files[entry.file].length;
  const placed = new Map();
  const loose = [];
  for (const one of [...told, ...losses]) {
    const line = Math.min(one.line || 0, length);
    if (line < 1 || (!one.code && line === 1)) loose.push(one);
    else placed.set(line, [...(placed.get(line) || []), one]);
  }
  const body = entry.file === null ? el("p", { class: "empty" }, "Its file is not at hand, only what it says.") : rows(entry.file, ...(entry.lines || [1, length]), placed);
  return el("section", { class: "panel file" }, el("header", {}, el("h2", {}, `As written for ${entry.client}`),
    el("p", {}, el("span", { class: "path" }, entry.path)), el("p", {}, may(entry))), loose.length > 0 && said(order(loose)), body);
}

const order = (list) => [...list].sort((one, other) => rank(one) - rank(other));
const rank = (one) => ["refusal", "error", "warning", "note"].indexOf(one.severity);

function may(one) {
  if (one.tools === undefined) return one.state && one.state !== "loads" && STATES[one.state] === undefined ? one.state : "";
  const state = one.state === "degraded" || one.state === "not loaded" ? `${one.state}; ` : "";
  const unheld = one.unheld ? `; not held to ${one.unheld.join(", ")}` : "";
  return `${state}tools: ${one.tools}${unheld}`;
}

function targetPane(entry, number) {
  const client = data.clients[number];
  const outcome = entry.outcomes[number];
  const state = outcome ? outcome.state : "nothing";
  const head = el("header", {}, el("h2", {}, sign(state), `In ${client.title}: ${STATES[state]}`),
    el("p", {}, outcome && outcome.path ? el("span", { class: "path" }, outcome.path) : "no file"), el("p", {}, outcome ? may(outcome) : ""));
  const pane = el("section", { class: "panel file" }, head);
  if (outcome && outcome.told) pane.append(said(outcome.told));
  if (outcome && outcome.file !== undefined) {
    const known = new Set(entry.file === null ? [] : data.files[entry.file].map((line) => data.lines[line].trim()));
    const [from, to] = outcome.lines || [1, Infinity];
    pane.append(rows(outcome.file, from, to, new Map(), known));
    pane.append(el("p", { class: "legend under" }, "Tinted lines are not in the source."));
    return pane;
  }
  const refusals = outcome ? lossesOf(outcome).filter((one) => one.severity === "refusal") : [];
  if (refusals.length && outcome.in_place) pane.append(el("p", { class: "empty" }, "No file is written for it: it reads the source's own file. What the agent may do by that stands above."));
  pane.append(refusals.length ? said(refusals) : el("p", { class: "empty" }, outcome && outcome.in_place ? "It reads the source's own file." : outcome && outcome.path ? "It is read where it is, or goes into a file with others." : "Nothing is written for it."));
  return pane;
}

function chart(entry, at, chosen) {
  const has = entry.effects || entry.outcomes.some((one) => one && one.effects);
  const cells = (one) => (has ? effects.map((_, number) => el("td", {}, one && one.effects ? mayCell(one, number) : "")) : []);
  const own = el("tr", {}, el("th", { scope: "row" }, el("span", { class: "own" }, entry.client)), ...cells(entry));
  const others = data.clients.map((client, number) => {
    const outcome = entry.outcomes[number];
    const state = outcome ? outcome.state : "nothing";
    const button = el("button", { title: summary(outcome, client), "aria-pressed": String(number === chosen), onclick: () => open(at, number) }, sign(state), client.title);
    return el("tr", { class: number === chosen ? "chosen" : "" }, el("th", { scope: "row" }, button), ...cells(outcome));
  });
  const head = el("tr", {}, el("th", { scope: "col" }, has ? "What it may do" : "Assistant"), ...(has ? effects.map((effect) => el("th", { scope: "col", title: data.effects[effect] }, SHORT[effect])) : []));
  const under = has && el("p", { class: "legend under" }, ...["asks", "partly", "unasked", "unheld"].map((level) => el("span", {}, el("b", {}, CELLS[level] || level), " ", data.levels[level])), el("span", {}, el("b", {}, "(!)"), " ", MORE));
  return el("section", { class: "panel chart" }, el("table", {}, el("thead", {}, head), el("tbody", {}, own, ...others)), under);
}

function crumbs(at) {
  const turn = (step, words) => el("button", { disabled: !entries[at + step], onclick: () => open(at + step, current().client) }, words);
  const back = el("button", { onclick: () => { location.hash = ""; } }, "← Everything");
  return el("nav", { class: "crumbs" }, back, at >= 0 && el("span", { class: "turn" }, turn(-1, "Previous"), turn(1, "Next")));
}

function detail(at, number) {
  const entry = entries[at];
  const outcome = entry.outcomes[number];
  const about = el("header", { class: "about" }, el("h1", {}, el("bdi", {}, entry.name)), el("p", {}, `${entry.section.noun} of ${entry.client}`, entry.state === "loads" ? "" : `, ${entry.state} there`));
  page.replaceChildren(crumbs(at), about, el("div", { class: "open" }, chart(entry, at, number), sourcePane(entry, outcome), targetPane(entry, number)),
    keys([["←", "→"], "assistant"], [["↑", "↓"], "agent or part"], [["Esc"], "everything"]));
}

// ---------------------------------------------------------------- one assistant

function tally(number) {
  const groups = new Map();
  for (const [at, entry] of entries.entries()) {
    for (const one of entry.outcomes[number] ? lossesOf(entry.outcomes[number]) : []) {
      const key = `${one.severity} ${one.code} ${entry.section.kind}`;
      const group = groups.get(key) || { one, section: entry.section, found: new Map() };
      group.found.set(at, entry);
      groups.set(key, group);
    }
  }
  return [...groups.values()].sort((a, b) => rank(a.one) - rank(b.one) || b.found.size - a.found.size);
}

function assistant(number) {
  const client = data.clients[number];
  const lines = tally(number).map(({ one, section, found }) => el("tr", {},
    el("td", {}, el("span", { class: one.severity === "refusal" ? "refused" : one.severity }, sign(one.severity === "refusal" ? "refused" : one.severity)), " ", el("a", { href: data.codes[one.code], rel: "noreferrer", target: "_blank" }, el("code", {}, one.code))),
    el("td", {}, one.summary), el("td", { class: "number" }, count(found.size, section.noun)),
    el("td", {}, ...[...found].slice(0, 12).flatMap(([at, entry], place) => [place ? ", " : "", el("a", { href: `#${at}/${client.id}` }, el("bdi", {}, entry.name))]), found.size > 12 ? ` and ${found.size - 12} more` : "")));
  const set = besides("Lost of the whole set", data.of_set[number].length, said(lossesOf({ losses: data.of_set[number] })));
  const head = el("tr", {}, ...["Loss", "What it is", "Of", "Which"].map((words) => el("th", { scope: "col" }, words)));
  const table = lines.length ? el("table", { class: "tally" }, el("thead", {}, head), el("tbody", {}, ...lines)) : el("p", { class: "empty" }, "Nothing is lost.");
  page.replaceChildren(crumbs(-1), el("header", { class: "about" }, el("h1", {}, client.title), el("p", {}, "Files go to ", el("span", { class: "path" }, client.place))),
    ...[set].filter(Boolean), el("section", { class: "panel scroll" }, table), keys([["←", "→"], "assistant"], [["Esc"], "everything"]));
}

// ---------------------------------------------------------------- where we are

function current() {
  const [word, id] = location.hash.slice(1).split("/");
  const client = data.clients.findIndex((one) => one.id === id);
  if (word === "in" && client >= 0) return { at: -1, client };
  const at = /^\d+$/.test(word) ? Number(word) : -1;
  return entries[at] && client >= 0 ? { at, client } : null;
}

function open(at, number) { location.hash = `${at}/${data.clients[number].id}`; }
function openClient(number) { location.hash = `in/${data.clients[number].id}`; }
function focusOn(selector) { const found = page.querySelector(selector); if (found) found.focus({ preventScroll: true }); }

function keepInView(holder, chosen) {
  if (holder && chosen) holder.scrollTop = chosen.offsetTop - holder.clientHeight / 2;
}

let last = null;
function show() {
  const now = current();
  if (!now) {
    overview();
    if (last && last.at >= 0) {
      const found = entries[last.at].row;
      if (!found.hidden) { found.querySelector("button").focus(); found.scrollIntoView({ block: "nearest" }); }
    }
  } else if (now.at >= 0) detail(now.at, now.client);
  else assistant(now.client);
  if (now && (!last || last.at !== now.at)) scrollTo(0, 0);
  if (now) focusOn(".chosen button");
  if (now) keepInView(page.querySelector(".chart"), page.querySelector(".chosen"));
  last = now;
}

addEventListener("hashchange", show);
addEventListener("keydown", (event) => {
  const now = current();
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.matches("input")) {
    if (event.key === "Escape") { event.target.value = ""; event.target.dispatchEvent(new Event("input")); event.target.blur(); }
    return;
  }
  if (event.key === "/" && !now) { event.preventDefault(); focusOn(".tools input"); }
  if (!now) return;
  const turn = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (event.key === "Escape") location.hash = "";
  else if (turn) {
    const client = (now.client + turn + data.clients.length) % data.clients.length;
    if (now.at >= 0) open(now.at, client); else openClient(client);
  } else if (step && now.at >= 0 && entries[now.at + step]) open(now.at + step, now.client);
  else return;
  event.preventDefault();
});
show();
