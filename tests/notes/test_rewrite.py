"""Modes, forms and paths of a rewrite; fixtures/ holds the dialects."""

from __future__ import annotations

import pytest

from archiver.models import Link
from archiver.notes.find import find_links
from archiver.notes.rewrite import ArticleMode, ImageMode, plan_edits
from archiver.notes.splice import splice

U = "https://mp.weixin.qq.com/s/Example-Token-00000001"
I = "https://mmbiz.qpic.cn/mmbiz_png/PictureOne/640?wx_fmt=png"  # noqa: E741


def _path(link: Link) -> str | None:
    return "归档/a.md" if link.url == U else "i/p.png"


def _rewrite(text: str, articles: ArticleMode, images: ImageMode = "replace", path: str | None = None) -> str:
    data = text.encode()
    edits = plan_edits(
        find_links(data), lambda link: path or _path(link), data=data, article_mode=articles, image_mode=images
    )
    return splice(data, edits).decode()


@pytest.mark.parametrize(
    ("text", "result"),
    [
        (f"[a]({U} 't')。", f"[a]({U} 't') ([archived](归档/a.md))。"),
        (f"<{U}>", f"<{U}> ([archived](归档/a.md))"),
        (f"（{U}）", f"（{U} ([archived](归档/a.md))）"),
        (f"<a\nhref='{U}'>b</a>c", f"<a\nhref='{U}'>b</a> (<a href=\"归档/a.md\">archived</a>)c"),
        (f"<a href='{U}'>b", f"<a href='{U}'>b"),
        (f"![]({I})", "![](i/p.png)"),
        (f"[![]({I})]({U})", f"[![](i/p.png)]({U}) ([archived](归档/a.md))"),
        (
            f"[a][r], [r][], [r] and again\n\n[r]: {U}\n",
            "[a][r]@, [r][]@, [r]@ and again\n\n[r]: {U}\n".replace("@", " ([archived](归档/a.md))").replace("{U}", U),
        ),
        (f"[r]: {U}", f"[r]: {U}"),
        (f"文**{U}**文", f"文**{U}**文"),
    ],
)
def test_append(text: str, result: str) -> None:
    assert _rewrite(text, "append") == result
    assert _rewrite(result, "append") == result


@pytest.mark.parametrize("text", [f"[a]({U})", f"<{U}>", f"<a href={U}>x</a>", f"[a][r]\n\n[r]: {U}"])
def test_appended_path_is_put_right_when_the_copy_moved(text: str) -> None:
    moved = _rewrite(_rewrite(text, "append"), "append", path="../归档/a.md")
    assert moved == _rewrite(text, "append", path="../归档/a.md")
    assert moved.count("archived") == 1


@pytest.mark.parametrize(
    "text",
    [
        f"x <img src={U}?wx_fmt=png width=10>",
        f'{{{{< figure src="{U}" >}}}}',
        f"{{: href={U}}}",
        f'<Card href={{"{U}"}} />',
        f"%%{U}%%",
        f"=={U}==",
        f"[a]({U} =200x)",
        f"www.{U}",
    ],
)
@pytest.mark.parametrize("mode", ["replace", "append"])
def test_a_url_in_the_markup_of_other_dialects_stays(text: str, mode: ArticleMode) -> None:
    assert _rewrite(text, mode) == text


def test_keep() -> None:
    text = f"[a]({U}) <{U}> ![]({I})"
    assert _rewrite(text, "keep", "keep") == text
    assert _rewrite(text, "keep") == f"[a]({U}) <{U}> ![](i/p.png)"
    assert _rewrite(text, "replace", "keep") == f"[a](归档/a.md) [{U}](归档/a.md) ![]({I})"


@pytest.mark.parametrize("text", [f"文**{U}**", f"**{U}**文", f"文_{U}_", f"文~~{U}~~ x"])
def test_bare_url_that_clings_to_emphasis_stays(text: str) -> None:
    assert _rewrite(text, "replace") == text


def test_link_without_copy_stays() -> None:
    data = f"[a]({U}) ![]({I})".encode()
    assert plan_edits(find_links(data), lambda _: None, data=data) == ()


@pytest.mark.parametrize("path", ["", "a b.md", "a(b).md", 'a"b.md', "a&b.md", "a\nb.md", "https://x.example/a"])
def test_path_that_needs_escaping_is_a_programming_error(path: str) -> None:
    data = f"[a]({U})".encode()
    with pytest.raises(ValueError, match="letters, digits"):
        plan_edits(find_links(data), lambda _: path, data=data)


def test_path_is_written_in_the_encoding_of_the_note() -> None:
    data = f"标题 {U}".encode("gb18030")
    edits = plan_edits(find_links(data), _path, data=data)
    assert splice(data, edits).decode("gb18030") == f"标题 [{U}](归档/a.md)"


def test_append_puts_nothing_into_what_looks_like_a_link() -> None:
    url = "https://mp.weixin.qq.com/s/Example-Token-00000001"
    data = f"[foo]({url} a link)\n\n[foo]: {url}\n".encode()
    assert plan_edits(find_links(data), lambda _: "a/x.md", data=data, article_mode="append") == ()
