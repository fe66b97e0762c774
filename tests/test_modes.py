"""The same note through modes, moves, edits and other people's hands: as if rewritten once, and never lost."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.archive.open_archive import open_archive
from archiver.events import NoteDone
from archiver.fixity.verify import verify
from archiver.tasks.forget import find_article
from archiver.tasks.sync import Options
from tests.replica import ArticleSpec, ImageSpec
from tests.world import World, attention, broken, destinations, sync

MODES = ("replace", "append", "keep")


def article(world: World, title: str, *images: ImageSpec) -> str:
    body = f"<p>{title}。</p>" + "".join(image.tag for image in images)
    return world.replica.add_article(ArticleSpec(title=title, account="测试号", body=body, images=images))


def rich_note(world: World) -> bytes:
    """A note with every form of link, two spellings of one article, and images."""
    spec = ArticleSpec(title="两种写法", account="测试号", body="<p>正文。</p>").with_ids()
    short = world.replica.add_article(spec)
    other = article(world, "另一篇")
    shown = ImageSpec.named("shown").url
    return (
        f"# 标题\r\n\r\n1. [[CVPR] 甲]({short} '题') 和 [长]({spec.long_url})\n"
        f"2. 裸 {other}，<{short}> [r][] ![p]({shown})\n"
        f"| a | b |\n|---|---|\n| [x]({other}) | {short} |\n\n"
        f"<div align=center><img src='{shown}'></div>\n\n<a href=\"{other}\">乙</a>\n\n[r]: {spec.long_url}"
    ).encode()


def test_any_way_through_the_modes_ends_like_the_last_alone(world: World) -> None:
    before = rich_note(world)
    note = world.note("深/a.md", before)
    alone: dict[tuple[str, str], bytes] = {}
    for articles, images in itertools.product(MODES, ("replace", "keep")):
        note.write_bytes(before)
        (world.archive / "journal.jsonl").unlink(missing_ok=True)
        world.configure(rewrite={"articles": articles, "images": images})
        assert world.sync().exit_code == 0
        alone[articles, images] = note.read_bytes()
    assert alone["keep", "keep"] == before
    assert len(set(alone.values())) == 6
    (world.archive / "journal.jsonl").unlink(missing_ok=True)
    note.write_bytes(before)
    for articles, images in [*alone, *reversed(alone), ("replace", "replace"), ("append", "keep"), ("append", "keep")]:
        world.configure(rewrite={"articles": articles, "images": images})
        world.sync()
        assert note.read_bytes() == alone[articles, images]
    assert world.cli("restore").returncode == 0
    assert note.read_bytes() == before


@pytest.mark.parametrize("mode", ["replace", "append"])
def test_new_links_in_a_rewritten_note(world: World, mode: str) -> None:
    first, second = article(world, "一"), article(world, "二")
    world.configure(rewrite={"articles": mode})
    note = world.note("a.md", f"[一]({first})\n")
    world.sync()
    note.write_text(f"[二]({second})\n\n{note.read_text('utf-8')}[一]({first}) <{second}>\n", "utf-8")
    world.sync()
    together = note.read_bytes()
    world.note("b.md", f"[二]({second})\n\n[一]({first})\n[一]({first}) <{second}>\n")
    world.sync()
    assert (world.notes / "b.md").read_bytes() == together
    assert world.cli("restore").returncode == 0
    assert note.read_text("utf-8") == f"[二]({second})\n\n[一]({first})\n[一]({first}) <{second}>\n"


@pytest.mark.parametrize("text", ["see the folder images/ here\n", "mp.weixin.qq.com\n", "---\nsource: {url}\n---\n"])
def test_a_note_that_names_hosts_and_has_no_link_is_fine(world: World, text: str) -> None:
    url = article(world, "一")
    world.note("a.md", text.replace("{url}", url))
    note = world.note("b.md", f"[x]({url.replace('mp.weixin.qq.com', 'MP.weixin.QQ.com')})")
    assert world.sync().exit_code == 0
    assert world.cli("repair").returncode == 0
    assert "article.md" in note.read_text("utf-8")


def test_modes_are_about_what_a_url_is(world: World) -> None:
    """A page in an image's place stays; an image that is only linked to is an image all the same."""
    url, shown = article(world, "一"), ImageSpec.named("linked")
    before = f"![t]({url}) [pic]({shown.url}) ![p]({shown.url})\n\n[l][r] ![i][r]\n\n[r]: {url}\n"
    note = world.note("a.md", before)
    world.configure(rewrite={"images": "keep"})
    world.sync()
    assert note.read_text("utf-8") == before
    world.configure(rewrite={"images": "replace"})
    world.sync()
    assert note.read_text("utf-8").count("archive/images/") == 2
    assert "article.md" not in note.read_text("utf-8")


