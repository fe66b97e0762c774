#!/bin/sh
# EbookLib 0.20 (PyPI; what most EPUB tools in Python read and write with): a book that is read and written back without a
# change is another book. Each chapter is read as HTML and made anew.
#
# Valid input: an EPUB 3 with one chapter that has a style sheet, code, a formula drawn as SVG, and a language. Afterwards:
#   <svg viewBox>              viewbox: in XHTML case counts, so it is no view box, and the drawing shows at another scale
#   <linearGradient>           lineargradient: no element of SVG; what is filled with it is not painted
#   <pre><code>a               <pre>, line feed, blanks, <code>a: indented as if it were markup, which shows in <pre>
#   <head> with title and CSS  <head/>: the chapter has lost its style sheet
#   <html lang="zh-CN">        lang="en", in a book whose language is zh-CN
#   <body class>               <body>
#   landmarks                  gone; a list of pages is there instead, in which the footnote is a page
# The metadata, which one would look at, are all kept. A tool that only adds a cover or a translation does this, too.
# item.content still has what was read: to keep a chapter, add it as an EpubItem and not as an EpubHtml.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check EbookLib==0.20 lxml==6.1.3
cat > write.py <<'WRITE'
import zipfile

from ebooklib import epub

XHTML = 'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
CHAPTER = f"""<?xml version="1.0" encoding="utf-8"?>
<html {XHTML} lang="zh-CN" xml:lang="zh-CN"><head><title>第一章</title><link rel="stylesheet" href="s.css"/></head>
<body class="chapter"><h1>第一章</h1><pre><code>a
b</code></pre><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><linearGradient id="g"/></svg><p>句<a
epub:type="noteref" href="#n1">1</a></p><aside epub:type="footnote" id="n1"><p>注</p></aside></body></html>"""
NAV = f"""<?xml version="1.0" encoding="utf-8"?>
<html {XHTML}><head><title>目录</title></head><body>
<nav epub:type="toc"><ol><li><a href="c.xhtml">第一章</a></li></ol></nav>
<nav epub:type="landmarks"><ol><li><a epub:type="bodymatter" href="c.xhtml">正文</a></li></ol></nav></body></html>"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">urn:example:1</dc:identifier>
<dc:title>书</dc:title><dc:language>zh-CN</dc:language><meta property="dcterms:modified">2026-01-01T00:00:00Z</meta>
</metadata><manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml" properties="svg"/>
<item id="n" href="n.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="s" href="s.css" media-type="text/css"/></manifest><spine><itemref idref="c"/></spine></package>"""
CONTAINER = """<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="EPUB/p.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
FILES = {"c.xhtml": CHAPTER, "n.xhtml": NAV, "s.css": "p { color: black }", "p.opf": PACKAGE}

with zipfile.ZipFile("book.epub", "w") as book:
    book.writestr("mimetype", "application/epub+zip")
    book.writestr("META-INF/container.xml", CONTAINER)
    for name, text in FILES.items():
        book.writestr(f"EPUB/{name}", text)
epub.write_epub("copy.epub", epub.read_epub("book.epub"))

SOUGHT = (
    ("c.xhtml", "viewBox="), ("c.xhtml", "<linearGradient"), ("c.xhtml", "<pre><code>a\nb</code></pre>"),
    ("c.xhtml", "<title>第一章</title>"), ("c.xhtml", 's.css"'), ("c.xhtml", 'lang="zh-CN"'),
    ("c.xhtml", 'class="chapter"'), ("n.xhtml", '"landmarks"'), ("n.xhtml", '"page-list"'),
    ("p.opf", "<dc:language>zh-CN<"), ("p.opf", "<dc:title>书<"),
)  # fmt: skip
with zipfile.ZipFile("book.epub") as book, zipfile.ZipFile("copy.epub") as copy:
    packages = {"p.opf": "content.opf"}
    for name, text in SOUGHT:
        before = text in book.read(f"EPUB/{name}").decode()
        after = text in copy.read(f"EPUB/{packages.get(name, name)}").decode()
        print(f"{text!r}: {before}, {after}")
    chapter = copy.read("EPUB/c.xhtml").decode()
    print(repr(chapter[chapter.index("<pre") : chapter.index("</svg>")]))
WRITE
venv/bin/python -W ignore write.py | tee seen
cat > wanted <<'WANTED'
'viewBox=': True, False
'<linearGradient': True, False
'<pre><code>a\nb</code></pre>': True, False
'<title>第一章</title>': True, False
's.css"': True, False
'lang="zh-CN"': True, False
'class="chapter"': True, False
'"landmarks"': True, False
'"page-list"': False, True
'<dc:language>zh-CN<': True, True
'<dc:title>书<': True, True
'<pre>\n      <code>a\nb</code>\n    </pre>\n    <svg xmlns="http://www.w3.org/2000/svg" viewbox="0 0 9 9">\n      <lineargradient id="g"/>\n    '
WANTED
diff wanted seen
