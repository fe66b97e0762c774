"""Every kind of page through a whole night: albums, audio, videos, accounts that moved, links inside articles."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.archive.state import write_budgets
from archiver.due.budget import Budget
from archiver.tasks.sync import Options
from tests.builders import (
    AUDIO_URL,
    IFRAME,
    VIDEO_HOST,
    album,
    article_with,
    moved_page,
    serve_album,
    titled,
    video_data,
)
from tests.replica import ImageSpec
from tests.replica.albums import AlbumSpec, album_page
from tests.replica.media import mp3, mp4
from tests.world import Night, World, attention, broken, destinations, sync

# Albums


@pytest.mark.parametrize("engine", ["http", "browser"])
def test_an_album_becomes_a_list(world: World, engine: str) -> None:
    world.configure(fetch={"engine": engine})
    given = album(33)
    serve_album(world, given)
    world.replica.add_page(f"{given.url}&scene=126", album_page(given))
    note = world.note("a.md", f"[合集]({given.url}&scene=126&key=SECRET#wechat_redirect) [同]({given.url})")
    assert world.sync().exit_code == 0
    text = (world.archive / "albums" / f"{given.id}.md").read_text("utf-8")
    assert text.startswith("# 合集 \\*甲\\*\n\n测试号 · 33 篇 · [原合集](")
    assert text.count("\n33. [第 32 篇](https://mp.weixin.qq.com/s?__biz=") == 1
    assert world.articles() == []
    (entry,) = world.links().values()
    assert (entry["kind"], entry["status"], entry["target"]) == ("album", "archived", f"albums/{given.id}.md")
    assert set(destinations(note)) == {f"../archive/albums/{given.id}.md"}
    assert broken(note) == []
    world.replica.clear_requests()
    before = world.tree(with_machine_state=True)
    assert world.sync().exit_code == 0
    assert world.replica.requests == []
    assert world.tree(with_machine_state=True) == before
    assert world.cli("restore").returncode == 0


def test_lines_of_an_album_lead_to_what_is_archived(world: World) -> None:
    one, two = titled("第一"), titled("第二")
    given = AlbumSpec("33", "册", "测试号", [(a.title, a.long_url, 1_767_225_600) for a in (one, two)])
    serve_album(world, given)
    short = [world.replica.add_article(a) for a in (one, two)]
    world.note("a.md", f"[a]({given.url}) [1]({short[0]})")
    world.sync()
    file = world.archive / "albums" / "33.md"
    local = [url for url in destinations(file) if "://" not in url]
    assert len(local) == 1
    assert broken(file) == []
    world.note("b.md", f"[2]({short[1]})")
    world.sync()
    assert len([url for url in destinations(file) if "://" not in url]) == 2
    assert broken(file) == []


def test_an_album_that_does_not_come_whole(world: World) -> None:
    given = album(15)
    serve_album(world, given, portions=False)  # the JSON form answers {}
    note = world.note("a.md", f"[a]({given.url})")
    assert world.sync().exit_code == 1
    assert "其余 5 篇没有取得" in (world.archive / f"albums/{given.id}.md").read_text("utf-8")
    (entry,) = world.links().values()
    assert (entry["status"], entry["attempts"]) == ("partial", 1)
    assert broken(note) == []
    world.replica.clear_requests()
    assert world.sync().exit_code == 0  # that the rest cannot be had is told once
    assert world.replica.requests == []


def test_an_album_whose_rest_fails_is_asked_again(world: World) -> None:
    given = album(15)
    serve_album(world, given)
    world.replica.fault("f=json", "status:500")
    world.note("a.md", f"[a]({given.url})")
    assert world.sync().exit_code == 1
    assert [entry["status"] for entry in world.links().values()] == ["failed"]
    world.replica.clear_faults()
    assert world.sync().exit_code == 0
    assert [entry["status"] for entry in world.links().values()] == ["archived"]


def test_a_wall_before_an_album_ends_the_run(world: World) -> None:
    given = album(15)
    serve_album(world, given)
    world.replica.fault("f=json", "wall")
    world.note("a.md", f"[a]({given.url})")
    assert world.sync().exit_code == 3
    (entry,) = world.links().values()
    assert (entry["status"], entry.get("attempts", 0), entry.get("target", "")) == ("wall", 0, "")
    assert listed(world, given) == 10  # what had come by then
    world.replica.clear_faults()
    write_budgets(world.archive, {"": Budget()})
    assert world.sync().exit_code == 0
    assert listed(world, given) == 15


def listed(world: World, given: AlbumSpec) -> int:
    """How many articles the archive's copy of an album lists."""
    return len(json.loads((world.archive / f"albums/{given.id}.json").read_text("utf-8"))["articles"])


