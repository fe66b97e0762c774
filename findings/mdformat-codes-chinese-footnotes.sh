#!/bin/sh
# mdformat 1.0.0 with mdformat-gfm 1.0.0 (PyPI; people run it as a commit hook) turns the text of Chinese footnotes into
# percent codes, and takes their further paragraphs out of them as code. Of English footnotes the text stays.
#
# GitHub has footnotes, its specification has none, and the plugin knows none: [^1]: text is a paragraph to it, which gets its
# brackets escaped, or, if the text is a single word, the definition of a link, whose address it codes. A Chinese sentence
# has no blank, so it is a single word.
# Valid input: notes with one footnote. Seen, what GitHub (cmarkgfm 2025.10.22) shows of it before and after:
#   [^1]: 见第三章。            the footnote %E8%A7%81%E7%AC%AC%E4%B8%89%E7%AB%A0%E3%80%82
#   [^1]: 见第三章。 LF LF      the same, and its second paragraph is code in the text
#       又见第四章。
#   [^1]: See chapter three.    no footnote, but the words, in the text
#   [^1]: 见 第三章。           the same
# mdformat compares the HTML before and after, and refuses to write what differs; but by the same parser, to which it is the
# same link. With the plugin mdformat-footnote 0.1.3 all four stay as they are.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check mdformat==1.0.0 mdformat-gfm==1.0.0 cmarkgfm==2025.10.22
cat > show.py <<'SHOW'
import re
import subprocess
from pathlib import Path

from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options

NOTES = ("见第三章。", "见第三章。\n\n    又见第四章。", "See chapter three.", "见 第三章。")


def shown(note):
    html = github_flavored_markdown_to_html(note.read_text(encoding="utf-8"), Options.CMARK_OPT_FOOTNOTES)
    text, _, footnote = html.partition("<section")
    words = [" ".join(re.sub("<[^>]*>|↩", " ", part).split()) for part in (text, footnote.partition(">")[2])]
    return f"{words[0]} | {words[1] or 'none'}" + (" | code" if "<code>" in text else "")


for footnote in NOTES:
    note = Path("note.md")
    note.write_text(f"正文[^1]\n\n[^1]: {footnote}\n", encoding="utf-8")
    before = shown(note)
    subprocess.run(["venv/bin/mdformat", note], check=True)
    print(f"{before} -> {shown(note)}")
SHOW
venv/bin/python show.py > seen
venv/bin/python -m pip install --quiet --disable-pip-version-check mdformat-footnote==0.1.3
venv/bin/python show.py >> seen
cat seen
cat > wanted <<'WANTED'
正文 1 | 见第三章。 -> 正文 1 | %E8%A7%81%E7%AC%AC%E4%B8%89%E7%AB%A0%E3%80%82
正文 1 | 见第三章。 又见第四章。 -> 正文 1 又见第四章。 | %E8%A7%81%E7%AC%AC%E4%B8%89%E7%AB%A0%E3%80%82 | code
正文 1 | See chapter three. -> 正文[^1] [^1]: See chapter three. | none
正文 1 | 见 第三章。 -> 正文[^1] [^1]: 见 第三章。 | none
正文 1 | 见第三章。 -> 正文 1 | 见第三章。
正文 1 | 见第三章。 又见第四章。 -> 正文 1 | 见第三章。 又见第四章。
正文 1 | See chapter three. -> 正文 1 | See chapter three.
正文 1 | 见 第三章。 -> 正文 1 | 见 第三章。
WANTED
diff wanted seen
