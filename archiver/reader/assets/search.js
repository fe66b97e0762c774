/* Search without a server. An article's title, account and author are in search/<month>.js; of its text there is a
   sketch in search/<month>.text.js that tells where a term cannot be. Where it may be, the article's own page is asked. */
"use strict";

const FIRST = 20, FRAMES = 6;
const CODES = Array.from({ length: 94 }, (_, n) => String.fromCharCode(33 + n)).filter((c) => !"\"\\<".includes(c));
const CODE = new Map(CODES.map((c, n) => [c, n]));
const CRC = Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});
const months = [], texts = new Map(), loading = new Map();

/* The files of the index call these. */
function archiverMonths(names) { months.push(...names); }
function archiverMonth(name, data) { texts.set(name, data); }
function archiverText(name, data) { texts.set(`${name}.text`, data); }

function load(name) {
  if (!loading.has(name)) {
    loading.set(name, new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = `search/${name}.js`;
      script.onload = () => done(texts.get(name));
      script.onerror = () => fail(new Error(`search/${name}.js 不在；请运行 archiver build`));
      document.head.append(script);
    }));
  }
  return loading.get(name);
}

function hash(key) {
  let crc = 0xffffffff;
  for (let n = 0; n < key.length; n++) {
    const code = key.charCodeAt(n);
    crc = CRC[(crc ^ code) & 255] ^ (crc >>> 8);
    crc = CRC[(crc ^ (code >>> 8)) & 255] ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/* Hashes of what of a folded term is in a sketch: characters, pairs, and triples of ASCII. */
function hashes(term) {
  const letters = Array.from(term), keys = new Set();
  for (let size = 1; size <= 3; size++) {
    for (let n = 0; n + size <= letters.length; n++) {
      const key = letters.slice(n, n + size).join("");
      if (size < 3 || /^[\0-\x7f]*$/.test(key)) keys.add(hash(key));
    }
  }
  return Array.from(keys);
}

/* Whether a text with that sketch (archiver/folding.py) may hold all terms, given by their hashes. */
function mayHold(sketch, wanted) {
  if (!sketch) return false;
  const [places, width] = sketch.split(":", 2).map(Number);
  const missing = new Set(wanted.map((value) => value % places));
  let at = sketch.indexOf(":", sketch.indexOf(":") + 1) + 1, bits = 0, left = 0;
  const next = () => { // -1 at the end
    if (!left) {
      if (at >= sketch.length) return -1;
      bits = CODE.get(sketch[at]) * 91 + CODE.get(sketch[at + 1]);
      at += 2;
      left = 13;
    }
    left -= 1;
    return (bits >> left) & 1;
  };
  for (let last = -1; missing.size;) {
    let many = 0, bit = next(), rest = 0;
    for (; bit === 1; bit = next()) many += 1;
    if (bit < 0) return false;
    for (let n = 0; n < width; n++) rest = rest * 2 + next();
    last += 1 + (many << width) + rest;
    missing.delete(last);
  }
  return true;
}

/* An article's folder is named by date, account, title and id (archiver/store/articles.py): mostly the id tells it. */
function slug(text, most) {
  const bytes = new TextEncoder().encode(text.replace(/[^\w\u4e00-\u9fa5]+/gu, "-").replace(/^-|-$/g, ""));
  let end = Math.min(most, bytes.length);
  while (end < bytes.length && (bytes[end] & 0xc0) === 0x80) end -= 1; // not within a letter
  return new TextDecoder().decode(bytes.slice(0, end)).replace(/-$/, "");
}

function folderName(id, title, account, date) {
  const size = (text) => new TextEncoder().encode(text).length;
  const head = [date || "undated", slug(account, 36)].filter(Boolean).join("-");
  return [head, slug(title, 120 - size(head) - id.length - 2), id].filter(Boolean).join("-");
}

/* The same words as archiver/reader/query.py: terms, "phrases with spaces", account: after: before: note: stars: is:partial */
function parse(text) {
  const query = { terms: [], filters: [] };
  for (const [, name, quoted, word] of text.matchAll(/(?:(account|after|before|note|stars|is):)?(?:["“”]([^"“”]*)["“”]?|([^\s"“”]+))/giu)) {
    const value = fold(quoted ?? word);
    if (!value) continue;
    if (!name) query.terms.push(value);
    else query.filters.push([name.toLowerCase(), value]);
  }
  query.terms = Array.from(new Set(query.terms));
  return query;
}

function problem(query) {
  for (const [name, value] of query.filters) {
    if ((name === "after" || name === "before") && !/^\d{4}(-\d\d(-\d\d)?)?$/.test(value)) return `${name}: 之后应为 2022、2022-03 或 2022-03-05 这样的日期`;
    if (name === "is" && value !== "partial") return "is: 之后只有 partial";
    if (name === "stars" && !/^[1-5]$/.test(value)) return "stars: 之后应为 1 到 5";
  }
  return "";
}

function passes(doc, filters) {
  return filters.every(([name, value]) => {
    if (name === "account") return fold(doc.account).includes(value);
    if (name === "after") return doc.date >= value;
    if (name === "before") return doc.date !== "" && doc.date < value;
    if (name === "note") return doc.notes.some((note) => fold(note).includes(value));
    if (name === "stars") return doc.stars >= Number(value);
    return doc.partial;
  });
}

