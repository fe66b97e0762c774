"""Where front matter ends, in the forms of GitHub, Hexo, Hugo and Jekyll, and what only looks like some."""

from __future__ import annotations

import pytest

from archiver.notes.account import explain
from archiver.notes.find import find
from archiver.notes.metadata import front_matter_end
from archiver.notes.regions import Rule
from archiver.rewriting.left import named_in

U = "https://mp.weixin.qq.com/s/Example-Token-00000001"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "text",
    [
        f"---\ntitle: 题\nsource: {U}\n---\n",
        f"---\nsource: {U}\n...\n",
        f"-----\ntitle: 题\n---: x\nsource: {U}\n-----\n",
        f"+++\nsource = '{U}'\n+++\n",
        f'---toml\nsource = "{U}"\n---\n',
        f'--- json\n{{"source": "{U}"}}\n---\n',
        f'{{\n  "title": "题",\n  "more": {{"source": "{U}"}}\n}}\n',
        f';;;\n{{"source": "{U}"}}\n;;;\n',
        f';;;\n"title": "题",\n"source": "{U}"\n;;;\n',
        f'"title": "题",\n"source": "{U}"\n;;;\n',
        f"title: 题\ntags:\n  - a\n- b\nsource: {U}\n---\n",
        f"layout: post\nsource: {U}\n-----\n",
    ],
)
def test_front_matter_of_every_kind(text: str, end: str) -> None:
    note = f"{text}\n[x]({U})\n".replace("\n", end).encode()
    assert note[front_matter_end(note) :].decode() == f"\n[x]({U})\n".replace("\n", end)
    assert [item.rule for item in explain(find(note), named_in(note))] == [Rule.FRONT_MATTER, Rule.INLINE]


@pytest.mark.parametrize(
    "text",
    [
        f"出处: {U}\n---\n",  # a heading
        f"See: {U}\n---\n",
        f"title: [x]({U})\n---\n",
        f"title: 题\n\nsource: {U}\n---\n",
        f"title: 题\n{U}\n---\n",
        f'{{\n  "source": {U}\n}}\n',
        f'{{"source": "{U}"}}\n',
        f'"a" {U}\n;;;\n',
        f"----\n{U}\n----\n",
        "{" * 50_000 + f'\n"{U}"\n}}\n',
        "{}\n",
        "",
    ],
)
def test_what_only_looks_like_front_matter(text: str) -> None:
    assert front_matter_end(text.encode()) == 0
