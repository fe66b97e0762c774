"""Archived articles looked at again: an edit keeps the old version beside the new one, a worse page changes nothing."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.archive.reasons import change_texts
from archiver.events import ArticleDone, Changed, Summary
from archiver.fixity.verify import verify
from archiver.models import EditedPart, PageChange
from archiver.tasks.sync import Options
from tests.builders import AUDIO_URL, NEW, OLD, TEXT, an_image, article, revised
from tests.replica import ArticleSpec
from tests.replica.media import mp3
from tests.runs.support import NIGHT
from tests.world import Night, World, broken, sync


@pytest.fixture
def token() -> str:
    return "EEEEEEEEEEEEEEEEEEEEEE"


def night(world: World, days: int) -> Summary:
    world.events = []
    moment = NIGHT + timedelta(days=days)
    return sync(world.config, Options(), world.events.append, lambda: moment, timing=Night().timing)


@pytest.fixture
def archived(world: World, token: str) -> World:
    """A world whose one article is archived, and looked at every 30 days."""
    world.configure(fetch={"recheck_archived_days": 30})
    url = world.replica.add_article(revised(TEXT + OLD.tag), [token])
    world.note("a.md", f"[x]({url})")
    assert night(world, 0).exit_code == 0
    return world


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_unchanged_article_is_looked_at_and_stays(archived: World, token: str) -> None:
    (folder,) = archived.article_folders()
    before = content(folder)
    archived.replica.clear_requests()
    assert night(archived, 29).exit_code == 0
    assert archived.replica.requests == []
    assert night(archived, 31).exit_code == 0
    assert [request.path for request in archived.replica.requests] == [f"/s/{token}"]
    assert content(folder) == before
    night(archived, 32)
    assert len(archived.replica.requests) == 1


@pytest.fixture(params=["slim", "none"])
def kept_as(request: pytest.FixtureRequest, world: World) -> None:
    """What is kept of pages; to be asked for before `archived`."""
    world.configure(archive={"capture": request.param})


@pytest.mark.usefixtures("kept_as")
def test_an_edited_article_keeps_its_old_version(archived: World, token: str) -> None:
    (folder,) = archived.article_folders()
    before = content(folder)
    archived.replica.add_article(revised(TEXT + "<p>补充了一段。</p>" + OLD.tag + NEW.tag, "改过的标题"), [token])
    summary = night(archived, 31)
    assert summary.exit_code == 0
    (told,) = [event for event in archived.events if isinstance(event, Changed)]
    assert told.changes[0] == PageChange(EditedPart.TITLE, "会改的文章", "改过的标题")
    assert archived.article_folders() == [folder]  # the name stays, so that links to it hold
    record = json.loads((folder / "article.json").read_bytes())
    assert record["title"] == "改过的标题"
    (version,) = record["versions"]
    kept = archived.archive / version["folder"]
    assert kept == folder.with_name(f"{folder.name}-v1")
    after = content(kept)
    assert after.pop("version.json") == before.pop("article.json")
    assert after == before
    assert broken(kept / "article.md") == broken(folder / "article.md") == []
    assert "补充了一段" in (folder / "article.md").read_text("utf-8")
    assert night(archived, 32).exit_code == 0
    # The next edit gets the next number.
    archived.replica.add_article(revised(TEXT + "<p>又改。</p>" + OLD.tag, "再改"), [token])
    night(archived, 62)
    assert [v["folder"][-2:] for v in json.loads((folder / "article.json").read_bytes())["versions"]] == ["v1", "v2"]
    assert [problem for problem in verify(archived.config) if problem.damage] == []
    # The catalogue can be made again from what is there.
    (archived.archive / "catalogue.db").unlink()
    archived.replica.clear_requests()
    assert night(archived, 63).exit_code == 0
    assert archived.replica.requests == []


@pytest.mark.parametrize(
    "worse",
    [
        revised(TEXT),  # the same text, an image less
        revised("<p>预览</p>" + OLD.tag),  # hardly any text
        revised(TEXT + "<p>改了。</p>" + OLD.tag + NEW.tag),  # an image that does not come
    ],
)
def test_a_worse_page_replaces_nothing(archived: World, token: str, worse: ArticleSpec) -> None:
    (folder,) = archived.article_folders()
    before = content(folder)
    archived.replica.add_article(worse, [token])
    archived.replica.fault(NEW.key, "status:404")
    night(archived, 31)
    assert content(folder) == before
    assert [path for path in folder.parent.iterdir() if path.is_dir()] == [folder]
    assert not any(isinstance(event, Changed) for event in archived.events)


@pytest.mark.parametrize("fault", ["status:500", "expired", "wall-shell", "parameter-error", "empty", "truncated"])
def test_a_page_that_tells_nothing_changes_nothing(archived: World, token: str, fault: str) -> None:
    (folder,) = archived.article_folders()
    before = content(folder)
    archived.replica.fault(token, fault)
    night(archived, 31)
    assert content(folder) == before
    (entry,) = archived.links().values()
    assert entry["status"] == "archived"
    assert "gone" not in entry


@pytest.mark.parametrize("capture", ["slim", "none"])
def test_a_page_loaded_again_for_what_is_missing_takes_nothing_away(world: World, capture: str) -> None:
    """Its author may have edited it meanwhile: what is archived stays, or stays beside it."""
    world.configure(archive={"capture": capture})
    token = "E" * 22
    facts: dict[str, object] = {"mid": "2650000009", "sn": "0" * 32, "weight": 1}
    kept, late = an_image("kept"), an_image("late")
    url = world.replica.add_article(
        ArticleSpec("题", "<p>珍贵的原文。</p>" * 10 + kept.tag + late.tag, images=(kept, late), **facts),  # type: ignore[arg-type]
        [token],
    )
    world.replica.fault(late.key, "status:404")
    world.note("a.md", f"[x]({url})")
    night(world, 0)
    world.replica.clear_faults()
    world.replica.add_article(
        ArticleSpec("改了", "<p>作者换了别的话，长短也差不多。</p>" * 6 + late.tag, images=(kept, late), **facts),  # type: ignore[arg-type]
        [token],
    )
    night(world, 40)
    texts = [path.read_text("utf-8") for path in world.archive.glob("articles/**/article.md")]
    assert any("珍贵的原文" in text and kept.alt in text for text in texts)
    assert [record["status"] for record in world.articles()] == ["archived"]


def test_an_incomplete_article_that_is_gone_is_asked_for_less_and_less(world: World) -> None:
    world.configure(archive={"capture": "none"})
    late = an_image("late")
    url = world.replica.add_article(article("一", late))
    world.replica.fault(late.key, "status:404")
    world.note("a.md", f"[x]({url})")
    night(world, 0)
    world.replica.fault(url, "deleted")
    world.replica.clear_requests()
    for day in range(1, 31):
        night(world, day)
    assert 1 <= len(world.replica.article_requests) <= 8


def test_looks_that_tell_nothing_grow_rare_and_let_others_come_first(world: World) -> None:
    world.configure(fetch={"recheck_archived_days": 30, "max_articles": 1})
    urls = [world.replica.add_article(article(f"第{n}篇")) for n in range(3)]
    world.note("a.md", " ".join(f"[x]({url})" for url in urls))
    for day in range(3):
        night(world, day)
    world.replica.fault(urls[0], "status:404")
    world.replica.clear_requests()
    for day in range(40, 60):
        night(world, day)
    asked = Counter(request.url for request in world.replica.article_requests)
    assert 1 <= asked[urls[0]] <= 8
    assert asked[urls[1]] == asked[urls[2]] == 1


def test_the_limit_counts_pages_that_are_loaded_again(world: World) -> None:
    world.configure(archive={"capture": "none"})
    late = [an_image(f"late{n}") for n in range(4)]
    urls = [world.replica.add_article(article(f"第{n}篇", spec)) for n, spec in enumerate(late)]
    for spec in late:
        world.replica.fault(spec.key, "status:404")
    world.note("a.md", " ".join(f"[x]({url})" for url in urls))
    night(world, 0)
    world.configure(fetch={"max_articles": 1})
    world.replica.clear_requests()
    night(world, 40)
    assert len(world.replica.article_requests) == 1


@pytest.mark.parametrize(
    ("edited", "said"),
    [
        (
            TEXT + OLD.tag + '<p><a href="https://mp.weixin.qq.com/s/LLLLLLLLLLLLLLLLLLLLLL"></a></p>',
            "links: 1 new, 0 gone",
        ),
        (TEXT + OLD.tag + '<mpvoice name="" voice_encode_fileid="Mz_7"></mpvoice>', "media: 1 new, 0 gone"),
    ],
)
def test_an_edit_of_what_is_no_text(archived: World, token: str, edited: str, said: str) -> None:
    archived.replica.add_page(f"{AUDIO_URL}Mz_7", mp3(), "audio/mpeg")
    archived.replica.add_article(revised(edited), [token])
    night(archived, 31)
    (told,) = [event for event in archived.events if isinstance(event, Changed)]
    assert said in change_texts(told.changes)
    assert len(archived.articles()[0]["versions"]) == 1
    archived.events = []
    night(archived, 62)
    assert not any(isinstance(event, Changed) for event in archived.events), "it is the same now"


def test_a_shell_without_pictures_does_not_replace_a_post_of_pictures(archived: World, token: str) -> None:
    (folder,) = archived.article_folders()
    before = content(folder)
    archived.replica.add_article(revised("<p>加载中，请稍候</p>" + TEXT), [token])
    night(archived, 31)
    assert content(folder) == before


def test_a_run_that_dies_between_the_versions_leaves_nothing_wrong(
    archived: World, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder,) = archived.article_folders()
    before = content(folder)
    archived.replica.add_article(revised(TEXT + "<p>补充了一段。</p>" + OLD.tag), [token])

    class Died(BaseException):
        pass

    def die(*_: object) -> None:
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr("archiver.archive.archive.Archive._put", die)
        with pytest.raises(Died):
            night(archived, 31)
    assert content(folder) == before
    assert folder.with_name(f"{folder.name}-v1").is_dir()
    assert [problem for problem in verify(archived.config) if problem.damage] == []
    assert night(archived, 32).exit_code == 0
    (version,) = json.loads((folder / "article.json").read_bytes())["versions"]
    assert version["folder"].endswith("-v1")
    assert [problem for problem in verify(archived.config) if problem.damage] == []


def test_a_damaged_earlier_version_stops_no_sync(archived: World, token: str) -> None:
    archived.replica.add_article(revised(TEXT + "<p>补充了一段。</p>" + OLD.tag), [token])
    night(archived, 31)
    (damaged,) = archived.archive.glob("articles/**/version.json")
    damaged.write_bytes(b"{")
    (archived.archive / "catalogue.db").unlink()
    archived.note("b.md", f"[x]({archived.replica.add_article(article('另一篇'))})")
    night(archived, 32)
    assert len(archived.articles()) == 2
    assert any(problem.path.endswith("version.json") for problem in verify(archived.config) if problem.damage)


def test_a_partial_article_that_is_looked_at_again_is_loaded_once(world: World, token: str) -> None:
    world.configure(fetch={"recheck_archived_days": 1}, archive={"capture": "none"})
    url = world.replica.add_article(revised(TEXT + OLD.tag + NEW.tag), [token])
    world.replica.fault(NEW.key, "status:404")
    world.note("a.md", f"[x]({url})")
    night(world, 0)
    world.replica.clear_requests()
    night(world, 2)
    assert len(world.replica.article_requests) == 1


def unlisted(world: World, token: str, capture: str) -> None:
    """An incomplete article has lost its line in links.jsonl: a union merge or an editor took it."""
    world.configure(archive={"capture": capture})
    url = world.replica.add_article(revised(TEXT + OLD.tag + NEW.tag), [token])
    world.replica.fault(NEW.key, "status:404")
    world.note("a.md", f"[x]({url})")
    night(world, 0)
    (world.archive / "links.jsonl").unlink()
    world.replica.clear_requests()


@pytest.mark.parametrize("comes", [True, False])
def test_an_edited_incomplete_article_without_a_line_is_settled(world: World, token: str, comes: bool) -> None:
    unlisted(world, token, "none")
    world.replica.add_article(revised(TEXT + "<p>补充了一段。</p>" + OLD.tag + NEW.tag), [token])
    if comes:
        world.replica.clear_faults()
    status = "archived" if comes else "partial"
    assert night(world, 40).exit_code == (0 if comes else 1)
    (record,) = world.articles()
    assert record["status"] == status
    (version,) = record["versions"]
    assert "补充了一段" not in (world.archive / version["folder"] / "article.md").read_text("utf-8")
    assert "补充了一段" in (world.article_folders()[0] / "article.md").read_text("utf-8")
    (entry,) = world.links().values()
    assert entry["status"] == status
    assert world.archive / entry["target"] == world.article_folders()[0]
    (told,) = [event for event in world.events if isinstance(event, Changed)]
    assert told.changes
    (done,) = [event for event in world.events if isinstance(event, ArticleDone)]
    assert done.status == status
    rarely_asked(world, 1 if comes else 8)


def test_an_edit_that_is_worse_is_told_and_waits(world: World, token: str) -> None:
    unlisted(world, token, "none")
    lost = an_image("lost too")
    world.replica.fault(lost.key, "status:404")
    edited = revised(TEXT + "<p>补充了一段。</p>" + OLD.tag + NEW.tag + lost.tag, images=(OLD, NEW, lost))
    world.replica.add_article(edited, [token])
    before = content(world.article_folders()[0])
    assert night(world, 40).exit_code == 1
    assert content(world.article_folders()[0]) == before
    (done,) = [event for event in world.events if isinstance(event, ArticleDone)]
    assert (done.status, "edited" in f"{done.reason}{done.now}") == ("partial", True)
    assert [entry["status"] for entry in world.links().values()] == ["partial"]
    rarely_asked(world, 8)


@pytest.mark.parametrize("capture", ["slim", "none"])
def test_an_incomplete_article_without_a_line_gets_one(world: World, token: str, capture: str) -> None:
    """It waits longer and longer, like every other."""
    unlisted(world, token, capture)
    assert night(world, 40).exit_code == 1
    assert [entry["status"] for entry in world.links().values()] == ["partial"]
    rarely_asked(world, 8)


def rarely_asked(world: World, most: int) -> None:
    """In the month after night 40 the article's page and image are asked for ever more rarely."""
    for day in range(41, 71):
        night(world, day)
    assert 1 <= len([request for request in world.replica.requests if NEW.key in request.path]) <= most
    assert len(world.replica.article_requests) <= most
