/* archiver's reader: what a person has read, likes and has marked. `archiver serve` keeps it in reader-state.jsonl; a
   page from disk keeps it in the browser's storage. docs/format.md describes an entry; the later of two counts. */
"use strict";

const archiverState = (() => {
  const ID = /-([0-9a-f]{12})$/;
  const WHAT = ["about", "read", "favourite", "place", "highlight"];
  const prefix = `archiver state ${archiver.root} `;
  let served = null; // the entries that the server keeps, by article; null: the browser keeps them
  let refused = "";

  const slot = (entry) => (entry.key ? `${entry.what} ${entry.key}` : entry.what);

  /* Whether the first takes the place of the second: the same on every machine, whatever came first. */
  function wins(one, other) {
    if (!other || one.at !== other.at) return !other || one.at > other.at;
    return JSON.stringify(one.value) > JSON.stringify(other.value);
  }

  function merge(slots, entry) {
    const name = slot(entry);
    if (!wins(entry, slots[name])) return false;
    slots[name] = entry;
    return true;
  }

  function isEntry(entry) {
    return entry && /^[0-9a-f]{12}$/.test(entry.id) && WHAT.includes(entry.what) && "value" in entry
      && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(entry.at)
      && (entry.what === "highlight") === (typeof entry.key === "string" && /^[0-9a-f]{8}$/.test(entry.key));
  }

  function kept(id) {
    if (served) return served[id] || {};
    try { return JSON.parse(localStorage.getItem(prefix + id)) || {}; } catch { return {}; }
  }

  function keep(id, slots) {
    if (served) { served[id] = slots; return; }
    try { localStorage.setItem(prefix + id, JSON.stringify(slots)); } catch (error) { refused = String(error); }
  }

  /* The server keeps all that it is sent at once, or nothing of it; how many entries it does not keep. */
  async function send(entries) {
    let left = 0;
    for (let at = 0; at < entries.length; at += 200) {
      const some = entries.slice(at, at + 200);
      const body = JSON.stringify({ entries: some });
      // `keepalive`: also when the page is being left.
      const options = { method: "POST", headers: { "content-type": "application/json" }, body, keepalive: body.length < 60000 };
      const answer = await fetch("/api/state", options).catch((error) => ({ ok: false, status: error }));
      if (answer.ok) continue;
      if (answer.status === 400 && some.length > 1) {
        for (const one of some) left += await send([one]);
      } else {
        refused = String(answer.status);
        left += some.length;
      }
    }
    return left;
  }

  function put(id, what, value, key) {
    const entry = { at: new Date().toISOString(), id, what, ...(key ? { key } : {}), value };
    const slots = kept(id);
    if (slots[slot(entry)] && JSON.stringify(slots[slot(entry)].value) === JSON.stringify(value)) return;
    merge(slots, entry);
    keep(id, slots);
    if (served) send([entry]);
  }

  /* The value of an entry; undefined: there is none. */
  function get(id, what) {
    const found = kept(id)[what];
    return found && found.value;
  }

  /* [key, value] of an article's highlights, in the order of their places. */
  function highlights(id) {
    return Object.values(kept(id)).filter((entry) => entry.what === "highlight" && entry.value)
      .map((entry) => [entry.key, entry.value]).sort((a, b) => a[1].at - b[1].at);
  }

  function ids() {
    if (served) return Object.keys(served);
    try {
      return Object.keys(localStorage).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    } catch { return []; } // a browser that keeps nothing
  }

  /* All of it as lines of JSON, as reader-state.jsonl has them. */
  function lines() {
    const entries = ids().flatMap((id) => Object.values(kept(id)));
    entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
    return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  }

  /* Take in such lines; [how many were news, how many were none, or are not kept]. */
  async function take(text) {
    const news = [];
    let bad = 0;
    for (const line of text.split("\n").filter((line) => line.trim())) {
      let entry = null;
      try { entry = JSON.parse(line); } catch { /* counted below */ }
      if (!isEntry(entry)) { bad += 1; continue; }
      delete entry.check; // of the line, which another program writes
      const slots = kept(entry.id);
      if (!merge(slots, entry)) continue;
      keep(entry.id, slots);
      news.push(entry);
    }
    const left = served && news.length ? await send(news) : 0;
    return [news.length - left, bad + left];
  }

  async function load() {
    if (location.protocol === "file:") return;
    const answer = await fetch("/api/state").catch(() => null);
    if (!answer || !answer.ok) return; // a server that keeps none: then the browser does
    served = {};
    for (const entry of (await answer.json()).entries) merge(served[entry.id] ||= {}, entry);
  }

  return {
    ready: load(),
    idOf: (path) => { const found = ID.exec(decodeURIComponent(path)); return found && found[1]; },
    isServed: () => served !== null,
    refused: () => refused,
    get, put, highlights, ids, lines, take,
  };
})();

/* Lists tell what was read and what is liked, in no more room than they had. */
archiverState.ready.then(() => {
  const mark = () => document.querySelectorAll(".items > li").forEach((row) => {
    const link = row.querySelector(".name a");
    const id = link && archiverState.idOf(link.getAttribute("href").replace(/\/index\.html$/, ""));
    if (!id) return;
    row.classList.toggle("read", archiverState.get(id, "read") === true);
    row.classList.toggle("liked", archiverState.get(id, "favourite") === true);
  });
  mark();
  const results = document.querySelector("#results");
  if (results) new MutationObserver(mark).observe(results, { childList: true });
  window.addEventListener("pageshow", (event) => { if (event.persisted) mark(); });
});
