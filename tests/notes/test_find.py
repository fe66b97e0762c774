"""What is found, as what, and where."""

from __future__ import annotations

import pytest

from archiver.models import Form, Link, Role
from archiver.notes.find import Problem, find, find_links
from archiver.notes.text import may_hold

U = "https://mp.weixin.qq.com/s/Example-Token-00000001"
V = "https://mp.weixin.qq.com/s/Example-Token-00000002"
I = "https://mmbiz.qpic.cn/mmbiz_png/PictureOne/640?wx_fmt=png"  # noqa: E741


def _only(text: str) -> Link:
    (link,) = find_links(text.encode())
    return link


@pytest.mark.parametrize(
    ("text", "form", "role", "written", "whole"),
    [
        (f"x [a]({U}) y", Form.INLINE, Role.LINK, U, f"[a]({U})"),
        (f"x ![a](<{I}> 't') y", Form.INLINE, Role.IMAGE, I, f"![a](<{I}> 't')"),
        (f"x <{U}> y", Form.AUTOLINK, Role.LINK, f"<{U}>", f"<{U}>"),
        (f"见{U}。", Form.BARE, Role.LINK, U, U),
        (f"![x]\n\n[x]: {I}\n", Form.REFERENCE, Role.IMAGE, I, f"[x]: {I}"),
        (f"[x][]\n\n[X]: <{U}>", Form.REFERENCE, Role.LINK, U, f"[X]: <{U}>"),
        (f"a <img src={U} alt=''> b", Form.HTML, Role.IMAGE, U, f"<img src={U} alt=''>"),
        (f"<p><img src={I} alt=''> b", Form.HTML, Role.IMAGE, I, f"<img src={I} alt=''>"),
        (f"a <a href='{U}'>*t*</a> b", Form.HTML, Role.LINK, U, f"<a href='{U}'>*t*</a>"),
        (f'<video controls src="{U}">\n</video>', Form.HTML, Role.VIDEO, U, f'<video controls src="{U}">'),
        (f'<p>\n<source src="{U}">', Form.HTML, Role.VIDEO, U, f'<source src="{U}">'),
    ],
)
def test_form_role_and_spans(text: str, form: Form, role: Role, written: str, whole: str) -> None:
    data = text.encode()
    link = _only(text)
    assert (link.form, link.role) == (form, role)
    assert data[link.span.start : link.span.end].decode() == written
    assert link.whole is not None
    assert data[link.whole.start : link.whole.end].decode() == whole


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (r"[a](https://x.example/?a\_b&amp;c\&d&#38;e&timestamp=1)", "https://x.example/?a_b&c&d&e&timestamp=1"),
        ("<img src='https://x.example/?a&amp;b&#x26;c&timestamp=1&copy;'>", "https://x.example/?a&b&c&timestamp=1©"),
        ("<img src='https://x.example/?a&copy=1&lt;'>", "https://x.example/?a&copy=1<"),
        (r"https://x.example/?a\_b&amp;c\&d&timestamp=1 x", "https://x.example/?a_b&c&d&timestamp=1"),
        (r"<https://x.example/a\_b>", r"https://x.example/a\_b"),
        ("https://x.example/a_(b).", "https://x.example/a_(b)"),
        ("(https://x.example/a)", "https://x.example/a"),
        ("https://x.example/a?b=c?!.,:*~", "https://x.example/a?b=c"),
        ("https://x.example/a&amp;", "https://x.example/a"),
        ("https://x.example/a;", "https://x.example/a"),
        ("https://x.example/a'b", "https://x.example/a"),
        ("https://x.example/token_", "https://x.example/token_"),
        ("**https://x.example/a**", "https://x.example/a"),
        ("~https://x.example/a~", "https://x.example/a"),
        ("~~https://x.example/a~~", "https://x.example/a"),
        ("__https://x.example/a__", "https://x.example/a"),
        ("___https://x.example/a___", "https://x.example/a"),
        ("HTTPS://X.example/a", "HTTPS://X.example/a"),
        ("[a](https://x.example/a(b)c)", "https://x.example/a(b)c"),
        ("[a](<https://x.example/a b>)", "https://x.example/a b"),
        ("| a |\n|---|\n| [b](https://x.example/a\\|b) |", "https://x.example/a|b"),
        ("> [a](\n> https://x.example/a 't')", "https://x.example/a"),
    ],
)  # fmt: skip
def test_url_is_what_a_reader_would_follow(text: str, url: str) -> None:
    assert _only(text).url == url


@pytest.mark.parametrize(
    "text",
    [
        "ftp://x.example/a", "[a](images/x.png)", "<mailto:a@x.example>", "https://", "http:// x",
        "[a][b]", f"<img alt={U}>", f"<p><img src=\"{U}", "[a]: <>", f"\\[a\\]: `{U}`",
    ],
)  # fmt: skip
def test_what_is_no_http_link_is_not_found(text: str) -> None:
    found = find(text.encode())
    assert (found.links, found.problems, found.uses) == ((), (), {})


