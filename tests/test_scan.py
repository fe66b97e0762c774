"""What becomes of every address in the notes: archived and rewritten, archived only, or told."""

from __future__ import annotations

import json
import os
import re
import tomllib
from urllib.parse import quote, unquote

import pytest
import yaml

from archiver.cli.scan import WHYS
from archiver.models import Status
from archiver.notes.regions import Rule
from archiver.rewriting.account import Fate, Why
from tests.accounts import fates, scanned
from tests.builders import an_image, article, img
from tests.world import World, attention, destinations

CLASSES = {fate.value for fate in Fate}


def test_every_reason_has_its_words() -> None:
    codes: set[str] = {*Rule, *Why, *Status, "keep", ""}
    assert codes <= WHYS.keys()


def test_each_address_is_of_one_class(world: World) -> None:
    url, other = (world.replica.add_article(article(f"第{n}篇", an_image(f"p{n}"))) for n in range(2))
    gone = world.replica.add_article(article("没了"))
    world.replica.fault(gone, "deleted")
    image = an_image("note")
    text = "\n\n".join(
        [
            f"---\nsource: {other}\n---\n[x]({url})",
            img(image),
            f"`{url}`",
            f"{{% link {url} %}}",
            f"[x]({gone})",
            "[x](https://mp.weixin.qq.com/mp/homepage?__biz=MzA&hid=1)",
            "在 mp.weixin.qq.com 上",
            "[x](https://x.example/?u=https%3A%2F%2Fmp.weixin.qq.com%2Fs%2FAAAAAAAAAAAAAAAAAAAAAA)",
        ]
    )
    world.note("a.md", text)
    assert {fate for fate, _ in fates(world)} >= {Fate.NOT_ARCHIVED, Fate.IN_CODE, Fate.NOT_UNDERSTOOD}

    summary = world.sync()

    assert summary.exit_code == 0
    expected = [
        ("archived-not-rewritten", "front-matter"),
        ("rewritten", ""),
        ("rewritten", ""),
        ("in-code-or-comment", "code"),
        ("archived-not-rewritten", "template"),
        ("not-archived", "deleted"),
        ("no-article-or-image", "other-page"),
        ("no-article-or-image", "host-alone"),
        ("not-understood", "unknown-address"),
    ]
    assert fates(world) == expected
    told = [line for line in attention(summary) if line.startswith("a.md:")]
    assert [line for line in told if "not understood" in line and line.startswith("a.md:18:40: ")], "\n".join(told)
    assert [line for line in told if "in markup of another language" in line]
    assert not [line for line in told if "front" in line]
    note = (world.notes / "a.md").read_text("utf-8")
    assert f"source: {other}\n" in note
    assert f"{{% link {url} %}}" in note
    world.cli("restore")
    assert fates(world)[1] == ("archived-not-rewritten", "restored")
    assert (world.notes / "a.md").read_text("utf-8") == text


def test_what_modes_keep_is_kept(world: World) -> None:
    world.configure(rewrite={"articles": "keep", "images": "keep"})
    url = world.replica.add_article(article("第一篇"))
    world.note("a.md", f"[x]({url})\n\n{img(an_image('note'))}")
    world.sync()
    assert fates(world) == [("kept-by-mode", "keep")] * 2


def test_an_appended_link_counts_once(world: World) -> None:
    world.configure(rewrite={"articles": "append"})
    url = world.replica.add_article(article("第一篇"))
    world.note("a.md", f"[x]({url}) {url}")
    world.sync()
    assert fates(world) == [("rewritten", "")] * 2


def test_a_note_that_cannot_be_read_is_told_with_its_addresses(world: World) -> None:
    world.note("a.md", "见https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA".encode("utf-16-le"))
    assert fates(world) == [("not-understood", "unreadable")]
    summary = world.sync()
    assert [line for line in attention(summary) if line.startswith("a.md: the note is UTF-16")]


def test_the_rest_of_many_is_one_line(world: World) -> None:
    url = world.replica.add_article(article("第一篇"))
    for number in range(30):
        world.note(f"{number}.md", f"```\n{url}\n\n{url}\n")
    told = [line for line in attention(world.sync()) if url in line or "archiver scan" in line]
    assert len(told) == 21
    assert "in a block of code that nothing closes (2 addresses)" in told[0]
    assert told[-1].startswith("20 more addresses")


