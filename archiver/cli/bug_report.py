"""archiver report."""

from __future__ import annotations

from pathlib import Path

from archiver.amounts import size
from archiver.cli.common import Shared
from archiver.cli.jsonlines import print_json
from archiver.cli.output import out
from archiver.tasks.bug_report import ACCOUNT, DEFAULT_NAME, PAGE, Reported, report_article
from archiver.tasks.run import view_run


def report_command(shared: Shared, article: str, target: Path | None) -> None:
    """`archiver report`."""
    with view_run(shared.config()) as context:
        done = report_article(context, article, target or Path(DEFAULT_NAME))
    if shared.as_json:
        members = {"file": str(done.file), "bytes": done.size, "url": done.url, "differs": list(done.differs)}
        print_json("report", {**members, "exit_code": 0}, schema=1)
    else:
        out.print(*_lines(done))


def _lines(done: Reported) -> list[str]:
    read = f"otherwise than the page: {', '.join(done.differs)}" if done.differs else "as the page is"
    return [
        f"report:   {done.file} ({size(done.size)}). Nothing was sent",
        f"          {PAGE}: the page with filler for its texts, and stand-ins for ids and addresses; it is read {read}",
        f"          {ACCOUNT}: what was read, in numbers and WeChat's own names, and the version of archiver",
        "",
        "Before you share it, unpack it and look: no word, name, number or address of the article should be in it.",
        "What does show: how long texts are, where their white space and punctuation stand, which are equal, the",
        "kind of post, and what the page is built of.",
    ]
