"""Images that are not whole where they come from either are kept as they came, and marked."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import cast

import pytest

from archiver.archive.reparse import reparse
from archiver.errors import ArchiverError, HttpStatusError, NetworkError, PlaceholderError
from archiver.fetch.http import HttpAnswer, HttpClient
from archiver.fixity.mend.log import Cure
from archiver.fixity.verify import verify
from archiver.gathering.image import fetch_image
from archiver.models import ImageRef
from archiver.tasks.run import open_run
from tests.builders import an_image, article, img, titled
from tests.fixity.mending import cures, damaged, mend
from tests.media.files import encoded
from tests.replica.images import placeholder
from tests.world import Night, World, broken

WHOLE = encoded("PNG")
CUT = WHOLE[: len(WHOLE) // 2]
OTHER_CUT = WHOLE[: len(WHOLE) // 3]
HTML = b"<html><body>x</body></html>"
GONE, DOWN = HttpStatusError("HTTP 404", 404), NetworkError("no answer")


@dataclass
class Client:
    """Gives these answers in turn: bytes of a complete one, (bytes,) of one that does not say its end, or an error."""

    answers: list[bytes | tuple[bytes] | ArchiverError]
    asked: list[str] = field(default_factory=list)
    pauses: int = 0
    ends: bool = False

    def pause(self) -> bool:
        self.pauses += 1
        return not self.ends

    def get(self, url: str, **_: object) -> HttpAnswer:
        self.asked.append(url)
        answer = self.answers[len(self.asked) - 1]
        if isinstance(answer, ArchiverError):
            raise answer
        body, complete = (answer, True) if isinstance(answer, bytes) else (answer[0], False)
        return HttpAnswer(url, 200, "image/png", body, complete)


REF = ImageRef("mmbiz_png/A", "https://mmbiz.qpic.cn/mmbiz_png/A/640")


@pytest.mark.parametrize(
    ("answers", "kept", "marked"),
    [
        ([CUT, CUT, CUT], CUT, True),
        ([CUT, CUT, WHOLE], WHOLE, False),
        ([CUT, GONE, CUT], CUT, True),
        ([GONE, CUT, CUT], CUT, True),
        ([CUT, OTHER_CUT, CUT], CUT, True),
        ([CUT, WHOLE], WHOLE, False),
        ([CUT, CUT, OTHER_CUT], None, False),
        ([CUT, CUT, HTML], None, False),
        ([CUT, CUT, DOWN], None, False),
        ([CUT, CUT, (CUT,)], None, False),
        ([(CUT,), (CUT,)], None, False),
        ([CUT, DOWN], None, False),
        ([CUT, HTML], None, False),
        ([CUT, HttpStatusError("HTTP 403", 403)], None, False),
        ([HTML, HTML], None, False),
        ([CUT[:20], CUT[:20]], None, False),  # not even its head has come
    ],
)
def test_only_a_second_complete_answer_proves_damage_at_the_source(
    answers: list[bytes | tuple[bytes] | ArchiverError], kept: bytes | None, marked: bool
) -> None:
    client = Client(answers)
    result = fetch_image(cast(HttpClient, client), REF, "original")
    assert (result.file.data if result.file else None) == kept
    assert (result.file is not None and result.file.damaged_at_source) == marked
    assert (result.error is None) == (kept is not None)
    assert client.asked[:2] == [REF.url.replace("/640", "/0"), REF.url]
    # One request more at the most, after a pause, for what came first.
    assert len(client.asked) == len(answers)
    assert client.pauses == len(answers) - 2
    assert len(answers) == 2 or client.asked[2] == client.asked[int(not isinstance(answers[0], bytes))]


def test_a_run_that_ends_asks_no_second_time() -> None:
    client = Client([CUT], ends=True)
    assert fetch_image(cast(HttpClient, client), REF, "given").file is None
    assert client.asked == [REF.url]


def test_the_hot_link_notice_is_refused_cut_off_too() -> None:
    cut = placeholder()[:-200]
    client = Client([cut, cut])
    assert fetch_image(cast(HttpClient, client), REF, "given").file is None
    assert isinstance(fetch_image(cast(HttpClient, Client([placeholder()])), REF, "given").error, PlaceholderError)


BAD = an_image("bad")


def synced(world: World, note: str = "") -> str:
    """Sync an article of which an image is cut off at its source; its URL."""
    url = world.replica.add_article(article("缺一角", an_image("fine"), BAD))
    world.replica.fault(BAD.key, "truncated")
    world.note("a.md", f"[x]({url})\n{note}")
    night = Night()
    assert world.sync(timing=night.timing).exit_code == 0
    assert night.seconds > 0
    return url


def requests(world: World) -> int:
    return sum(BAD.key in request.path for request in world.replica.image_requests)


def test_a_damaged_image_is_kept_and_told(world: World) -> None:
    url = synced(world, img(BAD))
    assert requests(world) == 2
    (record,) = world.articles()
    assert (record["status"], world.links()[url]["status"]) == ("archived", "archived")
    (image,) = (image for image in record["images"] if image.get("damaged_at_source"))
    assert BAD.key == image["key"]
    (loss,) = record["losses"]
    assert (loss["what"], loss["code"], loss["url"]) == ("image", "damaged-at-source", image["url"])
    assert loss["body"] is False
    (folder,) = world.article_folders()
    for name in ("article.md", "index.html"):
        assert "图片：在来源处就不完整，已按原样保存" in (folder / name).read_text("utf-8")
    assert broken(folder / "article.md") == broken(world.notes / "a.md") == []
    assert BAD.key not in (world.notes / "a.md").read_text("utf-8")
    assert verify(world.config) == []

    world.replica.clear_requests()
    world.configure(rewrite={"repair": True})
    assert world.sync().exit_code == 0
    assert world.replica.requests == []


def test_the_mark_outlives_the_index(world: World) -> None:
    note = world.note("only.md", img(BAD))
    synced(world)
    assert broken(note) == []
    with open_run(world.config) as context:
        reparse(context.archive)
    (world.archive / "catalogue.db").unlink()
    world.replica.clear_requests()
    assert world.sync().exit_code == 0
    assert world.replica.requests == []
    assert [image["key"] for image in world.articles()[0]["images"] if image.get("damaged_at_source")] == [BAD.key]
    assert verify(world.config) == []


def test_what_only_notes_show_is_marked_too(world: World) -> None:
    world.replica.fault(BAD.key, "truncated")
    note = world.note("a.md", img(BAD))
    assert world.sync().exit_code == 0
    assert requests(world) == 2
    assert broken(note) == []
    assert verify(world.config) == []
    (entry,) = world.links().values()
    assert (entry["status"], "not whole" in entry["reason"]) == ("archived", True)
    # An article that comes later shows the same file, and says so.
    world.note("b.md", f"[x]({world.replica.add_article(article('后来', BAD))})")
    assert world.sync().exit_code == 0
    assert requests(world) == 2
    assert [loss["code"] for loss in world.articles()[0]["losses"]] == ["damaged-at-source"]


def test_a_lost_file_of_a_damaged_image_is_fetched_again(world: World) -> None:
    synced(world)
    (image,) = (image for image in world.articles()[0]["images"] if image.get("damaged_at_source"))
    file = world.archive / image["path"]
    before = file.read_bytes()
    file.unlink()
    world.replica.clear_requests()
    report = mend(world)
    assert damaged(report) == []
    assert list(cures(report)) == [(image["path"], Cure.FETCHED_AGAIN)]
    assert requests(world) == 2
    assert file.read_bytes() == before
    assert verify(world.config) == []


def test_what_the_disk_damaged_is_damage(world: World) -> None:
    """A mark is no licence: other bytes have another name."""
    synced(world)
    (image,) = (image for image in world.articles()[0]["images"] if image.get("damaged_at_source"))
    file = world.archive / image["path"]
    file.write_bytes(file.read_bytes()[:-9])
    assert [finding.path for finding in verify(world.config)] == [image["path"]]


def test_a_damaged_image_in_the_page_itself_is_kept(world: World) -> None:
    data = f"data:image/png;base64,{base64.b64encode(CUT).decode()}"
    world.note("a.md", f"[x]({world.replica.add_article(titled('自带', f'<p>字<img src={data!r}></p>'))})")
    assert world.sync().exit_code == 0
    (record,) = world.articles()
    marked = [image for image in record["images"] if image.get("damaged_at_source")]
    assert (world.archive / marked[0]["path"]).read_bytes() == CUT
    assert [loss["code"] for loss in record["losses"]] == ["damaged-at-source"]
    assert verify(world.config) == []
