"""What is seen while a sync runs: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from archiver.cli.remark_texts import remark_text
from archiver.cli.run_texts import article_reason, changed_text, halt_text
from archiver.cli.short import short_fields
from archiver.events import (
    ArticleDone,
    Changed,
    Damaged,
    Event,
    Halted,
    ImageDone,
    NoteDone,
    Notice,
    Planned,
    Walled,
)


class _Rate(ProgressColumn):
    """Finished per minute."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed * 60:.0f}/min" if speed else "", style="progress.data.speed")


class Display:
    """Shows the events of a run; a context manager around it."""

    def __init__(self, console: Console, *, verbose: bool) -> None:
        self._console = console
        self._verbose = verbose
        self._live = console.is_terminal
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[current]}", markup=False),
            console=console,
            disable=not self._live,
        )
        self._articles = self._progress.add_task("articles", total=None, current="")
        self._images = self._progress.add_task("images  ", total=None, current="")
        self._done = self._total = 0

    def __enter__(self) -> Display:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

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
            links = (
                "1 link now leads to a local copy"
                if event.links == 1
                else f"{event.links} links now lead to local copies"
            )
            self._say(f"note     {event.path}: {event.error or links}")
        elif isinstance(event, Notice) and self._verbose:
            self._say(f"note     {event.path}:{event.line}: {event.url}: {event.why}")
        elif isinstance(event, Walled):
            self._say("WeChat asks for verification: no further article is asked for in this run")
        elif isinstance(event, Damaged):
            self._say(f"DAMAGE   {event.finding.path}: {remark_text(event.finding)}")
        elif isinstance(event, Changed):
            self._say(f"article  {event.title or event.url} {changed_text(event)}")
        elif isinstance(event, Halted):
            self._say(halt_text(event))

    def _planned(self, event: Planned) -> None:
        self._total = event.articles + event.others
        self._progress.update(self._articles, total=self._total)
        # How many images the articles hold is known only when they have been read.
        self._progress.update(self._images, total=event.images - event.media if not event.articles else None)
        if event.articles or event.images:
            self._say(f"due: {event.articles:,} articles, {event.images:,} images of notes")

    def _article(self, event: ArticleDone) -> None:
        self._done += 1
        self._total = max(self._total, self._done)  # another that nobody could foresee, such as one that was edited
        name = event.title or event.url
        self._progress.update(self._articles, advance=1, total=self._total, current=name[:40])
        why = article_reason(event)
        if not self._live or self._verbose or why:
            reason = f" ({why})" if why else ""
            self._say(f"[{self._done}/{self._total}] {event.status}: {name}{reason}")

    def _image(self, event: ImageDone) -> None:
        self._progress.update(self._images, advance=1)
        if event.error or self._verbose:
            self._say(f"image    {event.url}: {event.error or 'kept'}")

    def _say(self, line: str) -> None:
        self._console.print(line)
