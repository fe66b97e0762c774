"""One article, and several, beside other tools that save WeChat's pages: times, and what each keeps.

    python -m benchmarks.sync_peers [ARTICLES] [ROUNDS]

All are told of the same web (`benchmarks.web`: real pages of three megabytes, fifteen images each on the average) by
their ordinary settings for a proxy and for a certificate; all load one article after the other. wechat-export asks by
HTTP, the others drive the same Chromium; ours does so with the same engine. A round runs ours and the peer one after
the other, ratios are medians over rounds. What each keeps is read from the files that it leaves (`benchmarks.kept`);
where that is not all, the ratio is void. Ours has to keep all.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archiver.fetch.find_browser import find_browser
from benchmarks.certificate import spki
from benchmarks.kept import Kept, Truth, kept, truths
from benchmarks.nights import archived, serving
from benchmarks.pairs import FailedCommandError, Times, compared, judged, timed
from benchmarks.places import PAGES, MissingPeerError, peer, versions
from benchmarks.results import keep

_SHIMS = str(Path(__file__).with_name("shims"))
# It writes beside its own module, and takes one address.
_TO_MARKDOWN = (
    "import sys, pathlib, wechat_article_to_markdown as tool; tool.OUTPUT_DIR = pathlib.Path('kept'); tool.main()"
)
Act = Callable[[dict[str, Any], Path], Times]


@dataclass(frozen=True)
class Tool:
    """`act` saves all pages of a web below a folder; `version` says its name and version."""

    name: str
    engine: str
    version: Callable[[], str]
    act: Act


def by_wechat_export(web: dict[str, Any], folder: Path) -> Times:
    environment = {"REQUESTS_CA_BUNDLE": web["ca"]}
    command = [peer("wechat-export", "bin/wechat-export"), "--proxy", web["proxy"], "--output", "kept", *web["urls"]]
    return timed(command, folder, environment=environment, codes=(0, 1))[0]


def by_article_to_markdown(web: dict[str, Any], folder: Path) -> Times:
    environment = {
        "HTTPS_PROXY": web["proxy"],
        "SSL_CERT_FILE": web["ca"],
        "BENCH_SPKI": spki(web["ca"]),
        "BENCH_CHROMIUM": str(find_browser(None)),
        "PYTHONPATH": _SHIMS,
    }
    python, spent = peer("wechat-article-to-markdown", "bin/python"), Times(0, 0)
    for url in web["urls"]:
        spent += timed([python, "-c", _TO_MARKDOWN, url], folder, environment=environment, codes=(0, 1))[0]
    return spent


def by_single_file(web: dict[str, Any], folder: Path) -> Times:
    (folder / "kept").mkdir()
    (folder / "urls.txt").write_text("\n".join(web["urls"]), "utf-8")
    command = [
        peer("node", "node_modules/.bin/single-file"),
        f"--browser-executable-path={_program()}",
        f"--http-proxy-server={web['proxy']}",
        "--browser-arg=--no-sandbox",
        f"--browser-arg=--ignore-certificate-errors-spki-list={spki(web['ca'])}",
        "--urls-file=urls.txt",
        "--output-directory=kept",
        "--max-parallel-workers=1",
    ]
    return timed(command, folder, codes=(0, 1))[0]


def _program() -> Path:
    """The browser itself: Debian has a script before it, which alone would get the signal to end."""
    found = find_browser(None)
    behind = Path("/usr/lib/chromium", found.name)
    return behind if found.read_bytes()[:2] == b"#!" and behind.exists() else found


def _node_version() -> str:
    found = json.loads(Path(peer("node", "node_modules/single-file-cli/package.json")).read_text("utf-8"))
    return f"single-file-cli {found['version']}"


TOOLS = (
    Tool("wechat-export", "http", lambda: versions("wechat-export", "wechat-export"), by_wechat_export),
    Tool(
        "wechat-article-to-markdown",
        "browser",
        lambda: versions("wechat-article-to-markdown", "wechat-article-to-markdown"),
        by_article_to_markdown,
    ),
    Tool("single-file-cli", "browser", _node_version, by_single_file),
)


def run(act: Act, web: dict[str, Any], truth: Sequence[Truth]) -> tuple[Times, Kept]:
    """What a tool takes, and what it keeps."""
    with tempfile.TemporaryDirectory() as name:
        times = act(web, Path(name))
        return times, kept(truth, Path(name))


def ours(engine: str, jobs: int = 1) -> Act:
    return lambda web, folder: archived(web, folder, engine, jobs)


def two_at_once(tool: Tool, web: dict[str, Any], truth: Sequence[Truth], rounds: int) -> dict[str, dict[str, Any]]:
    """Wall time of an article, two at once, beside a tool that has them one after the other."""
    articles = len(truth)
    pairs: list[tuple[float, float]] = []
    for _ in range(rounds):
        mine, whole = run(ours(tool.engine, 2), web, truth)
        assert not whole.void(articles), whole
        pairs.append((mine.wall / articles, run(tool.act, web, truth)[0].wall / articles))
    wall = compared(pairs)
    name = f"{articles} articles by {tool.engine}, jobs 2, beside {tool.name}: wall"
    return {name: {"unit": "s an article", "peer": tool.version()} | wall | judged(wall["ratio"], "≤", 0.33, "ratio")}


def rows(tool: Tool, web: dict[str, Any], truth: Sequence[Truth], rounds: int) -> dict[str, dict[str, Any]]:
    """CPU and wall time of an article, texts and images kept."""
    version, articles = tool.version(), len(truth)
    pairs: list[tuple[Times, Times]] = []
    void = ""
    for _ in range(rounds):
        mine, whole = run(ours(tool.engine), web, truth)
        assert not whole.void(articles), whole
        theirs, left = run(tool.act, web, truth)
        pairs.append((mine, theirs))
        void = void or left.void(articles)
        print(f"{articles} by {tool.name}: {mine} {theirs} {left}", flush=True)
    about = f"{'one article' if articles == 1 else f'{articles} articles'} by {tool.engine}, beside {tool.name}"
    base: dict[str, Any] = {"unit": "s an article", "peer": version}
    if void:
        base["void"] = f"it keeps {void}"
    cpu = compared([(mine.cpu / articles, theirs.cpu / articles) for mine, theirs in pairs])
    wall = compared([(mine.wall / articles, theirs.wall / articles) for mine, theirs in pairs])
    fast = judged(wall["ratio"], "≤", 0.5, "ratio") if articles > 1 and tool.engine == "http" else {}
    found = {f"{about}: CPU": base | cpu, f"{about}: wall": base | wall | fast}
    if articles > 1:
        shares = {"unit": "% kept", "peer": version}
        found[f"{about}: texts"] = shares | {"ours": whole.texts * 100, "theirs": left.texts * 100}
        found[f"{about}: images"] = shares | {"ours": whole.images * 100, "theirs": left.images * 100}
    return found


def main() -> None:
    articles, rounds = [int(value) for value in sys.argv[1:]] or [16, 3]
    lacking = []
    with serving(PAGES, articles, 0) as web:
        truth = truths(web)
        one = web | {"urls": web["urls"][:1]}
        for tool in TOOLS:
            try:
                keep("W1", rows(tool, one, truth[:1], rounds))
                keep("W2", rows(tool, web, truth, rounds))
                if tool.engine == "http":
                    keep("W2", two_at_once(tool, web, truth, rounds))
            except (MissingPeerError, FailedCommandError, subprocess.SubprocessError) as error:
                lacking.append(f"{tool.name}: {error}")
    if lacking:
        sys.exit("\n".join(lacking))


if __name__ == "__main__":
    main()
