"""`verify --repair` and what is neither page nor image: audio, videos, albums. And the pace at which it asks."""

from __future__ import annotations

import hashlib
import json
import signal
from pathlib import Path

import pytest

from archiver.archive.state import read_budget, write_budgets
from archiver.due.budget import Budget
from archiver.fixity.mend.log import Cure, Halt, Obstacle
from archiver.fixity.verify import verify
from tests.builders import VIDEO_HOST, album, lesson, serve_album, titled
from tests.fixity.damage import MUTATIONS
from tests.fixity.mending import cures, damaged, mend, reasons
from tests.processes import posix, started
from tests.replica.media import mp4
from tests.world import World, broken


def heard_and_seen(world: World) -> tuple[str, Path, Path]:
    """An archived article with an audio file and a video: its URL and the two files."""
    url = lesson(world)
    world.note("a.md", f"[x]({url})")
    assert world.sync().exit_code == 0
    sound, film = (world.archive / item["path"] for item in world.articles()[0]["media"])
    return url, sound, film


def damage(world: World) -> list[str]:
    return [problem.path for problem in verify(world.config) if problem.damage]


@pytest.mark.parametrize("mutation", ["flip-middle", "truncate", "delete", "case-rename"])
@pytest.mark.parametrize("which", ["sound", "film"])
def test_a_sound_or_film_is_fetched_again(world: World, which: str, mutation: str) -> None:
    _url, sound, film = heard_and_seen(world)
    file = sound if which == "sound" else film
    before = file.read_bytes()
    # The video's address has expired meanwhile, as addresses of videos do: only the page knows the new one.
    world.replica.fault("dis_k=1", "status:403")
    lesson(world, "2")
    MUTATIONS[mutation](file, sound if file == film else film)
    assert damage(world)
    assert damaged(mend(world)) == []
    assert file.read_bytes() == before
    assert world.sync().exit_code == 0


def test_another_film_takes_the_place_of_a_lost_one(world: World) -> None:
    _, _, film = heard_and_seen(world)
    film.write_bytes(b"rubbish")
    other = mp4(b"another cut")
    world.replica.add_page(f"{VIDEO_HOST}/a.mp4?dis_k=1", other, "video/mp4")
    report = mend(world)
    assert damaged(report) == []
    (record,) = world.articles()
    sha256 = hashlib.sha256(other).hexdigest()
    assert record["media"][1]["path"] == f"media/{sha256[:2]}/{sha256}.mp4"
    assert record["status"] == "archived"
    assert not film.exists()
    assert list(world.archive.glob(f"quarantine/**/{film.name}")), "what was there is kept aside"
    assert Cure.FILE_REPLACED in {code for _, code in cures(report)}
    assert all(broken(path) == [] for path in world.archive.glob("articles/**/article.md"))


def test_a_film_that_is_gone_leaves_a_partial_article(world: World) -> None:
    url, sound, film = heard_and_seen(world)
    film.write_bytes(b"rubbish")
    sound.write_bytes(b"rubbish")
    world.replica.fault("getvoice", "reset")
    world.replica.fault(url, "deleted")
    report = mend(world)
    (record,) = world.articles()
    assert record["status"] == "partial"
    assert "cannot be fetched again" in record["media"][1]["error"]
    assert not film.exists()
    # The audio's host only did not answer: that proves nothing.
    assert sound.read_bytes() == b"rubbish"
    assert damaged(report) == [sound.relative_to(world.archive).as_posix()]
    assert (sound.relative_to(world.archive).as_posix(), Obstacle.NO_ANSWER) in reasons(report)
    assert Cure.FILE_GIVEN_UP in {code for _, code in cures(report)}


def test_a_film_that_a_note_shows_stays(world: World) -> None:
    world.replica.add_page(f"{VIDEO_HOST}/b.mp4?dis_k=1", mp4(b"note"), "video/mp4")
    note = world.note("a.md", f"[film]({VIDEO_HOST}/b.mp4?dis_k=1)")
    assert world.sync().exit_code == 0
    (file,) = world.archive.glob("media/*/*.mp4")
    file.write_bytes(b"rubbish")
    report = mend(world)
    path = file.relative_to(world.archive).as_posix()
    assert damaged(report) == [path]
    assert reasons(report) == {(path, Obstacle.NO_ADDRESS)}  # its signature is never kept
    assert broken(note) == []


