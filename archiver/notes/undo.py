"""Take rewrites back: what was put into a note, and the edits that restore what stood there."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Container, Sequence
from html import escape
from urllib.parse import unquote

from archiver.models import Edit, Form, Link, Span
from archiver.models.rewrites import LOCAL, Rewritten, around
from archiver.models.values import dataclass
from archiver.notes.escapes import escape_destination
from archiver.notes.find import find
from archiver.notes.originals import original_url
from archiver.notes.rewrite import Change
from archiver.notes.splice import new_spans
from archiver.notes.text import decode
from archiver.store.layout import target_of


@dataclass(frozen=True, slots=True)
class Undo:
    """How to restore a note. `exact`: every rewrite stands where it was made.

    Of `ambiguous` it is not certain what stood there: they get a URL that leads to the same article or image (those
    among `unsure`, which are some of `edits`), or stay, where an appended link was edited by hand. Of `gone` nothing is
    left in the note.
    """

    edits: tuple[Edit, ...]
    ambiguous: tuple[Rewritten, ...] = ()
    gone: tuple[Rewritten, ...] = ()
    unsure: frozenset[Edit] = frozenset()
    exact: bool = False


@dataclass(frozen=True, slots=True)
class _Pair:
    """A link in a note and the record by which it is restored; not `sure` where it may be the owner's own link."""

    link: Link
    item: Rewritten
    sure: bool = True


def record(
    data: bytes,
    changes: Sequence[Change],
    target_of_path: Callable[[str], str],
    unsure: Collection[int] = (),
) -> tuple[Rewritten, ...]:
    """Describe the changes of a note, given as the bytes before them, for the journal.

    `target_of_path` turns a path relative to the note into one relative to the archive's root, or into `./` and the
    path where that was only mended. `unsure` are offsets of URLs in `data` that are not certain to be what the user
    wrote.
    """
    encoding = decode(data).encoding
    seen: Counter[str] = Counter()
    result = []
    ordered = sorted(changes, key=lambda change: (change.edit.span.start, change.edit.span.end))
    for change, new in zip(ordered, new_spans(change.edit for change in ordered), strict=True):
        span, target = change.edit.span, target_of(target_of_path(change.path))
        result.append(
            Rewritten(
                target=target,
                original=data[span.start : span.end].decode(encoding),
                form=change.link.form,
                around=around(change.path, change.edit.new.decode(encoding)),
                occurrence=seen[target],
                offset=new.start,
                length=new.end - new.start,
                unsure=any(span.start <= offset < span.end for offset in unsure),
            )
        )
        seen[target] += 1
    return tuple(result)


def edits_to_undo(
    data: bytes,
    recorded: Sequence[Rewritten],
    *,
    edited: bool = False,
    url_of: Callable[[str], str | None] = lambda _: None,
) -> Undo:
    """Return the edits that restore a rewritten note, given as the bytes that it has now.

    Where every rewrite still stands at its recorded offset, exactly these are taken back (a note that only grew at its
    end looks the same: `edited` says that the caller knows better). Else the note was edited since: each destination
    that is still a recorded target's path (relative to wherever the note is now) gets an original of that target back,
    by order of occurrence. Where that order is not certain because some are missing or were added, and the originals
    differ, it gets the target's URL that `url_of` knows (or else one of the originals) and is reported as ambiguous. Of
    links that were added, those that look like a rewritten one get its original and are ambiguous; the others stay.
    """
    encoding = decode(data).encoding
    exact = [
        (Edit(Span(item.offset, item.offset + item.length), item.original.encode(encoding)), item)
        for item in recorded
        if _stands(item, data, encoding)
    ]
    if len(exact) == len(recorded) and not edited:
        unsure = [(edit, item) for edit, item in exact if item.unsure]
        return Undo(
            edits=tuple(edit for edit, _ in exact),
            ambiguous=tuple(item for _, item in unsure),
            unsure=frozenset(edit for edit, _ in unsure),
            exact=True,
        )
    return _by_target(data, recorded, encoding, url_of)


def _stands(item: Rewritten, data: bytes, encoding: str) -> bool:
    """Whether a rewrite stands at its recorded place."""
    text = data[item.offset : item.offset + item.length].decode(encoding, errors="replace")
    head, tail = item.around
    path = text[len(head) : len(text) - len(tail)]
    return text == f"{head}{path}{tail}" and recorded_target(path, {item.target}) is not None


