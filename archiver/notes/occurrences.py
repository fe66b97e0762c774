"""A second reading of a note, which knows no Markdown: every place in its bytes where one of some hosts is named.

It shares no code with the parser, so that what the parser passes over is seen: each occurrence has to be accounted for
by something that the parser found there (account.py).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from html.entities import html5

from archiver.models import Span
from archiver.models.values import dataclass

MOST_SHOWN = 160  # characters of an address

# One character written in another way: %2F, %252F, &#47;, &sol;, \u002f, \x2f, \/, a full-width form, or no character
# at all, such as a zero-width space.
_OTHERWISE = re.compile(
    r"%(?:25)*(?P<percent>[0-7][0-9a-f])"
    r"|&(?:amp;)*(?:#0*(?P<decimal>[0-9]{1,3})|#x0*(?P<hex>[0-9a-f]{2})|(?P<name>period|sol|colon|equals|quest|amp)\b);?"
    r"|\\(?:u00|x)(?P<escape>[0-7][0-9a-f])"
    r"|\\(?P<plain>[!-/:-@\[-`{-~])"
    r"|\\(?P<space>[nrt])(?![a-z]*[\\/])"
    r"|(?P<wide>[\uff01-\uff5e\u3002\uff61])"
    r"|[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]",
    re.IGNORECASE,
)
# Of what is meant by that, letters and digits: in UTF-8 and GB18030.
_NOT_PLAIN = (
    r"%(?:25)*[4-7][0-9a-f]|&#|\\u00[4-7]|\\x[4-7]|\xef\xbd|\xef\xbc|\xe2\x80|\xc2\xad|\xef\xbb|\xa3[\xc1-\xfa]"
)
_BEFORE = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?/{0,4}\Z")
_ENDS = re.compile(r"""[\s"'<>`|{}\\^]|[^\x00-\x7f]""")
_PAGE = re.compile(r"(?::[0-9]*)?(?:/+[\w%&=?.~-]|/*\?)", re.ASCII)
_GOES_ON = re.compile(r"(?!https?:)(?:[a-z0-9]|-[a-z0-9]|\.[a-z0-9])", re.ASCII)
_PATH_OF_ANOTHER = re.compile(r"//[a-z0-9.-]+[/?][\w%&=?./~:+-]*[\w%&=-]\Z", re.ASCII)
_MARK = b"\xef\xbb\xbf"
_LABELS = re.compile(r"[a-z0-9_.-]*\Z")
_LINE_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A host named in a note: the span of its name, its line and column (both from 1, in characters), the address as it
    is written there, cut after some length, and whether more than the host is named."""

    span: Span
    line: int
    column: int
    address: str
    is_page: bool


def occurrences(data: bytes, hosts: Sequence[str]) -> Iterator[Occurrence]:
    """Yield every occurrence of the hosts in a note's bytes, in order; a host that begins with a dot stands for all its
    subdomains.

    Found in UTF-8, GB18030, UTF-16, UTF-32 and whatever else keeps ASCII; percent-encoded, with character references or
    escapes, in full-width characters, in upper case, without a scheme, and inside other addresses.
    """
    names = _pattern(tuple(hosts))
    for text, encoding, at in _readings(data):
        plain = _Plain(text)
        if matches := [match for match in names.finditer(plain.text) if _is_whole(plain.text, match)]:
            yield from _located(text, (encoding, at), plain, matches)
            return


def may_name(data: bytes, hosts: Sequence[str]) -> bool:
    """Tell, at little cost, whether a note may name one of the hosts; False is certain."""
    return b"\0" in data or _hint(tuple(hosts)).search(data) is not None


@cache
def _hint(hosts: tuple[str, ...]) -> re.Pattern[bytes]:
    """The longest label of each host, or any letter that is not written plainly."""
    labels = {max(host.split("."), key=len) for host in hosts}
    return re.compile("|".join([*map(re.escape, sorted(labels)), _NOT_PLAIN]).encode("latin-1"), re.IGNORECASE)


@cache
def _pattern(hosts: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(host.lower()) for host in hosts))


def _readings(data: bytes) -> Iterator[tuple[str, str, int]]:
    """The note's text, its encoding and where it begins, in every encoding that it may have."""
    wide = data[: len(data) // 4 * 4]
    if b"\0\0\0" in data:
        yield wide.decode("utf-32-le", "replace"), "utf-32-le", 0
        yield wide.decode("utf-32-be", "replace"), "utf-32-be", 0
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            yield data[2 : len(data) // 2 * 2].decode(encoding, "surrogatepass"), encoding, 2
    if b"\0" in data:
        even = data[: len(data) // 2 * 2]
        yield even.decode("utf-16-le", "surrogatepass"), "utf-16-le", 0
        yield even.decode("utf-16-be", "surrogatepass"), "utf-16-be", 0
    mark_length = len(_MARK) if data.startswith(_MARK) else 0
    for encoding in ("utf-8", "gb18030"):
        try:
            yield data[mark_length:].decode(encoding), encoding, mark_length
        except UnicodeDecodeError:
            continue
        return
    yield data.decode("latin-1"), "latin-1", 0


class _Plain:
    """A text in lower case with every character written plainly, and the way back to where each stood."""

    def __init__(self, text: str) -> None:
        parts: list[str] = []
        at = length = 0
        self._plain, self._source = [0], [0]
        for match in _OTHERWISE.finditer(text):
            parts += (text[at : match.start()], new := _character(match))
            length += match.start() - at + len(new)
            at = match.end()
            self._plain.append(length)
            self._source.append(at)
        parts.append(text[at:])
        self.text = "".join(map(_lower, parts))

    def source(self, offset: int) -> int:
        """Where the character at `offset` began."""
        index = bisect_right(self._plain, offset) - 1
        return self._source[index] + offset - self._plain[index]


def _lower(part: str) -> str:
    lower = part.lower()
    return lower if len(lower) == len(part) else part  # the offsets have to stay


def _character(match: re.Match[str]) -> str:
    """The character that is meant."""
    if name := match["name"]:
        return html5[name.lower() + ";"]
    if wide := match["wide"]:
        return "." if wide in "\u3002\uff61" else chr(ord(wide) - 0xFEE0)
    if match["space"]:
        return " "
    code = match["percent"] or match["hex"] or match["escape"]
    number = int(code, 16) if code else int(match["decimal"] or 0)
    return match["plain"] or (chr(number) if 0 < number < 128 else "\n" if match["decimal"] else "")


def _is_whole(text: str, match: re.Match[str]) -> bool:
    """Whether what was found is a host, and no part of the name of another."""
    before = text[match.start() - 1 : match.start()]
    family = match[0].startswith(".")
    apart = not (before.isascii() and (before.isalnum() or before in "-_.") and before) or _in_path(text, match.start())
    return (bool(before) if family else apart) and not _GOES_ON.match(text, match.end())


def _in_path(text: str, end: int) -> bool:
    """Whether what stands before `end` is the path or query of an address, behind which another is glued."""
    return _PATH_OF_ANOTHER.search(text, max(0, end - 200), end) is not None


def _located(
    text: str, encoding: tuple[str, int], plain: _Plain, matches: Sequence[re.Match[str]]
) -> Iterator[Occurrence]:
    """Where the matches stand in the note; `encoding`: what the text is in, and from which byte on."""
    codec, place = encoding
    ends = [0, *(match.end() for match in _LINE_END.finditer(text))]
    reached = 0

    def size(start: int, end: int) -> int:
        return len(text[start:end].encode(codec, "surrogatepass" if codec.startswith("utf") else "strict"))

    for match in matches:
        begin = _begin(_LABELS, plain.text, match.start()) if match[0].startswith(".") else match.start()
        start, end = plain.source(begin), plain.source(match.end())
        place += size(reached, start)
        reached = start
        line = bisect_right(ends, start)
        yield Occurrence(
            Span(place, place + size(start, end)),
            line,
            start - ends[line - 1] + 1,
            _shown(text, plain, _begin(_BEFORE, plain.text, begin), match.end()),
            _PAGE.match(plain.text, match.end()) is not None,
        )


def _begin(what: re.Pattern[str], text: str, end: int) -> int:
    """Where that begins which stands right before `end`."""
    found = what.search(text, max(0, end - 64), end)
    return found.start() if found else end


def _shown(text: str, plain: _Plain, start: int, host_end: int) -> str:
    """The address as it is written from `start` on, as far as anyone needs it to find the place."""
    most = min(host_end + MOST_SHOWN, len(plain.text))
    end = _ENDS.search(plain.text, host_end, most)
    return text[plain.source(start) : plain.source(end.start() if end else most)][:MOST_SHOWN]
