#!/bin/sh
# markdown-it 15.0.3 (npm, linkify-it 6.1.0) and its port markdown-it-py 4.3.0 (PyPI, linkify-it-py 2.2.0) end a bare address
# at different places before Chinese punctuation, in the same line of a note.
#
# Valid input: an address with Chinese text right behind it, as it is usual in Chinese, which has no blanks.
#   markdown-it       ends the address before ， 。 、 ） ” and 《: the link works.
#   markdown-it-py    takes the marks and the words behind them into the address: the link is dead, and of two addresses
#                     joined by 、 it makes one.
# GitHub's cmark-gfm (cmarkgfm 2025.10.22) does as the port does. So what an editor built on markdown-it shows as a good
# link is none on GitHub: a rewrite has to make an explicit [text](destination) of it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
  markdown-it-py==4.3.0 linkify-it-py==2.2.0 cmarkgfm==2025.10.22
npm init -y >/dev/null
npm install --silent --no-fund --no-audit markdown-it@15.0.3 linkify-it@6.1.0 >/dev/null
cat > lines.json <<'LINES'
["见 https://example.org/s/AbC，很好", "见 https://example.org/s/AbC。", "（https://example.org/s/AbC）",
 "“https://example.org/s/AbC”", "https://example.org/s/AbC、https://example.org/s/DeF", "https://example.org/s/AbC《题》"]
LINES
cat > port.py <<'PORT'
import json
import re
from urllib.parse import unquote

import cmarkgfm
from markdown_it import MarkdownIt

port = MarkdownIt("gfm-like")
for name, render in (("markdown-it-py", port.render), ("cmarkgfm", cmarkgfm.github_flavored_markdown_to_html)):
    for line in json.load(open("lines.json", encoding="utf-8")):
        print(name, *(unquote(found) for found in re.findall('href="([^"]*)"', render(line))))
PORT
cat > original.mjs <<'ORIGINAL'
import { readFileSync } from "fs";
import markdownit from "markdown-it";

const original = markdownit({ linkify: true });
for (const line of JSON.parse(readFileSync("lines.json"))) {
  const found = [...original.render(line).matchAll(/href="([^"]*)"/g)].map((match) => decodeURI(match[1]));
  console.log("markdown-it", ...found);
}
ORIGINAL
{ node original.mjs; venv/bin/python port.py; } | tee seen
cat > wanted <<'WANTED'
markdown-it https://example.org/s/AbC
markdown-it https://example.org/s/AbC
markdown-it https://example.org/s/AbC
markdown-it https://example.org/s/AbC
markdown-it https://example.org/s/AbC https://example.org/s/DeF
markdown-it https://example.org/s/AbC
markdown-it-py https://example.org/s/AbC，很好
markdown-it-py https://example.org/s/AbC。
markdown-it-py https://example.org/s/AbC）
markdown-it-py https://example.org/s/AbC”
markdown-it-py https://example.org/s/AbC、https://example.org/s/DeF
markdown-it-py https://example.org/s/AbC《题》
cmarkgfm https://example.org/s/AbC，很好
cmarkgfm https://example.org/s/AbC。
cmarkgfm https://example.org/s/AbC）
cmarkgfm https://example.org/s/AbC”
cmarkgfm https://example.org/s/AbC、https://example.org/s/DeF
cmarkgfm https://example.org/s/AbC《题》
WANTED
diff wanted seen
