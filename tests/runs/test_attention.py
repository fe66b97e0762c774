"""What a run says to need the user: with place, reason and next step, what is new first, and nothing without end."""

from __future__ import annotations

import json
import re

import pytest
from rich.console import Console

from archiver.cli.progress import Display
from archiver.events import ArticleDone, ItemWaits, NoteDone, Notice, Planned, RefusedLink, Summary
from archiver.models import Status
from archiver.tasks.attention import sort_attention
from tests.builders import an_image, article, img, lesson, titled
from tests.item_faults import night
from tests.world import World, attention, last_line

FOREIGN = "https://pics.example.org/x.png"


def last_report(world: World) -> str:
    return (world.archive / "reports/last.md").read_text("utf-8").replace("\\", "")


def only_failing_image(world: World) -> str:
    """An article that lacks nothing but an image on a host that is not asked."""
    body = f'<p>字</p><p><img data-src="{FOREIGN}"/></p>'
    return world.replica.add_article(titled("外图", body))


def test_an_image_on_a_host_that_is_not_asked_is_told_once(world: World) -> None:
    url = only_failing_image(world)
    world.note("a.md", f"[x]({url})\n")
    first = night(world)
    (line,) = attention(first)
    assert first.exit_code == 1
    assert "add pics.example.org to [images] mirror_hosts" in line
    world.replica.clear_requests()
    for days in (1, 40):
        later = night(world, days)
        assert (later.exit_code, attention(later), world.replica.requests) == (0, [], [])
    assert "Nothing is due" in world.cli("status").stdout


def test_it_is_asked_for_when_its_host_is_configured(world: World) -> None:
    world.note("a.md", f"[x]({only_failing_image(world)})\n")
    night(world)
    night(world, 1)
    world.configure(images={"mirror_hosts": ["pics.example.org"]})
    world.replica.clear_requests()
    wrong = night(world, 2)
    assert (wrong.exit_code, "mirror_hosts" in "".join(attention(wrong))) == (1, False)
    assert [request.url for request in world.replica.requests] == [FOREIGN]
    world.configure(images={"mirror_hosts": ["pics.example.org https://example.org/"]})
    world.replica.clear_requests()
    assert night(world, 3).exit_code == 0
    assert [request.url for request in world.replica.requests] == [FOREIGN]
    assert [record["status"] for record in world.articles()] == ["archived"]


@pytest.mark.parametrize(
    "source",
    [
        "data:image/png;base64,AAAA",
        "data:image/png;base64,!",
        "http://pics.example.org:8080/x.png",
        "https://127.0.0.1/x.png",
    ],
)
def test_an_image_that_nobody_can_be_asked_for_is_settled(world: World, source: str) -> None:
    body = f'<p>字</p><p><img data-src="{source}"/></p>'
    world.note("a.md", f"[x]({world.replica.add_article(titled('无处可问', body))})\n")
    first = night(world)
    assert "mirror_hosts" not in "".join(attention(first))
    later = night(world, 40)
    assert (later.exit_code, attention(later)) == (0, [])


def test_a_failed_image_of_a_note_has_place_reason_and_next_step(world: World) -> None:
    lost = an_image("lost")
    world.replica.fault(lost.key, "status:404")
    world.note("x/a.md", f"\n\n{img(lost)}\n")
    done = world.cli("sync", "--json")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["where"] for event in told if event["event"] == "image"] == ["x/a.md:3"]
    (line,) = told[-1]["attention"]
    assert line.startswith("x/a.md:3: https://mmbiz.qpic.cn/")
    assert "HTTP 404. It is tried again by itself" in line
    assert line in last_report(world)
    assert (done.returncode, told[-1]["new"]) == (1, 1)


def test_images_that_were_not_asked_for_are_not_listed(world: World) -> None:
    lost = [an_image(f"n{n}") for n in range(3)]
    for image in lost:
        world.replica.fault(image.key, "reset")
    world.configure(network={"proxy": "http://127.0.0.1:1"})
    world.note("a.md", "\n".join(map(img, lost)))
    summary = world.sync()
    assert summary.exit_code == 1
    assert not [line for line in attention(summary) if line.startswith("a.md")]
    assert attention(summary) != []