def test_an_archived_link_of_the_owners_own_stays(world: World) -> None:
    url = article(world, "一")
    own = f"[v]({url}) ([archived](https://web.archive.org/web/2024/x))\n\n"
    own += f'<a href="{url}">k</a> (<a href="my.html">archived</a>)\n'
    note = world.note("a.md", own)
    world.configure(rewrite={"articles": "append"})
    for _ in range(2):
        world.sync()
    text = note.read_text("utf-8")
    assert text.count("article.md") == 2
    assert "(https://web.archive.org/web/2024/x)" in text
    assert '<a href="my.html">archived</a>' in text


def test_a_moved_note_gets_its_paths_put_right_and_can_be_restored(world: World) -> None:
    before = rich_note(world)
    note = world.note("a.md", before)
    world.sync()
    moved = world.notes / "2026/深处/新名字.md"
    moved.parent.mkdir(parents=True)
    note.rename(moved)
    assert broken(moved)
    world.replica.clear_requests()
    assert world.sync().notes["rewritten"] == 1
    assert broken(moved) == []
    assert world.replica.requests == []
    tree = world.tree(with_machine_state=True)
    world.sync()
    assert world.tree(with_machine_state=True) == tree
    done = world.cli("restore", str(moved))
    assert (done.returncode, "look at" in done.stdout) == (0, False), done.stdout
    assert moved.read_bytes() == before


def test_a_note_moved_and_edited_is_known_by_its_links(world: World) -> None:
    before = rich_note(world)
    note = world.note("a.md", before)
    world.note("other.md", f"[x]({article(world, '另一篇')})")
    world.sync()
    moved = world.notes / "sub" / "b.md"
    moved.parent.mkdir()
    moved.write_bytes(b"new first line\n\n" + note.read_bytes())
    note.unlink()
    assert world.cli("restore", "notes/sub").returncode == 0, "restoring finds moved notes too"
    assert moved.read_bytes() == b"new first line\n\n" + before


def test_a_moved_note_that_was_restored_stays_restored(world: World) -> None:
    before = rich_note(world)
    note = world.note("a.md", before)
    world.sync()
    world.cli("restore")
    note.rename(world.notes / "b.md")
    assert world.sync().notes["rewritten"] == 0
    assert (world.notes / "b.md").read_bytes() == before


def test_a_chain_of_renames_mixes_nothing_up(world: World) -> None:
    texts = {name: f"{name} [x]({article(world, name)}) {article(world, name)}\n" for name in ("a", "b", "c")}
    for name, text in texts.items():
        world.note(f"{name}.md", text)
    world.sync()
    for old, new in (("c", "d"), ("b", "c"), ("a", "b")):
        (world.notes / f"{old}.md").rename(world.notes / f"{new}.md")
    world.sync()
    assert world.cli("restore").returncode == 0
    assert {path.stem: path.read_text("utf-8") for path in world.notes.glob("*.md")} == {
        "b": texts["a"],
        "c": texts["b"],
        "d": texts["c"],
    }


