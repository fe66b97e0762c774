#!/bin/sh
# mldoc 1.6.0 (npm; the parser of Logseq) leaves the two slashes of an address out when it exports HTML: a link to
# https://a.example/b leads to https:a.example/b, and an image is asked for there.
#
# Its syntax tree is right (protocol "https", link "a.example/b"); the HTML puts the two together with a colon alone. By the
# URL Standard that is the address meant only in a page that was not itself loaded by https; in one that was, it is relative.
# So for what a reader sees, compare Logseq's syntax tree and not the HTML of this package.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit mldoc@1.6.0 >/dev/null
cat > export.js <<'PROGRAM'
const { Mldoc } = require("mldoc");

const options = JSON.stringify({
  toc: false, parse_outline_only: false, heading_number: false, keep_line_break: true, format: "Markdown",
  heading_to_list: false, exporting_keep_properties: false, inline_type_with_pos: false,
  export_md_remove_options: [], hiccup_in_block: true,
});
const references = JSON.stringify({ embed_blocks: [], embed_pages: [], refed_blocks: [] });
for (const text of ["[x](https://a.example/b)", "<https://a.example/b>", "https://a.example/b", "![x](https://a.example/b.png)"]) {
  const html = Mldoc.export("html", text, options, references);
  const [[, { url }]] = JSON.parse(Mldoc.parseInlineJson(text, options));
  console.log(html.match(/(?:href|src)="([^"]*)"/)[1], url[1].protocol, url[1].link);
}
PROGRAM
node export.js | tee seen
cat > wanted <<'WANTED'
https:a.example/b https a.example/b
https:a.example/b https a.example/b
https:a.example/b https a.example/b
https:a.example/b.png https a.example/b.png
WANTED
diff wanted seen
