"""What no page may hold, whatever the body of the article holds."""

from __future__ import annotations

import re

import tinycss2
from bs4 import BeautifulSoup

from archiver.render.sitemap import ARTICLE_SCRIPTS
from archiver.store.layout import EARLY_SCRIPT

LOCAL = "../../../../images/"
FORBIDDEN = ["script", "iframe", "object", "embed", "form", "input", "button", "select", "textarea", "base", "link"]
FORBIDDEN += ["template", "noscript", "math", "video", "set", "meta[http-equiv=refresh]"]


def assert_safe(soup: BeautifulSoup) -> None:
    for script, path in zip(soup.find_all("script"), ARTICLE_SCRIPTS, strict=True):  # the reader's own
        assert script.attrs == {"src": f"../../../../{path}", **({} if path == EARLY_SCRIPT else {"defer": ""})}
        assert script.extract().get_text() == ""
    (sheet,) = soup.find_all("link")
    assert sheet.extract().attrs == {"rel": ["stylesheet"], "href": "../../../../site/ui.css"}
    for button in soup.select("nav.top button"):
        assert set(button.extract().attrs) <= {"type", "data-do", "aria-label", "aria-pressed"}
    for link in soup.select("nav.top a, header a.account, .contents a"):
        assert str(link["href"]).startswith(("../../../../site/", "../../../../index.html", "#s"))
        del link["href"]
    assert not soup.select(", ".join(FORBIDDEN))
    assert len(soup.find_all("h1")) == 1
    frame, dark, own = soup.find_all("style")
    assert [style.attrs.keys() for style in (frame, dark, own)] == [set(), {"media", "data-dark"}, {"data-body"}]
    _assert_safe_sheet(own.get_text())
    for element in soup.find_all(True):
        for name, value in element.attrs.items():
            text = " ".join(value) if isinstance(value, list) else str(value)
            assert not name.startswith("on"), element
            assert name not in ("srcset", "srcdoc", "formaction", "action", "data", "xlink:href", "ping", "poster")
            if name == "src" or (name == "href" and element.name != "a"):
                assert text.startswith((LOCAL, "#svg-")), element
            if name == "href" and element.name == "a":
                assert re.match(r"https?://|mailto:", text), element
            assert name != "style", element
            if name in ("fill", "mask", "clip-path") and "url" in text:
                assert text.startswith("url(#svg-")


def _assert_safe_sheet(sheet: str) -> None:
    """Each rule is of one class, and nothing in it ends it or reaches beyond."""
    rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
    names = []
    for rule in rules:
        if rule.type == "at-rule":
            assert rule.lower_at_keyword == "media"
            continue
        assert rule.type == "qualified-rule", rule
        selector = tinycss2.serialize(rule.prelude).strip()
        if re.fullmatch(r"img\.s\d+(,img\.s\d+)*", selector):
            continue
        name = re.fullmatch(r"\.s(\d+):not\(#_\)", selector)
        assert name, selector
        names.append(int(name[1]))
        for declaration in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
            assert declaration.type == "declaration", declaration
            assert not declaration.important
            assert declaration.lower_name != "position"
            for token in declaration.value:
                assert token.type != "url" or token.value.startswith(LOCAL), declaration
                if token.type == "function" and token.lower_name in ("url", "src", "image-set"):
                    assert [part.value.startswith(LOCAL) for part in token.arguments] == [True], declaration
    assert names == list(range(1, len(names) + 1))
