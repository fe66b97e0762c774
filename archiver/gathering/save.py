"""Ask the web archive to capture articles that are alive (Save Page Now)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from archiver.archive.context import Context
from archiver.due.rescue import not_saved
from archiver.errors import FetchError, HttpStatusError, NotAskedError
from archiver.fetch.http import Ask
from archiver.gathering.webarchive import WebArchive, open_web_archive
from archiver.models.rescue import CameBack
from archiver.store.lines import LinkEntry
from archiver.webarchive.cdx import Snapshot
from archiver.webarchive.save import SAVE_URL, SaveAnswer, SaveState, read_answer, save_form, status_url

MOST_LOOKS = 6  # at one job; a capture takes from seconds to two minutes
BETWEEN = 15.0  # seconds between them
RECENT = "30d"  # a capture that is younger is good enough
_MOST_OF_ANSWER = 1_000_000  # bytes
_KEYS_REFUSED = (401, 403)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of an account of archive.org. They are told to nobody else, in no message and no log."""

    access: str = field(repr=False)
    secret: str = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """What a request says."""
        return {"Accept": "application/json", "Authorization": f"LOW {self.access}:{self.secret}"}


def save(context: Context, link_entries: Sequence[LinkEntry], keys: Keys, most: int) -> CameBack:
    """Have these articles captured, with at most so many requests. Raises StoreError, ConfigError."""
    saved = 0
    with open_web_archive(context.config, context.clock, most) as web, context.stop.calling(web.stop):
        for number, entry in enumerate(link_entries):
            try:
                if context.stop.requested:
                    return CameBack(saved=saved, left=len(link_entries) - number)
                answer = _saved(web, entry.url, keys)
            except HttpStatusError as error:
                refused = error.status in _KEYS_REFUSED
                why = "archive.org refuses your keys" if refused else str(error)
                return CameBack(saved=saved, left=len(link_entries) - number, why=why)
            except FetchError as error:
                return CameBack(saved=saved, left=len(link_entries) - number, why=str(error))
            if answer.state is SaveState.LIMITED:
                return CameBack(saved=saved, left=len(link_entries) - number, why=f"Save Page Now: {answer.reason}")
            saved += answer.state is SaveState.SAVED
            context.archive.put_links(_after(context, entry, answer))
    return CameBack(saved=saved)


def _saved(web: WebArchive, url: str, keys: Keys) -> SaveAnswer:
    """What becomes of the wish to have a page captured. Raises FetchError."""
    answer = read_answer(web.send(SAVE_URL, Ask(keys.headers, _MOST_OF_ANSWER, data=save_form(url, RECENT))).body)
    job = answer.job
    for _ in range(MOST_LOOKS):
        if answer.state is not SaveState.PENDING:
            break
        try:
            answer = read_answer(web.send(status_url(job), Ask(keys.headers, _MOST_OF_ANSWER), BETWEEN).body)
        except NotAskedError:
            break  # it goes on without us
    return answer


def _after(context: Context, entry: LinkEntry, answer: SaveAnswer) -> LinkEntry:
    """The line of an article that was to be captured."""
    now = context.archive.links.get(entry.url) or entry
    made = Snapshot(answer.timestamp, entry.url).made_at if answer.state is SaveState.SAVED else None
    return replace(now, saved=made.isoformat(timespec="seconds")) if made else not_saved(now, context.now())
