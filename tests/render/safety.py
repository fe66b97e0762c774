"""What no page may hold, whatever the body of the article holds."""

from __future__ import annotations

import re

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
    assert [style.attrs.keys() for style in soup.find_all("style")] == [set(), {"media", "data-dark"}]
    for element in soup.find_all(True):
        for name, value in element.attrs.items():
            text = " ".join(value) if isinstance(value, list) else str(value)
            assert not name.startswith("on"), element
            assert name not in ("srcset", "srcdoc", "formaction", "action", "data", "xlink:href", "ping", "poster")
            if name == "src" or (name == "href" and element.name != "a"):
                assert text.startswith((LOCAL, "#svg-")), element
            if name == "href" and element.name == "a":
                assert re.match(r"https?://|mailto:", text), element
            if name == "style":
                assert "position" not in text
                assert "!important" not in text
                assert all(url.startswith(LOCAL) for url in re.findall(r'url\("?([^")]*)', text)), element
            if name in ("fill", "mask", "clip-path") and "url" in text:
                assert text.startswith("url(#svg-")
