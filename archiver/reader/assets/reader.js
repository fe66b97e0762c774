/* On every page of the archive. To read, nothing here is needed: it shows pictures large, adds keys and sorting, and
   tells the search page what a text is to a search. */
"use strict";

/* ---- text as search sees it: the same as archiver/folding.py ---- */

const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu;

function trim(text) {
  return text.replace(SPACE, " ").replace(/^ | $/g, "");
}

const DROPPED = new RegExp("[\\u{10FE00}-\\u{10FE7F}\\0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f"
  + "\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8"
  + "\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}]", "gu");

function fold(text) {
  return trim(normal(text));
}

/* Of each line; folding does not reach over a line feed. */
function foldLines(lines) {
  return normal(lines.join("\n")).split("\n").map(trim);
}

function normal(text) {
  const plain = text.replace(DROPPED, "").normalize("NFKC");
  // Greek sigma's final form depends on what follows, which a query does not know; no other letter's does.
  const lower = plain.includes("\u03a3") ? Array.from(plain, (c) => c.toLowerCase()).join("") : plain.toLowerCase();
  return lower.normalize("NFKC");
}

/* [folded, places]: where each folded character begins in the text; no places where folding reaches over clusters. */
function foldMap(text) {
  let folded = "";
  const places = [];
  for (const match of text.matchAll(/[^\u0300-\u036f\u3099\u309a\uff9e\uff9f][\u0300-\u036f\u3099\u309a\uff9e\uff9f]*|./gsu)) {
    const part = trim(match[0]) === "" ? " " : fold(match[0]);
    if (part === " " && (folded === "" || folded.endsWith(" "))) continue;
    folded += part;
    for (let n = 0; n < part.length; n++) places.push(match.index);
  }
  if (folded.endsWith(" ")) { folded = folded.slice(0, -1); places.pop(); }
  places.push(text.length);
  const whole = fold(text);
  return whole === folded ? [folded, places] : [whole, null];
}

/* Pieces [text, isHit] around the first place in the line that holds most of the folded terms; none where no line does. */
function snippet(lines, foldedLines, terms) {
  const counts = foldedLines.map((line) => terms.filter((term) => line.includes(term)).length);
  const most = Math.max(...counts);
  if (!most) return [];
  let best = lines[counts.indexOf(most)];
  let [folded, places] = foldMap(best);
  if (!places) { best = folded; places = Array.from({ length: folded.length + 1 }, (_, n) => n); }
  const spans = [];
  for (const term of terms) {
    for (let at = folded.indexOf(term); at >= 0; at = folded.indexOf(term, at + term.length)) {
      spans.push([places[at], places[at + term.length]]);
    }
  }
  spans.sort((a, b) => a[0] - b[0]);
  const begin = spans.length ? Math.max(0, spans[0][0] - 30) : 0;
  const end = Math.min(best.length, begin + 150);
  const pieces = begin ? [["…", false]] : [];
  let at = begin;
  for (const [from, to] of spans) {
    if (from < at || from >= end) continue;
    pieces.push([best.slice(at, from), false], [best.slice(from, to), true]);
    at = to;
  }
  pieces.push([best.slice(at, Math.max(at, end)), false]);
  if (Math.max(at, end) < best.length) pieces.push(["…", false]);
  return pieces.filter(([text]) => text);
}

/* ---- pictures, large ---- */

function lightbox() {
  const images = Array.from(document.querySelectorAll("article.body img"))
    .filter((image) => !image.closest("a, .formula"));
  if (!images.length || !window.HTMLDialogElement) return;
  let at = 0;
  const box = document.createElement("dialog");
  box.className = "lightbox";
  box.setAttribute("aria-label", "图片");
  const view = document.createElement("img");
  const words = document.createElement("p");
  words.setAttribute("aria-live", "polite");
  const button = (name, label, text, action) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className: name, textContent: text, title: label });
    made.setAttribute("aria-label", label);
    made.addEventListener("click", action);
    return made;
  };
  const show = (to) => {
    at = (to + images.length) % images.length;
    view.src = images[at].currentSrc || images[at].src;
    view.alt = images[at].alt;
    box.classList.remove("large");
    words.textContent = `${at + 1} / ${images.length}` + (images[at].alt ? `　${images[at].alt}` : "");
  };
  const back = button("back", "上一张（←）", "‹", () => show(at - 1));
  const forth = button("forth", "下一张（→）", "›", () => show(at + 1));
  back.hidden = forth.hidden = images.length < 2;
  box.append(view, button("close", "关闭（Esc）", "×", () => box.close()), back, forth, words);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(at - 1);
    else if (event.key === "ArrowRight") show(at + 1);
    else if (event.key === "+" || event.key === "-" || event.key === "=") box.classList.toggle("large", event.key !== "-");
    else return;
    event.preventDefault();
  });
  view.addEventListener("click", () => box.classList.toggle("large"));
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  box.addEventListener("close", () => images[at].focus());
  images.forEach((image, n) => {
    const open = () => { show(n); document.body.append(box); box.showModal(); };
    image.tabIndex = 0;
    image.setAttribute("role", "button");
    image.setAttribute("aria-label", image.alt ? `放大图片：${image.alt}` : "放大图片");
    image.addEventListener("click", open);
    image.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(); }
    });
  });
}

/* ---- what is wider than the screen can be reached and scrolled by keyboard ---- */

function scrollers() {
  document.querySelectorAll("article.body :is(pre, .table)").forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
}

/* ---- keys: / search · j k through a list · p n older and newer article · u up ---- */

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input, select, textarea, dialog")) return;
  const go = (selector) => { const link = document.querySelector(selector); if (link) link.click(); return link; };
  const step = (by) => {
    const links = Array.from(document.querySelectorAll(".items .name a"));
    const next = links[links.indexOf(document.activeElement) + by] || (by > 0 ? links[0] : links[links.length - 1]);
    if (next) next.focus();
    return next;
  };
  const keys = {
    "/": () => { const input = document.querySelector("main input[type=search], input[type=search]");
      if (input) input.focus(); else go(".top a:last-child"); return true; },
    j: () => step(1),
    k: () => step(-1),
    p: () => go("a[rel=prev]"),
    n: () => go("a[rel=next]"),
    u: () => go(".top a, .bar a"),
  };
  if (Object.hasOwn(keys, event.key) && keys[event.key]()) event.preventDefault();
}

/* ---- sorting a list in place ---- */

function sorting(select) {
  const list = document.querySelector(".items");
  const rows = Array.from(list.children);
  const orders = {
    given: () => 0, // sorting is stable: the order in which the page came
    newest: (a, b) => Number(b.dataset.date > a.dataset.date) - Number(b.dataset.date < a.dataset.date),
    oldest: (a, b) => -orders.newest(a, b),
    stars: (a, b) => Number(b.dataset.stars) - Number(a.dataset.stars),
    title: (a, b) => a.dataset.title.localeCompare(b.dataset.title, "zh-CN"),
  };
  select.closest(".tools").hidden = false;
  select.addEventListener("change", () => list.append(...rows.slice().sort(orders[select.value])));
}

if (document.querySelector("article.body")) {
  lightbox();
  scrollers();
  window.addEventListener("resize", scrollers);
}
document.addEventListener("keydown", press);
document.querySelectorAll("select[data-sort]").forEach(sorting);
