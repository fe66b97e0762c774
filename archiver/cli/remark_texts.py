"""What checks, repairs and restores say to people of a file or link, made from their codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from archiver.amounts import size
from archiver.cli.short import short_fields
from archiver.fixity.github_findings import GitHubCode, GitHubFinding
from archiver.fixity.github_hints import Hint
from archiver.fixity.mend.log import Cure, Halt, Obstacle
from archiver.models.findings import Finding, FindingCode
from archiver.models.remarks import Remark
from archiver.tasks.gc import GarbageCode
from archiver.tasks.restore import Unsure

_REMADE = "archiver build --all makes it again"
_LOST = "it cannot be fetched again"

FINDINGS: Mapping[FindingCode, str] = {
    FindingCode.NOT_READ: "the disk does not give it: {error}",
    FindingCode.NOT_LISTED_BY_DISK: "the disk does not list it: {error}",
    FindingCode.NOT_CHECKED: "not checked: {error}; please report it with the file {file}",
    FindingCode.SYMBOLIC_LINK: "a symbolic link, which is not followed",
    FindingCode.LEFTOVER: "left by an interrupted run; the next sync removes it",
    FindingCode.FOREIGN_FILE: "archiver makes no file of that name",
    FindingCode.FOREIGN_CONTENT: "not archiver's, and left as it is: what belongs there is not written",
    FindingCode.GIT_FILE_MISSING: "git would treat the archive's files as ordinary text",
    FindingCode.GIT_FILE_EDITED: "not as archiver writes it; that may be meant",
    FindingCode.README_DIFFERS: "not what archiver makes of the articles that are there",
    FindingCode.README_MISSING: "the overview of the archive",
    FindingCode.LINE_UNREADABLE: "{error}",
    FindingCode.LINE_CUT: "the last line is cut off",
    FindingCode.LINE_TWICE: "a line stands there twice",
    FindingCode.LINE_ORDER: "not in order: git merged the file, or a run was interrupted",
    FindingCode.LINK_TARGET_MISSING: "links.jsonl has it for {url}",
    FindingCode.KEPT_ELSEWHERE: "of its lines, {value} are about what is archived, but not on this machine",
    FindingCode.LINK_OF_OTHER_ARTICLE: "{url} is no address of {file}",
    FindingCode.LINK_STATUS: "{url} is {value}, but {file} is {expected}",
    FindingCode.ARTICLE_WITHOUT_LINE: "no line for {url}, which is archived in {file}",
    FindingCode.ORIGINAL_WITHOUT_LINE: "no line for {url}, which {file} named",
    FindingCode.SUMS_LINE: "not a line of SHA256SUMS",
    FindingCode.SUMS_ORDER: "the lines are not in the order in which they were written",
    FindingCode.LISTED_FILE_MISSING: "SHA256SUMS names it",
    FindingCode.CHECKSUM: "its SHA-256 is not that in SHA256SUMS",
    FindingCode.NOT_IN_SUMS: "SHA256SUMS does not name it",
    FindingCode.RECORD_MISSING: "the folder holds no article without it",
    FindingCode.RECORD_UNREADABLE: "{error}",
    FindingCode.ID_OF_OTHER_FOLDER: "its id {value} is not that of its folder",
    FindingCode.DUPLICATE: "the same article as {file}",
    FindingCode.CAPTURE_UNREADABLE: "the capture does not decode: {error}",
    FindingCode.CAPTURE_NO_ARTICLE: "the capture holds no article: {error}",
    FindingCode.CAPTURE_OF_OTHER: "the capture is of another article than article.json",
    FindingCode.LOW_COVERAGE: "{value} of its page stands in the copy; archiver reparse may find more after an upgrade",
    FindingCode.COVERAGE_DIFFERS: "it says that {expected} of the page is there, and {value} is: archiver reparse",
    FindingCode.COVERAGE_NOT_COUNTED: "how much of its page is there cannot be counted again: no capture is kept",
    FindingCode.FORGETTING_UNFINISHED: "is forgotten, but not all of it is deleted yet: archiver sync does that",
    FindingCode.SHOWN_FILE_MISSING: "{file} shows it",
    FindingCode.PLAYED_FILE_MISSING: "{file} plays it",
    FindingCode.WRONG_NAME_IN_RECORD: "{file} is not named after its SHA-256",
    FindingCode.CONTENT_NOT_NAME: "its SHA-256 is not its name",
    FindingCode.WRONG_FOLDER: "it belongs in {expected}",
    FindingCode.IMAGE_UNREADABLE: "{error}",
    FindingCode.WRONG_TYPE: "its bytes are {value}",
    FindingCode.UNUSED_FILE: "nothing names it; archiver gc lists such files",
    FindingCode.ALBUM_UNREADABLE: "{error}",
    FindingCode.ALBUM_CHANGED: "not as it was written",
    FindingCode.ALBUM_SOURCE_MISSING: "{file} was made from it",
    FindingCode.ALBUM_TEXT_MISSING: "{file} has its articles",
    FindingCode.ALBUM_TEXT_CHANGED: "not what archiver makes of {file}",
    FindingCode.NOTE_UNREADABLE: "{error}",
    FindingCode.REWRITTEN_NOTE_UNREADABLE: "{error}",
    FindingCode.NOTE_GONE: "was rewritten and is gone, or has moved",
    FindingCode.NOTE_LINK_NEW: "links.jsonl has no line for {url} yet; the next sync asks for it",
    FindingCode.NOTE_LINK_BROKEN: "{url} leads to nothing",
    FindingCode.NOTE_LINK_UNKNOWN: "journal.jsonl does not know {url}: restore gives it the URL of the copy",
    FindingCode.NOTE_LINK_FORGOTTEN: "journal.jsonl knows of no note any more: restore gives {url} the URL of the copy",
    FindingCode.OUR_LINK_GONE: "a link that was written is gone: {url}",
    FindingCode.OUR_LINK_DAMAGED: "a link that was written is gone ({url}), and one here leads to nothing",
    FindingCode.OUR_LINKS_MOVED: "links that were written stand in another order now",
    FindingCode.INDEX_MISSING: "only an index; the next sync makes it",
    FindingCode.INDEX_DAMAGED: "the index is damaged ({error})",
    FindingCode.INDEX_BUSY: "another program holds the index: it was not checked",
    FindingCode.INDEX_BEHIND: "behind in {file}; the next sync mends it",
    FindingCode.INDEX_ARTICLE: "the index does not say of {file} what article.json says",
    FindingCode.INDEX_IMAGE: "the index has another file for the image {value}",
    FindingCode.PAGE_BEHIND: "neither as it was written nor up to date; the next sync writes it",
    FindingCode.PAGE_CHANGED: f"not as it was written; {_REMADE}",
    FindingCode.PAGE_MISSING: f"the offline reader or GitHub shows it; {_REMADE}",
    FindingCode.PAGE_UNPROVED: f"not what a build makes today, and without catalogue.db nobody knows why; {_REMADE}",
    FindingCode.PAGE_UNBUILT: f"a build makes it today, and without catalogue.db nobody knows more; {_REMADE}",
    FindingCode.PAGE_UNUSED: "of what is no longer there; archiver build --all removes it",
    FindingCode.SITE_OF_OTHER: "made by another version of archiver, or with the notes elsewhere: not compared; "
    "the next build renews it",
}

CURES: Mapping[Cure, str] = {
    Cure.MOVED_BACK: "its bytes were in {file}",
    Cure.LINES_DROPPED: "damaged lines taken out: {count:,}",
    Cure.SUMS_CLEANED: "wrong lines taken out: {count:,}",
    Cure.LINK_REMOVED: "{url} is no address of {file}",
    Cure.LINK_STATUS: "{url} is {value}",
    Cure.LINK_ENTERED: "{url} is archived as {file}",
    Cure.LINK_REPLACED: "{url} is another image now: {file}",
    Cure.LINK_FAILED: "{url} leads to no image any more: it was damaged, and cannot be fetched again",
    Cure.INDEX_REMADE: "made again",
    Cure.RECORD_REMADE: "{file} made again from the capture",
    Cure.DERIVED_REMADE: "article.md and index.html made again, or confirmed, from the capture",
    Cure.FETCHED_AGAIN: "fetched again, equal",
    Cure.FILE_REPLACED: "{file} fetched again, now {value}",
    Cure.FILE_GIVEN_UP: "{file} cannot be fetched again: the article is partial",
    Cure.CAPTURED_AGAIN: "captured again",
    Cure.CAPTURED_EDITED: "captured again; it was edited since, what was intact of the old text is {file}",
    Cure.ALBUM_LOADED: "loaded again",
    Cure.DUPLICATE_KEPT: "its text or images are others, kept as {file}",
    Cure.DUPLICATE_SET_ASIDE: "says and shows nothing else, in quarantine",
    Cure.DUPLICATE_MERGED: "the same article as {file}, which stays",
    Cure.MADE_AGAIN: "made again",
}

OBSTACLES: Mapping[Obstacle, str] = {
    Obstacle.DISK: "{error}",
    Obstacle.INTERNAL_ERROR: "{error}; please report it with the file {file}",
    Obstacle.STILL_DAMAGED: "what could be done did not suffice",
    Obstacle.UNEXPLAINED: "nothing tells what it was or where to ask; a backup may",
    Obstacle.NO_ADDRESS: "nothing tells where it can be fetched",
    Obstacle.NO_ANSWER: "it could not be fetched now",
    Obstacle.SHOWN_BY_NOTES: f"{_LOST}, and notes show it",
    Obstacle.SHOWN_BY_VERSION: f"{_LOST}, and {{file}} shows it",
    Obstacle.SHOWN_BY_ARTICLE: f"{_LOST}, and {{file}} shows it and could not be written again",
    Obstacle.NOT_WRITABLE: "{file} is lost, and {error}",
    Obstacle.PAGE_NOT_ASKED: "its page was not asked for in this run",
    Obstacle.PAGE_REFUSED: "its page did not come: {error}",
    Obstacle.PAGE_EDITED: "the page was edited since, so what was lost cannot be fetched",
    Obstacle.OTHER_ARTICLE: "its address leads to another article now",
    Obstacle.ALBUM_CUT: "the album's list did not come whole: {error}",
    Obstacle.ALBUM_RUN_ENDED: "the run ended before the album's list did",
    Obstacle.ALBUM_SHORTER: "WeChat's list has {count:,} now, {file} has {of:,}",
    Obstacle.OTHER_ALBUM: "its address leads to another album now",
}

HALTS: Mapping[Halt, str] = {
    Halt.WALL: "WeChat asks for verification: what needs a page stays as it is. Try again tomorrow",
    Halt.DISK_FULL: "{error}",
    Halt.NOT_FINISHED: "not finished: {error}",
}

UNSURE: Mapping[Unsure, str] = {
    Unsure.AMBIGUOUS: "{url} may not be what stood there",
    Unsure.GONE: "{url} is no longer in the note",
    Unsure.FROM_OTHER_NOTE: "{url} was restored as another note had it",
    Unsure.APPENDED_LINK: "an appended link was taken away, as another note had it",
    Unsure.WITHOUT_CREDENTIALS: "{url} was restored without its credentials, which are never kept",
    Unsure.APPENDED_UNKNOWN: "an appended link was taken away, of which the journal knows nothing",
    Unsure.ADDRESS: "{url} is the URL of what is archived; the journal does not say what stood there",
    Unsure.COPY_GONE: "{url}: its copy is gone, its URL was put back",
    Unsure.STILL_LOCAL: "leads to {file}, and nothing says what stood there",
}

GITHUB: Mapping[GitHubCode, str] = {
    GitHubCode.UNREADABLE: "{value}",
    GitHubCode.NO_ADDRESS: "no address: {value}",
    GitHubCode.OUTSIDE: "leads out of the repository",
    GitHubCode.SYMBOLIC_LINK: "leads through a symbolic link, which GitHub does not follow",
    GitHubCode.NO_FILE: "leads to no file",
    GitHubCode.OTHER_CASE: "leads to no file (there is one with another case)",
    GitHubCode.NO_IMAGE: "leads to a file that is no image",
    GitHubCode.IGNORED: "leads to a file that git ignores",
    GitHubCode.UNPUBLISHED: "leads to a file that [archive] publish keeps out of git",
    GitHubCode.REFUSED_SIZE: "{bytes}: GitHub refuses files of 100 MB and more",
    GitHubCode.LARGE_FILE: "{bytes}: GitHub warns of files of 50 MB and more",
    GitHubCode.LARGE_IMAGE: "the image has {bytes}: GitHub may not show it",
    GitHubCode.ELEMENT_LEFT_OUT: "GitHub leaves out {value}",
    GitHubCode.SCHEME_LEFT_OUT: "GitHub leaves out {value} addresses",
    GitHubCode.REMOTE_WECHAT: "WeChat's image is not local",
    GitHubCode.REMOTE: "the image is not local",
}

HINTS: Mapping[Hint, str] = {
    Hint.SCHEME: "scheme missing? https://…",
    Hint.BACKSLASH: "GitHub wants / for \\",
    Hint.MACHINE: "a path on one machine",
    Hint.SUFFIX: ".md missing?",
    Hint.TOP: "there is one, counted from another folder",
    Hint.SPACE: "a space at its end?",
}

GARBAGE: Mapping[GarbageCode, str] = {
    GarbageCode.LEFTOVER: "left by an interrupted run",
    GarbageCode.UNUSED: "nothing names it",
}

_TEXTS: Mapping[type[StrEnum], Mapping[Any, str]] = {
    FindingCode: FINDINGS,
    Cure: CURES,
    Obstacle: OBSTACLES,
    Halt: HALTS,
    Unsure: UNSURE,
}


def remark_text(remark: Remark) -> str:
    """What is to be said of the file or folder of a remark, without its path."""
    return _TEXTS[type(remark.code)][remark.code].format(**asdict(short_fields(remark)))


def github_text(finding: GitHubFinding) -> str:
    """What is to be said of a link or file as GitHub shows it."""
    said = GITHUB[finding.code].format(**asdict(short_fields(finding)), bytes=size(finding.size))
    return f"{said} ({HINTS[Hint(finding.hint)]})" if finding.hint else said


def github_json(finding: GitHubFinding) -> dict[str, object]:
    """The same as machines get it."""
    about = {name: value for name in ("value", "size", "hint") if (value := getattr(finding, name))}
    place = {"path": finding.path, "line": finding.line, "level": finding.level.value, "url": finding.url}
    return {**place, "code": finding.code.value, "about": about, "why": github_text(finding)}


def finding_json(finding: Finding) -> dict[str, object]:
    """A finding as machines get it."""
    return {"finding": finding.kind.value, "damage": finding.damage, **remark_json(finding)}


def remark_json(remark: Remark) -> dict[str, object]:
    """A remark as machines get it: `about` has what its code needs, `detail` says it in words."""
    return {"path": remark.path, "code": remark.code.value, "about": remark.about, "detail": remark_text(remark)}