@pytest.mark.parametrize("verbose", [False, True])
def test_the_table_for_people(world: World, verbose: bool) -> None:
    url = world.replica.add_article(article("第一篇"))
    world.note("a.md", f"[x]({url}) `{url}`")
    world.note("b.md", f"[x]({url})")
    world.sync()
    lines = world.cli("scan", *(["-v"] if verbose else [])).stdout.splitlines()
    assert [line.split() for line in lines[:4]] == [
        ["rewritten", "in", "code", "note"],
        ["1", "1", "a.md"],
        ["1", "0", "b.md"],
        ["2", "1", "in", "2", "notes"],
    ]
    assert (len(lines) > 4) is verbose


def test_nothing_is_asked_for_and_nothing_written(world: World) -> None:
    url = world.replica.add_article(article("第一篇"))
    world.note("a.md", f"[x]({url}) {{{{ {url} }}}}")
    world.sync()
    tree = world.tree(with_machine_state=True)
    world.replica.clear_requests()
    assert json.loads(world.cli("scan", "--json").stdout.splitlines()[-1])["classes"].keys() == CLASSES
    assert (world.tree(with_machine_state=True), world.replica.requests) == (tree, [])


def test_notes_with_extensions_in_capitals_are_notes(world: World) -> None:
    url = world.replica.add_article(article("第一篇"))
    names = ("README.MD", "Notes.Md", "b.Markdown", "深/Readme.mD", "a.b.MARKDOWN", "c.markDown", "D.MD.md")
    for name in names:
        world.note(name, f"[x]({url})")
    world.sync()
    found = scanned(world)
    assert found.keys() == set(names)
    assert {item["class"] for addresses in found.values() for item in addresses} == {"rewritten"}


@pytest.mark.skipif(os.name == "nt", reason="symlinks need rights on Windows")
def test_a_note_behind_a_symbolic_link_is_told(world: World) -> None:
    url = world.replica.add_article(article("第一篇"))
    outside = world.root / "outside.md"
    outside.write_text(f"[x]({url})")
    note = world.note("a.md", f"[x]({url})")
    (world.notes / "same.md").symlink_to(note)
    (world.notes / "b.md").symlink_to(outside)
    assert [line for line in attention(world.sync()) if "symbolic link" in line and line.startswith("b.md: ")]
    assert outside.read_text() == f"[x]({url})"
    assert fates(world) == [("rewritten", "")]


def test_addresses_inside_others_are_links_like_any(world: World) -> None:
    url = world.replica.add_article(article("第一篇"))
    image, other = an_image("a").url, an_image("b").url
    text = "\n".join(
        [
            f"[a](https://web.archive.org/web/20200101000000/{url})",
            f"[b](https://link.zhihu.com/?target={quote(url, safe='')})",
            f"[d]({url.removeprefix('https:')})",
            f"![e](https://images.weserv.nl/?url={image})",
            f"![f](https://images.weserv.nl/?url={quote(other, safe='')}&w=300)",
        ]
    )
    note = world.note("a.md", text)
    summary = world.sync()
    assert (summary.exit_code, summary.articles["new"], summary.images["new"]) == (0, 1, 2)
    assert fates(world) == [("rewritten", "")] * 5
    assert all("archive/" in link for link in destinations(note))
    world.replica.clear_requests()
    world.sync()
    assert world.replica.requests == []
    world.cli("restore")
    assert note.read_text("utf-8") == text


def test_what_a_link_only_names_is_matched_and_never_asked_for(world: World) -> None:
    made = article("第一篇")
    url = world.replica.add_article(made)
    note = world.note("a.md", "[x](https://freewechat.com/a/MzA3MDM3NjE5NQ==/2650000001/1)")
    summary = world.sync()
    assert (summary.exit_code, world.replica.requests) == (0, [])
    assert [line for line in attention(summary) if line.startswith("a.md:1: ") and "only WeChat's own link" in line]
    world.note("b.md", f"[x]({url})")
    world.sync()
    (record,) = world.articles()
    name = f"https://freewechat.com/a/{record['biz']}/{record['mid']}/{record['idx']}"
    note.write_text(f"[x]({name})")
    world.replica.clear_requests()
    assert not [line for line in attention(world.sync()) if "freewechat" in line]
    assert world.replica.requests == []
    assert "archive/articles/" in destinations(note)[0]


