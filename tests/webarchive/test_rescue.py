"""Lost articles and images come back from the web archive, or it is known why not."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from archiver.events import ItemFailed, ItemWaits
from archiver.models import Status
from archiver.models.halts import Halted
from archiver.models.rescue import CameBack
from archiver.stop import Stop
from archiver.tasks.only import Only
from archiver.tasks.rescue import rescue_lost
from archiver.tasks.run import open_run
from archiver.tasks.sync import Options
from tests.builders import an_image, article
from tests.outputs import checked, run
from tests.replica import State, state_page
from tests.replica.images import image_bytes
from tests.replica.wayback import HOST, PER_MINUTE
from tests.webarchive.rescuing import ADDRESS, CHECKED, NOW, lose, note_of, page, rescue, short
from tests.world import Night, World

OLD, NEW = "20200101000000", "20220101000000"


def test_a_lost_article_comes_back_with_all_that_is_to_be_told_of_it(world: World) -> None:
    url, shown, gone = short("A"), an_image("shown"), an_image("gone")
    world.replica.add_image(shown.key, shown)
    world.replica.fault(gone.key, "status:404")
    way = world.replica.wayback
    way.add(url, page(article("失而复得", shown, gone), url), OLD)
    way.add(url, state_page(State.ACCOUNT_BLOCKED), NEW)
    way.add(f"http://mmbiz.qpic.cn/{gone.key}/640?wx_fmt=png&tp=webp", image_bytes(gone), NEW, media_type="image/png")
    note = world.note("a.md", note_of([url]))
    lose(world, (url, Status.BLOCKED))
    world.configure(hooks={"after_article": [sys.executable, "-c", ""]})

    told = rescue(world)
    assert told.summary.hooks == {"run": 1, "failed": 0, "left": 0}
    assert (told.summary.exit_code, len(told.done.articles), told.done.in_vain) == (0, 1, [])
    assert [image.via[:50] for image in told.done.images] == [ADDRESS.format(NEW, "http://mmbiz.qpic.cn/")[:50]]
    assert list(told.done.refused) == [ADDRESS.format(NEW, url)]
    assert "blocked" in told.done.refused[ADDRESS.format(NEW, url)]

    (record,), address = world.articles(), ADDRESS.format(OLD, url)
    assert record["status"] == "archived"
    assert record["capture"] | {"engine": "http"} == {
        "engine": "http",
        "http_status": 200,
        "rendered": False,
        "service": HOST,
        "address": address,
        "archived_at": "2020-01-01T00:00:00+00:00",
    }
    assert [image.get("via", "")[:27] for image in record["images"]] == ["", f"https://{HOST}/web"]
    entry = world.links()[url]
    said = {"archived": "2020-01-01T00:00:00+00:00", "via": address, "gone": CHECKED[:10], "checked": CHECKED}
    assert {**entry, **said, "status": "archived"} == entry
    (folder,) = world.article_folders()
    text, html = ((folder / name).read_text("utf-8") for name in ("article.md", "index.html"))
    assert f'archived: 2020-01-01\nvia: "{address}"\n' in text
    assert f"[{HOST} 2020-01-01 的存档]({address.replace('id_/', '/')})" in text
    assert f">{HOST} 2020-01-01 的存档</a>" in html
    listed = (world.archive / f"site/month/{'-'.join(folder.parts[-3:-1])}.html").read_text("utf-8")
    assert f"{HOST} 2020-01-01 的存档" in listed
    assert f"(from {HOST})" in (folder.parent / "README.md").read_text("utf-8")
    assert "archive/articles" in note.read_text("utf-8")
    assert run(world.root, "verify").code == 0
    assert run(world.root, "reparse").stdout.startswith("0 changed, 1 unchanged")
    (folder / "article.json").write_bytes(b"{")
    assert run(world.root, "verify", "--repair").code == 0
    (mended,) = world.articles()
    assert {name: mended["capture"][name] for name in ("service", "archived_at", "address")}.items() <= (
        record["capture"].items()
    )
    assert world.replica.article_requests == []
    assert all(path.startswith("/cdx/search/cdx?") or "id_/" in path for _, path in way.asked)


MATRIX = {
    "good": True,
    "only-error": False,
    "wall": False,
    "other-case": False,
    "other-article": False,
    "cut-off": False,
    "older-is-good": True,
    "not-archived": False,
    "redirected": False,
    "in-the-note": True,
    "long": True,
}


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """One rescue of a link for each case."""
    from tests.replica import Replica

    with Replica() as replica:
        world = World(tmp_path_factory.mktemp("matrix"), replica)
        urls = {case: short(chr(ord("a") + number)) for number, case in enumerate(MATRIX)}
        way = replica.wayback
        spec = {case: article(f"文章 {case}").with_ids() for case in MATRIX}
        urls["long"] = f"https://mp.weixin.qq.com/s?__biz={spec['long'].biz}&mid={spec['long'].mid}&idx=1&sn=ab12"
        good = {case: page(spec[case], urls[case]) for case in MATRIX}
        way.add(urls["good"], good["good"])
        way.add(urls["only-error"], state_page(State.DELETED))
        way.add(urls["only-error"], b"<html>Not Found</html>", NEW, status="404")
        way.add(urls["wall"], state_page(State.WALL_SHELL))
        other = urls["other-case"].upper().replace("HTTPS://MP.WEIXIN.QQ.COM/S/", "https://mp.weixin.qq.com/s/")
        way.add(other, page(spec["other-case"], other))
        way.add(urls["other-article"], page(spec["other-article"], short("Z")))
        way.add(urls["cut-off"], good["cut-off"][: len(good["cut-off"]) // 2])
        way.add(urls["older-is-good"], good["older-is-good"], OLD)
        way.add(urls["older-is-good"], state_page(State.WALL), NEW)
        way.add(urls["redirected"], b"", status="302")
        noted = ADDRESS.format(OLD, urls["in-the-note"]).replace("id_", "")
        way.add(urls["in-the-note"], good["in-the-note"], OLD)
        way.add(urls["in-the-note"], state_page(State.DELETED), NEW)
        chksm = urls["long"].replace("mp.weixin", "mp.weixin") + "&chksm=AbCd&scene=21"
        way.add(chksm.replace("https", "http"), good["long"])
        shown = {**urls, "in-the-note": noted, "long": f"{chksm}&key=SECRET#rd"}
        world.note("a.md", note_of(shown.values()))
        lose(world, *((url, Status.BLOCKED) for url in urls.values()))
        told = rescue(world)
        yield world, urls, told
        assert replica.refused_requests == []


@pytest.mark.parametrize(("case", "comes"), MATRIX.items())
def test_what_comes_back_and_what_does_not(matrix, case: str, comes: bool) -> None:  # type: ignore[no-untyped-def]
    world, urls, told = matrix
    url = urls[case]
    assert (url in {found.url for found in told.done.articles}, url in told.done.in_vain) == (comes, not comes)
    entry = world.links()[url]
    assert (entry["status"], "via" in entry, entry.get("sought", 0)) == (
        ("archived", True, 0) if comes else ("blocked", False, 1)
    )


def test_a_long_link_is_kept_with_all_that_a_live_look_needs(matrix) -> None:  # type: ignore[no-untyped-def]
    world, urls, _ = matrix
    (record,) = (record for record in world.articles() if record["title"] == "文章 long")
    assert record["url"] == f"{urls['long']}&chksm=AbCd&scene=21"


def test_nobody_s_credentials_are_asked_with(matrix) -> None:  # type: ignore[no-untyped-def]
    world, _, _ = matrix
    assert [path for _, path in world.replica.wayback.asked if "SECRET" in path or "key%3D" in path] == []


def test_a_link_to_a_capture_is_asked_for_directly(matrix) -> None:  # type: ignore[no-untyped-def]
    world, urls, _ = matrix
    paths = [path for _, path in world.replica.wayback.asked if urls["in-the-note"].rpartition("/")[2] in path]
    assert paths == [f"/web/{OLD}id_/{urls['in-the-note']}"]


def test_the_second_run_asks_nothing_and_a_later_night_again(matrix) -> None:  # type: ignore[no-untyped-def]
    world, _, _ = matrix
    way, lost = world.replica.wayback, sum(not comes for comes in MATRIX.values())
    for days, expected in ((0, 0), (1, 0), (10, lost), (11, 0), (30, lost), (60, 0), (400, 0)):
        way.asked.clear()
        told = rescue(world, now=NOW + timedelta(days=days))
        assert (len(told.found.plan), bool(way.asked)) == (expected, bool(expected)), days
    assert told.found.settled == lost
    assert {entry["sought"] for entry in world.links().values() if "sought" in entry} == {3}


def test_of_a_hundred_lost_links_forty_come_back_at_a_polite_pace(world: World) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    urls = [f"https://mp.weixin.qq.com/s/{'x' * 20}{alphabet[n // 10]}{alphabet[n % 10]}" for n in range(100)]
    for number, url in enumerate(urls[:40]):
        world.replica.wayback.add(url, page(article(f"第 {number} 篇"), url))
    note = world.note("a.md", note_of(urls))
    lose(world, *((url, Status.EXPIRED if n % 2 else Status.WALL) for n, url in enumerate(urls)))
    world.configure(rescue={"max_requests": 100})
    night, way = Night(), world.replica.wayback
    first = rescue(world, night=night)
    assert (first.done.requests, first.summary.exit_code, bool(first.done.left)) == (100, 0, True)
    second = rescue(world, night=night)
    assert (first.done.requests + second.done.requests, second.done.left) == (140, 0)
    came = [article.url for told in (first, second) for article in told.done.articles]
    assert sorted(came) == sorted(urls[:40])
    assert way.most_in_a_minute() <= PER_MINUTE
    assert night.seconds > 140 * 2.9
    assert len(way.index_requests()) == 100  # each link once
    way.asked.clear()
    third = rescue(world, night=night)
    assert (third.done.requests, third.summary.exit_code, way.asked) == (0, 0, [])
    assert world.replica.article_requests == []
    assert note.read_text("utf-8").count("archive/articles") == 40


def test_what_was_wanted_gone_comes_back_only_when_it_is_named(world: World) -> None:
    urls = {
        status: short(letter)
        for status, letter in zip(("deleted", "violation", "private", "blocked"), "abcd", strict=True)
    }
    for status, url in urls.items():
        world.replica.wayback.add(url, page(article(f"文章 {status}"), url))
    world.note("a.md", note_of(urls.values()))
    lose(world, *((url, Status(status)) for status, url in urls.items()))

    def came(*selection: str) -> list[str]:
        told = rescue(world, *selection)
        return [status for status, url in urls.items() if url in {found.url for found in told.done.articles}]

    assert rescue(world, "a.md").found.withheld == {"deleted": 1, "violation": 1, "private": 1}
    assert world.links()[urls["blocked"]]["status"] == "archived"
    assert came("violation") == ["violation"]
    assert came(urls["deleted"]) == ["deleted"]
    assert came("private", "deleted") == ["private"]


def test_another_article_that_comes_without_a_redirect_is_noticed(world: World) -> None:
    """As pywb answers, for an address that differs in case only. The page of an old template does not tell."""
    url, other = short("Q"), short("q")
    world.replica.wayback.is_silent = True
    world.replica.wayback.add(other, page(article("别的文章"), other).replace(b'property="og:url"', b""), OLD)
    world.note("a.md", note_of([f"https://{HOST}/web/20200102000000/{url}"]))
    lose(world, (url, Status.BLOCKED))
    report = rescue(world)
    assert (report.done.articles, report.done.in_vain) == ([], [url])
    assert [reason for reason in report.done.refused.values() if "it is of another address" in reason]


def test_what_was_forgotten_never_comes_back(world: World) -> None:
    spec = article("忘掉我").with_ids()
    url, other = short("F"), short("G")
    world.replica.add_article(spec, [url[-22:], other[-22:]])
    world.note("a.md", note_of([url]))
    world.sync()
    (record,) = world.articles()
    assert run(world.root, "forget", "--yes", record["id"]).code == 0
    for link in (url, other):
        world.replica.wayback.add(link, page(spec, link))
    lose(world, (other, Status.BLOCKED))
    told = rescue(world, url, other, "blocked")
    assert told.found.unfit == {url: "forgotten by you"}
    assert told.done.failed == {other: "forgotten by you"}
    assert world.articles() == []
    assert rescue(world).found.plan.links == ()


TROUBLES = {
    "429 with Retry-After": ("web.archive.org/cdx", {"kind": "status:429", "retry_after": 70, "times": 1}, (1, 0, 70)),
    "429 without": ("web.archive.org/cdx", {"kind": "status:429", "times": 1}, (1, 0, 60)),
    "429 for long": ("web.archive.org/cdx", {"kind": "status:429", "retry_after": 3600}, (0, 1, 0)),
    "503 once": ("web.archive.org/cdx", {"kind": "status:503", "times": 1}, (1, 0, 3)),
    "503 for good": ("web.archive.org/cdx", {"kind": "status:503"}, (0, 1, 6)),
    "index cut off": ("web.archive.org/cdx", {"kind": "truncated", "times": 1}, (1, 0, 3)),
    "index broken off": ("web.archive.org/cdx", {"kind": "half", "times": 1}, (1, 0, 3)),
    "capture broken off": ("web.archive.org/web", {"kind": "half"}, (0, 1, 6)),
    "capture comes at the third try": ("web.archive.org/web", {"kind": "reset-body", "times": 2}, (1, 0, 6)),
    "capture is not there after all": ("web.archive.org/web", {"kind": "status:404"}, (0, 0, 3)),
    "empty, then full": ("", {}, (0, 0, 0)),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_troubles_of_the_service(world: World, trouble: str) -> None:
    match, fault, (articles, failed, seconds) = TROUBLES[trouble]
    url, way, night = short("T"), world.replica.wayback, Night()
    way.add(url, page(article("文章"), url))
    world.note("a.md", note_of([url]))
    lose(world, (url, Status.BLOCKED))
    if match:
        world.replica.fault(match, **fault)  # type: ignore[arg-type]
    else:
        way.empty = 1
    told = rescue(world, night=night)
    in_vain = 1 - articles - failed
    assert (len(told.done.articles), len(told.done.failed), len(told.done.in_vain)) == (articles, failed, in_vain)
    assert told.summary.exit_code == failed
    assert night.seconds >= seconds
    assert world.links()[url].get("sought", 0) == in_vain  # a failure is no answer
    world.replica.clear_faults()
    again = rescue(world, now=NOW + timedelta(days=10 * in_vain))
    assert len(again.done.articles) == 1 - articles


def test_a_service_that_goes_down_in_the_middle_is_left_alone(world: World) -> None:
    urls = [short(letter) for letter in "abcdefghijkl"]
    for url in urls:
        world.replica.wayback.add(url, page(article(f"文章 {url[-1]}"), url))
    world.note("a.md", note_of(urls))
    lose(world, *((url, Status.BLOCKED) for url in urls))
    for url in urls[3:]:
        world.replica.fault(f"{HOST}/cdx/search/cdx?url=https%3A%2F%2Fmp.weixin.qq.com%2Fs%2F{url[-22:]}", "status:503")
    told = rescue(world)
    assert (len(told.done.articles), len(told.done.failed), told.done.left) == (3, 5, 4)
    assert "is not asked any more in this run" in told.done.why
    asked = world.replica.asked(HOST)
    assert sum(request.status == 503 for request in asked) == 15  # five with three tries each
    world.replica.clear_faults()
    assert len(rescue(world).done.articles) == 9


def test_a_fault_of_ours_asks_for_three_captures_and_then_for_none(world: World) -> None:
    """And names what waits; the nights between are no failures."""
    urls = [short(letter) for letter in "abcde"]
    for url in urls:
        world.replica.wayback.add(url, page(article(url[-3:]), url))
    lose(world, *((url, Status.BLOCKED) for url in urls))
    way = world.replica.wayback
    with pytest.MonkeyPatch.context() as patched:

        def fail(*_: object) -> None:
            raise KeyError("unforeseen")

        patched.setattr("archiver.gathering.seek.read_page", fail)
        for hours in range(3):  # the first two may be over in a minute
            way.asked.clear()
            told = rescue(world, now=NOW + timedelta(hours=hours))
            captures = [path for _, path in way.asked if "id_/" in path]
            assert (told.summary.exit_code, len(captures), len(told.done.failed), told.done.left) == (1, 3, 3, 2)
            assert [type(item) for item in told.summary.attention] == [Halted, ItemFailed, ItemFailed, ItemFailed]
    way.asked.clear()
    again = rescue(world, now=NOW + timedelta(hours=3))
    assert ([item.title for item in again.done.articles], again.done.failed) == (["ddd", "eee"], {})
    assert (again.summary.exit_code, len([path for _, path in way.asked if "id_/" in path])) == (0, 2)
    assert [type(item) for item in again.summary.attention] == [ItemWaits] * 3
    assert len(rescue(world, now=NOW + timedelta(days=40)).done.articles) == 3


def test_who_ends_it_early_keeps_what_has_come_and_goes_on_later(world: World) -> None:
    urls, stop = [short(letter) for letter in "abcd"], Stop()
    for url in urls:
        world.replica.wayback.add(url, page(article(f"文章 {url[-1]}"), url))
    world.note("a.md", note_of(urls))
    lose(world, *((url, Status.BLOCKED) for url in urls))

    def tell(number: int, _of: int, _url: str) -> None:
        if number == 3:
            stop.request(130)

    with open_run(world.config, clock=Night().timing, stop=stop) as context:
        report = rescue_lost(context, (), tell)
    assert (len(report.done.articles), report.done.left, report.summary.exit_code) == (2, 2, 130)
    assert (world.notes / "a.md").read_text("utf-8").count("archive/articles") == 2
    assert [entry for entry in world.links().values() if "sought" in entry] == []
    again = rescue(world)
    assert sorted(found.url for found in again.done.articles) == urls[2:]


def test_images_that_are_gone_come_back(world: World) -> None:
    """Of an article: from the web archive by exact id, from the archive's own; of a note; and one that is nowhere."""
    here, moved, other_case, nowhere, noted, notice = (
        an_image(name) for name in ("here", "moved", "other", "nowhere", "noted", "notice")
    )
    shown = (here, moved, other_case, nowhere, notice)
    for image in (*shown, noted):
        world.replica.fault(image.key, "status:404")
    url = world.replica.add_article(article("缺图", *shown))
    world.note("a.md", f"[x]({url})\n\n![]({noted.url})\n")
    for day in range(3):
        world.sync(now=lambda day=day: NOW + timedelta(days=day))  # type: ignore[misc]
    same_id = "mmbiz_jpg/" + moved.key.partition("/")[2]
    world.replica.add_image(same_id, image_bytes(moved))
    world.note("b.md", f"![](https://mmbiz.qpic.cn/{same_id}/640)")
    world.sync(now=lambda: NOW + timedelta(days=3))

    way = world.replica.wayback
    for image in (here, noted):
        way.add(f"https://mmbiz.qpic.cn/{image.key}/0", image_bytes(image), media_type="image/png")
        way.add(f"https://mmbiz.qpic.cn/{image.key}/640", image_bytes(image)[:300], NEW, media_type="image/png")
    bucket, _, name = other_case.key.partition("/")
    way.add(f"https://mmbiz.qpic.cn/{bucket}/{name.swapcase()}/640", image_bytes(other_case), media_type="image/png")
    way.add(f"https://mmbiz.qpic.cn/{notice.key}/640", b"<html>404</html>")
    told = rescue(world, now=NOW + timedelta(days=4))
    assert {image.url.split("/")[4]: bool(image.via) for image in told.done.images} == {
        here.key.split("/")[1]: True,
        moved.key.split("/")[1]: False,
        noted.key.split("/")[1]: True,
    }
    (record,) = world.articles()
    there = {image["key"]: "path" in image for image in record["images"]}
    assert [there[image.key] for image in shown] == [True, True, False, False, False]
    (line,) = (entry for url, entry in world.links().items() if noted.key in url)
    assert (line["status"], line["archived"], line["via"][:27]) == (
        "archived",
        "2021-03-04T05:06:07+00:00",
        f"https://{HOST}/web",
    )
    assert "weixin" not in (world.notes / "a.md").read_text("utf-8").replace(url, "")
    way.asked.clear()
    assert len(rescue(world, now=NOW + timedelta(days=5)).found.plan) == 0
    assert run(world.root, "verify").code == 0


