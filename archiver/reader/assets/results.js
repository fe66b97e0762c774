/* The search page from disk: what it shows of a search, and of the words that are typed. */
"use strict";

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

/* What the page shows of a search; null once another one has begun. */
let current = null;

async function show(page, text) {
  const { state, list, more } = page;
  const mine = current = {};
  const query = queryOf(text);
  chips(page);
  document.title = text.trim() ? `${text.trim()} · 搜索` : "搜索";
  if (problem(query) || isEmpty(query)) {
    list.replaceChildren();
    more.hidden = true;
    state.textContent = problem(query);
    return;
  }
  const results = search(query);
  let count = 0;
  const next = async () => {
    const rows = [];
    let done = false;
    more.hidden = true;
    state.textContent = count ? `已显示 ${count} 篇，继续查找…` : "正在查找…";
    while (rows.length < FIRST && !done) {
      const one = await results.next();
      if (mine !== current) return; // the next letter was typed
      done = one.done;
      if (!done) rows.push(row(one.value));
    }
    if (count) list.append(...rows);
    else list.replaceChildren(...rows); // the old results stand until the new ones come
    count += rows.length;
    if (done || count === query.sure) { state.textContent = count ? `共 ${count} 篇` : "没有找到"; return; }
    state.textContent = query.sure === null ? `已找到 ${count} 篇` : `共 ${query.sure} 篇，显示 ${count} 篇`;
    more.hidden = false;
  };
  page.next = () => next().catch((error) => { if (mine === current) state.textContent = error.message; });
  await page.next();
}

function main() {
  const page = searchPage((text) => show(page, text));
  page.more = document.querySelector("#more");
  page.more.addEventListener("click", () => page.next && page.next());
  page.begin();
  load("index").catch((error) => { page.state.textContent = error.message; }); // before the first letter is typed
}

window.archiverSearch = async (text) => {
  const found = [];
  for await (const doc of search(parse(text))) found.push(doc.folder);
  return found;
};
main();