def test_a_copied_note_is_restored_like_the_one_it_was_copied_from(world: World) -> None:
    before = rich_note(world)
    note = world.note("a.md", before)
    world.sync()
    copy = world.notes / "sub" / "copy.md"
    copy.parent.mkdir()
    shutil.copy(note, copy)
    world.sync()
    assert broken(copy) == broken(note) == []
    assert world.cli("restore").returncode == 0
    assert note.read_bytes() == copy.read_bytes() == before


def test_restore_without_catalogue(world: World) -> None:
    before = rich_note(world)
    note = world.note("a.md", before)
    world.sync()
    (world.archive / "catalogue.db").unlink()
    assert world.cli("restore").returncode == 0
    assert note.read_bytes() == before


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("mode", ["replace", "append"])
def test_restore_with_autocrlf_in_between(world: World, mode: str) -> None:
    before = rich_note(world).replace(b"\r\n", b"\n")
    note = world.note("a.md", before)
    world.configure(rewrite={"articles": mode})
    world.sync()
    git(world.root, "init", "-q")
    git(world.root, "config", "core.autocrlf", "true")
    git(world.root, "add", "notes")
    git(world.root, "-c", "user.name=x", "-c", "user.email=x@localhost", "commit", "-qm", "x")
    note.unlink()
    git(world.root, "checkout", "--", "notes")
    assert note.read_bytes().count(b"\r\n") == before.count(b"\n")
    tree = world.tree(with_machine_state=True)
    world.sync()
    assert note.read_bytes() == (world.notes / "a.md").read_bytes()
    assert {path: seen for path, seen in world.tree().items() if path.startswith("notes/")} == {
        path: seen for path, seen in tree.items() if path.startswith("notes/")
    }
    done = world.cli("restore")
    assert (done.returncode, "look at" in done.stdout) == (0, False), done.stdout
    assert note.read_bytes() == before.replace(b"\n", b"\r\n")


@pytest.mark.parametrize("mode", MODES[:2])
@pytest.mark.parametrize("known", [True, False])
def test_a_paragraph_moved_into_another_note_is_restored_there(world: World, mode: str, known: bool) -> None:
    one, two, three = (article(world, title) for title in "一二三")
    world.configure(rewrite={"articles": mode})
    note = world.note("m.md", f"[a]({one})\n\n[b]({two}#rd) {two}\n")
    for name in ("a.md", "z.md") if known else ():
        world.note(name, f"[c]({three})\n\n")
    world.sync()
    first, moved = note.read_text("utf-8").split("\n\n")
    note.write_text(first + "\n", "utf-8")
    others = [world.notes / name for name in ("a.md", "z.md")]
    for other in others:  # before and behind the one that it came from
        other.write_text((other.read_text("utf-8") if known else "") + moved, "utf-8")
    done = world.cli("restore")
    assert done.returncode == 0
    assert note.read_text("utf-8") == f"[a]({one})\n"
    line = 3 if known else 1
    for other in others:
        assert other.read_text("utf-8") == (f"[c]({three})\n\n" if known else "") + f"[b]({two}#rd) {two}\n"
        assert f"look at {other.name}:{line}: " in done.stdout
    assert ("was restored" if mode == "replace" else "was taken away,") + " as another note had it" in done.stdout
    tree = world.tree()
    world.sync()
    assert {name for name in tree if name.startswith("notes/") and world.tree()[name] != tree[name]} == set()


def test_a_link_that_still_stands_in_its_note_is_given_to_no_other(world: World) -> None:
    note = world.note("m.md", f"[a]({article(world, '一')})\n")
    world.sync()
    path = destinations(note)[0]
    note.write_text(f"前言\n\n[a]({path})\n", "utf-8")
    own = world.note("own.md", f"[mine]({path})\n")
    assert "look at own.md:1: leads to articles/" in world.cli("restore").stdout
    assert own.read_text("utf-8") == f"[mine]({path})\n"


