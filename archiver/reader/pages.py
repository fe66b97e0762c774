"""The pages of the reader, made from the catalogue with Jinja2; whatever comes from outside is escaped."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from archiver.reader.current import SiteNotes
from archiver.reader.inlined import inlined
from archiver.render import sitemap
from archiver.render.links import relative, safe_url
from archiver.render.style import DARK_SCREEN
from archiver.render.text import one_line, title_of
from archiver.store import listings
from archiver.store.catalogue import Catalogue
from archiver.store.layout import DARK_STYLE, HOME, READER_STYLE, UI_STYLE
from archiver.store.listings import Item

if TYPE_CHECKING:
    from jinja2 import Environment

    from archiver.reader.notetext import NoteText

FIRST = 24  # articles on the front page
SHORT = 12  # months, accounts and notes there
UNDATED = "无日期"
MONTHS, FOLDERS = "月份", "文件夹"
PART = 100  # articles on one page of a list
BAR = (
    ("首页", HOME),
    ("月份", sitemap.MONTHS),
    ("公众号", sitemap.ACCOUNTS),
    ("笔记", sitemap.NOTES),
    ("评分", sitemap.RATED),
    ("我的", sitemap.MINE),
    ("状态", sitemap.STATUS),
)

# Only files beside the page: `'self'` from a server, `file:` from disk.
POLICY = (
    "default-src 'none'; img-src 'self' file:; style-src 'self' file:; script-src 'self' file:; "
    "connect-src 'self'; form-action 'self' file:; base-uri 'none'"
)


@dataclass(frozen=True, slots=True)
class Page:
    """A file of the site: its path, POSIX and relative to the archive's root, and its text."""

    path: str
    text: str


_NO_NOTES = SiteNotes()


