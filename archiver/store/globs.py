"""Globs as in .gitignore, with git's own answers: an excluded folder takes all below with it, whatever follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from archiver.errors import ConfigError
from archiver.models.values import dataclass

_CLASSES = {
    "alpha": "A-Za-z", "digit": "0-9", "alnum": "A-Za-z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s",
    "blank": r" \t", "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9A-Fa-f", "cntrl": r"\x00-\x1f\x7f", "graph": "!-~",
    "print": " -~",
}  # fmt: skip
_NAMED_CLASS = re.compile(r"\[:([a-z]+):\]")
_TRAILING_BLANKS = re.compile(r"(?<!\\) +\Z")


@dataclass(frozen=True, slots=True)
class _Rule:
    regex: re.Pattern[str]
    takes: bool  # False: what begins with `!`, which gives back
    folders_only: bool
    whole: bool  # compared with the whole path, not with its last part


def glob_test(globs: Iterable[str], key: str) -> Callable[[str], bool]:
    """A function that tells whether a path (POSIX, relative; a folder ends in `/`) matches globs, as git tells it.

    Raises ConfigError, which names their `key` in the configuration, for a glob that can match nothing.
    """
    rules: list[_Rule] = []
    for glob in globs:
        try:
            rules += filter(None, [_rule(glob)])
        except ValueError as error:
            raise ConfigError(f"{key}: {error}") from error
    rules.reverse()

    inside: dict[str, bool] = {"": False}  # folder -> whether it is matched, and so all below it: asked for each file

    def folder_matches(folder: str) -> bool:
        if folder not in inside:
            above, _, name = folder.rpartition("/")
            inside[folder] = folder_matches(above) or _decision(rules, folder, name, is_folder=True)
        return inside[folder]

    of_files = [(rule.regex.fullmatch, rule.whole, rule.takes) for rule in rules if not rule.folders_only]

    def matches(path: str) -> bool:
        path = path if path.isascii() else _as_bytes(path)
        if path.endswith("/"):
            plain = path.rstrip("/")
            above, _, name = plain.rpartition("/")
            return folder_matches(above) or _decision(rules, plain, name, is_folder=True)
        above, _, name = path.rpartition("/")
        if inside[above] if above in inside else folder_matches(above):
            return True
        for fits, whole, takes in of_files:  # as `_decision`, without a call for each of 100,000 files
            if fits(path if whole else name):
                return takes
        return False

    return matches


def _as_bytes(text: str) -> str:
    """A character for each byte of the text: git compares bytes, so that `?` and `[…]` are one byte, and never
    one of the three of a Chinese character."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")


def _decision(rules: Iterable[_Rule], path: str, name: str, *, is_folder: bool) -> bool:
    """What the last of the rules says that is about this file or folder itself."""
    for rule in rules:
        if (is_folder or not rule.folders_only) and rule.regex.fullmatch(path if rule.whole else name):
            return rule.takes
    return False


def _rule(glob: str) -> _Rule | None:
    """A line of .gitignore; None for a comment or nothing. Raises ValueError."""
    text = _TRAILING_BLANKS.sub("", glob)
    if not text or text.startswith("#"):
        return None
    takes = not text.startswith("!")
    text = text if takes else text[1:]
    folders_only = text.endswith("/")
    text = text[:-1] if folders_only else text
    if not text:
        raise ValueError(f"{glob!r} matches nothing")
    whole = "/" in text
    return _Rule(
        re.compile(_regex(_as_bytes(text.removeprefix("/"))), re.DOTALL | re.ASCII), takes, folders_only, whole
    )


def _regex(text: str) -> str:
    parts, at = [], 0
    # git compares what stands before the first special character by itself, so that two stars right behind it stand as
    # if at the beginning.
    plain = next((n for n, mark in enumerate(text) if mark in "*?[\\"), 0)
    while at < len(text):
        mark = text[at]
        if mark == "*":
            end = at + len(text[at:]) - len(text[at:].lstrip("*"))
            apart = end - at == 2 and (at in {0, plain} or text[at - 1] == "/")
            if apart and end == len(text) and text[at - 1 : at] == "/":
                parts.append(".+")
            elif apart and text[end : end + 1] == "/":
                parts.append("(?:.*/)?")
                end += 1
            elif apart and end == len(text):
                parts.append(".*")
            else:
                parts.append("[^/]*")
            at = end
        elif mark == "?":
            parts.append("[^/]")
            at += 1
        elif mark == "[":
            part, at = _set(text, at)
            parts.append(part)
        else:
            if mark == "\\":
                at += 1
                if at == len(text):
                    raise ValueError(f"{text!r} ends in a lone backslash, so that it matches nothing")
            parts.append(re.escape(text[at]))
            at += 1
    return "".join(parts)


def _set(text: str, start: int) -> tuple[str, int]:
    """The characters between brackets, and where the pattern goes on. Raises ValueError."""
    at = start + 1
    negated = text[at : at + 1] in {"!", "^"}
    at += negated
    parts: list[str] = []
    while at < len(text) and (text[at] != "]" or not parts):
        if named := _NAMED_CLASS.match(text, at):
            if named[1] not in _CLASSES:
                raise ValueError(f"{text!r} has no set of characters {named[0]}")
            parts.append(_CLASSES[named[1]])
            at = named.end()
            continue
        first, at = _member(text, at)
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] not in {"", "]"}:
            last, at = _member(text, at + 1)
            parts.append(f"{re.escape(first)}-{re.escape(last)}" if first <= last else "")
        else:
            parts.append(re.escape(first))
    if at >= len(text):
        raise ValueError(f"{text!r} has a bracket that is not closed, so that it matches nothing")
    inside = "".join(parts)
    if not inside:
        return ("[^/]" if negated else "(?!)"), at + 1
    return f"(?!/)[{'^' if negated else ''}{inside}]", at + 1


def _member(text: str, at: int) -> tuple[str, int]:
    at += text[at] == "\\"
    if at >= len(text):
        raise ValueError(f"{text!r} has a bracket that is not closed, so that it matches nothing")
    return text[at], at + 1
