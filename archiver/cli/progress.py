"""What is seen while a sync runs: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING

from archiver.amounts import counted
from archiver.cli.output import err, is_watched
from archiver.cli.run_texts import article_reason, changed_text, halt_text
from archiver.cli.short import short_fields
from archiver.events import ArticleDone, Changed, Damaged, Event, ImageDone, NoteDone, Notice, Planned, Walled
from archiver.models.halts import Halted
from archiver.store.lines import FORGOTTEN

if TYPE_CHECKING:
    from rich.console import Console

    from archiver.cli.bars import RunBars


def _due_parts(event: Planned) -> Iterator[str]:
    if event.articles:
        yield f"{counted(event.articles, 'article')} with all {'its' if event.articles == 1 else 'their'} images"
    if images := event.images - event.media:
        yield counted(images, "more image" if event.articles else "image")
    if event.media:
        yield counted(event.media, "audio or video file")


def _bars(console: Console | None) -> RunBars | None:
    """Bars on `console`, or on standard error; None where that is no terminal."""
    if console is None and not is_watched():
        return None
    from archiver.cli.bars import RunBars, error_console

    console = console or error_console()
    return RunBars(console) if console.is_terminal else None


class Display:
    """Shows the events of a run on standard error; a context manager around it."""

    def __init__(self, *, verbose: bool, quiet: bool = False, console: Console | None = None) -> None:
        self._verbose = verbose
        self._quiet = quiet
        self._bars = None if quiet else _bars(console)
        self._done = self._total = 0

    def __enter__(self) -> Display:
        if self._bars:
            self._bars.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            self._bars.__exit__(kind, error, trace)

    def tell(self, event: Event) -> None:
        """Show an event."""
        event = short_fields(event)
        if isinstance(event, Planned):
            self._planned(event)
        elif isinstance(event, ArticleDone):
            self._article(event)
        elif isinstance(event, ImageDone):
            self._image(event)
        elif isinstance(event, NoteDone):
            links = counted(event.links, "link now leads to a local copy", "links now lead to local copies")
            self._say(f"note     {event.path}: {event.error or links}")
        elif isinstance(event, Notice):
            self._say(f"note     {event.path}:{event.line}: {event.url}: {event.why}", shown=self._verbose)
        elif isinstance(event, Walled):
            self._say("WeChat asks for verification: no further article is asked for in this run")
        elif isinstance(event, Damaged):
            from archiver.cli.remark_texts import remark_text  # with all that knows of damage

            self._say(f"DAMAGE   {event.finding.path}: {remark_text(event.finding)}")
        elif isinstance(event, Changed):
            self._say(f"article  {event.title or event.url} {changed_text(event)}")
        elif isinstance(event, Halted):
            self._say(halt_text(event))

    def _say(self, line: str, *, shown: bool = True) -> None:
        err.note(line, shown=shown and not self._quiet)

    def _planned(self, event: Planned) -> None:
        self._total = event.articles + event.others
        if self._bars:
            # How many images the articles hold is known only when they have been read.
            self._bars.plan(self._total, event.images - event.media if not event.articles else None)
        if event.articles or event.images:
            self._say(f"due: {', '.join(_due_parts(event))}")

    def _article(self, event: ArticleDone) -> None:
        self._done += 1
        self._total = max(self._total, self._done)  # another that nobody could foresee, such as one that was edited
        name = event.title or event.url
        if self._bars:
            self._bars.article(self._total, name)
        why = article_reason(event)
        state = "forgotten" if event.reason == FORGOTTEN else event.status
        reason, shown = (f" ({why})" if why else ""), not self._bars or self._verbose or bool(why)
        self._say(f"[{self._done}/{self._total}] {state}: {name}{reason}", shown=shown)

    def _image(self, event: ImageDone) -> None:
        if self._bars:
            self._bars.image()
        if event.error or self._verbose:
            self._say(f"image    {event.url}: {event.error or 'kept'}")
