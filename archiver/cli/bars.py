"""Bars on a terminal, drawn by rich."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from archiver.cli.output import err
from archiver.cli.short import short
from archiver.harmless import harmless


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


class RunBars:
    """The bars of a run; a context manager around it. Other lines go above them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._drawing = ExitStack()
        self._progress = _Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[current]}", markup=False),
            console=console,
        )
        self._articles = self._progress.add_task("articles", total=None, current="")
        self._images = self._progress.add_task("images  ", total=None, current="")

    def __enter__(self) -> RunBars:
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

    def plan(self, articles: int, images: int | None) -> None:
        """How many there are; None: nobody knows."""
        self._progress.update(self._articles, total=articles)
        self._progress.update(self._images, total=images)

    def article(self, total: int, name: str) -> None:
        """One more is done, of so many."""
        self._progress.update(self._articles, advance=1, total=total, current=harmless(name[:40]))

    def image(self) -> None:
        """One more is done."""
        self._progress.update(self._images, advance=1)