def test_an_album_longer_than_a_night_becomes_whole(world: World) -> None:
    given = album(95)  # the page and five further requests
    serve_album(world, given)
    note = world.note("a.md", f"[a]({given.url})")
    nights = []
    write_budgets(world.archive, {"": Budget(2, 0, "2020-01-01")})
    for _ in range(12):
        world.replica.clear_requests()
        assert world.sync().exit_code == 0
        assert len(world.replica.requests) <= 2
        nights.append(listed(world, given))
        (entry,) = world.links().values()
        if entry["status"] == "archived":
            break
        assert (entry["status"], entry.get("attempts", 0)) == ("pending", 0)
        assert given.url in note.read_text("utf-8")  # until the list is whole
    assert nights == [30, 50, 70, 90, 95]
    assert set(destinations(note)) == {f"../archive/albums/{given.id}.md"}
    links = destinations(world.archive / f"albums/{given.id}.md")
    assert len([url for url in links if "/s?" in url]) == 95


def test_an_album_that_grew_between_two_nights(world: World) -> None:
    old = album(95)
    serve_album(world, old)
    world.note("a.md", f"[a]({old.url})")
    write_budgets(world.archive, {"": Budget(2, 0, "2020-01-01")})
    world.sync()
    new = AlbumSpec(old.id, old.title, old.account, [("新", titled("新").long_url, 1_790_000_000), *old.articles])
    serve_album(world, new)
    for _ in range(6):
        world.sync()
    assert listed(world, new) == 96
    text = (world.archive / f"albums/{old.id}.md").read_text("utf-8")
    assert "\n1. [新](" in text
    assert "\n96. " in text


def test_a_shorter_list_takes_nothing_away(world: World) -> None:
    given = album(95)
    serve_album(world, given)
    world.note("a.md", f"[a]({given.url})")
    write_budgets(world.archive, {"": Budget(2, 0, "2020-01-01")})
    world.sync()
    assert listed(world, given) == 30
    write_budgets(world.archive, {"": Budget(1, 0, "2020-01-01")})
    world.sync()
    assert listed(world, given) == 30


# Audio and video files


def test_a_sound_is_kept_played_and_linked(world: World) -> None:
    sound = mp3(tagged=True)
    world.replica.add_page(AUDIO_URL + "Mz_1", sound, "audio/mp3")
    body = '<p>听：</p><mpvoice name="第一课" voice_encode_fileid="Mz_1" play_length="61000"></mpvoice>'
    world.note("a.md", f"[x]({world.replica.add_article(titled('有声', body))})")
    assert world.sync().exit_code == 0
    (record,) = world.articles()
    sha256 = hashlib.sha256(sound).hexdigest()
    path = f"media/{sha256[:2]}/{sha256}.mp3"
    assert record["status"] == "archived"
    assert record["media"] == [
        {"kind": "audio", "key": "audio/Mz_1", "url": AUDIO_URL + "Mz_1", "path": path, "sha256": sha256,
         "media_type": "audio/mpeg", "bytes": len(sound)}
    ]  # fmt: skip
    assert (world.archive / path).read_bytes() == sound
    (folder,) = world.article_folders()
    assert f"[音频：第一课 01:01](../../../../{path})" in (folder / "article.md").read_text("utf-8")
    assert broken(folder / "article.md") == []
    page = (folder / "index.html").read_text("utf-8")
    assert f'<audio controls="" preload="none" src="../../../../{path}"></audio>' in page
    assert {r.referer for r in world.replica.asked("res.wx.qq.com")} == {"https://mp.weixin.qq.com/"}


