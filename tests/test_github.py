"""verify --github: what GitHub would show of notes and archive."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest

from archiver.cli.remark_texts import github_json
from archiver.errors import InternalError
from archiver.fixity.github import check_github
from archiver.fixity.github_findings import GitHubCode
from archiver.render.github import Reference, github_references
from tests.replica import ArticleSpec, ImageSpec
from tests.replica.images import image_bytes
from tests.world import World

PNG = image_bytes(ImageSpec("local/png", 40, 30, "png"))
pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def verify(world: World) -> tuple[int, list[dict[str, object]]]:
    checked = check_github(world.config)
    return 5 if checked.damaged else 0, [github_json(finding) for finding in checked.findings]


def git(world: World, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=world.root, capture_output=True, check=True)


@pytest.fixture
def synced(world: World) -> World:
    """A repository with a synced note and a second one for mischief."""
    git(world, "init", "-q")
    images = tuple(ImageSpec.named(name, 64, 48) for name in ("a", "b"))
    body = "<p>正文。</p>" + "".join(image.tag for image in images)
    url = world.replica.add_article(ArticleSpec(title="文 (1) & 图", account="测试号", body=body, images=images))
    world.note("深 处/a.md", f"[x]({url}) ![p]({images[0].url})\n<div align=center><img src='{images[1].url}'></div>\n")
    world.sync()
    return world


def test_what_sync_makes_is_whole(synced: World) -> None:
    assert verify(synced) == (0, [])
    done = synced.cli("verify", "--github")
    assert done.returncode == 0
    assert "0 errors, 0 warnings, 0 remote images" in done.stdout
    assert not done.stdout.startswith("0 files")
    synced.note("bad.md", "![](none.png)")
    done = synced.cli("verify", "--github", "--json")
    value = json.loads(done.stdout)
    assert (done.returncode, value["exit_code"], value["event"]) == (5, 5, "verify")
    assert value["findings"] == [
        {
            "path": "notes/bad.md",
            "line": 1,
            "level": "error",
            "url": "none.png",
            "code": "no-file",
            "about": {},
            "why": "leads to no file",
        }
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("![](img/none.png)", "leads to no file"),
        ("![](img/FINE.png)", "another case"),
        ("[x](Other.md)", "another case"),
        ("<img src='img/none.png'>", "leads to no file"),
        ("[r]\n\n[r]: none.md", "leads to no file"),
        ("![](../../../elsewhere/a.png)", "out of the repository"),
        ("![](/img/fine.png)", "leads to no file"),
        ("![](img%2520x.png)", "leads to no file"),
        ("![](other.md)", "is no image"),
        ("<img src='other.md'>", "is no image"),
        ("![](img\\fine.png)", "leads to no file"),
        ("<a href='http://[broken/'>x</a>", "no address"),
    ],
)
def test_what_does_not_resolve_is_an_error(synced: World, line: str, why: str) -> None:
    (synced.notes / "img").mkdir()
    (synced.notes / "img/fine.png").write_bytes(PNG)
    synced.note("other.md", "x")
    synced.note("bad.md", f"---\nimage: none.png\n---\n\n# x\n\n{line}\n")
    code, found = verify(synced)
    assert code == 5
    (finding,) = found
    assert (finding["path"], finding["level"]) == ("notes/bad.md", "error")
    assert why in str(finding["why"])
    if "[r]" not in line:
        assert finding["line"] == 7


@pytest.mark.parametrize(
    "line",
    [
        "![](img/fine.png) [x](other.md#part) [y](img) [z](img/) [here](#part) <mailto:a@example.org>",
        "![](/notes/img/fine.png) ![](./img/fine.png) ![](img/with%20space.png) ![](<img/with space.png>)",
        "`![](none.png)` <!-- ![](none.png) --> \\!\\[](none.png)",
        "![[none.png]] [[none]]",
        "[x](https://example.org/none.png) <https://example.org>",
        "![](img/fine.png?raw=true) ![](img/640)",
    ],
)
def test_what_resolves_is_fine(synced: World, line: str) -> None:
    (synced.notes / "img").mkdir()
    for name in ("fine.png", "with space.png", "640"):
        (synced.notes / "img" / name).write_bytes(PNG)
    synced.note("other.md", "x")
    synced.note("good.md", f"{line}\n")
    assert verify(synced) == (0, [])


def test_hot_links_and_what_github_leaves_out_are_told(synced: World) -> None:
    hot = ImageSpec.named("hot").url
    synced.note(
        "hot.md", f"![]({hot})\n\n![](https://images.example.net/a.png)\n\n<video src='a.mp4'></video>\n\n![](data:x)\n"
    )
    code, found = verify(synced)
    assert code == 0
    assert [(f["line"], f["level"]) for f in found] == [
        (1, "hot-link"),
        (3, "hot-link"),
        (5, "warning"),
        (7, "warning"),
    ]
    done = synced.cli("verify", "--github")
    assert "2 remote images (-v lists them)" in done.stdout
    assert hot in synced.cli("verify", "--github", "-v").stdout


def test_what_git_ignores_is_an_error(world: World) -> None:
    git(world, "init", "-q")
    (world.root / ".gitignore").write_text("*.png\n!kept.png\nscratch/\n")
    for name in ("lost.png", "kept.png", "scratch/a.jpg", "forced.png"):
        (world.notes / name).parent.mkdir(exist_ok=True)
        (world.notes / name).write_bytes(PNG)
    git(world, "add", "-f", "notes/forced.png")
    world.note("a.md", "![](lost.png)\n![](kept.png)\n![](scratch/a.jpg)\n![](forced.png)\n")
    code, found = verify(world)
    assert code == 5
    assert [(f["line"], f["why"]) for f in found] == [
        (1, "leads to a file that git ignores"),
        (3, "leads to a file that git ignores"),
    ]


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need a privilege on Windows")
def test_a_symbolic_link_on_the_way_is_an_error(world: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    git(world, "init", "-q")
    outside = tmp_path_factory.mktemp("outside") / "a.png"
    for file in (world.notes / "real/a.png", outside):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(PNG)
    (world.notes / "folder").symlink_to("real")
    (world.notes / "far").symlink_to(outside.parent)
    (world.notes / "out.png").symlink_to(outside)
    (world.notes / "loop.png").symlink_to("loop.png")
    (world.notes / "near.png").symlink_to("real/a.png")
    world.note("a.md", "![](folder/a.png)\n![](far/a.png)\n![](out.png)\n![](loop.png)\n![](near.png)\n[x](/)\n")
    code, found = verify(world)
    assert code == 5
    why = "leads through a symbolic link, which GitHub does not follow"
    assert [(f["line"], f["why"]) for f in found] == [(1, why), (2, why), (3, why), (4, "leads to no file")]


@pytest.mark.skipif(os.name == "nt", reason="sparse files are made another way on Windows")
def test_githubs_limits(world: World) -> None:
    for name, megabytes in (("big.png", 10), ("images/ab/warn.bin", 50), ("images/ab/fail.bin", 100), ("small.png", 9)):
        file = (world.archive if "/" in name else world.notes) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as handle:
            handle.truncate(megabytes * 1_000_000)
    world.note("a.md", "![](big.png) ![](small.png)\n")
    code, found = verify(world)
    assert code == 5
    assert [(f["path"], f["level"]) for f in found] == [
        ("archive/images/ab/fail.bin", "error"),
        ("archive/images/ab/warn.bin", "warning"),
        ("notes/a.md", "warning"),
    ]


@pytest.mark.skipif(os.name == "nt", reason="sparse files are made another way on Windows")
def test_githubs_limits_hold_for_what_notes_link_to(world: World) -> None:
    for name, megabytes in (("fail.zip", 100), ("warn.zip", 50), ("fine.zip", 49), ("unlinked.zip", 100)):
        with (world.notes / name).open("wb") as handle:
            handle.truncate(megabytes * 1_000_000)
    world.note("a.md", "[x](fail.zip)\n[y](warn.zip)\n[z](fine.zip)\n")
    code, found = verify(world)
    assert code == 5
    assert [(f["path"], f["line"], f["level"], f["url"]) for f in found] == [
        ("notes/a.md", 1, "error", "fail.zip"),
        ("notes/a.md", 2, "warning", "warn.zip"),
    ]


def test_references_are_those_of_githubs_own_parser() -> None:
    text = (
        "www.example.org/a_b ~~[x](a.md)~~ [^1] <a href=b.md>y</a> <script src=c.js></script><iframe src=d></iframe>"
        "\n\n| a |\n|---|\n| ![](e.png) |\n\n- [ ] [t](f.md)\n\n[^1]: [n](g.md)\n\n"
        "<picture><source srcset='h.png 1x, i.png 2x'><img src=j.png></picture>\n\n<a href='javascript:x()'>k</a>\n"
    )
    found = [item for item in github_references(text) if not item.url.startswith("#")]
    assert found == [
        Reference("http://www.example.org/a_b", False),
        Reference("a.md", False),
        Reference("b.md", False),
        Reference("e.png", True),
        Reference("f.md", False),
        Reference("h.png", True),
        Reference("i.png", True),
        Reference("j.png", True),
        Reference("javascript:x()", False, "javascript:"),
        Reference("g.md", False),
    ]


def test_a_file_that_fails_hides_no_other(synced: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a reason that nobody foresaw; the same with one file after the other ends the check."""
    synced.note("bad.md", "[x](nowhere.md) MARK\n")
    synced.note("worse.md", "[x](nowhere.md)\n")

    def failing(text: str) -> object:
        if "MARK" in text:
            raise RecursionError("nobody foresaw it")
        return github_references(text)

    monkeypatch.setattr("archiver.fixity.github.github_references", failing)
    found = {(finding.path, finding.code) for finding in check_github(synced.config).findings}
    assert {("notes/bad.md", GitHubCode.UNREADABLE), ("notes/worse.md", GitHubCode.NO_FILE)} <= found
    assert not list((synced.archive / "reports").glob("internal-*"))
    for number in range(3):
        synced.note(f"bad{number}.md", "MARK\n")
    with pytest.raises(InternalError):
        check_github(synced.config)
