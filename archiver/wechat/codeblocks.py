"""Code in a body, in all the ways in which editors write it, to one `<pre><code class="language-x">text</code></pre>`.

WeChat's own snippet has one `<code>` per line beside a list of line numbers; mdnice and others write one `<code>` with
`<br>` and `&nbsp;`; newer editors put every line or `<br>` into a `<span leaf>`.
"""

from __future__ import annotations

import re

from archiver.dom import Document, Tag, Text, empty, is_gone
from archiver.wechat.prose import as_section, is_prose

_BLOCKS = ("p", "div", "section", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote")
LINE_NUMBERS = "code-snippet__line-index"
_COUNTER = re.compile(r"\s*counter\(line[^)\n]*\)?\s*")  # a style's text that leaks into copied snippets
_LANGUAGE = re.compile(r"(?:language-|lang-)?([A-Za-z][A-Za-z0-9+#._-]{0,19})")
_BACKGROUND = re.compile(r"background[^;]*url\(", re.IGNORECASE)
_COLOUR = re.compile(r"(?:^|;)\s*(background(?:-color)?|color)\s*:([^;]*)", re.IGNORECASE)
_SOLID = re.compile(r"#[0-9a-f]{3,6}|rgb\([\d\s,]*\)|(?!none|transparent|inherit|initial)[a-z]+", re.IGNORECASE)
_NO_LANGUAGE = frozenset({"hljs", "code", "custom", "pre", "prettyprint", "plain", "text", "none", "nohighlight"})


def read_code(root: Tag, soup: Document) -> None:
    """Rewrites every code block of `root`; every line and indent is kept. Prose in `<pre>` becomes a `<section>`."""
    for numbers in root.find_all(class_=LINE_NUMBERS):
        if not is_gone(numbers):
            empty(numbers)
    prose: set[int] = set()
    for pre in root.find_all("pre"):
        if is_gone(pre):  # inside one that is done
            continue
        if id(pre) in prose or is_prose(pre):
            prose.update(id(inner) for inner in pre.find_all("pre") if not inner.find("code"))
            as_section(pre, soup)
            continue
        language = _language(pre)
        code = soup.new_tag("code", attrs={"class": f"language-{language}"} if language else {})
        code.string = _text(pre)
        drawn, painted = _decoration(pre), _colours(pre)
        # In place: replacing an element searches its parent, which takes long where one parent has thousands.
        pre.clear(decompose=True)
        pre.attrs = {}
        if drawn:
            pre.name = "section"
            pre.append(soup.new_tag("section", attrs={"data-decoration": "code", "style": drawn}))
            inner = soup.new_tag("pre", attrs=painted)
            pre.append(inner)
            inner.append(code)
        else:
            pre.attrs.update(painted)
            pre.append(code)


def _decoration(pre: Tag) -> str:
    """The style of an empty element in the block whose background is an image: mdnice draws window buttons there."""
    for tag in pre.find_all("span"):
        style = str(tag.get("style") or "")
        if "url(" in style.lower() and _BACKGROUND.search(style) and not tag.get_text(strip=True):
            return style
    return ""


def _colours(pre: Tag) -> dict[str, str]:
    """The style in which the block has paper and ink of its own; one of the two alone could make it unreadable."""
    found: dict[str, str] = {}
    for tag in (pre, pre.find("code")):
        style = str(tag.get("style") or "") if isinstance(tag, Tag) else ""
        for name, value in _COLOUR.findall(style):
            found[name.lower().removesuffix("-color")] = value.strip()
    paper, ink = found.get("background", ""), found.get("color", "")
    if not _SOLID.fullmatch(paper) or not _SOLID.fullmatch(ink):
        return {}
    return {"style": f"background-color: {paper}; color: {ink}"}


def _text(pre: Tag) -> str:
    codes, outside = _own(pre)
    if codes and not "".join(outside).strip():
        lines = [_lines(code) for code in codes]
        if len(lines) > 1:
            lines = [line for line in lines if not _COUNTER.fullmatch(line)]
        text = "\n".join(lines)
    else:
        text = _lines(pre)
    text = text.replace("\xa0", " ").replace("\u200b", "").replace("\ufeff", "").replace("\r\n", "\n")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def _own(pre: Tag) -> tuple[list[Tag], list[Text]]:
    """The elements of code in a block that are in no other one, and its texts outside of them."""
    codes: list[Tag] = []
    outside: list[Text] = []
    todo = pre.contents[::-1]
    while todo:
        node = todo.pop()
        if isinstance(node, Text):
            outside.append(node)
        elif isinstance(node, Tag) and node.name == "code":
            codes.append(node)
        elif isinstance(node, Tag) and node.name != "pre":
            todo += node.contents[::-1]
    return codes, outside


def _lines(tag: Tag) -> str:
    """The element's text with line breaks where a browser shows them."""
    parts: list[str] = []
    beside = _blocks_beside(tag)
    for node in tag.descendants:
        at_start = not parts or parts[-1].endswith("\n")
        if isinstance(node, Tag):
            if node.name == "br" or (node.name in _BLOCKS and not at_start):
                parts.append("\n")
            continue
        if not isinstance(node, Text):
            continue
        before, after = beside[id(node)]
        if "\n" in node and not node.strip() and (before or after):
            continue  # white space between blocks belongs to the page's source, not to the code
        if before and not at_start:
            parts.append("\n")
        if node:
            parts.append(str(node))
    return "".join(parts).removesuffix("\n")


def _blocks_beside(tag: Tag) -> dict[int, tuple[bool, bool]]:
    """Whether there is a block before and behind each text, by the object's id."""
    found = {}
    for owner in (tag, *tag.elements()):
        blocks = [False, *(isinstance(part, Tag) and part.name in _BLOCKS for part in owner.contents), False]
        for i, part in enumerate(owner.contents):
            found[id(part)] = (blocks[i], blocks[i + 2])
    return found


def _language(pre: Tag) -> str:
    code = pre.find("code")
    named = [str(pre.get("data-lang") or "")]
    for tag in (code, pre):
        if isinstance(tag, Tag):
            named.append(str(tag.get("data-lang") or tag.get("data-language") or ""))
            classes = tag.get("class") or []
            words = classes if isinstance(classes, list) else str(classes).split()
            named += [word for word in words if word.startswith(("language-", "lang-"))]
            named += words if "hljs" in words else []
    for name in named:
        found = _LANGUAGE.fullmatch(name.strip())
        if found and found[1].lower() not in _NO_LANGUAGE:
            return found[1].lower()
    return ""
