#!/bin/sh
# trafilatura 2.3.1 and html2text 2025.4.15 (PyPI) do not take <section> for the block that it is: the first drops what stands
# in one, the second runs one into the next. Other converters (markdownify, html-to-markdown, turndown) take it for a <div>.
#
# WeChat's editors make nearly everything of sections, paragraphs and the contents of table cells, too.
# Valid input: an article of long paragraphs, with one thing more in its middle. Seen, with <div> and with <section>:
#   trafilatura, a paragraph         there             gone
#   trafilatura, a cell of a table   there             an empty cell, in a table that is otherwise whole
#   trafilatura, <p> in it           there             there
#   html2text, two in a row          two paragraphs    one: 甲乙
# Nothing is said of it, and favor_recall=True does not bring it back. What hands such pages to them has to rename sections
# to <div> before.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
  trafilatura==2.3.1 lxml==6.1.3 lxml_html_clean==0.4.6 html2text==2025.4.15
cat > extract.py <<'EXTRACT'
import html2text
import trafilatura

LONG = "<p>第%d段说的是平常的事，它有逗号，也有句号。字数够多，读的程序就知道这里是正文，而不是菜单或者广告。</p>"
PLACES = {
    "a paragraph": "<{0}>这一句话在其中。</{0}>",
    "a cell": "<table><tr><th>项</th><th>值</th></tr><tr><td>甲</td><td><{0}>这一句话在其中。</{0}></td></tr></table>",
    "a p in it": "<{0}><p>这一句话在其中。</p></{0}>",
}


def extracted(markup, **options):
    before, after = ("".join(LONG % n for n in numbers) for numbers in (range(5), range(5, 10)))
    page = f"<html><body><article>{before}{markup}{after}</article></body></html>"
    text = trafilatura.extract(page, output_format="markdown", **options)
    assert all(f"第{n}段" in text for n in range(10))
    return text


def plain(markup):
    return html2text.HTML2Text(bodywidth=0).handle(markup)


for name, markup in PLACES.items():
    for options in ({}, {"favor_recall": True}):
        texts = [extracted(markup.format(tag), **options) for tag in ("div", "section")]
        print("trafilatura", *options, name, *("这一句话在其中" in text for text in texts), sep=", ")
print("the table", repr(extracted(PLACES["a cell"].format("section")).partition("| 项")[2].partition("第5段")[0]))
print("html2text", *(repr(plain("<{0}>甲</{0}><{0}>乙</{0}>".format(tag))) for tag in ("div", "section")), sep=", ")
EXTRACT
venv/bin/python extract.py 2>/dev/null | tee seen
cat > wanted <<'WANTED'
trafilatura, a paragraph, True, False
trafilatura, favor_recall, a paragraph, True, False
trafilatura, a cell, True, False
trafilatura, favor_recall, a cell, True, False
trafilatura, a p in it, True, True
trafilatura, favor_recall, a p in it, True, True
the table ' | 值 | \n|---|---|\n| 甲 |  | \n\n'
html2text, '甲\n\n乙\n', '甲乙\n'
WANTED
diff wanted seen
