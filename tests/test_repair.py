"""Images that GitHub does not show: every verdict, every cure, and what cannot be cured."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

from archiver.due.mirrors import Mirrors
from archiver.errors import ConfigError
from archiver.media.imagefile import inspect_image
from tests.replica import ArticleSpec, ImageSpec
from tests.replica.images import image_bytes, placeholder
from tests.world import World, attention, broken, destinations, without_destinations

PNG = image_bytes(ImageSpec("local/png", 40, 30, "png"))
JPEG = image_bytes(ImageSpec("local/jpeg", 40, 30, "jpeg"))
WEBP = image_bytes(ImageSpec("local/webp", 40, 30, "webp"))
HTML = b"<!DOCTYPE html><title>Not found</title>"


def picture(name: str) -> ImageSpec:
    return ImageSpec.named(name, 64, 48)


@dataclass(frozen=True)
class Case:
    """A line of a note, the files beside it, the verdict, and whether there is a cure."""

    line: str
    verdict: str
    cured: bool
    files: dict[str, bytes]


def cases(outside: Path) -> dict[str, Case]:
    remote, in_article = picture("remote"), picture("dead but archived")
    named = picture("named by its id")
    long_id = named.key.replace("/", "_")
    return {
        "remote": Case(f"![]({remote.url})", "remote", True, {}),
        "dead, archived": Case(f"![]({in_article.note_url})", "remote", True, {}),
        "dead": Case(f"![]({picture('dead').url})", "remote", False, {}),
        "no scheme": Case(f'<img src="{picture("no scheme").url.removeprefix("https:")}">', "remote", True, {}),
        "placeholder, data-src": Case(
            f"<img src='img/p1.jpg' data-src='{picture('p1').url}'>", "placeholder", True, {"img/p1.jpg": placeholder()}
        ),
        "placeholder, title": Case(
            f'![p](img/p2.jpg "{picture("p2").url}")', "placeholder", True, {"img/p2.jpg": placeholder()}
        ),
        "placeholder, unknown": Case("![p](img/p3.jpg)", "placeholder", False, {"img/p3.jpg": placeholder()}),
        "html, named": Case(f"![h](img/{long_id}_640.png)", "no_image", True, {f"img/{long_id}_640.png": HTML}),
        "html": Case("![h](img/h.png)", "no_image", False, {"img/h.png": HTML}),
        "empty": Case("![e](img/e.png)", "empty", False, {"img/e.png": b""}),
        "truncated": Case(
            f"<img alt='{picture('t').url}' src=img/t.png>", "broken", True, {"img/t.png": PNG[: len(PNG) // 2]}
        ),
        "truncated gif": Case("![t](img/t.gif)", "broken", False, {"img/t.gif": _gif()[:-1]}),
        "wrong name": Case("![w](img/w.other)", "wrong_name", True, {"img/w.other": WEBP}),
        "wrong extension": Case("![w](img/w.png)", "wrong_name", True, {"img/w.png": JPEG}),
        "case": Case("![c](Img/Photo.PNG)", "case", True, {"img/photo.png": PNG}),
        "normal form": Case(f"![c](img/{unicodedata.normalize('NFD', 'é')}.png)", "case", True, {"img/é.png": PNG}),
        "spaces": Case("a ![我的 图](img/my picture 1.png) b", "spaces", True, {"img/my picture 1.png": PNG}),
        "spaces, missing": Case("![x](img/no such.png)", "missing", False, {}),
        "backslashes": Case("![b](img\\_sub\\b.png)", "backslashes", True, {"img/_sub/b.png": PNG}),
        "backslashes and spaces": Case("![b](img\\my b.png)", "backslashes", True, {"img/my b.png": PNG}),
        "number sign": Case("![n](img/a#b.png)", "reserved", True, {"img/a#b.png": PNG}),
        "question mark": Case("<img src='img/why?.png'>", "reserved", True, {"img/why?.png": PNG}),
        "percent": Case("![%](img/100%.png)", "reserved", True, {"img/100%.png": PNG}),
        "percent, letters": Case("![%](img/a%20z.png)", "reserved", True, {"img/a%20z.png": PNG}),
        "number sign and spaces": Case("![n](img/my b#1.png)", "reserved", True, {"img/my b#1.png": PNG}),
        "number sign, no image": Case("![n](img/c#.png)", "no_image", False, {"img/c#.png": HTML}),
        "absolute": Case("![a]({notes}/img/abs.png)", "absolute", True, {"img/abs.png": PNG}),
        "file URL": Case("<img src='file://{notes}/img/abs.png'>", "absolute", True, {"img/abs.png": PNG}),
        "drive": Case("![a](C:\\Users\\me\\notes\\img\\drive.png)", "absolute", True, {"img/drive.png": PNG}),
        "drive, slashes": Case("![a](file:///D:/me/img/drive.png)", "absolute", True, {"img/drive.png": PNG}),
        "absolute, elsewhere": Case(f"![a]({outside.as_posix()}/out.png)", "absolute", True, {}),
        "outside": Case(f"![o](../../{outside.name}/out.png)", "outside", True, {}),
        "absolute, missing": Case("![a](/no/such/place.png)", "absolute", False, {}),
        "missing": Case("![m](img/missing.png)", "missing", False, {}),
        "data": Case("![d](data:image/png;base64,iVBORw0KGgo=)", "inlined", False, {}),
        "foreign": Case("![f](https://images.example.net/a.png)", "hotlink", False, {}),
    }


def _gif() -> bytes:
    return image_bytes(ImageSpec("local/gif", 40, 30, "gif"))


FINE = """\
![](img/fine.png) ![](<img/with space.png>) ![](img/with%20space.png "t") ![](img/fine.png?raw=true#x) ![](img/lfs.png)
<img src="img/with space.png"> ![](/notes/img/fine.png) `![](img/no such.png)` [![](img/fine.png)](img/fine.png)

    ![](img/in code.png)

<!-- ![](img/no such.png) -->
"""
FINE_FILES = {
    "img/fine.png": PNG,
    "img/with space.png": PNG,
    "img/lfs.png": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
}


@pytest.fixture
def messy(world: World, tmp_path: Path) -> World:
    """A repository whose notes have images broken in every way, and an archive that has one image already."""
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (outside / "out.png").write_bytes(PNG)
    (world.root / ".git").mkdir()  # where the repository begins
    spec = picture("dead but archived")
    url = world.replica.add_article(
        ArticleSpec(title="有图", account="测试号", body=f"<p>图</p>{spec.tag}", images=(spec,))
    )
    world.note("article.md", f"[x]({url})\n")
    world.sync()
    for dead in (spec, picture("dead")):
        world.replica.fault(dead.key, "status:404")
    lines = []
    for case in cases(outside).values():
        lines.append(case.line.replace("{notes}", world.notes.as_posix()))
        for name, data in case.files.items():
            (world.notes / name).parent.mkdir(parents=True, exist_ok=True)
            (world.notes / name).write_bytes(data)
    for name, data in FINE_FILES.items():
        (world.notes / name).write_bytes(data)
    world.note("messy.md", "\n\n".join(lines) + "\n")
    world.note("fine.md", FINE)
    return world


def findings(world: World, *arguments: str) -> tuple[int, dict[int, dict[str, object]]]:
    done = world.cli("repair", "--json", *arguments)
    value = json.loads(done.stdout.splitlines()[-1])
    assert all(finding["note"] == "messy.md" for finding in value["findings"])
    return done.returncode, {finding["line"]: finding for finding in value["findings"]}


def test_every_verdict_and_every_cure(messy: World, tmp_path: Path) -> None:
    expected = list(cases(tmp_path.parent / f"{tmp_path.name}-outside").items())
    note = messy.notes / "messy.md"
    before = note.read_bytes()
    tree = messy.tree(with_machine_state=True)
    messy.replica.clear_requests()

    code, dry = findings(messy, "--dry-run")
    assert messy.tree(with_machine_state=True) == tree
    assert messy.replica.requests == []
    assert {line: f["verdict"] for line, f in dry.items()} == {
        1 + 2 * n: case.verdict for n, (_, case) in enumerate(expected)
    }

    code, done = findings(messy)
    assert code == 1, "a picture that was due did not come"
    for n, (name, case) in enumerate(expected):
        assert (done[1 + 2 * n]["verdict"], done[1 + 2 * n]["cured"]) == (case.verdict, case.cured), name
    after = note.read_bytes()
    for n, (name, case) in enumerate(expected):
        line = after.splitlines()[2 * n].decode()
        assert (line == before.splitlines()[2 * n].decode()) is (not case.cured), name
    cured = [1 + 2 * n for n, (_, case) in enumerate(expected) if case.cured]
    local = [url for url in destinations(note) if not url.startswith(("http", "data:"))]
    left = broken(note)
    assert len(local) - len(left) >= len(cured)
    for url in local:
        if (
            url not in left
            and "p3" not in url
            and "/h.png" not in url
            and "/e.png" not in url
            and "t.gif" not in url
            and "c#" not in url
        ):
            path = messy.notes / unquote(url)
            assert inspect_image(path.read_bytes()), url
    assert (messy.notes / "fine.md").read_text("utf-8") == FINE
    assert all((messy.notes / name).read_bytes() == data for name, data in FINE_FILES.items())
    assert (messy.notes / "img/w.other").read_bytes() == WEBP, "the user's files stay"

    # The second run has only the dead image to ask for, changes nothing, and says the same.
    messy.replica.clear_requests()
    tree = messy.tree()
    assert findings(messy)[1].keys() == done.keys()
    assert {request.path.split("/")[2] for request in messy.replica.requests} == {picture("dead").key.split("/")[1]}
    lines = ("archive/links.jsonl", "archive/site/status.html")  # an attempt more, and the page that lists them
    assert {name: seen for name, seen in messy.tree().items() if name not in lines} == {
        name: seen for name, seen in tree.items() if name not in lines
    }
    summary = messy.sync()
    assert note.read_bytes() == after
    assert [line for line in attention(summary) if line.startswith("messy.md:13: ") and "hot-link notice" in line]
    assert messy.cli("restore").returncode == 0
    assert note.read_bytes() == before


def test_only_destinations_change(messy: World) -> None:
    note = messy.notes / "messy.md"
    lines = note.read_bytes().split(b"\n\n")
    plain = b"\n\n".join(line for line in lines if b" 1.png" not in line and b"my b" not in line)
    note.write_bytes(plain)
    messy.sync()
    assert note.read_bytes() != plain
    assert without_destinations(note.read_bytes()) == without_destinations(plain)


def test_repair_can_be_switched_off(messy: World) -> None:
    messy.configure(rewrite={"repair": False})
    note = messy.notes / "messy.md"
    before = note.read_text("utf-8")
    summary = messy.sync()
    local = [url for url in destinations(note) if "archive/images" in url]
    assert len(local) == 3, "remote pictures are archived all the same"
    assert "img/my picture 1.png" in note.read_text("utf-8")
    assert not [line for line in attention(summary) if "does not show" in line]
    assert "Photo.PNG" in before


def test_mirror_hosts_with_their_referers(world: World) -> None:
    urls = [
        "https://img-blog.csdnimg.cn/a.png?x-oss-process=image/watermark",
        "https://pics.example.org/p?id=1",
        "http://pics.example.org/p?id=2",
    ]
    before = f'![]({urls[0]}) ![]({urls[1]})\n<img src="{urls[2]}"> [{urls[0]}]({urls[0]})'
    note = world.note("a.md", before)
    world.sync()
    assert world.replica.requests == []
    assert note.read_text("utf-8") == before
    done = world.cli("repair", "--dry-run")
    assert "2 images of pics.example.org" in done.stdout
    world.configure(images={"mirror_hosts": ["csdnimg.cn", "pics.example.org https://example.org/"]})
    assert world.sync().exit_code == 0
    assert {(r.host, r.referer) for r in world.replica.requests} == {
        ("img-blog.csdnimg.cn", "https://blog.csdn.net/"),
        ("pics.example.org", "https://example.org/"),
    }
    assert broken(note) == []
    assert len(set(destinations(note))) == 4, "the link stays, and the query tells two pictures apart"
    world.replica.clear_requests()
    (world.archive / "catalogue.db").unlink()
    world.sync()
    assert world.replica.requests == []
    assert world.cli("restore").returncode == 0
    assert note.read_text("utf-8") == before


@pytest.mark.parametrize("damage", [b"", b"<html>", PNG[:-10]])
def test_a_damaged_file_of_the_archive_is_fetched_again(world: World, damage: bytes) -> None:
    shown = picture("shown")
    note = world.note("a.md", f"![]({shown.url})")
    world.sync()
    (file,) = (world.archive / "images").rglob("*.*")
    good = file.read_bytes()
    file.write_bytes(damage)
    world.replica.fault(shown.key, "html")
    assert world.sync().exit_code == 1
    assert file.read_bytes() == damage, "nothing better has come"
    world.replica.clear_faults()
    assert world.cli("repair").returncode == 0
    assert file.read_bytes() == good
    assert broken(note) == []
    assert [path.name for path in (world.archive / "images").rglob("*.*")] == [file.name]


def test_a_fragment_for_dark_and_light_stays(world: World) -> None:
    """GitHub shows either of the two, by their fragments."""
    (world.notes / "img").mkdir()
    (world.notes / "img/photo.png").write_bytes(PNG)
    (world.notes / "img/w.other").write_bytes(WEBP)
    dark, light = "#gh-dark-mode-only", "#gh-light-mode-only"
    before = (
        f"![](Img/photo.png{dark}) ![](Img/photo.png{light}) ![](Img/photo.png)\n"
        f"![](img/w.other{dark}) <img src='img/w.other{light}'>\n"
    )
    note = world.note("a.md", before)
    world.sync()
    urls = destinations(note)
    assert urls[:3] == [f"img/photo.png{dark}", f"img/photo.png{light}", "img/photo.png"]
    assert [url.partition("#")[1:] for url in urls[3:]] == [("#", dark[1:]), ("#", light[1:])]
    assert all(url.startswith("../archive/images/") for url in urls[3:])
    after = note.read_bytes()
    (world.notes / "img/w.other").unlink()
    note.write_bytes(b"edited\n\n" + after)
    world.sync()
    assert note.read_bytes() == b"edited\n\n" + after
    assert world.cli("restore").returncode == 0
    assert note.read_text("utf-8") == f"edited\n\n{before}"


def test_a_cure_outlives_the_file_that_was_wrong(world: World) -> None:
    (world.notes / "img").mkdir()
    (world.notes / "img/w.other").write_bytes(WEBP)
    note = world.note("a.md", "![w](img/w.other)")
    world.sync()
    after = note.read_bytes()
    (world.notes / "img/w.other").unlink()
    world.sync()
    assert note.read_bytes() == after
    assert broken(note) == []


@pytest.mark.parametrize("entry", ["", "https://x.example.org", "x.example.org example.org", "localhost"])
def test_a_mirror_host_that_cannot_be_meant(entry: str) -> None:
    with pytest.raises(ConfigError, match="mirror_hosts"):
        Mirrors([entry])


def test_referers() -> None:
    mirrors = Mirrors(["csdnimg.cn", "zhimg.com https://other.example/", "pics.example.org"])
    assert mirrors.referer("https://img-blog.csdnimg.cn/a.png") == "https://blog.csdn.net/"
    assert mirrors.referer("https://pic1.zhimg.com/a.png") == "https://other.example/"
    assert mirrors.referer("http://pics.example.org:80/a.png") == "https://pics.example.org/"
    assert mirrors.referer("https://notcsdnimg.cn/a.png") is None
    assert mirrors.referer("https://[broken/a.png") is None
