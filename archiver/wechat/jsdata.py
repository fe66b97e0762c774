"""The page's own data: which of its scripts hold any, and what they assign.

`window.cgiDataNew = {…}` comes in two dialects: until 2026-04 every string is `JsDecode('…')`, later plain `'…'` with
hexadecimal escapes. Older pages assign globals (`var msg_title = "…"`) or members of `cgiData` (`d.title = "…"`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archiver.wechat.jsvalue import Reader, Value

# No string spans lines here, so that an odd quote in a comment or a regular expression costs one line only.
_LINE_STRING = r""""[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'"""
# What is read; the members only as `d.x`, `cgiData.x` or `window.x`, since their names are common.
_GLOBALS = (
    "biz mid idx sn appmsgid itemidx msg_title nickname author ct create_time createTime ori_create_time publish_time"
    " msg_desc msg_cdn_url cdn_url_235_1 cdn_url_1_1 cdn_url_16_9 msg_link msg_source_url item_show_type"
    " real_item_show_type picture_page_info_list is_pay_subscribe copyright_stat _copyright_stat user_name"
    " transferTargetLink videoPageInfos mp_video_trans_info __mpVideoTransInfo"
    " page_type reprint_type source_biz source_encode_biz source_mid source_idx del_reason"
)
_MEMBERS = "title nick_name desc name ori_send_time content text_page_info video_page_info video_page_infos"
# The next name that something is assigned to, with all that comes before it: to go over that in one step takes half of
# the time of a search. What is in strings is passed over; a quote that begins none is a sign like others.
_ASSIGNED = re.compile(rf"""(?:[^\w$."']++|[\w$.]++(?!\s*+=(?!=))|{_LINE_STRING}|["'])*+(?P<name>[\w$.]++)\s*+=(?!=)""")
_OWNED = re.compile(r"(?P<owner>window\.cgiData\.|_g\.cgiData\.|cgiData\.|d\.|window\.|_g\.)?(?P<name>[A-Za-z_]\w*)")
_KNOWN = frozenset(_GLOBALS.split()) | frozenset(_MEMBERS.split())
_ONLY_MEMBERS = frozenset(_MEMBERS.split())
_ENDINGS = frozenset(name[-2:] for name in _KNOWN)
_LONGEST = max(map(len, _KNOWN))
_IS_KNOWN = re.compile(rf"(?<![\w$])(?:{'|'.join(sorted(_KNOWN))})\Z")
_CGI = re.compile(r"\bcgiDataNew\s*=\s*(?=\{\s*[\w'\"]+\s*:)")
_ALBUM = re.compile(r"\bcgiData\s*=\s*(?=\{\s*[\w'\"]+\s*:)")
_INNER_HTML = re.compile(
    r"""(?:getElementById\(\s*["']|querySelector\(\s*["']\#|\$\(\s*["']\#)(?P<id>[\w-]+)["']\s*\)\s*\.\s*"""
    r"""(?:(?:innerHTML|innerText|textContent)\s*=(?!=)|html\(|insertAdjacentHTML\(\s*["']\w+["']\s*,)\s*"""
    r"""(?=["'`]|(?P<name>[A-Za-z_$][\w$]*)\s*(?:[;\n)]|\Z))"""
)
_ELEMENTS = ("getElementById(", "querySelector(", "$(")  # what _INNER_HTML begins with
_SETTERS = ("innerHTML", "innerText", "textContent", ".html(", "insertAdjacentHTML(")
_AUTHORS = frozenset({"js_share_notice", "js_content"})  # what the page's template leaves to a script
_CHINESE = re.compile(r"[\u3400-\u9fff]|\\u[4-9][0-9a-fA-F]{3}")
_WORDS = 2_000  # characters in which a text has a Chinese one
_WRITTEN = re.compile(r"document\.write\(\s*(?=[\"'])")


def holds_cgi(script: str) -> bool:
    """Whether the script assigns a filled object literal to `cgiDataNew`."""
    return "cgiDataNew" in script and _CGI.search(script) is not None


def holds_assignments(script: str) -> bool:
    """Whether the script may hold one of the values that are read from pages."""
    return (
        holds_cgi(script)
        or "document.write(" in script
        or "articleList" in script
        or any(_IS_KNOWN.search(script, max(0, end - _LONGEST), end) for end, _ in _assignments(script))
    )


