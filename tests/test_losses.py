"""Why something of an article is missing, as a code in article.json."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from archiver import errors
from archiver.archive.losses import code_of
from archiver.errors import ArchiverError, FetchError, HttpStatusError, ImageError, MediaError
from archiver.models import LossCode
from tests.builders import an_image, article, lesson
from tests.world import World


def below(kind: type[ArchiverError]) -> Iterator[type[ArchiverError]]:
    yield kind
    for inside in kind.__subclasses__():
        yield from below(inside)


def test_every_failure_to_fetch_has_a_code() -> None:
    kinds = [*below(FetchError), *below(ImageError), *below(MediaError)]
    made_otherwise = (FetchError, HttpStatusError, errors.UnreachableError, errors.WorkerLostError)
    codes = {kind: code_of(kind("said")) for kind in kinds if kind not in made_otherwise}
    assert len(codes) > 12
    assert LossCode.FAILED not in codes.values()
    assert code_of(errors.NoAddressError()) is LossCode.NO_ADDRESS


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "not-found"), (410, "not-found"), (403, "http-refused"), (429, "server-error"), (503, "server-error")],
)
def test_the_code_of_an_answer(status: int, code: str) -> None:
    assert code_of(HttpStatusError("said", status)) is LossCode(code)


@pytest.mark.parametrize(("fault", "code"), [("status:404", "not-found"), ("placeholder", "placeholder")])
def test_a_missing_image_says_why_in_a_code(world: World, fault: str, code: str) -> None:
    lost = an_image("lost")
    url = world.replica.add_article(article("缺图", lost))
    world.replica.fault(lost.key, fault)
    world.note("a.md", f"[x]({url})")
    world.sync()
    (record,) = world.articles()
    (image,) = (image for image in record["images"] if "error" in image)
    (loss,) = record["losses"]
    assert (image["code"], loss["code"], loss["what"]) == (code, code, "image")
    assert loss["why"] == image["error"]


def test_what_the_configuration_leaves_out_says_so_in_a_code(world: World) -> None:
    world.configure(media={"audio": False, "video": False})
    world.note("a.md", f"[x]({lesson(world)})")
    world.sync()
    (record,) = world.articles()
    assert {item["code"] for item in record["media"]} == {"left-out"}
    assert {loss["code"] for loss in record["losses"]} == {"left-out"}
    assert record["status"] == "archived"