def test_same_url_in_text_and_destination_is_the_destination() -> None:
    text = f"[{U}]({U} '{U}') `{U}`"
    assert _only(text).span.start == text.index("](") + 2


def test_image_in_link_gives_both_in_file_order() -> None:
    image, link = find_links(f"[![alt]({I})]({U})".encode())
    assert (image.url, image.role, link.url, link.role) == (I, Role.IMAGE, U, Role.LINK)


def test_definition_is_an_image_if_an_image_uses_it_and_its_uses_are_known() -> None:
    found = find(f"[x] ![x] [y][X]\n\n[x]: {I}\n".encode())
    (link,) = found.links
    assert link.role is Role.IMAGE
    assert [(use.start, use.end) for use in found.uses[link.span]] == [(0, 3), (9, 15)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_counts_every_kind_of_line_end(end: str) -> None:
    text = end.join(["---", "title: a", "---", "", U, "", "```", "x", "```", f"a [b]({V})"])
    assert [link.line for link in find_links(b"\xef\xbb\xbf" + text.encode())] == [5, 10]


def test_every_also_gives_relative_destinations() -> None:
    text = b"[a](b.md) ![](<c d.png>) <img src=e.png> [f]\n\n[f]: #g\n"
    assert [link.url for link in find(text, every=True).links] == ["b.md", "c d.png", "e.png", "#g"]


@pytest.mark.parametrize(
    "text",
    [
        "a\n\nhttps://x.example/_a and b_",  # emphasis begins in the URL and ends behind it
        "a\n\n_https://x.example/a__-b_ x",  # emphasis ends where GitHub reads on
        "a\n\n__https://x.example/a__-b x",
        "a\n\n<img src='https://x.example/a\nb'>",
    ],
)
def test_url_without_certain_bounds_is_a_problem_and_no_link(text: str) -> None:
    found = find(text.encode())
    assert found.links == ()
    (problem,) = found.problems
    assert isinstance(problem, Problem)
    assert problem.line == 3
    assert problem.url.startswith("https://x.example/")


def test_underscores_of_two_urls_that_pair_leave_both_uncertain() -> None:
    found = find(b"https://x.example/?__biz=a and https://x.example/s/b__ c")
    assert found.links == ()
    assert [problem.url for problem in found.problems] == ["https://x.example/?__biz=a", "https://x.example/s/b__"]


def test_link_in_alternative_text_is_not_rendered() -> None:
    assert _only(f"![[t]({U})]({V})").url == V


@pytest.mark.parametrize(
    "block",
    [
        f"title: x\nsource: {U}",
        f"# from the web\n\ntitle: x\nsource: {U}",
        f"title:x\nsource:{U}",
        f"标题:x\n# 出处\nsource:{U}",
        f"- {U}\n- b",
        f"  - {U}\n  - b",
        f"-\n  url: {U}",
        f"tags:\n- a\n- {U}\nlink: '[x]({U})'",
        f"# {U}",
    ],
)
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_front_matter_of_any_shape_holds_no_links(block: str, bom: str, end: str) -> None:
    text = f"{bom}---\n{block}\n---\n\n[a]({V})\n".replace("\n", end)
    assert [link.url for link in find_links(text.encode())] == [V]


@pytest.mark.parametrize(
    "block",
    [
        f"\ntitle: x\n\n{U}\n",  # after a blank line it is none for GitHub
        f"# 标题\n\n见 {U}\n",
        f"{U}\n",
        f"- [x]({U})\n",
        f"- 甲\n- [x]({U})\n",
        f"- [ ] {U}\n",
        f"链接:[x]({U})\n",
        f"    \n  见 {U}\n",
    ],
)
def test_text_between_two_thematic_breaks_is_text(block: str) -> None:
    assert [link.url for link in find_links(f"---\n{block}\n---\n\n[a]({V})\n".encode())] == [U, V]


def test_short_comment_hides_nothing() -> None:
    assert _only(f"<p><!-->\n<a href='{U}'>x</a> --></p>").url == U


def test_markdown_inside_an_element_is_text_to_github_alone() -> None:
    assert _only(f"<div>\n<p></p>\n[a]({U})\n</div>").form is Form.INLINE
    assert _only(f"<div>\n<p></p></div>\n[a]({U})").url == U


def test_prefilter() -> None:
    assert may_hold(U.encode(), [b"qpic.cn", b"mp.weixin.qq.com"])
    assert not may_hold(b"https://x.example", [b"qpic.cn", b"mp.weixin.qq.com"])
    assert may_hold(f"中文{U}".encode("gb18030"), [b"mp.weixin.qq.com"])
    assert may_hold(U.encode("utf-16"), [b"mp.weixin.qq.com"])  # to be refused by name
