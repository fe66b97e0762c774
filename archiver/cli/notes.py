"""Commands about notes: restore, forget, repair, add."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

import click

from archiver.cli import texts
from archiver.cli.common import err, out, read_config, set_up_log, tell_internal_errors
from archiver.cli.jsonlines import print_json, summary_line
from archiver.cli.progress import Display
from archiver.cli.signals import stopping_on_signals
from archiver.config import Config
from archiver.errors import UsageError
from archiver.events import NoteDone, Notice, Summary
from archiver.rewriting.imagelinks import Verdict
from archiver.rewriting.preview import ImageFinding, preview_repair
from archiver.tasks.add import Given, add
from archiver.tasks.forget import forget
from archiver.tasks.repair import mending, repair
from archiver.tasks.restore import note_path, restore_notes
from archiver.tasks.run import due, open_run, view_run


class _Failures:
    """Collects what could not be done with notes; a `Report`."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.notices: list[str] = []
        self.rewritten = 0

    def tell(self, event: object) -> None:
        if isinstance(event, NoteDone) and event.error:
            self.lines.append(f"{event.path}: {event.error}")
        elif isinstance(event, NoteDone):
            self.rewritten += 1
        elif isinstance(event, Notice):
            self.notices.append(f"{event.path}:{event.line}: {event.url}: {event.why}")


def restore_command(notes: tuple[str, ...], wait: bool, verbose: bool, config_file: Path | None) -> None:
    """`archiver restore`."""
    set_up_log(verbose)
    config = read_config(config_file)
    failed = _Failures()
    paths = [note_path(config, note) for note in notes]
    with open_run(config, failed.tell, wait=wait) as context:
        restored = restore_notes(context, paths)
        broken = tell_internal_errors(context.archive.boundary)
    for item in restored:
        said = "nothing is known of its links" if item.unknown else f"{item.links} links restored"
        out.print(f"{item.path}: {said}")
        for line in item.unsure:
            out.print(f"  look at {line}")
    for line in failed.lines:
        err.print(line)
    out.print(f"{sum(not item.unknown for item in restored)} notes restored.")
    click.get_current_context().exit(1 if failed.lines or broken else 0)


def forget_command(articles: tuple[str, ...], wait: bool, verbose: bool, config_file: Path | None) -> None:
    """`archiver forget`."""
    set_up_log(verbose)
    config = read_config(config_file)
    failed = _Failures()
    with open_run(config, failed.tell, wait=wait) as context:
        for article in articles:
            done = forget(context, article)
            out.print(f"forgotten: {done.title or done.url} ({done.images} images deleted)")
        broken = tell_internal_errors(context.archive.boundary)
    for line in failed.notices:
        out.print(f"  look at {line}")
    for line in failed.lines:
        err.print(line)
    out.print(f"{failed.rewritten} notes got their links back.")
    click.get_current_context().exit(1 if failed.lines or broken else 0)


def repair_command(dry_run: bool, wait: bool, as_json: bool, verbose: bool, config_file: Path | None) -> None:
    """`archiver repair`."""
    set_up_log(verbose)
    config = read_config(config_file)
    if dry_run:
        _survey(config, as_json=as_json)
        return
    with (
        stopping_on_signals(err) as stop,
        Display(err, verbose=verbose) as display,
        open_run(config, display.tell, stop=stop, wait=wait) as context,
    ):
        summary, findings = repair(context)
    _show(findings, as_json=as_json, summary=summary)
    if not as_json:
        out.print(f"{summary.notes['rewritten']} notes mended, {summary.images['new']} images fetched.")
    click.get_current_context().exit(summary.exit_code)


def _survey(config: Config, *, as_json: bool) -> None:
    with view_run(mending(config)) as context:
        scan = due(context).scan
        findings, rewrites = preview_repair(context, scan)
    _show(findings, as_json=as_json)
    if not as_json:
        for rewrite in rewrites:
            out.print(texts.diff(rewrite), end="")
    for path, error in scan.errors:
        err.print(f"{path}: {error}")


def _show(findings: Sequence[ImageFinding], *, as_json: bool, summary: Summary | None = None) -> None:
    """List findings: one line each, remote images of hosts that are not mirrored counted by host."""
    if as_json:
        listed = [
            {
                "note": f.path,
                "line": f.line,
                "url": f.url,
                "verdict": f.verdict.name.lower(),
                "why": f.why,
                "cured": f.cured,
            }
            for f in findings
        ]
        done = summary or Summary()
        members = {"dry_run": summary is None, "findings": listed, "notes": done.notes, "images": done.images}
        print_json("repair", {**members, "exit_code": done.exit_code}, schema=1)
        return
    hosts: Counter[str] = Counter()
    for finding in findings:
        if finding.verdict is Verdict.HOTLINK:
            hosts[finding.why] += 1
            continue
        state = "mended" if finding.cured else "not mended"
        why = f" ({finding.why})" if finding.why and not finding.cured else ""
        out.print(f"{state:<10} {finding.path}:{finding.line}: {finding.verdict}{why}: {finding.url[:200]}")
    for host, count in hosts.most_common():
        out.print(f"hot-links  {count} images of {host}: add it to [images] mirror_hosts to keep them")


def add_command(
    urls: tuple[str, ...],
    source: TextIO | None,
    wait: bool,
    as_json: bool,
    verbose: bool,
    config_file: Path | None,
) -> None:
    """`archiver add`."""
    set_up_log(verbose)
    if not urls and source is None:
        raise UsageError("give URLs, or --from FILE")
    config = read_config(config_file)
    given = [Given(url, "argument", number) for number, url in enumerate(urls, 1)]
    given += _lines(source, source.name) if source is not None else ()
    with (
        stopping_on_signals(err) as stop,
        Display(err, verbose=verbose) as display,
        open_run(config, display.tell, stop=stop, wait=wait) as context,
    ):
        summary = add(context, given)
    if as_json:
        click.echo(summary_line(summary))
    else:
        out.print(texts.summary_text(summary, config.archive_root))
    click.get_current_context().exit(summary.exit_code)


def _lines(lines: Iterable[str], name: str) -> Iterator[Given]:
    for number, line in enumerate(lines, 1):
        yield Given(line, name, number)
