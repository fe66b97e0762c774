/* archiver's reader: the search box: results while one types, filters to press, arrows. From disk and from a server. */
"use strict";

const QUICK = 160; // ms without a letter after which is searched
// As in archiver/reader/query.py: a word that was meant for a filter, and is searched for as it stands.
const LIKE_FILTER = /(?<![^\s])([A-Za-z]{2,})[:：](?![:/\\])[^\s"“”]*/gu;
const NAMED = /(account|after|before|note|stars|is)[:：](?:["“”][^"“”]*["“”]?|[^\s"“”]+)/giu;

/* The parts of the page. `ask` is called with the text to search for, never in the middle of a composition: what an
   input method shows before it is chosen is no word yet. */
function searchPage(ask) {
  const input = document.querySelector("main input[type=search]");
  const page = { input, form: input.form, state: document.querySelector("#state"), list: document.querySelector("#results"), chips: document.querySelector("#chips") };
  let timer = 0, asked = input.value, composing = false;
  page.now = () => {
    clearTimeout(timer);
    if (composing || input.value === asked) return;
    asked = input.value;
    history.replaceState(null, "", asked.trim() ? `?q=${encodeURIComponent(asked)}` : location.pathname);
    ask(asked);
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(page.now, QUICK); };
  page.put = (text) => { input.value = text; page.now(); };
  input.value = asked = new URLSearchParams(location.search).get("q") || "";
  if (!asked.trim()) input.focus();
  page.begin = () => ask(asked);
  input.addEventListener("compositionstart", () => { composing = true; });
  input.addEventListener("compositionend", () => { composing = false; soon(); });
  input.addEventListener("input", (event) => { if (!composing && !event.isComposing) soon(); });
  page.form.addEventListener("submit", (event) => { event.preventDefault(); if (!composing) page.now(); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.key !== "ArrowDown") return;
    const first = page.list.querySelector(".name a");
    if (first) { first.focus(); event.preventDefault(); }
  });
  page.list.addEventListener("keydown", (event) => {
    const links = Array.from(page.list.querySelectorAll(".name a"));
    const at = links.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    (links[to] || (to < 0 ? input : links[at])).focus();
    event.preventDefault();
  });
  return page;
}

function isoDay(moment) {
  return new Date(moment - moment.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
}

/* Filters that are on, each with a button that takes it away; behind them some that can be put on. */
function chips(page) {
  const text = page.input.value;
  const on = text.match(NAMED) || [];
  const today = new Date(), year = today.getFullYear();
  const month = new Date(year, today.getMonth() - 1, today.getDate());
  const offers = [
    ["今年", `after:${year}`], ["去年", `after:${year - 1} before:${year}`], ["近一个月", `after:${isoDay(month)}`],
    ["有评分", "stars:1"], ["★★★", "stars:3"], ["不完整", "is:partial"],
  ];
  const chip = (label, name, pressed, action) => {
    const button = element("button", { type: "button", className: "chip" }, pressed ? element("bdi", {}, label) : label);
    button.setAttribute("aria-pressed", String(pressed));
    if (pressed) button.setAttribute("aria-label", `去掉 ${name}`);
    button.addEventListener("click", () => { action(); page.input.focus(); });
    return button;
  };
  const without = (filter) => text.replace(filter, " ").replace(/\s+/gu, " ").trim();
  const free = offers.filter(([, filter]) => !filter.split(" ").some((one) => on.some((other) => other.split(/[:：]/u)[0].toLowerCase() === one.split(":")[0])));
  const unknown = Array.from(text.replace(NAMED, " ").matchAll(LIKE_FILTER), ([, name]) => element("span", { className: "soft" }, `没有 ${name}: 这种筛选`));
  page.chips.replaceChildren(
    ...on.map((filter) => chip(`${filter} ×`, filter, true, () => page.put(without(filter)))),
    ...unknown,
    ...free.map(([label, filter]) => chip(label, filter, false, () => page.put(`${text.trim()} ${filter}`.trim()))),
  );
}
