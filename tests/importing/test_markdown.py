"""The ways in which programs and people say in Markdown which article it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.importing.contents import pages_in
from archiver.importing.found import SavedPage
from archiver.models import Article
from archiver.wechat.page import read_page
from tests.importing.saved import IMAGES, ONE, URL


def article(path: Path) -> Article:
    (page,) = pages_in(path)
    assert isinstance(page, SavedPage)
    found = read_page(page.body, page.url)
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(
    "head",
    [
        f"---\ntitle: 题\nsource: {URL}\nauthor: 林深\nnickname: 号\ndate: 2024-05-06 07:08\n---\n",
        f'---\ntitle: "题"\nurl: "{URL}"\naccount: 号\nauthor: 林深\npublish_time: 2024年5月6日 07:08\n---\n\n# 题\n',
        f'+++\ntitle = "题"\nlink = "{URL}"\naccount = "号"\nauthor = "林深"\ndate = 2024-05-06T07:08:09+08:00\n+++\n',
        f"---\n标题: 题\n公众号: 号\n作者: 林深\n发布时间: 2024-5-6 07:08\n原文链接: {URL}\n---\n",
        f"# 题\n\n> 公众号: 号 | 作者: 林深 | 发布时间: 2024-05-06 07:08 | 原文链接: {URL}\n\n---\n\n",
        f"# 题\n\n> 公众号名称：号\n> 作者名称：林深\n> 发布时间：2024-05-06 07:08\n> 原文地址：[{URL}]({URL})\n\n",
        f"# 题\n\n- **公众号**: 号\n- **作者**: 林深\n- **发布时间**: 2024/05/06 07:08\n- **原文链接**: <{URL}>\n\n",
        f"Title: 题\n\nURL Source: {URL}\n\nAccount: 号\nAuthor: 林深\nDate: 2024-05-06 07:08\n\nMarkdown Content:\n",
    ],
)
def test_first_lines_and_front_matter(tmp_path: Path, head: str) -> None:
    path = tmp_path / "name.md"
    path.write_text(f"{head}正文，见 [链接](https://example.org)。\n\n## 节\n\n作者: 不是这一位\n", "utf-8")
    found = article(path)
    assert (found.url, found.title, found.account, found.author) == (URL, "题", "号", "林深")
    assert str(found.published_at) == "2024-05-05 23:08:00+00:00"
    assert "".join(found.body.split()).startswith('<p>正文，见<ahref="https://example.org">链接</a>。</p>')
    assert "不是这一位" in found.body


def test_only_a_link_and_a_name(tmp_path: Path) -> None:
    path = tmp_path / "名字.md"
    path.write_text(
        f"[原文地址]({URL})\n\n正文 https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBBBB 里的链接。\n", "utf-8"
    )
    found = article(path)
    assert (found.url, found.title) == (URL, "名字")
    assert "原文地址" not in found.body
    assert "BBBB" in found.body


def test_a_sentence_with_a_link_is_text(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    long = "这是一段正文，它很长很长，提到了一篇别的文章，并且没有任何说明自己是从哪里来的意思，还在继续写下去"
    path.write_text(f"{long}：{URL}\n", "utf-8")
    (page,) = pages_in(path)
    assert isinstance(page, SavedPage)
    assert page.url == ""
    assert long in page.body.decode()


def test_images_of_a_vault(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    (vault / "notes").mkdir(parents=True)
    (vault / "attachments").mkdir()
    (vault / "attachments" / "图 1.png").write_bytes(IMAGES[ONE.url])
    (vault / "notes" / "a.md").write_text(
        f"---\nsource: {URL}\n---\n![[图 1.png|300]]\n\n![](../attachments/%E5%9B%BE%201.png)\n"
        f"\n<img src='../attachments/图 1.png' width=30>\n\n![]({ONE.url})\n",
        "utf-8",
    )
    (page,) = pages_in(vault)
    assert isinstance(page, SavedPage)
    found = read_page(page.body, page.url)
    assert isinstance(found, Article)
    assert found.images[0].url.startswith("https://archiver.invalid/images/")
    assert len(found.images) == 2
    assert list(page.images) == [found.images[0].key]
