"""An archive in which every member of every file occurs: a past, the pages of the fixtures, and what else happens."""

from __future__ import annotations

import hashlib
import shutil
from base64 import b64encode
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from archiver.gathering.save import Keys, save
from archiver.models import Status, UrlKind
from archiver.store.lines import LinkEntry
from archiver.tasks.add import Given, add, read_lines
from archiver.tasks.forget import forget, plan_forgetting
from archiver.tasks.import_files import import_files
from archiver.tasks.rescue import rescue_lost
from archiver.tasks.restore import restore_notes
from archiver.tasks.run import open_run
from archiver.tasks.saving import alive
from archiver.tasks.sync import Options
from tests.builders import an_image
from tests.media.files import encoded, unpacked
from tests.older_archive import NIGHTS, live_through
from tests.replica import ArticleSpec, State, short_token
from tests.replica.images import image_bytes
from tests.replica.pages import article_page
from tests.replica.wayback import KEYS
from tests.world import Night, World, destinations

FIXTURES = sorted((Path(__file__).parents[1] / "wechat/fixtures").glob("*.html"))
WALLED = "W" * 22
SIGNED = '<video src="https://mpvideo.qpic.cn/v.f10003.mp4?dis_k=1&vid=wxv_9"></video>\n'


def build(world: World) -> None:
    """Fill the notes and the archive of `world`; `originals/` beside them has the notes as their user wrote them."""
    originals = live_through(world)
    listed = [
        world.replica.add_page(f"/s/{hashlib.sha256(path.name.encode()).hexdigest()[:22]}", path.read_bytes())
        for path in FIXTURES
        if not path.name.startswith("wall-")
    ]
    originals |= {"fixtures.md": "".join(f"* [x]({url})\n" for url in listed).encode(), "signed.md": SIGNED.encode()}
    for path, text in originals.items():
        original = world.root / "originals" / path
        original.parent.mkdir(parents=True, exist_ok=True)
        original.write_bytes(text)
    for path in ("fixtures.md", "signed.md"):
        world.note(path, originals[path])
    moment = NIGHTS[-1] + timedelta(days=1)
    _fixtures_and_a_wall(world, moment)
    _hands(world, moment)
    _second_looks_and_a_limit(world, moment + timedelta(days=60))
    _from_files(world, moment + timedelta(days=61))
    _compact(world, moment + timedelta(days=61))
    _web_archive(world, moment + timedelta(days=62))


def article(world: World, letter: str) -> str:
    """A small article; its URL."""
    cut = b64encode(encoded("PNG")[:900]).decode()
    body = f'<p>正文<svg viewBox="0 0 9 9"><path d="M1 1"/></svg>。<img src="data:image/png;base64,{cut}"></p>'
    return world.replica.add_article(ArticleSpec(f"文章 {letter}", body, "测试号").with_ids(), [letter * 22])


def _fixtures_and_a_wall(world: World, moment: datetime) -> None:
    """The pages of the fixtures, two URLs that no note names, and a wall."""
    given = [Given(article(world, letter), "argument", 1) for letter in "AB"]
    with open_run(world.config, clock=replace(Night().timing, now=lambda: moment)) as context:
        add(context, read_lines(given))
    world.sync(now=lambda: moment)
    world.replica.fault(WALLED, State.WALL)
    world.note("walled.md", f"[x](https://mp.weixin.qq.com/s/{WALLED})\n")
    world.replica.fault("mid=2650000009", State.WALL)
    world.note("long.md", "[x](https://mp.weixin.qq.com/s?__biz=MzAx&mid=2650000009&idx=1&sn=0123456789abcdef)\n")
    world.sync(now=lambda: moment)


