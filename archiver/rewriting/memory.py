"""What earlier runs found out about notes that are as they were: so that these are neither read nor parsed again.

Only work is saved by it, and nothing is known by it alone: whatever is odd about it, the notes are read. What a note
says (facts.py) depends on its bytes, the configuration and the program; what is to be rewritten in it also on what
the journal says of it, and on the answers to the questions that were asked when it was planned (asked.py). All that is
kept beside the result, and compared.

A note counts as unchanged if its file looks as it did: size, times of the last change of its bytes and of its entry,
inode and device. As in git's index, what was changed shortly before it was read is not trusted, for it may be changed
again without another look ("racy git", Documentation/technical/racy-git.txt). A time that was set back by hand shows
in the second time, but on Windows, which has none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from archiver.archive.archive import Archive
from archiver.archive.known_articles import KnownArticles
from archiver.config import Config
from archiver.rewriting.asked import ARTICLE, Answers, Asked, same
from archiver.rewriting.facts import NoteFacts
from archiver.rewriting.noterows import (
    PLAN,
    Plan,
    Row,
    digest_of,
    plan_of,
    rewrite_of,
    row_of,
    state_of,
    with_plan,
    without_plan,
)
from archiver.rewriting.rewrites import Rewrite
from archiver.store.catalogue import sha256
from archiver.store.layout import REMEMBERED
from archiver.store.lookup import repository_root
from archiver.store.notewalk import NOTE, Folder, Listing, look_at
from archiver.store.remembered import is_settled, program_print, recall, remember

_LIBRARIES = ("pyromark", "cmarkgfm", "lxml")
_LOOKS, _ROWS = 3, 4  # of what is kept of a folder, behind its listing


class NoteMemory:
    """The memory in the archive's reports; `now` tells the time (UTC), `keep` whether anything is to be kept."""

    def __init__(self, config: Config, archive: Archive, now: Callable[[], datetime], *, keep: bool) -> None:
        self._archive = archive
        self._root = config.notes_root
        self._now = now
        self._keep = keep
        self._maker = _maker(config)
        self.asked = Asked(archive, self._root)
        self._known: dict[str, list[Any]] = {}  # names, kinds, roles, looks, rows: of each folder, at the last run
        self._questions: list[list[Any]] = []  # kind, about, answer
        self._followed = ""
        self._print = ""  # of all notes, while each is as it was
        self._journal = ""  # of which all is remembered that the plans depend on
        self._articles = ""  # where they were when all questions for one had these answers
        value = recall(archive.root, REMEMBERED, self._maker)
        if value is not None:
            self._known, self._questions = value["folders"], value["questions"]
            self._followed, self._journal, self._print = value["followed"], value["journal"], value["print"]
            self._articles = value["articles"]
        self.listings = {path: Listing(*folder[:_LOOKS]) for path, folder in self._known.items()}
        self._folders: list[Folder] = []
        self._rows: dict[str, Row] = {}  # of the notes that are as they were
        self._looks: dict[str, list[int]] = {}
        self._moments: dict[str, int] = {}  # when a note was read in this run
        self._numbers: dict[str, int] | None = None  # of the questions
        self._changed = False
        self.digests: Mapping[str, str] = {}  # of all notes, as they were looked at
        self.leading: Collection[str] = ()  # those of them that lead into the archive
        self.look_again()
        self._is_first_look = True

    def look_again(self) -> None:
        """Take no answer for known: the archive may have changed."""
        self._answers = Answers(self._archive, self._root)
        self._is_first_look = False
        self.__dict__.pop("_others", None)

    @property
    def articles(self) -> KnownArticles:
        """Where the articles are, as things were at `look_again`."""
        return self._answers.articles

    def rows_of(self, folder: Folder) -> Mapping[str, Row]:
        """What is known of the notes in a folder that are as they were; all others have to be read."""
        paths, looks = folder.paths, folder.looks()
        self._folders.append(folder)
        self._looks.update(zip(paths, looks, strict=True))
        known = self._known.get(folder.path, [[], "", "", [], []])
        if folder.listing is self.listings.get(folder.path) and looks == known[_LOOKS]:
            rows = dict(zip(paths, known[_ROWS], strict=True))
            same = rows if None not in known[_ROWS] else {path: row for path, row in rows.items() if row}
        else:
            names = (folder.path + name for name, role in zip(known[0], known[2], strict=True) if role == NOTE)
            before = dict(zip(names, zip(known[_LOOKS], known[_ROWS], strict=True), strict=True))
            both = [(path, look, *before[path]) for path, look in zip(paths, looks, strict=True) if path in before]
            same = {path: row for path, look, seen, row in both if look and look == seen and row}
            self._changed, self._print = True, ""
        self._rows.update(same)
        return same

    def reading(self, path: str) -> None:
        """A note is about to be read, which looked as in `rows_of` before."""
        self._moments[path], self._print = int(self._now().timestamp() * 1e9), ""
        if self._rows.pop(path, None):
            self._changed = True

    def wrote(self, path: str) -> None:
        """The run itself has written a note, which is about to be read."""
        self._looks[path] = list(look_at(self._root, path))
        self.reading(path)

    def learn(self, path: str, facts: NoteFacts) -> None:
        """What a note says that was read since `reading`."""
        row = row_of(facts)
        if is_settled(self._looks.get(path, []), self._moments.get(path, 0)) and _is_discreet(row):
            self._rows[path] = row
            self._changed = True

    def settled(self, path: str, *, fresh: bool = False) -> Rewrite | None:
        """What planning a note would come to, where nothing is to be changed in it and that is known; its bytes are
        left out. `fresh`: the note may have been changed since its facts were asked for."""
        plan = plan_of(self._rows.get(path))
        if plan is None or not self._stands(path, plan) or not self._others.isdisjoint(plan[1]):
            return None
        if fresh and list(look_at(self._root, path)) != self._looks[path]:
            return None
        return rewrite_of(path, plan)

    def _stands(self, path: str, plan: Plan) -> bool:
        """Whether the journal says of a note what it said when that was planned."""
        journal = self._archive.journal
        return (bool(self._journal) and self._journal == journal.read) or state_of(plan) == journal.state(path)

    def settle(self, path: str, found: Rewrite) -> None:
        """What planning a note has come to, just now and by asking `asked`."""
        row, answers = self._rows.get(path), self.asked.answers
        if row is None or digest_of(row) != sha256(found.before):
            return
        if found.changed or found.files or answers is None:
            return
        numbers = [self._number(*question, answer) for question, answer in answers.items()]
        planned = with_plan(row, found, self._archive.journal.state(path), numbers)
        if _is_discreet(planned[PLAN][2:]):
            self._rows[path] = planned
            self._changed = True

    def is_followed(self, digests: Mapping[str, str]) -> bool:
        """Whether no link of these notes (path -> SHA-256) has moved from one to another, as far as journal and archive
        tell: it was looked for, and they are as they were."""
        return bool(self._followed) and self._followed == self._state(digests)

    def follow(self, digests: Mapping[str, str]) -> None:
        """None has."""
        self._followed = self._state(digests)
        self._changed = True

    def _state(self, digests: Mapping[str, str]) -> str:
        journal, links = self._archive.journal.read, self._archive.links.compacted
        if not journal or not links:
            return ""
        articles = self._archive.catalogue.stamps()
        said = repr((journal, links, self._print_of(digests), articles))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()

    def _print_of(self, digests: Mapping[str, str]) -> str:
        """Tells these notes from all others."""
        if not self._print:
            self._print = sha256(repr(list(digests.items())).encode("utf-8", "surrogatepass"))
        return self._print

    def write(self) -> None:
        """Keep it for the next run, if it holds any news."""
        self._compare_with_journal()
        gone = len(self._known) > len(self._folders)
        if not self._keep or not (self._changed or gone):
            return
        used: dict[int, int] = {}
        for plan in filter(None, map(plan_of, self._rows.values())):
            plan[1] = [used.setdefault(number, len(used)) for number in plan[1]]
        questions = [self._questions[number] for number in used]
        folders = dict(map(self._kept, self._folders))
        self._articles = self._where_answered(questions)
        heads = {"followed": self._followed, "journal": self._journal, "print": self._print, "articles": self._articles}
        value = {**heads, "questions": questions, "folders": folders}
        remember(self._archive.root, REMEMBERED, self._maker, value)
        self._known, self._questions, self._numbers, self._changed = folders, questions, None, False
        self.__dict__.pop("_others", None)

    def _compare_with_journal(self) -> None:
        """Ask of each note once what the journal says, and then no more while that is as it is."""
        read = self._archive.journal.read
        if read != self._journal:
            plans = {path: plan for path, row in self._rows.items() if (plan := plan_of(row))}
            for path in [path for path, plan in plans.items() if not self._stands(path, plan)]:
                self._rows[path] = without_plan(self._rows[path])
            self._journal, self._changed = read, True

    def _kept(self, folder: Folder) -> tuple[str, list[Any]]:
        paths = folder.paths
        return folder.path, [*folder.listing, list(map(self._looks.get, paths)), list(map(self._rows.get, paths))]

    @cached_property
    def _others(self) -> frozenset[int]:
        """The questions that have another answer now than they had when notes were planned. Those for articles, of
        which there may be very many, are not asked where all articles are where they were: to be known at the first
        look, for the archive was brought up to date when it was opened."""
        articles, questions = self._answers.articles, self._questions
        where = articles.print(len(questions)) if self._is_first_look else ""
        if where and where == self._articles:
            articles.assume({about: answer for kind, about, answer in questions if kind == ARTICLE})
            return frozenset(n for n, asked in enumerate(questions) if asked[0] != ARTICLE and self._is_other(asked))
        others = frozenset(n for n, asked in enumerate(questions) if self._is_other(asked))
        self._changed |= bool(where) and not others  # to be known at the next one
        return others

    def _is_other(self, question: list[Any]) -> bool:
        return not same(self._answers, *question)

    def _where_answered(self, questions: list[list[Any]]) -> str:
        """By what to know that the questions for articles among these have the same answers; empty: they have not."""
        answers = Answers(self._archive, self._root)
        stand = all(same(answers, *question) for question in questions if question[0] == ARTICLE)
        return answers.articles.print(len(questions)) if stand else ""

    def _number(self, kind: str, about: str, answer: Any) -> int:
        if self._numbers is None:
            self._numbers = {repr(question): number for number, question in enumerate(self._questions)}
        question = [kind, about, answer]
        number = self._numbers.setdefault(repr(question), len(self._questions))
        if number == len(self._questions):
            self._questions.append(question)
        return number


def _is_discreet(value: Any) -> bool:
    """Whether no credential is in it that the user has in a note: these get into no file."""
    from archiver.wechat.secrets import without_any_secrets

    said = json.dumps(value, ensure_ascii=False)
    return without_any_secrets(said) == said


def _maker(config: Config) -> str:
    """Who may believe what was found out: the same program with the same configuration in the same place."""
    root = config.notes_root
    said = repr((config.print(), root, config.archive_root, repository_root(root), program_print(_LIBRARIES)))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
