"""WACZ: valid for the programs of others, and replayed without any network."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from archiver.fetch.find_browser import find_browser
from tests.conditions import until
from tests.export.archive import ALL, ARTICLES
from tests.export.exporting import export, exported
from tests.reader.library import Library

warcio = pytest.importorskip("warcio.archiveiterator", reason="warcio is not installed: pip install '.[wacz]'")
pytest.importorskip("cdxj_indexer", reason="cdxj-indexer is not installed: pip install '.[wacz]'")


@pytest.fixture(scope="module")
def made(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wacz") / "out.wacz"
    assert export(library, "wacz", out).whole
    return out


def pages(path: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(path) as file:
        head, *lines = map(json.loads, file.read("pages/pages.jsonl").splitlines())
    assert head["format"] == "json-pages-1.0"
    return lines


def test_every_file_has_its_checksum(made: Path) -> None:
    with zipfile.ZipFile(made) as file:
        package = json.loads(file.read("datapackage.json"))
        for resource in package["resources"]:
            data = file.read(resource["path"])
            found = (f"sha256:{hashlib.sha256(data).hexdigest()}", len(data))
            assert found == (resource["hash"], resource["bytes"])
        digest = json.loads(file.read("datapackage-digest.json"))["hash"]
        assert digest == f"sha256:{hashlib.sha256(file.read('datapackage.json')).hexdigest()}"
        assert file.getinfo("archive/data.warc.gz").compress_type == zipfile.ZIP_STORED


def test_records_are_what_the_archive_has(library: Library, made: Path) -> None:
    with zipfile.ZipFile(made) as file, file.open("archive/data.warc.gz") as warc:
        records = {
            record.rec_headers["WARC-Target-URI"]: (record.rec_type, record.content_stream().read())
            for record in warcio.ArchiveIterator(warc, check_digests="raise")
        }
        index = gzip.decompress(file.read("indexes/index.cdx.gz")).decode().splitlines()
    assert {kind for kind, _ in records.values()} == {"resource"}
    assert {json.loads(line[line.index("{") :])["url"] for line in index} == records.keys()
    for image in ALL.images:
        stored = {hashlib.sha256(p.read_bytes()).hexdigest() for p in (library.archive / "images").rglob("*.*")}
        assert hashlib.sha256(records[image.url][1]).hexdigest() in stored
    folder = library.archive / library.folders()[ALL.title]
    assert records[ALL.url][1] == gzip.decompress((folder / "capture.html.gz").read_bytes())
    assert [page["title"] for page in pages(made)] == ["没有日期", "另一篇", ALL.title.replace("\x07", ""), "四月"]
    for page in pages(made):
        html = records[page["url"]][1].decode()
        assert 'src="../' not in html
        assert page["text"].split("\n")[-1] in html
    assert f'href="{pages(made)[1]["url"]}"' in records[pages(made)[2]["url"]][1].decode()


def test_the_same_bytes(library: Library, made: Path, tmp_path: Path) -> None:
    assert exported(library, "wacz", tmp_path) == made.read_bytes()


def program(name: str) -> str:
    """A program beside this Python, or on PATH."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: pipx install {'pywb' if 'wa' in name[:4] else name}")
    return found


@pytest.mark.slow
def test_validators_find_nothing_and_a_flipped_byte(made: Path, tmp_path: Path) -> None:
    wacz, check = program("wacz"), program("warcio")

    def said(*command: str | Path) -> tuple[bool, str]:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode == 0, done.stderr

    assert said(wacz, "validate", "-f", made)[0]
    with zipfile.ZipFile(made) as file:
        file.extractall(tmp_path)
    assert said(check, "check", tmp_path / "archive/data.warc.gz") == (True, "")
    shutil.copy(made, tmp_path / "flipped.wacz")
    for path in (tmp_path / "archive/data.warc.gz", tmp_path / "flipped.wacz"):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1  # in both files this is in the WARC
        path.write_bytes(data)
    assert not said(wacz, "validate", "-f", tmp_path / "flipped.wacz")[0]
    assert said(check, "check", tmp_path / "archive/data.warc.gz") != (True, "")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def is_open(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def replaying(made: Path, folder: Path) -> Iterator[str]:
    """pywb with that file; gives its address."""
    manage, serve = program("wb-manager"), program("wayback")
    subprocess.run([manage, "init", "all"], cwd=folder, check=True, capture_output=True)
    subprocess.run([manage, "add", "all", made, "--unpack-wacz"], cwd=folder, check=True, capture_output=True)
    (folder / "config.yaml").write_text("framed_replay: false\n")
    port = free_port()
    command = [serve, "-p", str(port), "-b", "127.0.0.1"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: is_open(port) or process.poll() is not None)
            yield f"http://127.0.0.1:{port}/all/"
        finally:
            process.kill()


@pytest.mark.slow
def test_pywb_replays_every_page_with_every_image(made: Path, tmp_path: Path) -> None:
    misses: list[str] = []
    with replaying(made, tmp_path) as base, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=find_browser(), args=arguments)
        shown = 0
        for one in pages(made):
            page = browser.new_page()
            page.on("requestfailed", lambda request: misses.append(request.url))
            page.on("response", lambda answer: misses.append(answer.url) if answer.status >= 400 else None)
            page.goto(f"{base}{one['ts'].translate(str.maketrans('', '', '-T:Z'))}mp_/{one['url']}")
            images = page.evaluate("[...document.images].map(image => image.complete && image.naturalWidth > 0)")
            assert all(images)
            shown += len(images)
            text = "".join(page.inner_text("article").split())
            assert "".join(one["text"].split()) in text
        browser.close()
    assert misses == []
    assert shown == sum(len(made.images) for made in ARTICLES)
