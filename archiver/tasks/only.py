"""A run on a part of what is due: what some notes link to, or one account's articles. The rest is due as before."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from archiver.archive.context import Context
from archiver.due.plan import Target
from archiver.errors import UsageError
from archiver.models import ArticleRecord
from archiver.models.values import dataclass
from archiver.rewriting.scan import Scan
from archiver.store.globs import glob_test
from archiver.tasks.named import note_path
from archiver.wechat import urls

# 2022-03-05, 20220305, 2022/03/05, 2022年3月5日, 2022-03: what people name notes of a day or month by.
_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-_./年]?(0[1-9]|1[0-2]|[1-9](?=月))(?:[-_./月]?(0[1-9]|[12]\d|3[01]|[1-9](?=日)))?(?!\d)"
)
_SINCE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Only:
    """What the user wants a run to be about, all of it at once; nothing said: everything.

    `notes`: notes, folders or globs as in .gitignore; `since`: a year, month or day, from which on a note is by the
    date in its path, else by the last change of its file; `account`: a part of an account's name.
    """

    notes: tuple[str, ...] = ()
    since: str = ""
    account: str = ""

    def __post_init__(self) -> None:
        if self.since and not _is_date(self.since):
            raise UsageError(f"--since takes a date such as 2022, 2022-03 or 2022-03-05, not {self.since}")

    def __bool__(self) -> bool:
        return bool(self.notes or self.since or self.account)


def _is_date(since: str) -> bool:
    """Whether it is a day that there is, or a month or year."""
    try:
        date.fromisoformat(since + "-01-01"[len(since) - 4 :])
    except ValueError:
        return False
    return _SINCE.fullmatch(since) is not None


class Choice:
    """Which of what is due an `Only` means, on an archive and its notes.

    Raises UsageError where it means no note, or no account that is known.
    """

    def __init__(self, context: Context, scan: Scan, only: Only) -> None:
        from archiver.store import listings

        self._archive = context.archive
        self._notes = _notes(context, scan, only) if only.notes or only.since else None
        self._linked: set[str] = set()  # folders of articles to which these notes link
        for note in self._notes or ():
            self._linked |= {mention.folder for mention in listings.mentions_in(self._archive.catalogue, note)}
        self._account = only.account
        self._folders, self._bizs = _of_account(context, only.account) if only.account else (set(), set())

    def takes(self, target: Target) -> bool:
        """Whether a link, or an article that is looked at again, is meant."""
        folder = self._archive.article_folder(target.url)
        note = target.where.rpartition(":")[0]
        if self._notes is not None and note not in self._notes and folder not in self._linked:
            return False
        return not self._account or folder in self._folders or urls.url_ids(target.url).get("biz") in self._bizs

    def takes_article(self, record: ArticleRecord) -> bool:
        """Whether an archived article is meant."""
        if self._notes is not None and record.folder not in self._linked:
            return False
        return not self._account or record.folder in self._folders


def _notes(context: Context, scan: Scan, only: Only) -> set[str]:
    known = set(scan.digests)
    if only.notes:
        known = set().union(*(_named(context, known, given) for given in only.notes))
    if only.since:
        known = {note for note in known if _is_from(_date(context, note), only.since)}
    if not known:
        raise UsageError("no note is meant by these: " + " ".join(filter(None, (*only.notes, only.since))))
    return known


def _is_from(day: str, since: str) -> bool:
    """Whether a day, or a part of a month or year, is not before another."""
    common = min(len(day), len(since))
    return bool(day) and day[:common] >= since[:common]


def _named(context: Context, known: set[str], given: str) -> set[str]:
    if not set(given) & set("*?["):
        path = note_path(context.config, given)
        found = {note for note in known if path in (".", note) or note.startswith(f"{path}/")}
    else:
        found = set(filter(glob_test([given], "--note"), known))
    if not found:
        raise UsageError(f"--note {given} means no note: a path from here, or a glob from the notes folder")
    return found


def _date(context: Context, note: str) -> str:
    """The day or month of a note, as an ISO date."""
    for match in reversed(list(_DATE.finditer(note))):
        return "-".join(part.rjust(2, "0") for part in match.groups() if part)
    try:
        changed = (context.config.notes_root / note).stat().st_mtime
    except OSError:
        return ""
    return datetime.fromtimestamp(changed, UTC).astimezone().date().isoformat()


def _of_account(context: Context, account: str) -> tuple[set[str], set[str]]:
    """The folders of the archived articles of an account, and its `__biz`."""
    from archiver.folding import fold
    from archiver.store import listings, searching

    catalogue = context.archive.catalogue
    folders = set(searching.matching(catalogue, (), (("account", fold(account)),)))
    if not folders:
        raise UsageError(
            f"no archived article is of an account called {account}: whose article a link leads to is known only when "
            "it has been loaded"
        )
    return folders, listings.bizs(catalogue, folders)
