"""Text as search sees it: width and case do not count, every other character does; and what is kept of it to find it.

The static site's script does the same in JavaScript (`reader/assets/reader.js`); a test holds the two equal.
"""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator

# ASCII signs as characters that FTS5's `ascii` tokenizer takes for letters; `fold` drops these from texts.
_FIRST_SIGN = 0x10FE00
_SIGNS = {n: chr(_FIRST_SIGN + n) for n in range(128) if not chr(n).isalnum()}
# Characters that show nothing (Default_Ignorable_Code_Point of Unicode): a word that holds one is the word.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_DROPPED = re.compile(f"[{chr(_FIRST_SIGN)}-{chr(_FIRST_SIGN + 127)}\x00{_INVISIBLE}]")
_CLUSTER = re.compile("[^\u0300-\u036f\u3099\u309a\uff9e\uff9f][\u0300-\u036f\u3099\u309a\uff9e\uff9f]*|.", re.DOTALL)

# Two of these 91 characters hold 13 bits. Neither quote, backslash nor `<` is among them.
_CODES = "".join(chr(n) for n in range(33, 127) if chr(n) not in '"\\<')
_SPREAD = 12  # places for each key: one key in 12 that is not there seems to be
_MOST_BITS = 64  # a text of one sentence, repeated, has next to no keys for its size
_FEWEST = 2
_SHARE = 0.3  # of the text, in bytes of UTF-8, that its sketch may take: short texts get fewer places


def fold(text: str) -> str:
    """`text` with full and half width, upper and lower case made one (NFKC, then lower case), white space collapsed,
    and without characters that show nothing."""
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


def _hash(key: str, places: int) -> int:
    return zlib.crc32(key.encode("utf-16-le", "surrogatepass")) % places


def signature(lines: Iterable[str]) -> str:
    """A sketch of folded lines from which a term's absence can mostly be told, its presence never denied.

    The keys' hashes, in ascending order, as a Rice code of their differences (Golomb-coded set): the number of places,
    the code's width and its bits, apart by `:`.
    """
    found: set[str] = set()
    size = 0
    for line in lines:
        found |= keys(line)
        size += len(line.encode(errors="surrogatepass"))
    if not found:
        return ""
    # A difference costs about log2(places for each key) + 1.5 bits.
    spread = min(_SPREAD, max(_FEWEST, 2 ** min(_MOST_BITS, _SHARE * size * 6.5 / len(found) - 1.5)))
    places = round(spread * len(found))
    width = max(0, round(math.log2(spread * math.log(2))))
    bits, last = [], -1
    for value in sorted({_hash(key, places) for key in found}):
        many, rest = divmod(value - last - 1, 1 << width)
        bits.append("1" * many + "0" + (f"{rest:0{width}b}" if width else ""))
        last = value
    return f"{places}:{width}:{_pack(''.join(bits))}"


def _pack(bits: str) -> str:
    """Bits as text; filled up with ones, which begin a number that never ends."""
    bits += "1" * (-len(bits) % 13)
    numbers = (int(bits[n : n + 13], 2) for n in range(0, len(bits), 13))
    return "".join(_CODES[number // 91] + _CODES[number % 91] for number in numbers)


def hashes_in(sketch: str) -> tuple[int, list[int]]:
    """The number of places of a signature, and the hashes in it; (0, []) for that of no text."""
    if not sketch:
        return 0, []
    places, width, packed = sketch.split(":", 2)
    pairs = zip(packed[::2], packed[1::2], strict=True)
    bits = "".join(f"{_CODES.index(a) * 91 + _CODES.index(b):013b}" for a, b in pairs)
    found, last, at = [], -1, 0
    while (end := bits.find("0", at)) >= 0:
        rest = bits[end + 1 : end + 1 + int(width)]
        last += 1 + ((end - at) << int(width)) + int(rest or "0", 2)
        found.append(last)
        at = end + 1 + int(width)
    return int(places), found


def may_hold(sketch: str, term: str) -> bool:
    """Whether a text with that `signature` may hold the folded `term`."""
    places, found = hashes_in(sketch)
    return bool(places) and {_hash(key, places) for key in keys(term)} <= set(found)
