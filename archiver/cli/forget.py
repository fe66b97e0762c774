"""archiver forget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import click

from archiver.amounts import counted
from archiver.cli.common import Shared, tell_internal_errors
from archiver.cli.heard import Heard
from archiver.cli.jsonlines import print_json
from archiver.cli.output import can_ask, err, out
from archiver.cli.run_texts import attention_line
from archiver.cli.short import short
from archiver.config import Config
from archiver.errors import ExitCode, UsageError
from archiver.tasks.forget import ForgetPlan, Forgetting, forget, plan_forgetting
from archiver.tasks.run import open_run, view_run


def forget_command(shared: Shared, articles: tuple[str, ...], yes: bool) -> None:
    """`archiver forget`."""
    config, heard, dry_run = shared.config(), Heard(), shared.dry_run
    if not (yes or dry_run) and not _agreed(config, articles):
        err.print("Nothing is deleted.")
        click.get_current_context().exit(ExitCode.FAILURE)
    opened = view_run(config, heard.tell) if dry_run else open_run(config, heard.tell, wait=shared.wait)
    with opened as context:
        plan = plan_forgetting(context, articles)
        if not dry_run:
            forget(context, plan)
        heard.broken = tell_internal_errors(context.archive.boundary)
    notes = sorted({path for item in plan.articles for path in item.notes} if dry_run else set(heard.rewritten))
    if shared.as_json:
        members = {
            "dry_run": dry_run,
            "articles": list(map(_forgetting_json, plan.articles)),
            "forgotten_before": plan.before,
            "notes": notes,
            "notices": [asdict(notice) for notice in heard.notices],
            **heard.members(),
        }
        print_json("forget", members, schema=1)
    else:
        _show_forgotten(plan, heard, notes, dry_run=dry_run)
    click.get_current_context().exit(heard.exit_code)


def _agreed(config: Config, articles: Sequence[str]) -> bool:
    """Whether a person wants what is asked for, or there is nothing to be deleted. The archive is not held meanwhile.

    Raises UsageError where nobody can be asked, and what `plan_forgetting` does.
    """
    with view_run(config) as context:
        plan = plan_forgetting(context, articles)
    if not plan.articles:
        return True
    if not can_ask():
        raise UsageError("forget deletes: give --yes, or look first with --dry-run")
    _show_plan(plan)
    if any(item.in_history for item in plan.articles):
        err.print("git's history still holds what was committed.")
    them = "it" if len(plan.articles) == 1 else "them"
    return err.confirm(f"Delete {them} from the archive, and never fetch {them} again?")


def _show_plan(plan: ForgetPlan) -> None:
    for item in plan.articles:
        err.print(f"{short(item.record.title or item.record.url)}  ({item.record.folder})")
        files = counted(len(item.files), "image or media file", "image and media files")
        err.print(f"  with {files}; {counted(len(item.notes), 'note')} would get links back")


def _forgetting_json(item: Forgetting) -> dict[str, object]:
    record = item.record
    return {
        "id": record.id,
        "folder": record.folder,
        "title": record.title,
        "url": record.url,
        "files": item.files,
        "in_git_history": item.in_history,
    }


def _show_forgotten(plan: ForgetPlan, heard: Heard, notes: Sequence[str], *, dry_run: bool) -> None:
    for folder in plan.before:
        out.print(f"forgotten before: {folder}")
    for item in plan.articles:
        name = short(item.record.title or item.record.url)
        done = "would be forgotten" if dry_run else "forgotten"
        files = counted(len(item.files), "image or media file", "image and media files")
        out.print(f"{done}: {name} (with {files})")
        for file in item.files if dry_run else ():
            out.print(f"would remove  {file}")
    for path in notes if dry_run else ():
        out.print(f"would rewrite {path}")
    for notice in heard.notices:
        out.print(f"  look at {attention_line(notice)}")
    for event in heard.failed:
        err.print(attention_line(event))
    out.print(f"{counted(len(notes), 'note')} {'would get' if dry_run else 'got'} links back.")
    if kept := [item.record.folder for item in plan.articles if item.in_history]:
        out.print("git's history still holds what was committed; docs/operating.md says how to take it out:")
        for folder in kept:
            out.print(f"  {folder}")
