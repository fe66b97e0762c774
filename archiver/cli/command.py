"""Commands that load their code only when they run, and a group that lists them by work-flow.

What a command is called and takes is cheap to know, what it does needs a browser, an HTML parser and a database. So
archiver.cli.commands declares all commands with nothing but click, which is all that --help and the TAB key need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from importlib import import_module
from typing import Any

import click

from archiver.errors import ArchiverError, ExitCode

REPORTED = "archiver.reported"  # in a context's `meta`: the last line of JSON has reported the error


class LazyCommand(click.Command):
    """A command that is declared here and done elsewhere: `target` is "module:function", called with the options that
    many commands share, in one, and with its own parameters."""

    def __init__(
        self, name: str, target: str, text: str, params: Sequence[click.Parameter], *, tells_codes: bool = False
    ) -> None:
        super().__init__(name, params=list(params), help=text)
        self.target = target
        self._tells_codes = tells_codes  # at the end of its help: who has it run by a scheduler looks there

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self._tells_codes:
            write_exit_codes(formatter)
        super().format_epilog(ctx, formatter)

    def load(self) -> Callable[..., Any]:
        """Import what does the work."""
        from archiver.tasks.uncollected import uncollected

        module, _, function = self.target.partition(":")
        with uncollected():
            loaded: Callable[..., Any] = getattr(import_module(module), function)
        return loaded

    def invoke(self, ctx: click.Context) -> Any:
        from archiver.cli.common import Shared, set_up_log

        names = {field.name for field in fields(Shared)}
        shared = Shared(**{name: value for name, value in ctx.params.items() if name in names})
        own = {name: value for name, value in ctx.params.items() if name not in names}
        if "verbose" in ctx.params:
            set_up_log(shared.verbose)
        try:
            return ctx.invoke(self.load(), shared, **own)
        except ArchiverError as error:
            if ctx.params.get("as_json") and not ctx.meta.get(REPORTED):
                print_error(error)
            raise


def print_error(error: ArchiverError) -> None:
    """Tell machines what kept a command from its work."""
    from archiver.cli.jsonlines import error_line
    from archiver.cli.output import out

    out.print_json(error_line(error))


class SectionGroup(click.Group):
    """The group of all commands. Its help lists them under headings, each with the first paragraph of its own help, and
    ends with the exit codes."""

    def __init__(self, sections: Mapping[str, Sequence[click.Command]], **settings: Any) -> None:
        super().__init__(commands=[command for listed in sections.values() for command in listed], **settings)
        self.sections = sections

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, self.list_commands(ctx)))
        for heading, listed in self.sections.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{command.name:<{width}}", summary(command)) for command in listed])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_exit_codes(formatter)
        super().format_epilog(ctx, formatter)


def write_exit_codes(formatter: click.HelpFormatter) -> None:
    """The table of what exit codes mean."""
    with formatter.section("Exit codes"):
        formatter.write_dl([(str(code.value), _sentence(code.meaning)) for code in ExitCode])


def _sentence(clause: str) -> str:
    return f"{clause[0].upper()}{clause[1:]}."


def summary(command: click.Command) -> str:
    """The first paragraph of a command's help, on one line."""
    return " ".join((command.help or "").partition("\n\n")[0].split())
