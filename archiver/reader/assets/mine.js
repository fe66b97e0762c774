/* archiver's reader: what a person has begun, likes and has marked, in one place; to take along as Markdown or JSON. */
"use strict";

const notesFolder = document.querySelector("[data-from-notes]").dataset.fromNotes; // the archive, seen from the notes

function articleOf(id) {
  const found = archiverState.get(id, "about") || {};
  // From a file of anybody's: a folder of this archive, or no link.
  const folder = /^articles\/(?!.*\.\.)[^\\:?#]+$/.test(found.folder || "") && found.folder.endsWith(id) ? found.folder : "";
  const notes = Array.isArray(found.notes) ? found.notes.filter((note) => typeof note === "string") : [];
  return { id, folder, title: String(found.title || id), url: /^https?:\/\//.test(found.url || "") ? found.url : "", notes };
}

const encoded = (path) => path.split("/").map(encodeURIComponent).join("/");

function link(article) {
  const name = element("bdi", {}, article.title);
  return article.folder ? element("a", { href: `../${encoded(article.folder)}/index.html` }, name) : name;
}

function fill(name, rows) {
  const section = document.querySelector(`#${name}`);
  section.querySelector("ul").replaceChildren(...rows);
  section.querySelector(".none").hidden = rows.length > 0;
}

function draw() {
  const all = archiverState.ids().map(articleOf).sort((a, b) => (a.title < b.title ? -1 : 1));
  const value = (article, what) => archiverState.get(article.id, what);
  const begun = all.filter((article) => value(article, "place"));
  fill("begun", begun.map((article) => element("li", {}, link(article), element("span", { className: "count" }, `${Math.round(value(article, "place").at * 100)}%`))));
  fill("liked", all.filter((article) => value(article, "favourite") === true).map((article) => element("li", {}, link(article))));
  const marked = all.filter((article) => archiverState.highlights(article.id).length);
  fill("marked", marked.map((article) => element("li", {}, link(article), ...archiverState.highlights(article.id).map(([, { quote }]) => element("blockquote", {}, element("bdi", {}, quote))))));
  document.querySelector("#read").textContent = `读过 ${all.filter((article) => value(article, "read") === true).length} 篇`;
  document.querySelector("[data-do=markdown]").disabled = document.querySelector("[data-do=copy]").disabled = !marked.length;
  return marked;
}

/* ---- Markdown ---- */

const plain = (text) => text.replace(/\s+/gu, " ").replace(/[\\`*_[\]<>#|~$&]/gu, "\\$&");

/* A link as notes have them; `<…>` where a blank or a bracket would end it. */
function target(path) {
  return /[\s()<>]/u.test(path) ? `<${path.replace(/[<>]/gu, encodeURIComponent)}>` : path;
}

function markdown(marked) {
  const parts = ["# 标注\n"];
  for (const article of marked) {
    const copy = notesFolder && article.folder ? `${notesFolder}/${article.folder}/article.md` : article.url;
    parts.push(copy ? `\n## [${plain(article.title)}](${target(copy)})\n` : `\n## ${plain(article.title)}\n`);
    if (article.notes.length) parts.push(`\n笔记：${article.notes.map((note) => `[${plain(note)}](${target(note)})`).join("、")}\n`);
    for (const [, { quote }] of archiverState.highlights(article.id)) parts.push(`\n> ${plain(quote)}\n`);
  }
  return parts.join("");
}

function save(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const made = element("a", { href: address, download: name });
  document.body.append(made);
  made.click();
  made.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

function say(text) {
  document.querySelector("#said").textContent = text;
}

function where() {
  if (archiverState.isServed()) return "存在归档文件夹的 reader-state.jsonl 里。";
  if (location.protocol !== "file:") return "存在这个浏览器里，只对这个地址。";
  if (/Firefox/.test(navigator.userAgent)) return "Firefox 为每个文件分开存：从磁盘打开时，这一页看不到在文章里标记的内容。请用 archiver serve。";
  return "存在这个浏览器里，只对这个位置的归档；清除浏览数据时会一起清除。";
}

archiverState.ready.then(() => {
  let marked = draw();
  document.querySelector("#where").textContent = where();
  document.querySelector(".mine").classList.add("drawn");
  const on = (name, action) => document.querySelector(`[data-do=${name}]`).addEventListener("click", action);
  on("markdown", () => save("highlights.md", markdown(marked), "text/markdown"));
  on("copy", () => navigator.clipboard.writeText(markdown(marked)).then(() => say("已复制。"), () => say("浏览器不让复制。")));
  on("export", () => save("reader-state.jsonl", archiverState.lines(), "application/jsonl"));
  document.querySelector("[data-do=import]").addEventListener("change", async (event) => {
    const file = event.target.files[0];
    if (!file) return;
    const [news, bad] = await archiverState.take(await file.text());
    marked = draw();
    say(`导入 ${news} 条${bad ? `，${bad} 行看不懂` : ""}。`);
    event.target.value = "";
  });
});
