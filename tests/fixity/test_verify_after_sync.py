"""What a sync leaves behind is whole, whatever stands in the notes: nothing is damaged, and a repair does nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from archiver.fixity.verify import verify
from tests.fixity.mending import mend
from tests.notes.generated import LINKS, NOTES
from tests.replica import Replica
from tests.sampling import one_in
from tests.world import World

FIXTURES = Path(__file__).parents[1] / "notes" / "fixtures"
SHARED = Path(__file__).parents[3] / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of real notes and cases is not here")
TOKEN = "VVVVVVVVVVVVVVVVVVVVVV"
SPELLINGS = (
    "[x](https://mp.weixin.qq.com/s?__biz=MzA=&amp;mid=1&amp;idx=1&amp;sn=0a)",
    '<a href="https://mp.weixin.qq.com/s?__biz=MzA=&amp;mid=2&amp;idx=1&amp;sn=0b&amp">x</a>',
    f'<a href="https://mp.weixin.qq.com/s/{TOKEN}&amp">x</a>',
    f"<https://mp.weixin.qq.com/s/{TOKEN[1:]}a?a=1&amp;b=2>",
    f"<img src='https://mmbiz.qpic.cn/mmbiz_png/{TOKEN}{TOKEN}/640?wx_fmt&#61;png'>",
    f"![](https://mmbiz.qpic.cn/mmbiz_png/{TOKEN}x{TOKEN}/640?wx_fmt&#x3d;png&amp;from&equals;appmsg)",
    f"![](https://mmbiz.qpic.cn/mmbiz_png/{TOKEN}y{TOKEN}/640?wx_fmt\\=png)",
    f"//mp.weixin.qq.com/s/{TOKEN[1:]}b [y](//mp.weixin.qq.com/s/{TOKEN[1:]}c&amp)",
)


def assert_whole(world: World) -> None:
    """After a sync in each mode, and once more in the first."""
    for articles, images in (("replace", "replace"), ("append", "keep"), ("keep", "replace"), ("replace", "replace")):
        world.configure(rewrite={"articles": articles, "images": images})
        world.sync()
        assert [finding for finding in verify(world.config) if finding.damage] == [], (articles, images)
    assert mend(world).mended == []


def dressed(world: World, name: str, text: str) -> None:
    world.note(f"{name}.md", text)
    world.note(f"{name}.crlf.md", f"{text}\n中文\n".replace("\n", "\r\n").encode("gb18030"))


def test_the_spelling_of_a_url_is_no_damage(world: World) -> None:
    for number, text in enumerate(SPELLINGS):
        world.note(f"{number}.md", f"{text}\n")
    assert_whole(world)


@pytest.mark.parametrize("share", one_in(2, [4, 1]))
def test_notes_in_every_form_leave_an_archive_that_is_whole(world: World, share: int) -> None:
    forms = [file for file in sorted(FIXTURES.glob("*.md")) if not file.name.endswith(".out.md")]
    for file in forms[::share]:
        dressed(world, file.stem, file.read_text("utf-8"))
    assert_whole(world)


@needs_shared
@pytest.mark.asks("img.example.org")
@pytest.mark.parametrize("share", one_in(2, [4, 1]))
def test_cases_leave_an_archive_that_is_whole(world: World, share: int) -> None:
    for file in sorted((SHARED / "cases" / "notes").glob("*/input.md"))[::share]:
        dressed(world, file.parent.name, file.read_text("utf-8"))
    assert_whole(world)


@pytest.mark.slow
@needs_shared
def test_real_notes_leave_an_archive_that_is_whole(world: World) -> None:
    shutil.copytree(SHARED / "notes" / "seed", world.notes, dirs_exist_ok=True, copy_function=shutil.copyfile)
    assert_whole(world)


@pytest.fixture(scope="module")
def web() -> Iterator[Replica]:
    with Replica() as replica:
        yield replica


def check_generated(tmp: Path, web: Replica, texts: list[str]) -> None:
    root = tmp / str(sum(1 for _ in tmp.iterdir()))
    root.mkdir()
    world = World(root, web)
    for number, text in enumerate(texts):
        world.note(f"{number}.md", f"{text}\n中文")
    assert_whole(world)
    shutil.rmtree(root)


UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # an example takes seconds
GENERATED = st.lists(NOTES | LINKS, min_size=1, max_size=12)


@pytest.mark.slow
@settings(max_examples=5, phases=UNSHRUNK)
@given(texts=GENERATED)
def test_generated_notes_leave_an_archive_that_is_whole(
    tmp_path_factory: pytest.TempPathFactory, web: Replica, texts: list[str]
) -> None:
    check_generated(tmp_path_factory.mktemp("generated"), web, texts)


@pytest.mark.slow
@settings(max_examples=300, phases=UNSHRUNK)
@given(texts=GENERATED)
def test_many_generated_notes_leave_an_archive_that_is_whole(
    tmp_path_factory: pytest.TempPathFactory, web: Replica, texts: list[str]
) -> None:
    check_generated(tmp_path_factory.mktemp("generated"), web, texts)
