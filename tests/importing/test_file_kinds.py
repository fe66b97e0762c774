"""Each kind of file becomes the article that it was saved from."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.dom.sheet import element, sheet_in
from archiver.fixity.verify import verify
from archiver.importing.html_file import of_another_form
from archiver.importing.mhtml import read_mhtml
from archiver.importing.taking import Outcome
from archiver.render.html import render_html
from tests.importing import saved
from tests.importing.importing import imported, only, outcomes, whys, without_losses
from tests.outputs import run
from tests.render.samples import IMAGES, MOMENT, RECORD, article
from tests.world import World

WITHOUT_COVER = {"complete", "single", "exported", "zip"}  # nothing in the page shows it, so it was not saved
NO_IDS = {"single", "mhtml", "exported", "zip", "markdown"}  # they stood in scripts


@pytest.mark.parametrize("kind", saved.SAVERS)
def test_a_saved_page_becomes_the_article_that_it_was(kind: str, live: World, target: World, tmp_path: Path) -> None:
    if kind == "warc":
        pytest.importorskip("warcio", reason="warcio is not installed: pip install '.[wacz]'")
    done = imported(target, saved.SAVERS[kind](tmp_path))
    assert (outcomes(done), whys(done)) == ([Outcome.NEW], [])
    record, text = only(target)
    want, live_text = only(live)
    shown = [image for image in record["images"] if "path" in image]
    assert [image["sha256"] for image in shown[:2]] == [image["sha256"] for image in want["images"][:2]]
    losses = [loss["what"] for loss in record["losses"]]
    if kind in WITHOUT_COVER:
        assert losses == ["image"]
        text = without_losses(text)
    else:
        assert losses == []
        assert record["status"] == "archived"
    assert text == live_text
    for name, share in record["coverage"].items():
        assert share["markdown"] == share["html"] == share["source"], name
    assert (record["mid"] == "") == (kind in NO_IDS)
    capture = record["capture"]
    assert (capture["engine"], capture["service"]) == ("import", "import")
    assert record["captured_at"] == capture["archived_at"]
    assert verify(target.config) == []


def test_an_export_comes_back_as_it_was(live: World, target: World, tmp_path: Path) -> None:
    pytest.importorskip("warcio", reason="warcio is not installed: pip install '.[wacz]'")
    assert live.cli("export", "wacz", "-o", str(tmp_path / "out.wacz")).returncode == 0
    done = imported(target, tmp_path / "out.wacz")
    assert (outcomes(done), whys(done)) == ([Outcome.NEW], [])
    record, text = only(target)
    want, live_text = only(live)
    assert text == live_text
    same = ("id", "title", "account", "author", "biz", "mid", "idx", "sn", "images", "coverage", "losses", "cover")
    assert {name: record[name] for name in same} == {name: want[name] for name in same}
    assert outcomes(imported(target, tmp_path / "out.wacz")) == [Outcome.KNOWN]


def test_markdown_that_was_exported_comes_back(live: World, target: World, tmp_path: Path) -> None:
    assert run(live.root, "export", "md", "-o", str(tmp_path / "out.zip")).code == 0
    done = imported(target, tmp_path / "out.zip")
    assert (outcomes(done), whys(done)) == ([Outcome.NEW], [])
    assert only(target)[1] == only(live)[1]


def test_a_page_of_ours_brings_its_styles_along() -> None:
    """There they are classes."""
    page = render_html(article('<p>甲<span style="font-weight: bold">乙</span></p>'), RECORD, IMAGES)
    assert '<span style="font-weight: bold">' not in page
    assert '<p>甲<span style="font-weight: bold">乙</span></p>' in of_another_form(page, "")[0]


def test_a_page_of_ours_that_a_browser_saved_as_mhtml_keeps_its_styles() -> None:
    """Chromium takes a sheet out of its page, writes it anew, and makes a part of it."""
    page = render_html(article('<p>甲<span style="font-weight: bold">乙</span></p>'), RECORD, IMAGES)
    sheet = sheet_in(page)
    assert sheet
    rewritten = '@charset "utf-8";\n\n' + sheet.replace("{", " { ").replace("}", "; }")
    parts = [("text/html", "file:///a/index.html", page.replace(element(sheet), "").encode())]
    parts.append(("text/css", "cid:css-1@mhtml.blink", rewritten.encode()))
    found = read_mhtml("a.mhtml", saved.message(parts), MOMENT)
    assert '<span style=" font-weight: bold; ">乙</span>' in found.body.decode()
    assert f'<meta name="author" content="{RECORD.author}">' in found.body.decode()
    assert found.url == RECORD.url
