"""article.json: what is known about an archived article, written and read back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from archiver.errors import DamageError, NewerFormatError
from archiver.models import ArticleRecord, Kind, Loss, LossCode, OldVersion, Status, StoredImage
from archiver.models.coverage import Counted, Coverage, Share
from archiver.models.media import MediaKind, Original, StoredMedia
from archiver.models.reading import Reading
from archiver.render.text import BEIJING, writable
from archiver.store.layout import RECORD

SCHEMA = 1
_TEXTS = ("id", "url", "title", "account", "author", "biz", "mid", "idx", "sn", "digest", "cover")
_IMAGE_TEXTS = ("path", "sha256", "media_type")
_Word = TypeVar("_Word", bound=StrEnum)


def _image_entry(image: StoredImage) -> dict[str, Any]:
    entry: dict[str, Any] = {"key": image.key, "url": image.url}
    if image.path is None:
        return entry | {"error": image.error, **_code(image.code)}
    entry |= {"path": image.path, "sha256": image.sha256, "media_type": image.media_type}
    entry |= {"width": image.width, "height": image.height}
    entry |= {"damaged_at_source": True} if image.damaged_at_source else {}
    entry |= {"via": image.via} if image.via else {}
    return entry | ({"original": _original_entry(image.original)} if image.original else {})


def _original_entry(original: Original) -> dict[str, str | int]:
    return {"sha256": original.sha256, "bytes": original.size, "media_type": original.media_type}


def _loss_entry(loss: Loss) -> dict[str, str | bool]:
    return {"what": loss.what, **_code(loss.code), "why": loss.why, "url": loss.url, "body": loss.body}


def _code(code: LossCode | None) -> dict[str, str]:
    """What an older archiver wrote has no code, and stays as it is."""
    return {"code": code.value} if code else {}


def _version_entry(version: OldVersion) -> dict[str, Any]:
    captured = version.captured_at.astimezone(UTC).isoformat()
    entry = {"folder": version.folder, "captured_at": captured, "changed": list(version.changed)}
    return entry | ({"imported": True} if version.imported else {})


def _coverage_entry(coverage: Coverage) -> dict[str, dict[str, int]]:
    return {
        what.value: {"source": share.source, "markdown": share.markdown, "html": share.html}
        for what, share in coverage.counts_shown().items()
    }


def _reading_entry(reading: Reading) -> dict[str, Any]:
    sources = {datum: list(places) for datum, places in sorted(reading.sources.items())}
    return {"item_show_type": reading.item_show_type, "sources": sources, "unknown": list(reading.unknown)}


def _media_entry(media: StoredMedia) -> dict[str, str | int | bool | None]:
    entry: dict[str, str | int | bool | None] = {"kind": media.kind.value, "key": media.key, "url": media.url}
    if media.path is None:
        return entry | {"error": media.error, **_code(media.code), "final": media.final}
    return entry | {"path": media.path, "sha256": media.sha256, "media_type": media.media_type, "bytes": media.size}


def article_json(record: ArticleRecord) -> str:
    """The text of `article.json`: keys in a fixed order, times with offset, one value a line, equal for equal records.

    An entry of `images` or `media` tells where the file is or, as `error`, why it is not.
    """
    published = record.published_at
    data = {
        "schema": SCHEMA,
        "id": record.id,
        "status": record.status.value,
        "kind": record.kind.value,
        "url": record.url,
        "aliases": list(record.aliases),
        "title": record.title,
        "account": record.account,
        "author": record.author,
        "published_at": published.astimezone(BEIJING).isoformat() if published else None,
        "biz": record.biz,
        "mid": record.mid,
        "idx": record.idx,
        "sn": record.sn,
        "digest": record.digest,
        "cover": record.cover,
        "images": [_image_entry(image) for image in record.images],
        "media": [_media_entry(media) for media in record.media],
        "losses": [_loss_entry(loss) for loss in record.losses],
        "links": list(record.links),
        "captured_at": record.captured_at.astimezone(UTC).isoformat(),
        "capture": dict(sorted(record.capture.items())),
    }
    if record.coverage:
        data["coverage"] = _coverage_entry(record.coverage)
    if record.reading:
        data["reading"] = _reading_entry(record.reading)
    if record.versions:
        data["versions"] = [_version_entry(version) for version in record.versions]
    return writable(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False)) + "\n"


class Fields:
    """A JSON object whose members are asked for by name and type; `where` names it in messages."""

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, dict):
            raise DamageError(f"{where}: an object is needed here, not {type(data).__name__}")
        self.data: dict[str, Any] = data
        self.where = where

    def fail(self, name: str, wanted: str) -> DamageError:
        value = self.data.get(name, "nothing")
        return DamageError(f"{self.where}: `{name}` must be {wanted}, not {str(value)[:80]!r}")

    def check_schema(self, known: int) -> None:
        """Raises NewerFormatError for a format above `known`, DamageError for what is no number of one."""
        number = self.data.get("schema")
        if type(number) is not int or number < 1:
            raise self.fail("schema", f"a whole number from 1 to {known}")
        if number > known:
            raise NewerFormatError(self.where, number, known)

    def text(self, name: str) -> str:
        value = self.data.get(name)
        if not isinstance(value, str):
            raise self.fail(name, "a text")
        return value

    def text_or_none(self, name: str) -> str | None:
        return None if self.data.get(name) is None else self.text(name)

    def size_or_none(self, name: str) -> int | None:
        value = self.data.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.fail(name, "a number (pixels, bytes) or null")
        return value

    def items(self, name: str) -> list[Any]:
        value = self.data.get(name)
        if not isinstance(value, list):
            raise self.fail(name, "a list")
        return value

    def objects(self, name: str) -> list[Fields]:
        return [Fields(item, f"{self.where}: {name}[{i}]") for i, item in enumerate(self.items(name))]

    def word(self, name: str, words: type[_Word]) -> _Word:
        try:
            return words(self.text(name))
        except ValueError as error:
            raise self.fail(name, "one of " + ", ".join(words)) from error

    def moment(self, name: str) -> datetime:
        try:
            value = datetime.fromisoformat(self.text(name))
        except ValueError as error:
            raise self.fail(name, "an ISO 8601 time") from error
        if value.tzinfo is None:
            raise self.fail(name, "a time with its offset from UTC")
        return value


def _image(entry: Fields) -> StoredImage:
    if entry.data.get("path") is None:
        return StoredImage(
            entry.text("key"), entry.text("url"), error=entry.text_or_none("error"), code=_code_of(entry)
        )
    path, sha256, media_type = (entry.text(name) for name in _IMAGE_TEXTS)
    width, height = entry.size_or_none("width"), entry.size_or_none("height")
    damaged = entry.data.get("damaged_at_source") is True
    image = StoredImage(entry.text("key"), entry.text("url"), path, sha256, media_type, width, height)
    return replace(image, damaged_at_source=damaged, via=entry.text_or_none("via") or "", original=_original(entry))


def _original(image: Fields) -> Original | None:
    if "original" not in image.data:
        return None
    entry = Fields(image.data["original"], f"{image.where}.original")
    return Original(entry.text("sha256"), entry.size_or_none("bytes") or 0, entry.text("media_type"))


def _media(entry: Fields) -> StoredMedia:
    kind, key, url = entry.word("kind", MediaKind), entry.text("key"), entry.text("url")
    if entry.data.get("path") is None:
        error, final = entry.text_or_none("error"), entry.data.get("final") is True
        return StoredMedia(kind, key, url, error=error, final=final, code=_code_of(entry))
    path, sha256, media_type = (entry.text(name) for name in _IMAGE_TEXTS)
    return StoredMedia(kind, key, url, path, sha256, media_type, entry.size_or_none("bytes"))


def _loss(entry: Fields) -> Loss:
    body = entry.data.get("body")
    if not isinstance(body, bool):
        raise entry.fail("body", "true or false")
    return Loss(entry.text("what"), entry.text("why"), entry.text("url"), body, _code_of(entry))


def _code_of(entry: Fields) -> LossCode | None:
    """None for what an older archiver wrote, and for a reason that only a newer one knows: the text beside it stays."""
    code = entry.text_or_none("code")
    return LossCode(code) if code in set(LossCode) else None


def _capture(fields: Fields) -> dict[str, str | int | bool]:
    capture = Fields(fields.data.get("capture"), f"{fields.where}: capture")
    for name, value in capture.data.items():
        if not isinstance(value, str | int):
            raise capture.fail(name, "a text, a whole number, true or false")
    return dict(capture.data)


def _versions(fields: Fields) -> tuple[OldVersion, ...]:
    """An article that never changed has no such member."""
    if "versions" not in fields.data:
        return ()
    return tuple(
        OldVersion(
            item.text("folder"), item.moment("captured_at"), _texts(item, "changed"), item.data.get("imported") is True
        )
        for item in fields.objects("versions")
    )


def _coverage(fields: Fields) -> Coverage | None:
    """What an older archiver wrote has none."""
    if "coverage" not in fields.data:
        return None
    counts = Fields(fields.data["coverage"], f"{fields.where}: coverage")
    shares = {}
    for what in Counted:
        if what.value in counts.data:
            share = Fields(counts.data[what.value], f"{counts.where}.{what.value}")
            shares[what] = Share(*(share.size_or_none(name) or 0 for name in ("source", "markdown", "html")))
    return Coverage(shares)


def _reading(fields: Fields) -> Reading | None:
    """What an older archiver wrote has none."""
    if "reading" not in fields.data:
        return None
    reading = Fields(fields.data["reading"], f"{fields.where}: reading")
    sources = Fields(reading.data.get("sources"), f"{reading.where}.sources")
    places = {datum: _texts(sources, datum) for datum in sources.data}
    return Reading(reading.size_or_none("item_show_type"), places, _texts(reading, "unknown"))


def _texts(fields: Fields, name: str) -> tuple[str, ...]:
    texts = fields.items(name)
    if not all(isinstance(text, str) for text in texts):
        raise fields.fail(name, "a list of texts")
    return tuple(texts)


def parse_article_json(text: str, folder: str, name: str = RECORD) -> ArticleRecord:
    """The record that `article_json` wrote to the file `name`, of the article in `folder` (POSIX, relative to the
    archive's root).

    Raises DamageError, naming file and member, when the text is not such a record; NewerFormatError for a newer format.
    """
    where = f"{folder}/{name}"
    try:
        fields = Fields(json.loads(text), where)
    except (ValueError, RecursionError) as error:
        raise DamageError(f"{where}: not JSON: {error}") from error
    fields.check_schema(SCHEMA)
    return ArticleRecord(
        **{name: fields.text(name) for name in _TEXTS},
        folder=folder,
        status=fields.word("status", Status),
        kind=fields.word("kind", Kind),
        aliases=_texts(fields, "aliases"),
        published_at=None if fields.data.get("published_at") is None else fields.moment("published_at"),
        images=tuple(map(_image, fields.objects("images"))),
        losses=tuple(map(_loss, fields.objects("losses"))),
        captured_at=fields.moment("captured_at"),
        capture=_capture(fields),
        media=tuple(map(_media, fields.objects("media"))),
        links=_texts(fields, "links") if "links" in fields.data else (),
        versions=_versions(fields),
        coverage=_coverage(fields),
        reading=_reading(fields),
    )
