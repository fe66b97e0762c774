"""verify --github."""

from __future__ import annotations

from collections import Counter

from archiver.cli.common import out
from archiver.cli.jsonlines import print_json
from archiver.cli.remark_texts import github_json, github_text
from archiver.config import Config
from archiver.errors import DamageError
from archiver.fixity.github import Checked, Level, check_github


def show_github_check(config: Config, *, as_json: bool, verbose: bool) -> int:
    """Check and tell what GitHub will show of notes and archive; the exit code."""
    checked = check_github(config)
    code = DamageError.exit_code if checked.damaged else 0
    if as_json:
        counts = {"files": checked.files, "links": checked.links, "images": checked.images}
        findings = list(map(github_json, checked.findings))
        print_json("verify", {"checked": counts, "findings": findings, "exit_code": int(code)}, schema=1)
    else:
        _tell(checked, verbose=verbose)
    return code


def _tell(checked: Checked, *, verbose: bool) -> None:
    for finding in checked.findings:
        if finding.level is not Level.HOTLINK or verbose:
            place = f"{finding.path}:{finding.line}" if finding.line else finding.path
            url = f" {finding.url}" if finding.url else ""
            out.print(f"{finding.level}: {place}:{url} {github_text(finding)}")
    levels = Counter(finding.level for finding in checked.findings)
    out.print(
        f"{checked.files:,} files, {checked.links:,} relative links, {checked.images:,} relative images: "
        f"{levels[Level.ERROR]:,} errors, {levels[Level.WARNING]:,} warnings, {levels[Level.HOTLINK]:,} remote images"
        + (" (-v lists them)" if levels[Level.HOTLINK] and not verbose else ""),
    )
