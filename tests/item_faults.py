"""Faults of archiver's own, put into one item of a run, and what must hold then."""

from __future__ import annotations

import io
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from archiver.events import Summary
from archiver.fixity.verify import verify
from archiver.tasks.sync import Options
from tests.builders import an_image, article, img
from tests.replica import ImageSpec
from tests.world import Night, World, broken, destinations, sync

NIGHT = datetime(2026, 3, 1, 2, tzinfo=UTC)
MARK = "MARKED"  # in all that is wrong
TOKEN = f"{MARK}-{'B' * 15}"
SECRETS = ("k3yk3y", "s3cret", "p4ssword")
Concerns = Callable[..., bool]


def anything(*_arguments: object, **_named: object) -> bool:
    return True


def marked(*arguments: object, **named: object) -> bool:
    """Whether something that a function is given has the mark."""
    values = [*arguments, *named.values()]
    return any(MARK.encode() in value if isinstance(value, bytes) else MARK in repr(value) for value in values)


def inject(patched: pytest.MonkeyPatch, name: str, concerns: Concerns = marked) -> None:
    """Let a function fail in a way that nobody foresees, where it is given what it concerns."""
    real = pkgutil.resolve_name(name)

    def faulty(*arguments: Any, **named: Any) -> Any:
        if concerns(*arguments, **named):
            url = "https://mp.weixin.qq.com/s?__biz=M&mid=1&key=k3yk3y&uin=7"
            raise KeyError(f"{url} Cookie: wap_sid2=s3cret\nhttp://me:p4ssword@proxy:80")
        return real(*arguments, **named)

    patched.setattr(name, faulty)
    patched.setattr("archiver.gathering.workers.processors", lambda: 1)  # another process would not know of it


def marked_image() -> ImageSpec:
    out, text = io.BytesIO(), PngInfo()
    text.add_text("Comment", MARK)
    Image.new("RGB", (64, 64), "red").save(out, "PNG", pnginfo=text)
    spec = an_image("bad")
    return ImageSpec(spec.key, data=out.getvalue())


@dataclass(frozen=True, slots=True)
class Step:
    """A function in which the fault is, and for what; `article`: what then becomes of the marked article, `whole`:
    whether all the notes' links can be local all the same."""

    function: str
    concerns: Concerns = marked
    article: str = "failed"


def fill(world: World) -> World:
    """Notes with three articles, one of them marked, and an image."""
    bad = marked_image()
    world.replica.add_image(bad.key, bad)
    marked_url = world.replica.add_article(article(f"坏的{MARK}", bad), [TOKEN])
    urls = [world.replica.add_article(article(f"好的{n}", an_image(f"g{n}")), [f"{n}" * 22]) for n in range(2)]
    shown = an_image("shown")
    world.note("bad.md", f"[x]({marked_url})\n")
    world.note("good.md", f"[a]({urls[0]}) [b]({urls[1]})\n{img(shown)}\n")
    return world


def night(world: World, days: float = 0) -> Summary:
    world.events = []
    moment = NIGHT + timedelta(days=days)
    return sync(world.config, Options(), world.events.append, lambda: moment, timing=Night().timing)


def status_of(world: World, token: str) -> str:
    return str(next(entry["status"] for url, entry in world.links().items() if token in url))


def others_are_done(world: World) -> None:
    assert {a["title"] for a in world.articles()} >= {"好的0", "好的1"}
    assert [url for url in destinations(world.notes / "good.md") if "://" in url] == []
    assert broken(world.notes / "good.md") == []


def nothing_is_left_over(world: World) -> None:
    names = [path.name for path in world.root.rglob("*")]
    assert not [name for name in names if name.startswith((".tmp-", ".old-"))]
    assert [finding for finding in verify(world.config) if finding.damage] == []


def the_report(world: World) -> str:
    """What the reports of internal errors say, which hold no secret."""
    texts = [path.read_text("utf-8") for path in (world.archive / "reports").glob("internal-*.txt")]
    for text in texts:
        assert "Traceback" in text
        assert "KeyError" in text
        assert "archiver 0." in text
        assert not [secret for secret in SECRETS if secret in text]
    return "\n".join(texts)
