"""The search of the static site, in Chromium, from disk: it finds what looking everywhere finds, in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from archiver.folding import fold, fold_lines, fold_map
from archiver.models import Loss
from archiver.reader.query import parse_query
from archiver.reader.search import search
from archiver.reader.search_index import short_letters
from tests.reader.library import Library, oracle, queries, random_articles
from tests.reader.sizes import index_size, text_size
from tests.reader.watching import Open

SAMPLES = [
    "ＣＶＰＲ　２０２２ ｶﾞ Ⅳ ﬁne e\u0301 ΟΔΟΣ Σς ßẞ İı \u00a0x\ufeffy 😀 ㎏①",
    "a\u0301\u0327b  c\t\nd\u3000e",
    "\U0010fe2b+\x00-",
    "注意\u200b力\u00ad机\u2060制\ufe0f \ufeff \u3164x\U000e0001",
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    made = Library(tmp_path_factory.mktemp("library"))
    articles = list(random_articles(60, seed=4, paragraphs=5, days=200))
    notes = {f"{n}.md": f"[x]({one.url}) {':star:' * (n % 4)}\n" for n, one in enumerate(articles[:20])}
    articles[5] = replace(articles[5], losses=[Loss("video", "没有地址")])
    articles[6] = replace(articles[6], paragraphs=("看不\u200b见的\u00ad字符", *articles[6].paragraphs[1:]))
    made.add(articles, notes)
    return made


@pytest.fixture(scope="module")
def page(library: Library, watch: Open) -> Iterator[Page]:
    """The search page, opened once: what it has loaded it keeps, as for a person who searches on."""
    with watch() as watched:
        watched.page.goto((library.archive / "site/search.html").as_uri())
        watched.page.wait_for_function("() => files.has('index') && !!window.archiverSearch")
        yield watched.page
        watched.assert_calm("file:")


def found(page: Page, text: str) -> list[str]:
    folders: list[str] = page.evaluate("text => archiverSearch(text)", text)
    return folders


def by_server(library: Library, text: str) -> list[str]:
    with library.open() as archive:
        return [hit.item.folder for hit in search(archive.catalogue, parse_query(text), 10_000).hits]


@pytest.mark.parametrize("length", [1, 2, 4, *(pytest.param(n, marks=pytest.mark.slow) for n in (3, 5, 6))])
def test_recall_and_precision_are_one(library: Library, page: Page, length: int) -> None:
    folders = library.folders()
    for term in queries(library, length, 8, seed=5):
        expected = {folders[title] for title in oracle(library, term)}
        assert set(found(page, f'"{term}"')) == expected, term


@pytest.mark.parametrize(
    "text",
    [
        "account:公众号1",
        "transformer account:号2",
        "cvpr before:2026-09",
        "stars:2",
        "note:1 c++",
        "is:partial",
        "after:2026-10-01",
    ],
)
def test_same_answers_in_the_same_order_as_the_server(library: Library, page: Page, text: str) -> None:
    assert found(page, text) == by_server(library, text) != []
    for term in queries(library, 2, 3, seed=len(text)):
        assert found(page, term) == by_server(library, term)


def test_words_that_hold_characters_that_show_nothing(library: Library, page: Page) -> None:
    assert len(found(page, "看不见的字符")) == 1
    assert found(page, "看不见\u2060的字符") == found(page, "看不见的字符")


def test_python_and_javascript_agree(library: Library, page: Page) -> None:
    for text in [*SAMPLES, *(line for made in library.made[:20] for line in (made.title, *made.paragraphs))]:
        assert page.evaluate("text => fold(text)", text) == fold(text)
        assert page.evaluate("lines => foldLines(lines)", text.split("\n")) == fold_lines(text)
        folded, places = fold_map(text)
        if text.isascii() or all(ord(letter) < 0x10000 for letter in text):  # JavaScript counts in UTF-16
            assert page.evaluate("text => foldMap(text)", text) == [folded, places or None]
    for text in (
        'a "b c" “d”',
        "account:甲 after:2022-03 x",
        'note:"a b" is:partial',
        "Is:x http://a",
        '"',
        "account：甲 foo:b",
    ):
        query = page.evaluate("text => parse(text)", text)
        assert query["terms"] == list(parse_query(text.replace("Is:x", "")).terms)


def test_short_letters_become_what_they_were(page: Page) -> None:
    for text in (*SAMPLES, "".join(map(chr, short_letters())), "😀的" * 9000, ""):
        assert page.evaluate("text => plainText(text)", text.translate(short_letters())) == text


def test_the_page_shows_results_as_they_come(library: Library, page: Page) -> None:
    term = "transformer"
    expected = by_server(library, term)
    assert len(expected) > 25
    page.goto((library.archive / "index.html").as_uri())
    page.fill("input[name=q]", term)
    page.press("input[name=q]", "Enter")
    page.wait_for_selector("#more:not([hidden])")
    assert page.locator("#results li").count() == 20
    assert page.locator("#results mark").first.inner_text().lower() == term
    while page.locator("#more").is_visible():
        page.click("#more")
        page.wait_for_function("() => !/继续/.test(document.querySelector('#state').textContent)")
    links = page.locator("#results .name a")
    hrefs = [links.nth(n).evaluate("link => link.href") for n in range(links.count())]
    assert hrefs == [(library.archive / folder / "index.html").as_uri() for folder in expected]
    assert page.inner_text("#state") == f"共 {len(expected)} 篇"


def test_nothing_found_and_wrong_words(library: Library, page: Page) -> None:
    for text, says in (("没有这样的字句", "没有找到"), ("after:x", "after:"), ("is:x", "is:")):
        page.goto((library.archive / "site/search.html").as_uri() + "?q=" + text)
        page.wait_for_function("says => document.querySelector('#state').textContent.includes(says)", arg=says)
        assert page.locator("#results .name a").count() == 0


def test_the_index_is_not_much_larger_than_the_text(tmp_path: Path) -> None:
    """Not even here, where any letter may follow any other; benchmarks/search.py measures it for real Chinese."""
    library = Library(tmp_path)
    library.add(random_articles(40, seed=9, paragraphs=20, days=100))
    assert index_size(library) <= 1.75 * text_size(library)


def test_few_files_are_opened_for_a_search(library: Library, watch: Open) -> None:
    """The page holds its scripts and styles, and what every search needs comes with it. Of a long word two pairs are
    looked up, each in one file of a segment; names are among the grams."""
    terms = [queries(library, length, 1, seed=8)[0] for length in (2, 6)]
    for term in terms:
        with watch() as watched:
            watched.page.goto((library.archive / "site/search.html").as_uri() + f"?q={quote(term)}")
            watched.page.wait_for_selector("#results li")
            opened = [url.rpartition("/search/")[2] for url in watched.requests if "/search/" in url]
            others = [url.partition("?")[0] for url in watched.requests if "/search/" not in url]
            assert [url.rpartition("/")[2] for url in others] == ["search.html"]
            segments = watched.page.evaluate("files.get('index').segments.length")
            assert opened[0] == "index.js", "before any other"
            assert len([name for name in opened[1:] if not name.startswith("2")]) <= segments * (
                1 if len(term) == 2 else 2
            )
            written = watched.page.evaluate("Array.from(document.scripts, (one) => one.src).filter(Boolean)")
            assert len(written) == len(set(written))


def test_of_a_long_word_the_rarest_pairs_are_looked_up(library: Library, watch: Open) -> None:
    """Each file of grams is opened only if it has to be: two pairs leave few texts, and those are read."""
    with watch() as watched:
        watched.page.goto((library.archive / "site/search.html").as_uri())
        watched.page.wait_for_function("() => files.has('index') && !!window.archiverSearch")
        look = """async (term) => {
          const asked = [], before = fileOf;
          fileOf = async (segment, gram) => { asked.push(gram); return before(segment, gram); };
          try { await holding(files.get("index").segments, term); } finally { fileOf = before; }
          return [...new Set(asked)];
        }"""
        assert set(watched.page.evaluate(look, "的一是鼍鼐的一")) == {"鼍鼐", "是鼍"}
        assert watched.page.evaluate(look, "的") == ["的"]
        assert set(watched.page.evaluate(look, "鼍鼐")) == {"鼍鼐"}


def test_no_text_is_read_that_holds_no_hit(library: Library, watch: Open) -> None:
    """Grams tell exactly where words of one or two characters are; of longer ones few texts are read in vain."""
    with watch() as watched:
        watched.page.goto((library.archive / "site/search.html").as_uri())
        watched.page.wait_for_function("() => files.has('index') && !!window.archiverSearch")
        for length, most_in_vain in ((1, 0), (2, 0), (4, 3)):
            for term in queries(library, length, 3, seed=8):
                watched.page.evaluate("() => { loading.clear(); }")
                watched.requests.clear()
                hits = found(watched.page, f'"{term}"')
                read = [url.rpartition("/")[2] for url in watched.requests if "/search/2" in url]
                ids = [folder.rpartition("-")[2] for folder in hits]
                texts = [(library.archive / "site/search" / name).read_text("utf-8") for name in read]
                assert sum(not any(article in text for article in ids) for text in texts) <= most_in_vain
                assert len(read) == len(set(read))


def test_what_a_file_holds_is_found_in_few_steps(page: Page) -> None:
    """A file by halves of the list of files, a number by pieces of bits, a folded letter by what it was before."""
    halves = """() => {
      const cuts = Array.from({ length: 1000 }, (_, n) => [String.fromCodePoint(0x4e00 + 3 * n), ""]), other = before;
      let steps = 0;
      before = (...both) => { steps += 1; return other(...both); };
      const number = (code) => fileNumber(cuts, String.fromCodePoint(code));
      try { return [[0x4dff, 0x4e00, 0x4e01, 0x4e03, 0x9fff].map(number), steps]; } finally { before = other; }
    }"""
    numbers, steps = page.evaluate(halves)
    assert numbers == [0, 1, 1, 2, 1000]
    assert steps <= 5 * 10
    bits = """() => {
      const { bit } = Bits.prototype;
      let alone = 0;
      Bits.prototype.bit = function () { alone += 1; return bit.call(this); };
      try { return [new Bits('!"!"!"', 0).number(26), alone]; } finally { Bits.prototype.bit = bit; }
    }"""
    assert page.evaluate(bits) == [(1 << 13) + 1, 0]
    folding = """() => {
      const other = fold;
      let folded = 0;
      fold = (text) => { folded += 1; return other(text); };
      try { foldMap("ＡＢ，".repeat(500)); return folded; } finally { fold = other; }
    }"""
    assert page.evaluate(folding) <= 3 + 1


def test_of_a_batch_only_what_is_shown_is_taken_apart(library: Library, watch: Open) -> None:
    """An article's row and its text: the others stay as they are in their comment."""
    counting = """{
      window.parsed = 0;
      const { parse } = JSON;
      JSON.parse = (text) => { if (/^["[]/.test(text)) window.parsed += text.length; return parse(text); };
    }"""
    terms = [term for term in queries(library, 6, 20, seed=3) if len(oracle(library, term)) == 1]
    shares = []
    for term in terms[:3]:
        with watch() as watched:
            watched.page.add_init_script(counting)
            watched.page.goto((library.archive / "site/search.html").as_uri() + f"?q={quote(term)}")
            watched.page.wait_for_selector("#results li")
            read = [url.rpartition("/")[2] for url in watched.requests if "/search/2" in url]
            batches = [(library.archive / "site/search" / name).read_text("utf-8").split("\n") for name in read]
            most = sum(max(map(len, batch[::2])) + max(map(len, batch[1::2])) for batch in batches)
            parsed = watched.page.evaluate("parsed")
            assert 0 < parsed <= most
            shares.append(parsed / sum(len(line) for batch in batches for line in batch))
    assert min(shares) < 0.5


def test_the_first_search_begins_before_the_page_is_there(library: Library, watch: Open) -> None:
    """Its files are on their way when the part of the page that shows them is run; they are looked up once."""
    (term,) = queries(library, 2, 1, seed=8)
    seen = """
      window.opened_ = [];
      const begun = () => { window.begun = Boolean(opened && opened.query.candidates); };
      Object.defineProperty(window, "archiverSearch", { set: begun });
      new MutationObserver((all) => all.forEach((one) => one.addedNodes.forEach((node) => {
        if (node.tagName === "SCRIPT" && node.src) opened_.push(node.src.split("/").pop());
        if (node.tagName === "BODY") opened_.push("body");
      }))).observe(document, { subtree: true, childList: true });
    """
    with watch() as watched:
        watched.page.add_init_script(seen)
        watched.page.goto((library.archive / "site/search.html").as_uri() + f"?q={quote(term)}")
        watched.page.wait_for_selector("#results li")
        opened = watched.page.evaluate("opened_")
        assert opened.index("index.js") < opened.index("body")
        assert len(opened) == len(set(opened))
        assert watched.page.evaluate("begun")
        assert watched.page.evaluate("opened") is None