def test_no_value_of_a_note_or_page_fills_an_output(world: World) -> None:
    data = f"data:image/png;base64,{'A' * 400_000}"
    world.note("a.md", f"![a]({data})\n<img src='{data}'>\n![l](images/{'长' * 4000}.png)\n")
    long = "题" * 5000
    url = world.replica.add_article(titled(long))
    world.note("b.md", f"[x]({url}?a={'b' * 2000})\n[y](https://mp.weixin.qq.com/s?__biz={'z' * 3000}=&mid=1&idx=1)\n")
    for arguments in (
        ["sync", "--json"],
        ["repair", "--json"],
        ["verify", "--github", "--json"],
        ["sync", "--dry-run"],
    ):
        done = world.cli(*arguments)
        for line in (done.stdout + done.stderr).splitlines():
            assert "A" * 310 not in line, arguments
            assert "题" * 310 not in line, arguments
            if "--json" not in arguments:
                assert len(line) < 1000, arguments
    world.configure(fetch={"max_articles": 1})
    for name in ("c.md", "d.md"):
        world.note(name, f"![a]({data})\n")
    done = world.cli("sync", "-v")
    texts = [*done.stdout.splitlines(), *done.stderr.splitlines(), *last_report(world).splitlines()]
    assert max(map(len, texts)) < 1000
    assert "400,022 characters" in last_report(world)


def test_programs_get_urls_whole(world: World) -> None:
    url = f"{world.replica.add_article(article('长'))}?a={'b' * 2000}"
    world.note("a.md", f"[x]({url})\n")
    shown = json.loads(world.cli("sync", "--dry-run", "--json").stdout)
    assert shown["due"]["requests"]["articles"][0]["url"] == url


def test_progress_counts_what_it_shows(world: World) -> None:
    console = Console(force_terminal=True, width=100, record=True)
    lost = an_image("lost at first")
    world.replica.fault(lost.key, "status:500")
    world.note("a.md", f"[x]({lesson(world)}) [y]({world.replica.add_article(article('缺', lost))})\n")
    world.sync()
    world.note("b.md", f"[z]({world.replica.add_article(article('新'))})\n")
    world.sync()
    planned = next(event for event in world.events if isinstance(event, Planned))
    done = [event for event in world.events if isinstance(event, ArticleDone)]
    assert len(done) == planned.articles + planned.others == 2
    with Display(verbose=True, console=console) as display:
        for event in [*world.events, ArticleDone("https://mp.weixin.qq.com/s/x", Status.ARCHIVED, "意外")]:
            display.tell(event)
    said = console.export_text()
    counts = [tuple(map(int, found)) for found in re.findall(r"(\d+)/(\d+)", said)]
    assert counts
    assert all(done <= total for done, total in counts)
    assert "[3/3]" in said


def test_what_is_new_comes_first_and_nobody_hears_twice_of_what_nobody_can_change(world: World) -> None:
    world.note("a.md", "[x](https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz=MzA=)\n![](gone.png)\n")
    first = world.cli("sync", "--json")
    assert len(last_line(first.stdout)["attention"]) == 2  # type: ignore[arg-type]
    world.note("b.md", "![](other.png)\n")
    second = world.cli("sync", "--json")
    lines = last_line(second.stdout)
    assert lines["new"] == 1
    assert [line.partition(":")[0] for line in lines["attention"]] == ["b.md", "a.md"]  # type: ignore[attr-defined]
    assert re.search(r"## Needs you\n\n- b\.md.*\n\n## Needs you, as before\n\n- a\.md", last_report(world))
    world.note("a.md", "\n\nA line above.\n\n![](gone.png)\n")
    third = last_line(world.cli("sync", "--json").stdout)
    assert third["new"] == 0


def test_only_what_stays_so_whatever_the_user_does_is_left_out(world: World) -> None:
    world.note("a.md", "x")
    world.sync()

    def run(day: int) -> Summary:
        summary = Summary(
            attention=[
                ItemWaits("note", "a.md", f"2026-03-{day:02}T00:00:00+00:00"),
                RefusedLink(f"a.md:{day}", "https://mp.weixin.qq.com/x", "no article"),
                ArticleDone("https://mp.weixin.qq.com/s/p", Status.PARTIAL, reason="paid", settled=True),
                ArticleDone("https://mp.weixin.qq.com/s/f", Status.FAILED, reason="HTTP 500"),
                NoteDone("b.md", 0, "not text"),
                Notice("a.md", day, "x.png", "does not show"),
            ]
        )
        sort_attention(world.archive, summary)
        return summary

    assert (len(run(1).attention), run(1).attention) == (6, [])
    again = run(2)
    assert [type(item) for item in again.as_before] == [ArticleDone, NoteDone, Notice]
    (world.archive / "reports/attention.json").write_text('[{"x": 1}, 7]')
    assert len(run(3).attention) == 6