def _hands(world: World, moment: datetime) -> None:
    """A note is copied, another restored and then moved, an article is forgotten; a link has credentials."""
    shutil.copy(world.notes / "fixtures.md", world.notes / "copied.md")
    with open_run(world.config, clock=replace(Night().timing, now=lambda: moment)) as context:
        restore_notes(context, ["restored.md"])
    with open_run(world.config, clock=replace(Night().timing, now=lambda: moment)) as context:
        forget(context, plan_forgetting(context, [article(world, "B")]))
    (world.notes / "restored.md").rename(world.notes / "moved after that.md")
    # Of two spellings in a note one is deleted: it is not certain which. The other URL is no link behind a `!`.
    spec = ArticleSpec("两种写法", "<p>正文。</p>", "测试号").with_ids()
    url = world.replica.add_article(spec, ["D" * 22])
    world.note("secret.md", f"[x]({spec.long_url.partition('#')[0]}&key=SECRET#rd)\n")
    doubt = world.note("doubt.md", f"[a]({url}#rd) [b]({spec.long_url})\n")
    world.sync(now=lambda: moment)
    doubt.write_text(f"[b]({destinations(doubt)[0]}) !{article(world, 'A')}\n", "utf-8")
    world.sync(now=lambda: moment)


def _second_looks_and_a_limit(world: World, moment: datetime) -> None:
    """An archived article was deleted by its author; of two new ones only one may be loaded."""
    world.replica.clear_faults()
    world.replica.fault("mid=2650000009", State.WALL)
    (world.archive / "reports/pace.json").unlink()
    world.replica.fault(short_token("heard"), State.DELETED)
    world.note("walled.md", f"[x](https://mp.weixin.qq.com/s/{WALLED}) [y]({article(world, 'K')})\n")
    world.sync(now=lambda: moment)
    world.note("late.md", f"[x]({article(world, 'L')}) [y]({article(world, 'M')})\n")
    world.sync(Options(limit=1), now=lambda: moment + timedelta(days=1))


def _from_files(world: World, moment: datetime) -> None:
    """A page that somebody saved is imported, and another state of it."""
    url = f"https://mp.weixin.qq.com/s/{'I' * 22}"
    (world.root / "saved").mkdir()
    for name in ("a", "b"):
        spec = ArticleSpec("存下来的", f"<p>正文 {name}。</p>", "测试号", mid="2650000099", sn="0" * 32)
        (world.root / "saved" / f"{name}.html").write_bytes(article_page(spec.with_ids(), url))
    with open_run(world.config, clock=replace(Night().timing, now=lambda: moment)) as context:
        import_files(context, [world.root / "saved"], lambda _: None)


def _compact(world: World, moment: datetime) -> None:
    """An image of which less is kept than came."""
    world.configure(images={"policy": "compact"})
    image = an_image("compact", data=unpacked())
    spec = ArticleSpec("小图", f"<p>正文。</p>{image.tag}", "测试号", images=(image,)).with_ids()
    given = Given(world.replica.add_article(spec, ["C" * 22]), "argument", 1)
    with open_run(world.config, clock=replace(Night().timing, now=lambda: moment)) as context:
        add(context, read_lines([given]))


def _web_archive(world: World, moment: datetime) -> None:
    """Of two links that are blocked one comes back, with an image that is gone elsewhere; a living article is saved."""
    urls = [f"https://mp.weixin.qq.com/s/{letter * 22}" for letter in "PQ"]
    way, lost = world.replica.wayback, an_image("P")
    spec = ArticleSpec("回来", f"<p>回来的正文。</p>{lost.tag}", "测试号", images=(lost,)).with_ids()
    way.add(urls[0], article_page(spec, urls[0]))
    way.add(f"https://mmbiz.qpic.cn/{lost.key}/0", image_bytes(lost), media_type="image/png")
    world.replica.fault(lost.key, "status:404")
    world.note("blocked.md", "".join(f"[x]({url})\n" for url in urls))
    night = Night()
    way.clock = lambda: night.seconds
    with open_run(world.config, clock=replace(night.timing, now=lambda: moment)) as context:
        context.archive.put_links(*(LinkEntry(url, UrlKind.ARTICLE, Status.BLOCKED, attempts=1) for url in urls))
        save(context, alive(context)[:1], Keys(*KEYS), 9)
        rescue_lost(context, urls, lambda *_: None)
