"""Archives made without any network: articles and notes as given, the site built."""

from __future__ import annotations

import json
import random
import subprocess
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from itertools import accumulate
from pathlib import Path

from archiver.archive.archive import Archive
from archiver.archive.finalise import finalise
from archiver.archive.open_archive import open_archive
from archiver.archive.record import StoredFiles, make_record
from archiver.config import Config, config_text, load_config
from archiver.folding import fold
from archiver.media.imagefile import inspect_image
from archiver.models import Article, Capture, ImageRef, Kind, Loss, StoredImage
from archiver.reader.build import build_site
from archiver.reader.current import Built
from archiver.rewriting.scan import scan_notes
from archiver.store.catalogue import Catalogue
from tests import forkserver
from tests.replica.images import image_bytes
from tests.replica.spec import ImageSpec

NOW = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Made:
    """An article to be put into an archive: `paragraphs` are plain text, `html` more of its body."""

    title: str
    paragraphs: Sequence[str] = ("正文。",)
    account: str = "归档手记"
    author: str = ""
    published: datetime | None = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)
    html: str = ""
    images: Sequence[ImageSpec] = ()
    losses: Sequence[Loss] = ()
    digest: str = ""
    token: str = ""
    captured: datetime = NOW

    @property
    def url(self) -> str:
        return f"https://mp.weixin.qq.com/s/{self.token or ImageSpec.named(self.title).key[-22:]}"

    @property
    def body(self) -> str:
        shown = "".join(f'<p><img src="{escape(i.url)}" alt="{escape(i.alt)}"></p>' for i in self.images)
        return "".join(f"<p>{escape(text)}</p>" for text in self.paragraphs) + shown + self.html