def test_a_damaged_album_stops_no_sync(world: World) -> None:
    given = album(15)
    serve_album(world, given)
    world.note("a.md", f"[a]({given.url})")
    world.sync()
    (file,) = (world.archive / "albums").glob("*.json")
    text = (world.archive / "albums" / f"{file.stem}.md").read_bytes()
    file.write_bytes(file.read_bytes().replace(b"15", b"16"))
    world.note("b.md", f"[x]({world.replica.add_article(titled('篇'))})")
    assert world.sync().exit_code in (0, 5)
    assert len(world.articles()) == 1
    assert (world.archive / "albums" / f"{file.stem}.md").read_bytes() == text
    world.replica.fault("appmsgalbum", "status:500")
    assert damaged(mend(world)) == [f"albums/{file.name}"]
    world.replica.clear_faults()
    assert damaged(mend(world)) == []


def test_a_wall_in_a_repair_is_learnt_from(world: World) -> None:
    urls = [world.replica.add_article(titled(f"第{n}篇")) for n in range(6)]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    world.sync()
    for folder in world.article_folders():
        for file in folder.iterdir():
            file.unlink()
    write_budgets(world.archive, {"": Budget()})  # another night
    world.replica.wall_after(3)
    world.replica.clear_requests()
    report = mend(world)
    assert len(world.replica.article_requests) == 5  # one at the wall, and one to see whose it is
    assert [item.code for item in report.halted] == [Halt.WALL]
    assert read_budget(world.archive).requests == 3
    assert len(world.articles()) == 3
    assert damaged(report)
    world.replica.clear_wall()
    world.replica.clear_requests()
    mend(world)
    assert len(world.replica.article_requests) == 3, "the next one stops before the wall"
    assert damage(world) == []


def test_a_repair_keeps_to_the_learnt_pace(world: World) -> None:
    urls = [world.replica.add_article(titled(f"第{n}篇")) for n in range(3)]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    world.sync()
    for folder in world.article_folders():
        (folder / "capture.html.gz").unlink()
    write_budgets(world.archive, {"": Budget(1, 0, "2020-01-01")})
    world.replica.clear_requests()
    mend(world)
    assert len(world.replica.article_requests) == 1


def test_a_repair_needs_room(world: World) -> None:
    url = world.replica.add_article(titled("篇"))
    world.note("a.md", f"[x]({url})")
    world.sync()
    (folder,) = world.article_folders()
    (folder / "capture.html.gz").write_bytes(b"rubbish")
    world.configure(archive={"min_free_mb": 10**9})
    before = world.tree()
    done = world.cli("verify", "--repair")
    assert done.returncode == 1
    assert "min_free_mb" in done.stderr
    assert world.tree() == before


@posix
def test_ctrl_c_in_a_repair_keeps_what_has_come(world: World) -> None:
    urls = [world.replica.add_article(titled(f"第{n}篇")) for n in range(6)]
    world.note("a.md", "\n".join(f"[x]({url})" for url in urls))
    world.sync()
    for folder in world.article_folders():
        (folder / "capture.html.gz").unlink()
    world.configure(fetch={"interval": 1, "jitter": 0})
    world.replica.clear_requests()
    held = world.replica.fault(urls[1], "held")
    with started(world, "verify", "--repair") as run:
        run.until(lambda: len(world.replica.article_requests) == 2)
        run.signal(signal.SIGINT)
        run.until(lambda: "finishing the article in hand" in run.said)
        held.release()
        assert run.wait() == 130, run.said
        assert "captured again" in run.out
    left = damage(world)
    assert 0 < len(left) < 6


def test_without_captures_a_lost_picture_is_cured_from_the_page(world: World) -> None:
    from tests.builders import an_image, article

    world.configure(archive={"capture": "none"})
    shown = an_image("shown")
    url = world.replica.add_article(article("图", shown))
    world.note("a.md", f"[x]({url})")
    assert world.sync().exit_code == 0
    (file,) = world.archive.glob("images/*/*")
    file.write_bytes(b"rubbish")
    world.replica.fault(shown.key, "status:404")
    assert damaged(mend(world)) == []
    (record,) = world.articles()
    assert record["status"] == "partial"
    assert json.loads((world.archive / "links.jsonl").read_text("utf-8"))["status"] == "partial"