@pytest.mark.parametrize("lost", ["journal", "its last line"])
@pytest.mark.parametrize("mode", ["replace", "append"])
def test_links_of_which_the_journal_says_nothing_get_the_url_of_the_copy(world: World, mode: str, lost: str) -> None:
    url, other = article(world, "一"), article(world, "二")
    shown = ImageSpec.named("shown").url
    before = f"[a]({url}) <a href='{other}'>b</a> ![]({shown})\n\n[c][r]\n\n[r]: {other}\n"
    world.configure(rewrite={"articles": mode})
    note = world.note("c.md", "")
    if lost == "journal":
        note.write_text(before, "utf-8")
    else:
        note.write_text(f"[a]({url})\n", "utf-8")
        world.sync()
        kept = (world.archive / "journal.jsonl").read_bytes()
        note.write_text(before.replace(f"[a]({url})", note.read_text("utf-8").strip()), "utf-8")
    world.sync()
    (world.archive / "journal.jsonl").unlink()
    if lost != "journal":
        (world.archive / "journal.jsonl").write_bytes(kept)
    done = world.cli("restore")
    assert (done.returncode, note.read_text("utf-8")) == (0, before), done.stdout
    assert "look at c.md:1: " in done.stdout
    assert ("what stood there" if mode == "replace" else "an appended link was taken away") in done.stdout


def test_a_link_to_what_the_archive_does_not_have_is_told(world: World) -> None:
    world.note("a.md", f"[a]({article(world, '一')})")
    world.sync()
    nowhere = "[x](../archive/articles/2026/01/2026-01-01-a-b-0123456789ab/article.md)\n"
    note = world.note("c.md", nowhere)
    assert "look at c.md:1: leads to articles/2026/01/" in world.cli("restore").stdout
    assert note.read_text("utf-8") == nowhere


def test_a_note_that_cannot_be_read_keeps_no_other_from_being_restored(world: World) -> None:
    url = article(world, "一")
    before = f"[a]({url})\n"
    note = world.note("m.md", before)
    world.sync()
    copied = note.read_bytes()
    odd = [world.note(name, copied + b"\xff\xfe\x81") for name in ("a.md", "z.md")]
    mention = world.note("says.md", "`archive/articles/2026/03/x/article.md`\n")
    done = world.cli("restore")
    assert (done.returncode, note.read_text("utf-8")) == (1, before)
    assert "1 note restored." in done.stdout
    assert [file.read_bytes() for file in odd] == [copied + b"\xff\xfe\x81"] * 2
    for file in odd:
        assert f"{file.name}: the note is neither UTF-8 nor GB18030" in done.stderr
    assert mention.name not in done.stdout + done.stderr, "it has no link"
    named = world.cli("restore", str(mention))
    assert (named.returncode, "says.md: holds no rewritten links" in named.stderr) == (1, True), named.stderr


def test_a_link_of_the_owners_own_to_a_copy_is_told(world: World) -> None:
    """Where it looks like a rewritten one it gets the URL as well; else it stays."""
    url = article(world, "一")
    before = f"[a]({url})\n"
    alike, other = world.note("a.md", before), world.note("b.md", before)
    world.sync()
    path = destinations(alike)[0]
    alike.write_text(f"[mine]({path})\n\n[a]({path})\n", "utf-8")
    other.write_text(f'<a href="{path}">mine</a>\n\n[a]({path})\n', "utf-8")
    done = world.cli("restore")
    assert alike.read_text("utf-8") == f"[mine]({url})\n\n[a]({url})\n"
    assert other.read_text("utf-8") == f'<a href="{path}">mine</a>\n\n[a]({url})\n'
    assert f"look at a.md: {url} may not be what stood there" in done.stdout
    assert "look at b.md:1: leads to articles/" in done.stdout


def test_where_the_original_is_not_certain_the_canonical_url_comes_back(world: World) -> None:
    spec = ArticleSpec(title="两种写法", account="测试号", body="<p>正文。</p>").with_ids()
    short = world.replica.add_article(spec)
    note = world.note("a.md", f"[a]({short}#rd) [b]({spec.long_url})")
    world.sync()
    path = destinations(note)[0]
    note.write_text(f"前言 [b]({path})", "utf-8")
    done = world.cli("restore")
    assert done.returncode == 0
    assert note.read_text("utf-8") == f"前言 [b]({short})"
    assert "look at a.md" in done.stdout


