"""verify --github."""

from __future__ import annotations

from collections import Counter

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


def show_github_check(config: Config, shared: Shared, *, ours: bool = False) -> int:
    """Check and tell what GitHub will show of notes and archive, or only of what archiver wrote; the exit code."""
    checked = check_github(config)
    chosen = choose(config, checked, Choice(ours, config.baseline))
    code = DamageError.exit_code if chosen.damaged else 0
    if shared.as_json:
        counts = {"files": checked.files, "links": checked.links, "images": checked.images}
        left_out = {
            "not_ours": chosen.not_ours,
            "ignored": chosen.ignored,
            "baseline": chosen.known,
            "outdated": chosen.outdated,
        }
        findings = list(map(github_json, chosen.findings))
        members = {"checked": counts, "left_out": left_out, "findings": findings, "exit_code": int(code)}
        print_json("verify", members, schema=1)
    else:
        _tell(checked, chosen, verbose=shared.verbose)
    return code


def write_known(config: Config, *, ours: bool = False) -> int:
    """Let all that is found now be known; the exit code. Raises UsageError where no baseline is configured."""
    if config.baseline is None:
        raise UsageError("into which file? Set [verify] baseline in the configuration")
    count = write_baseline(config.baseline, choose(config, check_github(config), Choice(ours)).findings)
    out.print(f"wrote {config.baseline}: {counted(count, 'finding')} known from now on")
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
    if chosen.outdated:
        of_baseline = counted(chosen.outdated, "finding of the baseline is", "findings of the baseline are")
        out.print(f"{of_baseline} gone: --write-baseline forgets {'it' if chosen.outdated == 1 else 'them'}")