def test_the_best_film_below_the_limit_is_kept(world: World) -> None:
    world.configure(media={"max_mb": 0.2})
    cover = ImageSpec.named("cover", bucket="mmbiz_jpg")
    small, large = mp4(b"small"), mp4(b"large", 300_000)
    world.replica.add_page(f"{VIDEO_HOST}/a.f10002.mp4?dis_k=1", large, "video/mp4")
    world.replica.add_page(f"{VIDEO_HOST}/a.f10003.mp4?dis_k=1", mp4(b"lies about its size", 300_000), "video/mp4")
    world.replica.add_page(f"{VIDEO_HOST}/a.f10004.mp4?dis_k=1", small, "video/mp4")
    script = video_data(
        ("http://mpvideo.qpic.cn/a.f10004.mp4?dis_k=1", 500, 10004),
        ("http://mpvideo.qpic.cn/a.f10002.mp4?dis_k=1", 300_000, 10002),
        ("http://mpvideo.qpic.cn/a.f10003.mp4?dis_k=1", 1000, 10003),
    )
    frame = IFRAME.format(cover=cover.url.replace(":", "%3A").replace("/", "%2F"))
    url = article_with(world, titled("有片", f"<p>看：</p>{frame}<p>完</p>", images=(cover,)), script)
    world.note("a.md", f"[x]({url})")
    assert world.sync().exit_code == 0
    (record,) = world.articles()
    (media,) = record["media"]
    assert (media["key"], media["bytes"], media["media_type"]) == ("video/wxv_1", len(small), "video/mp4")
    assert [r.path.partition("?")[0] for r in world.replica.asked("mpvideo.qpic.cn")] == [
        "/a.f10003.mp4",
        "/a.f10004.mp4",
    ]
    (folder,) = world.article_folders()
    text = (folder / "article.md").read_text("utf-8")
    assert f"[视频：片子](../../../../{media['path']})" in text
    assert broken(folder / "article.md") == []
    poster = next(image["path"] for image in record["images"] if image["key"] == cover.key)
    page = (folder / "index.html").read_text("utf-8")
    assert '<video controls="" ' in page
    assert f'poster="../../../../{poster}"' in page


@pytest.mark.parametrize(
    ("answer", "error", "again"),
    [
        ("status:403", "403", False),
        ("html", "no audio or video", False),
        ("status:500", "500", True),
        ("half", "", True),
    ],
)
def test_a_film_that_does_not_come(world: World, answer: str, error: str, again: bool) -> None:
    world.replica.add_page(f"{VIDEO_HOST}/a.mp4?dis_k=1", mp4(size=5000), "video/mp4")
    world.replica.fault("/a.mp4", answer)
    url = article_with(
        world, titled("缺片", IFRAME.format(cover="")), video_data((f"{VIDEO_HOST}/a.mp4?dis_k=1", 0, 10002))
    )
    world.note("a.md", f"[x]({url})")
    assert world.sync().exit_code == 1
    (record,) = world.articles()
    assert record["status"] == "partial"
    assert error in record["media"][0]["error"]
    assert [(loss["what"], loss["body"]) for loss in record["losses"]] == [("video", True)]
    # The video's address expires: it is asked for again by a new visit of the page, or not at all.
    world.replica.clear_requests()
    world.replica.clear_faults()
    assert world.sync().exit_code == 0
    assert len(world.replica.article_requests) == (1 if again else 0)
    (record,) = world.articles()
    assert record["status"] == ("archived" if again else "partial")
    world.replica.clear_requests()
    world.sync()
    assert world.replica.requests == []


def test_a_sound_that_comes_a_night_later_needs_no_visit(world: World) -> None:
    world.replica.add_page(AUDIO_URL + "Mz_2", mp3(), "audio/mp3")
    world.replica.fault("getvoice", "reset")
    url = world.replica.add_article(titled("有声", '<p>听</p><mpvoice name="课" voice_encode_fileid="Mz_2"></mpvoice>'))
    world.note("a.md", f"[x]({url})")
    assert world.sync().exit_code == 1
    world.replica.clear_faults()
    world.replica.clear_requests()
    assert world.sync().exit_code == 0
    assert world.replica.article_requests == []
    (record,) = world.articles()
    assert (record["status"], record["losses"]) == ("archived", [])