@dataclass(slots=True)
class Library:
    """A folder with notes, a config.toml and an archive."""

    root: Path
    made: list[Made] = field(default_factory=list)
    extra: Made | None = None  # one to come later

    def __post_init__(self) -> None:
        (self.root / "notes").mkdir(parents=True, exist_ok=True)
        (self.root / "config.toml").write_text(config_text({"notes": {"root": "notes"}}), "utf-8")

    @property
    def config(self) -> Config:
        return load_config(self.root / "config.toml")

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    @contextmanager
    def open(self) -> Iterator[Archive]:
        with open_archive(self.archive) as archive:
            yield archive

    def add(self, articles: Iterable[Made], notes: Mapping[str, str] | None = None) -> Built:
        """Keep articles and notes, and build what changed, as a sync does."""
        for path, text in (notes or {}).items():
            file = self.root / "notes" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        with self.open() as archive:
            for made in articles:
                save(archive, made)
                self.made.append(made)
            scan_notes(self.config, archive)
            finalise(archive)
            return build_site(self.config, archive)

    def build(self, *, everything: bool = True, look: bool = False) -> Built:
        with self.open() as archive:
            scan_notes(self.config, archive)
            return build_site(self.config, archive, everything=everything, look=look)

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`archiver …` as a user runs it."""
        return forkserver.run(arguments, self.root)

    def folders(self) -> dict[str, str]:
        """Title -> folder relative to the archive."""
        return {
            json.loads(path.read_text("utf-8"))["title"]: path.parent.relative_to(self.archive).as_posix()
            for path in self.archive.glob("articles/**/article.json")
        }

    def files(self) -> dict[str, tuple[bytes, int]]:
        """Every file but machine state with its bytes and modification time."""
        return {
            path.relative_to(self.root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and path.name not in (".lock", "catalogue.seal")
        }


def read(made: Made) -> Article:
    """The article as if it had been read from its page."""
    number = str(zlib.crc32(made.url.encode()))
    refs = tuple(ImageRef(image.key, image.url, image.width, image.height) for image in made.images)
    return Article(
        url=made.url,
        kind=Kind.ARTICLE,
        title=made.title,
        account=made.account,
        author=made.author,
        published_at=made.published,
        biz="MzA5MDAwMDAwMQ==",
        mid=number,
        idx="1",
        sn="0" * 32,
        digest=made.digest,
        cover=refs[0].key if refs else "",
        body=made.body,
        images=refs,
        losses=tuple(made.losses),
    )


def save(archive: Archive, made: Made) -> str:
    """Put an article into the archive; its folder."""
    stored = [_keep(archive, image) for image in made.images]
    return archive.save(read(made), _capture(made), made.url, stored).folder


def _capture(made: Made) -> Capture:
    return Capture(made.url, made.url, 200, b"<html></html>", made.captured, "http")


def in_index_only(articles: Iterable[Made], catalogue: Catalogue) -> None:
    """Put articles into a catalogue as if an archive held them: for what is made of the catalogue alone."""
    with catalogue.together():
        for made in articles:
            stored = [StoredImage(image.key, image.url, f"images/00/{'0' * 64}.png") for image in made.images]
            record = make_record(read(made), _capture(made), made.url, StoredFiles(stored))
            catalogue.put_article(record, [made.url], (0, 0))


def _keep(archive: Archive, image: ImageSpec) -> StoredImage:
    return archive.keep_image(image.key, image.url, inspect_image(image_bytes(image)))


_FOREIGN = ("Transformer", "GPT-4", "C++", "PyTorch", "attention", "ＡＩ", "CVPR 2022", "3.5", "ﬁne-tune", "Δx", "ｶﾞ")


@cache
def _words() -> tuple[list[str], list[float]]:
    """Made-up words of one to three characters, as unevenly frequent as in writing, and their weights summed up."""
    some = random.Random(6)
    han = [chr(n) for n in some.sample(range(0x4E00, 0x9000), 2000)]
    words = [
        "".join(some.choices(han[:1200] if n < 2000 else han, k=some.choice((1, 2, 2, 2, 3)))) for n in range(8000)
    ]
    return words, list(accumulate(1 / (rank + 8) for rank in range(len(words))))


def sentence(some: random.Random, length: int, theme: Sequence[str] = ()) -> str:
    """A made-up sentence of Chinese with foreign words in it; every other word is of the `theme`."""
    words, weights = _words()
    text: list[str] = []
    while sum(map(len, text)) < length:
        of_theme = theme and some.random() < 0.5
        text.append(some.choice(theme) if of_theme else some.choices(words, cum_weights=weights)[0])
        if some.random() < 0.04:
            text.append(some.choice(_FOREIGN))
    return "".join(text) + some.choice("。！？…")


def random_articles(count: int, seed: int = 1, paragraphs: int = 6, days: int = 1500) -> Iterator[Made]:
    """Articles whose texts are like writing in how characters recur; the same for the same seed."""
    some = random.Random(seed)
    for number in range(count):
        theme = some.choices(_words()[0], k=50)
        yield Made(
            title=f"{sentence(some, some.randint(6, 18), theme)} {number}",
            paragraphs=[sentence(some, some.randint(20, 160), theme) for _ in range(paragraphs)],
            account=f"公众号{some.randint(1, max(3, count // 20))}",
            author=some.choice(("", "林深", "A. Reader")),
            published=NOW - timedelta(minutes=some.randint(0, days * 1440)),
            token=f"T{seed:04d}{number:017d}",
        )


def texts_of(made: Made) -> list[str]:
    """The folded lines in which a search must find what is there: title, account, author, paragraphs."""
    return [fold(text) for text in (made.title, made.account, made.author, *made.paragraphs)]


def oracle(library: Library, term: str) -> set[str]:
    """Titles of the articles in which `term` stands, by looking everywhere."""
    wanted = fold(term)
    return {made.title for made in library.made if any(wanted in line for line in texts_of(made))}


def queries(library: Library, length: int, count: int, seed: int = 2) -> list[str]:
    """Substrings of that length of texts in the library, and some that are nowhere."""
    some = random.Random(seed * 100 + length)
    found: list[str] = []
    while len(found) < count:
        line = some.choice([line for line in texts_of(some.choice(library.made)) if len(line) >= length])
        start = some.randrange(len(line) - length + 1)
        term = line[start : start + length]
        if len(found) % 5 == 4:  # letters that are all there, but not in this order
            term = "".join(some.sample(term, length))
        if fold(term) == term and '"' not in term and term.strip():
            found.append(term)
    return found
