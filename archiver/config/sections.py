"""The sections of the configuration: each key with its default, the comment above it and the rule for its value."""

from __future__ import annotations

from typing import Literal

from archiver.config.keys import at_least, key
from archiver.config.templates import (
    ARTICLE_PATH,
    ARTICLE_PATH_RULE,
    FRONT_MATTER_RULE,
    LINK_TEXT,
    LINK_TEXT_RULE,
    is_article_path,
    is_front_matter,
    is_link_text,
)
from archiver.models.values import dataclass


@dataclass(frozen=True, slots=True)
class NotesConfig:
    root: str = key(".", "Folder with your Markdown notes. Paths are relative to this file.")
    include: list[str] = key(["**/*.md", "**/*.markdown"], "Which files are notes: globs as in .gitignore.")
    exclude: list[str] = key(
        [],
        "Which of them are not. Archives, .git, .venv and node_modules never are notes; what editors and trash cans "
        "put aside is one only where `include` names it.",
    )


@dataclass(frozen=True, slots=True)
class ArchiveConfig:
    path: str = key("archive", "Folder of the archive; made when missing.")
    capture: Literal["slim", "full", "none"] = key(
        "slim",
        'What to keep of a page as the server sent it: "slim" = all but library scripts and styles, "full" = slim and '
        'the exact bytes (not in git), or "none": `archiver reparse` and `verify --repair` then have nothing to read.',
    )
    publish: Literal["all", "images", "nothing"] = key(
        "all",
        'What of the archive goes into git: "all" of it, the "images" that notes show (article links then stay as they '
        'are), or "nothing" but links.jsonl and journal.jsonl (notes are not rewritten). See docs/publishing.md.',
    )
    show_notes: bool = key(
        True, "Show notes on their pages of the offline reader: their text then stands in the archive, too."
    )
    min_free_mb: int = key(
        200, "Megabytes that are left free on the archive's disk: a run stops fetching before that.", *at_least(0)
    )


@dataclass(frozen=True, slots=True)
class OutputConfig:
    article_path: str = key(
        ARTICLE_PATH,
        "How folders of new articles are called, below the archive's articles/: title, account and so on become "
        "letters, digits, - and _, and what is not known is left out. Folders that are there keep their names.",
        is_article_path,
        ARTICLE_PATH_RULE,
    )
    front_matter: list[str] = key(
        [],
        "More keys in the front matter of article.md: date, tags (those below), aliases (the title), stars and notes "
        "(of the notes that link to it), digest. `archiver reparse` adds them to articles that are there.",
        is_front_matter,
        FRONT_MATTER_RULE,
    )
    tags: list[str] = key([], "What the key `tags` holds, for every article alike.")


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    proxy: str = key(
        "",
        'Proxy for everything: "http://127.0.0.1:7890", "https://…", "socks5://…" (which looks names up) or '
        '"socks4://…". Empty: as HTTPS_PROXY, ALL_PROXY and NO_PROXY say.',
    )
    ca_bundle: str = key(
        "", "PEM file with the certificates to trust. Empty: as REQUESTS_CA_BUNDLE says, else the usual ones."
    )
    user_agent: str = key(
        "", 'User agent to send, with client hints that fit. Empty: the browser\'s, without "Headless".'
    )


@dataclass(frozen=True, slots=True)
class FetchConfig:
    engine: Literal["auto", "browser", "http"] = key(
        "auto",
        'How pages are loaded: "browser", "http", or "auto" = plain HTTP only where no browser starts.',
    )
    interval: float = key(3.0, "Seconds between two article requests.", *at_least(0))
    jitter: float = key(0.5, "Up to this share of the interval is added to it, at random.", *at_least(0))
    jobs: int = key(1, "Browser tabs at work at the same time; they share the interval.", *at_least(1))
    image_jobs: int = key(4, "Images fetched at the same time.", *at_least(1))
    timeout: float = key(30.0, "Seconds until a page or an image that does not come is given up.", *at_least(1))
    max_articles: int = key(0, "Articles fetched in one run at the most; 0 = no limit.", *at_least(0))
    max_minutes: float = key(0.0, "Minutes after which a run asks for no further article; 0 = no limit.", *at_least(0))
    recheck_gone_days: int = key(
        90, "Days after which an article that was gone is asked for again; 0 = never.", *at_least(0)
    )
    recheck_archived_days: int = key(
        0, "Days after which an archived article is looked at again for edits and deletion; 0 = never.", *at_least(0)
    )


@dataclass(frozen=True, slots=True)
class ImagesConfig:
    variant: Literal["given", "original"] = key(
        "given",
        'Which size to keep: "given" = as the page or note names it, "original" = the uploaded file, if it can be had.',
    )
    policy: Literal["original", "compact"] = key(
        "original",
        'Which bytes of an article\'s images to keep: "original" = those that came, "compact" = a WebP with the same '
        "pixels where that is at least 5 % smaller (article.json says what came). `archiver reparse` makes those that "
        "are there compact; back to the original only a new fetch leads. Images that notes show stay as they came.",
    )
    lossy: bool = key(
        False, 'With "compact": also WebP of quality 82, which only looks like the image, where that is smaller.'
    )
    mirror_hosts: list[str] = key(
        [],
        "More hosts whose images in notes are to be kept, with their subdomains: "
        '"img-blog.csdnimg.cn", or with the Referer that it wants: "img.example.org https://example.org/".',
    )


