"""Where a note's front matter ends: YAML, TOML and JSON, with the fences that site generators and editors take.

`---` as GitHub, Jekyll and Obsidian do; `---toml` and the like as gray-matter does (Eleventy); `+++` and a lone
JSON object as Hugo does; four dashes and more, `;;;` around JSON, and either without its first fence as Hexo does
(hexo-front-matter 5.0.0, `split`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

_YAML = re.compile(rb"(-{3,})[ \t]*\r?\n(?=\S|[ \t]+\S)")
_YAML_END = re.compile(rb"^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_NAMED = re.compile(rb"---[ \t]*(?:ya?ml|toml|json5?)[ \t]*\r?\n", re.IGNORECASE)
_TOML = re.compile(rb"\+\+\+[ \t]*\r?\n(?=#|\[|[^\s=][^=\r\n]*=)")
_TOML_END = re.compile(rb"^\+\+\+[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_JSON = re.compile(rb"(?:(;{3,})[ \t]*\r?\n)?(?=[ \t]*[\"{])")
_JSON_END = re.compile(rb"^;{3,}[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_OBJECT = re.compile(rb"\{[ \t]*\r?\n")
_OBJECT_END = re.compile(rb"^\}[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_OPEN = re.compile(rb"[A-Za-z][\w-]*:(?:[ \t]|\r?\n)")
_OPEN_END = re.compile(rb"^-{3,}[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
# One of these has every post; a heading that is underlined with dashes has none at the start of a line.
_POST = re.compile(rb"^(?:title|date|layout|categories|tags|permalink):(?:[ \t]|\r?$)", re.MULTILINE)
_COMMENT = re.compile(rb"[ \t]*(?:#|$)")
_KEY = re.compile(rb"!!|[ \t]*[^\s:#][^:\r\n]*:(?:[ \t]|$)")
# What YAML also takes but people write in notes too: an item of a list, or a key without a space behind its colon.
_MAYBE = re.compile(rb"-(?:[ \t]+(?!\[[ xX]\])|$)|[A-Za-z_\x80-\xff][\w\x80-\xff-]*:(?!//)")


def front_matter_end(source: bytes) -> int:
    """Return the length in bytes of the front matter at the very top of a note, or 0. `source` is UTF-8."""
    if match := _YAML.match(source):
        fence = re.escape(match[1])
        ending = _YAML_END if len(match[1]) == 3 else re.compile(rb"^" + fence + rb"[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
        end = ending.search(source, match.end())
        return end.end() if end and _is_yaml(source[match.end() : end.start()].splitlines()) else 0
    if match := _NAMED.match(source):
        end = _YAML_END.search(source, match.end())
        return end.end() if end else 0
    if match := _TOML.match(source):
        end = _TOML_END.search(source, match.end())
        return end.end() if end else 0
    if match := _JSON.match(source):
        return _json_end(source, match.end())
    return _open_end(source) if _OPEN.match(source) else 0


def _json_end(source: bytes, start: int) -> int:
    """Where the JSON that begins at `start` ends, in front of a fence, or by itself where it is an object."""
    lone = start == 0 and _OBJECT.match(source) is not None
    end = (_OBJECT_END if lone else _JSON_END).search(source, start)
    if not end:
        return 0
    said = source[start : end.end() if lone else end.start()].decode(errors="replace").strip()
    try:
        value = json.loads(said if said.startswith("{") else f"{{{said}}}")
    except (ValueError, RecursionError):
        return 0
    return end.end() if value else 0


def _open_end(source: bytes) -> int:
    """Where YAML without a first fence ends; 0 where it is rather a paragraph or a heading."""
    end = _OPEN_END.search(source)
    said = source[: end.start()] if end else b""
    lines = said.splitlines()
    good = _POST.search(said) and all(line.strip() for line in lines) and _is_yaml(lines, strict=True)
    return end.end() if end and good else 0


def _is_yaml(lines: Sequence[bytes], *, strict: bool = False) -> bool:
    """Tell whether what stands between two `---` looks like YAML: many notes begin with a thematic break.

    Its first line decides, or all where that is not clear or `strict` asks for it. Lines with Markdown links are not
    YAML then.
    """
    said = [line for line in lines if not _COMMENT.match(line)]
    if not strict and (not said or _KEY.match(said[0])):
        return True
    deeper = (b" ", b"\t")
    return bool(_MAYBE.match(said[0].lstrip()) or _KEY.match(said[0])) and all(
        (line.startswith(deeper) or _KEY.match(line) or _MAYBE.match(line)) and b"](" not in line for line in said
    )
