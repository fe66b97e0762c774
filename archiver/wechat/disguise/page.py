"""A captured page in disguise."""

from __future__ import annotations

from typing import NamedTuple

from archiver.wechat.disguise.addresses import address
from archiver.wechat.disguise.filler import Filler
from archiver.wechat.disguise.markup import disguised_markup, pieces
from archiver.wechat.disguise.scripts import disguised_script
from archiver.wechat.source import Script, decode_page, split_source


class Disguised(NamedTuple):
    """A page in UTF-8, and the address under which it is to be read."""

    page: bytes
    url: str


def disguised(body: bytes, url: str) -> Disguised:
    """The page `body` that came from `url`, with nothing of its author's in it: `read_page` makes the same of both but
    for the words, names and addresses. Equal pages give equal bytes. Raises PageError where no letters are left that
    could stand for those of the page."""
    text = decode_page(body)
    filler = Filler(f"{text}\n{url}")
    made_url = address(filler, url)
    markup, scripts = [], list[tuple[int, str]]()
    length = 0
    for part in split_source(text):
        if isinstance(part, str):
            markup.append(part)
            length += len(part)
        elif made := _script(filler, part):
            scripts.append((length, made))
    shown = "".join(pieces(filler, "".join(markup), tuple(scripts)))
    return Disguised(f"<!DOCTYPE html>\n{shown.strip()}\n".encode("utf-8", "replace"), made_url)


def _script(filler: Filler, script: Script) -> str:
    if script.role == "data":
        return f"<script>{disguised_script(filler, script.text)}</script>"
    if script.role == "template" and "content_tpl" in script.tag:
        return f'<script id="content_tpl" type="text/html">{disguised_markup(filler, script.text)}</script>'
    return ""