def test_what_nobody_can_take_apart_is_reported(world: World) -> None:
    address = "https://weixin.sogou.com/link?url=dn9a_-gY295K0Rci_xozVXfdMkSQTLW6cwJThYulHEtVjXrGTiVgS"
    world.note("a.md", f"在 weixin.sogou.com 上\n\n[x]({address}) `{address}`")
    (line,) = attention(world.sync())
    assert line.startswith(f"a.md:3: {address}: refused: a result of Sogou's search")
    assert world.replica.requests == []
    assert fates(world) == [
        ("no-article-or-image", "host-alone"),
        ("no-article-or-image", "other-page"),
        ("in-code-or-comment", "code"),
    ]
    assert world.sync().exit_code == 0


def test_the_advice_to_mirror_an_image_proxy_leads_to_the_image(world: World) -> None:
    address = "https://images.weserv.nl/?url=x.example/a.png"
    note = world.note("a.md", f"![x]({address})")
    world.sync()
    assert world.replica.requests == []
    (host,) = re.findall(r"images? of (\S+): add it to \[images\] mirror_hosts", world.cli("repair").stdout)
    world.configure(images={"mirror_hosts": [host]})
    world.sync()
    assert [request.url for request in world.replica.requests] == [address]
    assert "archive/images/" in destinations(note)[0]


FRONT = {
    "yaml": '---\ntitle: "一篇"  # 注\nsource: "{}"\ntags:\n  - a\n---\n正文 [x]({})\n',
    "yaml with crlf": "---\r\nsource: {}\r\nabout: |\r\n  甲\r\n\r\n  乙\r\n---\r\n[x]({})\r\n",
    "toml": '+++\nurl = "{}"\n[extra]\na = 1\n+++\n\n[x]({})\n',
    "with a mark": "\ufeff---\nlinks:\n  - {}\n...\n[x]({})",
    "gb18030": "---\n来源: {}\n---\n[x]({})\n",
}


@pytest.mark.parametrize("kind", FRONT)
def test_a_key_is_added_to_front_matter_and_taken_away_again(world: World, kind: str) -> None:
    world.configure(rewrite={"front_matter": "add"})
    url = world.replica.add_article(article("第一篇"))
    before = FRONT[kind].format(url, url).encode("gb18030" if kind == "gb18030" else "utf-8")
    note = world.note("a.md", before)
    world.sync()
    after = note.read_bytes()
    added = set(after.splitlines()) - set(before.splitlines())
    (line,) = (line for line in added if line.startswith(b"archived_copy"))
    way = unquote(line.split(b'"')[1].decode())
    assert (note.parent / way).is_file()
    assert after.replace(line + (b"\r\n" if b"\r\n" in before else b"\n"), b"").count(url.encode()) == 1
    text = after.decode("gb18030" if kind == "gb18030" else "utf-8-sig").replace("\r\n", "\n")
    inner = text.split("+++\n" if kind == "toml" else "---\n")[1].split("...\n")[0]
    assert (tomllib.loads(inner) if kind == "toml" else yaml.safe_load(inner))["archived_copy"]
    assert fates(world) == [("rewritten", "")] * 2
    world.sync()
    assert note.read_bytes() == after
    note.write_bytes(after + b"more")
    world.cli("restore")
    assert note.read_bytes() == before + b"more"


@pytest.mark.parametrize(
    "front",
    ["archived_copy: mine\nsource: {}", "{{source: {}}}", "- {}", "source: https://x.example/"],
)
def test_front_matter_that_takes_no_key_stays(world: World, front: str) -> None:
    world.configure(rewrite={"front_matter": "add"})
    url = world.replica.add_article(article("第一篇"))
    text = f"---\n{front.format(url)}\n---\n"
    note = world.note("a.md", text)
    assert world.sync().exit_code == 0
    assert note.read_text("utf-8") == text
    assert world.articles() or "{}" not in front


def test_the_key_goes_with_the_configuration(world: World) -> None:
    url = world.replica.add_article(article("第一篇"))
    text = f"---\nsource: {url}\n---\n"
    note = world.note("a.md", text)
    world.configure(rewrite={"front_matter": "add"})
    world.sync()
    assert "archived_copy" in note.read_text("utf-8")
    world.configure(rewrite={"front_matter": "keep"})
    world.sync()
    assert note.read_text("utf-8") == text
