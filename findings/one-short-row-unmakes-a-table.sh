#!/bin/sh
# mistune 3.4.0 (PyPI) makes no table at all where one row has fewer or more cells than the first, or a pipe in code, or where
# the table stands in a list: what is shown is a paragraph of pipes and dashes. nbconvert 7.17.2 (PyPI), which exports Jupyter's
# notebooks by it, does so, too, though Jupyter itself, with marked 18.2.1 (npm), shows the table.
#
# GitHub's specification, which mistune's table syntax follows otherwise: rows "may vary in the number of cells"; what is
# missing is empty, what is too much is left out.
# Valid input: a table of two columns. Is it a table to GitHub (cmarkgfm 2025.10.22), marked, mistune, nbconvert?
#   two cells in each row           yes  yes  yes  yes
#   a last row of one cell          yes  yes  no   no      a sum, a remark, a row half typed
#   a row of three cells            yes  yes  no   no
#   `a|b` in a cell                 yes  yes  no   no      to GitHub three cells; `a\|b` is a table to all
#   in a list, in a quotation       yes  yes  no   no
#   no pipes at the ends            yes  yes  yes  yes
# So how a note with tables looks in Jupyter says nothing of its HTML.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check mistune==3.4.0 nbconvert==7.17.2 cmarkgfm==2025.10.22
npm init -y >/dev/null
npm install --silent --no-fund --no-audit marked@18.2.1 >/dev/null
cat > tables.json <<'TABLES'
["| 茶 | 价 |\n|---|---|\n| 红茶 | 三元 |", "| 茶 | 价 |\n|---|---|\n| 红茶 | 三元 |\n| 合计 |",
 "| 茶 | 价 |\n|---|---|\n| 红茶 | 三元 | 热 |", "| 茶 | 价 |\n|---|---|\n| `a|b` | 三元 |",
 "| 茶 | 价 |\n|---|---|\n| `a\\|b` | 三元 |", "- 价目\n\n  | 茶 | 价 |\n  |---|---|\n  | 红茶 | 三元 |",
 "> | 茶 | 价 |\n> |---|---|\n> | 红茶 | 三元 |", "茶 | 价\n---|---\n红茶 | 三元"]
TABLES
cat > marked.mjs <<'MARKED'
import { readFileSync } from "node:fs";
import { marked } from "marked";

const tables = JSON.parse(readFileSync("tables.json"));
console.log(JSON.stringify(tables.map((table) => marked.parse(table).includes("<table"))));
MARKED
cat > show.py <<'SHOW'
import json
import subprocess

import mistune
from cmarkgfm import github_flavored_markdown_to_html
from nbconvert.filters.markdown_mistune import markdown2html_mistune

marked = json.loads(subprocess.check_output(["node", "marked.mjs"]))
by_mistune = mistune.create_markdown(plugins=["table"])
for text, shown in zip(json.load(open("tables.json", encoding="utf-8")), marked, strict=True):
    others = (render(text) for render in (github_flavored_markdown_to_html, by_mistune, markdown2html_mistune))
    github, *python = ("<table" in html for html in others)
    print(json.dumps(text, ensure_ascii=False), *("yes" if table else "no" for table in (github, shown, *python)))
SHOW
venv/bin/python -W ignore show.py | tee seen
cat > wanted <<'WANTED'
"| 茶 | 价 |\n|---|---|\n| 红茶 | 三元 |" yes yes yes yes
"| 茶 | 价 |\n|---|---|\n| 红茶 | 三元 |\n| 合计 |" yes yes no no
"| 茶 | 价 |\n|---|---|\n| 红茶 | 三元 | 热 |" yes yes no no
"| 茶 | 价 |\n|---|---|\n| `a|b` | 三元 |" yes yes no no
"| 茶 | 价 |\n|---|---|\n| `a\\|b` | 三元 |" yes yes yes yes
"- 价目\n\n  | 茶 | 价 |\n  |---|---|\n  | 红茶 | 三元 |" yes yes no no
"> | 茶 | 价 |\n> |---|---|\n> | 红茶 | 三元 |" yes yes no no
"茶 | 价\n---|---\n红茶 | 三元" yes yes yes yes
WANTED
diff wanted seen
