"""What was decoded by one `verify` is not decoded by the next, and every damage is found all the same."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from archiver.fixity.proven import Proven, proven
from archiver.fixity.verify import verify
from archiver.media.imagefile import inspect_image
from archiver.models.findings import FindingCode
from archiver.store.layout import PROVEN
from archiver.store.remembered import remember
from archiver.wechat.page import read_page
from tests.builders import an_image, article
from tests.fixity.damage import articles, copy_of, images, night
from tests.work import calls
from tests.world import World


@pytest.fixture
def world(pristine: World, tmp_path: Path) -> World:
    return copy_of(pristine, tmp_path)


def decoded(world: World, *, coverage: bool = False) -> list[int]:
    """How many images and pages a check decodes that finds nothing."""
    found: list[object] = []
    counts = calls(lambda: found.extend(verify(world.config, coverage=coverage)), inspect_image, read_page)
    assert found == []
    return counts


def codes(world: World) -> set[FindingCode]:
    return {finding.code for finding in verify(world.config)}


def all_of(world: World) -> list[int]:
    return [len(list(world.archive.glob(pattern))) for pattern in ("images/*/*", "articles/**/capture.html.gz")]


def listed_anew(file: Path) -> None:
    """Let SHA256SUMS say what `file` is now."""
    sums, name = file.parents[1] / "SHA256SUMS", f"{file.parent.name}/{file.name}"
    lines = [line for line in sums.read_text().splitlines() if not line.endswith(f"  {name}")]
    lines.append(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {name}")
    sums.write_text("".join(f"{line}\n" for line in sorted(lines, key=lambda line: line[66:])))


def test_nothing_is_decoded_twice(world: World) -> None:
    assert decoded(world) == [0, 0]


def test_only_what_is_new_is_decoded(world: World) -> None:
    before = all_of(world)
    url = world.replica.add_article(article("第五篇", an_image("q")))
    world.note("three.md", f"[戊]({url})\n")
    night(world, 3)
    assert decoded(world) == [now - then for now, then in zip(all_of(world), before, strict=True)] != [0, 0]
    assert decoded(world) == [0, 0]


def test_all_is_decoded_where_coverage_is_counted_again(world: World) -> None:
    assert decoded(world, coverage=True) == all_of(world)


@pytest.mark.parametrize("data", [None, b"", b"x\n[]", bytes(300)])
def test_a_memory_that_is_gone_or_odd_is_not_believed(world: World, data: bytes | None) -> None:
    file = world.archive / PROVEN
    file.unlink()
    if data is not None:
        file.write_bytes(data)
    assert decoded(world) == all_of(world)
    assert decoded(world) == [0, 0]


def test_what_another_program_could_read_is_decoded_again(world: World) -> None:
    said = json.loads((world.archive / PROVEN).read_bytes().partition(b"\n")[2])
    remember(world.archive, PROVEN, "another version", said)
    assert decoded(world) == all_of(world)


def test_what_is_gone_is_forgotten(world: World) -> None:
    kept = Proven()
    kept.add("image", "of last year")
    kept.keep(world.archive)
    assert proven(world.archive).has("image", "of last year")
    verify(world.config)
    assert not proven(world.archive).has("image", "of last year")


def test_a_broken_image_by_its_own_hash_is_found(world: World) -> None:
    data = images(world)[0].read_bytes()[:-40]
    sha = hashlib.sha256(data).hexdigest()
    file = world.archive / f"images/{sha[:2]}/{sha}.png"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(data)
    for _ in range(2):
        assert FindingCode.IMAGE_UNREADABLE in codes(world)


def test_an_image_of_another_type_than_its_name_says_is_found(world: World) -> None:
    file = images(world)[0]
    wrong = file.with_suffix(".webp")
    shutil.copyfile(file, wrong)
    for _ in range(2):
        assert FindingCode.WRONG_TYPE in codes(world)


def test_the_capture_of_another_article_is_found_whatever_the_sums_say(world: World) -> None:
    one, other = articles(world, "capture.html.gz")
    shutil.copyfile(other, one)
    listed_anew(one)
    for _ in range(2):
        assert FindingCode.CAPTURE_OF_OTHER in codes(world)


def test_a_record_that_names_another_article_is_found_whatever_the_sums_say(world: World) -> None:
    file = articles(world, "article.json")[0]
    record = json.loads(file.read_bytes())
    file.write_text(json.dumps(record | {"mid": f"{record['mid']}1", "id": "0" * 12}, ensure_ascii=False))
    listed_anew(file)
    for _ in range(2):
        assert FindingCode.CAPTURE_OF_OTHER in codes(world)
