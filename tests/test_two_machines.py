"""Two machines that archive and push: both end whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archiver.fixity.github import check_github
from archiver.fixity.verify import verify
from tests.builders import an_image, article, img
from tests.git import git
from tests.world import World, broken

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


class Pair:
    """Two clones of one repository, and what notes of theirs link to."""

    def __init__(self, world: World, place: Path) -> None:
        self.remote = place / "bare.git"
        git(world.root, "init", "-q", "-b", "main")
        (world.root / ".gitignore").write_text("config.toml\n")
        git(world.root, "add", ".gitignore", "notes")
        git(world.root, "commit", "-qm", "Notes")
        git(world.root, "init", "-q", "--bare", "-b", "main", str(self.remote))
        git(world.root, "remote", "add", "origin", str(self.remote))
        git(world.root, "push", "-q", "-u", "origin", "main")
        git(place, "clone", "-q", str(self.remote), str(place / "two"))
        self.machines = (world, World(place / "two", world.replica))

    def link(self, title: str) -> str:
        """A link to a new article."""
        replica = self.machines[0].replica
        return f"[{title}]({replica.add_article(article(title, an_image(f'in {title}')))}) {img(an_image(title))}"

    def write(self, machine: World, note: str, text: str) -> None:
        """Write a note and commit it."""
        machine.note(note, text)
        git(machine.root, "add", "notes")
        git(machine.root, "commit", "-qm", f"Write {note}")


@pytest.fixture
def pair(world: World, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    world.note("shared.md", "shared\n")
    return Pair(world, tmp_path_factory.mktemp("pair"))


def push(machine: World) -> str:
    done = machine.cli("sync", "--push")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr


def whole(machine: World) -> None:
    """Nothing is damaged, no link leads to nothing, and git has nothing to say."""
    assert [finding for finding in verify(machine.config) if finding.damage] == []
    assert machine.cli("verify").returncode == 0
    assert not check_github(machine.config).damaged
    assert [way for note in machine.notes.glob("*.md") for way in broken(note)] == []
    assert git(machine.root, "status", "--porcelain") == ""


def test_three_rounds(pair: Pair) -> None:
    both = pair.link("两边")
    for number in range(3):
        for name, machine in zip("ab", pair.machines, strict=True):
            pair.write(machine, f"{name}{number}.md", f"{pair.link(f'{name}{number}')}\n{both if number else ''}\n")
        first, second = pair.machines if number % 2 == 0 else reversed(pair.machines)
        push(first)
        assert "on top of what others had pushed" in push(second)
        whole(second)
        push(first)
        whole(first)
    push(pair.machines[0])
    push(pair.machines[1])
    for machine in pair.machines:
        git(machine.root, "pull", "-q", "--rebase")
        assert machine.cli("sync").returncode == 0
        whole(machine)
        titles = {record["title"] for record in machine.articles()}
        assert titles == {"两边", *(f"{name}{number}" for name in "ab" for number in range(3))}
        assert all("mp.weixin.qq.com" not in note.read_text("utf-8") for note in machine.notes.glob("*.md"))
        readme = (machine.archive / "README.md").read_text("utf-8")
        assert all(title in readme for title in titles)
    assert len({git(machine.root, "rev-parse", "HEAD^{tree}") for machine in pair.machines}) == 1


def test_both_archive_the_same_article_on_one_night(pair: Pair) -> None:
    """With the link in two lines of one note beside which each has written another."""
    link = pair.link("同一篇")
    for name, machine in zip("ab", pair.machines, strict=True):
        pair.write(machine, f"{name}.md", f"{link}\n{pair.link(name)}\n")
    push(pair.machines[0])
    push(pair.machines[1])
    whole(pair.machines[1])
    push(pair.machines[0])
    for machine in pair.machines:
        git(machine.root, "pull", "-q", "--rebase")
        machine.cli("sync")
        whole(machine)
        assert len(machine.articles()) == 3


def test_both_rewrite_neighbouring_lines_of_one_note(pair: Pair) -> None:
    """One link failed on the one machine, the other on the other."""
    one, two = pair.link("甲"), pair.link("乙")
    first, second = pair.machines
    pair.write(first, "shared.md", f"{one}\n")
    git(first.root, "push", "-q")
    git(second.root, "pull", "-q")
    push(second)
    pair.write(first, "shared.md", f"{one}\n{two}\n")
    push(first)
    whole(first)
    assert "mp.weixin.qq.com" not in (first.notes / "shared.md").read_text("utf-8")
    push(second)
    git(second.root, "pull", "-q", "--rebase")
    second.cli("sync")
    whole(second)
    assert git(first.root, "log", "-1", "--format=%T") == git(second.root, "log", "-1", "--format=%T")


def test_one_forgets_what_the_other_has_around_it(pair: Pair) -> None:
    first, second = pair.machines
    link = pair.link("要忘记的")
    pair.write(first, "a.md", f"{link}\n")
    push(first)
    git(second.root, "pull", "-q")
    pair.write(second, "b.md", f"{pair.link('旁边的')}\n")
    push(second)
    url = link.partition("](")[2].partition(")")[0]
    assert first.cli("forget", "--yes", url).returncode == 0
    push(first)
    whole(first)
    push(second)
    git(second.root, "pull", "-q", "--rebase")
    second.cli("sync")
    whole(second)
    assert [record["title"] for record in second.articles()] == ["旁边的"]


def test_with_only_images_published(pair: Pair) -> None:
    for machine in pair.machines:
        machine.configure(archive={"publish": "images"})
    for number in range(2):
        for name, machine in zip("ab", pair.machines, strict=True):
            pair.write(machine, f"{name}{number}.md", f"{pair.link(f'{name}{number}')}\n")
        for machine in (*pair.machines, pair.machines[0]):
            push(machine)
            whole(machine)


def test_where_the_user_is_at_work_the_branch_stays(pair: Pair) -> None:
    first, second = pair.machines
    pair.write(first, "a.md", f"{pair.link('甲')}\n")
    pair.write(first, "shared.md", "shared, and more\n")
    push(first)
    pair.write(second, "b.md", f"{pair.link('乙')}\n")
    second.note("shared.md", "mine, not committed\n")
    second.note("staged.md", "staged\n")
    git(second.root, "add", "notes/staged.md")
    head = git(second.root, "rev-parse", "HEAD")
    said = push(second)
    assert "your branch stays as it is, behind what was pushed" in said
    assert (second.notes / "shared.md").read_text() == "mine, not committed\n"
    assert git(second.root, "rev-parse", "HEAD~1") == head
    assert git(second.root, "status", "--porcelain").splitlines() == [" M notes/shared.md", "A  notes/staged.md"]
    names = git(pair.remote, "ls-tree", "-r", "--name-only", "main")
    assert "notes/a.md" in names
    assert "notes/b.md" in names
    pair.write(first, "c.md", f"{pair.link('丙')}\n")
    push(first)
    whole(first)
    assert {record["title"] for record in first.articles()} == {"甲", "乙", "丙"}


def test_what_people_wrote_into_one_line_is_for_people(pair: Pair) -> None:
    first, second = pair.machines
    pair.write(first, "shared.md", "one says this\n")
    push(first)
    pair.write(second, "shared.md", "the other says that\n")
    done = second.cli("sync", "--push")
    assert done.returncode == 1
    assert "pull by hand" in done.stderr
    assert git(second.root, "worktree", "list").count("\n") == 1
