"""Which findings of `verify --github` count: archiver's own links, what is not ignored, and what is new."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import unquote, urlsplit

from archiver.config import Config
from archiver.errors import ConfigError
from archiver.fixity.github_findings import Checked, GitHubCode, GitHubFinding, Level
from archiver.fixity.github_hints import hint
from archiver.fixity.github_scope import Scope
from archiver.models.rewrites import Rewritten
from archiver.notes.undo import recorded_target
from archiver.store.files import disk_errors, write_if_changed
from archiver.store.globs import glob_test
from archiver.store.journal import Journal
from archiver.store.layout import JOURNAL

_Known = tuple[str, str, str]  # path, address and code: a line may move


@dataclass(frozen=True, slots=True)
class Choice:
    """`ours`: only what archiver wrote; `remote`: only WeChat's images that are not local; `baseline`: a file with the
    findings that are known, of which those in `scope` count."""

    ours: bool = False
    baseline: Path | None = None
    remote: bool = False
    scope: Scope = field(default_factory=Scope)


@dataclass(slots=True)
class Chosen:
    """The `findings` that count, with hints, and how many do not: of those that archiver did not write, that are
    ignored, and that are in the baseline. `outdated`: how many lines of the baseline are true no more."""

    findings: list[GitHubFinding] = field(default_factory=list)
    not_ours: int = 0
    ignored: int = 0
    known: int = 0
    outdated: int = 0

    @property
    def damaged(self) -> bool:
        return any(finding.level is Level.ERROR for finding in self.findings)


def choose(config: Config, checked: Checked, choice: Choice) -> Chosen:
    """Sort the findings out. Raises ConfigError (an ignored pattern, the baseline), StoreError, DamageError."""
    chosen = Chosen()
    own, left_out = _Own(config) if choice.ours else None, _Ignored(config)
    known = _known(config, choice)
    for finding in checked.findings:
        if choice.remote and finding.code is not GitHubCode.REMOTE_WECHAT:
            continue
        if own and not own.wrote(finding):
            chosen.not_ours += 1
        elif left_out.has(finding):
            chosen.ignored += 1
        elif known[_key(finding)] > 0:
            known[_key(finding)] -= 1
            chosen.known += 1
        else:
            guess = hint(finding, config.folder)
            chosen.findings.append(replace(finding, hint=guess.value) if guess else finding)
    chosen.outdated = known.total()
    return chosen


def _known(config: Config, choice: Choice) -> Counter[_Known]:
    """What is known of the files that were looked at."""
    if choice.baseline is None or choice.remote:  # there are no hot-links in a baseline
        return Counter()
    known = read_baseline(choice.baseline)
    return Counter({key: count for key, count in known.items() if choice.scope.has(config.folder / key[0])})


class _Own:
    """What archiver wrote: its Markdown files, and in notes the links that lead into the archive or that the journal
    knows."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._journal = Journal(config.archive_root / JOURNAL)

    def wrote(self, finding: GitHubFinding) -> bool:
        archive, file = self._config.archive_root, self._config.folder / finding.path
        if Path(os.path.normpath(file)).is_relative_to(archive):
            return True
        note = os.path.relpath(file, self._config.notes_root).replace(os.sep, "/")
        last = self._journal.last(note)
        edits: tuple[Rewritten, ...] = last.edits if last else ()
        if not finding.url:
            return bool(edits)  # a note that cannot be read, though it was rewritten
        try:
            path = unquote(urlsplit(finding.url).path)
        except ValueError:
            return False
        inside = Path(os.path.normpath(file.parent / path)).is_relative_to(archive)
        return inside or recorded_target(finding.url, {edit.target for edit in edits}) is not None


class _Ignored:
    """`[verify] ignore`: files by globs as in .gitignore, links by their address, with * and ?."""

    def __init__(self, config: Config) -> None:
        self._patterns = config.verify.ignore
        self._is_file = glob_test((text for text in self._patterns if "://" not in text), "verify.ignore")

    def has(self, finding: GitHubFinding) -> bool:
        url = finding.url
        if self._is_file(finding.path):
            return True
        return bool(url) and any(url == text or fnmatchcase(url, text.replace("[", "[[]")) for text in self._patterns)


def _key(finding: GitHubFinding) -> _Known:
    return finding.path, finding.url, finding.code.value


def read_baseline(file: Path) -> Counter[_Known]:
    """What a baseline knows; nothing where there is none. Raises ConfigError for a file that is none, StoreError."""
    with disk_errors(file, "read"):
        data = file.read_bytes() if file.exists() else b""
    known: Counter[_Known] = Counter()
    for number, line in enumerate(data.splitlines(), 1):
        try:
            value = json.loads(line)
            known[str(value["path"]), str(value["url"]), str(value["code"])] += 1
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"{file}:{number}: no line of a baseline: write it anew with --write-baseline") from error
    return known


def write_baseline(file: Path, findings: Iterable[GitHubFinding]) -> int:
    """Write a baseline of these findings, but for hot-links, which fail nothing: a line of JSON each, in order, so that
    git can merge it. Returns how many. Raises StoreError."""
    keys = sorted(_key(finding) for finding in findings if finding.level is not Level.HOTLINK)
    lines = [json.dumps({"path": path, "url": url, "code": code}, ensure_ascii=False) for path, url, code in keys]
    write_if_changed(file, "".join(f"{line}\n" for line in lines).encode())
    return len(lines)
