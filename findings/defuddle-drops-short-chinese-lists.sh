#!/bin/sh
# defuddle 0.19.4 (npm; made for Obsidian's Web Clipper) drops short lists of Chinese articles that it keeps where the same
# list has the punctuation of English.
#
# Near the start or the end (within 500 letters), a list of a few short items is taken for the date, author and reading time
# of a post, and removed. Two signs say that it is none: an item that ends a sentence, and a paragraph before it that ends in
# a colon. Only . ! ? and : are such signs; the 。 ！ ？ and ： of Chinese are not. And 500 letters, a paragraph or two of
# English, are a screen of Chinese.
# Valid input: an article of eight long paragraphs, in the middle of it a paragraph and a list. Is the list there?
#   材料：  鸡蛋两个。 牛奶一杯。     no      材料:  鸡蛋两个。 牛奶一杯。     yes, by the colon alone
#   材料：  鸡蛋两个. 牛奶一杯.       yes     <h2>材料</h2> and the list       yes
#   结论如下。  它快！ 它省吗？       no      结论如下。  它快! 它省吗?        yes
#   Needed:  Two eggs. A cup of milk. yes
# With debug: true its log names the list as "blog metadata list"; otherwise nothing says that the steps of a recipe are gone.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit defuddle@0.19.4 jsdom@29.1.1 >/dev/null
cat > clip.mjs <<'CLIP'
import { Defuddle } from "defuddle/node";
import { JSDOM } from "jsdom";

const URL = "https://pages.example/s/AbC";
const LONG = "<p>这一段说的是平常的事，它有逗号，也有句号。字数够多，读的程序就知道这里是正文，而不是菜单或者广告。</p>";
const CASES = [
  ["<p>材料：</p>", "鸡蛋两个。", "牛奶一杯。"],
  ["<p>材料:</p>", "鸡蛋两个。", "牛奶一杯。"],
  ["<p>材料：</p>", "鸡蛋两个.", "牛奶一杯."],
  ["<h2>材料</h2>", "鸡蛋两个。", "牛奶一杯。"],
  ["<p>结论如下。</p>", "它快！", "它省吗？"],
  ["<p>结论如下。</p>", "它快!", "它省吗?"],
  ["<p>Needed:</p>", "Two eggs.", "A cup of milk."],
];
for (const [before, ...items] of CASES) {
  const list = `<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>`;
  const article = `<article>${LONG.repeat(4)}${before}${list}${LONG.repeat(4)}</article>`;
  const page = new JSDOM(`<!doctype html><title>题</title><body>${article}`, { url: URL }).window.document;
  const { content } = await Defuddle(page, URL, { markdown: true });
  const kept = items.filter((item) => content.includes(item)).length;
  console.log(`${before} ${items.join(" ")} ${kept} of ${items.length}`);
}
CLIP
node clip.mjs | tee seen
cat > wanted <<'WANTED'
<p>材料：</p> 鸡蛋两个。 牛奶一杯。 0 of 2
<p>材料:</p> 鸡蛋两个。 牛奶一杯。 2 of 2
<p>材料：</p> 鸡蛋两个. 牛奶一杯. 2 of 2
<h2>材料</h2> 鸡蛋两个。 牛奶一杯。 2 of 2
<p>结论如下。</p> 它快！ 它省吗？ 0 of 2
<p>结论如下。</p> 它快! 它省吗? 2 of 2
<p>Needed:</p> Two eggs. A cup of milk. 2 of 2
WANTED
diff wanted seen
