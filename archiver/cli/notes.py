"""Commands about notes: restore, forget, repair, add."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

import click

from archiver.archive.open_archive import open_archive, view_archive
from archiver.cli import texts
from archiver.cli.common import (
    config_option,
    err,
    json_option,
    out,
    read_config,
    set_up_log,
    verbose_option,
    wait_option,
)
from archiver.cli.jsonlines import summary_line
from archiver.cli.progress import Display
from archiver.cli.signals import stopping_on_signals
from archiver.config import Config
from archiver.errors import UsageError
from archiver.events import NoteDone, Notice, Summary
from archiver.rewriting.imagelinks import Verdict
from archiver.rewriting.preview import ImageFinding, preview_repair
from archiver.rewriting.scan import scan_notes
from archiver.tasks.add import Given, add
from archiver.tasks.forget import forget
from archiver.tasks.repair import repair
from archiver.tasks.restore import note_path, restore_notes
from archiver.tasks.sync import utc_now


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


@click.command("restore")
@click.argument("notes", nargs=-1, metavar="[PATH]...")
@wait_option
@verbose_option
@config_option
def restore_command(notes: tuple[str, ...], wait: bool, verbose: bool, config_file: Path | None) -> None:
    """Give notes (PATH: a note or a folder; default: all) their original links back, byte for byte.

    In a note that you have edited since, every link that still leads to a copy gets its original back.
    Later syncs leave restored notes alone, until sync --rewrite NOTE.
    """
    set_up_log(verbose)
    config = read_config(config_file)
    failed = _Failures()
    with open_archive(config.archive_root, config.archive.capture, wait=wait) as archive:
        paths = [note_path(config, note) for note in notes]
        restored = restore_notes(config, archive, paths, utc_now, failed.tell)
    for item in restored:
        said = "nothing is known of its links" if item.unknown else f"{item.links} links restored"
        out.print(f"{item.path}: {said}", markup=False)
        for line in item.unsure:
            out.print(f"  look at {line}", markup=False)
    for line in failed.lines:
        err.print(line, markup=False)
    out.print(f"{sum(not item.unknown for item in restored)} notes restored.")
    click.get_current_context().exit(1 if failed.lines else 0)


@click.command("forget")
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")
@wait_option
@verbose_option
@config_option
def forget_command(articles: tuple[str, ...], wait: bool, verbose: bool, config_file: Path | None) -> None:
    """Delete ARTICLE (id, URL, folder or file) from the archive, give its links back, and never fetch it again.

    Images that only it shows go too. archiver add URL fetches it again.
    """
    set_up_log(verbose)
    config = read_config(config_file)
    failed = _Failures()
    with open_archive(config.archive_root, config.archive.capture, wait=wait) as archive:
        for article in articles:
            done = forget(config, archive, article, utc_now, failed.tell)
            out.print(f"forgotten: {done.title or done.url} ({done.images} images deleted)", markup=False)
    for line in failed.notices:
        out.print(f"  look at {line}", markup=False)
    for line in failed.lines:
        err.print(line, markup=False)
    out.print(f"{failed.rewritten} notes got their links back.")
    click.get_current_context().exit(1 if failed.lines else 0)


@click.command("repair")
@click.option("--dry-run", is_flag=True, help="Ask for nothing, write nothing: list what is wrong and show the diff.")
@wait_option
@json_option
@verbose_option
@config_option
def repair_command(dry_run: bool, wait: bool, as_json: bool, verbose: bool, config_file: Path | None) -> None:
    """Mend the images in notes that GitHub does not show, and list those that cannot be mended.

    Fetches pictures, but no article. archiver restore takes it back.
    """
    set_up_log(verbose)
    config = read_config(config_file)
    if dry_run:
        _survey(config, as_json=as_json)
        return
    with stopping_on_signals(err) as stop, Display(err, verbose=verbose) as display:
        summary, findings = repair(config, display.tell, utc_now, stop, wait=wait)
    _show(findings, as_json=as_json, summary=summary)
    if not as_json:
        out.print(f"{summary.notes['rewritten']} notes mended, {summary.images['new']} images fetched.", markup=False)
    click.get_current_context().exit(summary.exit_code)


def _survey(config: Config, *, as_json: bool) -> None:
    scan = scan_notes(config)
    with view_archive(config.archive_root) as archive:
        findings, rewrites = preview_repair(config, archive, scan, utc_now())
    _show(findings, as_json=as_json)
    if not as_json:
        for rewrite in rewrites:
            out.print(texts.diff(rewrite), markup=False, end="")
    for path, error in scan.errors:
        err.print(f"{path}: {error}", markup=False)


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
        code = {"exit_code": summary.exit_code, "notes": summary.notes, "images": summary.images} if summary else {}
        click.echo(json.dumps({"event": "repair", "findings": listed, **code}, ensure_ascii=False))
        return
    hosts: Counter[str] = Counter()
    for finding in findings:
        if finding.verdict is Verdict.HOTLINK:
            hosts[finding.why] += 1
            continue
        state = "mended" if finding.cured else "not mended"
        why = f" ({finding.why})" if finding.why and not finding.cured else ""
        out.print(
            f"{state:<10} {finding.path}:{finding.line}: {finding.verdict}{why}: {finding.url[:200]}", markup=False
        )
    for host, count in hosts.most_common():
        out.print(f"hot-links  {count} images of {host}: add it to [images] mirror_hosts to keep them", markup=False)


@click.command("add")
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option(
    "--from",
    "source",
    type=click.File("r", encoding="utf-8-sig", errors="replace"),  # Windows' editors begin a file with a mark
    help="Read URLs from FILE (- is stdin).",
)
@wait_option
@json_option
@verbose_option
@config_option
def add_command(
    urls: tuple[str, ...],
    source: TextIO | None,
    wait: bool,
    as_json: bool,
    verbose: bool,
    config_file: Path | None,
) -> None:
    """Archive the WeChat articles at these URLs, without any note."""
    set_up_log(verbose)
    if not urls and source is None:
        raise UsageError("give URLs, or --from FILE")
    config = read_config(config_file)
    given = [Given(url, "argument", number) for number, url in enumerate(urls, 1)]
    given += _lines(source, source.name) if source is not None else ()
    with stopping_on_signals(err) as stop, Display(err, verbose=verbose) as display:
        summary = add(config, given, display.tell, utc_now, stop, wait=wait)
    if as_json:
        click.echo(summary_line(summary))
    else:
        out.print(texts.summary_text(summary, config.archive_root), markup=False)
    click.get_current_context().exit(summary.exit_code)


def _lines(lines: Iterable[str], name: str) -> Iterator[Given]:
    for number, line in enumerate(lines, 1):
        yield Given(line, name, number)