def test_media_can_be_left_out(world: World) -> None:
    world.configure(media={"audio": False, "video": False})
    body = f'<p>甲</p><mpvoice name="课" voice_encode_fileid="Mz_3"></mpvoice>{IFRAME.format(cover="")}'
    url = article_with(world, titled("无声", body), video_data((f"{VIDEO_HOST}/a.mp4?dis_k=1", 0, 10002)))
    world.note("a.md", f'[x]({url})\n\n<video src="{VIDEO_HOST}/n.mp4?dis_k=1"></video>')
    assert world.sync().exit_code == 0
    (record,) = world.articles()
    assert record["status"] == "archived"
    assert [(loss["what"], loss["body"]) for loss in record["losses"]] == [("audio", False), ("video", False)]
    assert world.replica.asked("mpvideo.qpic.cn") == []
    assert world.sync().exit_code == 0


def test_films_of_notes(world: World) -> None:
    valid, gone = (
        f"{VIDEO_HOST}/v.f10003.mp4?dis_k=a&dis_t=1&vid=wxv_9",
        f"{VIDEO_HOST}/x.f10003.mp4?dis_k=b&dis_t=2&vid=wxv_8",
    )
    world.replica.add_page(valid, mp4(b"kept"), "video/mp4")
    plain = valid.replace("https", "http")
    before = f'<div align=center><video src="{plain}" style=\'zoom:100%\'></div>\n\n<video src="{gone}"></video>\n'
    note = world.note("a.md", before)
    world.sync()
    states = {entry["url"].rpartition("/")[2].partition(".")[0]: entry["status"] for entry in world.links().values()}
    assert states == {"v": "archived", "x": "expired"}
    assert gone in note.read_text("utf-8")
    assert broken(note) == []
    assert "../archive/media/" in note.read_text("utf-8")
    world.replica.clear_requests()
    assert world.sync().exit_code == 0
    assert world.replica.requests == []
    assert world.cli("restore").returncode == 0
    assert note.read_text("utf-8") == before


def test_films_of_notes_are_not_asked_for_night_after_night(world: World) -> None:
    url = f"{VIDEO_HOST}/v.mp4?dis_k=a"
    world.replica.fault("/v.mp4", "reset")
    world.note("a.md", f'<video src="{url}"></video>')
    start = datetime(2026, 1, 1, tzinfo=UTC)
    nights = [start + timedelta(days=60 * n) for n in range(7)]  # longer apart than any wait between two tries
    codes = [
        sync(world.config, Options(), lambda _: None, night.astimezone, timing=Night().timing).exit_code
        for night in nights
    ]
    assert codes == [1] * 5 + [0] * 2
    assert [entry["attempts"] for entry in world.links().values()] == [5]


# Losses


def test_what_the_body_lacks_makes_it_partial_and_what_is_foreign_does_not(world: World) -> None:
    lacking = titled("付费的", "<p>开头。</p><mp-pay-preview-filter></mp-pay-preview-filter>")
    extras = titled(
        "外物",
        '<p>字</p><mp-common-videosnap data-nickname="丙"></mp-common-videosnap>'
        '<mp-common-miniprogram data-miniprogram-title="丁"></mp-common-miniprogram>'
        '<iframe class="video_iframe" data-src="https://v.qq.com/iframe/preview.html?vid=a0123456789"></iframe>',
    )
    world.note("a.md", " ".join(f"[x]({world.replica.add_article(one)})" for one in (lacking, extras)))
    assert world.sync().exit_code == 0  # nothing of it can ever be had
    found = {
        record["title"]: (record["status"], [loss["what"] for loss in record["losses"]]) for record in world.articles()
    }
    assert found == {"付费的": ("partial", ["paid"]), "外物": ("archived", ["video", "card", "video"])}
    assert {entry["status"] for entry in world.links().values()} == {"partial", "archived"}
    for folder in world.article_folders():
        assert "以下内容没有存档" in (folder / "article.md").read_text("utf-8")
        assert "以下内容没有存档" in (folder / "index.html").read_text("utf-8")
    world.replica.clear_requests()
    assert world.sync().exit_code == 0
    assert world.replica.requests == []


