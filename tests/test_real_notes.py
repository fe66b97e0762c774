"""Real notes and real pages, where they are at hand: `../shared` beside the project."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from archiver.due.plan import targets_of
from archiver.fixity.verify import verify
from archiver.media.imagefile import inspect_image
from archiver.models import UrlKind
from archiver.notes.find import find, find_links
from archiver.wechat.urls import classify
from tests.accounts import scanned
from tests.replica import Replica
from tests.replica.images import placeholder
from tests.world import World, broken, destinations, without_destinations

SHARED = Path(__file__).parents[2] / "shared"
SEED = SHARED / "notes" / "seed"
WHOLE = SHARED / "notes" / "dairly_learning"
PAGES = SHARED / "pages"
PLACEHOLDER = hashlib.sha256(placeholder()).hexdigest()

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of real notes and pages is not here")


def originals(world: World) -> dict[str, bytes]:
    return {path.relative_to(world.notes).as_posix(): path.read_bytes() for path in world.notes.rglob("*.md")}


def wechat_targets(text: bytes, kind: UrlKind) -> set[str]:
    return {target.url for _, target in targets_of("", find_links(text)) if target.kind is kind}


def assert_only_destinations_changed(world: World, before: dict[str, bytes]) -> None:
    for path, data in before.items():
        assert without_destinations((world.notes / path).read_bytes()) == without_destinations(data), path
        own = {link.url for link in find(data, every=True).links}
        assert set(broken(world.notes / path)) <= own, path


def assert_images_are_whole(world: World) -> int:
    files = [path for path in (world.archive / "images").rglob("*.*") if path.is_file()]
    for path in files:
        image = inspect_image(path.read_bytes())
        assert (image.sha256, image.extension) == (path.stem, path.suffix[1:])
        assert image.sha256 != PLACEHOLDER
    return len(files)


@needs_shared
@pytest.mark.parametrize("engine", [pytest.param("browser", marks=pytest.mark.slow), "http"])
def test_seed_notes_with_real_pages(tmp_path: Path, replica: Replica, engine: str) -> None:
    world = World(tmp_path, replica, engine)
    shutil.copytree(SEED, world.notes, dirs_exist_ok=True, copy_function=shutil.copyfile)
    before = originals(world)
    links = sorted(set().union(*(wechat_targets(data, UrlKind.ARTICLE) for data in before.values())))
    assert len(links) == 12
    expected = json.loads((PAGES / "expected.json").read_text("utf-8"))
    real = [name for name, value in expected.items() if value.get("kind") == "article" and value.get("images")][:6]
    for url, name in zip(links, real, strict=False):
        replica.serve_file(PAGES / f"{name}.html.gz", url.rpartition("/")[2])

    summary = world.sync()

    assert (summary.exit_code, summary.articles["new"]) == (0, 12)
    assert {expected[name]["title"] for name in real} <= {record["title"] for record in world.articles()}
    assert_only_destinations_changed(world, before)
    after = [url for path in before for url in destinations(world.notes / path)]
    assert not [url for url in after if "mp.weixin.qq.com" in url or "mmbiz" in url]
    assert len([url for url in after if "archive/articles/" in url]) == 12
    assert len([url for url in after if "archive/images/" in url]) == 12
    assert len([url for url in after if "img-blog.csdnimg.cn" in url]) == 2
    assert_images_are_whole(world)
    for folder in world.article_folders():
        assert broken(folder / "article.md") == []
    replica.clear_requests()
    tree = world.tree(with_machine_state=True)
    world.sync()
    assert replica.requests == []
    assert world.tree(with_machine_state=True) == tree
    assert world.cli("restore").returncode == 0
    assert originals(world) == before
    assert replica.refused_requests == []


def whole_folder(world: World) -> dict[str, bytes]:
    shutil.copytree(WHOLE, world.notes, dirs_exist_ok=True, copy_function=shutil.copyfile)
    return originals(world)


@needs_shared
@pytest.mark.slow
@pytest.mark.parametrize("engine", [pytest.param("browser", marks=pytest.mark.slow), "http"])
def test_the_whole_folder_in_one_run(tmp_path: Path, replica: Replica, engine: str) -> None:
    world = World(tmp_path, replica, engine)
    world.configure(fetch={"jobs": 2, "image_jobs": 8})
    before = whole_folder(world)
    assert len(before) == 119
    summary = world.sync()
    assert (summary.exit_code, summary.articles["new"]) == (0, 744)
    assert_only_destinations_changed(world, before)
    assert [finding for finding in verify(world.config) if finding.damage] == []
    after = [url for path in before for url in destinations(world.notes / path)]
    # README and the notes are at different depths: the way to the archive is not the same.
    assert len({url.partition("archive/articles/")[2] for url in after if "archive/articles/" in url}) == 744
    assert not [url for url in after if "mmbiz" in url]
    assert assert_images_are_whole(world) >= 583
    account = Counter((item["class"], item["why"]) for addresses in scanned(world).values() for item in addresses)
    assert account == {("rewritten", ""): 1355, ("not-archived", "expired"): 4}  # signed addresses of three videos
    replica.clear_requests()
    tree = world.tree(with_machine_state=True)
    assert world.sync().exit_code == 0
    assert replica.requests == []
    assert world.tree(with_machine_state=True) == tree
    assert world.cli("restore").returncode == 0
    assert originals(world) == before


@needs_shared
def test_a_sample_of_the_whole_folder(world: World) -> None:
    before = whole_folder(world)
    keep = set(random.Random(1).sample(sorted(before), 12))
    for path in set(before) - keep:
        (world.notes / path).unlink()
    before = {path: before[path] for path in keep}
    wanted = set().union(*(wechat_targets(data, UrlKind.ARTICLE) for data in before.values()))
    summary = world.sync()
    assert (summary.exit_code, summary.articles["new"]) == (0, len(wanted))
    assert_only_destinations_changed(world, before)
    assert_images_are_whole(world)
    assert {item["why"] for addresses in scanned(world).values() for item in addresses} <= {"", "expired"}
    assert world.cli("restore").returncode == 0
    assert originals(world) == before


@needs_shared
def test_counts_of_the_whole_folder() -> None:
    texts = [path.read_bytes() for path in WHOLE.rglob("*.md")]
    articles = set().union(*(wechat_targets(data, UrlKind.ARTICLE) for data in texts))
    images = set().union(*(wechat_targets(data, UrlKind.IMAGE) for data in texts))
    videos = set().union(*(wechat_targets(data, UrlKind.VIDEO) for data in texts))
    # The notes write 584 different image URLs; two of them differ in display noise alone.
    written = {link.url for data in texts for link in find_links(data) if classify(link.url) is UrlKind.IMAGE}
    assert (len(texts), len(articles), len(videos), len(written), len(images)) == (119, 744, 3, 584, 583)


@needs_shared
@pytest.mark.slow
def test_the_whole_folder_through_all_modes(world: World) -> None:
    """With CRLF, BOM and GB18030 notes added: each mode looks as if it had been the only one; restoring is exact."""
    world.configure(fetch={"jobs": 2, "image_jobs": 8})
    whole_folder(world)
    for path in sorted(world.notes.rglob("*.md"))[::10]:
        text = path.read_text("utf-8-sig")
        path.with_suffix(".crlf.md").write_bytes(text.replace("\r\n", "\n").replace("\n", "\r\n").encode())
        path.with_suffix(".bom.md").write_bytes(b"\xef\xbb\xbf" + text.encode())
        path.with_suffix(".gb.md").write_bytes(text.encode("gb18030"))
    before = originals(world)
    led_nowhere = {path: broken(world.notes / path) for path in before}
    assert world.sync().exit_code == 0
    modes = [(a, i) for a in ("replace", "append", "keep") for i in ("replace", "keep")]
    alone: dict[tuple[str, str], dict[str, bytes]] = {}
    for articles, shown in [*modes, *reversed(modes)]:
        world.configure(rewrite={"articles": articles, "images": shown})
        world.sync()
        state = originals(world)
        assert alone.setdefault((articles, shown), state) == state
        for name in before:
            assert broken(world.notes / name) == led_nowhere[name], name
    assert alone["keep", "keep"] == before
    assert len({hash(frozenset(state.items())) for state in alone.values()}) == 6
    tree = world.tree(with_machine_state=True)
    world.replica.clear_requests()
    world.sync()
    assert (world.tree(with_machine_state=True), world.replica.requests) == (tree, [])
    assert world.cli("restore").returncode == 0
    assert originals(world) == before
