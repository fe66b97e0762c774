"""config.toml -> Config. Unknown keys, wrong types and wrong values are errors that name the key and the file."""

from __future__ import annotations

import json
import math
import tomllib
import typing
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from archiver.errors import ConfigError

FILE_NAME = "config.toml"


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


def find_config(start: Path) -> Path:
    """The nearest config.toml in `start` or a folder above it. Raises ConfigError when there is none."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    raise ConfigError(
        f"no {FILE_NAME} in {start} or above: go to your notes folder and run `archiver init`, or give --config"
    )


def load_config(file: Path) -> Config:
    """Read `file`. Raises ConfigError for a file that cannot be read or says something that cannot be meant."""
    try:
        data = tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file} is not valid TOML: {error}") from error
    problems: list[str] = []
    sections = {name: _read_section(name, value, problems) for name, value in data.items()}
    if problems:
        raise ConfigError(f"{file}: " + "; ".join(problems))
    config = Config(folder=file.parent.resolve(), **sections)
    if config.archive_root == config.notes_root:
        raise ConfigError(f"{file}: archive.path and notes.root are the same folder; give the archive one of its own")
    return config


def _read_section(name: str, table: Any, problems: list[str]) -> Any:
    section = SECTIONS.get(name)
    if section is None or not isinstance(table, dict):
        problems.append(f"unknown section or key [{name}] (there are {', '.join(SECTIONS)})")
        return None
    known = {key.name: key for key in fields(section)}
    hints = typing.get_type_hints(section)
    values = {}
    for key, value in table.items():
        if key not in known:
            problems.append(f"unknown key {name}.{key} (there are {', '.join(known)})")
        elif problem := _check(value, hints[key], known[key]):
            problems.append(f"{name}.{key} {problem}, not {value!r}")
        else:
            values[key] = float(value) if hints[key] is float else value
    return section(**values)


def _check(value: Any, hint: Any, key: Field[Any]) -> str:
    """What is wrong with the value, or nothing."""
    if typing.get_origin(hint) is Literal:
        choices = typing.get_args(hint)
        return "" if value in choices else f"must be one of {', '.join(map(json.dumps, choices))}"
    if typing.get_origin(hint) is list:
        good = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return "" if good else "must be a list of texts"
    wanted: tuple[type, ...] = (int, float) if hint is float else (hint,)
    if not isinstance(value, wanted) or (isinstance(value, bool) and hint is not bool):
        names = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
        return f"must be {names[hint]}"
    check = key.metadata["check"]
    return "" if check is None or check(value) else str(key.metadata["rule"])


def config_text(overrides: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """A complete config.toml: every key with its comment and its default, or the value in `overrides[section][key]`."""
    blocks = ["# Settings of archiver. Every key is shown with its default value unless you changed it.\n"]
    for name, section in SECTIONS.items():
        default = section()
        lines = [f"[{name}]"]
        for key in fields(section):
            value = (overrides or {}).get(name, {}).get(key.name, getattr(default, key.name))
            lines += [f"# {key.metadata['doc']}", f"{key.name} = {_toml(value)}"]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _toml(value: Any) -> str:
    # JSON's texts, numbers and lists of texts are TOML's too.
    return json.dumps(value, ensure_ascii=False)
