"""Notes of every kind and a web that answers for all they name: for laws about what a run asks for."""

from __future__ import annotations

import itertools
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archiver.archive.context import Clock
from archiver.cli.duelines import dry_run_members, status_members
from archiver.events import Summary
from archiver.models import ImageRef
from archiver.rewriting.preview import preview_repair
from archiver.stop import Stop
from archiver.tasks.add import Given, add, read_lines
from archiver.tasks.estimate import estimate
from archiver.tasks.restore import restore_notes
from archiver.tasks.run import due, open_run, view_run
from archiver.tasks.status import read_status
from archiver.tasks.sync import Options
from archiver.wechat import images, urls
from tests.outputs import kind_of
from tests.replica import ArticleSpec, ImageSpec, Replica
from tests.replica.albums import AlbumSpec, album_page
from tests.replica.images import image_bytes, placeholder
from tests.replica.media import mp3, mp4
from tests.replica.pages import article_page
from tests.world import Night, World, sync

KINDS = (
    "article", "long", "other spelling", "image", "image of an article", "lazy image", "placeholder", "image elsewhere",
    "video", "album", "gone", "refused", "glued", "linking",
)  # fmt: skip
HAPPENINGS = (
    "days pass", "restore", "add", "lose a copy", "lose an image", "lose a list", "break an image", "lose the archive",
    "lose the catalogue", "lose the links", "move a note", "rewrite repair false", "rewrite repair true",
    'rewrite articles "keep"', 'rewrite articles "append"', 'rewrite images "keep"', "media video false",
    "media audio false", 'archive capture "none"', "fetch recheck_archived_days 20", "fetch recheck_gone_days 0",
    'images variant "original"', 'albums follow "all"', "links depth 1",
)  # fmt: skip
TOMORROW = timedelta(days=1)  # what was written just now is old by then, and may be remembered
VOICE = "https://res.wx.qq.com/voice/getvoice?mediaid="
FILM = "https://mpvideo.qpic.cn"


def image(name: str) -> ImageSpec:
    return ImageSpec.named(name, 64, 48)


def asked_for(spec: ImageSpec) -> set[str]:
    """The URLs by which an image of a page may be asked for."""
    ref = ImageRef(spec.key, spec.url)
    return {*images.requests_of_image(ref, "given"), *images.requests_of_image(ref, "original")}


@dataclass(frozen=True)
class Page:
    """An article: its long URL, and what is asked for once it is loaded."""

    url: str
    long_url: str
    names: frozenset[str]


