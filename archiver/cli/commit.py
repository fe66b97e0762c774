"""sync --commit and --push: what a run did, as commits, and what is said about them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from archiver.amounts import counted
from archiver.archive.context import Context
from archiver.cli.output import err
from archiver.cli.short import short
from archiver.config import Config
from archiver.errors import ArchiverError, ExitCode
from archiver.events import ArticleDone, Event, Failed, Summary
from archiver.harmless import harmless
from archiver.tasks.commit import Committed, Held, commit_run
from archiver.tasks.committable import check_committable
from archiver.tasks.push import push

_TO_FULL_WIDTH = 0xFEE0  # from an ASCII sign to the one that looks like it
_SHOWN = 20  # files left out of a commit: `git add` of an archive stages thousands


@dataclass(slots=True)
class Commit:
    """The commit at the end of a run, which is then pushed if `pushing`. `gone` are lines about articles that turned
    out to be deleted, `made` the repositories in which something was, or could have been, committed.
    `quiet`: only what fails is shown."""

    pushing: bool = False
    quiet: bool = False
    gone: list[str] = field(default_factory=list)
    made: list[Path] = field(default_factory=list)

    def check(self, config: Config) -> None:
        """Raises NotCommittableError or GitError where nothing could be committed."""
        check_committable(config)

    def tell(self, event: Event) -> None:
        """Take account of an event of the run."""
        if isinstance(event, ArticleDone) and event.status.is_withdrawn:
            self.gone.append(f"{title_in_commit(short(event.title)) or short(event.url)} ({event.status})")

    def make(self, context: Context, summary: Summary) -> None:
        """Commit what the run did. What cannot be is entered in the summary."""
        with _failing(summary):
            for item in commit_run(context.config, context.archive, lambda held: message(held, summary, self.gone)):
                for line in _lines(item):
                    err.note(line, shown=not self.quiet)
                self.made.append(item.root)
                summary.attention += item.notes
                if item.notes:
                    _fail(summary)

    def push(self, config: Config, summary: Summary) -> None:
        """Push what was committed, if that is wanted; to be called by who does not hold the archive. What cannot be
        pushed is entered in the summary."""
        for root in self.made if self.pushing else ():
            with _failing(summary):
                done = push(config, root, lambda held: message(held, Summary(), ()))
                also = ", on top of what others had pushed" if done.joined else ""
                line = f"pushed {root} ({counted(done.pushes, 'push', 'pushes')}{also})"
                err.note(line, shown=not self.quiet)
                if done.behind:
                    err.print(f"your branch stays as it is, behind what was pushed: git pull --rebase ({done.behind})")


@contextmanager
def _failing(summary: Summary) -> Iterator[None]:
    """Inside, what git or the disk refuses is a failure of the run."""
    try:
        yield
    except ArchiverError as error:
        err.print_error(f"error: {error}")
        summary.attention.append(Failed(str(error)))
        _fail(summary)


def _fail(summary: Summary) -> None:
    if summary.exit_code == ExitCode.OK:
        summary.exit_code = ExitCode.FAILURE


def _lines(item: Committed) -> Iterator[str]:
    for commit in item.commits:
        yield f"committed {commit[:10]} in {item.root}"
    if item.untracked:
        yield (
            f"no longer tracked: {counted(item.untracked, 'file')} of the archive, which stay on the disk. "
            "git's history keeps what was committed: docs/publishing.md tells how to take it out"
        )
    for path in item.left_out[:_SHOWN]:
        yield (f"left out of the commit: {path} (you have staged changes in it)")
    if more := item.left_out[_SHOWN:]:
        yield (f"left out of the commit: {counted(len(more), 'more file')} in which you have staged changes")


def message(held: Held, summary: Summary, gone: Sequence[str]) -> str:
    """What is said in a commit about what it holds; `gone` are lines about articles that were found deleted."""
    head = f"Archive {counted(held.articles, 'article')}, {counted(held.images, 'image')}"
    part = f" ({held.number} of {held.of})" if held.of > 1 else ""
    counts = {**summary.articles, "new": held.articles}
    said = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    lines = [f"{head}; rewrite {counted(held.notes, 'note')}{part}", "", f"Articles: {said or 'none'}."]
    if held.untracked:
        lines.append(f"No longer published: {counted(held.untracked, 'file')}.")
    if gone:
        lines += ["", f"Deleted upstream: {len(gone)}", *(f"- {line}" for line in gone)]
    return "\n".join(lines) + "\n"


def title_in_commit(title: str) -> str:
    """An article's title as it may stand in a commit: GitHub closes issues, calls people and skips workflows for what a
    message says."""
    return re.sub(r"[#@\[\]]|:(?=//)|(?<=GH)-", lambda match: chr(ord(match[0]) + _TO_FULL_WIDTH), harmless(title))
