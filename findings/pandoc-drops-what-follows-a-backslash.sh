#!/bin/sh
# pandoc 3.9 (in pypandoc_binary 1.17, PyPI), writing CommonMark or GFM: a mark that stands behind a backslash in the text
# is dropped. A formula written as text, \(x\), comes out as \\ x \\ or \\x\\, without its brackets, and without a warning.
#
# A literal backslash has to be written as \\, and a literal mark may have one before it. Both are right; but of the two
# escapes, \\ and \(, only the first is written. All 32 ASCII marks are lost that way, also one of two backslashes.
# Valid input: HTML, one paragraph each. Seen, where `markdown`, pandoc's own dialect, and `plain` keep every letter:
#   \(E=mc^2\)         \\E=mc^2\\          the brackets of MathJax's formulas
#   \[E=mc^2\]         \\E=mc^2\\
#   C:\_old\.git       C:\\old\\git        paths
#   \\server\share     \\server\share      which is \server\share to who reads the Markdown
#   a\,b\;c\%          a\\b\\c\\           TeX
#   \alpha C:\new      \alpha C:\new       letters are safe
#   <code>\(x\)</code>  `\(x\)`            code is safe
# Articles that are turned into notes with `pandoc -f html -t gfm` lose such formulas; in two steps, by way of pandoc's own
# dialect, they lose them in the second. Put them into <code> before.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pypandoc_binary==1.17
cat > convert.py <<'CONVERT'
import html
import string

import pypandoc


def to(writer, text, reader="html"):
    return pypandoc.convert_text(text, writer, format=reader, extra_args=["--wrap=none"]).strip()


print("pandoc", pypandoc.get_pandoc_version())
for text in (r"\(E=mc^2\)", r"\[E=mc^2\]", r"C:\_old\.git", r"\\server\share", r"a\,b\;c\%", r"\alpha C:\new"):
    print(text, to("gfm", f"<p>{text}</p>"), to("plain", to("markdown", f"<p>{text}</p>"), "markdown") == text, sep="\t")
print("code", to("gfm", r"<p><code>\(x\)</code></p>"), sep="\t")
for writer in ("gfm", "commonmark", "commonmark_x", "markdown", "plain"):
    reader = "markdown" if writer == "plain" else writer
    lost = 0
    for mark in string.punctuation:
        written = to(writer, f"<p>甲\\{html.escape(mark)}乙</p>")
        read = written if writer == "plain" else to("plain", written, reader)
        lost += read == "甲\\乙"
    print(writer, f"{lost} of {len(string.punctuation)} marks lost")
twice = to("gfm", to("markdown", r"<p>\(x\)</p>"), "markdown")
print("by way of markdown", twice, sep="\t")
CONVERT
venv/bin/python convert.py | tee seen
cat > wanted <<'WANTED'
pandoc 3.9
\(E=mc^2\)	\\E=mc^2\\	True
\[E=mc^2\]	\\E=mc^2\\	True
C:\_old\.git	C:\\old\\git	True
\\server\share	\\server\share	True
a\,b\;c\%	a\\b\\c\\	True
\alpha C:\new	\alpha C:\new	True
code	`\(x\)`
gfm 32 of 32 marks lost
commonmark 32 of 32 marks lost
commonmark_x 32 of 32 marks lost
markdown 0 of 32 marks lost
plain 0 of 32 marks lost
by way of markdown	\\x\\
WANTED
diff wanted seen
