/* archiver's reader: in the head of every page, before it is drawn: colours, type and language as the reader has them. */
"use strict";

const archiver = (() => {
  const html = document.documentElement;
  const root = new URL("../", document.currentScript.src || location.href).href; // inside a page: of one in site/;
  const KEY = "archiver settings";
  const CHOICES = {
    theme: ["auto", "light", "sepia", "dark"],
    size: ["100", "85", "115", "130", "150"],
    width: ["normal", "narrow", "wide", "full"],
    face: ["page", "sans", "serif"],
    language: ["auto", "zh", "en"],
  };
  const night = window.matchMedia("(prefers-color-scheme: dark)");
  const listeners = [];

  /* The first choice is what a reader has who has chosen nothing. A browser may refuse to keep anything. */
  function read() {
    let kept = {};
    try { kept = JSON.parse(localStorage.getItem(KEY)) || {}; } catch { /* nothing is kept */ }
    return Object.fromEntries(Object.entries(CHOICES).map(([name, all]) => [name, all.includes(kept[name]) ? kept[name] : all[0]]));
  }

  const settings = read();
  const isDark = () => settings.theme === "dark" || (settings.theme === "auto" && night.matches);

  function apply() {
    for (const name of ["theme", "width", "face"]) html.dataset[name] = settings[name];
    html.style.setProperty("--zoom", Number(settings.size) / 100);
    html.style.colorScheme = settings.theme === "auto" ? "" : isDark() ? "dark" : "light";
    const media = { auto: "screen and (prefers-color-scheme: dark)", dark: "screen" }[settings.theme] || "not all";
    for (const sheet of document.querySelectorAll("[data-dark]")) sheet.media = media;
    for (const listener of listeners) listener();
  }

  function set(name, value) {
    settings[name] = value;
    try { localStorage.setItem(KEY, JSON.stringify(settings)); } catch { /* for this page only */ }
    apply();
  }

  const asked = settings.language === "auto" ? (navigator.languages && navigator.languages[0]) || navigator.language || "zh" : settings.language;
  const language = asked.toLowerCase().startsWith("zh") ? "zh" : "en";
  if (language !== "zh") {
    // Nothing is shown until its words are there: so nothing moves.
    const show = () => { html.style.visibility = ""; };
    html.style.visibility = "hidden";
    const words = document.createElement("script");
    words.src = `${root}site/words.js`;
    words.onerror = show;
    window.addEventListener("load", show);
    document.head.append(words);
  }
  html.classList.add("js");
  apply();
  night.addEventListener("change", apply);
  const parsed = new Promise((done) => document.addEventListener("DOMContentLoaded", done)); // and scripts have run
  return { root, parsed, settings, set, isDark, language, CHOICES, changed: (listener) => listeners.push(listener) };
})();
