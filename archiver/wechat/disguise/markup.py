"""Markup without what its author put into it: tags as they stand, mended by nobody, attributes from a list."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator

from archiver.wechat.disguise import vocabulary as known
from archiver.wechat.disguise.addresses import address, anchor
from archiver.wechat.disguise.filler import Filler

_ATTRIBUTES = r"""(?:[^"'<>]++|"[^"]*+"|'[^']*+')*+"""
_UNREAD = r"<!--(?:.*?--!?>|.*)|<(?P<raw>script|style)\b(?:.*?</(?P=raw)\s*>|.*)"
_TOKEN = re.compile(
    rf"{_UNREAD}|<(?P<end>/?)(?P<name>[A-Za-z][^\s/<>]*)(?P<attributes>{_ATTRIBUTES}|[^<>]*+)>"
    r"|<[!?][^<>]*+>|</[^A-Za-z<>][^<>]*+>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([^\s"'>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
_DECLARATION = re.compile(r"""([a-z-]+)\s*:\s*((?:url\([^)]*\)|"[^"]*"|'[^']*'|[^;])*)""", re.IGNORECASE)
_URL = re.compile(r"""url\(\s*("[^"]*"|'[^']*'|[^()"'\s]*)\s*\)""", re.IGNORECASE)
_LANGUAGE = re.compile(r"(language-|lang-)?([A-Za-z][\w+#.-]{0,19})")
_POSITIVE = re.compile(r"\s*\d{0,9}(?:[1-9]|\.\d*[1-9])")
_FILLED = frozenset({"fill", "stroke", "stop-color"})
_DATED = re.compile(r"publish_time|post-date|rich_media_meta_text")  # elements that say when it was published
_MARKUP = re.compile(r"<[A-Za-z/!?]")


def holds_markup(text: str) -> bool:
    """Whether there is a tag in it."""
    return _MARKUP.search(text) is not None


def disguised_markup(filler: Filler, markup: str) -> str:
    """The markup with filler for its texts, and with those tags and attributes that are known."""
    return "".join(pieces(filler, markup, ()))


def pieces(filler: Filler, markup: str, between: tuple[tuple[int, str], ...]) -> Iterator[str]:
    """The same in pieces; `between`: what comes in at the first end of a token from a place of `markup` on."""
    position, waits, fill = 0, list(between), filler.text
    for token in _TOKEN.finditer(markup):
        yield _text(fill, markup[position : token.start()])
        while waits and waits[0][0] <= token.start():
            yield waits.pop(0)[1]
        position = token.end()
        if token["name"]:
            made = _tag(filler, token)
            yield made
            fill = filler.date if _DATED.search(made) else filler.text
    yield _text(fill, markup[position:])
    yield from (text for _, text in waits)


def _text(fill: Callable[[str], str], source: str) -> str:
    text = html.unescape(source)
    return html.escape(fill(text), quote=False).replace("\xa0", "&nbsp;") if text else ""


def tag_name(filler: Filler, name: str) -> str:
    """The name of a tag, or one that nobody knows of the same kind."""
    name = name.lower()
    if name in known.TAGS:
        return name
    begun = next((start for start in known.OF_WECHAT if name.startswith(start)), "o:" if ":" in name else "")
    return f"{begun}x{filler.number_of(f'<{name}>')}"


def _tag(filler: Filler, token: re.Match[str]) -> str:
    name = tag_name(filler, token["name"])
    if token["end"]:
        return f"</{name}>"
    source = token["attributes"]
    given = [(key.lower(), html.unescape(_bare(value))) for key, value in _ATTRIBUTE.findall(source)]
    first = dict(reversed(given))  # of two of a name, the first one counts
    if name == "meta":
        made = _meta(filler, first)
    else:
        made = {key: value for key, _ in given if (value := _attribute(filler, key, first[key])) is not None}
    shown = "".join(f' {key}="{html.escape(value)}"' for key, value in made.items())
    return f"<{name}{shown}{'/' if source.rstrip().endswith('/') else ''}>"


def _bare(value: str) -> str:
    return value[1:-1] if value[:1] in ("'", '"') else value


def _meta(filler: Filler, given: dict[str, str]) -> dict[str, str]:
    name = given.get("property") or given.get("name") or ""
    if name not in known.METAS:
        return {}
    content = given.get("content", "")
    made = address(filler, content) if name.endswith(("image", "url")) else plain_text(filler, content)
    return {"property" if given.get("property") else "name": name, "content": made}


def plain_text(filler: Filler, text: str) -> str:
    """Filler for a text that stands where no markup is: entities are as often escaped as they were, line breaks as
    meant (`\\\\x0a`, `\\\\n`)."""
    rounds = 0
    while rounds < 3 and not holds_markup(text) and (plain := html.unescape(text)) != text:
        text, rounds = plain, rounds + 1
    if holds_markup(text):
        made = disguised_markup(filler, text)
    else:
        breaks = re.split(r"(\\x0a|\\n)", text)
        made = "".join(part if n % 2 else filler.text(part) for n, part in enumerate(breaks))
    for _ in range(rounds):
        made = html.escape(made, quote=False)
    return made


def _attribute(filler: Filler, name: str, value: str) -> str | None:
    """What an attribute has in the disguise; None where it is left out."""
    if value.strip() in known.VALUES.get(name, ()):
        return value.strip()
    if name in known.TEXTS:
        return plain_text(filler, value)
    if name in known.ADDRESSES:
        return address(filler, value)
    if name in known.IDENTIFIERS:
        return filler.identifier(value.strip())
    if name in known.SPANS:
        return value if re.fullmatch(r"\d{1,2}", value) else None
    if name in known.SHAPES:
        return _shape(filler, name, value)
    handle = HANDLED.get(name)
    return handle(filler, value) if handle else None


def _classes(filler: Filler, value: str) -> str | None:
    kept = (_class(filler, name, value.split()) for name in value.split())
    return " ".join(filter(None, kept)) or None


def _class(filler: Filler, name: str, others: list[str]) -> str:
    if name in known.CLASSES:
        return name
    language = _LANGUAGE.fullmatch(name)
    if language and (language[1] or (name.lower() in known.LANGUAGES and "hljs" in others)):
        return f"{language[1] or ''}{_language(filler, language[2])}"
    word = known.CODE_WORDS.search(name)
    return word[0].lower() if word else ""


def _language(filler: Filler, value: str) -> str:
    return value.lower() if value.lower() in known.LANGUAGES else f"x{filler.number_of(value)}" if value else ""


def identity(filler: Filler, value: str) -> str:
    """The id of an element where it is known, else one that stands for it."""
    return value if value in known.IDS else anchor(filler, value)


def _style(filler: Filler, value: str) -> str | None:
    made = (_declaration(filler, name.lower(), said.strip()) for name, said in _DECLARATION.findall(value))
    return "; ".join(filter(None, made)) or None


def _declaration(filler: Filler, name: str, value: str) -> str:
    words = value.lower().removesuffix("!important").strip()
    if "url(" in words:
        found = _URL.search(value)
        name = name if name in known.IMAGE_STYLES else "x-image"
        return f'{name}: url("{address(filler, found[1].strip(chr(34) + chr(39)))}")' if found else ""
    if name == "font-weight":
        return f"{name}: {'bold' if re.match(r'bold|[6-9]00', words) else 'normal'}"
    if name in _FILLED:
        return f"{name}: {_shape(filler, name, words)}"
    return f"{name}: {words}" if words in known.STYLES.get(name, ()) else ""


def _shape(filler: Filler, name: str, value: str) -> str:
    """What draws: other shapes, as many different ones."""
    if name in _FILLED and value in ("none", "currentColor", "currentcolor"):
        return value
    if inner := re.search(r"#([\w.-]+)\s*['\"]?\s*\)", value):
        return f"url(#{anchor(filler, inner[1])})"
    number = filler.number_of(f"{name}={value}")
    if name in ("width", "height"):
        unit = re.fullmatch(r"\s*[\d.]+\s*(px|ex|em|pt|rem)?\s*", value)
        return f"{number}{unit[1] or ''}" if unit else "100%"
    form = {"d": "M0 0h{}", "points": "0,0 {},1", "transform": "translate({})", "viewbox": "0 0 {} 1"}.get(name, "{}")
    return f"#{number:06x}" if name in _FILLED else form.format(number)


def _vote(filler: Filler, value: str) -> str:
    """What is asked, and what may be answered, in the JSON that holds it."""
    try:
        found = json.loads(html.unescape(value))
    except (ValueError, RecursionError):
        return "[]"
    asked = found if isinstance(found, list) else []
    made = []
    for one in filter(lambda one: isinstance(one, dict), asked):
        options = [o for o in one.get("options") or [] if isinstance(o, dict)]
        answers = [{"name": filler.text(str(option.get("name") or ""))} for option in options]
        made.append({"title": filler.text(str(one.get("title") or "")), "options": answers})
    return json.dumps(made, ensure_ascii=False)


def _milliseconds(_filler: Filler, value: str) -> str | None:
    return ("61000" if len(value) > 4 else "61") if value.isdigit() else None


def _positive(said: str) -> Callable[[Filler, str], str]:
    return lambda _filler, value: said if _POSITIVE.match(value) else "0"


HANDLED: dict[str, Callable[[Filler, str], str | None]] = {
    "class": _classes,
    "id": identity,
    "style": _style,
    "data-lang": _language,
    "data-language": _language,
    "data-votesubject": _vote,
    "data-w": _positive("640"),
    "data-ratio": _positive("0.75"),
    "play_length": _milliseconds,
    "data-play_length": _milliseconds,
    "data-formula-type": lambda _filler, value: "block-equation" if "block" in value else "inline-equation",
}
