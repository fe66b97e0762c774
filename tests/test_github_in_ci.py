"""verify --github as a check in CI: for notes that have links of their own, older than archiver and often broken."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from archiver.fixity.github import check_github
from archiver.fixity.github_choice import Choice, choose
from archiver.fixity.github_hints import Hint, hint
from archiver.notes.find import find
from tests.builders import an_image, article
from tests.notes.generated import SPELLINGS
from tests.replica.images import image_bytes
from tests.world import World

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
OLD = """---
title: x
---

[a](mp.weixin.qq.com/s/x) 与 ![b](images/gone.png)

<a href="none/c.md">c</a> [d][r]

[r]: www.example.org/d
"""


@pytest.fixture
def synced(world: World) -> World:
    """A repository with a synced note, one with older links that lead to nothing, and a note beside it."""
    subprocess.run(["git", "init", "-q"], cwd=world.root, check=True)
    shown = an_image("shown")
    world.note("a.md", f"[x]({world.replica.add_article(article('文', an_image('i')))}) ![p]({shown.url})\n")
    world.note("old.md", OLD)
    world.note("known.md", "x")
    world.sync()
    return world


def verify(world: World, *options: str) -> tuple[int, dict[str, Any]]:
    done = world.cli("verify", "--github", "--json", *options)
    return done.returncode, json.loads(done.stdout)


def urls(value: dict[str, Any]) -> set[str]:
    return {finding["url"] for finding in value["findings"]}


def test_only_what_archiver_wrote(synced: World) -> None:
    assert verify(synced)[0] == 5
    code, value = verify(synced, "--ours")
    assert (code, value["findings"], value["left_out"]["not_ours"]) == (0, [], 4)
    (copy,) = synced.article_folders()
    (copy / "article.md").rename(copy / "moved.md")
    code, value = verify(synced, "--ours")
    assert code == 5
    assert {finding["path"] for finding in value["findings"]} >= {"notes/a.md"}
    assert all(url.endswith("article.md") for url in urls(value))


def test_a_path_that_archiver_mended_is_archivers(synced: World) -> None:
    image = image_bytes(an_image("local"))
    synced.note("img/Fine.PNG", image)
    synced.note("mend.md", "![](img/fine.png)\n")
    synced.sync()
    assert verify(synced, "--ours")[0] == 0
    (synced.notes / "img/Fine.PNG").unlink()
    code, value = verify(synced, "--ours")
    assert (code, urls(value)) == (5, {"img/Fine.PNG"})


def test_a_note_that_cannot_be_read_is_archivers_where_it_was_rewritten(synced: World) -> None:
    synced.note("own.md", b"\xff\xfe\x00\xd8\xff")
    assert "notes/own.md" in {finding["path"] for finding in verify(synced)[1]["findings"]}
    assert verify(synced, "--ours")[0] == 0
    synced.note("a.md", b"\xff\xfe\x00\xd8\xff")
    code, value = verify(synced, "--ours")
    assert (code, [finding["path"] for finding in value["findings"]]) == (5, ["notes/a.md"])


@pytest.mark.parametrize(
    ("ignore", "left"),
    [
        (["old.md"], set()),
        (["notes/**"], set()),
        (["/old.md"], {"mp.weixin.qq.com/s/x", "images/gone.png", "none/c.md", "www.example.org/d"}),
        (["images/gone.png", "www.*"], {"mp.weixin.qq.com/s/x", "none/c.md"}),
        (["mp.weixin.qq.com/s/?", "*.md", "!known.md"], set()),
        (["https://example.org/*"], {"mp.weixin.qq.com/s/x", "images/gone.png", "none/c.md", "www.example.org/d"}),
    ],
)
def test_what_is_ignored(synced: World, ignore: list[str], left: set[str]) -> None:
    synced.configure(verify={"ignore": ignore})
    code, value = verify(synced)
    assert (code, urls(value)) == (5 if left else 0, left)
    assert value["left_out"]["ignored"] == 4 - len(left)


def test_a_pattern_that_cannot_be_meant_is_named(synced: World) -> None:
    synced.configure(verify={"ignore": ["!"]})
    done = synced.cli("verify", "--github")
    assert (done.returncode, "verify.ignore" in done.stderr) == (2, True)


def test_a_baseline_knows_what_was_there_before(synced: World) -> None:
    assert synced.cli("verify", "--github", "--write-baseline").returncode == 2
    synced.configure(verify={"baseline": "github-known.jsonl"})
    assert verify(synced)[0] == 5
    done = synced.cli("verify", "--github", "--write-baseline")
    assert (done.returncode, "4 findings are known" in done.stdout) == (0, True)
    file = synced.root / "github-known.jsonl"
    assert len(file.read_text("utf-8").splitlines()) == 4
    assert verify(synced)[0] == 0
    synced.note("old.md", f"A line above.\n\n{OLD.partition('---')[2]}\n\n[a](mp.weixin.qq.com/s/x)\n")
    code, value = verify(synced)
    assert (code, urls(value)) == (5, {"mp.weixin.qq.com/s/x"}), "once is known, twice is new"
    synced.note("old.md", "nothing\n")
    code, value = verify(synced)
    assert (code, value["left_out"]["outdated"]) == (0, 4)
    assert "4 findings of the baseline are gone" in synced.cli("verify", "--github").stdout
    file.write_text("{}\n")
    done = synced.cli("verify", "--github")
    assert (done.returncode, "github-known.jsonl:1" in done.stderr) == (2, True)


def test_options_of_the_check_belong_to_it(synced: World) -> None:
    for option in ("--ours", "--write-baseline"):
        assert synced.cli("verify", option).returncode == 2


@pytest.mark.parametrize(
    ("line", "guess"),
    [
        ("[x](mp.weixin.qq.com/s/x)", Hint.SCHEME),
        ("[x](www.baidu.com)", Hint.SCHEME),
        ("![](mmbiz.qpic.cn/mmbiz_png/x/640)", Hint.SCHEME),
        ("[x](github.com/a/b.md)", Hint.SCHEME),
        ("![](img%5Cfine.png)", Hint.BACKSLASH),
        ("![](C:/Users/me/a.png)", Hint.MACHINE),
        ("![](/Users/me/Pictures/a.png)", Hint.MACHINE),
        ("![](file:///home/me/a.png)", Hint.MACHINE),
        ("[x](known)", Hint.SUFFIX),
        ("[x](/known.md)", Hint.TOP),
        ("![](notes/img/fine.png)", Hint.TOP),
        ("![](none.png)", None),
        ("[x](none.md)", None),
        ("[x](a.com.md)", None),
    ],
)
def test_hints(synced: World, line: str, guess: Hint | None) -> None:
    synced.note("img/fine.png", image_bytes(an_image("fine")))
    synced.note("deep/x.md", f"{line}\n".replace("known", "../known" if guess is Hint.SUFFIX else "known"))
    (finding,) = (item for item in check_github(synced.config).findings if item.path == "notes/deep/x.md")
    assert hint(finding, synced.config.folder) is guess
    (chosen,) = (item for item in choose(synced.config, check_github(synced.config), Choice()).findings
                 if item.path == "notes/deep/x.md")  # fmt: skip
    assert chosen.hint == (guess or "")


def test_a_hint_stands_in_the_text_and_for_programs(synced: World) -> None:
    (finding,) = (f for f in verify(synced)[1]["findings"] if f["url"].startswith("mp."))
    assert finding["about"] == {"hint": "scheme"}
    assert finding["why"] == "leads to no file (scheme missing? https://…)"
    assert "notes/old.md:5: mp.weixin.qq.com/s/x leads to no file (scheme missing?" in (
        synced.cli("verify", "--github").stdout
    )


FORMS = (
    "[x]({})",
    "![x]({})",
    "[x](<{}>)",
    "text [x]({} 'title') text",
    "<img src='{}'>",
    '<div align=center><img\n src="{}"></div>',
    "<a\nhref={} >x</a>",
    "[x][r]\n\n[r]: {}",
    "- item\n  - [x]({})",
    "| a |\n|---|\n| ![]({}) |",
    "> [x]({})",
    "a[^1]\n\n[^1]: [x]({})",
    "<picture><source srcset='{}'><img src='fine.png'></picture>",
)
URLS = ("none.md", "none%20it.png", "深/无.md", "a&amp;b.md", "a(1).md", "none.md?x=1&y=2", "../none.md#part")


@pytest.mark.parametrize("form", FORMS)
def test_every_finding_has_its_line(synced: World, form: str) -> None:
    (synced.notes / "old.md").unlink()
    blocks = [
        f"第 {n} 段。\n\n{form.format(url).replace('[r]', f'[r{n}]').replace('^1', f'^{n}')}\n"
        for n, url in enumerate(URLS)
    ]
    text = "---\ntitle: x\n---\n\n" + "\n".join(blocks)
    synced.note("deep/lines.md", text)
    synced.note("deep/fine.png", image_bytes(an_image("fine")))
    synced.note("fine.png", image_bytes(an_image("fine")))
    found = [item for item in check_github(synced.config).findings if item.path == "notes/deep/lines.md"]
    assert len(found) >= len(URLS) - 1
    lines = text.splitlines()
    for item in found:
        assert item.line, item
        near = "\n".join(lines[max(item.line - 2, 0) : item.line + 2])
        assert any(part in near for part in (item.url, item.url.replace("&", "&amp;"), "无.md")), item


def test_spelled_out_urls_have_lines_too(synced: World) -> None:
    spelled = "\n\n".join(f"[x](none?a{text}b{character})" for character, text in SPELLINGS)
    synced.note("lines.md", f"{spelled}\n")
    found = [item for item in check_github(synced.config).findings if item.path == "notes/lines.md"]
    known = [link.line for link in find(spelled.encode(), every=True).links]
    assert [item.line for item in found] == known
