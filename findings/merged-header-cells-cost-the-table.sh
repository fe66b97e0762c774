#!/bin/sh
# @joplin/turndown-plugin-gfm 1.0.68 (npm; Joplin's web clipper and HTML import) writes a table that is none when a cell of its
# first row goes over several columns; turndown-plugin-gfm 1.0.2 (npm), of which it is a fork, one that hides cells.
#
# Valid input: HTML tables of two columns, one cell of which has colspan="2". Seen, what GitHub shows of the Markdown (micromark
# 4.0.3 with its extension for GitHub 3.0.0):
#                                 Joplin                        turndown-plugin-gfm
#   none                          2 columns                     2 columns
#   in the body                   2 columns                     2 columns
#   in the header: a title above  no table: pipes and dashes    1 column; what stands in the second is not shown
# Joplin fills the row up with an empty cell, and the row of dashes, too: | --- |     | --- |. A row with a cell that has no
# dash makes no table. The other one leaves the second column out, and cells beyond the header's are ignored.
# Tables with a title across their first row are usual. node-html-markdown 2.0.0 (npm) gets all three right.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit @joplin/turndown@4.0.86 @joplin/turndown-plugin-gfm@1.0.68 turndown@7.2.5 \
  turndown-plugin-gfm@1.0.2 node-html-markdown@2.0.0 micromark@4.0.3 micromark-extension-gfm@3.0.0 >/dev/null
cat > convert.mjs <<'CONVERT'
import JoplinTurndown from "@joplin/turndown";
import * as joplinGfm from "@joplin/turndown-plugin-gfm";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { NodeHtmlMarkdown } from "node-html-markdown";
import Turndown from "turndown";
import * as turndownGfm from "turndown-plugin-gfm";

const plugin = (module) => module.gfm ?? module.default.gfm;
const joplin = new (JoplinTurndown.default ?? JoplinTurndown)();
joplin.use(plugin(joplinGfm));
const turndown = new Turndown();
turndown.use(plugin(turndownGfm));
const PROGRAMS = {
  joplin: (html) => joplin.turndown(html),
  turndown: (html) => turndown.turndown(html),
  "node-html-markdown": (html) => NodeHtmlMarkdown.translate(html),
};
const table = (head, body) => `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
const WIDE = "<tr><td colspan='2'>合计</td></tr>";
const ROW = "<tr><td>茶</td><td>三元</td></tr>";
const TABLES = {
  none: table("<th>品名</th><th>价格</th>", ROW),
  "in the body": table("<th>品名</th><th>价格</th>", ROW + WIDE),
  "in the header": table("<th colspan='2'>价目</th>", ROW),
};
for (const [name, html] of Object.entries(TABLES))
  for (const [program, convert] of Object.entries(PROGRAMS)) {
    const shown = micromark(convert(html), { extensions: [gfm()], htmlExtensions: [gfmHtml()] });
    const columns = shown.match(/<th>/g)?.length ?? "no";
    console.log(`${name}: ${program}: ${columns} columns, ${shown.includes("三元") ? "price" : "no price"}`);
  }
console.log(JSON.stringify(PROGRAMS.joplin(TABLES["in the header"])));
console.log(JSON.stringify(PROGRAMS.turndown(TABLES["in the header"])));
CONVERT
node convert.mjs | tee seen
cat > wanted <<'WANTED'
none: joplin: 2 columns, price
none: turndown: 2 columns, price
none: node-html-markdown: 2 columns, price
in the body: joplin: 2 columns, price
in the body: turndown: 2 columns, price
in the body: node-html-markdown: 2 columns, price
in the header: joplin: no columns, price
in the header: turndown: 1 columns, no price
in the header: node-html-markdown: 2 columns, price
"| 价目  |     |\n| --- |     | --- |\n| 茶   | 三元  |"
"| 价目 |\n| --- |\n| 茶 | 三元 |"
WANTED
diff wanted seen
