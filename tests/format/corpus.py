"""An archive in which every member of every file occurs: the demo, the pages of the fixtures, and eventful nights."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archiver.archive.open_archive import open_archive
from archiver.events import Event
from archiver.tasks.add import Given, add
from archiver.tasks.forget import forget
from archiver.tasks.restore import restore_notes
from archiver.tasks.sync import Options, sync
from tests.replica import ArticleSpec
from tests.replica.albums import AlbumSpec, album_page
from tests.replica.media import mp3
from tests.replica.samples import NOTES, SAMPLES
from tests.world import Night, World

FIXTURES = sorted((Path(__file__).parents[1] / "wechat/fixtures").glob("*.html"))
START = datetime(2026, 3, 1, 2, tzinfo=UTC)
VOICE = "https://res.wx.qq.com/voice/getvoice?mediaid=Mz_1"
VIDEO = "https://mpvideo.qpic.cn/v.f10003.mp4?dis_k=1&vid=wxv_9"
EDITED, VANISHED, TIMELESS = "E" * 22, "V" * 22, "T" * 22


def ignore(_event: Event) -> None:
    """Nobody watches."""


class Corpus:
    """Nights of a `world`, one after the other; each is at a moment of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.moment = START
        world.configure(fetch={"recheck_archived_days": 10})

    def night(self, options: Options | None = None, days: int = 1) -> None:
        self.moment += timedelta(days=days)
        sync(self.world.config, options or Options(), ignore, lambda: self.moment, timing=Night().timing)

    def article(self, title: str, token: str, body: str = "<p>正文。</p>") -> str:
        spec = ArticleSpec(title=title, account="测试号", body=body)
        spec = replace(spec, mid=str(int(hashlib.sha256(token.encode()).hexdigest()[:8], 16)), sn="0" * 32)
        return self.world.replica.add_article(spec, [token])

    def build(self) -> None:
        """All nights."""
        self._first()
        self._failures()
        self._second_looks()
        self._notes()

    def _first(self) -> None:
        """The demo, every fixture, an album, audio and a video; one article more than the night may load."""
        world = self.world
        for sample in SAMPLES:
            sample.add_to(world.replica)
        for path in sorted(NOTES.glob("*.md")):
            shutil.copy(path, world.notes)
        pages = [
            world.replica.add_page(f"/s/{hashlib.sha256(path.name.encode()).hexdigest()[:22]}", path.read_bytes())
            for path in FIXTURES
            if not path.name.startswith("wall-")
        ]
        world.note("fixtures.md", "\n\n".join(f"[x]({url})" for url in pages))
        world.replica.add_page(VOICE, mp3(), "audio/mp3")
        voice = self.article("有声", "S" * 22, '<p>听</p><mpvoice name="课" voice_encode_fileid="Mz_1"></mpvoice>')
        listed = [("甲", "https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&mid=1&idx=1&sn=aa", 1_767_225_600)]
        album = AlbumSpec("3300000000000000001", "合集", "测试号", listed)
        world.replica.add_page(album.url, album_page(album))
        changing = [self.article(title, token) for title, token in (("会改", EDITED), ("会删", VANISHED))]
        world.note("more.md", "\n\n".join(f"[x]({url})" for url in (voice, album.url, *changing)))
        world.note("video.md", f'<video src="{VIDEO}"></video>')
        shutil.copytree(world.notes, world.root / "originals")
        given = [Given(self.article("另加", "A" * 22), "argument", 1)]
        add(world.config, given, ignore, lambda: self.moment, timing=Night().timing)
        self.night()

    def _failures(self) -> None:
        """What fails, a wall, and what waits behind it."""
        world = self.world
        failing, walled, pending = (f"https://mp.weixin.qq.com/s/{letter * 22}" for letter in "FWP")
        world.replica.fault("F" * 22, "status:500")
        world.replica.fault("W" * 22, "wall")
        world.note("walled.md", f"[x]({failing}) [y]({walled}) [z]({pending})")
        self.night()

    def _second_looks(self) -> None:
        """An article was edited, another deleted, a third is not wanted any more."""
        world = self.world
        world.replica.clear_faults()
        (world.archive / "reports/pace.json").unlink()
        self.article("改过", EDITED, "<p>正文。</p><p>补充。</p>")
        world.replica.fault(VANISHED, "deleted")
        unwanted = self.article("不要", "U" * 22)
        world.note("unwanted.md", f"[x]({unwanted})")
        self.night(days=20)
        with open_archive(world.config.archive_root) as archive:
            forget(world.config, archive, unwanted, lambda: self.moment, ignore)

    def _notes(self) -> None:
        """A note is moved, another copied; one is restored, and moved then. One article has to wait."""
        notes = self.world.notes
        (notes / "more.md").rename(notes / "moved.md")
        shutil.copy(notes / "fixtures.md", notes / "copied.md")
        self.night()
        with open_archive(self.world.config.archive_root) as archive:
            restore_notes(self.world.config, archive, ["moved.md"], lambda: self.moment, ignore)
        (notes / "moved.md").rename(notes / "moved again.md")
        late = [self.article("晚到", letter * 22) for letter in "KL"]
        self.world.note("late.md", f"[x]({late[0]}) [y]({late[1]})")
        self.night(Options(limit=1))