/* Ask an article's page, in a frame that nobody sees, for the terms that must be in its body. */
function ask(doc, body, all) {
  return new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.hidden = true;
    frame.title = "搜索";
    frame.src = `../${doc.folder}/index.html`;
    const finish = (result) => {
      window.removeEventListener("message", heard);
      clearTimeout(patience);
      frame.remove();
      done(result);
    };
    const heard = (event) => { if (event.source === frame.contentWindow && event.data.archiverFound) finish(event.data.archiverFound); };
    // A page that is not there, or older than this script, says nothing.
    const patience = setTimeout(() => finish({ found: false, silent: true, pieces: [] }), 10_000);
    window.addEventListener("message", heard);
    frame.addEventListener("load", () => frame.contentWindow.postMessage({ archiverFind: { body, all } }, "*"));
    document.body.append(frame);
  });
}

/* A row of search/<month>.js; what is missing at its end is none. */
function read(data, row, n) {
  const [name, title, account, date, stars = 0, partial = 0, notes = [], author = ""] = row;
  const by = data.accounts[account];
  const folder = name.length === 12 ? folderName(name, title, by, date) : name;
  return { n, month: data.month, folder: `${data.folder}/${folder}`, title, account: by, author, date, stars,
    partial: !!partial, notes: notes.map((number) => data.notes[number]) };
}

/* All articles of the index that pass the filters, in the order of the results, each with the terms left for its text. */
async function candidates(query) {
  const found = [];
  for (const data of await Promise.all(months.map((name) => load(name)))) {
    data.rows.forEach((row, n) => {
      const doc = read(data, row, n);
      if (!passes(doc, query.filters)) return;
      const name = fold(doc.title), others = [fold(doc.account), fold(doc.author)];
      const inTitle = query.terms.filter((term) => name.includes(term));
      doc.hits = inTitle.length;
      doc.body = query.terms.filter((term) => !inTitle.includes(term) && !others.some((other) => other.includes(term)));
      found.push(doc);
    });
  }
  return found.sort((a, b) => b.hits - a.hits); // stable: newest first among equals
}

/* Yields the articles that hold all terms, in order, as they are confirmed; a doc's `pieces` are its snippet. */
async function* search(query) {
  const waiting = [];
  const check = async (doc) => {
    const found = await ask(doc, doc.body, query.terms);
    return found.found ? Object.assign(doc, { pieces: found.pieces }) : null;
  };
  for (const doc of await candidates(query)) {
    if (doc.body.length) {
      const sketches = await load(`${doc.month}.text`);
      if (!mayHold(sketches[doc.n], doc.body.flatMap(hashes))) continue;
    }
    waiting.push(query.terms.length ? check(doc) : Promise.resolve(doc));
    if (waiting.length >= FRAMES) {
      const done = await waiting.shift();
      if (done) yield done;
    }
  }
  for (const promise of waiting) {
    const done = await promise;
    if (done) yield done;
  }
}

/* ---- the page ---- */

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function row(doc) {
  const link = element("a", { href: `../${doc.folder}/index.html` }, element("bdi", {}, doc.title));
  const facts = element("p", { className: "facts" });
  if (doc.account) facts.append(element("span", {}, element("bdi", {}, doc.account)));
  if (doc.date) facts.append(element("time", { dateTime: doc.date }, doc.date));
  if (doc.stars) {
    const stars = element("span", { className: "stars" }, "★".repeat(doc.stars));
    stars.setAttribute("role", "img");
    stars.setAttribute("aria-label", `${doc.stars} 星`);
    facts.append(stars);
  }
  if (doc.partial) facts.append(element("span", { className: "partial" }, "不完整"));
  const words = element("div", { className: "words" }, element("h2", { className: "name" }, link), facts);
  if (doc.pieces && doc.pieces.length) {
    words.append(element("p", { className: "digest" }, ...doc.pieces.map(([text, hit]) => (hit ? element("mark", {}, text) : text))));
  }
  return element("li", {}, words);
}

async function main() {
  const input = document.querySelector("main input[type=search]");
  const state = document.querySelector("#state"), list = document.querySelector("#results");
  const more = document.querySelector("#more");
  input.value = new URLSearchParams(location.search).get("q") || "";
  if (!input.value.trim()) { input.focus(); return; }
  document.title = `${input.value} · 搜索`;
  const query = parse(input.value);
  if (problem(query)) { state.textContent = problem(query); return; }
  if (!query.terms.length && !query.filters.length) return;
  const results = search(query);
  let count = 0;
  const next = async () => {
    more.hidden = true;
    state.textContent = count ? `已找到 ${count} 篇，继续查找…` : "正在查找…";
    for (let n = 0; n < FIRST; n++) {
      const { value, done } = await results.next();
      if (done) { state.textContent = count ? `共 ${count} 篇` : "没有找到"; return; }
      count += 1;
      list.append(row(value));
    }
    state.textContent = `已找到 ${count} 篇`;
    more.hidden = false;
  };
  const guarded = () => next().catch((error) => { state.textContent = error.message; });
  more.addEventListener("click", guarded);
  await guarded();
}

window.archiverSearch = async (text) => {
  const found = [];
  for await (const doc of search(parse(text))) found.push(doc.folder);
  return found;
};
load("index").then(main, (error) => { document.querySelector("#state").textContent = error.message; });