def test_an_uncertain_original_is_told_even_when_the_note_was_rewritten_again(world: World) -> None:
    spec = ArticleSpec(title="两种写法", account="测试号", body="<p>正文。</p>").with_ids()
    short = world.replica.add_article(spec)
    note = world.note("a.md", f"[a]({short}#rd) [b]({spec.long_url})")
    world.sync()
    note.write_text(f"[b]({destinations(note)[0]}) [新]({article(world, '新')})", "utf-8")
    world.sync()
    done = world.cli("restore")
    assert f"[b]({short})" in note.read_text("utf-8")
    assert "may not be what stood there" in done.stdout


def test_what_cannot_be_rewritten_is_told_with_its_line(world: World) -> None:
    url = article(world, "一")
    note = world.note("a/b.md", f"# x\n\n文**{url}**文 [好]({url})\n")
    world.note("c.md", f"a\n\n{url}_x and b_ [x]({url})\n")
    summary = world.sync()
    assert summary.exit_code == 0
    assert f"文**{url}**文".encode() in note.read_bytes()
    assert [line for line in attention(summary) if line.startswith("a/b.md:3: ") and "too close" in line]
    assert attention(world.sync()) == attention(summary)


class Meddler:
    """A clock that does something else when it is asked in the middle of rewriting a note: the worst moment."""

    def __init__(self, act: Callable[[int], None]) -> None:
        self._act = act
        self.times = 0
        self.armed = False

    def __call__(self) -> datetime:
        if self.armed:
            self.times += 1
            self._act(self.times)
        return datetime.now(UTC)


@pytest.mark.parametrize("atomically", [True, False])
def test_a_note_that_somebody_saves_between_read_and_replace(world: World, atomically: bool) -> None:
    url, other = article(world, "一"), article(world, "二")
    world.note("warm-up.md", f"[x]({url}) [y]({other})")
    world.sync()
    note = world.note("a.md", f"[x]({url})\n")

    def save(time: int) -> None:
        if time > 1:
            return
        text = f"theirs [x]({url}) [y]({other})\n"
        if atomically:
            (world.notes / "a.tmp").write_text(text, "utf-8")
            (world.notes / "a.tmp").replace(note)
        else:
            note.write_text(text, "utf-8")

    meddler = Meddler(save)
    events: list[object] = []

    def report(event: object) -> None:
        events.append(event)
        meddler.armed = True  # from the first event on, the next thing that asks for the time is the rewriting

    summary = sync(world.config, Options(), report, meddler)
    assert meddler.times >= 2
    assert (summary.exit_code, summary.notes["rewritten"]) == (0, 1)
    text = note.read_text("utf-8")
    assert text.startswith("theirs [x](../archive/articles/")
    assert "[y](../archive/articles/" in text
    assert world.cli("restore", "notes/a.md").returncode == 0
    assert note.read_text("utf-8") == f"theirs [x]({url}) [y]({other})\n"


def test_a_note_that_is_saved_all_the_time_is_left_and_told(world: World) -> None:
    url = article(world, "一")
    world.note("warm-up.md", f"[x]({url})")
    world.sync()
    note = world.note("a.md", f"[x]({url})\n")

    def save(time: int) -> None:
        note.write_text(f"{time} [x]({url})\n", "utf-8")

    meddler = Meddler(save)
    events: list[object] = []

    def report(event: object) -> None:
        events.append(event)
        meddler.armed = True

    summary = sync(world.config, Options(), report, meddler)
    (failed,) = [event for event in events if isinstance(event, NoteDone)]
    assert "changed by someone else" in failed.error
    assert summary.exit_code == 1
    assert note.read_text("utf-8") == f"{meddler.times} [x]({url})\n"
    assert world.sync().exit_code == 0
    assert "archive/articles" in note.read_text("utf-8")