def test_in_a_sync_only_where_it_is_wanted(world: World) -> None:
    url = short("S")
    world.replica.wayback.add(url, page(article("夜里回来"), url))
    world.replica.fault(url[-22:], "account-blocked")
    note = world.note("a.md", note_of([url]))
    assert world.sync(now=lambda: NOW).notices == []
    assert world.replica.asked(HOST) == []
    world.configure(rescue={"wayback": True}, hooks={"after_article": [sys.executable, "-c", ""]})
    asked = len(world.replica.article_requests)
    part = Options(only=Only(notes=("*.md",)))
    assert world.sync(part, now=lambda: NOW + timedelta(hours=12)).notices == []
    assert world.replica.asked(HOST) == []
    summary = world.sync(now=lambda: NOW + timedelta(days=1))
    assert [(notice.articles, notice.images) for notice in summary.notices if isinstance(notice, CameBack)] == [(1, 0)]
    assert (summary.exit_code, len(world.replica.article_requests)) == (0, asked)
    assert summary.hooks == {"run": 1, "failed": 0, "left": 0}
    assert "archive/articles" in note.read_text("utf-8")
    world.replica.wayback.asked.clear()
    for days in (2, 30, 89):
        world.sync(now=lambda days=days: NOW + timedelta(days=days))  # type: ignore[misc]
    assert (world.replica.wayback.asked, len(world.replica.article_requests)) == ([], asked)


