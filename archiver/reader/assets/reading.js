/* archiver's reader: on an article's page: how far it was read, what is liked, and highlights. */
"use strict";

const body = document.querySelector("article.body");
const here = archiverState.idOf(location.pathname.replace(/\/(index\.html)?$/, ""));
const DONE = 0.97; // of the way down: read to the end

function about() {
  const folder = decodeURIComponent(location.pathname).replace(/\/(index\.html)?$/, "").split("/articles/").pop();
  const link = document.querySelector("footer a");
  archiverState.put(here, "about", {
    title: document.querySelector("h1").textContent,
    folder: `articles/${folder}`,
    url: link ? link.href : "",
    notes: Array.from(document.querySelectorAll(".backlinks bdi"), (note) => note.textContent),
  });
}

function keep(what, value, key) {
  about();
  archiverState.put(here, what, value, key);
}

/* ---- buttons ---- */

function toggle(what, names) {
  const button = document.querySelector(`[data-do=${what}]`);
  const show = () => {
    const on = archiverState.get(here, what) === true;
    button.setAttribute("aria-pressed", String(on));
    button.title = names[Number(on)];
  };
  button.addEventListener("click", () => { keep(what, archiverState.get(here, what) !== true); show(); });
  show();
  return show;
}

/* ---- how far it was read ---- */

function share() {
  const box = body.getBoundingClientRect();
  const way = box.height - window.innerHeight;
  return way <= 0 ? 1 : Math.min(1, Math.max(0, -box.top / way));
}

function placeNow() {
  const seen = document.elementFromPoint(window.innerWidth / 2, 90);
  const quote = seen && body.contains(seen) && seen !== body ? part(bare(seen.textContent), 0, 40) : "";
  return { at: Math.round(share() * 1000) / 1000, quote };
}

function goTo({ at, quote }) {
  const range = quote ? rangeOf(body, { quote, at }) : null;
  const top = range ? range.getBoundingClientRect().top - 90 : at * (body.offsetHeight - window.innerHeight) + body.getBoundingClientRect().top;
  window.scrollTo({ top: window.scrollY + top });
}

function progress(showRead) {
  const bar = element("div", { className: "progress" });
  bar.setAttribute("aria-hidden", "true");
  document.body.append(bar);
  const before = archiverState.get(here, "place");
  let began = false;
  const draw = () => {
    bar.style.transform = `scaleX(${share()})`;
    if (window.scrollY > 0) began = true;
    if (began && share() >= DONE && archiverState.get(here, "read") !== true) { keep("read", true); showRead(); }
  };
  const leave = () => {
    if (document.visibilityState === "visible" || !began || body.offsetHeight < 2 * window.innerHeight) return;
    const place = placeNow();
    const kept = archiverState.get(here, "place");
    const value = place.at >= DONE || place.at < 0.02 ? null : place;
    if (value ? !kept || Math.abs(kept.at - value.at) > 0.005 : kept) keep("place", value);
  };
  window.addEventListener("scroll", draw, { passive: true });
  window.addEventListener("resize", draw);
  document.addEventListener("visibilitychange", leave);
  draw();
  if (before && !location.hash) resume(before);
}

function resume(place) {
  const box = element("div", { className: "resume" });
  box.setAttribute("role", "status");
  const go = element("button", { type: "button" }, `回到上次读到的地方（${Math.round(place.at * 100)}%）`);
  const close = element("button", { type: "button", className: "close", textContent: "×" });
  close.setAttribute("aria-label", "关闭");
  go.addEventListener("click", () => { box.remove(); goTo(place); });
  close.addEventListener("click", () => box.remove());
  window.addEventListener("scroll", () => { if (window.scrollY > window.innerHeight) box.remove(); }, { passive: true });
  box.append(go, close);
  document.body.append(box);
}

/* ---- highlights ---- */

const counter = document.querySelector("[data-do=highlights]");
let list = null;

function count() {
  const many = archiverState.highlights(here).length;
  counter.dataset.count = many || "";
  counter.title = many ? `标注（${many}）` : "标注";
}

function addHighlight(range) {
  const value = quoteOf(body, range);
  if (!value) return;
  const key = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  keep("highlight", value, key);
  paint(rangeOf(body, value), key);
  window.getSelection().removeAllRanges();
  count();
}

function removeHighlight(key) {
  unpaint(key);
  keep("highlight", null, key);
  count();
}

/* A button beside what is selected, or beside the highlight that was clicked. */
function floating(box, name, text, action) {
  document.querySelectorAll(".floating").forEach((old) => old.remove());
  if (!box) return;
  const button = element("button", { type: "button", className: "floating", textContent: text });
  button.dataset.do = name;
  button.style.left = `${Math.min(window.innerWidth - 100, Math.max(8, box.left + box.width / 2 - 40))}px`;
  button.style.top = `${window.scrollY + Math.max(8, box.bottom + 8)}px`;
  button.addEventListener("click", () => { button.remove(); action(); });
  document.querySelector("main").append(button);
}

function selected() {
  const selection = window.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  return body.contains(range.commonAncestorContainer) && range.toString().trim() ? range.cloneRange() : null;
}

function selecting() {
  let timer = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const range = selected();
      if (range) floating(range.getBoundingClientRect(), "highlight", "标注", () => addHighlight(range));
      else if (document.querySelector(".floating[data-do=highlight]")) floating(null);
    }, 150);
  });
  body.addEventListener("click", (event) => {
    const mark = event.target.closest("mark.highlight");
    if (!mark || event.target.closest("a") || selected()) return;
    floating(mark.getBoundingClientRect(), "remove", "删除标注", () => removeHighlight(mark.dataset.key));
    event.stopPropagation();
  });
  document.addEventListener("click", (event) => { if (!event.target.closest(".floating, mark") && !selected()) floating(null); });
}

function openHighlights() {
  const rows = element("ul", { className: "quotes" });
  list ||= panel("highlights", "标注", rows, element("p", { className: "hint" }, "选中文字，再按“标注”或 h 键。"),
    element("p", {}, element("a", { href: `${archiver.root}site/mine.html` }, "全部标注，导出")));
  const old = list.querySelector(".quotes");
  for (const [key, value] of archiverState.highlights(here)) {
    const there = document.querySelector(`mark.highlight[data-key="${key}"]`);
    const go = element("button", { type: "button", className: "quote" }, element("bdi", {}, value.quote));
    go.disabled = !there;
    go.addEventListener("click", () => { list.close(); there.scrollIntoView({ block: "center" }); });
    const remove = element("button", { type: "button" }, "删除");
    const row = element("li", {}, go, ...(there ? [] : [element("span", { className: "hint" }, "原文里已找不到")]), remove);
    remove.addEventListener("click", () => { removeHighlight(key); row.remove(); });
    rows.append(row);
  }
  if (old !== rows) old.replaceWith(rows);
  list.showModal();
}

archiverState.ready.then(() => {
  if (!body || !here) return;
  toggle("favourite", ["收藏（f）", "取消收藏（f）"]);
  const showRead = toggle("read", ["标为已读（m）", "标为未读（m）"]);
  for (const [key, value] of archiverState.highlights(here)) {
    const range = rangeOf(body, value);
    if (range) paint(range, key);
  }
  counter.addEventListener("click", openHighlights);
  count();
  selecting();
  progress(showRead);
});
