"""One article in two folders, as git leaves it after two machines archived it: `verify --repair` makes them one."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archiver.errors import DamageError
from archiver.fixity.verify import verify
from archiver.tasks.sync import Options
from tests.builders import NEW, OLD, TEXT, revised
from tests.fixity.mending import damaged, mend
from tests.replica import Replica
from tests.runs.support import NIGHT
from tests.world import Night, World, broken, sync

TOKEN, SECOND = "EEEEEEEEEEEEEEEEEEEEEE", "FFFFFFFFFFFFFFFFFFFFFF"
EDITED = TEXT + "<p>后来改过的话。</p>"


def night(world: World, days: int = 0, code: int = 0) -> None:
    moment = NIGHT + timedelta(days=days)
    assert sync(world.config, Options(), lambda _: None, lambda: moment, timing=Night().timing).exit_code == code


def now() -> datetime:
    return NIGHT + timedelta(days=40)


def damage(world: World) -> list[str]:
    return [problem.path for problem in verify(world.config) if problem.damage]


def record_of(folder: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((folder / "article.json").read_bytes())
    return record


class Machines:
    """Two worlds that have archived the same article; `here` gets what `there` has, as by git, but for its notes."""

    def __init__(self, root: Path, replica: Replica) -> None:
        for name in ("here", "there"):
            (root / name).mkdir()
        self.replica = replica
        self.here, self.there = World(root / "here", replica), World(root / "there", replica)

    def archive(self, world: World, body: str, title: str, token: str = TOKEN, code: int = 0) -> Path:
        url = self.replica.add_article(revised(body, title), [token])
        world.note("a.md", f"[x]({url})\n")
        night(world, code=code)
        return world.article_folders()[0]

    def merge(self) -> None:
        """As git does it, with `merge=union` for the lines; of a file that both have, that of `here` stays."""
        here, there = self.here.archive, self.there.archive
        for name in ("links.jsonl", "journal.jsonl", "articles/2026/01/SHA256SUMS"):
            lines = [line for root in (here, there) for line in (root / name).read_bytes().splitlines(keepends=True)]
            lines = sorted(set(lines), key=lines.index)
            if name.endswith("SUMS"):
                lines.sort(key=lambda line: line[66:])
            (here / name).write_bytes(b"".join(lines))
        for name in ("articles", "images"):
            for path in (there / name).rglob("*"):
                target = here / path.relative_to(there)
                if path.is_file() and not target.exists():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, target)

    def mend(self) -> Path:
        """Repair asks for nothing and leaves one whole article, with which sync is content; its folder."""
        assert len(self.here.article_folders()) == 2
        self.replica.clear_requests()
        assert damaged(mend(self.here, now)) == []
        assert self.replica.requests == []
        (folder,) = self.here.article_folders()
        assert broken(self.here.notes / "a.md") == []
        before = self.here.tree()
        night(self.here, 41)
        assert self.here.tree() == before
        return folder


@pytest.fixture
def machines(tmp_path: Path, replica: Replica) -> Machines:
    return Machines(tmp_path, replica)


def test_sync_names_the_cure(machines: Machines) -> None:
    folder = machines.archive(machines.here, TEXT, "题")
    shutil.copytree(folder, folder.with_name(f"copy-{folder.name}"))
    with pytest.raises(DamageError, match=r"archiver verify --repair"):
        night(machines.here, 1)


def test_a_mere_copy_goes_into_quarantine(machines: Machines) -> None:
    folder = machines.archive(machines.here, TEXT + OLD.tag, "题")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    copy = folder.with_name(f"copy-{folder.name}")
    shutil.copytree(folder, copy)
    assert machines.mend() == folder
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    aside = machines.here.archive / "quarantine/2026-04-10" / copy.relative_to(machines.here.archive)
    assert {path.name: path.read_bytes() for path in aside.iterdir()}.items() >= before.items()


def test_another_text_becomes_an_earlier_version(machines: Machines) -> None:
    folder = machines.archive(machines.here, TEXT + OLD.tag, "题")
    other = machines.archive(machines.there, EDITED + NEW.tag, "新题", SECOND)
    assert other.name != folder.name
    machines.merge()
    assert machines.mend() == folder
    version = folder.with_name(f"{folder.name}-v1")
    assert "后来改过的话" in (version / "article.md").read_text("utf-8")
    assert broken(version / "article.md") == []
    record = record_of(folder)
    assert [entry["folder"].rpartition("/")[2] for entry in record["versions"]] == [version.name]
    assert record["versions"][0]["changed"][0] == "title: 新题 -> 题"
    assert {url[-22:] for url in record["aliases"]} == {TOKEN, SECOND}
    entries = [entry for entry in machines.here.links().values() if entry["kind"] == "article"]
    assert {entry["target"].rpartition("/")[2] for entry in entries} == {folder.name}
    assert len(entries) == 2


def test_the_linked_folder_gets_the_files_of_the_better_one(machines: Machines) -> None:
    machines.replica.fault(OLD.key, "status:404")
    folder = machines.archive(machines.here, TEXT + OLD.tag, "题", code=1)
    machines.replica.clear_faults()
    better = machines.archive(machines.there, TEXT + OLD.tag, "新题")
    assert [record_of(one)["status"] for one in (folder, better)] == ["partial", "archived"]
    machines.merge()
    assert machines.mend() == folder
    record = record_of(folder)
    assert (record["status"], record["title"]) == ("archived", "新题")
    assert broken(folder / "article.md") == []
    assert {entry["status"] for entry in machines.here.links().values() if entry["kind"] == "article"} == {"archived"}


def test_earlier_versions_move_along(machines: Machines) -> None:
    folder = machines.archive(machines.here, TEXT, "题")
    other = machines.archive(machines.there, EDITED, "新题", SECOND)
    machines.there.configure(fetch={"recheck_archived_days": 30})
    machines.replica.add_article(revised(TEXT + "<p>又改。</p>", "新题"), [SECOND])
    night(machines.there, 31)
    assert other.with_name(f"{other.name}-v1").is_dir()
    machines.merge()
    assert machines.mend() == folder
    texts = [folder.with_name(f"{folder.name}-v{n}").joinpath("article.md").read_text("utf-8") for n in (1, 2)]
    assert "又改" in texts[0]
    assert "后来改过的话" in texts[1]
    assert [entry["folder"][-2:] for entry in record_of(folder)["versions"]] == ["v1", "v2"]
    assert not list(folder.parent.glob(f"{other.name}*"))


def test_what_links_to_the_folder_that_goes_leads_to_the_other(machines: Machines) -> None:
    other = machines.archive(machines.there, EDITED, "新题", SECOND)
    url = machines.replica.add_article(
        revised(f'<p><a href="https://mp.weixin.qq.com/s/{SECOND}">那篇</a></p>', "引用", mid="2650000009", sn="9" * 32)
    )
    machines.there.note("b.md", f"[y]({url})\n")
    night(machines.there, 1)
    (citing,) = (path for path in machines.there.article_folders() if "引用" in path.name)
    assert other.name in (citing / "article.md").read_text("utf-8")
    folder = machines.archive(machines.here, TEXT, "题")
    machines.merge()
    machines.replica.clear_requests()
    mend(machines.here, now)
    assert damage(machines.here) == []
    text = machines.here.archive / citing.relative_to(machines.there.archive) / "article.md"
    assert folder.name in text.read_text("utf-8")
    assert broken(text) == []


def test_a_note_to_each_is_for_the_owner_to_decide(machines: Machines) -> None:
    folder = machines.archive(machines.here, TEXT, "题")
    other = machines.archive(machines.there, EDITED, "新题", SECOND)
    machines.merge()
    machines.here.note(
        "mine.md", f"[我的](../archive/{other.relative_to(machines.there.archive).as_posix()}/article.md)\n"
    )
    before = machines.here.tree()
    with pytest.raises(DamageError, match=r"mine\.md:1 leads to .*a\.md:1 leads to "):
        mend(machines.here, now)
    after = {name: look for name, look in machines.here.tree().items() if "quarantine" not in name}
    assert after == before
    done = machines.here.cli("verify", "--repair")
    assert (done.returncode, folder.name in done.stderr) == (5, True)
    (machines.here.notes / "mine.md").unlink()
    assert machines.mend() == folder
