#!/bin/sh
# pyromark 0.10.3 (PyPI; pulldown-cmark) makes a link of [text](<address>"title") and [text](<address>(title)), where no
# blank stands before the title.
#
# CommonMark 0.31.2, section 6.3: destination and title have to be "separated by spaces, tabs, and up to one line ending".
# GitHub's cmark (cmarkgfm 2025.10.22) and markdown-it-py 4.3.0 show brackets and an autolink. In a reference definition,
# [r]: <address>(title), pyromark asks for the blank, too.
# So a tool that finds links by pyromark and changes their destinations changes text that GitHub shows as text.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  pyromark==0.10.3 cmarkgfm==2025.10.22 markdown-it-py==4.3.0
"$folder/venv/bin/python" - <<'PROGRAM' | tee "$folder/seen"
import cmarkgfm
import pyromark
from markdown_it import MarkdownIt

show = {
    "pyromark": pyromark.html,
    "cmark": cmarkgfm.markdown_to_html,
    "markdown-it": MarkdownIt("commonmark").render,
}
for text in ('[x](<https://a.example/b>"t")', "[x](<https://a.example/b>(t))", "[r]\n\n[r]: <https://a.example/b>(t)"):
    for name, render in show.items():
        print(name, 'href="https://a.example/b" title="t"' in render(text))
PROGRAM
cat > "$folder/wanted" <<'WANTED'
pyromark True
cmark False
markdown-it False
pyromark True
cmark False
markdown-it False
pyromark False
cmark False
markdown-it False
WANTED
diff "$folder/wanted" "$folder/seen"