def _assignments(script: str) -> Iterator[tuple[int, int]]:
    """Where what may be a known name ends, and the `=` behind it. To look at each `=` takes a third of the time of
    looking for the names."""
    at = script.find("=")
    while at >= 0:
        end = at
        while end and script[end - 1].isspace():
            end -= 1
        if script[end - 2 : end] in _ENDINGS and not script.startswith("=", at + 1):
            yield end, at
        at = script.find("=", at + 1)


def read_cgi(scripts: Iterable[str]) -> dict[str, Value]:
    """`window.cgiDataNew` of the page, or {} where it has none; what comes after damage may be missing."""
    for script in scripts:
        found = _CGI.search(script) if "cgiDataNew" in script else None
        if found:
            value = Reader(script, found.end()).value()
            if isinstance(value, dict) and value:
                return value
    return {}


def read_album_data(scripts: Iterable[str]) -> dict[str, Value]:
    """`window.cgiData` of an album's page, or {}."""
    for script in scripts:
        found = _ALBUM.search(script) if "articleList" in script else None
        if found:
            value = Reader(script, found.end()).value()
            if isinstance(value, dict) and value:
                return value
    return {}


def read_globals(scripts: Iterable[str]) -> dict[str, Value]:
    """The first non-empty value of each known global; members of `cgiData` are listed as `d.<name>`."""
    found: dict[str, Value] = {}
    for script in scripts:
        if holds_cgi(script):
            continue  # its strings hold whole articles, and those may quote scripts
        for owner, name, position in _assigned(script):
            if name in _ONLY_MEMBERS and not owner:
                continue
            key = f"d.{name}" if owner not in ("", "window.", "_g.") else name
            if not found.get(key):
                found[key] = Reader(script, position).value()
    return found


def _assigned(script: str) -> Iterator[tuple[str, str, int]]:
    """What is assigned to the names that are known: whose member it is, the name, and where the value begins. Read are
    only the lines that have one: no string goes on in the next line."""
    position = 0
    for end, at in _assignments(script):
        position = max(position, script.rfind("\n", position, end) + 1)
        while position <= at and (match := _ASSIGNED.match(script, position)):
            position = match.end()
            named = _OWNED.fullmatch(match["name"])
            if named and named["name"] in _KNOWN:
                yield named["owner"] or "", named["name"], position


def holds_inner_html(script: str) -> bool:
    """Whether the script writes words of the page's author into an element of the page."""
    return next(_literals_for(script), None) is not None


def read_inner_html(scripts: Iterable[str]) -> dict[str, str]:
    """The first literal that a script writes into the element of each id, its line breaks as markup."""
    contents: dict[str, str] = {}
    for script in scripts:
        for name, position in _literals_for(script):
            value = "" if name in contents else Reader(script, position).value()
            if isinstance(value, str) and value.strip():
                contents[name] = value.replace("\r", "").replace("\n", "<br>")
    return contents


def _literals_for(script: str) -> Iterator[tuple[str, int]]:
    """Ids of elements into which a script writes words, and where these begin in the script: there, or where a name is
    given to them. Of other elements than those of the author, what is in Chinese: code writes markup, too."""
    for at in _elements_named(script) if any(map(script.__contains__, _SETTERS)) else ():
        found = _INNER_HTML.match(script, at)
        if found is None:
            continue
        start = found.end()
        if found["name"]:
            named = re.search(rf"(?<![\w$.]){re.escape(found['name'])}\s*=\s*(?=[\"'`])", script)
            if named is None:
                continue
            start = named.end()
        if found["id"] in _AUTHORS or _CHINESE.search(script, start, start + _WORDS):
            yield found["id"], start


def _elements_named(script: str) -> list[int]:
    """Where elements are asked for. To look for the words takes a tenth of the time of a search for the whole."""
    places: list[int] = []
    for words in _ELEMENTS:
        at = script.find(words)
        while at >= 0:
            places.append(at)
            at = script.find(words, at + 1)
    return sorted(places)


def read_scripted(scripts: Iterable[str]) -> str:
    """The first string that a script of the page writes into the document: the text of picture posts of 2018."""
    for script in scripts:
        found = _WRITTEN.search(script)
        if found:
            value = Reader(script, found.end()).value()
            if isinstance(value, str):
                return value
    return ""
