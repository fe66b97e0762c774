#!/bin/sh
# markdown-it 15.0.3 (npm, with linkify; VS Code's preview is made with it) and its port markdown-it-py 4.3.0 (PyPI) take
# the marks that end emphasis into a bare address: of ~~https://a.example/b~~ nothing is struck out, and the link leads to
# https://a.example/b~~, which is no page.
#
# Valid input: a bare address within each of the marks of emphasis.
#   *, **              both: emphasis, and a link to /b
#   ~~, _, __          markdown-it: no emphasis, and a link to /b~~, /b_, /b__
#                      GitHub's cmark-gfm (cmarkgfm 2025.10.22, PyPI), micromark 4.0.3 with its extension for GitHub 3.0.0
#                      and marked 18.2.1 (npm): emphasis, and a link to /b
#   ~~[b](…)~~         all: emphasis, and a link to /b
# Notes strike out what is read. Who moves such notes from GitHub to a site or editor of markdown-it's loses these links.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --no-package-lock \
  markdown-it@15.0.3 micromark@4.0.3 micromark-extension-gfm@3.0.0 marked@18.2.1
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
  markdown-it-py==4.3.0 linkify-it-py==2.2.0 cmarkgfm==2025.10.22
cat > lines.json <<'LINES'
["*https://a.example/b*", "**https://a.example/b**", "~~https://a.example/b~~", "_https://a.example/b_",
 "__https://a.example/b__", "~~[b](https://a.example/b)~~"]
LINES
cat > render.mjs <<'RENDER'
import { readFileSync } from "node:fs";
import { marked } from "marked";
import MarkdownIt from "markdown-it";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

const markdownIt = new MarkdownIt({ linkify: true });
const github = { extensions: [gfm()], htmlExtensions: [gfmHtml()] };
const programs = {
  "markdown-it": (line) => markdownIt.render(line),
  micromark: (line) => micromark(line, github),
  marked: (line) => marked.parse(line),
};
for (const line of JSON.parse(readFileSync("lines.json")))
  for (const [name, render] of Object.entries(programs)) console.log(`${line}\t${name}\t${render(line).trim()}`);
RENDER
cat > render.py <<'RENDER'
import json

from cmarkgfm import github_flavored_markdown_to_html
from markdown_it import MarkdownIt

PROGRAMS = {
    "cmarkgfm": github_flavored_markdown_to_html,
    "markdown-it-py": MarkdownIt("gfm-like").render,
}
for line in json.load(open("lines.json")):
    for name, render in PROGRAMS.items():
        print(line, name, render(line).strip(), sep="\t")
RENDER
cat > tell.py <<'TELL'
import re
import sys

for row in sorted(sys.stdin):
    line, name, html = row.rstrip("\n").split("\t")
    marked = bool(re.search("<(em|strong|del|s)>", html))
    print(line, name, "emphasis" if marked else "none", *re.findall('href="([^"]*)"', html))
TELL
{ node render.mjs; venv/bin/python render.py; } | LC_ALL=C python3 tell.py | tee seen
cat > wanted <<'WANTED'
**https://a.example/b** cmarkgfm emphasis https://a.example/b
**https://a.example/b** markdown-it emphasis https://a.example/b
**https://a.example/b** markdown-it-py emphasis https://a.example/b
**https://a.example/b** marked emphasis https://a.example/b
**https://a.example/b** micromark emphasis https://a.example/b
*https://a.example/b* cmarkgfm emphasis https://a.example/b
*https://a.example/b* markdown-it emphasis https://a.example/b
*https://a.example/b* markdown-it-py emphasis https://a.example/b
*https://a.example/b* marked emphasis https://a.example/b
*https://a.example/b* micromark emphasis https://a.example/b
__https://a.example/b__ cmarkgfm emphasis https://a.example/b
__https://a.example/b__ markdown-it none https://a.example/b__
__https://a.example/b__ markdown-it-py none https://a.example/b__
__https://a.example/b__ marked emphasis https://a.example/b
__https://a.example/b__ micromark emphasis https://a.example/b
_https://a.example/b_ cmarkgfm emphasis https://a.example/b
_https://a.example/b_ markdown-it none https://a.example/b_
_https://a.example/b_ markdown-it-py none https://a.example/b_
_https://a.example/b_ marked emphasis https://a.example/b
_https://a.example/b_ micromark emphasis https://a.example/b
~~[b](https://a.example/b)~~ cmarkgfm emphasis https://a.example/b
~~[b](https://a.example/b)~~ markdown-it emphasis https://a.example/b
~~[b](https://a.example/b)~~ markdown-it-py emphasis https://a.example/b
~~[b](https://a.example/b)~~ marked emphasis https://a.example/b
~~[b](https://a.example/b)~~ micromark emphasis https://a.example/b
~~https://a.example/b~~ cmarkgfm emphasis https://a.example/b
~~https://a.example/b~~ markdown-it none https://a.example/b~~
~~https://a.example/b~~ markdown-it-py none https://a.example/b~~
~~https://a.example/b~~ marked emphasis https://a.example/b
~~https://a.example/b~~ micromark emphasis https://a.example/b
WANTED
diff wanted seen
