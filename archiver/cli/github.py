"""verify --github."""

from __future__ import annotations

from collections import Counter
from typing import Any

from archiver.amounts import counted
from archiver.cli.common import Shared
from archiver.cli.jsonlines import print_json
from archiver.cli.output import out
from archiver.cli.remark_texts import github_json, github_text
from archiver.cli.short import short
from archiver.config import Config
from archiver.errors import DamageError, UsageError
from archiver.fixity.github import check_github
from archiver.fixity.github_choice import Choice, Chosen, choose, write_baseline
from archiver.fixity.github_findings import Checked, Level
from archiver.fixity.github_scope import Scope


def github_command(config: Config, shared: Shared, **options: Any) -> int:
    """`archiver verify --github`; `options`: `notes`, `ours`, `remote` and `write_baseline`. Returns the exit code.

    Raises UsageError for options that do not go together, or a note that does not exist.
    """
    ours, remote = options["ours"], options["remote"]
    if options["write_baseline"]:
        if options["notes"] or remote:
            raise UsageError("a baseline is of all notes: --write-baseline goes with neither NOTE nor --remote")
        return _write_known(config, ours=ours)
    scope = Scope(options["notes"])
    checked = check_github(config, scope)
    chosen = choose(config, checked, Choice(ours, config.baseline, remote, scope))
    code = DamageError.exit_code if chosen.damaged else 0
    if shared.as_json:
        _print_json(checked, chosen, code)
    else:
        _tell(checked, chosen, verbose=shared.verbose or remote)
    return code


def _print_json(checked: Checked, chosen: Chosen, code: int) -> None:
    counts = {"files": checked.files, "links": checked.links, "images": checked.images}
    left_out = {
        "not_ours": chosen.not_ours,
        "ignored": chosen.ignored,
        "baseline": chosen.known,
        "outdated": chosen.outdated,
        "no_notes": checked.no_notes,
    }
    findings = list(map(github_json, chosen.findings))
    members = {"checked": counts, "left_out": left_out, "findings": findings, "exit_code": int(code)}
    print_json("verify", members, schema=1)


def _write_known(config: Config, *, ours: bool) -> int:
    """Let all that is found now be known; the exit code. Raises UsageError where no baseline is configured."""
    if config.baseline is None:
        raise UsageError("into which file? Set [verify] baseline in the configuration")
    count = write_baseline(config.baseline, choose(config, check_github(config), Choice(ours)).findings)
    out.print(f"wrote {config.baseline}: {counted(count, 'finding is', 'findings are')} known from now on")
    return 0


def _tell(checked: Checked, chosen: Chosen, *, verbose: bool) -> None:
    for finding in chosen.findings:
        if finding.level is not Level.HOTLINK or verbose:
            place = f"{finding.path}:{finding.line}" if finding.line else finding.path
            url = f" {short(finding.url)}" if finding.url else ""
            out.print(f"{finding.level}: {place}:{url} {github_text(finding)}")
    levels = Counter(finding.level for finding in chosen.findings)
    out.print(
        f"{counted(checked.files, 'file')}, {counted(checked.links, 'relative link')}, "
        f"{counted(checked.images, 'relative image')}: {counted(levels[Level.ERROR], 'error')}, "
        f"{counted(levels[Level.WARNING], 'warning')}, {counted(levels[Level.HOTLINK], 'remote image')}"
        + (" (-v lists them)" if levels[Level.HOTLINK] and not verbose else ""),
    )
    left = {"not archiver's": chosen.not_ours, "ignored": chosen.ignored, "in the baseline": chosen.known}
    if any(left.values()):
        out.print("left out: " + ", ".join(f"{count:,} {why}" for why, count in left.items() if count))
    if checked.no_notes:
        out.print(f"not looked at: {counted(checked.no_notes, 'named file')}: neither notes nor the archive's")
    if chosen.outdated:
        of_baseline = counted(chosen.outdated, "finding of the baseline is", "findings of the baseline are")
        out.print(f"{of_baseline} gone: --write-baseline forgets {'it' if chosen.outdated == 1 else 'them'}")