@dataclass(frozen=True, slots=True)
class AlbumsConfig:
    follow: Literal["none", "added", "all"] = key(
        "none",
        "Albums whose lists are looked at again each night, and whose articles are all archived after what the notes "
        'link to: "added" = those given to `archiver add --album`, "all" = those that notes link to too, or "none".',
    )


@dataclass(frozen=True, slots=True)
class LinksConfig:
    depth: int = key(
        0,
        "1: also archive, after all else, the WeChat articles to which those link that notes name; 0: do not.",
        lambda value: value in (0, 1),
        "must be 0 or 1",
    )


@dataclass(frozen=True, slots=True)
class MediaConfig:
    audio: bool = key(True, "Keep the audio of articles (voice messages).")
    video: bool = key(
        True, "Keep the videos that WeChat itself serves, in articles and notes; players of others stay links."
    )
    max_mb: float = key(
        50.0, "Largest file in megabytes; of a video the best quality below this is taken.", *at_least(0)
    )


@dataclass(frozen=True, slots=True)
class RewriteConfig:
    articles: Literal["replace", "append", "keep"] = key(
        "replace",
        'Article links in notes: "replace" by the local copy, "append" a link to it, or "keep" as they are.',
    )
    images: Literal["replace", "keep"] = key(
        "replace", 'Image URLs in notes: "replace" by the local file, or "keep" as they are.'
    )
    front_matter: Literal["keep", "add"] = key(
        "keep",
        'Articles that front matter names: "keep" it as it is, or "add" a key `archived_copy`, the path of the copy.',
    )
    link_text: str = key(
        LINK_TEXT,
        "Text of the link that takes the place of an article's bare URL: {url}, {title}, {account}, {date} and words "
        "around them.",
        is_link_text,
        LINK_TEXT_RULE,
    )
    nested_links: Literal["keep", "mend"] = key(
        "keep",
        'Links pasted into their own template, `[t]([url](URL))`, which lead nowhere: "keep" them, or "mend" them.',
    )
    repair: bool = key(
        True, "Mend local image links in notes that GitHub does not show: wrong case, spaces, broken files and so on."
    )


@dataclass(frozen=True, slots=True)
class VerifyConfig:
    days: int = key(
        30,
        "Every sync checks a share of the archive's files, so that all are checked within so many days; 0 = none.",
        *at_least(0),
    )
    max_minutes: float = key(5.0, "Minutes that this may take in one run; the rest waits.", *at_least(0))
    ignore: list[str] = key(
        [],
        "What `verify --github` leaves out: files by globs as in .gitignore, links by their address, with * and ?.",
    )
    baseline: str = key(
        "",
        "File with the findings of `verify --github` that are known and fail nothing: see --write-baseline.",
    )


@dataclass(frozen=True, slots=True)
class NotifyConfig:
    healthchecks_url: str = key(
        "",
        "Address of a check, as Healthchecks and the like give it: it hears of start and end of every sync.",
    )
    command: str = key(
        "",
        "Program (with arguments) to run after every sync; the summary comes on its standard input, as JSON.",
    )


@dataclass(frozen=True, slots=True)
class LogConfig:
    file: str = key(
        "",
        "File to which runs add what they say, with the time, also what -q leaves out; at 1 MB it becomes FILE.1. "
        "Empty: none.",
    )


@dataclass(frozen=True, slots=True)
class RescueConfig:
    wayback: bool = key(
        False,
        "Look in every sync for lost articles and images in the Internet Archive's Wayback Machine, as "
        "`archiver rescue` does.",
    )
    max_requests: int = key(
        400, "Requests to it in one run at the most, one in 3 seconds; what is left waits.", *at_least(1)
    )
    save: bool = key(
        False, "Ask it in every sync to capture the articles that are alive (Save Page Now); needs your keys."
    )
    keys: str = key(
        "",
        "File with your keys of archive.org, as `ia` writes it (ia.ini), outside of repository and archive. "
        "Empty: IA_ACCESS_KEY_ID and IA_SECRET_ACCESS_KEY in the environment.",
    )


@dataclass(frozen=True, slots=True)
class HooksConfig:
    after_article: list[str] = key(
        [],
        "Program and its arguments, run in the archive for every new article at the end of a run, without a shell; its "
        "standard input is what `archiver export jsonl` says of the article.",
    )
    timeout: float = key(60.0, "Seconds until it is ended.", *at_least(1))


@dataclass(frozen=True, slots=True)
class BrowserConfig:
    path: str = key("", "Chromium, Chrome or Edge to use. Empty: search for one (archiver browser install).")
    sandbox: bool = key(True, "Chromium's own sandbox. false only where the system forbids it; root never has it.")


@dataclass(frozen=True, slots=True)
class ClusterConfig:
    scheduler: str = key(
        "",
        'Dask scheduler whose workers load the pages in place of this machine: "tls://host:8786", or here alone '
        '"tcp://127.0.0.1:8786". Empty: none. See docs/scale.md.',
    )
    tls_ca: str = key(
        "", "PEM file with the certificate that those of scheduler, workers and this machine are signed by."
    )
    tls_cert: str = key("", "PEM file with this machine's certificate for the cluster.")
    tls_key: str = key("", "PEM file with the key of that certificate.")
