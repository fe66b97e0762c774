#!/bin/sh
# turndown 7.2.5 (npm; HTML to Markdown in many web clippers and editors), with fenced or indented code blocks: of a <pre>
# that holds several <code>, only the first comes into the Markdown. The others are dropped, without a warning.
#
# WeChat's editor writes code so: each line is a <code> of its own, a block by its style sheet. One would expect them all in one
# line, as other converters have them, and that can be seen. Here what is left is good code in a fence.
# Valid input: code of three lines in some of the ways in which pages have it. How many lines come through?
#   one <code>, line feeds         turndown: 3 lines
#   one <code>, <br>               turndown: 1 line, with the three glued together
#   a <code> for each line         turndown: 1 line, the first; two are lost
#   a <span> for each line         turndown: 3 (line feeds between them)
# Joplin's fork (@joplin/turndown 4.0.86, its web clipper and import) loses no line, but writes the marks of inline code into
# the block: `a = 1``b = 2``c = 3`, so that nothing of it can be run.
# Who converts such pages has to put the lines together before: one <code>, with line feeds.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit turndown@7.2.5 @joplin/turndown@4.0.86 >/dev/null
cat > convert.mjs <<'CONVERT'
import JoplinTurndown from "@joplin/turndown";
import Turndown from "turndown";

const LINES = ["a = 1", "b = 2", "c = 3"];
const each = (tag) => LINES.map((line) => `<${tag}>${line}</${tag}>`);
const PAGES = {
  "one code, line feeds": `<pre><code>${LINES.join("\n")}</code></pre>`,
  "one code, br": `<pre><code>${LINES.join("<br>")}</code></pre>`,
  "code for each line": `<pre>${each("code").join("")}</pre>`,
  "span for each line": `<pre><code>${each("span").join("\n")}</code></pre>`,
};
const PROGRAMS = {
  turndown: new Turndown({ codeBlockStyle: "fenced" }),
  "turndown, indented": new Turndown({ codeBlockStyle: "indented" }),
  joplin: new (JoplinTurndown.default ?? JoplinTurndown)({ codeBlockStyle: "fenced" }),
};
for (const [page, html] of Object.entries(PAGES))
  for (const [name, program] of Object.entries(PROGRAMS))
    console.log(`${page}: ${name}: ${JSON.stringify(program.turndown(html).replace(/^```\n|\n```$/g, ""))}`);
CONVERT
node convert.mjs | tee seen
cat > wanted <<'WANTED'
one code, line feeds: turndown: "a = 1\nb = 2\nc = 3"
one code, line feeds: turndown, indented: "    a = 1\n    b = 2\n    c = 3"
one code, line feeds: joplin: "a = 1\nb = 2\nc = 3"
one code, br: turndown: "a = 1b = 2c = 3"
one code, br: turndown, indented: "    a = 1b = 2c = 3"
one code, br: joplin: "a = 1\nb = 2\nc = 3"
code for each line: turndown: "a = 1"
code for each line: turndown, indented: "    a = 1"
code for each line: joplin: "`a = 1``b = 2``c = 3`"
span for each line: turndown: "a = 1\nb = 2\nc = 3"
span for each line: turndown, indented: "    a = 1\n    b = 2\n    c = 3"
span for each line: joplin: "a = 1\nb = 2\nc = 3"
WANTED
diff wanted seen