def test_a_later_live_capture_that_is_fuller_becomes_a_new_version(world: World) -> None:
    url = short("V")
    early = article("会改的文章").with_ids()
    late = replace(early, body=early.body + "<p>后来又添了一段，写得更全。</p>")
    world.replica.wayback.add(url, page(early, url), OLD)
    world.note("a.md", note_of([url]))
    lose(world, (url, Status.BLOCKED))
    assert len(rescue(world).done.articles) == 1
    world.replica.add_article(late, [url[-22:]])
    assert world.replica.article_requests == []
    world.sync(now=lambda: NOW + timedelta(days=100))
    assert len(world.replica.article_requests) == 1
    (record,) = world.articles()
    assert "service" not in record["capture"]
    assert [version["changed"] for version in record["versions"]]
    entry = world.links()[url]
    assert {"via", "archived", "gone"} & entry.keys() == set()
    (folder,) = world.article_folders()
    assert "的存档" not in (folder / "article.md").read_text("utf-8")
    old = json.loads((folder.parent / f"{folder.name}-v1/version.json").read_text("utf-8"))
    assert old["capture"]["service"] == HOST


def test_what_is_said_to_people_and_programs(world: World) -> None:
    urls = {status: short(letter) for status, letter in zip(("blocked", "deleted", "expired"), "pqr", strict=True)}
    for status, url in urls.items():
        world.replica.wayback.add(url, page(article(f"文章 {status}"), url))
    noted = ADDRESS.format("20210304050607", urls["blocked"])  # which takes one request, and so no rest
    world.note("a.md", note_of([noted, *urls.values()]))
    lose(world, *((url, Status(status)) for status, url in urls.items()))
    before = world.tree()
    plan = run(world.root, "rescue", "--dry-run", "--json")
    assert checked("rescue", plan) == ["#/$defs/line"]
    (told,) = plan.lines
    assert ([item["status"] for item in told["sought"]], told["withheld"], told["left"]) == (
        ["blocked", "expired"],
        {"deleted": 1},
        2,
    )
    done = run(world.root, "rescue", "--dry-run", "deleted", short("x"))
    assert (f"would look for  {urls['deleted']}  (deleted)" in done.stdout, done.code) == (True, 1)
    assert (world.tree(), world.replica.asked(HOST)) == (before, [])
    assert run(world.root, "rescue", "no such note.md").code == 2
    done = run(world.root, "rescue", "blocked", "--json")
    assert checked("rescue", done) == ["#/$defs/line"]
    (told,) = done.lines
    assert [item["title"] for item in told["articles"]] == ["文章 blocked"]
    assert (told["requests"], told["exit_code"]) == (1, 0)
