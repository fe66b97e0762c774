/* On every page of the archive. To read, nothing here is needed: it adds keys, sorting, and what the reader may choose. */
"use strict";

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/* ---- keys: / search · j k through a list · p n older and newer article · u up ---- */

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
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
      if (input) input.focus(); else go(".top a:nth-of-type(2)"); return true; },
    j: () => step(1),
    k: () => step(-1),
    p: () => go("a[rel=prev]"),
    n: () => go("a[rel=next]"),
    u: () => go(".top a, .bar a"),
    a: () => go("[data-do=settings]"),
    f: () => go("[data-do=favourite]"),
    m: () => go("[data-do=read]"),
    h: () => go("[data-do=highlight]") || go("[data-do=highlights]"),
  };
  if (Object.hasOwn(keys, event.key) && keys[event.key]()) event.preventDefault();
}

/* ---- sorting a list in place ---- */

function sorting(select) {
  const list = document.querySelector(".items");
  const rows = Array.from(list.children);
  const date = (row) => row.dataset.date;
  const title = (row) => row.querySelector(".name").textContent;
  const orders = {
    given: () => 0, // sorting is stable: the order in which the page came
    newest: (a, b) => Number(date(b) > date(a)) - Number(date(b) < date(a)),
    oldest: (a, b) => -orders.newest(a, b),
    stars: (a, b) => Number(b.dataset.stars) - Number(a.dataset.stars),
    title: (a, b) => title(a).localeCompare(title(b), "zh-CN"),
  };
  select.addEventListener("change", () => list.append(...rows.slice().sort(orders[select.value])));
}

/* ---- what the reader may choose ---- */

const SETTINGS = [
  ["theme", "颜色", { auto: "随系统", light: "浅色", sepia: "米色", dark: "深色" }],
  ["size", "字号", { 85: "85%", 100: "100%", 115: "115%", 130: "130%", 150: "150%" }],
  ["width", "栏宽", { narrow: "窄", normal: "正常", wide: "宽", full: "全宽" }],
  ["face", "字体", { page: "原样", sans: "黑体", serif: "宋体" }],
  ["language", "界面语言", { auto: "随浏览器", zh: "中文", en: "English" }],
];

/* A dialog with a heading and a button that closes it. */
function panel(name, title, ...children) {
  const box = element("dialog", { className: `panel ${name}` });
  const close = element("button", { type: "button", className: "close", textContent: "×", title: "关闭（Esc）" });
  close.setAttribute("aria-label", "关闭（Esc）");
  close.addEventListener("click", () => box.close());
  const heading = element("h2", { id: `${name}-title` }, title);
  box.setAttribute("aria-labelledby", heading.id);
  box.append(heading, close, ...children);
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  document.body.append(box);
  return box;
}

/* One value of each setting: radio buttons, so that arrows choose. */
function choice([name, title, values]) {
  const group = element("fieldset", {}, element("legend", {}, title));
  for (const value of archiver.CHOICES[name].slice().sort((a, b) => Object.keys(values).indexOf(a) - Object.keys(values).indexOf(b))) {
    const input = element("input", { type: "radio", name, value, checked: archiver.settings[name] === value });
    input.addEventListener("change", () => {
      archiver.set(name, value);
      if (name === "language") location.reload();
    });
    group.append(element("label", {}, input, element("span", {}, values[value])));
  }
  return group;
}

let settingsPanel = null;

function openSettings() {
  settingsPanel ||= panel("settings", "阅读设置", ...SETTINGS.map(choice));
  settingsPanel.showModal();
}

document.addEventListener("keydown", press);
document.querySelectorAll("select[data-sort]").forEach(sorting);
document.querySelectorAll("[data-do=settings]").forEach((button) => button.addEventListener("click", openSettings));
