"""Links that were pasted into their own template, `[t]([url](URL))`: reported, and put right on request."""

from __future__ import annotations

import pytest

from archiver.models import Form
from archiver.notes.find import find
from archiver.notes.nested import inner_url
from tests.accounts import fates
from tests.builders import an_image, article
from tests.world import World, attention, destinations

U = "https://mp.weixin.qq.com/s/Example-Token-00000001"


@pytest.mark.parametrize(
    ("destination", "url"),
    [
        (f"[url]({U})", U),
        (f"![]({U})", U),
        (f"[a b]({U} 'title')", U),
        (f"[{U}]({U})", U),
        (f"[[a] b]({U})", U),
        (f"[t]([t]([url]({U})))", U),
        (f"[a](<{U}>)", U),
        (f"[a](//{U.partition('//')[2]})", f"//{U.partition('//')[2]}"),
        (U, ""),
        ("[url](a.md)", ""),
        (f"a{U})", ""),
        (f"[url]({U}", ""),
        (f"[a]({U})b", ""),
        ("[" * 5000, ""),
        ("[a](" * 2000, ""),
    ],
)
def test_the_url_that_is_meant(destination: str, url: str) -> None:
    assert inner_url(destination) == url


def test_where_it_stands() -> None:
    text = f"<a href='[x]({U})'>t</a> 与 [t]([u]({U}) 'title')\n"
    one, two = (item.link for item in find(text.encode()).mentions)
    data = text.encode()
    assert [data[link.span.start : link.span.end].decode() for link in (one, two)] == [f"[x]({U})", f"[u]({U})"]
    assert (one.form, two.form, one.url, two.url) == (Form.HTML, Form.INLINE, U, U)


def test_they_are_reported_and_mended_on_request(world: World) -> None:
    url, gone = world.replica.add_article(article("第一篇")), world.replica.add_article(article("没了"))
    world.replica.fault(gone, "deleted")
    image = an_image("a").url
    text = f"# 题\n\n见 [t]([url]({url})) ![t](![a]({image}))\n\n[t]([url]({gone}) 'x') [r]\n\n[r]: [url]({url})\n"
    note = world.note("a.md", text)

    (line,) = [line for line in attention(world.sync()) if line.startswith("a.md:3:")]
    assert f"a.md:3:21: {url})), and 3 more in this note: a link that was pasted into its own template" in line
    assert note.read_text("utf-8") == text
    left, dead = ("archived-not-rewritten", "nested"), ("not-archived", "deleted")
    assert fates(world) == [left, left, dead, left]

    world.configure(rewrite={"nested_links": "mend"})
    assert not [line for line in attention(world.sync()) if line.startswith("a.md:3:")]
    after = note.read_text("utf-8")
    first, shown, second, third = destinations(note)
    assert "archive/articles/" in first
    assert "archive/images/" in shown
    assert (second, third) == (gone, first)
    assert after == f"# 题\n\n见 [t]({first}) ![t]({shown})\n\n[t]({gone} 'x') [r]\n\n[r]: {first}\n"
    assert fates(world) == [("rewritten", ""), ("rewritten", ""), dead, ("rewritten", "")]

    tree = world.tree(with_machine_state=True)
    world.sync()
    assert world.tree(with_machine_state=True) == tree
    assert world.cli("repair").returncode == 0
    assert note.read_text("utf-8") == after
    note.write_text(f"{after}more\n", "utf-8")
    world.cli("restore")
    assert note.read_text("utf-8") == f"{text}more\n"


@pytest.mark.parametrize(("mode", "behind"), [("append", True), ("keep", False)])
def test_in_other_modes_they_lead_to_their_own_url(world: World, mode: str, behind: bool) -> None:
    world.configure(rewrite={"articles": mode, "nested_links": "mend"})
    url = world.replica.add_article(article("第一篇"))
    note = world.note("a.md", text := f"[t]([url]({url}))。")
    world.sync()
    after = note.read_text("utf-8")
    assert after.startswith(f"[t]({url}) ([archived](" if behind else f"[t]({url})。")
    assert fates(world) == [("rewritten", "") if behind else ("kept-by-mode", "keep")]
    world.configure(rewrite={"nested_links": "keep"})
    world.sync()
    assert note.read_text("utf-8") == text if mode == "keep" else text[:-1] in note.read_text("utf-8")
    world.cli("restore")
    assert note.read_text("utf-8") == text
