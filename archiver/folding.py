"""Text as search sees it: width and case do not count, every other character does; and what is kept of it to find it.

The static site's script does the same in JavaScript (`reader/assets/reader.js`); a test holds the two equal.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator

# ASCII signs as characters that FTS5's `ascii` tokenizer takes for letters; `fold` drops these from texts.
_FIRST_SIGN = 0x10FE00
_SIGNS = {n: chr(_FIRST_SIGN + n) for n in range(128) if not chr(n).isalnum()}
_DROPPED = re.compile(f"[{chr(_FIRST_SIGN)}-{chr(_FIRST_SIGN + 127)}\x00]")
_CLUSTER = re.compile("[^\u0300-\u036f\u3099\u309a\uff9e\uff9f][\u0300-\u036f\u3099\u309a\uff9e\uff9f]*|.", re.DOTALL)

# One printable character for a gap of 1 to 89; `~` adds 89 to the next. Neither quote nor backslash is among them.
_GAP_CODES = [chr(n) for n in range(32, 126) if chr(n) not in "\"'\\<&"]
_LONGEST = len(_GAP_CODES)
_WIDTH_CODES = "0123456789abcdefghijklmnopqrstuvw"


def fold(text: str) -> str:
    """`text` with full and half width, upper and lower case made one (NFKC, then lower case), white space collapsed."""
    plain = unicodedata.normalize("NFKC", _DROPPED.sub("", text))
    # Character by character: Greek sigma's final form would depend on what follows, which a query does not know.
    lower = "".join(map(str.lower, plain)) if not plain.isascii() else plain.lower()
    return " ".join(unicodedata.normalize("NFKC", lower).split())


def fold_map(text: str) -> tuple[str, list[int]]:
    """`fold(text)`, and for each of its characters where it begins in `text`, with the text's length as the last.

    Where folding reaches over characters so that places cannot be told, the text that they refer to would differ: then
    the list is empty.
    """
    folded: list[str] = []
    places: list[int] = []
    for match in _CLUSTER.finditer(text):
        part = match[0]
        new = " " if part.isspace() else fold(part)
        if new == " " and (not folded or folded[-1] == " "):
            continue
        folded += new
        places += [match.start()] * len(new)
    if folded and folded[-1] == " ":
        folded.pop()
        places.pop()
    whole = "".join(folded)
    return (whole, [*places, len(text)]) if whole == fold(text) else (fold(text), [])


def bigrams(lines: Iterable[str]) -> str:
    """Folded lines as the tokens of the full-text index: every two neighbours, and each line's last character."""
    return " ".join(token for line in lines for token in _pairs(line.translate(_SIGNS)))


def _pairs(line: str) -> Iterator[str]:
    return (line[n : n + 2] for n in range(len(line)))


def match_expression(term: str) -> str:
    """The FTS5 expression that finds exactly the texts that hold the folded `term`, which must not be empty."""
    text = term.translate(_SIGNS)
    if len(text) == 1:
        return f'"{text}" *'  # every pair that begins with it
    return '"' + " ".join(text[n : n + 2] for n in range(len(text) - 1)) + '"'


def keys(line: str) -> set[str]:
    """What of a folded line goes into a signature: characters, pairs, and triples of ASCII.

    Pairs of Latin letters are in every text and tell little; triples do.
    """
    found = set(line)
    found.update(line[n : n + 2] for n in range(len(line) - 1))
    found.update(line[n : n + 3] for n in range(len(line) - 2) if line[n : n + 3].isascii())
    return found


def signature(lines: Iterable[str]) -> str:
    """A sketch of folded lines from which a term's absence can be told (wrongly present: about 3 % of the keys).

    A width code (2^width places, 24 to 48 for each key), then the ascending hashes' gaps, one printable character each.
    """
    found: set[str] = set()
    for line in lines:
        found |= keys(line)
    if not found:
        return ""
    width = max(5, (len(found) * 24 - 1).bit_length())
    hashes = sorted({zlib.crc32(key.encode("utf-16-le", "surrogatepass")) >> (32 - width) for key in found})
    codes, last = [_WIDTH_CODES[width]], -1
    for value in hashes:
        longer, rest = divmod(value - last - 1, _LONGEST)
        codes.append("~" * longer + _GAP_CODES[rest])
        last = value
    return "".join(codes)


def may_hold(sketch: str, term: str) -> bool:
    """Whether a text with that `signature` may hold the folded `term`."""
    if not sketch:
        return False
    width = _WIDTH_CODES.index(sketch[0])
    wanted = {zlib.crc32(key.encode("utf-16-le", "surrogatepass")) >> (32 - width) for key in keys(term)}
    value = -1
    for code in sketch[1:]:
        if code == "~":
            value += _LONGEST
            continue
        value += _GAP_CODES.index(code) + 1
        wanted.discard(value)
    return not wanted
