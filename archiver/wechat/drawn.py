"""What WeChat's own scripts draw into a body: pages that were saved after they ran hold players and drawn cards."""

from __future__ import annotations

from collections import Counter

from archiver.dom import Tag

# A link or box that stands for something embedded: the class by which it is known.
_STANDS_FOR = frozenset({"js_plain-music_entry", "js_video_channel_card", "weapp_display_element"})
_PLAYER = "video_iframe"
# Elements, and the classes of what is drawn beside one of them. The element says it all.
_FAMILIES = (
    (("mp-miniprogram", "mp-common-miniprogram", "mp-weapp"), ("weapp_display_element", "js_weapp_display_element")),
    (("mpvoice", "mp-common-mpaudio"), ("audio_area", "js_audio_frame", "share_audio_context")),
    (("qqmusic", "mp-common-qqmusic"), ("qqmusic_area", "js_qqmusic_frame")),
)
_ELEMENTS = {name: family for family, (names, _) in enumerate(_FAMILIES) for name in names}
_COPIES = {name: family for family, (_, names) in enumerate(_FAMILIES) for name in names}


# The classes of all that.
CLASSES = _STANDS_FOR | {_PLAYER} | _COPIES.keys()


def is_element(tag: Tag) -> bool:
    """Whether `tag` is an element that WeChat's scripts hide when they have drawn it."""
    return tag.name in _ELEMENTS


def is_drawn(tag: Tag) -> bool:
    """Whether `tag` is a player, or a card or link that stands for something embedded."""
    classes = tag.attrs.get("class")
    if not classes:
        return False
    if not _STANDS_FOR.isdisjoint(classes):
        return True
    return _PLAYER in classes and tag.name != "iframe" and bool(tag.get("data-mpvid") or tag.get("vid"))


def drawn_copies(root: Tag) -> list[Tag]:
    """The drawn copies of elements that are there too: as many of each family as there are elements."""
    elements: Counter[int] = Counter()
    copies: list[tuple[int, Tag]] = []
    inside: set[int] = set()  # what is in a copy
    for tag in root.find_all(True):
        if tag.name in _ELEMENTS:
            elements[_ELEMENTS[tag.name]] += 1
            continue
        family = _family(tag)
        if family is None or id(tag) in inside:
            continue
        inside.update(map(id, tag.find_all(True)))
        copies.append((family, tag))
    seen: Counter[int] = Counter()
    found = []
    for family, tag in copies:
        seen[family] += 1
        if seen[family] <= elements[family]:
            found.append(tag)
    return found


def _family(tag: Tag) -> int | None:
    classes = tag.attrs.get("class") or ()
    return next((_COPIES[name] for name in classes if name in _COPIES), None)
