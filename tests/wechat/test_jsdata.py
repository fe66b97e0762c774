"""The page's data: literals of both dialects, decoding layers, chains, damage, hostile input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.wechat.jsdata import holds_assignments, read_cgi, read_globals, read_scripted
from archiver.wechat.jsstring import decode_string
from archiver.wechat.jsvalue import Reader, Value, member, text
from tests.work import LINEAR, growth


def value(source: str) -> Value:
    return Reader(source, 0).value()


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("'a'", "a"),
        ('"a\\"b\\\'c"', "a\"b'c"),
        (r"'\x3cp\x3e\x22\x26\x0a\u4e2d\u{1F600}\n\\'", '<p>"&\n中😀\n\\'),
        (r"'\ud83d\ude00'", "😀"),
        (r"'a\ud83db\u{de00}'", "a\ufffdb\ufffd"),  # halves of a pair, where a script has cut a text in two
        (r"'\u{d83d}\u{de00}'", "😀"),
        ("'0' * 1", 0),
        ("'1762747210' * 1", 1762747210),
        ("'0.92577159' * 1", 0.92577159),
        ("'' * 1", 0),
        ("'x' * 1", None),
        ("'' * 1 || 0", 0),
        ("'true' === 'true'", True),
        ("'' == 'true' ? true : false", False),
        ("'' !== 'false'", True),
        ("'' || '' || 'c' || 'd'", "c"),
        ("'a' && 'b'", "b"),
        ("xml ? getXmlValue('nick_name.DATA') : '小号'", "小号"),
        ("window.unknown || 'x'", "x"),
        ("-5", -5),
        ("0x1F", 31),
        (r"JsDecode('\x3cp\x3e')", "<p>"),
        (r"JsDecode('\\x3cp\\x3e\\x5c')", "<p>\\"),
        ('htmlDecode("A &amp; B<br/>C&nbsp;D")', "A & B\nC\xa0D"),
        ("'a &amp;amp; b'.html(false)", "a &amp; b"),
        ("'a &amp;amp; b'.html(false).html(false)", "a & b"),
        (r"""'a\nb'.replace(/\r/g, '').replace(/["'(]/g, "<br>")""", "a\nb"),
        ("[ 'a', { b: 'c', }, ].slice(0, 20)", ["a", {"b": "c"}]),
        ("{ a: '1' * 1, 'b-c': [ ], d: { }, 5: true, }", {"a": 1, "b-c": [], "d": {}, "5": True}),
        ("{ a: function () { return '}' }, b: 'x' }", {"a": None, "b": "x"}),
        ("{ a: b ? c : d + e, f: new Date(), g: 'y' }", {"a": None, "f": None, "g": "y"}),
        ("{ a: '1', ...rest, b: '2' }", {"a": "1", "b": "2"}),
        ("(function () {})()", None),
        ("1e999", None),
    ],
)
def test_values(source: str, meant: Value) -> None:
    assert value(source) == meant


def test_the_first_of_repeated_keys_wins() -> None:
    assert value("{ share_cover: { a: '1' }, share_cover: { a: '2' } }") == {"share_cover": {"a": "1"}}


def test_damage_costs_what_is_damaged() -> None:
    script = "cgiDataNew = { title: 'ok', desc: JsDecode('a' 'b'), mid: '7' * 1, list: [ 'a', @, 'b' ], sn: 'x', cut: '"
    data = read_cgi([script])
    assert (data["title"], data["mid"], data["sn"]) == ("ok", 7, "x")


def test_cgi_is_found_among_scripts_that_only_use_it() -> None:
    scripts = [
        "var a = window.cgiDataNew = {};",
        "if (window.cgiDataNew) go();",
        "window.cgiDataNew = {\n title: 'a',\n};",
    ]
    assert read_cgi(scripts) == {"title": "a"}
    assert read_cgi(["nothing"]) == {}


def test_globals_and_members() -> None:
    script = """
      var biz = "" || "MzA=="; var sn = '' || '';
      window.mid = '' || '5'; _g.idx = "1" || "";
      d.title = "一"; var title = "a local"; window.name = "号"; cgiData.nick_name = 'n';
      data.mid = "not this"; x.biz = "nor this";
      // var nickname = "commented out is read only if nothing else is";
      var ct = "1";  var ct = "2";
    """
    found = read_globals([script])
    assert found["biz"] == "MzA=="
    assert not found["sn"]
    assert (found["mid"], found["idx"], found["d.title"], found["name"]) == ("5", "1", "一", "号")
    assert (found["d.nick_name"], found["ct"]) == ("n", "1")
    assert "title" not in found


def test_strings_that_quote_scripts_assign_nothing() -> None:
    quoted = """var msg_desc = htmlDecode("教程; var msg_title = 'wrong'; "); var msg_title = "right";"""
    assert read_globals([quoted])["msg_title"] == "right"
    cgi = """window.cgiDataNew = { content_noencode: '; var msg_title = "wrong"; ' };"""
    assert "msg_title" not in read_globals([cgi])


def test_written_text() -> None:
    assert read_scripted(["x", 'document.write("一句话".replace(/\\n/g,"<br>"))']) == "一句话"
    assert read_scripted(["document.write(x)"]) == ""


def test_scripts_without_data_are_told_apart() -> None:
    assert holds_assignments('var msg_title = "x";')
    assert not holds_assignments("function f(a) { return a.msg_title == 1 }")


def test_text_and_member() -> None:
    assert [text(5), text(2.5), text(True), text([]), text(float("inf"))] == ["5", "2.5", "", "", ""]
    assert member({"a": {"b": 1}}, "a", "b") == 1
    assert member({"a": [1]}, "a", "b") is None
    assert member(None, "a") is None


def read_hostile(hostile: str) -> None:
    value(hostile)
    read_cgi(["cgiDataNew = {a: " + hostile])
    read_globals(["var biz = " + hostile])


@pytest.mark.parametrize(
    ("before", "piece", "after"),
    [
        ("", "[", ""),
        ("", "{a:", ""),
        ("", "(", ""),
        ("", "!", ""),
        ("", "JsDecode(", ""),
        ("", "a ? ", ""),
        ("'", "\\\\", "\\"),
        ("{", "a:'b',", ""),
        ("[", "/[", ""),
        ("'x'", ".replace(/", ""),
        ("", "9", " * '" + "9" * 400 + "'"),
        ("", "// a", ""),
    ],
)
def test_hostile_input_is_read_in_linear_time(before: str, piece: str, after: str) -> None:
    read_hostile(before + piece * 50_000 + after)
    assert growth(lambda count: read_hostile(before + piece * count + after), 500) < LINEAR


@given(st.text(alphabet="{}[]()'\"\\:,;|&?=*+-./ \nax0é", max_size=80))
def test_nothing_raises(source: str) -> None:
    value(source)
    read_cgi(["cgiDataNew = {a: " + source])
    read_globals(["var biz = " + source])


@given(st.text())
def test_escaped_strings_come_back(meant: str) -> None:
    escaped = "".join(
        f"\\x{ord(c):02x}" if c in "'\"\\&<>\n\r" else f"\\u{ord(c):04x}" if 0x7F < ord(c) < 0x10000 else c
        for c in meant
    )
    assert decode_string(f"'{escaped}'") == meant