def _by_target(data: bytes, recorded: Sequence[Rewritten], encoding: str, url_of: Callable[[str], str | None]) -> Undo:
    records: defaultdict[str, list[Rewritten]] = defaultdict(list)
    for item in sorted(recorded, key=lambda item: item.occurrence):
        records[item.target].append(item)
    remaining: defaultdict[str, list[Link]] = defaultdict(list)
    for link in find(data, every=True).links:
        if target := recorded_target(link.url, records):
            remaining[target].append(link)
    edits: list[Edit] = []
    unsure: set[Edit] = set()
    ambiguous: list[Rewritten] = []
    gone: list[Rewritten] = []
    for target, items in records.items():
        links = remaining[target]
        pairs = _pair(links, items, data, encoding)
        uncertain = len(links) != len(items) and len({item.original for item in items if item.original}) > 1
        for pair in pairs:
            link, item = pair.link, pair.item
            vague = item.unsure or (uncertain and not tells_its_original(link, item, data, encoding))
            edit = _restoring(link, item, data, encoding, url_of(target) if vague else None)
            vague = vague or not pair.sure
            edits += [edit] if edit else []
            unsure |= {edit} if edit and vague else set()
            ambiguous += [item] if vague or not edit else []
        paired = {pair.item.occurrence for pair in pairs}
        gone += (item for item in items if item.occurrence not in paired)
    return Undo(
        tuple(sorted(edits, key=lambda edit: edit.span.start)), tuple(ambiguous), tuple(gone), frozenset(unsure)
    )


def recorded_target(url: str, records: Container[str]) -> str | None:
    """Return the one of the recorded targets to which a destination in a note leads, wherever the note is now."""
    plain = unquote(url)
    if LOCAL + plain in records:
        return LOCAL + plain
    article = target_of(plain)
    if article != plain:
        return article if article in records else None
    parts = re.sub(r"^(?:\.{1,2}/)+", "", plain).split("/")
    tails = ("/".join(parts[index:]) for index in range(len(parts)))
    return next((tail for tail in tails if tail in records), None)


def _pair(links: Sequence[Link], items: Sequence[Rewritten], data: bytes, encoding: str) -> list[_Pair]:
    """Pair what stands in the note with what was recorded, in order, preferring records of the same shape."""
    if len(links) > len(items):
        return _pair_some(links, items, data, encoding)
    left = list(items)
    pairs: list[_Pair] = []
    for link in links:
        same = len(left) == len(links) - len(pairs)
        item = next((item for item in left if same or _whole(link, item, data, encoding)), left[0])
        left.remove(item)
        pairs.append(_Pair(link, item))
    return pairs


def _pair_some(links: Sequence[Link], items: Sequence[Rewritten], data: bytes, encoding: str) -> list[_Pair]:
    """Pair where more links lead to a target than were recorded: some are copies of rewritten links, or the owner's.

    Whatever stands at its recorded place or looks like a record is taken for it first. Of the rest, what looks like a
    record gets the same original, which is not sure; anything else is the owner's and stays.
    """
    spare, left = list(links), list(items)
    mended = items[0].target.startswith(LOCAL)

    def stands(link: Link, item: Rewritten) -> bool:
        span = _whole(link, item, data, encoding)
        return span is not None and span.start == item.offset

    def alike(link: Link, item: Rewritten) -> bool:
        return (not item.is_path or link.form is item.form) and _whole(link, item, data, encoding) is not None

    def any_is_good(_link: Link, _item: Rewritten) -> bool:
        return True

    pairs = []
    for fits, sure in ((stands, True), (alike, not mended), (any_is_good, False)):
        for item in tuple(left):
            link = next((link for link in spare if fits(link, item)), None)
            if link:
                spare.remove(link)
                left.remove(item)
                pairs.append(_Pair(link, item, sure=sure))
    # A copy of an appended link stays, as does one of a mended path: it may just as well be another link of theirs.
    source = [item for item in reversed(items) if item.original and not mended]
    copies = ((link, next((item for item in source if alike(link, item)), None)) for link in spare)
    return pairs + [_Pair(link, item, sure=False) for link, item in copies if item]


def _whole(link: Link, item: Rewritten, data: bytes, encoding: str) -> Span | None:
    """Return where all that was put there still stands, be it with another path to the same target."""
    head, tail = (text.encode(encoding) for text in item.around)
    new = head + data[link.span.start : link.span.end] + tail
    start = link.span.start - len(head)
    return Span(start, start + len(new)) if start >= 0 and data.startswith(new, start) else None


def tells_its_original(link: Link, item: Rewritten, data: bytes, encoding: str) -> bool:
    """Tell whether the rewritten link itself shows what stood there, as `[URL](path)` does, or was only appended."""
    return not item.is_path and _whole(link, item, data, encoding) is not None


def _restoring(link: Link, item: Rewritten, data: bytes, encoding: str, url: str | None) -> Edit | None:
    """Return the edit that gives one link its original back, or `url` where that is not certain.

    None for an appended link that the user has edited.
    """
    span = _whole(link, item, data, encoding)
    if span and not item.is_path:
        return Edit(span, item.original.encode(encoding))
    if not item.is_path and item.form not in {Form.AUTOLINK, Form.BARE}:
        return None
    if url:
        return Edit(link.span, (escape(url) if link.form is Form.HTML else escape_destination(url)).encode(encoding))
    return Edit(link.span, _as_destination(item, link.form).encode(encoding))


def _as_destination(item: Rewritten, form: Form) -> str:
    """Write the original URL of a record as a destination in a link of another form."""
    if item.form is form or {item.form, form} == {Form.INLINE, Form.REFERENCE}:
        return item.original
    url = original_url(item)
    return escape(url) if form is Form.HTML else escape_destination(url)