# Accounts that moved


def test_an_account_that_moved_is_followed(world: World) -> None:
    new = world.replica.add_article(titled("搬家之后"))
    old = world.replica.add_page("/s/OOOOOOOOOOOOOOOOOOOOOO", moved_page(new))
    note = world.note("a.md", f"[x]({old}) [y]({new})")
    assert world.sync().exit_code == 0
    (record,) = world.articles()
    assert set(record["aliases"]) == {old, new}
    assert {entry["status"] for entry in world.links().values()} == {"archived"}
    assert len(set(destinations(note))) == 1
    world.replica.clear_requests()
    assert world.sync().exit_code == 0
    assert world.replica.requests == []


def test_moves_in_a_circle_end(world: World) -> None:
    one, two = (f"https://mp.weixin.qq.com/s/{letter * 22}" for letter in "PQ")
    world.replica.add_page(one, moved_page(two))
    world.replica.add_page(two, moved_page(one))
    world.note("a.md", f"[x]({one})")
    assert world.sync().exit_code == 1
    assert len(world.replica.article_requests) == 2
    assert world.links()[one]["status"] == "failed"


def test_a_move_to_a_deleted_article(world: World) -> None:
    old = world.replica.add_page("/s/OOOOOOOOOOOOOOOOOOOOOO", moved_page("https://mp.weixin.qq.com/s/" + "D" * 22))
    world.replica.fault("/s/" + "D" * 22, "deleted")
    world.note("a.md", f"[x]({old})")
    assert world.sync().exit_code == 0
    assert world.links()[old]["status"] == "deleted"


# Links inside articles


def test_links_between_articles_become_local_whenever_both_are_there(world: World) -> None:
    later = titled("后来的", f'<p>见<a href="{"{first}"}">前文</a></p>')
    first_spec = titled(
        "先来的", f'<p>见<a href="{later.long_url}">后文</a>，<a href="https://example.org/">外</a></p>'
    )
    first = world.replica.add_article(first_spec)
    second = world.replica.add_article(replace(later, body=later.body.format(first=first)))
    world.note("a.md", f"[x]({first})")
    world.sync()
    (folder,) = world.article_folders()
    assert later.long_url.partition("#")[0] in (folder / "article.md").read_text("utf-8")
    (record,) = world.articles()
    assert len(record["links"]) == 1
    (world.archive / "catalogue.db").unlink()  # the text files know it all
    world.replica.clear_requests()
    world.note("b.md", f"[y]({second})")
    world.sync()
    assert len(world.replica.article_requests) == 1
    for folder in world.article_folders():
        for name, page in (("article.md", "article.md"), ("index.html", "index.html")):
            text = (folder / name).read_text("utf-8")
            assert "__biz" not in text.replace(first_spec.long_url, "")
            assert f"/{page}" in text
        local = [
            url for url in destinations(folder / "article.md") if url.startswith("../") and url.endswith("article.md")
        ]
        assert len(local) == 1
        assert broken(folder / "article.md") == []
    before = world.tree(with_machine_state=True)
    world.replica.clear_requests()
    assert world.sync().exit_code == 0
    assert (world.replica.requests, world.tree(with_machine_state=True)) == ([], before)
    done = world.cli("reparse")
    assert (done.returncode, done.stdout) == (0, "0 changed, 2 unchanged, 0 without capture, 0 failed\n")


def test_a_long_link_to_an_archived_article_needs_no_request(world: World) -> None:
    given = titled("长短")
    world.note("a.md", f"[x]({world.replica.add_article(given)})")
    world.sync()
    world.replica.clear_requests()
    note = world.note("b.md", f"[y]({given.long_url})")
    assert world.sync().exit_code == 0
    assert world.replica.requests == []
    assert broken(note) == []
    (record,) = world.articles()
    assert len(record["aliases"]) == 2
    assert world.links()[record["aliases"][1].partition("&scene")[0]]["status"] == "archived"


# Captures