class Vault:
    """A folder of notes in a world. `moment` is the time of the next run."""

    def __init__(self, root: Path, replica: Replica) -> None:
        self.world = World(root, replica)
        self.world.configure(verify={"days": 0}, images={"mirror_hosts": ["img-blog.csdnimg.cn"]})
        self.world.note("without-links.md", "A folder without notes is an error.\n")
        self.moment = datetime.now(UTC).replace(microsecond=0) + TOMORROW
        self.named: dict[str, frozenset[str]] = {}  # canonical URL of a page -> what is asked for once it is loaded
        self.other: dict[str, str] = {}  # canonical URL of a page -> the other URL at which it is
        self._notes = itertools.count()

    def line(self, kind: str, n: int) -> str:
        """A line of a note: the n-th thing of a kind, which the replica serves."""
        makers: dict[str, Callable[[int], str]] = {
            "article": lambda n: f"[article]({self.page(n).url})",
            "long": lambda n: f"[long]({self.page(n).long_url})",
            "other spelling": lambda n: f"[http]({self.page(n).url.replace('https', 'http')}#rd)",
            "glued": lambda n: f"[two]({self.page(n).url}{self.page(n + 1).url})",
            "image": lambda n: f"![]({image(f'shown {n}').note_url})",
            "image of an article": lambda n: f'<img src="{image(f"in {n}").note_url}">',
            "lazy image": lambda n: f'<img src="img/gone.png" data-src="{image(f"lazy {n}").url}">',
            "placeholder": self._placeholder,
            "image elsewhere": lambda n: f"![](https://img-blog.csdnimg.cn/{n}.png)",
            "video": self._video,
            "album": self._album,
            "linking": self._linking,
            "gone": self._gone,
            "refused": lambda n: f"[it](https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz=MzA5MDAwMDA{n}MQ==)",
        }
        return makers[kind](n)

    def _placeholder(self, n: int) -> str:
        file = self.world.notes / f"img/p{n}.jpg"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(placeholder())
        return f'![p](img/p{n}.jpg "{image(f"behind {n}").url}")'

    def _video(self, n: int) -> str:
        url = f"{FILM}/note{n}.mp4?dis_k=1"
        self.world.replica.add_page(url, mp4(), "video/mp4")
        return f'<video src="{url}"></video>'

    def _gone(self, n: int) -> str:
        url = f"https://mp.weixin.qq.com/s/{f'gone{n}':A<22}"
        self.world.replica.fault(url, "deleted")
        self.named[urls.canonical_url(url)] = frozenset()
        return f"[gone]({url})"

    def _album(self, n: int) -> str:
        articles = [(f"第 {k} 篇", self.page(k).long_url, 1_767_225_600) for k in range(3)]
        album = AlbumSpec(f"33{n:017}", f"合集 {n}", "测试号", articles)
        self.world.replica.add_page(album.url, album_page(album))
        return f"[album]({album.url})"

    def _linking(self, n: int) -> str:
        body = f'<p>见<a href="{self.page(n).long_url}">第 {n} 篇</a>。</p>'
        spec = ArticleSpec(f"链接 {n}", body, "测试号").with_ids()
        url = self.world.replica.add_article(spec)
        for each in (url, spec.long_url):
            self.named[urls.canonical_url(each)] = frozenset()
        return f"[linking]({url})"

    def page(self, n: int) -> Page:
        """The n-th article: with an image, every third with audio besides, every fourth with a video."""
        shown, voice, film = image(f"in {n}"), f"Mz_{n}", f"{FILM}/in{n}.mp4?dis_k=1"
        body, names = f"<p>正文。</p>{shown.tag}", asked_for(shown)
        if n % 3 == 1:
            body += f'<mpvoice name="课" voice_encode_fileid="{voice}"></mpvoice>'
            names.add(VOICE + voice)
            self.world.replica.add_page(VOICE + voice, mp3(), "audio/mp3")
        script = b""
        if n % 4 == 2:
            body += f'<iframe class="video_iframe" data-mpvid="wxv_{n}" data-cover="" data-title="片"></iframe>'
            names.add(film)
            self.world.replica.add_page(film, mp4(), "video/mp4")
            source = f"{{ filesize: '0' * 1, format_id: '10002' * 1, url: ('{film}').replace(/^http(s?):/, '') }}"
            info = f"var videoPageInfos = [ {{ video_id: 'wxv_{n}', mp_video_trans_info: [ {source} ] }} ];"
            script = f"<script>{info}</script>".encode()
        spec = ArticleSpec(f"第 {n} 篇", body, "测试号", images=(shown,)).with_ids()
        url = self.world.replica.add_article(spec)
        page = article_page(spec, url).replace(b"</body>", script + b"</body>")
        self.world.replica.add_page(url, page)
        self.world.replica.add_page(urls.request_url(spec.long_url), page)
        for each, other in ((url, spec.long_url), (spec.long_url, url)):
            self.named[urls.canonical_url(each)] = frozenset(names)
            self.other[urls.canonical_url(each)] = urls.request_url(other)
        return Page(url, spec.long_url, frozenset(names))

    def write(self, *things: tuple[str, int]) -> None:
        """A new note, with one line for each thing."""
        lines = [self.line(kind, n) for kind, n in things]
        self.world.note(f"{next(self._notes)}.md", "\n\n".join(lines) + "\n")

    def fail(self, what: str, n: int) -> None:
        """Let something be out of reach until `recover`."""
        fault = {
            "image": (image(f"in {n}").key, "status:404"),
            "image of a note": (image(f"shown {n}").key, "status:404"),
            "audio": (f"mediaid=Mz_{n}", "reset"),
            "video": (f"/in{n}.mp4", "status:500"),
            "video of a note": (f"/note{n}.mp4", "status:500"),
            "page": (self.page(n).url, "status:500"),
        }[what]
        self.world.replica.fault(*fault)

    def recover(self) -> None:
        self.world.replica.clear_faults()
        for n in range(10):
            self.line("gone", n)

    # What happens between two runs

    def happen(self, what: str, n: int) -> None:
        """Something that a user does, or time does; or a setting is changed: `SECTION KEY VALUE`, in JSON."""
        archive, act = self.world.archive, what.removeprefix("lose ")
        losses = {
            "a copy": "articles/*/*/*/",
            "an image": "images/*/*",
            "a list": "albums/*.md",
            "the archive": ".",
            "the catalogue": "catalogue.db",
            "the links": "links.jsonl",
        }
        acts = {
            "days pass": self._days_pass,
            "restore": self._restore,
            "add": self._add,
            "break an image": self._break_image,
            "move a note": self._move_note,
            "edit a note": self._edit_note,
            "edit a note unseen": self._edit_note_unseen,
            "drop a note": self._drop_note,
            "put an image there": self._put_image,
        }
        if act in losses:
            _remove([archive] if losses[act] == "." else sorted(archive.glob(losses[act]))[n % 3 :][:1])
        elif act in acts:
            acts[act](n)
        else:
            section, name, value = what.split(" ")
            self.world.configure(**{section: {name: json.loads(value)}})

    def _days_pass(self, _n: int) -> None:
        self.moment += timedelta(days=40)

    def _restore(self, _n: int) -> None:
        with open_run(self.world.config, clock=self.clock) as context:
            restore_notes(context, [])

    def _add(self, n: int) -> None:
        """Give a URL to a run that is asked to end before it asks anybody: it waits for the next one."""
        url, stop = self.page(n).url if n % 2 else image(f"added {n}").url, Stop()
        stop.request(130)
        with open_run(self.world.config, clock=self.clock, stop=stop) as context:
            add(context, read_lines([Given(url, "argument", 1)]))

    def _break_image(self, n: int) -> None:
        for path in sorted(self.world.archive.glob("images/*/*"))[n : n + 1]:
            path.write_bytes(path.read_bytes()[:-20])

    def _move_note(self, n: int) -> None:
        for note in sorted(self.world.notes.glob("*.md"))[n : n + 1]:
            note.rename(note.with_name(f"moved {note.name}"))

    def _note(self, n: int) -> Path:
        notes = sorted(self.world.notes.glob("*.md"))
        return notes[n % len(notes)]

    def _edit_note(self, n: int) -> None:
        """Change a note, but not its size."""
        note = self._note(n)
        note.write_bytes(note.read_bytes().replace(b"]", b">", 1)[:-1] + b" ")

    def _edit_note_unseen(self, n: int) -> None:
        """The same, and set back the time at which it was changed."""
        found = self._note(n).stat()
        self._edit_note(n)
        os.utime(self._note(n), ns=(found.st_atime_ns, found.st_mtime_ns))

    def _drop_note(self, n: int) -> None:
        if self._note(n).name != "without-links.md":
            self._note(n).unlink()

    def _put_image(self, _n: int) -> None:
        """A file comes to where a note has looked for one in vain."""
        file = self.world.notes / "img/gone.png"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(image_bytes(image("there")))

    # The law

    @property
    def clock(self) -> Clock:
        return replace(Night().timing, now=lambda: self.moment)

    def sync(self) -> Summary:
        return sync(self.world.config, Options(), lambda _: None, lambda: self.moment, timing=Night().timing)

    def status(self) -> dict[str, Any]:
        """What `status --json` says."""
        with view_run(self.world.config, clock=self.clock) as context:
            found = status_members(read_status(context), self.world.config)
        assert kind_of("status", {"event": "status", "schema": 1, **found})
        return found

    def dry_run(self) -> dict[str, Any]:
        """What `sync --dry-run --json` says."""
        config = self.world.config
        with view_run(config, clock=self.clock) as context:
            now = due(context)
            rewrites = preview_repair(context, now.scan)[1]
        found = dry_run_members(now, estimate(now, config), config, rewrites)
        assert kind_of("sync-dry-run", {"event": "dry-run", "schema": 1, **found})
        return found

    def check(self) -> dict[str, int]:
        """That status, dry run and sync agree; how much of each kind the sync asked for at its start."""
        replica = self.world.replica
        replica.clear_requests()
        before = self.world.tree(with_machine_state=True)
        said = self.status()["due"]
        assert self.dry_run()["due"] == said
        assert replica.requests == []
        assert self.world.tree(with_machine_state=True) == before
        listed = {kind: [request["url"] for request in found] for kind, found in said["requests"].items()}
        counts = {kind: len(found) for kind, found in listed.items()}
        assert counts == {kind: said[kind] for kind in listed}
        self.sync()
        asked = [request.url for request in replica.requests]
        start = sorted(itertools.chain.from_iterable(listed.values()))
        named = frozenset[str]().union(*(self.named[urls.canonical_url(url)] for url in listed["articles"]))
        # Whatever came by its other URL before it was its turn is not asked for again.
        other = {url: self.other.get(urls.canonical_url(url)) for url in listed["articles"] if url not in asked}
        start = [url for url in start if other.get(url) not in asked]
        assert sorted(url for url in asked if url in start or url not in named) == start
        return {kind: count for kind, count in counts.items() if count}


def _remove(paths: list[Path]) -> None:
    for path in filter(Path.exists, paths):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
