"""What users may have otherwise: more keys in front matter, the text of links; and nothing else follows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from archiver.config import load_config
from archiver.errors import ConfigError
from archiver.fixity.verify import verify
from archiver.models.findings import Finding
from archiver.tasks.reparse import reparse_archive
from archiver.tasks.restore import restore_notes
from archiver.tasks.run import open_run
from tests.builders import an_image, titled
from tests.world import World, broken

TITLE = 'Python：[三十] 行*代码*，"找出" |<b>'
KEYS = ["date", "tags", "aliases", "stars", "notes", "digest"]


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("output", "front_matter", ["title"]),
        ("output", "front_matter", ["tags", "tags"]),
        ("rewrite", "link_text", "article"),
        ("rewrite", "link_text", "{titel}"),
        ("rewrite", "link_text", "{title}\n"),
        ("rewrite", "link_text", "{title} {"),
    ],
)
def test_what_nobody_can_mean_is_an_error(tmp_path: Path, section: str, key: str, value: object) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[{section}]\n{key} = {json.dumps(value)}\n", "utf-8")
    with pytest.raises(ConfigError, match=f"{section}.{key} must"):
        load_config(file)


def _front_matter(world: World) -> dict[str, object]:
    (folder,) = world.article_folders()
    text = (folder / "article.md").read_text("utf-8")
    found: dict[str, object] = yaml.safe_load(text.split("---\n")[1])
    return found


def _damage(world: World) -> list[Finding]:
    return [finding for finding in verify(world.config) if finding.damage]


def test_front_matter_says_more_and_follows_the_notes(world: World) -> None:
    url = world.replica.add_article(titled(TITLE, digest="摘要：“a” #tag"))
    world.note("日记/a.md", f"* [x]({url}) :star::star:\n")
    world.sync()
    usual = _front_matter(world)
    assert list(usual) == ["title", "account", "author", "published", "url"]
    world.configure(output={"front_matter": KEYS, "tags": ["微信", "to read"]})
    world.sync()
    more = _front_matter(world)
    assert more == usual | {
        "date": usual["published"],
        "tags": ["微信", "to read"],
        "aliases": [usual["title"]],
        "stars": 2,
        "notes": ["日记/a.md"],
        "digest": "摘要：“a” #tag",
    }
    assert _damage(world) == []
    tree = world.tree()
    world.sync()
    assert world.tree() == tree
    world.note("b.md", f"* [x]({url}) ⭐⭐⭐⭐\n")
    world.sync()
    assert _front_matter(world) == more | {"stars": 4, "notes": ["b.md", "日记/a.md"]}
    with open_run(world.config) as context:
        assert reparse_archive(context, lambda *_: None).changed == {}
    assert _front_matter(world)["stars"] == 4
    assert _damage(world) == []
    world.configure(output={"front_matter": [], "tags": []})
    world.sync()
    assert _front_matter(world) == usual
    assert _damage(world) == []


def test_the_text_of_a_link_for_a_bare_url(world: World) -> None:
    url = world.replica.add_article(titled(TITLE))
    image = an_image("shown").url
    before = f"* {url} :star:\n* <{url}>\n* [x]({url})\n* {image}\n".encode()
    note = world.note("a.md", before)
    old = world.note("big5.md", f"看：{url}\n".encode("gb18030"))
    world.configure(rewrite={"link_text": "{title}（{account}，{date}）"})
    world.sync()
    lines = note.read_text("utf-8").splitlines()
    words = 'Python：\\[三十\\] 行\\*代码\\*，"找出" \\|\\<b\\>（测试号，2026-01-01）'
    assert [line.partition("](")[0] for line in lines] == [f"* [{words}", f"* [{words}", "* [x", f"* [{image}"]
    assert b"[https://mp.weixin.qq.com/s/" in old.read_bytes()
    assert broken(note) == []
    tree = world.tree()
    world.sync()
    assert world.tree() == tree
    world.configure(rewrite={"link_text": "{url}"})
    world.sync()
    assert f"* [{url}](".encode() in note.read_bytes()
    world.configure(rewrite={"link_text": "存：{title}"})
    world.sync()
    assert "* [存：Python".encode() in note.read_bytes()
    with open_run(world.config) as context:
        restore_notes(context, [])
    assert note.read_bytes() == before


def test_a_title_that_is_a_url_is_no_text(world: World) -> None:
    url = world.replica.add_article(titled("https://evil.example/login"))
    note = world.note("a.md", f"{url}\n")
    world.configure(rewrite={"link_text": "{title}"})
    world.sync()
    assert note.read_text("utf-8").startswith(f"[{url}](")
