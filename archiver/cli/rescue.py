"""archiver rescue."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from archiver.cli.common import Shared
from archiver.cli.jsonlines import print_json
from archiver.cli.output import err, out
from archiver.cli.progress import Display
from archiver.cli.run_texts import attention_line, came_back_text
from archiver.cli.short import short
from archiver.cli.signals import stopping_on_signals
from archiver.cli.texts import needs_lines
from archiver.models.rescue import Rescued
from archiver.rewriting.noteindex import index_notes
from archiver.store.lines import LinkEntry
from archiver.tasks.rescue import Found, RescueReport, find_lost, rescue_lost
from archiver.tasks.run import open_run, view_run


def rescue_command(shared: Shared, selection: tuple[str, ...]) -> None:
    """`archiver rescue`."""
    if shared.dry_run:
        _dry_run(shared, selection)
        return
    config = shared.config()

    def tell(number: int, of: int, url: str) -> None:
        err.print(f"[{number}/{of}] looking for {short(url)}")

    with (
        stopping_on_signals() as stop,
        Display(verbose=shared.verbose) as display,
        open_run(config, display.tell, stop=stop, wait=shared.wait) as context,
    ):
        report = rescue_lost(context, selection, tell)
    if shared.as_json:
        print_json("rescue", {"dry_run": False, **_members(report.found, report.done), **_end(report)}, schema=1)
    else:
        _show(report, verbose=shared.verbose)
    click.get_current_context().exit(report.summary.exit_code)


def _dry_run(shared: Shared, selection: tuple[str, ...]) -> None:
    config = shared.config()
    with view_run(config) as context:
        index_notes(config, context.archive)
        found = find_lost(context, selection)
    code = int(bool(found.unfit))
    if shared.as_json:
        members = {"dry_run": True, **_members(found, Rescued(left=len(found.plan)))}
        print_json("rescue", {**members, "attention": [], "exit_code": code}, schema=1)
        click.get_current_context().exit(code)
    for entry in (*found.plan.links, *found.plan.images):
        out.print(f"would look for  {_lost_line(entry)}")
    for record in found.plan.articles:
        out.print(f"would look for  the images that {short(record.title or record.url)} lacks ({record.folder})")
    for one, why in found.unfit.items():
        err.print(f"{short(one)}: {why}")
    out.print(*_left_lines(found), _count_line(found))
    click.get_current_context().exit(code)


def _count_line(found: Found) -> str:
    if not found.plan and not (found.withheld or found.wait or found.settled or found.unfit):
        return "Nothing is known to be lost that can be looked for."
    return f"{len(found.plan):,} would be looked for."


def _lost_line(entry: LinkEntry) -> str:
    return f"{short(entry.url)}  ({entry.status}{': ' + short(entry.reason) if entry.reason else ''})"


def _members(found: Found, done: Rescued) -> dict[str, Any]:
    plan = found.plan
    return {
        "sought": [
            {"url": entry.url, "kind": entry.kind, "status": entry.status} for entry in (*plan.links, *plan.images)
        ],
        "lacking": [record.folder for record in plan.articles],
        "articles": [asdict(article) for article in done.articles],
        "images": [asdict(image) for image in done.images],
        "in_vain": done.in_vain,
        "failed": [{"url": url, "reason": reason} for url, reason in {**found.unfit, **done.failed}.items()],
        "refused": [{"address": address, "reason": reason} for address, reason in done.refused.items()],
        "withheld": {status.value: count for status, count in found.withheld.items()},
        "waiting": found.wait,
        "settled": found.settled,
        "left": done.left,
        "why": done.why,
        "requests": done.requests,
    }


def _end(report: RescueReport) -> dict[str, Any]:
    return {"attention": list(map(attention_line, report.summary.attention)), "exit_code": report.summary.exit_code}


def _show(report: RescueReport, *, verbose: bool) -> None:
    done = report.done
    for article in done.articles:
        out.print(
            f"{short(article.title or article.url)}: {article.archived[:10] or 'archived already'}: {article.folder}"
        )
    for url, reason in {**report.found.unfit, **done.failed}.items():
        err.print(f"{short(url)}: {short(reason)}")
    if verbose:
        for address, reason in done.refused.items():
            err.print(f"{short(address)}: refused: {short(reason)}")
        for url in done.in_vain:
            err.print(f"{short(url)}: the Internet Archive has nothing of it that can be used")
    out.print(*_left_lines(report.found))
    nothing = f"{len(done.in_vain):,} not there" if done.in_vain else ""
    out.print("; ".join(filter(None, (came_back_text(done.came_back), nothing, f"{done.requests:,} requests"))))
    out.print(*needs_lines("Needs you:", report.summary.attention))


def _left_lines(found: Found) -> list[str]:
    lines = []
    if found.withheld:
        named = ", ".join(f"{count:,} {status}" for status, count in found.withheld.items())
        lines.append(f"not looked for unless you name them: {named}: archiver rescue {' '.join(found.withheld)}")
    if found.wait:
        lines.append(f"{found.wait:,} were looked for lately, and are again another night")
    if found.settled:
        lines.append(f"{found.settled:,} were looked for on three nights, and are no more")
    return lines
