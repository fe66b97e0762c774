"""A body that leaves the archive: nothing in it runs, loads from elsewhere or leads out."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from archiver.dom import parse
from archiver.export.body import Places, fragment, localise, path_of
from archiver.export.drawings import clean_file, drawing_file
from archiver.export.xhtml import Writer

FOLDER = "articles/2026/03/2026-03-05-a-b-0123456789ab"
IMAGE = f"images/ab/{'ab' * 32}.png"
UP = "../../../../"
THERE = Places(
    image=lambda path: f"img/{path[-7:]}",
    media=lambda _: "",
    link=lambda path: f"to/{path}",
    original=lambda path: f"https://example.org/{path[-7:]}",
)
NOTHING = Places(*(3 * [lambda _: ""]))


def taken(html: str, places: Places = THERE, prefix: str = "") -> str:
    return fragment(localise(html, FOLDER, places, prefix))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f'<img src="{UP}{IMAGE}" loading="lazy">', '<img src="img/bab.png"/>'),
        ('<img src="https://evil.example/a.png">', '<span class="missing">［图片］</span>'),
        (f'<img src="{UP}{UP}etc/passwd">', '<span class="missing">［图片］</span>'),
        (f'<img src="{UP}links.jsonl">', '<span class="missing">［图片］</span>'),
        (
            '<a href="../x-0123456789ab/index.html">x</a>',
            '<a href="to/articles/2026/03/x-0123456789ab/index.html">x</a>',
        ),
        ('<a href="https://example.org/?a=1&amp;b=2">x</a>', '<a href="https://example.org/?a=1&amp;b=2">x</a>'),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="file:///etc/passwd">x</a>', "<a>x</a>"),
        ('<p onclick="x()" ONLOAD="y()">a</p>', "<p>a</p>"),
        ("<script>x()</script><iframe src=x></iframe><style>p{}</style>a", "a"),
        ('<p style="background: url(https://evil.example/a.png); color: red">a</p>', '<p style="color: red">a</p>'),
    ],
)
def test_what_leaves(html: str, expected: str) -> None:
    assert taken(html) == expected


def test_audio_and_video_become_lines() -> None:
    html = f'<video src="{UP}media/ab/{"ab" * 32}.mp4" poster="{UP}{IMAGE}"></video>'
    assert taken(html) == '<a class="missing" href="https://example.org/bab.mp4">［视频］</a>'
    assert taken(html.replace("video", "audio"), NOTHING) == '<span class="missing">［音频］</span>'
    assert taken(f'<a href="https://x.y/"><img src="{UP}{IMAGE}"></a>', NOTHING).count("<a") == 1


def test_ids_of_bodies_on_one_page_are_apart() -> None:
    html = '<p id="s1">a</p><a href="#s1">b</a><svg><path fill="url(#g)"></path></svg>'
    assert taken(html, prefix="p-").count("p-s1") == 2
    assert "url(#p-g)" in taken(html, prefix="p-")


@pytest.mark.parametrize("url", ["", "#a", "//host/a", "https://x/a", f"{UP}{UP}a", "/etc/passwd", "http://[::1"])
def test_no_path_leaves_the_archive(url: str) -> None:
    assert path_of(FOLDER, url) == ""


def xhtml(html: str) -> str:
    made = Writer(localise(html, FOLDER, THERE), lambda _: "drawing.svg").write()
    ElementTree.fromstring(f"<body>{made}</body>")
    return made


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<section>b</section></p>", "<div>a<section>b</section></div>"),
        ("<strong><p>a</p></strong>", '<div style="font-weight: bold"><p>a</p></div>'),
        ("<ul>a<li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<table><tr><td colspan=0>a</td></tr></table>", "<table><tbody><tr><td>a</td></tr></tbody></table>"),
        (
            "<font color=red>a</font><center>b</center>",
            '<span style="color: red">a</span><div style="text-align: center">b</div>',
        ),
        ("<td>a</td><li>b</li>", "<span>a</span><div>b</div>"),
        ("<svg><path d='M0 0'></path></svg>", '<img src="drawing.svg" alt=""/>'),
        ("<p>&lt;b&gt; &amp; \x0b</p>", "<p>&lt;b&gt; &amp; </p>"),
        ("<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>", "<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>"),
        ("<ruby><rt>かん</rt>字</ruby>", "<span>かん</span>字"),
    ],
)
def test_elements_stand_where_they_may(html: str, expected: str) -> None:
    assert xhtml(html) == expected


def test_a_drawing_is_a_file_of_its_own() -> None:
    page = parse(
        '<svg><defs><path id="glyph" d="M0 0"></path></defs></svg>'
        '<svg id="me" viewbox="0 0 9 9" onload="x()"><script>x()</script><lineargradient id="g"></lineargradient>'
        '<use href="#glyph"></use><use href="#nothing"></use><path fill="url(#g)" stroke="url(#glyph)"></path>'
        '<image href="https://evil.example/a.png"></image><text>甲 &amp; 乙</text></svg>'
    )
    text = drawing_file(page.find_all("svg")[1])
    root = ElementTree.fromstring(text)
    assert root.attrib == {"viewBox": "0 0 9 9"}
    assert [name.tag.rpartition("}")[2] for name in root.iter()] == [
        *("svg", "defs", "path", "linearGradient", "use", "use", "path", "text")
    ]
    assert "evil" not in text
    assert "script" not in text
    assert [use.attrib for use in list(root)[2:4]] == [{"href": "#svg-glyph"}, {}]
    assert list(root)[4].attrib == {"fill": "url(#svg-g)"}


def test_a_file_of_a_stranger_is_made_anew() -> None:
    made = clean_file(
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><a href='x'><rect width='9'/></a></svg>"
    )
    assert made is not None
    assert "href" not in made
    assert "onload" not in made
    assert clean_file(b"<html></html>") is None
