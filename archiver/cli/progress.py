"""What is seen while a sync runs: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from archiver.amounts import counted
from archiver.cli.output import err
from archiver.cli.run_texts import article_reason, changed_text, halt_text
from archiver.cli.short import short, short_fields
from archiver.events import ArticleDone, Changed, Damaged, Event, ImageDone, NoteDone, Notice, Planned, Walled
from archiver.harmless import harmless
from archiver.models.halts import Halted
from archiver.store.lines import FORGOTTEN


def _due_parts(event: Planned) -> Iterator[str]:
    if event.articles:
        yield f"{counted(event.articles, 'article')} with all {'its' if event.articles == 1 else 'their'} images"
    if images := event.images - event.media:
        yield counted(images, "more image" if event.articles else "image")
    if event.media:
        yield counted(event.media, "audio or video file")


class _Rate(ProgressColumn):
    """Finished per minute."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed * 60:.0f}/min" if speed else "", style="progress.data.speed")


class _Bars(Progress):
    """The bars, and a line under them."""

    below = ""

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        if self.below:
            yield Text(self.below)


def error_console() -> Console:
    """Standard error to draw on. What is drawn is text: "[b]" in a title is no markup, ":key:" no emoji."""
    return Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)


@contextmanager
def counting(
    what: str, *more: ProgressColumn, total: int | None = None
) -> Iterator[Callable[[int, int | None, str], None]]:
    """Shows on a terminal how many of `what` are done, of how many, and the name of the one in hand; `more` are columns
    before that. Other lines go above it. Elsewhere nothing is shown."""
    console = error_console()
    bar = Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        *more,
        TextColumn("{task.fields[current]}", markup=False),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
    task = bar.add_task("", total=total, current="")

    def show(done: int, of: int | None, name: str) -> None:
        bar.update(task, completed=done, total=of, current=harmless(short(name, 40)))

    with ExitStack() as stack:
        if console.is_terminal:
            stack.enter_context(err.drawn_on(lambda line: console.print(Text(line)), lambda _: None))
        stack.enter_context(bar)
        yield show


class Display:
    """Shows the events of a run on standard error; a context manager around it."""

    def __init__(self, *, verbose: bool, quiet: bool = False, console: Console | None = None) -> None:
        console = console or error_console()
        self._console = console
        self._verbose = verbose
        self._quiet = quiet
        self._live = console.is_terminal and not quiet
        self._drawing = ExitStack()
        self._progress = _Bars(
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
        if self._live:
            self._drawing.enter_context(err.drawn_on(self._print_above, self._draw_below))
            self._drawing.enter_context(self._progress)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drawing.__exit__(kind, error, trace)

    def _print_above(self, line: str) -> None:
        self._console.print(Text(line))

    def _draw_below(self, line: str) -> None:
        self._progress.below = line  # drawn within a tenth of a second

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
        self._progress.update(self._articles, total=self._total)
        # How many images the articles hold is known only when they have been read.
        self._progress.update(self._images, total=event.images - event.media if not event.articles else None)
        if event.articles or event.images:
            self._say(f"due: {', '.join(_due_parts(event))}")

    def _article(self, event: ArticleDone) -> None:
        self._done += 1
        self._total = max(self._total, self._done)  # another that nobody could foresee, such as one that was edited
        name = event.title or event.url
        self._progress.update(self._articles, advance=1, total=self._total, current=harmless(name[:40]))
        why = article_reason(event)
        state = "forgotten" if event.reason == FORGOTTEN else event.status
        reason, shown = (f" ({why})" if why else ""), not self._live or self._verbose or bool(why)
        self._say(f"[{self._done}/{self._total}] {state}: {name}{reason}", shown=shown)

    def _image(self, event: ImageDone) -> None:
        self._progress.update(self._images, advance=1)
        if event.error or self._verbose:
            self._say(f"image    {event.url}: {event.error or 'kept'}")
