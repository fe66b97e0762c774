"""The sample notes and articles belong together, and the demo notices what is wrong."""

from __future__ import annotations

import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import requests
from bs4 import BeautifulSoup

from tests.replica import Replica
from tests.replica.demo import destinations, prepare, problems
from tests.replica.images import image_key
from tests.replica.samples import NOTES, SAMPLES
from tests.replica.support import PNG


class TestSamples:
    def test_notes_name_the_samples(self, replica: Replica) -> None:
        text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(NOTES.glob("*.md")))
        urls = [sample.add_to(replica) for sample in SAMPLES]
        assert len(urls) == 6
        for url in urls:
            assert text.count(f"({url})") == 1
        assert text.count("https://mp.weixin.qq.com/") == len(urls)

    def test_pictures_of_notes_and_articles(self, replica: Replica, session: requests.Session) -> None:
        known = {image.key for sample in SAMPLES for image in sample.spec.images}
        in_notes = {
            image_key(urlsplit(str(img["src"])).path)
            for path in NOTES.glob("*.md")
            for img in BeautifulSoup(path.read_text(encoding="utf-8"), "lxml").select("img")
        }
        assert in_notes <= known
        assert len(in_notes) == 6
        formats = set()
        for sample in SAMPLES:
            url = sample.add_to(replica)
            page = BeautifulSoup(session.get(url).content, "lxml")
            body = page.select_one("#js_content")
            assert body is not None
            assert "${" not in body.text
            for image in body.select("img[data-src]"):
                assert image_key(urlsplit(str(image["data-src"])).path) in known
            for spec in sample.spec.images:
                formats.add(session.get(spec.url).content[:4])
        assert len(formats) >= 5


class TestDemo:
    def test_prepare(self, replica: Replica, session: requests.Session, tmp_path: Path) -> None:
        (tmp_path / "demo" / "old").mkdir(parents=True)
        config = prepare(tmp_path / "demo", replica)
        settings = tomllib.loads(config.read_text(encoding="utf-8"))
        assert settings["network"] == {"proxy": replica.proxy_url, "ca_bundle": str(replica.ca_bundle)}
        assert settings["fetch"]["interval"] == 0
        assert not (tmp_path / "demo" / "old").exists()
        copies = sorted((tmp_path / "demo" / settings["notes"]["root"]).iterdir())
        assert [path.read_bytes() for path in copies] == [path.read_bytes() for path in sorted(NOTES.iterdir())]
        links = [d for path in copies for d in destinations(path) if "mp.weixin.qq.com" in d]
        assert len(links) == 6
        assert all("js_content" in session.get(link).text for link in links)

    def test_problems(self, tmp_path: Path) -> None:
        (tmp_path / "note.md").write_text(
            f"[[a] b](here%20it%20is.md) [c](https://example.org/) ![d]({PNG.note_url}) "
            "<img src='gone.png'> [e](https://mp.weixin.qq.com/s/x)\n",
            encoding="utf-8",
        )
        (tmp_path / "here it is.md").touch()
        assert problems(tmp_path) == [
            f"note.md: {PNG.note_url}",
            "note.md: gone.png",
            "note.md: https://mp.weixin.qq.com/s/x",
        ]
