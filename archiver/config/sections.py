"""What can be configured: sections and keys, each with its default, the comment above it and the rule for its value."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from archiver.errors import ConfigError


def _key(default: Any, doc: str, check: Callable[[Any], bool] | None = None, rule: str = "") -> Any:
    """Declare a configuration key: its default, the comment above it in config.toml, and what its value must be."""
    metadata = {"doc": doc, "check": check, "rule": rule}
    if isinstance(default, list):
        return field(default_factory=lambda: list(default), metadata=metadata)
    return field(default=default, metadata=metadata)


def _at_least(minimum: float) -> tuple[Callable[[Any], bool], str]:
    return (lambda value: minimum <= value < math.inf), f"must be {minimum:g} or more"


@dataclass(frozen=True, slots=True)
class NotesConfig:
    root: str = _key(".", "Folder with your Markdown notes. Paths are relative to this file.")
    include: list[str] = _key(["**/*.md", "**/*.markdown"], "Which files are notes: globs as in .gitignore.")
    exclude: list[str] = _key(
        [],
        "Which of them are not. Archives, .git, .venv and node_modules never are notes; what editors and trash cans "
        "put aside is one only where `include` names it.",
    )


@dataclass(frozen=True, slots=True)
class ArchiveConfig:
    path: str = _key("archive", "Folder of the archive; made when missing.")
    capture: Literal["slim", "full", "none"] = _key(
        "slim",
        'What to keep of a page as the server sent it: "slim" = all but library scripts and styles, "full" = slim and '
        'the exact bytes (not in git), or "none": `archiver reparse` and `verify --repair` then have nothing to read.',
    )
    publish: Literal["all", "images", "nothing"] = _key(
        "all",
        'What of the archive goes into git: "all" of it, the "images" that notes show (article links then stay as they '
        'are), or "nothing" but links.jsonl and journal.jsonl (notes are not rewritten). See docs/publishing.md.',
    )
    show_notes: bool = _key(
        True, "Show notes on their pages of the offline reader: their text then stands in the archive, too."
    )
    min_free_mb: int = _key(
        200, "Megabytes that are left free on the archive's disk: a run stops fetching before that.", *_at_least(0)
    )


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    proxy: str = _key(
        "",
        'Proxy for everything: "http://127.0.0.1:7890", "https://…", "socks5://…" (which looks names up) or '
        '"socks4://…". Empty: as HTTPS_PROXY, ALL_PROXY and NO_PROXY say.',
    )
    ca_bundle: str = _key(
        "", "PEM file with the certificates to trust. Empty: as REQUESTS_CA_BUNDLE says, else the usual ones."
    )
    user_agent: str = _key(
        "", 'User agent to send, with client hints that fit. Empty: the browser\'s, without "Headless".'
    )


@dataclass(frozen=True, slots=True)
class FetchConfig:
    engine: Literal["auto", "browser", "http"] = _key(
        "auto",
        'How pages are loaded: "browser", "http", or "auto" = plain HTTP only where no browser starts.',
    )
    interval: float = _key(3.0, "Seconds between two article requests.", *_at_least(0))
    jitter: float = _key(0.5, "Up to this share of the interval is added to it, at random.", *_at_least(0))
    jobs: int = _key(1, "Browser tabs at work at the same time; they share the interval.", *_at_least(1))
    image_jobs: int = _key(4, "Images fetched at the same time.", *_at_least(1))
    timeout: float = _key(30.0, "Seconds until a page or an image that does not come is given up.", *_at_least(1))
    max_articles: int = _key(0, "Articles fetched in one run at the most; 0 = no limit.", *_at_least(0))
    max_minutes: float = _key(
        0.0, "Minutes after which a run asks for no further article; 0 = no limit.", *_at_least(0)
    )
    recheck_gone_days: int = _key(
        90, "Days after which an article that was gone is asked for again; 0 = never.", *_at_least(0)
    )
    recheck_archived_days: int = _key(
        0, "Days after which an archived article is looked at again for edits and deletion; 0 = never.", *_at_least(0)
    )


@dataclass(frozen=True, slots=True)
class ImagesConfig:
    variant: Literal["given", "original"] = _key(
        "given",
        'Which size to keep: "given" = as the page or note names it, "original" = the uploaded file, if it can be had.',
    )
    mirror_hosts: list[str] = _key(
        [],
        "More hosts whose images in notes are to be kept, with their subdomains: "
        '"img-blog.csdnimg.cn", or with the Referer that it wants: "img.example.org https://example.org/".',
    )


@dataclass(frozen=True, slots=True)
class MediaConfig:
    audio: bool = _key(True, "Keep the audio of articles (voice messages).")
    video: bool = _key(
        True, "Keep the videos that WeChat itself serves, in articles and notes; players of others stay links."
    )
    max_mb: float = _key(
        50.0, "Largest file in megabytes; of a video the best quality below this is taken.", *_at_least(0)
    )


@dataclass(frozen=True, slots=True)
class RewriteConfig:
    articles: Literal["replace", "append", "keep"] = _key(
        "replace",
        'Article links in notes: "replace" by the local copy, "append" a link to it, or "keep" as they are.',
    )
    images: Literal["replace", "keep"] = _key(
        "replace", 'Image URLs in notes: "replace" by the local file, or "keep" as they are.'
    )
    front_matter: Literal["keep", "add"] = _key(
        "keep",
        'Articles that front matter names: "keep" it as it is, or "add" a key `archived_copy`, the path of the copy.',
    )
    nested_links: Literal["keep", "mend"] = _key(
        "keep",
        'Links pasted into their own template, `[t]([url](URL))`, which lead nowhere: "keep" them, or "mend" them.',
    )
    repair: bool = _key(
        True, "Mend local image links in notes that GitHub does not show: wrong case, spaces, broken files and so on."
    )


@dataclass(frozen=True, slots=True)
class VerifyConfig:
    days: int = _key(
        30,
        "Every sync checks a share of the archive's files, so that all are checked within so many days; 0 = none.",
        *_at_least(0),
    )
    max_minutes: float = _key(5.0, "Minutes that this may take in one run; the rest waits.", *_at_least(0))
    ignore: list[str] = _key(
        [],
        "What `verify --github` leaves out: files by globs as in .gitignore, links by their address, with * and ?.",
    )
    baseline: str = _key(
        "",
        "File with the findings of `verify --github` that are known and fail nothing: see --write-baseline.",
    )


@dataclass(frozen=True, slots=True)
class NotifyConfig:
    healthchecks_url: str = _key(
        "",
        "Address of a check, as Healthchecks and the like give it: it hears of start and end of every sync.",
    )
    command: str = _key(
        "",
        "Program (with arguments) to run after every sync; the summary comes on its standard input, as JSON.",
    )


@dataclass(frozen=True, slots=True)
class BrowserConfig:
    path: str = _key("", "Chromium, Chrome or Edge to use. Empty: search for one (archiver browser install).")
    sandbox: bool = _key(True, "Chromium's own sandbox. false only where the system forbids it; root never has it.")


@dataclass(frozen=True, slots=True)
class Config:
    """All settings; `folder` is the folder of config.toml, to which its paths are relative."""

    folder: Path
    notes: NotesConfig = field(default_factory=NotesConfig)
    archive: ArchiveConfig = field(default_factory=ArchiveConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    fetch: FetchConfig = field(default_factory=FetchConfig)
    images: ImagesConfig = field(default_factory=ImagesConfig)
    media: MediaConfig = field(default_factory=MediaConfig)
    rewrite: RewriteConfig = field(default_factory=RewriteConfig)
    browser: BrowserConfig = field(default_factory=BrowserConfig)
    verify: VerifyConfig = field(default_factory=VerifyConfig)
    notify: NotifyConfig = field(default_factory=NotifyConfig)

    @property
    def notes_root(self) -> Path:
        return self._path(self.notes.root)

    @property
    def archive_root(self) -> Path:
        return self._path(self.archive.path)

    @property
    def rewriting(self) -> RewriteConfig:
        """[rewrite], as far as [archive] publish lets it: a note leads to nothing that is not published."""
        if self.archive.publish == "all":
            return self.rewrite
        images: Literal["replace", "keep"] = "keep" if self.archive.publish == "nothing" else self.rewrite.images
        return replace(self.rewrite, articles="keep", images=images)

    @property
    def baseline(self) -> Path | None:
        return self._path(self.verify.baseline) if self.verify.baseline else None

    @property
    def ca_bundle(self) -> Path | None:
        return self._path(self.network.ca_bundle) if self.network.ca_bundle else None

    @property
    def browser_path(self) -> Path | None:
        return self._path(self.browser.path) if self.browser.path else None

    def _path(self, value: str) -> Path:
        try:
            return (self.folder / Path(value).expanduser()).resolve()
        except RuntimeError as error:  # such as the home of a user who does not exist
            raise ConfigError(f"{value!r} is no usable path: {error}") from error


SECTIONS: Mapping[str, type] = {
    "notes": NotesConfig,
    "archive": ArchiveConfig,
    "network": NetworkConfig,
    "fetch": FetchConfig,
    "images": ImagesConfig,
    "media": MediaConfig,
    "rewrite": RewriteConfig,
    "browser": BrowserConfig,
    "verify": VerifyConfig,
    "notify": NotifyConfig,
}