def test_captures_slim_full_and_none(world: World) -> None:
    for mode in ("slim", "full", "none"):
        world.configure(archive={"capture": mode})
        world.note(f"{mode}.md", f"[x]({world.replica.add_article(titled(mode, weight=200))})")
        assert world.sync().exit_code == 0
    names = {
        record["title"]: sorted(path.name for path in folder.iterdir() if path.name.startswith("capture"))
        for record, folder in zip(world.articles(), world.article_folders(), strict=True)
    }
    assert names == {"slim": ["capture.html.gz"], "full": ["capture.full.html.gz", "capture.html.gz"], "none": []}
    (full,) = world.archive.rglob("capture.full.html.gz")
    slim = full.with_name("capture.html.gz")
    assert b"__INLINE_SCRIPT__" in gzip.decompress(full.read_bytes())
    assert b"__INLINE_SCRIPT__" not in gzip.decompress(slim.read_bytes())
    assert "capture.full.html.gz" in (world.archive / ".gitignore").read_text("utf-8").splitlines()
    for sums in world.archive.rglob("SHA256SUMS"):
        assert "capture.html.gz" in (text := sums.read_text("utf-8"))
        assert "capture.full" not in text
    full.unlink()  # as in a clone
    assert world.sync().exit_code == 0
    assert world.cli("verify").returncode == 0
    done = world.cli("reparse", "--json")
    assert json.loads(done.stdout) == {
        "event": "reparse", "schema": 1, "changed": 0, "unchanged": 2, "without_capture": 1, "failed": 0,
        "compacted": 0, "failures": [], "exit_code": 0,
    }  # fmt: skip


def test_an_older_archive_learns_to_ignore_full_captures(world: World) -> None:
    world.archive.mkdir()
    (world.archive / ".gitignore").write_text("catalogue.db*\nmine\n", "utf-8")
    world.configure(archive={"capture": "full"})
    world.note("a.md", f"[x]({world.replica.add_article(titled('一'))})")
    world.sync()
    assert (world.archive / ".gitignore").read_text("utf-8") == "catalogue.db*\nmine\ncapture.full.html.gz\n"


def test_reparse_puts_right_what_differs_and_asks_for_nothing(world: World) -> None:
    body = '<p>甲</p><mpvoice name="课" voice_encode_fileid="Mz_4"></mpvoice>'
    world.replica.add_page(AUDIO_URL + "Mz_4", mp3(), "audio/mp3")
    image = ImageSpec.named("r")
    urls = [world.replica.add_article(titled(t, body + image.tag, images=(image,))) for t in ("一", "二")]
    world.note("a.md", " ".join(f"[x]({url})" for url in urls))
    world.sync()
    before = world.tree()
    world.replica.clear_requests()
    assert world.cli("reparse").stdout == "0 changed, 2 unchanged, 0 without capture, 0 failed\n"
    assert world.tree() == before
    folder = world.article_folders()[0]
    (folder / "article.md").write_text("an older archiver wrote this", "utf-8")
    done = world.cli("reparse")
    assert done.stdout.splitlines() == [
        f"{folder.relative_to(world.archive).as_posix()}: article.md",
        "1 changed, 1 unchanged, 0 without capture, 0 failed",
    ]  # fmt: skip
    assert {path: value[0] for path, value in world.tree().items()} == {
        path: value[0] for path, value in before.items()
    }
    (folder / "capture.html.gz").write_bytes(b"\x1f\x8bnonsense")
    done = world.cli("reparse")
    assert done.returncode == 5
    assert "capture.html.gz is damaged" in done.stderr
    assert world.replica.requests == []


# Credentials and doubts


