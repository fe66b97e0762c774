"""Commands about notes: restore, repair, add."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

import click

from archiver.amounts import counted
from archiver.cli import texts
from archiver.cli.common import Shared, tell_internal_errors
from archiver.cli.heard import Heard
from archiver.cli.jsonlines import print_json, summary_line
from archiver.cli.output import err, out
from archiver.cli.progress import Display
from archiver.cli.remark_texts import remark_json, remark_text
from archiver.cli.short import short
from archiver.cli.signals import stopping_on_signals
from archiver.cli.summary import tell_summary
from archiver.config import Config
from archiver.errors import UsageError
from archiver.events import Summary
from archiver.models import Status
from archiver.rewriting.diagnosis import Verdict
from archiver.rewriting.preview import ImageFinding, preview_repair
from archiver.store.lines import LinkEntry
from archiver.tasks.add import Given, add, read_lines
from archiver.tasks.named import note_path
from archiver.tasks.repair import mending, repair
from archiver.tasks.restore import Restored, restore_notes
from archiver.tasks.run import due, open_run, view_run
from archiver.tasks.without_notes import refuse_no_notes


def restore_command(shared: Shared, notes: tuple[str, ...]) -> None:
    """`archiver restore`."""
    config, heard, dry_run = shared.config(), Heard(), shared.dry_run
    paths = [note_path(config, note) for note in notes]
    opened = view_run(config, heard.tell) if dry_run else open_run(config, heard.tell, wait=shared.wait)
    with opened as context:
        restored = restore_notes(context, paths)
        heard.broken = tell_internal_errors(context.archive.boundary)
    if shared.as_json:
        listed = [
            {
                "path": item.path,
                "links": item.links,
                "unknown": item.unknown,
                "unsure": list(map(remark_json, item.unsure)),
            }
            for item in restored
        ]
        print_json("restore", {"dry_run": dry_run, "notes": listed, **heard.members()}, schema=1)
    else:
        _show_restored(restored, heard, dry_run=dry_run)
    click.get_current_context().exit(heard.exit_code)


def _show_restored(restored: Sequence[Restored], heard: Heard, *, dry_run: bool) -> None:
    would = "would be restored" if dry_run else "restored"
    for item in restored:
        said = "nothing is known of its links" if item.unknown else f"{counted(item.links, 'link')} {would}"
        out.print(f"{item.path}: {said}")
        for link in item.unsure:
            out.print(f"  look at {link.path}: {remark_text(link)}")
    for event in heard.failed:
        err.print(f"{event.path}: {event.error}")
    done = sum(not item.unknown for item in restored)
    out.print(f"{counted(done, 'note')} {would}.")
    if done and not dry_run:
        them = "this note alone; to have it" if done == 1 else "these notes alone; to have them"
        out.print(f"A sync leaves {them} rewritten again: archiver sync --rewrite PATH")


def repair_command(shared: Shared) -> None:
    """`archiver repair`."""
    config = shared.config()
    if shared.dry_run:
        _survey(config, as_json=shared.as_json)
        return
    refuse_no_notes(config)
    with (
        stopping_on_signals() as stop,
        Display(verbose=shared.verbose, quiet=shared.quiet) as display,
        open_run(config, display.tell, stop=stop, wait=shared.wait) as context,
    ):
        summary, findings = repair(context)
    _show(findings, as_json=shared.as_json, summary=summary)
    if not shared.as_json:
        notes, images = counted(summary.notes["rewritten"], "note"), counted(summary.images["new"], "image")
        out.print(f"{notes} mended, {images} fetched.")
    click.get_current_context().exit(summary.exit_code)


def _survey(config: Config, *, as_json: bool) -> None:
    with view_run(mending(config)) as context:
        scan = due(context).scan
        findings, rewrites = preview_repair(context, scan, images_only=True)
    _show(findings, as_json=as_json)
    if not as_json:
        for rewrite in rewrites:
            out.print_exactly(texts.diff(rewrite))
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
        out.print(f"{state:<10} {finding.path}:{finding.line}: {finding.verdict}{why}: {short(finding.url)}")
    for host, count in hosts.most_common():
        out.print(f"hot-links  {counted(count, 'image')} of {host}: add it to [images] mirror_hosts to keep them")


def add_command(shared: Shared, urls: tuple[str, ...], source: TextIO | None, album: bool) -> None:
    """`archiver add`."""
    if not urls and source is None:
        raise UsageError("give URLs, or --from FILE")
    config = shared.config()
    given = [Given(url, "argument", number) for number, url in enumerate(urls, 1)]
    given += _lines(source, source.name) if source is not None else ()
    wanted = read_lines(given, albums=album)
    with (
        stopping_on_signals() as stop,
        Display(verbose=shared.verbose, quiet=shared.quiet) as display,
        open_run(config, display.tell, stop=stop, wait=shared.wait) as context,
    ):
        links = context.archive.links
        before = [entry for target in wanted.targets if (entry := links.get(target.url))]
        summary = add(context, wanted)
        untouched = [now for old in before if (now := links.get(old.url)) and now.checked == old.checked]
    if shared.as_json:
        out.print_json(summary_line(summary))
    else:
        for line in filter(None, map(_untouched_line, untouched)):
            out.note(line, shown=not shared.quiet)
        tell_summary(summary, config.archive_root, quiet=shared.quiet)
    click.get_current_context().exit(summary.exit_code)


def _untouched_line(entry: LinkEntry) -> str:
    """Why a link was not asked for; empty where its turn has not come yet."""
    if entry.target:
        return f"there already: {short(entry.url)}: {entry.target}"
    return "" if entry.status is Status.PENDING else f"not asked for again: {short(entry.url)}: {entry.status}"


def _lines(lines: Iterable[str], name: str) -> Iterator[Given]:
    for number, line in enumerate(lines, 1):
        yield Given(line, name, number)
