"""archiver man: the manual page, made from the commands' own help, and archiver completion.

click-man does this too, but a page for each command and without the exit codes, and a line of help that begins with a
dot is lost in it: roff takes it for a request.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from archiver.cli.command import SectionGroup
from archiver.cli.common import Shared
from archiver.cli.output import err, out
from archiver.distribution import DISTRIBUTION, FILE_NAME, OTHER_NAME
from archiver.errors import ExitCode, UsageError

PROGRAM = "archiver"
_PLAIN = "\b"  # click's mark before a paragraph that is not to be filled
_PLACES = {
    "bash": f'~/.bashrc: eval "$({PROGRAM} completion bash)"',
    "zsh": f'~/.zshrc, behind compinit: eval "$({PROGRAM} completion zsh)"',
    "fish": f"{PROGRAM} completion fish > ~/.config/fish/completions/{PROGRAM}.fish",
}


def man_command(_shared: Shared) -> None:
    """`archiver man`."""
    out.print_exactly("\n".join(manual(_app())) + "\n")
    err.print_as_it_is(f"# To read it with man: {PROGRAM} man > ~/.local/share/man/man1/{PROGRAM}.1")


def completion_command(_shared: Shared, shell: str | None) -> None:
    """`archiver completion`."""
    shell = shell or Path(os.environ.get("SHELL", "")).name
    if shell not in _PLACES:
        raise UsageError(f"for which shell? One of {', '.join(_PLACES)}")
    kind = get_completion_class(shell)
    assert kind is not None
    out.print_exactly(kind(_app(), {}, PROGRAM, f"_{PROGRAM.upper()}_COMPLETE").source().strip() + "\n")
    err.print_as_it_is(f"# Into {_PLACES[shell]}" if shell != "fish" else f"# To keep it: {_PLACES[shell]}")


def _app() -> SectionGroup:
    app = click.get_current_context().find_root().command
    assert isinstance(app, SectionGroup)
    return app


def manual(app: SectionGroup) -> Iterator[str]:
    """The lines of the page, in the macros of man(7)."""
    about = str(app.help)
    yield r"'\" -*- coding: utf-8 -*-"
    yield f'.TH {PROGRAM.upper()} 1 "" "{DISTRIBUTION} {metadata.version(DISTRIBUTION)}" "User Commands"'
    yield from (".SH NAME", rf"{PROGRAM} \- {escape(about[0].lower() + about[1:].rstrip('.'))}")
    yield from (".SH SYNOPSIS", rf"\fB{PROGRAM}\fR \fICOMMAND\fR [\fIOPTIONS\fR] [\fIARGUMENTS\fR]")
    for heading, commands in app.sections.items():
        yield f".SH {escape(heading.upper())}"
        for command in commands:
            yield from _command(command, f"{PROGRAM} {command.name}")
    yield ".SH EXIT STATUS"
    for code in ExitCode:
        yield from (".TP", rf"\fB{code.value}\fR", escape(f"{code.meaning[0].upper()}{code.meaning[1:]}."))
    yield ".SH FILES"
    yield from (".TP", rf"\fB{OTHER_NAME}\fR, \fB{FILE_NAME}\fR")
    yield "The configuration, in the folder of the notes or above. archiver init writes one, with every key."


def _command(command: click.Command, path: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from _command(child, f"{path} {name}")
        return
    context = click.Context(command, info_name=path)
    usage = " ".join(command.collect_usage_pieces(context))
    yield f'.SS "{escape(path)} {escape(usage)}"'
    yield from _paragraphs(inspect.cleandoc(command.help or ""))
    for param in command.params:
        if record := param.get_help_record(context):
            yield from (".TP", rf"\fB{escape(record[0])}\fR", escape(record[1]))


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(re.split(r"\n{2,}", text)):
        lines = paragraph.split("\n")
        if number:
            yield ".PP"
        if lines[0] == _PLAIN:
            yield from (".nf", *map(escape, lines[1:]), ".fi")
        else:
            yield escape(" ".join(lines))


def escape(text: str) -> str:
    """A line of text as roff shows it as it is: no request, no escape, and hyphens that can be copied."""
    shown = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq")
    return rf"\&{shown}" if shown.startswith((".", "'")) else shown