@cache  # templates are compiled once, and not for every run of a long-lived process
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # a run that changes no page does without

    from archiver.reader.compiled import CompiledTemplates

    environment = Environment(
        loader=PackageLoader("archiver.reader"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=CompiledTemplates(),
    )
    environment.filters |= {
        "line": one_line,
        "part": _part,
        "title": title_of,
        "safe_url": safe_url,
        "percent": lambda share: f"{int(share * 1000) / 10:.1f}%",
        "number": lambda count: f"{count:,}",
        "account_page": sitemap.account_page,
    }
    return environment


def _part(text: str) -> str:
    """A piece of a line: cleaned like a line, but with the spaces at its ends."""
    head, tail = " " * text[:1].isspace(), " " * text[-1:].isspace()
    return f"{head}{one_line(text)}{tail}"


class Pages:
    """Makes pages of an archive as it is when they are first asked for; after a change there has to be another.

    `root` is the archive's.
    """

    def __init__(self, catalogue: Catalogue, notes: SiteNotes = _NO_NOTES, root: Path = Path("/")) -> None:
        self._catalogue = catalogue
        self._notes_base = notes.base
        self._are_shown = notes.are_shown
        self._root = root

    def render(self, template: str, path: str, title: str, **values: Any) -> Page:
        """A page of the template at `path`."""
        folder = posixpath.dirname(path)
        text = (
            _environment()
            .get_template(template)
            .render(
                title=title,
                here=path,
                bar=BAR,
                scripts=sitemap.LIST_SCRIPTS,
                dark=DARK_SCREEN,
                to=lambda target: relative(folder, target),
                **{"policy": POLICY, "live": None, "inlined": None, **values},
            )
        )
        return Page(path, text)

    def home(self) -> Page:
        """The front page: what is new, and the ways to everything."""
        months, accounts, notes = self._months, self._accounts, self._notes
        groups = (
            (self._folders, sitemap.MONTHS, months[:SHORT], len(months)),
            ("公众号", sitemap.ACCOUNTS, accounts[:SHORT], len(accounts)),
            ("笔记", sitemap.NOTES, notes[:SHORT], len(notes)),
        )
        items = listings.newest(self._catalogue, FIRST)
        return self.render("home.html", HOME, "文章归档", items=items, groups=groups, totals=self._totals)

    def months(self) -> Page:
        """The list of months; of folders where [output] article_path says so."""
        title, rows = self._folders, self._months
        if title == FOLDERS:
            lead = f"{len(rows):,} 个文件夹"
            return self.render("listings.html", sitemap.MONTHS, title, groups=[("", rows)], lead=lead)
        years: dict[str, list[Any]] = {}
        for row in rows:
            years.setdefault(row[0].partition("-")[0], []).append(row)
        by_year = [(year if year == UNDATED else f"{year} 年", found) for year, found in years.items()]
        return self.render("listings.html", sitemap.MONTHS, title, groups=by_year, lead=f"{len(rows):,} 个月")

    def accounts(self) -> Page:
        """The list of accounts."""
        lead = f"{len(self._accounts):,} 个公众号，文章多的在前"
        return self.render("listings.html", sitemap.ACCOUNTS, "公众号", groups=[("", self._accounts)], lead=lead)

    def notes(self) -> Page:
        """The list of notes."""
        lead = f"{len(self._notes):,} 篇笔记链接到存档的文章；星是笔记里最高的评分"
        return self.render("listings.html", sitemap.NOTES, "笔记", groups=[("", self._notes)], lead=lead)

    def search(self) -> Page:
        """The search page that needs no server."""
        own = inlined((READER_STYLE, UI_STYLE), DARK_STYLE, sitemap.SEARCH_SCRIPTS)
        values = {"asked": "", "state": "", "items": (), "pages": (), "more_scripts": ()}
        policy = own.policy(POLICY)
        return self.render("search.html", sitemap.SEARCH, "搜索", inlined=own, policy=policy, **values)

    def mine(self) -> Page:
        """What a person has begun, likes and has marked; the page's script fills it in."""
        return self.render("mine.html", sitemap.MINE, "我的", from_notes=self._from_notes())

    def status(self, live: Mapping[str, Any]) -> Page:
        """What is incomplete, and, by `live`, what the links of the notes came to."""
        values = {"items": listings.partial(self._catalogue), "uncovered": listings.uncovered(self._catalogue)}
        return self.render("status.html", sitemap.STATUS, "存档状态", **values, totals=self._totals, live=live)

    def rated(self) -> list[Page]:
        """The articles that notes rate, the best first."""
        items = listings.rated(self._catalogue)
        return self._parts(sitemap.RATED, "评分", f"笔记里评过星的 {len(items):,} 篇，星多的在前", items, "评分高在前")

    def month(self, folder: str) -> list[Page]:
        """The articles of a month; empty where there are none."""
        items = listings.in_month(self._catalogue, folder)
        return self._parts(sitemap.month_page(folder), _month(folder), f"{len(items):,} 篇", items)

    def account(self, account: str) -> list[Page]:
        """The articles of an account; empty where there are none."""
        items = listings.of_account(self._catalogue, account)
        return self._parts(sitemap.account_page(account), account or "（无名）", f"公众号，{len(items):,} 篇", items)

    def note(self, note: str) -> list[Page]:
        """The articles that a note links to, in its order; empty where there are none."""
        mentions = listings.mentions_in(self._catalogue, note)
        found = listings.by_folder(self._catalogue, [mention.folder for mention in mentions])
        rows = [(found[m.folder], m.line) for m in mentions if m.folder in found]
        if not rows:
            return []
        path = sitemap.note_page(note)
        lead = f"笔记，链接到 {len({item.folder for item, _ in rows}):,} 篇存档的文章"
        names = [path, *(sitemap.older_page(path, number) for number in range(1, -(-len(rows) // PART)))]
        return [self._note_part(note, names, place, rows[place * PART :][:PART], lead) for place in range(len(names))]

    def _note_part(
        self, note: str, names: Sequence[str], place: int, rows: Sequence[tuple[Item, int]], lead: str
    ) -> Page:
        """A page of a note's articles, in its order; the first has the note itself."""
        path = names[place]
        parts = [("← 前面的", names[place - 1])] if place else []
        parts += [("后面的 →", names[place + 1])] if place + 1 < len(names) else []
        values = {
            "items": rows,
            "lead": f"第 {place * PART + 1} 至 {place * PART + len(rows)} 处" if place else lead,
            "source": self._source(path, note),
            "parts": parts,
            "order": "笔记里的顺序",
            "text": None if place else self._text(path, note),
        }
        return self.render("list.html", path, note, **values)

    def _text(self, path: str, note: str) -> NoteText | None:
        if not (self._are_shown and self._notes_base):
            return None
        from archiver.reader.notetext import note_text  # with GitHub's parser: a run that draws no note does without

        try:
            data = (self._root / self._notes_base / note).read_bytes()
        except OSError:  # it is gone, or moved, and the next run knows
            return None
        return note_text(data, path, self._catalogue)

    def _from_notes(self) -> str:
        """The archive as notes at the top of their folder write it; empty where no relative link leads there."""
        root = self._root.as_posix()
        return posixpath.relpath(root, posixpath.join(root, self._notes_base)) if self._notes_base else ""

    def _source(self, path: str, note: str) -> str:
        if not self._notes_base:
            return ""
        up = relative(posixpath.dirname(path), "")
        return f"{up}/{quote(posixpath.join(self._notes_base, note))}"

    def _parts(self, path: str, title: str, lead: str, items: Sequence[Item], order: str = "最新在前") -> list[Page]:
        """A list on as many pages as it needs, counted from its end: what comes on top moves nothing but the first."""
        if not items:
            return []
        older = max(0, len(items) // PART - 1)
        first = len(items) - older * PART
        cuts = [(path, items[:first])]
        for number in range(older, 0, -1):
            begin = first + (older - number) * PART
            cuts.append((sitemap.older_page(path, number), items[begin : begin + PART]))
        return [self._part(cuts, place, title, lead, order) for place in range(len(cuts))]

    def _part(self, cuts: Sequence[tuple[str, Sequence[Item]]], place: int, title: str, lead: str, order: str) -> Page:
        """One of them. It links only to those beside it, so that the others stay as they are when one is added."""
        name, items = cuts[place]
        parts = [("← 更新的", cuts[place - 1][0])] if place else []
        parts += [("更早的 →", cuts[place + 1][0])] if place + 1 < len(cuts) else []
        if place:
            lead = f"{items[-1].date} 至 {items[0].date}"
        values = {"lead": lead, "source": "", "parts": parts, "order": order, "text": None}
        return self.render("list.html", name, title, items=[(one, 0) for one in items], **values)

    @cached_property
    def _totals(self) -> dict[str, int]:
        return self._catalogue.totals()

    @cached_property
    def _months(self) -> list[tuple[str, str, int, int]]:
        return [
            (_month(folder), sitemap.month_page(folder), count, 0) for folder, count in self._catalogue.months().items()
        ]

    @cached_property
    def _folders(self) -> str:
        """What the folders that hold those of articles are called."""
        return MONTHS if all(map(sitemap.is_month, self._catalogue.months())) else FOLDERS

    @cached_property
    def _accounts(self) -> list[tuple[str, str, int, int]]:
        found = listings.accounts(self._catalogue)
        return [(listing.name, sitemap.account_page(listing.name), listing.articles, 0) for listing in found]

    @cached_property
    def _notes(self) -> list[tuple[str, str, int, int]]:
        found = listings.notes(self._catalogue)
        return [(listing.name, sitemap.note_page(listing.name), listing.articles, listing.stars) for listing in found]


def _month(folder: str) -> str:
    name = sitemap.month_name(folder)
    return UNDATED if name == "undated" else name
