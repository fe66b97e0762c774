#!/bin/sh
# AutoCorrect 2.14.0 (autocorrect-py, PyPI) and zhlint 0.8.2 (npm), which put blanks between Chinese and Latin letters and
# know Markdown, put them into addresses, too: the file is not found any more, or the link is none.
#
# Both leave the destination of [text](address) alone, in AutoCorrect's case [[address]] as well, so one trusts them with the
# rest. Names with a Chinese letter beside a digit are usual: 第3篇.md becomes 第 3 篇.md.
# Valid input: Markdown that GitHub or Obsidian read, with such a path in it. Is the path still there?
#                                    AutoCorrect    zhlint
#   [text](path)                     yes            yes
#   [![image](path)](path)           the inner one  yes        with a blank in it the outer is no link any more
#   [label]: path                    no             yes
#   [label]: <path>                  no             yes
#   <a href="path">, <img src=path>  no             yes
#   <https://host/path>              no             no
#   [[path]]                         yes            no
#   ![[path]]                        no             no         zhlint makes ！ of the ! and 。 of the . in it
#   path in the front matter         no             yes
#   [^注3] and its definition        [^注 3] in both, in one    GitHub takes no label with a blank for a footnote's
# A commit hook with one of them breaks links that were right when they were written, in files that nobody looks at.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check autocorrect-py==2.14.0
npm init -y >/dev/null
npm install --silent --no-fund --no-audit zhlint@0.8.2 >/dev/null
cat > notes.json <<'NOTES'
["[文](笔记/第3篇.md)", "[![图](笔记/第3篇.md)](笔记/第3篇.md)", "[题]: 笔记/第3篇.md", "[题]: <笔记/第3篇.md>",
 "<a href=\"笔记/第3篇.md\">文</a>", "文<img src=\"笔记/第3篇.md\">", "<https://a.example/笔记/第3篇.md>", "[[笔记/第3篇.md]]",
 "![[笔记/第3篇.md]]", "---\nfile: 笔记/第3篇.md\n---", "文[^注3]。\n\n[^注3]: 说"]
NOTES
cat > correct.py <<'CORRECT'
import json

import autocorrect_py

for note in json.load(open("notes.json", encoding="utf-8")):
    print("AutoCorrect", json.dumps(autocorrect_py.format_for(note, "markdown").strip(), ensure_ascii=False))
CORRECT
cat > correct.mjs <<'CORRECT'
import { readFileSync } from "node:fs";
import { run } from "zhlint";

for (const note of JSON.parse(readFileSync("notes.json")))
  console.log("zhlint", JSON.stringify(run(note, { rules: { preset: "default" } }).result));
CORRECT
{ venv/bin/python correct.py; node correct.mjs; } | tee seen
cat > wanted <<'WANTED'
AutoCorrect "[文](笔记/第3篇.md)"
AutoCorrect "[![图](笔记/第3篇.md)](笔记/第 3 篇.md)"
AutoCorrect "[题]: 笔记/第 3 篇.md"
AutoCorrect "[题]: <笔记/第 3 篇.md>"
AutoCorrect "<a href=\"笔记/第 3 篇.md\">文</a>"
AutoCorrect "文<img src=\"笔记/第 3 篇.md\">"
AutoCorrect "<https://a.example/笔记/第 3 篇.md>"
AutoCorrect "[[笔记/第3篇.md]]"
AutoCorrect "![[笔记/第 3 篇.md]]"
AutoCorrect "---\nfile: 笔记/第 3 篇.md\n---"
AutoCorrect "文[^注 3]。\n\n[^注 3]: 说"
zhlint "[文](笔记/第3篇.md)"
zhlint "[![图](笔记/第3篇.md)](笔记/第3篇.md)"
zhlint "[题]: 笔记/第3篇.md"
zhlint "[题]: <笔记/第3篇.md>"
zhlint "<a href=\"笔记/第3篇.md\">文</a>"
zhlint "文<img src=\"笔记/第3篇.md\">"
zhlint "<https://a.example/笔记/第 3 篇。md>"
zhlint "[[笔记/第 3 篇。md]]"
zhlint "！[[笔记/第 3 篇。md]]"
zhlint "---\nfile: 笔记/第3篇.md\n---"
zhlint "文 [^注 3]。\n\n[^注3]: 说"
WANTED
diff wanted seen