@pytest.mark.parametrize("mode", ["replace", "append"])
def test_credentials_reach_no_file(world: World, mode: str) -> None:
    world.configure(rewrite={"articles": mode})
    given = titled("带密钥")
    world.replica.add_article(given)
    long = given.long_url.partition("#")[0]
    secret = f"{long}&key=SECRET1&uin=SECRET2%3D%3D&pass_ticket=SECRET3&exportkey=SECRET4#rd"
    wall = "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=SECRET5&target_url=" + long.replace("&", "%26")
    note = world.note("a.md", f"[x]({secret})\n\n{secret}\n\n<{secret}>\n\n[w]({wall}%26key%3DSECRET6)\n")
    assert world.sync().exit_code == 0
    kept = [path for path in world.archive.rglob("*") if path.is_file() and b"SECRET" in path.read_bytes()]
    assert kept == []
    for path in world.archive.rglob("*.gz"):
        assert b"SECRET" not in gzip.decompress(path.read_bytes())
    assert not [r for r in world.replica.requests if "SECRET" in r.path]
    done = world.cli("restore")
    assert done.returncode == 0
    restored = note.read_text("utf-8")
    if mode == "append":
        assert restored.count("SECRET1") == 3  # what was never replaced is as it was
        return
    assert "SECRET" not in restored
    assert restored.count("&key=&uin=&pass_ticket=&exportkey=#rd") == 3
    assert "without its credentials" in done.stdout


def test_glued_urls_are_told_and_left_alone(world: World) -> None:
    urls = [world.replica.add_article(titled(str(n))) for n in range(3)]
    before = f"\n[x]({''.join(urls)})\n"
    note = world.note("a.md", before)
    summary = world.sync()
    assert [line for line in attention(summary) if line.startswith("a.md:2: 3 URLs are glued together")]
    assert note.read_text("utf-8") == before


def test_pages_that_are_no_article_are_refused_by_name(world: World) -> None:
    account = "https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz=MzA5&scene=124"
    note = world.note("a.md", f"\n\n[账号]({account}&key=SECRET)")
    before = note.read_bytes()
    summary = world.sync()
    (line,) = attention(summary)
    assert line.startswith(f"a.md:3: {account}: refused: a page of an account, no article. ")
    assert world.links()[account]["status"] == "refused"
    assert world.replica.requests == []
    assert note.read_bytes() == before
    assert attention(world.sync()) == []


def test_a_mangled_link_is_mended(world: World) -> None:
    given = titled("修好")
    world.replica.add_article(given)
    plain, escaped = given.long_url.partition("#")[0], given.long_url.replace("_", "\\_")
    before = f"见“{plain.replace('&', '&amp;')}”，\n\n[y]({escaped})\n"
    note = world.note("a.md", before)
    assert world.sync().exit_code == 0
    assert len(world.articles()) == 1
    assert len(world.replica.article_requests) == 1
    assert broken(note) == []


def test_an_uncropped_picture_where_originals_are_wanted(world: World) -> None:
    cut, whole = ImageSpec.named("cut", 300, 200), ImageSpec.named("whole", 600, 400)
    tag = cut.tag.replace("<img ", f'<img data-croporisrc="{replace(whole, size=0).url}" ')
    for variant, expected in (("given", 300), ("original", 600)):
        folder = Path(world.root / variant)
        folder.mkdir()
        other = World(folder, world.replica)
        other.configure(images={"variant": variant})
        other.note("a.md", f"[x]({world.replica.add_article(titled('裁剪', tag, images=(cut, whole)))})")
        assert other.sync().exit_code == 0
        (record,) = other.articles()
        assert [image["width"] for image in record["images"] if image["key"] == cut.key] == [expected]


def test_an_article_with_more_files_than_is_sane(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archiver.gathering.files.MAX_IMAGES", 2)
    monkeypatch.setattr("archiver.gathering.files.MAX_MEDIA", 1)
    shown = [ImageSpec.named(f"many {n}", 64, 48) for n in range(4)]
    sounds = "".join(f'<p><mpvoice name="课" voice_encode_fileid="Mz_{n}"></mpvoice></p>' for n in "567")
    for n in "567":
        world.replica.add_page(f"{AUDIO_URL}Mz_{n}", mp3(), "audio/mpeg")
    body = "<p>多</p>" + "".join(image.tag for image in shown) + sounds
    world.note("a.md", f"[x]({world.replica.add_article(titled('多', body, images=tuple(shown)))})")
    assert world.sync().exit_code == 1
    (record,) = world.articles()
    assert [bool(image.get("error")) for image in record["images"]] == [False, False, True, True]
    said = [item.get("error", "").endswith(" audio and video files") for item in record["media"]]
    assert said == [False, True, True]
    assert len(world.replica.image_requests) == 2
