"""Where the benchmarks keep what they found: `results.json`, and the table of it in `README.md`."""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")
README = Path(__file__).with_name("README.md")
_TABLE = re.compile(r"(?<=<!-- results -->\n).*?(?=<!-- end -->)", re.DOTALL)
_HEAD = "| what | unit | ours | peer | ratio | target | met | when |\n|---|---|---|---|---|---|---|---|\n"


def keep(rows: dict[str, dict[str, Any]]) -> None:
    """Put rows into results.json, each in the place of the one of its name, and the table of all into README.md.

    A row: `unit`, `ours`, and as far as there are any `peer` (its name and version), `theirs`, `ratio` (ours by
    theirs, the median of pairs), `target` (in words) and `met`. When, where and with what is added.
    """
    found = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    place = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "python": platform.python_version(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {sys.platform}, load {os.getloadavg()[0]:.0f}",
    }
    found |= {name: row | place for name, row in rows.items()}
    RESULTS.write_text(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    table = _HEAD + "".join(_line(name, row) for name, row in sorted(found.items()))
    README.write_text(_TABLE.sub(lambda _: table, README.read_text("utf-8")), "utf-8")


def _line(name: str, row: dict[str, Any]) -> str:
    theirs = f"{row['theirs']:.4g} ({row['peer']})" if "theirs" in row else ""
    ratio = f"{row['ratio']:.2f}" if "ratio" in row else ""
    met = {True: "yes", False: "**no**"}.get(row.get("met"), "")
    cells = (name, row["unit"], f"{row['ours']:.4g}", theirs, ratio, row.get("target", ""), met, row["date"])
    return f"| {' | '.join(cells)} |\n"
