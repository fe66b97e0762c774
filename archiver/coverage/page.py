"""What a captured page holds: the fullest of its sources."""

from __future__ import annotations

import html
import re
import string
from collections.abc import Iterator
from itertools import islice

from archiver.coverage.html import Shown, shown_by, shown_in
from archiver.coverage.match import visible
from archiver.coverage.scripts import LITERAL, filled, literal_end, meaning, set_by_scripts, spelled, string_of
from archiver.dom.entities import unescaped

_MOST = 3  # of one name: the page's own, and that in `text_page_info`; recommended articles come later
_NAMES = ("content_noencode", "content", "desc")
_DATUM = {name: re.compile(rf"""{name}["']?\s*:\s*(?P<twice>JsDecode\(\s*)?(?=["'])""") for name in _NAMES}
_CGI = re.compile(r"cgiDataNew\s*=\s*\{")
_TEMPLATE = re.compile(
    r"""<(script|template|textarea)\b[^>]*\bid\s*=\s*["']?content_tpl\b[^>]*>""", re.DOTALL | re.IGNORECASE
)
_TWICE = re.compile(r"&amp;(?:amp|lt|gt|quot|nbsp|#39);|&lt;(?:p|br|a|span|section)\b")
_BEGIN_A_TAG = frozenset("/!?" + string.ascii_letters)
_IMAGES = (re.compile(r"<(?:ima?ge?|embed)", re.IGNORECASE), re.compile(r"\((?<=url\()", re.IGNORECASE))
_LIST = re.compile(r"""picture_page_info_list["']?\s*[:=]\s*\[""")
_TOKEN = re.compile(rf"""(?P<open>[\[{{])|(?P<close>[\]}}])|{LITERAL}|(?P<name>\b[A-Za-z_]\w*\b(?=\s*:))""", re.DOTALL)
_KIND = re.compile(r"""item_show_type["']?\s*[:=]\s*["']?(\d{1,3})""")
_DESCRIBED = re.compile(r"""<meta\b[^<>]*\bproperty="og:description"[^<>]*\bcontent="([^"]*)\"""")
_TYPED = re.compile(rf"document\.write\(\s*{LITERAL}")
_BEGIN, _NOISE = 10, 40  # characters by which a text is known; in which sources differ without one being fuller
_TITLE = re.compile(r"""<meta\b[^<>]*\bproperty="og:title"[^<>]*\bcontent="([^"]*)\"""")
_PANEL = re.compile(r"""[^>]*\bclass="[^"]*\boriginal_panel_content\b[^"]*"[^>]*\bid="js_content\"""")


def held(page: bytes) -> Shown:
    """What the page shows or keeps for its scripts to show: the fullest source, with the words of who reposted it."""
    text = _decoded(page)
    best = Shown()
    kind = next(_named(text, "item_show_type", _KIND), None)
    scripted = set_by_scripts(text)
    text = filled(text, scripted)
    if not _is_panel(text) and not _is_text(kind):
        best = shown_in(text, "id", "js_content") or shown_in(text, "class", "rich_media_content") or best
    for markup in dict.fromkeys(_others(text, kind, scripted)):
        if _rough(markup) > _weight(best):
            other = shown_by(markup)
            best = other if _weight(other) > _weight(best) else best
    if kind is not None and kind[1] not in ("0", "11"):
        best.text = max([best.text, *_described(text, best.text)], key=len)
    best.text = _notice(text, scripted) + best.text
    best.images = best.images or _listed(text)
    return best


def _named(text: str, name: str, pattern: re.Pattern[str], start: int = 0) -> Iterator[re.Match[str]]:
    """The matches of `pattern`, which begins with the word `name`: to look for the word alone takes a tenth of the
    time."""
    at = text.find(name, start)
    while at >= 0:
        whole = not (text[at - 1 : at].isalnum() or text[at - 1 : at] == "_")
        found = pattern.match(text, at) if whole else None
        if found:
            yield found
        at = text.find(name, found.end() if found else at + 1)


def _is_panel(text: str) -> bool:
    """Whether the place of the body is the panel that shows an excerpt of the original."""
    at = text.find("original_panel_content")
    while at >= 0:
        if _PANEL.match(text, text.rfind("<", 0, at) + 1):
            return True
        at = text.find("original_panel_content", at + 1)
    return False


def _weight(shown: Shown) -> int:
    return len(shown.text) + 20 * len(shown.images)