def test_a_copy_that_is_lost_gives_the_link_back_until_it_is_there_again(world: World) -> None:
    url = article(world, "一")
    before = f"[x]({url})"
    note = world.note("a.md", before)
    world.sync()
    shutil.rmtree(world.article_folders()[0])
    world.replica.wall_after(0)
    world.sync()
    assert note.read_text("utf-8") == before
    world.replica.clear_wall()
    world.sync()
    assert broken(note) == []
    assert "weixin" not in note.read_text("utf-8")


def test_forget(world: World) -> None:
    own, common, noted = (ImageSpec.named(name) for name in ("own", "common", "noted"))
    body = "<p>忘记我。</p>" + own.tag + common.tag + noted.tag
    spec = ArticleSpec(title="忘记我", account="测试号", body=body, images=(own, common, noted)).with_ids()
    url = world.replica.add_article(spec)
    kept = article(world, "留下", common)
    before = f"[x]({url}) <{url}> [y]({kept}) ![]({noted.url})"
    note = world.note("a.md", before)
    restored = world.note("b.md", f"[x]({url})")
    world.sync()
    pasted = world.note("sub/c.md", f"see [copy](../{destinations(note)[0]})")
    assert len(list((world.archive / "images").rglob("*.*"))) == 3
    (record,) = [record for record in world.articles() if record["title"] == "忘记我"]
    (folder,) = [folder for folder in world.article_folders() if record["id"] in folder.name]
    inside = folder.relative_to(world.archive).as_posix()
    with open_archive(world.archive) as archive:
        for name in (record["id"], inside, url, f"{url}#rd", str(folder / "article.md"), str(folder)):
            assert find_article(archive, name) == inside

    done = world.cli("forget", "--yes", record["id"])

    assert done.returncode == 0, done.stderr
    assert not folder.exists()
    assert f"[x]({url}) <{url}> [y](../archive/" in note.read_text("utf-8")
    assert restored.read_text("utf-8") == f"[x]({url})"
    assert pasted.read_text("utf-8") == f"see [copy]({url})"
    assert "sub/c.md:1" in done.stdout
    assert len(list((world.archive / "images").rglob("*.*"))) == 2
    assert "忘记我" not in (world.archive / "README.md").read_text("utf-8")
    assert (world.links()[url]["status"], world.links()[url]["reason"]) == ("refused", "forgotten by you")
    world.replica.clear_requests()
    assert [problem for problem in verify(world.config) if problem.damage] == []
    assert world.cli("verify", "--repair").returncode == 0
    assert world.sync().exit_code == 0
    assert world.replica.requests == [], "neither verify nor sync brings it back"
    assert "忘记我" not in str(world.articles())
    # Under another URL it is recognised when it is read, and not kept either.
    world.note("d.md", f"[x]({spec.long_url})")
    world.sync()
    assert len(world.articles()) == 1
    assert world.links()[next(u for u in world.links() if "__biz" in u)]["reason"] == "forgotten by you"
    state = json.loads(world.cli("status", "--json").stdout)
    assert (state["links"]["article"], state["attention"]) == ({"archived": 1, "forgotten": 2}, [])


def test_forget_what_is_not_there(world: World) -> None:
    done = world.cli("forget", "000000000000")
    assert (done.returncode, "no archived article" in done.stderr) == (2, True)


def test_every_original_is_in_the_journal_once(world: World) -> None:
    first, second = article(world, "一"), article(world, "二")
    note = world.note("a.md", f"[一]({first})")
    world.sync()
    note.write_text(note.read_text("utf-8") + f" [二]({second})", "utf-8")
    world.sync()
    lines = [json.loads(line) for line in (world.archive / "journal.jsonl").read_text("utf-8").splitlines()]
    assert [[edit["original"] for edit in line["edits"]] for line in lines] == [[first, second]]