def _rough(markup: str) -> int:
    """At most so much can be in `markup`, seen without reading it: mostly just so much, so that of a body that a page
    has twice, one is read. A space keeps what is beside a tag from becoming one sign."""
    images = sum(len(pattern.findall(markup)) for pattern in _IMAGES)
    return len(visible(unescaped(_spaced(markup)))) + 20 * images


def _spaced(markup: str) -> str:
    """Markup with a space for each tag. To cut it at each `<` takes a third of the time of looking for tags."""
    first, *others = markup.split("<")
    words = [
        f" {part[part.find('>') + 1 :]}" if part[:1] in _BEGIN_A_TAG and ">" in part else f"<{part}" for part in others
    ]
    return first + "".join(words)


def _is_text(kind: re.Match[str] | None) -> bool:
    """Whether the page is a post of text: its body holds only a card, and its title may be its text."""
    return kind is not None and kind[1] in ("10", "17")


def _others(text: str, kind: re.Match[str] | None, scripted: dict[str, str]) -> Iterator[str]:
    yield _template(text)
    yield scripted.get("js_content", "")
    for words in _data(text):
        # The text of a post is plain, and escaped once more than the markup of an article.
        post = (kind is not None and kind[1] != "0") or "<" not in words
        yield html.unescape(words) if post and _TWICE.search(words) else words
    title = _TITLE.search(text) if _is_text(kind) else None
    yield title[1].replace("\\x0a", " ").replace("\\n", " ") if title else ""


def _template(text: str) -> str:
    """The body that a script puts into the page; its tag is looked for only where its name is."""
    at = text.find("content_tpl")
    while at >= 0 and (stop := text.find(">", at) + 1):
        begin = text.rfind(">", 0, at) + 1
        while tag := _TEMPLATE.search(text, begin, stop):
            if end := re.compile(f"</{tag[1]}>", re.IGNORECASE).search(text, stop):
                return text[stop : end.start()]
            begin = tag.start() + 1
        at = text.find("content_tpl", stop)
    return ""


def _described(text: str, known: str) -> Iterator[str]:
    """What the head of a post's page, or a script of 2018, says of it, where that goes on where the `known` text
    ends."""
    described, typed = _DESCRIBED.search(text), _TYPED.search(text)
    for words in (
        html.unescape(described[1]).replace("\\x0a", " ").replace("\\n", " ") if described else "",
        string_of(typed) if typed else "",
    ):
        shown = shown_by(words).text
        if known[:_BEGIN] in shown and (not known or len(shown) > len(known) + _NOISE):
            yield shown


def _listed(text: str) -> list[str]:
    """The images of a post's list: those of its entries, and not the others that an entry names."""
    start = next(_named(text, "picture_page_info_list", _LIST), None)
    found: list[str] = []
    depth, name = 1, ""
    for token in _TOKEN.finditer(text, start.end()) if start else ():
        if token["open"]:
            depth += 1
        elif token["close"]:
            depth -= 1
            if depth == 0:
                break
        elif token["name"]:
            name = token["name"]
        elif depth == 2 and name == "cdn_url":
            found.append(html.unescape(spelled(string_of(token))))
            name = ""
    return found


def _data(text: str) -> Iterator[str]:
    start = next(_named(text, "cgiDataNew", _CGI), None)
    if start is None:
        return
    for name in _NAMES:
        yield from islice(_literals(text, name, start.end()), _MOST)


def _literals(text: str, name: str, start: int) -> Iterator[str]:
    """What a name stands for, each time it stands for a literal."""
    at = text.find(name, start)
    while at >= 0:
        whole = not (text[at - 1 : at].isalnum() or text[at - 1 : at] == "_")
        found = _DATUM[name].match(text, at) if whole else None
        end = literal_end(text, found.end()) if found else -1
        if found and end >= 0:
            words = meaning(text[found.end() + 1 : end])
            yield spelled(words) if found["twice"] else words
        at = text.find(name, end + 1 if end >= 0 else at + 1)


def _notice(text: str, scripted: dict[str, str]) -> str:
    said = scripted.get("js_share_notice")
    shown = shown_by(said) if said else shown_in(text, "id", "js_share_notice")
    return shown.text if shown else ""


def _decoded(page: bytes) -> str:
    try:
        return page.decode("utf-8-sig")
    except UnicodeDecodeError:
        text, other = page.decode("utf-8", "replace"), page.decode("gb18030", "replace")
        return other if other.count("\ufffd") < text.count("\ufffd") / 10 else text
